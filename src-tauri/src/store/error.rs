//! What can go wrong in a store, told apart so that the screen can say what to do.

/// Why a store did not do what it was told. Never holds a stored value.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The file or server can't be opened.
    #[error("the store can't be opened: {0}")]
    CantOpen(String),
    /// The store was written by a version that is too new or too old.
    #[error("the store has format {found}; this version reads {oldest} to {newest}")]
    Version {
        /// Format number of the file.
        found: i64,
        /// Oldest format accepted.
        oldest: i64,
        /// Newest format accepted.
        newest: i64,
    },
    /// The server side refuses the command; `code` is MongoDB's.
    #[error("the store refused the command ({code}): {why}")]
    Refused {
        /// MongoDB's error code.
        code: i32,
        /// Which rule; holds paths and names, never values.
        why: String,
    },
    /// Somebody else changed the document since it was read, or an inserted `_id` exists.
    #[error("the document was changed by someone else")]
    Conflict,
    /// No space left on the disk.
    #[error("the disk is full")]
    DiskFull,
    /// The disk or folder can't be written.
    #[error("the disk is read-only")]
    ReadOnly,
    /// Another process holds the store for too long.
    #[error("the store is busy")]
    Busy,
    /// Long work was stopped on request; nothing was changed.
    #[error("the work was stopped")]
    Stopped,
    /// The stored bytes contradict themselves.
    #[error("the store is damaged: {0}")]
    Damaged(String),
    /// The server can't be reached, or doesn't answer in time; nothing was written.
    #[error("the server can't be reached")]
    Unreachable,
    /// Whether the write reached the server isn't known: its answer was lost. What is stored says it.
    #[error("the outcome of the write isn't known")]
    Unknown,
    /// The server doesn't know the account, or its password or certificate is wrong.
    #[error("the server refused the account")]
    SignIn,
    /// The account lacks a privilege the command needs.
    #[error("the account may not do that on the server")]
    NotPermitted,
    /// The address, the server or the account isn't acceptable.
    #[error("the store isn't acceptable: {0}")]
    Unfit(super::atlas::Unfit),
    /// Anything else the database reports.
    #[error("the database failed: {0}")]
    Database(String),
}
