//! What a clinic records: patients, clinical and front-desk items, and the rules about them. Pure.
//!
//! Must never know stores, roles or cryptography.

mod date;
pub mod fields;
mod fold;
mod query;
mod section;
mod typed_date;
pub mod validate;

pub use date::{DateError, DateOrder, PartialDate};
pub use fold::{fold_email, fold_given, fold_mrn, fold_name, fold_phone};
pub use query::{QueryError, SearchTerm, search_terms};
pub use section::{Compartment, Section};
