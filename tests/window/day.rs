//! A day at the clinic, from opening to closing, through the real window: three people, one seat, and a notebook of what
//! each step took. `./task day` plays it with forty patients, keeps the notebook (docs/DAY.md) and a picture of each
//! screen; elsewhere two patients come.

use crate::clinic::morning_clinic;
use crate::notebook::{DESK, DOCTORS, NURSES, Notebook};
use crate::seat::{ALT, DOCTOR, ENTER, ESCAPE, FRONT_DESK, NURSE, Seat, TAB};
use std::process::Command;
use std::time::Duration;
use tokio::time::sleep;

/// How long a typist of ordinary skill takes for a key, source: Card, Moran and Newell, "The psychology of human-computer
/// interaction", 1983, table of operator K.
const A_KEY: Duration = Duration::from_millis(280);

#[tokio::test]
async fn a_clinic_works_from_opening_to_closing() {
    let patients: usize = std::env::var("WARDSEAL_DAY_PATIENTS").map_or(2, |count| count.parse().unwrap());
    let mut notes = Notebook::default();
    let looks: &[(&'static str, &str)] =
        if notes.is_kept() { &[("light", "Adwaita"), ("dark", "Adwaita:dark")] } else { &[("light", "Adwaita")] };
    for (nth, (look, theme)) in looks.iter().enumerate() {
        let mut seat = Seat::open_in_the_morning(&[("GTK_THEME", theme)]).await;
        seat.client.set_window_size(1280, 820).await.unwrap();
        notes.turns_to(look, nth == 0);
        let come = if nth == 0 { 0..patients } else { patients..patients + 1 };
        let people: Vec<Person> = come.map(Person::nth).collect();
        opens(&mut notes, &mut seat, &people).await;
        cares(&mut notes, &mut seat, &people).await;
        closes(&mut notes, &mut seat, &people).await;
        seat.leave().await;
    }
    audit_is_whole();
    notes.keep();
}

#[tokio::test]
async fn a_registration_that_is_killed_midway_loses_at_most_two_seconds_of_typing() {
    let seat = Seat::open_in_the_morning(&[]).await;
    seat.signs_in(FRONT_DESK).await;
    seat.presses_with(ALT, 'n').await;
    seat.field("Surname").await;
    seat.fills_in(&["Overwhill", "Gwendolen", "03/18/1951"]).await;
    sleep(Duration::from_secs(2)).await;
    seat.presses(TAB).await;
    seat.types("f").await;
    let seat = seat.starts_again_after_a_kill().await;
    seat.signs_in(FRONT_DESK).await;
    seat.clicks_on("//li[contains(., 'Register a patient')]//button[contains(., 'Continue')]").await;
    seat.sees("//*[@role='status'][contains(., 'Taken up where you left off')]").await;
    for (label, typed) in [("Surname", "Overwhill"), ("Given name", "Gwendolen"), ("Birth date", "03/18/1951")] {
        let value = seat.field(label).await.prop("value").await.unwrap();
        assert_eq!(value.as_deref(), Some(typed), "{label} was typed two seconds before the end");
    }
    seat.clicks_on("//button[contains(., 'Start with an empty form')]").await;
    seat.sees("//form[not(.//button[contains(., 'Start with')])]").await;
    seat.leave().await;
}

fn audit_is_whole() {
    let mut verifying = Command::new(env!("CARGO_BIN_EXE_wardsealctl"));
    let verified = verifying.args(["audit", "verify"]).env("WARDSEAL_HOME", morning_clinic().0).output().unwrap();
    assert!(verified.status.success(), "{}", String::from_utf8_lossy(&verified.stderr));
}

/// Somebody who comes to the clinic today.
struct Person {
    surname: String,
    given: &'static str,
    born: String,
    phone: String,
}

impl Person {
    fn nth(nth: usize) -> Self {
        let first = ["Bram", "Cald", "Dorn", "Fenn", "Gild", "Harl", "Jorv", "Kest"][nth % 8];
        let last = ["wick", "moor", "shaw", "leigh", "combe", "garth", "tree"][nth / 8 % 7];
        let given = ["Ada", "Benedict", "Cora", "Dmitri", "Evangeline", "Finn", "Gia", "Hugo"][nth * 3 % 8];
        let born = format!("{:02}/{:02}/{}", nth % 12 + 1, nth * 5 % 28 + 1, 1940 + nth * 7 % 70);
        Self { surname: format!("{first}{last}"), given, born, phone: format!("555-203-{:04}", 1000 + nth * 37) }
    }

    fn upper(&self) -> String {
        self.surname.to_uppercase()
    }

    fn last_four(&self) -> &str {
        &self.phone[self.phone.len() - 4..]
    }
}

/// The front desk registers, books and checks in.
async fn opens(notes: &mut Notebook, seat: &mut Seat, people: &[Person]) {
    notes.step(seat, (DESK, "sign in"), async |seat| seat.signs_in(FRONT_DESK).await).await;
    notes.looks(seat, "search").await;
    seat.presses_with(ALT, 'n').await;
    seat.sees("//h1[contains(., 'Register a patient')]").await;
    notes.looks(seat, "register").await;
    seat.presses(ESCAPE).await;
    for (nth, person) in people.iter().enumerate() {
        seat.pace = if nth == 0 && notes.is_kept() { A_KEY } else { Duration::ZERO };
        notes.step(seat, (DESK, "register a new patient"), async |seat| registers(seat, person).await).await;
        notes.looks(seat, "registered").await;
        notes.step(seat, (DESK, "book a visit today"), async |seat| books(seat, person).await).await;
        notes.looks(seat, "schedule").await;
        notes.step(seat, (DESK, "check in by two identifiers"), async |seat| checks_in(seat, person).await).await;
    }
    seat.pace = if notes.is_kept() { A_KEY } else { Duration::ZERO };
    notes.step(seat, (DESK, "register somebody nobody knows"), async |seat| registers_unknown(seat).await).await;
    seat.pace = Duration::ZERO;
    for (key, heading, screen) in [('b', "Board", "board"), ('h', "My day", "home-desk")] {
        seat.presses_with(ALT, key).await;
        seat.sees(&format!("//h1[contains(., '{heading}')]")).await;
        notes.looks(seat, screen).await;
    }
    goes(seat).await;
}

/// The nurse takes each to a room, measures and types in what the laboratory said; the doctor writes, orders, signs off.
async fn cares(notes: &mut Notebook, seat: &mut Seat, people: &[Person]) {
    notes.step(seat, (NURSES, "sign in"), async |seat| seat.signs_in(NURSE).await).await;
    for (nth, person) in people.iter().enumerate() {
        seat.pace = if nth == 0 && notes.is_kept() { A_KEY } else { Duration::ZERO };
        notes.step(seat, (NURSES, "take to a room"), async |seat| visit(seat, person, "To a room").await).await;
        notes.step(seat, (NURSES, "find and open the chart"), async |seat| opens_chart(seat, person).await).await;
        notes.looks(seat, "chart-nurse").await;
        notes.step(seat, (NURSES, "a set of vital signs"), async |seat| measures(seat).await).await;
        notes.step(seat, (NURSES, "a result of the laboratory"), async |seat| results(seat).await).await;
        notes.looks(seat, "chart-with-vitals").await;
        seat.presses(ESCAPE).await;
    }
    goes(seat).await;
    notes.step(seat, (DOCTORS, "sign in"), async |seat| seat.signs_in(DOCTOR).await).await;
    for (nth, person) in people.iter().enumerate() {
        seat.pace = if nth == 0 && notes.is_kept() { A_KEY } else { Duration::ZERO };
        notes.step(seat, (DOCTORS, "find and open the chart"), async |seat| opens_chart(seat, person).await).await;
        notes.step(seat, (DOCTORS, "write and sign a note"), async |seat| writes(seat).await).await;
        notes.step(seat, (DOCTORS, "order a medication, checked"), async |seat| orders(seat).await).await;
        notes.step(seat, (DOCTORS, "sign off the result"), async |seat| signs_off(seat).await).await;
        notes.looks(seat, "chart-doctor").await;
        seat.presses(ESCAPE).await;
        notes.step(seat, (DOCTORS, "say the visit is over"), async |seat| visit(seat, person, "Seen").await).await;
    }
    seat.presses_with(ALT, 't').await;
    seat.sees("//h1[@id='worklist']").await;
    notes.looks(seat, "worklist").await;
    goes(seat).await;
}

/// The front desk lets everybody go.
async fn closes(notes: &mut Notebook, seat: &mut Seat, people: &[Person]) {
    notes.step(seat, (DESK, "sign in"), async |seat| seat.signs_in(FRONT_DESK).await).await;
    for person in people {
        notes.step(seat, (DESK, "check out"), async |seat| visit(seat, person, "Check out").await).await;
    }
    goes(seat).await;
}

/// Leaves the seat to the next.
async fn goes(seat: &mut Seat) {
    seat.pace = Duration::ZERO;
    seat.locks().await;
    seat.clicks_on("//button[contains(., 'Someone else')]").await;
    seat.sees("//h1[contains(., 'Sign in')]").await;
}

async fn registers(seat: &Seat, person: &Person) {
    seat.presses_with(ALT, 'n').await;
    seat.field("Surname").await;
    seat.fills_in(&[&person.surname, person.given, &person.born, "f", "", "", &person.phone]).await;
    seat.presses_with_control(ENTER).await;
    seat.sees(&format!("//main[not(.//form)]//*[contains(., '{}, {}')]", person.upper(), person.given)).await;
    seat.sees("//h1[contains(., 'Contact')] | //h2[contains(., 'Contact')]").await;
}

async fn registers_unknown(seat: &Seat) {
    seat.presses_with(ALT, 'n').await;
    seat.sees("//button[contains(., 'Unknown patient or newborn')]").await;
    seat.presses_with(ALT, 'u').await;
    seat.sees("//*[@role='dialog']//h2[contains(., 'Unknown patient')]").await;
    seat.presses_with_control(ENTER).await;
    seat.sees("//main[not(.//form)]//*[self::h1 or self::h2][contains(., 'Contact')]").await;
}

async fn books(seat: &Seat, person: &Person) {
    goes_to_the_schedule(seat).await;
    seat.types("b").await;
    seat.sees("//label[contains(., 'Find a patient')]").await;
    seat.types(&person.surname).await;
    seat.sees(&format!("//*[@role='option'][contains(., '{}')]", person.upper())).await;
    seat.presses(ENTER).await;
    seat.sees("//*[@role='dialog']//p[contains(@class, 'picked')]").await;
    seat.types("sa").await;
    seat.sees("//ul[@aria-busy='false'][contains(., 'Alt + 1')]").await;
    seat.presses_with(ALT, '1').await;
    seat.presses_with_control(ENTER).await;
    seat.sees("//*[@role='status'][contains(., 'Booked')]").await;
}

/// The visit that was booked just now has the focus.
async fn checks_in(seat: &Seat, person: &Person) {
    seat.has_the_focus(&format!("//button[@data-cell][contains(., '{}, ')]", person.upper())).await;
    seat.presses(ENTER).await;
    seat.sees("//*[@role='dialog']//button[@data-first][contains(., 'Check in')]").await;
    seat.presses(ENTER).await;
    seat.field("Birth date").await;
    seat.fills_in(&[&person.born, "", person.last_four()]).await;
    seat.presses_with_control(ENTER).await;
    seat.sees("//*[@role='status'][contains(., 'oken')]").await;
}

async fn visit(seat: &Seat, person: &Person, step: &str) {
    goes_to_the_schedule(seat).await;
    opens_the_visit(seat, person, step).await;
    seat.presses(ENTER).await;
    seat.sees(&format!("//*[@role='dialog'][not(.//button[normalize-space()='{step}'])]")).await;
    seat.presses(ESCAPE).await;
}

async fn goes_to_the_schedule(seat: &Seat) {
    seat.presses_with(ALT, 's').await;
    seat.sees("//h1[contains(., 'Schedule')]").await;
    seat.sees("//button[@data-cell]").await;
}

async fn opens_the_visit(seat: &Seat, person: &Person, next: &str) {
    seat.clicks_on(&format!("//button[@data-cell][contains(., '{}, ')]", person.upper())).await;
    seat.sees(&format!("//*[@role='dialog']//button[@data-first][contains(., '{next}')]")).await;
}

async fn opens_chart(seat: &Seat, person: &Person) {
    seat.presses_with(ALT, 'p').await;
    seat.opens(&person.surname).await;
}

async fn measures(seat: &Seat) {
    seat.types("v").await;
    seat.field("Systolic").await;
    seat.fills_in(&["128", "82", "72", "16", "98", "36.8", "", "71.5", "", "2"]).await;
    seat.presses_with_control(ENTER).await;
    seat.sees("//*[@role='status'][contains(., 'Vital signs are saved')]").await;
}

async fn results(seat: &Seat) {
    seat.types("c").await;
    seat.sees("//*[@role='dialog']//kbd[normalize-space()='r']").await;
    seat.types("r").await;
    seat.field("Test").await;
    seat.fills_in(&["po", "4.1"]).await;
    seat.presses_with_control(ENTER).await;
    seat.sees("//*[@role='status'][contains(., 'Saved: Result')]").await;
}

async fn writes(seat: &Seat) {
    seat.types("w").await;
    seat.sees("//textarea").await;
    seat.types("Came about a cough for three days. Lungs clear. Rest and fluids.").await;
    seat.presses_with_control(ENTER).await;
    seat.sees("//*[@role='status'][contains(., 'Saved')]").await;
}

async fn orders(seat: &Seat) {
    seat.types("o").await;
    seat.field("Drug").await;
    seat.fills_in(&["Guaifenesin", "400 mg", "oral", "every 6 hours"]).await;
    seat.presses_with_control(ENTER).await;
    seat.sees("//*[@role='status'][contains(., 'Saved')][contains(., 'Guaifenesin')]").await;
}

async fn signs_off(seat: &Seat) {
    seat.clicks_on("//*[@role='tab'][contains(., 'Results')]").await;
    seat.clicks_on("//button[contains(., 'Sign off')]").await;
    seat.sees("//*[@role='status'][contains(., 'Saved')][contains(., 'Potassium')]").await;
}
