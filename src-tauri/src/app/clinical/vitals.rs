//! Record a set of vital signs: one form, one transaction. What can't be is refused, what is unlikely is asked about.

use super::charting::Charting;
use crate::app::desk::Desk;
use crate::app::error::{Code, Failure};
use crate::app::instants;
use crate::app::perform::{Action, Prepared};
use crate::app::views::SavedVitals;
use crate::audit::Purpose;
use crate::policy::Right;
use crate::record::validate::{Invalid, Why};
use crate::record::vitals::{Doubted, Vitals, WEIGHT_CODE};
use crate::record::{CRITICAL_TO_TEAM, Content, Observation, ObservedValue, Section, Task, TaskKind, critical_values};
use serde::Deserialize;
use uuid::Uuid;

/// A set of vital signs.
#[derive(Deserialize, ts_rs::TS)]
pub struct RecordVitals {
    /// Patient id.
    pub patient: Uuid,
    /// The visit it belongs to.
    #[serde(default)]
    #[ts(optional)]
    pub visit: Option<Uuid>,
    /// Observed when, ISO instant; the time of entry is kept beside it.
    pub at: String,
    /// The values.
    pub vitals: Vitals,
    /// Fields whose doubtful value was looked at again and is right.
    pub confirmed: Vec<String>,
}

impl Action for RecordVitals {
    type Output = SavedVitals;
    const NAME: &'static str = "record_vitals";

    fn right(&self) -> Right {
        Right::Edit(Section::Observations)
    }

    fn patient(&self) -> Option<Uuid> {
        Some(self.patient)
    }

    fn purpose(&self) -> Purpose {
        Purpose::Treatment
    }

    async fn run(&self, desk: &Desk<'_>) -> Result<Prepared<SavedVitals>, Failure> {
        let at = desk.observed("observations.at", &self.at)?;
        if self.vitals.is_empty() {
            return Err(Invalid { field: "observations.value", why: Why::Missing }.into());
        }
        let (charting, last) = tokio::join!(Charting::of_sound(desk, self.patient), desk.last_weight(self.patient));
        let (mut charting, last) = (charting?, last?);
        let passes = |doubt: &Doubted| !doubt.why.refuses() && self.confirmed.contains(&doubt.field);
        let doubts: Vec<Doubted> = self.vitals.doubts(last).into_iter().filter(|doubt| !passes(doubt)).collect();
        if !doubts.is_empty() {
            charting.touch(self.patient, self.patient, Section::Observations);
            return charting.finish(SavedVitals::Doubted { doubts });
        }
        let observations = self.vitals.observations(&at);
        let critical: Vec<String> = observations.iter().flat_map(critical_values).collect();
        let mut saved = Vec::new();
        for observation in observations {
            saved.push(charting.add_during(self.patient, Content::Observation(observation), self.visit)?);
        }
        if let (Some(first), false) = (saved.first(), critical.is_empty()) {
            let task = desk.alarm(critical.join(", "), first.item);
            charting.add(self.patient, Content::Task(task))?;
        }
        charting.finish(SavedVitals::Saved { saved, critical })
    }
}

impl Desk<'_> {
    /// When something was observed, in UTC; not in the future.
    pub(super) fn observed(&self, field: &'static str, at: &str) -> Result<String, Failure> {
        /// Clocks differ a little.
        const SLACK_MS: i64 = 60_000;
        let invalid = |why| Failure::from(Invalid { field, why });
        let instant = instants::read(at).ok_or_else(|| invalid(Why::Date))?;
        if instant.0 > self.now().0.saturating_add(SLACK_MS) {
            return Err(invalid(Why::InFuture));
        }
        Ok(instants::rfc3339(instant))
    }

    /// A task for whoever treats the patient, told to ever more of them until somebody says what he did.
    fn alarm(&self, text: String, about: Uuid) -> Task {
        let due = Some(self.minutes_ahead(CRITICAL_TO_TEAM));
        Task { priority: "stat".to_owned(), focus: Some(about), due, ..self.task(TaskKind::AcknowledgeCritical, text) }
    }

    /// The newest weight in kilograms.
    async fn last_weight(&self, patient: Uuid) -> Result<Option<f64>, Failure> {
        let (items, _) = self.items(patient, &[Section::Observations]).await?;
        let weights = items.into_iter().filter_map(|one| match one.item.content {
            Content::Observation(one) => kilograms(one),
            _ => None,
        });
        Ok(weights.max_by(|a, b| a.0.cmp(&b.0)).map(|(_, weight)| weight))
    }
}

fn kilograms(observation: Observation) -> Option<(String, f64)> {
    if observation.code.code.as_deref() != Some(WEIGHT_CODE) {
        return None;
    }
    match observation.value {
        Some(ObservedValue::Quantity { value, unit, .. }) if unit.as_deref() == Some("kg") => {
            Some((observation.at.unwrap_or_default(), value))
        }
        _ => None,
    }
}

/// A write that never could be: the value of a result isn't a number.
pub(super) fn finite(field: &'static str, value: f64) -> Result<f64, Failure> {
    let fits = value.is_finite() && value.abs() < 1e9;
    if fits { Ok(value) } else { Err(Code::Invalid.with("field", field)) }
}
