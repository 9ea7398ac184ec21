//! What a patient has said about who may be told: noted at the desk with what was agreed, ended, never taken out.

use super::*;
use crate::world::{in_record, sign_in};
use wardseal::app::{CheckStore, Code};

fn restriction() -> Value {
    json!({
        "kind": "restriction", "to": "health_plan", "purpose": "any", "part": "visits", "from": "2026-11-23",
        "why": "paid_in_full", "way": "paper_signed",
    })
}

async fn note(world: &mut World, patient: Uuid, change: Value) -> Result<Value, wardseal::app::Failure> {
    let mut terms = restriction();
    terms.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
    in_record(&mut world.seat, "note_directive", json!({ "patient": patient, "terms": terms })).await
}

async fn end(world: &mut World, patient: Uuid, id: &Value) -> Result<Value, wardseal::app::Failure> {
    let args = json!({ "patient": patient, "id": id, "reason": "patient_said" });
    in_record(&mut world.seat, "end_directive", args).await
}

#[tokio::test]
async fn a_restriction_is_noted_at_the_desk_ended_with_the_patient_and_stays_in_the_list() {
    let Monday { mut world, anna, .. } = monday().await;
    let noted = note(&mut world, anna, json!({})).await.unwrap();
    let one = &noted["list"][0];
    assert_eq!((&one["standing"], &one["directive"]["by"]), (&json!("in_force"), &json!("M. Lopez")));
    assert_eq!((&one["directive"]["terms"]["why"], &noted["may_note"]), (&json!("paid_in_full"), &json!(true)));
    let id = one["directive"]["id"].clone();
    let chart = world.seat.dispatch("open_chart", json!({ "patient": anna })).await.unwrap();
    assert_eq!(chart["restriction_on_file"], true, "whoever opens the chart sees it");
    // A nurse notes what is said to her, and ends what the patient takes back.
    sign_in(&mut world.seat, "kim").await;
    let family = json!({ "kind": "authorization", "to": "family", "part": "whole_record", "why": "agreed",
        "way": "in_person", "from": "2026-12-01", "until": "2026-12-31" });
    let noted = note(&mut world, anna, family).await.unwrap();
    assert_eq!(noted["list"][0]["standing"], "not_yet");
    let ended = end(&mut world, anna, &id).await.unwrap();
    let last = &ended["list"][1];
    assert_eq!((&last["standing"], &last["directive"]["ended"]["by"]), (&json!("ended"), &json!("N. Kim")));
    assert_eq!(last["directive"]["ended"]["reason"], "patient_said");
    let chart = world.seat.dispatch("open_chart", json!({ "patient": anna })).await.unwrap();
    assert_eq!(chart["restriction_on_file"], false, "an authorization is none");
    assert_eq!(end(&mut world, anna, &id).await.err().unwrap().code, Code::Conflict, "it ended once");
    assert_eq!(end(&mut world, anna, &json!("none")).await.err().unwrap().code, Code::NotFound);
    sign_in(&mut world.seat, "lopez").await;
    let read = world.seat.dispatch("directives", json!({ "patient": anna })).await.unwrap();
    assert_eq!(read["list"].as_array().unwrap().len(), 2, "nothing is taken out");
    sign_in(&mut world.seat, "osei").await;
    assert!(world.seat.perform(CheckStore {}).await.unwrap().findings.is_empty());
    world.seat.sign_out().await.unwrap();
    let rows = world.audited();
    let told = |action: &str| rows.iter().filter(|row| row.action.as_str() == action).count();
    assert_eq!((told("note_directive"), told("directives")), (4, 1), "two decisions, two outcomes; one reading");
}

#[tokio::test]
async fn what_the_law_does_not_know_is_refused_by_its_field_and_nobody_else_may_note_anything() {
    let Monday { mut world, anna, .. } = monday().await;
    for (change, field) in [
        (json!({ "to": "employer" }), "to"),
        (json!({ "purpose": "payment" }), "purpose"),
        (json!({ "from": "next week" }), "from"),
        (json!({ "until": "2026-11-22" }), "until"),
        (json!({ "kind": "authorization" }), "why"),
        (json!({ "kind": "authorization", "why": "agreed", "to": "employer" }), "until"),
        (json!({ "kind": "authorization", "why": "agreed", "to": "employer", "way": "in_person" }), "way"),
        (json!({ "kind": "authorization", "why": "agreed", "to": "anyone" }), "to"),
    ] {
        let refused = note(&mut world, anna, change).await.err().unwrap();
        assert_eq!((refused.code, &refused.fields["field"]), (Code::Invalid, &json!(field)));
    }
    let unknown = note(&mut world, anna, json!({ "to": "the press" })).await.err().unwrap();
    assert_eq!(unknown.code, Code::Internal, "no screen offers that");
    let read = world.seat.dispatch("directives", json!({ "patient": anna })).await.unwrap();
    assert_eq!(read["list"], json!([]));
    for user in ["adams", "park"] {
        sign_in(&mut world.seat, user).await;
        let refused = world.seat.dispatch("directives", json!({ "patient": anna })).await.err().unwrap();
        assert_eq!(refused.code, Code::NoRight, "{user}");
    }
}
