//! The check of the whole store finds what somebody changed in the file, and names the record it happened to.

use crate::clinic_day::problem;
use crate::guard_tamper::{Clinic, at, bytes_at, places};
use bson::{Bson, Document};
use uuid::Uuid;
use wardseal::app::check_store::{StoreCheck, StoreFinding};
use wardseal::app::{AddProblem, CheckStore, Code, TendStore};
use wardseal::keys::forms;

impl Clinic {
    async fn check(&mut self) -> StoreCheck {
        self.world.seat.perform(CheckStore {}).await.unwrap()
    }

    async fn finds(&mut self, what: &str) -> Vec<StoreFinding> {
        let findings = self.check().await.findings;
        assert!(!findings.is_empty(), "{what} went unnoticed");
        findings
    }

    /// Only Anna's record is named.
    async fn names_anna(&mut self, what: &str) {
        let anna = self.anna;
        let findings = self.finds(what).await;
        assert!(findings.iter().any(|one| one.record == Some(anna)), "{what}: {findings:?}");
        assert!(findings.iter().all(|one| one.record != Some(self.bea)), "{what}: {findings:?}");
    }

    fn file(&self) -> rusqlite::Connection {
        let file = rusqlite::Connection::open(self.world.home().store()).unwrap();
        file.busy_timeout(std::time::Duration::from_secs(10)).unwrap();
        file
    }

    /// Another program on the same files, which remembers nothing of them.
    async fn open_again(&mut self) {
        self.world.seat = self.world.another_seat().await;
        self.world.sign_in("osei").await;
    }
}

#[tokio::test]
async fn a_whole_store_has_no_findings() {
    let mut clinic = Clinic::open().await;
    let check = clinic.check().await;
    assert_eq!(check.findings, []);
    assert_eq!((check.patients, check.items), (2, 4));
    assert!(check.searches > 15 && check.documents > 20 && check.closed == ["insurance"; 0], "{check:?}");
    for cleanup in [false, true] {
        clinic.world.seat.perform(TendStore { cleanup, most: None }).await.unwrap();
        assert_eq!(clinic.check().await.findings, []);
    }
    let add = AddProblem { patient: clinic.anna, problem: problem("Gout") };
    clinic.world.seat.perform(add).await.unwrap();
    assert_eq!(clinic.check().await.findings, []);
}

#[tokio::test]
async fn who_may_not_check_is_refused() {
    let mut clinic = Clinic::open().await;
    for (user, may) in [("kim", false), ("lopez", false), ("import", false), ("adams", true), ("park", true)] {
        clinic.world.sign_in(user).await;
        let checked = clinic.world.seat.perform(CheckStore {}).await;
        assert_eq!(checked.is_ok(), may, "{user}");
        if let Ok(checked) = checked {
            assert_eq!(checked.findings, []);
            assert!(checked.closed.contains(&"identity".to_owned()), "an administrator has no keys of patients");
        }
    }
}

#[tokio::test]
async fn a_flip_in_any_stored_value_or_tag_is_found_and_its_record_named() {
    let mut clinic = Clinic::open().await;
    let stolen = clinic.stolen();
    let (seq, genuine) = stolen.document("patients", clinic.anna);
    let names =
        |of: &str| genuine.get_document(of).unwrap().keys().map(|name| format!("{of}.{name}")).collect::<Vec<_>>();
    let values = [names("s"), names("i"), vec!["head.m".into(), "head.x".into(), "head.p".into()]].concat();
    for path in values {
        let len = bytes_at(&mut genuine.clone(), &path).len();
        for place in places(len) {
            let mut flipped = genuine.clone();
            bytes_at(&mut flipped, &path)[place] ^= 4;
            stolen.overwrite(seq, &flipped);
            clinic.names_anna(&format!("{path} at {place} of {len}")).await;
        }
    }
    for place in places(genuine.get_array("__safeContent__").unwrap().len() * 32) {
        let mut flipped = genuine.clone();
        let Bson::Binary(tag) = &mut flipped.get_array_mut("__safeContent__").unwrap()[place / 32] else { panic!() };
        tag.bytes[place % 32] ^= 4;
        stolen.overwrite(seq, &flipped);
        clinic.names_anna(&format!("tag at {place}")).await;
    }
    stolen.overwrite(seq, &genuine);
    assert_eq!(clinic.check().await.findings, []);
}

