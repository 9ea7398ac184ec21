//! Registration and what follows from it.

use super::{ChangeView, LikelyPatient, SearchRow};
use crate::record::Section;
use crate::record::entered::{EnteredContact, EnteredIdentity, EnteredInsurance};
use crate::record::validate::Invalid;
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use uuid::Uuid;

/// What differs between what is known of two people; only what the reader may see of the other.
#[derive(Clone, Serialize, TS)]
#[ts(optional_fields)]
pub struct Difference {
    /// `name`, `birth_date`, `sex`, `address`, `phone`, `mrn`.
    pub what: &'static str,
    /// Of the one that is asked about or shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub this: Option<String>,
    /// Of the other.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub other: Option<String>,
}

/// What is wrong with what was typed so far, and who is like that.
#[derive(Serialize, TS)]
pub struct CheckedRegistration {
    /// Everything that is wrong, in the order of the form.
    pub invalid: Vec<Invalid>,
    /// Who may be the same person, the likeliest first.
    pub alike: Vec<LikelyPatient>,
    /// How many records were opened to find them.
    pub opened: u64,
}

/// What became of a registration.
#[derive(Serialize, TS)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum Registered {
    /// The patient is on file.
    Registered {
        /// Patient id.
        patient: Uuid,
        /// Record number.
        mrn: String,
        /// What a scanner reads from the wristband.
        wristband: String,
    },
    /// Nothing was stored: these look like the same person. Going on takes a reason.
    Stopped {
        /// Who, the likeliest first.
        alike: Vec<LikelyPatient>,
    },
}

/// Two records that may be one person's.
#[derive(Serialize, TS)]
pub struct LikelyPair {
    /// The one.
    pub patient: SearchRow,
    /// The other, and what differs.
    pub other: LikelyPatient,
}

/// A slice of the look for duplicates.
#[derive(Serialize, TS)]
pub struct DuplicatesPage {
    /// What was found; a pair may come once from either side.
    pub pairs: Vec<LikelyPair>,
    /// So many patients have been looked at.
    pub done: u64,
    /// Of so many.
    pub of: u64,
    /// The patient after whom to go on; none at the end.
    pub next: Option<Uuid>,
    /// Records that failed their integrity check and were left out.
    pub damaged: u64,
}

/// A patient's photo, if there is one.
#[derive(Serialize, TS)]
#[ts(optional_fields)]
pub struct PhotoView {
    /// Its revision; 0 before the first photo.
    pub rev: i64,
    /// A small JPEG, as a `data:` address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image: Option<String>,
    /// When it was taken over, ISO instant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub taken: Option<String>,
    /// By whom.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// Whether the reader may take another, or take it away.
    pub may_edit: bool,
}

/// Everything about a patient as a person, ready to be changed; what the role may not see isn't there.
#[derive(Serialize, TS)]
#[ts(optional_fields)]
pub struct DetailsView {
    /// What writes from this window name; nil where it wasn't opened to write.
    pub handle: Uuid,
    /// Patient id.
    pub patient: Uuid,
    /// Record number.
    pub mrn: String,
    /// What a scanner reads from the wristband.
    pub wristband: String,
    /// Name, birth date, sex.
    pub identity: EnteredIdentity,
    /// The revision an edit of it must name.
    pub identity_rev: i64,
    /// Former names.
    pub former: Vec<String>,
    /// How to be reached.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contact: Option<EnteredContact>,
    /// The revision an edit of it must name.
    pub contact_rev: i64,
    /// Former addresses on one line each.
    pub old_addresses: Vec<String>,
    /// Who pays.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub insurance: Option<EnteredInsurance>,
    /// The revision an edit of it must name.
    pub insurance_rev: i64,
    /// What the record is on file as.
    pub standing: Standing,
    /// Why the patient was registered although another entry looked alike.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub despite: Option<String>,
    /// A correction that waits for a second person.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub correction: Option<CorrectionView>,
    /// Records that this one goes on for, or that goes on for this one.
    pub merged: Vec<MergedView>,
    /// What this user may change.
    pub may: DetailRights,
}

