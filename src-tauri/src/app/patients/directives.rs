//! Who may be told: the desk or a clinician notes what a patient has restricted or authorized, and ends it. Nothing is
//! taken out; what was ended stays with the record. What follows from it, the door asks
//! ([`disclose`](crate::app::disclose)).

use super::front_item::touched;
use crate::app::desk::Desk;
use crate::app::error::{Code, Failure};
use crate::app::of_a_patient::of_a_patient;
use crate::app::open_items::OpenedItem;
use crate::app::perform::Prepared;
use crate::app::schedule::invalid;
use crate::app::views::{DirectiveView, DirectivesView};
use crate::audit::Purpose;
use crate::policy::Right;
use crate::record::schedule::Day;
use crate::record::{Content, Directive, DirectiveEnd, DirectiveEndReason, DirectiveTerms, Directives, Section};
use serde::Deserialize;
use uuid::Uuid;

/// The directives of a patient.
#[derive(Deserialize, ts_rs::TS)]
pub struct ShowDirectives {
    /// Whose.
    pub patient: Uuid,
}

/// What a patient has said.
#[derive(Deserialize, ts_rs::TS)]
pub struct NoteDirective {
    /// Whose.
    pub patient: Uuid,
    /// What it says.
    pub terms: DirectiveTerms,
}

/// The end of a directive.
#[derive(Deserialize, ts_rs::TS)]
pub struct EndDirective {
    /// Whose.
    pub patient: Uuid,
    /// Which.
    pub id: String,
    /// Why.
    pub reason: DirectiveEndReason,
}

/// So many directives of a patient are kept; nothing is dropped, the next one is refused.
const MOST: usize = 200;
/// Names the item.
const WHAT: &str = "directives";

of_a_patient! {
    Purpose::PatientRequest;
    ShowDirectives => DirectivesView, "directives", Right::View(Section::Contact), show;
    NoteDirective => DirectivesView, "note_directive", Right::Edit(Section::Contact), note;
    EndDirective => DirectivesView, "end_directive", Right::Edit(Section::Contact), end;
}

async fn show(asked: &ShowDirectives, desk: &Desk<'_>) -> Result<Prepared<DirectivesView>, Failure> {
    let all = desk.directives_of_person(asked.patient).await?;
    Ok(Prepared::read(desk.directives_view(asked.patient, &all), touched(asked.patient, WHAT)))
}

async fn note(asked: &NoteDirective, desk: &Desk<'_>) -> Result<Prepared<DirectivesView>, Failure> {
    if let Some(field) = asked.terms.fault(desk.day_of_clinic()) {
        return Err(invalid(field));
    }
    let (id, at, by) = (Uuid::new_v4().to_string(), desk.written_now(), desk.keys.account.name.clone());
    let one = Directive { id, terms: asked.terms.clone(), at, by, ended: None };
    let add = |all: &mut Directives| {
        if all.list.len() >= MOST {
            return Err(invalid("kind"));
        }
        all.list.insert(0, one);
        Ok(())
    };
    desk.change_directives(asked.patient, add).await
}

async fn end(asked: &EndDirective, desk: &Desk<'_>) -> Result<Prepared<DirectivesView>, Failure> {
    let (reason, at, by) = (asked.reason, desk.written_now(), desk.keys.account.name.clone());
    let change = |all: &mut Directives| {
        let one = all.list.iter_mut().find(|one| one.id == asked.id).ok_or_else(|| Code::NotFound.bare())?;
        if one.ended.is_some() {
            return Err(Code::Conflict.bare());
        }
        one.ended = Some(DirectiveEnd { reason, at, by });
        Ok(())
    };
    desk.change_directives(asked.patient, change).await
}

/// Whose they are, and what they say.
type Owned = (Uuid, Directives);

impl Desk<'_> {
    async fn directives(&self, patient: Uuid) -> Result<(Directives, Option<OpenedItem>), Failure> {
        let Some(opened) = self.front_item(patient, WHAT).await? else { return Ok((Directives::default(), None)) };
        let Content::Directives(directives) = &opened.item.content else { return Err(Code::Damaged.bare()) };
        Ok((directives.clone(), Some(opened)))
    }

    /// What a person has said, in this record and in those that are the same person's. What can't be opened is an error.
    pub(in crate::app) async fn directives_of_person(&self, patient: Uuid) -> Result<Vec<Owned>, Failure> {
        let mut all = Vec::new();
        for id in self.records_of_person(patient).await? {
            all.push((id, self.directives(id).await?.0));
        }
        Ok(all)
    }

    /// This record first, then the others of the same person: the one that goes on, and those that go on in it.
    async fn records_of_person(&self, patient: Uuid) -> Result<Vec<Uuid>, Failure> {
        let mut identity = self.patient(patient, &[Section::Identity]).await?.record.identity;
        let mut all = vec![patient];
        if let Some(into) = identity.merged_into.as_ref().and_then(|into| into.record.parse().ok()) {
            identity = self.patient(into, &[Section::Identity]).await?.record.identity;
            all.push(into);
        }
        let absorbed = identity.absorbed.iter().filter_map(|id| id.parse::<Uuid>().ok());
        all.extend(absorbed.filter(|id| *id != patient));
        Ok(all)
    }

    /// Today, where the clinic is.
    pub(in crate::app) fn day_of_clinic(&self) -> Day {
        self.zone().day_of(self.now().0)
    }

    fn directives_view(&self, patient: Uuid, all: &[Owned]) -> DirectivesView {
        let today = self.day_of_clinic();
        let view = |owner: Uuid, one: &Directive| DirectiveView {
            directive: one.clone(),
            standing: one.standing(today),
            elsewhere: Some(owner).filter(|owner| *owner != patient),
        };
        DirectivesView {
            today: today.to_string(),
            list: all.iter().flat_map(|(owner, all)| all.list.iter().map(|one| view(*owner, one))).collect(),
            may_note: self.may(Right::Edit(Section::Contact)),
        }
    }

    async fn change_directives(
        &self,
        patient: Uuid,
        change: impl FnOnce(&mut Directives) -> Result<(), Failure>,
    ) -> Result<Prepared<DirectivesView>, Failure> {
        // With it the patient is there and sound, before anything is hung on the record.
        let mut all = self.directives_of_person(patient).await?;
        let (mut own, stored) = self.directives(patient).await?;
        change(&mut own)?;
        all.retain(|(owner, _)| *owner != patient);
        all.insert(0, (patient, own.clone()));
        let view = self.directives_view(patient, &all);
        self.keep_front_item((patient, WHAT), stored.as_ref(), Content::Directives(own), view).await
    }
}
