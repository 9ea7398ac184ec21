//! The documents, one file each: blocks made of what a role may see.

mod medication_list;
mod parts;
mod patient_copy;
mod referral_letter;
mod todays_list;
mod visit_summary;

pub use medication_list::medication_list;
pub use patient_copy::patient_copy;
pub use referral_letter::referral_letter;
pub use todays_list::{Listed, todays_list};
pub use visit_summary::visit_summary;
