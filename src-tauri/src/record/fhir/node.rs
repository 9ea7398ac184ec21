//! Typed access to the elements of a resource: absent, present, or an error that names the element only.

use super::error::{MapDefect, MapError};
use crate::record::{Coded, PartialDate};
use serde_json::Value;

/// FHIR's own limit for a string.
const LONGEST: usize = 1 << 20;

type Found<T> = Result<Option<T>, MapError>;

pub(super) const fn wrong(field: &'static str, defect: MapDefect) -> MapError {
    MapError { field, defect }
}

/// An element that is there and not null.
pub(super) fn get<'a>(node: &'a Value, field: &'static str) -> Option<&'a Value> {
    node.get(field).filter(|value| !value.is_null())
}

/// A string, trimmed; an empty one counts as absent.
pub(super) fn text<'a>(node: &'a Value, field: &'static str) -> Found<&'a str> {
    get(node, field).map(|value| string(value, field)).transpose().map(|found| found.filter(|text| !text.is_empty()))
}

/// The same, owned.
pub(super) fn owned(node: &Value, field: &'static str) -> Found<String> {
    Ok(text(node, field)?.map(str::to_owned))
}

/// A string or nothing where FHIR requires one: an empty string stands for absent.
pub(super) fn word(node: &Value, field: &'static str) -> Result<String, MapError> {
    Ok(owned(node, field)?.unwrap_or_default())
}

fn string<'a>(value: &'a Value, field: &'static str) -> Result<&'a str, MapError> {
    let text = value.as_str().ok_or(wrong(field, MapDefect::WrongType))?;
    if text.len() > LONGEST { Err(wrong(field, MapDefect::TooLong)) } else { Ok(text.trim()) }
}

/// A boolean.
pub(super) fn flag(node: &Value, field: &'static str) -> Found<bool> {
    get(node, field).map(|value| value.as_bool().ok_or(wrong(field, MapDefect::WrongType))).transpose()
}

/// A number that a 64-bit float can hold.
pub(super) fn number(node: &Value, field: &'static str) -> Found<f64> {
    let finite = |value: &Value| value.as_f64().filter(|number| number.is_finite());
    get(node, field).map(|value| finite(value).ok_or(wrong(field, MapDefect::WrongType))).transpose()
}

/// An object.
pub(super) fn object<'a>(node: &'a Value, field: &'static str) -> Found<&'a Value> {
    let is_object =
        |value: &'a Value| if value.is_object() { Ok(value) } else { Err(wrong(field, MapDefect::WrongType)) };
    get(node, field).map(is_object).transpose()
}

/// An array of objects; absent is empty.
pub(super) fn list<'a>(node: &'a Value, field: &'static str) -> Result<&'a [Value], MapError> {
    let elements = array(node, field)?;
    if elements.iter().all(Value::is_object) { Ok(elements) } else { Err(wrong(field, MapDefect::WrongType)) }
}

/// An array of strings; nulls, which only carry extensions, are left out.
pub(super) fn texts(node: &Value, field: &'static str) -> Result<Vec<String>, MapError> {
    let elements = array(node, field)?.iter().filter(|value| !value.is_null());
    let texts: Result<Vec<_>, _> = elements.map(|value| string(value, field).map(str::to_owned)).collect();
    texts.map(|texts| texts.into_iter().filter(|text| !text.is_empty()).collect())
}

fn array<'a>(node: &'a Value, field: &'static str) -> Result<&'a [Value], MapError> {
    match get(node, field) {
        None => Ok(&[]),
        Some(value) => value.as_array().map(Vec::as_slice).ok_or(wrong(field, MapDefect::WrongType)),
    }
}

/// A date or an instant that exists, as written.
pub(super) fn date(node: &Value, field: &'static str) -> Found<String> {
    match text(node, field)? {
        None => Ok(None),
        Some(text) if is_date(text) => Ok(Some(text.to_owned())),
        Some(_) => Err(wrong(field, MapDefect::NotADate)),
    }
}

