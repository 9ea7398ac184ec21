//! Tasks (FHIR Task): what is to be done, by whom, until when; and who hears of it when nobody does it.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The twelve statuses of FHIR.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "kebab-case")]
pub enum TaskStatus {
    /// Not given to anybody yet.
    Draft,
    /// Given, not looked at.
    Requested,
    /// Seen.
    Received,
    /// Taken on.
    Accepted,
    /// Refused.
    Rejected,
    /// Can begin.
    Ready,
    /// Taken back.
    Cancelled,
    /// Begun.
    InProgress,
    /// Interrupted.
    OnHold,
    /// Tried in vain.
    Failed,
    /// Done.
    Completed,
    /// Should never have been there.
    EnteredInError,
}

impl TaskStatus {
    /// Every status.
    pub const ALL: [Self; 12] = [
        Self::Draft,
        Self::Requested,
        Self::Received,
        Self::Accepted,
        Self::Rejected,
        Self::Ready,
        Self::Cancelled,
        Self::InProgress,
        Self::OnHold,
        Self::Failed,
        Self::Completed,
        Self::EnteredInError,
    ];

    /// Whether something is left to do.
    #[must_use]
    pub const fn is_open(self) -> bool {
        !matches!(self, Self::Rejected | Self::Cancelled | Self::Failed | Self::Completed | Self::EnteredInError)
    }

    /// The FHIR code.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Requested => "requested",
            Self::Received => "received",
            Self::Accepted => "accepted",
            Self::Rejected => "rejected",
            Self::Ready => "ready",
            Self::Cancelled => "cancelled",
            Self::InProgress => "in-progress",
            Self::OnHold => "on-hold",
            Self::Failed => "failed",
            Self::Completed => "completed",
            Self::EnteredInError => "entered-in-error",
        }
    }
}

/// What a task asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum TaskKind {
    /// Whatever its words say.
    Todo,
    /// Sign an order given by word of mouth.
    SignOrder,
    /// Decide a refill request.
    DecideRefill,
    /// Look at a result and sign it off.
    SignResult,
    /// Act on a critical value and say so.
    AcknowledgeCritical,
    /// Sign one's own note.
    SignNote,
    /// Sign a colleague's note as well.
    CosignNote,
}

/// Something to be done for a patient.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct Task {
    /// What it asks for.
    pub kind: TaskKind,
    /// In words.
    pub text: String,
    /// Where it stands.
    pub status: TaskStatus,
    /// FHIR request-priority: `routine`, `urgent`, `asap`, `stat`.
    pub priority: String,
    /// The item it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub focus: Option<Uuid>,
    /// Whose it is; nobody's in particular while it is absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<Uuid>,
    /// The owner's name as displayed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner_name: Option<String>,
    /// Made when, ISO instant.
    pub made: String,
    /// To be done until, ISO day or instant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<String>,
    /// What was said when it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<String>,
}

/// Who is told of an open task, each circle with those inside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum Circle {
    /// Its owner; everybody on the care team while it has none.
    Owner,
    /// Everybody on the care team.
    CareTeam,
    /// Everybody on the care team, above everything else on their screens.
    Alarm,
}

/// Minutes until a critical value is told to the whole care team.
pub const CRITICAL_TO_TEAM: i64 = 15;
/// Minutes until it is an alarm.
pub const CRITICAL_TO_ALARM: i64 = 30;
/// Minutes until an order given by word of mouth is overdue.
pub const VERBAL_OVERDUE: i64 = 24 * 60;

impl Task {
    /// Who is told of it, so many minutes after it was made and so many before it is due (fewer than none: overdue).
    #[must_use]
    pub fn circle(&self, age: i64, left: Option<i64>) -> Circle {
        match self.kind {
            TaskKind::AcknowledgeCritical if age >= CRITICAL_TO_ALARM => Circle::Alarm,
            TaskKind::AcknowledgeCritical if age >= CRITICAL_TO_TEAM => Circle::CareTeam,
            _ if left.is_some_and(|left| left < 0) => Circle::CareTeam,
            _ => Circle::Owner,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn task(kind: TaskKind) -> Task {
        Task {
            kind,
            text: "Potassium 7.1 mmol/L".into(),
            status: TaskStatus::Requested,
            priority: "stat".into(),
            focus: None,
            owner: None,
            owner_name: None,
            made: "2026-11-22T09:41:00Z".into(),
            due: None,
            outcome: None,
        }
    }

    #[test]
    fn a_critical_value_is_told_to_ever_more_people_until_somebody_says_he_has_seen_it() {
        let circle = |age| task(TaskKind::AcknowledgeCritical).circle(age, None);
        let expected = [(0, Circle::Owner), (14, Circle::Owner), (15, Circle::CareTeam), (30, Circle::Alarm)];
        for (age, expected) in expected {
            assert_eq!(circle(age), expected, "{age} minutes");
        }
    }

    #[test]
    fn any_other_task_is_its_owners_until_it_is_overdue() {
        assert_eq!(task(TaskKind::SignOrder).circle(10_000, Some(0)), Circle::Owner);
        assert_eq!(task(TaskKind::SignOrder).circle(10_000, Some(-1)), Circle::CareTeam);
        assert_eq!(task(TaskKind::Todo).circle(10_000, None), Circle::Owner);
    }
}
