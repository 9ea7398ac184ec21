//! A copy of what was attached, as a PDF of its pictures, where the person says.

use crate::app::desk::Desk;
use crate::app::disclose::{EmergencyReason, Leaving};
use crate::app::error::Failure;
use crate::app::perform::{Action, Prepared, Touched};
use crate::app::print::{PrintFile, PrintPurpose};
use crate::app::views::SavedPrint;
use crate::app::workstation::Workstation;
use crate::audit::Purpose;
use crate::policy::Right;
use crate::record::{Recipient, RecordPart, Section};
use serde::Deserialize;
use uuid::Uuid;

/// A copy of an attachment.
#[derive(Deserialize, ts_rs::TS)]
pub struct CopyAttachment {
    /// Patient id.
    pub patient: Uuid,
    /// Item id.
    pub item: Uuid,
    /// The section it stands in.
    pub section: Section,
    /// What for.
    pub purpose: PrintPurpose,
    /// Who gets it.
    pub for_whom: Recipient,
    /// That another clinician needs it in an emergency, whatever was restricted.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub emergency: Option<EmergencyReason>,
}

/// Its name in the audit.
const DOCUMENT: &str = "attachment";

impl Action for CopyAttachment {
    type Output = PrintFile;
    const NAME: &'static str = "copy_attachment";

    fn right(&self) -> Right {
        Right::View(self.section)
    }

    fn patient(&self) -> Option<Uuid> {
        Some(self.patient)
    }

    fn purpose(&self) -> Purpose {
        self.purpose.audited()
    }

    fn discloses(&self) -> Option<Leaving> {
        let (to, purpose, emergency) = (self.for_whom, self.purpose, self.emergency);
        let (document, part, sections) = (DOCUMENT, RecordPart::Attachments, vec![self.section]);
        Some(Leaving { document, to, purpose, part, sections, emergency })
    }

    async fn run(&self, desk: &Desk<'_>) -> Result<Prepared<PrintFile>, Failure> {
        let (owner, attachment) = desk.attachment(self.patient, self.item, self.section).await?;
        let pages = desk.attached_pages(owner, &attachment, 0..attachment.pages).await?;
        let pictures: Vec<&[u8]> = pages.iter().map(|page| page.jpeg.bytes.as_slice()).collect();
        let sections = vec![self.section];
        let document = Some(DOCUMENT);
        let touched = Touched { record: Some(self.item), sections, count: 1, document, ..Touched::default() };
        Ok(Prepared::read(PrintFile::of_pictures(desk.cleared()?, &pictures)?, touched))
    }
}

impl Workstation {
    /// Keeps a copy of an attachment where the person has said, in this very session.
    ///
    /// # Errors
    /// As [`Workstation::save_print`].
    pub async fn copy_attachment(&mut self, asked: CopyAttachment) -> Result<SavedPrint, Failure> {
        let session = self.asking()?.session;
        let file = self.perform(asked).await?;
        self.keep_file(session, &file)
    }
}
