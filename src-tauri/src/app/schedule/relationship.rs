//! What the schedule says of a treatment relationship: the patient is on the user's own schedule today, or checked in
//! at the user's unit now. It ends with the day, and with the check-out.

use super::super::desk::Desk;
use super::super::error::Failure;
use crate::keys::forms;
use crate::policy::Relationship;
use crate::record::schedule::VisitStatus;
use crate::record::{Compartment, Section};
use crate::store::find_documents;
use bson::doc;
use std::collections::BTreeSet;
use uuid::Uuid;

impl Desk<'_> {
    /// The relationship of this user to a patient by today's visits.
    pub(in crate::app) async fn relationship_today(&self, patient: Uuid) -> Result<Relationship, Failure> {
        if !self.keys.holds(Compartment::Front) {
            return Ok(Relationship::None);
        }
        let zone = self.zone();
        let today = zone.day_of(self.now().0);
        let filter = doc! {
            "patient": forms::uuid_bson(patient), "section": Section::Appointments.code(),
            "day": { "$in": self.todays_days(&zone)? },
        };
        let found = find_documents(self.store, "items", filter, None).await?;
        if found.is_empty() {
            return Ok(Relationship::None);
        }
        let keys = self.patient_keys(&BTreeSet::from([patient]), &BTreeSet::from([Compartment::Front])).await?;
        let (opened, _) = self.open_items(patient, found, &keys).await?;
        let mut relationship = Relationship::None;
        for opened in opened {
            let crate::record::Content::Appointment(visit) = &opened.item.content else { continue };
            let todays = visit.span().is_some_and(|(start, _)| zone.day_of(start) == today);
            let Some(state) = visit.state().filter(|state| todays && state.holds_its_slot()) else { continue };
            let own = self.keys.schedule.names_of(&self.keys.account.username).any(|name| name == visit.provider);
            let unit = self.keys.account.unit.as_deref();
            if own {
                return Ok(Relationship::OnSchedule);
            }
            if state.is_here() && state != VisitStatus::Booked && unit.is_some() && visit.unit.as_deref() == unit {
                relationship = Relationship::CheckedIn;
            }
        }
        Ok(relationship)
    }
}
