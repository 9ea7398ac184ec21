//! Who holds the seat: sign-in, idleness, lock, unlock, take-over, and the delay after failed sign-ins. Pure.
//!
//! Time is passed in, secrets never come near: the gate checks the password and drops the keys, this module says when.
//! To change a time-out: [`limits`]. Must never know Tauri or a store.

mod limits;
mod pace;
mod seat;
mod throttle;

pub use limits::{Limits, Tighter};
pub use pace::{PATIENTS_AN_HOUR, Pace, SEARCHES_AT_ONCE};
pub use seat::{Holder, LockCause, Locked, Now, Seat, SeatError, Session, SessionRef};
pub use throttle::{Failed, Throttle, ThrottleRecord, Wait};
