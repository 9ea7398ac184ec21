//! Whoever can write to the store's file changes what is stored; the workstation refuses it, says so, and shows nobody
//! a value that wasn't written by a colleague.

use crate::clinic_day::{patient, problem};
use crate::guard_loot::{Loot, Stolen};
use crate::world::World;
use bson::{Binary, Bson, Document, doc};
use serde_json::Value;
use uuid::Uuid;
use wardseal::app::sign_in::DEMO_PASSWORD;
use wardseal::app::{AddProblem, Code, EditProblem, EnterNationalId, RevealNationalId, Workstation};
use wardseal::audit::{Opener, Outcome, Span};
use wardseal::keys::{Author, CareTeamRow, Manifest, Member, Signed, StoredAccount, forms};
use wardseal::record::{Content, Item, PatientRecord, Phone};
use wardseal::secret::Password;
use wardseal::session::LockCause;
use wardseal::store::embedded::Embedded;
use wardseal::store::{Store as _, raw, update};

/// How many bytes of each piece are flipped, evenly spread; `all` flips every one.
const FLIPS: &str = "WARDSEAL_FLIPS";

/// A clinic with Anna, whose record is tampered with, and Bea, whose record isn't.
struct Clinic {
    world: World,
    anna: Uuid,
    bea: Uuid,
}

impl Clinic {
    async fn open() -> Self {
        let mut world = World::new().await;
        let items =
            |text: &str| vec![Item::new(Content::Problem(problem(text))), Item::new(Content::Problem(problem("Gout")))];
        world
            .register(vec![(person("Smith", "Anna"), items("Asthma")), (person("Jones", "Bea"), items("Angina"))])
            .await;
        world.sign_in("osei").await;
        let (anna, bea) = (world.find("smith").await, world.find("jones").await);
        Self { world, anna, bea }
    }

    fn stolen(&self) -> Stolen {
        Stolen::open(&self.world.home())
    }

    fn loot(&self, username: &str) -> Loot {
        Loot::of(&self.world.home(), self.world.keychain.as_ref(), username, DEMO_PASSWORD)
    }

    async fn chart(&mut self, patient: Uuid) -> Result<Value, Code> {
        let opened = self.world.open(patient).await;
        opened.map(|chart| serde_json::to_value(chart).unwrap()).map_err(|failure| failure.code)
    }

    /// Anna's record is refused, Bea's is as it was.
    async fn refuses_anna(&mut self, what: &str) {
        assert_eq!(self.chart(self.anna).await, Err(Code::Damaged), "{what}");
        assert!(self.chart(self.bea).await.is_ok(), "{what}");
    }

    async fn shows_anna(&mut self) {
        assert!(self.chart(self.anna).await.is_ok());
    }

    /// The items of Anna, and their places in the file.
    fn items(&self) -> Vec<(i64, Document)> {
        let rows = self.stolen().rows("items").into_iter().map(|(seq, raw)| (seq, Document::try_from(raw).unwrap()));
        rows.filter(|(_, item)| forms::uuid_of(item, "patient") == Some(self.anna)).collect()
    }

    async fn sign_in(&mut self, username: &str) -> Result<(), Code> {
        let password = Password::new(DEMO_PASSWORD.into());
        self.world.seat.sign_in(username, &password).await.map(drop).map_err(|failure| failure.code)
    }

    /// What the auditors read about the actions that met something damaged.
    fn reported(&self) -> Vec<(String, Outcome)> {
        let mut read = Vec::new();
        for key in self.loot("park").private_keys() {
            let rows = wardseal::audit::read(&self.world.home().audit(), &mut Opener::new(&key).unwrap(), Span::ALL);
            read.extend(rows.unwrap().into_iter().map(|(_, event)| event));
        }
        let damaged =
            read.into_iter().filter(|event| event.detail.as_ref().is_some_and(|word| word.as_str() == "damaged"));
        damaged.map(|event| (event.action.as_str().to_owned(), event.outcome)).collect()
    }
}

fn person(surname: &str, given: &str) -> PatientRecord {
    let mut record = patient(surname, given, "1968-04-12");
    record.identity.mrn = format!("MRN-{surname}");
    record.contact.email = Some(format!("{given}@example.org"));
    record.contact.phones.push(Phone { number: "+1-555-010-0199".into(), usage: None });
    record.national_id.ssn = Some("123-45-6789".into());
    record.identity.national_id_on_file = true;
    record
}

