//! A patient is erased by two people: the keys are destroyed, and what other copies of the data hold stays shut.

use crate::clinic_day::{patient, problem};
use crate::crash::{self, Child};
use crate::crash_clinic::Clinic;
use crate::guard_loot::{Loot, Stolen};
use crate::people::{first_sign_in, hire};
use crate::world::{World, sign_in, write};
use crate::write_only::{self, enter};
use bson::Document;
use serde_json::json;
use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::path::Path;
use uuid::Uuid;
use wardseal::app::demo_clinic::resources;
use wardseal::app::sign_in::DEMO_PASSWORD;
use wardseal::app::{
    ApproveErasure, Code, Failure, Home, LiftHold, ListErasures, OpenChart, RequestErasure, SearchPatients, SetHold,
    WithdrawErasure, Workstation,
};
use wardseal::keys::{Erasure, ErasureReason, ErasureState, forms};
use wardseal::record::{Content, Item};

const COLLECTIONS: [&str; 6] = ["patients", "patient_keys", "items", "versions", "care_team", "origins"];

async fn clinic() -> (World, Uuid, Uuid) {
    let mut world = World::new().await;
    let two = [("Smith", "Anna"), ("Jones", "Bea")];
    let mut restricted = Item::new(Content::Problem(problem("Something only she knows")));
    restricted.sensitive = true;
    let one = |(surname, given)| (patient(surname, given, "1968-04-12"), vec![restricted.clone()]);
    world.register(two.map(one).into()).await;
    world.sign_in("osei").await;
    let (anna, bea) = (world.find("smith").await, world.find("jones").await);
    for who in [anna, bea] {
        let added = json!({ "patient": who, "problem": problem("Asthma") });
        let added = write(&mut world.seat, "add_problem", added).await.unwrap();
        let edit =
            json!({ "patient": who, "item": added["saved"]["item"], "rev": 1, "problem": problem("Severe asthma") });
        write(&mut world.seat, "edit_problem", edit).await.unwrap();
    }
    for who in [anna, bea] {
        enter(&mut world.seat, who).await;
    }
    world.seat.sign_out().await.unwrap();
    (world, anna, bea)
}

fn ask(patient: Uuid) -> RequestErasure {
    RequestErasure { patient, reason: ErasureReason::PatientRequest }
}

async fn erase(seat: &mut Workstation, patient: Uuid) -> Result<(), Failure> {
    sign_in(seat, "osei").await;
    seat.perform(ask(patient)).await?;
    sign_in(seat, "adams").await;
    let erased = seat.erase(ApproveErasure { patient }).await;
    seat.sign_out().await.unwrap();
    erased
}

fn code<T>(answer: Result<T, Failure>) -> Code {
    answer.err().expect("it is refused").code
}

/// What is stored of a patient, by collection.
fn left(home: &Home, patient: Uuid) -> Vec<&'static str> {
    let stolen = Stolen::open(home);
    let of = |document: &Document| format!("{document:?}").contains(&format!("{:?}", forms::uuid_bson(patient)));
    COLLECTIONS.into_iter().filter(|name| stolen.documents(name).iter().any(of)).collect()
}

fn copy(from: &Home, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for file in std::fs::read_dir(from.folder()).unwrap() {
        let file = file.unwrap().path();
        if file.is_file() {
            std::fs::copy(&file, to.join(file.file_name().unwrap())).unwrap();
        }
    }
}

#[tokio::test]
async fn a_doctor_asks_an_administrator_approves_and_nothing_of_her_is_left_but_a_tombstone() {
    let (mut world, anna, bea) = clinic().await;
    assert!(left(&world.home(), anna).len() >= 4);
    erase(&mut world.seat, anna).await.unwrap();
    assert_eq!(left(&world.home(), anna), Vec::<&str>::new());
    world.sign_in("osei").await;
    assert_eq!(world.search("smith").await.unwrap().total, 0);
    assert!(world.open(anna).await.is_err());
    assert!(world.open(bea).await.unwrap().problems.is_some());
    let tombstones = Stolen::open(&world.home()).documents("erasures");
    let tombstone = Erasure::from_document(&tombstones[0]).unwrap();
    assert_eq!((tombstone.patient(), tombstone.state()), (anna, ErasureState::Done));
    let words = format!("{:?}", tombstones[0]).to_lowercase();
    assert!(!["smith", "anna", "asthma", "1968"].iter().any(|word| words.contains(word)));
    // Other sessions go on, the store agrees with itself, and nobody is erased twice.
    let list = world.seat.perform(ListErasures {}).await.unwrap();
    assert_eq!((list.erasures[0].state.as_str(), list.erasures[0].approved_by.as_deref()), ("done", Some("C. Adams")));
    wardseal::store::embedded::Embedded::open(&world.home().store()).unwrap().check().await.unwrap();
    let check = world.seat.perform(wardseal::app::CheckStore {}).await.unwrap();
    assert!(check.findings.is_empty(), "{} findings", check.findings.len());
    assert_eq!(code(world.seat.perform(ask(anna)).await), Code::NotFound);
}

