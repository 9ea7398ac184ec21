//! Today's appointments of the whole clinic, with names and nothing clinical.

use super::chart_views::appointment_view;
use super::desk::Desk;
use super::error::{Code, Failure};
use super::instants;
use super::patient_keys::PatientKeys;
use super::perform::{Action, Prepared, Touched};
use super::views::{AppointmentView, ScheduleView};
use crate::audit::Purpose;
use crate::keys::forms;
use crate::policy::Right;
use crate::record::{Compartment, Content, Section};
use crate::store::{find, find_documents};
use bson::{Bson, RawDocumentBuf, doc};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// The schedule of the day on the workstation's clock.
#[derive(Deserialize, ts_rs::TS)]
pub struct TodaysSchedule {}

impl Action for TodaysSchedule {
    type Output = ScheduleView;
    const NAME: &'static str = "todays_schedule";

    fn right(&self) -> Right {
        Right::ViewSchedule
    }

    fn patient(&self) -> Option<Uuid> {
        None
    }

    fn purpose(&self) -> Purpose {
        Purpose::Operations
    }

    async fn run(&self, desk: &Desk<'_>) -> Result<Prepared<ScheduleView>, Failure> {
        let day = desk.today().ok_or_else(|| Code::Internal.bare())?.to_string();
        let filter = doc! { "section": Section::Appointments.code() };
        let found = find_documents(desk.store, "items", filter, None).await?;
        let mut by_patient: BTreeMap<Uuid, Vec<RawDocumentBuf>> = BTreeMap::new();
        for raw in found {
            // One that names no patient is nobody's: it counts as damaged.
            let patient = super::desk::uuid_at(&raw, "patient").unwrap_or_default();
            by_patient.entry(patient).or_default().push(raw);
        }
        let patients: BTreeSet<Uuid> = by_patient.keys().copied().collect();
        let keys = desk.patient_keys(&patients, &BTreeSet::from([Compartment::Front])).await?;
        let (mut appointments, damaged) = desk.appointments(&day, by_patient, &keys).await?;
        desk.name(&mut appointments).await?;
        appointments.sort_by_cached_key(|one| (instants::read(&one.start), one.start.clone(), one.name.clone()));
        let sections = vec![Section::Appointments, Section::Identity];
        let count = appointments.len() as u64;
        let touched = Touched { sections, count, damaged: damaged > 0, ..Touched::default() };
        Ok(Prepared::read(ScheduleView { day, appointments }, touched))
    }
}

impl Desk<'_> {
    /// The day's appointments, and how many of any day are damaged.
    async fn appointments(
        &self,
        day: &str,
        by_patient: BTreeMap<Uuid, Vec<RawDocumentBuf>>,
        keys: &PatientKeys,
    ) -> Result<(Vec<AppointmentView>, u64), Failure> {
        let (mut appointments, mut damaged) = (Vec::new(), 0);
        for (patient, found) in by_patient {
            let (items, refused) = self.open_items(patient, found, keys).await?;
            damaged += refused;
            for opened in items {
                let Content::Appointment(one) = opened.item.content else { continue };
                // One whose time can't be read is shown on the day its text begins with.
                let starts = instants::read(&one.start).and_then(|at| instants::day_of(at, self.clock));
                if starts.map_or(one.start.starts_with(day), |starts| starts.to_string() == day) {
                    let unnamed = crate::record::PatientRecord::default();
                    appointments.push(appointment_view(opened.checked.id, patient, &unnamed, one));
                }
            }
        }
        Ok((appointments, damaged))
    }

    /// Puts the names to the appointments.
    async fn name(&self, appointments: &mut [AppointmentView]) -> Result<(), Failure> {
        let ids: BTreeSet<Uuid> = appointments.iter().map(|one| one.patient).collect();
        let ids: Vec<Bson> = ids.into_iter().map(forms::uuid_bson).collect();
        let projection = doc! { "rev": 1, "head": 1, "s.identity": 1 };
        let command = find(&self.site.stored_in("patients"), doc! { "_id": { "$in": ids } }, Some(projection));
        let found = self.find_encrypted(&command).await?;
        for opened in self.open_patients(found, &[Section::Identity]).await?.into_iter().flatten() {
            let name = &opened.record.identity.name;
            let name = format!("{}, {}", name.surname.to_uppercase(), name.given_joined());
            for one in appointments.iter_mut().filter(|one| one.patient == opened.checked.id) {
                one.name.clone_from(&name);
            }
        }
        Ok(())
    }
}