/// The value at a dotted path.
fn at<'a>(document: &'a mut Document, path: &str) -> &'a mut Bson {
    match path.split_once('.') {
        None => document.get_mut(path).unwrap(),
        Some((name, rest)) => at(document.get_document_mut(name).unwrap(), rest),
    }
}

fn bytes_at<'a>(document: &'a mut Document, path: &str) -> &'a mut Vec<u8> {
    match at(document, path) {
        Bson::Binary(value) => &mut value.bytes,
        _ => panic!("{path} is binary"),
    }
}

/// Places that are tried in so many bytes: the first, the last, some between.
fn places(len: usize) -> Vec<usize> {
    let wanted = std::env::var(FLIPS).unwrap_or_else(|_| "4".into());
    let count = wanted.parse().unwrap_or(len).clamp(2, len);
    let mut places: Vec<usize> = (0..count).map(|nth| nth * (len - 1) / (count - 1)).collect();
    places.dedup();
    places
}

#[tokio::test]
async fn a_flipped_byte_in_any_section_is_refused_and_the_other_patient_is_untouched() {
    let mut clinic = Clinic::open().await;
    let stolen = clinic.stolen();
    let (seq, genuine) = stolen.document("patients", clinic.anna);
    for section in ["identity", "contact", "insurance", "national_id", "summary"] {
        let path = format!("s.{section}");
        let len = bytes_at(&mut genuine.clone(), &path).len();
        for place in places(len) {
            let mut flipped = genuine.clone();
            bytes_at(&mut flipped, &path)[place] ^= 1;
            stolen.overwrite(seq, &flipped);
            clinic.refuses_anna(&format!("{section} at {place} of {len}")).await;
        }
        let mut other_kind = genuine.clone();
        let bytes = bytes_at(&mut other_kind, &path).clone();
        *at(&mut other_kind, &path) = Bson::Binary(Binary { subtype: bson::spec::BinarySubtype::Generic, bytes });
        stolen.overwrite(seq, &other_kind);
        clinic.refuses_anna(&format!("{section} as if it were sealed write-only")).await;
    }
    stolen.overwrite(seq, &genuine);
    clinic.shows_anna().await;
    assert!(clinic.reported().contains(&("open_chart".into(), Outcome::Failed)));
}

#[tokio::test]
async fn a_search_marks_the_damaged_row_and_says_nothing_of_it() {
    let mut clinic = Clinic::open().await;
    let stolen = clinic.stolen();
    let (seq, mut flipped) = stolen.document("patients", clinic.anna);
    bytes_at(&mut flipped, "s.identity")[40] ^= 1;
    stolen.overwrite(seq, &flipped);
    let page = clinic.world.search("555 010 0114").await.unwrap();
    assert_eq!(page.total, 2);
    let damaged = page.rows.iter().find(|row| row.damaged).unwrap();
    assert_eq!((damaged.patient, damaged.surname.as_str(), damaged.mrn.as_str()), (clinic.anna, "", ""));
    assert!(damaged.birth_date.is_none() && damaged.phone_last4.is_none());
    assert!(page.rows.iter().any(|row| row.surname == "Jones" && !row.damaged));
    assert!(clinic.reported().contains(&("search_patients".into(), Outcome::Allowed)));
}

#[tokio::test]
async fn a_damaged_item_is_counted_and_not_shown_and_its_neighbours_are() {
    let mut clinic = Clinic::open().await;
    let stolen = clinic.stolen();
    let (seq, genuine) = clinic.items().remove(0);
    let len = bytes_at(&mut genuine.clone(), "s.value").len();
    for place in places(len) {
        let mut flipped = genuine.clone();
        bytes_at(&mut flipped, "s.value")[place] ^= 0x80;
        stolen.overwrite(seq, &flipped);
        let chart = clinic.chart(clinic.anna).await.unwrap();
        assert_eq!((&chart["damaged_items"], chart["problems"].as_array().unwrap().len()), (&1.into(), 1), "{place}");
        let edit = EditProblem {
            patient: clinic.anna,
            item: forms::uuid_of(&genuine, "_id").unwrap(),
            rev: 1,
            problem: problem("Other"),
        };
        assert_eq!(clinic.world.seat.perform(edit).await.err().unwrap().code, Code::Damaged);
    }
    assert!(clinic.reported().contains(&("open_chart".into(), Outcome::Allowed)));
}

