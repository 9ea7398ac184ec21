//! Look at a page of what was attached.

use super::pages_in;
use crate::app::desk::Desk;
use crate::app::error::{Code, Failure};
use crate::app::patients::base64;
use crate::app::perform::{Action, Prepared, Touched};
use crate::app::views::AttachedPageView;
use crate::audit::Purpose;
use crate::policy::Right;
use crate::record::Section;
use serde::Deserialize;
use uuid::Uuid;

/// A page of an attachment.
#[derive(Deserialize, ts_rs::TS)]
pub struct ShowAttachment {
    /// Patient id.
    pub patient: Uuid,
    /// Item id.
    pub item: Uuid,
    /// The section it stands in.
    pub section: Section,
    /// Which page, from 0.
    pub page: u64,
}

impl Action for ShowAttachment {
    type Output = AttachedPageView;
    const NAME: &'static str = "show_attachment";

    fn right(&self) -> Right {
        Right::View(self.section)
    }

    fn patient(&self) -> Option<Uuid> {
        Some(self.patient)
    }

    fn purpose(&self) -> Purpose {
        Purpose::Treatment
    }

    async fn run(&self, desk: &Desk<'_>) -> Result<Prepared<AttachedPageView>, Failure> {
        let (owner, attachment) = desk.attachment(self.patient, self.item, self.section).await?;
        if self.page >= attachment.pages {
            return Err(Code::NotFound.bare());
        }
        let mut found = desk.attached_pages(owner, &attachment, self.page..self.page + 1).await?;
        let page = found.pop().ok_or_else(|| Code::Damaged.bare())?;
        let image = format!("data:image/jpeg;base64,{}", base64(&page.jpeg.bytes));
        let sections = [Some(self.section), pages_in(self.section)].into_iter().flatten().collect();
        let touched = Touched { record: Some(self.item), sections, count: 1, ..Touched::default() };
        let view = AttachedPageView { page: self.page, pages: attachment.pages, image };
        Ok(Prepared::read(view, touched))
    }
}
