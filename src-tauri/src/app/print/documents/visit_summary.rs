//! One visit: why, what was found that day, what applies from now on.

use super::parts::{allergies, appointments, column, damaged, is_active, medications, problems, table, values};
use crate::app::error::{Code, Failure};
use crate::app::instants;
use crate::app::print::chart_on_paper::OnPaper;
use crate::app::print::layout::Block;
use crate::app::print::words::{day, time_of, words};
use crate::app::views::{EncounterView, EntryView};
use crate::record::Section;
use uuid::Uuid;

/// The visit that was asked for, or the last one; of a patient without one, the chart as it stands today.
pub fn visit_summary(chart: &OnPaper, wanted: Option<Uuid>) -> Result<Vec<Block>, Failure> {
    let visit = visit(chart, wanted)?;
    let on = visit.map(|visit| day_key(chart, &visit.start));
    let on = on.unwrap_or_else(|| chart.zone.day_of(chart.now.0).to_string());
    let parts = [
        about(chart, visit),
        allergies(chart),
        measured(chart, &on),
        done(chart, &on),
        notes(chart, &on),
        problems(chart, is_active),
        medications(chart),
        plans(chart),
        appointments(chart),
    ];
    Ok(damaged(chart).into_iter().chain(parts.into_iter().flatten()).collect())
}

fn visit(chart: &OnPaper, wanted: Option<Uuid>) -> Result<Option<&EncounterView>, Failure> {
    let visits = &chart.items.encounters;
    if let Some(wanted) = wanted {
        return visits.iter().find(|one| one.item == wanted).map(Some).ok_or_else(|| Code::NotFound.bare());
    }
    let begun = |one: &&EncounterView| {
        let started = instants::read(&one.start).is_none_or(|start| start <= chart.now);
        started && !matches!(one.status.as_str(), "planned" | "cancelled")
    };
    Ok(visits.iter().find(begun))
}

/// The day of an instant or date, to compare by.
fn day_key(chart: &OnPaper, iso: &str) -> String {
    let day = instants::read(iso).map(|at| chart.zone.day_of(at.0).to_string());
    day.unwrap_or_else(|| iso.chars().take(10).collect())
}

fn about(chart: &OnPaper, visit: Option<&EncounterView>) -> Vec<Block> {
    let Some(visit) = visit else {
        return vec![Block::Text("No visit is recorded. This is the chart as it stands today.".to_owned())];
    };
    let when = [day(&visit.start, &chart.zone), time_of(&visit.start, &chart.zone)];
    let when = when.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ");
    let mut blocks = vec![
        Block::Heading(format!("Visit of {when}")),
        Block::Text(format!("{} · {}", visit.kind, words(&visit.status))),
    ];
    blocks.extend(visit.reason.iter().map(|reason| Block::Text(format!("Reason: {reason}"))));
    blocks
}

fn measured(chart: &OnPaper, on: &str) -> Vec<Block> {
    let that_day = chart.items.observations.iter().flat_map(|series| {
        series.points.iter().filter(|point| day_key(chart, &point.at) == on).map(move |point| (series, point))
    });
    values(chart, "Measured that day", that_day, "Nothing was measured that day.")
}

fn done(chart: &OnPaper, on: &str) -> Vec<Block> {
    if !chart.shows(Section::Procedures) {
        return Vec::new();
    }
    let that_day =
        |one: &&EntryView| one.kind != "care_plan" && one.at.as_deref().is_some_and(|at| day_key(chart, at) == on);
    let row = |one: &EntryView| vec![one.text.clone(), words(&one.kind), words(&one.status)];
    let rows: Vec<Vec<String>> = chart.items.other.iter().filter(that_day).map(row).collect();
    if rows.is_empty() {
        return Vec::new();
    }
    table("Done that day", vec![column("What", 5.0), column("Kind", 2.0), column("Status", 2.0)], rows, "")
}

fn notes(chart: &OnPaper, on: &str) -> Vec<Block> {
    let that_day = chart.items.notes.iter().filter(|note| day_key(chart, &note.at) == on);
    that_day
        .flat_map(|note| [Block::Heading(format!("{} · {}", note.title, note.author)), Block::Text(note.text.clone())])
        .collect()
}

fn plans(chart: &OnPaper) -> Vec<Block> {
    let active = chart.items.other.iter().filter(|one| one.kind == "care_plan" && one.status == "active");
    let rows: Vec<Vec<String>> = active
        .map(|one| vec![one.text.clone(), one.at.as_deref().map(|at| day(at, &chart.zone)).unwrap_or_default()])
        .collect();
    if rows.is_empty() {
        return Vec::new();
    }
    table("Care plans", vec![column("Plan", 6.0), column("Since", 2.0)], rows, "")
}