#[tokio::test]
async fn sections_swapped_between_two_patients_are_refused_on_both() {
    let mut clinic = Clinic::open().await;
    let stolen = clinic.stolen();
    let ((seq_a, anna), (seq_b, bea)) =
        (stolen.document("patients", clinic.anna), stolen.document("patients", clinic.bea));
    let whole = ["s", "i", "head", "__safeContent__"];
    for path in ["s.identity", "s.contact", "s.insurance", "s.national_id", "s.summary", "i.surname", "i.born"]
        .iter()
        .chain(&whole)
    {
        let (mut to_a, mut to_b) = (anna.clone(), bea.clone());
        std::mem::swap(at(&mut to_a, path), at(&mut to_b, path));
        stolen.overwrite(seq_a, &to_a);
        stolen.overwrite(seq_b, &to_b);
        for patient in [clinic.anna, clinic.bea] {
            assert_eq!(clinic.chart(patient).await, Err(Code::Damaged), "{path}");
        }
    }
    // Everything but the id.
    let (mut to_a, mut to_b) = (bea.clone(), anna.clone());
    to_a.insert("_id", forms::uuid_bson(clinic.anna));
    to_b.insert("_id", forms::uuid_bson(clinic.bea));
    stolen.overwrite(seq_a, &to_a);
    stolen.overwrite(seq_b, &to_b);
    for patient in [clinic.anna, clinic.bea] {
        assert_eq!(clinic.chart(patient).await, Err(Code::Damaged));
    }
}

#[tokio::test]
async fn two_sections_of_one_patient_do_not_change_places() {
    let mut clinic = Clinic::open().await;
    let stolen = clinic.stolen();
    let (seq, genuine) = stolen.document("patients", clinic.anna);
    for (one, other) in [("s.identity", "s.contact"), ("i.phone1", "i.phone2"), ("i.surname", "i.given")] {
        let mut swapped = genuine.clone();
        let (a, b) = (at(&mut swapped, one).clone(), at(&mut swapped, other).clone());
        *at(&mut swapped, one) = b;
        *at(&mut swapped, other) = a;
        stolen.overwrite(seq, &swapped);
        clinic.refuses_anna(one).await;
    }
}

#[tokio::test]
async fn an_item_moved_to_another_patient_section_or_place_is_not_shown() {
    let mut clinic = Clinic::open().await;
    let stolen = clinic.stolen();
    let [(_, first), (other_seq, second)] = clinic.items().try_into().ok().unwrap();
    let bea = clinic.bea;
    let moved = |change: Document| {
        let mut item = first.clone();
        item.extend(change);
        item
    };
    // (the item as changed, whose chart counts it)
    let changes = [
        (moved(doc! { "section": "medications" }), clinic.anna),
        (moved(doc! { "patient": forms::uuid_bson(bea) }), bea),
        (moved(doc! { "s": second.get_document("s").unwrap().clone() }), clinic.anna),
        (moved(doc! { "head": second.get_document("head").unwrap().clone() }), clinic.anna),
        (moved(doc! { "rev": 7_i64 }), clinic.anna),
    ];
    for (changed, whose) in changes {
        replace(&clinic, &changed).await;
        let chart = clinic.chart(whose).await.unwrap();
        assert_eq!(chart["damaged_items"], 1);
        let problems = chart["problems"].as_array().unwrap();
        assert_eq!(problems.len(), if whose == bea { 2 } else { 1 });
        assert_eq!(chart["medications"].as_array().unwrap().len(), 0);
    }
    let mut both = second.clone();
    both.insert("s", first.get_document("s").unwrap().clone());
    replace(&clinic, &first).await;
    stolen.overwrite(other_seq, &both);
    assert_eq!(clinic.chart(clinic.anna).await.unwrap()["damaged_items"], 1);
}

/// Replaces an item through the store itself, which asks nobody for a key and mends its own indexes.
async fn replace(clinic: &Clinic, item: &Document) {
    let store = Embedded::open(&clinic.world.home().store()).unwrap();
    let (mut change, filter) = (item.clone(), doc! { "_id": item.get("_id").unwrap().clone() });
    change.remove("_id");
    store.run(raw(&update("items", filter, doc! { "$set": change })).unwrap()).await.unwrap();
}

