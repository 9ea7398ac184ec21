//! What clinicians record about a patient, one struct for each kind of item. Names follow FHIR R4.
//!
//! No type implements `Debug`: a patient's values must not reach a log or a panic message.

use serde::{Deserialize, Serialize};

/// Words with a code where there is one (FHIR CodeableConcept, its best coding).
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct Coded {
    /// In words.
    pub text: String,
    /// Code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// Code system, e.g. `LOINC`, or a URL.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub system: Option<String>,
}

/// A diagnosis (FHIR Condition). Its JSON is also what the screen shows and sends.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct Problem {
    /// Words, 1–300 characters.
    pub text: String,
    /// Code, e.g. `E11.9`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// Code system, e.g. `ICD-10-CM` or `SNOMED CT`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub system: Option<String>,
    /// `active`, `recurrence`, `relapse`, `inactive`, `remission`, `resolved`.
    pub clinical_status: String,
    /// `unconfirmed`, `provisional`, `differential`, `confirmed`, `refuted`, `entered-in-error`.
    pub verification: String,
    /// Onset date, possibly partial.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub onset: Option<String>,
    /// Resolved or in remission since, possibly partial.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub abatement: Option<String>,
    /// Free text, up to 10,000 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// A medication order (FHIR MedicationRequest).
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct Medication {
    /// Drug.
    pub drug: Coded,
    /// Dose, route and frequency in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dosage: Option<String>,
    /// `active`, `on-hold`, `cancelled`, `completed`, `entered-in-error`, `stopped`, `draft`, `unknown`.
    pub status: String,
    /// `order`, `plan`, `proposal` …
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub intent: Option<String>,
    /// Ordered when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ordered: Option<String>,
    /// Why, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// An allergy or intolerance (FHIR AllergyIntolerance).
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct Allergy {
    /// Substance.
    pub substance: Coded,
    /// `allergy` or `intolerance`; an unsaid kind counts as allergy.
    pub kind: String,
    /// `food`, `medication`, `environment`, `biologic`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub categories: Vec<String>,
    /// `high`, `low`, `unable-to-assess`; absent when not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub criticality: Option<String>,
    /// Reactions in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reaction: Option<String>,
    /// Worst recorded reaction: `mild`, `moderate`, `severe`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub severity: Option<String>,
    /// `active`, `inactive`, `resolved`.
    pub status: String,
    /// `unconfirmed`, `confirmed`, `refuted`, `entered-in-error`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verification: Option<String>,
    /// Onset date, possibly partial.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub onset: Option<String>,
}

/// A clinical note.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[ts(rename = "ClinicalNote")]
pub struct Note {
    /// Title.
    pub title: String,
    /// Written when, ISO.
    pub at: String,
    /// Text.
    pub text: String,
}

/// A visit (FHIR Encounter).
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct Encounter {
    /// `planned`, `arrived`, `in-progress`, `finished`, `cancelled` …
    pub status: String,
    /// Class code, e.g. `AMB`, `EMER`, `IMP`.
    pub class: String,
    /// Type in words.
    pub kind: Coded,
    /// Start.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start: Option<String>,
    /// End.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<String>,
    /// Reason in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Where, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<String>,
}

/// A vaccination.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct Immunization {
    /// Vaccine.
    pub vaccine: Coded,
    /// `completed`, `not-done`, `entered-in-error`.
    pub status: String,
    /// Given when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
    /// Lot number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lot: Option<String>,
}

/// A procedure.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct Procedure {
    /// What was done.
    pub code: Coded,
    /// `completed`, `in-progress`, `not-done` …
    pub status: String,
    /// Start.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
    /// End.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
    /// Why, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// A diagnostic report.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct Report {
    /// What it is about.
    pub code: Coded,
    /// `final`, `preliminary` …
    pub status: String,
    /// About when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
    /// Conclusion in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conclusion: Option<String>,
    /// The observations it rests on, as their source names them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub results: Vec<String>,
}

/// A care plan.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct CarePlan {
    /// Title or category in words.
    pub title: String,
    /// `active`, `completed`, `revoked` …
    pub status: String,
    /// Start.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start: Option<String>,
    /// End.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<String>,
    /// Activities in words.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub activities: Vec<String>,
}
