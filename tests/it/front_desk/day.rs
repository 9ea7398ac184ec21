//! From the door to the door: who checks in is who she says she is, the nurse sees it, the board names nobody.

use super::*;
use crate::guard_loot::Loot;
use crate::world::sign_in;
use std::time::Duration;
use wardseal::app::sign_in::DEMO_PASSWORD;
use wardseal::app::{AddTask, Code, OpenChart, ReadWorklist};
use wardseal::audit::{Opener, Outcome, Span};

#[tokio::test]
async fn a_patient_goes_from_the_desk_to_the_door_and_every_time_is_kept() {
    let Monday { mut world, anna, .. } = monday().await;
    let mut visit = booked(&mut world.seat, anna, plan("2026-11-23", 480, OSEI)).await;
    let steps: [(&str, &str, Value, &str, &str); 4] = [
        ("lopez", "check_in", said("1968-04-12", "0114"), "arrived", "arrived"),
        ("kim", "step_visit", json!({ "step": "room", "room": "Room 2" }), "roomed", "roomed"),
        ("osei", "step_visit", json!({ "step": "see" }), "seen", "seen"),
        ("lopez", "step_visit", json!({ "step": "check_out" }), "out", "out"),
    ];
    for (who, command, more, state, time) in steps {
        world.wait(Duration::from_mins(5));
        world.sign_in(who).await;
        let done = with(&mut world.seat, command, &visit, more).await.unwrap();
        visit = done["visit"].clone();
        assert_eq!(visit["status"], state, "{who}");
        assert!(visit["times"][time].as_str().unwrap().starts_with("2026-11-23T07:"), "{visit}");
    }
    assert_eq!((visit["room"].as_str(), visit["unit"].as_str()), (Some("Room 2"), Some("main")));
    let again = with(&mut world.seat, "step_visit", &visit, json!({ "step": "see" })).await.err().unwrap();
    assert_eq!(again.code, Code::Invalid, "nobody is seen after going home");
}

#[tokio::test]
async fn another_birth_date_or_phone_is_refused_and_audited_and_changes_nothing() {
    let Monday { mut world, anna, .. } = monday().await;
    let visit = booked(&mut world.seat, anna, plan("2026-11-23", 480, OSEI)).await;
    for wrong in [said("1968-12-04", "0114"), said("1968-04-12", "0115"), said("1968-04-12", "")] {
        let refused = with(&mut world.seat, "check_in", &visit, wrong).await.err().unwrap();
        assert_eq!(refused.code, Code::NotThisPerson);
        assert!(refused.fields.is_empty(), "it isn't said what differs");
    }
    assert_eq!(today(&mut world.seat).await[0]["status"], "booked");
    world.seat.sign_out().await.unwrap();
    let keys = Loot::of(&world.home(), world.keychain.as_ref(), "park", DEMO_PASSWORD).private_keys();
    let rows = keys.iter().flat_map(|key| {
        wardseal::audit::read(&world.home().audit(), &mut Opener::new(key).unwrap(), Span::ALL).unwrap()
    });
    let of_check_in: Vec<_> =
        rows.map(|(_, event)| event).filter(|event| event.action.to_string() == "check_in").collect();
    let refused = |event: &&wardseal::audit::Event| {
        event.outcome == Outcome::Failed && event.detail.as_ref().is_some_and(|code| code.as_str() == "not_this_person")
    };
    assert_eq!(of_check_in.iter().filter(refused).count(), 3);
    assert!(of_check_in.iter().all(|event| event.patient == Some(anna) && !format!("{event:?}").contains("1968")));
}

#[tokio::test]
async fn a_postal_code_or_a_record_number_will_do_beside_the_birth_date() {
    let Monday { mut world, anna, .. } = monday().await;
    let mrn = world.search("smith").await.unwrap().rows[0].mrn.clone();
    for (kind, value) in [("postal_code", "01103"), ("mrn", mrn.as_str())] {
        let day = if kind == "mrn" { 600 } else { 480 };
        let visit = booked(&mut world.seat, anna, plan("2026-11-23", day, OSEI)).await;
        let mut said = said("1968-04-12", "");
        said["second"] = json!({ "kind": kind, "value": value });
        assert_eq!(
            with(&mut world.seat, "check_in", &visit, said).await.unwrap()["visit"]["status"],
            "arrived",
            "{kind}"
        );
    }
}

