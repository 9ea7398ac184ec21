//! Patients' keys lie in a file of their own, so that a copy of the data is worth nothing once they are destroyed.

use bson::{Document, doc};
use std::path::Path;
use wardseal::store::embedded::Embedded;
use wardseal::store::{Store, StoreError, find_documents, insert, raw};

async fn put(store: &Embedded, collection: &str, documents: Vec<Document>) {
    store.run(raw(&insert(collection, documents)).unwrap()).await.unwrap();
}

async fn all(store: &Embedded, collection: &str) -> Vec<Document> {
    let found = find_documents(store, collection, doc! {}, None).await.unwrap();
    found.into_iter().map(|raw| Document::try_from(raw).unwrap()).collect()
}

/// Whether the bytes lie in a file or in its log.
fn lies_in(path: &Path, word: &[u8]) -> bool {
    let log = path.with_extension("db-wal");
    [path, log.as_path()]
        .iter()
        .any(|file| std::fs::read(file).is_ok_and(|bytes| bytes.windows(word.len()).any(|window| window == word)))
}

#[tokio::test]
async fn the_data_file_never_holds_a_patients_keys_and_the_keys_file_nothing_else() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("store.db");
    let store = Embedded::open(&path).unwrap();
    put(&store, "patient_keys", vec![doc! { "_id": 1, "k": "the-wrapped-keys" }]).await;
    put(&store, "items", vec![doc! { "_id": 1, "s": "the-sealed-section" }]).await;
    let keys = Embedded::keys_beside(&path);
    assert!(lies_in(&keys, b"the-wrapped-keys") && !lies_in(&keys, b"the-sealed-section"));
    assert!(lies_in(&path, b"the-sealed-section") && !lies_in(&path, b"the-wrapped-keys"));
    assert_eq!(store.check().await.unwrap().documents, 2);
}

#[tokio::test]
async fn keys_that_were_destroyed_are_in_no_page_and_no_log() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("store.db");
    let store = Embedded::open(&path).unwrap();
    put(&store, "patient_keys", (0..20).map(|n| doc! { "_id": n, "k": format!("the-wrapped-key-{n:02}") }).collect())
        .await;
    let delete = doc! { "delete": "patient_keys", "deletes": [doc! { "q": { "_id": 7 }, "limit": 1 }] };
    store.run(raw(&delete).unwrap()).await.unwrap();
    store.scrub().await.unwrap();
    let keys = Embedded::keys_beside(&path);
    assert!(!lies_in(&keys, b"the-wrapped-key-07") && lies_in(&keys, b"the-wrapped-key-08"));
    assert_eq!(all(&store, "patient_keys").await.len(), 19);
}

#[tokio::test]
async fn a_store_of_the_first_version_gives_its_keys_away_when_it_is_opened_and_keeps_none() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("store.db");
    let store = Embedded::open(&path).unwrap();
    put(&store, "others", vec![doc! { "_id": 1, "k": "the-wrapped-keys" }, doc! { "_id": 2 }]).await;
    drop(store);
    // As that version left it: everything in one file.
    std::fs::remove_file(Embedded::keys_beside(&path)).unwrap();
    let file = rusqlite::Connection::open(&path).unwrap();
    file.execute_batch(
        "UPDATE collections SET name = 'patient_keys' WHERE name = 'others'; DELETE FROM meta WHERE key = 'keys_apart'",
    )
    .unwrap();
    drop(file);
    for _ in 0..2 {
        let store = Embedded::open(&path).unwrap();
        assert_eq!(all(&store, "patient_keys").await, [doc! { "_id": 1, "k": "the-wrapped-keys" }, doc! { "_id": 2 }]);
        assert!(!lies_in(&path, b"the-wrapped-keys"));
    }
}

#[tokio::test]
async fn a_store_without_its_keys_file_is_refused_and_gets_no_empty_one() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("store.db");
    drop(Embedded::open(&path).unwrap());
    std::fs::remove_file(Embedded::keys_beside(&path)).unwrap();
    assert!(matches!(Embedded::open(&path), Err(StoreError::CantOpen(_))));
    assert!(!Embedded::keys_beside(&path).exists());
}

#[tokio::test]
async fn one_transaction_over_both_files_is_taken_back_in_both() {
    let place = tempfile::tempdir().unwrap();
    let store = Embedded::open(&place.path().join("store.db")).unwrap();
    put(&store, "items", vec![doc! { "_id": 1 }]).await;
    let twice = [insert("patient_keys", vec![doc! { "_id": 1 }]), insert("items", vec![doc! { "_id": 1 }])];
    let refused = store.run_all(twice.iter().map(|one| raw(one).unwrap()).collect()).await;
    assert!(refused.is_err());
    assert!(all(&store, "patient_keys").await.is_empty());
}
