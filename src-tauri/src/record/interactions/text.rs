//! The form of the table's text, as serde reads it.

use super::finding::Severity;
use serde::Deserialize;
use std::collections::BTreeMap;

#[derive(Deserialize)]
pub(super) struct Text {
    pub form: u32,
    pub version: String,
    pub read: String,
    pub reviewer: Option<String>,
    pub sources: BTreeMap<String, String>,
    pub substances: Vec<SubstanceText>,
    pub products: Vec<ProductText>,
    pub classes: Vec<ClassText>,
    pub groups: Vec<GroupText>,
    pub allergens: Vec<AllergenText>,
    pub unrelated: Vec<String>,
    pub pairs: Vec<PairText>,
    pub allergies: Vec<AllergyText>,
    pub conditions: Vec<ConditionRule>,
    pub egfr: Vec<String>,
    pub drug_conditions: Vec<DrugConditionText>,
    pub duplicates: Vec<DuplicateText>,
    pub washouts: Vec<WashoutText>,
    pub reactions: Vec<ReactionRule>,
    pub ignored: Vec<String>,
}

#[derive(Deserialize)]
pub(super) struct SubstanceText {
    pub id: String,
    #[serde(default)]
    pub names: Vec<String>,
    #[serde(default)]
    pub brands: Vec<String>,
}

#[derive(Deserialize)]
pub(super) struct ProductText {
    pub name: String,
    pub of: Vec<String>,
}

#[derive(Deserialize)]
pub(super) struct ClassText {
    pub id: String,
    pub words: String,
    pub of: Vec<String>,
}

#[derive(Deserialize)]
pub(super) struct GroupText {
    pub name: String,
    pub class: String,
}

#[derive(Deserialize)]
pub(super) struct AllergenText {
    pub id: String,
    pub names: Vec<String>,
}

/// What every rule says.
#[derive(Clone, Deserialize)]
pub(super) struct Rule {
    pub id: String,
    pub severity: Severity,
    pub reason: String,
    #[serde(default)]
    pub caution: Option<String>,
    pub source: Vec<String>,
    pub read: String,
}

#[derive(Deserialize)]
pub(super) struct PairText {
    #[serde(flatten)]
    pub rule: Rule,
    pub a: Vec<String>,
    pub b: Vec<String>,
    #[serde(default)]
    pub onc: Option<u8>,
    #[serde(default)]
    pub group: Option<String>,
    #[serde(default)]
    pub given: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct AllergyText {
    #[serde(flatten)]
    pub rule: Rule,
    pub to: Vec<String>,
    pub warn: Vec<String>,
    #[serde(default)]
    pub reactions: Vec<String>,
}

#[derive(Deserialize)]
pub(super) struct DrugConditionText {
    #[serde(flatten)]
    pub rule: Rule,
    pub drugs: Vec<String>,
    pub condition: String,
}

#[derive(Deserialize)]
pub(super) struct DuplicateText {
    pub id: String,
    pub class: String,
}

#[derive(Deserialize)]
pub(super) struct WashoutText {
    pub of: String,
    pub days: u32,
}

/// How a condition is recognised.
#[derive(Deserialize)]
pub(super) struct ConditionRule {
    pub id: String,
    pub words: String,
    #[serde(default)]
    pub icd10: Vec<String>,
    #[serde(default)]
    pub snomed: Vec<String>,
    #[serde(default)]
    pub text: Vec<String>,
    #[serde(default)]
    pub unless: Vec<String>,
    #[serde(default)]
    pub past: bool,
    #[serde(default)]
    pub egfr_below: Option<f64>,
}

/// Words by which a kind of reaction is recognised.
#[derive(Deserialize)]
pub(super) struct ReactionRule {
    pub id: String,
    pub text: Vec<String>,
}
