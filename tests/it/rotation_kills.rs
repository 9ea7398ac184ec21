//! Key operations whose program is killed at any point go on from there, finish, and leave everything readable.

use crate::clinic_day::{patient, problem};
use crate::crash::{self, Child, Shim};
use crate::crash_clinic::{Clinic, find};
use crate::world::sign_in;
use std::ops::ControlFlow;
use wardseal::app::demo_clinic::resources;
use wardseal::app::views::SavedProblem;
use wardseal::app::{
    AddProblem, AdvanceRotation, Code, EditProblem, EnterNationalId, KeysStatus, ListRotations, OpenChart,
    OrderRotation, RevealNationalId, RotationView, SearchPatients, Workstation,
};
use wardseal::keys::RotationKind;
use wardseal::record::Compartment;

const PATIENTS: usize = 110;

/// What is rotated and who carries it out.
#[derive(Clone, Copy)]
struct What {
    kind: RotationKind,
    compartment: Option<Compartment>,
    by: &'static str,
}

const MASTER: What = What { kind: RotationKind::Master, compartment: Some(Compartment::NationalId), by: "osei" };
const DATA: What = What { kind: RotationKind::Data, compartment: Some(Compartment::Clinical), by: "osei" };
const INDEX: What = What { kind: RotationKind::Index, compartment: None, by: "osei" };
const SITE: What = What { kind: RotationKind::Site, compartment: None, by: "adams" };

async fn found_people(clinic: &Clinic) {
    let mut seat = clinic.seat_of("import").await;
    let people = (0..PATIENTS).map(|n| (format!("p{n}"), patient(&format!("Family{n}"), "Maria", "1980-02-03")));
    let anna = ("anna".to_owned(), patient("Smith", "Anna", "1968-04-12"));
    let all = people.chain([anna]).flat_map(|(id, record)| resources("test", &id, record, vec![], &["main"]));
    seat.import(all.collect::<Vec<_>>(), |_| ControlFlow::Continue(())).await.unwrap();
    sign_in(&mut seat, "lopez").await;
    let anna = find(&mut seat, "smith").await[0];
    seat.perform(EnterNationalId { patient: anna, ssn: "123-45-6789".into() }).await.unwrap();
    sign_in(&mut seat, "osei").await;
    let added = seat.perform(AddProblem { patient: anna, problem: problem("Asthma") }).await.unwrap();
    let SavedProblem::Saved { saved } = added else { panic!("it is new") };
    let edit = EditProblem { patient: anna, item: saved.item, rev: saved.rev, problem: problem("Severe asthma") };
    seat.perform(edit).await.unwrap();
}

async fn open_job(seat: &mut Workstation) -> Option<RotationView> {
    seat.perform(ListRotations {}).await.unwrap().into_iter().find(|job| !job.ended)
}

/// Carries out one rotation after the other, saying each step.
async fn rotate_for_ever(what: What) {
    let Some(folder) = crash::folder() else { return };
    let mut seat = Clinic::at(&folder).seat_of(what.by).await;
    loop {
        let Some(job) = open_job(&mut seat).await else {
            sign_in(&mut seat, "adams").await;
            seat.perform(OrderRotation { kind: what.kind, compartment: what.compartment }).await.unwrap();
            sign_in(&mut seat, what.by).await;
            continue;
        };
        let done = seat.perform(AdvanceRotation { job: job.job }).await.unwrap();
        assert!(!done.stuck);
        crash::acknowledge(&format!("{} {}", done.from, done.per_mille));
    }
}

#[tokio::test]
async fn child_that_replaces_a_root() {
    rotate_for_ever(MASTER).await;
}

#[tokio::test]
async fn child_that_replaces_data_keys() {
    rotate_for_ever(DATA).await;
}

#[tokio::test]
async fn child_that_replaces_index_keys() {
    rotate_for_ever(INDEX).await;
}

#[tokio::test]
async fn child_that_replaces_the_site_key() {
    rotate_for_ever(SITE).await;
}

/// People find, read and write whatever step the rotation stopped at.
async fn work_goes_on(clinic: &Clinic, round: usize) {
    let mut seat = clinic.seat_of("osei").await;
    let anna = find(&mut seat, "smith").await[0];
    assert_eq!(find(&mut seat, &format!("\"family{}\"", round % PATIENTS)).await.len(), 1);
    let chart = seat.perform(OpenChart { patient: anna }).await.unwrap();
    assert_eq!(chart.damaged_items, 0);
    seat.perform(AddProblem { patient: anna, problem: problem(&format!("Round {round}")) }).await.unwrap();
}

