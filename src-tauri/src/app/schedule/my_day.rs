//! The day in figures, for whoever sits there. Each is counted from what is stored now, and leads to its list.

use super::super::desk::Desk;
use super::super::error::Failure;
use super::super::perform::{Action, Prepared, Touched};
use super::super::views::{CoverageToDo, DeskLists, Figure, FigureOf, MyDay, ToDoView};
use super::visits::{OpenVisit, Visits, similar_on_a_list};
use crate::audit::Purpose;
use crate::keys::forms;
use crate::policy::{Relationship, Right, Role, decide};
use crate::record::schedule::VisitStatus as S;
use crate::record::{Compartment, Content, CoverageWarning, Identity, Section};
use crate::store::{find_documents, raw};
use bson::{Bson, doc};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// The figures of the day.
#[derive(Deserialize, ts_rs::TS)]
pub struct ShowMyDay {}

/// So many of the next visits are shown.
const NEXT: usize = 8;
/// So many of those who were registered today are named.
const SHOWN: usize = 50;

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
        let mut lists = None;
        if desk.asking.role == Role::FrontDesk {
            let made = desk.desk_lists(&visits).await?;
            figures.extend(desk.of_the_desk(&made).await?);
            lists = Some(made);
        }
        let mut opened = Vec::new();
        if matches!(desk.asking.role, Role::Doctor | Role::Nurse) {
            let due = desk.vitals_due(&visits, &mut opened).await?;
            figures.push(Figure { of: FigureOf::VitalsDue, count: due });
        }
        let amendments = match desk.asking.role {
            Role::FrontDesk | Role::Doctor => desk.open_amendments().await?,
            _ => Vec::new(),
        };
        if !amendments.is_empty() || desk.asking.role == Role::FrontDesk {
            figures.push(Figure { of: FigureOf::AmendmentsToDecide, count: amendments.len() as u64 });
        }
        let now = desk.now().0;
        visits.retain(|one| one.visit.state().is_some_and(|state| state == S::Booked || state.is_here()));
        visits.retain(|one| {
            one.visit.span().is_some_and(|(_, until)| until > now || one.visit.state() != Some(S::Booked))
        });
        let mut next = desk.shown(&visits).await?;
        next.truncate(NEXT);
        let mut sections = vec![Section::Appointments, Section::Identity];
        sections.extend(lists.is_some().then_some(Section::Insurance));
        sections.extend((!amendments.is_empty()).then_some(Section::Contact));
        let count = next.len() as u64;
        let mut page = MyDay { day: zone.day_of(now).to_string(), figures, next, amendments, desk: lists };
        tell_apart(&mut page);
        let mut touched = vec![Touched { sections, count, damaged: damaged > 0, days, shown, ..Touched::default() }];
        touched.extend(opened);
        Ok(Prepared { output: page, touched, writes: Vec::new(), heads: Vec::new() })
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

    /// How many of those who wait or are in a room have no vital sign of today; what was opened for it.
    async fn vitals_due(&self, visits: &[OpenVisit], opened: &mut Vec<Touched>) -> Result<u64, Failure> {
        let waits = |one: &&OpenVisit| matches!(one.visit.state(), Some(S::Arrived | S::Roomed));
        let here: BTreeSet<Uuid> = visits.iter().filter(waits).map(OpenVisit::patient).collect();
        let ties = self.relationships_with(&here).await?;
        let sees =
            |tie: Relationship| decide(self.asking.standing(), Right::View(Section::Observations), tie).is_allowed();
        let here: BTreeSet<Uuid> = here.into_iter().filter(|one| ties.get(one).is_some_and(|tie| sees(*tie))).collect();
        if here.is_empty() {
            return Ok(0);
        }
        let zone = self.zone();
        let since = bson::DateTime::from_millis(zone.bounds(zone.day_of(self.now().0)).0);
        let ids: Vec<Bson> = here.iter().copied().map(forms::uuid_bson).collect();
        let filter = doc! {
            "patient": { "$in": ids }, "section": Section::Observations.code(), "at": { "$gte": since },
        };
        let found = find_documents(self.store, "items", filter, None).await?;
        let keys = self.patient_keys(&here, &BTreeSet::from([Compartment::Clinical])).await?;
        let mut measured = BTreeMap::<Uuid, u64>::new();
        for one in self.open_items_of(None, found, &keys)?.0 {
            let Content::Observation(sign) = &one.item.content else { continue };
            if one.item.counts() && sign.category == "vital-signs" {
                *measured.entry(one.checked.patient).or_default() += 1;
            }
        }
        let sections = || vec![Section::Observations];
        let row = |(patient, count): (&Uuid, &u64)| Touched {
            patient: Some(*patient),
            sections: sections(),
            count: *count,
            ..Touched::default()
        };
        opened.extend(measured.iter().map(row));
        Ok((here.len() - measured.len()) as u64)
    }

    async fn of_the_desk(&self, lists: &DeskLists) -> Result<Vec<Figure>, Failure> {
        let waiting = self.wishes().await?.visits.len() as u64;
        let reminders = self.due_reminders().await?.len() as u64;
        Ok(vec![
            Figure { of: FigureOf::OnWaitingList, count: waiting },
            Figure { of: FigureOf::RemindersDue, count: reminders },
            Figure { of: FigureOf::NewPatients, count: self.registered_today().await? },
            Figure { of: FigureOf::FormsToSign, count: lists.forms.len() as u64 },
            Figure { of: FigureOf::CallsToMake, count: lists.calls.len() as u64 },
            Figure { of: FigureOf::CoverageToCheck, count: lists.coverage.len() as u64 },
        ])
    }

    /// What the desk has to do, person by person.
    async fn desk_lists(&self, visits: &[OpenVisit]) -> Result<DeskLists, Failure> {
        let now = self.now().0;
        let unsigned = |one: &&OpenVisit| {
            let signed = one.visit.check_in.as_ref().is_some_and(|asked| !asked.forms.is_empty());
            one.visit.state().is_some_and(S::is_here) && !signed
        };
        let missed = |one: &&OpenVisit| {
            let begun = one.visit.span().is_some_and(|(start, _)| start <= now);
            one.visit.state().is_some_and(|state| state == S::Noshow || (state == S::Booked && begun))
        };
        let of = |one: &OpenVisit, why| (one.patient(), one.visit.start.clone(), why);
        let forms: Vec<_> = visits.iter().filter(unsigned).map(|one| of(one, "unsigned")).collect();
        let mut calls: Vec<_> = visits.iter().filter(missed).map(|one| of(one, "missed")).collect();
        for (patient, start) in self.not_written_to().await? {
            if !calls.iter().any(|(known, ..)| *known == patient) {
                calls.push((patient, start, "no_address"));
            }
        }
        let new = self.registered_since_morning().await?;
        let covered = self.to_ask_about(visits).await?;
        let ids = forms.iter().chain(&calls).map(|one| one.0).chain(covered.iter().map(|one| one.0)).collect();
        let who = self.identities(ids).await?;
        let named = |rows: Vec<(Uuid, String, &'static str)>| {
            let row = |(patient, about, why)| {
                let (name, birth_date) = told_of(who.get(&patient));
                ToDoView { patient, name, about, why, birth_date }
            };
            rows.into_iter().map(row).collect()
        };
        let asked = covered.into_iter().map(|(patient, start, warnings)| {
            let (name, birth_date) = told_of(who.get(&patient));
            CoverageToDo { patient, name, start, warnings, birth_date }
        });
        Ok(DeskLists { forms: named(forms), calls: named(calls), new, coverage: asked.collect() })
    }

    /// About whose coverage a carrier is to be asked, of those who are expected or here, with the start of the visit.
    async fn to_ask_about(&self, visits: &[OpenVisit]) -> Result<Vec<(Uuid, String, Vec<CoverageWarning>)>, Failure> {
        let comes = |one: &&OpenVisit| one.visit.state().is_some_and(|state| state == S::Booked || state.is_here());
        let coming: Vec<&OpenVisit> = visits.iter().filter(comes).collect();
        let mut warnings = self.coverage_warnings(coming.iter().map(|one| one.patient()).collect()).await?;
        let to_ask = |one: &OpenVisit| Some((one.patient(), one.visit.start.clone(), warnings.remove(&one.patient())?));
        Ok(coming.into_iter().filter_map(to_ask).collect())
    }

    /// The latest of those whose record was made today.
    async fn registered_since_morning(&self) -> Result<Vec<ToDoView>, Failure> {
        let sections = [Section::Identity];
        let found = self.hits(&self.since_morning(), &sections, (0, SHOWN)).await?;
        let opened = self.open_patients(found, &sections).await?.into_iter().flatten();
        let row = |one: crate::app::desk::OpenedPatient| {
            let identity = &one.record.identity;
            let ((name, birth_date), about) = (told_of(Some(identity)), identity.mrn.clone());
            ToDoView { patient: one.checked.id, name, about, why: "registered", birth_date }
        };
        Ok(opened.map(row).collect())
    }

    fn since_morning(&self) -> bson::Document {
        let zone = self.zone();
        let (from, _) = zone.bounds(zone.day_of(self.now().0));
        doc! { "at": { "$gte": bson::DateTime::from_millis(from) } }
    }

    /// Patients whose record was made today: the time of that isn't secret.
    async fn registered_today(&self) -> Result<u64, Failure> {
        let command = raw(&doc! { "count": self.site.stored_in("patients"), "query": self.since_morning() })?;
        let reply = self.store.run(command).await?;
        let n = reply.get("n").ok().flatten().and_then(|n| n.as_i64().or(n.as_i32().map(i64::from)));
        Ok(n.map_or(0, i64::unsigned_abs))
    }
}

