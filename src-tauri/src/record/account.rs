//! Who pays: whether the coverage was asked about, what the carrier has authorized, and what is owed. Amounts and dates;
//! why is nowhere in it.

use super::schedule::{Day, day_from, days_between};
use serde::{Deserialize, Serialize};

/// A patient's account at the front desk. One item a patient.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// Answers of carriers, the newest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub checks: Vec<CoverageCheck>,
    /// What carriers were asked to authorize, the newest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub authorizations: Vec<Authorization>,
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
    /// How it was asked: one of [`COVERAGE_WAYS`]. Older answers don't say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub way: Option<String>,
    /// The carrier's number of the answer.
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

/// What a carrier was asked to authorize before it is done. For what illness is nowhere in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct Authorization {
    /// Tells it from the patient's others.
    pub id: String,
    /// Which carrier.
    pub carrier: String,
    /// The carrier's number; there is none while it's only asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub number: Option<String>,
    /// One of [`AUTHORIZED_SERVICES`].
    pub service: String,
    /// One of [`AUTHORIZATION_STATES`].
    pub status: String,
    /// First day, `YYYY-MM-DD`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub from: Option<String>,
    /// Last day, `YYYY-MM-DD`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub until: Option<String>,
    /// So many visits or units.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub units: Option<u32>,
    /// So many of them are used.
    #[serde(default)]
    pub used: u32,
    /// When it was written last, ISO instant.
    pub at: String,
    /// By whom.
    pub by: String,
}

/// Why somebody at the desk should ask a carrier again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ts_rs::TS)]
#[serde(tag = "of", rename_all = "snake_case")]
pub enum CoverageWarning {
    /// No carrier's word that the coverage is active within [`VERIFIED_DAYS`].
    NotVerified {
        /// Which carrier.
        carrier: String,
        /// Days since it last said so.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        days: Option<i64>,
    },
    /// The carrier's newest word is that there is no active coverage.
    NotActive {
        /// Which carrier.
        carrier: String,
        /// What it said.
        answer: String,
    },
    /// The coverage ends soon, or has ended.
    CoverageEnds {
        /// Which carrier.
        carrier: String,
        /// In so many days; below nothing when it has.
        days: i64,
    },
    /// An approved authorization ends soon, or has ended.
    AuthorizationEnds {
        /// For what.
        service: String,
        /// In so many days; below nothing when it has.
        days: i64,
    },
    /// Nothing of an approved authorization is left.
    UnitsUsedUp {
        /// For what.
        service: String,
    },
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

/// What may come of asking a carrier.
pub const COVERAGE_ANSWERS: &[&str] = &["active", "inactive", "not_found", "unreachable"];
/// How a carrier is asked.
pub const COVERAGE_WAYS: &[&str] = &["portal", "phone", "electronic", "card"];
/// What a carrier may be asked to authorize: kinds of service, none of which says for what illness.
pub const AUTHORIZED_SERVICES: &[&str] = &[
    "office_visits",
    "specialist_visits",
    "rehabilitation",
    "imaging",
    "procedure",
    "equipment",
    "home_care",
    "other",
];
/// How an authorization may stand. That it has expired follows from its last day.
pub const AUTHORIZATION_STATES: &[&str] = &["requested", "approved", "denied", "withdrawn"];
/// How a balance may stand.
pub const BALANCE_STATES: &[&str] = &["open", "paid", "payment_plan", "overdue"];
/// So many answers are kept.
const KEPT: usize = 50;
const LONGEST_REFERENCE: usize = 40;
/// So many days before its end an answer is worth a new question.
const WARN_DAYS: i64 = 14;
/// So many days a carrier's word is trusted.
const VERIFIED_DAYS: i64 = 30;
/// So many days after its end an authorization is still spoken of.
const SPOKEN_OF_DAYS: i64 = 90;
/// More visits than any carrier authorizes.
pub const MOST_UNITS: u32 = 10_000;

impl Account {
    /// Puts a new answer first.
    pub fn note(&mut self, check: CoverageCheck) {
        self.checks.insert(0, check);
        self.checks.truncate(KEPT);
    }

    /// Puts an authorization in the place of the one with its id, else first.
    pub fn authorize(&mut self, one: Authorization) {
        match self.authorizations.iter_mut().find(|old| old.id == one.id) {
            Some(old) => *old = one,
            None => self.authorizations.insert(0, one),
        }
        self.authorizations.truncate(KEPT);
    }

    /// What to ask these carriers about, before somebody comes on `today`.
    #[must_use]
    pub fn warnings(&self, carriers: &[String], today: Day) -> Vec<CoverageWarning> {
        let of_carriers = carriers.iter().filter_map(|carrier| self.warning_of(carrier, today));
        of_carriers.chain(self.authorizations.iter().filter_map(|one| one.warning(today))).collect()
    }

