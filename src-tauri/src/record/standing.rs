//! What a record is on file as: in haste, corrected, gone on in another's place.

use super::PartialDate;
use super::PersonName;
use serde::{Deserialize, Serialize};

/// What is known of somebody who was registered in haste.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Provisional {
    /// `unknown` or `newborn`.
    pub kind: String,
    /// Age in years as somebody judged it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub estimated_age: Option<u32>,
    /// The first, second … of several born together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub birth_order: Option<u32>,
    /// MRN of the mother.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mother: Option<String>,
}

/// Another record goes on in this one's place.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Merged {
    /// Its id.
    pub record: String,
    /// Why they are one person's.
    pub reason: String,
    /// When, ISO instant.
    pub at: String,
    /// By whom, as displayed.
    pub by: String,
}

/// Name and birth date together: asked by one person, carried out by another.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Correction {
    /// The name as it shall be.
    pub name: PersonName,
    /// The birth date as it shall be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub birth_date: Option<PartialDate>,
    /// The sex as it shall be.
    pub sex: String,
    /// Which document was seen.
    pub document: String,
    /// Why, in the words of who asks.
    pub note: String,
    /// When it was asked, ISO instant.
    pub at: String,
    /// By whom, as displayed.
    pub by: String,
    /// The signed note, as it is verified; in hexadecimal.
    pub signed: String,
}
