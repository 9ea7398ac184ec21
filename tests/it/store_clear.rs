//! What every store does with documents in the clear.

use crate::store_conformance::{Backend, update};
use bson::{Bson, Document, bson, doc};
use wardseal::store::StoreError;

pub async fn a_document_comes_back_as_it_was_written(store: Backend) {
    let note = doc! {"_id": 1, "when": bson::DateTime::from_millis(5), "what": {"list": [1, 2.5, "x", Bson::Null]}};
    let reply = store.ok(doc! {"insert": "notes", "documents": [note.clone()], "ordered": true}).await;
    assert_eq!(reply, doc! {"n": 1, "ok": 1.0});
    assert_eq!(store.found(doc! {"find": "notes", "filter": {"_id": 1_i64}}).await, [note]);
    assert!(store.found(doc! {"find": "nowhere", "filter": {}}).await.is_empty());
}

pub async fn an_id_is_taken_once(store: Backend) {
    store.ok(doc! {"insert": "notes", "documents": [{"_id": 1, "by": "first"}]}).await;
    let reply =
        store.ok(doc! {"insert": "notes", "documents": [{"_id": 2}, {"_id": 1, "by": "second"}, {"_id": 3}]}).await;
    let error = reply.get_array("writeErrors").unwrap()[0].as_document().unwrap();
    assert_eq!((reply.get_i32("n").unwrap(), error.get_i32("code").unwrap()), (1, 11000));
    assert_eq!(store.ids("notes", doc! {}).await, [bson!(1), bson!(2)]);
    let both =
        vec![doc! {"insert": "notes", "documents": [{"_id": 4}]}, doc! {"insert": "notes", "documents": [{"_id": 1}]}];
    assert!(matches!(store.all(both).await, Err(StoreError::Conflict)));
    assert_eq!(store.ids("notes", doc! {"_id": 4}).await, []);
}

pub async fn clear_fields_are_filtered_as_mongodb_does(store: Backend) {
    let notes = bson!([
        {"_id": 1, "n": 5, "tags": ["a", "b"], "at": {"ward": "east"}},
        {"_id": 2, "n": 7_i64, "tags": ["b"], "at": {"ward": "west"}},
        {"_id": 3, "n": "seven", "at": {"ward": null}},
        {"_id": 4, "tags": [{"k": 1}, {"k": 2}]},
    ]);
    store.ok(doc! {"insert": "notes", "documents": notes}).await;
    let cases: Vec<(Document, &[i32])> = vec![
        (doc! {}, &[1, 2, 3, 4]),
        (doc! {"n": 7.0}, &[2]),
        (doc! {"n": {"$gt": 4}}, &[1, 2]),
        (doc! {"n": {"$gte": 5, "$lt": 7}}, &[1]),
        (doc! {"n": {"$lte": 7}, "at.ward": "west"}, &[2]),
        (doc! {"n": {"$ne": 5}}, &[2, 3, 4]),
        (doc! {"n": {"$not": {"$gt": 6}}}, &[1, 3, 4]),
        (doc! {"n": {"$exists": false}}, &[4]),
        (doc! {"tags": "b"}, &[1, 2]),
        (doc! {"tags": ["a", "b"]}, &[1]),
        (doc! {"tags.0": "b"}, &[2]),
        (doc! {"tags.k": 2}, &[4]),
        (doc! {"at.ward": null}, &[3, 4]),
        (doc! {"at.ward": {"$in": ["east", "west"]}}, &[1, 2]),
        (doc! {"_id": {"$nin": [1, 2]}}, &[3, 4]),
        (doc! {"$or": [{"_id": 1}, {"n": "seven"}]}, &[1, 3]),
        (doc! {"$nor": [{"_id": 1}, {"n": "seven"}]}, &[2, 4]),
        (doc! {"$and": [{"_id": {"$in": [1, 2, 3]}}, {"tags": "b"}]}, &[1, 2]),
    ];
    for (filter, expected) in cases {
        let expected: Vec<Bson> = expected.iter().map(|id| bson!(*id)).collect();
        assert_eq!(store.ids("notes", filter.clone()).await, expected, "{filter}");
        let count = store.ok(doc! {"count": "notes", "query": filter}).await;
        assert_eq!(count.get_i32("n").unwrap(), i32::try_from(expected.len()).unwrap());
    }
}

