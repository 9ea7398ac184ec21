//! Closed lists of words: FHIR value sets, as far as entries made here use them.

/// FHIR condition-clinical.
pub const CLINICAL_STATUSES: &[&str] = &["active", "recurrence", "relapse", "inactive", "remission", "resolved"];
/// FHIR condition-ver-status.
pub const VERIFICATIONS: &[&str] =
    &["unconfirmed", "provisional", "differential", "confirmed", "refuted", "entered-in-error"];
/// FHIR medicationrequest-status.
pub const MEDICATION_STATUSES: &[&str] =
    &["active", "on-hold", "cancelled", "completed", "entered-in-error", "stopped", "draft", "unknown"];
/// FHIR allergyintolerance-clinical.
pub const ALLERGY_STATUSES: &[&str] = &["active", "inactive", "resolved"];
/// FHIR allergy-intolerance-criticality.
pub const CRITICALITIES: &[&str] = &["high", "low", "unable-to-assess"];
/// FHIR encounter-status.
pub const ENCOUNTER_STATUSES: &[&str] = &[
    "planned",
    "arrived",
    "triaged",
    "in-progress",
    "onleave",
    "finished",
    "cancelled",
    "entered-in-error",
    "unknown",
];
/// FHIR administrative-gender.
pub const SEXES: &[&str] = &["female", "male", "other", "unknown"];
