//! What one audit row says, in closed codes and ids only.

use crate::clock::Timestamp;
use crate::policy::Role;
use crate::record::Section;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::borrow::Cow;
use std::fmt;
use uuid::Uuid;

/// A word from the program's own vocabulary: an action, a role, a row of the policy, an error code.
///
/// It's made from `&'static str` only, so nothing that was typed or read from a record can become one.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Code(Cow<'static, str>);

impl Code {
    /// The word.
    #[must_use]
    pub const fn of(word: &'static str) -> Self {
        Self(Cow::Borrowed(word))
    }

    /// The word as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&'static str> for Code {
    fn from(word: &'static str) -> Self {
        Self::of(word)
    }
}

impl From<Role> for Code {
    fn from(role: Role) -> Self {
        Self::of(role.code())
    }
}

impl fmt::Display for Code {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Code {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|word| Self(Cow::Owned(word)))
    }
}

/// Why the data was touched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// Care of the patient.
    Treatment,
    /// Care in an emergency, outside the usual relationship.
    EmergencyTreatment,
    /// Coverage and billing.
    Payment,
    /// The patient asked for it: a copy of the own record.
    PatientRequest,
    /// Running the clinic: scheduling, registration, quality.
    Operations,
    /// Taking records over from elsewhere.
    Import,
    /// Users, grants, keys, backups.
    Administration,
    /// Reading the audit itself.
    Compliance,
    /// The program on its own: start, lock, reconciliation.
    System,
}

/// How it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The policy said yes; a read was answered, a write was begun.
    Allowed,
    /// The policy said no.
    Denied,
    /// The write is stored.
    Done,
    /// The write isn't stored.
    Failed,
    /// The program ended before it could tell; the store couldn't answer either.
    Unknown,
}

/// What sort of row it is. In clear, so that decisions and outcomes can be counted without a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Somebody asked, the policy answered.
    Decision,
    /// How the write of an earlier decision ended.
    Outcome,
    /// Nobody asked: start, failed sign-in, lock, clock jump.
    System,
}

impl Kind {
    /// The word in the column and under the hash. Never changes.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Kind::Decision => "decision",
            Kind::Outcome => "outcome",
            Kind::System => "system",
        }
    }

    /// The kind with this code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        [Kind::Decision, Kind::Outcome, Kind::System].into_iter().find(|kind| kind.code() == code)
    }
}

/// One audited event. Holds ids, counts, hashes and [`Code`]s; there is no field for text, on purpose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// When, by the wall clock of the workstation.
    pub at: Timestamp,
    /// Who; nobody for system events and failed sign-ins of unknown names.
    pub actor: Option<Uuid>,
    /// The actor's role then, by its code, so that the row stays readable when the role is gone.
    pub role: Option<Code>,
    /// The session.
    pub session: Option<Uuid>,
    /// Ties together the rows of one request.
    pub correlation: Uuid,
    /// Where.
    pub workstation: Uuid,
    /// What was asked: the name of the use case.
    pub action: Code,
    /// Whose record.
    pub patient: Option<Uuid>,
    /// Which document of it, when it's an item.
    #[serde(default)]
    pub record: Option<Uuid>,
    /// Which sections were read or written.
    pub sections: Vec<Section>,
    /// How many records were touched or returned.
    pub count: u64,
    /// Why.
    pub purpose: Purpose,
    /// How it ended.
    pub outcome: Outcome,
    /// The row of the policy that decided.
    pub policy_row: Code,
    /// A closed code that says more: the cause of a lock, of a failure.
    #[serde(default)]
    pub detail: Option<Code>,
    /// Which user it is about: whose account, role or grants.
    #[serde(default)]
    pub user: Option<Uuid>,
    /// What it was before.
    #[serde(default)]
    pub from: Option<Code>,
    /// What it became.
    #[serde(default)]
    pub to: Option<Code>,
    /// Which print-out it is about; it left the program if the outcome says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<Code>,
    /// For whom it was meant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recipient: Option<Code>,
    /// Hashes of the record heads that a write leaves.
    #[serde(with = "hex_list")]
    pub heads: Vec<[u8; 32]>,
}

impl Event {
    /// A system event with everything else empty; fill in the rest with struct update syntax.
    #[must_use]
    pub fn new(action: Code, workstation: Uuid, correlation: Uuid, at: Timestamp) -> Self {
        Self {
            at,
            actor: None,
            role: None,
            session: None,
            correlation,
            workstation,
            action,
            patient: None,
            record: None,
            sections: Vec::new(),
            count: 0,
            purpose: Purpose::System,
            outcome: Outcome::Done,
            policy_row: Code::of(""),
            detail: None,
            user: None,
            from: None,
            to: None,
            document: None,
            recipient: None,
            heads: Vec::new(),
        }
    }
}

mod hex_list {
    use serde::{Deserialize, Deserializer, Serializer, de::Error, ser::SerializeSeq};

    pub fn serialize<S: Serializer>(heads: &[[u8; 32]], serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(Some(heads.len()))?;
        for head in heads {
            list.serialize_element(&to_hex(head))?;
        }
        list.end()
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<[u8; 32]>, D::Error> {
        let words = Vec::<String>::deserialize(deserializer)?;
        words.iter().map(|word| from_hex(word).ok_or_else(|| D::Error::custom("not a hash"))).collect()
    }

    fn to_hex(bytes: &[u8]) -> String {
        const DIGITS: [char; 16] = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'];
        bytes.iter().flat_map(|b| [DIGITS[usize::from(b >> 4)], DIGITS[usize::from(b & 15)]]).collect()
    }

    fn from_hex(word: &str) -> Option<[u8; 32]> {
        let digits: Option<Vec<u32>> = word.chars().map(|c| c.to_digit(16)).collect();
        let bytes: Option<Vec<u8>> =
            digits?.chunks(2).map(|p| u8::try_from(p.first()? << 4 | p.get(1)?).ok()).collect();
        bytes?.try_into().ok()
    }
}
