//! Items: clinical, front-desk and directory entries, each its own document in a section.
//!
//! To add a kind: a struct beside its like, a variant of [`Content`] and its line in [`Content::section`].

use super::interactions::{HiddenIngredients, InteractionAnswer};
use super::photo::Photo;
use super::{
    Account, Administration, Allergy, Amendments, Appointment, AttachedPage, Attachment, CarePlan, Directives,
    Encounter, Imaging, Immunization, Label, Medication, Note, Observation, Organization, Practitioner, Problem,
    Procedure, Referral, Refill, Report, Section, StoredFormError, Task, from_document, to_document,
};
use bson::{RawDocument, RawDocumentBuf};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Where an imported entry comes from. The three together identify it for ever.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Source {
    /// Name of the sending system, as given to the import.
    pub system: String,
    /// FHIR resource type.
    #[serde(rename = "type")]
    pub kind: String,
    /// The resource's id there.
    pub id: String,
}

/// An entry of a chart, of the schedule or of the site's directory.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct Item {
    /// The entry itself.
    pub content: Content,
    /// Where it was imported from; absent for what was entered here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<Source>,
    /// Recorded when, ISO date or instant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recorded: Option<String>,
    /// By whom, as displayed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub author: Option<String>,
    /// The visit it belongs to, as its source names it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub encounter: Option<Source>,
    /// Labelled sensitive: belongs to [`Section::Restricted`] whatever its kind.
    #[serde(default, skip_serializing_if = "is_false")]
    pub sensitive: bool,
    /// Why, or that a label was lifted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<Label>,
    /// The user who wrote it here; absent for what was imported.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub author_id: Option<Uuid>,
    /// Why it doesn't count any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub in_error: Option<InError>,
    /// How it came here, when it was written into another patient's chart first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub moved: Option<Moved>,
}

/// An entry that was made in error: it stays in the history, struck through, and counts nowhere.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct InError {
    /// Marked when, ISO instant.
    pub at: String,
    /// By whom, as displayed.
    pub by: String,
    /// Why, in words.
    pub reason: String,
    /// It belonged to another patient and stands in that chart now.
    #[serde(default, skip_serializing_if = "is_false")]
    pub moved: bool,
}

/// An entry that was written into another patient's chart first. Whose isn't said: that is none of this patient's
/// business.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct Moved {
    /// Moved when, ISO instant.
    pub at: String,
    /// By whom, as displayed.
    pub by: String,
    /// Why, in words.
    pub reason: String,
}

/// What an item can be.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "value", rename_all = "snake_case")]
pub enum Content {
    /// Diagnosis.
    Problem(Problem),
    /// Medication order.
    Medication(Medication),
    /// A dose that was given.
    Administration(Administration),
    /// Allergy or intolerance.
    Allergy(Allergy),
    /// Vital sign or result.
    Observation(Observation),
    /// Clinical note.
    Note(Note),
    /// Visit.
    Encounter(Encounter),
    /// Vaccination.
    Immunization(Immunization),
    /// Procedure.
    Procedure(Procedure),
    /// Diagnostic report.
    Report(Report),
    /// Imaging study.
    Imaging(Imaging),
    /// Referral.
    Referral(Referral),
    /// Care plan.
    CarePlan(CarePlan),
    /// Someone who treats patients.
    Practitioner(Practitioner),
    /// A clinic, carrier or laboratory.
    Organization(Organization),
    /// Appointment.
    Appointment(Appointment),
    /// Who pays, and what is owed.
    Account(Account),
    /// What the patient asks to have amended.
    Amendments(Amendments),
    /// What the patient has said about who may be told.
    Directives(Directives),
    /// Request for more of a prescription.
    Refill(Refill),
    /// Something to be done.
    Task(Task),
    /// A resource of a kind that has no screen yet, whole.
    Kept(Kept),
    /// What a restricted item lends to the interaction check.
    HiddenIngredients(HiddenIngredients),
    /// What somebody answered to a finding of the interaction check.
    InteractionAnswer(InteractionAnswer),
    /// The patient's face.
    Photo(Photo),
    /// A file that was attached, without its pages.
    Attachment(Attachment),
    /// A page of it.
    AttachedPage(AttachedPage),
}

impl Content {
    /// The section an entry of this kind belongs to.
    #[must_use]
    pub const fn section(&self) -> Section {
        match self {
            Content::Problem(_) => Section::Problems,
            Content::Medication(_) => Section::Medications,
            Content::Administration(_) => Section::Administrations,
            Content::Allergy(_) => Section::Allergies,
            Content::Observation(_) => Section::Observations,
            Content::Note(_) => Section::Notes,
            Content::Encounter(_) => Section::Encounters,
            Content::Immunization(_) => Section::Immunizations,
            Content::Procedure(_) => Section::Procedures,
            Content::Report(_) | Content::Imaging(_) => Section::Reports,
            Content::Referral(_) => Section::Referrals,
            Content::CarePlan(_) => Section::CarePlans,
            Content::Refill(_) => Section::Medications,
            // Open tasks stand apart so that a work list reads these and no others.
            Content::Task(one) if one.status.is_open() => Section::Tasks,
            Content::Task(_) => Section::CarePlans,
            Content::Practitioner(_) | Content::Organization(_) => Section::Directory,
            Content::Appointment(_) => Section::Appointments,
            Content::Account(_) => Section::Insurance,
            Content::Amendments(_) | Content::Directives(_) => Section::Contact,
            Content::Kept(_) => Section::Kept,
            Content::HiddenIngredients(_) => Section::HiddenIngredients,
            Content::InteractionAnswer(_) => Section::Medications,
            Content::Photo(_) => Section::Photo,
            Content::Attachment(one) => one.section(),
            Content::AttachedPage(one) if one.class.is_front() => Section::FrontDocumentPages,
            Content::AttachedPage(_) => Section::DocumentPages,
        }
    }

