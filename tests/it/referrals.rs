//! Imaging and referrals: ordered and written by doctors, read by nurses, on the timeline and on paper.

use crate::clinic_day::{patient, problem};
use crate::world::{World, sign_in, write};
use serde_json::{Value, json};
use uuid::Uuid;
use wardseal::app::{Code, Failure};
use wardseal::record::{Content, Item};

async fn clinic() -> (World, Uuid) {
    let mut world = World::new().await;
    let items = vec![Item::new(Content::Problem(problem("Hypertension")))];
    world.register(vec![(patient("Smith", "Anna", "1968-04-12"), items)]).await;
    world.sign_in("osei").await;
    let anna = world.find("smith").await;
    (world, anna)
}

async fn next(world: &mut World, username: &str) {
    world.seat.sign_out().await.unwrap();
    sign_in(&mut world.seat, username).await;
}

fn letter(status: &str) -> Value {
    json!({
        "to": "Dr. A. Heart", "specialty": "Cardiology", "reason": "Palpitations at rest", "priority": "urgent",
        "status": status, "at": "2026-11-22", "letter": "She has felt them for three weeks.",
    })
}

async fn edit(world: &mut World, patient: Uuid, item: &Value, rev: i64, entry: Value) -> Result<Value, Failure> {
    let args = json!({ "patient": patient, "item": item, "rev": rev, "entry": entry });
    write(&mut world.seat, "edit_referral", args).await
}

async fn timeline(world: &mut World, patient: Uuid, kind: &str) -> Vec<Value> {
    let args = json!({ "patient": patient, "kinds": [kind], "in_error": false, "offset": 0, "limit": 20 });
    world.seat.dispatch("read_timeline", args).await.unwrap()["rows"].as_array().unwrap().clone()
}

fn order(patient: Uuid, referral: &Value) -> Value {
    json!({
        "document": "referral_letter", "patient": patient, "visit": referral, "purpose": "treatment",
        "for_whom": "another_clinician", "paper": "a4",
    })
}

#[tokio::test]
async fn a_doctor_refers_her_patient_and_once_it_is_sent_the_letter_stays_as_it_was() {
    let (mut world, anna) = clinic().await;
    let draft = json!({ "patient": anna, "entry": letter("draft") });
    let item = write(&mut world.seat, "add_referral", draft).await.unwrap()["saved"]["item"].clone();
    assert!(edit(&mut world, anna, &item, 1, letter("completed")).await.is_err(), "a draft was sent to nobody");
    edit(&mut world, anna, &item, 1, letter("active")).await.unwrap();
    let mut other = letter("active");
    other["reason"] = json!("Something else");
    assert!(edit(&mut world, anna, &item, 2, other).await.is_err());
    let mut answered = letter("completed");
    answered["answer"] = json!("Sinus rhythm, no treatment needed.");
    assert_eq!(edit(&mut world, anna, &item, 2, answered.clone()).await.unwrap()["is"], "saved");
    assert!(edit(&mut world, anna, &item, 3, letter("active")).await.is_err(), "it is over");
    let rows = timeline(&mut world, anna, "referral").await;
    assert_eq!(
        (rows.len(), &rows[0]["text"], &rows[0]["status"], &rows[0]["at"]),
        (1, &json!("Dr. A. Heart: Palpitations at rest"), &json!("completed"), &json!("2026-11-22"))
    );
    for (wrong, field) in [("priority", "priority"), ("status", "status"), ("to", "to")] {
        let mut entry = letter("draft");
        entry[wrong] = json!(if wrong == "to" { "" } else { "soon" });
        let refused = write(&mut world.seat, "add_referral", json!({ "patient": anna, "entry": entry })).await;
        assert_eq!(refused.unwrap_err().fields["field"], field);
    }
}

