//! Asking a store: the commands in MongoDB's own form, built in one place.

use super::{Store, StoreError, bytes};
use bson::{Bson, Document, RawDocumentBuf, doc};

/// The database every collection lies in.
pub const DATABASE: &str = "wardseal";

/// A `find` for documents matching `filter`.
#[must_use]
pub fn find(collection: &str, filter: Document, projection: Option<Document>) -> Document {
    let mut command = doc! { "find": collection, "filter": filter };
    if let Some(projection) = projection {
        command.insert("projection", projection);
    }
    command
}

/// An `insert` of these documents, in order.
#[must_use]
pub fn insert(collection: &str, documents: Vec<Document>) -> Document {
    doc! { "insert": collection, "documents": documents, "ordered": true }
}

/// As [`insert`], at once as the bytes a store takes.
///
/// # Errors
/// [`StoreError::Database`] when it is too long for BSON.
pub fn insert_raw(collection: &str, documents: &[RawDocumentBuf]) -> Result<RawDocumentBuf, StoreError> {
    let mut command = bson::rawdoc! { "insert": collection, "ordered": true }.into_bytes();
    bytes::append_array(&mut command, "documents", documents).ok_or_else(too_long)?;
    RawDocumentBuf::from_bytes(command).map_err(|_| too_long())
}

fn too_long() -> StoreError {
    StoreError::Database("the command is too long".into())
}

/// A modifier update of the one document matching `filter`.
#[must_use]
pub fn update(collection: &str, filter: Document, change: Document) -> Document {
    let update = doc! { "q": filter, "u": change, "multi": false, "upsert": false };
    doc! { "update": collection, "updates": [Bson::Document(update)] }
}

/// The command as the bytes a store takes.
///
/// # Errors
/// [`StoreError::Database`] when it has no BSON form.
pub fn raw(command: &Document) -> Result<RawDocumentBuf, StoreError> {
    RawDocumentBuf::try_from(command).map_err(|_| StoreError::Database("the command has no BSON form".into()))
}

/// The documents of a reply to `find`.
///
/// # Errors
/// [`StoreError::Damaged`] when the reply isn't a cursor.
pub fn first_batch(reply: &RawDocumentBuf) -> Result<Vec<RawDocumentBuf>, StoreError> {
    let damaged = || StoreError::Damaged("the reply is not a cursor".into());
    let batch = reply.get_document("cursor").and_then(|cursor| cursor.get_array("firstBatch"));
    let batch = batch.map_err(|_| damaged())?;
    batch
        .into_iter()
        .map(|one| one.ok()?.as_document().map(ToOwned::to_owned))
        .map(|one| one.ok_or_else(damaged))
        .collect()
}

/// Finds documents by clear fields.
///
/// # Errors
/// As [`Store::run`].
pub async fn find_documents(
    store: &dyn Store,
    collection: &str,
    filter: Document,
    projection: Option<Document>,
) -> Result<Vec<RawDocumentBuf>, StoreError> {
    first_batch(&store.run(raw(&find(collection, filter, projection))?).await?)
}
