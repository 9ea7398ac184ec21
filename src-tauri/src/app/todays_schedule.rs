//! Today's appointments of the whole clinic, with names and nothing clinical.

use super::desk::Desk;
use super::error::Failure;
use super::perform::{Action, Prepared, Touched};
use super::schedule::Visits;
use super::views::{AppointmentView, ScheduleView, VisitView};
use crate::audit::Purpose;
use crate::policy::Right;
use crate::record::Section;
use serde::Deserialize;
use uuid::Uuid;

/// The schedule of the day at the clinic.
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
        let zone = desk.zone();
        let day = zone.day_of(desk.now().0);
        let (from, until) = zone.bounds(day);
        let Visits { visits, damaged, .. } = desk.visits_between(from, until).await?;
        let appointments: Vec<AppointmentView> = desk.shown(&visits).await?.into_iter().map(of_today).collect();
        let sections = vec![Section::Appointments, Section::Identity];
        let count = appointments.len() as u64;
        let touched = Touched { sections, count, damaged: damaged > 0, ..Touched::default() };
        Ok(Prepared::read(ScheduleView { day: day.to_string(), appointments }, touched))
    }
}

fn of_today(visit: VisitView) -> AppointmentView {
    AppointmentView {
        item: visit.item,
        patient: visit.patient,
        name: visit.name,
        start: visit.start,
        minutes: visit.minutes,
        provider: visit.provider,
        visit_type: visit.visit_type,
        status: visit.status,
    }
}
