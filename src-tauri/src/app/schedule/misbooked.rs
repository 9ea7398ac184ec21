//! A visit that was never meant for this patient: it belongs to another one, or shouldn't stand at all. It stays in the
//! history, holds no slot and counts nowhere.

use super::super::desk::Desk;
use super::super::error::{Code, Failure};
use super::super::patient_keys::Part;
use super::super::perform::{Action, Prepared, Touched};
use super::super::sealing::Writing;
use super::super::views::ChangedVisit;
use super::book::{finish, invalid, listed};
use super::claims::Claims;
use super::visits::OpenVisit;
use crate::audit::Purpose;
use crate::policy::Right;
use crate::record::schedule::{Appointment, MISBOOKED, VisitStatus};
use crate::record::{Compartment, Content, InError, Item, Moved, Section};
use serde::Deserialize;
use std::collections::BTreeSet;
use uuid::Uuid;

/// A visit in the wrong place.
#[derive(Deserialize, ts_rs::TS)]
pub struct CorrectVisit {
    /// In whose record it stands.
    pub patient: Uuid,
    /// Which.
    pub item: Uuid,
    /// The revision that was read.
    pub rev: i64,
    /// How it came to that: one of [`MISBOOKED`].
    pub reason: String,
    /// Whose it is; nobody's when absent.
    #[ts(optional = nullable)]
    pub to: Option<Uuid>,
}

impl Action for CorrectVisit {
    type Output = ChangedVisit;
    const NAME: &'static str = "correct_visit";

    fn right(&self) -> Right {
        Right::BookAppointments
    }

    fn patient(&self) -> Option<Uuid> {
        Some(self.patient)
    }

    fn purpose(&self) -> Purpose {
        Purpose::Operations
    }

    async fn run(&self, desk: &Desk<'_>) -> Result<Prepared<ChangedVisit>, Failure> {
        listed("reason", &self.reason, MISBOOKED)?;
        let (old, keys) = desk.visit(self.patient, self.item, self.rev).await?;
        let claims = desk.claims_of(&[(self.patient, &old.visit)]).await?;
        let mark = InError {
            at: desk.written_now(),
            by: desk.keys.account.name.clone(),
            reason: self.reason.clone(),
            moved: self.to.is_some(),
        };
        let mut writing = Writing::default();
        let wrong = Item { in_error: Some(mark.clone()), ..old.opened.item.clone() };
        let rev = desk.rewrite_opened(&mut writing, &keys, &old.opened, &wrong)?;
        let mut touched = vec![touched(self.patient, self.item)];
        let visit = match self.to {
            Some(to) => {
                let moved = Moved { at: mark.at, by: mark.by, reason: mark.reason };
                let (item, visit) = desk.put_visit(&mut writing, to, &old, moved, &claims).await?;
                touched.push(self::touched(to, item));
                (item, to, 1, visit)
            }
            None => (self.item, self.patient, rev, old.visit.clone()),
        };
        let (item, patient, rev, visit) = visit;
        let who = desk.identities(BTreeSet::from([patient])).await?;
        let view = desk.visit_view((item, patient, rev), &visit, who.get(&patient), &desk.zone());
        let offers = if self.to.is_none() { desk.offers(&old).await? } else { Vec::new() };
        let first = desk.release(&claims)?;
        let mut done = finish(desk, writing, first, ChangedVisit { visit: view, offers }, Touched::default())?;
        done.touched = touched;
        Ok(done)
    }
}

fn touched(patient: Uuid, item: Uuid) -> Touched {
    let (patient, record) = (Some(patient), Some(item));
    Touched { patient, record, sections: vec![Section::Appointments], count: 1, ..Touched::default() }
}

/// The visit as it is for the one it belongs to: whoever was checked in under another name is checked in anew.
fn as_booked(visit: &Appointment) -> Appointment {
    let here = visit.state().is_some_and(VisitStatus::is_here);
    let status = if here { VisitStatus::Booked.code().to_owned() } else { visit.status.clone() };
    let times = if here { Default::default() } else { visit.times.clone() };
    Appointment {
        status,
        times,
        check_in: None,
        letter: None,
        token: None,
        unit: None,
        reminders: Vec::new(),
        ..visit.clone()
    }
}

impl Desk<'_> {
    /// Writes a visit into the record that it belongs to, with the claims that it holds there.
    async fn put_visit(
        &self,
        writing: &mut Writing,
        to: Uuid,
        old: &OpenVisit,
        moved: Moved,
        given_up: &Claims,
    ) -> Result<(Uuid, Appointment), Failure> {
        if to == old.patient() {
            return Err(invalid("to"));
        }
        self.admitted_with(to, Right::BookAppointments).await?;
        let who = self.patient(to, &[Section::Identity]).await?;
        if who.record.identity.merged_into.is_some() {
            return Err(Code::MergedAlready.bare());
        }
        let visit = as_booked(&old.visit);
        if visit.holds_its_slot() && visit.times.out.is_none() {
            let slots = self.slots_of(to, &visit)?;
            let mut taken = self.standing(&slots).await?;
            taken.retain(|id, _| !given_up.contains_key(id));
            if !taken.is_empty() {
                return Err(invalid("to"));
            }
            self.claim(writing, &slots)?;
        }
        let front = BTreeSet::from([Compartment::Front]);
        let mut keys = self.patient_keys(&BTreeSet::from([to]), &front).await?;
        self.key_to_write(writing, &mut keys, to, (Compartment::Front, Part::Items))?;
        let content = Content::Appointment(visit.clone());
        let item = Item { content, moved: Some(moved), encounter: None, source: None, ..old.opened.item.clone() };
        let id = Uuid::new_v4();
        writing.record(self.new_item(&keys, to, id, &item)?);
        Ok((id, visit))
    }
}
