//! What a site knows about its recovery shares: when they were made, who keeps them, when they were last tried.

use super::{Form, forms};
use crate::clock::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The note, signed by an administrator. Holds no share.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecoveryNote {
    /// [`RecoveryNote::id_of`] the site.
    #[serde(rename = "_id", with = "forms::uuid4")]
    pub id: Uuid,
    /// When the shares were made.
    #[serde(with = "forms::date")]
    pub made: Timestamp,
    /// Who keeps each share, in the order of their numbers; empty where nobody said.
    pub keepers: Vec<String>,
    /// When shares were last tried.
    #[serde(with = "forms::date_or_null")]
    pub tested: Option<Timestamp>,
    /// The numbers of the shares that were tried then.
    pub tested_with: Vec<i32>,
    /// Grows with every change.
    #[serde(rename = "v")]
    pub version: i64,
}

impl RecoveryNote {
    /// The `_id` of a site's note in the collection `site`.
    #[must_use]
    pub fn id_of(site: Uuid) -> Uuid {
        Uuid::new_v5(&site, b"wardseal/recovery-note")
    }

    /// The note of shares that were just made.
    #[must_use]
    pub fn fresh(site: Uuid, shares: usize, version: i64, made: Timestamp) -> Self {
        let keepers = vec![String::new(); shares];
        Self { id: Self::id_of(site), made, keepers, tested: None, tested_with: Vec::new(), version }
    }
}

impl Form for RecoveryNote {
    const LABEL: &'static str = "wardseal/recovery-note/1";
    const WHAT: &'static str = "note about the recovery shares";

    fn id(&self) -> Uuid {
        self.id
    }

    fn version(&self) -> i64 {
        self.version
    }
}
