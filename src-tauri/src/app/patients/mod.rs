//! Patients as people: registered, told apart, corrected, merged. One file a use case.

mod amend;
mod archive;
mod correct;
mod details;
mod directives;
mod duplicates;
mod edit;
mod front_item;
mod history;
mod identify;
mod look_alikes;
mod merge;
mod photo;
mod quick;
mod register;
mod rewrite;
mod scan;
mod vip;

use super::desk::Desk;
use super::error::Failure;
use super::perform::{Prepared, Touched};
use super::sealing::Writing;
use crate::policy::{Relationship, Right, decide};

pub use amend::{DecideAmendment, ExtendAmendment, NoteAmendment, ShowAmendments};
pub use archive::{ArchiveRecord, FindOldRecords, OldRecords, Retained};
pub use correct::{CorrectIdentity, DOCUMENTS, DecideCorrection};
pub use details::PatientDetails;
pub use directives::{EndDirective, NoteDirective, ShowDirectives};
pub use duplicates::{FindDuplicates, TellApart};
pub use edit::{EditContact, EditInsurance, SetStanding};
pub use history::{PatientHistory, RestoreVersion};
pub use identify::{ConfirmIdentity, Identified};
pub use look_alikes::FindLookAlikes;
pub use merge::{MergePatients, UnmergePatients};
pub(super) use photo::base64;
pub use photo::{RemovePhoto, ShowPhoto, TakePhoto};
pub use quick::RegisterUnknown;
pub use register::{CheckRegistration, RegisterPatient};
pub use scan::ScanWristband;

/// An answer together with what was collected to be written.
fn prepared<T>(desk: &Desk<'_>, mut writing: Writing, output: T, touched: Touched) -> Result<Prepared<T>, Failure> {
    let heads = std::mem::take(&mut writing.heads);
    Ok(Prepared { output, touched: vec![touched], writes: writing.commands(desk)?, heads })
}

impl Desk<'_> {
    /// Whether this user will have the right once the patient is on the own unit's list.
    fn may_for_own(&self, right: Right) -> bool {
        decide(self.asking.standing(), right, Relationship::CareTeam).is_allowed()
    }
}
