//! What a nurse can reach beside what the front desk has.

use super::chart::{asks, leafs_through, turns_to, writes};
use super::{a_moment, clicks, closes, dialog, goes, heading, opens_anna, scrolls_to};
use crate::album::Album;
use crate::seat::{ALT, ENTER, NURSE, Seat};

pub async fn works(album: &mut Album, seat: &mut Seat) {
    album.turns_to("Nurse");
    seat.signs_in(NURSE).await;
    opens_anna(seat).await;
    leafs_through(album, seat, "nurse").await;
    seat.types("c").await;
    dialog(seat, "Write in the chart").await;
    album.looks(seat, "nurse-write", "chart, `c`", "chart/WriteMenu").await;
    closes(seat).await;
    writes(album, seat, "nurse").await;
    doubts(album, seat).await;
    cares(album, seat).await;
    leaves_work_for_the_doctor(album, seat).await;
    looks_after_the_day(album, seat).await;
    helps_a_stranger(album, seat).await;
    goes(seat).await;
}

async fn doubts(album: &mut Album, seat: &Seat) {
    seat.types("v").await;
    seat.field("Systolic").await;
    seat.fills_in(&["82", "128", "72", "16", "98", "375"]).await;
    seat.presses_with_control(ENTER).await;
    seat.sees("//*[@aria-invalid='true']").await;
    album.looks(seat, "nurse-vitals-doubted", "vital signs, save what can't be", "chart/VitalsDialog").await;
    seat.presses(crate::seat::ESCAPE).await;
    seat.sees("//*[@role='alertdialog']").await;
    album.looks(seat, "nurse-discard", "any form, `Esc` with something typed", "chart/Discard").await;
    seat.clicks_on("//*[@role='alertdialog']//button[contains(., 'Discard')]").await;
    seat.sees("//*[not(//*[@role='dialog'])]").await;
}

async fn cares(album: &mut Album, seat: &Seat) {
    turns_to(seat, "Medications").await;
    let form = "chart/entry/EntryDialog";
    asks(album, seat, "Given", ("nurse-given", "medications, Given", &format!("{form}: give"))).await;
    asks(
        album,
        seat,
        "Ask for a refill",
        ("nurse-refill", "medications, Ask for a refill", &format!("{form}: refill")),
    )
    .await;
    turns_to(seat, "Timeline").await;
    seat.sees("//button[normalize-space()='History']").await;
    asks(album, seat, "History", ("nurse-entry-history", "any entry, History", "chart/HistoryDialog")).await;
    asks(
        album,
        seat,
        "Entered in error",
        ("nurse-in-error", "an entry of hers, Entered in error", &format!("{form}: inError")),
    )
    .await;
    asks(album, seat, "Another patient's", ("nurse-move", "an entry of hers, Another patient's", "chart/MoveDialog"))
        .await;
}

/// An order to sign, a refill to decide, a critical value to answer.
async fn leaves_work_for_the_doctor(album: &mut Album, seat: &Seat) {
    seat.types("o").await;
    seat.field("Drug").await;
    seat.fills_in(&["Ibuprofen", "400 mg", "oral", "every 8 hours", "", "", "", "pain", "s", "d"]).await;
    seat.clicks_on("//*[@role='dialog']//input[@type='checkbox']").await;
    seat.presses_with_control(ENTER).await;
    seat.sees("//main[not(//*[@role='dialog'])]//*[@role='status'][contains(., 'Saved')]").await;
    turns_to(seat, "Medications").await;
    clicks(seat, "Ask for a refill").await;
    dialog(seat, "Ask for a refill").await;
    seat.presses_with_control(ENTER).await;
    seat.sees("//main[not(//*[@role='dialog'])]//*[contains(text(), 'Waits for a doctor')]").await;
    a_moment().await;
    seat.types("c").await;
    seat.sees("//*[@role='dialog']//kbd[normalize-space()='r']").await;
    seat.types("r").await;
    seat.field("Test").await;
    seat.fills_in(&["po", "6.9"]).await;
    seat.presses_with_control(ENTER).await;
    seat.sees("//*[contains(., 'nobody has answered')]").await;
    album.looks(seat, "nurse-chart-critical", "chart with a critical value", "chart/Chart").await;
    clicks(seat, "Say what was done").await;
    seat.sees("//*[@role='dialog']").await;
    album
        .looks(seat, "nurse-critical-answer", "critical value, say what was done", "chart/entry/EntryDialog: stepTask")
        .await;
    closes(seat).await;
}

async fn looks_after_the_day(album: &mut Album, seat: &Seat) {
    seat.types("b").await;
    a_moment().await;
    album.looks(seat, "nurse-banner-large", "chart, `b`", "chart/Chart").await;
    seat.types("i").await;
    seat.sees("//h2[contains(., 'Photo')]").await;
    album.looks(seat, "nurse-person", "chart, `i`", "patient/PatientScreen").await;
    for (key, title, name, way, made_of) in [
        ('t', "To do", "worklist", "`g t` or `Alt+T`", "worklist/Worklist"),
        ('h', "My day", "home", "`g h` or `Alt+H`", "home/HomeScreen"),
        ('b', "Board", "board", "`g b` or `Alt+B`", "board/BoardScreen"),
    ] {
        seat.presses_with(ALT, key).await;
        heading(seat, title).await;
        a_moment().await;
        album.looks(seat, &format!("nurse-{name}"), way, made_of).await;
        if key == 't' {
            seat.clicks_on("//label[contains(., 'hand-off')]").await;
            seat.sees("//section[@aria-labelledby='shift']//*[@role='status']").await;
            scrolls_to(seat, "What happened").await;
            album.looks(seat, "nurse-shift", "to do, with the hand-off", "worklist/Shift").await;
        }
    }
    seat.types("?").await;
    dialog(seat, "Keys").await;
    album.looks(seat, "nurse-keys", "`?`", "workplace/KeysOverlay").await;
    closes(seat).await;
}

/// The chart of somebody whom another unit treats, closed and then open for an hour.
async fn helps_a_stranger(album: &mut Album, seat: &Seat) {
    for nth in 1.. {
        seat.presses_with(ALT, 'p').await;
        let field = seat.sees("//input[@role='combobox']").await;
        field.clear().await.unwrap();
        field.send_keys("1950-1990").await.unwrap();
        seat.sees("//*[@role='listbox'][@aria-busy='false']//*[@role='option'][4]").await;
        seat.clicks_on(&format!("(//*[@role='option'])[{nth}]")).await;
        seat.sees("//*[@role='tablist'] | //h2[contains(., 'Emergency access')]").await;
        if seat.client.find(fantoccini::Locator::Css("#emergency-title")).await.is_ok() {
            break;
        }
    }
    let made_of = "patient/EmergencyAccess";
    album.looks(seat, "nurse-strangers-chart", "chart of another unit's patient", made_of).await;
    seat.clicks_on("//label[contains(., 'Acutely ill')]").await;
    seat.clicks_on("//input[@type='password']").await;
    seat.types(&format!("{}{ENTER}", crate::seat::PASSWORD)).await;
    seat.sees("//*[@role='tablist']").await;
    album.looks(seat, "nurse-emergency", "the same, opened in an emergency", "chart/Chart").await;
}
