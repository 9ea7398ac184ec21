//! Every item can be corrected: entered in error, moved to the patient it belongs to, with all its versions kept.

use crate::clinic_day::{patient, problem};
use crate::world::{World, sign_in};
use uuid::Uuid;
use wardseal::app::views::{AllergyBanner, ChartView, ItemHistoryView, SavedItem, SavedProblem};
use wardseal::app::{AddProblem, Code, EditProblem, ItemHistory, MarkInError, MoveItem};
use wardseal::record::{
    Allergy, CarePlan, Coded, Content, Encounter, Immunization, Item, Medication, Note, Observation, ObservedValue,
    Procedure, Report, Section,
};

fn words(text: &str) -> Coded {
    Coded { text: text.into(), code: None, system: None }
}

/// One of each clinical kind, as an import brings them.
pub fn one_of_each() -> Vec<Content> {
    let at = || Some("2026-11-20T10:00:00Z".to_owned());
    let day = || Some("2026-11-20".to_owned());
    let status = || "completed".to_owned();
    vec![
        Content::Problem(problem("Hypertension")),
        Content::Medication(Medication {
            drug: words("Lisinopril 10 mg"),
            dosage: None,
            status: "active".into(),
            intent: Some("order".into()),
            ordered: at(),
            ended: None,
            reason: None,
            order: None,
        }),
        Content::Allergy(Allergy {
            substance: words("Penicillin"),
            kind: "allergy".into(),
            categories: vec![],
            criticality: Some("high".into()),
            reaction: None,
            severity: None,
            status: "active".into(),
            verification: None,
            onset: None,
        }),
        Content::Observation(Observation {
            code: words("Heart rate"),
            category: "vital-signs".into(),
            status: "final".into(),
            at: at(),
            value: Some(ObservedValue::Quantity { value: 72.0, unit: Some("/min".into()), comparator: None }),
            absent: None,
            range: None,
            interpretation: None,
            components: vec![],
            note: None,
            signed: None,
        }),
        Content::Note(Note {
            title: "Visit".into(),
            at: "2026-11-20T10:00:00Z".into(),
            text: "Feels well.".into(),
            signing: None,
        }),
        Content::Encounter(Encounter {
            status: "finished".into(),
            class: "AMB".into(),
            kind: words("Office visit"),
            start: at(),
            end: None,
            reason: None,
            location: None,
        }),
        Content::Immunization(Immunization { vaccine: words("Influenza"), status: status(), at: day(), lot: None }),
        Content::Procedure(Procedure {
            code: words("Spirometry"),
            status: status(),
            at: day(),
            until: None,
            reason: None,
        }),
        Content::Report(Report {
            code: words("Chest X-ray"),
            status: "final".into(),
            at: day(),
            conclusion: None,
            results: vec![],
        }),
        Content::CarePlan(CarePlan {
            title: "Lower salt".into(),
            status: "active".into(),
            start: day(),
            end: None,
            activities: vec![],
        }),
    ]
}

/// Anna, with one item of each kind, and Anne with none; the doctor sits there.
async fn clinic() -> (World, Uuid, Uuid) {
    let mut world = World::new().await;
    let items = one_of_each().into_iter().map(Item::new).collect();
    world
        .register(vec![
            (patient("Smith", "Anna", "1968-04-12"), items),
            (patient("Smith", "Anne", "1968-12-04"), vec![]),
        ])
        .await;
    world.sign_in("osei").await;
    let (anna, anne) = (world.find("smith, anna").await, world.find("smith, anne").await);
    (world, anna, anne)
}

