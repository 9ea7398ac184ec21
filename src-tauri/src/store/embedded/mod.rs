//! The embedded encrypted store: two SQLite files, one thread that owns them, the server's part on top.
//!
//! Every command list is one transaction, durable when it is answered. Patients' keys lie in a file of their own beside
//! the data ([`Embedded::keys_beside`]), so that a copy of the data is worth nothing once they are destroyed. Both hold ciphertext, clear ids and
//! revisions; tokens and clear keys never reach them.

mod apart;
mod failure;
mod file;
mod migrations;
mod tables;
mod transaction;
mod worker;

use super::changes::Pulse;
use super::server::MOST_TAGS;
use super::{Changes, Checked, Progress, Store, StoreError, StoreKind};
use async_trait::async_trait;
use bson::RawDocumentBuf;
use rusqlite::{Connection, OpenFlags};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use worker::Worker;

pub use transaction::Transaction;

/// A store in a file of this workstation.
pub struct Embedded {
    worker: Worker,
    path: PathBuf,
}

impl Embedded {
    /// Opens the store in `path`, creating it if it doesn't exist.
    ///
    /// # Errors
    /// [`StoreError::CantOpen`], [`StoreError::ReadOnly`], [`StoreError::Version`], [`StoreError::Damaged`].
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        Self::open_with(path, &Limits::default())
    }

    /// As [`Embedded::open`], with limits of its own.
    ///
    /// # Errors
    /// As [`Embedded::open`].
    pub fn open_with(path: &Path, limits: &Limits) -> Result<Self, StoreError> {
        let worker = Worker::start(file::open(path, limits)?, limits.tags)?;
        Ok(Self { worker, path: path.to_owned() })
    }

    /// Begins a transaction over commands that aren't all known yet.
    ///
    /// # Errors
    /// [`StoreError::Busy`] when another program writes for too long.
    pub async fn begin(&self) -> Result<Transaction, StoreError> {
        self.worker.begin().await.map(Transaction::new)
    }

    /// Where the patients' keys of the store in `path` lie.
    #[must_use]
    pub fn keys_beside(path: &Path) -> PathBuf {
        apart::beside(path)
    }

    /// Checks the file's pages, and that documents, tags, counters and indexes agree.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] names the first contradiction.
    pub async fn check(&self) -> Result<Checked, StoreError> {
        self.worker.check().await
    }
}

/// Limits of an embedded store.
#[derive(Clone, Debug)]
pub struct Limits {
    /// How long a write waits for another process, in milliseconds.
    pub busy_ms: u32,
    /// Most pages the file may have; `None` leaves it to the disk.
    pub pages: Option<u32>,
    /// More tags than this aren't looked up one by one in a search: every document is looked at instead.
    pub tags: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { busy_ms: 5_000, pages: None, tags: MOST_TAGS }
    }
}

#[async_trait]
impl Store for Embedded {
    async fn run(&self, command: RawDocumentBuf) -> Result<RawDocumentBuf, StoreError> {
        self.worker.run(command).await
    }

    async fn run_all(&self, commands: Vec<RawDocumentBuf>) -> Result<Vec<RawDocumentBuf>, StoreError> {
        self.worker.run_all(commands).await
    }

    async fn scrub(&self) -> Result<(), StoreError> {
        self.worker.scrub().await
    }

    fn progress(&self) -> Option<Arc<Progress>> {
        Some(self.worker.progress.clone())
    }

    async fn changes(&self) -> Result<Changes, StoreError> {
        Ok(Changes::polled(Commits::of(&self.path)?))
    }

    fn kind(&self) -> StoreKind {
        StoreKind::Embedded
    }
}

/// The file's own count of commits, seen through a connection that never writes: it tells of other windows and
/// programs as it does of this one.
struct Commits {
    connection: Connection,
    last: i64,
}

impl Commits {
    fn of(path: &Path) -> Result<Self, StoreError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(path, flags)?;
        let last = count(&connection)?;
        Ok(Self { connection, last })
    }
}

fn count(connection: &Connection) -> Result<i64, StoreError> {
    Ok(connection.query_row("PRAGMA data_version", [], |row| row.get(0))?)
}

#[async_trait]
impl Pulse for Commits {
    async fn beat(&mut self) -> Result<bool, StoreError> {
        let last = std::mem::replace(&mut self.last, count(&self.connection)?);
        Ok(last != self.last)
    }
}
