//! Writing into a chart: one file a use case, over [`charting::Charting`], the one way an item is added, changed, marked
//! entered in error or moved to the patient it belongs to.
//!
//! To add a kind: its struct in `record/`, its line in [`Content`](crate::record::Content) and in
//! [`EntryContent`](super::views::EntryContent), and its rules here.

mod administrations;
pub(super) mod charting;
mod edit_problem;
mod encounters;
mod entries;
mod item_history;
mod mark_in_error;
mod move_item;
mod no_allergies;
mod notes;
mod order_check;
mod orders;
mod ready_letter;
mod refills;
mod results;
mod set_label;
mod shift;
mod suggest_codes;
mod tasks;
mod timeline;
mod vitals;
mod worklist;

pub use administrations::{NoteResponse, RecordAdministration};
pub use edit_problem::{AddProblem, EditProblem};
pub use encounters::StepEncounter;
pub use entries::{
    AddAllergy, AddCarePlan, AddEncounter, AddImaging, AddImmunization, AddProcedure, AddReferral, AddReport,
    EditAllergy, EditCarePlan, EditEncounter, EditImaging, EditImmunization, EditProcedure, EditReferral, EditReport,
};
pub use item_history::ItemHistory;
pub use mark_in_error::MarkInError;
pub use move_item::MoveItem;
pub use no_allergies::ConfirmNoAllergies;
pub use notes::{AddAddendum, CosignNote, EditNote, NoteText, SignNote, WriteNote};
pub use order_check::Answers;
pub use orders::{OrderMedication, Ordered, ReconcileMedications, RecordVerbalOrder, StepOrder};
pub use ready_letter::ReadyLetter;
pub use refills::{CompleteRefill, DecideRefill, RequestRefill};
pub use results::{RecordResult, SignResult};
pub use set_label::SetLabel;
pub use shift::ReadShift;
pub use suggest_codes::SuggestCodes;
pub use tasks::{AddTask, ChangeTask};
pub use timeline::{ReadItem, ReadTimeline};
pub use vitals::RecordVitals;
pub use worklist::ReadWorklist;