/// Every item the chart lists, with its section.
fn listed(chart: &ChartView) -> Vec<(Uuid, Section)> {
    let mut items: Vec<(Uuid, Section)> = Vec::new();
    items.extend(chart.problems.iter().flatten().map(|one| (one.item, Section::Problems)));
    items.extend(chart.medications.iter().flatten().map(|one| (one.item, Section::Medications)));
    items.extend(chart.allergies.iter().flatten().map(|one| (one.item, Section::Allergies)));
    items.extend(chart.notes.iter().flatten().map(|one| (one.item, Section::Notes)));
    items.extend(chart.encounters.iter().flatten().map(|one| (one.item, Section::Encounters)));
    let section = |kind: &str| match kind {
        "immunization" => Section::Immunizations,
        "procedure" => Section::Procedures,
        "report" => Section::Reports,
        _ => Section::CarePlans,
    };
    items.extend(chart.other.iter().flatten().map(|one| (one.item, section(&one.kind))));
    items
}

async fn history(world: &mut World, patient: Uuid, item: Uuid, section: Section) -> ItemHistoryView {
    world.seat.perform(ItemHistory { patient, item, section }).await.unwrap()
}

#[tokio::test]
async fn whatever_was_entered_in_error_leaves_the_chart_and_stays_in_its_history() {
    let (mut world, anna, _) = clinic().await;
    let chart = world.open(anna).await.unwrap();
    let items = listed(&chart);
    assert_eq!(items.len(), 9, "one of each kind, but for observations, which are series");
    for (item, section) in items {
        let reason = "Meant for somebody else".to_owned();
        let marked = MarkInError { patient: anna, item, rev: 1, section, reason };
        let SavedItem::Saved { saved } = world.seat.perform(marked).await.unwrap() else { panic!("{section:?}") };
        assert_eq!((saved.rev, saved.in_error.unwrap().by.as_str()), (2, "Dr. R. Osei"));
        let told = history(&mut world, anna, item, section).await;
        assert_eq!((told.versions.len(), told.damaged), (2, 0), "{section:?}");
        assert_eq!(told.versions[0].in_error.as_ref().unwrap().reason, "Meant for somebody else");
        assert!(told.versions[0].changes.is_empty(), "what it said stays legible");
        assert!(!told.versions[1].changes.is_empty());
    }
    let chart = world.open(anna).await.unwrap();
    assert!(listed(&chart).is_empty());
    assert_eq!(chart.observations.unwrap().len(), 1);
    assert!(matches!(chart.banner.allergies, Some(AllergyBanner::NotRecorded)), "the allergy counts nowhere any more");
}

#[tokio::test]
async fn what_belongs_to_another_patient_is_made_again_there_and_marked_here_at_once() {
    let (mut world, anna, anne) = clinic().await;
    let items = listed(&world.open(anna).await.unwrap());
    for &(item, section) in &items {
        let reason = "Wrong chart was open".to_owned();
        let moved = MoveItem { patient: anna, item, rev: 1, section, to: anne, reason };
        assert!(matches!(world.seat.perform(moved).await.unwrap(), SavedItem::Saved { .. }), "{section:?}");
    }
    assert!(listed(&world.open(anna).await.unwrap()).is_empty());
    let there = listed(&world.open(anne).await.unwrap());
    assert_eq!(there.iter().map(|one| one.1).collect::<Vec<_>>(), items.iter().map(|one| one.1).collect::<Vec<_>>());
    let told = history(&mut world, anne, there[0].0, there[0].1).await;
    assert_eq!(told.versions[0].moved.as_ref().unwrap().reason, "Wrong chart was open");
    let told = history(&mut world, anna, items[0].0, items[0].1).await;
    assert!(told.versions[0].in_error.as_ref().unwrap().moved);
}

#[tokio::test]
async fn an_item_is_not_moved_to_a_patient_whom_one_does_not_treat_nor_to_nobody() {
    let (mut world, anna, _) = clinic().await;
    let (item, section) = listed(&world.open(anna).await.unwrap())[0];
    let to = |to: Uuid| MoveItem { patient: anna, item, rev: 1, section, to, reason: "Wrong chart".into() };
    assert_eq!(world.seat.perform(to(Uuid::new_v4())).await.err().unwrap().code, Code::NotOnCareTeam);
    assert_eq!(world.seat.perform(to(anna)).await.err().unwrap().code, Code::Invalid);
    assert_eq!(listed(&world.open(anna).await.unwrap()).len(), 9);
}

