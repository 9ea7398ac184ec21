//! What may reach the screen: every type here is built only from sections the reader may see.
//!
//! A field that a role may not see is absent from the JSON, not null. Dates are ISO 8601 (`YYYY`, `YYYY-MM` or
//! `YYYY-MM-DD`; instants with offset); the screen formats them.

use crate::clock::Timestamp;
use crate::record::{Fit, Problem};
use crate::session::LockCause;
use crate::store::StoreKind;
use serde::Serialize;
use ts_rs::TS;
use uuid::Uuid;

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
for_ui!(ErasuresView, RecoveryTested);
for_ui!(UsersView, NewUserView, RequestsView, ConfirmedView);

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

/// The seat as a state.
#[derive(Clone, Serialize, TS)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum SeatState {
    /// Nobody is signed in.
    Vacant,
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

/// One page of search results.
#[derive(Serialize, TS)]
pub struct SearchPage {
    /// The rows, ranked.
    pub rows: Vec<SearchRow>,
    /// How many patients match in all.
    pub total: u64,
    /// Position of the first row.
    pub offset: u64,
    /// More may match than `total` says: what was typed is too little to tell.
    pub more: bool,
}

/// Patients who may be the person that was asked for, the likeliest first.
#[derive(Serialize, TS)]
pub struct LookAlikes {
    /// The rows.
    pub rows: Vec<LikelyPatient>,
    /// How many records were opened to find them.
    pub opened: u64,
}

/// One of them.
#[derive(Serialize, TS)]
pub struct LikelyPatient {
    /// Who.
    pub row: SearchRow,
    /// How alike, from 0 to 1000.
    pub likeness: u32,
}

/// A patient in a list: directory fields only, no clinical one (AZ-14).
#[derive(Serialize, TS)]
#[ts(optional_fields)]
pub struct SearchRow {
    /// Patient id.
    pub patient: Uuid,
    /// Surname as written.
    pub surname: String,
    /// Given names as written.
    pub given: String,
    /// Birth date, possibly partial; absent when unknown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub birth_date: Option<String>,
    /// Age in whole years, when the birth date allows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub age: Option<u32>,
    /// `female`, `male`, `other`, `unknown`.
    pub sex: String,
    /// Medical record number.
    pub mrn: String,
    /// Last four digits of the first phone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone_last4: Option<String>,
    /// Deceased.
    pub deceased: bool,
    /// Another row on this page has the same or a very similar name.
    pub similar_name: bool,
    /// How it fits what was searched for.
    pub fit: Fit,
    /// The stored record failed its integrity check: nothing of it is shown.
    pub damaged: bool,
}

/// The chart as this role may see it.
#[derive(Serialize, TS)]
#[ts(optional_fields)]
pub struct ChartView {
    /// Patient id.
    pub patient: Uuid,
    /// The banner.
    pub banner: Banner,
    /// What this user may change here.
    pub may: ChartRights,
    /// Phones, e-mail, addresses.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contact: Option<ContactView>,
    /// Coverage.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub insurance: Option<Vec<CoverageView>>,
    /// Social security number, masked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub national_id: Option<NationalIdView>,
    /// Appointments, next first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub appointments: Option<Vec<AppointmentView>>,
    /// Problem list.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problems: Option<Vec<ProblemView>>,
    /// Medication list.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub medications: Option<Vec<MedicationView>>,
    /// Allergies.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allergies: Option<Vec<AllergyView>>,
    /// Vital signs and results as series, one for each code, newest value first in `points`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub observations: Option<Vec<SeriesView>>,
    /// Notes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notes: Option<Vec<NoteView>>,
    /// Visits, newest first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub encounters: Option<Vec<EncounterView>>,
    /// Immunizations, procedures, reports and care plans: what and when.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub other: Option<Vec<EntryView>>,
    /// How many imported resources are kept and not shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kept: Option<u64>,
    /// Items that failed their integrity check: refused, reported, never shown.
    pub damaged_items: u64,
}

