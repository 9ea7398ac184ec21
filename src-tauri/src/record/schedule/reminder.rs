//! Reminders: which are due, and what they say. They name nobody and nothing of why somebody comes.

use super::visit::{Appointment, VisitStatus};
use super::zone::{Millis, Zone};
use serde::Serialize;

const HOUR: i64 = 3_600_000;
/// So often a reminder is tried before it is given up.
pub const TRIES: u32 = 5;

/// The kinds of reminder.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum ReminderKind {
    /// In the 24 hours before, on the day before.
    DayBefore,
    /// On the day itself.
    SameDay,
    /// After a visit that was missed.
    Missed,
}

impl ReminderKind {
    /// The stored word.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::DayBefore => "day_before",
            Self::SameDay => "same_day",
            Self::Missed => "missed",
        }
    }
}

/// The reminder that is due for a visit, unless it was sent or given up.
#[must_use]
pub fn due(visit: &Appointment, zone: &Zone, now: Millis) -> Option<ReminderKind> {
    let (start, _) = visit.span()?;
    let today = zone.day_of(start) == zone.day_of(now);
    let kind = match visit.state()? {
        VisitStatus::Booked if start <= now => return None,
        // On the day itself, from three hours before on; somebody who booked just now needs no reminder of it.
        VisitStatus::Booked if today && start - now <= 3 * HOUR => ReminderKind::SameDay,
        VisitStatus::Booked if !today && start - now <= 24 * HOUR => ReminderKind::DayBefore,
        VisitStatus::Noshow if now - start <= 72 * HOUR => ReminderKind::Missed,
        _ => return None,
    };
    let settled = |state: &str, tries: u32| matches!(state, "sent" | "no_address") || tries >= TRIES;
    let done = visit.reminders.iter().any(|one| one.kind == kind.code() && settled(&one.state, one.tries));
    (!done).then_some(kind)
}

/// Subject and text: the clinic, the day in a word, and the time of day where the site wants it told.
#[must_use]
pub fn text(kind: ReminderKind, clinic: &str, time: Option<&str>) -> (String, String) {
    let at = time.map(|time| format!(" at {time}")).unwrap_or_default();
    let (subject, first) = match kind {
        ReminderKind::DayBefore => {
            ("Appointment tomorrow", format!("This is a reminder of an appointment tomorrow{at}."))
        }
        ReminderKind::SameDay => ("Appointment today", format!("This is a reminder of an appointment today{at}.")),
        ReminderKind::Missed => ("Missed appointment", "We missed you at an appointment.".to_owned()),
    };
    let next = match kind {
        ReminderKind::Missed => "Please call the clinic to find another time.",
        ReminderKind::DayBefore | ReminderKind::SameDay => "If you can't come, please call the clinic.",
    };
    (format!("{clinic}: {subject}"), format!("{first}\n{next}\n\n{clinic}\n"))
}

#[cfg(test)]
mod tests {
    use super::super::visit::Reminder;
    use super::super::zone::instant_of;
    use super::*;

    fn visit(status: &str) -> Appointment {
        let start = "2026-11-23T14:00:00-05:00".to_owned();
        Appointment { start, minutes: 30, status: status.into(), ..Appointment::default() }
    }

    fn due_at(visit: &Appointment, now: &str) -> Option<ReminderKind> {
        due(visit, &Zone::named("America/New_York").unwrap(), instant_of(now).unwrap())
    }

    #[test]
    fn a_visit_is_reminded_of_the_day_before_and_on_the_day_and_after_it_was_missed() {
        let booked = visit("booked");
        assert_eq!(due_at(&booked, "2026-11-22T13:59:00-05:00"), None);
        assert_eq!(due_at(&booked, "2026-11-22T14:00:00-05:00"), Some(ReminderKind::DayBefore));
        assert_eq!(due_at(&booked, "2026-11-23T10:59:00-05:00"), None);
        assert_eq!(due_at(&booked, "2026-11-23T11:00:00-05:00"), Some(ReminderKind::SameDay));
        assert_eq!(due_at(&booked, "2026-11-23T14:00:00-05:00"), None);
        assert_eq!(due_at(&visit("noshow"), "2026-11-23T16:00:00-05:00"), Some(ReminderKind::Missed));
        assert_eq!(due_at(&visit("noshow"), "2026-11-27T16:00:00-05:00"), None);
        for status in ["cancelled", "arrived", "fulfilled", "rescheduled", "waitlist"] {
            assert_eq!(due_at(&visit(status), "2026-11-23T11:30:00-05:00"), None, "{status}");
        }
    }

    #[test]
    fn what_was_sent_or_given_up_is_not_sent_again_and_what_failed_is() {
        let tried = |state: &str, tries| {
            let mut visit = visit("booked");
            let (kind, state) = ("same_day".to_owned(), state.to_owned());
            visit.reminders.push(Reminder { kind, state, at: String::new(), tries });
            due_at(&visit, "2026-11-23T12:00:00-05:00").is_some()
        };
        assert!(!tried("sent", 1) && !tried("no_address", 1) && tried("failed", 1) && !tried("failed", TRIES));
    }

    #[test]
    fn a_reminder_says_where_and_roughly_when_and_nothing_else() {
        let (subject, text) = text(ReminderKind::DayBefore, "Riverside Clinic", None);
        assert_eq!(subject, "Riverside Clinic: Appointment tomorrow");
        assert!(text.starts_with("This is a reminder of an appointment tomorrow.") && !text.contains(':'));
        assert!(super::text(ReminderKind::SameDay, "C", Some("2:00 PM")).1.contains("today at 2:00 PM."));
    }
}