/// `SURNAME, Given` and the birth date; nothing of whose record is damaged.
fn told_of(who: Option<&Identity>) -> (String, Option<String>) {
    let name = |one: &Identity| format!("{}, {}", one.name.surname.to_uppercase(), one.name.given_joined());
    (who.map(name).unwrap_or_default(), who.and_then(|one| one.birth_date).map(|date| date.to_string()))
}

/// Marks the visits, and leaves birth dates in the lists, of those alone whom another on the page could be taken for.
fn tell_apart(page: &mut MyDay) {
    let MyDay { next, amendments, desk, .. } = page;
    let mut names: Vec<(Uuid, &str)> = next.iter().map(|one| (one.patient, one.name.as_str())).collect();
    names.extend(amendments.iter().map(|one| (one.patient, one.name.as_str())));
    if let Some(lists) = &desk {
        let listed = lists.forms.iter().chain(&lists.calls).chain(&lists.new);
        names.extend(listed.map(|one| (one.patient, one.name.as_str())));
        names.extend(lists.coverage.iter().map(|one| (one.patient, one.name.as_str())));
    }
    let alike = similar_on_a_list(names.into_iter());
    next.iter_mut().for_each(|one| one.similar_name = alike.contains(&one.patient));
    let only = |patient: &Uuid, birth_date: &mut Option<String>| {
        if !alike.contains(patient) {
            *birth_date = None;
        }
    };
    amendments.iter_mut().for_each(|one| only(&one.patient, &mut one.birth_date));
    if let Some(lists) = desk {
        let listed = lists.forms.iter_mut().chain(&mut lists.calls).chain(&mut lists.new);
        listed.for_each(|one| only(&one.patient, &mut one.birth_date));
        lists.coverage.iter_mut().for_each(|one| only(&one.patient, &mut one.birth_date));
    }
}
