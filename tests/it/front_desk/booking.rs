//! Booking, moving, cancelling; what the clinic's hours say; the waiting list.

use super::*;
use wardseal::app::{CheckStore, Code};

#[tokio::test]
async fn a_visit_is_booked_where_it_is_free_and_told_why_where_it_is_not() {
    let Monday { mut world, anna, ben, .. } = monday().await;
    let seat = &mut world.seat;
    let visit = booked(seat, anna, plan("2026-11-23", 540, OSEI)).await;
    assert_eq!((visit["minutes"].as_u64(), visit["start"].as_str()), (Some(30), Some("2026-11-23T09:00:00-05:00")));
    let wrong = [
        (plan("2026-11-23", 555, OSEI), vec!["provider_taken"]),
        (plan("2026-11-23", 720, OSEI), vec!["closed"]),
        (plan("2026-11-22", 540, OSEI), vec!["past", "closed"]),
        (plan("2026-11-25", 540, OSEI), vec!["away"]),
        (plan("2026-11-26", 540, OSEI), vec!["holiday"]),
        (plan("2026-11-23", 547, OSEI), vec!["off_grid", "provider_taken"]),
        (plan("2026-11-23", 600, "Dr. Nobody"), vec!["no_such_provider"]),
    ];
    for (plan, expected) in wrong {
        let answer = book(seat, ben, plan).await;
        assert_eq!((answer["is"].as_str(), clashes(&answer)), (Some("not_free"), expected));
    }
    assert_eq!(clashes(&book(seat, anna, plan("2026-11-23", 540, KOWALSKA)).await), ["patient_taken"]);
    booked(seat, ben, plan("2026-11-23", 570, OSEI)).await;
    assert_eq!(today(seat).await.len(), 2);
}

#[tokio::test]
async fn two_visits_at_once_take_a_reason_and_a_closed_clinic_takes_none() {
    let Monday { mut world, anna, ben, cara, .. } = monday().await;
    let seat = &mut world.seat;
    let first = booked(seat, anna, plan("2026-11-23", 540, OSEI)).await;
    let mut over = plan("2026-11-23", 540, OSEI);
    over["overbook"] = json!("urgent");
    let second = booked(seat, ben, over.clone()).await;
    assert_eq!(second["overbooked"], "urgent");
    assert!(first.get("overbooked").is_none());
    over["overbook"] = json!("because I say so");
    assert_eq!(
        seat.dispatch("book_visit", json!({ "patient": cara, "plan": over })).await.err().unwrap().code,
        Code::Invalid
    );
    let mut holiday = plan("2026-11-26", 540, OSEI);
    holiday["overbook"] = json!("urgent");
    assert_eq!(clashes(&book(seat, cara, holiday).await), ["holiday"]);
    // The first goes; the second, which claimed no slot, is still in the way.
    with(seat, "cancel_visit", &first, json!({ "reason": "patient_asked" })).await.unwrap();
    assert_eq!(clashes(&book(seat, cara, plan("2026-11-23", 540, OSEI)).await), ["provider_taken"]);
}

#[tokio::test]
async fn a_series_is_booked_as_a_whole_or_not_at_all_and_a_room_is_taken_once() {
    let Monday { mut world, anna, ben, .. } = monday().await;
    let seat = &mut world.seat;
    let series =
        |patient: Uuid, plan: Value| json!({ "patient": patient, "plan": plan, "repeat": { "weeks": 1, "times": 3 } });
    // The second day is fine, the first Thursday is a holiday.
    let thursdays = seat.dispatch("book_visit", series(anna, plan("2026-11-26", 600, OSEI))).await.unwrap();
    assert_eq!((clashes(&thursdays), today(seat).await.len()), (vec!["holiday"], 0));
    let mut mondays = plan("2026-11-23", 600, OSEI);
    mondays["room"] = json!("Room 1");
    let mondays = seat.dispatch("book_visit", series(anna, mondays)).await.unwrap();
    let starts: Vec<&str> =
        mondays["visits"].as_array().unwrap().iter().map(|one| one["day"].as_str().unwrap()).collect();
    assert_eq!(starts, ["2026-11-23", "2026-11-30", "2026-12-07"]);
    let mut same_room = plan("2026-11-30", 600, KOWALSKA);
    same_room["room"] = json!("Room 1");
    assert_eq!(clashes(&book(seat, ben, same_room).await), ["room_taken"]);
}

