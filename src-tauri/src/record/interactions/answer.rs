//! What somebody answered to a finding: kept beside the order, so that noisy rules are found.

use super::Severity;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The answer to one finding that interrupted an order.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InteractionAnswer {
    /// The finding's rule.
    pub rule: String,
    /// How bad it was.
    pub severity: Severity,
    /// Version of the table.
    pub table: String,
    /// The drug that was to be ordered.
    pub drug: String,
    /// The order that was signed in spite of it; none when it was withheld.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "order_text")]
    pub order: Option<Uuid>,
    /// Coded reason for signing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// In words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

mod order_text {
    use serde::{Deserialize, Deserializer, Serializer};
    use uuid::Uuid;

    pub fn serialize<S: Serializer>(id: &Option<Uuid>, serializer: S) -> Result<S::Ok, S::Error> {
        match id {
            Some(id) => serializer.serialize_str(&id.to_string()),
            None => serializer.serialize_none(),
        }
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Uuid>, D::Error> {
        let text = Option::<String>::deserialize(deserializer)?;
        text.map(|text| text.parse().map_err(serde::de::Error::custom)).transpose()
    }
}
