//! Reminders: which are due, sent through the site's mail relay, and what became of each. A reminder is noted as tried
//! before it goes out, so that what a crash leaves open is tried again and never forgotten.

use super::super::desk::Desk;
use super::super::error::{Code, Failure};
use super::super::perform::{Action, Prepared, Touched};
use super::super::policy_file::PolicyFile;
use super::super::sealing::Writing;
use super::super::views::{Done, DueReminder, RemindersView, SentReminders};
use super::super::workstation::Workstation;
use super::book::finish;
use super::visits::OpenVisit;
use crate::audit::Purpose;
use crate::net::Relay;
use crate::policy::Right;
use crate::record::schedule::{Reminder, ReminderKind, VisitStatus, days_after, due, instant_of, reminder_text};
use crate::record::{Compartment, PatientRecord, Section};
use crate::store::find;
use bson::{Bson, doc};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// The reminders that are due.
#[derive(Deserialize, ts_rs::TS)]
pub struct ShowReminders {}

/// Sends what is due.
#[derive(Deserialize, ts_rs::TS)]
pub struct SendReminders {}

/// Notes what became of one.
struct NoteReminder<'a> {
    due: &'a Due,
    state: &'static str,
}

/// A reminder that is due, and where it goes.
pub(super) struct Due {
    patient: Uuid,
    item: Uuid,
    kind: ReminderKind,
    start: String,
    tries: u32,
    address: Option<String>,
}

/// What is due, with addresses: for the sender only, never for the screen.
struct TakeReminders {}

/// What is due, on its way to the sender.
pub(super) struct Taken(Vec<Due>);
impl super::super::views::ForUi for Taken {}
impl serde::Serialize for Taken {
    /// It never leaves the core.
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_unit()
    }
}

macro_rules! of_reminders {
    ($($of:ty => $answer:ty, $name:literal, $run:ident;)+) => {$(
        impl Action for $of {
            type Output = $answer;
            const NAME: &'static str = $name;

            fn right(&self) -> Right {
                Right::SendReminders
            }

            fn patient(&self) -> Option<Uuid> {
                None
            }

            fn purpose(&self) -> Purpose {
                Purpose::Operations
            }

            async fn run(&self, desk: &Desk<'_>) -> Result<Prepared<$answer>, Failure> {
                $run(desk).await
            }
        }
    )+};
}

of_reminders! {
    ShowReminders => RemindersView, "reminders", show;
    TakeReminders => Taken, "take_reminders", take;
    // Sending is many actions, one for each; what asks for it needs the same right.
    SendReminders => SentReminders, "send_reminders", nothing_sent;
}

async fn show(desk: &Desk<'_>) -> Result<Prepared<RemindersView>, Failure> {
    let due = desk.due_reminders().await?;
    let rows = due.iter().map(|one| DueReminder {
        item: one.item,
        kind: one.kind,
        start: one.start.clone(),
        tries: one.tries,
        has_address: one.address.is_some(),
    });
    let rows: Vec<DueReminder> = rows.collect();
    let sections = vec![Section::Appointments, Section::Contact];
    let touched = Touched { sections, count: rows.len() as u64, ..Touched::default() };
    Ok(Prepared::read(RemindersView { due: rows }, touched))
}

async fn take(desk: &Desk<'_>) -> Result<Prepared<Taken>, Failure> {
    let due = desk.due_reminders().await?;
    let sections = vec![Section::Appointments, Section::Contact];
    let touched = Touched { sections, count: due.len() as u64, ..Touched::default() };
    Ok(Prepared::read(Taken(due), touched))
}

async fn nothing_sent(_: &Desk<'_>) -> Result<Prepared<SentReminders>, Failure> {
    Ok(Prepared::read(SentReminders::default(), Touched::default()))
}

impl Action for NoteReminder<'_> {
    type Output = Done;
    const NAME: &'static str = "note_reminder";

    fn right(&self) -> Right {
        Right::SendReminders
    }

    fn patient(&self) -> Option<Uuid> {
        Some(self.due.patient)
    }

    fn purpose(&self) -> Purpose {
        Purpose::Operations
    }

    async fn run(&self, desk: &Desk<'_>) -> Result<Prepared<Done>, Failure> {
        let (old, keys) = desk.visit_now(self.due.patient, self.due.item).await?;
        let mut next = old.visit.clone();
        let kind = self.due.kind.code();
        let before = next.reminders.iter().find(|one| one.kind == kind).map_or(0, |one| one.tries);
        next.reminders.retain(|one| one.kind != kind);
        let tries = before + u32::from(self.state == "trying");
        let at = desk.written_now();
        next.reminders.push(Reminder { kind: kind.to_owned(), state: self.state.to_owned(), at, tries });
        let mut writing = Writing::default();
        desk.rewrite_opened(&mut writing, &keys, &old.opened, &old.changed(next))?;
        let sections = vec![Section::Appointments];
        let touched = Touched { record: Some(self.due.item), sections, count: 1, ..Touched::default() };
        finish(desk, writing, Vec::new(), Done {}, touched)
    }
}

