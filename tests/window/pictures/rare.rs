//! What a clinic sees seldom: a policy that asks for two identifiers, a password for one time, the end of a workstation.

use super::others::{enters, turns_to_workstations};
use super::{clicks, heading};
use crate::album::Album;
use crate::clinic::full_clinic;
use crate::seat::{ALT, ENTER, NURSE, Seat};
use crate::two::second_machine;
use std::path::PathBuf;

/// It ends with the workstation: nobody signs in there afterwards.
pub async fn things_happen(album: &mut Album, seat: Seat, (name, password): (&str, String)) -> Seat {
    let policy = PathBuf::from(std::env::var_os("WARDSEAL_SESSION").unwrap()).join("policy.json");
    std::fs::write(&policy, r#"{ "front": { "ask_identity": ["nurse"] } }"#).unwrap();
    let mut seat = seat.starts_again_with_a_policy(&policy).await;
    album.turns_to("Seldom");
    seat.signs_in(NURSE).await;
    seat.presses_with(ALT, 'p').await;
    seat.searches("Smith").await;
    seat.clicks_on("//*[@role='option'][contains(., 'SMITH, Anna')]").await;
    seat.sees("//*[@id='identity-title']").await;
    let way = "a chart, where the clinic asks for it";
    album.looks(&seat, "nurse-identity-check", way, "patient/IdentityCheck").await;
    leaves(&mut seat).await;

    seat.types_into("User name", name).await;
    seat.types_into("Password", &password).await;
    seat.presses(ENTER).await;
    heading(&seat, "Choose your own password").await;
    let way = "signing in with a password for one time";
    album.looks(&seat, "first-password", way, "password/ChooseFirst").await;
    clicks(&seat, "Sign out").await;
    seat.moves_to_the_new_view().await;
    seat.sees("//h1[contains(., 'Sign in')]").await;

    enters(&seat, "adams").await;
    turns_to_workstations(&seat).await;
    retires(&seat).await;
    seat.sees("//*[@role='alertdialog'][contains(., 'last workstation')]").await;
    let way = "workstations, take the last one out of use";
    album.looks(&seat, "admin-workstations-last", way, "workstations/StationRow").await;
    clicks(&seat, "Cancel").await;

    let _second = second_machine(&full_clinic().0);
    retires(&seat).await;
    seat.moves_to_the_new_view().await;
    heading(&seat, "Out of use").await;
    let way = "workstations, take out of use, said twice";
    album.looks(&seat, "workstation-retired", way, "workstations/Retired").await;
    seat
}

async fn retires(seat: &Seat) {
    clicks(seat, "Take out of use").await;
    seat.clicks_on("//*[@role='alertdialog']//button[contains(., 'Delete its keys')]").await;
}

async fn leaves(seat: &mut Seat) {
    seat.locks().await;
    clicks(seat, "Someone else").await;
    heading(seat, "Sign in").await;
}
