//! That a compartment's keys are to be replaced: somebody who held them no longer should.

use super::{Form, forms};
use crate::clock::Timestamp;
use crate::record::Compartment;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Why keys are to be replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RotationCause {
    /// Someone changed to a role that doesn't read it.
    RoleLoss,
    /// Someone left.
    Departure,
    /// A password, a machine or recovery shares may be in other hands.
    Compromise,
}

/// One compartment that waits for its rotation: a document of the collection `rotations_due`, signed by whoever made it
/// due and deleted by the rotation. One that is due already isn't made due again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RotationDue {
    /// [`RotationDue::id_of`] site and compartment.
    #[serde(rename = "_id", with = "forms::uuid4")]
    pub id: Uuid,
    /// Which compartment.
    pub compartment: Compartment,
    /// The epoch that is to end.
    pub epoch: i64,
    /// Why.
    pub cause: RotationCause,
    /// Because of whom.
    #[serde(with = "forms::uuid4")]
    pub user: Uuid,
    /// Since when.
    #[serde(with = "forms::date")]
    pub at: Timestamp,
}

impl RotationDue {
    /// The `_id` of a compartment's document.
    #[must_use]
    pub fn id_of(site: Uuid, compartment: Compartment) -> Uuid {
        Uuid::new_v5(&site, format!("wardseal/rotation-due/{}", compartment.code()).as_bytes())
    }
}

impl Form for RotationDue {
    const LABEL: &'static str = "wardseal/rotation-due/1";
    const WHAT: &'static str = "rotation that is due";

    fn id(&self) -> Uuid {
        self.id
    }

    fn version(&self) -> i64 {
        1
    }
}
