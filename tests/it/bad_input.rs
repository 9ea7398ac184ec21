//! Bad input gets a clear answer and loses nothing: hostile files, full and read-only disks, impossible entries.

use crate::clinic_day::{patient, problem};
use crate::import::{Folder, anna, condition, import};
use crate::world::World;
use proptest::prelude::*;
use serde_json::{Value, json};
use std::path::PathBuf;
use uuid::Uuid;
use wardseal::app::commands::COMMANDS;
use wardseal::app::{Code, Failure};
use wardseal::record::{PatientRecord, Problem};
use wardseal::store::find_documents;

const COLLECTIONS: [&str; 7] = ["patients", "patient_keys", "items", "versions", "care_team", "origins", "accounts"];

/// Every stored document, in order: what must be the same before and after a refusal.
async fn stored(world: &World) -> Vec<Vec<u8>> {
    let mut all = vec![];
    for collection in COLLECTIONS {
        let found = find_documents(world.seat.store(), collection, bson::doc! {}, None).await.unwrap();
        all.extend(found.iter().map(|document| document.as_bytes().to_vec()));
    }
    all
}

async fn clinic_with_anna() -> (World, Uuid) {
    let mut world = World::new().await;
    world.register(vec![(patient("Smith", "Anna", "1968-04-12"), vec![])]).await;
    world.sign_in("osei").await;
    let anna = world.find("smith").await;
    (world, anna)
}

// ---------------------------------------------------------------- files