impl Desk<'_> {
    /// The reminders that are due now, with where they go.
    pub(super) async fn due_reminders(&self) -> Result<Vec<Due>, Failure> {
        let zone = self.zone();
        let today = zone.day_of(self.now().0);
        let (from, until) = (zone.bounds(days_after(today, -3)).0, zone.bounds(days_after(today, 1)).1);
        let visits = self.visits_between(from, until).await?.visits;
        let due_now = |one: &OpenVisit| Some((due(&one.visit, &zone, self.now().0)?, one.id(), one.patient()));
        let due: Vec<_> = visits.iter().filter_map(due_now).collect();
        let addresses = self.addresses(due.iter().map(|(.., patient)| *patient).collect()).await?;
        let visit = |item: Uuid| visits.iter().find(|one| one.id() == item).map(|one| &one.visit);
        let whole = |(kind, item, patient): (ReminderKind, Uuid, Uuid)| {
            let visit = visit(item)?;
            let tries = visit.reminders.iter().find(|one| one.kind == kind.code()).map_or(0, |one| one.tries);
            let address = addresses.get(&patient).cloned().flatten();
            Some(Due { patient, item, kind, start: visit.start.clone(), tries, address })
        };
        Ok(due.into_iter().filter_map(whole).collect())
    }

    /// Visits to come of patients who can't be written to: whose reminder is due, or was tried already.
    pub(super) async fn not_written_to(&self) -> Result<Vec<(Uuid, String)>, Failure> {
        let due = self.due_reminders().await?;
        let nowhere = due.iter().filter(|one| one.address.is_none() && one.kind != ReminderKind::Missed);
        let mut calls: Vec<(Uuid, String)> = nowhere.map(|one| (one.patient, one.start.clone())).collect();
        let (zone, now) = (self.zone(), self.now().0);
        let until = zone.bounds(days_after(zone.day_of(now), 1)).1;
        for one in self.visits_between(now, until).await?.visits {
            let tried = one.visit.reminders.iter().any(|reminder| reminder.state == "no_address");
            if tried && one.visit.state() == Some(VisitStatus::Booked) {
                calls.push((one.patient(), one.visit.start.clone()));
            }
        }
        Ok(calls)
    }

    /// Where patients get mail; those without an address among them, those who have died left out.
    async fn addresses(&self, patients: BTreeSet<Uuid>) -> Result<BTreeMap<Uuid, Option<String>>, Failure> {
        if patients.is_empty() {
            return Ok(BTreeMap::new());
        }
        let ids: Vec<Bson> = patients.into_iter().map(crate::keys::forms::uuid_bson).collect();
        let projection = doc! { "rev": 1, "head": 1, "s.identity": 1, "s.contact": 1 };
        let command = find(&self.site.stored_in("patients"), doc! { "_id": { "$in": ids } }, Some(projection));
        let found = self.find_encrypted(&command).await?;
        let opened = self.open_patients(found, &[Section::Identity, Section::Contact]).await?;
        let address = |record: PatientRecord| record.contact.email.filter(|_| !record.identity.deceased);
        Ok(opened.into_iter().flatten().map(|one| (one.checked.id, address(one.record))).collect())
    }

    /// A visit as it is stored now.
    async fn visit_now(
        &self,
        patient: Uuid,
        item: Uuid,
    ) -> Result<(OpenVisit, super::super::patient_keys::PatientKeys), Failure> {
        let keys = self.patient_keys(&BTreeSet::from([patient]), &BTreeSet::from([Compartment::Front])).await?;
        let found = self.by_ids("items", BTreeSet::from([item])).await?;
        let (visits, _) = self.opened_visits(found, &keys)?;
        let visit = visits.into_iter().find(|one| one.patient() == patient);
        Ok((visit.ok_or_else(|| Code::NotFound.bare())?, keys))
    }
}

impl Workstation {
    /// Sends the reminders that are due, one after another.
    ///
    /// # Errors
    /// [`Code::NoRelay`] where the policy names no relay; what the store says. A relay that refuses one is counted and
    /// the others go on.
    pub async fn send_reminders(&mut self, _: SendReminders) -> Result<SentReminders, Failure> {
        // Whoever may not is told so, and that is audited, before a relay is looked for.
        let mut sum = self.perform(SendReminders {}).await?;
        let policy = PolicyFile::of(&self.home)?;
        let relay = policy.mail.ok_or_else(|| Code::NoRelay.bare())?;
        let ca = policy.ca_file.and_then(|file| std::fs::read(file).ok());
        let Taken(due) = self.perform(TakeReminders {}).await?;
        for one in &due {
            let state = match &one.address {
                None => "no_address",
                Some(address) => {
                    self.perform(NoteReminder { due: one, state: "trying" }).await?;
                    if self.remind((&relay, ca.as_deref()), one, address).await { "sent" } else { "failed" }
                }
            };
            self.perform(NoteReminder { due: one, state }).await?;
            match state {
                "sent" => sum.sent += 1,
                "failed" => sum.failed += 1,
                _ => sum.without_address += 1,
            }
        }
        Ok(sum)
    }

    async fn remind(&self, (relay, ca): (&Relay, Option<&[u8]>), due: &Due, address: &str) -> bool {
        let told = self.keys().ok().filter(|keys| keys.schedule.reminders_tell_time).and_then(|keys| {
            let zone = keys.schedule.zone().unwrap_or_else(|| crate::record::schedule::Zone::of(self.clock.zone()));
            let minute = zone.minute_of(instant_of(&due.start)?);
            Some(format!("{}:{:02}", minute / 60, minute % 60))
        });
        let (subject, text) = reminder_text(due.kind, &self.record.name, told.as_deref());
        let sent = relay.send(address, (&subject, &text), self.clock.wall(), ca).await;
        if let Err(error) = &sent {
            tracing::warn!(%error, "a reminder wasn't taken by the relay");
        }
        sent.is_ok()
    }
}
