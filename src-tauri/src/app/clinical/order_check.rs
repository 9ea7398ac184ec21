//! The interaction check before a signature: each finding that interrupts needs an answer, everything else only tells.

use super::charting::Charting;
use crate::app::error::Failure;
use crate::app::interactions::{Answered, Meant};
use crate::record::{Medication, Override};
use serde::Deserialize;
use uuid::Uuid;

/// What is said to the check.
#[derive(Clone, Default, Deserialize, ts_rs::TS)]
#[serde(default)]
pub struct Answers {
    /// Drugs that were recognised by somebody, not by the table.
    pub meant: Vec<Meant>,
    /// Why the order goes ahead, for each finding that interrupts.
    pub answers: Vec<Answered>,
}

impl Charting<'_> {
    /// Checks an order that is about to be signed or written down; the answers that are kept with it.
    ///
    /// # Errors
    /// When a finding that interrupts has no answer.
    pub(super) async fn checked(
        &mut self,
        patient: Uuid,
        medication: &Medication,
        instead: Option<Uuid>,
        said: &Answers,
    ) -> Result<Vec<Override>, Failure> {
        let check = self.desk().check_order(patient, &medication.drug.text, instead, &said.meant).await?;
        self.read(patient, check.touched.sections.clone(), check.touched.count);
        check.answered(&said.answers)?;
        let kept = |one: &Answered| Override {
            rule: one.rule.clone(),
            reason: one.reason.clone(),
            text: one.text.trim().to_owned(),
            signed: self.desk().signature(),
        };
        Ok(said.answers.iter().map(kept).collect())
    }
}
