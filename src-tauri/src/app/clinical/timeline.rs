//! Everything that was recorded about a patient, in one order, filtered by kind and date, page by page; and one item whole.

use super::charting::{Charting, shown_label};
use crate::app::desk::Desk;
use crate::app::error::{Code, Failure};
use crate::app::open_items::OpenedItem;
use crate::app::perform::{Action, Prepared, Touched};
use crate::app::views::{ItemView, TimelineRow, TimelineView};
use crate::audit::Purpose;
use crate::policy::Right;
use crate::record::{Content, Observation, ObservedValue, Section};
use serde::Deserialize;
use std::cmp::Reverse;
use std::collections::BTreeMap;
use uuid::Uuid;

/// A page of a patient's timeline.
#[derive(Deserialize, ts_rs::TS)]
pub struct ReadTimeline {
    /// Patient id.
    pub patient: Uuid,
    /// Kinds to show; all when empty.
    pub kinds: Vec<String>,
    /// From this ISO day on.
    #[serde(default)]
    #[ts(optional)]
    pub from: Option<String>,
    /// Until this ISO day, with it.
    #[serde(default)]
    #[ts(optional)]
    pub until: Option<String>,
    /// With what was entered in error, struck through.
    pub in_error: bool,
    /// Rows to skip.
    pub offset: u64,
    /// Rows to show, at most 200.
    pub limit: u64,
}

/// One item, whole.
#[derive(Deserialize, ts_rs::TS)]
pub struct ReadItem {
    /// Patient id.
    pub patient: Uuid,
    /// Item id.
    pub item: Uuid,
    /// The section it stands in.
    pub section: Section,
}

/// Sections on the timeline.
const SECTIONS: [Section; 16] = [
    Section::Problems,
    Section::Medications,
    Section::Administrations,
    Section::Allergies,
    Section::Observations,
    Section::Notes,
    Section::Encounters,
    Section::Immunizations,
    Section::Procedures,
    Section::Reports,
    Section::Referrals,
    Section::CarePlans,
    Section::Tasks,
    Section::Documents,
    Section::FrontDocuments,
    Section::Restricted,
];

/// Longest page.
const PAGE: u64 = 200;

impl Action for ReadTimeline {
    type Output = TimelineView;
    const NAME: &'static str = "read_timeline";

    fn right(&self) -> Right {
        Right::View(Section::Summary)
    }

    fn patient(&self) -> Option<Uuid> {
        Some(self.patient)
    }

    fn purpose(&self) -> Purpose {
        Purpose::Treatment
    }

    async fn run(&self, desk: &Desk<'_>) -> Result<Prepared<TimelineView>, Failure> {
        let sections: Vec<Section> = SECTIONS.into_iter().filter(|section| desk.may_view(*section)).collect();
        let (items, damaged) = desk.all_items(self.patient, &sections).await?;
        let within = |row: &TimelineRow| self.has(row);
        let mut rows: Vec<TimelineRow> = items.into_iter().filter_map(row).filter(within).collect();
        let mut kinds = BTreeMap::<String, u64>::new();
        rows.iter().for_each(|row| *kinds.entry(row.kind.clone()).or_default() += 1);
        rows.retain(|row| self.kinds.is_empty() || self.kinds.contains(&row.kind));
        rows.sort_by_cached_key(|row| Reverse((row.at.clone(), row.item)));
        let total = rows.len() as u64;
        let skipped = rows.into_iter().skip(usize::try_from(self.offset).unwrap_or(usize::MAX));
        let rows: Vec<TimelineRow> = skipped.take(usize::try_from(self.limit.min(PAGE)).unwrap_or(0)).collect();
        let touched = Touched { sections, count: rows.len() as u64, damaged: damaged > 0, ..Touched::default() };
        Ok(Prepared::read(TimelineView { rows, total, kinds, damaged }, touched))
    }
}

impl ReadTimeline {
    fn has(&self, row: &TimelineRow) -> bool {
        let day = row.at.get(..10).unwrap_or(&row.at);
        let after = self.from.as_deref().is_none_or(|from| day >= from);
        let before = self.until.as_deref().is_none_or(|until| day <= until);
        after && before && (self.in_error || row.in_error.is_none())
    }
}

impl Action for ReadItem {
    type Output = ItemView;
    const NAME: &'static str = "read_item";

    fn right(&self) -> Right {
        Right::View(self.section)
    }

    fn patient(&self) -> Option<Uuid> {
        Some(self.patient)
    }

    fn purpose(&self) -> Purpose {
        Purpose::Treatment
    }

