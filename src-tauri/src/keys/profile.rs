//! The two ways searchable values are stored. The same values, asked the same questions; chosen once, when a site is
//! founded.

use serde::{Deserialize, Serialize};

/// How the searchable values of a store are encrypted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Profile {
    /// Queryable Encryption: the same value never looks the same twice.
    #[default]
    Queryable,
    /// Client-side encryption, deterministic: for servers without Queryable Encryption. Equal values look equal.
    Deterministic,
}

impl Profile {
    /// Whether a store says nothing of it.
    #[must_use]
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }
}
