//! The check of one order before it is signed, and the answers to what interrupts it.
//!
//! To sign an order: [`Desk::check_order`], then [`OrderCheck::sign`] in the same [`Charting`] as the order itself.

use super::facts::Facts;
use super::view::{InteractionsView, Meant};
use crate::app::clinical::charting::Charting;
use crate::app::desk::Desk;
use crate::app::error::{Code, Failure};
use crate::record::Content;
use crate::record::interactions::{Finding, InteractionAnswer, Severity};
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
    /// For the screen.
    pub view: InteractionsView,
    drug: String,
    table: String,
    /// What interrupts.
    major: Vec<Finding>,
}

impl OrderCheck {
    /// Whether something interrupts.
    pub fn interrupts(&self) -> bool {
        !self.major.is_empty()
    }

    /// Keeps the answers beside the order, once every finding that interrupts has its own.
    ///
    /// # Errors
    /// [`Code::Invalid`], field `answers`: `missing` when one has none, `form` for one that isn't an answer.
    pub fn sign(
        &self,
        charting: &mut Charting<'_>,
        patient: Uuid,
        order: Uuid,
        answers: &[Answered],
    ) -> Result<(), Failure> {
        for rule in self.rules() {
            let answer = answers.iter().find(|one| one.rule == rule.rule).ok_or_else(|| refused("missing"))?;
            let length = answer.text.trim().chars().count();
            if !REASONS.contains(&answer.reason.as_str()) || !TEXT.contains(&length) {
                return Err(refused("form"));
            }
            let (reason, text) = (Some(answer.reason.clone()), Some(answer.text.trim().to_owned()));
            charting.keep(patient, self.answer(rule, Some(order), reason, text))?;
        }
        Ok(())
    }

    /// Keeps that the order was withheld.
    pub(super) fn withhold(&self, charting: &mut Charting<'_>, patient: Uuid) -> Result<(), Failure> {
        self.rules().into_iter().try_for_each(|rule| charting.keep(patient, self.answer(rule, None, None, None)))
    }

    /// What interrupts, once for each rule.
    fn rules(&self) -> Vec<&Finding> {
        let mut rules: Vec<&Finding> = Vec::new();
        for finding in &self.major {
            if !rules.iter().any(|known| known.rule == finding.rule) {
                rules.push(finding);
            }
        }
        rules
    }

    fn answer(&self, rule: &Finding, order: Option<Uuid>, reason: Option<String>, text: Option<String>) -> Content {
        Content::InteractionAnswer(InteractionAnswer {
            rule: rule.rule.clone(),
            severity: rule.severity,
            table: self.table.clone(),
            drug: self.drug.clone(),
            order,
            reason,
            text,
        })
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
        let table = self.interactions.map_or("", |table| table.version()).to_owned();
        Ok(OrderCheck { view, drug: drug.to_owned(), table, major })
    }
}
