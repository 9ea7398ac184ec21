//! Two workstations side by side: two programs, two folders, two keychains, one store.

use crate::clinic::clinic;
use crate::machine::Machine;
use crate::seat::{DOCTOR, ENTER, PASSWORD, Seat};
use std::path::Path;
use std::process::{Command, Stdio};

const PROBLEM: &str = "Frozen right shoulder";
const HERS: &str = "Worse at night.";
const HIS: &str = "Better since the injection.";

/// A second machine in the clinic that lives here: its administrator makes a ticket at the first one.
pub fn second_machine(home: &Path) -> Machine {
    let machine = Machine::new();
    let file = machine.home().with_file_name("ticket");
    let (file, store) = (file.display().to_string(), home.display().to_string());
    ticket(home, &file);
    machine.ctl(&["enrol", "--name", "exam room 2", "--store", &store, "--ticket", &file]);
    machine
}

fn ticket(home: &Path, file: &str) {
    use std::io::Write as _;
    let mut made = Command::new(env!("CARGO_BIN_EXE_wardsealctl"))
        .args(["workstations", "ticket", "--as", "adams", "--out", file])
        .env("WARDSEAL_HOME", home)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    writeln!(made.stdin.take().unwrap(), "{PASSWORD}").unwrap();
    assert!(made.wait().unwrap().success(), "a ticket");
}

fn row(words: &str) -> String {
    format!("//button[contains(., '{PROBLEM}')][contains(., '{words}')]")
}

impl Seat {
    async fn edits_the_problem(&self) {
        self.sees(&row("")).await.click().await.unwrap();
        self.field("Note").await;
    }
}

#[tokio::test]
async fn what_is_saved_in_one_window_is_in_the_other_and_a_conflict_loses_nothing() {
    let hers = Seat::open().await;
    let machine = second_machine(&clinic());
    let his = Seat::open_on(&machine).await;
    for seat in [&hers, &his] {
        seat.signs_in(DOCTOR).await;
        seat.opens("Smith").await;
    }
    hers.sees("//button[contains(., 'Add')]").await.click().await.unwrap();
    hers.types_into("Problem", PROBLEM).await;
    hers.presses_with_control(ENTER).await;
    hers.sees(&row("")).await;
    let saved = tokio::time::Instant::now();
    his.sees(&row("")).await;
    let seen = saved.elapsed();
    println!("the other window shows what was saved after {:.1} s", seen.as_secs_f64());
    // Three seconds are what is promised; the rest is for a machine that builds beside it.
    assert!(seen.as_secs() < 6, "{seen:?}");

    // Both begin from the same revision; she is faster.
    hers.edits_the_problem().await;
    his.edits_the_problem().await;
    hers.types_into("Note", HERS).await;
    his.types_into("Note", HIS).await;
    hers.presses_with_control(ENTER).await;
    hers.sees(&row(HERS)).await;
    his.presses_with_control(ENTER).await;
    his.sees("//p[@role='alert'][contains(., 'Nothing was overwritten')]").await;
    assert!(his.words().await.contains(HERS), "what she saved is shown beside what he typed");
    let typed = his.field("Note").await.prop("value").await.unwrap();
    assert_eq!(typed.as_deref(), Some(HIS), "and what he typed is still there");
    his.presses_with_control(ENTER).await;
    his.sees(&row(HIS)).await;
    hers.sees(&row(HIS)).await;
    his.leave().await;
    hers.leave().await;
}
