//! The interaction checker: drugs against drugs, allergies and conditions, by ingredient, from a versioned table.
//!
//! Pure: the table is read from text, whoever reads it has checked its signature. What isn't in the table is named as
//! *not checked*, never as harmless. `docs/INTERACTIONS.md` says what the table holds.

mod allergy;
mod answer;
mod check;
mod condition;
mod finding;
mod hidden;
mod name;
mod set;
mod table;
mod text;

#[cfg(test)]
mod table_tests;
#[cfg(test)]
mod tests;

pub use allergy::AllergyFact;
pub use answer::InteractionAnswer;
pub use condition::ConditionFact;
pub use finding::{Asked, Checked, Drug, Finding, Kind, NotChecked, Severity, Subject, Taking, Unread};
pub use hidden::HiddenIngredients;
pub use name::{Reading, plain};
pub use table::{Table, TableError};

/// The table as it is shipped.
pub const SHIPPED: &str = include_str!("table.json");
/// The detached signature of the shipped table: 64 bytes, in hexadecimal digits.
pub const SHIPPED_SIGNATURE: &str = include_str!("table.sig");
