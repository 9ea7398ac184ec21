//! Key operations as jobs: ordered by an administrator, carried out step by step by whoever holds the keys, while
//! everybody works. Each step is one transaction with its place in it, so that a stop at any point loses nothing.
//!
//! Old keys end only after a whole pass over the stored bytes has found nothing under them. To add an operation: a kind,
//! its steps in [`steps`], and an arm in [`advance`].

mod advance;
mod data;
mod index;
mod job;
mod master;
mod order;
mod records;
mod site;
mod status;
mod steps;
mod versions;

pub use advance::AdvanceRotation;
pub use job::RotationView;
pub use order::{ListDue, ListRotations, MoveRoot, OrderRotation, PauseRotation};
pub use status::{KeyStatusView, KeysStatus};
