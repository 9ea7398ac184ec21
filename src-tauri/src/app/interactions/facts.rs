//! What the check looks at, gathered from the chart.

use super::view::{AllergiesAsked, Meant};
use crate::app::desk::Desk;
use crate::app::error::{Code, Failure};
use crate::app::open_items::OpenedItem;
use crate::record::interactions::{AllergyFact, Asked, ConditionFact, Drug, HiddenIngredients, Table, Taking};
use crate::record::{Allergy, AllergyStatement, Content, Day, Medication, Observation, ObservedValue, Section};
use uuid::Uuid;

/// The sections a check opens.
pub(super) const SECTIONS: [Section; 5] =
    [Section::Medications, Section::Allergies, Section::Problems, Section::Observations, Section::HiddenIngredients];

/// A drug of the chart, or one that is thought of.
pub(super) struct DrugFact {
    pub text: String,
    pub item: Option<Uuid>,
    pub taking: Taking,
    pub proposed: bool,
}

/// Everything a check is about, with what the screen needs to name it.
pub(super) struct Facts {
    pub drugs: Vec<DrugFact>,
    pub allergies: Vec<(Uuid, AllergyFact)>,
    pub asked: AllergiesAsked,
    pub conditions: Vec<ConditionFact>,
    pub observations: Vec<Observation>,
    pub hidden: Vec<(HiddenIngredients, Taking)>,
    /// How many items were opened.
    pub opened: u64,
    pub damaged: u64,
}

impl Facts {
    /// Reads one patient's.
    pub async fn of(desk: &Desk<'_>, patient: Uuid) -> Result<Self, Failure> {
        let today = desk.today().and_then(Day::of_date).ok_or_else(|| Code::Internal.bare())?;
        let open: Vec<Section> = SECTIONS.into_iter().filter(|one| *one != Section::HiddenIngredients).collect();
        let (record, items, hidden) = tokio::join!(
            desk.patient(patient, &[Section::Identity, Section::Summary]),
            desk.items(patient, &open),
            desk.hidden(patient, today),
        );
        let ((items, damaged), record) = (items?, record?);
        let mut facts = Self {
            drugs: Vec::new(),
            allergies: Vec::new(),
            asked: match record.record.summary.allergies {
                AllergyStatement::NoneKnown { .. } => AllergiesAsked::NoneKnown,
                AllergyStatement::NotRecorded => AllergiesAsked::NotAsked,
            },
            conditions: Vec::new(),
            observations: Vec::new(),
            hidden: hidden?,
            opened: items.len() as u64,
            damaged,
        };
        items.into_iter().for_each(|one| facts.put(one, today));
        if !facts.allergies.is_empty() {
            facts.asked = AllergiesAsked::Recorded;
        }
        Ok(facts)
    }

    fn put(&mut self, opened: OpenedItem, today: Day) {
        if !opened.item.counts() {
            return;
        }
        let item = opened.checked.id;
        match opened.item.content {
            Content::Medication(one) => {
                if let Some(taking) = taking(&one, today) {
                    self.drugs.push(DrugFact { text: one.drug.text, item: Some(item), taking, proposed: false });
                }
            }
            Content::Allergy(one) if stands(&one) => self.allergies.push((item, AllergyFact::from(&one))),
            Content::Problem(one) => self.conditions.extend(ConditionFact::of(&one)),
            Content::Observation(one) => self.observations.push(one),
            _ => {}
        }
    }

    /// Puts what is thought of beside what is taken; an order that replaces an item isn't held against itself.
    pub fn propose(&mut self, drugs: &[String], instead: Option<Uuid>) {
        self.drugs.retain(|one| instead.is_none() || one.item != instead);
        let drug = |text: &String| DrugFact { text: text.clone(), item: None, taking: Taking::Now, proposed: true };
        self.drugs.extend(drugs.iter().map(drug));
    }

    /// The question to the table, with what a person says is meant.
    pub fn ask(&self, table: &Table, meant: &[Meant]) -> Asked {
        let name = |drug: &DrugFact| {
            let said = meant.iter().find(|one| one.written == drug.text);
            said.map_or_else(|| drug.text.clone(), |one| one.meant.clone())
        };
        let drug = |one: &DrugFact| Drug { name: name(one), taking: one.taking, proposed: one.proposed };
        Asked {
            drugs: self.drugs.iter().map(drug).collect(),
            allergies: self.allergies.iter().map(|(_, one)| one.clone()).collect(),
            conditions: self.conditions.clone(),
            egfr: self.egfr(table),
            hidden: self.hidden.clone(),
        }
    }

    /// The last filtration rate that was measured.
    fn egfr(&self, table: &Table) -> Option<f64> {
        let wanted = |code: &str| table.egfr_codes().iter().any(|one| one == code);
        let rates = self.observations.iter().filter_map(|one| {
            let measured = one.code.code.as_deref().is_some_and(wanted) && one.status != "entered-in-error";
            match &one.value {
                Some(ObservedValue::Quantity { value, .. }) if measured => Some((one.at.as_deref()?, *value)),
                _ => None,
            }
        });
        rates.max_by(|one, other| one.0.cmp(other.0)).map(|(_, rate)| rate)
    }
}

/// Whether a medication counts, and how: drafts, mistakes and what was never begun don't.
pub(super) fn taking(one: &Medication, today: Day) -> Option<Taking> {
    match one.status.as_str() {
        "draft" | "entered-in-error" | "cancelled" => None,
        "stopped" | "completed" => Some(Taking::Stopped(stopped_for(one, today))),
        _ => Some(Taking::Now),
    }
}

/// How many days ago it was stopped; not known for what only says that it was. A day that lies ahead is today.
fn stopped_for(one: &Medication, today: Day) -> Option<u32> {
    let last = Day::of(one.ended.as_deref()?)?;
    Some(u32::try_from(today.since(last)).unwrap_or(0))
}

fn stands(one: &Allergy) -> bool {
    one.status == "active" && !matches!(one.verification.as_deref(), Some("refuted" | "entered-in-error"))
}
