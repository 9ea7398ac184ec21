//! The real window, driven as a person would: keyboard and eyes, over WebKitWebDriver.
//!
//! Runs inside `./task session`, which gives it a screen, a D-Bus session and a keychain of its own; elsewhere it
//! refuses, so that nobody's real keychain is touched. One window at a time: the program allows only one.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod album;
mod clinic;
mod machine;
mod notebook;
mod seat;

mod day;
mod kept;
mod lock;
mod logind;
mod paper;
mod pictures;
mod sealed;
mod shift;
mod two;
