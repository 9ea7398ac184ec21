//! A patient asks to have the record amended: the desk or a clinician writes it down with its deadline, a doctor extends the
//! time once, accepts or denies. The request stays with the record; what it is about keeps all its versions.

use super::front_item::touched;
use crate::app::clinical::charting::Charting;
use crate::app::desk::Desk;
use crate::app::error::{Code, Failure};
use crate::app::of_a_patient::of_a_patient;
use crate::app::open_items::OpenedItem;
use crate::app::perform::{Prepared, Touched};
use crate::app::schedule::{invalid, listed};
use crate::app::views::{AmendmentToDo, AmendmentView, AmendmentsView};
use crate::audit::Purpose;
use crate::policy::{Relationship, Right, decide};
use crate::record::schedule::{day_from, days_between};
use crate::record::{
    ACCEPTED_HOW, AMENDED_PARTS, AMENDMENT_WAYS, Amendment, AmendmentDecision, AmendmentStep, Amendments, Compartment,
    Content, DENIAL_GROUNDS, EXTENSION_REASONS, Section,
};
use crate::store::find_documents;
use bson::doc;
use serde::Deserialize;
use std::collections::BTreeSet;
use uuid::Uuid;

/// The requests of a patient.
#[derive(Deserialize, ts_rs::TS)]
pub struct ShowAmendments {
    /// Whose.
    pub patient: Uuid,
}

/// A request that has come.
#[derive(Deserialize, ts_rs::TS)]
pub struct NoteAmendment {
    /// Whose.
    pub patient: Uuid,
    /// Received on, `YYYY-MM-DD`.
    pub received: String,
    /// One of [`AMENDMENT_WAYS`].
    pub way: String,
    /// One of [`AMENDED_PARTS`].
    pub about: String,
}

/// Thirty days more.
#[derive(Deserialize, ts_rs::TS)]
pub struct ExtendAmendment {
    /// Whose.
    pub patient: Uuid,
    /// Which request.
    pub id: String,
    /// One of [`EXTENSION_REASONS`].
    pub reason: String,
}

/// A decision.
#[derive(Deserialize, ts_rs::TS)]
pub struct DecideAmendment {
    /// Whose.
    pub patient: Uuid,
    /// Which request.
    pub id: String,
    /// Accepted, rather than denied.
    pub accepted: bool,
    /// One of [`ACCEPTED_HOW`] or of [`DENIAL_GROUNDS`].
    pub reason: String,
    /// The entry of the chart that it is attached to, and where that stands.
    #[ts(optional = nullable)]
    pub entry: Option<(Section, Uuid)>,
}

/// So many requests of a patient are kept; nothing is dropped, the next one is refused.
const MOST: usize = 200;
/// Names the item.
const WHAT: &str = "amendments";

// Who may write diagnoses may decide what of a chart is amended: doctors of the patient.
of_a_patient! {
    Purpose::PatientRequest;
    ShowAmendments => AmendmentsView, "amendments", Right::View(Section::Contact), show;
    NoteAmendment => AmendmentsView, "note_amendment", Right::Edit(Section::Contact), note;
    ExtendAmendment => AmendmentsView, "extend_amendment", Right::Edit(Section::Problems), extend;
    DecideAmendment => AmendmentsView, "decide_amendment", Right::Edit(Section::Problems), settle;
}

async fn show(asked: &ShowAmendments, desk: &Desk<'_>) -> Result<Prepared<AmendmentsView>, Failure> {
    let (amendments, _) = desk.amendments(asked.patient).await?;
    Ok(Prepared::read(desk.amendments_view(&amendments), touched(asked.patient, WHAT)))
}

async fn note(asked: &NoteAmendment, desk: &Desk<'_>) -> Result<Prepared<AmendmentsView>, Failure> {
    listed("way", &asked.way, AMENDMENT_WAYS)?;
    listed("about", &asked.about, AMENDED_PARTS)?;
    let received = day_from(&asked.received).ok_or_else(|| invalid("received"))?;
    if received > desk.day_of_clinic() {
        return Err(invalid("received"));
    }
    let (received, way, about) = (asked.received.clone(), asked.way.clone(), asked.about.clone());
    let (id, at, by) = (Uuid::new_v4().to_string(), desk.written_now(), desk.keys.account.name.clone());
    let one = Amendment { id, received, way, about, extended: None, decided: None, at, by };
    let add = |all: &mut Amendments| {
        if all.requests.len() >= MOST {
            return Err(invalid("received"));
        }
        all.requests.insert(0, one);
        Ok(())
    };
    desk.change_amendments(asked.patient, add).await
}

async fn extend(asked: &ExtendAmendment, desk: &Desk<'_>) -> Result<Prepared<AmendmentsView>, Failure> {
    listed("reason", &asked.reason, EXTENSION_REASONS)?;
    let (reason, at, by) = (asked.reason.clone(), desk.written_now(), desk.keys.account.name.clone());
    let today = desk.day_of_clinic();
    let change = |all: &mut Amendments| {
        let one = open_one(all, &asked.id)?;
        if !one.may_be_extended(today) {
            return Err(invalid("reason"));
        }
        one.extended = Some(AmendmentStep { reason, at, by });
        Ok(())
    };
    desk.change_amendments(asked.patient, change).await
}

