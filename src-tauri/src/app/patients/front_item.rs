//! What there is one of for each patient, sealed for the front desk: an item whose id follows from the patient's.

use super::prepared;
use crate::app::desk::Desk;
use crate::app::error::{Code, Failure};
use crate::app::open_items::OpenedItem;
use crate::app::patient_keys::Part;
use crate::app::perform::{Prepared, Touched};
use crate::app::sealing::Writing;
use crate::record::{Compartment, Content, Item, Section};
use std::collections::BTreeSet;
use uuid::Uuid;

/// One item a patient: two who make it at once conflict.
pub(super) fn id_of(patient: Uuid, what: &str) -> Uuid {
    Uuid::new_v5(&patient, format!("wardseal/{what}").as_bytes())
}

/// The audit's word on it.
pub(super) fn touched(patient: Uuid, what: &str) -> Touched {
    Touched { record: Some(id_of(patient, what)), sections: vec![Section::Contact], count: 1, ..Touched::default() }
}

impl Desk<'_> {
    /// The item, if there is one. What doesn't open is an error, and so is one that was seen here and is gone.
    pub(super) async fn front_item(&self, patient: Uuid, what: &str) -> Result<Option<OpenedItem>, Failure> {
        let id = id_of(patient, what);
        let keys = self.patient_keys(&BTreeSet::from([patient]), &BTreeSet::from([Compartment::Front])).await?;
        let found = self.by_ids("items", BTreeSet::from([id])).await?;
        let (mut opened, damaged) = self.open_items(patient, found, &keys).await?;
        if damaged > 0 || (opened.is_empty() && self.witness.seen(id)?.is_some()) {
            return Err(Code::Damaged.bare());
        }
        Ok(opened.pop())
    }

    /// Writes it anew, over what was read.
    pub(super) async fn keep_front_item<T>(
        &self,
        (patient, what): (Uuid, &str),
        stored: Option<&OpenedItem>,
        content: Content,
        output: T,
    ) -> Result<Prepared<T>, Failure> {
        let of = BTreeSet::from([Compartment::Front]);
        let (mut writing, mut keys) = (Writing::default(), self.patient_keys(&BTreeSet::from([patient]), &of).await?);
        self.key_to_write(&mut writing, &mut keys, patient, (Compartment::Front, Part::Items))?;
        let mut item = Item::new(content);
        item.recorded = Some(self.written_now());
        item.author = Some(self.keys.account.name.clone());
        match stored {
            Some(old) => _ = self.rewrite_opened(&mut writing, &keys, old, &item)?,
            None => writing.record(self.new_item(&keys, patient, id_of(patient, what), &item)?),
        }
        prepared(self, writing, output, touched(patient, what))
    }
}
