//! What a recorded allergy warns of, by substance, reaction and kind.

use super::finding::Severity;
use super::name::Allergen;
use super::plain;
use super::set::{Id, Set};
use super::table::{Cross, Table};
use super::text::Rule;
use serde::{Deserialize, Serialize};

/// An allergy or intolerance as far as the checker needs it.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AllergyFact {
    /// Substance in words.
    pub substance: String,
    /// Intolerance, not allergy.
    #[serde(default)]
    pub intolerance: bool,
    /// `high`, `low`, `unable-to-assess`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub criticality: Option<String>,
    /// `mild`, `moderate`, `severe`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub severity: Option<String>,
    /// Reaction in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reaction: Option<String>,
}

/// An allergy, read.
pub(super) struct Known {
    pub named: Vec<Set>,
    pub reactions: Vec<String>,
    pub intolerance: bool,
    pub mild: bool,
}

/// What an allergy says about one substance.
pub(super) struct Warning<'a> {
    pub severity: Severity,
    /// The rule that says it; none where the substance itself is named.
    pub rule: Option<&'a Rule>,
}

/// Reactions that make an intolerance count as an allergy.
const DANGEROUS: [&str; 4] = ["anaphylaxis", "delayed", "airway", "angioedema"];

impl Table {
    /// The kinds of reaction that this allergy speaks of; grave without words is taken for the worst.
    pub(super) fn reactions_of(&self, fact: &AllergyFact) -> Vec<String> {
        let text = format!(" {}", plain(fact.reaction.as_deref().unwrap_or_default()));
        let begins = |word: &String| text.contains(&format!(" {word}"));
        let found = self.reactions.iter().filter(|kind| kind.text.iter().any(begins)).map(|kind| kind.id.clone());
        let mut found: Vec<String> = found.collect();
        let grave = fact.severity.as_deref() == Some("severe") || fact.criticality.as_deref() == Some("high");
        if found.is_empty() && grave && !fact.intolerance {
            found.push("anaphylaxis".to_owned());
        }
        found
    }

    pub(super) fn known(&self, fact: &AllergyFact, allergen: &Allergen) -> Known {
        let mild = fact.severity.as_deref() == Some("mild") || fact.criticality.as_deref() == Some("low");
        Known {
            named: allergen.named.clone(),
            reactions: self.reactions_of(fact),
            intolerance: fact.intolerance,
            mild: mild && fact.severity.as_deref() != Some("severe") && fact.criticality.as_deref() != Some("high"),
        }
    }

    /// What the allergy says about a substance.
    pub(super) fn warns(&self, allergy: &Known, substance: Id) -> Option<Warning<'_>> {
        let direct = allergy.named.iter().any(|named| named.has(substance));
        let mut rules = self.crosses.iter().filter(|cross| allergy.meets(cross) && cross.warn.has(substance));
        if direct {
            // Only a rule about just this reaction to just this substance says less than the allergy itself.
            let special = rules.find(|cross| !cross.reactions.is_empty() && cross.to.ids().count() == 1);
            let rule = special.map(|cross| &cross.rule);
            let severity = rule.map_or(Severity::Major, |rule| rule.severity);
            return Some(Warning { severity: allergy.direct(severity), rule });
        }
        rules.next().map(|cross| Warning { severity: allergy.cross(cross.rule.severity), rule: Some(&cross.rule) })
    }
}

impl Known {
    fn is_dangerous(&self) -> bool {
        self.reactions.iter().any(|one| DANGEROUS.contains(&one.as_str()))
    }

    /// A group that is named meets a rule only when the rule is about all of the group.
    fn meets(&self, cross: &Cross) -> bool {
        let about = self.named.iter().any(|named| named.within(&cross.to));
        about && (cross.reactions.is_empty() || cross.reactions.iter().any(|one| self.reactions.contains(one)))
    }

    fn direct(&self, severity: Severity) -> Severity {
        if self.intolerance && !self.is_dangerous() { severity.max(Severity::Moderate) } else { severity }
    }

    fn cross(&self, severity: Severity) -> Severity {
        match (self.is_dangerous(), self.intolerance, self.mild) {
            (true, ..) | (false, false, false) => severity,
            (false, true, _) => Severity::Minor,
            (false, false, true) => severity.max(Severity::Moderate),
        }
    }
}

/// Whether an allergy counts: active, neither refuted nor entered in error.
pub(super) fn stands(one: &crate::record::Allergy) -> bool {
    one.status == "active" && !matches!(one.verification.as_deref(), Some("refuted" | "entered-in-error"))
}

impl From<&crate::record::Allergy> for AllergyFact {
    fn from(one: &crate::record::Allergy) -> Self {
        Self {
            substance: one.substance.text.clone(),
            intolerance: one.kind == "intolerance",
            criticality: one.criticality.clone(),
            severity: one.severity.clone(),
            reaction: one.reaction.clone(),
        }
    }
}
