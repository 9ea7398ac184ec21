//! Who pays: whether the coverage was asked about, and what is owed. Amounts and dates; why is nowhere in it.

use super::schedule::{Day, day_from};
use serde::{Deserialize, Serialize};

/// A patient's account at the front desk. One item a patient.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// Answers of carriers, the newest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub checks: Vec<CoverageCheck>,
    /// What is owed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub balance: Option<Balance>,
}

/// What a carrier said when it was asked whether somebody is covered.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct CoverageCheck {
    /// Which carrier.
    pub carrier: String,
    /// One of [`COVERAGE_ANSWERS`].
    pub answer: String,
    /// The carrier's number of the answer, or of a prior authorization.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub reference: Option<String>,
    /// Until when the answer holds, `YYYY-MM-DD`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub valid_until: Option<String>,
    /// When it was asked, ISO instant.
    pub at: String,
    /// Who asked.
    pub by: String,
}

/// What is owed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct Balance {
    /// In hundredths; below nothing where the clinic owes.
    pub cents: i64,
    /// One of [`BALANCE_STATES`].
    pub state: String,
    /// When it is due, `YYYY-MM-DD`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub due: Option<String>,
    /// When it was noted, ISO instant.
    pub as_of: String,
}

/// What a carrier may answer.
pub const COVERAGE_ANSWERS: &[&str] = &["covered", "not_covered", "authorized", "not_authorized", "no_answer"];
/// How a balance may stand.
pub const BALANCE_STATES: &[&str] = &["open", "paid", "payment_plan", "overdue"];
/// So many answers are kept.
const KEPT: usize = 50;
const LONGEST_REFERENCE: usize = 40;
/// So many days before its end an answer is worth a new question.
const WARN_DAYS: i64 = 14;

impl Account {
    /// Puts a new answer first.
    pub fn note(&mut self, check: CoverageCheck) {
        self.checks.insert(0, check);
        self.checks.truncate(KEPT);
    }

    /// Whether the newest answer that says until when it holds ends soon, or has ended.
    #[must_use]
    pub fn expires(&self, today: Day) -> bool {
        let until = self.checks.iter().find_map(|check| day_from(check.valid_until.as_deref()?));
        until.is_some_and(|until| until < super::schedule::days_after(today, WARN_DAYS))
    }
}

/// Whether a text can be a number of an answer: letters, digits and hyphens, nothing that could be a sentence.
#[must_use]
pub fn is_reference(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-';
    !text.is_empty() && text.len() <= LONGEST_REFERENCE && text.chars().all(plain)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn check(until: Option<&str>) -> CoverageCheck {
        let (carrier, answer) = ("Example Health Plan".to_owned(), "covered".to_owned());
        let valid_until = until.map(str::to_owned);
        CoverageCheck { carrier, answer, reference: None, valid_until, at: String::new(), by: String::new() }
    }

    #[test]
    fn an_answer_that_ends_within_two_weeks_is_told() {
        let mut account = Account::default();
        assert!(!account.expires(date(2026, 11, 23)));
        account.note(check(Some("2026-12-07")));
        assert!(!account.expires(date(2026, 11, 23)) && account.expires(date(2026, 11, 24)));
        account.note(check(Some("2027-12-31")));
        account.note(check(None));
        assert!(!account.expires(date(2026, 12, 24)), "the newest that says so counts");
    }

    #[test]
    fn a_reference_is_no_sentence() {
        assert!(is_reference("AB-12") && !is_reference("for diabetes") && !is_reference(""));
    }
}
