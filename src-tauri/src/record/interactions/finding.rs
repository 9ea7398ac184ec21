//! What goes into a check and what comes out of it.

use super::allergy::AllergyFact;
use super::condition::ConditionFact;
use super::hidden::HiddenIngredients;
use serde::{Deserialize, Serialize};

/// How bad, worst first. Only the first interrupts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Contraindicated or to be avoided: interrupts the order.
    Major,
    /// A warning beside the field.
    Moderate,
    /// Listed on demand.
    Minor,
}

/// What meets what.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Two drugs.
    Drugs,
    /// A drug and an allergy.
    Allergy,
    /// A drug and a condition.
    Condition,
    /// The same ingredient or class twice.
    Duplicate,
}

/// Whether a drug is taken now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taking {
    /// Now, or from now on.
    Now,
    /// Stopped so many days ago; not known how many when absent.
    Stopped(Option<u32>),
}

/// A drug to be checked.
#[derive(Clone)]
pub struct Drug {
    /// As written, or as a person has said it is meant.
    pub name: String,
    /// Taken now?
    pub taking: Taking,
    /// About to be ordered: when one is, only what concerns it is told.
    pub proposed: bool,
}

/// Everything the check looks at.
#[derive(Default)]
pub struct Asked {
    /// Drugs.
    pub drugs: Vec<Drug>,
    /// Allergies that stand.
    pub allergies: Vec<AllergyFact>,
    /// Problems.
    pub conditions: Vec<ConditionFact>,
    /// The last estimated filtration rate.
    pub egfr: Option<f64>,
    /// What restricted items lend, with the days since the drug was stopped.
    pub hidden: Vec<(HiddenIngredients, Taking)>,
}

/// Something of the chart that a finding is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    /// The drug at this place, with the ingredients meant.
    Drug(usize, Vec<String>),
    /// The allergy at this place.
    Allergy(usize),
    /// A condition, in words.
    Condition(String),
    /// A restricted item.
    Restricted,
}

/// One thing to know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The rule; `restricted` where one side may not be named.
    pub rule: String,
    /// What meets what.
    pub kind: Kind,
    /// How bad.
    pub severity: Severity,
    /// Between what.
    pub subjects: Vec<Subject>,
    /// Why, in a line; empty where it may not be said.
    pub reason: String,
    /// What else to know.
    pub caution: Option<String>,
    /// Codes of the sources.
    pub sources: Vec<String>,
    /// When they were read.
    pub read: String,
    /// Its number on the list of high-priority pairs.
    pub onc: Option<u8>,
}

/// What couldn't be checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unread {
    /// The drug at this place.
    Drug(usize),
    /// The allergy at this place.
    Allergy(usize),
    /// A restricted item.
    Restricted,
}

/// What couldn't be checked, as far as it may be said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotChecked {
    /// What.
    pub what: Unread,
    /// Nothing of it is known; else only these words aren't.
    pub whole: bool,
    /// Words that aren't in the table.
    pub words: Vec<String>,
    /// What they may mean.
    pub suggestions: Vec<String>,
}

/// The answer.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Checked {
    /// What was found, worst first.
    pub findings: Vec<Finding>,
    /// What wasn't checked, wholly or in part.
    pub not_checked: Vec<NotChecked>,
    /// Drugs that were checked.
    pub drugs: usize,
}
