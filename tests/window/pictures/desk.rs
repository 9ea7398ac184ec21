//! What the front desk can reach.

use super::{a_moment, button, clicks, closes, dialog, goes, heading, opens_anna, scrolls_to, turns};
use crate::album::Album;
use crate::seat::{ALT, ENTER, ESCAPE, FRONT_DESK, Seat, TAB};

pub async fn works(album: &mut Album, seat: &mut Seat) {
    album.turns_to("Front desk");
    seat.signs_in(FRONT_DESK).await;
    finds(album, seat).await;
    registers(album, seat).await;
    records(album, seat).await;
    plans(album, seat).await;
    receives(album, seat).await;
    looks_after_the_day(album, seat).await;
    has_a_seat(album, seat).await;
    goes(seat).await;
}

async fn finds(album: &mut Album, seat: &Seat) {
    seat.sees("//*[@role='listbox'][@aria-busy='false']//*[@role='option']").await;
    album.looks(seat, "desk-patients", "`/` or `Alt+P`", "search/SearchScreen").await;
    seat.searches("Smith").await;
    album.looks(seat, "desk-patients-found", "patients, type a name", "search/SearchScreen").await;
    let field = seat.sees("//input[@role='combobox']").await;
    field.clear().await.unwrap();
    field.send_keys("Qzyxwv").await.unwrap();
    seat.sees("//button[contains(., 'Alt + N')]").await;
    album.looks(seat, "desk-patients-nobody", "patients, type a name that nobody has", "search/SearchScreen").await;
    field.clear().await.unwrap();
}

async fn registers(album: &mut Album, seat: &Seat) {
    seat.presses_with(ALT, 'n').await;
    heading(seat, "Register a patient").await;
    seat.field("Surname").await;
    album.looks(seat, "desk-register", "`n` or `Alt+N`", "register/Register").await;
    seat.presses_with_control(ENTER).await;
    seat.sees("//*[@role='alert']").await;
    album.looks(seat, "desk-register-wrong", "register, save too early", "register/Register").await;
    seat.presses_with(ALT, 'u').await;
    dialog(seat, "Unknown patient").await;
    album.looks(seat, "desk-register-unknown", "register, `Alt+U`", "register/Quick").await;
    closes(seat).await;
    seat.field("Surname").await.click().await.unwrap();
    seat.fills_in(&["Smith", "Anna", "04/12/1968", "f"]).await;
    seat.presses(TAB).await;
    seat.sees("//aside//*[contains(., 'SMITH')]").await;
    album.looks(seat, "desk-register-alike", "register, somebody like that is on file", "register/Register").await;
    seat.presses_with_control(ENTER).await;
    dialog(seat, "on file already").await;
    album.looks(seat, "desk-register-stopped", "register, save somebody who is on file", "register/Stopped").await;
    closes(seat).await;
    seat.presses(ESCAPE).await;
    seat.sees("//li[contains(., 'Register a patient')]//button[contains(., 'Continue')]").await;
    album.looks(seat, "desk-not-saved", "patients, after leaving a form: `g d`", "workplace/Unfinished").await;
    seat.clicks_on("//li[contains(., 'Register a patient')]//button[contains(., 'Discard')]").await;
}

async fn records(album: &mut Album, seat: &Seat) {
    opens_anna(seat).await;
    album.looks(seat, "desk-chart-front", "patients, `Enter`", "chart/Chart: front").await;
    seat.types("2").await;
    a_moment().await;
    album.looks(seat, "desk-chart-visits", "chart, `2`", "chart/Chart: visits").await;
    seat.presses_with_control('p').await;
    dialog(seat, "Print").await;
    album.looks(seat, "desk-print", "chart, `Ctrl+P`", "print/PrintDialog").await;
    seat.types(" ").await;
    seat.sees("//*[@role='dialog'][.//button[contains(., 'Save as PDF')][not(@disabled)]]").await;
    a_moment().await;
    album.looks(seat, "desk-print-preview", "print, choose what it is for", "print/PrintDialog").await;
    closes(seat).await;
    seat.types("i").await;
    seat.sees("//section[@class][.//h2[contains(., 'Photo')]]").await;
    album.looks(seat, "desk-person", "chart, `i`", "patient/PatientScreen").await;
    let parts = [("Contact", "contact"), ("Insurance", "insurance"), ("Requests to amend", "amendments")];
    for (title, name) in parts.into_iter().chain([("Who may be told", "directives"), ("Marks", "marks")]) {
        scrolls_to(seat, title).await;
        album
            .looks(seat, &format!("desk-person-{name}"), "the patient's record, further down", "patient/PatientScreen")
            .await;
    }
    seat.clicks_on(&button("Show")).await;
    seat.sees("//ol/li").await;
    scrolls_to(seat, "History").await;
    album.looks(seat, "desk-person-history", "the patient's record, history", "patient/PatientScreen").await;
}

