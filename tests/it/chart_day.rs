//! Vital signs, results, allergies, tasks and the timeline, as a day in a clinic brings them.

use crate::clinic_day::patient;
use crate::world::World;
use std::time::Duration;
use uuid::Uuid;
use wardseal::app::views::{AllergyBanner, ChartView, ItemView, SavedItem, SavedVitals, TimelineView};
use wardseal::app::{
    AddAllergy, AddCarePlan, AddTask, ChangeTask, Code, ConfirmNoAllergies, EditAllergy, Failure, MarkInError,
    ReadTimeline, ReadWorklist, RecordResult, RecordVitals, SignResult,
};
use wardseal::record::vitals::{Doubt, Vitals};
use wardseal::record::{Allergy, CarePlan, Circle, Coded, Section, TaskKind, TaskStatus};

async fn clinic(username: &str) -> (World, Uuid) {
    let mut world = World::new().await;
    world.register(vec![(patient("Smith", "Anna", "1968-04-12"), vec![])]).await;
    world.sign_in(username).await;
    let anna = world.find("smith").await;
    (world, anna)
}

fn saved(answer: Result<SavedItem, Failure>) -> ItemView {
    match answer.unwrap() {
        SavedItem::Saved { saved } => saved,
        SavedItem::Conflict { .. } => panic!("a conflict"),
    }
}

async fn switch(world: &mut World, to: &str) {
    world.seat.sign_out().await.unwrap();
    world.sign_in(to).await;
}

fn vitals(patient: Uuid, at: &str, vitals: Vitals, confirmed: &[&str]) -> RecordVitals {
    let confirmed = confirmed.iter().map(|one| (*one).to_owned()).collect();
    RecordVitals { patient, visit: None, at: at.into(), vitals, confirmed }
}

const NOW: &str = "2026-11-22T09:40:00Z";

#[tokio::test]
async fn a_set_of_vital_signs_is_kept_with_the_time_it_was_observed() {
    let (mut world, anna) = clinic("kim").await;
    let set = Vitals {
        systolic: Some(150.0),
        diastolic: Some(92.0),
        heart_rate: Some(72.0),
        temperature: Some(37.5),
        weight: Some(71.2),
        ..Vitals::default()
    };
    let early = "2026-11-22T10:10:00+01:00";
    let SavedVitals::Saved { saved, .. } = world.seat.perform(vitals(anna, early, set, &[])).await.unwrap() else {
        panic!("nothing is doubtful")
    };
    assert_eq!(saved.len(), 4);
    let series = world.open(anna).await.unwrap().observations.unwrap();
    let systolic = series.iter().find(|one| one.code == "8480-6").unwrap();
    let point = &systolic.points[0];
    assert_eq!(
        (point.value, point.flag.as_deref(), point.at.as_str()),
        (Some(150.0), Some("high"), "2026-11-22T09:10:00Z")
    );
}

#[tokio::test]
async fn what_cannot_be_is_refused_what_is_unlikely_is_asked_about_and_nothing_lies_in_the_future() {
    let (mut world, anna) = clinic("kim").await;
    let weight = |weight| Vitals { weight: Some(weight), ..Vitals::default() };
    world.seat.perform(vitals(anna, NOW, weight(71.2), &[])).await.unwrap();
    let fever = Vitals { temperature: Some(375.0), ..Vitals::default() };
    for confirmed in [&[][..], &["temperature"]] {
        let answer = world.seat.perform(vitals(anna, NOW, fever.clone(), confirmed)).await.unwrap();
        let SavedVitals::Doubted { doubts } = answer else { panic!("375 degrees are never kept") };
        assert_eq!((doubts[0].why, doubts[0].meant), (Doubt::DecimalPoint, Some(37.5)));
    }
    let pounds = world.seat.perform(vitals(anna, NOW, weight(157.0), &[])).await.unwrap();
    let SavedVitals::Doubted { doubts } = pounds else { panic!("asked about") };
    assert_eq!(doubts[0].why, Doubt::OtherUnit);
    let confirmed = world.seat.perform(vitals(anna, NOW, weight(157.0), &["weight"])).await.unwrap();
    assert!(matches!(confirmed, SavedVitals::Saved { .. }));
    let ahead = vitals(anna, "2026-11-22T11:40:00Z", weight(71.0), &[]);
    assert_eq!(world.seat.perform(ahead).await.err().unwrap().fields["why"], "future");
    let nothing = vitals(anna, NOW, Vitals::default(), &[]);
    assert_eq!(world.seat.perform(nothing).await.err().unwrap().code, Code::Invalid);
}

fn result(patient: Uuid, value: f64) -> RecordResult {
    let code = "2823-3".into();
    RecordResult { patient, visit: None, code, value, at: NOW.into(), note: None, doctor: Some("osei".into()) }
}

