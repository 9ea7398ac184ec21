//! Which conditions of the table a problem list and the last filtration rate speak of.

use super::plain;
use super::table::Table;
use super::text::ConditionRule;
use std::collections::BTreeSet;

/// A problem as far as the checker needs it.
#[derive(Clone)]
pub struct ConditionFact {
    /// Words.
    pub text: String,
    /// Code.
    pub code: Option<String>,
    /// Code system.
    pub system: Option<String>,
    /// It's there now; else it is past.
    pub active: bool,
}

impl Table {
    /// The conditions of the table that this problem is.
    #[must_use]
    pub fn conditions_of(&self, fact: &ConditionFact) -> Vec<String> {
        self.conditions.iter().filter(|rule| rule.fits(fact)).map(|rule| rule.id.clone()).collect()
    }

    /// The conditions that hold.
    pub(super) fn conditions(&self, facts: &[ConditionFact], egfr: Option<f64>) -> BTreeSet<String> {
        let low = |rule: &&ConditionRule| rule.egfr_below.zip(egfr).is_some_and(|(limit, rate)| rate < limit);
        let measured = self.conditions.iter().filter(low).map(|rule| rule.id.clone());
        facts.iter().flat_map(|fact| self.conditions_of(fact)).chain(measured).collect()
    }

    pub(super) fn condition_words(&self, id: &str) -> &str {
        self.conditions.iter().find(|rule| rule.id == id).map_or("", |rule| &rule.words)
    }
}

impl ConditionRule {
    fn fits(&self, fact: &ConditionFact) -> bool {
        let text = format!(" {}", plain(&fact.text));
        let begins = |word: &String| text.contains(&format!(" {}", plain(word)));
        let history = text.starts_with(" history of");
        if self.unless.iter().any(begins) || text.contains(" family history") || text.contains(" no ") {
            return false;
        }
        if !self.past && (!fact.active || history) {
            return false;
        }
        self.coded(fact) || self.text.iter().any(begins)
    }

    fn coded(&self, fact: &ConditionFact) -> bool {
        let Some(code) = fact.code.as_deref().map(str::to_uppercase) else { return false };
        match fact.system.as_deref() {
            Some("SNOMED CT") => self.snomed.contains(&code),
            Some("ICD-10-CM" | "ICD-10") | None => self.icd10.iter().any(|prefix| code.starts_with(prefix.as_str())),
            Some(_) => false,
        }
    }
}

impl ConditionFact {
    /// What a problem tells; nothing when it was refuted or entered in error.
    #[must_use]
    pub fn of(problem: &crate::record::Problem) -> Option<Self> {
        if matches!(problem.verification.as_str(), "refuted" | "entered-in-error") {
            return None;
        }
        Some(Self {
            text: problem.text.clone(),
            code: problem.code.clone(),
            system: problem.system.clone(),
            active: matches!(problem.clinical_status.as_str(), "active" | "recurrence" | "relapse"),
        })
    }
}