/// The rotation comes to its end, and everything is there.
async fn finish(clinic: &Clinic, what: What, vault: usize) -> i64 {
    let mut seat = clinic.seat_of(what.by).await;
    if let Some(job) = open_job(&mut seat).await {
        let done = seat.rotate(job.job, |_| ControlFlow::Continue(())).await.unwrap();
        assert!(done.ended);
    }
    let rotations = seat.perform(ListRotations {}).await.unwrap().len();
    sign_in(&mut seat, "osei").await;
    let status = seat.perform(KeysStatus {}).await.unwrap();
    assert_eq!((status.unencrypted, status.running.len(), status.vault), (0, 0, vault));
    for n in 0..PATIENTS {
        assert_eq!(find(&mut seat, &format!("\"family{n}\"")).await.len(), 1, "family{n}");
    }
    let anna = find(&mut seat, "smith").await[0];
    let reason = "Insurer asks".to_owned();
    let number = seat.perform(RevealNationalId { patient: anna, reason }).await.unwrap();
    assert_eq!(number.revealed.as_deref(), Some("123-45-6789"));
    assert!(seat.perform(SearchPatients::page("nobody", 0, 5)).await.unwrap().total == 0);
    clinic.check().await;
    i64::try_from(rotations).unwrap()
}

async fn end_suddenly(test: &str, what: What, shim: Option<&Shim>) {
    let (kills, mut steps, mut rotations) = (crash::kills(3), 0, 0);
    for from in (0..kills).step_by(25) {
        let place = tempfile::tempdir().unwrap();
        let folder = place.path().join("clinic");
        let clinic = Clinic::founded(&folder).await;
        found_people(&clinic).await;
        let vault = clinic.seat_of("osei").await.perform(KeysStatus {}).await.unwrap().vault;
        for round in from..kills.min(from + 25) {
            let child = Child::of(test).within(9, 40_000);
            let child = if let Some(shim) = shim { child.forgetting(shim, &folder) } else { child };
            let acknowledged = child.kill_at_random(&folder);
            assert!(!acknowledged.is_empty(), "the child did no work");
            steps += acknowledged.len();
            clinic.start_again().await;
            work_goes_on(&clinic, round).await;
        }
        rotations += finish(&clinic, what, vault).await;
    }
    eprintln!("{kills} sudden ends, {steps} acknowledged steps, {rotations} rotations finished");
}

#[tokio::test]
async fn a_rewrap_that_is_killed_goes_on_and_finishes() {
    end_suddenly("rotation_kills::child_that_replaces_a_root", MASTER, None).await;
}

#[tokio::test]
async fn a_rotation_of_data_keys_that_is_killed_goes_on_and_finishes() {
    end_suddenly("rotation_kills::child_that_replaces_data_keys", DATA, None).await;
}

#[tokio::test]
async fn a_rotation_of_index_keys_that_is_killed_goes_on_and_finishes() {
    end_suddenly("rotation_kills::child_that_replaces_index_keys", INDEX, None).await;
}

#[tokio::test]
async fn a_renewal_of_the_site_key_that_is_killed_goes_on_and_finishes() {
    end_suddenly("rotation_kills::child_that_replaces_the_site_key", SITE, None).await;
}

#[tokio::test]
async fn a_rotation_of_data_keys_whose_power_fails_goes_on_and_finishes() {
    let Some(shim) = Shim::build() else { return };
    end_suddenly("rotation_kills::child_that_replaces_data_keys", DATA, Some(&shim)).await;
}

#[tokio::test]
async fn two_who_carry_out_the_same_rotation_do_no_harm() {
    let place = tempfile::tempdir().unwrap();
    let clinic = Clinic::founded(&place.path().join("clinic")).await;
    found_people(&clinic).await;
    let vault = clinic.seat_of("osei").await.perform(KeysStatus {}).await.unwrap().vault;
    let mut admin = clinic.seat_of("adams").await;
    let job = admin.perform(OrderRotation { kind: DATA.kind, compartment: DATA.compartment }).await.unwrap().job;
    let (mut one, mut two) = (clinic.seat_of("osei").await, clinic.seat_of("kim").await);
    for _ in 0..200 {
        for seat in [&mut one, &mut two] {
            match seat.perform(AdvanceRotation { job }).await {
                Ok(view) if view.ended => {
                    finish(&clinic, DATA, vault).await;
                    return;
                }
                Ok(_) => {}
                Err(failure) => assert_eq!(failure.code, Code::Conflict),
            }
        }
    }
    panic!("it doesn't end");
}
