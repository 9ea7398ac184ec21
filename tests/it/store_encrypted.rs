//! What every store does with encrypted fields: the server's side of queryable encryption.

use crate::store_conformance::{Backend, bytes, informed, update};
use crate::store_payloads::{encrypted, key};
use bson::{Bson, Document, bson, doc};
use wardseal::store::{Checked, StoreError};

pub async fn patients_are_found_by_an_encrypted_surname(store: Backend) {
    let store = store.clinic().await;
    for (id, surname) in [(1, "smith"), (2, "nguyen"), (3, "smith")] {
        store.admit(id, surname).await;
    }
    assert_eq!(store.called("smith").await, [bson!(1), bson!(3)]);
    assert_eq!(store.called("nguyen").await, [bson!(2)]);
    assert_eq!(store.called("nobody").await, []);
    let either = bson!({"$in": [key(1).find("nguyen", 0), key(1).find("nobody", 0)]});
    assert_eq!(store.where_surname(either).await, [bson!(2)]);
    assert_eq!(store.where_surname(bson!({"$ne": key(1).find("smith", 0)})).await, [bson!(2)]);
    assert_eq!(store.where_surname(bson!({"$ne": key(1).find("nobody", 0)})).await, [bson!(1), bson!(2), bson!(3)]);
    assert_eq!(store.check().await, Checked { documents: 3, tags: 3, state: 3 });
}

pub async fn an_explanation_says_whether_an_index_answers(backend: Backend) {
    let backend = backend.clinic().await;
    backend.admit(1, "Smith").await;
    let asked = informed(doc! {"find": "patients", "filter": {"i.surname": key(1).find("Smith", 0)}});
    assert_eq!(backend.stage(asked).await, "IXSCAN");
    assert_eq!(backend.stage(doc! {"count": "patients", "query": {"_id": 1}}).await, "IXSCAN");
    assert_eq!(backend.stage(doc! {"find": "patients", "filter": {"rev": 1_i64}}).await, "COLLSCAN");
    assert_eq!(backend.stage(doc! {"find": "nowhere"}).await, "EOF");
    backend.refusal(doc! {"explain": {"delete": "patients", "deletes": []}}).await;
    backend.refusal(doc! {"explain": "patients"}).await;
}

pub async fn tags_stand_in_the_order_of_the_document(store: Backend) {
    let store = store.clinic().await;
    let patient = doc! {"_id": 1, "i": {"mrn": key(2).insert("a1", 3), "surname": key(1).insert("smith", 0)}, "z": 1};
    store.ok(informed(doc! {"insert": "patients", "documents": [patient]})).await;
    assert_eq!(store.tags(1).await, [key(2).tag("a1", 3, 1), key(1).tag("smith", 0, 1)]);
    let found = store.found(doc! {"find": "patients"}).await;
    assert_eq!(found[0].keys().last().unwrap(), "__safeContent__");
    assert_eq!(bytes(found[0].get_document("i").unwrap().get("surname").unwrap())[0], 14);
}

pub async fn contention_spreads_a_value_over_partitions(store: Backend) {
    let store = store.clinic().await;
    for (id, k) in [(1, 0), (2, 4), (3, 4), (4, 2)] {
        let patient = doc! {"_id": id, "i": {"mrn": key(2).insert("a1", k)}};
        store.ok(informed(doc! {"insert": "patients", "documents": [patient]})).await;
    }
    let find = doc! {"find": "patients", "filter": {"i.mrn": key(2).find("a1", 4)}};
    assert_eq!(store.found(informed(find)).await.len(), 4);
    assert_eq!(store.tags(3).await, [key(2).tag("a1", 4, 2)]);
}

pub async fn a_changed_surname_takes_its_tag_along(store: Backend) {
    let store = store.clinic().await;
    store.admit(1, "smith").await;
    store.ok(informed(update(1, doc! {"$set": {"i.surname": key(1).insert("jones", 0)}}))).await;
    assert_eq!((store.called("smith").await, store.called("jones").await), (vec![], vec![bson!(1)]));
    assert_eq!(store.tags(1).await, [key(1).tag("jones", 0, 1)]);
    store.ok(informed(update(1, doc! {"$set": {"note": "clear"}}))).await;
    assert_eq!(store.called("jones").await, [bson!(1)]);
    store.ok(informed(update(1, doc! {"$unset": {"i": ""}}))).await;
    assert_eq!(store.tags(1).await, Vec::<Vec<u8>>::new());
    store.check().await;
}

