//! Compaction and cleanup: fewer rows, the same answers; what was deleted is gone from the file.

use crate::store_conformance::{Backend, informed, raw, update};
use crate::store_payloads::key;
use bson::{Bson, Document, bson, doc};
use std::sync::Arc;
use wardseal::store::embedded::{Embedded, Limits};
use wardseal::store::{Checked, Progress, Store, StoreError};

fn tokens() -> Document {
    doc! {"i.surname": key(1).compaction(), "i.mrn": key(2).compaction()}
}

fn compact(most: Option<i32>) -> Document {
    let mut command = doc! {"compactStructuredEncryptionData": "patients", "compactionTokens": tokens()};
    most.into_iter().for_each(|most| drop(command.insert("limit", most)));
    command
}

fn cleanup() -> Document {
    doc! {"cleanupStructuredEncryptionData": "patients", "cleanupTokens": tokens()}
}

fn validate() -> Document {
    doc! {"validate": "patients", "compactionTokens": tokens()}
}

fn number(reply: &Document, name: &str) -> i64 {
    reply.get(name).and_then(|n| n.as_i64().or(n.as_i32().map(i64::from))).unwrap()
}

async fn smiths(store: &Backend, from: i32, to: i32) {
    for id in from..to {
        store.admit(id, if id % 3 == 0 { "smith" } else { "jones" }).await;
    }
}

pub async fn counters_shrink_and_every_patient_is_still_found(store: Backend) {
    let store = store.clinic().await;
    smiths(&store, 0, 30).await;
    let before = (store.called("smith").await, store.called("jones").await);
    let reply = store.ok(compact(None)).await;
    assert_eq!(number(reply.get_document("stats").unwrap().get_document("ecoc").unwrap(), "read"), 30);
    assert_eq!(number(&reply, "left"), 0);
    assert_eq!(store.check().await, Checked { documents: 30, tags: 30, state: 2 });
    assert_eq!((store.called("smith").await, store.called("jones").await), before);
    smiths(&store, 30, 36).await;
    store.ok(informed(update(3, doc! {"$set": {"i.surname": key(1).insert("jones", 0)}}))).await;
    assert_eq!(store.tags(33).await, [key(1).tag("smith", 0, 12)], "counting goes on");
    store.ok(cleanup()).await;
    assert_eq!(store.check().await.state, 2);
    assert_eq!(store.called("smith").await.len(), 11);
    assert!(store.ok(validate()).await.get_bool("valid").unwrap());
}

pub async fn a_pass_over_the_oldest_part_leaves_the_rest_for_the_next(store: Backend) {
    let store = store.clinic().await;
    smiths(&store, 0, 20).await;
    let waiting = doc! {"count": "enxcol_.patients.ecoc", "query": {}};
    for left in [13, 6, 0, 0] {
        assert_eq!(number(&store.ok(compact(Some(7))).await, "left"), left);
        assert_eq!(number(&store.ok(waiting.clone()).await, "n"), left);
        assert_eq!(store.called("smith").await.len(), 7);
        assert!(store.ok(validate()).await.get_bool("valid").unwrap());
    }
}

pub async fn work_that_is_stopped_changes_nothing(store: Backend) {
    let store = store.clinic().await;
    smiths(&store, 0, 12).await;
    let progress: Arc<Progress> = store.store().progress().unwrap();
    progress.stop();
    assert!(matches!(store.run(compact(None)).await, Err(StoreError::Stopped)));
    assert_eq!(progress.now(), (1, 2));
    assert_eq!(store.check().await.state, 12);
    progress.allow();
    store.ok(compact(None)).await;
    assert_eq!((progress.now(), store.check().await.state), ((2, 2), 2));
}

