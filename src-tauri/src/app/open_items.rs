//! Opening items: each head checked, values decrypted many at once, damaged ones counted and never shown.

use super::desk::{Checked, Desk, PatientKeys, report};
use super::error::{Code, Failure};
use super::parallel::in_blocks;
use crate::crypt::section::{self, Sealed};
use crate::record::{Item, Section};
use crate::store::witness::Seen;
use bson::{RawDocument, RawDocumentBuf};
use std::collections::HashMap;
use uuid::Uuid;

/// Items that one thread opens at once.
const AT_ONCE: usize = 256;

/// An item that opened.
pub(super) struct OpenedItem {
    pub checked: Checked,
    pub item: Item,
}

impl Desk<'_> {
    /// Opens items of one patient; damaged ones are counted, never shown.
    pub(super) async fn open_items(
        &self,
        patient: Uuid,
        found: Vec<RawDocumentBuf>,
        keys: &PatientKeys,
    ) -> Result<(Vec<OpenedItem>, u64), Failure> {
        let seen = self.seen(&found)?;
        let opened = in_blocks(found, AT_ONCE, |block| self.open_block(patient, block, keys, &seen));
        let damaged = opened.iter().map(|(_, damaged)| damaged).sum();
        Ok((opened.into_iter().flat_map(|(items, _)| items).collect(), damaged))
    }

    fn open_block(
        &self,
        patient: Uuid,
        found: Vec<RawDocumentBuf>,
        keys: &PatientKeys,
        seen: &HashMap<Uuid, Seen>,
    ) -> (Vec<OpenedItem>, u64) {
        let count = found.len();
        let checked = found.into_iter().filter_map(|raw| self.check_one("items", raw, seen).ok());
        let checked: Vec<Checked> = checked.filter(|one| one.patient == patient).collect();
        let mut damaged = (count - checked.len()) as u64;
        let mut sealed = Vec::with_capacity(checked.len());
        let mut readable = Vec::with_capacity(checked.len());
        for one in &checked {
            match self.sealed_item(one, keys) {
                Ok(Some(item)) => {
                    sealed.push(item);
                    readable.push(one.id);
                }
                Ok(None) => {}
                Err(_) => {
                    report("items", one.id);
                    damaged += 1;
                }
            }
        }
        let opened = section::open_many(&self.keys.crypt, &sealed);
        drop(sealed);
        let mut opened: HashMap<Uuid, _> = readable.into_iter().zip(opened).collect();
        let mut items = Vec::with_capacity(opened.len());
        for one in checked {
            let Some(result) = opened.remove(&one.id) else { continue };
            let item = result.map_err(Failure::from).and_then(|document| Ok(Item::from_document(&document)?));
            match item {
                Ok(item) => items.push(OpenedItem { checked: one, item }),
                Err(_) => {
                    report("items", one.id);
                    damaged += 1;
                }
            }
        }
        (items, damaged)
    }

    /// The sealed value of an item; `None` when its compartment isn't held.
    fn sealed_item<'b>(&self, one: &'b Checked, keys: &'b PatientKeys) -> Result<Option<Sealed<'b>>, Failure> {
        let section = section_of(&one.raw)?;
        if !self.keys.holds(section.compartment()) {
            return Ok(None);
        }
        let values = one.raw.get_document("s").map_err(|_| Code::Damaged.bare())?;
        let value = values.get_binary("value").map_err(|_| Code::Damaged.bare())?;
        let rev = one.head.check("value", value)?;
        let key = keys.get(&(one.patient, section.compartment())).ok_or_else(|| Code::Damaged.bare())?;
        Ok(Some(Sealed { place: self.place(one.id, section, rev), key, value: value.bytes }))
    }
}

/// The section an item says it belongs to; the associated data of its value proves it.
pub(super) fn section_of(raw: &RawDocument) -> Result<Section, Failure> {
    let code = raw.get_str("section").map_err(|_| Code::Damaged.bare())?;
    Section::ALL.into_iter().find(|section| section.code() == code).ok_or_else(|| Code::Damaged.bare())
}
