//! The interaction checker at the seat: what is told, what isn't, and what the audit keeps.

use crate::clinic_day::{patient, problem};
use crate::guard_loot::{Loot, Stolen};
use crate::import::{self, Folder};
use crate::world::World;
use serde_json::{Value, json};
use uuid::Uuid;
use wardseal::app::interactions::{AllergiesAsked, InteractionsView, SubjectView};
use wardseal::app::sign_in::DEMO_PASSWORD;
use wardseal::app::{CheckInteractions, Code, Meant};
use wardseal::audit::{Opener, Span};
use wardseal::keys::forms;
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

fn restricted(item: Item) -> Item {
    Item { sensitive: true, ..item }
}

#[tokio::test]
async fn a_restricted_drug_counts_and_no_answer_of_any_command_names_it() {
    let secret = drug("Kaletra 200 MG / 50 MG Oral Tablet", "active");
    let (mut world, anna) = with(vec![drug("Zocor 20 mg", "active"), restricted(secret)]).await;
    let view = check(&mut world, anna, &[]).await;
    assert_eq!((view.findings.len(), worst(&view)), (1, Some(Severity::Major)));
    assert!(matches!(view.findings[0].subjects[1], SubjectView::Restricted));
    assert_eq!((view.findings[0].rule.as_str(), view.drugs), ("restricted", 1));
    let told = [
        serde_json::to_string(&view).unwrap(),
        serde_json::to_string(&world.open(anna).await.unwrap()).unwrap(),
        serde_json::to_string(&check(&mut world, anna, &["midazolam", "rifampin", "fluticasone"]).await).unwrap(),
    ];
    for secret in ["kaletra", "lopinavir", "ritonavir", "protease", "hiv", "onc-11"] {
        assert!(told.iter().all(|told| !told.to_lowercase().contains(secret)), "{secret}");
    }
}

#[tokio::test]
async fn the_companion_of_a_restricted_item_is_not_there_for_any_command_that_names_items() {
    let secret = drug("Kaletra", "active");
    let (mut world, anna) = with(vec![restricted(secret)]).await;
    let stored = Stolen::open(&world.home()).documents("items");
    let companion =
        stored.iter().find(|one| one.get_str("section").is_ok_and(|code| code == "hidden_ingredients")).unwrap();
    let item = forms::uuid_of(companion, "_id").unwrap();
    let section = "hidden_ingredients";
    let chart = world.seat.open_chart(wardseal::app::OpenChart { patient: anna }).await.unwrap();
    let window = serde_json::json!({ "handle": chart.handle, "patient": anna });
    for (name, args) in [
        ("item_history", serde_json::json!({ "patient": anna, "item": item, "section": section })),
        (
            "mark_in_error",
            serde_json::json!({
                "patient": anna, "window": window, "item": item, "rev": 1, "section": section, "reason": "Not hers",
            }),
        ),
    ] {
        let refused = world.seat.dispatch(name, args).await.err().unwrap();
        assert!(matches!(refused.code, Code::NotFound | Code::NoRight), "{name}: {:?}", refused.code);
    }
}

#[tokio::test]
async fn restricted_problems_and_allergies_count_and_a_restricted_item_nobody_can_read_is_told() {
    let pregnant = Item::new(Content::Problem(problem("Normal pregnancy")));
    let (mut world, anna) =
        with(vec![restricted(pregnant), restricted(allergy("Penicillin")), restricted(drug("Zzyxol", "active"))]).await;
    for name in ["warfarin", "amoxicillin"] {
        let view = check(&mut world, anna, &[name]).await;
        assert_eq!((view.findings.len(), view.findings[0].rule.as_str()), (1, "restricted"), "{name}");
        assert_eq!((view.not_checked.len(), view.not_checked[0].kind.as_str()), (1, "restricted"));
        assert!(view.not_checked[0].text.is_empty() && view.not_checked[0].words.is_empty());
    }
}

