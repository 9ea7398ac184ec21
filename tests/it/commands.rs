//! The table of commands: against the policy, for every role; and against the bindings of the screen.

use crate::clinic_day::{patient, problem};
use crate::world::{World, sign_in};
use serde_json::{Value, json};
use std::path::Path;
use uuid::Uuid;
use wardseal::app::Code;
use wardseal::app::commands::{COMMANDS, bindings, right_of};
use wardseal::app::sign_in::DEMO_USERS;
use wardseal::policy::{Relationship, Right, decide};
use wardseal::record::Section;

fn allergy() -> Value {
    json!({ "substance": { "text": "Penicillin" }, "kind": "allergy", "status": "active" })
}

fn immunization() -> Value {
    json!({ "vaccine": { "text": "Influenza" }, "status": "completed" })
}

fn procedure() -> Value {
    json!({ "code": { "text": "Spirometry" }, "status": "completed" })
}

fn report() -> Value {
    json!({ "code": { "text": "Chest X-ray" }, "status": "final" })
}

fn imaging() -> Value {
    json!({ "code": { "text": "Chest X-ray" }, "modality": "DX", "status": "registered" })
}

fn referral() -> Value {
    json!({ "to": "Dr. A. Heart", "reason": "Palpitations", "priority": "routine", "status": "draft" })
}

fn encounter() -> Value {
    json!({ "status": "planned", "class": "AMB", "kind": { "text": "Office visit" } })
}

fn ordered() -> Value {
    json!({ "drug": { "text": "Lisinopril" }, "dose": "10 mg", "route": "by mouth", "frequency": "once a day" })
}

fn note() -> Value {
    json!({ "title": "Visit", "template": "free", "text": "Feels well." })
}

