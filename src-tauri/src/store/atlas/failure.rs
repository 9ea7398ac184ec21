//! What the driver reports, told apart by kind and code. Its texts are dropped: a server quotes values in them.

use crate::store::StoreError;
use crate::store::atlas::Unfit;
use mongodb::error::{Error, ErrorKind, TRANSIENT_TRANSACTION_ERROR, UNKNOWN_TRANSACTION_COMMIT_RESULT};

const UNAUTHORIZED: i32 = 13;
const AUTHENTICATION_FAILED: i32 = 18;
const MAX_TIME_EXPIRED: i32 = 50;
const WRITE_CONCERN_TIMEOUT: i32 = 64;
const WRITE_CONFLICT: i32 = 112;
const NO_SUCH_TRANSACTION: i32 = 251;
const DUPLICATE_KEY: i32 = 11_000;
const OUT_OF_DISK_SPACE: i32 = 14_031;
const CURSOR_NOT_FOUND: i32 = 43;
const CURSOR_KILLED: i32 = 237;
/// Somebody at the server ended what was going on.
const INTERRUPTED: i32 = 11_601;
const ATLAS: i32 = 8_000;
/// What a server answers that can't take this now and another, or the same a little later, can.
const ELSEWHERE: [i32; 12] = [6, 7, 89, 91, 134, 189, 262, 9_001, 10_107, 11_600, 11_602, 13_435];
const RECOVERING: i32 = 13_436;

/// What was wrong with a command, as a store says it.
pub(super) fn of(error: &Error) -> StoreError {
    match error.kind.as_ref() {
        ErrorKind::Command(refusal) => refused(refusal.code, &refusal.code_name),
        ErrorKind::Authentication { .. } => StoreError::SignIn,
        ErrorKind::Io(_)
        | ErrorKind::ConnectionPoolCleared { .. }
        | ErrorKind::ServerSelection { .. }
        | ErrorKind::DnsResolve { .. } => StoreError::Unreachable,
        ErrorKind::InvalidTlsConfig { .. } => Unfit::Certificate.into(),
        kind => StoreError::Database(name_of(kind).into()),
    }
}

/// As [`of`], while a connection is being made.
pub(super) fn opening(error: &Error) -> StoreError {
    // While a server is being looked for, why it didn't let us in is only in the text of the whole search.
    let signing_in = |error: &Error| matches!(error.kind.as_ref(), ErrorKind::Authentication { .. });
    match of(error) {
        StoreError::Unreachable if signing_in(error) => StoreError::SignIn,
        other => other,
    }
}

/// Why a connection string wasn't understood.
pub(super) fn parsing(error: &Error) -> StoreError {
    match error.kind.as_ref() {
        ErrorKind::DnsResolve { .. } | ErrorKind::Io(_) => StoreError::Unreachable,
        _ => Unfit::Malformed.into(),
    }
}

/// A refusal with a server's code; its name is a word of the server's own, checked all the same.
pub(super) fn refused(code: i32, name: &str) -> StoreError {
    match code {
        UNAUTHORIZED | ATLAS => StoreError::NotPermitted,
        AUTHENTICATION_FAILED => StoreError::SignIn,
        WRITE_CONFLICT => StoreError::Busy,
        DUPLICATE_KEY => StoreError::Conflict,
        OUT_OF_DISK_SPACE => StoreError::DiskFull,
        MAX_TIME_EXPIRED | WRITE_CONCERN_TIMEOUT | CURSOR_NOT_FOUND | CURSOR_KILLED | INTERRUPTED | RECOVERING => {
            StoreError::Unreachable
        }
        code if ELSEWHERE.contains(&code) => StoreError::Unreachable,
        code => StoreError::Refused { code, why: word(name) },
    }
}

fn word(name: &str) -> String {
    let is_word = !name.is_empty() && name.len() <= 64 && name.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if is_word { name.to_owned() } else { "refused by the server".to_owned() }
}

/// Whether a transaction may simply be run again: the server has undone it, or never had it.
pub(super) fn is_transient(error: &Error) -> bool {
    error.contains_label(TRANSIENT_TRANSACTION_ERROR)
        || matches!(error.kind.as_ref(), ErrorKind::Command(refusal) if matches!(refusal.code, WRITE_CONFLICT | NO_SUCH_TRANSACTION))
}

/// Whether no server was found at all.
pub(super) fn is_nowhere(error: &Error) -> bool {
    matches!(error.kind.as_ref(), ErrorKind::ServerSelection { .. })
}

/// Whether a commit may or may not have happened.
pub(super) fn is_unknown(error: &Error) -> bool {
    error.contains_label(UNKNOWN_TRANSACTION_COMMIT_RESULT)
}

fn name_of(kind: &ErrorKind) -> &'static str {
    match kind {
        ErrorKind::Transaction { .. } | ErrorKind::SessionsNotSupported => "transactions aren't possible there",
        ErrorKind::IncompatibleServer { .. } => "the server is too old or too new for the driver",
        ErrorKind::InvalidResponse { .. } => "the server's answer wasn't understood",
        ErrorKind::InvalidArgument { .. } => "the driver refused the command",
        _ => "the driver failed",
    }
}

impl From<Unfit> for StoreError {
    fn from(why: Unfit) -> Self {
        Self::Unfit(why)
    }
}
