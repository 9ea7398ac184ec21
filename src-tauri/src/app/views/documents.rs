//! What was attached to a record, and its pages.

use crate::record::{AttachmentClass, Section};
use serde::Serialize;
use ts_rs::TS;
use uuid::Uuid;

/// Something that was attached: what and when, without its pages.
#[derive(Serialize, TS)]
pub struct DocumentView {
    /// Item id.
    pub item: Uuid,
    /// Revision that was read.
    pub rev: i64,
    /// The section it stands in.
    pub section: Section,
    /// What kind of paper it is.
    pub class: AttachmentClass,
    /// The day it is from, or when it was attached.
    pub at: String,
    /// What it is.
    pub title: String,
    /// How many pages it has.
    pub pages: u64,
    /// Something on a page couldn't be drawn.
    pub incomplete: bool,
    /// Who attached it.
    pub by: String,
}

/// One page.
#[derive(Serialize, TS)]
pub struct AttachedPageView {
    /// Which, from 0.
    pub page: u64,
    /// How many there are.
    pub pages: u64,
    /// A JPEG that was made here, as a `data:` address.
    pub image: String,
}