pub async fn a_replacement_brings_its_own_tags_only(store: Backend) {
    let store = store.clinic().await;
    store.admit(1, "smith").await;
    let replacement = doc! {"rev": 2_i64, "i": {"mrn": key(2).insert("a1", 0)}};
    store.ok(informed(update(1, replacement))).await;
    assert_eq!(store.called("smith").await, []);
    assert_eq!(store.tags(1).await, [key(2).tag("a1", 0, 1)]);
    let taken = doc! {"findAndModify": "patients", "query": {"i.mrn": key(2).find("a1", 4)}, "update": {"rev": 3_i64}};
    store.ok(informed(taken)).await;
    assert_eq!(store.found(doc! {"find": "patients"}).await, [doc! {"_id": 1, "rev": 3_i64}]);
    store.check().await;
}

pub async fn a_count_is_never_used_twice(store: Backend) {
    let store = store.clinic().await;
    store.admit(1, "smith").await;
    let delete = doc! {"delete": "patients", "deletes": [{"q": {"i.surname": key(1).find("smith", 0)}, "limit": 1}]};
    assert_eq!(store.ok(informed(delete)).await, doc! {"n": 1, "ok": 1.0});
    store.admit(2, "smith").await;
    assert_eq!(store.tags(2).await, [key(1).tag("smith", 0, 2)]);
    assert_eq!(store.called("smith").await, [bson!(2)]);
}

pub async fn a_failed_transaction_leaves_no_trace(store: Backend) {
    let store = store.clinic().await;
    store.admit(1, "smith").await;
    let admit = |id: i32| {
        let patient = doc! {"_id": id, "i": {"surname": key(1).insert("smith", 0)}};
        informed(doc! {"insert": "patients", "documents": [patient]})
    };
    assert!(matches!(store.all(vec![admit(2), admit(1)]).await, Err(StoreError::Conflict)));
    assert!(
        store
            .all(vec![admit(2), doc! {"insert": "fresh", "documents": [{"_id": 1}]}, doc! {"no": "such"}])
            .await
            .is_err()
    );
    store.ok(admit(3)).await;
    assert_eq!(store.called("smith").await, [bson!(1), bson!(3)]);
    assert_eq!(store.check().await, Checked { documents: 2, tags: 2, state: 2 });
}

pub async fn many_patients_in_one_transaction_count_on(store: Backend) {
    let store = store.clinic().await;
    let patients: Vec<Document> =
        (0..70).map(|id| doc! {"_id": id, "i": {"surname": key(1).insert("smith", 0)}}).collect();
    let (first, second) = patients.split_at(40);
    let insert = |patients: &[Document]| informed(doc! {"insert": "patients", "documents": patients.to_vec()});
    store.all(vec![insert(first), insert(second)]).await.unwrap();
    assert_eq!(store.called("smith").await.len(), 70);
    assert_eq!(store.tags(69).await, [key(1).tag("smith", 0, 70)]);
    store.check().await;
}

pub async fn an_unindexed_section_is_kept_byte_for_byte(store: Backend) {
    let store = store.clinic().await;
    let patient = doc! {"_id": 1, "s": {"identity": key(7).unindexed("x")}};
    store.ok(informed(doc! {"insert": "patients", "documents": [patient.clone()]})).await;
    assert_eq!(store.found(doc! {"find": "patients"}).await, [patient]);
}

