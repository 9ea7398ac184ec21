//! What a clinic records: patients, clinical and front-desk items, and the rules about them. Pure.
//!
//! Must never know stores, roles or cryptography.

mod section;

pub use section::{Compartment, Section};
