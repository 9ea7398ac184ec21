//! What was typed and not saved, after the program was killed.

use crate::seat::{DOCTOR, ESCAPE, Seat};
use std::time::Duration;
use tokio::time::sleep;

#[tokio::test]
async fn the_reason_of_a_mark_in_error_is_there_after_a_kill_two_seconds_later() {
    let seat = Seat::open_in_the_morning(&[]).await;
    seat.signs_in(DOCTOR).await;
    seat.opens("Smith").await;
    seat.clicks_on("//*[@role='tab'][contains(., 'Timeline')]").await;
    seat.clicks_on("(//button[normalize-space()='Entered in error'])[1]").await;
    seat.field("Reason").await;
    seat.types("It belongs to her sister").await;
    sleep(Duration::from_secs(2)).await;
    let seat = seat.starts_again_after_a_kill().await;
    seat.signs_in(DOCTOR).await;
    seat.clicks_on("//li[contains(., 'Entered in error')]//button[contains(., 'Continue')]").await;
    let reason = seat.field("Reason").await;
    seat.sees("//*[@role='status'][contains(., 'had typed and not saved')]").await;
    assert_eq!(reason.prop("value").await.unwrap().as_deref(), Some("It belongs to her sister"));
    seat.presses(ESCAPE).await;
    seat.clicks_on("//*[@role='alertdialog']//button[contains(., 'Discard')]").await;
    seat.sees("//main[not(//*[@role='dialog'])]").await;
    seat.leave().await;
}
