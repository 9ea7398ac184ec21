//! A walk through the house: sign in, find, open, edit, lock.

use crate::world::{World, sign_in};
use std::time::Duration;
use wardseal::app::views::{AllergyBanner, SavedProblem, SeatState};
use wardseal::app::{AddProblem, Code, EditProblem, EnterNationalId, RevealNationalId};
use wardseal::record::{Allergy, AllergyStatement, Coded, Content, Item, PatientRecord, Phone, Problem};
use wardseal::secret::Password;
use wardseal::session::LockCause;

pub fn patient(surname: &str, given: &str, born: &str) -> PatientRecord {
    let mut record = PatientRecord::default();
    record.identity.name.surname = surname.into();
    record.identity.name.given = vec![given.into()];
    record.identity.birth_date = born.parse().ok();
    record.identity.sex = "female".into();
    record.contact.phones = vec![Phone { number: "+1-555-010-0114".into(), usage: None }];
    record
}

pub fn problem(text: &str) -> Problem {
    Problem {
        text: text.into(),
        code: Some("I10".into()),
        system: Some("ICD-10-CM".into()),
        clinical_status: "active".into(),
        verification: "confirmed".into(),
        onset: Some("2024-03".into()),
        abatement: None,
        note: None,
    }
}

fn penicillin() -> Item {
    Item::new(Content::Allergy(Allergy {
        substance: Coded { text: "Penicillin".into(), code: None, system: None },
        kind: "allergy".into(),
        categories: vec!["medication".into()],
        criticality: Some("high".into()),
        reaction: Some("anaphylaxis".into()),
        severity: None,
        status: "active".into(),
        verification: None,
        onset: None,
    }))
}

async fn clinic_with_anna() -> World {
    let mut world = World::new().await;
    let hypertension = Item::new(Content::Problem(problem("Hypertension")));
    let mut anne = patient("Smith", "Anne", "1968-12-04");
    anne.summary.allergies = AllergyStatement::NoneKnown { confirmed: Some("2026-01-02".into()), by: None };
    world
        .register(vec![
            (patient("Smith", "Anna", "1968-04-12"), vec![hypertension, penicillin()]),
            (anne, vec![]),
            (patient("O'Brien-Smith", "Mary", "1990"), vec![]),
            (patient("李", "伟", "1985-02"), vec![]),
        ])
        .await;
    world
}

#[tokio::test]
async fn a_doctor_finds_both_smiths_opens_anna_and_sees_the_severe_allergy() {
    let mut world = clinic_with_anna().await;
    world.sign_in("osei").await;
    let page = world.search("smith").await.unwrap();
    let names: Vec<_> = page.rows.iter().map(|row| row.given.as_str()).collect();
    assert_eq!((page.total, names), (2, vec!["Anna", "Anne"]));
    assert!(page.rows.iter().all(|row| row.similar_name), "one letter apart");
    assert_eq!(page.rows[0].phone_last4.as_deref(), Some("0114"));

    let chart = world.open(page.rows[0].patient).await.unwrap();
    assert_eq!(chart.banner.age, Some(58));
    let Some(AllergyBanner::Recorded { severe, .. }) = &chart.banner.allergies else { panic!("recorded") };
    assert_eq!(severe, &["Penicillin: anaphylaxis"]);
    assert_eq!(chart.problems.unwrap()[0].problem.text, "Hypertension");
    let anne = world.open(page.rows[1].patient).await.unwrap();
    assert!(matches!(anne.banner.allergies, Some(AllergyBanner::NoneKnown { .. })));
}

#[tokio::test]
async fn patients_are_found_by_whole_name_birth_date_phone_and_in_their_own_script() {
    let mut world = clinic_with_anna().await;
    world.sign_in("kim").await;
    for (query, expected) in
        [("SMITH, anna", 1), ("04/12/1968", 1), ("o'brien-smith", 1), ("李", 1), ("555 010 0114", 4), ("Jones", 0)]
    {
        assert_eq!(world.written_so(query).await.len(), expected, "{query}");
    }
    assert_eq!(world.search("  ").await.err().unwrap().code, Code::Invalid);
}

#[tokio::test]
async fn the_receptionist_sees_contact_and_insurance_and_no_clinical_section() {
    let mut world = clinic_with_anna().await;
    world.sign_in("lopez").await;
    let anna = world.find("smith, anna").await;
    let chart = serde_json::to_value(world.open(anna).await.unwrap()).unwrap();
    let mut keys: Vec<&str> = chart.as_object().unwrap().keys().map(String::as_str).collect();
    keys.sort_unstable();
    let expected = [
        "appointments",
        "banner",
        "colleagues",
        "contact",
        "damaged_items",
        "documents",
        "handle",
        "insurance",
        "may",
        "national_id",
        "patient",
        "restriction_on_file",
    ];
    assert_eq!(keys, expected);
    assert!(chart["banner"].get("allergies").is_none());
    let denied = world.seat.perform(AddProblem { patient: anna, problem: problem("Asthma") }).await;
    assert_eq!(denied.err().unwrap().code, Code::NoRight);
}

