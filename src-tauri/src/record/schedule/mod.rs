//! The schedule: the clinic's days and hours, visits and their states, what clashes, what is free. Pure.
//!
//! Times are milliseconds; days are those of the clinic's [`Zone`]. To add a rule against a booking: a [`Clash`] and
//! its line in [`clashes`], a sentence in `ui/src/text/schedule.ts`.

mod clash;
mod reminder;
mod site;
mod slots;
mod visit;
mod zone;

pub use clash::{Clash, Taken, Wanted, clashes};
pub use reminder::{ReminderKind, due, text as reminder_text};
pub use site::{Absence, CELL, Holiday, Hours, LONGEST_VISIT, Open, Provider, SiteSchedule, VisitType, is_a_length};
pub use slots::{DAYS_AHEAD, FreeSlot, Freed, Repeat, cells, free_slots};
pub use visit::{
    Appointment, CANCEL_REASONS, CheckedIn, FORMS, INSURANCE_ANSWERS, IllegalStep, MISBOOKED, OVERBOOK_REASONS,
    Reminder, Times, VisitStatus, VisitStep, Wish,
};
pub use zone::{Day, Millis, NoSuchTime, Zone, day_from, days_after, days_between, instant_of, utc_days};
