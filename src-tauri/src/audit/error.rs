//! What can go wrong with the audit; every variant means "refuse to go on".

use thiserror::Error;

/// Why the audit couldn't be written or read. None carries a value from a record.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum AuditError {
    /// No space is left where the audit lies.
    #[error("the disk that holds the audit is full")]
    DiskFull,
    /// The file or its disk can't be written.
    #[error("the audit can't be written: its file or disk is read-only")]
    ReadOnly,
    /// The file can't be opened or made.
    #[error("the audit file can't be opened")]
    CannotOpen,
    /// Another program kept the file locked for too long.
    #[error("the audit file is locked by another program")]
    Busy,
    /// The disk reported an error.
    #[error("the disk reported an error while the audit was written")]
    Disk,
    /// The file isn't an audit file of this version, or is damaged.
    #[error("the audit file is damaged or not an audit file")]
    Damaged,
    /// The file belongs to another workstation.
    #[error("the audit file belongs to another workstation")]
    OtherWorkstation,
    /// Rows that were there a moment ago are gone or changed.
    #[error("the audit was changed from outside at row {seq}")]
    Tampered {
        /// The first row that isn't what it was.
        seq: u64,
    },
    /// A row must have at least one reader, and at most 255.
    #[error("an audit row needs between 1 and 255 readers")]
    Recipients,
    /// A public or private key isn't one.
    #[error("a reader's key is malformed")]
    Key,
    /// The operating system gave no randomness, or sealing failed.
    #[error("the audit row couldn't be sealed")]
    Sealing,
    /// No row was appended yet.
    #[error("there is nothing to sign yet")]
    Empty,
    /// Anything else the database says.
    #[error("the audit database failed with code {0}")]
    Database(i64),
}

impl AuditError {
    /// By SQLite's result code, primary or extended.
    #[must_use]
    pub(super) fn from_sqlite(code: i64) -> Self {
        match code & 0xff {
            5 | 6 => Self::Busy,
            8 => Self::ReadOnly,
            10 => Self::Disk,
            11 | 26 => Self::Damaged,
            13 => Self::DiskFull,
            14 => Self::CannotOpen,
            _ => Self::Database(code),
        }
    }
}

impl From<sqlx::Error> for AuditError {
    fn from(error: sqlx::Error) -> Self {
        match error {
            sqlx::Error::Database(inner) => {
                Self::from_sqlite(inner.code().and_then(|code| code.parse().ok()).unwrap_or(-1))
            }
            sqlx::Error::Io(_) => Self::Disk,
            sqlx::Error::ColumnDecode { .. } | sqlx::Error::ColumnNotFound(_) | sqlx::Error::Decode(_) => Self::Damaged,
            _ => Self::Database(-1),
        }
    }
}

impl From<rusqlite::Error> for AuditError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error() {
            Some(inner) => Self::from_sqlite(i64::from(inner.extended_code)),
            None => Self::Damaged,
        }
    }
}

impl From<std::io::Error> for AuditError {
    fn from(error: std::io::Error) -> Self {
        match error.kind() {
            std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => Self::DiskFull,
            std::io::ErrorKind::ReadOnlyFilesystem => Self::ReadOnly,
            _ => Self::CannotOpen,
        }
    }
}
