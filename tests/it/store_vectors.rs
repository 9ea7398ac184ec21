//! The public vectors: where they lie (beside the repository in `../shared/qe/vectors`, or in `WARDSEAL_VECTORS`; never
//! part of it, and without them the tests say so) and how they are read.

use bson::{Bson, Document, RawDocumentBuf};
use std::path::{Path, PathBuf};
use wardseal::store::{Store, StoreError};

pub fn folder(name: &str) -> Option<PathBuf> {
    let root = std::env::var_os("WARDSEAL_VECTORS")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/qe/vectors"), PathBuf::from);
    let folder = root.join(name);
    let there = folder.is_dir();
    if !there {
        eprintln!("NOT RUN: no vectors in {}", folder.display());
    }
    there.then_some(folder)
}

pub fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "json"));
    files.sort();
    files
}

pub fn json(file: &Path) -> Document {
    serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap()
}

pub fn raw(command: &Document) -> RawDocumentBuf {
    RawDocumentBuf::try_from(command).unwrap()
}

pub async fn ask(store: &dyn Store, command: &Document) -> Result<Document, StoreError> {
    store.run(raw(command)).await.map(|reply| Document::try_from(reply).unwrap())
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

pub fn whole(value: &Bson) -> i64 {
    value.as_i64().or_else(|| value.as_i32().map(i64::from)).unwrap()
}