#[tokio::test]
async fn a_moved_visit_frees_its_time_and_keeps_its_history() {
    let Monday { mut world, anna, ben, .. } = monday().await;
    let seat = &mut world.seat;
    let visit = booked(seat, anna, plan("2026-11-23", 540, OSEI)).await;
    // A quarter later overlaps what she has herself, and that is no obstacle.
    let later = json!({ "reason": "patient_asked", "plan": plan("2026-11-23", 555, OSEI) });
    let moved = with(seat, "reschedule_visit", &visit, later.clone()).await.unwrap();
    assert_eq!((moved["is"].as_str(), moved["visits"][0]["minute"].as_u64()), (Some("booked"), Some(555)));
    booked(seat, ben, plan("2026-11-23", 525, OSEI)).await;
    let states: Vec<String> = today(seat).await.iter().map(|one| one["status"].as_str().unwrap().to_owned()).collect();
    assert_eq!(states, ["booked", "rescheduled", "booked"]);
    let again = with(seat, "reschedule_visit", &visit, later).await.err().unwrap();
    assert_eq!(again.code, Code::Conflict, "somebody has moved it already");
}

#[tokio::test]
async fn whoever_waits_is_offered_the_freed_slot_and_gets_it() {
    let Monday { mut world, anna, ben, cara } = monday().await;
    let seat = &mut world.seat;
    let visit = booked(seat, anna, plan("2026-11-24", 540, OSEI)).await;
    let wait = |patient: Uuid, part: &str| json!({ "patient": patient, "visit_type": "Follow-up", "from": "2026-11-23", "until": "2026-11-27", "part": part });
    seat.dispatch("wait_for_visit", wait(ben, "afternoon")).await.unwrap();
    seat.dispatch("wait_for_visit", wait(cara, "morning")).await.unwrap();
    let list = seat.dispatch("waiting_list", json!({})).await.unwrap();
    assert_eq!(list["wishes"].as_array().unwrap().len(), 2);
    let cancelled = with(seat, "cancel_visit", &visit, json!({ "reason": "patient_asked" })).await.unwrap();
    assert_eq!(cancelled["visit"]["status"], "cancelled");
    let offers = cancelled["offers"].as_array().unwrap();
    assert_eq!((offers.len(), offers[0]["visit"]["name"].as_str()), (1, Some("CARTER, Cara")));
    let wish = json!([offers[0]["visit"]["item"], offers[0]["visit"]["rev"]]);
    let booking = json!({ "patient": cara, "plan": plan("2026-11-24", 540, OSEI), "wish": wish });
    let taken = seat.dispatch("book_visit", booking).await.unwrap();
    assert_eq!((taken["is"].as_str(), &taken["visits"][0]["item"]), (Some("booked"), &offers[0]["visit"]["item"]));
    let list = seat.dispatch("waiting_list", json!({})).await.unwrap();
    assert_eq!(list["wishes"].as_array().unwrap().len(), 1, "only Ben waits");
}

