//! What a clinic records: patients, clinical and front-desk items, and the rules about them. Pure.
//!
//! Must never know stores, roles or cryptography.

mod clinical;
mod date;
pub mod demo;
mod directory;
pub mod fhir;
pub mod fields;
mod fold;
mod index;
mod item;
mod observation;
mod patient;
mod query;
mod section;
mod stored;
mod typed_date;
pub mod validate;
pub mod value_sets;
mod why;

pub use clinical::{Allergy, CarePlan, Coded, Encounter, Immunization, Medication, Note, Problem, Procedure, Report};
pub use date::{DateError, DateOrder, PartialDate};
pub use directory::{Appointment, Organization, Practitioner};
pub use fold::{fold_email, fold_given, fold_mrn, fold_name, fold_phone};
pub use index::index_values;
pub use item::{Content, Item, Kept, Source};
pub use observation::{Component, Observation, ObservedValue, ReferenceRange};
pub use patient::{
    Address, AllergyStatement, Contact, Coverage, EmergencyContact, Identifier, Identity, Insurance, NationalId,
    PatientRecord, PersonName, Phone, Summary,
};
pub use query::{QueryError, SearchTerm, search_terms};
pub use section::{Compartment, Section};
pub use stored::{StoredFormError, from_document, to_document};
