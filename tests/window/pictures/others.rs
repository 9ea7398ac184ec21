//! What those can reach who see no patients, and what everybody sees when the seat is locked.

use super::{a_moment, closes, heading, turns};
use crate::album::Album;
use crate::seat::{ENTER, ESCAPE, PASSWORD, Seat};

/// How the administrator comes to the list of workstations.
pub async fn turns_to_workstations(seat: &Seat) {
    turns(seat, "w").await;
    heading(seat, "Workstations").await;
    seat.sees("//li//strong").await;
}

pub async fn work(album: &mut Album, seat: &mut Seat) {
    album.turns_to("Auditor");
    enters(seat, "park").await;
    album.looks(seat, "auditor-start", "after signing in", "workplace/NoPatients").await;
    album.turns_to("Everybody");
    seat.locks().await;
    album.looks(seat, "lock", "`Ctrl+L`, or nobody was there for a while", "lock/Locked").await;
    seat.clicks_on("//button[contains(., 'Someone else')]").await;
    seat.sees("//h1[contains(., 'Sign in')]").await;
    administers(album, seat).await;
}

pub async fn enters(seat: &Seat, name: &str) {
    seat.types_into("User name", name).await;
    seat.types_into("Password", PASSWORD).await;
    seat.presses(ENTER).await;
    seat.sees("//footer").await;
    a_moment().await;
}

async fn administers(album: &mut Album, seat: &Seat) {
    album.turns_to("Administrator");
    enters(seat, "adams").await;
    album.looks(seat, "admin-start", "after signing in", "workplace/NoPatients").await;
    seat.clicks_on("//footer//button[contains(., 'Seal')]").await;
    seat.sees("//*[@role='dialog']//dl//dt").await;
    album.looks(seat, "admin-status", "the seal at the foot", "status/Status").await;
    closes(seat).await;
    turns_to_workstations(seat).await;
    album.looks(seat, "admin-workstations", "`g w`", "workstations/Workstations").await;
    seat.clicks_on("//button[contains(., 'Take out of use')]").await;
    seat.sees("//*[@role='alertdialog']").await;
    album.looks(seat, "admin-workstations-retire", "workstations, take out of use", "workstations/StationRow").await;
    seat.presses(ESCAPE).await;
}
