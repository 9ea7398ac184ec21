//! Users, access that waits, erasures and recovery.

use crate::clock::Timestamp;
use serde::Serialize;
use ts_rs::TS;
use uuid::Uuid;

/// Everybody with an account, for administrators.
#[derive(Serialize, TS)]
pub struct UsersView {
    /// By user name.
    pub users: Vec<UserRow>,
}

/// One account.
#[derive(Serialize, TS)]
pub struct UserRow {
    /// The user.
    pub user: Uuid,
    /// What is typed at sign-in.
    pub username: String,
    /// What is shown.
    pub name: String,
    /// The role's code.
    pub role: String,
    /// The unit, if any.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub unit: Option<String>,
    /// Whether the user may sign in.
    pub active: bool,
    /// Whether the user has the extra right for items labelled sensitive.
    pub sensitive: bool,
    /// Compartments held.
    pub holds: Vec<String>,
    /// Compartments ordered and not confirmed yet.
    pub waits_for: Vec<String>,
    /// When the user last signed in, as the user's own signature says.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub last_sign_in: Option<Timestamp>,
}

/// A user who was made, or whose password was reset. Shown once.
#[derive(Serialize, TS)]
pub struct NewUserView {
    /// The user.
    pub user: Uuid,
    /// What is typed at sign-in.
    pub username: String,
    /// Good for one sign-in; to be told to that person and to nobody else.
    pub password: String,
}

/// What waits for a confirmation.
#[derive(Serialize, TS)]
pub struct RequestsView {
    /// Oldest first.
    pub requests: Vec<RequestRow>,
}

/// A colleague whose access was ordered.
#[derive(Serialize, TS)]
pub struct RequestRow {
    /// The colleague.
    pub user: Uuid,
    /// Display name.
    pub name: String,
    /// User name.
    pub username: String,
    /// The role's code.
    pub role: String,
    /// Compartments that wait.
    pub compartments: Vec<String>,
    /// Those of them that this user holds and can give.
    pub yours: Vec<String>,
    /// The administrator who ordered it.
    pub ordered_by: String,
    /// When.
    pub at: Timestamp,
}

/// What a confirmation has opened.
#[derive(Serialize, TS)]
pub struct ConfirmedView {
    /// Compartments.
    pub compartments: Vec<String>,
    /// How many still wait for somebody who holds them.
    pub left: usize,
}

/// Access that was ordered for whoever holds the seat and that nobody has confirmed yet.
#[derive(Clone, Serialize, TS)]
pub struct WaitingView {
    /// To be read out to a colleague; absent when the orders name other keys than this user's.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub code: Option<String>,
    /// Compartments that wait.
    pub compartments: Vec<String>,
}

/// Erasures and legal holds.
#[derive(Serialize)]
pub struct ErasuresView {
    /// Requests and tombstones.
    pub erasures: Vec<ErasureRow>,
    /// Patients whose records may not be erased.
    pub held: Vec<Uuid>,
}

/// One erasure. Says nothing about the patient.
#[derive(Serialize)]
pub struct ErasureRow {
    /// The patient's id.
    pub patient: Uuid,
    /// Why.
    pub reason: String,
    /// `requested`, `approved` or `done`.
    pub state: String,
    /// Who asked.
    pub requested_by: String,
    /// When.
    pub requested: Timestamp,
    /// Who approved.
    pub approved_by: Option<String>,
    /// When it was done.
    pub done: Option<Timestamp>,
}

/// What recovery shares have opened in a drill.
#[derive(Serialize)]
pub struct RecoveryTested {
    /// Numbers of the shares.
    pub shares: Vec<u8>,
    /// Compartments they open.
    pub compartments: Vec<String>,
}
