//! Medication administrations (FHIR MedicationAdministration): what was given of an order, when, and what came of it.

use super::package::PackageCheck;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A dose of an order that was given, or wasn't.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct Administration {
    /// The order.
    pub medication: Uuid,
    /// Its drug in words, as it was when given.
    pub drug: String,
    /// `completed`, `not-done`.
    pub status: String,
    /// Given when, ISO instant.
    pub at: String,
    /// How much.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dose: Option<String>,
    /// Which way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub route: Option<String>,
    /// How it worked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub response: Option<String>,
    /// What it did besides.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reaction: Option<String>,
    /// Why it wasn't given, or was although the order isn't in force.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The barcode of the package, as scanned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub package: Option<String>,
    /// What came of comparing it with the order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub compared: Option<PackageCheck>,
    /// The patient's wristband was scanned and is hers.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub band_checked: bool,
}

impl Administration {
    /// Given, rather than not.
    #[must_use]
    pub fn given(&self) -> bool {
        self.status != "not-done"
    }
}
