//! Observations as series over time, with flags against the recorded reference bands.

use super::views::{PointView, SeriesView};
use crate::record::{Coded, Observation, ObservedValue, ReferenceRange};
use std::collections::BTreeMap;

/// Points shown of one series.
const SHOWN: usize = 200;

/// One series for each code; vital signs first, then by name.
pub(super) fn series(observed: &[Observation]) -> Vec<SeriesView> {
    let mut by_code: BTreeMap<(String, String), SeriesView> = BTreeMap::new();
    for one in observed {
        let at = one.at.clone().unwrap_or_default();
        if one.value.is_some() || one.components.is_empty() {
            add(&mut by_code, &one.category, &one.code, &at, one.value.as_ref(), one.range.as_ref());
        }
        for part in &one.components {
            add(&mut by_code, &one.category, &part.code, &at, part.value.as_ref(), part.range.as_ref());
        }
    }
    let mut series: Vec<SeriesView> = by_code.into_values().map(finished).collect();
    series.sort_by(|a, b| (a.category != "vital-signs", &a.name).cmp(&(b.category != "vital-signs", &b.name)));
    series
}

fn add(
    by_code: &mut BTreeMap<(String, String), SeriesView>,
    category: &str,
    code: &Coded,
    at: &str,
    value: Option<&ObservedValue>,
    range: Option<&ReferenceRange>,
) {
    let name = code.text.clone();
    let code = code.code.clone().unwrap_or_else(|| name.clone());
    let unit = match value {
        Some(ObservedValue::Quantity { unit, .. }) => unit.clone().unwrap_or_default(),
        _ => String::new(),
    };
    // Values in different units are different series: they must never be joined by a line.
    let series = by_code.entry((code.clone(), unit.clone())).or_insert_with(|| SeriesView {
        code,
        name,
        category: category.to_owned(),
        unit,
        points: Vec::new(),
        count: 0,
        low: None,
        high: None,
    });
    series.low = range.and_then(|range| range.low).or(series.low);
    series.high = range.and_then(|range| range.high).or(series.high);
    series.points.push(point(at, value, range));
}

fn point(at: &str, value: Option<&ObservedValue>, range: Option<&ReferenceRange>) -> PointView {
    let (number, text) = match value {
        Some(ObservedValue::Quantity { value, comparator: None, .. }) => (Some(*value), None),
        Some(ObservedValue::Quantity { value, comparator: Some(sign), .. }) => {
            (Some(*value), Some(format!("{sign} {value}")))
        }
        Some(ObservedValue::Text { text }) => (None, Some(text.clone())),
        Some(ObservedValue::Coded { answer }) => (None, Some(answer.text.clone())),
        Some(ObservedValue::Flag { flag }) => (None, Some(if *flag { "yes" } else { "no" }.to_owned())),
        None => (None, None),
    };
    let flag = number.zip(range).and_then(|(number, range)| flag(number, range));
    PointView { at: at.to_owned(), value: number, text, flag: flag.map(ToOwned::to_owned) }
}

fn flag(value: f64, range: &ReferenceRange) -> Option<&'static str> {
    if range.low.is_some_and(|low| value < low) {
        return Some("low");
    }
    range.high.is_some_and(|high| value > high).then_some("high")
}

fn finished(mut series: SeriesView) -> SeriesView {
    series.points.sort_by(|a, b| b.at.cmp(&a.at));
    series.count = series.points.len() as u64;
    series.points.truncate(SHOWN);
    series
}
