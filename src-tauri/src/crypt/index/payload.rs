//! What is stored at a searchable path, and the filters that find it.

use super::{Clear, Path, Search, deterministic, path_of};
use crate::crypt::{Crypt, CryptError, Encryption, Profile};
use bson::spec::ElementType;
use bson::{Binary, Bson, Document, RawBson, RawBsonRef, RawDocumentBuf, doc};

/// The payloads to store (type 11), by path.
///
/// # Errors
/// [`CryptError::Refused`] for a value of another type than the path's; otherwise as [`Crypt::encrypt`].
pub fn payloads(crypt: &Crypt, values: &[Clear]) -> Result<Vec<(&'static str, Binary)>, CryptError> {
    values.iter().map(|one| Ok((one.path, stored_payload(crypt, known(one.path)?, &one.value)?))).collect()
}

/// What is stored at the paths: payloads, or in the deterministic profile the values themselves.
///
/// # Errors
/// As [`payloads`].
pub fn stored(crypt: &Crypt, values: &[Clear]) -> Result<Vec<(&'static str, RawBson)>, CryptError> {
    match crypt.profile() {
        Profile::Queryable => {
            Ok(payloads(crypt, values)?.into_iter().map(|(path, payload)| (path, payload.into())).collect())
        }
        Profile::Deterministic => deterministic::stored(crypt, values),
    }
}

/// The payload to store (type 11) at one path.
pub(super) fn stored_payload(crypt: &Crypt, path: &Path, value: &Bson) -> Result<Binary, CryptError> {
    let wanted = if matches!(path.search, Search::Range(_)) { ElementType::Int32 } else { ElementType::String };
    if value.element_type() != wanted {
        return Err(CryptError::Refused("this type of value isn't searched at this path"));
    }
    let how = match path.search {
        Search::Equality => Encryption::indexed(path.key),
        Search::Prefix(min, max) => Encryption::prefixed(path.key, (min, max)),
        Search::Range(range) => Encryption::ranged(path.key, &range),
    };
    crypt.encrypt(raw(value)?.as_raw_bson_ref(), &how)
}

/// The payload that finds documents with this value (type 12).
///
/// # Errors
/// As [`Crypt::encrypt`].
pub fn find_payload(crypt: &Crypt, key: &str, value: &Bson) -> Result<Binary, CryptError> {
    if !has_equality(value.element_type()) {
        return Err(CryptError::Refused("this type of value can't be searched by equality"));
    }
    if crypt.profile() == Profile::Deterministic {
        return deterministic::equal(crypt, key, value);
    }
    crypt.encrypt(raw(value)?.as_raw_bson_ref(), &Encryption::equality(key))
}

/// Finds documents with this text at a path.
///
/// # Errors
/// [`CryptError::Refused`] when the path isn't searched so; otherwise as [`Crypt::encrypt`].
pub fn equal(crypt: &Crypt, path: &str, text: &str) -> Result<Document, CryptError> {
    let known = known(path)?;
    match known.search {
        Search::Equality => Ok(doc! { path: find_payload(crypt, known.key, &text.into())? }),
        _ => Err(CryptError::Refused("this path isn't searched by equality")),
    }
}

/// Finds documents whose text at a path starts so. A longer start than the index knows is cut: filter what is found.
///
/// # Errors
/// [`CryptError::Refused`] when the start is shorter than the index knows; otherwise as [`equal`].
pub fn starts_with(crypt: &Crypt, path: &str, start: &str) -> Result<Document, CryptError> {
    let known = known(path)?;
    let Search::Prefix(min, max) = known.search else {
        return Err(CryptError::Refused("this path isn't searched by its start"));
    };
    let start: String = start.chars().take(usize::from(max)).collect();
    if start.chars().count() < usize::from(min) {
        return Err(CryptError::Refused("too short a start to search for"));
    }
    if crypt.profile() == Profile::Deterministic {
        return deterministic::starts_with(crypt, known, &start);
    }
    let payload = crypt.encrypt(RawBsonRef::String(&start), &Encryption::prefix(known.key, (min, max)))?;
    Ok(doc! { "$expr": { "$encStrStartsWith": { "input": format!("${path}"), "prefix": payload } } })
}

/// Finds documents with a number at a path from `low` to `high`, both included; outside the index's range nothing is.
///
/// # Errors
/// As [`equal`].
pub fn between(crypt: &Crypt, path: &str, low: i32, high: i32) -> Result<Document, CryptError> {
    let known = known(path)?;
    let Search::Range(range) = known.search else {
        return Err(CryptError::Refused("this path isn't searched by range"));
    };
    if crypt.profile() == Profile::Deterministic {
        return deterministic::between(crypt, known, &range, low, high);
    }
    let (low, high) = (low.clamp(range.min, range.max), high.clamp(range.min, range.max));
    let both = doc! { "$and": [{ path: { "$gte": low } }, { path: { "$lte": high } }] };
    let both = RawDocumentBuf::try_from(&doc! { "v": both })?;
    let made = crypt.encrypt_expression(&both, &Encryption::range(known.key, &range))?;
    Ok(Document::try_from(made.get_document("v").map_err(|_| CryptError::Damaged)?)?)
}

/// Finds what any of the filters finds.
#[must_use]
pub fn any_of(mut filters: Vec<Document>) -> Document {
    match filters.len() {
        1 => filters.remove(0),
        _ => doc! { "$or": filters },
    }
}

fn known(path: &str) -> Result<&'static Path, CryptError> {
    path_of(path).ok_or(CryptError::Refused("this path isn't searched"))
}

pub(super) fn raw(value: &Bson) -> Result<RawBson, CryptError> {
    RawBson::try_from(value.clone()).map_err(|_| CryptError::Refused("not a value"))
}

/// The types MongoDB's server takes for equality; libmongocrypt alone would take more.
fn has_equality(kind: ElementType) -> bool {
    use ElementType as T;
    matches!(
        kind,
        T::Binary
            | T::JavaScriptCode
            | T::RegularExpression
            | T::String
            | T::Int32
            | T::Int64
            | T::Boolean
            | T::Timestamp
            | T::DateTime
            | T::ObjectId
            | T::Symbol
            | T::DbPointer
    )
}