pub async fn compaction_needs_the_token_of_every_searchable_field(store: Backend) {
    let store = store.clinic().await;
    smiths(&store, 0, 2).await;
    let mut half = compact(None);
    half.get_document_mut("compactionTokens").unwrap().remove("i.mrn");
    assert_eq!(store.refusal(half).await, 40_414);
    let elsewhere = doc! {"compactStructuredEncryptionData": "items", "compactionTokens": {}};
    store.ok(doc! {"insert": "items", "documents": [{"_id": 1}]}).await;
    assert_eq!(store.refusal(elsewhere).await, 6_346_807);
    // Another key's token opens nothing: what comes out is no counter that anybody knows.
    let mut foreign = compact(None);
    foreign.get_document_mut("compactionTokens").unwrap().insert("i.surname", key(9).compaction());
    store.ok(foreign).await;
    assert_eq!(store.called("smith").await.len() + store.called("jones").await.len(), 2);
}

pub async fn a_search_with_too_many_tags_looks_at_the_values_instead(store: Backend) {
    let store = store.clinic().await;
    smiths(&store, 0, 9).await;
    let (all, not) = (store.called("smith").await, bson!({"$ne": key(1).find("smith", 0)}));
    assert_eq!(all, [bson!(0), bson!(3), bson!(6)]);
    assert_eq!(store.where_surname(not).await.len(), 6);
    let find = |value: Bson| informed(doc! {"find": "patients", "filter": {"$expr": value}});
    let equal = bson!({"$eq": ["$i.surname", key(1).find("smith", 0)]});
    assert_eq!(store.found(find(equal)).await.len(), 3);
    let either = bson!({"$in": ["$i.surname", [key(1).find("smith", 0), key(1).find("jones", 0)]]});
    assert_eq!(store.found(find(either)).await.len(), 9);
    let clear = bson!({"$eq": ["$note", "x"]});
    assert_eq!(store.refusal(find(clear)).await, 2);
}

#[tokio::test]
async fn an_upsert_never_looks_at_everything() {
    let place = tempfile::tempdir().unwrap();
    let few = Limits { tags: 2, ..Limits::default() };
    let store = Backend::Embedded(Embedded::open_with(&place.path().join("records.db"), &few).unwrap(), place);
    let store = store.clinic().await;
    smiths(&store, 0, 9).await;
    assert_eq!(store.called("smith").await, [bson!(0), bson!(3), bson!(6)], "by the values");
    let filter = doc! {"i.surname": key(1).find("smith", 0)};
    let upsert = doc! {"q": filter, "u": {"$set": {"note": 1}}, "upsert": true};
    let refused = store.run(informed(doc! {"update": "patients", "updates": [upsert]})).await;
    assert!(matches!(refused, Err(StoreError::Refused { .. })), "{refused:?}");
}

#[tokio::test]
async fn what_compaction_deletes_is_in_neither_file_nor_log() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("records.db");
    let store = Embedded::open(&path).unwrap();
    let create = doc! {"create": "patients", "encryptedFields": crate::store_conformance::encrypted_fields()};
    store.run(raw(create)).await.unwrap();
    for id in 0..200 {
        let patient = doc! {"_id": id, "i": {"surname": key(1).insert(format!("name {}", id % 5), 0)}};
        store.run(raw(informed(doc! {"insert": "patients", "documents": [patient]}))).await.unwrap();
    }
    let rows = |sql: &str| -> Vec<Vec<u8>> {
        let file = rusqlite::Connection::open(&path).unwrap();
        let mut rows = file.prepare(sql).unwrap();
        rows.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
    };
    let gone = [rows("SELECT id FROM esc"), rows("SELECT entries FROM ecoc")].concat();
    assert_eq!(gone.len(), 400);
    store.run(raw(compact(None))).await.unwrap();
    assert_eq!((rows("SELECT id FROM esc").len(), rows("SELECT entries FROM ecoc").len()), (5, 0));
    let log = std::fs::read(path.with_extension("db-wal")).unwrap_or_default();
    assert!(log.is_empty(), "the log was emptied");
    let file = std::fs::read(&path).unwrap();
    for gone in gone {
        let needle = &gone[gone.len().saturating_sub(32)..];
        assert!(!file.windows(needle.len()).any(|window| window == needle));
    }
}