    /// The FHIR status that tells whether the entry counts; `None` for kinds without one.
    #[must_use]
    pub fn status(&self) -> Option<&str> {
        match self {
            Content::Problem(one) => Some(&one.verification),
            Content::Medication(one) => Some(&one.status),
            Content::Administration(one) => Some(&one.status),
            Content::Allergy(one) => one.verification.as_deref(),
            Content::Observation(one) => Some(&one.status),
            Content::Encounter(one) => Some(&one.status),
            Content::Immunization(one) => Some(&one.status),
            Content::Procedure(one) => Some(&one.status),
            Content::Report(one) => Some(&one.status),
            Content::Imaging(one) => Some(&one.status),
            Content::Referral(one) => Some(&one.status),
            Content::CarePlan(one) => Some(&one.status),
            Content::Appointment(one) => Some(&one.status),
            Content::Task(one) => Some(one.status.word()),
            Content::Refill(_)
            | Content::Note(_)
            | Content::Practitioner(_)
            | Content::Organization(_)
            | Content::Account(_)
            | Content::Amendments(_)
            | Content::Directives(_)
            | Content::Kept(_)
            | Content::HiddenIngredients(_)
            | Content::InteractionAnswer(_)
            | Content::Photo(_)
            | Content::Attachment(_)
            | Content::AttachedPage(_) => None,
        }
    }
}

impl Item {
    /// An entry made here: no source, nothing recorded yet.
    #[must_use]
    pub const fn new(content: Content) -> Self {
        Self {
            content,
            source: None,
            recorded: None,
            author: None,
            encounter: None,
            sensitive: false,
            label: None,
            author_id: None,
            in_error: None,
            moved: None,
        }
    }

    /// The section that guards this entry.
    #[must_use]
    pub const fn section(&self) -> Section {
        if self.sensitive { Section::Restricted } else { self.content.section() }
    }

    /// Whether it counts: in lists, in checks, in figures. What was entered in error doesn't, be it marked here or sent so.
    #[must_use]
    pub fn counts(&self) -> bool {
        self.in_error.is_none() && self.content.status() != Some("entered-in-error")
    }

    /// The document that is sealed.
    ///
    /// # Errors
    /// When a value has no BSON form.
    pub fn to_document(&self) -> Result<RawDocumentBuf, StoredFormError> {
        to_document(self)
    }

    /// The entry back from an opened document.
    ///
    /// # Errors
    /// When the document isn't an entry.
    pub fn from_document(document: &RawDocument) -> Result<Self, StoredFormError> {
        from_document(document)
    }
}

/// A resource kept whole.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// FHIR resource type.
    pub resource_type: String,
    /// The resource as received, JSON without its insignificant white space.
    pub json: String,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes the field by reference")]
fn is_false(flag: &bool) -> bool {
    !flag
}

#[cfg(test)]
mod tests {
    use super::*;

    fn diabetes() -> Item {
        Item::new(Content::Problem(Problem {
            text: "Type 2 diabetes".into(),
            code: Some("E11.9".into()),
            system: Some("ICD-10-CM".into()),
            clinical_status: "active".into(),
            verification: "confirmed".into(),
            onset: Some("2019".into()),
            abatement: None,
            note: None,
        }))
    }

    #[test]
    fn a_diagnosis_comes_back_unchanged_and_belongs_to_problems() {
        let item = diabetes();
        assert_eq!(item.section(), Section::Problems);
        assert!(Item::from_document(&item.to_document().unwrap()).unwrap() == item);
    }

    #[test]
    fn a_sensitive_diagnosis_belongs_to_the_restricted_section() {
        let item = Item { sensitive: true, ..diabetes() };
        assert_eq!(item.section(), Section::Restricted);
        assert!(Item::from_document(&item.to_document().unwrap()).unwrap() == item);
    }

    #[test]
    fn the_stored_form_of_an_item_is_frozen() {
        let expected = bson::doc! { "content": { "kind": "problem", "value": {
            "text": "Type 2 diabetes", "code": "E11.9", "system": "ICD-10-CM",
            "clinical_status": "active", "verification": "confirmed", "onset": "2019",
        } } };
        assert_eq!(bson::Document::try_from(diabetes().to_document().unwrap()).unwrap(), expected);
    }
}
