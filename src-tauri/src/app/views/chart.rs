//! The chart: its banner and its sections.

use super::{AdministrationView, AppointmentView, ColleagueView, DocumentView, TaskView};
use crate::record::{Label, NoteState, Order, OrderState, Problem, Refill, Section, Signing};
use serde::Serialize;
use std::collections::BTreeMap;
use ts_rs::TS;
use uuid::Uuid;

/// The chart as this role may see it.
#[derive(Serialize, TS)]
#[ts(optional_fields)]
pub struct ChartView {
    /// Patient id.
    pub patient: Uuid,
    /// What writes from this window carry: it stands for the patient.
    pub handle: Uuid,
    /// The banner.
    pub banner: Banner,
    /// The patient has restricted who may be told, now or from a later day on.
    pub restriction_on_file: bool,
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
    /// What was given of them, newest first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub administrations: Option<Vec<AdministrationView>>,
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
    /// Refill requests, newest first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refills: Option<Vec<RefillView>>,
    /// Open tasks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tasks: Option<Vec<TaskView>>,
    /// Who may be given something to do, for those who give it.
    pub colleagues: Vec<ColleagueView>,
    /// Immunizations, procedures, reports, imaging, referrals and care plans: what and when.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub other: Option<Vec<EntryView>>,
    /// What was attached, newest first, as far as this role may see it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub documents: Option<Vec<DocumentView>>,
    /// Why items are sensitive, by their ids; for who may see them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub labels: Option<BTreeMap<Uuid, Label>>,
    /// How many imported resources are kept and not shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kept: Option<u64>,
    /// Items that failed their integrity check: refused, reported, never shown.
    pub damaged_items: u64,
}

/// Emergency access that was opened.
#[derive(Serialize, TS)]
pub struct GlassView {
    /// Until when, ISO instant.
    pub until: String,
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
    /// A VIP: nobody's name to tell.
    pub vip: bool,
    /// Why the record isn't used any more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inactive: Option<String>,
    /// Registered in haste.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provisional: Option<ProvisionalView>,
    /// The record that goes on in this one's place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub merged_into: Option<Uuid>,
    /// How many records this one goes on for.
    pub absorbed: u64,
    /// Allergies in words; absent for roles that may not see them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allergies: Option<AllergyBanner>,
}

/// What is known of somebody who was registered in haste.
#[derive(Clone, Serialize, TS)]
#[ts(optional_fields)]
pub struct ProvisionalView {
    /// `unknown` or `newborn`.
    pub kind: String,
    /// Age in years as somebody judged it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub estimated_age: Option<u32>,
    /// The first, second … of several born together.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub birth_order: Option<u32>,
    /// Record number of the mother.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mother: Option<String>,
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
    /// The sections this user may write.
    pub edit: Vec<Section>,
    /// Write down orders given by word of mouth.
    pub verbal_orders: bool,
    /// Ask for refills.
    pub request_refills: bool,
    /// Record what was given.
    pub give: bool,
    /// Sign off results.
    pub sign_results: bool,
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
    /// Revision that was read.
    pub rev: i64,
    /// Where the order stands.
    pub state: OrderState,
    /// How it was ordered here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order: Option<Order>,
}

/// A refill request.
#[derive(Serialize, TS)]
pub struct RefillView {
    /// Item id.
    pub item: Uuid,
    /// Revision that was read.
    pub rev: i64,
    /// Content.
    pub refill: Refill,
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
    /// Revision that was read.
    pub rev: i64,
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
    /// Item id.
    pub item: Uuid,
    /// Revision that was read.
    pub rev: i64,
    /// A result nobody has signed off yet.
    pub unsigned: bool,
}

/// A clinical note.
#[derive(Serialize, TS)]
#[ts(optional_fields)]
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
    /// Revision that was read.
    pub rev: i64,
    /// Where it stands.
    pub state: NoteState,
    /// The reader's own.
    pub mine: bool,
    /// How it was signed here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signing: Option<Signing>,
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
    /// Revision that was read.
    pub rev: i64,
}

/// Something that happened: what and when.
#[derive(Serialize, TS)]
#[ts(optional_fields)]
pub struct EntryView {
    /// Item id.
    pub item: Uuid,
    /// `immunization`, `procedure`, `report`, `imaging`, `referral`, `care_plan`.
    pub kind: String,
    /// What.
    pub text: String,
    /// When, ISO.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
    /// Status word.
    pub status: String,
    /// Revision that was read.
    pub rev: i64,
}
