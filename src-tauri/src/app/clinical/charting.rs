//! The one way into a patient's items: every change names the revision it was made from, keeps the old version, and
//! leaves with everything else of its use case in one transaction.

use crate::app::desk::{Checked, Desk, uuid_at};
use crate::app::error::{Code, Failure};
use crate::app::instants::{changed, rfc3339};
use crate::app::interactions::hidden_id;
use crate::app::open_items::{OpenedItem, section_of};
use crate::app::patient_keys::{Part, PatientKeys};
use crate::app::perform::{Prepared, Touched};
use crate::app::sealing::Writing;
use crate::app::views::{EntryContent, ItemView, SavedItem};
use crate::keys::forms;
use crate::policy::{Decision, Right, decide};
use crate::record::{Content, Item, Label, Section, Sensitivity, Signature, Source, rules};
use crate::store::find_documents;
use bson::{RawDocumentBuf, doc};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// The changes one use case makes to the items of one patient, or of two when an item is moved.
pub(in crate::app) struct Charting<'a> {
    desk: &'a Desk<'a>,
    keys: PatientKeys,
    /// Commands that belong into the same transaction.
    pub writing: Writing,
    touched: Vec<Touched>,
    /// An item that was asked for together with the keys.
    fetched: Option<(Uuid, Vec<RawDocumentBuf>)>,
    /// Labelled items that were opened or made on the way.
    labelled: RefCell<BTreeMap<Uuid, Option<Label>>>,
}

/// What stands in the store when somebody saves.
pub(in crate::app) enum Found {
    /// The revision that was read.
    Same(Box<OpenedItem>),
    /// Another one: it is shown, nothing is overwritten.
    Newer(Box<ItemView>),
}

impl<'a> Charting<'a> {
    /// Opens the patients' keys.
    pub async fn of(desk: &'a Desk<'a>, patients: &[Uuid]) -> Result<Self, Failure> {
        let of_items = [Section::Problems, Section::Restricted, Section::Appointments];
        let compartments = desk.compartments_held(&of_items);
        let keys = desk.patient_keys(&patients.iter().copied().collect::<BTreeSet<_>>(), &compartments).await?;
        Ok(Self {
            desk,
            keys,
            writing: Writing::default(),
            touched: Vec::new(),
            fetched: None,
            labelled: RefCell::default(),
        })
    }

    /// As [`Charting::of`], for a patient who must be there and sound before anything is hung on the record.
    pub async fn of_sound(desk: &'a Desk<'a>, patient: Uuid) -> Result<Self, Failure> {
        let patients = [patient];
        let (sound, charting) = tokio::join!(desk.patient(patient, &[Section::Identity]), Self::of(desk, &patients));
        sound?;
        charting
    }

    /// As [`Charting::of`], for an item that is opened next: a server far away is asked for both at once.
    pub async fn of_item(desk: &'a Desk<'a>, patient: Uuid, item: Uuid) -> Result<Self, Failure> {
        let patients = [patient];
        let (found, charting) = tokio::join!(stored(desk, patient, item), Self::of(desk, &patients));
        Ok(Self { fetched: Some((item, found?)), ..charting? })
    }

    /// The answer to a save that came too late: what is stored now, nothing is overwritten.
    pub fn conflict(
        mut self,
        patient: Uuid,
        section: Section,
        current: ItemView,
    ) -> Result<Prepared<SavedItem>, Failure> {
        self.touch(patient, current.item, section);
        self.finish(SavedItem::Conflict { current })
    }

    /// A new item, written now by this user in the course of a visit.
    pub fn add_during(&mut self, patient: Uuid, content: Content, visit: Option<Uuid>) -> Result<ItemView, Failure> {
        let mut item = self.desk.authored(content);
        item.encounter = visit.map(visit_here);
        self.put(patient, item)
    }

    /// A new item, written now by this user.
    pub fn add(&mut self, patient: Uuid, content: Content) -> Result<ItemView, Failure> {
        let item = self.desk.authored(content);
        self.put(patient, item)
    }

