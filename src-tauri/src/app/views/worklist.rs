//! Tasks and the timeline.

use crate::record::{Circle, InError, Label, Section, TaskKind, TaskStatus};
use serde::Serialize;
use std::collections::BTreeMap;
use ts_rs::TS;
use uuid::Uuid;

/// What is to be done, most pressing first.
#[derive(Serialize, TS)]
pub struct WorklistView {
    /// Open tasks.
    pub tasks: Vec<TaskView>,
    /// Who may be given something to do.
    pub colleagues: Vec<ColleagueView>,
    /// Items that failed their integrity check: refused, reported, never shown.
    pub damaged: u64,
}

/// Somebody who treats patients.
#[derive(Serialize, TS)]
pub struct ColleagueView {
    /// User name.
    pub username: String,
    /// As displayed.
    pub name: String,
    /// Role code.
    pub role: String,
}

/// An open task.
#[derive(Serialize, TS)]
#[ts(optional_fields)]
pub struct TaskView {
    /// Item id.
    pub item: Uuid,
    /// Revision that was read.
    pub rev: i64,
    /// Whose.
    pub patient: Uuid,
    /// `SURNAME, Given`; empty within the patient's own chart.
    pub name: String,
    /// The patient's, ISO, maybe partial; absent within the patient's own chart.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub birth_date: Option<String>,
    /// What it asks for.
    pub kind: TaskKind,
    /// In words.
    pub text: String,
    /// Where it stands.
    pub status: TaskStatus,
    /// `routine`, `urgent`, `asap`, `stat`.
    pub priority: String,
    /// The item it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub focus: Option<Uuid>,
    /// Whose to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner_name: Option<String>,
    /// The reader's own.
    pub mine: bool,
    /// On the reader's list: own, nobody's, or told to everybody by now.
    pub told: bool,
    /// Who is told of it by now.
    pub circle: Circle,
    /// Made when, ISO instant.
    pub made: String,
    /// To be done until, ISO day or instant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due: Option<String>,
    /// That time is over.
    pub overdue: bool,
}

/// A page of a timeline, newest first.
#[derive(Serialize, TS)]
pub struct TimelineView {
    /// Rows.
    pub rows: Vec<TimelineRow>,
    /// How many rows there are in all.
    pub total: u64,
    /// How many of each kind, between the chosen days.
    #[ts(type = "Record<string, number>")]
    pub kinds: BTreeMap<String, u64>,
    /// Items that failed their integrity check: refused, reported, never shown.
    pub damaged: u64,
}

/// Something that was recorded.
#[derive(Serialize, TS)]
#[ts(optional_fields)]
pub struct TimelineRow {
    /// Item id.
    pub item: Uuid,
    /// Revision that was read.
    pub rev: i64,
    /// The section it stands in.
    pub section: Section,
    /// `problem`, `medication`, `vital`, `result`, `note` …
    pub kind: String,
    /// When, ISO, possibly partial.
    pub at: String,
    /// What.
    pub text: String,
    /// Status word.
    pub status: String,
    /// By whom.
    pub by: String,
    /// Entered in error: when, by whom, why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub in_error: Option<InError>,
    /// It stood in another chart first.
    pub moved: bool,
    /// Why it is sensitive, for who may see that.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub label: Option<Label>,
}

/// What happened in a shift, patient by patient, in order of time.
#[derive(Serialize, TS)]
pub struct ShiftView {
    /// Since when, ISO instant.
    pub since: String,
    /// What happened.
    pub rows: Vec<ShiftRow>,
    /// Items that failed their integrity check: refused, reported, never shown.
    pub damaged: u64,
}

/// Something that happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ShiftKind {
    /// A result came.
    Result,
    /// A vital sign is out of range.
    Vital,
    /// A dose was given.
    Given,
    /// A dose wasn't given.
    NotGiven,
    /// An order was signed.
    OrderSigned,
    /// An order was given by word of mouth.
    OrderVerbal,
    /// A note was written.
    Note,
    /// A note was signed.
    NoteSigned,
}

/// What happened, with its way to the item.
#[derive(Clone, Serialize, TS)]
pub struct ShiftRow {
    /// Whose.
    pub patient: Uuid,
    /// `SURNAME, Given`.
    pub name: String,
    /// Item id.
    pub item: Uuid,
    /// Revision that was read.
    pub rev: i64,
    /// The section it stands in.
    pub section: Section,
    /// What kind.
    pub kind: ShiftKind,
    /// When it was written, ISO instant.
    pub at: String,
    /// What.
    pub text: String,
    /// By whom.
    pub by: String,
    /// It stands out: out of range, not given, a reaction, not signed yet.
    pub flagged: bool,
}
