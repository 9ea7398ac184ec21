//! Vital signs and results (FHIR Observation).

use super::clinical::{Coded, Signature};
use serde::{Deserialize, Serialize};

/// A vital sign or result (FHIR Observation).
#[derive(Clone, Default, PartialEq, Serialize, Deserialize, ts_rs::TS)]
pub struct Observation {
    /// What was observed.
    pub code: Coded,
    /// `vital-signs`, `laboratory`, `survey` or `other`.
    pub category: String,
    /// `final`, `preliminary`, `amended`, `entered-in-error` …
    pub status: String,
    /// Observed when (start, for a period).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
    /// The value; absent when there are only components or a reason why not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<ObservedValue>,
    /// Why there is no value, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub absent: Option<String>,
    /// Normal range.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub range: Option<ReferenceRange>,
    /// Interpretation code as sent, e.g. `H`, `LL`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interpretation: Option<String>,
    /// Parts, e.g. systolic and diastolic pressure.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub components: Vec<Component>,
    /// Remarks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Looked at and signed off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signed: Option<Signature>,
}

/// One part of an observation.
#[derive(Clone, PartialEq, Serialize, Deserialize, ts_rs::TS)]
pub struct Component {
    /// What was observed.
    pub code: Coded,
    /// The value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<ObservedValue>,
    /// Why there is no value, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub absent: Option<String>,
    /// Normal range.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub range: Option<ReferenceRange>,
}

/// An observed value.
#[derive(Clone, PartialEq, Serialize, Deserialize, ts_rs::TS)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum ObservedValue {
    /// A measured amount.
    Quantity {
        /// Number.
        value: f64,
        /// Unit as recorded; absent for a pure number.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        unit: Option<String>,
        /// `<`, `<=`, `>=`, `>`, when the true value lies beyond.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        comparator: Option<String>,
    },
    /// Words, dates, ranges and ratios as text.
    Text {
        /// As written.
        text: String,
    },
    /// One of a set of answers.
    Coded {
        /// The answer.
        answer: Coded,
    },
    /// Yes or no.
    Flag {
        /// The answer.
        flag: bool,
    },
}

/// The range in which a value is normal.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize, ts_rs::TS)]
pub struct ReferenceRange {
    /// Lower end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub low: Option<f64>,
    /// Upper end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub high: Option<f64>,
    /// In words, when that is all there is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}