pub async fn pages_are_sorted_and_cut(store: Backend) {
    let notes: Vec<Document> = (0..6).map(|n| doc! {"_id": n, "day": n % 3, "x": "y"}).collect();
    store.ok(doc! {"insert": "notes", "documents": notes}).await;
    let page = doc! {"find": "notes", "sort": {"day": -1, "_id": 1}, "skip": 1, "limit": 3, "projection": {"day": 1}};
    let found = store.found(page).await;
    assert_eq!(found, [doc! {"_id": 5, "day": 2}, doc! {"_id": 1, "day": 1}, doc! {"_id": 4, "day": 1}]);
}

pub async fn modifiers_change_what_they_name(store: Backend) {
    store
        .ok(doc! {"insert": "patients", "documents": [{"_id": 1, "a": {"b": 1}, "list": [1, 2, 3], "n": 1, "gone": 1}]})
        .await;
    let change = doc! {
        "$set": {"a.c.d": 2}, "$unset": {"gone": ""}, "$inc": {"n": 5_i64},
        "$push": {"list": {"$each": [4, 5]}}, "$pull": {"other": 1},
    };
    let reply = store.ok(update(1, change)).await;
    assert_eq!(reply, doc! {"n": 1, "nModified": 1, "ok": 1.0});
    store.ok(update(1, doc! {"$pull": {"list": {"$in": [1, 5]}}})).await;
    let expected = doc! {"_id": 1, "a": {"b": 1, "c": {"d": 2}}, "list": [2, 3, 4], "n": 6_i64};
    assert_eq!(store.found(doc! {"find": "patients", "filter": {}}).await, [expected]);
    store.ok(update(1, doc! {"only": "this"})).await;
    assert_eq!(store.found(doc! {"find": "patients", "filter": {}}).await, [doc! {"_id": 1, "only": "this"}]);
    let unchanged = store.ok(update(1, doc! {"$set": {"only": "this"}})).await;
    assert_eq!(unchanged, doc! {"n": 1, "nModified": 0, "ok": 1.0});
}

pub async fn an_upsert_starts_from_what_it_looked_for(store: Backend) {
    let upsert =
        doc! {"update": "grants", "updates": [{"q": {"_id": 7, "user": "u"}, "u": {"$set": {"n": 1}}, "upsert": true}]};
    let reply = store.ok(upsert.clone()).await;
    assert_eq!(reply, doc! {"n": 1, "nModified": 0, "upserted": [{"index": 0, "_id": 7}], "ok": 1.0});
    assert_eq!(store.ok(upsert).await, doc! {"n": 1, "nModified": 0, "ok": 1.0});
    assert_eq!(
        store.found(doc! {"find": "grants", "filter": {"user": "u"}}).await,
        [doc! {"_id": 7, "user": "u", "n": 1}]
    );
}

pub async fn find_and_modify_answers_the_old_document(store: Backend) {
    store.ok(doc! {"insert": "drafts", "documents": [{"_id": 1, "n": 1}, {"_id": 2, "n": 2}]}).await;
    let taken =
        store.ok(doc! {"findAndModify": "drafts", "query": {}, "sort": {"n": -1}, "update": {"$inc": {"n": 1}}}).await;
    assert_eq!(taken.get_document("value").unwrap(), &doc! {"_id": 2, "n": 2});
    let removed = store.ok(doc! {"findAndModify": "drafts", "query": {"_id": 1}, "remove": true}).await;
    assert_eq!(removed.get_document("value").unwrap(), &doc! {"_id": 1, "n": 1});
    let nothing = store.ok(doc! {"findAndModify": "drafts", "query": {"_id": 1}, "remove": true}).await;
    assert_eq!(nothing.get("value"), Some(&Bson::Null));
    assert_eq!(store.found(doc! {"find": "drafts"}).await, [doc! {"_id": 2, "n": 3}]);
}

pub async fn a_write_that_names_the_lack_of_a_revision_is_fenced_too(backend: Backend) {
    backend.ok(doc! {"insert": "site", "documents": [{"_id": 1, "v": 2_i64}]}).await;
    let update = |v: i64| {
        let only = doc! {"_id": 1, "v": v, "rev": {"$exists": false}};
        doc! {"update": "site", "updates": [{"q": only, "u": {"$set": {"v": v + 1}}, "multi": false, "upsert": false}]}
    };
    let late = backend.all(vec![update(1), doc! {"insert": "items", "documents": [{"_id": 1}]}]).await;
    assert!(matches!(late, Err(StoreError::Conflict)), "{late:?}");
    assert!(backend.ids("items", doc! {}).await.is_empty());
    backend.all(vec![update(2)]).await.unwrap();
}