#[tokio::test]
async fn an_older_revision_put_back_is_refused() {
    let mut clinic = Clinic::open().await;
    let stolen = clinic.stolen();
    let (seq, before) = clinic.items().remove(0);
    let item = forms::uuid_of(&before, "_id").unwrap();
    let edit = EditProblem { patient: clinic.anna, item, rev: 1, problem: problem("Severe asthma") };
    clinic.world.seat.perform(edit).await.unwrap();
    let (_, after) = stolen.document("items", item);
    let kept = stolen.documents("versions").pop().unwrap();
    assert_eq!(kept.get("s"), before.get("s"), "the old revision is kept as it was stored");

    let mut section_only = after.clone();
    section_only.insert("s", kept.get_document("s").unwrap().clone());
    for rolled_back in [section_only, before] {
        stolen.overwrite(seq, &rolled_back);
        let chart = clinic.chart(clinic.anna).await.unwrap();
        assert_eq!((&chart["damaged_items"], chart["problems"].as_array().unwrap().len()), (&1.into(), 1));
    }
    stolen.overwrite(seq, &after);
    assert_eq!(clinic.chart(clinic.anna).await.unwrap()["damaged_items"], 0);
}

#[tokio::test]
async fn an_older_patient_put_back_whole_or_in_one_section_is_refused() {
    let mut clinic = Clinic::open().await;
    let stolen = clinic.stolen();
    let (seq, before) = stolen.document("patients", clinic.anna);
    let entered = EnterNationalId { patient: clinic.anna, ssn: "321-54-9876".into() };
    clinic.world.seat.perform(entered).await.unwrap();
    let (_, after) = stolen.document("patients", clinic.anna);
    let mut section_only = after.clone();
    *at(&mut section_only, "s.national_id") = at(&mut before.clone(), "s.national_id").clone();
    let mut head_too = section_only.clone();
    head_too.insert("head", before.get_document("head").unwrap().clone());
    for (rolled_back, whole) in [(section_only, false), (head_too, true), (before, true)] {
        stolen.overwrite(seq, &rolled_back);
        clinic.refuses_anna("rolled back").await;
        let reveal = RevealNationalId { patient: clinic.anna, reason: "benefit application".into() };
        assert_eq!(clinic.world.seat.perform(reveal).await.err().unwrap().code, Code::Damaged);
        let add = AddProblem { patient: clinic.anna, problem: problem("Other") };
        let added = clinic.world.seat.perform(add).await.map(drop).map_err(|failure| failure.code);
        // A problem doesn't hang on the number: only a record that is older as a whole takes none.
        assert_eq!(added, if whole { Err(Code::Damaged) } else { Ok(()) });
    }
    stolen.overwrite(seq, &after);
    clinic.shows_anna().await;
}

/// The pieces of a stored index value: type, key id, value type, ciphertext, and the block of count, tag and zeros.
fn pieces(len: usize) -> Vec<(&'static str, std::ops::Range<usize>)> {
    let block = len - 96;
    vec![
        ("type", 0..1),
        ("key id", 1..17),
        ("value type", 17..18),
        ("ciphertext", 18..block),
        ("block's start", block..block + 32),
        ("block's tag", block + 32..block + 64),
        ("block's zeros", block + 64..len),
    ]
}

#[tokio::test]
async fn every_piece_of_every_index_value_is_checked_when_the_record_is_opened() {
    let mut clinic = Clinic::open().await;
    let stolen = clinic.stolen();
    let (seq, genuine) = stolen.document("patients", clinic.anna);
    for name in ["surname", "given", "mrn", "phone1", "phone2", "email", "born"] {
        let path = format!("i.{name}");
        let len = bytes_at(&mut genuine.clone(), &path).len();
        for (piece, range) in pieces(len) {
            let tried = if std::env::var(FLIPS).is_ok() { places(range.len().max(2)) } else { vec![range.len() / 2] };
            for place in tried.into_iter().map(|place| range.start + place).filter(|place| range.contains(place)) {
                let mut flipped = genuine.clone();
                bytes_at(&mut flipped, &path)[place] ^= 1;
                stolen.overwrite(seq, &flipped);
                clinic.refuses_anna(&format!("{piece} of {name} at {place}")).await;
            }
        }
        let mut without = genuine.clone();
        without.get_document_mut("i").unwrap().remove(name);
        stolen.overwrite(seq, &without);
        clinic.refuses_anna(&format!("without {name}")).await;
    }
}

