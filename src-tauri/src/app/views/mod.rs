//! What may reach the screen: every type here is built only from sections the reader may see.
//!
//! A field that a role may not see is absent from the JSON, not null. Dates are ISO 8601 (`YYYY`, `YYYY-MM` or
//! `YYYY-MM-DD`; instants with offset); the screen formats them.

mod chart;
mod directives;
mod documents;
mod drafts;
mod item;
mod patients;
mod people;
mod print;
mod schedule;
mod search;
mod status;
mod worklist;
mod workstations;

use crate::clock::Timestamp;
use crate::session::LockCause;
use crate::store::StoreKind;
use serde::Serialize;
use ts_rs::TS;

pub use chart::{
    AllergyBanner, AllergyView, Banner, ChartRights, ChartView, ContactView, CoverageView, EncounterView, EntryView,
    GlassView, MedicationView, NationalIdView, NoteView, PointView, ProblemView, ProvisionalView, RefillView,
    SavedProblem, SeriesView,
};
pub use directives::{DirectiveView, DirectivesView};
pub use documents::{AttachedPageView, DocumentView};
pub use drafts::{DraftView, DraftsView};
pub use item::{
    AdministrationView, ChangeView, CodeSuggestion, CodesView, EntryContent, ItemHistoryView, ItemView, SavedItem,
    SavedVitals, VersionView,
};
pub use patients::{
    CheckedRegistration, CorrectionView, DetailRights, DetailsView, Difference, DuplicatesPage, LikelyPair, LookAlike,
    LookAlikesOf, MergedView, PatientChange, PatientHistoryView, PhotoView, Registered, SavedDetails, ScannedView,
    Standing,
};
pub use people::{
    ConfirmedView, ErasureRow, ErasuresView, NewUserView, RecoveryTested, RequestRow, RequestsView, UserRow, UsersView,
    WaitingView,
};
pub use print::{PrintMark, PrintPage, PrintView, PrintVisit, SavedPrint};
pub use schedule::{
    AccountView, AmendmentToDo, AmendmentView, AmendmentsView, BoardRow, BookedView, ChangedVisit, CoverageToDo,
    DayView, DeskLists, DueReminder, Figure, FigureOf, FreeSlotView, FreeSlots, MonthDay, MonthView, MyDay, NotFree,
    PublicBoard, RemindersView, ScheduleDays, ScheduleRights, SentReminders, SettingsView, ToDoView, VisitView,
    WaitingList, WishView,
};
pub use search::{AppointmentView, LikelyPatient, LookAlikes, ScheduleView, SearchPage, SearchRow};
pub use status::{CheckView, StatusView, XrayRow, XrayView};
pub use worklist::{ColleagueView, ShiftKind, ShiftRow, ShiftView, TaskView, TimelineRow, TimelineView, WorklistView};
pub use workstations::{
    ApprovedView, EnrolmentRow, RetiredView, TicketRow, TicketView, WorkstationRow, WorkstationsView,
};

/// Marks a type that holds nothing beyond what its reader may see. Storage's own record types never implement it.
pub trait ForUi: Serialize {}

macro_rules! for_ui { ($($view:ty),+ $(,)?) => { $(impl ForUi for $view {})+ } }
for_ui!(
    SeatView,
    SearchPage,
    LookAlikes,
    ChartView,
    SavedProblem,
    NationalIdView,
    StatusView,
    XrayView,
    ScheduleView,
    Done
);
for_ui!(CodesView, SavedItem, SavedVitals, ItemView, ItemHistoryView, TimelineView, WorklistView, ShiftView);
for_ui!(super::interactions::InteractionsView);
for_ui!(DraftsView, GlassView);
for_ui!(super::care::CareView, super::care::CohortPage, super::care::AnswersPage);
for_ui!(PrintView, SavedPrint);
for_ui!(ErasuresView, RecoveryTested);
for_ui!(CheckedRegistration, Registered, DetailsView, SavedDetails, PatientHistoryView, LookAlikesOf, ScannedView);
for_ui!(AttachedPageView, PhotoView, DuplicatesPage);
for_ui!(WorkstationsView, ApprovedView, TicketView, Vec<TicketRow>);
for_ui!(UsersView, NewUserView, RequestsView, ConfirmedView);

/// What others changed of what this session shows, since it was asked last.
#[derive(Serialize, TS)]
pub struct ChangesView {
    /// Of the chart that was opened last.
    pub chart: Option<super::watch::ChangedView>,
    /// Whether the days of the schedule that were shown last are others now.
    pub schedule: bool,
}

/// An answer without content.
#[derive(Serialize, TS)]
pub struct Done {}

/// Who holds the seat and what may be done next. Needs no session.
#[derive(Clone, Serialize, TS)]
pub struct SeatView {
    /// Vacant, open or locked.
    pub state: SeatState,
    /// The clinic's name.
    pub site: String,
    /// True for a demo clinic: the banner says so on every screen.
    pub demo: bool,
    /// Demo sign-ins to show on the sign-in screen; empty outside a demo.
    pub demo_users: Vec<DemoUser>,
    /// Which store answers.
    pub store: StoreKind,
    /// Version of the role table.
    pub policy: String,
    /// Product version.
    pub version: String,
}

/// A demo sign-in, shown only on a demo store.
#[derive(Clone, Serialize, TS)]
pub struct DemoUser {
    /// User name to type.
    pub username: String,
    /// Role in words, e.g. `doctor`.
    pub role: String,
    /// The published password.
    pub password: String,
}

/// The seat as a state.
#[derive(Clone, Serialize, TS)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum SeatState {
    /// Nobody is signed in.
    Vacant,
    /// The workstation was taken out of use; nobody signs in here any more.
    Retired {
        /// What is kept of it.
        record: RetiredView,
    },
    /// Someone works.
    Open {
        /// Who.
        user: UserView,
        /// Milliseconds of idleness until the details blur.
        blur_in_ms: u64,
        /// Milliseconds until the warning bar shows.
        warn_in_ms: u64,
        /// Milliseconds until the lock.
        lock_in_ms: u64,
        /// The password was given by somebody else: nothing but choosing an own one is possible.
        choose_password: bool,
        /// Access that was ordered and not confirmed yet.
        waiting: Vec<WaitingView>,
    },
    /// Locked; only initials are shown.
    Locked {
        /// Initials of the holder, e.g. `R.O.`.
        initials: String,
        /// Role in words.
        role: String,
        /// Why.
        cause: LockCause,
        /// Since when.
        since: Timestamp,
        /// The idle time that led to the lock, in seconds, when `cause` is idle.
        idle_s: Option<u64>,
    },
}

/// The signed-in user, as shown in the footer.
#[derive(Clone, Serialize, TS)]
pub struct UserView {
    /// Display name, e.g. `Dr. R. Osei`.
    pub name: String,
    /// Initials.
    pub initials: String,
    /// Role code: `doctor`, `nurse`, `front_desk`, `administrator`, `auditor`.
    pub role: String,
}
