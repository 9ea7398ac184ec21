//! The inventory of fields against the types that are stored: nothing stored is unlisted, nothing listed is unknown.

use serde::de::{self, DeserializeOwned, Deserializer, Visitor};
use std::collections::BTreeSet;
use std::fmt;
use wardseal::crypt::index::{PATIENTS, Search};
use wardseal::record::fields::{FIELDS, IndexQuery, index_at, indexes};
use wardseal::record::interactions::{HiddenIngredients, InteractionAnswer};
use wardseal::record::{
    Account, Administration, Allergy, Amendments, Appointment, AttachedPage, Attachment, CarePlan, Contact, Directives,
    Encounter, Identity, Imaging, Immunization, Insurance, Item, Kept, Medication, NationalId, Note, Observation,
    Organization, PatientRecord, PersonName, Phone, Practitioner, Problem, Procedure, Referral, Refill, Report,
    Summary, Task, index_values, national_id_value,
};

/// A deserializer that only asks a struct for the names of its fields, and answers with them as its error.
struct Names;

#[derive(Debug)]
struct Asked(BTreeSet<String>);

impl fmt::Display for Asked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.0)
    }
}

impl std::error::Error for Asked {}

impl de::Error for Asked {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Asked(BTreeSet::new())
    }
}

impl<'de> Deserializer<'de> for Names {
    type Error = Asked;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Asked> {
        Err(Asked(BTreeSet::new()))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, Asked> {
        Err(Asked(fields.iter().map(|field| (*field).to_owned()).collect()))
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 u8 u16 u32 u64 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}

fn stored<T: DeserializeOwned>() -> BTreeSet<String> {
    let Err(Asked(names)) = T::deserialize(Names) else { panic!("nothing to deserialize") };
    assert!(!names.is_empty());
    names
}

/// The first segment after `under.` of every listed path.
fn listed(under: &str) -> BTreeSet<String> {
    let prefix = format!("{under}.");
    let rest = FIELDS.iter().filter_map(|field| field.path.strip_prefix(&prefix));
    rest.filter_map(|rest| rest.split('.').next()).map(str::to_owned).collect()
}

#[test]
fn every_field_of_a_patient_is_listed_with_its_class() {
    assert_eq!(listed("identity"), stored::<Identity>());
    let asked = ["amendments".to_owned(), "directives".to_owned()];
    assert_eq!(listed("contact"), stored::<Contact>().into_iter().chain(asked).collect());
    let beside = std::iter::once("account".to_owned());
    assert_eq!(listed("insurance"), stored::<Insurance>().into_iter().chain(beside).collect());
    assert_eq!(listed("national_id"), stored::<NationalId>());
    assert_eq!(listed("summary"), stored::<Summary>());
}

#[test]
fn every_field_of_an_item_is_listed_with_its_class() {
    assert_eq!(listed("appointments"), stored::<Appointment>());
    assert_eq!(listed("insurance.account"), stored::<Account>());
    assert_eq!(listed("contact.amendments"), stored::<Amendments>());
    assert_eq!(listed("contact.directives"), stored::<Directives>());
    assert_eq!(listed("directory.practitioner"), stored::<Practitioner>());
    assert_eq!(listed("directory.organization"), stored::<Organization>());
    assert_eq!(listed("problems"), stored::<Problem>());
    // Beside the drugs stand answers to findings about them and requests for more.
    let mut medications = stored::<Medication>();
    medications.extend(["answer".into(), "refill".into()]);
    assert_eq!(listed("medications"), medications);
    assert_eq!(listed("administrations"), stored::<Administration>());
    assert_eq!(listed("allergies"), stored::<Allergy>());
    assert_eq!(listed("observations"), stored::<Observation>());
    assert_eq!(listed("notes"), stored::<Note>());
    assert_eq!(listed("encounters"), stored::<Encounter>());
    assert_eq!(listed("immunizations"), stored::<Immunization>());
    assert_eq!(listed("procedures"), stored::<Procedure>());
    // Beside the reports stand imaging studies.
    let mut reports = stored::<Report>();
    reports.insert("imaging".into());
    assert_eq!(listed("reports"), reports);
    assert_eq!(listed("reports.imaging"), stored::<Imaging>());
    assert_eq!(listed("referrals"), stored::<Referral>());
    assert_eq!(listed("care_plans"), stored::<CarePlan>());
    for section in ["documents", "front_documents"] {
        assert_eq!(listed(section), stored::<Attachment>());
    }
    for section in ["document_pages", "front_document_pages"] {
        assert_eq!(listed(section), stored::<AttachedPage>());
    }
    assert_eq!(listed("tasks"), stored::<Task>());
    assert_eq!(listed("medications.refill"), stored::<Refill>());
    assert_eq!(listed("kept"), stored::<Kept>());
    assert_eq!(listed("hidden_ingredients"), stored::<HiddenIngredients>());
    assert_eq!(listed("medications.answer"), stored::<InteractionAnswer>());
}

#[test]
fn what_every_item_carries_is_listed_without_a_section() {
    let bare = FIELDS.iter().filter(|field| field.section.is_none()).map(|field| field.path.to_owned());
    let bare: BTreeSet<String> = bare.collect();
    assert!(stored::<Item>().is_subset(&bare), "{bare:?}");
}

#[test]
fn what_is_indexed_is_exactly_what_is_listed_as_searchable() {
    let mut anna = PatientRecord::default();
    anna.identity.name.surname = "Smith".into();
    anna.identity.name.given = vec!["Anna".into()];
    anna.identity.mrn = "MRN-1".into();
    anna.identity.birth_date = "1968-04-12".parse().ok();
    anna.contact.phones = vec![Phone { number: "555-0100".into(), usage: None }; 2];
    anna.contact.email = Some("anna@example.org".into());
    anna.identity.former = ["Jones", "Brown"].map(named).into();
    anna.national_id.ssn = Some("123-45-6789".into());
    let mut values = index_values(&anna);
    values.extend(national_id_value(&anna));
    assert_eq!(values.len(), indexes().count());
    assert!(values.iter().all(|(path, _)| index_at(path).is_some()));
}

fn named(surname: &str) -> PersonName {
    PersonName { surname: surname.into(), ..PersonName::default() }
}

#[test]
fn what_is_listed_as_searchable_is_how_the_collection_is_laid_out() {
    let asked = |search: Search| match search {
        Search::Equality => IndexQuery::Equality,
        Search::Prefix(..) => IndexQuery::Prefix,
        Search::Range(_) => IndexQuery::Range,
    };
    let mut laid_out: Vec<_> = PATIENTS.iter().map(|path| (path.path, path.key, asked(path.search))).collect();
    let mut listed: Vec<_> = indexes().map(|(_, index)| (index.path, index.key, index.query)).collect();
    laid_out.sort_by_key(|one| one.0);
    listed.sort_by_key(|one| one.0);
    assert_eq!(laid_out, listed);
}
