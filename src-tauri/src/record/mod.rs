//! What a clinic records: patients, clinical and front-desk items, and the rules about them. Pure.
//!
//! Must never know stores, roles or cryptography.

mod account;
mod administration;
mod amendment;
pub mod attachment;
pub mod care;
mod clinical;
mod critical;
mod date;
mod day;
pub mod demo;
mod directive;
mod directory;
mod encounter;
pub mod entered;
pub mod fhir;
pub mod fields;
mod fold;
pub mod form;
pub mod icd10cm;
mod index;
mod insurance;
pub mod interactions;
mod item;
mod label;
pub mod labs;
mod likeness;
mod nickname;
mod observation;
pub mod package;
mod patient;
mod phonetic;
pub mod photo;
pub mod query;
mod rank;
mod referral;
mod refill;
pub mod retention;
pub mod rules;
pub mod schedule;
mod section;
mod standing;
mod steps;
mod stored;
mod task;
mod typed_date;
pub mod validate;
pub mod value_sets;
pub mod vitals;
mod why;
pub mod wristband;

pub use account::{
    AUTHORIZATION_STATES, AUTHORIZED_SERVICES, Account, Authorization, BALANCE_STATES, Balance, COVERAGE_ANSWERS,
    COVERAGE_WAYS, CoverageCheck, CoverageWarning, MOST_UNITS, is_reference,
};
pub use administration::Administration;
pub use amendment::{
    ACCEPTED_HOW, AMENDED_PARTS, AMENDMENT_WAYS, Amendment, AmendmentDecision, AmendmentStep, Amendments,
    DENIAL_GROUNDS, EXTENSION_REASONS,
};
pub use attachment::{AttachedPage, Attachment, AttachmentClass, FileForm};
pub use clinical::{
    Addendum, Allergy, CarePlan, Coded, Encounter, Immunization, Medication, Note, Order, Override, Problem, Procedure,
    Report, Signature, Signing, Verbal,
};
pub use critical::{CRITICAL_VITALS, Limit, critical_values, is_critical};
pub use date::{DateError, DateOrder, PartialDate};
pub use day::Day;
pub use directive::{
    Directive, DirectiveEnd, DirectiveEndReason, DirectiveKind, DirectivePurpose, DirectiveReason, DirectiveStanding,
    DirectiveTerms, DirectiveTo, DirectiveWay, Directives, Recipient, RecordPart,
};
pub use directory::{Organization, Practitioner};
pub use encounter::EncounterStatus;
pub use fold::{fold_email, fold_given, fold_mrn, fold_name, fold_phone, fold_ssn, last_four};
pub use index::{index_values, national_id_value, whole_name};
pub use insurance::{Coverage, Guarantor, Insurance};
pub use item::{Content, InError, Item, Kept, Moved, Source};
pub use label::{Label, Sensitivity};
pub use likeness::{Grade, Grades, Part, Particulars, Weights};
pub use nickname::{kin, kin_asked};
pub use observation::{Component, Observation, ObservedValue, ReferenceRange};
pub use package::PackageCheck;
pub use patient::{
    Address, AllergyStatement, Contact, EmergencyContact, Identifier, Identity, NationalId, PatientRecord, PersonName,
    Phone, Summary,
};
pub use phonetic::{metaphone, metaphones, nysiis};
pub use rank::{Fit, rank};
pub use referral::{Imaging, Referral, ReferralStatus};
pub use refill::{Refill, RefillStatus};
pub use schedule::Appointment;
pub use section::{Compartment, Section};
pub use standing::{Correction, Merged, Provisional};
pub use steps::{IllegalStep, NoteState, NoteStep, OrderState, OrderStep, RefillStep};
pub use stored::{StoredFormError, from_document, to_document};
pub use task::{CRITICAL_TO_TEAM, Circle, Task, TaskKind, TaskStatus, VERBAL_OVERDUE};
