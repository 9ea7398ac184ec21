//! What a patient has said about who may be told (FHIR Consent; 45 CFR 164.508, 164.510(b), 164.522(a)): restrictions
//! that the clinic agreed to, and authorizations. Words from lists only: the desk reads it, and it tells nothing of the
//! chart. What follows from it is in `policy/disclose.rs`.

mod words;

pub use words::{
    DirectiveEndReason, DirectiveKind, DirectivePurpose, DirectiveReason, DirectiveTo, DirectiveWay, Recipient,
    RecordPart,
};

use super::Section;
use super::schedule::{Day, day_from};
use serde::{Deserialize, Serialize};

/// A patient's directives. One item a patient.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Directives {
    /// The newest first. Nothing is ever taken out.
    #[serde(default)]
    pub list: Vec<Directive>,
}

impl Directives {
    /// Whether a restriction holds, or will.
    #[must_use]
    pub fn restrict(&self, today: Day) -> bool {
        let stands =
            |one: &Directive| matches!(one.standing(today), DirectiveStanding::InForce | DirectiveStanding::NotYet);
        self.list.iter().any(|one| one.terms.kind == DirectiveKind::Restriction && stands(one))
    }
}

/// One of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct Directive {
    /// Tells it from the patient's others.
    pub id: String,
    /// What it says.
    pub terms: DirectiveTerms,
    /// Noted when, ISO instant.
    pub at: String,
    /// By whom.
    pub by: String,
    /// How it ended, before its last day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub ended: Option<DirectiveEnd>,
}

/// What a directive says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct DirectiveTerms {
    /// Forbids or permits.
    pub kind: DirectiveKind,
    /// Whom it names.
    pub to: DirectiveTo,
    /// For what.
    pub purpose: DirectivePurpose,
    /// Which part of the record.
    pub part: RecordPart,
    /// The first day, `YYYY-MM-DD`.
    pub from: String,
    /// The last day; without one it goes on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional = nullable)]
    pub until: Option<String>,
    /// Why the clinic follows it.
    pub why: DirectiveReason,
    /// How it came.
    pub way: DirectiveWay,
}

/// How a directive ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct DirectiveEnd {
    /// Why.
    pub reason: DirectiveEndReason,
    /// When, ISO instant.
    pub at: String,
    /// By whom.
    pub by: String,
}

/// Where a directive stands on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum DirectiveStanding {
    /// Its first day is still to come.
    NotYet,
    /// It holds.
    InForce,
    /// Its last day is over.
    Over,
    /// It was ended.
    Ended,
}

impl DirectiveTo {
    /// Whether it names this recipient. Nobody can forbid the patient the own record, or the clinic its work.
    #[must_use]
    pub const fn names(self, recipient: Recipient) -> bool {
        match (self, recipient) {
            (_, Recipient::Patient | Recipient::Clinic) => false,
            (Self::Anyone, _)
            | (Self::HealthPlan, Recipient::HealthPlan)
            | (Self::AnotherClinician, Recipient::AnotherClinician)
            | (Self::Family, Recipient::Family)
            | (Self::Employer, Recipient::Employer)
            | (Self::Legal, Recipient::Legal)
            | (Self::Research, Recipient::Research) => true,
            _ => false,
        }
    }

    /// Whether it matters what this recipient is told for: nobody else is told for payment, operations or treatment.
    const fn has_purposes(self) -> bool {
        matches!(self, Self::HealthPlan | Self::AnotherClinician | Self::Anyone)
    }

    /// Whether what permits it must be signed and have a last day: 164.508(c)(1)(v) and (vi). Family may be told on
    /// the patient's word alone (164.510(b)).
    const fn wants_signature(self) -> bool {
        !matches!(self, Self::Family)
    }
}

impl RecordPart {
    /// The sections that hold it; none for everything.
    #[must_use]
    pub const fn sections(self) -> &'static [Section] {
        use Section as S;
        match self {
            Self::WholeRecord => &[],
            Self::Visits => &[S::Encounters, S::Appointments],
            Self::DrugList => &[S::Medications, S::Administrations],
            Self::ReferralLetters => &[S::Referrals],
            Self::Attachments => &[S::Documents, S::DocumentPages, S::FrontDocuments, S::FrontDocumentPages],
        }
    }
}

impl DirectiveTerms {
    /// The first field that can't be so, on the day it is noted.
    #[must_use]
    pub fn fault(&self, today: Day) -> Option<&'static str> {
        let (from, until) = (day_from(&self.from), self.until.as_deref().map(day_from));
        let Some(from) = from else { return Some("from") };
        // One that is over already would look like one that holds.
        if until.is_some_and(|until| until.is_none_or(|until| until < from || until < today)) {
            return Some("until");
        }
        if self.purpose != DirectivePurpose::Any && !self.to.has_purposes() {
            return Some("purpose");
        }
        match self.kind {
            DirectiveKind::Restriction => self.fault_of_restriction(),
            DirectiveKind::Authorization => self.fault_of_authorization(),
        }
    }

    /// What is paid for in full is kept from the health plan, whether it asks to pay or for its own work.
    fn fault_of_restriction(&self) -> Option<&'static str> {
        let paid = self.why == DirectiveReason::PaidInFull;
        if paid && self.to != DirectiveTo::HealthPlan {
            return Some("to");
        }
        (paid && self.purpose != DirectivePurpose::Any).then_some("purpose")
    }

    fn fault_of_authorization(&self) -> Option<&'static str> {
        if self.why == DirectiveReason::PaidInFull {
            return Some("why");
        }
        if self.to == DirectiveTo::Anyone {
            return Some("to");
        }
        if self.why == DirectiveReason::RequiredByLaw || !self.to.wants_signature() {
            return None;
        }
        if self.way == DirectiveWay::InPerson {
            return Some("way");
        }
        // A study may have no end: 164.508(c)(1)(v).
        (self.until.is_none() && self.to != DirectiveTo::Research).then_some("until")
    }
}