#[tokio::test]
async fn a_flip_in_any_row_of_counters_is_found() {
    let mut clinic = Clinic::open().await;
    for compacted in [false, true] {
        if compacted {
            clinic.world.seat.perform(TendStore { cleanup: false, most: None }).await.unwrap();
        }
        let file = clinic.file();
        let mut rows = file.prepare("SELECT coll, id, value FROM esc").unwrap();
        let rows: Vec<(i64, Vec<u8>, Option<Vec<u8>>)> = rows
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
            .unwrap()
            .map(Result::unwrap)
            .collect();
        assert!(rows.len() > 30);
        for row in places(rows.len()) {
            let (coll, id, value) = &rows[row];
            for place in places(32) {
                let mut flipped = id.clone();
                flipped[place] ^= 0x10;
                let change = "UPDATE esc SET id = ?3 WHERE coll = ?1 AND id = ?2";
                assert_eq!(file.execute(change, (coll, id, &flipped)).unwrap(), 1);
                clinic.finds(&format!("row {row} at {place}")).await;
                file.execute(change, (coll, &flipped, id)).unwrap();
            }
            for place in value.iter().flat_map(|value| places(value.len())) {
                let mut flipped = value.clone().unwrap();
                flipped[place] ^= 0x10;
                let change = "UPDATE esc SET value = ?3 WHERE coll = ?1 AND id = ?2";
                file.execute(change, (coll, id, &flipped)).unwrap();
                clinic.finds(&format!("value of row {row} at {place}")).await;
                file.execute(change, (coll, id, value)).unwrap();
            }
        }
        assert_eq!(clinic.check().await.findings, []);
    }
}

#[tokio::test]
async fn counters_restored_without_documents_and_documents_without_counters_are_reported() {
    let mut clinic = Clinic::open().await;
    let file = clinic.file();
    file.execute_batch(
        "CREATE TEMP TABLE old_esc AS SELECT * FROM esc; CREATE TEMP TABLE old_ecoc AS SELECT * FROM ecoc;",
    )
    .unwrap();
    file.execute_batch(
        "CREATE TEMP TABLE old_docs AS SELECT * FROM documents; CREATE TEMP TABLE old_tags AS SELECT * FROM tags;",
    )
    .unwrap();
    clinic.world.sign_in("import").await;
    let carl = crate::clinic_day::patient("Smith", "Carl", "1990-01-02");
    let carl = wardseal::app::demo_clinic::resources("elsewhere", "carl", carl, vec![], &["main"]);
    clinic.world.seat.import(carl, |_| std::ops::ControlFlow::Continue(())).await.unwrap();
    clinic.world.sign_in("osei").await;
    file.execute_batch(
        "CREATE TEMP TABLE new_esc AS SELECT * FROM esc; CREATE TEMP TABLE new_ecoc AS SELECT * FROM ecoc;",
    )
    .unwrap();
    assert_eq!(clinic.check().await.findings, []);

    file.execute_batch("DELETE FROM esc; INSERT INTO esc SELECT * FROM old_esc; DELETE FROM ecoc; INSERT INTO ecoc SELECT * FROM old_ecoc;").unwrap();
    let behind = clinic.finds("counters of yesterday").await;
    assert!(behind.iter().any(|one| one.what.contains("its counter is behind")), "{behind:?}");
    assert!(behind.iter().any(|one| one.what == "there are fewer counters than tags"), "{behind:?}");

    file.execute_batch("DELETE FROM esc; INSERT INTO esc SELECT * FROM new_esc;").unwrap();
    let ahead = clinic.finds("counters without what explains them").await;
    assert!(ahead.iter().any(|one| one.what == "there are more counters than were written"), "{ahead:?}");

    file.execute_batch("DELETE FROM ecoc; INSERT INTO ecoc SELECT * FROM new_ecoc;").unwrap();
    file.execute_batch("DELETE FROM tags; INSERT INTO tags SELECT * FROM old_tags; DELETE FROM documents; INSERT INTO documents SELECT * FROM old_docs;").unwrap();
    let gone = clinic.finds("documents of yesterday").await;
    assert!(gone.iter().any(|one| one.collection == "records" && one.what.contains("is gone")), "{gone:?}");
}

#[tokio::test]
async fn values_and_tags_swapped_between_two_patients_name_both() {
    let mut clinic = Clinic::open().await;
    let stolen = clinic.stolen();
    let ((seq_a, anna), (seq_b, bea)) =
        (stolen.document("patients", clinic.anna), stolen.document("patients", clinic.bea));
    for path in ["s.identity", "i.surname", "i.born", "i.surname_start", "i", "__safeContent__", "head"] {
        let (mut to_a, mut to_b) = (anna.clone(), bea.clone());
        std::mem::swap(at(&mut to_a, path), at(&mut to_b, path));
        stolen.overwrite(seq_a, &to_a);
        stolen.overwrite(seq_b, &to_b);
        let findings = clinic.finds(path).await;
        for patient in [clinic.anna, clinic.bea] {
            assert!(findings.iter().any(|one| one.record == Some(patient)), "{path}: {findings:?}");
        }
    }
}