    fn warning_of(&self, carrier: &str, today: Day) -> Option<CoverageWarning> {
        let mut told = self.checks.iter().filter(|check| check.carrier == carrier && check.answer != "unreachable");
        let carrier = carrier.to_owned();
        let Some(newest) = told.next() else { return Some(CoverageWarning::NotVerified { carrier, days: None }) };
        if !newest.is_active() {
            return Some(CoverageWarning::NotActive { carrier, answer: newest.answer.clone() });
        }
        if let Some(days) = days_left(newest.valid_until.as_deref(), today).filter(|days| *days < WARN_DAYS) {
            return Some(CoverageWarning::CoverageEnds { carrier, days });
        }
        let since = newest.at.get(..10).and_then(day_from).map(|asked| days_between(asked, today));
        let stale = since.is_none_or(|days| days > VERIFIED_DAYS);
        stale.then_some(CoverageWarning::NotVerified { carrier, days: since })
    }
}

impl CoverageCheck {
    /// Whether the carrier said that the patient is covered; the older words count as well.
    fn is_active(&self) -> bool {
        matches!(self.answer.as_str(), "active" | "covered" | "authorized")
    }
}

impl Authorization {
    fn warning(&self, today: Day) -> Option<CoverageWarning> {
        let service = self.service.clone();
        if self.status != "approved" {
            return None;
        }
        let days = days_left(self.until.as_deref(), today);
        if let Some(days) = days.filter(|days| *days < WARN_DAYS) {
            return (days > -SPOKEN_OF_DAYS).then_some(CoverageWarning::AuthorizationEnds { service, days });
        }
        self.units.is_some_and(|units| self.used >= units).then_some(CoverageWarning::UnitsUsedUp { service })
    }
}

fn days_left(until: Option<&str>, today: Day) -> Option<i64> {
    Some(days_between(today, day_from(until?)?))
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

    const PLAN: &str = "Example Health Plan";

    fn check(answer: &str, at: &str, until: Option<&str>) -> CoverageCheck {
        let (carrier, answer, at) = (PLAN.to_owned(), answer.to_owned(), format!("{at}T09:00:00-05:00"));
        let valid_until = until.map(str::to_owned);
        CoverageCheck { carrier, answer, way: None, reference: None, valid_until, at, by: String::new() }
    }

    fn warned(account: &Account, day: Day) -> Vec<CoverageWarning> {
        account.warnings(&[PLAN.to_owned()], day)
    }

    #[test]
    fn a_coverage_is_worth_a_question_while_nobody_has_asked_in_thirty_days_or_when_it_ends_within_two_weeks() {
        let (mut account, monday) = (Account::default(), date(2026, 11, 23));
        let not_verified = |days| vec![CoverageWarning::NotVerified { carrier: PLAN.into(), days }];
        assert_eq!(warned(&account, monday), not_verified(None));
        account.note(check("active", "2026-10-24", None));
        assert_eq!(warned(&account, monday), []);
        assert_eq!(warned(&account, date(2026, 11, 24)), not_verified(Some(31)));
        account.note(check("unreachable", "2026-11-23", None));
        assert_eq!(warned(&account, date(2026, 11, 24)), not_verified(Some(31)), "nobody has said anything");
        account.note(check("active", "2026-11-23", Some("2026-12-07")));
        assert_eq!(warned(&account, monday), []);
        let ends = |days| vec![CoverageWarning::CoverageEnds { carrier: PLAN.into(), days }];
        assert_eq!(warned(&account, date(2026, 11, 24)), ends(13));
        assert_eq!(warned(&account, date(2026, 12, 9)), ends(-2));
        account.note(check("inactive", "2026-11-23", None));
        let answer = "inactive".to_owned();
        assert_eq!(warned(&account, monday), [CoverageWarning::NotActive { carrier: PLAN.into(), answer }]);
        assert!(account.warnings(&[], monday).is_empty(), "whoever pays herself is asked about nothing");
    }

    #[test]
    fn an_authorization_warns_before_its_end_and_when_it_is_used_up_and_only_while_it_holds() {
        let one = |status: &str, until: &str, used| Authorization {
            id: "1".into(),
            carrier: PLAN.into(),
            number: None,
            service: "imaging".into(),
            status: status.into(),
            from: None,
            until: Some(until.into()),
            units: Some(6),
            used,
            at: String::new(),
            by: String::new(),
        };
        let monday = date(2026, 11, 23);
        let ends = |days| Some(CoverageWarning::AuthorizationEnds { service: "imaging".into(), days });
        assert_eq!(one("approved", "2026-11-28", 0).warning(monday), ends(5));
        assert_eq!(one("approved", "2026-11-22", 0).warning(monday), ends(-1));
        assert_eq!(one("approved", "2026-01-01", 0).warning(monday), None, "long forgotten");
        assert_eq!(one("approved", "2026-12-31", 5).warning(monday), None);
        let used_up = CoverageWarning::UnitsUsedUp { service: "imaging".into() };
        assert_eq!(one("approved", "2026-12-31", 6).warning(monday), Some(used_up));
        for status in ["requested", "denied", "withdrawn"] {
            assert_eq!(one(status, "2026-11-28", 6).warning(monday), None);
        }
        let mut account = Account::default();
        account.authorize(one("requested", "2026-11-28", 0));
        account.authorize(one("approved", "2026-11-28", 0));
        assert_eq!(account.authorizations.len(), 1, "an answer takes the place of what was asked");
    }

    #[test]
    fn a_reference_is_no_sentence() {
        assert!(is_reference("AB-12") && !is_reference("for diabetes") && !is_reference(""));
    }
}