#[tokio::test]
async fn one_person_alone_erases_nobody_whatever_the_role() {
    let (mut world, anna, _) = clinic().await;
    for user in ["osei", "adams", "park"] {
        world.sign_in(user).await;
        world.seat.perform(ask(anna)).await.unwrap();
        assert_eq!(code(world.seat.erase(ApproveErasure { patient: anna }).await), Code::SamePerson);
        world.seat.perform(WithdrawErasure { patient: anna }).await.unwrap();
    }
    for user in ["kim", "lopez", "import"] {
        world.sign_in(user).await;
        assert_eq!(code(world.seat.perform(ask(anna)).await), Code::NoRight);
    }
    world.sign_in("osei").await;
    world.open(anna).await.unwrap();
    for nobody in [Uuid::nil(), Uuid::new_v4()] {
        assert_eq!(code(world.seat.perform(ask(nobody)).await), Code::NotFound);
    }
}

#[tokio::test]
async fn a_legal_hold_set_by_one_stops_every_erasure_until_two_have_lifted_it() {
    let (mut world, anna, bea) = clinic().await;
    world.sign_in("park").await;
    world.seat.perform(SetHold { patient: anna }).await.unwrap();
    assert_eq!(code(erase(&mut world.seat, anna).await), Code::Held);
    erase(&mut world.seat, bea).await.unwrap();
    world.sign_in("park").await;
    world.seat.perform(LiftHold { patient: anna }).await.unwrap();
    assert_eq!(code(world.seat.perform(LiftHold { patient: anna }).await), Code::SamePerson);
    assert_eq!(world.seat.perform(ListErasures {}).await.unwrap().held, [anna]);
    assert_eq!(code(erase(&mut world.seat, anna).await), Code::Held);
    world.sign_in("adams").await;
    world.seat.perform(LiftHold { patient: anna }).await.unwrap();
    assert!(world.seat.perform(ListErasures {}).await.unwrap().held.is_empty());
    // One that is set between asking and approving stops it too.
    world.sign_in("osei").await;
    world.seat.perform(ask(anna)).await.unwrap();
    world.seat.perform(SetHold { patient: anna }).await.unwrap();
    world.sign_in("adams").await;
    assert_eq!(code(world.seat.erase(ApproveErasure { patient: anna }).await), Code::Held);
    assert!(!left(&world.home(), anna).is_empty());
}

#[tokio::test]
async fn a_hold_that_disappears_from_the_disk_still_stops_an_erasure() {
    let (mut world, anna, _) = clinic().await;
    world.sign_in("park").await;
    world.seat.perform(SetHold { patient: anna }).await.unwrap();
    let stolen = Stolen::open(&world.home());
    stolen.remove(stolen.rows("holds")[0].0);
    drop(stolen);
    assert_eq!(code(erase(&mut world.seat, anna).await), Code::KeysDamaged);
}

