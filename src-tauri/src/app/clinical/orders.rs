//! Medication orders: a doctor orders and signs; a nurse writes down what a doctor said and read it back, for the doctor to
//! sign; each later step is one the order's state allows.

use super::charting::{Charting, Found};
use super::order_check::Answers;
use crate::app::desk::Desk;
use crate::app::error::{Code, Failure};
use crate::app::open_items::OpenedItem;
use crate::app::perform::{Action, Prepared};
use crate::app::views::SavedItem;
use crate::audit::Purpose;
use crate::policy::{Right, Role};
use crate::record::validate::{self, Invalid, Why};
use crate::record::value_sets::VERBAL_WAYS;
use crate::record::{
    Coded, Content, Item, Medication, Order, OrderState, OrderStep, Section, Task, TaskKind, TaskStatus,
    VERBAL_OVERDUE, Verbal,
};
use serde::Deserialize;
use uuid::Uuid;

/// What is ordered.
#[derive(Clone, Deserialize, ts_rs::TS)]
#[serde(default)]
#[derive(Default)]
#[ts(optional_fields)]
pub struct Ordered {
    /// Drug.
    #[ts(optional = false)]
    pub drug: Coded,
    /// E.g. `10 mg`.
    pub dose: Option<String>,
    /// E.g. `by mouth`.
    pub route: Option<String>,
    /// E.g. `once a day`.
    pub frequency: Option<String>,
    /// First day.
    pub start: Option<String>,
    /// Last day.
    pub stop: Option<String>,
    /// How often it may be filled again.
    pub refills: Option<u32>,
    /// Why, in words.
    pub reason: Option<String>,
}

/// A new order, signed as it is made.
#[derive(Deserialize, ts_rs::TS)]
pub struct OrderMedication {
    /// Patient id.
    pub patient: Uuid,
    /// The visit it belongs to.
    #[serde(default)]
    #[ts(optional)]
    pub visit: Option<Uuid>,
    /// What.
    pub ordered: Ordered,
    /// What is said to the check.
    #[serde(default)]
    #[ts(optional, as = "Option<Answers>")]
    pub said: Answers,
}

/// An order by word of mouth, written down and read back.
#[derive(Deserialize, ts_rs::TS)]
pub struct RecordVerbalOrder {
    /// Patient id.
    pub patient: Uuid,
    /// The visit it belongs to.
    #[serde(default)]
    #[ts(optional)]
    pub visit: Option<Uuid>,
    /// What.
    pub ordered: Ordered,
    /// `verbal` or `telephone`.
    pub how: String,
    /// User name of the doctor who gave it.
    pub doctor: String,
    /// It was read back and confirmed.
    pub read_back: bool,
    /// What the doctor said to the check's findings.
    #[serde(default)]
    #[ts(optional, as = "Option<Answers>")]
    pub said: Answers,
}

/// A step of an order.
#[derive(Deserialize, ts_rs::TS)]
pub struct StepOrder {
    /// Patient id.
    pub patient: Uuid,
    /// Item id.
    pub item: Uuid,
    /// The revision that was read.
    pub rev: i64,
    /// Which.
    pub step: OrderStep,
    /// Why: needed to hold, stop or cancel.
    #[serde(default)]
    #[ts(optional)]
    pub reason: Option<String>,
    /// What is said to the check, to sign.
    #[serde(default)]
    #[ts(optional, as = "Option<Answers>")]
    pub said: Answers,
}

/// The medication list gone through with the patient: what is still taken, and what isn't.
#[derive(Deserialize, ts_rs::TS)]
pub struct ReconcileMedications {
    /// Patient id.
    pub patient: Uuid,
    /// Still taken: item id and the revision that was read.
    pub taken: Vec<(Uuid, i64)>,
    /// Not taken any more.
    pub stopped: Vec<(Uuid, i64)>,
}