/// Who this is; on every patient screen.
#[derive(Serialize, TS)]
#[ts(optional_fields)]
pub struct Banner {
    /// Surname as written.
    pub surname: String,
    /// Given names as written.
    pub given: String,
    /// Birth date, possibly partial.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub birth_date: Option<String>,
    /// Age in whole years.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub age: Option<u32>,
    /// `female`, `male`, `other`, `unknown`.
    pub sex: String,
    /// Medical record number.
    pub mrn: String,
    /// Deceased.
    pub deceased: bool,
    /// Test patient.
    pub test: bool,
    /// Allergies in words; absent for roles that may not see them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allergies: Option<AllergyBanner>,
}

/// The five states of allergies (CL-19), most important first.
#[derive(Serialize, TS)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum AllergyBanner {
    /// At least one allergy or intolerance is recorded.
    Recorded {
        /// Substances with high criticality.
        severe: Vec<String>,
        /// Other allergies.
        mild: Vec<String>,
        /// Intolerances.
        intolerances: Vec<String>,
    },
    /// Asked, and none is known.
    NoneKnown {
        /// Confirmed when.
        #[serde(skip_serializing_if = "Option::is_none")]
        confirmed: Option<String>,
        /// By whom.
        #[serde(skip_serializing_if = "Option::is_none")]
        by: Option<String>,
    },
    /// Nobody has asked.
    NotRecorded,
}

/// What the user may change in this chart; the core decides again at every command.
#[derive(Default, Serialize, TS)]
pub struct ChartRights {
    /// Add and edit problems.
    pub edit_problems: bool,
    /// Enter a social security number.
    pub enter_national_id: bool,
    /// Reveal the social security number, with a reason.
    pub reveal_national_id: bool,
}

/// How to reach the patient.
#[derive(Default, Serialize, TS)]
#[ts(optional_fields)]
pub struct ContactView {
    /// Phones as written, in order.
    pub phones: Vec<String>,
    /// E-mail address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Addresses on one line each.
    pub addresses: Vec<String>,
    /// Emergency contact on one line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub emergency: Option<String>,
    /// Language of communication.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
}

/// One coverage.
#[derive(Serialize, TS)]
#[ts(optional_fields)]
pub struct CoverageView {
    /// Carrier.
    pub carrier: String,
    /// Policy number.
    pub policy: String,
    /// Group number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
}

/// A social security number as far as the role may see it.
#[derive(Serialize, TS)]
#[ts(optional_fields)]
pub struct NationalIdView {
    /// One is on file.
    pub on_file: bool,
    /// Last four digits, for roles that may see them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last4: Option<String>,
    /// The whole number, only in the answer to a reveal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revealed: Option<String>,
}

/// An appointment.
#[derive(Serialize, TS)]
pub struct AppointmentView {
    /// Item id.
    pub item: Uuid,
    /// Patient id.
    pub patient: Uuid,
    /// Patient's name as in lists, `SURNAME, Given`.
    pub name: String,
    /// Start, ISO instant with offset.
    pub start: String,
    /// Length in minutes.
    pub minutes: u32,
    /// Provider's name.
    pub provider: String,
    /// Visit type in words.
    pub visit_type: String,
    /// `booked`, `arrived`, `fulfilled`, `cancelled`, `noshow`.
    pub status: String,
}

/// Today's appointments.
#[derive(Serialize, TS)]
pub struct ScheduleView {
    /// The day, ISO date.
    pub day: String,
    /// In order of time.
    pub appointments: Vec<AppointmentView>,
}

/// A problem on the list, with the revision an edit must name.
#[derive(Clone, Serialize, TS)]
pub struct ProblemView {
    /// Item id.
    pub item: Uuid,
    /// Revision that was read.
    pub rev: i64,
    /// Content.
    pub problem: Problem,
    /// Last changed, ISO instant.
    pub changed: String,
    /// By whom.
    pub by: String,
}

/// The outcome of saving a problem.
#[derive(Serialize, TS)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum SavedProblem {
    /// Written.
    Saved {
        /// As it now stands.
        saved: ProblemView,
    },
    /// Someone saved another revision meanwhile: nothing was overwritten.
    Conflict {
        /// What is stored now.
        current: ProblemView,
    },
}

/// A medication.
#[derive(Serialize, TS)]
#[ts(optional_fields)]
pub struct MedicationView {
    /// Item id.
    pub item: Uuid,
    /// Drug in words.
    pub text: String,
    /// Dose, route and frequency in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dosage: Option<String>,
    /// `active`, `stopped`, `completed`, `on-hold`, `cancelled`, `draft`, `unknown`.
    pub status: String,
    /// Ordered when.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ordered: Option<String>,
}

