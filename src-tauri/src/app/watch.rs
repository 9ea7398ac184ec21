//! What others change of what lies open on the screen: found out by revisions, told by ids. Nothing is opened for it.
//!
//! The seat asks [`Workstation::look_for_changes`] twice a second. A chart that was opened is followed until another one
//! is, or the seat locks; what this seat saves itself is no news.

use super::error::Failure;
use super::open_chart::filter_of;
use super::perform::{HeadLeft, Touched};
use super::workstation::Workstation;
use crate::keys::forms;
use crate::record::Section;
use crate::store::{Changed, Changes, StoreError, find_documents};
use bson::{Document, doc};
use serde::Serialize;
use std::collections::BTreeMap;
use ts_rs::TS;
use uuid::Uuid;

/// What another workstation changed of the chart that lies open. Ids only.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct ChangedView {
    /// Whose chart.
    pub patient: Uuid,
    /// Which records are new, changed or gone; the patient's own id for the banner and its sections.
    pub records: Vec<Uuid>,
}

/// The store's news and what is followed.
#[derive(Default)]
pub(super) struct Watch {
    changes: Option<Changes>,
    open: Option<Open>,
    board: Option<Board>,
    board_changed: bool,
    // Something changed that wasn't looked at yet, because the store couldn't be asked.
    due: bool,
}

/// The days of a schedule as they are shown.
struct Board {
    days: Vec<bson::Bson>,
    shown: BTreeMap<Uuid, i64>,
}

/// A chart as it is shown.
struct Open {
    patient: Uuid,
    sections: Vec<Section>,
    shown: BTreeMap<Uuid, i64>,
}

impl Watch {
    /// Follows what an action put on the screen, and takes what it saved as known.
    pub(super) fn follow(&mut self, patient: Option<Uuid>, touched: &[Touched], heads: &[HeadLeft]) {
        if let Some(board) = touched.iter().find(|touched| !touched.days.is_empty()) {
            self.board = Some(Board { days: board.days.clone(), shown: board.shown.iter().copied().collect() });
            self.due = true;
        }
        // A visit that this seat has changed itself is no news to it.
        for head in heads.iter().filter(|head| head.collection == "items") {
            let shown = self.board.as_mut().and_then(|board| board.shown.get_mut(&head.record));
            shown.into_iter().for_each(|rev| *rev = head.counter);
        }
        let Some(patient) = patient else { return };
        if let Some(chart) = touched.iter().find(|touched| !touched.shown.is_empty()) {
            let shown = chart.shown.iter().copied().collect();
            self.open = Some(Open { patient, sections: chart.sections.clone(), shown });
            self.due = true;
        }
        // The chart shows what was read before it wrote; what it wrote is the same, sealed anew.
        if let Some(open) = self.open.as_mut().filter(|open| open.patient == patient) {
            let of_chart = heads.iter().filter(|head| matches!(head.collection, "patients" | "items"));
            open.shown.extend(of_chart.map(|head| (head.record, head.counter)));
        }
    }

    /// Follows nothing any more.
    pub(super) fn forget(&mut self) {
        *self = Self::default();
    }
}

impl Workstation {
    /// What others have changed of the open chart since this was asked last. Answers at once where nothing happened.
    ///
    /// # Errors
    /// When the store can't be asked; nothing is lost, a later call tells it.
    pub async fn look_for_changes(&mut self) -> Result<Option<ChangedView>, Failure> {
        if self.keys.is_none() || (self.watch.open.is_none() && self.watch.board.is_none()) {
            return Ok(None);
        }
        if self.watch.changes.is_none() {
            self.watch.changes = Some(self.store.changes().await?);
            self.watch.due = true;
        }
        if let Some(changes) = &mut self.watch.changes {
            self.watch.due |= self.alarm.ask_unless(changes.since()).await? != Changed::Nothing;
        }
        if !self.watch.due {
            return Ok(None);
        }
        self.look_at_board().await?;
        let Some(open) = &self.watch.open else {
            self.watch.due = false;
            return Ok(None);
        };
        let now = self.revisions_of(open.patient, &open.sections).await?;
        self.watch.due = false;
        Ok(self.watch.open.as_mut().and_then(|open| open.news(now)))
    }

    /// Whether somebody has changed the days of the schedule that are shown; told once.
    pub fn schedule_changed(&mut self) -> bool {
        std::mem::take(&mut self.watch.board_changed)
    }

    async fn look_at_board(&mut self) -> Result<(), StoreError> {
        let Some(board) = &self.watch.board else { return Ok(()) };
        let filter = doc! { "day": { "$in": board.days.clone() } };
        let now = revisions(find_documents(self.store(), "items", filter, Some(doc! { "rev": 1 })).await?);
        if let Some(board) = self.watch.board.as_mut() {
            let known = |(id, rev): (&Uuid, &i64)| board.shown.get(id).is_some_and(|shown| shown == rev);
            self.watch.board_changed |= !now.iter().all(known) || board.shown.keys().any(|id| !now.contains_key(id));
            board.shown = now;
        }
        Ok(())
    }

    /// The revisions of a chart's records as they stand in the store.
    async fn revisions_of(&self, patient: Uuid, sections: &[Section]) -> Result<BTreeMap<Uuid, i64>, StoreError> {
        let part = || Some(doc! { "rev": 1 });
        let own = doc! { "_id": forms::uuid_bson(patient) };
        let mut found = find_documents(self.store(), &self.record.stored_in("patients"), own, part()).await?;
        found.extend(find_documents(self.store(), "items", filter_of(patient, sections), part()).await?);
        Ok(revisions(found))
    }
}

fn revisions(found: Vec<bson::RawDocumentBuf>) -> BTreeMap<Uuid, i64> {
    let revision = |raw: bson::RawDocumentBuf| {
        let document = Document::try_from(raw).ok()?;
        Some((forms::uuid_of(&document, "_id")?, document.get_i64("rev").ok()?))
    };
    found.into_iter().filter_map(revision).collect()
}

impl Open {
    fn news(&mut self, now: BTreeMap<Uuid, i64>) -> Option<ChangedView> {
        let before = std::mem::replace(&mut self.shown, now);
        let changed = self.shown.iter().filter(|(id, rev)| before.get(id) != Some(rev)).map(|(id, _)| *id);
        let gone = before.keys().filter(|id| !self.shown.contains_key(id)).copied();
        let records: Vec<Uuid> = changed.chain(gone).collect();
        (!records.is_empty()).then_some(ChangedView { patient: self.patient, records })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_new_changed_or_gone_is_told_once_by_its_id() {
        let [patient, kept, changed, gone, new] = [1_u128, 2, 3, 4, 5].map(Uuid::from_u128);
        let shown = BTreeMap::from([(patient, 1), (kept, 1), (changed, 1), (gone, 1)]);
        let mut open = Open { patient, sections: vec![], shown };
        let now = BTreeMap::from([(patient, 1), (kept, 1), (changed, 2), (new, 1)]);
        let told = open.news(now.clone()).unwrap();
        assert_eq!((told.patient, told.records), (patient, vec![changed, new, gone]));
        assert_eq!(open.news(now), None);
    }
}
