//! Coverage and balance at the desk: amounts and dates, no word of why; the nurse's copy of the record lacks them.

use super::*;
use crate::world::at_the_counter;
use wardseal::app::{CheckStore, Code};

#[tokio::test]
async fn the_desk_notes_what_the_carrier_said_and_what_is_owed_and_is_warned_before_it_ends() {
    let Monday { mut world, anna, .. } = monday().await;
    let seat = &mut world.seat;
    let mut check = json!({
        "patient": anna, "carrier": "Example Health Plan", "answer": "active", "way": "phone", "reference": "A-17",
        "valid_until": "2026-12-31",
    });
    let account = at_the_counter(seat, "note_coverage", check.clone()).await.unwrap();
    assert_eq!((&account["warnings"], &account["checks"][0]["by"]), (&json!([]), &json!("M. Lopez")));
    assert_eq!(account["checks"][0]["way"], "phone");
    check["valid_until"] = json!("2026-11-30");
    let ends = json!([{ "of": "coverage_ends", "carrier": "Example Health Plan", "days": 7 }]);
    assert_eq!(at_the_counter(seat, "note_coverage", check.clone()).await.unwrap()["warnings"], ends);
    check["reference"] = json!("for diabetes");
    assert_eq!(at_the_counter(seat, "note_coverage", check.clone()).await.err().unwrap().code, Code::Invalid);
    let balance = json!({ "patient": anna, "cents": 4200, "state": "open", "due": "2026-12-31" });
    let account = at_the_counter(seat, "set_balance", balance).await.unwrap();
    assert_eq!((account["balance"]["cents"].as_i64(), account["checks"].as_array().unwrap().len()), (Some(4200), 2));
    world.sign_in("kim").await;
    assert_eq!(
        world.seat.dispatch("show_account", json!({ "patient": anna })).await.err().unwrap().code,
        Code::NoRight
    );
    world.sign_in("osei").await;
    assert_eq!(
        world.seat.dispatch("show_account", json!({ "patient": anna })).await.unwrap()["balance"]["state"],
        "open"
    );
    assert!(world.seat.perform(CheckStore {}).await.unwrap().findings.is_empty());
}

#[tokio::test]
async fn the_desk_asks_the_carrier_to_authorize_visits_and_is_warned_five_days_before_they_end() {
    let Monday { mut world, anna, .. } = monday().await;
    let seat = &mut world.seat;
    let mut asked = json!({
        "patient": anna, "carrier": "Example Health Plan", "service": "specialist_visits", "status": "requested",
        "used": 0,
    });
    let account = at_the_counter(seat, "note_authorization", asked.clone()).await.unwrap();
    assert_eq!(account["authorizations"][0]["status"], "requested");
    asked.as_object_mut().unwrap().extend(
        json!({
            "id": account["authorizations"][0]["id"], "status": "approved", "number": "PA-778", "units": 6,
            "from": "2026-11-01", "until": "2026-11-28",
        })
        .as_object()
        .unwrap()
        .clone(),
    );
    let account = at_the_counter(seat, "note_authorization", asked.clone()).await.unwrap();
    assert_eq!(account["authorizations"].as_array().unwrap().len(), 1, "the answer stands where it was asked");
    let ends = json!({ "of": "authorization_ends", "service": "specialist_visits", "days": 5 });
    assert!(account["warnings"].as_array().unwrap().contains(&ends), "{account}");
    asked.as_object_mut().unwrap().extend(json!({ "until": "2027-06-30", "used": 6 }).as_object().unwrap().clone());
    let account = at_the_counter(seat, "note_authorization", asked.clone()).await.unwrap();
    let used_up = json!({ "of": "units_used_up", "service": "specialist_visits" });
    assert!(account["warnings"].as_array().unwrap().contains(&used_up), "{account}");
    for (field, wrong) in [
        ("service", json!("for her diabetes")),
        ("status", json!("maybe")),
        ("number", json!("for diabetes")),
        ("until", json!("2026-10-01")),
        ("carrier", json!("Another Plan")),
    ] {
        let mut refused = asked.clone();
        refused[field] = wrong;
        let refused = at_the_counter(seat, "note_authorization", refused).await.err().unwrap();
        assert_eq!((refused.code, &refused.fields["field"]), (Code::Invalid, &json!(field)));
    }
    asked["id"] = json!(Uuid::new_v4());
    assert_eq!(at_the_counter(seat, "note_authorization", asked.clone()).await.err().unwrap().code, Code::NotFound);
    world.sign_in("kim").await;
    assert_eq!(at_the_counter(&mut world.seat, "note_authorization", asked).await.err().unwrap().code, Code::NoRight);
}