#[tokio::test]
async fn a_critical_potassium_is_told_to_ever_more_people_until_somebody_says_what_he_did() {
    let (mut world, anna) = clinic("kim").await;
    let critical = saved(world.seat.perform(result(anna, 7.1)).await);
    assert!(world.seat.perform(ReadWorklist { all: false }).await.unwrap().tasks.is_empty(), "it is the doctor's");
    for (minutes, circle) in [(15, Circle::CareTeam), (15, Circle::Alarm)] {
        world.wait(Duration::from_secs(minutes * 60));
        world.sign_in("kim").await;
        let alarm = world.seat.perform(ReadWorklist { all: false }).await.unwrap().tasks.remove(0);
        assert_eq!((alarm.kind, alarm.circle), (TaskKind::AcknowledgeCritical, circle));
        assert_eq!(alarm.text, "Potassium 7.1 mmol/L");
    }
    let alarm = world.seat.perform(ReadWorklist { all: false }).await.unwrap().tasks.remove(0);
    let end = |outcome: Option<&str>| ChangeTask {
        patient: anna,
        item: alarm.item,
        rev: alarm.rev,
        status: Some(TaskStatus::Completed),
        owner: None,
        outcome: outcome.map(Into::into),
    };
    assert_eq!(world.seat.perform(end(None)).await.err().unwrap().code, Code::Invalid);
    saved(world.seat.perform(end(Some("Doctor called, calcium given"))).await);
    switch(&mut world, "osei").await;
    let list = world.seat.perform(ReadWorklist { all: false }).await.unwrap().tasks;
    assert_eq!(list.iter().map(|one| one.kind).collect::<Vec<_>>(), [TaskKind::SignResult]);
    let sign = || SignResult { patient: anna, item: critical.item, rev: critical.rev };
    let signed = saved(world.seat.perform(sign()).await);
    let again = SignResult { rev: signed.rev, ..sign() };
    assert_eq!(world.seat.perform(again).await.err().unwrap().code, Code::IllegalStep);
    assert!(world.seat.perform(ReadWorklist { all: true }).await.unwrap().tasks.is_empty());
    let point = &world.open(anna).await.unwrap().observations.unwrap()[0].points[0];
    assert_eq!((point.flag.as_deref(), point.unsigned), (Some("critical"), false));
}

#[tokio::test]
async fn a_result_entered_in_error_takes_its_alarm_with_it() {
    let (mut world, anna) = clinic("kim").await;
    let critical = saved(world.seat.perform(result(anna, 7.1)).await);
    let reason = "Another patient's sample".to_owned();
    let mark = MarkInError { patient: anna, item: critical.item, rev: 1, section: Section::Observations, reason };
    saved(world.seat.perform(mark).await);
    assert!(world.seat.perform(ReadWorklist { all: true }).await.unwrap().tasks.is_empty());
    assert!(world.open(anna).await.unwrap().observations.unwrap().is_empty());
}

fn penicillin(criticality: Option<&str>, kind: &str) -> Allergy {
    Allergy {
        substance: Coded { text: "Penicillin".into(), code: None, system: None },
        kind: kind.into(),
        categories: vec!["medication".into()],
        criticality: criticality.map(Into::into),
        reaction: Some("rash".into()),
        severity: None,
        status: "active".into(),
        verification: None,
        onset: None,
    }
}

fn banner(chart: &ChartView) -> &'static str {
    match chart.banner.allergies.as_ref().unwrap() {
        AllergyBanner::Recorded { severe, .. } if !severe.is_empty() => "severe",
        AllergyBanner::Recorded { mild, .. } if !mild.is_empty() => "mild",
        AllergyBanner::Recorded { .. } => "intolerance",
        AllergyBanner::NoneKnown { .. } => "none known",
        AllergyBanner::NotRecorded => "not recorded",
    }
}

#[tokio::test]
async fn the_banner_follows_the_five_states_of_allergies() {
    let (mut world, anna) = clinic("kim").await;
    assert_eq!(banner(&world.open(anna).await.unwrap()), "not recorded");
    world.seat.perform(ConfirmNoAllergies { patient: anna }).await.unwrap();
    let chart = world.open(anna).await.unwrap();
    let Some(AllergyBanner::NoneKnown { confirmed, by }) = &chart.banner.allergies else { panic!("none known") };
    assert_eq!((confirmed.as_deref(), by.as_deref()), (Some("2026-11-22T09:41:00Z"), Some("N. Kim")));
    let add = AddAllergy { patient: anna, visit: None, entry: penicillin(Some("high"), "allergy") };
    let mut rev = saved(world.seat.perform(add).await);
    assert_eq!(banner(&world.open(anna).await.unwrap()), "severe");
    let refused = world.seat.perform(ConfirmNoAllergies { patient: anna }).await.err().unwrap();
    assert_eq!(refused.code, Code::IllegalStep, "one is recorded");
    for (entry, expected) in
        [(penicillin(Some("low"), "allergy"), "mild"), (penicillin(None, "intolerance"), "intolerance")]
    {
        rev = saved(world.seat.perform(EditAllergy { patient: anna, item: rev.item, rev: rev.rev, entry }).await);
        assert_eq!(banner(&world.open(anna).await.unwrap()), expected);
    }
    let reason = "Meant for her sister".to_owned();
    let mark = MarkInError { patient: anna, item: rev.item, rev: rev.rev, section: Section::Allergies, reason };
    saved(world.seat.perform(mark).await);
    assert_eq!(banner(&world.open(anna).await.unwrap()), "none known", "what was said before is true again");
}

