//! What a doctor can reach beside what a nurse has.

use super::chart::{asks, leafs_through, turns_to, writes};
use super::{a_moment, clicks, closes, dialog, goes, heading, opens_anna, turns};
use crate::album::Album;
use crate::paper::names_a_file;
use crate::seat::{ALT, DOCTOR, ENTER, Seat, TAB};

pub async fn works(album: &mut Album, seat: &mut Seat) {
    album.turns_to("Doctor");
    seat.signs_in(DOCTOR).await;
    seat.types("735-01-1234").await;
    seat.sees("//*[@role='group'][.//*[@role='alert']]").await;
    let name = "doctor-patients-number";
    album.looks(seat, name, "patients, type a social security number", "search/NumberWanted").await;
    opens_anna(seat).await;
    leafs_through(album, seat, "doctor").await;
    writes(album, seat, "doctor").await;
    problems(album, seat).await;
    orders(album, seat).await;
    decides(album, seat).await;
    notes(album, seat).await;
    reveals(album, seat).await;
    attaches(album, seat).await;
    asks_for_more(album, seat).await;
    looks_after_the_day(album, seat).await;
    goes(seat).await;
}

async fn problems(album: &mut Album, seat: &Seat) {
    turns_to(seat, "Problems").await;
    seat.types("+").await;
    dialog(seat, "Add a problem").await;
    seat.types("diabetes").await;
    seat.sees("//*[@role='dialog']//*[@role='option'] | //*[@role='dialog']//li//button").await;
    album.looks(seat, "doctor-problem-codes", "chart, `+`, type words", "chart/ProblemDialog").await;
    closes(seat).await;
    seat.clicks_on("(//button[@data-item])[1]").await;
    dialog(seat, "Edit problem").await;
    album.looks(seat, "doctor-problem", "problems, `e` or `Enter`", "chart/ProblemDialog").await;
    closes(seat).await;
}

async fn orders(album: &mut Album, seat: &Seat) {
    seat.types("o").await;
    seat.field("Drug").await;
    seat.types("Warfarin").await;
    seat.presses(TAB).await;
    a_moment().await;
    album.looks(seat, "doctor-order-checked", "order, type a drug", "chart/OrderDialog").await;
    closes(seat).await;
    turns_to(seat, "Medications").await;
    clicks(seat, "Stop").await;
    dialog(seat, "Stop").await;
    album.looks(seat, "doctor-order-stop", "medications, Stop", "chart/entry/EntryDialog: stepOrder").await;
    closes(seat).await;
}

/// What the nurse left.
async fn decides(album: &mut Album, seat: &Seat) {
    let form = "chart/entry/EntryDialog";
    if seat.words().await.contains("Waits for a doctor") {
        asks(album, seat, "Refuse", ("doctor-refill-refused", "medications, Refuse", &format!("{form}: denyRefill")))
            .await;
        asks(album, seat, "Sign", ("doctor-order-sign", "medications, Sign", "chart/OrderDialog")).await;
    }
    turns_to(seat, "Tasks").await;
    asks(album, seat, "Hand on", ("doctor-task-hand-on", "tasks, Hand on", &format!("{form}: handOn"))).await;
    asks(album, seat, "Done", ("doctor-task-done", "tasks, Done", &format!("{form}: stepTask"))).await;
}

async fn notes(album: &mut Album, seat: &Seat) {
    seat.types("w").await;
    seat.sees("//textarea").await;
    seat.types("Came about a cough for three days.").await;
    seat.presses_with_control('s').await;
    seat.sees("//*[@role='status'][contains(., 'Saved')]").await;
    turns_to(seat, "Notes").await;
    let form = "chart/entry/EntryDialog";
    asks(album, seat, "Sign", ("doctor-note-sign", "notes, Sign", &format!("{form}: signNote"))).await;
    asks(album, seat, "Add below", ("doctor-note-addendum", "notes, Add below", &format!("{form}: addendum"))).await;
}

async fn reveals(album: &mut Album, seat: &Seat) {
    turns_to(seat, "Contact").await;
    clicks(seat, "Reveal").await;
    dialog(seat, "Reveal").await;
    album.looks(seat, "doctor-number-reveal", "contact and coverage, Reveal", "chart/RevealNationalId").await;
    seat.types("c").await;
    seat.presses_with_control(ENTER).await;
    seat.sees("//*[contains(., 'Hides itself')]").await;
    album.looks(seat, "doctor-number-revealed", "reveal, with a reason", "chart/NationalId").await;
    clicks(seat, "Hide now").await;
    asks(album, seat, "Replace", ("doctor-number-enter", "contact and coverage, Replace", "chart/EnterNationalId"))
        .await;
}

async fn asks_for_more(album: &mut Album, seat: &Seat) {
    turns_to(seat, "Overview").await;
    seat.presses_with_control('p').await;
    dialog(seat, "Print").await;
    seat.types(" ").await;
    seat.sees("//*[@role='dialog'][.//button[contains(., 'Save as PDF')][not(@disabled)]]").await;
    a_moment().await;
    album.looks(seat, "doctor-print-preview", "chart, `Ctrl+P`", "print/PrintDialog").await;
    closes(seat).await;
    seat.clicks_on("//footer//button[contains(., 'Seal')]").await;
    seat.sees("//*[@role='dialog']//dl//dt").await;
    seat.clicks_on("//*[@role='dialog']//button[contains(., 'store')]").await;
    a_moment().await;
    album.looks(seat, "doctor-x-ray", "chart, the seal at the foot, what the store holds", "status/Xray").await;
    closes(seat).await;
}

async fn looks_after_the_day(album: &mut Album, seat: &Seat) {
    for (key, title, name, way, made_of) in [
        ('t', "To do", "worklist", "`g t` or `Alt+T`", "worklist/Worklist"),
        ('h', "My day", "home", "`g h` or `Alt+H`", "home/HomeScreen"),
        ('s', "Schedule", "schedule", "`s` or `Alt+S`", "schedule/ScheduleScreen"),
    ] {
        seat.presses_with(ALT, key).await;
        heading(seat, title).await;
        a_moment().await;
        album.looks(seat, &format!("doctor-{name}"), way, made_of).await;
    }
    turns(seat, "o").await;
    heading(seat, "Cohort").await;
    seat.field("Active problem").await.click().await.unwrap();
    seat.types("hypertension").await;
    seat.presses_with_control(ENTER).await;
    seat.sees("//table//tbody//tr").await;
    seat.sees("//*[@role='status'][contains(., 'patients')][not(.//progress)]").await;
    clicks(seat, "Count").await;
    a_moment().await;
    album.looks(seat, "doctor-cohort", "`g o`, ask", "cohort/Cohort").await;
}

/// A file of the system's own dialog, which keys from the X server reach.
async fn attaches(album: &mut Album, seat: &Seat) {
    let letter = std::env::temp_dir().join("wardseal-letter.png");
    std::fs::copy(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/screens/desk-keys-light.png"), &letter).unwrap();
    turns_to(seat, "Documents").await;
    clicks(seat, "Attach a file").await;
    seat.types_into("Title", "Cardiology, letter of the clinic").await;
    seat.presses_with_control(ENTER).await;
    names_a_file("Choose the file to attach", &letter.to_string_lossy()).await;
    seat.clicks_on("//main[not(//*[@role='dialog'])]//button[normalize-space()='Open']").await;
    seat.sees("//*[@role='dialog']//img").await;
    album.looks(seat, "doctor-document", "documents, Open", "chart/DocumentDialog").await;
    closes(seat).await;
    std::fs::remove_file(letter).unwrap();
}
