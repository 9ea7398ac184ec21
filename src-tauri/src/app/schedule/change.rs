//! What happens to a visit: cancelled, missed, checked in, brought to a room, seen, checked out. A slot that becomes
//! free is offered to whoever waits.

use super::super::desk::Desk;
use super::super::error::{Code, Failure};
use super::super::of_a_patient::of_a_patient;
use super::super::perform::{Prepared, Touched};
use super::super::sealing::Writing;
use super::super::views::{ChangedVisit, WishView};
use super::book::{finish, invalid, listed};
use super::room::RoomChange;
use super::visits::OpenVisit;
use crate::audit::Purpose;
use crate::policy::Right;
use crate::record::schedule::{
    Appointment, CANCEL_REASONS, CheckedIn, FORMS, Freed, INSURANCE_ANSWERS, VisitStep, instant_of,
};
use crate::record::{Identity, PatientRecord, Section, fold_mrn, fold_name, fold_phone, wristband};
use serde::Deserialize;
use std::collections::BTreeSet;
use uuid::Uuid;

/// Cancels a visit or a wish.
#[derive(Deserialize, ts_rs::TS)]
pub struct CancelVisit {
    /// Whose.
    pub patient: Uuid,
    /// Which.
    pub item: Uuid,
    /// The revision that was read.
    pub rev: i64,
    /// Why: one of [`CANCEL_REASONS`].
    pub reason: String,
}

/// The next state of a visit in the house, or that the patient didn't come.
#[derive(Deserialize, ts_rs::TS)]
pub struct StepVisit {
    /// Whose.
    pub patient: Uuid,
    /// Which.
    pub item: Uuid,
    /// The revision that was read.
    pub rev: i64,
    /// `room`, `see`, `check_out` or `miss`.
    pub step: VisitStep,
    /// The room the patient is brought to.
    #[ts(optional = nullable)]
    pub room: Option<String>,
}

/// The patient stands at the desk and says who it is.
#[derive(Deserialize, ts_rs::TS)]
pub struct CheckInPatient {
    /// Whose.
    pub patient: Uuid,
    /// Which.
    pub item: Uuid,
    /// The revision that was read.
    pub rev: i64,
    /// The birth date as the patient says it, `YYYY-MM-DD`.
    #[ts(optional = nullable)]
    pub birth_date: Option<String>,
    /// For whoever has no whole birth date on file: the name, or the alias on the wristband.
    #[ts(optional = nullable)]
    pub name: Option<String>,
    /// What the patient says besides.
    pub second: Said,
    /// One of [`INSURANCE_ANSWERS`].
    pub insurance: String,
    /// Forms that are signed: some of [`FORMS`].
    pub forms: Vec<String>,
}

/// A second identifier, as the patient says it.
#[derive(Deserialize, ts_rs::TS)]
#[serde(tag = "kind", content = "value", rename_all = "snake_case")]
pub enum Said {
    /// The phone, whole or its last four digits.
    Phone(String),
    /// The record number, from a card.
    Mrn(String),
    /// The postal code of the address.
    PostalCode(String),
    /// The code of the wristband, scanned.
    Wristband(String),
}

of_a_patient! {
    Purpose::Operations;
    CancelVisit => ChangedVisit, "cancel_visit", Right::BookAppointments, cancel;
    StepVisit => ChangedVisit, "step_visit", Right::CheckIn, step;
    CheckInPatient => ChangedVisit, "check_in", Right::CheckIn, check_in;
}

async fn cancel(asked: &CancelVisit, desk: &Desk<'_>) -> Result<Prepared<ChangedVisit>, Failure> {
    listed("reason", &asked.reason, CANCEL_REASONS)?;
    let (old, keys) = desk.visit(asked.patient, asked.item, asked.rev).await?;
    let mut next = taken(&old, VisitStep::Cancel, desk)?;
    next.reason = Some(asked.reason.clone());
    desk.save(old, &keys, next).await
}

async fn step(asked: &StepVisit, desk: &Desk<'_>) -> Result<Prepared<ChangedVisit>, Failure> {
    let steps = [VisitStep::Room, VisitStep::See, VisitStep::CheckOut, VisitStep::Miss];
    if !steps.contains(&asked.step) {
        return Err(invalid("step"));
    }
    let (old, keys) = desk.visit(asked.patient, asked.item, asked.rev).await?;
    let mut next = taken(&old, asked.step, desk)?;
    if let Some(room) = asked.room.as_ref().filter(|_| asked.step == VisitStep::Room) {
        if !desk.keys.schedule.rooms.contains(room) {
            return Err(invalid("room"));
        }
        next.room = Some(room.clone());
    }
    desk.save(old, &keys, next).await
}

