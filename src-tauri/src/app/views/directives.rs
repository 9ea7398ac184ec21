//! What a patient has said about who may be told, as the record shows it.

use super::ForUi;
use crate::record::{Directive, DirectiveStanding};
use serde::Serialize;
use ts_rs::TS;
use uuid::Uuid;

/// A patient's directives.
#[derive(Serialize, TS)]
pub struct DirectivesView {
    /// Today at the clinic, `YYYY-MM-DD`.
    pub today: String,
    /// The newest first, with those that hold no more.
    pub list: Vec<DirectiveView>,
    /// Whether the reader may note and end them.
    pub may_note: bool,
}

/// One of them, and where it stands today.
#[derive(Serialize, TS)]
pub struct DirectiveView {
    /// The directive.
    pub directive: Directive,
    /// Where it stands.
    pub standing: DirectiveStanding,
    /// The record it was noted in, when that is another one of the same person. It is ended there.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub elsewhere: Option<Uuid>,
}

impl ForUi for DirectivesView {}
