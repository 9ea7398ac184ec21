//! The note that one person signs when name and birth date of a patient shall change together.

use super::{Form, forms};
use crate::clock::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// One note. It holds a hash of what shall change, nothing of the patient.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CorrectionNote {
    /// The patient.
    #[serde(rename = "_id", with = "forms::uuid4")]
    pub id: Uuid,
    /// SHA-256 of the correction that waits.
    #[serde(with = "forms::bytes")]
    pub digest: [u8; 32],
    /// The revision of the record that it was asked for.
    #[serde(rename = "v")]
    pub version: i64,
    /// When.
    #[serde(with = "forms::date")]
    pub at: Timestamp,
}

impl Form for CorrectionNote {
    const LABEL: &'static str = "wardseal/correction-note/1";
    const WHAT: &'static str = "correction note";

    fn id(&self) -> Uuid {
        self.id
    }

    fn version(&self) -> i64 {
        self.version
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_form_of_a_note_is_fixed() {
        let note = CorrectionNote { id: Uuid::from_u128(1), digest: [7; 32], version: 3, at: Timestamp(100) };
        let doc = bson::serialize_to_document(&note).unwrap();
        assert_eq!(doc.keys().map(String::as_str).collect::<Vec<_>>(), ["_id", "digest", "v", "at"]);
        assert_eq!(bson::deserialize_from_document::<CorrectionNote>(doc).unwrap(), note);
    }
}