async fn check_in(asked: &CheckInPatient, desk: &Desk<'_>) -> Result<Prepared<ChangedVisit>, Failure> {
    listed("insurance", &asked.insurance, INSURANCE_ANSWERS)?;
    asked.forms.iter().try_for_each(|form| listed("forms", form, FORMS))?;
    let (old, keys) = desk.visit(asked.patient, asked.item, asked.rev).await?;
    let zone = desk.zone();
    let todays = instant_of(&old.visit.start).is_some_and(|start| zone.day_of(start) == zone.day_of(desk.now().0));
    if !todays {
        return Err(invalid("day"));
    }
    let who = desk.patient(asked.patient, &[Section::Identity, Section::Contact]).await?.record;
    if !is_this_person(&who, asked) {
        return Err(Code::NotThisPerson.bare());
    }
    if desk.fits_another(asked, &who).await? {
        let mut failure = Code::Invalid.with("field", "second");
        failure.fields.insert("why", "fits_another".into());
        return Err(failure);
    }
    // Two identifiers were compared: the chart opens where that is asked for.
    desk.identified.compared(asked.patient);
    let mut next = taken(&old, VisitStep::Arrive, desk)?;
    next.check_in = Some(CheckedIn {
        identified_by: vec![asked.first().to_owned(), asked.second.word().to_owned()],
        insurance: asked.insurance.clone(),
        forms: asked.forms.clone(),
    });
    next.unit = desk.unit_of(&next.provider);
    next.token = Some(desk.free_token().await?);
    desk.save(old, &keys, next).await
}

/// Both must be as they are on file; nothing of what is on file was shown to compare with. Whoever has no whole birth date
/// is told by name and record number: two that the wristband bears.
fn is_this_person(who: &PatientRecord, asked: &CheckInPatient) -> bool {
    let first = match who.identity.birth_date.filter(|date| date.is_whole()) {
        Some(born) => asked.birth_date.as_deref() == Some(born.to_string().as_str()),
        None => asked.second.is_a_number() && asked.name.as_deref().is_some_and(|name| is_called(&who.identity, name)),
    };
    first && asked.second.is_of(&who.identity, who)
}

/// Whether these are the words of the patient's name, in whatever order.
fn is_called(identity: &Identity, said: &str) -> bool {
    let words = |text: &str| {
        let words = text.split([' ', ',']).map(fold_name).filter(|word| !word.is_empty());
        words.collect::<BTreeSet<_>>()
    };
    let name = words(&format!("{} {}", identity.name.surname, identity.name.given_joined()));
    !name.is_empty() && words(said) == name
}

impl CheckInPatient {
    const fn first(&self) -> &'static str {
        if self.birth_date.is_some() { "birth_date" } else { "name" }
    }
}

impl Said {
    const fn word(&self) -> &'static str {
        match self {
            Self::Phone(_) => "phone",
            Self::Mrn(_) => "mrn",
            Self::PostalCode(_) => "postal_code",
            Self::Wristband(_) => "wristband",
        }
    }

    /// Whether it is the record number, which is one person's alone.
    const fn is_a_number(&self) -> bool {
        matches!(self, Self::Mrn(_) | Self::Wristband(_))
    }

    fn is_of(&self, identity: &Identity, who: &PatientRecord) -> bool {
        match self {
            Self::Phone(said) => {
                let said = fold_phone(said);
                let fits = |number: String| number == said || (said.len() == 4 && number.ends_with(&said));
                said.len() >= 4 && who.contact.phones.iter().any(|phone| fits(fold_phone(&phone.number)))
            }
            Self::Mrn(said) => !said.trim().is_empty() && fold_mrn(said) == fold_mrn(&identity.mrn),
            Self::Wristband(code) => {
                wristband::mrn_of(code).is_some_and(|mrn| fold_mrn(&mrn) == fold_mrn(&identity.mrn))
            }
            Self::PostalCode(said) => {
                let folded =
                    |code: &str| code.chars().filter(|c| c.is_alphanumeric()).collect::<String>().to_uppercase();
                let mut codes = who.contact.addresses.iter().filter_map(|address| address.postal_code.as_deref());
                !folded(said).is_empty() && codes.any(|code| folded(code) == folded(said))
            }
        }
    }
}

