//! Booking and moving visits. What stands against a time is told; another visit there yields to a reason. Two bookers
//! of one slot both see it free, both claim it, and the store lets one of them have it: the other is told that it's taken.

use super::super::desk::Desk;
use super::super::error::{Code, Failure};
use super::super::patient_keys::{Part, PatientKeys};
use super::super::perform::{Action, Prepared, Touched};
use super::super::sealing::Writing;
use super::super::views::{BookedView, NotFree};
use super::claims::Claims;
use super::visits::OpenVisit;
use crate::audit::Purpose;
use crate::policy::Right;
use crate::record::schedule::{
    Appointment, CANCEL_REASONS, Clash, OVERBOOK_REASONS, Repeat, Taken, VisitStep, Wanted, clashes, day_from,
    instant_of,
};
use crate::record::{Compartment, Content, Identity, Item, Section};
use bson::RawDocumentBuf;
use serde::Deserialize;
use std::collections::BTreeSet;
use uuid::Uuid;

/// A time at the clinic.
#[derive(Clone, Debug, Deserialize, ts_rs::TS)]
pub struct At {
    /// `YYYY-MM-DD`, at the clinic.
    pub day: String,
    /// Minutes since midnight.
    pub minute: u16,
}

/// What is booked.
#[derive(Clone, Debug, Deserialize, ts_rs::TS)]
pub struct Plan {
    /// When.
    pub at: At,
    /// Who sees the patient.
    pub provider: String,
    /// The kind of visit.
    pub visit_type: String,
    /// How long; its kind says it otherwise.
    #[ts(optional = nullable)]
    pub minutes: Option<u32>,
    /// A room.
    #[ts(optional = nullable)]
    pub room: Option<String>,
    /// Devices.
    #[serde(default)]
    #[ts(as = "Option<Vec<String>>", optional)]
    pub devices: Vec<String>,
    /// Why it is put where another visit stands.
    #[ts(optional = nullable)]
    pub overbook: Option<String>,
}

/// A new visit, or a series of them.
#[derive(Clone, Deserialize, ts_rs::TS)]
pub struct BookVisit {
    /// Whose.
    pub patient: Uuid,
    /// What.
    pub plan: Plan,
    /// For a series.
    #[ts(optional = nullable)]
    pub repeat: Option<Repeat>,
    /// The wish on the waiting list that it fulfils, and its revision.
    #[ts(optional = nullable)]
    pub wish: Option<(Uuid, i64)>,
}

/// Another time for a visit.
#[derive(Clone, Deserialize, ts_rs::TS)]
pub struct RescheduleVisit {
    /// Whose.
    pub patient: Uuid,
    /// Which visit.
    pub item: Uuid,
    /// The revision that was read.
    pub rev: i64,
    /// Why: one of [`CANCEL_REASONS`].
    pub reason: String,
    /// What is booked instead.
    pub plan: Plan,
}

impl Action for BookVisit {
    type Output = BookedView;
    const NAME: &'static str = "book_visit";

    fn right(&self) -> Right {
        Right::BookAppointments
    }

    fn patient(&self) -> Option<Uuid> {
        Some(self.patient)
    }

    fn purpose(&self) -> Purpose {
        Purpose::Operations
    }

    async fn run(&self, desk: &Desk<'_>) -> Result<Prepared<BookedView>, Failure> {
        let repeat = self.repeat.unwrap_or(Repeat { weeks: 1, times: 1 });
        if !repeat.is_sound() || (repeat.times > 1 && self.wish.is_some()) {
            return Err(invalid("repeat"));
        }
        let wish = match self.wish {
            Some((item, rev)) => Some(desk.visit(self.patient, item, rev).await?.0),
            None => None,
        };
        desk.book(self.patient, &self.plan, repeat, wish, None).await
    }
}

impl Action for RescheduleVisit {
    type Output = BookedView;
    const NAME: &'static str = "reschedule_visit";

    fn right(&self) -> Right {
        Right::BookAppointments
    }

    fn patient(&self) -> Option<Uuid> {
        Some(self.patient)
    }

    fn purpose(&self) -> Purpose {
        Purpose::Operations
    }

    async fn run(&self, desk: &Desk<'_>) -> Result<Prepared<BookedView>, Failure> {
        listed("reason", &self.reason, CANCEL_REASONS)?;
        let (old, _) = desk.visit(self.patient, self.item, self.rev).await?;
        let mut moved = old.visit.clone();
        moved.take(VisitStep::Reschedule, &desk.written_now()).map_err(|_| Code::Conflict.bare())?;
        moved.reason = Some(self.reason.clone());
        desk.book(self.patient, &self.plan, Repeat { weeks: 1, times: 1 }, None, Some((old, moved))).await
    }
}

