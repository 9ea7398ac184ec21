//! [`FIELDS`]: every stored field with its section, class, encryption, index and what the index leaks.
//!
//! The inventory, the indexes and the screen's labels come from here. A row without a class doesn't compile. To add a
//! plain field: one row here, its label in `ui/src/text.ts` under the same path.

use super::section::{Compartment, Section};

/// One stored field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field {
    /// Where it is: `<section>.<field>` within a section's value, or the bare name for what every document carries.
    /// Also the key of its label.
    pub path: &'static str,
    /// The section that guards it; `None` for what every item or document carries.
    pub section: Option<Section>,
    /// What kind of data it is.
    pub class: Class,
    /// How it is stored.
    pub stored: Stored,
    /// How it is searched; empty when it isn't.
    pub indexes: &'static [Index],
}

/// What kind of data a field holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// Says who someone is.
    Identifying,
    /// Says how to reach someone.
    Contact,
    /// Says who pays.
    Financial,
    /// A national identifier.
    NationalId,
    /// Says something about someone's health.
    Clinical,
    /// Demographic facts protected from discrimination.
    Demographic,
    /// About staff and organizations.
    Directory,
    /// About appointments.
    Scheduling,
    /// Where an entry comes from and who wrote it.
    Provenance,
    /// Random ids, counters, times, hashes.
    Technical,
}

/// How a field is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stored {
    /// Within its section's value: AES-256-GCM under the patient's key, inside a libmongocrypt Unindexed value under
    /// the compartment's data key.
    Sealed,
    /// As it is.
    Clear,
}

/// One searchable path of the patient document: a copy, folded, never displayed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Index {
    /// Path in the stored document.
    pub path: &'static str,
    /// Alternative name of its data key.
    pub key: &'static str,
    /// Type of the value before encryption.
    pub value: IndexValue,
    /// How it can be asked.
    pub query: IndexQuery,
    /// What a store that watches learns.
    pub leaks: &'static str,
}

/// Type of an indexed value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IndexValue {
    /// Folded text.
    Text,
    /// [`super::PartialDate::index_value`], 32 bits.
    Int32,
}

/// How an index can be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IndexQuery {
    /// For the whole value.
    Equality,
    /// For its first letters.
    Prefix,
    /// For values between two.
    Range,
}

const fn equality(path: &'static str, key: &'static str, leaks: &'static str) -> Index {
    Index { path, key, value: IndexValue::Text, query: IndexQuery::Equality, leaks }
}

const fn prefix(path: &'static str, key: &'static str, leaks: &'static str) -> Index {
    Index { path, key, value: IndexValue::Text, query: IndexQuery::Prefix, leaks }
}

const LEAKS_NAME: &str = "which records a search matches, and that it is repeated: so how common the searched name is";
const LEAKS_START: &str = "as for the whole name, letter by letter: which shorter search holds a longer one";
const LEAKS_SOUND: &str = "which records sound alike to a search, and that it is repeated";
const LEAKS_ONE: &str = "which record a search matches, and that it is repeated";
const LEAKS_PHONE: &str = "which records a search matches, and that it is repeated: so who shares a phone";
const LEAKS_BORN: &str = "which records a search matches, and how its years, months and days are put together";

const SURNAME: &[Index] = &[
    equality("i.surname", "index:surname", LEAKS_NAME),
    prefix("i.surname_start", "index:surname_start", LEAKS_START),
    equality("i.surname_metaphone", "index:surname_metaphone", LEAKS_SOUND),
    equality("i.surname_nysiis", "index:surname_nysiis", LEAKS_SOUND),
];
const GIVEN: &[Index] = &[
    equality("i.given", "index:given", LEAKS_NAME),
    prefix("i.given_start", "index:given_start", LEAKS_START),
    equality("i.given_metaphone", "index:given_metaphone", LEAKS_SOUND),
    equality("i.given_kin", "index:given_kin", LEAKS_SOUND),
];
const FORMER: &[Index] =
    &[prefix("i.former1", "index:former1", LEAKS_START), prefix("i.former2", "index:former2", LEAKS_START)];
