//! Pieces that more than one document has.

use crate::app::instants;
use crate::app::print::chart_on_paper::OnPaper;
use crate::app::print::layout::{Block, Column};
use crate::app::print::words::{allergy_lines, day, day_or, time_of, words};
use crate::app::views::{MedicationView, PointView, ProblemView, SeriesView};
use crate::record::Section;

pub(super) const fn column(title: &'static str, share: f32) -> Column {
    Column { title, share }
}

/// A titled table; a sentence where it would have no row.
pub(super) fn table(title: &str, columns: Vec<Column>, rows: Vec<Vec<String>>, none: &str) -> Vec<Block> {
    let content = if rows.is_empty() { Block::Text(none.to_owned()) } else { Block::Table { columns, rows } };
    vec![Block::Heading(title.to_owned()), content]
}

/// Allergies in full, in whichever of the five states they are; nothing for who may not know.
pub(super) fn allergies(chart: &OnPaper) -> Vec<Block> {
    let Some(state) = chart.allergies() else { return Vec::new() };
    let lines = allergy_lines(state, &chart.zone);
    let block = |said: crate::app::print::layout::Said| {
        if said.strong { Block::Strong(said.text) } else { Block::Text(said.text) }
    };
    std::iter::once(Block::Heading("Allergies".to_owned())).chain(lines.into_iter().map(block)).collect()
}

pub(super) fn is_active(problem: &ProblemView) -> bool {
    matches!(problem.problem.clinical_status.as_str(), "active" | "recurrence" | "relapse")
        && problem.problem.verification != "refuted"
}

pub(super) fn problems(chart: &OnPaper, wanted: impl Fn(&ProblemView) -> bool) -> Vec<Block> {
    if !chart.shows(Section::Problems) {
        return Vec::new();
    }
    let row = |one: &ProblemView| {
        let problem = &one.problem;
        let status = [problem.clinical_status.as_str(), problem.verification.as_str()];
        let status = status.into_iter().filter(|word| !word.is_empty() && *word != "confirmed").map(words);
        vec![
            problem.text.clone(),
            problem.code.clone().unwrap_or_default(),
            status.collect::<Vec<_>>().join(", "),
            day_or(problem.onset.as_deref(), &chart.zone),
        ]
    };
    let rows = chart.items.problems.iter().filter(|one| wanted(one)).map(row).collect();
    let columns = vec![column("Problem", 5.0), column("Code", 1.4), column("Status", 2.0), column("Since", 1.6)];
    table("Problems", columns, rows, "No problem is recorded.")
}

/// What is taken or on hold; of the others only how many there are.
pub(super) fn medications(chart: &OnPaper) -> Vec<Block> {
    if !chart.shows(Section::Medications) {
        return Vec::new();
    }
    let current = |one: &&MedicationView| matches!(one.status.as_str(), "active" | "on-hold" | "unknown");
    let row = |one: &MedicationView| {
        vec![
            one.text.clone(),
            one.dosage.clone().unwrap_or_else(|| "not recorded".to_owned()),
            words(&one.status),
            day_or(one.ordered.as_deref(), &chart.zone),
        ]
    };
    let rows: Vec<Vec<String>> = chart.items.medications.iter().filter(current).map(row).collect();
    let earlier = chart.items.medications.len() - rows.len();
    let columns = vec![
        column("Medication", 4.0),
        column("Dose, route, how often", 3.6),
        column("Status", 1.2),
        column("Ordered", 1.5),
    ];
    let mut blocks = table("Medications", columns, rows, "No current medication is recorded.");
    if earlier > 0 {
        blocks.push(Block::Text(format!(
            "Stopped, finished, cancelled or not yet signed, and not listed here: {earlier}."
        )));
    }
    blocks
}

/// Appointments that are still to come.
pub(super) fn appointments(chart: &OnPaper) -> Vec<Block> {
    if !chart.shows(Section::Appointments) {
        return Vec::new();
    }
    let coming = chart.items.appointments.iter().rev().filter(|one| {
        let later = instants::read(&one.start).is_some_and(|start| start > chart.now);
        later && !matches!(one.status.as_str(), "cancelled" | "noshow" | "fulfilled")
    });
    let row = |one: &crate::app::views::AppointmentView| {
        let at = format!("{}, {}", day(&one.start, &chart.zone), time_of(&one.start, &chart.zone));
        vec![at, one.visit_type.clone(), one.provider.clone(), format!("{} min", one.minutes)]
    };
    let columns = vec![column("When", 2.4), column("What", 3.0), column("With", 2.6), column("Length", 1.0)];
    table("Next appointments", columns, coming.map(row).collect(), "No appointment is booked.")
}

/// Values of series, one row each.
pub(super) fn values<'s>(
    chart: &OnPaper,
    title: &str,
    found: impl Iterator<Item = (&'s SeriesView, &'s PointView)>,
    none: &str,
) -> Vec<Block> {
    if !chart.shows(Section::Observations) {
        return Vec::new();
    }
    let row = |(series, point): (&SeriesView, &PointView)| {
        vec![series.name.clone(), value(series, point), band(series), day(&point.at, &chart.zone)]
    };
    let columns = vec![column("What", 4.0), column("Value", 2.6), column("Normal", 1.8), column("When", 1.6)];
    table(title, columns, found.map(row).collect(), none)
}

fn value(series: &SeriesView, point: &PointView) -> String {
    let number = || point.value.map(|value| format!("{value}"));
    let said = point.text.clone().or_else(number).unwrap_or_else(|| "no value".to_owned());
    let flag = point.flag.as_deref().map(|flag| format!("({flag})"));
    [Some(said), Some(unit(&series.unit)), flag]
        .into_iter()
        .flatten()
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

fn band(series: &SeriesView) -> String {
    match (series.low, series.high) {
        (Some(low), Some(high)) => format!("{low}–{high}"),
        (Some(low), None) => format!("from {low}"),
        (None, Some(high)) => format!("up to {high}"),
        (None, None) => String::new(),
    }
}

/// A UCUM unit as people write it.
fn unit(ucum: &str) -> String {
    match ucum {
        "[lb_av]" => "lb".to_owned(),
        "[oz_av]" => "oz".to_owned(),
        "[in_i]" => "in".to_owned(),
        "[degF]" => "°F".to_owned(),
        "Cel" => "°C".to_owned(),
        "mm[Hg]" => "mmHg".to_owned(),
        "10*3/uL" => "10³/µL".to_owned(),
        "10*6/uL" => "10⁶/µL".to_owned(),
        "{nominal}" => String::new(),
        other => other.replace("1.73_m2", "1.73 m²").replace(['{', '}'], ""),
    }
}

/// What is missing is said.
pub(super) fn damaged(chart: &OnPaper) -> Option<Block> {
    let words = match chart.damaged {
        0 => return None,
        1 => "One entry failed its integrity check and isn't printed.".to_owned(),
        many => format!("{many} entries failed their integrity check and aren't printed."),
    };
    Some(Block::Strong(words))
}
