//! Opening items: each head checked, values decrypted many at once, damaged ones counted and never shown.

use super::desk::{Checked, Desk, report, uuid_at};
use super::error::{Code, Failure};
use super::parallel::in_blocks;
use super::patient_keys::PatientKeys;
use crate::crypt::section::{self, Place, Sealed};
use crate::record::{Compartment, InError, Item, Section};
use crate::store::witness::Seen;
use bson::spec::BinarySubtype;
use bson::{RawDocument, RawDocumentBuf};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use uuid::Uuid;

/// Items that one thread opens at once.
const AT_ONCE: usize = 256;

/// How the value of an item opens.
enum Readable<'b> {
    Sealed(Sealed<'b>),
    /// As somebody left it who may not read it.
    WriteOnly(Place, &'b [u8]),
    /// Its compartment isn't held.
    Closed,
}

/// An item that opened.
pub(super) struct OpenedItem {
    pub checked: Checked,
    pub item: Item,
    /// Its visit was never meant for this patient, and nobody who may write here has said so yet.
    pub misbooked: bool,
    /// As it was stored, with what a newer version may have added.
    pub document: RawDocumentBuf,
    /// What a restricted item lends to the interaction check, where it was fetched with it.
    pub companion: Option<Box<Checked>>,
}

impl Desk<'_> {
    /// Opens items of one patient; damaged ones are counted, never shown.
    pub(super) async fn open_items(
        &self,
        patient: Uuid,
        found: Vec<RawDocumentBuf>,
        keys: &PatientKeys,
    ) -> Result<(Vec<OpenedItem>, u64), Failure> {
        self.open_items_of(Some(patient), found, keys)
    }

    /// As [`Desk::open_items`], of one patient or of all that keys are there for.
    pub(super) fn open_items_of(
        &self,
        patient: Option<Uuid>,
        found: Vec<RawDocumentBuf>,
        keys: &PatientKeys,
    ) -> Result<(Vec<OpenedItem>, u64), Failure> {
        let seen = self.seen(&found)?;
        let opened = in_blocks(found, AT_ONCE, |block| self.open_block(patient, block, keys, &seen));
        let damaged = opened.iter().map(|(_, damaged)| damaged).sum();
        Ok((opened.into_iter().flat_map(|(items, _)| items).collect(), damaged))
    }

    /// Those of the stored items that somebody marked as entered in error, as far as this user may read.
    pub(super) async fn marked_in_error(&self, found: Vec<RawDocumentBuf>) -> Result<BTreeMap<Uuid, InError>, Failure> {
        let owners: BTreeSet<Uuid> = found.iter().filter_map(|raw| uuid_at(raw, "patient").ok()).collect();
        let keys = self.patient_keys(&owners, &Compartment::ALL.into_iter().collect()).await?;
        match self.open_items_of(None, found, &keys)? {
            (opened, 0) => {
                Ok(opened.into_iter().filter_map(|one| Some((one.checked.id, one.item.in_error?))).collect())
            }
            _ => Err(Code::Damaged.bare()),
        }
    }

    fn open_block(
        &self,
        patient: Option<Uuid>,
        found: Vec<RawDocumentBuf>,
        keys: &PatientKeys,
        seen: &HashMap<Uuid, Seen>,
    ) -> (Vec<OpenedItem>, u64) {
        let count = found.len();
        let checked = found.into_iter().filter_map(|raw| self.check_one("items", raw, seen).ok());
        let checked: Vec<Checked> =
            checked.filter(|one| patient.is_none_or(|patient| one.patient == patient)).collect();
        let mut damaged = (count - checked.len()) as u64;
        let mut sealed = Vec::with_capacity(checked.len());
        let mut readable = Vec::with_capacity(checked.len());
        let mut write_only = Vec::new();
        for one in &checked {
            match self.sealed_item(one, keys) {
                Ok(Readable::Sealed(item)) => {
                    sealed.push(item);
                    readable.push(one.id);
                }
                Ok(Readable::WriteOnly(place, value)) => {
                    write_only.push((one.id, self.open_write_only(&place, value, keys)));
                }
                Ok(Readable::Closed) => {}
                Err(_) => {
                    report("items", one.id);
                    damaged += 1;
                }
            }
        }
        let opened = section::open_many(&self.keys.crypt, &sealed).into_iter().map(|one| one.map_err(Failure::from));
        let mut opened: HashMap<Uuid, _> = readable.into_iter().zip(opened).chain(write_only).collect();
        drop(sealed);
        let mut items = Vec::with_capacity(opened.len());
        for one in checked {
            let Some(result) = opened.remove(&one.id) else { continue };
            let item = result.and_then(|document| Ok((Item::from_document(&document)?, document)));
            match item {
                Ok((item, document)) => {
                    items.push(OpenedItem { checked: one, item, misbooked: false, document, companion: None });
                }
                Err(_) => {
                    report("items", one.id);
                    damaged += 1;
                }
            }
        }
        (items, damaged)
    }

    fn sealed_item<'b>(&self, one: &'b Checked, keys: &'b PatientKeys) -> Result<Readable<'b>, Failure> {
        let section = section_of(&one.raw)?;
        if !self.keys.holds(section.compartment()) {
            return Ok(Readable::Closed);
        }
        let values = one.raw.get_document("s").map_err(|_| Code::Damaged.bare())?;
        let value = values.get_binary("value").map_err(|_| Code::Damaged.bare())?;
        let rev = one.head.check("value", value)?;
        let place = self.place(one.id, section, rev);
        if value.subtype == BinarySubtype::Generic {
            return Ok(Readable::WriteOnly(place, value.bytes));
        }
        let key = keys.get(one.patient, section.compartment()).ok_or_else(|| Code::Damaged.bare())?;
        Ok(Readable::Sealed(Sealed { place, key, value: value.bytes }))
    }
}

/// The section an item says it belongs to; the associated data of its value proves it.
pub(super) fn section_of(raw: &RawDocument) -> Result<Section, Failure> {
    let code = raw.get_str("section").map_err(|_| Code::Damaged.bare())?;
    Section::ALL.into_iter().find(|section| section.code() == code).ok_or_else(|| Code::Damaged.bare())
}
