//! The interaction checker at work: the signed table, the chart's facts, what a person is told and what she answers.
//!
//! For who signs orders: [`Desk::check_order`](super::desk::Desk), then `answers` of what it returns.

mod check;
mod facts;
#[allow(dead_code, reason = "called by whoever signs orders")]
mod order;
mod table;
mod view;

pub use check::CheckInteractions;
pub use order::Answered;
pub use table::{PUBLIC_KEY, TableFault, read_signed, shipped, sign};
pub use view::{AllergiesAsked, FindingView, InteractionsView, Meant, NotCheckedView, SubjectView, TableView};
