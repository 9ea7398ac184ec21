//! Nothing that a receptionist is sent holds a clinical word, whatever stands in the chart.

use super::*;
use crate::clinic_day::problem;
use crate::commands::arguments;
use crate::world::{at_the_counter, in_record};
use wardseal::app::commands::{COMMANDS, right_of};
use wardseal::policy::{Relationship, Role, decide};
use wardseal::record::{Content, Medication, Recipient};

/// Words of the chart that is looked for, and words that nothing at the desk has any business with. The screens' tests
/// read the same list.
const CLINICAL: &str = include_str!("../../../ui/src/screens/workplace/clinical-words.txt");
/// The first of them: what stands in the chart, so not even a name of a field may hold it.
const OF_THE_CHART: usize = 5;

fn found_in(words: &str, list: impl Iterator<Item = &'static str>) -> Vec<&'static str> {
    let words = words.to_lowercase();
    list.filter(|word| words.contains(word)).collect()
}

/// What a payload says, without the names of its fields.
fn values(payload: &Value) -> String {
    match payload {
        Value::Array(list) => list.iter().map(values).collect::<Vec<_>>().join("\n"),
        Value::Object(fields) => fields.values().map(values).collect::<Vec<_>>().join("\n"),
        Value::String(text) => text.clone(),
        _ => String::new(),
    }
}

#[tokio::test]
async fn nothing_that_the_front_desk_is_sent_has_a_clinical_word() {
    let metformin = json!({ "drug": { "text": "Metformin 500 mg" }, "dosage": "twice a day", "status": "active" });
    let metformin: Medication = serde_json::from_value(metformin).unwrap();
    let chart = vec![Item::new(Content::Problem(problem("Hypertension"))), Item::new(Content::Medication(metformin))];
    let Monday { mut world, anna, ben, .. } = monday_with(chart).await;
    let visit = booked(&mut world.seat, anna, plan("2026-11-23", 480, OSEI)).await;
    let wish = json!({ "patient": ben, "visit_type": "Follow-up", "from": "2026-11-23", "until": "2026-11-27" });
    let said = said("1968-04-12", "0114");
    let mut told = vec![with(&mut world.seat, "check_in", &visit, said).await.unwrap()];
    for (command, args) in [
        ("wait_for_visit", wish),
        ("book_visit", json!({ "patient": ben, "plan": plan("2026-11-23", 480, OSEI) })),
        ("schedule", json!({ "days": 7 })),
        ("schedule_month", json!({})),
        ("free_slots", json!({ "minutes": 30 })),
        ("waiting_list", json!({})),
        ("public_board", json!({})),
        ("todays_schedule", json!({})),
        ("my_day", json!({})),
        ("reminders", json!({})),
        ("show_account", json!({ "patient": anna })),
        ("search_patients", json!({ "query": "smith", "offset": 0, "limit": 50 })),
    ] {
        told.push(world.seat.dispatch(command, args).await.unwrap());
    }
    let owed = json!({ "patient": anna, "cents": 4_200, "state": "open", "due": "2026-12-31" });
    told.push(at_the_counter(&mut world.seat, "set_balance", owed).await.unwrap());
    for payload in told {
        let words = payload.to_string();
        let found = found_in(&words, CLINICAL.lines());
        assert!(found.is_empty(), "{found:?} in {words}");
    }
}

/// Anna's chart says a lot; her record is as the desk sees it.
async fn monday_of_a_patient_with_a_chart() -> Monday {
    let metformin = json!({ "drug": { "text": "Metformin 500 mg" }, "dosage": "twice a day", "status": "active" });
    let metformin: Medication = serde_json::from_value(metformin).unwrap();
    let penicillin = json!({ "substance": { "text": "Penicillin" }, "kind": "allergy", "status": "active",
        "reaction": "anaphylaxis", "criticality": "high" });
    let penicillin = serde_json::from_value(penicillin).unwrap();
    let chart =
        [Content::Problem(problem("Hypertension")), Content::Medication(metformin), Content::Allergy(penicillin)];
    monday_with(chart.map(Item::new).into()).await
}

fn scan(command: &str, payload: &Value) {
    let found = found_in(&payload.to_string(), CLINICAL.lines().take(OF_THE_CHART));
    assert!(found.is_empty(), "{command}: {found:?} in {payload}");
    let found = found_in(&values(payload), CLINICAL.lines());
    assert!(found.is_empty(), "{command}: {found:?} in {payload}");
}

#[tokio::test]
async fn no_command_that_a_receptionist_may_call_answers_with_a_clinical_word() {
    let Monday { mut world, anna, ben, .. } = monday_of_a_patient_with_a_chart().await;
    let visit = booked(&mut world.seat, anna, plan("2026-11-23", 480, OSEI)).await;
    let (mut called, item) = (0, visit["item"].as_str().unwrap().parse().unwrap());
    // What somebody typed herself comes back to her alone.
    for command in COMMANDS.iter().filter(|command| command.gated && command.name != "keep_draft") {
        let args = arguments(command.name, anna, item);
        let right = right_of(command.name, args.clone()).unwrap().unwrap();
        if decide(Role::FrontDesk, right, Relationship::CareTeam).is_allowed() {
            // A refusal is a payload too.
            let answer = match command.bound {
                true => in_record(&mut world.seat, command.name, args).await,
                false => world.seat.dispatch(command.name, args).await,
            };
            scan(command.name, &answer.unwrap_or_else(|failure| serde_json::to_value(failure).unwrap()));
            called += 1;
        }
    }
    assert!(called > 40, "{called}");
    // What was changed above is read, and the way of a visit is gone with what is true.
    let mut visit = booked(&mut world.seat, ben, plan("2026-11-23", 600, OSEI)).await;
    let elsewhere = json!({ "reason": "patient_asked", "plan": plan("2026-11-23", 660, OSEI) });
    let moved = with(&mut world.seat, "reschedule_visit", &visit, elsewhere).await.unwrap();
    scan("reschedule_visit", &moved);
    visit = moved["visits"][0].clone();
    for (command, more) in [
        ("check_in", said("1971-02-03", "0114")),
        ("step_visit", json!({ "step": "room", "room": "Room 1" })),
        ("cancel_visit", json!({ "reason": "left_unseen" })),
    ] {
        let done = with(&mut world.seat, command, &visit, more).await.unwrap();
        scan(command, &done);
        visit = done["visit"].clone();
    }
    for (command, args) in [
        ("open_chart", json!({ "patient": anna })),
        ("patient_details", json!({ "patient": anna })),
        ("patient_history", json!({ "patient": anna })),
        ("show_photo", json!({ "patient": anna })),
        ("list_requests", json!({})),
        ("drafts", json!({})),
    ] {
        scan(command, &world.seat.dispatch(command, args).await.unwrap());
    }
}

#[tokio::test]
async fn no_paper_that_a_receptionist_prints_has_a_clinical_word() {
    let Monday { mut world, anna, .. } = monday_of_a_patient_with_a_chart().await;
    booked(&mut world.seat, anna, plan("2026-11-23", 480, OSEI)).await;
    let terms = json!({ "kind": "restriction", "to": "family", "purpose": "any", "part": "drug_list",
        "from": "2026-11-20", "why": "agreed", "way": "in_person" });
    let noted = in_record(&mut world.seat, "note_directive", json!({ "patient": anna, "terms": terms })).await;
    scan("note_directive", &noted.unwrap());
    for document in ["patient_copy", "label", "wristband", "todays_list"] {
        for purpose in ["treatment", "patient_request", "payment", "operations"] {
            for to in Recipient::ALL {
                let order = json!({ "document": document, "patient": anna, "visit": null, "purpose": purpose,
                    "for_whom": to, "paper": "letter" });
                for stage in ["preview_print", "print"] {
                    // What isn't disclosed is told in words too.
                    let told = world.seat.dispatch(stage, order.clone()).await;
                    assert!(
                        told.is_ok() || !matches!(to, Recipient::Patient | Recipient::Clinic),
                        "{document}, {to:?}"
                    );
                    scan(document, &told.unwrap_or_else(|failure| serde_json::to_value(failure).unwrap()));
                }
            }
        }
    }
    for document in ["visit_summary", "medication_list"] {
        let order = json!({ "document": document, "patient": anna, "visit": null, "purpose": "treatment", "for_whom": "patient", "paper": "a4" });
        let refused = world.seat.dispatch("preview_print", order).await.err().unwrap();
        assert_eq!(refused.code, wardseal::app::Code::NoRight);
    }
}
