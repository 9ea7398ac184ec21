//! Results: entered with their reference range, flagged, signed off. A critical value makes a task that escalates until
//! somebody says what he did about it.

use super::charting::{Charting, Found};
use super::vitals::finite;
use crate::app::desk::Desk;
use crate::app::error::{Code, Failure};
use crate::app::perform::{Action, Prepared};
use crate::app::views::SavedItem;
use crate::audit::Purpose;
use crate::policy::Right;
use crate::record::labs::{flag, lab_named};
use crate::record::validate::{self, Invalid, Why};
use crate::record::{Content, IllegalStep, Item, Observation, ObservedValue, Section, Task, TaskKind, TaskStatus};
use serde::Deserialize;
use uuid::Uuid;

/// A laboratory result entered by hand.
#[derive(Deserialize, ts_rs::TS)]
pub struct RecordResult {
    /// Patient id.
    pub patient: Uuid,
    /// The visit it belongs to.
    #[serde(default)]
    #[ts(optional)]
    pub visit: Option<Uuid>,
    /// LOINC code of the table of tests.
    pub code: String,
    /// The value, in that test's unit.
    pub value: f64,
    /// Observed when, ISO instant.
    pub at: String,
    /// Remarks.
    #[serde(default)]
    #[ts(optional)]
    pub note: Option<String>,
    /// User name of the doctor who is to sign it off; the care team's when absent.
    #[serde(default)]
    #[ts(optional)]
    pub doctor: Option<String>,
}

/// A doctor has seen a result.
#[derive(Deserialize, ts_rs::TS)]
pub struct SignResult {
    /// Patient id.
    pub patient: Uuid,
    /// Item id.
    pub item: Uuid,
    /// The revision that was read.
    pub rev: i64,
}

impl Action for RecordResult {
    type Output = SavedItem;
    const NAME: &'static str = "record_result";

    fn right(&self) -> Right {
        Right::Edit(Section::Observations)
    }

    fn patient(&self) -> Option<Uuid> {
        Some(self.patient)
    }

    fn purpose(&self) -> Purpose {
        Purpose::Treatment
    }

    async fn run(&self, desk: &Desk<'_>) -> Result<Prepared<SavedItem>, Failure> {
        let not_listed = Invalid { field: "observations.code", why: Why::NotListed };
        let lab = lab_named(&self.code).ok_or(not_listed)?;
        let value = finite("observations.value", self.value)?;
        validate::note("observations.note", self.note.as_deref().unwrap_or_default())?;
        let at = desk.observed("observations.at", &self.at)?;
        let doctor = self.doctor.as_deref().map(|name| desk.colleague(name)).transpose()?;
        let note = self.note.clone().filter(|note| !note.trim().is_empty());
        let mut charting = Charting::of_sound(desk, self.patient).await?;
        let observation = lab.result(value, &at, note);
        let tasks = desk.tasks_of_result(&observation);
        let saved = charting.add_during(self.patient, Content::Observation(observation), self.visit)?;
        for task in tasks {
            let (owner, owner_name) = (doctor.as_ref().map(|one| one.0), doctor.as_ref().map(|one| one.1.clone()));
            let task = Task { focus: Some(saved.item), owner, owner_name, ..task };
            charting.add(self.patient, Content::Task(task))?;
        }
        charting.finish(SavedItem::Saved { saved })
    }
}

impl Action for SignResult {
    type Output = SavedItem;
    const NAME: &'static str = "sign_result";

    fn right(&self) -> Right {
        Right::SignResults
    }

    fn patient(&self) -> Option<Uuid> {
        Some(self.patient)
    }

    fn purpose(&self) -> Purpose {
        Purpose::Treatment
    }

    async fn run(&self, desk: &Desk<'_>) -> Result<Prepared<SavedItem>, Failure> {
        let mut charting = Charting::of_item(desk, self.patient, self.item).await?;
        let old = match charting.at(self.patient, (self.item, self.rev), Section::Observations).await? {
            Found::Newer(current) => return charting.conflict(self.patient, Section::Observations, *current),
            Found::Same(old) => old,
        };
        let Content::Observation(result) = &old.item.content else { return Err(Code::NotFound.bare()) };
        if result.signed.is_some() {
            return Err(IllegalStep { what: "result", from: "signed", step: "signed" }.into());
        }
        let signed = Observation { signed: Some(desk.signature()), ..result.clone() };
        // Who measured it stays its author.
        let saved = charting.rewrite(&old, Item { content: Content::Observation(signed), ..old.item.clone() })?;
        charting.end_tasks(self.patient, self.item, &[TaskKind::SignResult], TaskStatus::Completed).await?;
        charting.finish(SavedItem::Saved { saved })
    }
}

impl Desk<'_> {
    /// What a new result asks for: to be signed off, and to be acted upon when it is critical.
    fn tasks_of_result(&self, result: &Observation) -> Vec<Task> {
        let Some(ObservedValue::Quantity { value, unit, .. }) = &result.value else { return Vec::new() };
        let words = format!("{} {value} {}", result.code.text, unit.as_deref().unwrap_or_default());
        let due = |minutes| Some(self.minutes_ahead(minutes));
        let mut tasks = vec![Task { due: due(SIGN_WITHIN), ..self.task(TaskKind::SignResult, words.clone()) }];
        if flag(result.code.code.as_deref(), *value, unit.as_deref(), result.range.as_ref()) == Some("critical") {
            let alarm = self.task(TaskKind::AcknowledgeCritical, words);
            tasks.push(Task { priority: "stat".to_owned(), due: due(crate::record::CRITICAL_TO_TEAM), ..alarm });
        }
        tasks
    }
}

/// Minutes until a result that nobody signed off is overdue.
const SIGN_WITHIN: i64 = 3 * 24 * 60;
