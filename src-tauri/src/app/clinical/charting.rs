//! The one way into a patient's items: every change names the revision it was made from, keeps the old version, and
//! leaves with everything else of its use case in one transaction.

use crate::app::desk::Desk;
use crate::app::error::{Code, Failure};
use crate::app::instants::{changed, rfc3339};
use crate::app::interactions::hidden_id;
use crate::app::open_items::OpenedItem;
use crate::app::patient_keys::{Part, PatientKeys};
use crate::app::perform::{Prepared, Touched};
use crate::app::sealing::Writing;
use crate::app::views::{EntryContent, ItemView};
use crate::keys::forms;
use crate::policy::{Decision, Right, decide};
use crate::record::{Content, Item, Section};
use crate::store::find_documents;
use bson::doc;
use std::collections::BTreeSet;
use uuid::Uuid;

/// The changes one use case makes to the items of one patient, or of two when an item is moved.
pub(in crate::app) struct Charting<'a> {
    desk: &'a Desk<'a>,
    keys: PatientKeys,
    /// Commands that belong into the same transaction.
    pub writing: Writing,
    touched: Vec<Touched>,
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
        Ok(Self { desk, keys, writing: Writing::default(), touched: Vec::new() })
    }

    /// A new item, written now by this user.
    pub fn add(&mut self, patient: Uuid, content: Content) -> Result<ItemView, Failure> {
        let item = self.desk.authored(content);
        self.put(patient, item)
    }

    /// A new item as it is.
    pub fn put(&mut self, patient: Uuid, item: Item) -> Result<ItemView, Failure> {
        let (id, place) = (Uuid::new_v4(), (item.section().compartment(), Part::Items));
        self.desk.key_to_write(&mut self.writing, &mut self.keys, patient, place)?;
        self.writing.record(self.desk.new_item(&self.keys, patient, id, &item)?);
        self.lend(patient, id, &item)?;
        self.touch(patient, id, item.section());
        self.view(id, 1, item)
    }

    /// The item as it stands, of the section its reader has a right to; others aren't there for him.
    pub async fn open(&self, patient: Uuid, item: Uuid, section: Section) -> Result<OpenedItem, Failure> {
        let filter = doc! { "_id": forms::uuid_bson(item), "patient": forms::uuid_bson(patient) };
        let found = find_documents(self.desk.store, "items", filter, None).await?;
        let missing = if found.is_empty() { Code::NotFound } else { Code::Damaged };
        let (mut items, _) = self.desk.open_items(patient, found, &self.keys).await?;
        let opened = items.pop().ok_or_else(|| missing.bare())?;
        let shown = section != Section::HiddenIngredients;
        if shown && opened.item.section() == section { Ok(opened) } else { Err(Code::NotFound.bare()) }
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
        let (id, item) = (Uuid::new_v4(), self.desk.authored(content));
        let place = (item.section().compartment(), Part::Items);
        self.desk.key_to_write(&mut self.writing, &mut self.keys, patient, place)?;
        self.writing.record(self.desk.new_item(&self.keys, patient, id, &item)?);
        self.touch(patient, id, item.section());
        Ok(())
    }

    /// A new content for an item; where it comes from and which visit it belongs to stays.
    pub fn change(&mut self, old: &OpenedItem, content: Content) -> Result<ItemView, Failure> {
        let mut item = self.desk.authored(content);
        (item.source, item.encounter) = (old.item.source.clone(), old.item.encounter.clone());
        (item.sensitive, item.moved) = (old.item.sensitive, old.item.moved.clone());
        self.rewrite(old, item)
    }

    /// A new revision of an item; the old one goes to the versions.
    pub fn rewrite(&mut self, old: &OpenedItem, item: Item) -> Result<ItemView, Failure> {
        let patient = old.checked.patient;
        let place = (item.section().compartment(), Part::Items);
        self.desk.key_to_write(&mut self.writing, &mut self.keys, patient, place)?;
        let rev = self.desk.rewrite_opened(&mut self.writing, &self.keys, old, &item)?;
        if old.item.section() != item.section() {
            self.lend(patient, old.checked.id, &item)?;
        }
        self.touch(patient, old.checked.id, item.section());
        self.view(old.checked.id, rev, item)
    }

    /// What an item that is restricted from now on lends to the interaction check.
    fn lend(&mut self, patient: Uuid, id: Uuid, item: &Item) -> Result<(), Failure> {
        let Some(hidden) = self.desk.hidden_of(id, item) else { return Ok(()) };
        let place = (hidden.section().compartment(), Part::Items);
        self.desk.key_to_write(&mut self.writing, &mut self.keys, patient, place)?;
        self.writing.record(self.desk.new_item(&self.keys, patient, hidden_id(id), &hidden)?);
        Ok(())
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
        let content = EntryContent::of(item.content).ok_or_else(|| Code::NotFound.bare())?;
        Ok(ItemView {
            item: id,
            rev,
            content,
            changed: rfc3339(self.desk.now()),
            by: item.author.unwrap_or_default(),
            in_error: item.in_error,
            moved: item.moved,
        })
    }
}

impl Desk<'_> {
    /// Whether this user has the right for another patient as well.
    pub(in crate::app) async fn admitted_with(&self, patient: Uuid, right: Right) -> Result<(), Failure> {
        let relationship = self.relationship_with(patient).await?;
        match decide(self.asking.role, right, relationship) {
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
