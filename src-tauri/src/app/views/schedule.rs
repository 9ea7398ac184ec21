//! The schedule on the screen. Front-desk facts only: nothing here comes from a clinical section.

use super::ForUi;
use crate::record::schedule::{Clash, Hours, Provider, ReminderKind, SiteSchedule, Times, VisitType};
use crate::record::{Amendment, Authorization, Balance, CoverageCheck, CoverageWarning};
use serde::Serialize;
use std::collections::BTreeMap;
use ts_rs::TS;
use uuid::Uuid;

/// A visit.
#[derive(Clone, Serialize, TS)]
pub struct VisitView {
    /// Item id.
    pub item: Uuid,
    /// Patient id.
    pub patient: Uuid,
    /// Revision of what is shown.
    pub rev: i64,
    /// `SURNAME, Given`; empty for a patient whose record is damaged.
    pub name: String,
    /// ISO date, possibly partial.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub birth_date: Option<String>,
    /// Another patient on the list has this name, but for one letter.
    pub similar_name: bool,
    /// The day at the clinic, `YYYY-MM-DD`; empty for a wish.
    pub day: String,
    /// Minutes since midnight, by the clinic's clock.
    pub minute: u16,
    /// Start, ISO instant with offset.
    pub start: String,
    /// Length in minutes.
    pub minutes: u32,
    /// Provider's name; empty for a wish that takes anybody.
    pub provider: String,
    /// Whether the reader is that provider.
    pub mine: bool,
    /// Visit type in words.
    pub visit_type: String,
    /// `waitlist`, `booked`, `arrived`, `roomed`, `seen`, `out`, `cancelled`, `noshow`, `rescheduled`; an imported visit
    /// may have another word.
    pub status: String,
    /// Room.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub room: Option<String>,
    /// Devices.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub devices: Option<Vec<String>>,
    /// When it came to each state.
    pub times: Times,
    /// What the public board calls the patient.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub token: Option<String>,
    /// Where the patient is checked in.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub unit: Option<String>,
    /// What was said of the insurance at the check-in, as a code; for those who see who pays.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub insurance: Option<String>,
    /// Forms that were signed at the check-in, as codes.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub forms: Option<Vec<String>>,
    /// Why it was cancelled or moved, as a code.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub reason: Option<String>,
    /// Why it stands where another stands, as a code.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub overbooked: Option<String>,
    /// Who has a letter ready for the patient to take along.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub letter: Option<String>,
    /// The same for all visits of a series.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub series: Option<String>,
}

/// A day of the schedule.
#[derive(Serialize, TS)]
pub struct DayView {
    /// `YYYY-MM-DD`.
    pub day: String,
    /// Opening hours; empty when closed.
    pub open: Vec<Hours>,
    /// The holiday's name, if it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub holiday: Option<String>,
    /// Providers who are away.
    pub away: Vec<String>,
}

/// What may be done here. For a clinician it may still depend on the patient.
#[derive(Serialize, TS)]
pub struct ScheduleRights {
    /// Book, move and cancel for anybody.
    pub book: bool,
    /// Check anybody in.
    pub check_in: bool,
    /// See who pays.
    pub insurance: bool,
}

/// Some days of the schedule.
#[derive(Serialize, TS)]
pub struct ScheduleDays {
    /// Today at the clinic, `YYYY-MM-DD`.
    pub today: String,
    /// Now, by the clinic's clock, ISO instant with offset.
    pub now: String,
    /// Now in minutes since midnight.
    pub minute: u16,
    /// The days.
    pub days: Vec<DayView>,
    /// Who sees patients.
    pub providers: Vec<Provider>,
    /// What can be booked.
    pub visit_types: Vec<VisitType>,
    /// Rooms.
    pub rooms: Vec<String>,
    /// Devices.
    pub devices: Vec<String>,
    /// In order of time.
    pub visits: Vec<VisitView>,
    /// What may be done.
    pub may: ScheduleRights,
    /// Visits that failed their integrity check and aren't shown.
    pub damaged: u64,
}

/// A month.
#[derive(Serialize, TS)]
pub struct MonthView {
    /// Today at the clinic.
    pub today: String,
    /// Every day of the month.
    pub days: Vec<MonthDay>,
    /// Who sees patients.
    pub providers: Vec<Provider>,
    /// Visits that failed their integrity check and aren't counted.
    pub damaged: u64,
}

/// A day of a month.
#[derive(Serialize, TS)]
pub struct MonthDay {
    /// `YYYY-MM-DD`.
    pub day: String,
    /// Whether the clinic is open.
    pub is_open: bool,
    /// The holiday's name, if it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub holiday: Option<String>,
    /// Providers who are away.
    pub away: Vec<String>,
    /// How many visits each provider has.
    #[ts(type = "Record<string, number>")]
    pub visits: BTreeMap<String, u32>,
}