/// Hostile files by name.
fn hostile() -> Vec<(&'static str, Vec<u8>)> {
    let bundle = |resources: &[Value]| {
        let entries: Vec<Value> = resources.iter().map(|one| json!({ "resource": one })).collect();
        json!({ "resourceType": "Bundle", "type": "transaction", "entry": entries }).to_string()
    };
    let mut half = anna();
    (half["id"], half["birthDate"]) = (json!("half"), json!("1968-02-30"));
    let whole = bundle(&[anna(), condition("anna", "c1", "Canary")]);
    let mut large = json!({ "resourceType": "Patient", "id": "large" });
    large["text"] = json!({ "div": "Canary".repeat(9_000_000) });
    let mut deep = String::from(r#"{"resourceType":"Patient","id":"deep","extension":"#);
    deep.extend(std::iter::repeat_n("[", 100_000));
    let latin: Vec<u8> = whole.bytes().map(|byte| if byte == b'y' { 0xE9 } else { byte }).collect();
    vec![
        ("cut.json", whole.as_bytes()[..whole.len() - 20].to_vec()),
        ("deep.json", deep.into_bytes()),
        ("empty.json", vec![]),
        ("impossible.json", bundle(&[anna(), half]).into_bytes()),
        ("large.json", large.to_string().into_bytes()),
        ("latin.json", latin),
        ("letter.json", b"Dear colleague, this is about Mrs Canary.".to_vec()),
        ("nothing.json", b"{\"resourceType\":\"Patient\"}".to_vec()),
        (
            "types.json",
            bundle(&[anna(), json!({ "resourceType": "Patient", "id": "x", "name": "Canary" })]).into_bytes(),
        ),
    ]
}

#[tokio::test]
async fn of_hostile_files_nothing_is_stored_and_nothing_is_quoted_and_the_others_go_on() {
    let folder = Folder::new();
    let mut files: Vec<PathBuf> = hostile().into_iter().map(|(name, text)| folder.put(name, text)).collect();
    let mut world = World::new().await;
    let before = stored(&world).await;
    let (done, refused) = import(&mut world, &files).await;
    assert_eq!((done.refused, done.sum.new), (files.len(), 0));
    assert!(stored(&world).await == before);
    for (said, (name, _)) in refused.iter().zip(hostile()) {
        assert!(said.starts_with(name) && !said.contains("Canary") && said.len() < 200, "{said}");
    }
    files.push(folder.resource("whole.json", &anna()));
    let (done, _) = import(&mut world, &files).await;
    assert_eq!((done.refused, done.sum.patients), (files.len() - 1, 1));
    for said in refused {
        eprintln!("{said}");
    }
}

#[tokio::test]
async fn a_folder_under_the_name_of_a_file_and_a_file_that_is_gone_are_refused_and_the_others_go_on() {
    let folder = Folder::new();
    std::fs::create_dir(folder.0.path().join("a.json")).unwrap();
    let files = [folder.0.path().join("a.json"), folder.0.path().join("gone.json"), folder.resource("b.json", &anna())];
    let mut world = World::new().await;
    let (done, _) = import(&mut world, &files).await;
    assert_eq!((done.refused, done.sum.patients), (2, 1));
}

#[tokio::test]
async fn references_in_a_circle_come_in_once_and_the_import_ends() {
    let folder = Folder::new();
    let mut order = condition("anna", "m1", "x");
    order["resourceType"] = json!("MedicationRequest");
    order["medicationReference"] = json!({ "reference": "MedicationRequest/m1", "display": "Aspirin" });
    order["basedOn"] = json!([{ "reference": "MedicationRequest/m1" }]);
    let mut anna = anna();
    anna["link"] = json!([{ "other": { "reference": "Patient/anna" }, "type": "seealso" }]);
    let mut world = World::new().await;
    let files = [folder.resource("a.json", &anna), folder.resource("m.json", &order)];
    let (done, refused) = import(&mut world, &files).await;
    assert_eq!((refused, done.sum.new), (vec![], 2));
    world.sign_in("osei").await;
    let anna = world.find("smith").await;
    assert_eq!(world.open(anna).await.unwrap().medications.unwrap().len(), 1);
}

// ---------------------------------------------------------------- names and entries

#[tokio::test]
async fn people_of_every_name_and_of_half_a_birth_date_are_found_and_open() {
    let people = [
        ("José", "María", "1980-05-06", "jose"),
        ("Nguyễn", "Thị Hoa", "1975", "nguyen"),
        ("O'Brien-Smith", "Mary", "1990-07", "obrien smith"),
        ("李", "伟", "1985-02", "李"),
        ("Y", "O", "2001-01-01", "y"),
        ("Smith123", "Ada", "1955-12-31", "smith123"),
    ];
    let mut world = World::new().await;
    let records: Vec<(PatientRecord, Vec<_>)> =
        people.iter().map(|(surname, given, born, _)| (patient(surname, given, born), vec![])).collect();
    assert_eq!(world.register(records).await.patients, people.len() as u64);
    world.sign_in("osei").await;
    for (surname, given, born, query) in people {
        for query in [query.to_owned(), surname.to_owned(), format!("{surname}, {given}")] {
            let found = world.find(&query).await;
            let banner = world.open(found).await.unwrap().banner;
            assert_eq!((banner.surname.as_str(), banner.birth_date.as_deref()), (surname, Some(born)), "{query}");
        }
    }
}

async fn add(world: &mut World, anna: Uuid, problem: Problem) -> Result<Value, Failure> {
    crate::world::write(&mut world.seat, "add_problem", json!({ "patient": anna, "problem": problem })).await
}

fn with(change: impl FnOnce(&mut Problem)) -> Problem {
    let mut entered = problem("Asthma");
    change(&mut entered);
    entered
}

#[tokio::test]
async fn a_refused_entry_is_told_its_field_and_the_reason_and_changes_nothing() {
    let (mut world, anna) = clinic_with_anna().await;
    let before = stored(&world).await;
    let long = || "x".repeat(201);
    let refused: [(Problem, &str, &str); 14] = [
        (with(|p| p.text = "  ".into()), "text", "empty"),
        (with(|p| p.text = "x".repeat(301)), "text", "too_long"),
        (with(|p| p.text = "two\nlines".into()), "text", "characters"),
        (with(|p| p.code = Some(long())), "code", "too_long"),
        (with(|p| p.code = Some("I\u{7}10".into())), "code", "characters"),
        (with(|p| p.system = Some(long())), "system", "too_long"),
        (with(|p| p.clinical_status = "busy".into()), "clinical_status", "not_listed"),
        (with(|p| p.verification = "Canary".into()), "verification", "not_listed"),
        (with(|p| p.onset = Some("last spring".into())), "onset", "date"),
        (with(|p| p.onset = Some("2026-02-30".into())), "onset", "impossible"),
        (with(|p| p.onset = Some("2026-13".into())), "onset", "impossible"),
        (with(|p| p.onset = Some("2027".into())), "onset", "future"),
        (with(|p| p.note = Some("x".repeat(10_001))), "note", "too_long"),
        (with(|p| p.note = Some("bell\u{7}".into())), "note", "characters"),
    ];
    for (entered, field, why) in refused {
        let failure = add(&mut world, anna, entered).await.err().unwrap();
        let told = (failure.code, failure.fields["field"].as_str().unwrap(), failure.fields["why"].as_str().unwrap());
        assert_eq!(told, (Code::Invalid, field, why));
    }
    assert!(stored(&world).await == before);
}

#[tokio::test]
async fn a_number_and_a_reason_that_are_refused_are_told_why() {
    let (mut world, anna) = clinic_with_anna().await;
    for (ssn, why) in [("", "empty"), ("123-45", "digits"), ("000-12-3456", "never_issued"), ("x", "digits")] {
        let entered = json!({ "patient": anna, "ssn": ssn });
        let failure = crate::world::write(&mut world.seat, "enter_national_id", entered).await.err().unwrap();
        assert_eq!((&failure.fields["field"], &failure.fields["why"]), (&json!("ssn"), &json!(why)));
    }
    for (reason, why) in [("  ", "empty"), ("why", "too_short"), (&*"x".repeat(501), "too_long")] {
        let asked = json!({ "patient": anna, "reason": reason });
        let failure = world.seat.dispatch("reveal_national_id", asked).await.err().unwrap();
        assert_eq!((&failure.fields["field"], &failure.fields["why"]), (&json!("reason"), &json!(why)));
    }
}

#[tokio::test]
async fn a_note_of_ten_thousand_characters_of_any_script_comes_back_as_it_was_typed() {
    let (mut world, anna) = clinic_with_anna().await;
    for letter in ["x", "é", "李", "\n", "😀"] {
        let note = letter.repeat(10_000);
        let text = format!("Asthma {}", letter.escape_debug());
        add(&mut world, anna, with(|p| (p.text, p.note) = (text.clone(), Some(note.clone())))).await.unwrap();
        let chart = world.open(anna).await.unwrap();
        let stored = chart.problems.unwrap().into_iter().find(|one| one.problem.text == text).unwrap();
        assert!(stored.problem.note.as_ref() == Some(&note));
    }
}

// ---------------------------------------------------------------- commands

/// Arguments that no screen sends.
fn malformed(anna: Uuid) -> Vec<Value> {
    let huge = "x".repeat(1_000_000);
    let deep = (0..100).fold(json!(0), |inner, _| json!([inner]));
    vec![
        json!(null),
        json!([]),
        json!("args"),
        json!(7),
        json!({}),
        json!({ "patient": 7, "item": [], "rev": "x", "problem": 1, "query": {}, "username": 1, "password": 2, "ssn": 3 }),
        json!({ "patient": anna.to_string() + "0", "reason": null, "query": null, "offset": -1, "limit": 1e99 }),
        json!({ "patient": huge, "query": huge, "username": huge, "password": huge, "offset": 0, "limit": 1 }),
        json!({ "patient": anna, "problem": { "text": deep }, "ssn": deep, "reason": deep, "query": deep }),
        json!({ "patient": anna, "item": anna, "rev": i64::MIN, "problem": problem("Asthma"), "extra": huge }),
        json!({ "query": "smith", "offset": u64::MAX, "limit": u64::MAX }),
        json!({ "query": "smith", "offset": 0, "limit": 0 }),
        json!({ "query": "\u{0}\u{202e}%$[{]}", "offset": 0, "limit": 50 }),
        json!({ "patient": anna, "ssn": huge, "reason": "\u{0}" }),
        json!({ "patient": Uuid::nil(), "ssn": "123-45-6789", "reason": "benefit application" }),
    ]
}

#[tokio::test]
async fn malformed_arguments_of_any_command_are_refused_and_change_nothing() {
    let (mut world, anna) = clinic_with_anna().await;
    let before = stored(&world).await;
    for command in
        COMMANDS.iter().filter(|command| !["add_problem", "lock", "sign_out", "sign_in"].contains(&command.name))
    {
        for arguments in malformed(anna) {
            if let Err(failure) = world.seat.dispatch(command.name, arguments).await {
                assert!(failure.to_string().len() < 200, "{}: a refusal doesn't repeat what was sent", command.name);
            }
        }
    }
    assert!(stored(&world).await == before);
    for command in ["add_problem", "sign_in", "lock", "sign_out", "no_such_command", ""] {
        for arguments in malformed(anna).into_iter().filter(|one| one.get("problem") != Some(&json!(problem("Asthma"))))
        {
            drop(world.seat.dispatch(command, arguments).await);
        }
    }
    assert!(stored(&world).await == before);
    world.sign_in("osei").await;
    assert!(world.open(anna).await.is_ok());
}

/// JSON of every shape, now and then with the words and ids that commands know.
fn any_json(anna: Uuid) -> impl Strategy<Value = Value> {
    let known = prop::sample::select(vec![
        json!(anna),
        json!("smith"),
        json!("123-45-6789"),
        json!(problem("Asthma")),
        json!("welcome to the demo clinic"),
        json!("1968-02-30"),
    ]);
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,40}".prop_map(Value::from),
        known,
    ];
    let name = prop_oneof![
        Just("patient"),
        Just("item"),
        Just("rev"),
        Just("problem"),
        Just("query"),
        Just("offset"),
        Just("limit"),
        Just("ssn"),
        Just("reason"),
        Just("username"),
        Just("password"),
        Just("text"),
        Just("note"),
        Just("onset"),
    ]
    .prop_map(str::to_owned);
    leaf.prop_recursive(3, 24, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(name.clone(), inner, 0..6).prop_map(|members| json!(members)),
        ]
    })
}

#[test]
fn no_json_makes_a_command_panic_or_damages_a_record() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (world, anna) = runtime.block_on(clinic_with_anna());
    let world = std::cell::RefCell::new(world);
    let names = prop::sample::select(COMMANDS.iter().map(|command| command.name).collect::<Vec<_>>());
    let cases = std::env::var("WARDSEAL_STEPS").ok().and_then(|n| n.parse().ok()).unwrap_or(300);
    let config = ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() };
    proptest!(config, |(name in names, arguments in any_json(anna))| {
        let mut world = world.borrow_mut();
        runtime.block_on(async {
            if let Err(failure) = world.seat.dispatch(name, arguments).await {
                assert!(failure.code != Code::Damaged && failure.to_string().len() < 200, "{name}: {failure}");
            }
        });
    });
    let mut world = world.into_inner();
    runtime.block_on(async {
        world.wait(std::time::Duration::from_secs(3_600));
        world.sign_in("osei").await;
        assert_eq!(world.open(anna).await.unwrap().damaged_items, 0);
    });
}