/// A prescription of another system, labelled restricted there; with the last day it was taken, if it says one.
fn labelled(drug: &str, status: &str, until: Option<&str>) -> Value {
    let label = json!({ "system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "code": "R" });
    let bounds = until.map(|day| json!({ "start": "2026-01-01", "end": day }));
    let more = json!({
        "status": status, "intent": "order", "meta": { "security": [label] },
        "medicationCodeableConcept": { "text": drug }, "authoredOn": "2026-01-01",
        "dosageInstruction": [{ "timing": { "repeat": { "boundsPeriod": bounds.unwrap_or_else(|| json!({})) } } }],
    });
    import::of("anna", "MedicationRequest", "m1", &more)
}

/// What the check finds once the labelled prescription reads so.
async fn findings_of(world: &mut World, folder: &Folder, drug: &str, (status, until): (&str, Option<&str>)) -> usize {
    let file = folder.resource("m1.json", &labelled(drug, status, until));
    let (done, refused) = import::import(world, &[file]).await;
    assert_eq!((done.sum.new + done.sum.changed, refused), (1, vec![]));
    world.sign_in("osei").await;
    let anna = world.find("smith").await;
    let findings = check(world, anna, &["simvastatin", "sertraline"]).await.findings;
    world.seat.sign_out().await.unwrap();
    findings.iter().filter(|one| one.rule == "restricted").count()
}

#[tokio::test]
async fn a_restricted_drug_that_is_stopped_at_its_source_counts_no_more() {
    let (mut world, folder) = (World::new().await, Folder::new());
    import::import(&mut world, &[folder.resource("anna.json", &import::anna())]).await;
    for (said, found) in [(("active", None), 1), (("stopped", None), 0), (("active", None), 1)] {
        assert_eq!(findings_of(&mut world, &folder, "Norvir", said).await, found, "{said:?}");
    }
}

#[tokio::test]
async fn a_restricted_drug_that_still_works_counts_as_long_as_it_does() {
    let (mut world, folder) = (World::new().await, Folder::new());
    import::import(&mut world, &[folder.resource("anna.json", &import::anna())]).await;
    for (said, found) in [
        (("stopped", None), 1),
        (("stopped", Some("2026-11-08")), 1),
        (("stopped", Some("2026-11-07")), 0),
        (("completed", Some("2026-11-21")), 1),
        (("cancelled", None), 0),
    ] {
        assert_eq!(findings_of(&mut world, &folder, "Nardil", said).await, found, "{said:?}");
    }
}

#[tokio::test]
async fn a_drug_a_doctor_stops_is_forgotten_when_it_has_left_the_body() {
    let (mut world, anna) = with(vec![drug("Nardil 15 MG", "active")]).await;
    let stored = world.open(anna).await.unwrap().medications.unwrap().remove(0);
    let reason = Some("Headache".to_owned());
    let (item, rev, step) = (stored.item, stored.rev, wardseal::record::OrderStep::Stop);
    let stop = wardseal::app::StepOrder { patient: anna, item, rev, step, reason, said: Default::default() };
    world.seat.perform(stop).await.unwrap();
    for (days, found) in [(0, 1), (14, 1), (1, 0)] {
        world.wait(std::time::Duration::from_hours(24 * days));
        world.sign_in("osei").await;
        assert_eq!(check(&mut world, anna, &["sertraline"]).await.findings.len(), found, "{days} days later");
    }
}

#[tokio::test]
async fn the_audit_names_the_table_that_was_used() {
    let (mut world, anna) = with(vec![drug("warfarin", "active")]).await;
    check(&mut world, anna, &[]).await;
    world.seat.sign_out().await.unwrap();
    let auditor = Loot::of(&world.home(), world.keychain.as_ref(), "park", DEMO_PASSWORD);
    let read = |key| wardseal::audit::read(&world.home().audit(), &mut Opener::new(key).unwrap(), Span::ALL).unwrap();
    let rows: Vec<_> = auditor.private_keys().iter().flat_map(read).map(|(_, event)| event).collect();
    let row = rows.iter().find(|event| event.action.as_str() == "check_interactions").unwrap();
    let table = wardseal::app::interactions::shipped().unwrap();
    assert_eq!(row.detail.as_ref().map(|code| code.as_str()), Some(table.version()));
    assert_eq!(row.patient, Some(anna));
}