/// Arguments that every command takes, for a patient on the care team.
pub fn arguments(name: &str, patient: Uuid, item: Uuid) -> Value {
    match name {
        "sign_in" => json!({ "username": "nobody", "password": "nothing" }),
        "unlock" => json!({ "password": "nothing" }),
        "search_patients" => json!({ "query": "smith", "offset": 0, "limit": 50 }),
        "match_patients" => json!({ "surname": "smith", "given": "ana" }),
        "find_by_national_id" => json!({ "ssn": "123-45-6789", "purpose": "payment" }),
        "check_registration" => json!({ "entered": { "identity": { "surname": "smith", "given": "ana" } } }),
        "register_patient" => {
            let identity = json!({ "surname": "Li", "given": item, "birth_date": "1990", "sex": "female" });
            json!({ "entered": { "identity": identity } })
        }
        "find_duplicates" => json!({ "after": null }),
        "tell_apart" => json!({ "patient": patient, "other": item }),
        "amendments" => json!({ "patient": patient }),
        "note_amendment" => {
            json!({ "patient": patient, "received": "2026-11-20", "way": "letter", "about": "chart" })
        }
        "extend_amendment" => json!({ "patient": patient, "id": "1", "reason": "author_asked" }),
        "decide_amendment" => {
            json!({ "patient": patient, "id": "1", "accepted": false, "reason": "accurate_and_complete" })
        }
        "directives" => json!({ "patient": patient }),
        "note_directive" => json!({ "patient": patient, "terms": restriction() }),
        "end_directive" => json!({ "patient": patient, "id": "1", "reason": "patient_said" }),
        "show_photo" => json!({ "patient": patient }),
        "take_photo" | "remove_photo" => json!({ "patient": patient, "rev": 0 }),
        "scan_wristband" => json!({ "code": wardseal::record::wristband::code("MRN-1") }),
        "find_look_alikes" | "patient_details" | "patient_history" => json!({ "patient": patient }),
        "edit_contact" => json!({ "patient": patient, "rev": 0, "contact": {} }),
        "edit_insurance" => json!({ "patient": patient, "rev": 0, "insurance": {} }),
        "set_standing" => json!({ "patient": patient, "rev": 0, "standing": {} }),
        "correct_identity" => json!({
            "patient": patient, "rev": 0, "identity": { "surname": "Smith", "given": "Ana" }, "document": "passport",
        }),
        "decide_correction" => json!({ "patient": patient, "approve": false }),
        "restore_version" => json!({ "patient": patient, "section": "contact", "version": 9, "rev": 9 }),
        "merge_patients" => json!({ "patient": patient, "merged": patient, "reason": "one person" }),
        "unmerge_patients" => json!({ "patient": patient, "merged": item }),
        "confirm_identity" => json!({ "patient": patient, "birth_date": "04/12/1968", "second": "0114" }),
        "register_unknown" => json!({ "sex": "male", "estimated_age": 40 }),
        "open_chart" => json!({ "patient": patient }),
        "suggest_codes" => json!({ "text": "high blood pressure", "search": item }),
        "add_problem" => json!({ "patient": patient, "problem": problem("Asthma") }),
        "edit_problem" => json!({ "patient": patient, "item": item, "rev": 1, "problem": problem("Asthma") }),
        "mark_in_error" => {
            json!({ "patient": patient, "item": item, "rev": 1, "section": "notes", "reason": "Entered twice" })
        }
        "move_item" => json!({
            "patient": patient, "item": item, "rev": 1, "section": "notes", "to": patient, "reason": "Wrong chart was open",
        }),
        "set_label" => json!({
            "patient": patient, "item": item, "rev": 1, "section": "notes", "label": "psychiatric", "reason": "She asked for it",
        }),
        "item_history" => json!({ "patient": patient, "item": item, "section": "notes" }),
        "withhold_order" => json!({ "patient": patient, "drug": "warfarin" }),
        "care_overview" => json!({ "patient": patient }),
        "find_cohort" => json!({ "query": { "condition": "diabetes" }, "after": null }),
        "report_interaction_answers" => json!({ "after": null }),
        "check_interactions" => json!({ "patient": patient, "proposed": ["warfarin"], "meant": [] }),
        "keep_draft" => {
            json!({ "place": { "form": "problem", "patient": patient }, "title": "Problem", "typed": "{}" })
        }
        "drafts" => json!({}),
        "drop_draft" => json!({ "place": { "form": "problem", "patient": patient } }),
        "add_allergy" => json!({ "patient": patient, "entry": allergy() }),
        "edit_allergy" => json!({ "patient": patient, "item": item, "rev": 1, "entry": allergy() }),
        "add_immunization" => json!({ "patient": patient, "entry": immunization() }),
        "edit_immunization" => json!({ "patient": patient, "item": item, "rev": 1, "entry": immunization() }),
        "add_procedure" => json!({ "patient": patient, "entry": procedure() }),
        "edit_procedure" => json!({ "patient": patient, "item": item, "rev": 1, "entry": procedure() }),
        "add_report" => json!({ "patient": patient, "entry": report() }),
        "edit_report" => json!({ "patient": patient, "item": item, "rev": 1, "entry": report() }),
        "add_imaging" => json!({ "patient": patient, "entry": imaging() }),
        "edit_imaging" => json!({ "patient": patient, "item": item, "rev": 1, "entry": imaging() }),
        "add_referral" => json!({ "patient": patient, "entry": referral() }),
        "edit_referral" => json!({ "patient": patient, "item": item, "rev": 1, "entry": referral() }),
        "add_care_plan" => json!({ "patient": patient, "entry": { "title": "Lower salt", "status": "active" } }),
        "edit_care_plan" => {
            json!({ "patient": patient, "item": item, "rev": 1, "entry": { "title": "Lower salt", "status": "active" } })
        }
        "add_encounter" => json!({ "patient": patient, "entry": encounter() }),
        "edit_encounter" => json!({ "patient": patient, "item": item, "rev": 1, "entry": encounter() }),
        "step_encounter" => json!({ "patient": patient, "item": item, "rev": 1, "status": "finished" }),
        "record_administration" => json!({
            "patient": patient, "medication": item, "given": true, "at": "2026-11-22T09:40:00Z", "dose": "10 mg",
        }),
        "note_response" => json!({ "patient": patient, "item": item, "rev": 1, "response": "Pain 2 of 10" }),
        "record_vitals" => json!({
            "patient": patient, "at": "2026-11-22T09:40:00Z", "vitals": { "heart_rate": 72 }, "confirmed": [],
        }),
        "record_result" => {
            json!({ "patient": patient, "code": "2823-3", "value": 4.1, "at": "2026-11-22T09:40:00Z" })
        }
        "order_medication" => json!({ "patient": patient, "ordered": ordered() }),
        "record_verbal_order" => json!({
            "patient": patient, "ordered": ordered(), "how": "telephone", "doctor": "osei", "read_back": true,
        }),
        "step_order" => json!({ "patient": patient, "item": item, "rev": 1, "step": "sign" }),
        "reconcile_medications" => json!({ "patient": patient, "taken": [[item, 1]], "stopped": [] }),
        "request_refill" => json!({ "patient": patient, "medication": item, "urgent": false }),
        "decide_refill" => json!({ "patient": patient, "item": item, "rev": 1, "approve": true }),
        "write_note" => json!({ "patient": patient, "note": note() }),
        "edit_note" => json!({ "patient": patient, "item": item, "rev": 1, "note": note() }),
        "add_addendum" => json!({ "patient": patient, "item": item, "rev": 1, "text": "Slept well." }),
        "add_task" => json!({ "patient": patient, "text": "Call the daughter", "priority": "routine" }),
        "confirm_no_allergies" => json!({ "patient": patient }),
        "sign_result" | "complete_refill" | "sign_note" | "cosign_note" | "change_task" | "ready_letter" => {
            json!({ "patient": patient, "item": item, "rev": 1 })
        }
        "attach_file" => json!({ "patient": patient, "class": "letter", "title": "Letter" }),
        "show_attachment" => json!({ "patient": patient, "item": item, "section": "documents", "page": 0 }),
        "copy_attachment" => {
            json!({ "patient": patient, "item": item, "section": "documents", "purpose": "treatment", "for_whom": "patient" })
        }
        "read_item" => json!({ "patient": patient, "item": item, "section": "notes" }),
        "read_timeline" => {
            json!({ "patient": patient, "kinds": [], "in_error": false, "offset": 0, "limit": 20 })
        }
        "read_worklist" => json!({ "all": true }),
        "read_shift" => json!({ "hours": 8 }),
        "enter_national_id" => json!({ "patient": patient, "ssn": "123-45-6789" }),
        "reveal_national_id" => json!({ "patient": patient, "reason": "benefit application" }),
        "xray" => json!({ "patient": patient }),
        "preview_print" | "print" | "save_print" => json!({
            "document": "patient_copy", "patient": patient, "visit": null, "purpose": "treatment", "for_whom": "patient",
            "paper": "letter",
        }),
        "change_password" => json!({ "current": "not it", "new": "seven kettles on a shelf" }),
        "confirm_access" => json!({ "user": item, "code": "123 456" }),
        "create_user" => {
            json!({ "username": format!("u{}", item.simple()), "name": "Nora Diaz", "role": "nurse", "unit": null })
        }
        "change_role" => json!({ "user": item, "role": "nurse" }),
        "set_active" => json!({ "user": item, "active": false }),
        "break_glass" => json!({ "patient": patient, "reason": "acute", "password": "not it" }),
        "set_extra_right" => json!({ "user": item, "sensitive": true }),
        "order_access" => json!({ "user": item }),
        "reset_password" => json!({ "user": item, "compromised": false }),
        "answer_enrolment" | "refuse_enrolment" => json!({ "request": item }),
        "approve_enrolment" => json!({ "request": item, "code": "123 456" }),
        "revoke_workstation" => json!({ "workstation": item }),
        "retire_workstation" => json!({}),
        "order_rotation" => json!({ "kind": "site", "compartment": null }),
        "list_requests" | "list_users" | "list_workstations" | "waiting_list" | "public_board" | "my_day"
        | "reminders" | "send_reminders" => json!({}),
        "schedule" => json!({ "days": 1 }),
        "schedule_month" => json!({}),
        "free_slots" => json!({ "minutes": 30 }),
        "book_visit" => json!({ "patient": patient, "plan": plan() }),
        "reschedule_visit" => {
            json!({ "patient": patient, "item": item, "rev": 1, "reason": "patient_asked", "plan": plan() })
        }
        "cancel_visit" => json!({ "patient": patient, "item": item, "rev": 1, "reason": "patient_asked" }),
        "correct_visit" => json!({ "patient": patient, "item": item, "rev": 1, "reason": "wrong_patient" }),
        "step_visit" => json!({ "patient": patient, "item": item, "rev": 1, "step": "room" }),
        "check_in" => json!({
            "patient": patient, "item": item, "rev": 1, "birth_date": "1968-04-12", "insurance": "confirmed",
            "second": { "kind": "phone", "value": "0114" }, "forms": [],
        }),
        "wait_for_visit" => {
            json!({ "patient": patient, "visit_type": "Follow-up", "from": "2026-11-23", "until": "2026-11-27" })
        }
        "show_account" => json!({ "patient": patient }),
        "note_coverage" => {
            json!({ "patient": patient, "carrier": "Example Health Plan", "answer": "active", "way": "phone" })
        }
        "note_authorization" => json!({
            "patient": patient, "carrier": "Example Health Plan", "service": "imaging", "status": "requested", "used": 0,
        }),
        "set_balance" => json!({ "patient": patient, "cents": 4200, "state": "open" }),
        "set_schedule" => json!({ "version": 0 }),
        "seat" | "lock" | "sign_out" | "touch" | "recent_patients" | "todays_schedule" | "status" => json!({}),
        other => panic!("{other} has no arguments here: add them, so that it is tried with every role"),
    }
}

