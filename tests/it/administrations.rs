//! What a nurse gives: linked to its order, warned about what isn't in force, refused to everybody else.

use crate::chart_orders::{clinic, listed, order, saved, step, switch};
use crate::world::World;
use uuid::Uuid;
use wardseal::app::views::{AdministrationView, TaskView};
use wardseal::app::{
    Code, Failure, MarkInError, NoteResponse, ReadTimeline, ReadWorklist, RecordAdministration, StepOrder,
};
use wardseal::record::{OrderStep, Section, wristband};

fn dose(patient: Uuid, medication: Uuid) -> RecordAdministration {
    RecordAdministration {
        patient,
        visit: None,
        medication,
        given: true,
        at: "2026-11-22T09:30:00Z".into(),
        dose: Some("10 mg".into()),
        route: Some("by mouth".into()),
        response: None,
        reaction: None,
        reason: None,
        scanned: None,
    }
}

/// Anna has lisinopril, and the nurse sits there.
async fn ordered() -> (World, Uuid, Uuid) {
    let (mut world, anna) = clinic().await;
    let medication = saved(world.seat.perform(order(anna, "Lisinopril", 0)).await).item;
    switch(&mut world, "kim").await;
    (world, anna, medication)
}

async fn given(world: &mut World, anna: Uuid) -> Vec<AdministrationView> {
    world.open(anna).await.unwrap().administrations.unwrap()
}

async fn tasks(world: &mut World) -> Vec<TaskView> {
    world.seat.perform(ReadWorklist { all: true }).await.unwrap().tasks
}

fn why(failure: Failure) -> (Code, String) {
    let why = failure.fields.get("why").and_then(|why| why.as_str()).unwrap_or_default();
    (failure.code, why.to_owned())
}

#[tokio::test]
async fn a_nurse_records_what_she_gave_and_later_how_it_worked_and_the_timeline_has_it() {
    let (mut world, anna, medication) = ordered().await;
    saved(world.seat.perform(dose(anna, medication)).await);
    let [one] = given(&mut world, anna).await.try_into().unwrap_or_else(|_| panic!("one dose"));
    assert_eq!((one.drug.as_str(), one.dose.as_deref(), one.by.as_str()), ("Lisinopril", Some("10 mg"), "N. Kim"));
    assert_eq!((one.medication, one.given, one.band_checked), (medication, true, false));
    assert!(tasks(&mut world).await.is_empty());
    let (response, reaction) = (Some("Pressure 132/80".to_owned()), Some("Dry cough".to_owned()));
    let noted = NoteResponse { patient: anna, item: one.item, rev: one.rev, response, reaction };
    saved(world.seat.perform(noted).await);
    let one = given(&mut world, anna).await.remove(0);
    assert_eq!((one.response.as_deref(), one.reaction.as_deref()), (Some("Pressure 132/80"), Some("Dry cough")));
    let [alarm] = tasks(&mut world).await.try_into().unwrap_or_else(|_| panic!("one task"));
    let text = "Adverse reaction to Lisinopril: Dry cough";
    assert_eq!((alarm.text.as_str(), alarm.priority.as_str()), (text, "urgent"));
    let (kinds, from, until) = (vec!["administration".to_owned()], None, None);
    let page = ReadTimeline { patient: anna, kinds, from, until, in_error: false, offset: 0, limit: 10 };
    let rows = world.seat.perform(page).await.unwrap().rows;
    assert_eq!(
        (rows.len(), rows[0].text.as_str(), rows[0].at.as_str()),
        (1, "Lisinopril: 10 mg", "2026-11-22T09:30:00Z")
    );
}

#[tokio::test]
async fn only_a_nurse_records_it() {
    let (mut world, anna, medication) = ordered().await;
    for username in ["osei", "lopez", "adams", "park"] {
        switch(&mut world, username).await;
        let refused = world.seat.perform(dose(anna, medication)).await.err().unwrap();
        assert_eq!(refused.code, Code::NoRight, "{username}");
    }
}

#[tokio::test]
async fn an_order_that_is_held_or_stopped_warns_and_takes_a_reason() {
    let (mut world, anna, medication) = ordered().await;
    for taken in [OrderStep::Hold, OrderStep::Stop] {
        switch(&mut world, "osei").await;
        let now = listed(&mut world, anna, "Lisinopril").await;
        saved(world.seat.perform(step(anna, &now, taken, Some("Low pressure"))).await);
        switch(&mut world, "kim").await;
        let refused = world.seat.perform(dose(anna, medication)).await.err().unwrap();
        assert_eq!(why(refused), (Code::Invalid, "not_in_force".into()));
        let reason = Some("Given before the doctor called".to_owned());
        saved(world.seat.perform(RecordAdministration { reason, ..dose(anna, medication) }).await);
    }
    assert_eq!(given(&mut world, anna).await.len(), 2);
}

