//! The desktop program: opens the core, then the window. Everything is wired here and nowhere else.

#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

use std::io::IsTerminal;
use std::process::ExitCode;
use std::sync::Arc;
use tracing_subscriber::EnvFilter;
use wardseal::app::{Home, Workstation};
use wardseal::clock::SystemClock;
use wardseal::keys::{KeychainError, OsKeychain};
use wardseal::shell;

fn main() -> ExitCode {
    log_to_stderr();
    wardseal::quiet::tell_only_where();
    if !shell::has_screen() {
        return shell::refuse(
            "There is no screen: neither DISPLAY nor WAYLAND_DISPLAY is set, so the window can't open.",
        );
    }
    match shell::CoreThread::start(open) {
        Ok(core) => shell::run(core),
        Err(sentence) => shell::refuse(&sentence),
    }
}

/// Warnings and errors only, unless `WARDSEAL_LOG` asks for more; never a patient's data at any level.
fn log_to_stderr() {
    let filter = EnvFilter::try_from_env("WARDSEAL_LOG").unwrap_or_else(|_| EnvFilter::new("warn"));
    let coloured = std::io::stderr().is_terminal();
    tracing_subscriber::fmt().with_env_filter(filter).with_ansi(coloured).with_writer(std::io::stderr).init();
}

async fn open() -> Result<Workstation, String> {
    let home = Home::from_environment();
    let enrolment = home.enrolment().map_err(|error| format!("The workstation's folder can't be read: {error}."))?;
    let enrolment = enrolment.ok_or_else(|| KeychainError::FirstRun.to_string())?;
    let keychain = OsKeychain::open(enrolment.environment).map_err(|error| error.to_string())?;
    let opened = Workstation::open(home, Arc::new(keychain), Arc::new(SystemClock::start())).await;
    opened.map_err(|failure| failure.code.sentence().to_owned())
}