/// What is known before anything is written.
pub(super) struct Ground {
    pub taken: Vec<Taken<Uuid>>,
    /// Claims of slots that no visit holds: of an erased patient, for example.
    pub orphans: Claims,
}

impl Desk<'_> {
    /// Now, as stored with a visit.
    pub(in crate::app) fn written_now(&self) -> String {
        self.zone().written(self.now().0)
    }

    async fn book(
        &self,
        patient: Uuid,
        plan: &Plan,
        repeat: Repeat,
        wish: Option<OpenVisit>,
        moved: Option<(OpenVisit, Appointment)>,
    ) -> Result<Prepared<BookedView>, Failure> {
        let (visits, mut problems) = self.planned(plan, repeat)?;
        let who = self.patient(patient, &[Section::Identity]).await?.record.identity;
        let given_up = match &moved {
            Some((old, _)) => self.claims_of(&[(patient, &old.visit)]).await?,
            None => Claims::new(),
        };
        let ground = self.ground(patient, &visits, moved.as_ref().map(|(old, _)| old.id()), &given_up).await?;
        problems.extend(self.not_free(patient, &visits, &ground.taken, plan.overbook.is_some()));
        if !problems.is_empty() {
            let touched = Touched { sections: vec![Section::Appointments], ..Touched::default() };
            return Ok(Prepared::read(BookedView::NotFree { obstacles: problems }, touched));
        }
        let overbooked =
            plan.overbook.clone().filter(|_| visits.iter().any(|one| self.overlaps(patient, one, &ground)));
        let visits = visits.into_iter().map(|one| Appointment { overbooked: overbooked.clone(), ..one }).collect();
        self.write_booking(patient, &who, visits, (ground.orphans, given_up), (wish, moved)).await
    }

    /// The visits of a plan, and the days of a series on which there is no such time.
    fn planned(&self, plan: &Plan, repeat: Repeat) -> Result<(Vec<Appointment>, Vec<NotFree>), Failure> {
        let usual = self.keys.schedule.minutes_of(&plan.visit_type).ok_or_else(|| invalid("visit_type"))?;
        if let Some(reason) = &plan.overbook {
            listed("overbook", reason, OVERBOOK_REASONS)?;
        }
        let first = day_from(&plan.at.day).filter(|_| plan.at.minute < 1440).ok_or_else(|| invalid("day"))?;
        let (zone, series) = (self.zone(), Uuid::new_v4().to_string());
        let (mut visits, mut problems) = (Vec::new(), Vec::new());
        for day in repeat.days(first) {
            match zone.instant(day, plan.at.minute) {
                Err(_) => problems.push(NotFree {
                    day: day.to_string(),
                    minute: plan.at.minute,
                    clashes: vec![Clash::NoSuchTime],
                }),
                Ok(start) => visits.push(Appointment {
                    start: zone.written(start),
                    minutes: plan.minutes.unwrap_or(usual),
                    provider: plan.provider.clone(),
                    visit_type: plan.visit_type.clone(),
                    status: "booked".to_owned(),
                    room: plan.room.clone(),
                    devices: plan.devices.iter().cloned().collect::<BTreeSet<_>>().into_iter().collect(),
                    series: (repeat.times > 1).then(|| series.clone()),
                    ..Appointment::default()
                }),
            }
        }
        Ok((visits, problems))
    }

    /// The claims first, then the visits: a claim that is seen and whose visit isn't has none.
    pub(super) async fn ground(
        &self,
        patient: Uuid,
        visits: &[Appointment],
        moved: Option<Uuid>,
        given_up: &Claims,
    ) -> Result<Ground, Failure> {
        let mut wanted = Vec::new();
        for visit in visits {
            wanted.extend(self.slots_of(patient, visit)?);
        }
        let mut orphans = self.standing(&wanted).await?;
        orphans.retain(|id, _| !given_up.contains_key(id));
        let mut there = Vec::new();
        for span in visits.iter().filter_map(Appointment::span) {
            let found = self.visits_between(span.0, span.1).await?;
            there.extend(found.visits.into_iter().filter(|one| Some(one.id()) != moved));
        }
        for one in there.iter().filter(|one| one.visit.holds_its_slot()) {
            for held in self.slots_of(one.patient(), &one.visit)? {
                orphans.remove(&held);
            }
        }
        Ok(Ground { taken: there.iter().filter_map(OpenVisit::taken).collect(), orphans })
    }

    pub(super) fn clashes_of(&self, patient: Uuid, visit: &Appointment, taken: &[Taken<Uuid>]) -> Vec<Clash> {
        let Some(start) = instant_of(&visit.start) else { return vec![Clash::NoSuchTime] };
        let (provider, room, devices) = (visit.provider.as_str(), visit.room.as_deref(), visit.devices.as_slice());
        let wanted = Wanted { provider, room, devices, patient, start, minutes: visit.minutes };
        clashes(&wanted, (&self.keys.schedule, &self.zone()), taken, self.now().0)
    }

    fn overlaps(&self, patient: Uuid, visit: &Appointment, ground: &Ground) -> bool {
        self.clashes_of(patient, visit, &ground.taken).into_iter().any(Clash::yields_to_a_reason)
    }

    fn not_free(
        &self,
        patient: Uuid,
        visits: &[Appointment],
        taken: &[Taken<Uuid>],
        with_reason: bool,
    ) -> Vec<NotFree> {
        let zone = self.zone();
        let problem = |visit: &Appointment| {
            let mut clashes = self.clashes_of(patient, visit, taken);
            clashes.retain(|clash| !(with_reason && clash.yields_to_a_reason()));
            let at = instant_of(&visit.start)?;
            let (day, minute) = (zone.day_of(at).to_string(), zone.minute_of(at));
            (!clashes.is_empty()).then_some(NotFree { day, minute, clashes })
        };
        visits.iter().filter_map(problem).collect()
    }

    async fn write_booking(
        &self,
        patient: Uuid,
        who: &Identity,
        visits: Vec<Appointment>,
        (orphans, given_up): (Claims, Claims),
        (wish, moved): (Option<OpenVisit>, Option<(OpenVisit, Appointment)>),
    ) -> Result<Prepared<BookedView>, Failure> {
        let mut writing = Writing::default();
        let mut keys = self.patient_keys(&BTreeSet::from([patient]), &BTreeSet::from([Compartment::Front])).await?;
        self.key_to_write(&mut writing, &mut keys, patient, (Compartment::Front, Part::Items))?;
        if let Some((old, moved)) = &moved {
            self.rewrite_opened(&mut writing, &keys, &old.opened, &old.changed(moved.clone()))?;
        }
        let mut shown = Vec::new();
        for visit in &visits {
            self.claim(&mut writing, &self.slots_of(patient, visit)?)?;
            let (item, rev) = self.write_visit(&mut writing, &keys, patient, visit, wish.as_ref())?;
            shown.push(self.visit_view((item, patient, rev), visit, Some(who), &self.zone()));
        }
        let mut writes = self.release(&orphans)?;
        writes.extend(self.release(&given_up)?);
        let sections = vec![Section::Appointments];
        let count = shown.len() as u64;
        let touched = Touched { record: shown.first().map(|one| one.item), sections, count, ..Touched::default() };
        finish(self, writing, writes, BookedView::Booked { visits: shown }, touched)
    }

    /// A new visit, or the wish turned into one.
    fn write_visit(
        &self,
        writing: &mut Writing,
        keys: &PatientKeys,
        patient: Uuid,
        visit: &Appointment,
        wish: Option<&OpenVisit>,
    ) -> Result<(Uuid, i64), Failure> {
        if let Some(wish) = wish {
            let mut booked = wish.visit.clone();
            booked.take(VisitStep::Book, &self.written_now()).map_err(|_| Code::Conflict.bare())?;
            let booked = Appointment { wish: booked.wish, ..visit.clone() };
            let rev = self.rewrite_opened(writing, keys, &wish.opened, &wish.changed(booked))?;
            return Ok((wish.id(), rev));
        }
        let id = Uuid::new_v4();
        let mut item = Item::new(Content::Appointment(visit.clone()));
        item.recorded = Some(self.written_now());
        item.author = Some(self.keys.account.name.clone());
        writing.record(self.new_item(keys, patient, id, &item)?);
        Ok((id, 1))
    }
}

/// The transaction: what is released first, then what is written.
pub(super) fn finish<T>(
    desk: &Desk<'_>,
    mut writing: Writing,
    mut first: Vec<RawDocumentBuf>,
    output: T,
    touched: Touched,
) -> Result<Prepared<T>, Failure> {
    let heads = std::mem::take(&mut writing.heads);
    first.extend(writing.commands(desk)?);
    Ok(Prepared { output, touched: vec![touched], writes: first, heads })
}

/// An entry that isn't one of those that are offered.
pub(in crate::app) fn invalid(field: &'static str) -> Failure {
    let mut failure = Code::Invalid.with("field", field);
    failure.fields.insert("why", "not_listed".into());
    failure
}

/// Whether a word is one of a list.
pub(in crate::app) fn listed(field: &'static str, word: &str, list: &[&str]) -> Result<(), Failure> {
    if list.contains(&word) { Ok(()) } else { Err(invalid(field)) }
}