#[tokio::test]
async fn in_a_copy_of_the_data_taken_before_every_section_of_hers_is_unreadable() {
    let (mut world, anna, bea) = clinic().await;
    let backup = world.folder.path().join("backup");
    let mut keys_before = Vec::new();
    copy(&world.home(), &backup);
    keys_before.extend(Stolen::open(&world.home()).document("patient_keys", anna).1.to_vec().unwrap());
    let sealed_before = write_only::sealed_keys(&Stolen::open(&world.home()), anna);
    let thief = Loot::of(&world.home(), world.keychain.as_ref(), "osei", DEMO_PASSWORD);
    let live = Stolen::open(&world.home());
    assert_eq!(write_only::opened(&thief, &live, &live, anna), 1, "what the front desk entered");
    drop(live);
    erase(&mut world.seat, anna).await.unwrap();
    // The old data beside the keys that are left, as somebody would restore it who has forgotten the erasure.
    let home = world.home();
    let restored = Home::at(world.folder.path().join("restored"));
    copy(&home, restored.folder());
    for file in std::fs::read_dir(restored.folder()).unwrap().map(|file| file.unwrap().path()) {
        if file.to_string_lossy().ends_with("-shm") {
            std::fs::remove_file(file).unwrap();
        }
    }
    for file in ["wardseal.db", "wardseal.db-wal"] {
        std::fs::copy(backup.join(file), restored.folder().join(file)).unwrap();
    }
    assert!(left(&restored, anna).contains(&"patients") && !left(&restored, anna).contains(&"patient_keys"));
    // Whoever holds every root opens nothing of hers in it, also not what the front desk entered; of Bea he does.
    let old = Stolen::open(&restored);
    assert_eq!(write_only::opened(&thief, &old, &old, anna), 0);
    assert_eq!(write_only::opened(&thief, &old, &old, bea), 1);
    drop(old);
    let forgetful = Stolen::open(&restored);
    forgetful.remove(forgetful.rows("erasures")[0].0);
    drop(forgetful);
    let open = || Workstation::open(restored.clone(), world.keychain.clone(), world.clock.clone());
    let mut seat = open().await.unwrap();
    sign_in(&mut seat, "osei").await;
    assert!(seat.perform(OpenChart { patient: bea }).await.unwrap().problems.is_some());
    assert_eq!(code(seat.perform(OpenChart { patient: anna }).await), Code::Damaged);
    drop(seat);
    // And as it is meant: the tombstone lies beside the keys, so the old data lose her again.
    std::fs::copy(home.keys(), restored.keys()).unwrap();
    for log in ["wardseal-keys.db-wal", "wardseal-keys.db-shm"] {
        drop(std::fs::remove_file(restored.folder().join(log)));
    }
    drop(open().await.unwrap());
    assert_eq!(left(&restored, anna), Vec::<&str>::new());
    // No byte run of her wrapped keys is on the disk any more.
    assert_eq!(sealed_before.len(), 2, "of her number and of what only she knows");
    let sealed = sealed_before.iter().map(|(_, _, sealed)| &sealed[8..32]);
    for needle in sealed.chain([&keys_before[keys_before.len() / 2..keys_before.len() / 2 + 24]]) {
        for file in ["wardseal.db", "wardseal.db-wal", "wardseal-keys.db", "wardseal-keys.db-wal"] {
            let bytes = std::fs::read(home.folder().join(file)).unwrap_or_default();
            assert!(!bytes.windows(needle.len()).any(|window| window == needle), "{file}");
        }
    }
}

#[tokio::test]
async fn an_approval_that_nobody_with_the_right_has_signed_erases_nobody() {
    let (mut world, anna, _) = clinic().await;
    let second = hire(&mut world.seat, "second", "administrator").await;
    first_sign_in(&mut world.seat, &second).await;
    world.seat.perform(ask(anna)).await.unwrap();
    world.seat.sign_out().await.unwrap();
    let stolen = Stolen::open(&world.home());
    let (seq, mut document) = (stolen.rows("erasures")[0].0, stolen.documents("erasures").remove(0));
    // The request's own signature as an approval, by somebody who edits the file.
    let mut approval = document.get_document("request").unwrap().clone();
    approval.insert("v", 2_i64);
    document.insert("approval", approval);
    document.insert("state", "approved");
    document.insert("v", 2_i64);
    stolen.overwrite(seq, &document);
    drop(stolen);
    drop(world.another_seat().await);
    assert!(!left(&world.home(), anna).is_empty());
}

// ---------------------------------------------------------------- sudden ends

const PATIENTS: usize = 32;

async fn many(folder: &Path) -> Clinic {
    let clinic = clinic_of(folder, PATIENTS).await;
    let mut seat = clinic.seat().await;
    for patient in there(&mut seat).await.into_iter().step_by(3) {
        enter(&mut seat, patient).await;
    }
    drop(seat);
    clinic
}

