//! Coverage and balance at the desk: amounts and dates, no word of why; the nurse's copy of the record lacks them.

use super::*;
use wardseal::app::{CheckStore, Code};

#[tokio::test]
async fn the_desk_notes_what_the_carrier_said_and_what_is_owed_and_is_warned_before_it_ends() {
    let Monday { mut world, anna, .. } = monday().await;
    let seat = &mut world.seat;
    let mut check = json!({
        "patient": anna, "carrier": "Example Health Plan", "answer": "covered", "reference": "A-17",
        "valid_until": "2026-12-31",
    });
    let account = seat.dispatch("note_coverage", check.clone()).await.unwrap();
    assert_eq!((account["expires"].as_bool(), account["checks"][0]["by"].as_str()), (Some(false), Some("M. Lopez")));
    check["valid_until"] = json!("2026-11-30");
    assert_eq!(seat.dispatch("note_coverage", check.clone()).await.unwrap()["expires"], true);
    check["reference"] = json!("for diabetes");
    assert_eq!(seat.dispatch("note_coverage", check.clone()).await.err().unwrap().code, Code::Invalid);
    let balance = json!({ "patient": anna, "cents": 4200, "state": "open", "due": "2026-12-31" });
    let account = seat.dispatch("set_balance", balance).await.unwrap();
    assert_eq!((account["balance"]["cents"].as_i64(), account["checks"].as_array().unwrap().len()), (Some(4200), 2));
    world.sign_in("kim").await;
    assert_eq!(
        world.seat.dispatch("show_account", json!({ "patient": anna })).await.err().unwrap().code,
        Code::NoRight
    );
    world.sign_in("osei").await;
    assert_eq!(
        world.seat.dispatch("show_account", json!({ "patient": anna })).await.unwrap()["balance"]["state"],
        "open"
    );
    assert!(world.seat.perform(CheckStore {}).await.unwrap().findings.is_empty());
}