const BORN: &[Index] = &[Index {
    path: "i.born",
    key: "index:born",
    value: IndexValue::Int32,
    query: IndexQuery::Range,
    leaks: LEAKS_BORN,
}];
const MRN: &[Index] = &[equality("i.mrn", "index:mrn", LEAKS_ONE)];
const PHONES: &[Index] = &[
    equality("i.phone1", "index:phone1", LEAKS_PHONE),
    equality("i.phone1_end", "index:phone1_end", LEAKS_PHONE),
    equality("i.phone2", "index:phone2", LEAKS_PHONE),
    equality("i.phone2_end", "index:phone2_end", LEAKS_PHONE),
];
const EMAIL: &[Index] = &[equality("i.email", "index:email", LEAKS_ONE)];
/// Filled only where the policy gives somebody the right to search by it.
const SSN: &[Index] = &[equality("i.ssn", "index:ssn", LEAKS_ONE)];

const fn sealed(section: Section, path: &'static str, class: Class) -> Field {
    searched(section, path, class, &[])
}

const fn searched(section: Section, path: &'static str, class: Class, indexes: &'static [Index]) -> Field {
    Field { path, section: Some(section), class, stored: Stored::Sealed, indexes }
}

const fn of_every_item(path: &'static str, class: Class) -> Field {
    Field { path, section: None, class, stored: Stored::Sealed, indexes: &[] }
}

const fn clear(path: &'static str) -> Field {
    Field { path, section: None, class: Class::Technical, stored: Stored::Clear, indexes: &[] }
}

