//! The schedule: booking, the day at the clinic, the waiting list, reminders. The rules are in [`crate::record::schedule`].

mod account;
mod book;
mod change;
mod claims;
mod days;
mod encounter;
mod misbooked;
mod my_day;
mod relationship;
mod remind;
mod room;
mod settings;
mod show;
mod visits;
mod waiting;

pub use account::{NoteAuthorization, NoteCoverage, SetBalance, ShowAccount};
pub use book::{At, BookVisit, Plan, RescheduleVisit};
pub(in crate::app) use book::{invalid, listed};
pub use change::{CancelVisit, CheckInPatient, Said, StepVisit};
pub(in crate::app) use encounter::follow_mistakes;
pub use misbooked::CorrectVisit;
pub use my_day::ShowMyDay;
pub use remind::{SendReminders, ShowReminders};
pub use settings::SetSchedule;
pub use show::{FindFreeSlots, ShowMonth, ShowPublicBoard, ShowSchedule};
pub(in crate::app) use visits::Visits;
pub use waiting::{ShowWaitingList, WaitForVisit};
