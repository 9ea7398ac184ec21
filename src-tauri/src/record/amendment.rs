//! What patients ask to have amended in their record (45 CFR 164.526): received when and how, about what, due when, decided
//! how. Words from lists only: the desk reads it, and why somebody is ill is nowhere in it.

use super::Section;
use super::schedule::{Day, day_from, days_after};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A patient's requests. One item a patient.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Amendments {
    /// The newest first.
    #[serde(default)]
    pub requests: Vec<Amendment>,
}

/// A request to amend the record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct Amendment {
    /// Tells it from the patient's others.
    pub id: String,
    /// Received on, `YYYY-MM-DD`.
    pub received: String,
    /// One of [`AMENDMENT_WAYS`].
    pub way: String,
    /// One of [`AMENDED_PARTS`].
    pub about: String,
    /// The one extension there may be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub extended: Option<AmendmentStep>,
    /// What was decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub decided: Option<AmendmentDecision>,
    /// Written down when, ISO instant.
    pub at: String,
    /// By whom.
    pub by: String,
}

/// That the time was extended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct AmendmentStep {
    /// One of [`EXTENSION_REASONS`].
    pub reason: String,
    /// When, ISO instant.
    pub at: String,
    /// By whom.
    pub by: String,
}

/// What was decided.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct AmendmentDecision {
    /// Accepted, rather than denied.
    pub accepted: bool,
    /// One of [`ACCEPTED_HOW`] or of [`DENIAL_GROUNDS`].
    pub reason: String,
    /// The entry of the chart that it is attached to, and where that stands. The entry keeps all its versions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub entry: Option<(Section, Uuid)>,
    /// When, ISO instant.
    pub at: String,
    /// By whom.
    pub by: String,
}

/// How a request may come.
pub const AMENDMENT_WAYS: &[&str] = &["letter", "in_person", "portal", "fax"];
/// What of the record it may be about.
pub const AMENDED_PARTS: &[&str] = &["identity", "contact", "insurance", "visits", "chart"];
/// Why more time is needed.
pub const EXTENSION_REASONS: &[&str] = &["author_asked", "records_elsewhere", "more_information"];
/// What became of the record.
pub const ACCEPTED_HOW: &[&str] = &["corrected", "appended"];
/// Why a request may be denied: 45 CFR 164.526(a)(2), and no other reason.
pub const DENIAL_GROUNDS: &[&str] = &["not_made_here", "not_in_record", "not_open_to_patient", "accurate_and_complete"];
/// Days to decide in, and days of the one extension.
const DAYS: [i64; 2] = [60, 30];

impl Amendment {
    /// The last day to decide on.
    #[must_use]
    pub fn due(&self) -> Option<Day> {
        let [days, more] = DAYS;
        let days = if self.extended.is_some() { days + more } else { days };
        Some(days_after(day_from(&self.received)?, days))
    }

    /// Whether its time may be extended: once, and while it isn't over.
    #[must_use]
    pub fn may_be_extended(&self, today: Day) -> bool {
        self.decided.is_none() && self.extended.is_none() && self.due().is_some_and(|due| today <= due)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn a_request_is_due_after_sixty_days_and_once_thirty_more() {
        let mut one = Amendment {
            id: "1".into(),
            received: "2026-11-23".into(),
            way: "letter".into(),
            about: "chart".into(),
            extended: None,
            decided: None,
            at: String::new(),
            by: String::new(),
        };
        assert_eq!(one.due(), Some(date(2027, 1, 22)));
        assert!(one.may_be_extended(date(2027, 1, 22)) && !one.may_be_extended(date(2027, 1, 23)));
        let (reason, at, by) = ("records_elsewhere".to_owned(), String::new(), String::new());
        one.extended = Some(AmendmentStep { reason, at, by });
        assert_eq!(one.due(), Some(date(2027, 2, 21)));
        assert!(!one.may_be_extended(date(2027, 1, 1)), "once");
    }
}