#[tokio::test]
async fn nobody_waits_twice_for_the_same() {
    let Monday { mut world, ben, .. } = monday().await;
    let seat = &mut world.seat;
    let wish = json!({ "patient": ben, "visit_type": "Follow-up", "from": "2026-11-23", "until": "2026-11-27" });
    let with = |field: &str, value: Value| {
        let mut other = wish.clone();
        other[field] = value;
        other
    };
    seat.dispatch("wait_for_visit", wish.clone()).await.unwrap();
    let next_day = with("from", json!("2026-11-24"));
    for again in [wish.clone(), next_day, with("part", json!("morning"))] {
        let refused = seat.dispatch("wait_for_visit", again).await.err().unwrap();
        assert_eq!((refused.code, &refused.fields["why"]), (Code::Invalid, &json!("waits_already")));
    }
    seat.dispatch("wait_for_visit", with("visit_type", json!("Annual visit"))).await.unwrap();
    seat.dispatch("wait_for_visit", with("provider", json!(OSEI))).await.unwrap();
    let mut later = with("from", json!("2026-12-01"));
    later["until"] = json!("2026-12-04");
    seat.dispatch("wait_for_visit", later).await.unwrap();
    let list = seat.dispatch("waiting_list", json!({})).await.unwrap();
    assert_eq!(list["wishes"].as_array().unwrap().len(), 4);
    let wishes = list["wishes"].as_array().unwrap();
    let is_first = |one: &&Value| one["from"] == "2026-11-23" && one["visit"]["provider"] == "";
    let first = &wishes.iter().filter(is_first).find(|one| one["visit"]["visit_type"] == "Follow-up").unwrap()["visit"];
    let gone = json!({ "patient": ben, "item": first["item"], "rev": first["rev"], "reason": "patient_asked" });
    seat.dispatch("cancel_visit", gone).await.unwrap();
    seat.dispatch("wait_for_visit", wish).await.unwrap();
}

#[tokio::test]
async fn free_times_of_two_weeks_leave_out_what_is_taken_and_a_month_counts_it() {
    let Monday { mut world, anna, .. } = monday().await;
    let seat = &mut world.seat;
    booked(seat, anna, plan("2026-11-23", 540, OSEI)).await;
    let free = seat.dispatch("free_slots", json!({ "minutes": 30, "provider": OSEI })).await.unwrap();
    let slots = free["slots"].as_array().unwrap();
    let on = |day: &str| slots.iter().filter(|slot| slot["day"] == day).count();
    assert_eq!(
        [on("2026-11-23"), on("2026-11-24"), on("2026-11-25"), on("2026-11-26"), on("2026-11-28")],
        [27, 30, 0, 0, 0]
    );
    let month = seat.dispatch("schedule_month", json!({})).await.unwrap();
    let day = |at: usize| &month["days"][at];
    assert_eq!((day(22)["visits"][OSEI].as_u64(), day(25)["holiday"].as_str()), (Some(1), Some("Thanksgiving")));
    assert_eq!(month["days"].as_array().unwrap().len(), 30);
}