impl Directive {
    /// Where it stands on this day; its first and its last day belong to it. What can't be read as a day holds.
    #[must_use]
    pub fn standing(&self, today: Day) -> DirectiveStanding {
        let day = |iso: &str| day_from(iso);
        if self.ended.is_some() {
            DirectiveStanding::Ended
        } else if day(&self.terms.from).is_some_and(|from| today < from) {
            DirectiveStanding::NotYet
        } else if self.terms.until.as_deref().and_then(day).is_some_and(|until| until < today) {
            DirectiveStanding::Over
        } else {
            DirectiveStanding::InForce
        }
    }

    /// Whether it holds on this day.
    #[must_use]
    pub fn in_force(&self, today: Day) -> bool {
        self.standing(today) == DirectiveStanding::InForce
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn terms(kind: DirectiveKind, to: DirectiveTo) -> DirectiveTerms {
        DirectiveTerms {
            kind,
            to,
            purpose: DirectivePurpose::Any,
            part: RecordPart::WholeRecord,
            from: "2026-11-23".into(),
            until: Some("2026-12-31".into()),
            why: DirectiveReason::Agreed,
            way: DirectiveWay::PaperSigned,
        }
    }

    #[test]
    fn the_first_and_the_last_day_belong_to_it_and_what_was_ended_holds_no_more() {
        let (at, by) = (String::new(), String::new());
        let terms = terms(DirectiveKind::Restriction, DirectiveTo::Family);
        let mut one = Directive { id: "1".into(), terms, at, by, ended: None };
        for (day, standing) in [
            (date(2026, 11, 22), DirectiveStanding::NotYet),
            (date(2026, 11, 23), DirectiveStanding::InForce),
            (date(2026, 12, 31), DirectiveStanding::InForce),
            (date(2027, 1, 1), DirectiveStanding::Over),
        ] {
            assert_eq!(one.standing(day), standing, "{day}");
        }
        one.terms.until = None;
        assert!(one.in_force(date(2099, 1, 1)));
        let reason = DirectiveEndReason::PatientSaid;
        one.ended = Some(DirectiveEnd { reason, at: String::new(), by: String::new() });
        assert!(!one.in_force(date(2026, 12, 1)));
    }

    #[test]
    fn what_can_not_be_agreed_is_refused_by_the_field_that_is_wrong() {
        use {DirectiveKind as K, DirectiveTo as T};
        let today = date(2026, 11, 23);
        let fault = |change: &dyn Fn(&mut DirectiveTerms), kind, to| {
            let mut one = terms(kind, to);
            change(&mut one);
            one.fault(today)
        };
        let paid = |one: &mut DirectiveTerms| one.why = DirectiveReason::PaidInFull;
        assert_eq!(fault(&paid, K::Restriction, T::HealthPlan), None);
        assert_eq!(fault(&paid, K::Restriction, T::Employer), Some("to"));
        assert_eq!(fault(&paid, K::Authorization, T::HealthPlan), Some("why"));
        let for_payment = |one: &mut DirectiveTerms| one.purpose = DirectivePurpose::Payment;
        assert_eq!(fault(&for_payment, K::Restriction, T::HealthPlan), None);
        assert_eq!(fault(&for_payment, K::Restriction, T::Family), Some("purpose"));
        let both = |one: &mut DirectiveTerms| (paid(one), for_payment(one)).0;
        assert_eq!(fault(&both, K::Restriction, T::HealthPlan), Some("purpose"));
        let said = |one: &mut DirectiveTerms| one.way = DirectiveWay::InPerson;
        assert_eq!(fault(&said, K::Authorization, T::Employer), Some("way"));
        assert_eq!(fault(&said, K::Authorization, T::Family), None);
        assert_eq!(fault(&said, K::Restriction, T::Employer), None);
        let for_ever = |one: &mut DirectiveTerms| one.until = None;
        assert_eq!(fault(&for_ever, K::Authorization, T::Legal), Some("until"));
        assert_eq!(fault(&for_ever, K::Authorization, T::Research), None);
        assert_eq!(fault(&|_| {}, K::Authorization, T::Anyone), Some("to"));
        for (from, until, field) in [
            ("tomorrow", "2026-12-31", "from"),
            ("2026-11-23", "2026-11-22", "until"),
            ("2026-01-01", "2026-11-22", "until"),
            ("2026-01-01", "soon", "until"),
        ] {
            let days = |one: &mut DirectiveTerms| (one.from, one.until) = (from.to_owned(), Some(until.to_owned()));
            assert_eq!(fault(&days, K::Restriction, T::Family), Some(field), "{from} {until}");
        }
    }
}
