//! Everything a person can reach in the window, by role: `./task screens`.

mod chart;
mod desk;
mod doctor;
mod nurse;
mod others;
mod rare;

use crate::album::Album;
use crate::seat::{ESCAPE, Seat};

#[tokio::test]
#[ignore = "writes into docs/screens: ./task screens"]
async fn screens() {
    let newcomer = crate::clinic::newcomer();
    let mut seat = Seat::open_in_a_full_clinic().await;
    seat.client.set_window_size(1280, 820).await.unwrap();
    let mut album = Album::default();
    let only = std::env::var("WARDSEAL_ONLY").unwrap_or_default();
    let wanted = |part: &str| only.is_empty() || only.contains(part);
    album.turns_to("Everybody");
    album.looks(&seat, "sign-in", "the window opens", "sign-in/SignIn").await;
    if wanted("desk") {
        desk::works(&mut album, &mut seat).await;
    }
    if wanted("nurse") {
        nurse::works(&mut album, &mut seat).await;
    }
    if wanted("doctor") {
        doctor::works(&mut album, &mut seat).await;
    }
    if wanted("others") {
        others::work(&mut album, &mut seat).await;
    }
    if wanted("rare") {
        seat = rare::things_happen(&mut album, seat, newcomer).await;
    }
    seat.leave().await;
    album.closes();
}

/// The seat is left to the next.
async fn goes(seat: &mut Seat) {
    seat.locks().await;
    seat.clicks_on("//button[contains(., 'Someone else')]").await;
    seat.sees("//h1[contains(., 'Sign in')]").await;
}

/// Presses a button by its words, on top of everything else if a dialog is open.
async fn clicks(seat: &Seat, words: &str) {
    seat.clicks_on(&button(words)).await;
}

fn button(words: &str) -> String {
    let named = format!("button[contains(normalize-space(.), \"{words}\")]");
    format!("//*[@role='dialog']//{named} | //*[not(//*[@role='dialog'])]/{named}")
}

async fn heading(seat: &Seat, words: &str) {
    seat.sees(&format!("//h1[contains(., \"{words}\")] | //h2[contains(., \"{words}\")]")).await;
}

/// The driver doesn't scroll inside the page's own panes, a person does.
async fn scrolls_to(seat: &Seat, title: &str) {
    let panel = seat.sees(&format!("//h2[contains(., '{title}')]")).await;
    let scroll = "arguments[0].scrollIntoView({ block: 'start' })";
    seat.client.execute(scroll, vec![serde_json::to_value(&panel).unwrap()]).await.unwrap();
}

/// Waits for the dialog with this title.
async fn dialog(seat: &Seat, title: &str) {
    seat.sees(&format!("//*[@role='dialog']//h2[contains(., \"{title}\")]")).await;
}

/// Closes the dialog on top, throwing away what was typed into it.
async fn closes(seat: &Seat) {
    seat.presses(ESCAPE).await;
    let asking = "//*[@role='alertdialog']//button[contains(., 'Discard')]";
    for _ in 0..20 {
        if seat.client.find(fantoccini::Locator::Css("[role=dialog]")).await.is_err() {
            return;
        }
        if let Ok(button) = seat.client.find(fantoccini::Locator::XPath(asking)).await {
            let _ = button.click().await;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    panic!("the dialog stays open:\n{}", seat.words().await);
}

/// Opens the chart of the patient with the most to show.
async fn opens_anna(seat: &Seat) {
    seat.presses_with(crate::seat::ALT, 'p').await;
    seat.searches("Smith").await;
    seat.clicks_on("//*[@role='option'][contains(., 'SMITH, Anna')]").await;
    seat.sees("//*[@role='tablist']").await;
}

/// Presses `g` and a letter, at a person's pace: faster, it would be a scanner.
async fn turns(seat: &Seat, letter: &str) {
    seat.types("g").await;
    tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    seat.types(letter).await;
}

/// Waits until what was asked for after a key is drawn.
async fn a_moment() {
    tokio::time::sleep(std::time::Duration::from_millis(400)).await;
}
