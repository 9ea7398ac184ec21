//! Query filters: MongoDB's operators on clear fields, encrypted predicates turned into tags.
//!
//! An operator that isn't known is refused, never ignored.

use super::compare::{compare, equal, kind};
use super::path;
use super::qe::stored;
use super::qe::tags::Tags;
use super::refusal::{Answer, BAD_VALUE, BsonAnswer, refused};
use super::tables::Block;
use bson::spec::BinarySubtype;
use bson::{RawArray, RawBson, RawBsonRef, RawDocument};
use std::cmp::Ordering;

/// Name of the array that holds a document's tags.
pub(crate) const SAFE_CONTENT: &str = "__safeContent__";

/// A filter, ready to be asked about documents.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Filter {
    /// Matches everything.
    Always,
    /// Matches what all match.
    All(Vec<Filter>),
    /// Matches what any matches.
    Any(Vec<Filter>),
    /// Matches what the inner filter does not.
    Not(Box<Filter>),
    /// Matches documents that carry one of the tags.
    Tags(Tags),
    /// Matches documents whose stored value at the path was made under one of the tokens: what is asked when the
    /// tags are too many.
    Zeros {
        /// Dotted path.
        path: String,
        /// Keys of the zeros in every block that was made under a token.
        keys: Vec<Block>,
        /// Which pieces of a string are looked at.
        part: Option<TextPart>,
    },
    /// Matches by the value at a clear path.
    Field {
        /// Dotted path.
        path: String,
        /// What the value is asked.
        test: Test,
    },
}

/// What a clear value is asked.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Test {
    /// Equal to one of these; null also means absent.
    In(Vec<RawBson>),
    /// Of the same kind, and before (`Less`) or after (`Greater`) the value, or equal to it.
    Beside(Ordering, bool, RawBson),
    /// Present.
    Exists,
}

/// What an encrypted predicate asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Asked {
    /// Equality.
    Equal,
    /// One side of a range.
    Range,
    /// A word, or its start, end or middle.
    Text(TextPart),
}

/// Which pieces of a string are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TextPart {
    /// The whole folded string.
    Whole,
    /// Any middle.
    Substring,
    /// The end.
    Suffix,
    /// The start.
    Prefix,
}

/// Knows which paths are encrypted and turns find payloads into tags.
pub(crate) trait Rewrite {
    /// Whether a clear comparison with this path would ask about ciphertext.
    fn is_encrypted(&self, path: &str) -> bool;
    /// The filter that means the same as the payload.
    fn rewrite(&mut self, path: &str, asked: Asked, payload: &[u8]) -> Answer<Filter>;
}

/// Reads a filter document.
pub(crate) fn parse(filter: &RawDocument, rewrite: &mut dyn Rewrite) -> Answer<Filter> {
    let mut all = vec![];
    for field in filter {
        let (key, value) = field.or_invalid()?;
        all.push(match key.as_str() {
            "$and" => simple(branches(value, rewrite)?),
            "$or" => Filter::Any(branches(value, rewrite)?),
            "$nor" => Filter::Not(Box::new(Filter::Any(branches(value, rewrite)?))),
            "$expr" => super::expression::parse(value, rewrite)?,
            "$comment" => Filter::Always,
            name if name.starts_with('$') => {
                return Err(refused(BAD_VALUE, format!("unknown top level operator: {name}")));
            }
            path => predicate(path, value, rewrite)?,
        });
    }
    Ok(simple(all))
}

/// Whether an operator document (`{$gt: 3}`) rather than a value to be equal to.
pub(crate) fn is_operators(value: RawBsonRef<'_>) -> bool {
    let first = value.as_document().and_then(|doc| doc.iter_elements().next());
    matches!(first, Some(Ok(element)) if element.key().as_str().starts_with('$'))
}

/// Reads the operators of one path.
pub(crate) fn predicate(path: &str, value: RawBsonRef<'_>, rewrite: &mut dyn Rewrite) -> Answer<Filter> {
    let (RawBsonRef::Document(operators), true) = (value, is_operators(value)) else {
        return one_of(path, &[value], rewrite);
    };
    let mut all = vec![];
    for operator in operators {
        let (name, value) = operator.or_invalid()?;
        all.push(operator_on(path, name.as_str(), value, rewrite)?);
    }
    Ok(simple(all))
}

