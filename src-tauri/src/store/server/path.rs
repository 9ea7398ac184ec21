//! Dotted paths through raw documents, with MongoDB's way of looking into arrays.

use super::refusal::{Answer, BsonAnswer as _};
use bson::{RawArray, RawBsonRef, RawDocument};

/// Calls `test` with every value the path leads to (elements of a final array first, then the array itself) until one
/// answers true; `None` once if the path leads nowhere.
pub(crate) fn any(doc: &RawDocument, path: &str, test: &mut dyn FnMut(Option<RawBsonRef<'_>>) -> bool) -> Answer<bool> {
    let (head, rest) = split(path);
    match doc.get(head).or_damaged()? {
        None => Ok(test(None)),
        Some(value) => below(value, rest, test),
    }
}

/// The value at a path through documents only; arrays are not entered.
pub(crate) fn plain<'d>(doc: &'d RawDocument, path: &str) -> Answer<Option<RawBsonRef<'d>>> {
    let (head, rest) = split(path);
    match (doc.get(head).or_damaged()?, rest) {
        (Some(RawBsonRef::Document(inner)), Some(rest)) => plain(inner, rest),
        (_, Some(_)) => Ok(None),
        (value, None) => Ok(value),
    }
}

/// First name of a path, and what follows.
pub(crate) fn split(path: &str) -> (&str, Option<&str>) {
    path.split_once('.').map_or((path, None), |(head, rest)| (head, Some(rest)))
}

/// Whether `path` is `outer` or lies below it.
pub(crate) fn within(path: &str, outer: &str) -> bool {
    path.strip_prefix(outer).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

fn below(
    value: RawBsonRef<'_>,
    rest: Option<&str>,
    test: &mut dyn FnMut(Option<RawBsonRef<'_>>) -> bool,
) -> Answer<bool> {
    match (value, rest) {
        (RawBsonRef::Document(inner), Some(rest)) => any(inner, rest, test),
        (RawBsonRef::Array(items), Some(rest)) => into_array(items, rest, test),
        (_, Some(_)) => Ok(test(None)),
        (RawBsonRef::Array(items), None) => {
            for item in items {
                if test(Some(item.or_damaged()?)) {
                    return Ok(true);
                }
            }
            Ok(test(Some(value)))
        }
        (value, None) => Ok(test(Some(value))),
    }
}

fn into_array(items: &RawArray, rest: &str, test: &mut dyn FnMut(Option<RawBsonRef<'_>>) -> bool) -> Answer<bool> {
    let (head, further) = split(rest);
    for (place, item) in items.into_iter().enumerate() {
        let item = item.or_damaged()?;
        if head.parse() == Ok(place) && below(item, further, test)? {
            return Ok(true);
        }
        if let RawBsonRef::Document(inner) = item
            && any(inner, rest, test)?
        {
            return Ok(true);
        }
    }
    Ok(false)
}

#[cfg(test)]
mod tests {
    use super::*;
    use bson::rawdoc;

    #[test]
    fn a_path_finds_values_inside_arrays_of_documents() {
        let doc = rawdoc! {"a": [{"b": 1}, {"b": [2, 3]}]};
        let mut seen = vec![];
        any(&doc, "a.b", &mut |value| {
            seen.push(value.and_then(RawBsonRef::as_i32));
            false
        })
        .unwrap();
        assert_eq!(seen, [Some(1), Some(2), Some(3), None]);
        assert!(plain(&doc, "a.b").unwrap().is_none());
    }

    #[test]
    fn a_longer_name_is_not_below_a_shorter_one() {
        assert!(within("i.surname", "i") && within("i", "i"));
        assert!(!within("index", "i"));
    }
}
