//! What every store does, whatever keeps its rows. To add a backend: a variant of [`Backend`] and a line at the end.

use crate::store_payloads::{encrypted, equality, key};
use bson::{Bson, Document, RawDocumentBuf, bson, doc};
use tempfile::TempDir;
use wardseal::store::embedded::Embedded;
use wardseal::store::memory::Memory;
use wardseal::store::{Checked, Store, StoreError};

pub enum Backend {
    Memory(Memory),
    Embedded(Embedded, #[expect(dead_code, reason = "keeps the folder")] TempDir),
}

impl Backend {
    fn memory() -> Self {
        Self::Memory(Memory::new())
    }

    fn embedded() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self::Embedded(Embedded::open(&folder.path().join("records.db")).unwrap(), folder)
    }

    fn store(&self) -> &dyn Store {
        match self {
            Self::Memory(store) => store,
            Self::Embedded(store, _) => store,
        }
    }

    async fn check(&self) -> Checked {
        match self {
            Self::Memory(store) => store.check().unwrap(),
            Self::Embedded(store, _) => store.check().await.unwrap(),
        }
    }

    async fn run(&self, command: Document) -> Result<Document, StoreError> {
        self.store().run(raw(command)).await.map(|reply| Document::try_from(reply).unwrap())
    }

    async fn ok(&self, command: Document) -> Document {
        self.run(command).await.unwrap()
    }

    async fn all(&self, commands: Vec<Document>) -> Result<Vec<RawDocumentBuf>, StoreError> {
        self.store().run_all(commands.into_iter().map(raw).collect()).await
    }

    async fn found(&self, command: Document) -> Vec<Document> {
        let reply = self.ok(command).await;
        let batch = reply.get_document("cursor").unwrap().get_array("firstBatch").unwrap();
        batch.iter().map(|doc| doc.as_document().unwrap().clone()).collect()
    }

    async fn ids(&self, collection: &str, filter: Document) -> Vec<Bson> {
        let found = self.found(doc! {"find": collection, "filter": filter, "projection": {"_id": 1}}).await;
        found.iter().map(|doc| doc.get("_id").unwrap().clone()).collect()
    }

    async fn refusal(&self, command: Document) -> i32 {
        match self.run(command.clone()).await {
            Err(StoreError::Refused { code, .. }) => code,
            other => panic!("{command} was not refused: {other:?}"),
        }
    }

    /// A clinic whose patients have an encrypted surname and MRN.
    async fn clinic(self) -> Self {
        self.ok(doc! {"create": "patients", "encryptedFields": encrypted_fields()}).await;
        self
    }

    async fn admit(&self, id: i32, surname: &str) {
        let patient = doc! {"_id": id, "rev": 1_i64, "i": {"surname": key(1).insert(surname, 0)}};
        let reply = self.ok(informed(doc! {"insert": "patients", "documents": [patient]})).await;
        assert_eq!(reply, doc! {"n": 1, "ok": 1.0});
    }

    async fn called(&self, surname: &str) -> Vec<Bson> {
        self.where_surname(key(1).find(surname, 0)).await
    }

    async fn where_surname(&self, predicate: impl Into<Bson>) -> Vec<Bson> {
        let found = self.found(informed(doc! {"find": "patients", "filter": {"i.surname": predicate.into()}})).await;
        found.iter().map(|doc| doc.get("_id").unwrap().clone()).collect()
    }

    async fn tags(&self, id: i32) -> Vec<Vec<u8>> {
        let found = self.found(doc! {"find": "patients", "filter": {"_id": id}}).await;
        let tags = found[0].get_array("__safeContent__").unwrap();
        tags.iter().map(|tag| bytes(tag).to_vec()).collect()
    }
}

fn encrypted_fields() -> Document {
    doc! {"fields": [equality("i.surname", key(1), "string", 0), equality("i.mrn", key(2), "string", 4)]}
}

fn informed(mut command: Document) -> Document {
    command.insert("encryptionInformation", doc! {"type": 1, "schema": {"wardseal.patients": encrypted_fields()}});
    command
}

fn raw(command: Document) -> RawDocumentBuf {
    RawDocumentBuf::try_from(&command).unwrap()
}

fn bytes(value: &Bson) -> &[u8] {
    match value {
        Bson::Binary(binary) => &binary.bytes,
        other => panic!("not binary: {other:?}"),
    }
}

fn update(id: i32, update: Document) -> Document {
    doc! {"update": "patients", "updates": [{"q": {"_id": id}, "u": update}]}
}

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
        (doc! {"drop": "notes"}, 59),
        (doc! {"aggregate": "notes", "pipeline": []}, 59),
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

macro_rules! conforms {
    ($backend:ident: $($sentence:ident),* $(,)?) => {
        mod $backend {
            $(#[tokio::test]
            async fn $sentence() {
                super::$sentence(super::Backend::$backend()).await;
            })*
        }
    };
}

macro_rules! every_store {
    ($($backend:ident),*) => {$(
        conforms!($backend:
            a_document_comes_back_as_it_was_written,
            an_id_is_taken_once,
            clear_fields_are_filtered_as_mongodb_does,
            pages_are_sorted_and_cut,
            modifiers_change_what_they_name,
            an_upsert_starts_from_what_it_looked_for,
            find_and_modify_answers_the_old_document,
            two_windows_saving_the_same_record_conflict,
            items_of_a_patient_follow_their_section,
            what_is_not_understood_is_refused,
            a_document_nested_too_deeply_is_refused,
            patients_are_found_by_an_encrypted_surname,
            tags_stand_in_the_order_of_the_document,
            contention_spreads_a_value_over_partitions,
            a_changed_surname_takes_its_tag_along,
            a_replacement_brings_its_own_tags_only,
            a_count_is_never_used_twice,
            a_failed_transaction_leaves_no_trace,
            many_patients_in_one_transaction_count_on,
            an_unindexed_section_is_kept_byte_for_byte,
            what_a_real_server_refuses_is_refused,
            collections_without_encrypted_fields_take_no_payloads,
        );
    )*};
}

every_store!(memory, embedded);
