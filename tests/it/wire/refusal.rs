//! A command that isn't done, as a server says so.

use bson::{Bson, Document, RawDocumentBuf, doc};
use wardseal::store::StoreError;

/// Why; with MongoDB's code, its name and the labels that tell a driver what to do.
#[derive(Clone, Debug)]
pub struct Refusal {
    pub code: i32,
    pub why: String,
    pub labels: Vec<&'static str>,
    /// Further fields of the reply.
    pub more: Document,
}

pub const TRANSIENT: &str = "TransientTransactionError";
pub const RETRYABLE: &str = "RetryableWriteError";

const NAMES: [(i32, &str); 25] = [
    (2, "BadValue"),
    (11, "UserNotFound"),
    (13, "Unauthorized"),
    (18, "AuthenticationFailed"),
    (20, "IllegalOperation"),
    (24, "LockTimeout"),
    (26, "NamespaceNotFound"),
    (43, "CursorNotFound"),
    (48, "NamespaceExists"),
    (50, "MaxTimeMSExpired"),
    (59, "CommandNotFound"),
    (64, "WriteConcernTimeout"),
    (91, "ShutdownInProgress"),
    (112, "WriteConflict"),
    (189, "PrimarySteppedDown"),
    (225, "TransactionTooOld"),
    (251, "NoSuchTransaction"),
    (256, "TransactionCommitted"),
    (262, "ExceededTimeLimit"),
    (286, "ChangeStreamHistoryLost"),
    (10107, "NotWritablePrimary"),
    (11000, "DuplicateKey"),
    (11600, "InterruptedAtShutdown"),
    (11602, "InterruptedDueToReplStateChange"),
    (14031, "OutOfDiskSpace"),
];

/// Codes that a retryable write may be sent again for.
const AGAIN: [i32; 12] = [6, 7, 89, 91, 134, 189, 262, 9001, 10107, 11600, 11602, 13435];

impl Refusal {
    pub fn new(code: i32, why: impl Into<String>) -> Self {
        Self { code, why: why.into(), labels: vec![], more: Document::new() }
    }

    #[must_use]
    pub fn labelled(mut self, label: &'static str) -> Self {
        if !self.labels.contains(&label) {
            self.labels.push(label);
        }
        self
    }

    /// What a server adds when the command was a retryable write.
    #[must_use]
    pub fn of_retryable_write(self) -> Self {
        if AGAIN.contains(&self.code) { self.labelled(RETRYABLE) } else { self }
    }

    pub fn reply(&self) -> RawDocumentBuf {
        let name = NAMES.iter().find(|(code, _)| *code == self.code).map_or("Location", |(_, name)| name);
        let mut reply = doc! { "ok": 0.0, "errmsg": &self.why, "code": self.code, "codeName": name };
        if !self.labels.is_empty() {
            reply.insert("errorLabels", self.labels.iter().map(|one| Bson::from(*one)).collect::<Vec<_>>());
        }
        reply.extend(self.more.clone());
        RawDocumentBuf::try_from(&reply).unwrap()
    }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Refused { code, why } => Self::new(code, why),
            StoreError::Busy | StoreError::Conflict => Self::new(112, "somebody else writes").labelled(TRANSIENT),
            StoreError::DiskFull => Self::new(14031, "the disk is full"),
            other => Self::new(8, other.to_string()),
        }
    }
}