/// A free time.
#[derive(Serialize, TS)]
pub struct FreeSlotView {
    /// `YYYY-MM-DD`.
    pub day: String,
    /// Minutes since midnight.
    pub minute: u16,
    /// With whom.
    pub provider: String,
}

/// Free times.
#[derive(Serialize, TS)]
pub struct FreeSlots {
    /// In order of time.
    pub slots: Vec<FreeSlotView>,
    /// There are more.
    pub more: bool,
}

/// What became of a booking.
#[derive(Serialize, TS)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum BookedView {
    /// Booked.
    Booked {
        /// All of a series.
        visits: Vec<VisitView>,
    },
    /// Nothing was booked.
    NotFree {
        /// What stands against it.
        obstacles: Vec<NotFree>,
    },
}

/// A time that isn't free.
#[derive(Serialize, TS)]
pub struct NotFree {
    /// `YYYY-MM-DD`.
    pub day: String,
    /// Minutes since midnight.
    pub minute: u16,
    /// What stands against it.
    pub clashes: Vec<Clash>,
}

/// A visit after a step, and who would take its time if it became free.
#[derive(Serialize, TS)]
pub struct ChangedVisit {
    /// The visit.
    pub visit: VisitView,
    /// Of the waiting list, longest waiting first.
    pub offers: Vec<WishView>,
}

/// Somebody who waits.
#[derive(Serialize, TS)]
pub struct WishView {
    /// Who, for what and with whom.
    pub visit: VisitView,
    /// First day.
    pub from: String,
    /// Last day.
    pub until: String,
    /// `morning`, `afternoon` or absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub part: Option<String>,
    /// Since when, ISO instant.
    pub since: String,
}

/// Everybody who waits.
#[derive(Serialize, TS)]
pub struct WaitingList {
    /// Longest waiting first.
    pub wishes: Vec<WishView>,
    /// Wishes that failed their integrity check.
    pub damaged: u64,
}

/// The board of the waiting room. Tokens only.
#[derive(Serialize, TS)]
pub struct PublicBoard {
    /// The clinic's name.
    pub clinic: String,
    /// Now, ISO instant.
    pub now: String,
    /// Those who were called first, then by waiting time.
    pub rows: Vec<BoardRow>,
}

/// Somebody who waits, as everybody may see.
#[derive(Serialize, TS)]
pub struct BoardRow {
    /// Today's token.
    pub token: String,
    /// Whether the patient is asked to come.
    pub called: bool,
    /// Where to.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub room: Option<String>,
    /// Since the check-in.
    pub waiting_minutes: u32,
}

/// The schedule settings, for an administrator.
#[derive(Serialize, TS)]
pub struct SettingsView {
    /// Which version; 0 while nobody has set anything.
    pub version: i64,
    /// What holds.
    pub schedule: SiteSchedule,
}

/// The day in figures.
#[derive(Serialize, TS)]
pub struct MyDay {
    /// Today at the clinic.
    pub day: String,
    /// Counted just now.
    pub figures: Vec<Figure>,
    /// Whoever is here or comes next.
    pub next: Vec<VisitView>,
    /// Requests to amend a record that aren't decided, the most pressing first; for desk and doctors.
    pub amendments: Vec<AmendmentToDo>,
    /// What the desk's figures are made of; for the front desk.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub desk: Option<DeskLists>,
}

/// What is to be done at the desk today, person by person.
#[derive(Serialize, TS)]
pub struct DeskLists {
    /// Who came today and has signed nothing.
    pub forms: Vec<ToDoView>,
    /// Who is to be called: missed today, or to be reminded without an e-mail address.
    pub calls: Vec<ToDoView>,
    /// Whose record was made today.
    pub new: Vec<ToDoView>,
    /// About whose coverage a carrier is to be asked before the visit of today.
    pub coverage: Vec<CoverageToDo>,
}

/// Somebody about whose coverage a carrier is to be asked.
#[derive(Serialize, TS)]
pub struct CoverageToDo {
    /// Patient id.
    pub patient: Uuid,
    /// `SURNAME, Given`.
    pub name: String,
    /// When the visit begins.
    pub start: String,
    /// What about.
    pub warnings: Vec<CoverageWarning>,
    /// Only of whom another on the page could be taken for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub birth_date: Option<String>,
}