impl Ordered {
    fn medication(&self, desk: &Desk<'_>) -> Medication {
        let trimmed =
            |text: &Option<String>| text.as_deref().map(str::trim).filter(|it| !it.is_empty()).map(str::to_owned);
        let [dose, route, frequency] = [&self.dose, &self.route, &self.frequency].map(trimmed);
        let words: Vec<&str> = [&dose, &route, &frequency].into_iter().flatten().map(String::as_str).collect();
        let dosage = Some(words.join(", ")).filter(|words| !words.is_empty());
        let order = Order {
            dose,
            route,
            frequency,
            start: trimmed(&self.start).or_else(|| desk.today().map(|day| day.to_string())),
            stop: trimmed(&self.stop),
            refills: self.refills.unwrap_or(0),
            ..Order::default()
        };
        let mut drug = self.drug.clone();
        drug.text = drug.text.trim().to_owned();
        Medication {
            drug,
            dosage,
            status: OrderState::Draft.status().to_owned(),
            intent: Some("order".to_owned()),
            ordered: Some(crate::app::instants::rfc3339(desk.now())),
            ended: None,
            reason: trimmed(&self.reason),
            order: Some(order),
        }
    }
}

impl Action for OrderMedication {
    type Output = SavedItem;
    const NAME: &'static str = "order_medication";

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
        let mut medication = self.ordered.medication(desk);
        desk.check_entered(&Content::Medication(medication.clone()))?;
        let mut charting = Charting::of_sound(desk, self.patient).await?;
        let overrides = charting.checked(self.patient, &medication, None, &self.said).await?;
        medication.step(desk, OrderStep::Sign, None)?;
        medication.order.get_or_insert_default().overrides = overrides;
        let saved = charting.add_during(self.patient, Content::Medication(medication), self.visit)?;
        charting.finish(SavedItem::Saved { saved })
    }
}

impl Action for RecordVerbalOrder {
    type Output = SavedItem;
    const NAME: &'static str = "record_verbal_order";

    fn right(&self) -> Right {
        Right::RecordVerbalOrders
    }

    fn patient(&self) -> Option<Uuid> {
        Some(self.patient)
    }

    fn purpose(&self) -> Purpose {
        Purpose::Treatment
    }

    async fn run(&self, desk: &Desk<'_>) -> Result<Prepared<SavedItem>, Failure> {
        validate::listed("medications.how", &self.how, VERBAL_WAYS)?;
        if !self.read_back {
            return Err(Invalid { field: "medications.read_back", why: Why::Missing }.into());
        }
        let (doctor, name) = desk.colleague_as(&self.doctor, Role::Doctor)?;
        let mut medication = self.ordered.medication(desk);
        desk.check_entered(&Content::Medication(medication.clone()))?;
        let mut charting = Charting::of_sound(desk, self.patient).await?;
        let overrides = charting.checked(self.patient, &medication, None, &self.said).await?;
        let verbal =
            Verbal { how: self.how.clone(), from: name.clone(), from_id: Some(doctor), read_back: desk.signature() };
        medication.status = OrderState::Unsigned.status().to_owned();
        medication.order = medication.order.map(|order| Order { verbal: Some(verbal), overrides, ..order });
        let words = [Some(medication.drug.text.clone()), medication.dosage.clone()];
        let saved = charting.add_during(self.patient, Content::Medication(medication), self.visit)?;
        let task = desk.task(TaskKind::SignOrder, words.into_iter().flatten().collect::<Vec<_>>().join(", "));
        let due = Some(desk.minutes_ahead(VERBAL_OVERDUE));
        let (owner, owner_name, focus) = (Some(doctor), Some(name), Some(saved.item));
        charting.add(self.patient, Content::Task(Task { owner, owner_name, focus, due, ..task }))?;
        charting.finish(SavedItem::Saved { saved })
    }
}

