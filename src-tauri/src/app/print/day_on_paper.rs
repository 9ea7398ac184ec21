//! Today's list: the schedule's rows and, of their patients' identity, what tells people apart.

use super::documents::{Listed, todays_list};
use super::make::{Contents, Stage};
use super::order::PrintDocument;
use crate::app::desk::Desk;
use crate::app::error::Failure;
use crate::app::perform::{Action, Touched};
use crate::app::todays_schedule::TodaysSchedule;
use crate::app::views::AppointmentView;
use crate::record::{Identity, fold_name};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

impl Desk<'_> {
    /// What a print-out of the day holds. On paper each patient's name is disclosed: each gets an audit row.
    pub(super) async fn day_on_paper(&self, stage: Stage) -> Result<Contents, Failure> {
        let prepared = TodaysSchedule {}.run(self).await?;
        let damaged = u64::from(prepared.touched.iter().any(|touched| touched.damaged));
        let appointments = prepared.output.appointments;
        let ids: BTreeSet<Uuid> = appointments.iter().map(|one| one.patient).collect();
        let people = self.identities(ids.clone()).await?;
        let touched = match stage {
            Stage::Preview => vec![touched(None, appointments.len(), damaged > 0)],
            Stage::Dialog | Stage::File => each(&ids, &appointments, damaged > 0),
        };
        let listed = listed(appointments, &people);
        let blocks = todays_list(&prepared.output.day, &listed, &self.zone());
        Ok(Contents { head: None, blocks, damaged, touched, visits: Vec::new() })
    }
}

fn touched(patient: Option<Uuid>, count: usize, damaged: bool) -> Touched {
    Touched {
        patient,
        sections: PrintDocument::TodaysList.sections().to_vec(),
        count: count as u64,
        damaged,
        document: Some(PrintDocument::TodaysList.code()),
        ..Touched::default()
    }
}

/// A row for each patient; one that names nobody for an empty list.
fn each(ids: &BTreeSet<Uuid>, appointments: &[AppointmentView], damaged: bool) -> Vec<Touched> {
    let of = |patient: &Uuid| appointments.iter().filter(|one| one.patient == *patient).count();
    let rows: Vec<Touched> = ids.iter().map(|patient| touched(Some(*patient), of(patient), damaged)).collect();
    if rows.is_empty() { vec![touched(None, 0, damaged)] } else { rows }
}

fn listed(appointments: Vec<AppointmentView>, people: &BTreeMap<Uuid, Identity>) -> Vec<Listed> {
    let surname = |identity: &Identity| fold_name(&identity.name.surname);
    let row = |appointment: AppointmentView| {
        let identity = people.get(&appointment.patient);
        let shared = identity.is_some_and(|own| {
            people.iter().any(|(id, other)| *id != appointment.patient && surname(other) == surname(own))
        });
        let is = |mark: fn(&Identity) -> bool| identity.is_some_and(mark);
        let marks = [
            (is(|one| one.deceased), "DECEASED"),
            (is(|one| one.test), "TEST PATIENT"),
            (is(|one| one.merged_into.is_some()), "MERGED"),
            (shared, "same name"),
        ];
        Listed {
            born: identity.and_then(|one| one.birth_date).map(|date| date.to_string()),
            phone_last4: identity.and_then(|one| one.phone_last4.clone()),
            marks: marks.into_iter().filter(|(set, _)| *set).map(|(_, words)| words).collect(),
            appointment,
        }
    };
    appointments.into_iter().map(row).collect()
}