fn restriction() -> Value {
    json!({
        "kind": "restriction", "to": "health_plan", "purpose": "any", "part": "visits", "from": "2026-11-23",
        "why": "paid_in_full", "way": "paper_signed",
    })
}

fn plan() -> Value {
    json!({ "at": { "day": "2026-11-23", "minute": 540 }, "provider": "Dr. R. Osei", "visit_type": "Follow-up" })
}

#[tokio::test]
async fn every_command_answers_every_role_as_the_policy_says() {
    let mut world = World::new().await;
    // A patient for each role: what one role has entered decides what the next may change.
    let one = |(username, _): &(&str, _)| (patient("Smith", username, "1968-04-12"), vec![]);
    world.register(DEMO_USERS.iter().map(one).collect()).await;
    for (username, role) in DEMO_USERS {
        world.seat.sign_out().await.unwrap();
        world.sign_in("osei").await;
        let anna = world.find(&format!("smith, {username}")).await;
        for command in COMMANDS.iter().filter(|command| command.gated) {
            world.seat.sign_out().await.unwrap();
            sign_in(&mut world.seat, username).await;
            let mut arguments = arguments(command.name, anna, Uuid::new_v4());
            if command.bound {
                let chart = world.seat.dispatch("open_chart", json!({ "patient": anna })).await.unwrap_or_default();
                let handle = chart.get("handle").cloned().unwrap_or_else(|| json!(Uuid::nil()));
                arguments["window"] = json!({ "handle": handle, "patient": anna });
            }
            let right = right_of(command.name, arguments.clone()).unwrap().expect("a gated command names its right");
            let allowed = decide(role, right, Relationship::CareTeam).is_allowed();
            let answer = world.seat.dispatch(command.name, arguments).await;
            let refused =
                matches!(&answer, Err(failure) if failure.code == Code::NoRight || failure.code == Code::NotOnCareTeam);
            assert_eq!(refused, !allowed, "{role:?} asks {}: {:?}", command.name, answer.err());
        }
    }
}