#[tokio::test]
async fn a_nurse_marks_what_she_may_write_and_nothing_else() {
    let (mut world, anna, _) = clinic().await;
    let items = listed(&world.open(anna).await.unwrap());
    world.seat.sign_out().await.unwrap();
    world.sign_in("kim").await;
    let mut marked = Vec::new();
    for (item, section) in items {
        let mark = MarkInError { patient: anna, item, rev: 1, section, reason: "Entered twice".into() };
        match world.seat.perform(mark).await {
            Ok(_) => marked.push(section),
            Err(refused) => assert_eq!(refused.code, Code::NoRight),
        }
    }
    use Section::{Allergies, CarePlans, Encounters, Immunizations, Notes};
    assert_eq!(marked, [Allergies, Notes, Encounters, Immunizations, CarePlans]);
}

#[tokio::test]
async fn of_a_mark_and_an_edit_at_once_one_wins_and_the_other_is_shown_it() {
    let (mut world, patient, _) = clinic().await;
    let mut other = world.another_seat().await;
    sign_in(&mut other, "osei").await;
    let (item, section) = listed(&world.open(patient).await.unwrap())[0];
    let edit = EditProblem { patient, item, rev: 1, problem: problem("Essential hypertension") };
    assert!(matches!(other.perform(edit).await.unwrap(), SavedProblem::Saved { .. }));
    let mark = |rev| MarkInError { patient, item, rev, section, reason: "Entered twice".into() };
    let SavedItem::Conflict { current } = world.seat.perform(mark(1)).await.unwrap() else { panic!("a conflict") };
    assert_eq!(current.rev, 2);
    assert!(matches!(world.seat.perform(mark(2)).await.unwrap(), SavedItem::Saved { .. }));
    let late = EditProblem { patient, item, rev: 2, problem: problem("Hypertension, again") };
    assert!(matches!(other.perform(late).await.unwrap(), SavedProblem::Conflict { .. }));
    let marked_again = EditProblem { patient, item, rev: 3, problem: problem("Hypertension, again") };
    assert!(matches!(other.perform(marked_again).await.unwrap(), SavedProblem::Conflict { .. }), "it stays in error");
    let told = history(&mut world, patient, item, section).await;
    let revs: Vec<i64> = told.versions.iter().map(|one| one.rev).collect();
    assert_eq!(revs, [3, 2, 1]);
    let change = told.versions[1].changes.iter().find(|one| one.field == "text").unwrap();
    assert_eq!((change.old.as_deref(), change.new.as_deref()), (Some("Hypertension"), Some("Essential hypertension")));
}

#[tokio::test]
async fn a_reason_is_asked_for_and_an_item_is_only_found_in_its_own_section() {
    let (mut world, anna, anne) = clinic().await;
    let (item, section) = listed(&world.open(anna).await.unwrap())[0];
    let mark = |patient, section, reason: &str| MarkInError { patient, item, rev: 1, section, reason: reason.into() };
    assert_eq!(world.seat.perform(mark(anna, section, " ")).await.err().unwrap().code, Code::Invalid);
    let elsewhere = mark(anna, Section::Notes, "Entered twice");
    assert_eq!(world.seat.perform(elsewhere).await.err().unwrap().code, Code::NotFound);
    let of_another = mark(anne, section, "Entered twice");
    assert_eq!(world.seat.perform(of_another).await.err().unwrap().code, Code::NotFound);
    world.seat.perform(AddProblem { patient: anna, problem: problem("Asthma") }).await.unwrap();
    assert_eq!(world.open(anna).await.unwrap().problems.unwrap().len(), 2);
}
