//! A transaction of the embedded store that stays open while its commands are being thought of.

use crate::store_conformance::raw;
use bson::{RawDocumentBuf, doc};
use wardseal::store::embedded::Embedded;
use wardseal::store::{Store as _, StoreError, find_documents};

fn insert(id: i32) -> RawDocumentBuf {
    raw(doc! { "insert": "items", "documents": [{ "_id": id }] })
}

async fn count(store: &Embedded) -> usize {
    find_documents(store, "items", doc! {}, None).await.unwrap().len()
}

#[tokio::test]
async fn what_is_committed_is_there_and_what_is_given_up_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("records.db");
    let (store, beside) = (Embedded::open(&file).unwrap(), Embedded::open(&file).unwrap());
    let transaction = store.begin().await.unwrap();
    for id in [1, 2] {
        transaction.run(insert(id)).await.unwrap();
    }
    assert_eq!(count(&beside).await, 0, "nobody sees it yet");
    transaction.commit().await.unwrap();
    assert_eq!((count(&store).await, count(&beside).await), (2, 2));
    let transaction = store.begin().await.unwrap();
    transaction.run(insert(3)).await.unwrap();
    drop(transaction);
    assert_eq!(count(&store).await, 2);
}

#[tokio::test]
async fn a_command_that_is_refused_ends_the_transaction_and_undoes_it() {
    let folder = tempfile::tempdir().unwrap();
    let store = Embedded::open(&folder.path().join("records.db")).unwrap();
    let transaction = store.begin().await.unwrap();
    transaction.run(insert(1)).await.unwrap();
    let unknown = transaction.run(raw(doc! { "shutdown": "items" })).await;
    assert!(matches!(unknown, Err(StoreError::Refused { code: 59, .. })));
    assert!(transaction.run(insert(2)).await.is_err());
    assert!(transaction.commit().await.is_err());
    assert_eq!(count(&store).await, 0);
    store.run(insert(9)).await.unwrap();
}