async fn settle(asked: &DecideAmendment, desk: &Desk<'_>) -> Result<Prepared<AmendmentsView>, Failure> {
    listed("reason", &asked.reason, if asked.accepted { ACCEPTED_HOW } else { DENIAL_GROUNDS })?;
    if let Some((section, item)) = asked.entry {
        if !desk.may(Right::View(section)) {
            return Err(Code::NotFound.bare());
        }
        Charting::of_item(desk, asked.patient, item).await?.open(asked.patient, item, section).await?;
    }
    let decision = AmendmentDecision {
        accepted: asked.accepted,
        reason: asked.reason.clone(),
        entry: asked.entry,
        at: desk.written_now(),
        by: desk.keys.account.name.clone(),
    };
    let change = |all: &mut Amendments| {
        open_one(all, &asked.id)?.decided = Some(decision);
        Ok(())
    };
    let mut done = desk.change_amendments(asked.patient, change).await?;
    // The entry was read to see that it is there.
    done.touched.extend(asked.entry.map(|(section, record)| Touched {
        record: Some(record),
        sections: vec![section],
        count: 1,
        ..Touched::default()
    }));
    Ok(done)
}

/// A request that isn't decided yet; one that is stays as it was decided.
fn open_one<'a>(all: &'a mut Amendments, id: &str) -> Result<&'a mut Amendment, Failure> {
    let one = all.requests.iter_mut().find(|one| one.id == id).ok_or_else(|| Code::NotFound.bare())?;
    if one.decided.is_none() { Ok(one) } else { Err(Code::Conflict.bare()) }
}

impl Desk<'_> {
    async fn amendments(&self, patient: Uuid) -> Result<(Amendments, Option<OpenedItem>), Failure> {
        let Some(opened) = self.front_item(patient, WHAT).await? else { return Ok((Amendments::default(), None)) };
        let Content::Amendments(amendments) = &opened.item.content else { return Err(Code::Damaged.bare()) };
        Ok((amendments.clone(), Some(opened)))
    }

    fn amendments_view(&self, all: &Amendments) -> AmendmentsView {
        let today = self.day_of_clinic();
        let view = |one: &Amendment| AmendmentView {
            due: one.due().map(|due| due.to_string()).unwrap_or_default(),
            days: one.due().map_or(0, |due| days_between(today, due)),
            may_be_extended: one.may_be_extended(today),
            attached: one.decided.as_ref().is_some_and(|decided| decided.entry.is_some()),
            request: self.without_clinical_entry(one.clone()),
        };
        AmendmentsView {
            today: today.to_string(),
            requests: all.requests.iter().map(view).collect(),
            may_note: self.may(Right::Edit(Section::Contact)),
            may_decide: self.may(Right::Edit(Section::Problems)),
        }
    }

    /// Where the entry stands is a clinical word: for whoever may see the section.
    fn without_clinical_entry(&self, mut one: Amendment) -> Amendment {
        if let Some(decided) = &mut one.decided {
            decided.entry = decided.entry.filter(|(section, _)| self.may(Right::View(*section)));
        }
        one
    }

    async fn change_amendments(
        &self,
        patient: Uuid,
        change: impl FnOnce(&mut Amendments) -> Result<(), Failure>,
    ) -> Result<Prepared<AmendmentsView>, Failure> {
        // The patient must be there and sound before anything is hung on the record.
        self.patient(patient, &[Section::Identity]).await?;
        let (mut amendments, stored) = self.amendments(patient).await?;
        change(&mut amendments)?;
        let view = self.amendments_view(&amendments);
        self.keep_front_item((patient, WHAT), stored.as_ref(), Content::Amendments(amendments), view).await
    }

    /// Every request that isn't decided, of those whose record this user may see, the most pressing first.
    pub(in crate::app) async fn open_amendments(&self) -> Result<Vec<AmendmentToDo>, Failure> {
        let filter = doc! { "section": Section::Contact.code() };
        let found = find_documents(self.store, "items", filter, None).await?;
        let patients: BTreeSet<Uuid> =
            found.iter().filter_map(|raw| crate::app::desk::uuid_at(raw, "patient").ok()).collect();
        let keys = self.patient_keys(&patients, &BTreeSet::from([Compartment::Front])).await?;
        let opened = self.open_items_of(None, found, &keys)?.0;
        let ties = self.relationships_with(&patients).await?;
        let sees = |patient: &Uuid| {
            let tie = ties.get(patient).copied().unwrap_or(Relationship::None);
            decide(self.asking.role, Right::View(Section::Contact), tie).is_allowed()
        };
        let today = self.day_of_clinic();
        let mut open = Vec::new();
        for one in opened.iter().filter(|one| sees(&one.checked.patient)) {
            let Content::Amendments(all) = &one.item.content else { continue };
            for request in all.requests.iter().filter(|request| request.decided.is_none()) {
                let Some(due) = request.due() else { continue };
                let (patient, name, received) = (one.checked.patient, String::new(), request.received.clone());
                let days = days_between(today, due);
                open.push(AmendmentToDo { patient, name, received, due: due.to_string(), days, birth_date: None });
            }
        }
        let names = self.identities(open.iter().map(|one| one.patient).collect()).await?;
        for one in &mut open {
            let who = names.get(&one.patient);
            one.birth_date = who.and_then(|who| who.birth_date).map(|date| date.to_string());
            let name = who.map(|identity| &identity.name);
            let name = name.map(|name| format!("{}, {}", name.surname.to_uppercase(), name.given_joined()));
            one.name = name.unwrap_or_default();
        }
        open.sort_by(|a, b| (a.days, &a.name).cmp(&(b.days, &b.name)));
        Ok(open)
    }
}
