//! What somebody writes who may not read it: sealed for those who may, folded in when they open the chart, and gone with
//! the patient's keys wherever else it lies.

use crate::clinic_day::{patient, problem};
use crate::crash::{self, Child};
use crate::crash_clinic::Clinic;
use crate::guard_loot::{Loot, Stolen};
use crate::world::{World, sign_in};
use bson::spec::BinarySubtype;
use bson::{Bson, Document};
use std::path::Path;
use uuid::Uuid;
use wardseal::app::sign_in::DEMO_PASSWORD;
use wardseal::app::{CheckStore, EnterNationalId, OpenChart, RevealNationalId, SearchPatients, Workstation};
use wardseal::crypt::section::{Place, content_id, open_write_only};
use wardseal::keys::{ContentKey, ContentOf, forms, sealed_epoch};
use wardseal::record::{Compartment, Content, Item, Section};

pub const SSN: &str = "123-45-6789";

pub async fn enter(seat: &mut Workstation, patient: Uuid) {
    sign_in(seat, "lopez").await;
    seat.perform(EnterNationalId { patient, ssn: SSN.into() }).await.unwrap();
}

pub async fn reveal(seat: &mut Workstation, patient: Uuid) -> Option<String> {
    let reason = "Insurer asks".to_owned();
    seat.perform(RevealNationalId { patient, reason }).await.unwrap().revealed
}

/// Anna with a note that only she knows of, and whose number the front desk has entered.
async fn clinic() -> (World, Uuid) {
    let mut world = World::new().await;
    let mut restricted = Item::new(Content::Problem(problem("Something only she knows")));
    restricted.sensitive = true;
    world.register(vec![(patient("Smith", "Anna", "1968-04-12"), vec![restricted])]).await;
    world.sign_in("osei").await;
    let anna = world.find("smith").await;
    enter(&mut world.seat, anna).await;
    (world, anna)
}

/// Sealed content keys of a patient: compartment, name, bytes.
pub fn sealed_keys(stolen: &Stolen, patient: Uuid) -> Vec<(Compartment, Uuid, Vec<u8>)> {
    let all = stolen.documents("patient_keys");
    let Some(document) = all.into_iter().find(|one| forms::uuid_of(one, "_id") == Some(patient)) else { return vec![] };
    let Ok(sealed) = document.get_document("w") else { return vec![] };
    let mut keys = vec![];
    for (code, of_compartment) in sealed {
        let compartment = Compartment::ALL.into_iter().find(|one| one.code() == code).unwrap();
        for (id, sealed) in of_compartment.as_document().unwrap() {
            let Bson::Binary(sealed) = sealed else { panic!("sealed bytes") };
            keys.push((compartment, id.parse().unwrap(), sealed.bytes.clone()));
        }
    }
    keys
}

/// Values of a patient that were sealed write-only: where they belong, and their bytes.
fn write_only(stolen: &Stolen, site: Uuid, patient: Uuid) -> Vec<(Place, Vec<u8>)> {
    let mut values = vec![];
    for (collection, owner) in [("patients", "_id"), ("items", "patient")] {
        let hers = |one: &Document| forms::uuid_of(one, owner) == Some(patient);
        for document in stolen.documents(collection).into_iter().filter(hers) {
            for (name, value) in document.get_document("s").unwrap() {
                let Bson::Binary(value) = value else { panic!("bytes") };
                let code = document.get_str("section").unwrap_or(name);
                let section = Section::ALL.into_iter().find(|one| one.code() == code).unwrap();
                let head = document.get_document("head").unwrap().get_document("s").unwrap();
                let rev = head.get_document(name).unwrap().get_i64("r").unwrap();
                let place = Place { site, record: forms::uuid_of(&document, "_id").unwrap(), section, rev };
                values.extend((value.subtype == BinarySubtype::Generic).then(|| (place, value.bytes.clone())));
            }
        }
    }
    values
}

/// How many of the write-only values in `data` open with the roots of a thief and the content keys in `keys`.
pub fn opened(loot: &Loot, data: &Stolen, keys: &Stolen, patient: Uuid) -> usize {
    let sealed = sealed_keys(keys, patient);
    let opens = |(place, bytes): &(Place, Vec<u8>)| {
        let id = content_id(bytes).expect("it names its content key");
        let of = ContentOf { site: place.site, patient, compartment: place.section.compartment() };
        sealed.iter().filter(|(_, name, _)| *name == id).any(|(_, _, sealed)| {
            let key = loot.roots.iter().find_map(|root| ContentKey::open(root, &of, id, sealed));
            key.is_some_and(|key| open_write_only(place, &key, bytes).is_ok())
        })
    };
    write_only(data, loot.record.site, patient).iter().filter(|one| opens(one)).count()
}

