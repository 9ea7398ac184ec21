//! The encounter of a visit: it goes with the visit's steps, and no step that isn't legal is taken.

use super::*;
use crate::world::sign_in;
use wardseal::app::views::{EncounterView, FigureOf, SavedItem};
use wardseal::app::{AddTask, CareOverview, Code, EditEncounter, NoteText, RecordVitals, StepEncounter, WriteNote};
use wardseal::record::vitals::Vitals;
use wardseal::record::{Coded, Encounter, EncounterStatus};

/// Anna is checked in for 08:00 with Dr. Osei.
async fn arrived() -> (Monday, Value) {
    let mut monday = monday().await;
    let visit = booked(&mut monday.world.seat, monday.anna, plan("2026-11-23", 480, OSEI)).await;
    let done = with(&mut monday.world.seat, "check_in", &visit, said("1968-04-12", "0114")).await.unwrap();
    (monday, done["visit"].clone())
}

async fn step(world: &mut World, who: &str, visit: &Value, step: Value) -> Value {
    sign_in(&mut world.seat, who).await;
    with(&mut world.seat, "step_visit", visit, step).await.unwrap()["visit"].clone()
}

async fn encounters(world: &mut World, patient: Uuid) -> Vec<EncounterView> {
    sign_in(&mut world.seat, "osei").await;
    world.open(patient).await.unwrap().encounters.unwrap()
}

#[tokio::test]
async fn a_visit_brings_one_encounter_that_goes_with_its_steps_and_notes_hang_on_it() {
    let (Monday { mut world, anna, .. }, visit) = arrived().await;
    assert!(encounters(&mut world, anna).await.is_empty(), "the front desk writes nothing clinical");
    let visit = step(&mut world, "kim", &visit, json!({ "step": "room", "room": "Room 2" })).await;
    let [one] = encounters(&mut world, anna).await.try_into().unwrap_or_else(|_| panic!("one encounter"));
    assert_eq!((one.status.as_str(), one.kind.as_str()), ("in-progress", "Follow-up"));
    assert_eq!(one.start, "2026-11-23T12:30:00Z", "when she came");
    let note = NoteText { title: "Visit".into(), template: "free".into(), text: "Feels well.".into() };
    let note = WriteNote { patient: anna, visit: Some(one.item), note };
    assert!(matches!(world.seat.perform(note).await.unwrap(), SavedItem::Saved { .. }));
    let visit = step(&mut world, "osei", &visit, json!({ "step": "see" })).await;
    step(&mut world, "lopez", &visit, json!({ "step": "check_out" })).await;
    let [one] = encounters(&mut world, anna).await.try_into().unwrap_or_else(|_| panic!("one encounter"));
    assert_eq!((one.status.as_str(), one.end.is_some()), ("finished", true));
}

#[tokio::test]
async fn what_the_front_desk_steps_over_the_next_clinician_makes_good() {
    let (Monday { mut world, anna, .. }, visit) = arrived().await;
    let visit = step(&mut world, "lopez", &visit, json!({ "step": "room", "room": "Room 2" })).await;
    assert!(encounters(&mut world, anna).await.is_empty());
    step(&mut world, "osei", &visit, json!({ "step": "see" })).await;
    let [one] = encounters(&mut world, anna).await.try_into().unwrap_or_else(|_| panic!("one encounter"));
    assert_eq!((one.status.as_str(), one.start.as_str()), ("finished", "2026-11-23T12:30:00Z"));
}

#[tokio::test]
async fn an_encounter_refuses_every_step_its_status_does_not_allow_in_a_form_as_well() {
    let (Monday { mut world, anna, .. }, visit) = arrived().await;
    step(&mut world, "kim", &visit, json!({ "step": "room", "room": "Room 2" })).await;
    let one = encounters(&mut world, anna).await.remove(0);
    let to = |rev, status| StepEncounter { patient: anna, item: one.item, rev, status };
    let refused = world.seat.perform(to(one.rev, EncounterStatus::Planned)).await.err().unwrap();
    assert_eq!(refused.code, Code::IllegalStep);
    world.seat.perform(to(one.rev, EncounterStatus::Finished)).await.unwrap();
    let rev = encounters(&mut world, anna).await[0].rev;
    assert_eq!(world.seat.perform(to(rev, EncounterStatus::InProgress)).await.err().unwrap().code, Code::IllegalStep);
    let kind = Coded { text: "Follow-up".into(), code: None, system: None };
    let (status, class, start) = ("planned".to_owned(), "AMB".to_owned(), None);
    let entry = Encounter { status, class, kind, start, end: None, reason: None, location: None };
    let edit = EditEncounter { patient: anna, item: one.item, rev, entry };
    assert_eq!(world.seat.perform(edit).await.err().unwrap().code, Code::IllegalStep);
}

async fn vitals_due(world: &mut World) -> Value {
    let day = world.seat.dispatch("my_day", json!({})).await.unwrap();
    let figures = day["figures"].as_array().unwrap();
    let due = serde_json::to_value(FigureOf::VitalsDue).unwrap();
    figures.iter().find(|one| one["of"] == due).map_or(Value::Null, |one| one["count"].clone())
}

