//! Who belongs to a cohort: a condition, a drug, a laboratory value that is overdue. What is asked must all hold.

use super::facts::CareFacts;
use super::rules::{Evidence, is_diabetes, is_hypertension};
use crate::record::interactions::Table;
use crate::record::{Day, Problem};
use serde::Deserialize;

/// A value that should have been measured.
#[derive(Clone, Deserialize, ts_rs::TS)]
pub struct LabOverdue {
    /// LOINC code.
    pub code: String,
    /// Not in so many days.
    pub days: u32,
}

/// The question. What is absent isn't asked.
#[derive(Clone, Deserialize, ts_rs::TS)]
#[ts(optional_fields)]
pub struct CohortQuery {
    /// An active problem: `diabetes`, `hypertension`, a code's beginning, or words.
    pub condition: Option<String>,
    /// An active medication: an ingredient, brand or words.
    pub medication: Option<String>,
    /// A value not measured in so many days.
    pub overdue: Option<LabOverdue>,
}

/// Why a patient belongs.
#[derive(Debug, PartialEq, Eq)]
pub struct Member {
    /// One piece for each thing that was asked.
    pub evidence: Vec<Evidence>,
}

impl CohortQuery {
    /// Whether anything is asked.
    #[must_use]
    pub fn asks(&self) -> bool {
        let said = |text: &Option<String>| text.as_deref().is_some_and(|text| !text.trim().is_empty());
        said(&self.condition) || said(&self.medication) || self.overdue.is_some()
    }

    /// Why this patient belongs, if she does.
    #[must_use]
    pub fn member(&self, facts: &CareFacts, table: Option<&Table>, today: Day) -> Option<Member> {
        let mut evidence = Vec::new();
        if let Some(condition) = said(self.condition.as_deref()) {
            evidence.push(facts.problem(|problem| is_condition(problem, condition))?);
        }
        if let Some(medication) = said(self.medication.as_deref()) {
            evidence.push(taken(facts, medication, table)?);
        }
        if let Some(overdue) = &self.overdue {
            evidence.push(missing(facts, overdue, today)?);
        }
        self.asks().then_some(Member { evidence })
    }
}

fn said(text: Option<&str>) -> Option<&str> {
    text.map(str::trim).filter(|text| !text.is_empty())
}

fn is_condition(problem: &Problem, asked: &str) -> bool {
    match asked.to_lowercase().as_str() {
        "diabetes" => is_diabetes(problem),
        "hypertension" => is_hypertension(problem),
        words => {
            let code = problem.code.as_deref().unwrap_or_default().to_lowercase();
            let coded = words.chars().any(|one| one.is_ascii_digit()) && code.starts_with(words);
            coded || problem.text.to_lowercase().contains(words)
        }
    }
}

/// By ingredient where the table knows the name, else by words.
fn taken(facts: &CareFacts, asked: &str, table: Option<&Table>) -> Option<Evidence> {
    let same = |text: &str| {
        let by_ingredient = table.is_some_and(|table| {
            let (wanted, found) = (table.drug(asked), table.drug(text));
            let (wanted, found) = (table.ingredients(&wanted), table.ingredients(&found));
            !wanted.is_empty() && wanted.iter().all(|one| found.contains(one))
        });
        by_ingredient || text.to_lowercase().contains(&asked.to_lowercase())
    };
    let drug = facts.drugs.iter().find(|one| same(&one.value))?;
    Some(Evidence { text: drug.value.clone(), at: None, value: None, item: Some(drug.item) })
}

fn missing(facts: &CareFacts, overdue: &LabOverdue, today: Day) -> Option<Evidence> {
    let last = facts.last_lab(&overdue.code, today);
    let days = i32::try_from(overdue.days).unwrap_or(i32::MAX);
    if last.is_some_and(|one| today.since(one.day) <= days) {
        return None;
    }
    let (text, at) = last.map_or((String::new(), None), |one| (one.text.clone(), Some(one.at.clone())));
    Some(Evidence { text, at, value: None, item: last.map(|one| one.item) })
}
