//! Writing into a chart: one file a use case, over [`charting::Charting`], the one way an item is added, changed, marked
//! entered in error or moved to the patient it belongs to.
//!
//! To add a kind: its struct in `record/`, its line in [`Content`](crate::record::Content) and in
//! [`EntryContent`](super::views::EntryContent), and its rules here.

pub(super) mod charting;
mod edit_problem;
mod item_history;
mod mark_in_error;
mod move_item;

pub use edit_problem::{AddProblem, EditProblem};
pub use item_history::ItemHistory;
pub use mark_in_error::MarkInError;
pub use move_item::MoveItem;