/// Somebody for whom something is to be done.
#[derive(Serialize, TS)]
pub struct ToDoView {
    /// Patient id.
    pub patient: Uuid,
    /// `SURNAME, Given`.
    pub name: String,
    /// When the visit begins, or record number.
    pub about: String,
    /// `unsigned`, `missed`, `no_address` or `registered`.
    pub why: &'static str,
    /// Only of whom another on the page could be taken for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub birth_date: Option<String>,
}

/// A figure.
#[derive(Serialize, TS)]
pub struct Figure {
    /// Of what.
    pub of: FigureOf,
    /// How many.
    pub count: u64,
}

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum FigureOf {
    /// Visits today that weren't cancelled or missed.
    VisitsToday,
    /// Booked, and their time hasn't come.
    StillToCome,
    /// Checked in, not in a room yet.
    Waiting,
    /// In a room.
    InRooms,
    /// Seen, not checked out.
    ToCheckOut,
    /// In the house, not seen yet, and no vital sign recorded today.
    VitalsDue,
    /// Their time has come and they haven't.
    Missed,
    /// On the waiting list.
    OnWaitingList,
    /// Reminders that are due.
    RemindersDue,
    /// Patients whose record was made today.
    NewPatients,
    /// Who came today and has signed nothing.
    FormsToSign,
    /// Who is to be called.
    CallsToMake,
    /// About whose coverage a carrier is to be asked.
    CoverageToCheck,
    /// Requests to amend a record that aren't decided.
    AmendmentsToDecide,
}

/// Reminders that are due.
#[derive(Serialize, TS)]
pub struct RemindersView {
    /// Each.
    pub due: Vec<DueReminder>,
}

/// A reminder that is due.
#[derive(Serialize, TS)]
pub struct DueReminder {
    /// The visit's item.
    pub item: Uuid,
    /// Which.
    pub kind: ReminderKind,
    /// The visit's start.
    pub start: String,
    /// How often it was tried.
    pub tries: u32,
    /// Whether the patient has an e-mail address on file.
    pub has_address: bool,
}

/// What became of reminders.
#[derive(Default, Serialize, TS)]
pub struct SentReminders {
    /// Taken by the relay.
    pub sent: u64,
    /// Not taken; tried again later.
    pub failed: u64,
    /// Nowhere to send them to.
    pub without_address: u64,
}

/// A patient's account: whether the coverage was asked about, and what is owed.
#[derive(Serialize, TS)]
pub struct AccountView {
    /// What writes from this window name; nil where it wasn't opened to write.
    pub handle: Uuid,
    /// Today at the clinic, `YYYY-MM-DD`.
    pub today: String,
    /// Carriers on file, primary first.
    pub carriers: Vec<String>,
    /// What they answered, the newest first.
    pub checks: Vec<CoverageCheck>,
    /// What they were asked to authorize, the newest first.
    pub authorizations: Vec<Authorization>,
    /// What is owed, if anybody has noted it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub balance: Option<Balance>,
    /// What to ask the carriers about.
    pub warnings: Vec<CoverageWarning>,
}

/// What a patient asks to have amended.
#[derive(Serialize, TS)]
pub struct AmendmentsView {
    /// Today at the clinic, `YYYY-MM-DD`.
    pub today: String,
    /// The newest first.
    pub requests: Vec<AmendmentView>,
    /// Whether the reader may write one down.
    pub may_note: bool,
    /// Whether the reader may decide.
    pub may_decide: bool,
}

/// A request and its time.
#[derive(Serialize, TS)]
pub struct AmendmentView {
    /// The request.
    pub request: Amendment,
    /// The last day to decide on, `YYYY-MM-DD`.
    pub due: String,
    /// In so many days; below nothing when it is over.
    pub days: i64,
    /// Whether its time may be extended.
    pub may_be_extended: bool,
    /// Whether the decision is attached to an entry of the chart.
    pub attached: bool,
}

/// A request that isn't decided.
#[derive(Serialize, TS)]
pub struct AmendmentToDo {
    /// Patient id.
    pub patient: Uuid,
    /// `SURNAME, Given`.
    pub name: String,
    /// Received on, `YYYY-MM-DD`.
    pub received: String,
    /// The last day to decide on.
    pub due: String,
    /// In so many days; below nothing when it is over.
    pub days: i64,
    /// Only of whom another on the page could be taken for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub birth_date: Option<String>,
}

macro_rules! for_ui { ($($view:ty),+ $(,)?) => { $(impl ForUi for $view {})+ } }
for_ui!(ScheduleDays, MonthView, FreeSlots, BookedView, ChangedVisit, WishView, WaitingList, PublicBoard, SettingsView);
for_ui!(MyDay, RemindersView, SentReminders, AccountView, AmendmentsView);
