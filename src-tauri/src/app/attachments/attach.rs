//! Attach the file that the person has chosen in the system's dialog.

use crate::app::clinical::charting::Charting;
use crate::app::desk::Desk;
use crate::app::error::{Code, Failure};
use crate::app::perform::{Action, Prepared};
use crate::app::views::SavedItem;
use crate::app::window::Window;
use crate::app::workstation::Workstation;
use crate::audit::Purpose;
use crate::policy::Right;
use crate::record::attachment::read::{LARGEST_PICTURE, Pages, pages_of};
use crate::record::validate::{Invalid, Why};
use crate::record::{AttachedPage, Attachment, AttachmentClass, Content, Item, Label, Section, Sensitivity};
use bson::Binary;
use bson::spec::BinarySubtype;
use serde::Deserialize;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::sync::oneshot;
use tokio::time::timeout;
use uuid::Uuid;

/// How long a file may take to be drawn.
const LONGEST: Duration = Duration::from_secs(30);

/// A file for a patient's record.
#[derive(Deserialize, ts_rs::TS)]
pub struct AttachFile {
    /// Patient id.
    pub patient: Uuid,
    /// What it is, in words.
    pub title: String,
    /// What kind of paper it is: decides who may see it.
    pub class: AttachmentClass,
    /// The day it is from.
    #[serde(default)]
    #[ts(optional)]
    pub day: Option<String>,
    /// Why it is sensitive, if it is; absent otherwise. It takes the extra right.
    #[serde(default)]
    #[ts(optional)]
    pub label: Option<Sensitivity>,
    /// What was made of the file. The screen never sends it.
    #[serde(skip)]
    #[ts(skip)]
    pub pages: Option<Result<Pages, Why>>,
}

impl Action for AttachFile {
    type Output = SavedItem;
    const NAME: &'static str = "attach_file";

    fn right(&self) -> Right {
        Right::Edit(if self.class.is_front() { Section::FrontDocuments } else { Section::Documents })
    }

    fn patient(&self) -> Option<Uuid> {
        Some(self.patient)
    }

    fn purpose(&self) -> Purpose {
        if self.class.is_front() { Purpose::Operations } else { Purpose::Treatment }
    }

    async fn run(&self, desk: &Desk<'_>) -> Result<Prepared<SavedItem>, Failure> {
        desk.refuse_unidentified(self.patient)?;
        let pages = match &self.pages {
            None => return Err(Code::Cancelled.bare()),
            Some(Err(why)) => return Err(Invalid { field: "documents.file", why: *why }.into()),
            Some(Ok(pages)) => pages,
        };
        let attachment = self.attachment(pages);
        let label = self.label(desk)?;
        let mut charting = Charting::of_sound(desk, self.patient).await?;
        for (page, jpeg) in (0..).zip(&pages.jpegs) {
            let jpeg = Binary { subtype: BinarySubtype::Generic, bytes: jpeg.clone() };
            let page = AttachedPage { class: self.class, file: attachment.file, page, jpeg };
            charting.keep_page(self.patient, page, label.as_ref())?;
        }
        let content = Content::Attachment(attachment);
        desk.check_entered(&content)?;
        let item = desk.authored(content);
        let saved = charting.put(self.patient, Item { sensitive: label.is_some(), label, ..item })?;
        charting.finish(SavedItem::Saved { saved })
    }
}

impl AttachFile {
    /// What it is labelled, by who may label; a paper of the desk isn't.
    fn label(&self, desk: &Desk<'_>) -> Result<Option<Label>, Failure> {
        match self.label {
            None => Ok(None),
            Some(_) if !desk.may_edit(Section::Restricted) => Err(Code::NoRight.bare()),
            Some(_) if self.class.is_front() => Err(Invalid { field: "documents.label", why: Why::NotListed }.into()),
            kind => Ok(Some(desk.label(kind))),
        }
    }

    fn attachment(&self, pages: &Pages) -> Attachment {
        Attachment {
            title: self.title.trim().to_owned(),
            class: self.class,
            day: self.day.clone().filter(|day| !day.is_empty()),
            form: pages.form,
            pages: pages.jpegs.len() as u64,
            incomplete: pages.incomplete,
            file: Uuid::new_v4(),
        }
    }
}

impl Workstation {
    /// Attaches the file that the person has chosen, in this very session, from the window of its patient.
    ///
    /// # Errors
    /// [`Code::Cancelled`] when none was chosen; [`Code::Invalid`] with why; as [`Workstation::perform_in`].
    pub async fn attach_file(&mut self, window: Window, asked: AttachFile) -> Result<SavedItem, Failure> {
        let session = self.asking()?.session;
        let picked = self.save_places.picked(session);
        // Nothing is read nor drawn for whoever may not attach it: what follows says so.
        let may = self.takes(window, &asked).await?;
        let pages = match picked.filter(|_| may) {
            Some(file) => Some(self.drawn(file).await?),
            None => None,
        };
        self.perform_in(window, AttachFile { pages, ..asked }).await
    }

    /// The pages of a file, drawn on a thread of its own: a lock doesn't wait for it.
    async fn drawn(&self, file: PathBuf) -> Result<Result<Pages, Why>, Failure> {
        // What can't be read holds no document.
        let bytes = crate::app::print::read(&file, LARGEST_PICTURE).unwrap_or_default();
        let (tell, told) = oneshot::channel();
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = stop.clone();
        std::thread::spawn(move || {
            // Nobody listens any more: it took too long.
            let _ = tell.send(pages_of(&bytes, &stopped));
        });
        let drawn = self.alarm.ask_unless(async { Ok(timeout(LONGEST, told).await) }).await;
        stop.store(true, Ordering::Relaxed);
        Ok(drawn?.ok().and_then(Result::ok).unwrap_or(Err(Why::NotADocument)))
    }
}