    async fn run(&self, desk: &Desk<'_>) -> Result<Prepared<ItemView>, Failure> {
        // These have ways and reasons of their own to be seen.
        if Section::OF_PATIENT.contains(&self.section) {
            return Err(Code::NotFound.bare());
        }
        let mut charting = Charting::of_item(desk, self.patient, self.item).await?;
        let opened = charting.open(self.patient, self.item, self.section).await?;
        charting.touch(self.patient, self.item, opened.item.section());
        let view = charting.shown(opened)?;
        charting.finish(view)
    }
}

/// What and when, in words; nothing for what no chart shows.
fn row(opened: OpenedItem) -> Option<TimelineRow> {
    let (item, section, rev) = (opened.checked.id, opened.item.content.section(), opened.checked.content_rev());
    let counts = opened.item.counts();
    let recorded = opened.item.recorded.clone().unwrap_or_default();
    let (kind, at, text, status) = match opened.item.content {
        Content::Problem(one) => ("problem", one.onset, one.text, one.clinical_status),
        Content::Medication(one) => ("medication", one.ordered, joined(one.drug.text, one.dosage), one.status),
        Content::Administration(one) => ("administration", Some(one.at), joined(one.drug, one.dose), one.status),
        Content::Allergy(one) => ("allergy", one.onset, joined(one.substance.text, one.reaction), one.status),
        Content::Observation(one) => {
            let kind = if one.category == "vital-signs" { "vital" } else { "result" };
            (kind, one.at.clone(), measured(&one), one.status)
        }
        Content::Note(one) => ("note", Some(one.at), one.title, String::new()),
        Content::Encounter(one) => ("encounter", one.start, joined(one.kind.text, one.reason), one.status),
        Content::Immunization(one) => ("immunization", one.at, one.vaccine.text, one.status),
        Content::Procedure(one) => ("procedure", one.at, one.code.text, one.status),
        Content::Report(one) => ("report", one.at, joined(one.code.text, one.conclusion), one.status),
        Content::Imaging(one) => ("imaging", one.at, joined(one.code.text, one.conclusion), one.status),
        Content::Referral(one) => ("referral", one.at, joined(one.to, Some(one.reason)), one.status),
        Content::CarePlan(one) => ("care_plan", one.start, one.title, one.status),
        Content::Refill(one) => ("refill", Some(one.asked.at), one.drug, format!("{:?}", one.status).to_lowercase()),
        Content::Task(one) => ("task", Some(one.made), one.text, one.status.word().to_owned()),
        Content::Attachment(one) => ("document", one.day, one.title, String::new()),
        Content::Practitioner(_)
        | Content::Organization(_)
        | Content::Appointment(_)
        | Content::Account(_)
        | Content::Amendments(_)
        | Content::Directives(_)
        | Content::Photo(_)
        | Content::AttachedPage(_)
        | Content::Kept(_)
        | Content::HiddenIngredients(_)
        | Content::InteractionAnswer(_) => return None,
    };
    let mut in_error = opened.item.in_error;
    if in_error.is_none() && !counts {
        in_error = Some(crate::record::InError {
            at: recorded.clone(),
            by: opened.item.author.clone().unwrap_or_default(),
            reason: String::new(),
            moved: false,
        });
    }
    Some(TimelineRow {
        item,
        rev,
        section,
        kind: kind.to_owned(),
        at: at.filter(|at| !at.is_empty()).unwrap_or(recorded),
        text,
        status,
        by: opened.item.author.unwrap_or_default(),
        in_error,
        moved: opened.item.moved.is_some(),
        label: opened.item.sensitive.then(|| shown_label(opened.item.label)),
    })
}

fn joined(text: String, more: Option<String>) -> String {
    match more.filter(|more| !more.is_empty()) {
        Some(more) if text.is_empty() => more,
        Some(more) => format!("{text}: {more}"),
        None => text,
    }
}

/// What was measured, in words.
pub(super) fn measured(one: &Observation) -> String {
    let parts: Vec<String> = one.components.iter().filter_map(|part| value(part.value.as_ref())).collect();
    let whole = value(one.value.as_ref()).or_else(|| (!parts.is_empty()).then(|| parts.join(" / ")));
    joined(one.code.text.clone(), whole)
}

fn value(value: Option<&ObservedValue>) -> Option<String> {
    Some(match value? {
        ObservedValue::Quantity { value, unit, comparator } => {
            let parts = [comparator.clone(), Some(value.to_string()), unit.clone()];
            parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
        }
        ObservedValue::Text { text } => text.clone(),
        ObservedValue::Coded { answer } => answer.text.clone(),
        ObservedValue::Flag { flag } => if *flag { "yes" } else { "no" }.to_owned(),
    })
}
