//! Nothing that a receptionist is sent holds a clinical word, whatever stands in the chart.

use super::*;
use crate::clinic_day::problem;
use wardseal::record::{Content, Medication};

/// Words of the chart that is looked for, and words that no front-desk payload has any business with.
const CLINICAL: &[&str] = &[
    "hypertension",
    "i10",
    "penicillin",
    "metformin",
    "anaphylaxis",
    "diagnos",
    "problem",
    "allerg",
    "medication",
    "prescri",
    "dosage",
    "lab ",
    "result",
    "symptom",
    "blood",
    "glucose",
    "vital",
    "icd",
    "loinc",
    "snomed",
    "onset",
    "severity",
    "clinical",
    "therapy",
    "disease",
    "disorder",
];

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
        ("set_balance", json!({ "patient": anna, "cents": 4_200, "state": "open", "due": "2026-12-31" })),
        ("search_patients", json!({ "query": "smith", "offset": 0, "limit": 50 })),
    ] {
        told.push(world.seat.dispatch(command, args).await.unwrap());
    }
    for payload in told {
        let words = payload.to_string().to_lowercase();
        let found: Vec<_> = CLINICAL.iter().filter(|word| words.contains(**word)).collect();
        assert!(found.is_empty(), "{found:?} in {words}");
    }
}
