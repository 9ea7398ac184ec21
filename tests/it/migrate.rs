//! A site moves to another store and back, killed on the way; plaintext moves in and is wiped.

use crate::clinic_day::{patient, problem};
use crate::crash::{self, Child};
use crate::crash_clinic::{Clinic, find};
use crate::guard_loot::Stolen;
use crate::world::{World, sign_in};
use serde_json::json;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;
use wardseal::app::demo_clinic::resources;
use wardseal::app::import_plain::{Mapping, wipe};
use wardseal::app::migrate::{LEFT_BEHIND, Target, is_known};
use wardseal::app::{AddProblem, CheckStore, Code, EnterNationalId, Home, OpenChart, SearchPatients, Workstation};
use wardseal::crypt::Profile;
use wardseal::store::embedded::Embedded;
use wardseal::store::memory::Memory;

/// `WARDSEAL_PATIENTS`, or a few.
fn patients() -> usize {
    std::env::var("WARDSEAL_PATIENTS").ok().and_then(|n| n.parse().ok()).unwrap_or(150)
}

async fn fill(seat: &mut Workstation) {
    sign_in(seat, "import").await;
    let people = (0..patients()).map(|n| (format!("p{n}"), patient(&format!("Family{n}"), "Maria", "1980-02-03")));
    let all = people.flat_map(|(id, record)| resources("test", &id, record, vec![], &["main"]));
    seat.import(all.collect::<Vec<_>>(), |_| ControlFlow::Continue(())).await.unwrap();
    sign_in(seat, "osei").await;
    for n in 0..5 {
        let one = find(seat, &format!("\"family{n}\"")).await[0];
        seat.perform(AddProblem { patient: one, problem: problem(&format!("Asthma {n}")) }).await.unwrap();
    }
    sign_in(seat, "lopez").await;
    let one = find(seat, "\"family3\"").await[0];
    seat.perform(EnterNationalId { patient: one, ssn: "123-45-6789".into() }).await.unwrap();
}

fn target(folder: &Path, profile: Profile) -> Target {
    let home = Home::at(folder);
    home.create().unwrap();
    Target { store: Arc::new(Embedded::open(&home.store()).unwrap()), profile }
}

/// Copies, compares, closes, opens there; the folder points to the new store afterwards.
async fn move_to(seat: &mut Workstation, home: &Home, folder: &Path, profile: Profile) {
    let target = target(folder, profile);
    sign_in(seat, "import").await;
    seat.copy_store(&target, |_| ControlFlow::Continue(())).await.unwrap();
    assert!(seat.verify_move(&target, patients()).await.unwrap().is_same());
    assert_eq!(seat.open_target(&target).await.err().unwrap().code, Code::Conflict, "it isn't closed yet");
    sign_in(seat, "adams").await;
    seat.close_store(true).await.unwrap();
    sign_in(seat, "import").await;
    let again = seat.copy_store(&target, |_| ControlFlow::Continue(())).await.unwrap();
    assert!(again.written < 10, "only what changed meanwhile: {again:?}");
    let compared = seat.verify_move(&target, patients()).await.unwrap();
    assert!(compared.is_same(), "{compared:?}");
    assert_eq!(compared.opened, patients());
    seat.open_target(&target).await.unwrap();
    home.join_store(folder).unwrap();
}

/// Every patient as a doctor opens her, by id.
async fn charts(seat: &mut Workstation) -> Vec<serde_json::Value> {
    let mut ids = Vec::new();
    for page in 0.. {
        let found = seat.perform(SearchPatients::page("family", page * 50, 50)).await.unwrap();
        ids.extend(found.rows.iter().map(|row| row.patient));
        if found.rows.is_empty() || ids.len() >= patients() {
            break;
        }
    }
    ids.sort();
    ids.dedup();
    let mut charts = Vec::new();
    for patient in ids {
        charts.push(serde_json::to_value(seat.perform(OpenChart { patient }).await.unwrap()).unwrap());
    }
    charts
}

#[tokio::test]
async fn a_site_moves_there_and_back_between_profiles_and_every_chart_is_the_same() {
    let mut world = World::new().await;
    fill(&mut world.seat).await;
    world.sign_in("osei").await;
    let before = charts(&mut world.seat).await;
    assert_eq!(before.len(), patients());
    let away = tempfile::tempdir().unwrap();
    let (home, clock) = (world.home(), world.clock.clone());
    move_to(&mut world.seat, &home, away.path(), Profile::Deterministic).await;
    // Nobody works with the old store any more.
    world.sign_in("osei").await;
    assert_eq!(world.search("family1").await.err().unwrap().code, Code::StoreMoved);
    let mut there = Workstation::open(home.clone(), world.keychain.clone(), clock.clone()).await.unwrap();
    sign_in(&mut there, "osei").await;
    assert_eq!(there.site().profile, Profile::Deterministic);
    assert!(charts(&mut there).await == before);
    let check = there.perform(CheckStore {}).await.unwrap();
    assert!(check.findings.is_empty(), "{:?}", check.findings.len());
    // And back, into the store that was closed.
    let back = tempfile::tempdir().unwrap();
    move_to(&mut there, &home, back.path(), Profile::Queryable).await;
    let mut here = Workstation::open(home.clone(), world.keychain.clone(), clock).await.unwrap();
    sign_in(&mut here, "osei").await;
    assert!(charts(&mut here).await == before);
    assert!(here.perform(CheckStore {}).await.unwrap().findings.is_empty());
    let one = find(&mut here, "\"family4\"").await[0];
    here.perform(AddProblem { patient: one, problem: problem("Gout") }).await.unwrap();
}