#[tokio::test]
async fn the_nurse_hears_of_an_arrival_in_her_own_program_and_not_of_what_she_does_herself() {
    let Monday { mut world, anna, .. } = monday().await;
    let visit = booked(&mut world.seat, anna, plan("2026-11-23", 480, OSEI)).await;
    let mut nurse = world.another_seat().await;
    sign_in(&mut nurse, "kim").await;
    assert_eq!(today(&mut nurse).await[0]["status"], "booked");
    let changed = async |seat: &mut Workstation| seat.dispatch("changes", json!({})).await.unwrap()["schedule"] == true;
    assert!(!changed(&mut nurse).await, "nothing has happened yet");
    with(&mut world.seat, "check_in", &visit, said("1968-04-12", "0114")).await.unwrap();
    let mut heard = false;
    for _ in 0..60 {
        heard = changed(&mut nurse).await;
        if heard {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert!(heard, "she hears of it within three seconds");
    let visit = today(&mut nurse).await.remove(0);
    assert_eq!(visit["status"], "arrived");
    with(&mut nurse, "step_visit", &visit, json!({ "step": "room", "room": "Room 1" })).await.unwrap();
    assert!(!changed(&mut nurse).await, "what she did herself is no news");
}

#[tokio::test]
async fn the_board_of_the_waiting_room_knows_tokens_and_nothing_of_anybody() {
    let Monday { mut world, anna, ben, .. } = monday().await;
    let first = booked(&mut world.seat, anna, plan("2026-11-23", 480, OSEI)).await;
    booked(&mut world.seat, ben, plan("2026-11-23", 540, OSEI)).await;
    let arrived = with(&mut world.seat, "check_in", &first, said("1968-04-12", "0114")).await.unwrap();
    world.wait(Duration::from_secs(60 * 2));
    let board = world.seat.dispatch("public_board", json!({})).await.unwrap();
    let rows = board["rows"].as_array().unwrap();
    assert_eq!(rows.len(), 1, "Ben hasn't come yet");
    assert_eq!((&rows[0]["token"], rows[0]["waiting_minutes"].as_u64()), (&arrived["visit"]["token"], Some(2)));
    let told = board.to_string().to_lowercase();
    let secrets = ["smith", "anna", "1968", "osei", "follow", "patient", &anna.to_string()];
    assert!(secrets.iter().all(|word| !told.contains(word)), "{told}");
}

#[tokio::test]
async fn a_patient_who_is_checked_in_at_a_unit_is_treated_there_and_no_longer_after_the_check_out() {
    // Dora is on nobody's care team.
    let Monday { mut world, .. } = monday().await;
    let mut dora = patient("Dorn", "Dora", "1955-01-02");
    dora.contact.phones[0].number = "+1-555-010-0199".into();
    let unit: &[&str] = &["west"];
    world.sign_in("import").await;
    let incoming = wardseal::app::demo_clinic::resources("walk-in", "1", dora, vec![], unit);
    world.seat.import(incoming, |_| std::ops::ControlFlow::Continue(())).await.unwrap();
    world.sign_in("lopez").await;
    let dora = world.find("dorn").await;
    let on_tuesday = booked(&mut world.seat, dora, plan("2026-11-24", 480, OSEI)).await;
    world.sign_in("osei").await;
    assert_eq!(world.open(dora).await.err().unwrap().code, Code::NotOnCareTeam, "tomorrow isn't today");
    world.sign_in("lopez").await;
    let moved = json!({ "reason": "patient_asked", "plan": plan("2026-11-23", 480, OSEI) });
    let moved = with(&mut world.seat, "reschedule_visit", &on_tuesday, moved).await.unwrap();
    let mut visit = moved["visits"][0].clone();
    world.sign_in("osei").await;
    assert!(world.open(dora).await.is_ok(), "she is on his own schedule today");
    world.sign_in("kim").await;
    assert_eq!(world.open(dora).await.err().unwrap().code, Code::NotOnCareTeam, "she hasn't come yet");
    let own = with(&mut world.seat, "check_in", &visit, said("1955-01-02", "0199")).await.err().unwrap();
    assert_eq!(own.code, Code::NotOnCareTeam, "nobody makes a relationship for himself");
    world.sign_in("lopez").await;
    visit = with(&mut world.seat, "check_in", &visit, said("1955-01-02", "0199")).await.unwrap()["visit"].clone();
    world.sign_in("kim").await;
    assert!(world.open(dora).await.is_ok(), "now she is here, at the nurse's unit");
    for (who, step) in [("kim", "room"), ("osei", "see"), ("lopez", "check_out")] {
        world.sign_in(who).await;
        visit = with(&mut world.seat, "step_visit", &visit, json!({ "step": step })).await.unwrap()["visit"].clone();
    }
    world.sign_in("kim").await;
    assert_eq!(world.open(dora).await.err().unwrap().code, Code::NotOnCareTeam, "she went home");
    let seen = world.seat.perform(OpenChart { patient: dora }).await;
    assert!(seen.is_err());
}

#[tokio::test]
async fn a_task_is_overdue_when_its_day_is_over_at_the_clinic_and_not_where_the_machine_is() {
    let Monday { mut world, anna, .. } = monday().await;
    world.seat.sign_out().await.unwrap();
    world.sign_in("osei").await;
    let (due, text) = (Some("2026-11-23".to_owned()), "Call her".to_owned());
    let task = AddTask { patient: anna, text, priority: "routine".into(), due, owner: None, focus: None };
    world.seat.perform(task).await.unwrap();
    for (hours, overdue) in [(16, false), (1, true)] {
        world.wait(Duration::from_hours(hours));
        world.sign_in("osei").await;
        let list = world.seat.perform(ReadWorklist { all: true }).await.unwrap().tasks;
        assert_eq!(list[0].overdue, overdue, "after {hours} hours more");
    }
}

#[tokio::test]
async fn the_desks_day_names_who_signed_nothing_who_is_to_be_called_and_who_is_new() {
    let Monday { mut world, anna, ben, cara } = monday().await;
    let first = booked(&mut world.seat, anna, plan("2026-11-23", 480, OSEI)).await;
    let second = booked(&mut world.seat, ben, plan("2026-11-23", 510, OSEI)).await;
    booked(&mut world.seat, cara, plan("2026-11-23", 600, OSEI)).await;
    let mut unsigned = said("1968-04-12", "0114");
    unsigned["forms"] = json!([]);
    with(&mut world.seat, "check_in", &first, unsigned).await.unwrap();
    with(&mut world.seat, "step_visit", &second, json!({ "step": "miss" })).await.unwrap();
    let day = world.seat.dispatch("my_day", json!({})).await.unwrap();
    let list = |of: &str| -> Vec<(String, String)> {
        let rows = day["desk"][of].as_array().unwrap().iter();
        rows.map(|row| (row["name"].as_str().unwrap().into(), row["why"].as_str().unwrap().into())).collect()
    };
    let row = |name: &str, why: &str| (name.to_owned(), why.to_owned());
    assert_eq!(list("forms"), [row("SMITH, Anna", "unsigned")]);
    assert_eq!(list("calls"), [row("BAKER, Ben", "missed"), row("CARTER, Cara", "no_address")]);
    assert_eq!(list("new").len(), 3);
    let figure =
        |of: &str| day["figures"].as_array().unwrap().iter().find(|one| one["of"] == of).unwrap()["count"].clone();
    assert_eq!(
        [figure("forms_to_sign"), figure("calls_to_make"), figure("new_patients")],
        [json!(1), json!(2), json!(3)]
    );
    world.sign_in("kim").await;
    assert!(world.seat.dispatch("my_day", json!({})).await.unwrap().get("desk").is_none());
}