/// An allergy or intolerance.
#[derive(Serialize, TS)]
#[ts(optional_fields)]
pub struct AllergyView {
    /// Item id.
    pub item: Uuid,
    /// Substance.
    pub substance: String,
    /// `allergy` or `intolerance`.
    pub kind: String,
    /// `high`, `low`, `unable-to-assess`; absent when not said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub criticality: Option<String>,
    /// Reaction in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reaction: Option<String>,
    /// `active`, `inactive`, `resolved`.
    pub status: String,
}

/// One kind of observation over time.
#[derive(Serialize, TS)]
#[ts(optional_fields)]
pub struct SeriesView {
    /// Code, e.g. LOINC `8480-6`.
    pub code: String,
    /// Name in words.
    pub name: String,
    /// `vital-signs`, `laboratory`, `survey`, `other`.
    pub category: String,
    /// Unit as recorded; empty when there is none.
    pub unit: String,
    /// Values, newest first, at most 200.
    pub points: Vec<PointView>,
    /// How many values there are in all.
    pub count: u64,
    /// Reference band, when one is recorded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub low: Option<f64>,
    /// Upper end of the band.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub high: Option<f64>,
}

/// One observed value.
#[derive(Serialize, TS)]
#[ts(optional_fields)]
pub struct PointView {
    /// Observed when, ISO.
    pub at: String,
    /// Number, when it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<f64>,
    /// Words, when it isn't a number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// `low`, `high`, `critical`, when outside the band.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub flag: Option<String>,
}

/// A clinical note.
#[derive(Serialize, TS)]
pub struct NoteView {
    /// Item id.
    pub item: Uuid,
    /// Title.
    pub title: String,
    /// Written when, ISO.
    pub at: String,
    /// By whom.
    pub author: String,
    /// Text.
    pub text: String,
}

/// A visit.
#[derive(Serialize, TS)]
#[ts(optional_fields)]
pub struct EncounterView {
    /// Item id.
    pub item: Uuid,
    /// Start, ISO.
    pub start: String,
    /// End, ISO.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end: Option<String>,
    /// Class or type in words.
    pub kind: String,
    /// Reason in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// `planned`, `in-progress`, `finished`, …
    pub status: String,
}

/// Something that happened: what and when.
#[derive(Serialize, TS)]
#[ts(optional_fields)]
pub struct EntryView {
    /// Item id.
    pub item: Uuid,
    /// `immunization`, `procedure`, `report`, `care_plan`.
    pub kind: String,
    /// What.
    pub text: String,
    /// When, ISO.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
    /// Status word.
    pub status: String,
}

/// The status panel (EN-12): self-check of encryption, store, keychain, audit, version.
#[derive(Serialize, TS)]
pub struct StatusView {
    /// One line for each thing checked.
    pub checks: Vec<CheckView>,
    /// Product version.
    pub version: String,
    /// libmongocrypt version.
    pub libmongocrypt: String,
    /// Version of the role table and the first bytes of its hash.
    pub policy: String,
}

/// One self-check.
#[derive(Serialize, TS)]
pub struct CheckView {
    /// `encryption`, `store`, `keychain`, `audit`, `keys`.
    pub what: String,
    /// Passed.
    pub ok: bool,
    /// Figures and names, never patient data.
    pub detail: String,
}

/// One stored record as it lies in the store (EN-11).
#[derive(Serialize, TS)]
pub struct XrayView {
    /// Its random id.
    pub record: Uuid,
    /// Every stored value, in stored order.
    pub rows: Vec<XrayRow>,
}

/// One stored value.
#[derive(Serialize, TS)]
pub struct XrayRow {
    /// Dotted path in the stored document.
    pub path: String,
    /// `unindexed`, `equality`, `range`, `text`, `deterministic`, `sealed`, `tags` or `clear`.
    pub form: String,
    /// The data key it is encrypted under.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub key: Option<Uuid>,
    /// What that key is for; only of keys this session holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub purpose: Option<String>,
    /// How many bytes are stored.
    pub length: u64,
    /// The first of them, in hexadecimal.
    pub bytes: String,
    /// What they say, as JSON; absent for whoever may not read it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub means: Option<String>,
}