#[tokio::test]
async fn search_tags_are_checked_when_the_record_is_opened() {
    let mut clinic = Clinic::open().await;
    let stolen = clinic.stolen();
    let (seq, genuine) = stolen.document("patients", clinic.anna);
    let tags = genuine.get_array("__safeContent__").unwrap().clone();
    assert_eq!(tags.len(), 7);
    let mut changes: Vec<Vec<Bson>> = Vec::new();
    for at in 0..tags.len() {
        let mut flipped = tags.clone();
        if let Bson::Binary(tag) = &mut flipped[at] {
            tag.bytes[at * 4] ^= 1;
        }
        changes.push(flipped);
    }
    changes.push(tags[1..].to_vec());
    changes.push([tags.clone(), tags[..1].to_vec()].concat());
    changes.push(Vec::new());
    for changed in changes {
        let mut document = genuine.clone();
        document.insert("__safeContent__", changed);
        stolen.overwrite(seq, &document);
        clinic.refuses_anna("tags").await;
    }
    let mut without = genuine.clone();
    without.remove("__safeContent__");
    stolen.overwrite(seq, &without);
    clinic.refuses_anna("no tags").await;
}

#[tokio::test]
async fn every_piece_of_a_head_is_authenticated() {
    let mut clinic = Clinic::open().await;
    let stolen = clinic.stolen();
    let (seq, genuine) = stolen.document("patients", clinic.anna);
    let hashes =
        ["identity", "contact", "insurance", "national_id", "summary"].map(|section| format!("head.s.{section}.h"));
    for path in hashes.iter().map(String::as_str).chain(["head.x", "head.p", "head.m"]) {
        for place in places(32) {
            let mut flipped = genuine.clone();
            bytes_at(&mut flipped, path)[place] ^= 1;
            stolen.overwrite(seq, &flipped);
            clinic.refuses_anna(&format!("{path} at {place}")).await;
        }
    }
    for (path, value) in [("head.n", Bson::Int64(2)), ("head.s.identity.r", Bson::Int64(2)), ("rev", Bson::Int64(2))] {
        let mut changed = genuine.clone();
        *at(&mut changed, path) = value;
        stolen.overwrite(seq, &changed);
        clinic.refuses_anna(path).await;
    }
    let mut without = genuine.clone();
    without.remove("head");
    stolen.overwrite(seq, &without);
    clinic.refuses_anna("no head").await;
}

#[tokio::test]
async fn no_flipped_bit_anywhere_in_a_stored_record_changes_what_is_shown() {
    let mut clinic = Clinic::open().await;
    let stolen = clinic.stolen();
    let genuine = clinic.chart(clinic.anna).await.unwrap();
    let (item_seq, _) = clinic.items().remove(0);
    let (patient_seq, _) = stolen.document("patients", clinic.anna);
    for seq in [patient_seq, item_seq] {
        let body = stolen.body(seq);
        let count = std::env::var(FLIPS).ok().and_then(|count| count.parse().ok()).unwrap_or(4) * 15;
        for nth in 0..count.min(body.len()) {
            let mut flipped = body.clone();
            flipped[nth * body.len() / count.min(body.len())] ^= 1 << (nth % 8);
            stolen.put_body(seq, &flipped);
            if let Ok(chart) = clinic.chart(clinic.anna).await {
                only_less(&genuine, &chart);
            }
            assert!(clinic.chart(clinic.bea).await.is_ok(), "{nth}");
        }
        stolen.put_body(seq, &body);
    }
    assert_eq!(clinic.chart(clinic.anna).await.unwrap(), genuine);
}

/// Shows the same but for problems that are left out.
fn only_less(genuine: &Value, chart: &Value) {
    let (mut genuine, mut chart) = (genuine.clone(), chart.clone());
    let problems = |chart: &mut Value| -> Vec<Value> {
        let mut problems: Vec<Value> = chart["problems"].take().as_array().unwrap().clone();
        // When an item was last written stands in clear beside it.
        problems.iter_mut().for_each(|problem| drop(problem["changed"].take()));
        problems
    };
    let (all, shown) = (problems(&mut genuine), problems(&mut chart));
    assert!(shown.iter().all(|problem| all.contains(problem)));
    drop((genuine["damaged_items"].take(), chart["damaged_items"].take()));
    assert_eq!(genuine, chart);
}

