//! The BSON form in which sections and items are sealed.

use bson::Document;
use serde::{Serialize, de::DeserializeOwned};

/// A value doesn't have the stored form of its kind. Says nothing of the value itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a stored value doesn't have the form of its section")]
pub struct StoredFormError;

/// The document that is sealed for `value`.
///
/// # Errors
/// When a value has no BSON form.
pub fn to_document<T: Serialize>(value: &T) -> Result<Document, StoredFormError> {
    // The inner error may quote the value, so it is dropped.
    bson::serialize_to_document(value).map_err(|_| StoredFormError)
}

/// The value back from an opened document.
///
/// # Errors
/// When the document doesn't have the form of `T`.
pub fn from_document<T: DeserializeOwned>(document: Document) -> Result<T, StoredFormError> {
    bson::deserialize_from_document(document).map_err(|_| StoredFormError)
}
