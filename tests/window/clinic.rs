//! The demo clinics of a run, each made once.

use crate::seat::PASSWORD;
use std::path::PathBuf;
use std::process::Command;
use wardseal::clock::{Clock as _, SystemClock};

const PATIENTS: &str = "300";
/// So few that there is room for more in the day.
const FEW: &str = "8";

/// The demo clinic of this run.
pub fn clinic() -> PathBuf {
    clinic_named("clinic", PATIENTS, &[])
}

/// A demo clinic in which it is between eight and nine in the morning, and its time zone.
pub fn morning_clinic() -> (PathBuf, String) {
    clinic_at("morning", FEW, 8)
}

/// A demo clinic of many patients in the middle of its morning, at a minute at which somebody has just arrived.
pub fn full_clinic() -> (PathBuf, String) {
    let minute = SystemClock::start().wall().0 / 60_000 % 60;
    clinic_at("full", "120", if (33..47).contains(&minute) { 11 } else { 10 })
}

/// Somebody new in the full clinic, and the password for the first time.
pub fn newcomer() -> (&'static str, String) {
    let (home, zone) = full_clinic();
    let made = Command::new(env!("CARGO_BIN_EXE_wardsealctl"))
        .args("user add --user nora --name Nora --role nurse --unit main --as adams".split(' '))
        .env("WARDSEAL_HOME", home)
        .env("WARDSEAL_PASSWORD", PASSWORD)
        .env("TZ", zone)
        .output()
        .unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let told = String::from_utf8(made.stdout).unwrap();
    ("nora", told.lines().find_map(|line| line.strip_prefix("  ")).unwrap().to_owned())
}

/// A demo clinic in which it is past this hour, and its time zone.
fn clinic_at(name: &str, patients: &str, oclock: i64) -> (PathBuf, String) {
    let hour = SystemClock::start().wall().0 / 3_600_000 % 24;
    let ahead = if hour > oclock + 12 { oclock + 24 - hour } else { oclock - hour };
    // POSIX counts west of Greenwich, so the sign is the other way round.
    let zone = format!("Etc/GMT{:+}", -ahead);
    (clinic_named(name, patients, &[("TZ", &zone)]), zone)
}

fn clinic_named(name: &str, patients: &str, environment: &[(&str, &str)]) -> PathBuf {
    let session =
        std::env::var_os("WARDSEAL_SESSION").expect("run this as `./task window`: it needs a session of its own");
    let home = PathBuf::from(session).join(name);
    if !home.exists() {
        let made = Command::new(env!("CARGO_BIN_EXE_wardsealctl"))
            .args(["demo", "--patients", patients, "--seed", "1"])
            .env("WARDSEAL_HOME", &home)
            .envs(environment.iter().copied())
            .output()
            .unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    }
    home
}