impl Filter {
    /// Whether the document matches.
    pub(crate) fn matches(&self, doc: &RawDocument) -> Answer<bool> {
        match self {
            Self::Always => Ok(true),
            Self::All(all) => every(all, doc),
            Self::Any(any) => Ok(!every_not(any, doc)?),
            Self::Not(inner) => Ok(!inner.matches(doc)?),
            Self::Tags(tags) => carries(doc, tags),
            Self::Zeros { path, keys, part } => path::any(doc, path, &mut |value| {
                let stored = value.and_then(RawBsonRef::as_binary);
                stored.is_some_and(|stored| stored::made_under(stored.bytes, keys, *part))
            }),
            Self::Field { path, test } => test.on(doc, path),
        }
    }

    /// Whether a path is compared, for the check that a write names a `rev`.
    pub(crate) fn names(&self, wanted: &str) -> bool {
        match self {
            Self::All(all) => all.iter().any(|filter| filter.names(wanted)),
            Self::Field { path, .. } => path == wanted,
            // `{rev: {$exists: false}}` names it, too: that is how documents without one are fenced.
            Self::Not(inner) => inner.names(wanted),
            Self::Always | Self::Any(_) | Self::Tags(_) | Self::Zeros { .. } => false,
        }
    }

    /// Whether some predicate looks at every document because its tags are too many.
    pub(crate) fn scans(&self) -> bool {
        match self {
            Self::All(inner) | Self::Any(inner) => inner.iter().any(Self::scans),
            Self::Not(inner) => inner.scans(),
            Self::Zeros { .. } => true,
            Self::Always | Self::Tags(_) | Self::Field { .. } => false,
        }
    }
}

impl Test {
    /// Whether some value at the path passes.
    pub(crate) fn on(&self, doc: &RawDocument, path: &str) -> Answer<bool> {
        match self {
            // Absence must hold for the whole path, presence for one value of it.
            Self::Exists => path::any(doc, path, &mut |value| value.is_some()),
            _ => path::any(doc, path, &mut |value| self.passes(value)),
        }
    }

    /// Whether one value passes.
    pub(crate) fn passes(&self, value: Option<RawBsonRef<'_>>) -> bool {
        match (self, value) {
            (Self::Exists, value) => value.is_some(),
            (Self::In(wanted), None) => wanted.iter().any(|w| w.as_null().is_some()),
            (Self::In(wanted), Some(value)) => wanted.iter().any(|w| equal(w.as_raw_bson_ref(), value)),
            (Self::Beside(..), None) => false,
            (Self::Beside(side, or_equal, bound), Some(value)) => {
                let bound = bound.as_raw_bson_ref();
                let order = compare(value, bound);
                kind(value) == kind(bound) && (order == *side || (*or_equal && order == Ordering::Equal))
            }
        }
    }
}

fn every(all: &[Filter], doc: &RawDocument) -> Answer<bool> {
    for filter in all {
        if !filter.matches(doc)? {
            return Ok(false);
        }
    }
    Ok(true)
}

fn every_not(any: &[Filter], doc: &RawDocument) -> Answer<bool> {
    for filter in any {
        if filter.matches(doc)? {
            return Ok(false);
        }
    }
    Ok(true)
}

fn carries(doc: &RawDocument, tags: &Tags) -> Answer<bool> {
    path::any(doc, SAFE_CONTENT, &mut |value| {
        let bytes = value.and_then(RawBsonRef::as_binary).map(|binary| binary.bytes);
        bytes.is_some_and(|bytes| tags.contains(bytes))
    })
}

fn simple(mut all: Vec<Filter>) -> Filter {
    all.retain(|filter| *filter != Filter::Always);
    match all.len() {
        0 => Filter::Always,
        1 => all.swap_remove(0),
        _ => Filter::All(all),
    }
}

fn branches(value: RawBsonRef<'_>, rewrite: &mut dyn Rewrite) -> Answer<Vec<Filter>> {
    let items = array(value)?;
    let mut filters = vec![];
    for item in items {
        let item = item.or_invalid()?;
        let doc = item.as_document().ok_or_else(|| refused(BAD_VALUE, "$and/$or/$nor entries must be documents"))?;
        filters.push(parse(doc, rewrite)?);
    }
    if filters.is_empty() {
        return Err(refused(BAD_VALUE, "$and/$or/$nor must not be empty"));
    }
    Ok(filters)
}

