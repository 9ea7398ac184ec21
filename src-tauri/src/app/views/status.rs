//! The status panel and the X-ray.

use serde::Serialize;
use ts_rs::TS;
use uuid::Uuid;

/// The status panel (EN-12): self-check of encryption, store, keychain, audit, version.
#[derive(Serialize, TS)]
pub struct StatusView {
    /// One line for each thing checked.
    pub checks: Vec<CheckView>,
    /// Product version.
    pub version: String,
    /// libmongocrypt version.
    pub libmongocrypt: String,
    /// Version of the role table and the first bytes of its hash.
    pub policy: String,
}

/// One self-check.
#[derive(Serialize, TS)]
pub struct CheckView {
    /// `encryption`, `store`, `keychain`, `audit`, `keys`.
    pub what: String,
    /// Passed.
    pub ok: bool,
    /// Figures and names, never patient data.
    pub detail: String,
    /// What the connected server can do and what is done instead, one sentence of the screen's each.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub notes: Option<Vec<crate::store::atlas::Note>>,
}

/// One stored record as it lies in the store (EN-11).
#[derive(Serialize, TS)]
pub struct XrayView {
    /// Its random id.
    pub record: Uuid,
    /// Every stored value, in stored order.
    pub rows: Vec<XrayRow>,
}

/// One stored value.
#[derive(Serialize, TS)]
pub struct XrayRow {
    /// Dotted path in the stored document.
    pub path: String,
    /// `unindexed`, `equality`, `range`, `text`, `deterministic`, `sealed`, `tags` or `clear`.
    pub form: String,
    /// The data key it is encrypted under.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub key: Option<Uuid>,
    /// What that key is for; only of keys this session holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub purpose: Option<String>,
    /// How many bytes are stored.
    pub length: u64,
    /// The first of them, in hexadecimal.
    pub bytes: String,
    /// What they say, as JSON; absent for whoever may not read it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub means: Option<String>,
}
