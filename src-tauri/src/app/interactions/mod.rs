//! The interaction checker at work: the signed table, the chart's facts, what a person is told and what she answers.
//!
//! For who signs orders: [`Desk::check_order`](super::desk::Desk), then `answers` of what it returns.

mod check;
mod facts;
mod hidden;
#[allow(dead_code, reason = "signing is called by whoever signs orders")]
mod order;
mod table;
mod view;
mod withhold;

pub use check::CheckInteractions;
pub(super) use hidden::hidden_id;
pub use order::Answered;
pub use table::{PUBLIC_KEY, TableFault, read_signed, shipped, sign};
pub use view::{AllergiesAsked, FindingView, InteractionsView, Meant, NotCheckedView, SubjectView, TableView};
pub use withhold::WithholdOrder;