fn loot(world: &World, username: &str) -> Loot {
    Loot::of(&world.home(), world.keychain.as_ref(), username, DEMO_PASSWORD)
}

#[tokio::test]
async fn a_number_the_front_desk_entered_opens_for_the_doctor_and_nobodys_note_for_nobody() {
    let (world, anna) = clinic().await;
    let stolen = Stolen::open(&world.home());
    let values = write_only(&stolen, world.seat.site().site, anna);
    let of = |section: Section| values.iter().filter(|(place, _)| place.section == section).count();
    assert_eq!((of(Section::NationalId), of(Section::Restricted), values.len()), (1, 1, 2));
    assert_eq!(sealed_keys(&stolen, anna).len(), 2);
    for (username, opens) in [("osei", 1), ("kim", 0), ("lopez", 0), ("adams", 0), ("park", 0), ("import", 1)] {
        assert_eq!(opened(&loot(&world, username), &stolen, &stolen, anna), opens, "{username}");
    }
}

#[tokio::test]
async fn opening_the_chart_folds_it_in_and_the_next_opening_ends_its_content_key() {
    let (mut world, anna) = clinic().await;
    world.sign_in("osei").await;
    world.open(anna).await.unwrap();
    let stolen = Stolen::open(&world.home());
    let (site, hers) = (world.seat.site().site, |one: &(Compartment, Uuid, Vec<u8>)| one.0 == Compartment::NationalId);
    assert!(write_only(&stolen, site, anna).iter().all(|(place, _)| place.section != Section::NationalId));
    assert!(sealed_keys(&stolen, anna).iter().any(hers), "until the fold is known to be durable");
    world.open(anna).await.unwrap();
    assert!(!sealed_keys(&stolen, anna).iter().any(hers));
    assert!(stolen.document("patient_keys", anna).1.get_document("f").is_ok_and(Document::is_empty));
    let versions = stolen.documents("versions").len();
    world.open(anna).await.unwrap();
    assert_eq!(stolen.documents("versions").len(), versions, "nothing is left to fold in");
    assert_eq!(reveal(&mut world.seat, anna).await.as_deref(), Some(SSN));
    assert!(world.seat.perform(CheckStore {}).await.unwrap().findings.is_empty());
}

fn copy(from: &Path, to: &Path, wanted: impl Fn(&str) -> bool) {
    std::fs::create_dir_all(to).unwrap();
    for file in std::fs::read_dir(from).unwrap().map(|file| file.unwrap()) {
        if file.path().is_file() && wanted(file.file_name().to_str().unwrap()) {
            std::fs::copy(file.path(), to.join(file.file_name())).unwrap();
        }
    }
}

#[tokio::test]
async fn a_sudden_end_between_keys_and_data_of_a_fold_loses_nothing() {
    let (mut world, anna) = clinic().await;
    let home = world.home();
    let (folder, half) = (home.folder(), world.folder.path().join("half"));
    copy(folder, &half, |_| true);
    world.sign_in("osei").await;
    world.open(anna).await.unwrap();
    // The keys' file is committed first: it has the fold, the data don't.
    copy(folder, &half, |name| name.starts_with("wardseal-keys.db"));
    drop(std::fs::remove_file(half.join("wardseal-keys.db-shm")));
    drop(std::fs::remove_file(half.join("wardseal.db-shm")));
    let half = wardseal::app::Home::at(half);
    let mut seat = Workstation::open(half.clone(), world.keychain.clone(), world.clock.clone()).await.unwrap();
    sign_in(&mut seat, "osei").await;
    for _ in 0..3 {
        assert_eq!(reveal(&mut seat, anna).await.as_deref(), Some(SSN));
        seat.perform(OpenChart { patient: anna }).await.unwrap();
    }
    assert!(
        write_only(&Stolen::open(&half), seat.site().site, anna).iter().all(|(p, _)| p.section != Section::NationalId)
    );
}