/// Every stored field.
#[rustfmt::skip]
pub const FIELDS: &[Field] = &[
    searched(Section::Identity, "identity.name.surname", Class::Identifying, SURNAME),
    searched(Section::Identity, "identity.name.given", Class::Identifying, GIVEN),
    sealed(Section::Identity, "identity.name.prefix", Class::Identifying),
    sealed(Section::Identity, "identity.name.suffix", Class::Identifying),
    searched(Section::Identity, "identity.former", Class::Identifying, FORMER),
    searched(Section::Identity, "identity.birth_date", Class::Identifying, BORN),
    sealed(Section::Identity, "identity.sex", Class::Demographic),
    sealed(Section::Identity, "identity.gender_identity", Class::Demographic),
    searched(Section::Identity, "identity.mrn", Class::Identifying, MRN),
    sealed(Section::Identity, "identity.identifiers", Class::Identifying),
    sealed(Section::Identity, "identity.deceased", Class::Identifying),
    sealed(Section::Identity, "identity.deceased_on", Class::Identifying),
    sealed(Section::Identity, "identity.test", Class::Technical),
    sealed(Section::Identity, "identity.vip", Class::Technical),
    sealed(Section::Identity, "identity.national_id_on_file", Class::Technical),
    sealed(Section::Identity, "identity.phone_last4", Class::Contact),
    sealed(Section::Identity, "identity.provisional", Class::Identifying),
    sealed(Section::Identity, "identity.inactive", Class::Technical),
    sealed(Section::Identity, "identity.retention", Class::Technical),
    sealed(Section::Identity, "identity.despite", Class::Provenance),
    sealed(Section::Identity, "identity.merged_into", Class::Technical),
    sealed(Section::Identity, "identity.absorbed", Class::Technical),
    sealed(Section::Identity, "identity.told_apart", Class::Technical),
    sealed(Section::Identity, "identity.correction", Class::Identifying),

    sealed(Section::Photo, "photo.jpeg", Class::Identifying),

    sealed(Section::FrontDocuments, "front_documents.title", Class::Identifying),
    sealed(Section::FrontDocuments, "front_documents.class", Class::Identifying),
    sealed(Section::FrontDocuments, "front_documents.day", Class::Identifying),
    sealed(Section::FrontDocuments, "front_documents.form", Class::Technical),
    sealed(Section::FrontDocuments, "front_documents.pages", Class::Technical),
    sealed(Section::FrontDocuments, "front_documents.incomplete", Class::Technical),
    sealed(Section::FrontDocuments, "front_documents.file", Class::Technical),

    sealed(Section::FrontDocumentPages, "front_document_pages.class", Class::Identifying),
    sealed(Section::FrontDocumentPages, "front_document_pages.file", Class::Technical),
    sealed(Section::FrontDocumentPages, "front_document_pages.page", Class::Technical),
    sealed(Section::FrontDocumentPages, "front_document_pages.jpeg", Class::Identifying),

    searched(Section::Contact, "contact.phones", Class::Contact, PHONES),
    searched(Section::Contact, "contact.email", Class::Contact, EMAIL),
    sealed(Section::Contact, "contact.addresses", Class::Contact),
    sealed(Section::Contact, "contact.amendments.requests", Class::Scheduling),
    sealed(Section::Contact, "contact.directives.list", Class::Scheduling),
    sealed(Section::Contact, "contact.emergency", Class::Contact),
    sealed(Section::Contact, "contact.language", Class::Demographic),
    sealed(Section::Contact, "contact.general_practitioner", Class::Contact),

    sealed(Section::Insurance, "insurance.coverages", Class::Financial),
    sealed(Section::Insurance, "insurance.guarantor", Class::Financial),
    sealed(Section::Insurance, "insurance.account.checks", Class::Financial),
    sealed(Section::Insurance, "insurance.account.authorizations", Class::Financial),
    sealed(Section::Insurance, "insurance.account.balance", Class::Financial),

    searched(Section::NationalId, "national_id.ssn", Class::NationalId, SSN),

    sealed(Section::Summary, "summary.allergies", Class::Clinical),
    sealed(Section::Summary, "summary.marital_status", Class::Demographic),
    sealed(Section::Summary, "summary.race", Class::Demographic),
    sealed(Section::Summary, "summary.ethnicity", Class::Demographic),
    sealed(Section::Summary, "summary.birth_sex", Class::Demographic),
    sealed(Section::Summary, "summary.multiple_birth", Class::Clinical),

    sealed(Section::Appointments, "appointments.start", Class::Scheduling),
    sealed(Section::Appointments, "appointments.minutes", Class::Scheduling),
    sealed(Section::Appointments, "appointments.provider", Class::Scheduling),
    sealed(Section::Appointments, "appointments.visit_type", Class::Scheduling),
    sealed(Section::Appointments, "appointments.status", Class::Scheduling),
    sealed(Section::Appointments, "appointments.room", Class::Scheduling),
    sealed(Section::Appointments, "appointments.devices", Class::Scheduling),
    sealed(Section::Appointments, "appointments.times", Class::Scheduling),
    sealed(Section::Appointments, "appointments.reason", Class::Scheduling),
    sealed(Section::Appointments, "appointments.overbooked", Class::Scheduling),
    sealed(Section::Appointments, "appointments.token", Class::Scheduling),
    sealed(Section::Appointments, "appointments.unit", Class::Scheduling),
    sealed(Section::Appointments, "appointments.series", Class::Scheduling),
    sealed(Section::Appointments, "appointments.check_in", Class::Scheduling),
    sealed(Section::Appointments, "appointments.wish", Class::Scheduling),
    sealed(Section::Appointments, "appointments.letter", Class::Scheduling),
    sealed(Section::Appointments, "appointments.reminders", Class::Scheduling),

    sealed(Section::Directory, "directory.practitioner.name", Class::Directory),
    sealed(Section::Directory, "directory.practitioner.npi", Class::Directory),
    sealed(Section::Directory, "directory.practitioner.identifiers", Class::Directory),
    sealed(Section::Directory, "directory.practitioner.phone", Class::Directory),
    sealed(Section::Directory, "directory.organization.name", Class::Directory),
    sealed(Section::Directory, "directory.organization.kind", Class::Directory),
    sealed(Section::Directory, "directory.organization.phone", Class::Directory),
    sealed(Section::Directory, "directory.organization.address", Class::Directory),

    sealed(Section::Problems, "problems.text", Class::Clinical),
    sealed(Section::Problems, "problems.code", Class::Clinical),
    sealed(Section::Problems, "problems.system", Class::Clinical),
    sealed(Section::Problems, "problems.clinical_status", Class::Clinical),
    sealed(Section::Problems, "problems.verification", Class::Clinical),
    sealed(Section::Problems, "problems.onset", Class::Clinical),
    sealed(Section::Problems, "problems.abatement", Class::Clinical),
    sealed(Section::Problems, "problems.note", Class::Clinical),

    sealed(Section::Medications, "medications.drug", Class::Clinical),
    sealed(Section::Medications, "medications.dosage", Class::Clinical),
    sealed(Section::Medications, "medications.status", Class::Clinical),
    sealed(Section::Medications, "medications.intent", Class::Clinical),
    sealed(Section::Medications, "medications.ordered", Class::Clinical),
    sealed(Section::Medications, "medications.ended", Class::Clinical),
    sealed(Section::Medications, "medications.reason", Class::Clinical),
    sealed(Section::Medications, "medications.order", Class::Clinical),
    sealed(Section::Medications, "medications.refill.medication", Class::Clinical),
    sealed(Section::Medications, "medications.refill.drug", Class::Clinical),
    sealed(Section::Medications, "medications.refill.status", Class::Clinical),
    sealed(Section::Medications, "medications.refill.urgent", Class::Clinical),
    sealed(Section::Medications, "medications.refill.asked", Class::Clinical),
    sealed(Section::Medications, "medications.refill.decided", Class::Clinical),
    sealed(Section::Medications, "medications.refill.note", Class::Clinical),

    sealed(Section::Administrations, "administrations.medication", Class::Clinical),
    sealed(Section::Administrations, "administrations.drug", Class::Clinical),
    sealed(Section::Administrations, "administrations.status", Class::Clinical),
    sealed(Section::Administrations, "administrations.at", Class::Clinical),
    sealed(Section::Administrations, "administrations.dose", Class::Clinical),
    sealed(Section::Administrations, "administrations.route", Class::Clinical),
    sealed(Section::Administrations, "administrations.response", Class::Clinical),
    sealed(Section::Administrations, "administrations.reaction", Class::Clinical),
    sealed(Section::Administrations, "administrations.reason", Class::Clinical),
    sealed(Section::Administrations, "administrations.package", Class::Clinical),
    sealed(Section::Administrations, "administrations.band_checked", Class::Clinical),
    sealed(Section::Administrations, "administrations.compared", Class::Clinical),

    sealed(Section::Allergies, "allergies.substance", Class::Clinical),
    sealed(Section::Allergies, "allergies.kind", Class::Clinical),
    sealed(Section::Allergies, "allergies.categories", Class::Clinical),
    sealed(Section::Allergies, "allergies.criticality", Class::Clinical),
    sealed(Section::Allergies, "allergies.reaction", Class::Clinical),
    sealed(Section::Allergies, "allergies.severity", Class::Clinical),
    sealed(Section::Allergies, "allergies.status", Class::Clinical),
    sealed(Section::Allergies, "allergies.verification", Class::Clinical),
    sealed(Section::Allergies, "allergies.onset", Class::Clinical),

    sealed(Section::Observations, "observations.code", Class::Clinical),
    sealed(Section::Observations, "observations.category", Class::Clinical),
    sealed(Section::Observations, "observations.status", Class::Clinical),
    sealed(Section::Observations, "observations.at", Class::Clinical),
    sealed(Section::Observations, "observations.value", Class::Clinical),
    sealed(Section::Observations, "observations.absent", Class::Clinical),
    sealed(Section::Observations, "observations.range", Class::Clinical),
    sealed(Section::Observations, "observations.interpretation", Class::Clinical),
    sealed(Section::Observations, "observations.components", Class::Clinical),
    sealed(Section::Observations, "observations.note", Class::Clinical),
    sealed(Section::Observations, "observations.signed", Class::Clinical),

    sealed(Section::Notes, "notes.title", Class::Clinical),
    sealed(Section::Notes, "notes.at", Class::Clinical),
    sealed(Section::Notes, "notes.text", Class::Clinical),
    sealed(Section::Notes, "notes.signing", Class::Clinical),

    sealed(Section::Encounters, "encounters.status", Class::Clinical),
    sealed(Section::Encounters, "encounters.class", Class::Clinical),
    sealed(Section::Encounters, "encounters.kind", Class::Clinical),
    sealed(Section::Encounters, "encounters.start", Class::Clinical),
    sealed(Section::Encounters, "encounters.end", Class::Clinical),
    sealed(Section::Encounters, "encounters.reason", Class::Clinical),
    sealed(Section::Encounters, "encounters.location", Class::Clinical),

    sealed(Section::Immunizations, "immunizations.vaccine", Class::Clinical),
    sealed(Section::Immunizations, "immunizations.status", Class::Clinical),
    sealed(Section::Immunizations, "immunizations.at", Class::Clinical),
    sealed(Section::Immunizations, "immunizations.lot", Class::Clinical),

    sealed(Section::Procedures, "procedures.code", Class::Clinical),
    sealed(Section::Procedures, "procedures.status", Class::Clinical),
    sealed(Section::Procedures, "procedures.at", Class::Clinical),
    sealed(Section::Procedures, "procedures.until", Class::Clinical),
    sealed(Section::Procedures, "procedures.reason", Class::Clinical),

    sealed(Section::Reports, "reports.code", Class::Clinical),
    sealed(Section::Reports, "reports.status", Class::Clinical),
    sealed(Section::Reports, "reports.at", Class::Clinical),
    sealed(Section::Reports, "reports.conclusion", Class::Clinical),
    sealed(Section::Reports, "reports.results", Class::Clinical),
    sealed(Section::Reports, "reports.imaging.code", Class::Clinical),
    sealed(Section::Reports, "reports.imaging.modality", Class::Clinical),
    sealed(Section::Reports, "reports.imaging.body_site", Class::Clinical),
    sealed(Section::Reports, "reports.imaging.status", Class::Clinical),
    sealed(Section::Reports, "reports.imaging.at", Class::Clinical),
    sealed(Section::Reports, "reports.imaging.reason", Class::Clinical),
    sealed(Section::Reports, "reports.imaging.report", Class::Clinical),
    sealed(Section::Reports, "reports.imaging.conclusion", Class::Clinical),

    sealed(Section::Referrals, "referrals.to", Class::Clinical),
    sealed(Section::Referrals, "referrals.specialty", Class::Clinical),
    sealed(Section::Referrals, "referrals.reason", Class::Clinical),
    sealed(Section::Referrals, "referrals.priority", Class::Clinical),
    sealed(Section::Referrals, "referrals.status", Class::Clinical),
    sealed(Section::Referrals, "referrals.at", Class::Clinical),
    sealed(Section::Referrals, "referrals.letter", Class::Clinical),
    sealed(Section::Referrals, "referrals.answer", Class::Clinical),
    sealed(Section::Referrals, "referrals.ready", Class::Clinical),

    sealed(Section::Documents, "documents.title", Class::Clinical),
    sealed(Section::Documents, "documents.class", Class::Clinical),
    sealed(Section::Documents, "documents.day", Class::Clinical),
    sealed(Section::Documents, "documents.form", Class::Technical),
    sealed(Section::Documents, "documents.pages", Class::Technical),
    sealed(Section::Documents, "documents.incomplete", Class::Technical),
    sealed(Section::Documents, "documents.file", Class::Technical),

    sealed(Section::DocumentPages, "document_pages.class", Class::Clinical),
    sealed(Section::DocumentPages, "document_pages.file", Class::Technical),
    sealed(Section::DocumentPages, "document_pages.page", Class::Technical),
    sealed(Section::DocumentPages, "document_pages.jpeg", Class::Clinical),

    sealed(Section::CarePlans, "care_plans.title", Class::Clinical),
    sealed(Section::CarePlans, "care_plans.status", Class::Clinical),
    sealed(Section::CarePlans, "care_plans.start", Class::Clinical),
    sealed(Section::CarePlans, "care_plans.end", Class::Clinical),
    sealed(Section::CarePlans, "care_plans.activities", Class::Clinical),

    sealed(Section::Tasks, "tasks.kind", Class::Clinical),
    sealed(Section::Tasks, "tasks.text", Class::Clinical),
    sealed(Section::Tasks, "tasks.status", Class::Clinical),
    sealed(Section::Tasks, "tasks.priority", Class::Clinical),
    sealed(Section::Tasks, "tasks.focus", Class::Clinical),
    sealed(Section::Tasks, "tasks.owner", Class::Clinical),
    sealed(Section::Tasks, "tasks.owner_name", Class::Clinical),
    sealed(Section::Tasks, "tasks.made", Class::Clinical),
    sealed(Section::Tasks, "tasks.due", Class::Clinical),
    sealed(Section::Tasks, "tasks.outcome", Class::Clinical),

    sealed(Section::Kept, "kept.resource_type", Class::Clinical),
    sealed(Section::Kept, "kept.json", Class::Clinical),

    // An item labelled sensitive keeps the fields of its kind; all of them move to this section.
    sealed(Section::Restricted, "restricted.content", Class::Clinical),

    // Counted by the interaction check, shown to nobody.
    sealed(Section::HiddenIngredients, "hidden_ingredients.of", Class::Clinical),
    sealed(Section::HiddenIngredients, "hidden_ingredients.substances", Class::Clinical),
    sealed(Section::HiddenIngredients, "hidden_ingredients.status", Class::Clinical),
    sealed(Section::HiddenIngredients, "hidden_ingredients.stopped", Class::Clinical),
    sealed(Section::HiddenIngredients, "hidden_ingredients.allergy", Class::Clinical),
    sealed(Section::HiddenIngredients, "hidden_ingredients.conditions", Class::Clinical),
    sealed(Section::HiddenIngredients, "hidden_ingredients.unread", Class::Clinical),

    // What was answered to a finding, beside the order.
    sealed(Section::Medications, "medications.answer.rule", Class::Clinical),
    sealed(Section::Medications, "medications.answer.severity", Class::Clinical),
    sealed(Section::Medications, "medications.answer.table", Class::Clinical),
    sealed(Section::Medications, "medications.answer.drug", Class::Clinical),
    sealed(Section::Medications, "medications.answer.order", Class::Clinical),
    sealed(Section::Medications, "medications.answer.reason", Class::Clinical),
    sealed(Section::Medications, "medications.answer.text", Class::Clinical),

    of_every_item("content", Class::Clinical),
    of_every_item("source", Class::Provenance),
    of_every_item("recorded", Class::Provenance),
    of_every_item("author", Class::Provenance),
    of_every_item("encounter", Class::Provenance),
    of_every_item("sensitive", Class::Clinical),
    of_every_item("label", Class::Clinical),
    of_every_item("author_id", Class::Provenance),
    of_every_item("in_error", Class::Clinical),
    of_every_item("moved", Class::Clinical),
    // Encrypted so that equal days look equal: see docs/LEAKAGE.md.
    of_every_item("day", Class::Scheduling),

    clear("_id"),
    clear("patient"),
    clear("section"),
    clear("rev"),
    clear("at"),
    clear("upd"),
    clear("head"),
];