#[tokio::test]
async fn a_patients_key_moved_flipped_or_replaced_opens_nothing() {
    let mut clinic = Clinic::open().await;
    let stolen = clinic.stolen();
    let ((seq, anna), (_, bea)) =
        (stolen.document("patient_keys", clinic.anna), stolen.document("patient_keys", clinic.bea));
    let other = |path: &str| {
        let mut changed = anna.clone();
        *at(&mut changed, path) = at(&mut bea.clone(), path).clone();
        changed
    };
    let mut flipped = anna.clone();
    bytes_at(&mut flipped, "k.front")[50] ^= 1;
    for changed in [other("k.front"), flipped] {
        stolen.overwrite(seq, &changed);
        clinic.refuses_anna("front").await;
    }
    let mut crossed = anna.clone();
    *at(&mut crossed, "k.front") = at(&mut anna.clone(), "k.clinical").clone();
    stolen.overwrite(seq, &crossed);
    clinic.refuses_anna("another compartment's").await;
    stolen.overwrite(seq, &other("k.clinical"));
    clinic.refuses_anna("clinical").await;
    stolen.overwrite(seq, &anna);
    clinic.shows_anna().await;
}

#[tokio::test]
async fn a_key_vault_with_swapped_changed_or_missing_keys_lets_nobody_in() {
    let mut clinic = Clinic::open().await;
    clinic.world.seat.lock(LockCause::Manual).await.unwrap();
    let stolen = clinic.stolen();
    let vault: Vec<_> =
        stolen.rows("key_vault").into_iter().map(|(seq, raw)| (seq, Document::try_from(raw).unwrap())).collect();
    let of = |name: &str| {
        vault.iter().find(|(_, key)| key.get_array("keyAltNames").unwrap()[0] == Bson::from(name)).unwrap()
    };
    let ((a, clinical), (b, front)) = (of("section:clinical"), of("section:front"));
    let (_, index) = of("index:surname");
    let with = |key: &Document, change: Document| {
        let mut changed = key.clone();
        changed.extend(change);
        changed
    };
    let material = |key: &Document| doc! { "keyMaterial": key.get("keyMaterial").unwrap().clone() };
    let changes = [
        vec![(*a, with(clinical, material(front))), (*b, with(front, material(clinical)))],
        vec![(*b, with(front, material(index)))],
        vec![(*a, with(clinical, doc! { "masterKey": { "provider": "local:front" } }))],
        vec![(*a, with(clinical, doc! { "keyAltNames": ["section:clinical", "section:front"] }))],
        vec![
            (*a, with(clinical, doc! { "keyAltNames": ["section:front"] })),
            (*b, with(front, doc! { "keyAltNames": ["section:clinical"] })),
        ],
    ];
    for change in changes {
        change.iter().for_each(|(seq, key)| stolen.overwrite(*seq, key));
        assert_eq!(clinic.sign_in("osei").await, Err(Code::KeysDamaged));
        stolen.overwrite(*a, clinical);
        stolen.overwrite(*b, front);
    }
    stolen.remove(*a);
    assert_eq!(clinic.sign_in("osei").await, Err(Code::KeysDamaged));
    // The receptionist has no use for the clinical key and works on.
    assert_eq!(clinic.sign_in("lopez").await, Ok(()));
}

#[tokio::test]
async fn an_older_or_edited_key_manifest_lets_nobody_in() {
    let mut clinic = Clinic::open().await;
    clinic.world.seat.lock(LockCause::Manual).await.unwrap();
    let stolen = clinic.stolen();
    let administrator = clinic.loot("adams");
    let (seq, older) = stolen.document("site", Manifest::id_of(administrator.record.site));
    let mut manifest = Signed::<Manifest>::from_document(&older).unwrap().claimed().clone();
    manifest.version += 1;
    let author = Author::new(administrator.user, &administrator.keys);
    let newer = Signed::sign(manifest.clone(), author.id, author.signer).unwrap().to_document().unwrap();
    stolen.overwrite(seq, &newer);
    assert_eq!(clinic.sign_in("kim").await, Ok(()));
    clinic.world.seat.lock(LockCause::Manual).await.unwrap();

    let nurse = clinic.loot("kim");
    let by_the_nurse = Signed::sign(manifest, nurse.user, nurse.keys.signer()).unwrap().to_document().unwrap();
    let mut edited = newer.clone();
    edited.get_document_mut("body").unwrap().get_array_mut("keys").unwrap().pop();
    for refused in [older, by_the_nurse, edited] {
        stolen.overwrite(seq, &refused);
        assert_eq!(clinic.sign_in("kim").await, Err(Code::KeysDamaged));
    }
    stolen.overwrite(seq, &newer);
    assert_eq!(clinic.sign_in("kim").await, Ok(()));
}

