//! What a lock does to the window.

use crate::logind::{ANOTHER, Logind, OURS};
use crate::seat::{DOCTOR, Seat};
use std::time::Duration;

#[tokio::test]
async fn after_a_lock_the_window_is_another_one_and_knows_nothing() {
    let mut doctor = Seat::open().await;
    doctor.signs_in(DOCTOR).await;
    doctor.searches("Smith").await;
    doctor.client.execute("window.before = document.body.innerText", vec![]).await.unwrap();
    doctor.locks().await;
    assert_eq!(doctor.client.execute("return typeof window.before", vec![]).await.unwrap(), "undefined");
    doctor.leave().await;
}

#[tokio::test]
async fn after_a_lock_the_process_that_drew_the_chart_goes_away() {
    let mut doctor = Seat::open().await;
    doctor.signs_in(DOCTOR).await;
    doctor.opens("Smith").await;
    let drew = doctor.web_processes();
    doctor.locks().await;
    let still_there = |seat: &Seat| seat.web_processes().iter().any(|process| drew.contains(process));
    for _ in 0..100 {
        if !still_there(&doctor) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert!(!still_there(&doctor));
    doctor.leave().await;
}

#[tokio::test]
async fn the_operating_systems_lock_locks_its_own_seat() {
    let logind = Logind::start();
    let mut doctor = Seat::open_with(&[logind.environment()]).await;
    doctor.signs_in(DOCTOR).await;
    logind.locks(ANOTHER);
    doctor.searches("Smith").await;
    logind.locks(OURS);
    doctor.moves_to_the_new_view().await;
    doctor.sees("//h1[contains(., 'Locked')]").await;
    doctor.leave().await;
}

#[tokio::test]
async fn sleep_locks_the_seat_and_waits_until_it_is_locked() {
    let logind = Logind::start();
    let mut doctor = Seat::open_with(&[logind.environment()]).await;
    doctor.signs_in(DOCTOR).await;
    assert!(!logind.may_sleep());
    logind.says_sleep();
    doctor.moves_to_the_new_view().await;
    doctor.sees("//h1[contains(., 'Locked')]").await;
    assert!(logind.may_sleep());
    doctor.leave().await;
}
