//! Whoever can write to the store's file changes what is stored; the workstation refuses it, says so, and shows nobody
//! a value that wasn't written by a colleague.

use crate::clinic_day::{patient, problem};
use crate::guard_loot::{Loot, Stolen};
use crate::world::World;
use bson::{Binary, Bson, Document, doc};
use serde_json::Value;
use uuid::Uuid;
use wardseal::app::sign_in::DEMO_PASSWORD;
use wardseal::app::{AddProblem, Code, EditProblem, EnterNationalId, RevealNationalId};
use wardseal::audit::{Opener, Outcome, Span};
use wardseal::keys::forms;
use wardseal::record::{Content, Item, PatientRecord, Phone};
use wardseal::secret::Password;
use wardseal::store::embedded::Embedded;
use wardseal::store::{Store as _, raw, update};

/// How many bytes of each piece are flipped, evenly spread; `all` flips every one.
pub const FLIPS: &str = "WARDSEAL_FLIPS";

/// A clinic with Anna, whose record is tampered with, and Bea, whose record isn't.
pub struct Clinic {
    pub world: World,
    pub anna: Uuid,
    pub bea: Uuid,
}

impl Clinic {
    pub async fn open() -> Self {
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

    pub fn stolen(&self) -> Stolen {
        Stolen::open(&self.world.home())
    }

    pub fn loot(&self, username: &str) -> Loot {
        Loot::of(&self.world.home(), self.world.keychain.as_ref(), username, DEMO_PASSWORD)
    }

    pub async fn chart(&mut self, patient: Uuid) -> Result<Value, Code> {
        let opened = self.world.open(patient).await;
        opened.map(|chart| serde_json::to_value(chart).unwrap()).map_err(|failure| failure.code)
    }

    /// Anna's record is refused, Bea's is as it was.
    pub async fn refuses_anna(&mut self, what: &str) {
        assert_eq!(self.chart(self.anna).await, Err(Code::Damaged), "{what}");
        assert!(self.chart(self.bea).await.is_ok(), "{what}");
    }

    pub async fn shows_anna(&mut self) {
        assert!(self.chart(self.anna).await.is_ok());
    }

    /// The items of Anna, and their places in the file.
    fn items(&self) -> Vec<(i64, Document)> {
        let rows = self.stolen().rows("items").into_iter().map(|(seq, raw)| (seq, Document::try_from(raw).unwrap()));
        rows.filter(|(_, item)| forms::uuid_of(item, "patient") == Some(self.anna)).collect()
    }

    pub async fn sign_in(&mut self, username: &str) -> Result<(), Code> {
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
pub fn at<'a>(document: &'a mut Document, path: &str) -> &'a mut Bson {
    match path.split_once('.') {
        None => document.get_mut(path).unwrap(),
        Some((name, rest)) => at(document.get_document_mut(name).unwrap(), rest),
    }
}

pub fn bytes_at<'a>(document: &'a mut Document, path: &str) -> &'a mut Vec<u8> {
    match at(document, path) {
        Bson::Binary(value) => &mut value.bytes,
        _ => panic!("{path} is binary"),
    }
}

/// Places that are tried in so many bytes: the first, the last, some between.
pub fn places(len: usize) -> Vec<usize> {
    spread(len, 1)
}

fn spread(len: usize, times: usize) -> Vec<usize> {
    let wanted = std::env::var(FLIPS).unwrap_or_else(|_| "4".into());
    let count = wanted.parse().map_or(len, |count: usize| count * times).clamp(2, len);
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
        for (nth, place) in spread(body.len(), 15).into_iter().enumerate() {
            let mut flipped = body.clone();
            flipped[place] ^= 1 << (nth % 8);
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