/// What a record is on file as.
#[derive(Clone, Default, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct Standing {
    /// The patient has died.
    pub deceased: bool,
    /// ISO date of death; empty when unknown.
    pub deceased_on: String,
    /// Made up, for tests or training.
    pub test: bool,
    /// Why the record isn't used any more; empty for one that is.
    pub inactive: String,
    /// How long it is kept: `long`, `permanent`; empty for the usual time.
    pub retention: String,
    /// A VIP: found by the desk and by those who treat her, by nobody else.
    pub vip: bool,
}

/// What may be changed here; the core decides again at every command.
#[derive(Serialize, TS)]
pub struct DetailRights {
    /// Name, birth date, sex, marks.
    pub edit_identity: bool,
    /// How to be reached.
    pub edit_contact: bool,
    /// Who pays.
    pub edit_insurance: bool,
    /// Merge with another record.
    pub merge: bool,
}

/// Name and birth date as somebody asks them to be.
#[derive(Serialize, TS)]
pub struct CorrectionView {
    /// The name.
    pub name: String,
    /// The birth date.
    pub birth_date: String,
    /// Which document was seen.
    pub document: String,
    /// Why.
    pub note: String,
    /// Who asks.
    pub by: String,
    /// Since when, ISO instant.
    pub at: String,
    /// Asked by who reads this: somebody else carries it out.
    pub own: bool,
}

/// A record that is linked with this one.
#[derive(Serialize, TS)]
pub struct MergedView {
    /// Patient id.
    pub patient: Uuid,
    /// Name on one line.
    pub name: String,
    /// Record number.
    pub mrn: String,
    /// That one ended in this one; else this one in that.
    pub absorbed: bool,
    /// By whom.
    pub by: String,
    /// When, ISO instant.
    pub at: String,
    /// Why.
    pub reason: String,
}

/// The outcome of changing who a patient is, or how she is reached.
#[derive(Serialize, TS)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum SavedDetails {
    /// Written.
    Saved {},
    /// Asked for: a colleague carries it out.
    Waiting {},
    /// Someone saved another revision meanwhile: nothing was overwritten.
    Conflict {
        /// What is stored now.
        current: Box<DetailsView>,
    },
}

/// What a patient's document was.
#[derive(Serialize, TS)]
pub struct PatientHistoryView {
    /// Newest first.
    pub changes: Vec<PatientChange>,
    /// Versions that failed their integrity check: refused, reported, never shown.
    pub damaged: u64,
}

/// One change of one section.
#[derive(Serialize, TS)]
pub struct PatientChange {
    /// Which section.
    pub section: Section,
    /// The revision it made.
    pub version: i64,
    /// When, ISO instant.
    pub at: String,
    /// By whom; empty for the first.
    pub by: String,
    /// What was and what became.
    pub changes: Vec<ChangeView>,
    /// It stands now.
    pub now: bool,
}

/// Who could be taken for a patient.
#[derive(Serialize, TS)]
pub struct LookAlikesOf {
    /// The nearest first.
    pub alike: Vec<LookAlike>,
    /// There are more.
    pub more: bool,
}

/// One of them.
#[derive(Serialize, TS)]
#[ts(optional_fields)]
pub struct LookAlike {
    /// Patient id.
    pub patient: Uuid,
    /// Surname as written.
    pub surname: String,
    /// Given names as written.
    pub given: String,
    /// Birth date.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub birth_date: Option<String>,
    /// Record number.
    pub mrn: String,
    /// Nearly the same birth date as well.
    pub near: bool,
    /// Only what differs.
    pub differs: Vec<Difference>,
}

/// Whose wristband it is.
#[derive(Serialize, TS)]
pub struct ScannedView {
    /// Patient id.
    pub patient: Uuid,
}