#[tokio::test]
async fn a_content_key_that_is_gone_or_another_is_named_by_the_check_and_opens_nothing() {
    let (mut world, anna) = clinic().await;
    let stolen = Stolen::open(&world.home());
    let (seq, genuine) = stolen.document("patient_keys", anna);
    world.sign_in("osei").await;
    for code in ["restricted", "national_id"] {
        let mut without = genuine.clone();
        without.get_document_mut("w").unwrap().remove(code);
        stolen.overwrite(seq, &without);
        let findings = world.seat.perform(CheckStore {}).await.unwrap().findings;
        assert!(findings.iter().any(|one| one.what.contains("content key is missing")), "{findings:?}");
    }
    assert!(world.open(anna).await.is_err());
    // The bytes of another content key under its name.
    let mut other = genuine.clone();
    let key = ContentKey::make().unwrap();
    let public = *world.seat.site().current(Compartment::NationalId).unwrap();
    let of = ContentOf { site: world.seat.site().site, patient: anna, compartment: Compartment::NationalId };
    let hers = other.get_document_mut("w").unwrap().get_document_mut("national_id").unwrap();
    let name = hers.keys().next().unwrap().clone();
    hers.insert(name, forms::binary(&key.seal_to(&public, &of).unwrap()));
    stolen.overwrite(seq, &other);
    assert!(world.open(anna).await.is_err());
    stolen.overwrite(seq, &genuine);
    assert_eq!(reveal(&mut world.seat, anna).await.as_deref(), Some(SSN));
}

#[tokio::test]
async fn an_import_seals_all_that_is_sensitive_of_a_patient_under_one_content_key() {
    let mut world = World::new().await;
    let sensitive = |n: usize| {
        let mut item = Item::new(Content::Problem(problem(&format!("Secret {n}"))));
        item.sensitive = true;
        item
    };
    world.register(vec![(patient("Smith", "Anna", "1968-04-12"), (0..5).map(sensitive).collect())]).await;
    world.sign_in("osei").await;
    let anna = world.find("smith").await;
    let stolen = Stolen::open(&world.home());
    assert_eq!(write_only(&stolen, world.seat.site().site, anna).len(), 5);
    let keys = sealed_keys(&stolen, anna);
    assert_eq!(keys.len(), 1);
    assert_eq!(sealed_epoch(&keys[0].2), Some(1));
}

// ---------------------------------------------------------------- sudden ends

const PATIENTS: usize = 24;

#[tokio::test]
async fn child_that_folds_in() {
    let Some(folder) = crash::folder() else { return };
    let mut seat = Clinic::at(&folder).seat().await;
    for round in 0.. {
        let patients = all(&mut seat).await;
        for patient in patients {
            sign_in(&mut seat, "osei").await;
            if reveal(&mut seat, patient).await.is_none() {
                enter(&mut seat, patient).await;
                crash::acknowledge(&patient);
                sign_in(&mut seat, "osei").await;
            }
            seat.perform(OpenChart { patient }).await.unwrap();
        }
        if round > 2 {
            return;
        }
    }
}

async fn all(seat: &mut Workstation) -> Vec<Uuid> {
    sign_in(seat, "osei").await;
    let mut found = vec![];
    for n in 0..PATIENTS {
        let page = seat.perform(SearchPatients::page(format!("\"family{n}\""), 0, 5)).await.unwrap();
        found.push(page.rows[0].patient);
    }
    found
}

#[tokio::test]
async fn a_number_that_was_entered_is_there_after_a_kill_anywhere() {
    let kills = crash::kills(4);
    let (mut entered, mut unfolded) = (0, 0);
    for from in (0..kills).step_by(8) {
        let place = tempfile::tempdir().unwrap();
        let folder = place.path().join("clinic");
        let clinic = crate::erasure::clinic_of(&folder, PATIENTS).await;
        let mut known = vec![];
        for _ in from..kills.min(from + 8) {
            let child = Child::of("write_only::child_that_folds_in").within(3, 40_000);
            known.extend(child.kill_at_random(&folder));
            let mut seat = clinic.seat().await;
            let stolen = Stolen::open(&clinic.home());
            for patient in all(&mut seat).await {
                unfolded += write_only(&stolen, seat.site().site, patient).len();
                let expected = known.contains(&patient.to_string());
                let number = reveal(&mut seat, patient).await;
                assert!(number.as_deref() == Some(SSN) || (number.is_none() && !expected));
            }
            drop(seat);
            clinic.check().await;
        }
        entered += known.len();
    }
    eprintln!("{kills} sudden ends, {entered} numbers entered, {unfolded} seen before they were folded in");
}