/// The first of several dates that is there.
pub(super) fn first_date(node: &Value, fields: &[&'static str]) -> Found<String> {
    for field in fields {
        if let Some(found) = date(node, field)? {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

/// Start and end of a period.
pub(super) fn period(node: &Value, field: &'static str) -> Result<(Option<String>, Option<String>), MapError> {
    match object(node, field)? {
        Some(period) => Ok((date(period, "start")?, date(period, "end")?)),
        None => Ok((None, None)),
    }
}

fn is_date(text: &str) -> bool {
    let (day, time) = text.split_once('T').map_or((text, None), |(day, time)| (day, Some(time)));
    let exists = day.parse::<PartialDate>();
    exists.is_ok_and(|date| time.is_none_or(|time| date.is_whole() && is_time(time)))
}

/// `hh:mm`, `hh:mm:ss` or `hh:mm:ss.fff`, with `Z`, an offset or neither.
fn is_time(text: &str) -> bool {
    let clock = text.trim_end_matches('Z');
    let (clock, zone) = clock.split_once(['+', '-']).map_or((clock, "00:00"), |parts| parts);
    let (clock, fraction) = clock.split_once('.').unwrap_or((clock, "0"));
    let digits = !fraction.is_empty() && fraction.bytes().all(|byte| byte.is_ascii_digit());
    let mut parts = clock.split(':');
    let hour = parts.next().is_some_and(|part| below(part, 24));
    let minute = parts.next().is_some_and(|part| below(part, 60));
    let second = parts.next().is_none_or(|part| below(part, 61));
    let zone = zone.split_once(':').is_some_and(|(hours, minutes)| below(hours, 15) && below(minutes, 60));
    digits && hour && minute && second && zone && parts.next().is_none()
}

fn below(two_digits: &str, limit: u8) -> bool {
    let digits = two_digits.len() == 2 && two_digits.bytes().all(|byte| byte.is_ascii_digit());
    digits && two_digits.parse::<u8>().is_ok_and(|number| number < limit)
}

/// A CodeableConcept as words and its best coding; absent when it says nothing.
pub(super) fn concept(node: &Value, field: &'static str) -> Found<Coded> {
    object(node, field)?.map_or(Ok(None), coded)
}

/// The first of a list of CodeableConcepts that says anything.
pub(super) fn first_concept(node: &Value, field: &'static str) -> Found<Coded> {
    for concept in list(node, field)? {
        if let Some(found) = coded(concept)? {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

/// A CodeableConcept.
pub(super) fn coded(concept: &Value) -> Found<Coded> {
    let codings = list(concept, "coding")?;
    let is_icd = |coding: &&Value| coding.get("system").and_then(Value::as_str) == Some(super::labels::ICD_10_CM);
    let best = codings.iter().find(is_icd).or_else(|| codings.first());
    let mut found = best.map(coding).transpose()?.flatten().unwrap_or_default();
    if let Some(text) = text(concept, "text")? {
        text.clone_into(&mut found.text);
    }
    Ok(Some(found).filter(|found| !found.text.is_empty()))
}

/// A Coding; its code stands in where there are no words.
pub(super) fn coding(coding: &Value) -> Found<Coded> {
    let code = owned(coding, "code")?;
    let words = owned(coding, "display")?.or_else(|| code.clone());
    let system = text(coding, "system")?.map(|system| super::labels::system_name(system).to_owned());
    Ok(words.map(|text| Coded { text, code, system }))
}

/// The code of the first coding of a CodeableConcept.
pub(super) fn code(node: &Value, field: &'static str) -> Found<String> {
    let Some(concept) = object(node, field)? else { return Ok(None) };
    match list(concept, "coding")?.first() {
        Some(coding) => owned(coding, "code"),
        None => owned(concept, "text"),
    }
}

/// The extension with this last part of its URL.
pub(super) fn extension<'a>(node: &'a Value, name: &str) -> Option<&'a Value> {
    let named = |extension: &&Value| {
        extension.get("url").and_then(Value::as_str).is_some_and(|url| url.rsplit('/').next() == Some(name))
    };
    node.get("extension")?.as_array()?.iter().find(named)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_and_instants_that_exist_are_taken_as_written() {
        for text in ["1968", "1968-04", "1968-04-12", "2020-02-29T23:59:60Z", "2014-07-05T13:20:18.123-04:00"] {
            assert!(is_date(text), "{text}");
        }
    }

    #[test]
    fn dates_that_never_were_are_not_taken() {
        for text in
            ["", "2021-02-30", "1968-04T10:00Z", "2020-01-01T25:00Z", "2020-01-01T10:00+99:00", "T10:00", "12.4.68"]
        {
            assert!(!is_date(text), "{text}");
        }
    }

    #[test]
    fn an_icd_code_is_preferred_and_a_code_stands_in_for_words() {
        let both = serde_json::json!({ "coding": [
            { "system": "http://snomed.info/sct", "code": "44054006" },
            { "system": "http://hl7.org/fhir/sid/icd-10-cm", "code": "E11.9" },
        ] });
        let found = coded(&both).unwrap().unwrap();
        assert!(found.text == "E11.9" && found.system.as_deref() == Some("ICD-10-CM"));
    }
}
