//! The room a patient is brought to is claimed for the visit's time, as one that is booked.

use super::*;
use crate::world::sign_in;
use wardseal::app::Code;

/// Anna with Dr. Osei and Ben with A. Kowalska, both at 08:00 and both here.
async fn both_here() -> (Monday, Value, Value) {
    let mut monday = monday().await;
    let seat = &mut monday.world.seat;
    let first = booked(seat, monday.anna, plan("2026-11-23", 480, OSEI)).await;
    let second = booked(seat, monday.ben, plan("2026-11-23", 480, KOWALSKA)).await;
    let first = with(seat, "check_in", &first, said("1968-04-12", "0114")).await.unwrap()["visit"].clone();
    let second = with(seat, "check_in", &second, said("1971-02-03", "0114")).await.unwrap()["visit"].clone();
    (monday, first, second)
}

fn to(room: &str) -> Value {
    json!({ "step": "room", "room": room })
}

#[tokio::test]
async fn nobody_is_brought_to_a_room_that_another_has_at_that_time() {
    let (Monday { mut world, cara, .. }, first, second) = both_here().await;
    let seat = &mut world.seat;
    with(seat, "step_visit", &first, to("Room 1")).await.unwrap();
    let refused = with(seat, "step_visit", &second, to("Room 1")).await.err().unwrap();
    assert_eq!((refused.code, &refused.fields["why"]), (Code::Invalid, &json!("room_taken")));
    let mut third = plan("2026-11-23", 480, OSEI);
    third["room"] = json!("Room 1");
    assert!(clashes(&book(seat, cara, third.clone()).await).contains(&"room_taken"), "nor is it booked");
    let roomed = with(seat, "step_visit", &second, to("Room 2")).await.unwrap()["visit"].clone();
    assert_eq!(roomed["room"], "Room 2");
}

#[tokio::test]
async fn a_room_is_free_again_when_its_visit_is_over_or_goes_elsewhere() {
    let (Monday { mut world, cara, .. }, first, second) = both_here().await;
    let roomed = with(&mut world.seat, "step_visit", &first, to("Room 1")).await.unwrap()["visit"].clone();
    sign_in(&mut world.seat, "lopez").await;
    with(&mut world.seat, "cancel_visit", &roomed, json!({ "reason": "patient_asked" })).await.unwrap();
    let second = with(&mut world.seat, "step_visit", &second, to("Room 1")).await.unwrap()["visit"].clone();
    let seen = with(&mut world.seat, "step_visit", &second, json!({ "step": "see" })).await.unwrap()["visit"].clone();
    with(&mut world.seat, "step_visit", &seen, json!({ "step": "check_out" })).await.unwrap();
    // A room that was booked is given up for the one the patient is brought to.
    let mut at_nine = plan("2026-11-23", 540, OSEI);
    at_nine["room"] = json!("Room 1");
    let third = booked(&mut world.seat, cara, at_nine).await;
    let third = with(&mut world.seat, "check_in", &third, said("1990-05-06", "0114")).await.unwrap()["visit"].clone();
    with(&mut world.seat, "step_visit", &third, to("Room 2")).await.unwrap();
    let mut beside = plan("2026-11-23", 540, KOWALSKA);
    beside["room"] = json!("Room 1");
    booked(&mut world.seat, second["patient"].as_str().unwrap().parse().unwrap(), beside).await;
}

#[tokio::test]
async fn of_two_workstations_that_take_one_room_at_once_one_is_told_that_it_is_taken() {
    let (Monday { mut world, .. }, first, second) = both_here().await;
    let mut other = world.another_seat().await;
    sign_in(&mut other, "lopez").await;
    let (one, two) = tokio::join!(
        with(&mut world.seat, "step_visit", &first, to("Room 1")),
        with(&mut other, "step_visit", &second, to("Room 1")),
    );
    let refused: Vec<Failure> = [one, two].into_iter().filter_map(Result::err).collect();
    assert_eq!(refused.len(), 1);
    assert_eq!((refused[0].code, &refused[0].fields["why"]), (Code::Invalid, &json!("room_taken")));
}