/// The visit after a step; one that somebody else has taken on meanwhile is a conflict.
fn taken(old: &OpenVisit, step: VisitStep, desk: &Desk<'_>) -> Result<Appointment, Failure> {
    let mut next = old.visit.clone();
    next.take(step, &desk.written_now()).map_err(|_| invalid("step"))?;
    Ok(next)
}

impl Desk<'_> {
    /// Whether what was said fits somebody who looks alike as well: then nobody knows yet who stands at the desk. A
    /// record number is one person's alone.
    async fn fits_another(&self, asked: &CheckInPatient, who: &PatientRecord) -> Result<bool, Failure> {
        if asked.second.is_a_number() {
            return Ok(false);
        }
        let look_alikes = self.who_look_alike(asked.patient, who).await?;
        Ok(look_alikes.iter().any(|one| is_this_person(one, asked)))
    }

    async fn save(
        &self,
        old: OpenVisit,
        keys: &super::super::patient_keys::PatientKeys,
        next: Appointment,
    ) -> Result<Prepared<ChangedVisit>, Failure> {
        let (item, patient) = (old.id(), old.patient());
        // A visit that is over needs its slot no more, nor does one that isn't to be.
        let over = !next.holds_its_slot() || next.times.out.is_some();
        let RoomChange { claimed, mut released } =
            if over { RoomChange::default() } else { self.another_room(&old, &next).await? };
        if over {
            released = self.claims_of(&[(patient, &old.visit)]).await?;
        }
        let mut writing = Writing::default();
        self.claim(&mut writing, &claimed)?;
        let rev = self.rewrite_opened(&mut writing, keys, &old.opened, &old.changed(next.clone()))?;
        let followed = self.follow(&mut writing, (patient, item), &next).await?;
        let who = self.identities(BTreeSet::from([patient])).await?;
        let visit = self.visit_view((item, patient, rev), &next, who.get(&patient), &self.zone());
        let offers = if next.holds_its_slot() { Vec::new() } else { self.offers(&old).await? };
        let mut sections = vec![Section::Appointments];
        sections.extend(followed.then_some(Section::Encounters));
        let touched = Touched { record: Some(item), sections, count: 1 + offers.len() as u64, ..Touched::default() };
        let first = self.release(&released)?;
        finish(self, writing, first, ChangedVisit { visit, offers }, touched)
    }

    /// Who on the waiting list would take the time of a visit that isn't to be, longest waiting first.
    pub(super) async fn offers(&self, freed: &OpenVisit) -> Result<Vec<WishView>, Failure> {
        let Some((start, _)) = freed.visit.span().filter(|(start, _)| *start > self.now().0) else {
            return Ok(Vec::new());
        };
        let slot = Freed { provider: &freed.visit.provider, start, minutes: freed.visit.minutes };
        let mut wishes = self.wishes().await?.visits;
        let zone = self.zone();
        wishes.retain(|one| {
            let wanted = (one.visit.provider.as_str(), one.visit.minutes);
            one.patient() != freed.patient()
                && one.visit.wish.as_ref().is_some_and(|wish| slot.suits(wish, wanted, &zone))
        });
        self.shown_wishes(&wishes).await
    }

    fn unit_of(&self, provider: &str) -> Option<String> {
        let unit = self.keys.schedule.provider(provider).and_then(|provider| provider.unit.clone());
        unit.or_else(|| self.keys.account.unit.clone())
    }

    /// A token that nobody else has today: a letter and two digits in no order that tells who came when.
    async fn free_token(&self) -> Result<String, Failure> {
        let zone = self.zone();
        let (from, until) = zone.bounds(zone.day_of(self.now().0));
        let visits = self.visits_between(from, until).await?.visits;
        let used: BTreeSet<&str> = visits.iter().filter_map(|one| one.visit.token.as_deref()).collect();
        for _ in 0..10_000 {
            let mut random = [0; 2];
            getrandom::fill(&mut random).map_err(|_| Code::Internal.bare())?;
            // Without letters that are read as digits.
            let letter = char::from(b"ABCDEFGHJKLMNPRSTUVWXYZ"[usize::from(random[0]) % 23]);
            let token = format!("{letter}{:02}", random[1] % 100);
            if !used.contains(token.as_str()) {
                return Ok(token);
            }
        }
        Err(Code::Internal.bare())
    }
}
