//! What a patient asks to have amended: written down at the desk, decided by a doctor in time, kept with the record.

use super::*;
use crate::clinic_day::problem;
use crate::world::sign_in;
use wardseal::app::{CheckStore, Code};
use wardseal::record::Content;

/// As whoever holds the seat, from the window of the patient's record.
async fn write(world: &mut World, patient: Uuid, command: &str, more: Value) -> Result<Value, Failure> {
    let details = world.seat.dispatch("patient_details", json!({ "patient": patient })).await?;
    let mut args = json!({ "patient": patient, "window": { "handle": details["handle"], "patient": patient } });
    args.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    world.seat.dispatch(command, args).await
}

#[tokio::test]
async fn a_request_is_written_down_at_the_desk_and_decided_by_a_doctor_and_the_entry_keeps_its_versions() {
    let chart = vec![Item::new(Content::Problem(problem("Hypertension")))];
    let Monday { mut world, anna, .. } = monday_with(chart).await;
    let letter = json!({ "received": "2026-11-20", "way": "letter", "about": "chart" });
    let noted = write(&mut world, anna, "note_amendment", letter.clone()).await.unwrap();
    let one = &noted["requests"][0];
    assert_eq!(
        (&one["due"], &one["days"], &one["request"]["by"]),
        (&json!("2027-01-19"), &json!(57), &json!("M. Lopez"))
    );
    assert_eq!((&noted["may_note"], &noted["may_decide"]), (&json!(true), &json!(false)));
    for (field, wrong) in
        [("received", "2026-11-24"), ("received", "yesterday"), ("way", "by pigeon"), ("about", "her diabetes")]
    {
        let mut refused = letter.clone();
        refused[field] = json!(wrong);
        let refused = write(&mut world, anna, "note_amendment", refused).await.err().unwrap();
        assert_eq!((refused.code, &refused.fields["field"]), (Code::Invalid, &json!(field)));
    }
    let id = one["request"]["id"].clone();
    let denied = json!({ "id": id, "accepted": false, "reason": "accurate_and_complete" });
    assert_eq!(write(&mut world, anna, "decide_amendment", denied.clone()).await.err().unwrap().code, Code::NoRight);
    let day = world.seat.dispatch("my_day", json!({})).await.unwrap();
    assert_eq!((&day["amendments"][0]["patient"], &day["amendments"][0]["days"]), (&json!(anna), &json!(57)));
    // The doctor has thirty days more, once, and decides; the desk reads what was decided.
    sign_in(&mut world.seat, "osei").await;
    let day = world.seat.dispatch("my_day", json!({})).await.unwrap();
    assert_eq!(day["amendments"][0]["name"], "SMITH, Anna");
    let more = json!({ "id": id, "reason": "records_elsewhere" });
    let extended = write(&mut world, anna, "extend_amendment", more.clone()).await.unwrap();
    assert_eq!((&extended["requests"][0]["due"], &extended["may_decide"]), (&json!("2027-02-18"), &json!(true)));
    assert_eq!(write(&mut world, anna, "extend_amendment", more).await.err().unwrap().code, Code::Invalid, "once");
    let words = json!({ "id": id, "accepted": false, "reason": "she has hypertension" });
    assert_eq!(write(&mut world, anna, "decide_amendment", words).await.err().unwrap().code, Code::Invalid);
    let entry = world.open(anna).await.unwrap().problems.unwrap()[0].item;
    let elsewhere = json!({ "id": id, "accepted": true, "reason": "corrected", "entry": ["notes", entry] });
    assert_eq!(write(&mut world, anna, "decide_amendment", elsewhere).await.err().unwrap().code, Code::NotFound);
    let accepted = json!({ "id": id, "accepted": true, "reason": "corrected", "entry": ["problems", entry] });
    let decided = write(&mut world, anna, "decide_amendment", accepted).await.unwrap();
    let decision = &decided["requests"][0]["request"]["decided"];
    assert_eq!((&decision["by"], &decision["entry"][1]), (&json!("Dr. R. Osei"), &json!(entry)));
    assert_eq!(write(&mut world, anna, "decide_amendment", denied).await.err().unwrap().code, Code::Conflict);
    let day = world.seat.dispatch("my_day", json!({})).await.unwrap();
    assert_eq!(day["amendments"], json!([]));
    assert!(world.seat.perform(CheckStore {}).await.unwrap().findings.is_empty());
    sign_in(&mut world.seat, "lopez").await;
    let read = world.seat.dispatch("amendments", json!({ "patient": anna })).await.unwrap();
    assert_eq!(read["requests"][0]["request"]["decided"]["accepted"], true);
    assert_eq!(read["requests"][0]["attached"], true);
    let told = read.to_string().to_lowercase();
    assert!(!told.contains("hypertension") && !told.contains("problem"), "{read}");
}

#[tokio::test]
async fn a_request_whose_time_is_over_is_told_first_and_extended_no_more() {
    let Monday { mut world, anna, ben, .. } = monday().await;
    for (patient, received) in [(anna, "2026-11-20"), (ben, "2026-09-01")] {
        let asked = json!({ "received": received, "way": "in_person", "about": "contact" });
        write(&mut world, patient, "note_amendment", asked).await.unwrap();
    }
    let day = world.seat.dispatch("my_day", json!({})).await.unwrap();
    let told: Vec<(&Value, bool)> = day["amendments"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (&one["name"], one["days"].as_i64().unwrap() < 0))
        .collect();
    assert_eq!(told, [(&json!("BAKER, Ben"), true), (&json!("SMITH, Anna"), false)]);
    assert!(day["figures"].as_array().unwrap().contains(&json!({ "of": "amendments_to_decide", "count": 2 })));
    sign_in(&mut world.seat, "osei").await;
    let read = world.seat.dispatch("amendments", json!({ "patient": ben })).await.unwrap();
    assert_eq!(read["requests"][0]["may_be_extended"], false);
    let late = json!({ "id": read["requests"][0]["request"]["id"], "reason": "author_asked" });
    assert_eq!(write(&mut world, ben, "extend_amendment", late).await.err().unwrap().code, Code::Invalid);
}
