//! What the schedule says of a treatment relationship: the patient is on the user's own schedule today, or checked in
//! at the user's unit now. It ends with the day, and with the check-out.

use super::super::desk::{Desk, uuid_at};
use super::super::error::Failure;
use crate::keys::forms;
use crate::policy::Relationship;
use crate::record::schedule::{VisitStatus, Zone};
use crate::record::{Appointment, Compartment, Section};
use crate::store::find_documents;
use bson::{Bson, doc};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

impl Desk<'_> {
    /// The relationships of this user to these patients by today's visits; who isn't in the answer has none.
    pub(in crate::app) async fn relationships_today(
        &self,
        patients: &BTreeSet<Uuid>,
    ) -> Result<BTreeMap<Uuid, Relationship>, Failure> {
        let mut ties = BTreeMap::new();
        if patients.is_empty() || !self.keys.holds(Compartment::Front) {
            return Ok(ties);
        }
        let zone = self.zone();
        let ids: Vec<Bson> = patients.iter().copied().map(forms::uuid_bson).collect();
        let filter = doc! {
            "patient": if let [one] = ids.as_slice() { one.clone() } else { doc! { "$in": ids }.into() },
            "section": Section::Appointments.code(), "day": { "$in": self.todays_days(&zone)? },
        };
        let found = find_documents(self.store, "items", filter, None).await?;
        let visitors: BTreeSet<Uuid> = found.iter().filter_map(|raw| uuid_at(raw, "patient").ok()).collect();
        if visitors.is_empty() {
            return Ok(ties);
        }
        let keys = self.patient_keys(&visitors, &BTreeSet::from([Compartment::Front])).await?;
        let opened = self.open_items_of(None, found, &keys)?.0;
        for opened in opened.into_iter().filter(|one| one.item.counts()) {
            let crate::record::Content::Appointment(visit) = &opened.item.content else { continue };
            if let Some(tie) = self.tie_by(visit, &zone).filter(|_| patients.contains(&opened.checked.patient)) {
                let known = ties.entry(opened.checked.patient).or_insert(tie);
                if tie == Relationship::OnSchedule {
                    *known = tie;
                }
            }
        }
        Ok(ties)
    }

    /// What one visit says, if it is today's and stands.
    fn tie_by(&self, visit: &Appointment, zone: &Zone) -> Option<Relationship> {
        let todays = visit.span().is_some_and(|(start, _)| zone.day_of(start) == zone.day_of(self.now().0));
        let state = visit.state().filter(|state| todays && state.holds_its_slot())?;
        if self.keys.schedule.names_of(&self.keys.account.username).any(|name| name == visit.provider) {
            return Some(Relationship::OnSchedule);
        }
        let unit = self.keys.account.unit.as_deref();
        let here = state.is_here() && state != VisitStatus::Booked;
        (here && unit.is_some() && visit.unit.as_deref() == unit).then_some(Relationship::CheckedIn)
    }
}
