//! Reading rows back: leniently for the verifier, opened for someone who holds a reader's private key.

use super::AuditError;
use super::chain::Row;
use super::event::{Event, Kind};
use super::seal::Opener;
use crate::clock::Timestamp;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags};
use std::path::Path;
use uuid::Uuid;

pub(super) const COLUMNS: &str = "SELECT seq, at, workstation, kind, refers_to, body, prev, hash FROM rows";

/// Rows from one number to another, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// The first.
    pub from: u64,
    /// The last.
    pub to: u64,
}

impl Span {
    /// Every row.
    pub const ALL: Span = Span { from: 1, to: i64::MAX as u64 };
}

/// The rows in the span that this key opens, oldest first. Doesn't verify the chain.
///
/// # Errors
/// When the file can't be read.
pub fn read(path: &Path, opener: &mut Opener, span: Span) -> Result<Vec<(Row, Event)>, AuditError> {
    let file = open(path)?;
    let mut query = file.prepare(&format!("{COLUMNS} WHERE seq BETWEEN ?1 AND ?2 ORDER BY seq"))?;
    let (from, to) = (i64::try_from(span.from).unwrap_or(i64::MAX), i64::try_from(span.to).unwrap_or(i64::MAX));
    let mut rows = query.query([from, to])?;
    let mut opened = Vec::new();
    while let Some(row) = rows.next()? {
        if let Some(found) = stored(row).and_then(|row| opener.open(&row).map(|event| (row, event))) {
            opened.push(found);
        }
    }
    Ok(opened)
}

/// Opens the file for reading only.
pub(super) fn open(path: &Path) -> Result<Connection, AuditError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    Ok(Connection::open_with_flags(path, flags)?)
}

/// The row, if every column has the type and length it must have.
pub(super) fn stored(row: &rusqlite::Row<'_>) -> Option<Row> {
    Some(Row {
        seq: unsigned(row, 0)?,
        at: Timestamp(row.get(1).ok()?),
        workstation: Uuid::from_bytes(fixed(row, 2)?),
        kind: Kind::from_code(row.get_ref(3).ok()?.as_str().ok()?)?,
        refers_to: match row.get_ref(4).ok()? {
            ValueRef::Null => None,
            _ => Some(unsigned(row, 4)?),
        },
        body: row.get_ref(5).ok()?.as_blob().ok()?.to_vec(),
        prev: fixed(row, 6)?,
        hash: fixed(row, 7)?,
    })
}

/// A column that holds a number from 0 up.
pub(super) fn unsigned(row: &rusqlite::Row<'_>, column: usize) -> Option<u64> {
    u64::try_from(row.get::<_, i64>(column).ok()?).ok()
}

/// A column that holds exactly `N` bytes.
pub(super) fn fixed<const N: usize>(row: &rusqlite::Row<'_>, column: usize) -> Option<[u8; N]> {
    row.get_ref(column).ok()?.as_blob().ok()?.try_into().ok()
}