/// A clinic of so many patients: Family0, Family1 ….
pub async fn clinic_of(folder: &Path, patients: usize) -> Clinic {
    let clinic = Clinic::founded(folder).await;
    let mut seat = clinic.seat_of("import").await;
    for n in 0..patients {
        let one =
            resources("test", &n.to_string(), patient(&format!("Family{n}"), "Anna", "1968-04-12"), vec![], &["main"]);
        seat.import(one, |_| ControlFlow::Continue(())).await.unwrap();
    }
    clinic
}

async fn there(seat: &mut Workstation) -> BTreeSet<Uuid> {
    sign_in(seat, "osei").await;
    let mut found = BTreeSet::new();
    for n in 0..PATIENTS {
        let page = seat.perform(SearchPatients::page(format!("family{n}"), 0, 5)).await;
        found.extend(page.unwrap().rows.iter().filter(|row| !row.damaged).map(|row| row.patient));
    }
    found
}

#[tokio::test]
async fn child_that_erases() {
    let Some(folder) = crash::folder() else { return };
    let mut seat = Clinic::at(&folder).seat().await;
    let patients = there(&mut seat).await;
    for patient in patients {
        if seat.perform(ask(patient)).await.is_err() {
            // Asked for before the last child was killed.
        }
        sign_in(&mut seat, "adams").await;
        seat.erase(ApproveErasure { patient }).await.unwrap();
        crash::acknowledge(&patient);
        sign_in(&mut seat, "osei").await;
    }
}

#[tokio::test]
async fn an_erasure_that_is_killed_anywhere_is_finished_at_the_next_start_and_touches_nobody_else() {
    let kills = crash::kills(4);
    let (mut erased, mut halves) = (0, 0);
    for from in (0..kills).step_by(8) {
        let place = tempfile::tempdir().unwrap();
        let folder = place.path().join("clinic");
        let clinic = many(&folder).await;
        for _ in from..kills.min(from + 8) {
            let child = Child::of("erasure::child_that_erases").within(3, 40_000);
            let acknowledged = child.kill_at_random(&folder);
            let approved = |home: &Home| {
                let all = Stolen::open(home).documents("erasures");
                all.iter().filter(|one| one.get_str("state").unwrap() == "approved").count()
            };
            halves += approved(&clinic.home());
            let mut seat = clinic.seat().await;
            assert_eq!(approved(&clinic.home()), 0, "the start finished it");
            let there = there(&mut seat).await;
            let tombstones: BTreeSet<Uuid> = Stolen::open(&clinic.home())
                .documents("erasures")
                .iter()
                .map(|one| Erasure::from_document(one).unwrap())
                .filter(|one| one.state() == ErasureState::Done)
                .map(|one| one.patient())
                .collect();
            for patient in &acknowledged {
                assert!(tombstones.contains(&patient.parse().unwrap()));
            }
            assert!(tombstones.is_disjoint(&there));
            assert_eq!(tombstones.len() + there.len(), PATIENTS);
            for patient in &tombstones {
                assert_eq!(left(&clinic.home(), *patient), Vec::<&str>::new());
            }
            for patient in there {
                seat.perform(OpenChart { patient }).await.unwrap();
            }
            erased += acknowledged.len();
            drop(seat);
            clinic.check().await;
        }
    }
    eprintln!("{kills} sudden ends, {erased} acknowledged erasures, {halves} found half done and finished");
}

#[tokio::test]
async fn what_was_typed_about_an_erased_patient_is_gone_at_the_next_sign_in() {
    let (mut world, anna, bea) = clinic().await;
    world.sign_in("osei").await;
    for who in [anna, bea] {
        let place = json!({ "form": "problem", "patient": who });
        let draft = json!({ "place": place, "title": "Problem", "typed": "something about her" });
        world.seat.dispatch("keep_draft", draft).await.unwrap();
    }
    erase(&mut world.seat, anna).await.unwrap();
    world.sign_in("osei").await;
    let left = world.seat.dispatch("drafts", json!({})).await.unwrap();
    let of: Vec<_> = left["drafts"].as_array().unwrap().iter().map(|draft| draft["place"]["patient"].clone()).collect();
    assert_eq!(of, [json!(bea)]);
}
