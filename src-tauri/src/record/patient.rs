//! The sections inside a patient document. Stored field names never change; a new field is optional.
//!
//! None of these types implements `Debug`: a patient's values must not reach a log or a panic message.
//! To add a field: give it `#[serde(default)]` here, and a row in `FIELDS` if it can be searched.

use super::form::{FORM_FIELD, carry};
use super::{
    Correction, Insurance, Merged, PartialDate, Provisional, Section, StoredFormError, fold_phone, from_document,
    last_four, to_document,
};
use bson::{Document, RawDocument, RawDocumentBuf};
use serde::{Deserialize, Serialize};

/// A person's name as it is written (FHIR HumanName).
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonName {
    /// Family name, whole, as written.
    pub surname: String,
    /// Given names in order, each as written.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub given: Vec<String>,
    /// For example `Dr.`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prefix: Option<String>,
    /// For example `Jr.`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suffix: Option<String>,
    /// `official`, `maiden`, `nickname`, `old` … when said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub usage: Option<String>,
    /// Last day of use, for a former name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
}

impl PersonName {
    /// All given names, separated by spaces.
    #[must_use]
    pub fn given_joined(&self) -> String {
        self.given.join(" ")
    }

    /// Prefix, given names, surname and suffix on one line.
    #[must_use]
    pub fn display(&self) -> String {
        let parts = self.prefix.iter().chain(&self.given).chain([&self.surname]).chain(&self.suffix);
        parts.map(String::as_str).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
    }
}

/// A number or code under which someone else knows the patient (FHIR Identifier).
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identifier {
    /// Who gave it, usually a URL.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub system: Option<String>,
    /// Kind, e.g. `DL` (driver's licence), by HL7 table 0203.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// As written.
    pub value: String,
}

/// Who this is: names, birth date, sex, numbers, marks.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// Current name.
    pub name: PersonName,
    /// Former and other names, newest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub former: Vec<PersonName>,
    /// Birth date, possibly partial.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub birth_date: Option<PartialDate>,
    /// `female`, `male`, `other` or `unknown`.
    pub sex: String,
    /// Gender identity in words, when the patient has said it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gender_identity: Option<String>,
    /// Medical record number of this site; empty until one is given.
    #[serde(default)]
    pub mrn: String,
    /// Numbers of other systems; never a social security number.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub identifiers: Vec<Identifier>,
    /// The patient has died.
    #[serde(default)]
    pub deceased: bool,
    /// Date or instant of death, when known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deceased_on: Option<String>,
    /// A made-up patient for tests or training.
    #[serde(default)]
    pub test: bool,
    /// Somebody everybody knows: found by the desk and by those who treat her, by nobody else.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub vip: bool,
    /// A social security number is on file; for those who may know that and not see it.
    #[serde(default)]
    pub national_id_on_file: bool,
    /// Last four digits of the first phone: a copy of contact's, so that a row of a search opens one section.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone_last4: Option<String>,
    /// Registered in haste: nobody knew the name, or there was none yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provisional: Option<Provisional>,
    /// Why the record isn't used any more; absent for one that is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inactive: Option<String>,
    /// How long it is kept: one of [`super::retention::TAGS`]; absent for the usual time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retention: Option<String>,
    /// Why somebody was registered although another entry looks like the same person's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub despite: Option<String>,
    /// The record that goes on in this one's place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub merged_into: Option<Merged>,
    /// Ids of the records that this one goes on for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub absorbed: Vec<String>,
    /// Ids of records that look like this person's and are somebody else's: a person at the desk has said so.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub told_apart: Vec<String>,
    /// A correction that waits for a second person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub correction: Option<Correction>,
}

/// One phone number (FHIR ContactPoint).
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Phone {
    /// As written.
    pub number: String,
    /// `home`, `work`, `mobile`, `old`, when said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub usage: Option<String>,
}

/// A postal address.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Address {
    /// Street lines.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lines: Vec<String>,
    /// City.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub city: Option<String>,
    /// State or province.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// Postal code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub postal_code: Option<String>,
    /// Country.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    /// `home`, `work`, `temp`, `old`, when said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub usage: Option<String>,
}

