//! The patient's own copy: all of the chart that the role at the seat may see. At the front desk that is contact,
//! insurance and appointments, and the paper says so.

use super::parts::{allergies, appointments, column, damaged, medications, problems, table, values};
use crate::app::print::chart_on_paper::OnPaper;
use crate::app::print::layout::Block;
use crate::app::print::words::{day, day_or, words};
use crate::app::views::{ContactView, CoverageView, EncounterView, EntryView};
use crate::record::Section;

/// Every section that was opened, in the order of the chart.
pub fn patient_copy(chart: &OnPaper) -> Vec<Block> {
    let parts = [
        holds(chart),
        chart.contact.as_ref().map(contact).unwrap_or_default(),
        chart.insurance.as_deref().map(insurance).unwrap_or_default(),
        appointments(chart),
        allergies(chart),
        problems(chart, |_| true),
        medications(chart),
        newest(chart),
        visits(chart),
        entries(chart),
        notes(chart),
    ];
    damaged(chart).into_iter().chain(parts.into_iter().flatten()).collect()
}

fn holds(chart: &OnPaper) -> Vec<Block> {
    let words = if chart.shows(Section::Problems) {
        "This copy holds what this clinic has recorded, as far as the person who printed it may see it. You may ask for a correction of anything that is wrong."
    } else {
        "This copy holds contact, insurance and appointments only. Ask your clinician for a copy of the rest of your chart."
    };
    vec![Block::Text(words.to_owned())]
}

fn contact(contact: &ContactView) -> Vec<Block> {
    let mut rows: Vec<Vec<String>> = Vec::new();
    let mut put = |what: &str, value: &str| rows.push(vec![what.to_owned(), value.to_owned()]);
    contact.phones.iter().for_each(|phone| put("Phone", phone));
    contact.email.iter().for_each(|email| put("E-mail", email));
    contact.addresses.iter().for_each(|address| put("Address", address));
    contact.emergency.iter().for_each(|whom| put("In an emergency", whom));
    contact.language.iter().for_each(|language| put("Language", language));
    table("Contact", vec![column("", 2.0), column("", 7.0)], rows, "Nothing is recorded.")
}

fn insurance(coverages: &[CoverageView]) -> Vec<Block> {
    let row = |one: &CoverageView| vec![one.carrier.clone(), one.policy.clone(), one.group.clone().unwrap_or_default()];
    let columns = vec![column("Carrier", 4.0), column("Policy", 3.0), column("Group", 2.0)];
    table("Insurance", columns, coverages.iter().map(row).collect(), "No insurance is recorded.")
}

fn newest(chart: &OnPaper) -> Vec<Block> {
    let newest =
        chart.items.observations.iter().filter_map(|series| series.points.first().map(|point| (series, point)));
    values(chart, "Newest vital signs and results", newest, "None is recorded.")
}

fn visits(chart: &OnPaper) -> Vec<Block> {
    if !chart.shows(Section::Encounters) {
        return Vec::new();
    }
    let row = |one: &EncounterView| {
        vec![day(&one.start, &chart.zone), one.kind.clone(), one.reason.clone().unwrap_or_default(), words(&one.status)]
    };
    let columns = vec![column("When", 1.6), column("What", 3.4), column("Reason", 3.2), column("Status", 1.4)];
    table("Visits", columns, chart.items.encounters.iter().map(row).collect(), "No visit is recorded.")
}

fn entries(chart: &OnPaper) -> Vec<Block> {
    if !chart.shows(Section::Procedures) {
        return Vec::new();
    }
    let row = |one: &EntryView| {
        vec![day_or(one.at.as_deref(), &chart.zone), words(&one.kind), one.text.clone(), words(&one.status)]
    };
    let columns = vec![column("When", 1.6), column("Kind", 1.8), column("What", 5.0), column("Status", 1.6)];
    let rows = chart.items.other.iter().map(row).collect();
    table("Vaccinations, procedures, reports and plans", columns, rows, "None is recorded.")
}

fn notes(chart: &OnPaper) -> Vec<Block> {
    let block = |note: &crate::app::views::NoteView| {
        let title = format!("Note of {}: {} · {}", day(&note.at, &chart.zone), note.title, note.author);
        [Block::Heading(title), Block::Text(note.text.clone())]
    };
    chart.items.notes.iter().flat_map(block).collect()
}