#[tokio::test]
async fn a_nurse_who_makes_herself_a_doctor_in_the_store_can_not_sign_in() {
    let mut clinic = Clinic::open().await;
    clinic.world.seat.lock(LockCause::Manual).await.unwrap();
    let stolen = clinic.stolen();
    let (nurse, administrator) = (clinic.loot("kim"), clinic.loot("adams"));
    let (seq, genuine) = stolen.document("accounts", nurse.user);
    let mut edited = genuine.clone();
    *at(&mut edited, "body.role") = "doctor".into();
    let mut account = StoredAccount::from_document(&genuine).unwrap().account.claimed().clone();
    account.role = "doctor".into();
    account.version += 1;
    let mut by_herself = genuine.clone();
    by_herself.extend(Signed::sign(account.clone(), nurse.user, nurse.keys.signer()).unwrap().to_document().unwrap());
    let mut in_the_administrators_name = by_herself.clone();
    in_the_administrators_name.insert("by", forms::uuid_bson(administrator.user));
    for changed in [edited, by_herself, in_the_administrators_name] {
        stolen.overwrite(seq, &changed);
        assert_eq!(clinic.sign_in("kim").await, Err(Code::WrongSignIn));
        assert_eq!(clinic.sign_in("osei").await, Ok(()), "her colleague works on");
        clinic.world.seat.lock(LockCause::Manual).await.unwrap();
    }
    // An administrator takes her role away; the account from before doesn't come back.
    account.role = "front_desk".into();
    let mut newer = genuine.clone();
    newer
        .extend(Signed::sign(account, administrator.user, administrator.keys.signer()).unwrap().to_document().unwrap());
    stolen.overwrite(seq, &newer);
    assert_eq!(clinic.sign_in("osei").await, Ok(()));
    clinic.world.seat.lock(LockCause::Manual).await.unwrap();
    stolen.overwrite(seq, &genuine);
    assert_eq!(clinic.sign_in("kim").await, Err(Code::WrongSignIn));
}

#[tokio::test]
async fn a_care_team_row_that_is_unsigned_edited_or_older_gives_nobody_access() {
    let mut clinic = Clinic::open().await;
    let stolen = clinic.stolen();
    let anna = clinic.anna;
    let of_anna =
        |(_, row): &(i64, Document)| forms::uuid_of(row.get_document("body").unwrap(), "patient") == Some(anna);
    let rows = stolen.rows("care_team").into_iter().map(|(seq, raw)| (seq, Document::try_from(raw).unwrap()));
    let (seq, genuine) = rows.into_iter().find(of_anna).unwrap();
    let importer = clinic.loot("import");
    let mut row = Signed::<CareTeamRow>::from_document(&genuine).unwrap().claimed().clone();
    row.version += 1;
    row.until = Some(crate::world::MORNING);
    let ended = Signed::sign(row.clone(), importer.user, importer.keys.signer()).unwrap().to_document().unwrap();
    clinic.world.sign_in("kim").await;
    clinic.shows_anna().await;
    stolen.overwrite(seq, &ended);
    assert_eq!(clinic.chart(clinic.anna).await, Err(Code::NotOnCareTeam));

    let mut prolonged = ended.clone();
    *at(&mut prolonged, "body.until") = Bson::Null;
    let mut unsigned = prolonged.clone();
    unsigned.insert("sig", Bson::Binary(forms::binary(&[0; 64])));
    let stranger = clinic.loot("kim");
    row.until = None;
    row.member = Member::User(stranger.user);
    let forged = Signed::sign(row, Uuid::new_v4(), stranger.keys.signer()).unwrap().to_document().unwrap();
    let mut malformed = ended.clone();
    malformed.remove("sig");
    for refused in [genuine, prolonged, unsigned, forged, malformed] {
        stolen.overwrite(seq, &refused);
        assert_eq!(clinic.chart(clinic.anna).await, Err(Code::NotOnCareTeam));
        assert!(clinic.chart(clinic.bea).await.is_ok());
    }
}

