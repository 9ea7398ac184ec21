//! What a clinic records: patients, clinical and front-desk items, and the rules about them. Pure.
//!
//! Must never know stores, roles or cryptography.

mod date;
mod fold;
mod section;

pub use date::{DateError, DateOrder, PartialDate};
pub use fold::{fold_email, fold_given, fold_mrn, fold_name, fold_phone};
pub use section::{Compartment, Section};
