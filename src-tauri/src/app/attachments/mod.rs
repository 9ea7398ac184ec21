//! Letters, reports, cards and forms that come as a file: attached, looked at page by page, handed out as a copy.
//!
//! The file itself isn't kept, and no screen ever gets it: what is stored and shown are pictures of its pages, made by
//! [`pages_of`](crate::record::attachment::read::pages_of). Its class decides whether the desk may see it.

mod attach;
mod copy;
mod show;

pub use attach::AttachFile;
pub use copy::CopyAttachment;
pub use show::ShowAttachment;

use super::clinical::charting::Charting;
use super::desk::Desk;
use super::error::{Code, Failure};
use super::open_items::OpenedItem;
use crate::record::{AttachedPage, Attachment, Compartment, Content, Item, Label, Section};
use std::collections::BTreeSet;
use uuid::Uuid;

/// The section of the pages of what stands in this section; nothing for sections without pages.
const fn pages_in(section: Section) -> Option<Section> {
    match section {
        Section::Documents => Some(Section::DocumentPages),
        Section::FrontDocuments => Some(Section::FrontDocumentPages),
        _ => None,
    }
}

impl Desk<'_> {
    /// An attachment of a patient, or of a record that goes on in this one, and whose it is.
    async fn attachment(&self, patient: Uuid, item: Uuid, section: Section) -> Result<(Uuid, Attachment), Failure> {
        pages_in(section).ok_or_else(|| Code::NotFound.bare())?;
        let record = self.patient(patient, &[Section::Identity]).await?.record;
        let absorbed = record.identity.absorbed.iter().filter_map(|id| id.parse().ok());
        let owners: BTreeSet<Uuid> = std::iter::once(patient).chain(absorbed).collect();
        let found = self.by_ids("items", BTreeSet::from([item])).await?;
        let keys = self.patient_keys(&owners, &self.with_labelled(section.compartment())).await?;
        let (mut opened, damaged) = self.open_items_of(None, found, &keys)?;
        let told = |item: &Item| !item.sensitive || self.may_view(Section::Restricted);
        let opened = opened.pop().filter(|one| one.item.content.section() == section && told(&one.item));
        let opened = opened.filter(|one| owners.contains(&one.checked.patient));
        let missing = if damaged > 0 { Code::Damaged } else { Code::NotFound };
        let opened = opened.ok_or_else(|| missing.bare())?;
        match opened.item.content {
            Content::Attachment(one) => Ok((opened.checked.patient, one)),
            _ => Err(Code::NotFound.bare()),
        }
    }

    /// A compartment, and that of labelled items where it is held.
    fn with_labelled(&self, compartment: Compartment) -> BTreeSet<Compartment> {
        let mut both = self.compartments_held(&[Section::Restricted]);
        both.insert(compartment);
        both
    }

    /// Pages of an attachment. One that is gone or damaged is an error: half a letter says something else.
    async fn attached_pages(
        &self,
        patient: Uuid,
        of: &Attachment,
        pages: std::ops::Range<u64>,
    ) -> Result<Vec<AttachedPage>, Failure> {
        let opened = self.opened_pages(patient, of, pages).await?;
        Ok(opened.into_iter().filter_map(|one| page_of(one.item.content, of)).collect())
    }

    /// As [`Desk::attached_pages`], as they are stored.
    async fn opened_pages(
        &self,
        patient: Uuid,
        of: &Attachment,
        pages: std::ops::Range<u64>,
    ) -> Result<Vec<OpenedItem>, Failure> {
        let ids = pages.clone().map(|page| AttachedPage::id_of(of.file, page)).collect();
        let compartment = if of.class.is_front() { Compartment::Front } else { Compartment::Clinical };
        let (owner, compartments) = (BTreeSet::from([patient]), self.with_labelled(compartment));
        let (found, keys) = tokio::join!(self.by_ids("items", ids), self.patient_keys(&owner, &compartments));
        let (mut found, _) = self.open_items(patient, found?, &keys?).await?;
        found.retain(|one| nth_of(&one.item.content, of).is_some());
        found.sort_by_key(|one| nth_of(&one.item.content, of));
        let whole = found.iter().map(|one| nth_of(&one.item.content, of)).eq(pages.map(Some));
        if whole { Ok(found) } else { Err(Code::Damaged.bare()) }
    }
}

/// Which page of an attachment this is.
fn nth_of(content: &Content, of: &Attachment) -> Option<u64> {
    match content {
        Content::AttachedPage(page) if page.file == of.file && page.class == of.class => Some(page.page),
        _ => None,
    }
}

fn page_of(content: Content, of: &Attachment) -> Option<AttachedPage> {
    match content {
        Content::AttachedPage(page) if page.file == of.file => Some(page),
        _ => None,
    }
}

impl Charting<'_> {
    /// The same attachment for another patient, with pages of its own, labelled as it is.
    pub(super) async fn attachment_for(
        &mut self,
        from: Uuid,
        to: Uuid,
        (old, label): (&Attachment, Option<&Label>),
    ) -> Result<Attachment, Failure> {
        let pages = self.desk().attached_pages(from, old, 0..old.pages).await?;
        let new = Attachment { file: Uuid::new_v4(), ..old.clone() };
        for page in pages {
            self.keep_page(to, AttachedPage { file: new.file, ..page }, label)?;
        }
        Ok(new)
    }

    /// Seals the pages of an attachment anew, as sensitive as it is now.
    pub(super) async fn label_pages(&mut self, patient: Uuid, of: &Attachment, label: &Label) -> Result<(), Failure> {
        for page in self.desk().opened_pages(patient, of, 0..of.pages).await? {
            let item = Item { sensitive: label.kind.is_some(), label: Some(label.clone()), ..page.item.clone() };
            self.reseal(&page, &item)?;
        }
        Ok(())
    }

    fn keep_page(&mut self, patient: Uuid, page: AttachedPage, label: Option<&Label>) -> Result<(), Failure> {
        let id = AttachedPage::id_of(page.file, page.page);
        self.keep_labelled(patient, id, Content::AttachedPage(page), label)
    }
}
