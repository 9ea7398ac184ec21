//! [`Attachment`]: a letter, a report, a card or a form that came as a file. What is kept are pictures of its pages, made
//! here ([`read`](mod@read)); nothing of the file itself.

pub mod read;

use super::Section;
use bson::Binary;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// What kind of paper it is; decides who may see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum AttachmentClass {
    /// A card of a payer. For the desk too.
    InsuranceCard,
    /// A passport, a licence. For the desk too.
    IdentityDocument,
    /// A form that the patient has filled in for the desk.
    Form,
    /// A letter of a colleague. Clinical.
    Letter,
    /// A report of a laboratory, a clinic, a device. Clinical.
    Report,
}

impl AttachmentClass {
    /// Whether the desk may see it.
    #[must_use]
    pub const fn is_front(self) -> bool {
        matches!(self, Self::InsuranceCard | Self::IdentityDocument | Self::Form)
    }
}

/// What the file was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum FileForm {
    /// A JPEG or PNG picture.
    Picture,
    /// A PDF.
    Pdf,
}

/// A file that was attached (FHIR DocumentReference). Its pages are items of their own.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct Attachment {
    /// What it is, in words.
    pub title: String,
    /// What kind of paper it is.
    pub class: AttachmentClass,
    /// The day it is from; absent when nobody said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub day: Option<String>,
    /// What the file was.
    pub form: FileForm,
    /// How many pages it has.
    pub pages: u64,
    /// Something on a page couldn't be drawn as the file says: whoever reads is told.
    #[serde(default)]
    pub incomplete: bool,
    /// What its pages are found by.
    pub file: Uuid,
}

impl Attachment {
    /// The section it stands in.
    #[must_use]
    pub const fn section(&self) -> Section {
        if self.class.is_front() { Section::FrontDocuments } else { Section::Documents }
    }
}

/// One page of an attached file, as it is shown.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttachedPage {
    /// As its attachment's.
    pub class: AttachmentClass,
    /// The attachment's `file`.
    pub file: Uuid,
    /// Which page, from 0.
    pub page: u64,
    /// A JPEG that was made here.
    pub jpeg: Binary,
}

impl AttachedPage {
    /// The id of a page: it needs no list to be found.
    #[must_use]
    pub fn id_of(file: Uuid, page: u64) -> Uuid {
        Uuid::new_v5(&file, &page.to_be_bytes())
    }
}
