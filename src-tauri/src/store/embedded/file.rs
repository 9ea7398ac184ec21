//! Opening the two files: who may read them, how they are written, which format they have.

use super::{Limits, apart, migrations};
use crate::store::StoreError;
use rusqlite::{Connection, OpenFlags, OptionalExtension as _, params};
use std::fs::OpenOptions;
use std::io::ErrorKind;
use std::path::Path;
use std::time::Duration;

const STATEMENTS: usize = 64;

/// The connections to both files.
pub(super) struct Files {
    /// Everything but patients' keys.
    pub(super) data: Connection,
    /// Patients' keys.
    pub(super) keys: Connection,
}

/// Opens both files. A store whose keys' file is gone is refused: an empty one would pass every record off as damaged.
pub(super) fn open(path: &Path, limits: &Limits) -> Result<Files, StoreError> {
    let mut data = open_one(path, limits)?;
    let beside = apart::beside(path);
    if is_apart(&data)? && !beside.exists() {
        return Err(StoreError::CantOpen("the file with the patients' keys is not beside the store".into()));
    }
    let mut keys = open_one(&beside, &Limits { pages: None, ..limits.clone() })?;
    if !is_apart(&data)? {
        move_keys(&mut data, &mut keys)?;
    }
    Ok(Files { data, keys })
}

fn is_apart(data: &Connection) -> Result<bool, StoreError> {
    let noted = "SELECT value FROM meta WHERE key = 'keys_apart'";
    Ok(data.query_row(noted, [], |row| row.get::<_, i64>(0)).optional()?.is_some())
}

/// A store of an earlier version held the keys itself. They are copied first and taken out then, so that whoever is
/// stopped in between begins again.
fn move_keys(data: &mut Connection, keys: &mut Connection) -> Result<(), StoreError> {
    let moving = data.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    let copying = keys.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    for name in apart::COLLECTIONS {
        let old = "SELECT id, options FROM collections WHERE name = ?1";
        let old: Option<(i64, Vec<u8>)> =
            moving.query_row(old, [name], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
        let Some((from, options)) = old else { continue };
        copying.execute("INSERT OR IGNORE INTO collections (name, options) VALUES (?1, ?2)", params![name, options])?;
        let to: i64 = copying.query_row("SELECT id FROM collections WHERE name = ?1", [name], |row| row.get(0))?;
        let mut documents = moving.prepare("SELECT id, body FROM documents WHERE coll = ?1 ORDER BY seq")?;
        let mut documents = documents.query([from])?;
        while let Some(row) = documents.next()? {
            let (id, body): (Vec<u8>, Vec<u8>) = (row.get(0)?, row.get(1)?);
            let copy = "INSERT OR IGNORE INTO documents (coll, id, body) VALUES (?1, ?2, ?3)";
            copying.execute(copy, params![to, id, body])?;
        }
    }
    copying.commit()?;
    for name in apart::COLLECTIONS {
        let gone = "DELETE FROM documents WHERE coll = (SELECT id FROM collections WHERE name = ?1)";
        moving.execute(gone, [name])?;
        moving.execute("DELETE FROM collections WHERE name = ?1", [name])?;
    }
    moving.execute("INSERT OR REPLACE INTO meta (key, value) VALUES ('keys_apart', 1)", [])?;
    moving.commit()?;
    truncate_log(data)
}

/// Writes the log back into the file and empties it: what was deleted is in neither afterwards.
pub(super) fn truncate_log(connection: &Connection) -> Result<(), StoreError> {
    let busy: i64 = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
    if busy == 0 { Ok(()) } else { Err(StoreError::Busy) }
}

/// Opens a file with the pragmas a clinical record needs and brings its format up to date.
fn open_one(path: &Path, limits: &Limits) -> Result<Connection, StoreError> {
    keep_private(path)?;
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(Duration::from_millis(limits.busy_ms.into()))?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    // Before the first table: a record is a few kilobytes, and eight of them a page waste less.
    connection.pragma_update(None, "page_size", 8192)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "secure_delete", true)?;
    connection.pragma_update(None, "cell_size_check", true)?;
    connection.pragma_update(None, "trusted_schema", false)?;
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    connection.pragma_update(None, "cache_size", -65_536)?;
    // Tags are random, so an import touches the same pages again and again: let them gather before they are copied.
    connection.pragma_update(None, "wal_autocheckpoint", 8_000)?;
    connection.pragma_update(None, "journal_size_limit", 67_108_864)?;
    migrations::migrate(&mut connection)?;
    if let Some(pages) = limits.pages {
        connection.pragma_update(None, "max_page_count", pages)?;
    }
    Ok(connection)
}

// The file is made here and not by SQLite so that nobody else can read it even for a moment; the write-ahead log
// takes over its mode.
fn keep_private(path: &Path) -> Result<(), StoreError> {
    let mut options = OpenOptions::new();
    options.read(true).append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(path).map_err(|error| match error.kind() {
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => StoreError::ReadOnly,
        ErrorKind::StorageFull => StoreError::DiskFull,
        kind => StoreError::CantOpen(kind.to_string()),
    })?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = file.metadata().map(|meta| meta.permissions().mode() & 0o777);
        if mode.is_ok_and(|mode| mode != 0o600) {
            let private = std::fs::Permissions::from_mode(0o600);
            file.set_permissions(private).map_err(|error| StoreError::CantOpen(error.kind().to_string()))?;
        }
    }
    drop(file);
    Ok(())
}
