//! What clinicians record about a patient, one struct for each kind of item. Names follow FHIR R4.
//!
//! No type implements `Debug`: a patient's values must not reach a log or a panic message.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Who did something, and when.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct Signature {
    /// As displayed.
    pub by: String,
    /// The user.
    pub by_id: Uuid,
    /// ISO instant.
    pub at: String,
}

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
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
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
    /// Taken until, once it is stopped or completed; absent where nobody wrote the day down.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<String>,
    /// Why, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// How it was ordered here; absent for what was imported.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<Order>,
}

/// How a medication was ordered here.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct Order {
    /// E.g. `10 mg`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dose: Option<String>,
    /// E.g. `by mouth`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub route: Option<String>,
    /// E.g. `once a day`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub frequency: Option<String>,
    /// First day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start: Option<String>,
    /// Last day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stop: Option<String>,
    /// How often it may be filled again.
    #[serde(default)]
    pub refills: u32,
    /// Signed by a doctor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signed: Option<Signature>,
    /// Given by word of mouth.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verbal: Option<Verbal>,
    /// Why it was signed although the check interrupts: an answer to each finding.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub overrides: Vec<Override>,
    /// Gone through with the patient last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reviewed: Option<Signature>,
    /// Why it was held, stopped or cancelled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_for: Option<String>,
}

/// The answer to a finding that interrupted an order.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct Override {
    /// The finding's rule.
    pub rule: String,
    /// The reason's code.
    pub reason: String,
    /// In words.
    pub text: String,
    /// By whom, when.
    pub signed: Signature,
}

/// An order by word of mouth, written down by somebody else.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct Verbal {
    /// `verbal` or `telephone`.
    pub how: String,
    /// The doctor who gave it, by user name.
    pub from: String,
    /// The doctor, where the user is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from_id: Option<Uuid>,
    /// Who wrote it down and read it back, and when.
    pub read_back: Signature,
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
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[ts(rename = "ClinicalNote")]
pub struct Note {
    /// Title.
    pub title: String,
    /// Written when, ISO.
    pub at: String,
    /// Text.
    pub text: String,
    /// How it was signed here; absent for what was imported.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signing: Option<Signing>,
}

/// How a note was written and signed here.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct Signing {
    /// `soap`, `nursing`, `phone`, `free`.
    pub template: String,
    /// Signed by its author.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signed: Option<Signature>,
    /// A doctor was asked to sign as well.
    #[serde(default)]
    pub cosign_wanted: bool,
    /// Signed by that doctor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cosigned: Option<Signature>,
    /// What was added below the signed text.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub addenda: Vec<Addendum>,
}

/// Something added below a signed note.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct Addendum {
    /// Text.
    pub text: String,
    /// By whom, when.
    pub signed: Signature,
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