#[tokio::test]
async fn a_record_rolled_back_or_removed_is_named() {
    let mut clinic = Clinic::open().await;
    let stolen = clinic.stolen();
    let (seq, before) = stolen.document("patients", clinic.anna);
    let ssn = wardseal::app::EnterNationalId { patient: clinic.anna, ssn: "321-54-9876".into() };
    clinic.world.seat.perform(ssn).await.unwrap();
    let (_, after) = stolen.document("patients", clinic.anna);
    let mut rev_only = after.clone();
    rev_only.insert("rev", before.get("rev").unwrap().clone());
    let mut bytes_only = after.clone();
    *at(&mut bytes_only, "s.national_id") = at(&mut before.clone(), "s.national_id").clone();
    for (what, older) in [("revision", rev_only), ("bytes", bytes_only), ("document", before)] {
        stolen.overwrite(seq, &older);
        clinic.names_anna(what).await;
    }
    stolen.overwrite(seq, &after);
    assert_eq!(clinic.check().await.findings, []);
    let items = stolen.rows("items").into_iter().map(|(seq, raw)| (seq, Document::try_from(raw).unwrap()));
    let of_anna: Vec<(i64, Document)> =
        items.filter(|(_, item)| forms::uuid_of(item, "patient") == Some(clinic.anna)).collect();
    stolen.remove(of_anna[0].0);
    let gone = clinic.finds("a removed item").await;
    let id: Option<Uuid> = forms::uuid_of(&of_anna[0].1, "_id");
    assert!(gone.iter().any(|one| one.record == id && one.what.contains("is gone")), "{gone:?}");
}

#[tokio::test]
async fn a_vault_with_missing_or_foreign_keys_is_named_by_the_key() {
    let mut clinic = Clinic::open().await;
    let stolen = clinic.stolen();
    let keys = stolen.rows("key_vault");
    // A compartment nobody here uses, so that people can still sign in.
    let unused = keys.iter().find(|(_, key)| wardseal::crypt::provider_of(key) == Some("local:restricted"));
    let (seq, key) = unused.expect("a key of the restricted compartment");
    let id = wardseal::crypt::id_of(key).unwrap();
    let mut foreign = Document::try_from(key.clone()).unwrap();
    foreign.insert("_id", forms::uuid_bson(Uuid::new_v4()));
    stolen.overwrite(*seq, &foreign);
    let findings = clinic.finds("a foreign key").await;
    let named: Vec<_> = findings.iter().filter(|one| one.collection == "key_vault").collect();
    assert!(named.iter().any(|one| one.record == Some(id) && one.what == "a data key is missing"), "{findings:?}");
    assert!(named.iter().any(|one| one.what == "a data key isn't the site's"), "{findings:?}");
    stolen.put_body(*seq, key.as_bytes());

    // Two keys whose material was swapped: whoever signs in is told which.
    let front: Vec<_> =
        keys.iter().filter(|(_, key)| wardseal::crypt::provider_of(key) == Some("local:front")).collect();
    let [one, other, ..] = front.as_slice() else { panic!("keys of the front compartment") };
    let mut swapped = [Document::try_from(one.1.clone()).unwrap(), Document::try_from(other.1.clone()).unwrap()];
    let [a, b] = &mut swapped;
    std::mem::swap(a.get_mut("keyMaterial").unwrap(), b.get_mut("keyMaterial").unwrap());
    stolen.overwrite(one.0, a);
    stolen.overwrite(other.0, b);
    let password = wardseal::secret::Password::new(wardseal::app::sign_in::DEMO_PASSWORD.into());
    let refused = clinic.world.seat.sign_in("osei", &password).await.err().unwrap();
    assert_eq!(refused.code, Code::KeysDamaged);
    let ids = [one, other].map(|(_, key)| wardseal::crypt::id_of(key).unwrap().to_string());
    assert!(ids.iter().any(|id| refused.fields.get("key").and_then(|key| key.as_str()) == Some(id)), "{refused:?}");
    stolen.put_body(one.0, one.1.as_bytes());
    stolen.put_body(other.0, other.1.as_bytes());
    clinic.open_again().await;
    assert_eq!(clinic.check().await.findings, []);
}
