//! Registration and what follows from it.

use super::LikelyPatient;
use crate::record::validate::Invalid;
use serde::Serialize;
use ts_rs::TS;
use uuid::Uuid;

/// What differs between what is known of two people; only what the reader may see of the other.
#[derive(Clone, Serialize, TS)]
#[ts(optional_fields)]
pub struct Difference {
    /// `name`, `birth_date`, `sex`, `address`, `phone`, `mrn`.
    pub what: &'static str,
    /// Of the one that is asked about or shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub this: Option<String>,
    /// Of the other.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub other: Option<String>,
}

/// What is wrong with what was typed so far, and who is like that.
#[derive(Serialize, TS)]
pub struct CheckedRegistration {
    /// Everything that is wrong, in the order of the form.
    pub invalid: Vec<Invalid>,
    /// Who may be the same person, the likeliest first.
    pub alike: Vec<LikelyPatient>,
    /// How many records were opened to find them.
    pub opened: u64,
}

/// What became of a registration.
#[derive(Serialize, TS)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum Registered {
    /// The patient is on file.
    Registered {
        /// Patient id.
        patient: Uuid,
        /// Record number.
        mrn: String,
        /// What a scanner reads from the wristband.
        wristband: String,
    },
    /// Nothing was stored: these look like the same person. Going on takes a reason.
    Stopped {
        /// Who, the likeliest first.
        alike: Vec<LikelyPatient>,
    },
}
