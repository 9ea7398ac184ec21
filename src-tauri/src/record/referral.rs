//! Imaging (FHIR ImagingStudy with its report) and referrals (FHIR ServiceRequest): what they say, and how a referral goes.

use super::clinical::{Coded, Signature};
use super::steps::IllegalStep;
use serde::{Deserialize, Serialize};

/// An imaging study: ordered, then reported.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct Imaging {
    /// What is looked at, in words, such as `Chest X-ray`.
    pub code: Coded,
    /// DICOM modality: one of [`super::value_sets::MODALITIES`]; an imported one may be another.
    pub modality: String,
    /// Where on the body.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body_site: Option<String>,
    /// `registered` (ordered), `available` (done), `cancelled`.
    pub status: String,
    /// Started when; of an order, wanted when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
    /// Why, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// What was seen, the report's text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub report: Option<String>,
    /// What that means.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conclusion: Option<String>,
}

/// A referral to somebody else.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct Referral {
    /// To whom: a person, a practice, a department.
    pub to: String,
    /// The specialty, where it isn't plain from the name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub specialty: Option<String>,
    /// Why.
    pub reason: String,
    /// FHIR request-priority: `routine`, `urgent`, `asap`, `stat`.
    pub priority: String,
    /// [`ReferralStatus::word`]; an imported one may have another.
    pub status: String,
    /// Written on this day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
    /// What the letter says beside the reason.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub letter: Option<String>,
    /// What came back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<String>,
    /// The letter lies ready for the patient: who said so, and when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ready: Option<Signature>,
}

/// Where a referral made here stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "kebab-case")]
pub enum ReferralStatus {
    /// Being written.
    Draft,
    /// Sent or handed out.
    Active,
    /// Answered.
    Completed,
    /// Taken back.
    Revoked,
}

impl ReferralStatus {
    /// Every status.
    pub const ALL: [Self; 4] = [Self::Draft, Self::Active, Self::Completed, Self::Revoked];

    /// The FHIR code.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Active => "active",
            Self::Completed => "completed",
            Self::Revoked => "revoked",
        }
    }

    /// The status of a stored word; `None` for one that an import brought and nobody enters here.
    #[must_use]
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.word() == word)
    }

    /// Whether a referral that is `self` may become `next`. Staying what it is isn't a step.
    ///
    /// # Errors
    /// When it may not.
    pub fn after(self, next: Self) -> Result<Self, IllegalStep> {
        let legal: &[Self] = match self {
            Self::Draft => &[Self::Active, Self::Revoked],
            Self::Active => &[Self::Completed, Self::Revoked],
            Self::Completed | Self::Revoked => &[],
        };
        let refused = IllegalStep { what: "referral", from: self.word(), step: next.word() };
        if self == next || legal.contains(&next) { Ok(next) } else { Err(refused) }
    }
}

impl Referral {
    /// Whether `self` may become `next`: by a legal step, and what was sent stays as it was sent.
    ///
    /// # Errors
    /// When it may not.
    pub fn may_become(&self, next: &Self) -> Result<(), IllegalStep> {
        let (before, after) = (ReferralStatus::of(&self.status), ReferralStatus::of(&next.status));
        if let Some((before, after)) = before.zip(after) {
            before.after(after)?;
        }
        let sent = |one: &Self| (one.to.clone(), one.specialty.clone(), one.reason.clone(), one.letter.clone());
        if before == Some(ReferralStatus::Draft) || sent(self) == sent(next) {
            return Ok(());
        }
        Err(IllegalStep { what: "referral", from: "active", step: "changed" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn referral(status: &str, letter: &str) -> Referral {
        let (to, reason) = ("Dr. A. Heart".to_owned(), "Palpitations".to_owned());
        Referral { to, reason, status: status.into(), letter: Some(letter.into()), ..Referral::default() }
    }

    #[test]
    fn a_referral_goes_from_draft_to_active_to_its_end_and_no_other_way() {
        use ReferralStatus::{Active, Completed, Draft, Revoked};
        let legal = [(Draft, Active), (Draft, Revoked), (Active, Completed), (Active, Revoked)];
        for from in ReferralStatus::ALL {
            for to in ReferralStatus::ALL {
                let may = from == to || legal.contains(&(from, to));
                assert_eq!(from.after(to).is_ok(), may, "{} {}", from.word(), to.word());
                let became = referral(from.word(), "Dear").may_become(&referral(to.word(), "Dear"));
                assert_eq!(became.is_ok(), may);
            }
        }
    }

    #[test]
    fn the_letter_may_change_while_it_is_a_draft_and_never_once_it_was_sent() {
        assert!(referral("draft", "Dear").may_become(&referral("active", "Dear colleague")).is_ok());
        assert!(referral("active", "Dear").may_become(&referral("active", "Other")).is_err());
        let answered = Referral { answer: Some("Seen.".into()), ..referral("completed", "Dear") };
        assert!(referral("active", "Dear").may_become(&answered).is_ok());
    }
}