#[tokio::test]
async fn a_task_is_made_handed_on_begun_and_done() {
    let (mut world, anna) = clinic("osei").await;
    let task = AddTask {
        patient: anna,
        text: "Call the daughter".into(),
        priority: "urgent".into(),
        due: Some("2026-11-22".into()),
        owner: Some("kim".into()),
        focus: None,
    };
    let made = saved(world.seat.perform(task).await);
    assert!(world.seat.perform(ReadWorklist { all: false }).await.unwrap().tasks.is_empty());
    assert_eq!(world.seat.perform(ReadWorklist { all: true }).await.unwrap().tasks.len(), 1);
    switch(&mut world, "kim").await;
    let step = |rev, status, owner: Option<&str>| ChangeTask {
        patient: anna,
        item: made.item,
        rev,
        status,
        owner: owner.map(Into::into),
        outcome: None,
    };
    saved(world.seat.perform(step(1, Some(TaskStatus::Accepted), None)).await);
    saved(world.seat.perform(step(2, None, Some("osei"))).await);
    assert!(world.seat.perform(ReadWorklist { all: false }).await.unwrap().tasks.is_empty(), "handed on");
    let nobody = world.seat.perform(step(3, None, Some("lopez"))).await;
    assert_eq!(nobody.err().unwrap().code, Code::Invalid, "the front desk treats nobody");
    saved(world.seat.perform(step(3, Some(TaskStatus::InProgress), None)).await);
    let refused = world.seat.perform(step(4, Some(TaskStatus::Received), None)).await;
    assert_eq!(refused.err().unwrap().code, Code::IllegalStep);
    saved(world.seat.perform(step(4, Some(TaskStatus::Completed), None)).await);
    assert!(world.open(anna).await.unwrap().tasks.unwrap().is_empty());
    let told = timeline(&mut world, anna, &["task"], false, 0, 10).await;
    assert_eq!(told.rows[0].status, "completed");
}

async fn timeline(
    world: &mut World,
    patient: Uuid,
    kinds: &[&str],
    in_error: bool,
    offset: u64,
    limit: u64,
) -> TimelineView {
    let kinds = kinds.iter().map(|one| (*one).to_owned()).collect();
    let asked = ReadTimeline { patient, kinds, from: None, until: None, in_error, offset, limit };
    world.seat.perform(asked).await.unwrap()
}

#[tokio::test]
async fn the_timeline_shows_everything_in_one_order_by_kind_by_day_and_page_by_page() {
    let (mut world, anna) = clinic("kim").await;
    for day in 10..20 {
        let entry = CarePlan {
            title: format!("Plan {day}"),
            status: "active".into(),
            start: Some(format!("2026-11-{day}")),
            end: None,
            activities: vec![],
        };
        saved(world.seat.perform(AddCarePlan { patient: anna, visit: None, entry }).await);
    }
    saved(world.seat.perform(result(anna, 4.1)).await);
    let all = timeline(&mut world, anna, &[], false, 0, 100).await;
    assert_eq!((all.total, all.kinds["care_plan"], all.kinds["result"], all.kinds["task"]), (12, 10, 1, 1));
    assert!(all.rows.windows(2).all(|pair| pair[0].at >= pair[1].at), "newest first");
    let page = timeline(&mut world, anna, &["care_plan"], false, 3, 3).await;
    let titles: Vec<&str> = page.rows.iter().map(|row| row.text.as_str()).collect();
    assert_eq!((page.total, titles), (10, vec!["Plan 16", "Plan 15", "Plan 14"]));
    let within = ReadTimeline {
        patient: anna,
        kinds: vec![],
        from: Some("2026-11-12".into()),
        until: Some("2026-11-13".into()),
        in_error: false,
        offset: 0,
        limit: 10,
    };
    assert_eq!(world.seat.perform(within).await.unwrap().total, 2);
    let row = &page.rows[0];
    let reason = "Entered twice".to_owned();
    let mark = MarkInError { patient: anna, item: row.item, rev: row.rev, section: row.section, reason };
    saved(world.seat.perform(mark).await);
    assert_eq!(timeline(&mut world, anna, &["care_plan"], false, 0, 10).await.total, 9);
    let struck = timeline(&mut world, anna, &["care_plan"], true, 0, 10).await;
    assert_eq!((struck.total, struck.rows.iter().filter(|row| row.in_error.is_some()).count()), (10, 1));
}
