//! What somebody typed and hasn't saved, shown to nobody else.

use crate::app::drafts::DraftPlace;
use serde::Serialize;
use ts_rs::TS;

/// The drafts of whoever holds the seat, newest first.
#[derive(Serialize, TS)]
pub struct DraftsView {
    /// The drafts.
    pub drafts: Vec<DraftView>,
}

/// One of them.
#[derive(Serialize, TS)]
#[ts(optional_fields)]
pub struct DraftView {
    /// Where it was typed.
    pub place: DraftPlace,
    /// What it is, as the form said.
    pub title: String,
    /// Typed last, ISO instant.
    pub at: String,
    /// The fields, when one draft was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub typed: Option<String>,
    /// Its form lay open when this seat was locked: it opens again.
    pub open: bool,
}
