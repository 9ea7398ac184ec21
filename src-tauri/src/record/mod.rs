//! What a clinic records: patients, clinical and front-desk items, and the rules about them. Pure.
//!
//! Must never know stores, roles or cryptography.

pub mod care;
mod clinical;
mod date;
mod day;
pub mod demo;
mod directory;
pub mod entered;
pub mod fhir;
pub mod fields;
mod fold;
pub mod form;
mod index;
mod insurance;
pub mod interactions;
mod item;
mod likeness;
mod nickname;
mod observation;
mod patient;
mod phonetic;
pub mod query;
mod rank;
mod section;
mod standing;
mod stored;
mod typed_date;
pub mod validate;
pub mod value_sets;
mod why;
pub mod wristband;

pub use clinical::{Allergy, CarePlan, Coded, Encounter, Immunization, Medication, Note, Problem, Procedure, Report};
pub use date::{DateError, DateOrder, PartialDate};
pub use day::Day;
pub use directory::{Appointment, Organization, Practitioner};
pub use fold::{fold_email, fold_given, fold_mrn, fold_name, fold_phone, fold_ssn, last_four};
pub use index::{index_values, national_id_value, whole_name};
pub use insurance::{Coverage, Guarantor, Insurance};
pub use item::{Content, InError, Item, Kept, Moved, Source};
pub use likeness::{Grade, Grades, Part, Particulars, Weights};
pub use nickname::{kin, kin_asked};
pub use observation::{Component, Observation, ObservedValue, ReferenceRange};
pub use patient::{
    Address, AllergyStatement, Contact, EmergencyContact, Identifier, Identity, NationalId, PatientRecord, PersonName,
    Phone, Summary,
};
pub use phonetic::{metaphone, metaphones, nysiis};
pub use rank::{Fit, rank};
pub use section::{Compartment, Section};
pub use standing::{Correction, Merged, Provisional};
pub use stored::{StoredFormError, from_document, to_document};