#[tokio::test]
async fn my_day_names_to_the_desk_alone_whose_coverage_is_to_be_asked_about_before_the_visit() {
    let Monday { mut world, anna, ben, .. } = monday().await;
    booked(&mut world.seat, anna, plan("2026-11-23", 480, OSEI)).await;
    booked(&mut world.seat, ben, plan("2026-11-23", 540, OSEI)).await;
    let day = world.seat.dispatch("my_day", json!({})).await.unwrap();
    let to_ask = day["desk"]["coverage"].as_array().unwrap();
    assert_eq!(to_ask.len(), 1, "Ben pays himself: {day}");
    assert_eq!((&to_ask[0]["patient"], &to_ask[0]["name"]), (&json!(anna), &json!("SMITH, Anna")));
    let never = json!([{ "of": "not_verified", "carrier": "Example Health Plan" }]);
    assert_eq!(to_ask[0]["warnings"], never);
    let figures = day["figures"].as_array().unwrap();
    assert!(figures.contains(&json!({ "of": "coverage_to_check", "count": 1 })), "{day}");
    let check = json!({ "patient": anna, "carrier": "Example Health Plan", "answer": "active", "way": "portal" });
    at_the_counter(&mut world.seat, "note_coverage", check).await.unwrap();
    let day = world.seat.dispatch("my_day", json!({})).await.unwrap();
    assert_eq!(day["desk"]["coverage"], json!([]));
    let may = |page: Value| page["may"]["insurance"].clone();
    assert_eq!(may(world.seat.dispatch("schedule", json!({ "days": 1 })).await.unwrap()), json!(true));
    world.sign_in("kim").await;
    let day = world.seat.dispatch("my_day", json!({})).await.unwrap();
    assert!(!day.to_string().contains("coverage"), "{day}");
    assert_eq!(may(world.seat.dispatch("schedule", json!({ "days": 1 })).await.unwrap()), json!(false));
}

#[tokio::test]
async fn my_day_and_the_schedule_tell_those_apart_who_could_be_taken_for_each_other_and_nobody_else() {
    let Monday { mut world, anna, ben, .. } = monday().await;
    booked(&mut world.seat, anna, plan("2026-11-23", 480, OSEI)).await;
    booked(&mut world.seat, ben, plan("2026-11-23", 540, OSEI)).await;
    let day = world.seat.dispatch("my_day", json!({})).await.unwrap();
    assert_eq!(day["desk"]["coverage"][0].get("birth_date"), None, "there is one Anna Smith today");
    let identity = json!({ "surname": "Smith", "given": "Anne", "birth_date": "1990-09-30", "sex": "female" });
    let entered = json!({ "entered": { "identity": identity }, "despite": "another person, showed a passport" });
    let anne = world.seat.dispatch("register_patient", entered).await.unwrap()["patient"].clone();
    let anne: Uuid = serde_json::from_value(anne).unwrap();
    booked(&mut world.seat, anne, plan("2026-11-23", 600, OSEI)).await;
    let day = world.seat.dispatch("my_day", json!({})).await.unwrap();
    let similar = |list: &Value| -> Vec<bool> {
        list.as_array().unwrap().iter().map(|one| one["similar_name"].as_bool().unwrap()).collect()
    };
    assert_eq!(similar(&day["next"]), [true, false, true], "{day}");
    assert_eq!(day["desk"]["coverage"][0]["birth_date"], "1968-04-12");
    let new = day["desk"]["new"].as_array().unwrap();
    let of = |patient: Uuid| new.iter().find(|one| one["patient"] == json!(patient)).unwrap();
    assert_eq!(of(anne)["birth_date"], "1990-09-30");
    assert_eq!(of(ben).get("birth_date"), None);
    let page = world.seat.dispatch("schedule", json!({ "days": 1 })).await.unwrap();
    assert_eq!(similar(&page["visits"]), [true, false, true]);
    let board = world.seat.dispatch("public_board", json!({})).await.unwrap().to_string();
    assert!(!board.contains("1968") && !board.contains("similar"), "the public board tells nothing of anybody");
}
