//! The schedule on the screen: some days with every visit, a month in figures, free times. And the board that hangs in
//! the waiting room, which knows tokens and no names.

use super::super::desk::Desk;
use super::super::error::Failure;
use super::super::instants::rfc3339;
use super::super::perform::{Action, Prepared, Touched};
use super::super::views::{
    BoardRow, DayView, FreeSlots, MonthDay, MonthView, PublicBoard, ScheduleDays, ScheduleRights,
};
use super::book::invalid;
use super::visits::{OpenVisit, Visits};
use crate::audit::Purpose;
use crate::policy::{Relationship, Right, decide};
use crate::record::Section;
use crate::record::schedule::{
    DAYS_AHEAD, Day, Millis, Open, Taken, VisitStatus, Zone, day_from, days_after, free_slots, instant_of, is_a_length,
};
use serde::Deserialize;
use std::collections::BTreeMap;
use uuid::Uuid;

/// Some days of the schedule.
#[derive(Deserialize, ts_rs::TS)]
pub struct ShowSchedule {
    /// First day, `YYYY-MM-DD`; today without one.
    #[ts(optional = nullable)]
    pub from: Option<String>,
    /// How many days, up to seven.
    pub days: u16,
}

/// A month in figures.
#[derive(Deserialize, ts_rs::TS)]
pub struct ShowMonth {
    /// Any day of it; this month without one.
    #[ts(optional = nullable)]
    pub day: Option<String>,
}

/// Free times for a visit.
#[derive(Deserialize, ts_rs::TS)]
pub struct FindFreeSlots {
    /// For whom: the patient's own visits are in the way as well.
    #[ts(optional = nullable)]
    pub patient: Option<Uuid>,
    /// How long.
    pub minutes: u32,
    /// With whom; with anybody otherwise.
    #[ts(optional = nullable)]
    pub provider: Option<String>,
    /// First day; today without one.
    #[ts(optional = nullable)]
    pub from: Option<String>,
    /// How many days; two weeks otherwise.
    #[ts(optional = nullable)]
    pub days: Option<u16>,
}

/// The board of the waiting room.
#[derive(Deserialize, ts_rs::TS)]
pub struct ShowPublicBoard {}

/// So many free times are shown.
const MOST_FREE: usize = 500;
const LONGEST: u16 = 7;

macro_rules! schedule_is_read {
    ($($of:ty => $answer:ty, $name:literal, $run:ident;)+) => {$(
        impl Action for $of {
            type Output = $answer;
            const NAME: &'static str = $name;

            fn right(&self) -> Right {
                Right::ViewSchedule
            }

            fn patient(&self) -> Option<Uuid> {
                None
            }

            fn purpose(&self) -> Purpose {
                Purpose::Operations
            }

            async fn run(&self, desk: &Desk<'_>) -> Result<Prepared<$answer>, Failure> {
                $run(self, desk).await
            }
        }
    )+};
}

schedule_is_read! {
    ShowSchedule => ScheduleDays, "schedule", show_days;
    ShowMonth => MonthView, "schedule_month", show_month;
    FindFreeSlots => FreeSlots, "free_slots", show_free;
    ShowPublicBoard => PublicBoard, "public_board", show_public_board;
}

async fn show_days(asked: &ShowSchedule, desk: &Desk<'_>) -> Result<Prepared<ScheduleDays>, Failure> {
    let zone = desk.zone();
    let today = zone.day_of(desk.now().0);
    let first = first_day(asked.from.as_deref(), today)?;
    let days: Vec<Day> = (0..i64::from(asked.days.clamp(1, LONGEST))).map(|nth| days_after(first, nth)).collect();
    let (from, until) = (zone.bounds(first).0, zone.bounds(days[days.len() - 1]).1);
    let Visits { visits, damaged, days: stored_days, stored: shown } = desk.visits_between(from, until).await?;
    let site = &desk.keys.schedule;
    let page = ScheduleDays {
        today: today.to_string(),
        now: zone.written(desk.now().0),
        minute: zone.minute_of(desk.now().0),
        days: days.iter().map(|day| day_view(desk, *day)).collect(),
        providers: site.providers.clone(),
        visit_types: site.visit_types.clone(),
        rooms: site.rooms.clone(),
        devices: site.devices.clone(),
        visits: desk.shown(&visits).await?,
        may: ScheduleRights {
            book: desk.may(Right::BookAppointments),
            check_in: desk.may(Right::CheckIn),
            insurance: decide(desk.asking.role, Right::View(Section::Insurance), Relationship::CareTeam).is_allowed(),
        },
        damaged,
    };
    let days = stored_days;
    let sections = vec![Section::Appointments, Section::Identity];
    let count = page.visits.len() as u64;
    let touched = Touched { sections, count, damaged: damaged > 0, shown, days, ..Touched::default() };
    Ok(Prepared::read(page, touched))
}

fn first_day(asked: Option<&str>, today: Day) -> Result<Day, Failure> {
    asked.map_or(Ok(today), |day| day_from(day).ok_or_else(|| invalid("from")))
}

fn day_view(desk: &Desk<'_>, day: Day) -> DayView {
    let site = &desk.keys.schedule;
    let (open, holiday) = match site.open_on(day) {
        Open::At(hours) => (hours, None),
        Open::NotThisWeekday => (Vec::new(), None),
        Open::Holiday(name) => (Vec::new(), Some(name)),
    };
    let away = site.providers.iter().filter(|one| site.is_away(&one.name, day)).map(|one| one.name.clone()).collect();
    DayView { day: day.to_string(), open, holiday, away }
}