    /// A new item as it is.
    pub fn put(&mut self, patient: Uuid, mut item: Item) -> Result<ItemView, Failure> {
        self.label_like(&mut item);
        let (id, place) = (Uuid::new_v4(), (item.section().compartment(), Part::Items));
        self.desk.key_to_write(&mut self.writing, &mut self.keys, patient, place)?;
        self.writing.record(self.desk.new_item(&self.keys, patient, id, &item)?);
        self.lend(patient, (id, None), &item)?;
        if item.sensitive {
            self.labelled.borrow_mut().insert(id, item.label.clone());
        }
        self.touch(patient, id, item.section());
        self.view(id, 1, item)
    }

    /// What tells about a labelled item is labelled with it.
    fn label_like(&self, item: &mut Item) {
        let Some(about) = item.content.tells_about() else { return };
        if let Some(label) = self.labelled.borrow().get(&about) {
            item.sensitive = true;
            item.label = label.as_ref().map(|label| label.beside(about));
        }
    }

    /// The item as it stands, of the section its kind belongs to and its reader has a right to; others aren't there for
    /// him, and neither is a labelled one without the extra right.
    pub async fn open(&self, patient: Uuid, item: Uuid, section: Section) -> Result<OpenedItem, Failure> {
        let found = match self.fetched.as_ref().filter(|(fetched, _)| *fetched == item) {
            Some((_, found)) => found.clone(),
            None => stored(self.desk, patient, item).await?,
        };
        let (found, companion) = self.apart(item, found)?;
        let missing = if found.is_empty() { Code::NotFound } else { Code::Damaged };
        let (mut items, _) = self.desk.open_items(patient, found, &self.keys).await?;
        let mut opened = items.pop().ok_or_else(|| missing.bare())?;
        let shown = section != Section::HiddenIngredients && opened.item.content.section() == section;
        if !shown || (opened.item.sensitive && !self.desk.may_view(Section::Restricted)) {
            return Err(Code::NotFound.bare());
        }
        opened.companion = companion.map(Box::new);
        self.note_label(&opened);
        Ok(opened)
    }

    /// Remembers that an item is labelled: what is written about it now is no less sensitive.
    fn note_label(&self, opened: &OpenedItem) {
        if opened.item.sensitive {
            self.labelled.borrow_mut().insert(opened.checked.id, opened.item.label.clone());
        }
    }

    /// The item and its companion. What stands under a key that the session doesn't hold isn't there for it.
    fn apart(&self, item: Uuid, found: Vec<RawDocumentBuf>) -> Result<(Vec<RawDocumentBuf>, Option<Checked>), Failure> {
        let is_item = |raw: &RawDocumentBuf| uuid_at(raw, "_id").is_ok_and(|id| id == item);
        let (mut items, companions): (Vec<_>, Vec<_>) = found.into_iter().partition(is_item);
        let held = |raw: &RawDocumentBuf| section_of(raw).map_or(true, |one| self.desk.keys.holds(one.compartment()));
        items.retain(held);
        let companion = self.desk.check("items", companions)?.pop().transpose()?;
        Ok((items, companion))
    }

    /// As [`Charting::open`], to change it: another revision than the one that was read is a conflict.
    pub async fn at(&self, patient: Uuid, (item, rev): (Uuid, i64), section: Section) -> Result<Found, Failure> {
        let opened = self.open(patient, item, section).await?;
        if opened.checked.content_rev() == rev && opened.item.in_error.is_none() {
            return Ok(Found::Same(Box::new(opened)));
        }
        Ok(Found::Newer(Box::new(self.shown(opened)?)))
    }

    /// A new item that no screen shows by itself.
    pub fn keep(&mut self, patient: Uuid, content: Content) -> Result<(), Failure> {
        self.keep_as(patient, Uuid::new_v4(), content)
    }

    /// As [`Charting::keep`], under an id that is known beforehand.
    pub fn keep_as(&mut self, patient: Uuid, id: Uuid, content: Content) -> Result<(), Failure> {
        self.keep_labelled(patient, id, content, None)
    }