pub async fn what_a_real_server_refuses_is_refused(store: Backend) {
    let store = store.clinic().await;
    store.admit(1, "smith").await;
    let insert = |fields: Document| {
        let mut patient = doc! {"_id": 2};
        patient.extend(fields);
        informed(doc! {"insert": "patients", "documents": [patient]})
    };
    let surname = |value: Bson| insert(doc! {"i": {"surname": value}});
    let smith = key(1).insert("smith", 0);
    let stored =
        store.found(doc! {"find": "patients"}).await[0].get_document("i").unwrap().get("surname").unwrap().clone();
    let second_delete = doc! {"q": {"_id": 1}, "limit": 1};
    let cases = [
        ("a clear surname", surname(bson!("smith")), 121),
        (
            "a payload without encryptionInformation",
            doc! {"insert": "patients", "documents": [{"_id": 2, "i": {"surname": smith.clone()}}]},
            6_373_601,
        ),
        ("a payload at another path", insert(doc! {"surname": smith.clone()}), 6_373_601),
        ("one key in two fields", insert(doc! {"i": {"surname": smith.clone(), "mrn": smith.clone()}}), 6_371_407),
        ("a placeholder", surname(encrypted(3, &doc! {})), 6_373_503),
        ("a payload of version 1", surname(encrypted(4, &doc! {})), 6_373_503),
        ("a find payload", surname(key(1).find("smith", 0)), 6_373_503),
        ("a final value", surname(stored), 6_373_503),
        ("an unindexed value of version 1", surname(encrypted(6, &doc! {})), 7_413_901),
        ("a double", surname(key(1).insert(1.5, 0)), 6_373_504),
        ("another type than the field's", surname(key(1).insert(true, 0)), 121),
        ("an unknown part", surname(key(1).insert_as("x", 0, |p| drop(p.insert("zz", 1)))), 40_415),
        ("a part that lacks", surname(key(1).insert_as("x", 0, |p| drop(p.remove("l")))), 40_414),
        ("too much contention", surname(key(1).insert("x", 1)), 2),
        ("tags of the client's own", insert(doc! {"__safeContent__": []}), 6_666_200),
        (
            "tags without encryptionInformation",
            doc! {"insert": "patients", "documents": [{"_id": 2, "__safeContent__": []}]},
            6_666_200,
        ),
        ("pushed tags", informed(update(1, doc! {"$push": {"__safeContent__": 1}})), 6_666_200),
        ("set tags", informed(update(1, doc! {"$set": {"__safeContent__.0": 1}})), 6_666_200),
        ("a pushed payload", informed(update(1, doc! {"$push": {"i.surname": smith.clone()}})), 6_373_601),
        ("a clear surname by update", informed(update(1, doc! {"$set": {"i.surname": "x"}})), 121),
        (
            "two updates",
            informed(doc! {"update": "patients", "updates": [{"q": {}, "u": {"a": 1}}, {"q": {}, "u": {"a": 1}}]}),
            6_371_502,
        ),
        (
            "an update of many",
            informed(doc! {"update": "patients", "updates": [{"q": {}, "u": {"$set": {"a": 1}}, "multi": true}]}),
            6_329_900,
        ),
        ("a pipeline", informed(doc! {"update": "patients", "updates": [{"q": {}, "u": []}]}), 6_371_503),
        (
            "two deletes",
            informed(doc! {"delete": "patients", "deletes": [second_delete.clone(), second_delete]}),
            6_371_302,
        ),
        (
            "the new document",
            informed(doc! {"findAndModify": "patients", "query": {}, "update": {"$set": {"a": 1}}, "new": true}),
            6_371_402,
        ),
        (
            "some fields",
            informed(doc! {"findAndModify": "patients", "query": {}, "update": {"$set": {"a": 1}}, "fields": {"a": 1}}),
            6_371_408,
        ),
        ("a clear question", doc! {"find": "patients", "filter": {"i.surname": "smith"}}, 2),
        (
            "an encrypted question without encryptionInformation",
            doc! {"find": "patients", "filter": {"i.surname": key(1).find("smith", 0)}},
            2,
        ),
        (
            "a question for a range",
            informed(doc! {"find": "patients", "filter": {"i.surname": {"$gt": key(1).find("smith", 0)}}}),
            2,
        ),
        (
            "another contention",
            informed(doc! {"find": "patients", "filter": {"i.surname": key(1).find("smith", 4)}}),
            2,
        ),
        ("a question for tags", doc! {"find": "patients", "filter": {"__safeContent__": 1}}, 2),
        ("sorting", doc! {"find": "patients", "sort": {"i.surname": 1}}, 2),
        ("encryptionInformation elsewhere", informed(doc! {"insert": "notes", "documents": [{"_id": 1}]}), 6_346_807),
    ];
    for (what, command, code) in cases {
        assert_eq!(store.refusal(command).await, code, "{what}");
    }
    assert_eq!(store.check().await, Checked { documents: 1, tags: 1, state: 1 });
}

pub async fn collections_without_encrypted_fields_take_no_payloads(store: Backend) {
    let unindexed = doc! {"insert": "items", "documents": [{"_id": 1, "s": {"value": key(3).unindexed("x")}}]};
    store.ok(unindexed).await;
    let payload = doc! {"insert": "items", "documents": [{"_id": 2, "s": {"value": key(3).insert("x", 0)}}]};
    assert_eq!(store.refusal(payload).await, 6_373_601);
}
