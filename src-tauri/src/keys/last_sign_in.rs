//! When a user last signed in, as the user's own signature says.

use super::{Form, forms};
use crate::clock::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A document of the collection `sign_ins`, one a user.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastSignIn {
    /// The user.
    #[serde(rename = "_id", with = "forms::uuid4")]
    pub user: Uuid,
    /// When.
    #[serde(with = "forms::date")]
    pub at: Timestamp,
    /// At which workstation.
    #[serde(with = "forms::uuid4")]
    pub workstation: Uuid,
}

impl Form for LastSignIn {
    const LABEL: &'static str = "wardseal/last-sign-in/1";
    const WHAT: &'static str = "last sign-in";

    fn id(&self) -> Uuid {
        self.user
    }

    fn version(&self) -> i64 {
        1
    }
}
