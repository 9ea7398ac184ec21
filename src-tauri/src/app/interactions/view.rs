//! What the screen is told of a check.

use super::facts::Facts;
use crate::record::interactions::{Checked, Finding, Kind, NotChecked, Severity, Subject, Table, Taking, Unread};
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use uuid::Uuid;

/// A name that isn't in the table, and the one a person says it means.
#[derive(Clone, Deserialize, TS)]
pub struct Meant {
    /// As it is written.
    pub written: String,
    /// As it is to be checked.
    pub meant: String,
}

/// The answer of the checker.
#[derive(Serialize, TS)]
#[ts(optional_fields)]
pub struct InteractionsView {
    /// The table that was used; absent when none could be trusted: then nothing was checked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub table: Option<TableView>,
    /// What was found, worst first.
    pub findings: Vec<FindingView>,
    /// What wasn't checked, wholly or in part.
    pub not_checked: Vec<NotCheckedView>,
    /// Drugs that were checked.
    pub drugs: u64,
    /// What is known about allergies.
    pub allergies: AllergiesAsked,
}

/// Which table.
#[derive(Serialize, TS)]
#[ts(optional_fields)]
pub struct TableView {
    /// Version.
    pub version: String,
    /// The day its sources were read.
    pub date: String,
    /// The pharmacist who reviewed it; absent while none has.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reviewer: Option<String>,
}

/// What is known about allergies: "none known" and "not asked" are different answers.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum AllergiesAsked {
    /// Some are recorded.
    Recorded,
    /// Asked, none is known.
    NoneKnown,
    /// Nobody has asked.
    NotAsked,
}

/// One thing to know.
#[derive(Serialize, TS)]
#[ts(optional_fields)]
pub struct FindingView {
    /// The rule; `restricted` where a side may not be named.
    pub rule: String,
    /// What meets what.
    pub kind: Kind,
    /// How bad.
    pub severity: Severity,
    /// Between what.
    pub subjects: Vec<SubjectView>,
    /// Why; empty where it may not be said.
    pub reason: String,
    /// What else to know.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub caution: Option<String>,
    /// Sources in full.
    pub sources: Vec<String>,
    /// When they were read.
    pub read: String,
    /// Its number on the list of high-priority interactions.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub listed: Option<u8>,
}

/// One side of a finding.
#[derive(Serialize, TS)]
#[ts(optional_fields)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum SubjectView {
    /// A drug.
    Drug {
        /// As written.
        text: String,
        /// The ingredients meant.
        ingredients: Vec<String>,
        /// Its item, when it's in the chart.
        #[serde(skip_serializing_if = "Option::is_none")]
        item: Option<Uuid>,
        /// Not taken any more.
        stopped: bool,
        /// Since so many days, when that is known.
        #[serde(skip_serializing_if = "Option::is_none")]
        days: Option<u32>,
    },
    /// An allergy or intolerance.
    Allergy {
        /// As written.
        text: String,
        /// Its item.
        item: Uuid,
        /// An intolerance.
        intolerance: bool,
    },
    /// A condition, in the table's words.
    Condition {
        /// Words.
        text: String,
    },
    /// A restricted item: that is all there is to say.
    Restricted,
}

/// What wasn't checked.
#[derive(Serialize, TS)]
pub struct NotCheckedView {
    /// `drug`, `allergy`, `restricted`.
    pub kind: String,
    /// As written; empty for a restricted item.
    pub text: String,
    /// Nothing of it is in the table; else only `words` aren't.
    pub whole: bool,
    /// Words that aren't in the table.
    pub words: Vec<String>,
    /// What they may mean, to be confirmed by a person.
    pub suggestions: Vec<String>,
}

impl InteractionsView {
    /// The answer about these facts.
    pub(super) fn of(table: &Table, facts: &Facts, checked: &Checked) -> Self {
        Self {
            table: Some(TableView {
                version: table.version().to_owned(),
                date: table.date().to_owned(),
                reviewer: table.reviewer().map(str::to_owned),
            }),
            findings: checked.findings.iter().map(|one| finding(table, facts, one)).collect(),
            not_checked: checked.not_checked.iter().map(|one| not_checked(facts, one)).collect(),
            drugs: checked.drugs as u64,
            allergies: facts.asked,
        }
    }

    /// The answer without a table: nothing was checked, and everything is named.
    pub(super) fn without_table(facts: &Facts) -> Self {
        let row = |kind: &str, text: String| NotCheckedView {
            kind: kind.to_owned(),
            text,
            whole: true,
            words: Vec::new(),
            suggestions: Vec::new(),
        };
        let drugs = facts.drugs.iter().filter(|one| one.taking == Taking::Now).map(|one| row("drug", one.text.clone()));
        let allergies = facts.allergies.iter().map(|(_, one)| row("allergy", one.substance.clone()));
        let hidden = facts.hidden.iter().take(1).map(|_| row("restricted", String::new()));
        let not_checked = drugs.chain(allergies).chain(hidden).collect();
        Self { table: None, findings: Vec::new(), not_checked, drugs: 0, allergies: facts.asked }
    }
}

fn finding(table: &Table, facts: &Facts, one: &Finding) -> FindingView {
    FindingView {
        rule: one.rule.clone(),
        kind: one.kind,
        severity: one.severity,
        subjects: one.subjects.iter().filter_map(|subject| subject_view(facts, subject)).collect(),
        reason: one.reason.clone(),
        caution: one.caution.clone(),
        sources: one.sources.iter().filter_map(|code| table.source(code)).map(str::to_owned).collect(),
        read: one.read.clone(),
        listed: one.onc,
    }
}

fn subject_view(facts: &Facts, subject: &Subject) -> Option<SubjectView> {
    Some(match subject {
        Subject::Drug(at, ingredients) => {
            let drug = facts.drugs.get(*at)?;
            let (stopped, days) = match drug.taking {
                Taking::Now => (false, None),
                Taking::Stopped(days) => (true, days),
            };
            let (text, ingredients) = (drug.text.clone(), ingredients.clone());
            SubjectView::Drug { text, ingredients, item: drug.item, stopped, days }
        }
        Subject::Allergy(at) => {
            let (item, allergy) = facts.allergies.get(*at)?;
            let text = allergy.substance.clone();
            SubjectView::Allergy { text, item: *item, intolerance: allergy.intolerance }
        }
        Subject::Condition(words) => SubjectView::Condition { text: words.clone() },
        Subject::Restricted => SubjectView::Restricted,
    })
}

fn not_checked(facts: &Facts, one: &NotChecked) -> NotCheckedView {
    let (kind, text) = match one.what {
        Unread::Drug(at) => ("drug", facts.drugs.get(at).map(|one| one.text.clone())),
        Unread::Allergy(at) => ("allergy", facts.allergies.get(at).map(|(_, one)| one.substance.clone())),
        Unread::Restricted => ("restricted", None),
    };
    NotCheckedView {
        kind: kind.to_owned(),
        text: text.unwrap_or_default(),
        whole: one.whole,
        words: one.words.clone(),
        suggestions: one.suggestions.clone(),
    }
}
