//! Refill requests: somebody asks, a doctor decides, the pharmacy fills.

use super::clinical::Signature;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Where a refill request stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum RefillStatus {
    /// Nobody has decided.
    Pending,
    /// A doctor granted it.
    Approved,
    /// A doctor refused it.
    Denied,
    /// The pharmacy has it.
    Completed,
}

impl RefillStatus {
    /// Every status.
    pub const ALL: [Self; 4] = [Self::Pending, Self::Approved, Self::Denied, Self::Completed];

    /// The word in refusals.
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Approved => "approved",
            Self::Denied => "denied",
            Self::Completed => "completed",
        }
    }
}

/// A request for more of a prescription.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct Refill {
    /// The prescription.
    pub medication: Uuid,
    /// Its drug in words, as it was when asked.
    pub drug: String,
    /// Where it stands.
    pub status: RefillStatus,
    /// The patient is about to run out.
    #[serde(default)]
    pub urgent: bool,
    /// Asked when, by whom.
    pub asked: Signature,
    /// Decided when, by whom.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decided: Option<Signature>,
    /// What the one who asked or decided wants to say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}