#[tokio::test]
async fn its_letter_is_printed_with_what_the_colleague_has_to_know_and_the_desk_gets_none_of_it() {
    let (mut world, anna) = clinic().await;
    let draft = json!({ "patient": anna, "entry": letter("draft") });
    let item = write(&mut world.seat, "add_referral", draft).await.unwrap()["saved"]["item"].clone();
    let view = world.seat.dispatch("preview_print", order(anna, &item)).await.unwrap();
    let words = view.to_string();
    for word in
        ["Dr. A. Heart, Cardiology", "Palpitations at rest", "three weeks", "Hypertension", "Draft", "Dr. R. Osei"]
    {
        assert!(words.contains(word), "{word} in {words}");
    }
    assert_eq!(view["visits"][0]["kind"], "Dr. A. Heart");
    edit(&mut world, anna, &item, 1, letter("active")).await.unwrap();
    let sent = world.seat.dispatch("print", order(anna, &Value::Null)).await.unwrap().to_string();
    assert!(sent.contains("three weeks") && !sent.contains("Draft"));
    let unknown = world.seat.dispatch("print", order(anna, &json!(Uuid::new_v4()))).await;
    assert_eq!(unknown.unwrap_err().code, Code::NotFound);

    next(&mut world, "kim").await;
    assert!(world.seat.dispatch("preview_print", order(anna, &item)).await.is_ok());
    let args = json!({ "patient": anna, "entry": letter("draft") });
    assert_eq!(write(&mut world.seat, "add_referral", args).await.unwrap_err().code, Code::NoRight);
    next(&mut world, "lopez").await;
    assert_eq!(world.seat.dispatch("preview_print", order(anna, &item)).await.unwrap_err().code, Code::NoRight);
    let chart = world.seat.dispatch("open_chart", json!({ "patient": anna })).await.unwrap().to_string();
    assert!(!chart.contains("Heart") && !chart.contains("Palpitations") && !chart.contains("referral"), "{chart}");
}

#[tokio::test]
async fn imaging_is_ordered_then_reported_and_what_is_wrong_with_an_order_is_told() {
    let (mut world, anna) = clinic().await;
    let mut study = json!({ "code": { "text": "Chest X-ray" }, "modality": "DX", "status": "registered",
        "body_site": "Thorax", "at": "2026-11-22", "reason": "Cough" });
    let added = write(&mut world.seat, "add_imaging", json!({ "patient": anna, "entry": study })).await.unwrap();
    let item = added["saved"]["item"].clone();
    (study["status"], study["conclusion"]) = (json!("available"), json!("No infiltrate"));
    let args = json!({ "patient": anna, "item": item, "rev": 1, "entry": study });
    write(&mut world.seat, "edit_imaging", args).await.unwrap();
    let rows = timeline(&mut world, anna, "imaging").await;
    assert_eq!((&rows[0]["text"], &rows[0]["status"]), (&json!("Chest X-ray: No infiltrate"), &json!("available")));
    let mut report = json!({ "code": { "text": "Chest X-ray" }, "status": "final" });
    report["results"] = json!([]);
    let args = json!({ "patient": anna, "item": item, "rev": 2, "entry": report });
    assert!(write(&mut world.seat, "edit_report", args).await.is_err(), "a study is no report of a laboratory");
    study["modality"] = json!("torch");
    let refused = write(&mut world.seat, "add_imaging", json!({ "patient": anna, "entry": study })).await;
    assert_eq!(refused.unwrap_err().fields["field"], "modality");
    let mark =
        json!({ "patient": anna, "item": item, "rev": 2, "section": "reports", "reason": "Another patient's film" });
    write(&mut world.seat, "mark_in_error", mark).await.unwrap();
    assert_eq!(timeline(&mut world, anna, "imaging").await, Vec::<Value>::new());
}

#[tokio::test]
async fn the_desk_sees_at_the_check_out_that_a_letter_is_ready_and_no_word_of_it() {
    use crate::front_desk::{Monday, OSEI, booked, monday, plan, said, today, with};
    let Monday { mut world, anna, .. } = monday().await;
    let visit = booked(&mut world.seat, anna, plan("2026-11-23", 480, OSEI)).await;
    with(&mut world.seat, "check_in", &visit, said("1968-04-12", "0114")).await.unwrap();
    next(&mut world, "osei").await;
    let sent = json!({ "patient": anna, "entry": letter("active") });
    let item = write(&mut world.seat, "add_referral", sent).await.unwrap()["saved"]["item"].clone();
    assert!(today(&mut world.seat).await[0].get("letter").is_none());
    let ready = json!({ "patient": anna, "item": item, "rev": 1 });
    let saved = write(&mut world.seat, "ready_letter", ready.clone()).await.unwrap();
    assert_eq!(saved["saved"]["content"]["value"]["ready"]["by"], "Dr. R. Osei");
    next(&mut world, "lopez").await;
    let seen = today(&mut world.seat).await[0].clone();
    assert_eq!((&seen["letter"], &seen["status"]), (&json!("Dr. R. Osei"), &json!("arrived")));
    let words = seen.to_string();
    for word in ["Heart", "Cardiology", "Palpitations", "weeks", "referral"] {
        assert!(!words.contains(word), "{word} in {words}");
    }
    assert_eq!(write(&mut world.seat, "ready_letter", ready).await.unwrap_err().code, Code::NoRight);
    // The visit goes on as before.
    let roomed = with(&mut world.seat, "step_visit", &seen, json!({ "step": "room", "room": "Room 1" })).await.unwrap();
    assert_eq!(roomed["visit"]["letter"], "Dr. R. Osei");
}