#[tokio::test]
async fn what_was_not_given_takes_a_reason_and_what_was_takes_a_dose_and_neither_lies_ahead() {
    let (mut world, anna, medication) = ordered().await;
    let without = RecordAdministration { given: false, dose: None, ..dose(anna, medication) };
    assert_eq!(world.seat.perform(without).await.err().unwrap().code, Code::Invalid);
    let reason = Some("She was asleep".to_owned());
    let slept = RecordAdministration { given: false, dose: None, reason, ..dose(anna, medication) };
    saved(world.seat.perform(slept).await);
    let nothing = RecordAdministration { dose: Some(" ".into()), ..dose(anna, medication) };
    assert_eq!(world.seat.perform(nothing).await.err().unwrap().code, Code::Invalid);
    let ahead = RecordAdministration { at: "2026-11-22T11:00:00Z".into(), ..dose(anna, medication) };
    assert_eq!(why(world.seat.perform(ahead).await.err().unwrap()), (Code::Invalid, "future".into()));
    let unknown = dose(anna, Uuid::new_v4());
    assert_eq!(world.seat.perform(unknown).await.err().unwrap().code, Code::NotFound);
    assert_eq!(given(&mut world, anna).await.iter().map(|one| one.given).collect::<Vec<_>>(), [false]);
}

#[tokio::test]
async fn another_patients_wristband_is_refused_and_her_own_is_noted() {
    let (mut world, anna, medication) = ordered().await;
    let mrn = world.open(anna).await.unwrap().banner.mrn;
    let scanned = |code: &str| RecordAdministration { scanned: Some(code.into()), ..dose(anna, medication) };
    for wrong in [wristband::code("MRN-000999"), format!("{}X", wristband::code(&mrn))] {
        let refused = world.seat.perform(scanned(&wrong)).await.err().unwrap();
        assert_eq!(why(refused), (Code::Invalid, "other_wristband".into()), "{wrong}");
    }
    saved(world.seat.perform(scanned(&wristband::code(&mrn))).await);
    saved(world.seat.perform(scanned("00093-7198-01")).await);
    let checked: Vec<bool> = given(&mut world, anna).await.iter().map(|one| one.band_checked).collect();
    assert_eq!(checked.iter().filter(|one| **one).count(), 1);
}

#[tokio::test]
async fn a_dose_that_was_entered_in_error_counts_no_more_and_stays_in_the_history() {
    let (mut world, anna, medication) = ordered().await;
    let one = saved(world.seat.perform(dose(anna, medication)).await);
    let (section, reason) = (Section::Administrations, "Given to another patient".to_owned());
    let mark = || MarkInError { patient: anna, item: one.item, rev: one.rev, section, reason: reason.clone() };
    switch(&mut world, "osei").await;
    assert_eq!(world.seat.perform(mark()).await.err().unwrap().code, Code::NoRight, "it is the nurse's");
    switch(&mut world, "kim").await;
    saved(world.seat.perform(mark()).await);
    assert!(given(&mut world, anna).await.is_empty());
    let (kinds, from, until) = (vec![], None, None);
    let page = ReadTimeline { patient: anna, kinds, from, until, in_error: true, offset: 0, limit: 10 };
    let rows = world.seat.perform(page).await.unwrap().rows;
    assert!(rows.iter().any(|row| row.kind == "administration" && row.in_error.is_some()));
}

#[tokio::test]
async fn an_order_that_never_was_in_force_cannot_be_given() {
    let (mut world, anna, _) = ordered().await;
    let told = crate::chart_orders::told(anna, "Furosemide");
    saved(world.seat.perform(told).await);
    let now = listed(&mut world, anna, "Furosemide").await;
    saved(world.seat.perform(dose(anna, now.item)).await);
    switch(&mut world, "osei").await;
    let cancel: StepOrder = step(anna, &now, OrderStep::Cancel, Some("Misheard"));
    saved(world.seat.perform(cancel).await);
    switch(&mut world, "kim").await;
    assert_eq!(world.seat.perform(dose(anna, now.item)).await.err().unwrap().code, Code::IllegalStep);
}

#[tokio::test]
async fn a_package_is_compared_with_the_order_and_another_drug_takes_a_reason() {
    use wardseal::record::PackageCheck::{NotCompared, Other, Same};
    let (mut world, anna, medication) = ordered().await;
    let scanned = |code: &str| RecordAdministration { scanned: Some(code.into()), ..dose(anna, medication) };
    let refused = world.seat.perform(scanned("WARFARIN 5 MG")).await.err().unwrap();
    assert_eq!(why(refused), (Code::Invalid, "other_package".into()));
    assert!(given(&mut world, anna).await.is_empty());
    let reason = Some("The doctor changed it by telephone".to_owned());
    saved(world.seat.perform(RecordAdministration { reason, ..scanned("WARFARIN 5 MG") }).await);
    saved(world.seat.perform(scanned("Zestril 10 mg")).await);
    saved(world.seat.perform(scanned("300710155237")).await);
    saved(world.seat.perform(dose(anna, medication)).await);
    let mut compared: Vec<_> = given(&mut world, anna).await.iter().map(|one| one.compared).collect();
    compared.sort_by_key(|one| format!("{one:?}"));
    assert_eq!(compared, [None, Some(NotCompared), Some(Other), Some(Same)]);
}