impl Address {
    /// The address on one line.
    #[must_use]
    pub fn one_line(&self) -> String {
        let region = [&self.state, &self.postal_code].into_iter().flatten().cloned().collect::<Vec<_>>().join(" ");
        let rest = self.city.clone().into_iter().chain([region]).chain(self.country.clone());
        self.lines.iter().cloned().chain(rest).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
    }
}

/// Whom to call in an emergency.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EmergencyContact {
    /// Name as written.
    pub name: String,
    /// For example `spouse`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub relationship: Option<String>,
    /// Phone as written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
}

impl EmergencyContact {
    /// Name, relationship and phone on one line.
    #[must_use]
    pub fn one_line(&self) -> String {
        let who = match &self.relationship {
            Some(relationship) => format!("{} ({relationship})", self.name),
            None => self.name.clone(),
        };
        [Some(who), self.phone.clone()].into_iter().flatten().collect::<Vec<_>>().join(", ")
    }
}

/// How to reach the patient.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    /// Phones in order of preference; the first two can be searched.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub phones: Vec<Phone>,
    /// E-mail address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Addresses, current first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub addresses: Vec<Address>,
    /// In order of whom to call first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub emergency: Vec<EmergencyContact>,
    /// Language of communication, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// Primary doctor, as displayed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub general_practitioner: Option<String>,
}

/// National identifiers.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NationalId {
    /// Social security number as `NNN-NN-NNNN` where it has nine digits, else as written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ssn: Option<String>,
}

/// What is known about allergies when none is listed (CL-19). Listed allergies always win.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum AllergyStatement {
    /// Nobody has asked.
    #[default]
    NotRecorded,
    /// Asked, and none is known.
    NoneKnown {
        /// Confirmed when, ISO date or instant.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        confirmed: Option<String>,
        /// By whom, as displayed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<String>,
    },
}

/// What clinicians know about the whole patient.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// Whether allergies were asked.
    #[serde(default)]
    pub allergies: AllergyStatement,
    /// Marital status in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub marital_status: Option<String>,
    /// Race in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub race: Option<String>,
    /// Ethnicity in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ethnicity: Option<String>,
    /// Sex assigned at birth: `F`, `M` or another FHIR code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub birth_sex: Option<String>,
    /// One of several born together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub multiple_birth: Option<bool>,
}

/// A whole patient: what a store seals section by section.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct PatientRecord {
    /// Names, birth date, sex, numbers, marks.
    pub identity: Identity,
    /// Phones, e-mail, addresses.
    pub contact: Contact,
    /// Coverage.
    pub insurance: Insurance,
    /// National identifiers.
    pub national_id: NationalId,
    /// Clinical facts about the whole patient.
    pub summary: Summary,
    /// Sections that a newer version of the program has written, as they were read: an edit carries along what it added.
    pub newer: Vec<(Section, Vec<u8>)>,
}

impl PatientRecord {
    /// One section as the document that is sealed; `None` for a section that lives in items.
    ///
    /// # Errors
    /// When a value has no BSON form.
    pub fn section_document(&self, section: Section) -> Result<Option<RawDocumentBuf>, StoredFormError> {
        let Some(document) = self.known_document(section)? else { return Ok(None) };
        match self.newer.iter().find(|(of, _)| *of == section) {
            Some((_, before)) => carried(section, before, &document).map(Some),
            None => Ok(Some(document)),
        }
    }

    /// What this version knows of a section.
    fn known_document(&self, section: Section) -> Result<Option<RawDocumentBuf>, StoredFormError> {
        match section {
            Section::Identity => to_document(&self.identity).map(Some),
            Section::Contact => to_document(&self.contact).map(Some),
            Section::Insurance => to_document(&self.insurance).map(Some),
            Section::NationalId => to_document(&self.national_id).map(Some),
            Section::Summary => to_document(&self.summary).map(Some),
            _ => Ok(None),
        }
    }

    /// Brings the copies that identity holds of other sections up to date; whoever writes those sections calls it.
    pub fn copy_to_identity(&mut self) {
        self.identity.national_id_on_file = self.national_id.ssn.is_some();
        self.identity.phone_last4 = self.contact.phones.first().and_then(|phone| last_four(&fold_phone(&phone.number)));
    }

