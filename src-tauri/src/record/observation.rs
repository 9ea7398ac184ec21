//! Vital signs and results (FHIR Observation).

use super::clinical::{Coded, Signature};
use super::critical::critical_values;
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

impl Observation {
    /// Whether it, or a part of it, lies outside its normal range, is called abnormal by its source, or is critical.
    #[must_use]
    pub fn is_out_of_range(&self) -> bool {
        let flagged = self.interpretation.as_deref().is_some_and(|code| !code.is_empty() && code != "N");
        let own = std::iter::once((self.value.as_ref(), self.range.as_ref()));
        let mut parts = own.chain(self.components.iter().map(|part| (part.value.as_ref(), part.range.as_ref())));
        flagged || parts.any(|(value, range)| is_outside(value, range)) || !critical_values(self).is_empty()
    }
}

fn is_outside(value: Option<&ObservedValue>, range: Option<&ReferenceRange>) -> bool {
    let (Some(ObservedValue::Quantity { value, .. }), Some(range)) = (value, range) else { return false };
    range.low.is_some_and(|low| *value < low) || range.high.is_some_and(|high| *value > high)
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
