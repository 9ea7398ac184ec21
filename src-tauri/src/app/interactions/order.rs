//! The check of one order before it is signed, and the answers to what interrupts it.

use super::facts::Facts;
use super::view::{InteractionsView, Meant};
use crate::app::desk::Desk;
use crate::app::error::{Code, Failure};
use crate::app::perform::Touched;
use crate::record::interactions::{Finding, Severity};
use serde::Deserialize;
use ts_rs::TS;
use uuid::Uuid;

/// Reasons for signing in spite of a finding; the screen has the words.
const REASONS: [&str; 7] =
    ["benefit", "tolerated_before", "dose_adapted", "monitored", "short_course", "not_applicable", "other"];
/// Characters of the text beside the reason.
const TEXT: std::ops::RangeInclusive<usize> = 3..=500;

/// The answer to one finding that interrupts.
#[derive(Clone, Deserialize, TS)]
pub struct Answered {
    /// The finding's rule.
    pub rule: String,
    /// `benefit`, `tolerated_before`, `dose_adapted`, `monitored`, `short_course`, `not_applicable`, `other`.
    pub reason: String,
    /// In words.
    pub text: String,
}

/// What the check says about an order.
pub(in crate::app) struct OrderCheck {
    pub view: InteractionsView,
    /// What was read for it.
    pub touched: Touched,
    /// What interrupts.
    major: Vec<Finding>,
}

impl OrderCheck {
    /// Refuses until each finding that interrupts has its own answer.
    ///
    /// # Errors
    /// [`Code::Invalid`], field `answers`: `missing` when one has none, `form` for one that isn't an answer.
    pub fn answered(&self, answers: &[Answered]) -> Result<(), Failure> {
        for finding in &self.major {
            let answer = answers.iter().find(|one| one.rule == finding.rule).ok_or_else(|| refused("missing"))?;
            let length = answer.text.trim().chars().count();
            if !REASONS.contains(&answer.reason.as_str()) || !TEXT.contains(&length) {
                return Err(refused("form"));
            }
        }
        Ok(())
    }
}

fn refused(why: &'static str) -> Failure {
    let mut failure = Code::Invalid.with("field", "answers");
    failure.fields.insert("why", why.into());
    failure
}

impl Desk<'_> {
    /// Checks a drug that is about to be ordered, in the place of `instead` if it replaces an order.
    pub(in crate::app) async fn check_order(
        &self,
        patient: Uuid,
        drug: &str,
        instead: Option<Uuid>,
        meant: &[Meant],
    ) -> Result<OrderCheck, Failure> {
        let mut facts = Facts::of(self, patient).await?;
        facts.propose(&[drug.to_owned()], instead);
        let (checked, view) = self.interactions_of(&facts, meant);
        let major = checked.findings.into_iter().filter(|one| one.severity == Severity::Major).collect();
        Ok(OrderCheck { view, touched: self.touched_by_check(&facts), major })
    }
}
