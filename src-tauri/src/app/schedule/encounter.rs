//! The encounter of a visit: made and moved on with the visit's steps by whoever may write it. The front desk may not:
//! what it steps over, the next clinician's step makes good.

use super::super::desk::Desk;
use super::super::error::Failure;
use super::super::instants::{read, rfc3339};
use super::super::patient_keys::Part;
use super::super::sealing::Writing;
use crate::policy::Right;
use crate::record::schedule::{Appointment, VisitStatus};
use crate::record::{Coded, Compartment, Content, Encounter, EncounterStatus, Item, Section};
use std::collections::BTreeSet;
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

impl Desk<'_> {
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
