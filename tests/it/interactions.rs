//! The interaction checker at the seat: what is told, what isn't, and what the audit keeps.

use crate::clinic_day::{patient, problem};
use crate::world::World;
use uuid::Uuid;
use wardseal::app::interactions::{AllergiesAsked, InteractionsView, SubjectView};
use wardseal::app::{CheckInteractions, Code, Meant};
use wardseal::record::interactions::Severity;
use wardseal::record::{Allergy, AllergyStatement, Coded, Content, Item, Medication};

pub fn drug(text: &str, status: &str) -> Item {
    Item::new(Content::Medication(medication(text, status)))
}

pub fn medication(text: &str, status: &str) -> Medication {
    let drug = Coded { text: text.into(), code: None, system: None };
    let said = serde_json::json!({ "drug": drug, "status": status, "ordered": "2026-11-01" });
    serde_json::from_value(said).unwrap()
}

pub fn allergy(text: &str) -> Item {
    Item::new(Content::Allergy(Allergy {
        substance: Coded { text: text.into(), code: None, system: None },
        kind: "allergy".into(),
        categories: vec![],
        criticality: None,
        reaction: None,
        severity: None,
        status: "active".into(),
        verification: None,
        onset: None,
    }))
}

pub async fn with(items: Vec<Item>) -> (World, Uuid) {
    let mut world = World::new().await;
    world.register(vec![(patient("Smith", "Anna", "1968-04-12"), items)]).await;
    world.sign_in("osei").await;
    let anna = world.find("smith, anna").await;
    (world, anna)
}

pub async fn check(world: &mut World, patient: Uuid, proposed: &[&str]) -> InteractionsView {
    let proposed = proposed.iter().map(|one| (*one).to_owned()).collect();
    world.seat.perform(CheckInteractions { patient, proposed, meant: vec![] }).await.unwrap()
}

fn worst(view: &InteractionsView) -> Option<Severity> {
    view.findings.iter().map(|one| one.severity).min()
}

#[tokio::test]
async fn a_doctor_who_thinks_of_ibuprofen_hears_of_warfarin_and_of_nothing_else() {
    let (mut world, anna) = with(vec![
        drug("Warfarin Sodium 5 MG Oral Tablet", "active"),
        drug("sertraline", "active"),
        drug("Bactrim", "cancelled"),
    ])
    .await;
    let view = check(&mut world, anna, &["Advil"]).await;
    assert_eq!((view.findings.len(), worst(&view)), (1, Some(Severity::Major)));
    let SubjectView::Drug { text, ingredients, item, .. } = &view.findings[0].subjects[1] else { panic!("a drug") };
    assert_eq!((text.as_str(), ingredients[0].as_str()), ("Warfarin Sodium 5 MG Oral Tablet", "warfarin"));
    assert!(item.is_some());
    let table = view.table.unwrap();
    assert_eq!((table.date.as_str(), table.reviewer), ("2026-11-22", None));
}

#[tokio::test]
async fn problems_allergies_and_the_last_egfr_take_part() {
    let egfr = serde_json::json!({ "kind": "observation", "value": {
        "code": { "text": "eGFR", "code": "33914-3", "system": "LOINC" }, "category": "laboratory", "status": "final",
        "at": "2026-10-01", "value": { "is": "quantity", "value": 24.0, "unit": "mL/min" },
    } });
    let asthma = Item::new(Content::Problem(problem("Asthma")));
    let (mut world, anna) = with(vec![
        Item::new(serde_json::from_value(egfr).unwrap()),
        asthma,
        allergy("Sulfa drugs"),
        allergy("a blue pill"),
    ])
    .await;
    assert_eq!(worst(&check(&mut world, anna, &["metformin"]).await), Some(Severity::Major));
    assert_eq!(worst(&check(&mut world, anna, &["propranolol"]).await), Some(Severity::Major));
    let view = check(&mut world, anna, &["Septra"]).await;
    assert_eq!((worst(&view), view.allergies), (Some(Severity::Major), AllergiesAsked::Recorded));
    assert_eq!(view.not_checked.len(), 1, "the blue pill");
    assert_eq!((view.not_checked[0].kind.as_str(), view.not_checked[0].text.as_str()), ("allergy", "a blue pill"));
}

#[tokio::test]
async fn no_known_allergies_and_never_asked_are_different_answers() {
    let mut world = World::new().await;
    let mut anne = patient("Smith", "Anne", "1968-12-04");
    anne.summary.allergies = AllergyStatement::NoneKnown { confirmed: None, by: None };
    world.register(vec![(anne, vec![]), (patient("Smith", "Anna", "1968-04-12"), vec![])]).await;
    world.sign_in("kim").await;
    let (anna, anne) = (world.find("smith, anna").await, world.find("smith, anne").await);
    assert_eq!(check(&mut world, anna, &[]).await.allergies, AllergiesAsked::NotAsked);
    assert_eq!(check(&mut world, anne, &[]).await.allergies, AllergiesAsked::NoneKnown);
}

#[tokio::test]
async fn a_misspelt_drug_is_checked_as_another_only_when_a_person_says_so() {
    let (mut world, anna) = with(vec![drug("Simvistatin 10 MG", "active"), drug("clarithromycin", "active")]).await;
    let view = check(&mut world, anna, &[]).await;
    assert_eq!((worst(&view), view.not_checked[0].suggestions.as_slice()), (None, &["simvastatin".to_owned()][..]));
    let meant = vec![Meant { written: "Simvistatin 10 MG".into(), meant: "simvastatin".into() }];
    let view = world.seat.perform(CheckInteractions { patient: anna, proposed: vec![], meant }).await.unwrap();
    assert_eq!((worst(&view), view.not_checked.len()), (Some(Severity::Major), 0));
}

#[tokio::test]
async fn without_a_table_that_can_be_trusted_everything_reads_not_checked() {
    let (mut world, anna) =
        with(vec![drug("warfarin", "active"), drug("aspirin", "active"), allergy("Penicillin")]).await;
    world.seat.use_interactions(None);
    let view = check(&mut world, anna, &["amoxicillin"]).await;
    assert!(view.table.is_none() && view.findings.is_empty());
    assert_eq!((view.drugs, view.not_checked.len()), (0, 4));
}

#[tokio::test]
async fn the_front_desk_checks_nothing() {
    let (mut world, anna) = with(vec![drug("warfarin", "active")]).await;
    world.seat.sign_out().await.unwrap();
    world.sign_in("lopez").await;
    let asked = CheckInteractions { patient: anna, proposed: vec![], meant: vec![] };
    assert_eq!(world.seat.perform(asked).await.err().unwrap().code, Code::NoRight);
}
