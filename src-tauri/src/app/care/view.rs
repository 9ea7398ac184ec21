//! What the screen is told about care.

use crate::record::care::{Evidence, Met, Tier};
use serde::Serialize;
use std::collections::BTreeMap;
use ts_rs::TS;
use uuid::Uuid;

/// Gaps, alerts and tier of one patient.
#[derive(Serialize, TS)]
pub struct CareView {
    /// How much attention she needs.
    pub tier: Tier,
    /// Points behind the tier.
    pub score: u32,
    /// What is missing.
    pub gaps: Vec<Met>,
    /// What is alarming.
    pub alerts: Vec<Met>,
    /// Open tasks.
    pub open_tasks: u32,
    /// Those of them that are overdue.
    pub overdue_tasks: u32,
    /// Whether drugs could be held against allergies.
    pub allergies_matched: bool,
}

/// How far a look through one's own patients has come.
#[derive(Serialize, TS)]
#[ts(optional_fields)]
pub struct SliceView {
    /// Patients looked at so far.
    pub done: u64,
    /// Of how many.
    pub of: u64,
    /// Where to go on; absent at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<Uuid>,
    /// Patients of this slice that couldn't be read.
    pub damaged: u64,
}

/// Members of a cohort found in one slice.
#[derive(Serialize, TS)]
pub struct CohortPage {
    /// Who belongs.
    pub members: Vec<MemberView>,
    /// How far it has come.
    pub slice: SliceView,
}

/// A member of a cohort.
#[derive(Serialize, TS)]
#[ts(optional_fields)]
pub struct MemberView {
    /// Patient id.
    pub patient: Uuid,
    /// `SURNAME, given names`.
    pub name: String,
    /// Birth date, possibly partial.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub birth_date: Option<String>,
    /// Medical record number.
    pub mrn: String,
    /// Why: one piece for each thing that was asked.
    pub evidence: Vec<Evidence>,
}

/// What was answered to the rules of the interaction check, in one slice.
#[derive(Serialize, TS)]
pub struct AnswersPage {
    /// By rule.
    pub rules: Vec<RuleAnswers>,
    /// How far it has come.
    pub slice: SliceView,
}

/// Answers to one rule.
#[derive(Clone, Default, Serialize, TS)]
pub struct RuleAnswers {
    /// The rule; `restricted` where it may not be named.
    pub rule: String,
    /// Orders signed in spite of it.
    pub signed: u32,
    /// Orders withheld because of it.
    pub withheld: u32,
    /// How often for which coded reason.
    pub reasons: BTreeMap<String, u32>,
}
