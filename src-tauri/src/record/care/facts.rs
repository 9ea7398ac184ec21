//! What the rules look at, gathered from the items of a chart.

use crate::record::interactions::{AllergyFact, Drug, Taking};
use crate::record::{
    Allergy, Appointment, Component, Content, Day, Encounter, Item, Observation, ObservedValue, Problem, Procedure,
};
use uuid::Uuid;

/// HbA1c.
pub(super) const A1C: &str = "4548-4";
const SYSTOLIC: &str = "8480-6";
const DIASTOLIC: &str = "8462-4";
/// A review of all medications (SNOMED CT).
const RECONCILIATION: &str = "430193006";

/// Something of the chart on a day.
#[derive(Clone)]
pub struct Dated {
    /// Its item.
    pub item: Uuid,
    /// In words.
    pub text: String,
    /// As written.
    pub at: String,
    /// The day.
    pub day: Day,
}

/// A blood pressure.
#[derive(Clone)]
pub struct Pressure {
    /// Its item.
    pub item: Uuid,
    /// As written.
    pub at: String,
    /// The day.
    pub day: Day,
    /// Upper value.
    pub systolic: Option<f64>,
    /// Lower value.
    pub diastolic: Option<f64>,
}

/// Something to be done.
#[derive(Clone)]
pub struct TaskFact {
    /// Its item.
    pub item: Uuid,
    /// In words.
    pub text: String,
    /// Due on this day, if one was set.
    pub due: Option<Day>,
}

/// A diagnosis, drug or allergy that stands.
#[derive(Clone)]
pub struct Standing<T> {
    pub item: Uuid,
    pub value: T,
}

/// What the rules look at.
#[derive(Default)]
pub struct CareFacts {
    pub(super) problems: Vec<Standing<Problem>>,
    pub(super) drugs: Vec<Standing<String>>,
    pub(super) allergies: Vec<Standing<Allergy>>,
    pub(super) labs: Vec<(String, Dated)>,
    pub(super) pressures: Vec<Pressure>,
    pub(super) visits: Vec<Dated>,
    pub(super) reviews: Vec<Dated>,
    pub(super) appointments: Vec<Dated>,
    pub(super) tasks: Vec<TaskFact>,
}

impl CareFacts {
    /// Takes an item in; what doesn't count is left out.
    pub fn put(&mut self, id: Uuid, item: &Item) {
        if !item.counts() {
            return;
        }
        match &item.content {
            Content::Problem(one) if is_active(one) => {
                self.problems.push(Standing { item: id, value: one.clone() });
            }
            Content::Medication(one) if one.status == "active" => {
                self.drugs.push(Standing { item: id, value: one.drug.text.clone() });
            }
            Content::Allergy(one) if one.status == "active" && one.verification.as_deref() != Some("refuted") => {
                self.allergies.push(Standing { item: id, value: one.clone() });
            }
            Content::Observation(one) => self.observation(id, one),
            Content::Encounter(one) => self.visits.extend(visit(id, one)),
            Content::Procedure(one) => self.reviews.extend(review(id, one)),
            Content::Appointment(one) => self.appointments.extend(appointment(id, one)),
            _ => {}
        }
    }

    /// Takes an open task in.
    pub fn task(&mut self, task: TaskFact) {
        self.tasks.push(task);
    }

    fn observation(&mut self, item: Uuid, one: &Observation) {
        let Some(at) = &one.at else { return };
        let Some(day) = Day::of(at) else { return };
        let code = one.code.code.clone().unwrap_or_default();
        let parts = one.components.iter().map(part).chain([(code.as_str(), number(one.value.as_ref()))]);
        let (mut systolic, mut diastolic) = (None, None);
        for (code, value) in parts {
            match code {
                SYSTOLIC => systolic = value.or(systolic),
                DIASTOLIC => diastolic = value.or(diastolic),
                _ => {}
            }
        }
        if systolic.is_some() || diastolic.is_some() {
            self.pressures.push(Pressure { item, at: at.clone(), day, systolic, diastolic });
        }
        if one.value.is_some() || !one.components.is_empty() {
            let dated = Dated { item, text: one.code.text.clone(), at: at.clone(), day };
            self.labs.push((code, dated));
        }
    }

    /// The last reading up to this day; parts of one moment that were written apart are one reading.
    pub(super) fn last_pressure(&self, today: Day) -> Option<Pressure> {
        let past = || self.pressures.iter().filter(|one| one.day <= today);
        let last = past().max_by(|one, other| one.at.cmp(&other.at))?;
        let same = past().filter(|one| one.at == last.at);
        let merged = same.fold(last.clone(), |merged, one| Pressure {
            systolic: merged.systolic.or(one.systolic),
            diastolic: merged.diastolic.or(one.diastolic),
            ..merged
        });
        Some(merged)
    }

    /// The last result with this code up to this day.
    pub(super) fn last_lab(&self, code: &str, today: Day) -> Option<&Dated> {
        last(self.labs.iter().filter(|(one, _)| one == code).map(|(_, dated)| dated), today)
    }

    /// What the interaction table is asked about allergies.
    pub(super) fn to_check(&self) -> (Vec<Drug>, Vec<AllergyFact>) {
        let drug = |one: &Standing<String>| Drug { name: one.value.clone(), taking: Taking::Now, proposed: false };
        let allergies = self.allergies.iter().map(|one| AllergyFact::from(&one.value)).collect();
        (self.drugs.iter().map(drug).collect(), allergies)
    }
}

/// The last of these up to a day.
pub(super) fn last<'a>(all: impl Iterator<Item = &'a Dated>, today: Day) -> Option<&'a Dated> {
    all.filter(|one| one.day <= today).max_by(|one, other| one.at.cmp(&other.at))
}

fn is_active(one: &Problem) -> bool {
    matches!(one.clinical_status.as_str(), "active" | "recurrence" | "relapse") && one.verification != "refuted"
}

fn part(one: &Component) -> (&str, Option<f64>) {
    (one.code.code.as_deref().unwrap_or_default(), number(one.value.as_ref()))
}

fn number(value: Option<&ObservedValue>) -> Option<f64> {
    match value {
        Some(ObservedValue::Quantity { value, comparator: None, .. }) => Some(*value),
        _ => None,
    }
}

fn dated(item: Uuid, text: &str, at: Option<&String>) -> Option<Dated> {
    let at = at?;
    Some(Dated { item, text: text.to_owned(), at: at.clone(), day: Day::of(at)? })
}

/// A visit that took place or takes place.
fn visit(item: Uuid, one: &Encounter) -> Option<Dated> {
    let held = matches!(one.status.as_str(), "arrived" | "triaged" | "in-progress" | "onleave" | "finished");
    dated(item, &one.kind.text, one.start.as_ref()).filter(|_| held)
}

fn review(item: Uuid, one: &Procedure) -> Option<Dated> {
    let is_one = one.code.code.as_deref() == Some(RECONCILIATION) && one.status == "completed";
    dated(item, &one.code.text, one.at.as_ref()).filter(|_| is_one)
}

fn appointment(item: Uuid, one: &Appointment) -> Option<Dated> {
    let stands = !matches!(one.status.as_str(), "cancelled" | "noshow" | "fulfilled");
    dated(item, &one.visit_type, Some(&one.start)).filter(|_| stands)
}
