//! The day in figures, for whoever sits there. Each is counted from what is stored now, and leads to its list.

use super::super::desk::Desk;
use super::super::error::Failure;
use super::super::perform::{Action, Prepared, Touched};
use super::super::views::{Figure, FigureOf, MyDay};
use super::visits::{OpenVisit, Visits};
use crate::audit::Purpose;
use crate::policy::{Right, Role};
use crate::record::Section;
use crate::record::schedule::VisitStatus as S;
use crate::store::raw;
use bson::doc;
use serde::Deserialize;
use uuid::Uuid;

/// The figures of the day.
#[derive(Deserialize, ts_rs::TS)]
pub struct ShowMyDay {}

/// So many of the next visits are shown.
const NEXT: usize = 8;

impl Action for ShowMyDay {
    type Output = MyDay;
    const NAME: &'static str = "my_day";

    fn right(&self) -> Right {
        Right::ViewSchedule
    }

    fn patient(&self) -> Option<Uuid> {
        None
    }

    fn purpose(&self) -> Purpose {
        Purpose::Operations
    }

    async fn run(&self, desk: &Desk<'_>) -> Result<Prepared<MyDay>, Failure> {
        let zone = desk.zone();
        let Visits { mut visits, damaged, days, stored: shown } = desk.todays_visits(&zone).await?;
        visits.retain(|one| desk.concerns(one));
        let mut figures = desk.of_visits(&visits);
        if desk.asking.role == Role::FrontDesk {
            figures.extend(desk.of_the_desk().await?);
        }
        let now = desk.now().0;
        visits.retain(|one| one.visit.state().is_some_and(|state| state == S::Booked || state.is_here()));
        visits.retain(|one| {
            one.visit.span().is_some_and(|(_, until)| until > now || one.visit.state() != Some(S::Booked))
        });
        let mut next = desk.shown(&visits).await?;
        next.truncate(NEXT);
        let (sections, count) = (vec![Section::Appointments, Section::Identity], next.len() as u64);
        let page = MyDay { day: zone.day_of(now).to_string(), figures, next };
        let touched = Touched { sections, count, damaged: damaged > 0, days, shown, ..Touched::default() };
        Ok(Prepared::read(page, touched))
    }
}

impl Desk<'_> {
    /// A doctor's own visits, a nurse's unit, the desk's whole clinic.
    fn concerns(&self, visit: &OpenVisit) -> bool {
        let (site, account) = (&self.keys.schedule, &self.keys.account);
        match self.asking.role {
            Role::Doctor => site.names_of(&account.username).any(|name| name == visit.visit.provider),
            Role::Nurse => {
                let unit = visit.visit.unit.as_ref();
                let of_provider = site.provider(&visit.visit.provider).and_then(|provider| provider.unit.as_ref());
                account.unit.is_none() || unit.or(of_provider).is_none_or(|unit| account.unit.as_ref() == Some(unit))
            }
            _ => true,
        }
    }

    fn of_visits(&self, visits: &[OpenVisit]) -> Vec<Figure> {
        let now = self.now().0;
        let count = |of: &dyn Fn(S, &OpenVisit) -> bool| {
            let counted = visits.iter().filter(|one| one.visit.state().is_some_and(|state| of(state, one)));
            counted.count() as u64
        };
        let ahead = |one: &OpenVisit| one.visit.span().is_some_and(|(start, _)| start > now);
        let figure = |of, count| Figure { of, count };
        vec![
            figure(FigureOf::VisitsToday, count(&|state, _| state.holds_its_slot())),
            figure(FigureOf::StillToCome, count(&|state, one| state == S::Booked && ahead(one))),
            figure(FigureOf::Waiting, count(&|state, _| state == S::Arrived)),
            figure(FigureOf::InRooms, count(&|state, _| state == S::Roomed)),
            figure(FigureOf::ToCheckOut, count(&|state, _| state == S::Seen)),
            figure(FigureOf::Missed, count(&|state, one| state == S::Noshow || (state == S::Booked && !ahead(one)))),
        ]
    }

    async fn of_the_desk(&self) -> Result<Vec<Figure>, Failure> {
        let waiting = self.wishes().await?.visits.len() as u64;
        let reminders = self.due_reminders().await?.len() as u64;
        Ok(vec![
            Figure { of: FigureOf::OnWaitingList, count: waiting },
            Figure { of: FigureOf::RemindersDue, count: reminders },
            Figure { of: FigureOf::NewPatients, count: self.registered_today().await? },
        ])
    }

    /// Patients whose record was made today: the time of that isn't secret.
    async fn registered_today(&self) -> Result<u64, Failure> {
        let zone = self.zone();
        let (from, _) = zone.bounds(zone.day_of(self.now().0));
        let since = doc! { "at": { "$gte": bson::DateTime::from_millis(from) } };
        let command = raw(&doc! { "count": self.site.stored_in("patients"), "query": since })?;
        let reply = self.store.run(command).await?;
        let n = reply.get("n").ok().flatten().and_then(|n| n.as_i64().or(n.as_i32().map(i64::from)));
        Ok(n.map_or(0, i64::unsigned_abs))
    }
}