#[tokio::test]
async fn a_store_that_somebody_works_with_is_never_written_over_and_a_stopped_copy_goes_on() {
    let mut world = World::new().await;
    fill(&mut world.seat).await;
    let other = World::new().await;
    let taken = Target { store: Arc::new(Embedded::open(&other.home().store()).unwrap()), profile: Profile::Queryable };
    world.sign_in("import").await;
    let refused = world.seat.copy_store(&taken, |_| ControlFlow::Continue(())).await.err().unwrap();
    assert_eq!((refused.code, &refused.fields["field"]), (Code::Invalid, &json!("target")));
    let memory = Target { store: Arc::new(Memory::new()), profile: Profile::Queryable };
    let stopped = world.seat.copy_store(&memory, |so_far| {
        if so_far.written > 20 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    assert_eq!(stopped.await.err().unwrap().code, Code::Cancelled);
    world.seat.copy_store(&memory, |_| ControlFlow::Continue(())).await.unwrap();
    assert!(world.seat.verify_move(&memory, 20).await.unwrap().is_same());
    // Who may not, doesn't.
    for user in ["osei", "adams", "lopez"] {
        world.sign_in(user).await;
        let refused = world.seat.copy_store(&memory, |_| ControlFlow::Continue(())).await.err().unwrap();
        assert_eq!(refused.code, Code::NoRight, "{user}");
    }
    world.sign_in("osei").await;
    assert_eq!(world.seat.close_store(true).await.err().unwrap().code, Code::NoRight);
    assert_eq!(world.search("\"family1\"").await.unwrap().total, 1);
}

#[tokio::test]
async fn every_collection_moves_or_is_left_behind_on_purpose() {
    let mut world = World::new().await;
    fill(&mut world.seat).await;
    drop(Stolen::open(&world.home()));
    for file in [world.home().store(), world.home().keys()] {
        let file = rusqlite::Connection::open(file).unwrap();
        let mut names = file.prepare("SELECT name FROM collections").unwrap();
        for name in names.query_map([], |row| row.get::<_, String>(0)).unwrap() {
            let name = name.unwrap();
            assert!(is_known(&name) || name.starts_with("enxcol_"), "{name} is neither moved nor left behind");
        }
    }
    assert_eq!(LEFT_BEHIND, ["enrolments", "handovers"]);
}

/// Copies for ever, from store to store, saying each share.
#[tokio::test]
async fn child_that_moves_a_site() {
    let Some(folder) = crash::folder() else { return };
    let clinic = Clinic::at(&folder);
    let mut seat = clinic.seat_of("import").await;
    let away = target(&folder.with_extension("away"), Profile::Deterministic);
    let done = seat.copy_store(&away, |so_far| {
        crash::acknowledge(&format!("{} {}", so_far.looked, so_far.written));
        ControlFlow::Continue(())
    });
    done.await.unwrap();
}

#[tokio::test]
async fn a_move_that_is_killed_anywhere_goes_on_and_ends_with_the_same_site() {
    let (kills, place) = (crash::kills(4), tempfile::tempdir().unwrap());
    let folder = place.path().join("clinic");
    let clinic = Clinic::founded(&folder).await;
    let mut seat = clinic.seat().await;
    fill(&mut seat).await;
    sign_in(&mut seat, "osei").await;
    let before = charts(&mut seat).await;
    let mut steps = 0;
    for round in 0..kills {
        if round % 4 == 0 {
            drop(std::fs::remove_dir_all(folder.with_extension("away")));
        }
        steps += Child::of("migrate::child_that_moves_a_site").within(9, 40_000).kill_at_random(&folder).len();
        // The site is as it was, and people work.
        let one = find(&mut seat, &format!("\"family{}\"", round % 5)).await;
        assert_eq!(one.len(), 1);
    }
    let home = clinic.home();
    move_to(&mut seat, &home, &folder.with_extension("away"), Profile::Deterministic).await;
    let mut there = clinic.seat_of("osei").await;
    assert!(charts(&mut there).await == before);
    assert!(there.perform(CheckStore {}).await.unwrap().findings.is_empty());
    eprintln!("{kills} sudden ends, {steps} acknowledged shares, {} patients the same", before.len());
}

const MAPPING: &str = r#"{ "system": "legacy", "id": "no", "dates": "MM/DD/YYYY", "fields": {
    "surname": "last", "given": "first", "birth_date": "born", "sex": "sex", "mrn": "mrn", "phone": "tel",
    "email": "mail", "city": "town", "ssn": "ssn", "carrier": "plan", "policy": "policy", "problems": "dx" } }"#;

