//! The encounter of a visit: made and moved on with the visit's steps by whoever may write it. The front desk may not:
//! what it steps over, the next clinician's step makes good. The encounter of a visit that was never meant for this patient
//! counts nowhere from then on, and the next clinician's program that opens the chart writes so.

use super::super::desk::Desk;
use super::super::error::Failure;
use super::super::instants::{read, rfc3339};
use super::super::open_items::OpenedItem;
use super::super::patient_keys::Part;
use super::super::sealing::Writing;
use crate::policy::Right;
use crate::record::schedule::{Appointment, VisitStatus};
use crate::record::{
    Coded, Compartment, Content, Encounter, EncounterStatus, InError, Item, Section, Source, TaskKind,
};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// The id of a visit's encounter.
fn encounter_of(visit: Uuid) -> Uuid {
    Uuid::new_v5(&visit, b"wardseal/encounter")
}

/// What an encounter is when its visit is this; nothing for what concerns only the desk.
const fn status_of(visit: VisitStatus) -> Option<EncounterStatus> {
    match visit {
        VisitStatus::Arrived => Some(EncounterStatus::Arrived),
        VisitStatus::Roomed => Some(EncounterStatus::InProgress),
        VisitStatus::Seen | VisitStatus::Out => Some(EncounterStatus::Finished),
        VisitStatus::Cancelled => Some(EncounterStatus::Cancelled),
        VisitStatus::Waitlist | VisitStatus::Booked | VisitStatus::Noshow | VisitStatus::Rescheduled => None,
    }
}

/// Marks the encounters whose visit is marked: from here on they count nowhere.
pub(in crate::app) fn follow_mistakes(items: &mut [OpenedItem]) {
    let wrong: BTreeMap<Uuid, InError> = items
        .iter()
        .filter(|one| matches!(one.item.content, Content::Appointment(_)))
        .filter_map(|one| Some((encounter_of(one.checked.id), one.item.in_error.clone()?)))
        .collect();
    for one in items.iter_mut().filter(|one| matches!(one.item.content, Content::Encounter(_)) && one.item.counts()) {
        if let Some(mark) = wrong.get(&one.checked.id) {
            (one.item.in_error, one.misbooked) = (Some(mark.clone()), true);
        }
    }
}

/// Whether an item belongs to this encounter.
fn hangs_on(item: &Item, encounter: Uuid) -> bool {
    let of = |one: &Source| one.system == "wardseal" && one.id == encounter.to_string();
    item.counts() && item.encounter.as_ref().is_some_and(of)
}

impl Desk<'_> {
    /// Writes down what [`follow_mistakes`] has found in a chart that is opened, where this user may, and leaves a task
    /// where something was written in the course of such a visit. Answers which encounters it were.
    pub(in crate::app) async fn settle_mistakes(
        &self,
        writing: &mut Writing,
        patient: Uuid,
        items: &[OpenedItem],
    ) -> Result<Vec<Uuid>, Failure> {
        let wrong: Vec<&OpenedItem> = items.iter().filter(|one| one.misbooked && !one.item.sensitive).collect();
        if wrong.is_empty() || !self.may(Right::Edit(Section::Encounters)) || !self.keys.holds(Compartment::Clinical) {
            return Ok(Vec::new());
        }
        let of = BTreeSet::from([Compartment::Clinical]);
        let mut keys = self.patient_keys(&BTreeSet::from([patient]), &of).await?;
        self.key_to_write(writing, &mut keys, patient, (Compartment::Clinical, Part::Items))?;
        for one in &wrong {
            self.rewrite_opened(writing, &keys, one, &one.item)?;
            let written = items.iter().filter(|other| hangs_on(&other.item, one.checked.id)).count();
            if written > 0 {
                let text = format!("A visit was in the wrong record: check what was written during it ({written})");
                let mut task = self.task(TaskKind::Todo, text);
                task.focus = Some(one.checked.id);
                let item = self.authored(Content::Task(task));
                writing.record(self.new_item(&keys, patient, Uuid::new_v4(), &item)?);
            }
        }
        Ok(wrong.iter().map(|one| one.checked.id).collect())
    }

    /// Moves the encounter on with its visit; answers whether it was written. One that was changed by hand so that it
    /// can't follow is left as it is.
    pub(super) async fn follow(
        &self,
        writing: &mut Writing,
        (patient, visit): (Uuid, Uuid),
        next: &Appointment,
    ) -> Result<bool, Failure> {
        let Some(status) = next.state().and_then(status_of) else { return Ok(false) };
        if !self.may(Right::Edit(Section::Encounters)) || !self.keys.holds(Compartment::Clinical) {
            return Ok(false);
        }
        let (id, patients) = (encounter_of(visit), BTreeSet::from([patient]));
        let mut keys = self.patient_keys(&patients, &BTreeSet::from([Compartment::Clinical])).await?;
        let found = self.by_ids("items", BTreeSet::from([id])).await?;
        let stored = !found.is_empty();
        let opened = self.open_items(patient, found, &keys).await?.0.pop();
        let item = match &opened {
            Some(old) => self.moved_on(&old.item, status),
            None if stored || status == EncounterStatus::Cancelled => None,
            None => Some(self.authored(Content::Encounter(self.begun(next, status)))),
        };
        let Some(item) = item else { return Ok(false) };
        self.key_to_write(writing, &mut keys, patient, (Compartment::Clinical, Part::Items))?;
        match opened {
            Some(old) => _ = self.rewrite_opened(writing, &keys, &old, &item)?,
            None => writing.record(self.new_item(&keys, patient, id, &item)?),
        }
        Ok(true)
    }

    fn moved_on(&self, old: &Item, status: EncounterStatus) -> Option<Item> {
        let Content::Encounter(before) = &old.content else { return None };
        let mut encounter = before.clone();
        let taken = old.counts() && encounter.take(status, &rfc3339(self.now())).is_ok();
        taken.then(|| Item { content: Content::Encounter(encounter), ..old.clone() })
    }

    fn begun(&self, visit: &Appointment, status: EncounterStatus) -> Encounter {
        let now = || rfc3339(self.now());
        let arrived = visit.times.arrived.as_deref().and_then(read).map(rfc3339);
        Encounter {
            status: status.word().to_owned(),
            class: "AMB".to_owned(),
            kind: Coded { text: visit.visit_type.clone(), ..Coded::default() },
            start: Some(arrived.unwrap_or_else(now)),
            end: (status == EncounterStatus::Finished).then(now),
            reason: None,
            location: visit.room.clone(),
        }
    }
}
