//! What can go wrong in encryption. The texts hold names and ids, never a value or a key.

use super::kms::KmsError;
use uuid::Uuid;

/// Why something was not encrypted or decrypted.
#[derive(Debug, thiserror::Error, PartialEq, Eq, Clone)]
pub enum CryptError {
    /// A data key that is needed isn't in the key vault (or not open to this user).
    #[error("a data key that is needed here is missing")]
    MissingKey,
    /// The data key belongs to a root key that isn't open here.
    #[error("the root key of this data key isn't open here")]
    ProviderNotConfigured,
    /// Stored bytes fail their check.
    #[error("a stored value is damaged or was tampered with")]
    Damaged,
    /// A data key isn't the one the key manifest names.
    #[error("data key {0} isn't the one the key manifest names")]
    ForeignKey(Uuid),
    /// The request makes no sense or would make data a server refuses.
    #[error("refused: {0}")]
    Refused(&'static str),
    /// A key management service didn't do what it was asked for.
    #[error(transparent)]
    Kms(Box<KmsError>),
    /// The key vault could not be read.
    #[error("the key vault can't be read")]
    Vault,
    /// The operating system gave no randomness.
    #[error("the operating system gave no randomness")]
    NoRandomness,
    /// libmongocrypt reports something else; its own text may quote values and is left out.
    #[error("libmongocrypt failed while {step} (code {code})")]
    Library {
        /// What was being done.
        step: &'static str,
        /// libmongocrypt's own number.
        code: u32,
    },
}

/// Known beginnings of libmongocrypt's messages. Everything else keeps only its number.
const KNOWN: [(&str, CryptError); 9] = [
    ("not all keys requested were satisfied", CryptError::MissingKey),
    ("kms provider required by datakey is not configured", CryptError::ProviderNotConfigured),
    ("kms provider not configured", CryptError::ProviderNotConfigured),
    ("` is not configured", CryptError::ProviderNotConfigured),
    ("HMAC validation failure", CryptError::Damaged),
    ("HMAC validation failed", CryptError::Damaged),
    ("malformed ciphertext", CryptError::Damaged),
    ("BSON type invalid for", CryptError::Refused("this type of value can't be encrypted this way")),
    ("element of type", CryptError::Refused("this type of value can't be encrypted this way")),
];

impl CryptError {
    /// Sorts a message of libmongocrypt without keeping it.
    pub(super) fn from_library(step: &'static str, code: u32, message: &str) -> Self {
        let known = KNOWN.iter().find(|(text, _)| message.contains(text));
        known.map_or(CryptError::Library { step, code }, |(_, error)| error.clone())
    }
}

impl From<bson::error::Error> for CryptError {
    fn from(_: bson::error::Error) -> Self {
        CryptError::Damaged
    }
}

impl From<getrandom::Error> for CryptError {
    fn from(_: getrandom::Error) -> Self {
        CryptError::NoRandomness
    }
}