    /// As [`Charting::keep_as`], as sensitive as what it is a part of.
    pub fn keep_labelled(
        &mut self,
        patient: Uuid,
        id: Uuid,
        content: Content,
        label: Option<&Label>,
    ) -> Result<(), Failure> {
        let mut item = self.desk.authored(content);
        (item.sensitive, item.label) = (label.is_some(), label.cloned());
        self.label_like(&mut item);
        let place = (item.section().compartment(), Part::Items);
        self.desk.key_to_write(&mut self.writing, &mut self.keys, patient, place)?;
        self.writing.record(self.desk.new_item(&self.keys, patient, id, &item)?);
        self.lend(patient, (id, None), &item)?;
        self.touch(patient, id, item.section());
        Ok(())
    }

    /// A new content for an item; where it comes from and which visit it belongs to stays.
    pub fn change(&mut self, old: &OpenedItem, content: Content) -> Result<ItemView, Failure> {
        let mut item = self.desk.authored(content);
        (item.source, item.encounter) = (old.item.source.clone(), old.item.encounter.clone());
        (item.sensitive, item.label) = (old.item.sensitive, old.item.label.clone());
        item.moved.clone_from(&old.item.moved);
        self.rewrite(old, item)
    }

    /// A new revision of an item; the old one goes to the versions.
    ///
    /// What was signed never changes: refused here, whatever the use case.
    pub fn rewrite(&mut self, old: &OpenedItem, item: Item) -> Result<ItemView, Failure> {
        rules::may_replace(&old.item.content, &item.content)?;
        let patient = old.checked.patient;
        let place = (item.section().compartment(), Part::Items);
        self.desk.key_to_write(&mut self.writing, &mut self.keys, patient, place)?;
        let rev = self.desk.rewrite_opened(&mut self.writing, &self.keys, old, &item)?;
        self.lend(patient, (old.checked.id, Some(old)), &item)?;
        self.touch(patient, old.checked.id, item.section());
        self.view(old.checked.id, rev, item)
    }

    /// As [`Charting::rewrite_beside`], for an item that may stand under another key from now on.
    pub fn reseal(&mut self, old: &OpenedItem, item: &Item) -> Result<(), Failure> {
        let place = (item.section().compartment(), Part::Items);
        self.desk.key_to_write(&mut self.writing, &mut self.keys, old.checked.patient, place)?;
        self.rewrite_beside(old, item)
    }

    /// As [`Charting::rewrite`], for an item that the answer doesn't show.
    pub fn rewrite_beside(&mut self, old: &OpenedItem, item: &Item) -> Result<(), Failure> {
        self.desk.rewrite_opened(&mut self.writing, &self.keys, old, item)?;
        self.touch(old.checked.patient, old.checked.id, item.section());
        Ok(())
    }

    /// What a restricted item lends to the interaction check, as it stands now; one that isn't any more lends nothing.
    fn lend(&mut self, patient: Uuid, (id, old): (Uuid, Option<&OpenedItem>), item: &Item) -> Result<(), Failure> {
        let companion = old.and_then(|old| old.companion.as_deref());
        let Some(hidden) = self.desk.hidden_of(id, item) else {
            return companion.map_or(Ok(()), |one| self.desk.remove_item(&mut self.writing, one));
        };
        let place = (hidden.section().compartment(), Part::Items);
        self.desk.key_to_write(&mut self.writing, &mut self.keys, patient, place)?;
        match companion {
            Some(one) => _ = self.desk.rewrite_item(&mut self.writing, &self.keys, one, &hidden)?,
            // It has one that wasn't fetched with it.
            None if old.is_some_and(|old| old.item.sensitive) => {}
            None => self.writing.record(self.desk.new_item(&self.keys, patient, hidden_id(id), &hidden)?),
        }
        Ok(())
    }

    /// The desk it is done at.
    pub const fn desk(&self) -> &'a Desk<'a> {
        self.desk
    }

    /// The patients' keys.
    pub const fn keys(&self) -> &PatientKeys {
        &self.keys
    }

    /// What was read and is shown, for the audit.
    pub fn touch(&mut self, patient: Uuid, item: Uuid, section: Section) {
        if let Some(row) = self.touched.iter_mut().find(|row| row.patient == Some(patient)) {
            row.count += 1;
            if !row.sections.contains(&section) {
                row.sections.push(section);
            }
            return;
        }
        let (patient, record) = (Some(patient), Some(item));
        self.touched.push(Touched { patient, record, sections: vec![section], count: 1, ..Touched::default() });
    }