async fn plans(album: &mut Album, seat: &Seat) {
    seat.presses_with(ALT, 's').await;
    seat.sees("//button[@data-cell]").await;
    album.looks(seat, "desk-schedule-day", "`s` or `Alt+S`", "schedule/ScheduleScreen").await;
    for (key, name) in [("w", "week"), ("m", "month")] {
        shapes(seat, key, name).await;
        album
            .looks(seat, &format!("desk-schedule-{name}"), &format!("schedule, `{key}`"), "schedule/ScheduleScreen")
            .await;
    }
    shapes(seat, "d", "day").await;
    seat.types("b").await;
    seat.sees("//label[contains(., 'Find a patient')]").await;
    seat.types("Smith").await;
    seat.sees("//*[@role='option'][contains(., 'SMITH')]").await;
    album.looks(seat, "desk-book-whom", "schedule, `b`, type a name", "schedule/BookDialog").await;
    seat.presses(ENTER).await;
    seat.sees("//ul[@aria-busy='false'][contains(., 'Alt + 1')]").await;
    album.looks(seat, "desk-book", "book, take a patient", "schedule/BookDialog").await;
    clicks(seat, "Put on the waiting list").await;
    a_moment().await;
    let open = seat.client.find(fantoccini::Locator::Css("[role=dialog]")).await.is_ok();
    if open {
        album.looks(seat, "desk-book-wait", "book, put on the waiting list", "schedule/BookDialog").await;
        closes(seat).await;
    }
    seat.types("l").await;
    heading(seat, "Waiting list").await;
    a_moment().await;
    album.looks(seat, "desk-waiting-list", "`g l`, or schedule, `l`", "schedule/WaitingScreen").await;
}

/// Day, week or month.
async fn shapes(seat: &Seat, key: &str, name: &str) {
    seat.types(key).await;
    seat.sees(&format!("//button[@aria-pressed='true'][translate(., 'DWM', 'dwm')='{name}']")).await;
    a_moment().await;
}

async fn visit(seat: &Seat, status: &str, way: &str) {
    seat.presses_with(ALT, 's').await;
    seat.clicks_on(&format!("(//button[@data-cell][contains(., '{status}')])[1]")).await;
    seat.sees(&format!("//*[@role='dialog']//button[contains(., \"{way}\")]")).await;
}