#[tokio::test]
async fn a_doctors_grant_does_not_serve_the_receptionist() {
    let mut clinic = Clinic::open().await;
    clinic.world.seat.lock(LockCause::Manual).await.unwrap();
    let stolen = clinic.stolen();
    let (doctor, receptionist) = (clinic.loot("osei"), clinic.loot("lopez"));
    let rows = stolen.rows("grants").into_iter().map(|(seq, raw)| (seq, Document::try_from(raw).unwrap()));
    let rows: Vec<_> = rows.collect();
    let of = |user: Uuid, compartment: &str| {
        let grant = |(_, one): &&(i64, Document)| {
            forms::uuid_of(one, "user") == Some(user) && one.get_str("compartment").unwrap() == compartment
        };
        rows.iter().find(grant).unwrap().clone()
    };
    let renamed = |grant: &Document, into: &Document| {
        let (id, hers) = (into.get("_id").unwrap().clone(), forms::uuid_bson(receptionist.user));
        let mut outside = grant.clone();
        outside.extend(doc! { "_id": id.clone(), "user": hers.clone() });
        let mut throughout = outside.clone();
        for path in ["order._id", "order.body._id", "confirmation._id", "confirmation.body._id"] {
            *at(&mut throughout, path) = id.clone();
        }
        *at(&mut throughout, "order.body.user") = hers;
        (outside, throughout)
    };
    let ((_, insurance), (_, clinical)) = (of(doctor.user, "insurance"), of(doctor.user, "clinical"));
    let ((seq, hers), (front_seq, front)) = (of(receptionist.user, "insurance"), of(receptionist.user, "front"));
    let (outside, throughout) = renamed(&insurance, &hers);
    let mut relabelled = hers.clone();
    relabelled.insert("compartment", "clinical");
    for changed in [outside, throughout, relabelled] {
        stolen.overwrite(seq, &changed);
        assert_eq!(clinic.sign_in("lopez").await, Err(Code::KeysDamaged));
        assert_eq!(clinic.sign_in("osei").await, Ok(()), "his own grants are as they were");
        clinic.world.seat.lock(LockCause::Manual).await.unwrap();
    }
    stolen.overwrite(seq, &hers);
    // A compartment that her role doesn't have isn't even tried; she is left without the grant it took the place of.
    let (_, throughout) = renamed(&clinical, &front);
    stolen.overwrite(front_seq, &throughout);
    assert_eq!(clinic.sign_in("lopez").await, Ok(()));
    assert_eq!(clinic.chart(clinic.anna).await, Err(Code::KeysDamaged), "a chart that names nobody");
    stolen.overwrite(front_seq, &front);
    assert_eq!(clinic.sign_in("lopez").await, Ok(()));
    assert!(clinic.chart(clinic.anna).await.unwrap().get("problems").is_none());
}

#[tokio::test]
async fn an_edited_or_older_site_record_opens_no_workstation() {
    let clinic = Clinic::open().await;
    let stolen = clinic.stolen();
    let loot = clinic.loot("adams");
    let (seq, genuine) = stolen.document("site", loot.record.site);
    let mut renamed = genuine.clone();
    *at(&mut renamed, "body.name") = "Another Clinic".into();
    let mut other_keys = genuine.clone();
    let compartments = at(&mut other_keys, "body.compartments").as_array_mut().unwrap();
    let public = compartments[0].as_document().unwrap().get("public").unwrap().clone();
    compartments[1].as_document_mut().unwrap().insert("public", public);
    for changed in [renamed, other_keys] {
        stolen.overwrite(seq, &changed);
        assert_eq!(reopened(&clinic.world).await, Err(Code::KeysDamaged));
    }
    let mut newer = loot.record.clone();
    newer.version += 1;
    stolen.overwrite(seq, &newer.to_document(&loot.site).unwrap());
    assert_eq!(reopened(&clinic.world).await, Ok(()));
    stolen.overwrite(seq, &genuine);
    assert_eq!(reopened(&clinic.world).await, Err(Code::KeysDamaged), "the older one");
}

async fn reopened(world: &World) -> Result<(), Code> {
    let opened = Workstation::open(world.home(), world.keychain.clone(), world.clock.clone()).await;
    opened.map(drop).map_err(|failure| failure.code)
}
