//! The BSON form in which sections and items are sealed.

use bson::{RawDocument, RawDocumentBuf};
use serde::{Serialize, de::DeserializeOwned};

/// A value doesn't have the stored form of its kind. Says nothing of the value itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a stored value doesn't have the form of its section")]
pub struct StoredFormError;

/// The document that is sealed for `value`.
///
/// # Errors
/// When a value has no BSON form.
pub fn to_document<T: Serialize>(value: &T) -> Result<RawDocumentBuf, StoredFormError> {
    // The inner error may quote the value, so it is dropped.
    bson::serialize_to_raw_document_buf(value).map_err(|_| StoredFormError)
}

/// The value back from an opened document.
///
/// # Errors
/// When the document doesn't have the form of `T`.
pub fn from_document<T: DeserializeOwned>(document: &RawDocument) -> Result<T, StoredFormError> {
    bson::deserialize_from_slice(document.as_bytes()).map_err(|_| StoredFormError)
}