#[tokio::test]
async fn the_nurses_day_counts_whose_vital_signs_are_due_until_they_are_taken() {
    let (Monday { mut world, anna, .. }, _) = arrived().await;
    assert_eq!(vitals_due(&mut world).await, Value::Null, "not the front desk's to know");
    sign_in(&mut world.seat, "kim").await;
    assert_eq!(vitals_due(&mut world).await, 1);
    let (vitals, at) = (Vitals { heart_rate: Some(72.0), ..Vitals::default() }, "2026-11-23T12:30:00Z".to_owned());
    world.seat.perform(RecordVitals { patient: anna, visit: None, at, vitals, confirmed: vec![] }).await.unwrap();
    assert_eq!(vitals_due(&mut world).await, 0);
}

#[tokio::test]
async fn open_tasks_count_in_the_care_score_and_one_that_is_overdue_weighs_two() {
    let Monday { mut world, anna, .. } = monday().await;
    sign_in(&mut world.seat, "osei").await;
    let before = world.seat.perform(CareOverview { patient: anna }).await.unwrap();
    assert_eq!((before.open_tasks, before.overdue_tasks), (0, 0));
    let task = |due: &str| AddTask {
        patient: anna,
        text: "Call her".into(),
        priority: "routine".into(),
        due: Some(due.into()),
        owner: None,
        focus: None,
    };
    world.seat.perform(task("2026-11-23")).await.unwrap();
    let today = world.seat.perform(CareOverview { patient: anna }).await.unwrap();
    assert_eq!((today.open_tasks, today.overdue_tasks, today.score), (1, 0, before.score));
    world.seat.perform(task("2026-11-22")).await.unwrap();
    let late = world.seat.perform(CareOverview { patient: anna }).await.unwrap();
    assert_eq!((late.open_tasks, late.overdue_tasks, late.score), (2, 1, before.score + 2));
}

#[tokio::test]
async fn the_encounter_of_a_visit_in_the_wrong_record_counts_nowhere_and_a_clinicians_program_writes_so() {
    let (Monday { mut world, anna, ben, .. }, visit) = arrived().await;
    sign_in(&mut world.seat, "osei").await;
    let care = json!({ "patient": anna });
    let overdue = |view: &Value| view["gaps"].to_string().contains("visit_overdue");
    assert!(overdue(&world.seat.dispatch("care_overview", care.clone()).await.unwrap()));
    let visit = step(&mut world, "kim", &visit, json!({ "step": "room", "room": "Room 2" })).await;
    let [wrong] = encounters(&mut world, anna).await.try_into().unwrap_or_else(|_| panic!("one encounter"));
    let note = NoteText { title: "Visit".into(), template: "free".into(), text: "Feels well.".into() };
    world.seat.perform(WriteNote { patient: anna, visit: Some(wrong.item), note }).await.unwrap();
    assert!(!overdue(&world.seat.dispatch("care_overview", care.clone()).await.unwrap()), "so far it counts");
    sign_in(&mut world.seat, "lopez").await;
    with(&mut world.seat, "correct_visit", &visit, json!({ "reason": "wrong_patient", "to": ben })).await.unwrap();
    // The desk holds no key to write it; nothing counts it all the same, before anybody has opened the chart.
    sign_in(&mut world.seat, "osei").await;
    assert!(overdue(&world.seat.dispatch("care_overview", care).await.unwrap()));
    let page = json!({ "patient": anna, "kinds": [], "in_error": false, "offset": 0, "limit": 20 });
    let timeline = world.seat.dispatch("read_timeline", page.clone()).await.unwrap();
    assert_eq!((&timeline["kinds"]["encounter"], &timeline["kinds"]["note"]), (&Value::Null, &json!(1)));
    let copy = json!({
        "document": "patient_copy", "patient": anna, "visit": null, "purpose": "patient_request",
        "for_whom": "patient", "paper": "letter",
    });
    let paper = world.seat.dispatch("print", copy).await.unwrap().to_string();
    assert!(!paper.contains("in-progress") && !paper.contains("in progress"), "{paper}");
    let history = json!({ "patient": anna, "item": wrong.item, "section": "encounters" });
    let first = world.seat.dispatch("item_history", history.clone()).await.unwrap();
    let chart = world.open(anna).await.unwrap();
    assert!(chart.encounters.unwrap().is_empty());
    let about = |tasks: Vec<wardseal::app::views::TaskView>| {
        tasks.into_iter().filter(|one| one.text.starts_with("A visit was in the wrong record")).count()
    };
    assert_eq!(about(chart.tasks.unwrap()), 0, "what this opening leaves is shown by the next");
    // From here on it's written down, with who said so at the desk and why, and what hangs on it has its task.
    let second = world.seat.dispatch("item_history", history.clone()).await.unwrap();
    assert_ne!(first, second);
    assert!(second.to_string().contains("wrong_patient") && second.to_string().contains("M. Lopez"), "{second}");
    let chart = world.open(anna).await.unwrap();
    assert!(chart.encounters.unwrap().is_empty());
    assert_eq!(about(chart.tasks.unwrap()), 1, "once");
    assert_eq!(world.seat.dispatch("item_history", history).await.unwrap(), second, "and once only");
    let refused = world.seat.perform(StepEncounter {
        patient: anna,
        item: wrong.item,
        rev: wrong.rev + 1,
        status: EncounterStatus::Finished,
    });
    assert!(!matches!(refused.await, Ok(SavedItem::Saved { .. })), "no step goes on with it");
    assert!(world.open(ben).await.unwrap().encounters.unwrap().is_empty(), "Ben is checked in anew first");
}
