//! Who pays for a patient.

use serde::{Deserialize, Serialize};

/// One coverage.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Coverage {
    /// Carrier.
    pub carrier: String,
    /// Policy number.
    pub policy: String,
    /// Group number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// Whose policy it is, when it isn't the patient's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subscriber: Option<String>,
    /// What the subscriber is to the patient, for example `mother`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub relationship: Option<String>,
    /// First day, ISO date.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// Last day, ISO date.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
    /// Deductible as written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deductible: Option<String>,
}

/// Who answers for what no insurance pays.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Guarantor {
    /// Name as written.
    pub name: String,
    /// What the guarantor is to the patient.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub relationship: Option<String>,
    /// Phone as written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
}

/// Who pays.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Insurance {
    /// Primary first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub coverages: Vec<Coverage>,
    /// Who answers for the rest, when it isn't the patient.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub guarantor: Option<Guarantor>,
}
