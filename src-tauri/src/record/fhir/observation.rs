//! Observation: one value, words, an answer, or components.

use super::clinical::notes;
use super::error::{MapDefect, MapError};
use super::node::{
    code, concept, date, first_concept, flag, get, list, number, object, owned, period, text, word, wrong,
};
use crate::record::{Component, Observation, ObservedValue, ReferenceRange};
use serde_json::Value;

pub(super) fn observation(resource: &Value) -> Result<Option<Observation>, MapError> {
    let Some(named) = concept(resource, "code")? else { return Ok(None) };
    // A wave form can't be shown as a value: the resource is kept whole.
    if get(resource, "valueSampledData").is_some() {
        return Ok(None);
    }
    Ok(Some(Observation {
        code: named,
        category: category(resource)?,
        status: word(resource, "status")?,
        at: observed(resource)?,
        value: value(resource)?,
        absent: concept(resource, "dataAbsentReason")?.map(|reason| reason.text),
        range: range(resource)?,
        interpretation: interpretation(resource)?,
        components: list(resource, "component")?.iter().map(component).collect::<Result<_, _>>()?,
        note: Some(notes(resource)?.join("\n")).filter(|note| !note.is_empty()),
        signed: None,
    }))
}

fn component(node: &Value) -> Result<Component, MapError> {
    Ok(Component {
        code: concept(node, "code")?.ok_or(wrong("component.code", MapDefect::Missing))?,
        value: value(node)?,
        absent: concept(node, "dataAbsentReason")?.map(|reason| reason.text),
        range: range(node)?,
    })
}

fn category(resource: &Value) -> Result<String, MapError> {
    let mut shown = "other";
    for category in list(resource, "category")? {
        for coding in list(category, "coding")? {
            shown = match (shown, text(coding, "code")?) {
                ("other", Some("vital-signs")) => "vital-signs",
                ("other", Some("laboratory")) => "laboratory",
                ("other", Some("survey")) => "survey",
                (found, _) => found,
            };
        }
    }
    Ok(shown.to_owned())
}

fn observed(resource: &Value) -> Result<Option<String>, MapError> {
    let (start, _) = period(resource, "effectivePeriod")?;
    Ok(date(resource, "effectiveDateTime")?.or(date(resource, "effectiveInstant")?).or(start))
}

fn interpretation(resource: &Value) -> Result<Option<String>, MapError> {
    Ok(first_concept(resource, "interpretation")?.map(|found| found.code.unwrap_or(found.text)))
}

fn value(node: &Value) -> Result<Option<ObservedValue>, MapError> {
    if let Some(quantity) = object(node, "valueQuantity")? {
        return measured(quantity);
    }
    if let Some(answer) = concept(node, "valueCodeableConcept")? {
        return Ok(Some(ObservedValue::Coded { answer }));
    }
    if let Some(flag) = flag(node, "valueBoolean")? {
        return Ok(Some(ObservedValue::Flag { flag }));
    }
    if let Some(value) = number(node, "valueInteger")? {
        return Ok(Some(ObservedValue::Quantity { value, unit: None, comparator: None }));
    }
    Ok(in_words(node)?.map(|text| ObservedValue::Text { text }))
}

fn measured(quantity: &Value) -> Result<Option<ObservedValue>, MapError> {
    let unit = owned(quantity, "unit")?.or(owned(quantity, "code")?);
    let comparator = owned(quantity, "comparator")?;
    Ok(number(quantity, "value")?.map(|value| ObservedValue::Quantity { value, unit, comparator }))
}

fn in_words(node: &Value) -> Result<Option<String>, MapError> {
    if let Some(words) = owned(node, "valueString")?.or(owned(node, "valueTime")?).or(date(node, "valueDateTime")?) {
        return Ok(Some(words));
    }
    if let Some(ratio) = object(node, "valueRatio")? {
        return Ok(Some(format!("{}:{}", amount(ratio, "numerator")?, amount(ratio, "denominator")?)));
    }
    if let Some(range) = object(node, "valueRange")? {
        return Ok(Some(format!("{}–{}", amount(range, "low")?, amount(range, "high")?)));
    }
    let (start, end) = period(node, "valuePeriod")?;
    Ok(start.or(end.clone()).map(|start| format!("{start}–{}", end.unwrap_or_default())))
}

fn amount(node: &Value, field: &'static str) -> Result<String, MapError> {
    let Some(quantity) = object(node, field)? else { return Ok(String::new()) };
    let number = number(quantity, "value")?.map(|value| value.to_string());
    let parts = [number, owned(quantity, "unit")?];
    Ok(parts.into_iter().flatten().collect::<Vec<_>>().join(" "))
}

/// The first range that is one for normal values.
fn range(node: &Value) -> Result<Option<ReferenceRange>, MapError> {
    for range in list(node, "referenceRange")? {
        if !matches!(code(range, "type")?.as_deref(), None | Some("normal" | "Normal")) {
            continue;
        }
        let end = |field| object(range, field)?.map_or(Ok(None), |quantity| number(quantity, "value"));
        return Ok(Some(ReferenceRange { low: end("low")?, high: end("high")?, text: owned(range, "text")? }));
    }
    Ok(None)
}
