//! A shift at the clinic, through the real window.

use crate::seat::{DOCTOR, ENTER, FRONT_DESK, Seat};

const PROBLEM: &str = "Sprained left ankle";

#[tokio::test]
async fn a_doctor_adds_a_problem_locks_unlocks_and_sees_it() {
    let mut doctor = Seat::open().await;
    doctor.signs_in(DOCTOR).await;
    doctor.opens("Smith").await;
    adds_a_problem(&doctor).await;
    doctor.locks().await;
    assert!(!doctor.words().await.contains(PROBLEM));
    assert!(!doctor.words().await.to_uppercase().contains("SMITH"));
    doctor.types_into("Password", DOCTOR.1).await;
    doctor.presses(ENTER).await;
    doctor.opens("Smith").await;
    doctor.sees(&format!("//*[contains(text(), '{PROBLEM}')]")).await;
    doctor.leave().await;
}

#[tokio::test]
async fn the_front_desk_sees_whom_to_call_and_no_clinical_section() {
    let desk = Seat::open().await;
    desk.signs_in(FRONT_DESK).await;
    desk.opens("Smith").await;
    let words = desk.words().await;
    assert!(words.contains("Contact"), "{words}");
    for clinical in ["Problems", "Medications", "Allerg", "Results", "Notes", PROBLEM] {
        assert!(!words.contains(clinical), "{clinical} in:\n{words}");
    }
    desk.leave().await;
}

async fn adds_a_problem(doctor: &Seat) {
    doctor.sees("//button[contains(., 'Add')]").await.click().await.unwrap();
    doctor.types_into("Problem", PROBLEM).await;
    doctor.presses_with_control(ENTER).await;
    doctor.sees(&format!("//*[contains(text(), '{PROBLEM}')]")).await;
}