async fn receives(album: &mut Album, seat: &Seat) {
    visit(seat, "booked", "Check in").await;
    album.looks(seat, "desk-visit-booked", "schedule, `Enter` on a visit", "schedule/VisitDialog").await;
    seat.clicks_on("//*[@role='dialog']//summary").await;
    a_moment().await;
    album.looks(seat, "desk-visit-account", "visit, coverage and balance", "schedule/AccountPanel").await;
    seat.clicks_on("//*[@role='dialog']//summary").await;
    clicks(seat, "Cancel the visit").await;
    a_moment().await;
    album.looks(seat, "desk-visit-cancel", "visit, cancel", "schedule/VisitDialog").await;
    clicks(seat, "Cancel the visit").await;
    clicks(seat, "In the wrong record").await;
    a_moment().await;
    album.looks(seat, "desk-visit-misbooked", "visit, in the wrong record", "schedule/Misbooked").await;
    clicks(seat, "In the wrong record").await;
    clicks(seat, "Another time").await;
    dialog(seat, "Another time").await;
    a_moment().await;
    album.looks(seat, "desk-visit-move", "visit, another time", "schedule/BookDialog").await;
    closes(seat).await;
    visit(seat, "booked", "Check in").await;
    clicks(seat, "Check in").await;
    seat.field("Birth date").await;
    album.looks(seat, "desk-check-in", "visit, check in", "schedule/CheckInDialog").await;
    seat.fills_in(&["01/01/1901", "", "0000"]).await;
    seat.presses_with_control(ENTER).await;
    seat.sees("//*[@role='dialog']//*[@role='alert']").await;
    album.looks(seat, "desk-check-in-other", "check in, what is said isn't on file", "schedule/CheckInDialog").await;
    closes(seat).await;
    visit(seat, "arrived", "To a room").await;
    album.looks(seat, "desk-visit-arrived", "schedule, `Enter` on a visit", "schedule/VisitDialog").await;
    for (does, next, name) in
        [("To a room", "Seen", "in-room"), ("Seen", "Check out", "seen"), ("Check out", "follow-up", "out")]
    {
        clicks(seat, does).await;
        seat.sees(&format!("//*[@role='dialog']//button[contains(., \"{next}\")]")).await;
        album.looks(seat, &format!("desk-visit-{name}"), &format!("visit, {does}"), "schedule/VisitDialog").await;
    }
    closes(seat).await;
}

async fn looks_after_the_day(album: &mut Album, seat: &Seat) {
    seat.presses_with(ALT, 'b').await;
    heading(seat, "Board").await;
    a_moment().await;
    album.looks(seat, "desk-board", "`g b` or `Alt+B`", "board/BoardScreen").await;
    clicks(seat, "Board of the waiting room").await;
    heading(seat, "Please come when").await;
    a_moment().await;
    album.looks(seat, "desk-board-public", "board, board of the waiting room", "board/PublicBoard").await;
    seat.presses_with(ALT, 'h').await;
    heading(seat, "My day").await;
    a_moment().await;
    album.looks(seat, "desk-home", "`g h` or `Alt+H`", "home/HomeScreen").await;
    turns(seat, "m").await;
    seat.sees("//h1[contains(., 'uplicates')]").await;
    seat.presses_with_control(ENTER).await;
    seat.sees("//*[@role='status'][contains(., 'may be one')] | //*[@role='status'][contains(., 'No two records')]")
        .await;
    album.looks(seat, "desk-duplicates", "`g m`, look through all patients", "duplicates/DuplicatesScreen").await;
    turns(seat, "c").await;
    heading(seat, "Access to confirm").await;
    a_moment().await;
    album.looks(seat, "desk-access", "`g c`", "access/AccessToConfirm").await;
    seat.presses_with_control('p').await;
    dialog(seat, "Print").await;
    album.looks(seat, "desk-print-day", "`Ctrl+P` without a chart", "print/PrintDialog").await;
    closes(seat).await;
}

async fn has_a_seat(album: &mut Album, seat: &Seat) {
    seat.types("?").await;
    dialog(seat, "Keys").await;
    album.looks(seat, "desk-keys", "`?`", "workplace/KeysOverlay").await;
    closes(seat).await;
    seat.presses_with_control('k').await;
    seat.sees("//*[@role='dialog']//*[@role='option']").await;
    album.looks(seat, "desk-palette", "`Ctrl+K`", "workplace/Palette").await;
    closes(seat).await;
    seat.clicks_on("//footer//button[contains(., 'Seal')]").await;
    seat.sees("//*[@role='dialog']//dl//dt").await;
    album.looks(seat, "desk-status", "the seal at the foot", "status/Status").await;
    closes(seat).await;
    seat.clicks_on("//footer//button[contains(., 'your seat')]").await;
    dialog(seat, "Your seat").await;
    album.looks(seat, "desk-seat", "the name at the foot", "workplace/SeatMenu").await;
    clicks(seat, "Change password").await;
    seat.field("Password in use").await;
    album.looks(seat, "desk-password", "your seat, change password", "workplace/SeatMenu, password/PasswordForm").await;
    closes(seat).await;
}