/// A visit names its patient itself.
const OF_A_VISIT: [Section; 1] = [Section::Appointments];
/// Writes about no patient who is on file yet.
const OF_NOBODY_YET: [&str; 2] = ["register_patient", "register_unknown"];

#[test]
fn every_write_into_a_chart_or_the_record_of_a_person_must_come_from_the_window_of_its_patient() {
    for command in COMMANDS.iter().filter(|command| command.gated) {
        let arguments = arguments(command.name, Uuid::new_v4(), Uuid::new_v4());
        let writes = match right_of(command.name, arguments).unwrap().unwrap() {
            Right::Edit(_) if OF_NOBODY_YET.contains(&command.name) => false,
            Right::MergePatients => command.name.ends_with("merge_patients"),
            Right::Edit(section) => !OF_A_VISIT.contains(&section),
            right => [
                Right::EnterNationalId,
                Right::SignResults,
                Right::RequestRefills,
                Right::RecordVerbalOrders,
                Right::RecordAdministration,
            ]
            .contains(&right),
        };
        assert_eq!(command.bound, writes, "{}", command.name);
    }
}

#[tokio::test]
async fn nobody_signed_in_means_no_answer_to_any_gated_command() {
    let mut world = World::new().await;
    for command in COMMANDS.iter().filter(|command| command.gated) {
        let mut arguments = arguments(command.name, Uuid::new_v4(), Uuid::new_v4());
        arguments["window"] = json!({ "handle": Uuid::nil(), "patient": Uuid::nil() });
        let refused = world.seat.dispatch(command.name, arguments).await.err().unwrap();
        assert_eq!(refused.code, Code::NotSignedIn, "{}", command.name);
    }
}

#[tokio::test]
async fn a_clinician_off_the_care_team_is_told_so_and_a_patient_nobody_listed_is_not_found() {
    let mut world = World::new().await;
    world.register(vec![(patient("Smith", "Anna", "1968-04-12"), vec![])]).await;
    world.sign_in("kim").await;
    let denied = world.open(Uuid::new_v4()).await.err().unwrap();
    assert_eq!(denied.code, Code::NotOnCareTeam);
    world.seat.sign_out().await.unwrap();
    world.sign_in("lopez").await;
    assert_eq!(world.open(Uuid::new_v4()).await.err().unwrap().code, Code::NotFound);
}

#[test]
fn the_screens_bindings_are_those_of_the_table() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("ui/src/api/bindings.ts");
    let generated = bindings();
    if std::env::var_os("WARDSEAL_UPDATE").is_some() {
        std::fs::write(&path, &generated).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(committed == generated, "ui/src/api/bindings.ts differs: run `./task bindings`");
}