fn array(value: RawBsonRef<'_>) -> Answer<&RawArray> {
    value.as_array().ok_or_else(|| refused(BAD_VALUE, "the operator needs an array"))
}

fn operator_on(path: &str, name: &str, value: RawBsonRef<'_>, rewrite: &mut dyn Rewrite) -> Answer<Filter> {
    let negated = |filter| Filter::Not(Box::new(filter));
    match name {
        "$eq" => one_of(path, &[value], rewrite),
        "$ne" => one_of(path, &[value], rewrite).map(negated),
        "$in" => one_of(path, &elements(value)?, rewrite),
        "$nin" => one_of(path, &elements(value)?, rewrite).map(negated),
        "$gt" => beside(path, Ordering::Greater, false, value, rewrite),
        "$gte" => beside(path, Ordering::Greater, true, value, rewrite),
        "$lt" => beside(path, Ordering::Less, false, value, rewrite),
        "$lte" => beside(path, Ordering::Less, true, value, rewrite),
        "$not" if is_operators(value) => predicate(path, value, rewrite).map(negated),
        "$exists" => exists(path, value),
        _ => Err(refused(BAD_VALUE, format!("unknown operator: {name}"))),
    }
}

/// The elements of an array.
pub(crate) fn elements(value: RawBsonRef<'_>) -> Answer<Vec<RawBsonRef<'_>>> {
    array(value)?.into_iter().map(BsonAnswer::or_invalid).collect()
}

fn exists(path: &str, value: RawBsonRef<'_>) -> Answer<Filter> {
    let present = match value {
        RawBsonRef::Boolean(yes) => yes,
        RawBsonRef::Int32(n) => n != 0,
        RawBsonRef::Int64(n) => n != 0,
        _ => return Err(refused(BAD_VALUE, "$exists needs true or false")),
    };
    let field = Filter::Field { path: path.into(), test: Test::Exists };
    Ok(if present { field } else { Filter::Not(Box::new(field)) })
}

/// Equal to one of the values.
pub(crate) fn one_of(path: &str, values: &[RawBsonRef<'_>], rewrite: &mut dyn Rewrite) -> Answer<Filter> {
    let payloads: Vec<&[u8]> = values.iter().filter_map(|value| payload(*value)).collect();
    if payloads.is_empty() {
        return clear(path, Test::In(values.iter().map(|value| (*value).into()).collect()), values, rewrite);
    }
    if payloads.len() != values.len() {
        return Err(refused(BAD_VALUE, format!("'{path}': encrypted and clear values are mixed")));
    }
    let mut any = vec![];
    for payload in payloads {
        any.push(rewrite.rewrite(path, Asked::Equal, payload)?);
    }
    Ok(if any.len() == 1 { any.swap_remove(0) } else { Filter::Any(any) })
}

/// Before or after a value.
pub(crate) fn beside(
    path: &str,
    side: Ordering,
    or_equal: bool,
    value: RawBsonRef<'_>,
    rewrite: &mut dyn Rewrite,
) -> Answer<Filter> {
    match payload(value) {
        Some(payload) => rewrite.rewrite(path, Asked::Range, payload),
        None => clear(path, Test::Beside(side, or_equal, value.into()), &[value], rewrite),
    }
}

fn clear(path: &str, test: Test, values: &[RawBsonRef<'_>], rewrite: &dyn Rewrite) -> Answer<Filter> {
    if path == SAFE_CONTENT || path.starts_with("__safeContent__.") {
        return Err(refused(BAD_VALUE, "__safeContent__ can't be queried by the client"));
    }
    if rewrite.is_encrypted(path) {
        return Err(refused(BAD_VALUE, format!("'{path}' is encrypted: it can't be compared with a clear value")));
    }
    if let Some(value) = values.iter().find(|value| matches!(value, RawBsonRef::RegularExpression(_))) {
        return Err(refused(BAD_VALUE, format!("'{path}': {:?} is not supported", value.element_type())));
    }
    Ok(Filter::Field { path: path.into(), test })
}

/// An encrypted value that asks something.
// Values of client-side encryption without queries (0 to 2) are data here: they are compared as they stand.
pub(crate) fn payload(value: RawBsonRef<'_>) -> Option<&[u8]> {
    let encrypted = value.as_binary().filter(|binary| binary.subtype == BinarySubtype::Encrypted);
    encrypted.map(|binary| binary.bytes).filter(|bytes| !matches!(bytes.first(), Some(0..=2)))
}