impl Action for StepOrder {
    type Output = SavedItem;
    const NAME: &'static str = "step_order";

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
        let mut charting = Charting::of_item(desk, self.patient, self.item).await?;
        let old = match charting.at(self.patient, (self.item, self.rev), Section::Medications).await? {
            Found::Newer(current) => return charting.conflict(self.patient, Section::Medications, *current),
            Found::Same(old) => old,
        };
        let Content::Medication(medication) = &old.item.content else { return Err(Code::NotFound.bare()) };
        let mut medication = medication.clone();
        match self.step {
            OrderStep::Sign => {
                let overrides = charting.checked(self.patient, &medication, Some(self.item), &self.said).await?;
                medication.order.get_or_insert_default().overrides.extend(overrides);
            }
            OrderStep::Hold | OrderStep::Stop | OrderStep::Cancel => {
                validate::reason(self.reason.as_deref().unwrap_or_default())?;
            }
            OrderStep::Resume | OrderStep::Complete => {}
        }
        medication.step(desk, self.step, self.reason.clone())?;
        let state = OrderState::of(&medication);
        let saved = charting.rewrite(&old, Item { content: Content::Medication(medication), ..old.item.clone() })?;
        if self.step == OrderStep::Sign {
            charting.end_tasks(self.patient, self.item, &[TaskKind::SignOrder], TaskStatus::Completed).await?;
        } else if matches!(state, OrderState::Stopped | OrderState::Cancelled) {
            charting.end_tasks(self.patient, self.item, &[TaskKind::SignOrder], TaskStatus::Cancelled).await?;
        }
        charting.finish(SavedItem::Saved { saved })
    }
}

impl Action for ReconcileMedications {
    type Output = crate::app::views::Done;
    const NAME: &'static str = "reconcile_medications";

    fn right(&self) -> Right {
        Right::Edit(Section::Medications)
    }

    fn patient(&self) -> Option<Uuid> {
        Some(self.patient)
    }

    fn purpose(&self) -> Purpose {
        Purpose::Treatment
    }

    async fn run(&self, desk: &Desk<'_>) -> Result<Prepared<Self::Output>, Failure> {
        let mut charting = Charting::of(desk, &[self.patient]).await?;
        let all = self.taken.iter().map(|at| (at, true)).chain(self.stopped.iter().map(|at| (at, false)));
        for (at, taken) in all {
            // The list was gone through as a whole: one that changed meanwhile is looked at again, none is written.
            let Found::Same(old) = charting.at(self.patient, *at, Section::Medications).await? else {
                return Err(Code::Conflict.bare());
            };
            let reviewed = reviewed(desk, &old, taken)?;
            charting.rewrite(&old, Item { content: Content::Medication(reviewed), ..old.item.clone() })?;
        }
        if self.taken.is_empty() && self.stopped.is_empty() {
            return Err(Invalid { field: "medications", why: Why::Missing }.into());
        }
        charting.finish(crate::app::views::Done {})
    }
}

fn reviewed(desk: &Desk<'_>, old: &OpenedItem, taken: bool) -> Result<Medication, Failure> {
    let Content::Medication(medication) = &old.item.content else { return Err(Code::NotFound.bare()) };
    let mut medication = medication.clone();
    if !taken {
        medication.step(desk, OrderStep::Stop, Some("Not taken any more".to_owned()))?;
    }
    medication.order.get_or_insert_default().reviewed = Some(desk.signature());
    Ok(medication)
}

impl Medication {
    /// Takes a step that the order's state allows.
    fn step(&mut self, desk: &Desk<'_>, step: OrderStep, reason: Option<String>) -> Result<(), Failure> {
        let next = OrderState::of(self).after(step)?;
        next.status().clone_into(&mut self.status);
        if matches!(next, OrderState::Stopped | OrderState::Completed) {
            self.ended = desk.today().map(|day| day.to_string());
        }
        let order = self.order.get_or_insert_default();
        if step == OrderStep::Sign {
            order.signed = Some(desk.signature());
        } else {
            order.ended_for = reason.or(order.ended_for.take());
        }
        Ok(())
    }
}
