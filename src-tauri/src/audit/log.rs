//! [`AuditLog`]: appends rows, durably and in one chain, however many programs write at once.

use super::chain::{Hash, Row, SignedHead};
use super::event::{Event, Kind};
use super::read::{self, Span};
use super::seal::{Opener, Sealer};
use super::statements::{forget, insert_head, insert_rows, newest_head, remember, tail, unresolved};
use super::{AuditError, owner, schema};
use crate::clock::Timestamp;
use sqlx::Connection;
use sqlx::sqlite::SqliteConnection;
use std::path::{Path, PathBuf};
use tokio::sync::Mutex;
use uuid::Uuid;

/// Where a row went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Appended {
    /// Its number.
    pub seq: u64,
    /// Its hash.
    pub hash: Hash,
}

/// A write that a decision has begun; remembered until its outcome is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PendingWrite {
    /// The collection, by its name.
    pub collection: String,
    /// The record.
    pub record: Uuid,
    /// Hash of the record head that the write leaves if it succeeds.
    pub head: Hash,
}

/// A write whose outcome nobody wrote, because its program ended first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unresolved {
    /// The decision's row.
    pub decision: u64,
    /// What it was about to write.
    pub write: PendingWrite,
}

/// One row to append.
pub struct Entry<'a> {
    /// Decision, outcome or system.
    pub kind: Kind,
    /// The decision, for an outcome.
    pub refers_to: Option<u64>,
    /// What happened.
    pub event: &'a Event,
    /// For the decision of a write.
    pub write: Option<PendingWrite>,
}

/// The audit of one workstation.
pub struct AuditLog {
    path: PathBuf,
    workstation: Uuid,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    // Gone after an error or a cancelled call: whatever it was in the middle of is rolled back, the next call reopens.
    connection: Option<SqliteConnection>,
    newest_own: Option<Appended>,
    file: Option<FileId>,
}

impl AuditLog {
    /// Opens or makes the audit of this workstation.
    ///
    /// # Errors
    /// When the file can't be made, opened or written, or is another workstation's.
    pub async fn open(path: &Path, workstation: Uuid) -> Result<Self, AuditError> {
        let mut connection = schema::connect(path).await?;
        tail(&mut connection, workstation, 0).await?;
        let state = State { connection: Some(connection), newest_own: None, file: Some(file_id(path)?) };
        Ok(Self { path: path.to_owned(), workstation, state: Mutex::new(state) })
    }

    /// Appends one row. It's on the disk when this returns.
    ///
    /// # Errors
    /// When it couldn't be written; then the caller must not go on.
    pub async fn append(
        &self,
        kind: Kind,
        refers_to: Option<u64>,
        event: &Event,
        sealer: &Sealer,
    ) -> Result<Appended, AuditError> {
        let rows = self.append_all(&[Entry { kind, refers_to, event, write: None }], sealer).await?;
        rows.first().copied().ok_or(AuditError::Empty)
    }

    /// Appends the decision of a write and remembers the write until a row refers to the decision.
    ///
    /// # Errors
    /// As [`AuditLog::append`].
    pub async fn append_write(
        &self,
        event: &Event,
        write: PendingWrite,
        sealer: &Sealer,
    ) -> Result<Appended, AuditError> {
        let entry = Entry { kind: Kind::Decision, refers_to: None, event, write: Some(write) };
        self.append_all(&[entry], sealer).await?.first().copied().ok_or(AuditError::Empty)
    }

