//! Asking a store in a test, and reading what a session's file says.

use bson::{Bson, Document};
use wardseal::store::{Store, StoreError};

pub async fn ask(store: &dyn Store, command: &Document) -> Result<Document, StoreError> {
    store.run(super::raw(command)).await.map(|reply| Document::try_from(reply).unwrap())
}

pub fn batch(reply: &Document) -> Vec<Document> {
    let batch = reply.get_document("cursor").unwrap().get_array("firstBatch").unwrap();
    batch.iter().map(|doc| doc.as_document().unwrap().clone()).collect()
}

pub fn bytes(value: &Bson) -> Vec<u8> {
    match value {
        Bson::Binary(binary) => binary.bytes.clone(),
        other => panic!("not binary: {other:?}"),
    }
}

pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

pub fn strings(value: &Bson) -> Vec<String> {
    value.as_array().unwrap().iter().map(|item| item.as_str().unwrap().to_owned()).collect()
}
