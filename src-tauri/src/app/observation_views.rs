//! Observations as series over time, with flags against the recorded reference bands.

use super::views::{PointView, SeriesView};
use crate::record::{Coded, Observation, ObservedValue, ReferenceRange, labs};
use std::collections::BTreeMap;
use uuid::Uuid;

/// Points shown of one series.
const SHOWN: usize = 200;

/// An observation as an item of the chart.
pub(super) struct Observed {
    pub item: Uuid,
    pub rev: i64,
    /// Entered here: what was imported was signed off where it comes from.
    pub here: bool,
    pub observation: Observation,
}

/// One series for each code; vital signs first, then by name.
pub(super) fn series(observed: &[Observed]) -> Vec<SeriesView> {
    let mut by_code: BTreeMap<(String, String), SeriesView> = BTreeMap::new();
    for Observed { item, rev, here, observation: one } in observed {
        let at = one.at.clone().unwrap_or_default();
        let unsigned = *here && one.category == "laboratory" && one.signed.is_none();
        let of = Of { category: &one.category, at: &at, item: *item, rev: *rev, unsigned };
        if one.value.is_some() || one.components.is_empty() {
            add(&mut by_code, &of, &one.code, one.value.as_ref(), one.range.as_ref());
        }
        for part in &one.components {
            add(&mut by_code, &of, &part.code, part.value.as_ref(), part.range.as_ref());
        }
    }
    let mut series: Vec<SeriesView> = by_code.into_values().map(finished).collect();
    series.sort_by(|a, b| (a.category != "vital-signs", &a.name).cmp(&(b.category != "vital-signs", &b.name)));
    series
}

/// What all values of one observation share.
struct Of<'a> {
    category: &'a str,
    at: &'a str,
    item: Uuid,
    rev: i64,
    unsigned: bool,
}

fn add(
    by_code: &mut BTreeMap<(String, String), SeriesView>,
    of: &Of<'_>,
    code: &Coded,
    value: Option<&ObservedValue>,
    range: Option<&ReferenceRange>,
) {
    let name = code.text.clone();
    let point = point(of, code.code.as_deref(), value, range);
    let code = code.code.clone().unwrap_or_else(|| name.clone());
    let unit = match value {
        Some(ObservedValue::Quantity { unit, .. }) => unit.clone().unwrap_or_default(),
        _ => String::new(),
    };
    // Values in different units are different series: they must never be joined by a line.
    let series = by_code.entry((code.clone(), unit.clone())).or_insert_with(|| SeriesView {
        code,
        name,
        category: of.category.to_owned(),
        unit,
        points: Vec::new(),
        count: 0,
        low: None,
        high: None,
    });
    series.low = range.and_then(|range| range.low).or(series.low);
    series.high = range.and_then(|range| range.high).or(series.high);
    series.points.push(point);
}

fn point(of: &Of<'_>, code: Option<&str>, value: Option<&ObservedValue>, range: Option<&ReferenceRange>) -> PointView {
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
    let unit = match value {
        Some(ObservedValue::Quantity { unit, .. }) => unit.as_deref(),
        _ => None,
    };
    let flag = number.and_then(|number| labs::flag(code, number, unit, range)).map(ToOwned::to_owned);
    let Of { at, item, rev, unsigned, .. } = *of;
    PointView { at: at.to_owned(), value: number, text, flag, item, rev, unsigned }
}

fn finished(mut series: SeriesView) -> SeriesView {
    series.points.sort_by(|a, b| b.at.cmp(&a.at));
    series.count = series.points.len() as u64;
    series.points.truncate(SHOWN);
    series
}