    /// Sections that were read beside, for the audit.
    pub fn read(&mut self, patient: Uuid, sections: Vec<Section>, count: u64) {
        match self.touched.iter_mut().find(|row| row.patient == Some(patient)) {
            Some(row) => {
                row.count += count;
                let new: Vec<Section> = sections.into_iter().filter(|one| !row.sections.contains(one)).collect();
                row.sections.extend(new);
            }
            None => self.touched.push(Touched { patient: Some(patient), sections, count, ..Touched::default() }),
        }
    }

    /// The answer with everything that is to be written.
    pub fn finish<T>(mut self, output: T) -> Result<Prepared<T>, Failure> {
        let heads = std::mem::take(&mut self.writing.heads);
        let writes = self.writing.commands(self.desk)?;
        Ok(Prepared { output, touched: self.touched, writes, heads })
    }

    /// An item as it stands in the store.
    pub fn shown(&self, opened: OpenedItem) -> Result<ItemView, Failure> {
        let (rev, at) = (opened.checked.content_rev(), changed(&opened.checked.raw));
        Ok(ItemView { changed: at, ..self.view(opened.checked.id, rev, opened.item)? })
    }

    fn view(&self, id: Uuid, rev: i64, item: Item) -> Result<ItemView, Failure> {
        let label = item.sensitive.then(|| shown_label(item.label));
        let content = EntryContent::of(item.content).ok_or_else(|| Code::NotFound.bare())?;
        Ok(ItemView {
            item: id,
            rev,
            content,
            changed: rfc3339(self.desk.now()),
            by: item.author.unwrap_or_default(),
            in_error: item.in_error,
            moved: item.moved,
            label,
        })
    }
}

/// The label of a restricted item; of one whose source said no more, that it is sensitive.
pub(in crate::app) fn shown_label(label: Option<Label>) -> Label {
    label.filter(|label| label.kind.is_some()).unwrap_or(Label::of_source(Sensitivity::Other))
}

/// An item of a patient as it stands in the store, and its companion.
async fn stored(desk: &Desk<'_>, patient: Uuid, item: Uuid) -> Result<Vec<RawDocumentBuf>, Failure> {
    let ids = [item, hidden_id(item)].map(forms::uuid_bson).to_vec();
    let filter = doc! { "_id": { "$in": ids }, "patient": forms::uuid_bson(patient) };
    Ok(find_documents(desk.store, "items", filter, None).await?)
}

/// How an item names the visit it belongs to, when that was recorded here.
fn visit_here(visit: Uuid) -> Source {
    Source { system: "wardseal".to_owned(), kind: "Encounter".to_owned(), id: visit.to_string() }
}

impl Desk<'_> {
    /// Refuses what breaks a rule of its kind.
    pub(in crate::app) fn check_entered(&self, content: &Content) -> Result<(), Failure> {
        let today = self.today().ok_or_else(|| Code::Internal.bare())?;
        rules::wrong(content, today).into_iter().next().map_or(Ok(()), |invalid| Err(invalid.into()))
    }

    /// This user's signature, now.
    pub(super) fn signature(&self) -> Signature {
        Signature { by: self.keys.account.name.clone(), by_id: self.asking.user, at: rfc3339(self.now()) }
    }

    /// Whether this user has the right for another patient as well.
    pub(in crate::app) async fn admitted_with(&self, patient: Uuid, right: Right) -> Result<(), Failure> {
        let relationship = self.relationship_with(patient).await?;
        match decide(self.asking.standing(), right, relationship) {
            Decision::Allowed { .. } => Ok(()),
            Decision::Denied { why, .. } => Err(why.into()),
        }
    }

    /// An item written now by this user.
    pub(in crate::app) fn authored(&self, content: Content) -> Item {
        let mut item = Item::new(content);
        item.recorded = Some(rfc3339(self.now()));
        item.author = Some(self.keys.account.name.clone());
        item.author_id = Some(self.asking.user);
        item
    }
}
