//! Aggregation expressions (`$expr`): the string operators and comparisons of encrypted fields.
//!
//! Clear comparisons have other rules about absent values there than in a filter; they are refused.

use super::filter::{Asked, Filter, Rewrite, TextPart, beside, elements, one_of, payload};
use super::refusal::{Answer, BAD_VALUE, BsonAnswer as _, refused};
use crate::store::StoreError;
use bson::RawBsonRef;
use std::cmp::Ordering;

/// Reads an expression.
pub(crate) fn parse(value: RawBsonRef<'_>, rewrite: &mut dyn Rewrite) -> Answer<Filter> {
    let doc = value.as_document().ok_or_else(unknown)?;
    let mut fields = doc.iter();
    let (Some(field), None) = (fields.next(), fields.next()) else { return Err(unknown()) };
    let (name, operand) = field.or_invalid()?;
    match name.as_str() {
        "$and" => Ok(Filter::All(expressions(operand, rewrite)?)),
        "$or" => Ok(Filter::Any(expressions(operand, rewrite)?)),
        "$not" => match elements(operand)?.as_slice() {
            [inner] => Ok(Filter::Not(Box::new(parse(*inner, rewrite)?))),
            _ => Err(unknown()),
        },
        "$encStrStartsWith" => text(operand, "prefix", TextPart::Prefix, rewrite),
        "$encStrEndsWith" => text(operand, "suffix", TextPart::Suffix, rewrite),
        "$encStrContains" => text(operand, "substring", TextPart::Substring, rewrite),
        "$encStrNormalizedEq" => text(operand, "string", TextPart::Whole, rewrite),
        "$eq" => compared(operand, rewrite, &mut |path, value, rewrite| one_of(path, &[value], rewrite)),
        "$ne" => compared(operand, rewrite, &mut |path, value, rewrite| one_of(path, &[value], rewrite).map(negated)),
        "$in" => compared(operand, rewrite, &mut |path, value, rewrite| one_of(path, &elements(value)?, rewrite)),
        "$gt" | "$gte" | "$lt" | "$lte" => {
            let side = if name.as_str().starts_with("$g") { Ordering::Greater } else { Ordering::Less };
            let or_equal = name.as_str().ends_with('e');
            compared(operand, rewrite, &mut |path, value, rewrite| beside(path, side, or_equal, value, rewrite))
        }
        _ => Err(unknown()),
    }
}

fn negated(filter: Filter) -> Filter {
    Filter::Not(Box::new(filter))
}

type Compare<'f> = dyn FnMut(&str, RawBsonRef<'_>, &mut dyn Rewrite) -> Answer<Filter> + 'f;

// `["$path", payload]`, or a list of payloads.
fn compared(operand: RawBsonRef<'_>, rewrite: &mut dyn Rewrite, compare: &mut Compare<'_>) -> Answer<Filter> {
    let operands = elements(operand)?;
    let [input, value] = operands.as_slice() else { return Err(unknown()) };
    let path = input.as_str().and_then(|input| input.strip_prefix('$')).ok_or_else(unknown)?;
    let encrypted = match value {
        RawBsonRef::Array(list) => list.into_iter().flatten().all(|one| payload(one).is_some()),
        one => payload(*one).is_some(),
    };
    if encrypted { compare(path, *value, rewrite) } else { Err(unknown()) }
}

fn expressions(value: RawBsonRef<'_>, rewrite: &mut dyn Rewrite) -> Answer<Vec<Filter>> {
    elements(value)?.into_iter().map(|inner| parse(inner, rewrite)).collect()
}

fn text(operand: RawBsonRef<'_>, name: &str, part: TextPart, rewrite: &mut dyn Rewrite) -> Answer<Filter> {
    let parsed = operand.as_document().and_then(|doc| {
        let path = doc.get_str("input").ok()?.strip_prefix('$')?;
        let payload = payload(doc.get(name).ok()??)?;
        Some((path, payload))
    });
    let (path, payload) = parsed
        .ok_or_else(|| refused(BAD_VALUE, format!("the string operator needs 'input' and an encrypted '{name}'")))?;
    rewrite.rewrite(path, Asked::Text(part), payload)
}

fn unknown() -> StoreError {
    refused(BAD_VALUE, "$expr knows $and, $or, $not, the $encStr operators and comparisons with encrypted values only")
}