#[tokio::test]
async fn at_eight_in_the_evening_it_is_still_today_at_the_clinic() {
    let Monday { mut world, anna, .. } = monday().await;
    booked(&mut world.seat, anna, plan("2026-11-23", 990, KOWALSKA)).await;
    // 20:30 in New York is tomorrow in UTC.
    world.clock.set_wall(Timestamp(MONDAY.0 + 13 * 3_600_000));
    world.sign_in("lopez").await;
    let page = world.seat.dispatch("schedule", json!({ "days": 1 })).await.unwrap();
    assert_eq!((page["today"].as_str(), page["minute"].as_u64()), (Some("2026-11-23"), Some(20 * 60 + 30)));
    assert_eq!(page["visits"].as_array().unwrap().len(), 1);
    let list = world.seat.dispatch("todays_schedule", json!({})).await.unwrap();
    assert_eq!(list["appointments"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn what_an_administrator_sets_holds_for_everybody_at_once_and_survives_that_administrator() {
    let Monday { mut world, anna, .. } = monday().await;
    let mut other = world.another_seat().await;
    crate::world::sign_in(&mut other, "adams").await;
    let set = json!({ "version": 1, "schedule": SiteSchedule { holidays: vec![], ..hours() } });
    assert_eq!(other.dispatch("set_schedule", set.clone()).await.unwrap()["version"], 2);
    assert_eq!(other.dispatch("set_schedule", set).await.err().unwrap().code, Code::Conflict);
    booked(&mut world.seat, anna, plan("2026-11-26", 540, OSEI)).await;
    let wrong = json!({ "version": 2, "schedule": SiteSchedule { zone: Some("Mars".into()), ..hours() } });
    assert_eq!(other.dispatch("set_schedule", wrong).await.err().unwrap().code, Code::Invalid);
    assert_eq!(world.seat.dispatch("set_schedule", json!({ "version": 2 })).await.err().unwrap().code, Code::NoRight);
}

#[tokio::test]
async fn a_visit_that_was_put_under_another_day_is_found_by_the_check() {
    let Monday { mut world, anna, .. } = monday().await;
    let first = booked(&mut world.seat, anna, plan("2026-11-23", 540, OSEI)).await;
    let second = booked(&mut world.seat, anna, plan("2026-11-24", 540, OSEI)).await;
    world.sign_in("osei").await;
    assert!(world.seat.perform(CheckStore {}).await.unwrap().findings.is_empty());
    let stolen = crate::guard_loot::Stolen::open(&world.home());
    let id = |visit: &Value| visit["item"].as_str().unwrap().parse::<Uuid>().unwrap();
    let ((seq, mut one), (_, other)) = (stolen.document("items", id(&first)), stolen.document("items", id(&second)));
    one.insert("day", other.get("day").unwrap().clone());
    stolen.overwrite(seq, &one);
    let findings = world.seat.perform(CheckStore {}).await.unwrap().findings;
    assert!(findings.iter().any(|one| one.record == Some(id(&first))), "{findings:?}");
}

#[tokio::test]
async fn visits_are_found_by_their_day_while_the_keys_of_the_front_desk_are_replaced_and_after() {
    use wardseal::keys::RotationKind;
    use wardseal::record::Compartment;
    let Monday { mut world, anna, ben, .. } = monday().await;
    let visit = booked(&mut world.seat, anna, plan("2026-11-23", 540, OSEI)).await;
    for kind in [RotationKind::Data, RotationKind::Master] {
        let job = crate::rotation::order(&mut world, kind, Some(Compartment::Front)).await;
        world.sign_in("osei").await;
        assert!(crate::rotation::rotate(&mut world, job.job).await.ended);
        world.sign_in("lopez").await;
        assert_eq!(today(&mut world.seat).await.len(), 1, "{kind:?}");
    }
    assert_eq!(clashes(&book(&mut world.seat, ben, plan("2026-11-23", 540, OSEI)).await), ["provider_taken"]);
    with(&mut world.seat, "cancel_visit", &visit, json!({ "reason": "patient_asked" })).await.unwrap();
    booked(&mut world.seat, ben, plan("2026-11-23", 540, OSEI)).await;
}

#[tokio::test]
async fn a_device_is_taken_by_one_visit_at_a_time_in_whatever_room_and_free_again_when_it_is_over() {
    let Monday { mut world, anna, ben, .. } = monday().await;
    let with_device = |provider: &str, room: &str| {
        let mut plan = plan("2026-11-23", 480, provider);
        (plan["room"], plan["devices"]) = (json!(room), json!(["Ultrasound 1", "Ultrasound 1"]));
        plan
    };
    let visit = booked(&mut world.seat, anna, with_device(OSEI, "Room 1")).await;
    assert_eq!(visit["devices"], json!(["Ultrasound 1"]));
    let shown = world.seat.dispatch("schedule", json!({ "days": 1 })).await.unwrap();
    assert_eq!(shown["devices"], json!(["Ultrasound 1", "Scale"]));
    assert_eq!(shown["visits"][0]["devices"], json!(["Ultrasound 1"]));
    let mine = with_device(KOWALSKA, "Room 2");
    assert_eq!(clashes(&book(&mut world.seat, ben, mine.clone()).await), ["device_taken"]);
    let mut unknown = mine.clone();
    unknown["devices"] = json!(["Telescope"]);
    assert_eq!(clashes(&book(&mut world.seat, ben, unknown).await), ["no_such_device"]);
    let mut anyway = mine.clone();
    anyway["overbook"] = json!("urgent");
    booked(&mut world.seat, ben, anyway).await;
    let cancelled = with(&mut world.seat, "cancel_visit", &visit, json!({ "reason": "patient_asked" })).await;
    cancelled.unwrap();
    let page = world.seat.dispatch("schedule", json!({ "days": 1 })).await.unwrap();
    let bens = page["visits"].as_array().unwrap().iter().find(|one| one["patient"] == json!(ben)).unwrap().clone();
    with(&mut world.seat, "cancel_visit", &bens, json!({ "reason": "patient_asked" })).await.unwrap();
    booked(&mut world.seat, ben, mine).await;
}
