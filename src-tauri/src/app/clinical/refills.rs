//! Refill requests: asked for, decided by a doctor, filled. An approval takes one of the prescription's refills; without
//! one left it is refused, and only a new order helps.

use super::charting::{Charting, Found};
use crate::app::desk::Desk;
use crate::app::error::{Code, Failure};
use crate::app::perform::{Action, Prepared};
use crate::app::views::SavedItem;
use crate::audit::Purpose;
use crate::policy::Right;
use crate::record::{
    Content, IllegalStep, Item, Medication, OrderState, Refill, RefillStatus, RefillStep, Section, Task, TaskKind,
    TaskStatus, validate,
};
use serde::Deserialize;
use uuid::Uuid;

/// A request for more of a prescription.
#[derive(Deserialize, ts_rs::TS)]
pub struct RequestRefill {
    /// Patient id.
    pub patient: Uuid,
    /// The prescription.
    pub medication: Uuid,
    /// The patient is about to run out.
    pub urgent: bool,
    /// What is to be said about it.
    #[serde(default)]
    #[ts(optional)]
    pub note: Option<String>,
}

/// A doctor's decision about a request.
#[derive(Deserialize, ts_rs::TS)]
pub struct DecideRefill {
    /// Patient id.
    pub patient: Uuid,
    /// The request.
    pub item: Uuid,
    /// The revision that was read.
    pub rev: i64,
    /// Granted.
    pub approve: bool,
    /// Why not: needed to deny.
    #[serde(default)]
    #[ts(optional)]
    pub note: Option<String>,
}

/// The pharmacy has it.
#[derive(Deserialize, ts_rs::TS)]
pub struct CompleteRefill {
    /// Patient id.
    pub patient: Uuid,
    /// The request.
    pub item: Uuid,
    /// The revision that was read.
    pub rev: i64,
}

impl Action for RequestRefill {
    type Output = SavedItem;
    const NAME: &'static str = "request_refill";

    fn right(&self) -> Right {
        Right::RequestRefills
    }

    fn patient(&self) -> Option<Uuid> {
        Some(self.patient)
    }

    fn purpose(&self) -> Purpose {
        Purpose::Treatment
    }

    async fn run(&self, desk: &Desk<'_>) -> Result<Prepared<SavedItem>, Failure> {
        validate::note("medications.refill.note", self.note.as_deref().unwrap_or_default())?;
        let mut charting = Charting::of_item(desk, self.patient, self.medication).await?;
        let of = charting.open(self.patient, self.medication, Section::Medications).await?;
        let Content::Medication(medication) = &of.item.content else { return Err(Code::NotFound.bare()) };
        if !of.item.counts() || OrderState::of(medication) != OrderState::Active {
            return Err(IllegalStep { what: "refill", from: "not_in_force", step: "requested" }.into());
        }
        let drug = medication.drug.text.clone();
        let refill = Refill {
            medication: self.medication,
            drug: drug.clone(),
            status: RefillStatus::Pending,
            urgent: self.urgent,
            asked: desk.signature(),
            decided: None,
            note: self.note.clone().filter(|note| !note.trim().is_empty()),
        };
        let signed = medication.order.as_ref().and_then(|order| order.signed.clone());
        let saved = charting.add(self.patient, Content::Refill(refill))?;
        let priority = if self.urgent { "urgent" } else { "routine" }.to_owned();
        let (owner, owner_name) = signed.map(|one| (one.by_id, one.by)).unzip();
        let due = Some(desk.minutes_ahead(if self.urgent { URGENT_WITHIN } else { DECIDE_WITHIN }));
        let task = desk.task(TaskKind::DecideRefill, drug);
        charting.add(
            self.patient,
            Content::Task(Task { priority, owner, owner_name, due, focus: Some(saved.item), ..task }),
        )?;
        charting.finish(SavedItem::Saved { saved })
    }
}

/// Minutes until a request is overdue.
const DECIDE_WITHIN: i64 = 2 * 24 * 60;
/// Minutes until an urgent one is.
const URGENT_WITHIN: i64 = 4 * 60;

impl Action for DecideRefill {
    type Output = SavedItem;
    const NAME: &'static str = "decide_refill";

    fn right(&self) -> Right {
        Right::Edit(Section::Medications)
    }

    fn patient(&self) -> Option<Uuid> {
        Some(self.patient)
    }

    fn purpose(&self) -> Purpose {
        Purpose::Treatment
    }

    async fn run(&self, desk: &Desk<'_>) -> Result<Prepared<SavedItem>, Failure> {
        if !self.approve {
            validate::reason(self.note.as_deref().unwrap_or_default())?;
        }
        let mut charting = Charting::of_item(desk, self.patient, self.item).await?;
        let old = match charting.at(self.patient, (self.item, self.rev), Section::Medications).await? {
            Found::Newer(current) => return charting.conflict(self.patient, Section::Medications, *current),
            Found::Same(old) => old,
        };
        let Content::Refill(refill) = &old.item.content else { return Err(Code::NotFound.bare()) };
        let of = charting.open(self.patient, refill.medication, Section::Medications).await?;
        let Content::Medication(medication) = &of.item.content else { return Err(Code::NotFound.bare()) };
        let step = if self.approve { RefillStep::Approve } else { RefillStep::Deny };
        let status = refill.status.after(step, left(medication))?;
        if self.approve {
            let one_less = Content::Medication(with_one_less(medication));
            charting.rewrite(&of, Item { content: one_less, ..of.item.clone() })?;
        }
        let note = self.note.clone().or_else(|| refill.note.clone());
        let refill = Refill { status, decided: Some(desk.signature()), note, ..refill.clone() };
        let saved = charting.rewrite(&old, Item { content: Content::Refill(refill), ..old.item.clone() })?;
        charting.end_tasks(self.patient, self.item, &[TaskKind::DecideRefill], TaskStatus::Completed).await?;
        charting.finish(SavedItem::Saved { saved })
    }
}

impl Action for CompleteRefill {
    type Output = SavedItem;
    const NAME: &'static str = "complete_refill";

    fn right(&self) -> Right {
        Right::RequestRefills
    }

    fn patient(&self) -> Option<Uuid> {
        Some(self.patient)
    }

    fn purpose(&self) -> Purpose {
        Purpose::Treatment
    }

    async fn run(&self, desk: &Desk<'_>) -> Result<Prepared<SavedItem>, Failure> {
        let mut charting = Charting::of_item(desk, self.patient, self.item).await?;
        let old = match charting.at(self.patient, (self.item, self.rev), Section::Medications).await? {
            Found::Newer(current) => return charting.conflict(self.patient, Section::Medications, *current),
            Found::Same(old) => old,
        };
        let Content::Refill(refill) = &old.item.content else { return Err(Code::NotFound.bare()) };
        let refill = Refill { status: refill.status.after(RefillStep::Complete, 0)?, ..refill.clone() };
        let saved = charting.rewrite(&old, Item { content: Content::Refill(refill), ..old.item.clone() })?;
        charting.finish(SavedItem::Saved { saved })
    }
}

/// Refills left on a prescription; an imported one says none, so a doctor orders anew.
fn left(medication: &Medication) -> u32 {
    medication.order.as_ref().map_or(0, |order| order.refills)
}

fn with_one_less(medication: &Medication) -> Medication {
    let mut medication = medication.clone();
    let order = medication.order.get_or_insert_default();
    order.refills = order.refills.saturating_sub(1);
    medication
}