fn table(rows: usize) -> String {
    let mut text = "no,last,first,born,sex,mrn,tel,mail,town,ssn,plan,policy,dx\n".to_owned();
    for n in 0..rows {
        let dx = if n % 2 == 0 { "Asthma; Gout" } else { "" };
        text +=
            &format!("{n},Legacy{n},Ann,02/1{}/1980,F,L{n:05},555-010{},,Springfield,,Acme,P{n},{dx}\n", n % 9, n % 10);
    }
    text
}

#[tokio::test]
async fn a_table_moves_in_is_found_again_and_is_wiped() {
    let (mut world, place) = (World::new().await, tempfile::tempdir().unwrap());
    let file = place.path().join("legacy.csv");
    std::fs::write(&file, table(60)).unwrap();
    let mapping = Mapping::read(MAPPING.as_bytes()).unwrap();
    let rows = mapping.rows(&file).unwrap();
    world.sign_in("import").await;
    // Stopped in the middle, and run again.
    world.seat.import_rows(&rows[..25], "main", |_| ControlFlow::Continue(())).await.unwrap();
    assert_eq!(world.seat.verify_rows(&rows, 60).await.unwrap().found, 25);
    let sum = world.seat.import_rows(&rows, "main", |_| ControlFlow::Continue(())).await.unwrap();
    assert_eq!(sum.patients, 35);
    let found = world.seat.verify_rows(&rows, 60).await.unwrap();
    assert_eq!((found.found, found.opened, found.different), (60, 60, 0));
    let again = world.seat.import_rows(&rows, "main", |_| ControlFlow::Continue(())).await.unwrap();
    assert_eq!((again.new, again.changed), (0, 0));
    // A changed cell is a change of the same patient, and noticed by the comparison before.
    std::fs::write(&file, table(60).replace("Legacy7,Ann", "Legacy7,Anne")).unwrap();
    let changed = mapping.rows(&file).unwrap();
    assert_eq!(world.seat.verify_rows(&changed, 60).await.unwrap().different, 1);
    world.seat.import_rows(&changed, "main", |_| ControlFlow::Continue(())).await.unwrap();
    assert_eq!(world.seat.verify_rows(&changed, 60).await.unwrap().different, 0);
    world.sign_in("osei").await;
    let one = world.find("legacy8").await;
    let chart = world.open(one).await.unwrap();
    assert_eq!(chart.problems.unwrap().len(), 2);
    wipe(&file).unwrap();
    assert!(!file.exists());
}

#[tokio::test]
async fn json_moves_in_as_an_array_and_as_lines_with_nested_fields() {
    let place = tempfile::tempdir().unwrap();
    let file = place.path().join("legacy.json");
    let mapping = r#"{ "system": "j", "id": "id", "fields": { "surname": "name.family", "given": "name.given.0" } }"#;
    let mapping = Mapping::read(mapping.as_bytes()).unwrap();
    let one = json!({ "id": 7, "name": { "family": "Ortega", "given": ["Luz"] } });
    let two = json!({ "id": "8", "name": { "family": "Novak" } });
    std::fs::write(&file, json!([one, two]).to_string()).unwrap();
    assert_eq!(mapping.rows(&file).unwrap().len(), 2);
    std::fs::write(&file, format!("{one}\n{two}\n")).unwrap();
    assert_eq!(mapping.rows(&file).unwrap().len(), 2);
    let refused = |text: &str| {
        std::fs::write(&file, text).unwrap();
        mapping.rows(&file).err().unwrap().to_string()
    };
    assert_eq!(refused(&format!("{one}\n{{\"id\": 9}}")), "row 2 has no name.family");
    assert_eq!(refused(&format!("{one}\n{one}")), "row 2 has the id of an earlier row");
    assert_eq!(refused("[1, 2]"), "row 1 is neither CSV nor a JSON object");
    assert!(Mapping::read(br#"{ "system": "j", "id": "id", "fields": { "shoe_size": "x" } }"#).is_err());
    assert!(Mapping::read(br#"{ "system": "j", "id": "id", "fields": {} }"#).is_err());
}

#[test]
fn what_a_row_gets_wrong_is_named_without_its_value() {
    let place = tempfile::tempdir().unwrap();
    let file = place.path().join("legacy.csv");
    let mapping = Mapping::read(MAPPING.as_bytes()).unwrap();
    for (from, to, told) in [
        ("02/10/1980", "Canary", "row 1: born isn't a date"),
        (",F,", ",Canary,", "row 1: sex isn't a sex: female, male, other or unknown"),
        ("Legacy0", "", "row 1 has no last"),
        ("\n0,", "\n,", "row 1 has no no"),
    ] {
        std::fs::write(&file, table(2).replacen(from, to, 1)).unwrap();
        let error = mapping.rows(&file).err().unwrap().to_string();
        assert_eq!(error, told);
    }
}