    /// Puts an opened section back in its place; documents of other sections are ignored.
    ///
    /// # Errors
    /// When the document doesn't have the section's form.
    pub fn set_section(&mut self, section: Section, document: &RawDocument) -> Result<(), StoredFormError> {
        match section {
            Section::Identity => self.identity = from_document(document)?,
            Section::Contact => self.contact = from_document(document)?,
            Section::Insurance => self.insurance = from_document(document)?,
            Section::NationalId => self.national_id = from_document(document)?,
            Section::Summary => self.summary = from_document(document)?,
            _ => return Ok(()),
        }
        self.newer.retain(|(of, _)| *of != section);
        // What names no form of its own is of the first: nothing in it is unknown.
        if document.get(FORM_FIELD).is_ok_and(|form| form.is_some()) {
            self.newer.push((section, document.as_bytes().to_vec()));
        }
        Ok(())
    }
}

/// `next` with what `before` holds and this version doesn't know.
fn carried(section: Section, before: &[u8], next: &RawDocumentBuf) -> Result<RawDocumentBuf, StoredFormError> {
    // It was read as a document before it was kept.
    let Ok(before) = RawDocument::from_bytes(before) else { return Ok(next.clone()) };
    let mut read = PatientRecord::default();
    read.set_section(section, before)?;
    let whole = |one: &RawDocument| from_document::<Document>(one);
    let known = read.known_document(section)?.unwrap_or_default();
    let mut next = whole(next)?;
    carry(&whole(before)?, &whole(&known)?, &mut next);
    to_document(&next)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn anna() -> PatientRecord {
        let mut anna = PatientRecord::default();
        anna.identity.name.surname = "Smith".into();
        anna.identity.name.given = vec!["Anna".into(), "Marie".into()];
        anna.identity.birth_date = "1968-04".parse().ok();
        anna.summary.allergies = AllergyStatement::NoneKnown { confirmed: Some("2026-01-02".into()), by: None };
        anna.national_id.ssn = Some("123-45-6789".into());
        anna
    }

    #[test]
    fn a_patient_comes_back_from_her_sections_unchanged() {
        let anna = anna();
        let mut back = PatientRecord::default();
        for section in Section::OF_PATIENT {
            let document = anna.section_document(section).unwrap().unwrap();
            back.set_section(section, &document).unwrap();
        }
        assert!(back == anna);
    }

    #[test]
    fn what_a_newer_version_added_to_a_section_stays_when_it_is_edited_here() {
        let stored = anna().section_document(Section::Identity).unwrap().unwrap();
        let mut stored = bson::Document::try_from(stored).unwrap();
        stored.extend(bson::doc! { "form": 2_i64, "pronouns": "she" });
        stored.get_document_mut("name").unwrap().insert("sounds", "smit");
        let mut back = PatientRecord::default();
        back.set_section(Section::Identity, &RawDocumentBuf::try_from(&stored).unwrap()).unwrap();
        back.identity.name.surname = "Smythe".into();
        let next = back.section_document(Section::Identity).unwrap().unwrap();
        stored.get_document_mut("name").unwrap().insert("surname", "Smythe");
        assert!(bson::Document::try_from(next).unwrap() == stored);
        assert!(back.section_document(Section::Contact).unwrap().unwrap().get("form").unwrap().is_none());
    }

    #[test]
    fn clinical_items_are_no_part_of_the_patient_document() {
        assert!(anna().section_document(Section::Problems).unwrap().is_none());
    }

    #[test]
    fn a_section_of_the_wrong_form_is_refused_without_its_content() {
        let wrong = bson::rawdoc! { "name": "Smith" };
        let error = PatientRecord::default().set_section(Section::Identity, &wrong).unwrap_err();
        assert!(!format!("{error} {error:?}").contains("Smith"));
    }

    #[test]
    fn the_stored_form_of_a_patient_is_frozen() {
        let stored = anna().section_document(Section::Identity).unwrap().unwrap();
        let expected = bson::doc! {
            "name": { "surname": "Smith", "given": ["Anna", "Marie"] },
            "birth_date": "1968-04", "sex": "", "mrn": "", "deceased": false, "test": false, "national_id_on_file": false,
        };
        assert_eq!(bson::Document::try_from(stored).unwrap(), expected);
    }
}
