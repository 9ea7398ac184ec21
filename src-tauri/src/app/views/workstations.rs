//! Workstations, newcomers and tickets, for administrators.

use crate::clock::Timestamp;
use crate::keys::Ending;
use serde::Serialize;
use ts_rs::TS;
use uuid::Uuid;

/// The register, and who asks to be let in.
#[derive(Serialize, TS)]
pub struct WorkstationsView {
    /// In the order of their enrolment.
    pub workstations: Vec<WorkstationRow>,
    /// Oldest first.
    pub requests: Vec<EnrolmentRow>,
}

/// One workstation.
#[derive(Serialize, TS)]
pub struct WorkstationRow {
    /// Its id.
    pub id: Uuid,
    /// What people call it.
    pub name: String,
    /// Since when.
    pub enrolled: Timestamp,
    /// How its time ended, if it did.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub ended: Option<Ending>,
    /// When it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub ended_at: Option<Timestamp>,
    /// This one.
    pub here: bool,
    /// An administrator's signature stands behind the entry; without one it gets no renewed site key.
    pub vouched: bool,
    /// When it was opened or somebody signed in last, as its own signature says.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub last_seen: Option<Timestamp>,
    /// The version of the program it ran then.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub program: Option<String>,
}

/// A newcomer's request.
#[derive(Serialize, TS)]
pub struct EnrolmentRow {
    /// Which.
    pub request: Uuid,
    /// What the newcomer calls itself.
    pub name: String,
    /// The workstation it was or is a copy of, when it is enrolled anew.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub formerly: Option<String>,
    /// When it asked.
    pub asked: Timestamp,
    /// Somebody has answered.
    pub answered: bool,
    /// This session has answered and the newcomer shows its code.
    pub ready: bool,
}

/// A newcomer that was let in.
#[derive(Serialize, TS)]
pub struct ApprovedView {
    /// The code to read to the newcomer's screen.
    pub code: String,
    /// Its name.
    pub name: String,
}

/// What is kept of a workstation that was taken out of use.
#[derive(Clone, Serialize, TS)]
pub struct RetiredView {
    /// The clinic's name.
    pub site: String,
    /// The workstation's name.
    pub name: String,
    /// Its id.
    pub workstation: Uuid,
    /// The public key that its audit is verified with.
    pub key: String,
    /// The last row of its audit.
    pub audit_row: u64,
    /// That row's hash.
    pub audit_hash: String,
    /// When, in milliseconds.
    pub at: i64,
    /// How many keys left the keychain.
    pub deleted: usize,
}

/// A ticket, once.
#[derive(Serialize, TS)]
pub struct TicketView {
    /// Its id.
    pub ticket: Uuid,
    /// The line of the file.
    pub line: String,
    /// Until when.
    pub until: Timestamp,
}

/// A ticket in the list.
#[derive(Serialize, TS)]
pub struct TicketRow {
    /// Its id.
    pub ticket: Uuid,
    /// When it was made.
    pub made: Timestamp,
    /// Until when.
    pub until: Timestamp,
    /// `open`, `used`, `withdrawn` or `lapsed`.
    pub state: String,
}
