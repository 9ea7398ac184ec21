//! [`Section`]: the one unit of permission, encryption, projection and audit, and the [`Compartment`] that guards it.

use serde::{Deserialize, Serialize};

/// What a role may view or edit, what is one encrypted value, what a query fetches, what an audit row names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum Section {
    /// Names, birth date, sex, MRN, marks. In the patient document.
    Identity,
    /// Phones, e-mail, addresses, emergency contact, language. In the patient document.
    Contact,
    /// Coverage. In the patient document.
    Insurance,
    /// Social security number. In the patient document.
    NationalId,
    /// Whether allergies were asked, care notes about the whole patient. In the patient document.
    Summary,
    /// Appointments: time, provider, visit type, status. Items.
    Appointments,
    /// Practitioners and organizations. Items of the site record.
    Directory,
    /// Diagnoses. Items.
    Problems,
    /// Medication orders. Items.
    Medications,
    /// What was given of them. Items.
    Administrations,
    /// Allergies and intolerances. Items.
    Allergies,
    /// Vital signs and results. Items.
    Observations,
    /// Clinical notes. Items.
    Notes,
    /// Visits as clinicians see them. Items.
    Encounters,
    /// Vaccinations. Items.
    Immunizations,
    /// Procedures. Items.
    Procedures,
    /// Diagnostic reports and imaging. Items.
    Reports,
    /// Referrals. Items.
    Referrals,
    /// Care plans, and tasks that have ended. Items.
    CarePlans,
    /// Open tasks. Items.
    Tasks,
    /// Imported resources of kinds that have no screen yet, kept whole. Items.
    Kept,
    /// Items labelled sensitive, of any clinical kind. Items.
    Restricted,
    /// What restricted items lend to the interaction check: ingredients and no word of the item. Counted, never shown.
    /// Items.
    HiddenIngredients,
    /// The patient's face. An item.
    Photo,
    /// Letters and reports that were attached, without their pages. Items.
    Documents,
    /// The pages of these. Items.
    DocumentPages,
    /// What the desk attaches: insurance cards, identity documents, forms; without their pages. Items.
    FrontDocuments,
    /// The pages of these. Items.
    FrontDocumentPages,
}

/// A group of sections with the same set of readers; has one root key that is granted to those readers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum Compartment {
    /// Identity, contact, photo, appointments, directory.
    Front,
    /// Insurance.
    Insurance,
    /// National identifiers.
    NationalId,
    /// Everything clinical without a sensitivity label.
    Clinical,
    /// Items labelled sensitive.
    Restricted,
    /// Audit rows.
    Audit,
}

impl Section {
    /// Every section, in the order of the chart.
    pub const ALL: [Section; 28] = [
        Section::Identity,
        Section::Contact,
        Section::Insurance,
        Section::NationalId,
        Section::Summary,
        Section::Appointments,
        Section::Directory,
        Section::Problems,
        Section::Medications,
        Section::Administrations,
        Section::Allergies,
        Section::Observations,
        Section::Notes,
        Section::Encounters,
        Section::Immunizations,
        Section::Procedures,
        Section::Reports,
        Section::Referrals,
        Section::CarePlans,
        Section::Tasks,
        Section::Kept,
        Section::Restricted,
        Section::HiddenIngredients,
        Section::Photo,
        Section::Documents,
        Section::DocumentPages,
        Section::FrontDocuments,
        Section::FrontDocumentPages,
    ];

    /// The sections that live inside the patient document, always all present.
    pub const OF_PATIENT: [Section; 5] =
        [Section::Identity, Section::Contact, Section::Insurance, Section::NationalId, Section::Summary];

    /// The name in stored documents, in associated data and in audit rows. Never changes.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Section::Identity => "identity",
            Section::Contact => "contact",
            Section::Insurance => "insurance",
            Section::NationalId => "national_id",
            Section::Summary => "summary",
            Section::Appointments => "appointments",
            Section::Directory => "directory",
            Section::Problems => "problems",
            Section::Medications => "medications",
            Section::Administrations => "administrations",
            Section::Allergies => "allergies",
            Section::Observations => "observations",
            Section::Notes => "notes",
            Section::Encounters => "encounters",
            Section::Immunizations => "immunizations",
            Section::Procedures => "procedures",
            Section::Reports => "reports",
            Section::Referrals => "referrals",
            Section::CarePlans => "care_plans",
            Section::Tasks => "tasks",
            Section::Kept => "kept",
            Section::Restricted => "restricted",
            Section::HiddenIngredients => "hidden_ingredients",
            Section::Photo => "photo",
            Section::Documents => "documents",
            Section::DocumentPages => "document_pages",
            Section::FrontDocuments => "front_documents",
            Section::FrontDocumentPages => "front_document_pages",
        }
    }

    /// The compartment whose key opens this section. A test compares this with the readers in the role table.
    #[must_use]
    pub const fn compartment(self) -> Compartment {
        match self {
            Section::Identity
            | Section::Contact
            | Section::Photo
            | Section::FrontDocuments
            | Section::FrontDocumentPages
            | Section::Appointments
            | Section::Directory => Compartment::Front,
            Section::Insurance => Compartment::Insurance,
            Section::NationalId => Compartment::NationalId,
            Section::Summary
            | Section::Problems
            | Section::Medications
            | Section::Administrations
            | Section::Allergies
            | Section::Observations
            | Section::Notes
            | Section::Encounters
            | Section::Immunizations
            | Section::Procedures
            | Section::Reports
            | Section::Referrals
            | Section::CarePlans
            | Section::Tasks
            | Section::Kept
            | Section::Documents
            | Section::DocumentPages
            | Section::HiddenIngredients => Compartment::Clinical,
            Section::Restricted => Compartment::Restricted,
        }
    }
}

impl Compartment {
    /// Every compartment.
    pub const ALL: [Compartment; 6] = [
        Compartment::Front,
        Compartment::Insurance,
        Compartment::NationalId,
        Compartment::Clinical,
        Compartment::Restricted,
        Compartment::Audit,
    ];

    /// The name in grants, key documents and the named KMS provider (`local:<code>`). Never changes.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Compartment::Front => "front",
            Compartment::Insurance => "insurance",
            Compartment::NationalId => "national_id",
            Compartment::Clinical => "clinical",
            Compartment::Restricted => "restricted",
            Compartment::Audit => "audit",
        }
    }
}