#[tokio::test]
async fn a_problem_added_before_the_lock_is_there_after_it() {
    let mut world = clinic_with_anna().await;
    world.sign_in("osei").await;
    let anna = world.find("smith, anna").await;
    let saved = world.seat.perform(AddProblem { patient: anna, problem: problem("Asthma") }).await.unwrap();
    assert!(matches!(saved, SavedProblem::Saved { .. }));
    world.seat.lock(LockCause::Manual).await.unwrap();
    assert_eq!(world.open(anna).await.err().unwrap().code, Code::Locked);
    let wrong = world.seat.unlock(&Password::new("not the password".into())).await;
    assert_eq!(wrong.err().unwrap().code, Code::WrongSignIn);
    world.sign_in("osei").await;
    let chart = world.open(anna).await.unwrap();
    let texts: Vec<String> = chart.problems.unwrap().into_iter().map(|one| one.problem.text).collect();
    assert_eq!(texts, ["Asthma", "Hypertension"]);
}

#[tokio::test]
async fn of_two_windows_that_save_the_same_problem_the_second_is_shown_the_first_and_overwrites_nothing() {
    let mut world = clinic_with_anna().await;
    let mut other = world.another_seat().await;
    world.sign_in("osei").await;
    sign_in(&mut other, "osei").await;
    let anna = world.find("smith, anna").await;
    let shown = world.open(anna).await.unwrap().problems.unwrap()[0].clone();
    let edit = |text: &str| EditProblem { patient: anna, item: shown.item, rev: shown.rev, problem: problem(text) };
    let first = other.perform(edit("Essential hypertension")).await.unwrap();
    assert!(matches!(first, SavedProblem::Saved { .. }));
    let SavedProblem::Conflict { current } = world.seat.perform(edit("High blood pressure")).await.unwrap() else {
        panic!("a conflict")
    };
    assert_eq!(current.problem.text, "Essential hypertension");
    let stored = world.open(anna).await.unwrap().problems.unwrap()[0].clone();
    assert_eq!((stored.problem.text.as_str(), stored.rev), ("Essential hypertension", 2));
}

#[tokio::test]
async fn an_idle_seat_locks_and_says_why_and_a_colleague_may_take_it() {
    let mut world = clinic_with_anna().await;
    world.sign_in("lopez").await;
    world.wait(Duration::from_secs(179));
    assert!(world.seat.tick().await.unwrap().is_none());
    world.wait(Duration::from_secs(2));
    let seat = world.seat.tick().await.unwrap().unwrap();
    let SeatState::Locked { initials, cause, .. } = seat.state else { panic!("locked") };
    assert_eq!((initials.as_str(), cause), ("M.L.", LockCause::Idle));
    world.sign_in("kim").await;
    assert!(world.search("smith").await.is_ok());
}

#[tokio::test]
async fn a_number_the_receptionist_enters_she_can_not_read_back_and_the_doctor_can() {
    let mut world = clinic_with_anna().await;
    world.sign_in("lopez").await;
    let anna = world.find("smith, anna").await;
    let entered = EnterNationalId { patient: anna, ssn: "123-45-6789".into() };
    world.seat.perform(entered).await.unwrap();
    let seen = world.open(anna).await.unwrap().national_id.unwrap();
    assert_eq!((seen.on_file, seen.last4, seen.revealed), (true, None, None));
    let reveal = || RevealNationalId { patient: anna, reason: "benefit application".into() };
    assert_eq!(world.seat.perform(reveal()).await.err().unwrap().code, Code::NoRight);
    let another = EnterNationalId { patient: anna, ssn: "321-54-9876".into() };
    let refused = world.seat.perform(another).await.err().unwrap();
    assert_eq!(refused.code, Code::NoRight, "a number on file is the doctor's to change");
    world.seat.sign_out().await.unwrap();
    world.sign_in("osei").await;
    let seen = world.open(anna).await.unwrap().national_id.unwrap();
    assert_eq!((seen.on_file, seen.last4.as_deref()), (true, Some("6789")));
    let number = world.seat.perform(reveal()).await.unwrap().revealed;
    assert_eq!(number.as_deref(), Some("123-45-6789"));
    let again = world.open(anna).await.unwrap().national_id.unwrap();
    assert_eq!(again.last4.as_deref(), Some("6789"), "folded in under the patient's key, it reads the same");
}

#[tokio::test]
async fn the_same_patients_again_add_nothing() {
    let mut world = World::new().await;
    let anna = || vec![(patient("Smith", "Anna", "1968-04-12"), vec![penicillin()])];
    let first = world.register(anna()).await;
    let second = world.register(anna()).await;
    assert_eq!((first.new, second.new, second.changed, second.unchanged), (2, 0, 0, 2));
}

#[tokio::test]
async fn after_five_wrong_passwords_even_the_right_one_has_to_wait() {
    let mut world = clinic_with_anna().await;
    for _ in 0..5 {
        let refused = world.seat.sign_in("kim", &Password::new("wrong".into())).await;
        assert_eq!(refused.err().unwrap().code, Code::WrongSignIn);
    }
    let password = || Password::new(wardseal::app::sign_in::DEMO_PASSWORD.into());
    assert_eq!(world.seat.sign_in("kim", &password()).await.err().unwrap().code, Code::Wait);
    world.wait(Duration::from_secs(16));
    assert!(world.seat.sign_in("kim", &password()).await.is_ok());
}
