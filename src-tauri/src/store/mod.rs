//! Stores: one trait that speaks MongoDB's own commands, its backends, and the suite they all pass.
//!
//! A store sees ciphertext, clear ids and revisions only; it never decides rights. Every backend takes the *same*
//! command documents, so what works on the embedded store works on a server.
//! To add a backend: implement [`Store`], add one constructor to the conformance suite.

mod ask;
pub mod atlas;
mod bytes;
mod changes;
pub mod drafts;
pub mod embedded;
mod error;
pub mod memory;
mod progress;
mod server;
pub mod witness;

use async_trait::async_trait;
use bson::RawDocumentBuf;
use std::sync::Arc;

pub use ask::{DATABASE, find, find_documents, first_batch, insert, insert_raw, raw, update};
pub use changes::{Changed, Changes};
pub use error::StoreError;
pub use progress::Progress;
pub use server::check::Checked;

/// A place that keeps documents and answers MongoDB commands.
///
/// Commands understood by every backend: `insert`, `find`, `update`, `delete`, `findAndModify`, `count`, `create`
/// (with `encryptedFields`), `drop`; `explain` of a `find` or a `count` tells whether indexes answer it. Commands that write to a collection with encrypted fields carry
/// `encryptionInformation` as libmongocrypt makes it.
#[async_trait]
pub trait Store: Send + Sync {
    /// Runs one command and returns the server's reply; all matching documents of a `find` come in `firstBatch`.
    ///
    /// # Errors
    /// A refusal of the server side is [`StoreError::Refused`] with MongoDB's own code; nothing was written.
    async fn run(&self, command: RawDocumentBuf) -> Result<RawDocumentBuf, StoreError>;

    /// Runs the commands as one transaction: all or none. A write that matched no document where the command's
    /// filter named a `rev` makes the whole transaction fail with [`StoreError::Conflict`].
    ///
    /// # Errors
    /// As [`Store::run`]; nothing was written, except at [`StoreError::Unknown`]: then it may have been.
    async fn run_all(&self, commands: Vec<RawDocumentBuf>) -> Result<Vec<RawDocumentBuf>, StoreError>;

    /// Leaves nothing of deleted documents behind where the store lies on this machine: logs are written back and emptied.
    ///
    /// # Errors
    /// [`StoreError::Busy`] while another program reads; nothing is wrong then, ask again.
    async fn scrub(&self) -> Result<(), StoreError>;

    /// How far compaction or cleanup is; `None` where nobody can look at it or stop it.
    fn progress(&self) -> Option<Arc<Progress>> {
        None
    }

    /// Begins to watch for changes, whoever makes them: see [`Changes`].
    ///
    /// # Errors
    /// When the store can't be asked.
    async fn changes(&self) -> Result<Changes, StoreError> {
        Ok(Changes::never())
    }

    /// What the server behind it can do; `None` for a store on this machine, which can do everything.
    fn abilities(&self) -> Option<&atlas::Abilities> {
        None
    }

    /// What kind of store this is, for the status panel.
    fn kind(&self) -> StoreKind;
}

/// The kinds of store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum StoreKind {
    /// In memory, for tests.
    Memory,
    /// Encrypted SQLite on this workstation.
    Embedded,
    /// A MongoDB replica set or Atlas cluster.
    Atlas,
}