pub async fn two_windows_saving_the_same_record_conflict(store: Backend) {
    store.ok(doc! {"insert": "patients", "documents": [{"_id": 1, "rev": 1_i64}]}).await;
    let save = |what: &str| {
        let save = doc! {"q": {"_id": 1, "rev": 1_i64}, "u": {"$set": {"what": what}, "$inc": {"rev": 1_i64}}};
        vec![doc! {"insert": "versions", "documents": [{"_id": what}]}, doc! {"update": "patients", "updates": [save]}]
    };
    store.all(save("first")).await.unwrap();
    assert!(matches!(store.all(save("second")).await, Err(StoreError::Conflict)));
    assert_eq!(store.ids("versions", doc! {}).await, [bson!("first")]);
    let alone = store.run(save("third").remove(1)).await.unwrap();
    assert_eq!(alone.get_i32("n").unwrap(), 0);
}

pub async fn items_of_a_patient_follow_their_section(store: Backend) {
    let item = |id: i32, patient: i32, section: &str| doc! {"_id": id, "patient": patient, "section": section};
    let items = [item(1, 1, "problems"), item(2, 1, "notes"), item(3, 2, "problems")];
    store.ok(doc! {"insert": "items", "documents": items.to_vec()}).await;
    assert_eq!(store.ids("items", doc! {"patient": 1}).await, [bson!(1), bson!(2)]);
    assert_eq!(store.ids("items", doc! {"patient": 1_i64, "section": {"$in": ["notes", "plans"]}}).await, [bson!(2)]);
    store.ok(doc! {"update": "items", "updates": [{"q": {"_id": 2}, "u": {"$set": {"patient": 2}}}]}).await;
    assert_eq!(store.ids("items", doc! {"patient": 2}).await, [bson!(2), bson!(3)]);
    store.ok(doc! {"delete": "items", "deletes": [{"q": {"patient": 2}, "limit": 0}]}).await;
    assert_eq!(store.ids("items", doc! {"section": {"$exists": true}}).await, [bson!(1)]);
    store.check().await;
}

pub async fn what_is_not_understood_is_refused(store: Backend) {
    store.ok(doc! {"insert": "notes", "documents": [{"_id": 1, "a": 1}]}).await;
    let find = |filter: Document| doc! {"find": "notes", "filter": filter};
    let change = |u: Document| doc! {"update": "notes", "updates": [{"q": {}, "u": u}]};
    let cases = [
        (find(doc! {"a": {"$regex": "x"}}), 2),
        (find(doc! {"a": {"$elemMatch": {}}}), 2),
        (find(doc! {"$where": "1"}), 2),
        (find(doc! {"$or": []}), 2),
        (doc! {"find": "notes", "projection": {"a": 1, "b": 0}}, 31254),
        (doc! {"find": "notes", "collation": {}}, 40415),
        (doc! {"find": "notes", "limit": -1}, 2),
        (doc! {"shutdown": "notes"}, 59),
        (doc! {"aggregate": "notes", "pipeline": [{"$lookup": {}}]}, 2),
        (change(doc! {"$rename": {"a": "b"}}), 9),
        (change(doc! {"$set": {"a": 1}, "b": 2}), 9),
        (change(doc! {"$set": {"_id": 2}}), 66),
        (change(doc! {"$set": {"a": 1, "a.b": 2}}), 40),
        (change(doc! {"$set": {"a.b": 2}}), 28),
        (change(doc! {"$inc": {"a": "x"}}), 14),
        (doc! {"update": "notes", "updates": [{"q": {}, "u": [{"$set": {"a": 1}}]}]}, 6_371_503),
        (doc! {"create": "notes"}, 48),
        (doc! {"create": "system.notes"}, 2),
        (doc! {"create": "new", "encryptedFields": {"fields": []}, "capped": true}, 40415),
        (doc! {"insert": "notes", "documents": [{"_id": [1]}]}, 2),
    ];
    for (command, code) in cases {
        assert_eq!(store.refusal(command.clone()).await, code, "{command}");
    }
    assert_eq!(store.found(doc! {"find": "notes"}).await, [doc! {"_id": 1, "a": 1}]);
}

pub async fn a_document_nested_too_deeply_is_refused(store: Backend) {
    let deep = (0..150).fold(doc! {"x": 1}, |inner, _| doc! {"x": inner});
    assert_eq!(store.refusal(doc! {"insert": "notes", "documents": [{"_id": 1, "deep": deep}]}).await, 15);
}