/// Every searchable path with the field it copies, in the order of [`FIELDS`].
pub fn indexes() -> impl Iterator<Item = (&'static Field, &'static Index)> {
    FIELDS.iter().flat_map(|field| field.indexes.iter().map(move |index| (field, index)))
}

/// The index at a path of the stored document, such as `i.surname`.
#[must_use]
pub fn index_at(path: &str) -> Option<&'static Index> {
    indexes().map(|(_, index)| index).find(|index| index.path == path)
}

/// The compartment of what a searchable path is a copy of.
#[must_use]
pub fn indexed_in(path: &str) -> Compartment {
    let field = indexes().find(|(_, index)| index.path == path).map(|(field, _)| field);
    field.and_then(|field| field.section).map_or(Compartment::Front, Section::compartment)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_searchable_path_has_a_data_key_of_its_own_and_says_what_it_leaks() {
        let paths: BTreeSet<_> = indexes().map(|(_, index)| index.path).collect();
        let keys: BTreeSet<_> = indexes().map(|(_, index)| index.key).collect();
        assert_eq!((paths.len(), keys.len()), (indexes().count(), indexes().count()));
        for (_, index) in indexes() {
            assert_eq!(index.path.strip_prefix("i."), index.key.strip_prefix("index:"));
            assert!(!index.leaks.is_empty());
        }
        assert_eq!(index_at("i.born").map(|index| index.value), Some(IndexValue::Int32));
        assert_eq!(index_at("i.address"), None);
    }

    #[test]
    fn only_fields_that_find_a_patient_are_searchable_and_nothing_clinical() {
        for (field, _) in indexes() {
            let finds = matches!(field.class, Class::Identifying | Class::Contact | Class::NationalId);
            assert!(finds && field.section.map(Section::compartment) != Some(Compartment::Clinical), "{}", field.path);
        }
    }

    #[test]
    fn every_field_stands_once_under_its_section_and_every_section_has_fields() {
        let paths: BTreeSet<_> = FIELDS.iter().map(|field| field.path).collect();
        assert_eq!(paths.len(), FIELDS.len());
        for section in Section::ALL {
            assert!(FIELDS.iter().any(|field| field.section == Some(section)), "{}", section.code());
        }
        for field in FIELDS {
            let first = field.path.split('.').next();
            assert!(field.section.is_none_or(|section| first == Some(section.code())), "{}", field.path);
        }
    }

    #[test]
    fn nothing_about_a_person_is_stored_in_the_clear() {
        assert!(FIELDS.iter().all(|field| field.stored == Stored::Sealed || field.class == Class::Technical));
    }
}
