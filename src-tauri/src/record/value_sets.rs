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
/// FHIR allergy-intolerance-type.
pub const ALLERGY_KINDS: &[&str] = &["allergy", "intolerance"];
/// FHIR allergy-intolerance-category.
pub const ALLERGY_CATEGORIES: &[&str] = &["food", "medication", "environment", "biologic"];
/// FHIR reaction-event-severity.
pub const SEVERITIES: &[&str] = &["mild", "moderate", "severe"];
/// FHIR immunization-status, without the one that marks an error.
pub const IMMUNIZATION_STATUSES: &[&str] = &["completed", "not-done"];
/// FHIR event-status, without the one that marks an error.
pub const PROCEDURE_STATUSES: &[&str] = &["preparation", "in-progress", "not-done", "on-hold", "stopped", "completed"];
/// FHIR diagnostic-report-status, as far as entries made here use it.
pub const REPORT_STATUSES: &[&str] = &["registered", "preliminary", "final", "amended", "cancelled"];
/// DICOM modalities, as far as entries made here use them.
pub const MODALITIES: &[&str] = &["DX", "CT", "MR", "US", "MG", "NM", "PT", "XA", "RF", "ES", "ECG", "OT"];
/// FHIR imagingstudy-status, without the one that marks an error: ordered, done, cancelled.
pub const IMAGING_STATUSES: &[&str] = &["registered", "available", "cancelled"];
/// FHIR request-status for care plans.
pub const CARE_PLAN_STATUSES: &[&str] = &["draft", "active", "on-hold", "revoked", "completed"];
/// FHIR encounter class, as far as a clinic uses it: office, virtual, home, emergency, stay.
pub const ENCOUNTER_CLASSES: &[&str] = &["AMB", "VR", "HH", "EMER", "IMP"];
/// FHIR request-priority.
pub const PRIORITIES: &[&str] = &["routine", "urgent", "asap", "stat"];
/// How an order by word of mouth was given.
pub const VERBAL_WAYS: &[&str] = &["verbal", "telephone"];
/// Templates of notes.
pub const NOTE_TEMPLATES: &[&str] = &["soap", "nursing", "phone", "free"];