    /// Appends many rows in one transaction: all of them or none.
    ///
    /// # Errors
    /// As [`AuditLog::append`].
    pub async fn append_all(&self, entries: &[Entry<'_>], sealer: &Sealer) -> Result<Vec<Appended>, AuditError> {
        let mut rows = entries.iter().map(|entry| self.sealed(entry, sealer)).collect::<Result<Vec<_>, _>>()?;
        let mut state = self.state.lock().await;
        let mut connection = self.take(&mut state).await?;
        let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
        let last = self.checked_tail(&mut transaction, state.newest_own).await?;
        let appended = link(&mut rows, last);
        insert_rows(&mut transaction, &rows).await?;
        remember(&mut transaction, entries, &appended).await?;
        forget(&mut transaction, entries).await?;
        transaction.commit().await?;
        state.newest_own = appended.last().copied().or(state.newest_own);
        state.connection = Some(connection);
        Ok(appended)
    }

    /// Signs the newest row; gives the head that stands if it's signed already.
    ///
    /// # Errors
    /// When nothing was appended yet or the head can't be written.
    pub async fn sign_head(&self, at: Timestamp, sign: impl Fn(&[u8]) -> [u8; 64]) -> Result<SignedHead, AuditError> {
        let mut state = self.state.lock().await;
        let mut connection = self.take(&mut state).await?;
        let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
        let last = self.checked_tail(&mut transaction, state.newest_own).await?;
        let standing = newest_head(&mut transaction).await?;
        let number = standing.as_ref().map_or(1, |head| head.number + 1);
        let head = match standing {
            _ if last.seq == 0 => return Err(AuditError::Empty),
            Some(head) if head.seq == last.seq && head.hash == last.hash => head,
            _ => insert_head(&mut transaction, signed(self.workstation, number, last, at, sign)).await?,
        };
        transaction.commit().await?;
        state.connection = Some(connection);
        Ok(head)
    }

    /// The writes of ended programs that have no outcome yet, oldest first. The caller looks at the records and appends
    /// an outcome for each.
    ///
    /// # Errors
    /// When the file can't be read.
    pub async fn unresolved(&self) -> Result<Vec<Unresolved>, AuditError> {
        let mut state = self.state.lock().await;
        let mut connection = self.take(&mut state).await?;
        let rows = sqlx::query("SELECT decision, owner, collection, record, head FROM pending ORDER BY decision")
            .fetch_all(&mut connection)
            .await?;
        state.connection = Some(connection);
        let pending = rows.iter().map(unresolved).collect::<Result<Vec<_>, _>>()?;
        Ok(pending.into_iter().filter(|(owner, _)| !owner::runs(owner)).map(|(_, write)| write).collect())
    }

    /// The rows in the span that this key opens.
    ///
    /// # Errors
    /// When the file can't be read.
    pub fn read(&self, opener: &mut Opener, span: Span) -> Result<Vec<(Row, Event)>, AuditError> {
        read::read(&self.path, opener, span)
    }

    /// The newest row's number and hash; number 0 and the genesis hash while there is none.
    ///
    /// # Errors
    /// When the file can't be read or was changed from outside.
    pub async fn newest(&self) -> Result<Appended, AuditError> {
        let mut state = self.state.lock().await;
        let mut connection = self.take(&mut state).await?;
        let last = self.checked_tail(&mut connection, state.newest_own).await?;
        state.connection = Some(connection);
        Ok(last)
    }

    /// Where the file lies.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Lets the file grow no further on this connection, as a full disk would. For drills and tests.
    ///
    /// # Errors
    /// When the file can't be opened.
    pub async fn refuse_growth(&self) -> Result<(), AuditError> {
        let mut state = self.state.lock().await;
        let mut connection = self.take(&mut state).await?;
        sqlx::raw_sql("PRAGMA max_page_count = 1").execute(&mut connection).await?;
        state.connection = Some(connection);
        Ok(())
    }

    async fn take(&self, state: &mut State) -> Result<SqliteConnection, AuditError> {
        let file = file_id(&self.path).ok();
        if file.is_none() || file != state.file {
            return Err(AuditError::Tampered { seq: state.newest_own.map_or(1, |own| own.seq) });
        }
        match state.connection.take() {
            Some(connection) => Ok(connection),
            None => schema::connect(&self.path).await,
        }
    }

    async fn checked_tail(
        &self,
        connection: &mut SqliteConnection,
        own: Option<Appended>,
    ) -> Result<Appended, AuditError> {
        let (last, found) = tail(connection, self.workstation, own.map_or(0, |own| own.seq)).await?;
        match own {
            Some(own) if found != Some(own.hash) => Err(AuditError::Tampered { seq: own.seq }),
            _ => Ok(last),
        }
    }

    fn sealed(&self, entry: &Entry<'_>, sealer: &Sealer) -> Result<Row, AuditError> {
        if entry.event.workstation != self.workstation {
            return Err(AuditError::OtherWorkstation);
        }
        Ok(Row {
            seq: 0,
            at: entry.event.at,
            workstation: self.workstation,
            kind: entry.kind,
            refers_to: entry.refers_to,
            body: sealer.seal(entry.kind, entry.refers_to, entry.event)?,
            prev: [0; 32],
            hash: [0; 32],
        })
    }
}

fn link(rows: &mut [Row], mut last: Appended) -> Vec<Appended> {
    let mut appended = Vec::with_capacity(rows.len());
    for row in rows {
        row.seq = last.seq + 1;
        row.prev = last.hash;
        row.hash = row.computed_hash();
        last = Appended { seq: row.seq, hash: row.hash };
        appended.push(last);
    }
    appended
}

fn signed(
    workstation: Uuid,
    number: u64,
    last: Appended,
    at: Timestamp,
    sign: impl Fn(&[u8]) -> [u8; 64],
) -> SignedHead {
    let signature = sign(&SignedHead::message(workstation, number, last.seq, &last.hash, at));
    SignedHead { number, seq: last.seq, hash: last.hash, at, signature }
}

/// Tells a file from another one that was put in its place.
#[derive(Clone, Copy, PartialEq, Eq)]
struct FileId(u64, u64);

#[cfg(unix)]
fn file_id(path: &Path) -> Result<FileId, AuditError> {
    use std::os::unix::fs::MetadataExt;
    let data = std::fs::metadata(path)?;
    Ok(FileId(data.dev(), data.ino()))
}

#[cfg(not(unix))]
fn file_id(path: &Path) -> Result<FileId, AuditError> {
    std::fs::metadata(path)?;
    Ok(FileId(0, 0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::Code;

    #[tokio::test]
    async fn a_disk_that_became_read_only_refuses_the_row() {
        let folder = tempfile::tempdir().unwrap();
        let workstation = Uuid::from_u128(1);
        let log = AuditLog::open(&folder.path().join("audit.db"), workstation).await.unwrap();
        let mut connection = log.state.lock().await.connection.take().unwrap();
        sqlx::raw_sql("PRAGMA query_only = ON").execute(&mut connection).await.unwrap();
        log.state.lock().await.connection = Some(connection);
        let event = Event::new(Code::of("start"), workstation, Uuid::nil(), Timestamp(0));
        let sealer = Sealer::to(&[[9; 32]]).unwrap();
        let refused = log.append(Kind::System, None, &event, &sealer).await;
        assert!(matches!(refused, Err(AuditError::ReadOnly)), "{refused:?}");
        assert_eq!(log.append(Kind::System, None, &event, &sealer).await.unwrap().seq, 1, "once it's writable again");
    }
}