async fn show_month(asked: &ShowMonth, desk: &Desk<'_>) -> Result<Prepared<MonthView>, Failure> {
    let zone = desk.zone();
    let today = zone.day_of(desk.now().0);
    let month = first_day(asked.day.as_deref(), today)?;
    let (first, last) = (month.first_of_month(), month.last_of_month());
    let (from, until) = (zone.bounds(first).0, zone.bounds(last).1);
    let Visits { visits, damaged, .. } = desk.visits_between(from, until).await?;
    let count = visits.len() as u64;
    let mut per_day: BTreeMap<Day, BTreeMap<String, u32>> = BTreeMap::new();
    for visit in visits.into_iter().filter(|one| one.visit.holds_its_slot()) {
        let Some((start, _)) = visit.visit.span() else { continue };
        *per_day.entry(zone.day_of(start)).or_default().entry(visit.visit.provider).or_default() += 1;
    }
    let days = (0..i64::from(month.days_in_month())).map(|nth| days_after(first, nth));
    let days = days.map(|day| {
        let DayView { day: written, open, holiday, away } = day_view(desk, day);
        MonthDay {
            day: written,
            is_open: !open.is_empty(),
            holiday,
            away,
            visits: per_day.remove(&day).unwrap_or_default(),
        }
    });
    let page = MonthView {
        today: today.to_string(),
        days: days.collect(),
        providers: desk.keys.schedule.providers.clone(),
        damaged,
    };
    let touched = Touched { sections: vec![Section::Appointments], count, damaged: damaged > 0, ..Touched::default() };
    Ok(Prepared::read(page, touched))
}

async fn show_free(asked: &FindFreeSlots, desk: &Desk<'_>) -> Result<Prepared<FreeSlots>, Failure> {
    if !is_a_length(asked.minutes) {
        return Err(invalid("minutes"));
    }
    let zone = desk.zone();
    let first = first_day(asked.from.as_deref(), zone.day_of(desk.now().0))?;
    let days = asked.days.unwrap_or(DAYS_AHEAD).clamp(1, 62);
    let until = zone.bounds(days_after(first, i64::from(days) - 1)).1;
    let Visits { visits, damaged, .. } = desk.visits_between(zone.bounds(first).0, until).await?;
    let taken: Vec<Taken<Uuid>> = visits.iter().filter_map(OpenVisit::taken).collect();
    let site = &desk.keys.schedule;
    let all: Vec<&str> = site.providers.iter().map(|provider| provider.name.as_str()).collect();
    let providers = asked.provider.as_deref().map_or(all, |one| vec![one]);
    let patient = asked.patient.unwrap_or_default();
    let free = free_slots((site, &zone), &providers, (patient, asked.minutes), (first, days), (&taken, desk.now().0));
    let more = free.len() > MOST_FREE;
    let slots = free.into_iter().take(MOST_FREE).map(|slot| {
        let at = instant_of(&slot.start).unwrap_or_default();
        super::super::views::FreeSlotView {
            day: zone.day_of(at).to_string(),
            minute: zone.minute_of(at),
            provider: slot.provider,
        }
    });
    let count = visits.len() as u64;
    let touched = Touched { sections: vec![Section::Appointments], count, damaged: damaged > 0, ..Touched::default() };
    Ok(Prepared::read(FreeSlots { slots: slots.collect(), more }, touched))
}

async fn show_public_board(_: &ShowPublicBoard, desk: &Desk<'_>) -> Result<Prepared<PublicBoard>, Failure> {
    let zone = desk.zone();
    let Visits { visits, damaged, days, stored: shown } = desk.todays_visits(&zone).await?;
    let now = desk.now().0;
    let mut rows: Vec<BoardRow> = visits.iter().filter_map(|one| board_row(one, now)).collect();
    rows.sort_by_key(|row| (!row.called, std::cmp::Reverse(row.waiting_minutes)));
    let touched = Touched {
        sections: vec![Section::Appointments],
        count: rows.len() as u64,
        damaged: damaged > 0,
        shown,
        days,
        ..Touched::default()
    };
    Ok(Prepared::read(PublicBoard { clinic: desk.site.name.clone(), now: rfc3339(desk.now()), rows }, touched))
}

/// Whoever waits, by token; whoever was called, with the room, until the provider has come.
fn board_row(visit: &OpenVisit, now: Millis) -> Option<BoardRow> {
    let state = visit.visit.state()?;
    let called = match state {
        VisitStatus::Arrived => false,
        VisitStatus::Roomed => true,
        _ => return None,
    };
    let since = instant_of(visit.visit.times.arrived.as_deref()?)?;
    let waiting_minutes = u32::try_from((now - since).max(0) / 60_000).unwrap_or_default();
    let room = visit.visit.room.clone().filter(|_| called);
    Some(BoardRow { token: visit.visit.token.clone()?, called, room, waiting_minutes })
}

impl Desk<'_> {
    /// Today's visits.
    pub(super) async fn todays_visits(&self, zone: &Zone) -> Result<Visits, Failure> {
        let (from, until) = zone.bounds(zone.day_of(self.now().0));
        self.visits_between(from, until).await
    }

    /// What today's visits are stored under.
    pub(super) fn todays_days(&self, zone: &Zone) -> Result<Vec<bson::Bson>, Failure> {
        let (from, until) = zone.bounds(zone.day_of(self.now().0));
        self.days_between(from, until)
    }
}
