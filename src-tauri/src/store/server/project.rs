//! Projections (inclusion or exclusion by dotted path) and sorting on clear fields.

use super::compare::compare;
use super::path;
use super::refusal::{Answer, BAD_VALUE, BsonAnswer as _, MIXED_PROJECTION, refused};
use bson::raw::CStr;
use bson::{RawArray, RawArrayBuf, RawBson, RawBsonRef, RawDocument, RawDocumentBuf};
use std::cmp::Ordering;

/// Which fields of a document are answered.
pub(crate) enum Projection {
    /// The whole document.
    Whole,
    /// Only these paths; `_id` unless it was switched off.
    Only(Tree),
    /// All but these paths.
    Without(Tree),
}

/// Names and what is wanted below them; nothing below means the whole value.
#[derive(Default)]
pub(crate) struct Tree(Vec<(String, Tree)>);

impl Projection {
    /// Reads `{path: 1, …}` or `{path: 0, …}`.
    pub(crate) fn parse(projection: Option<&RawDocument>) -> Answer<Self> {
        let (mut only, mut without, mut id) = (Tree::default(), Tree::default(), None);
        for field in projection.into_iter().flatten() {
            let (path, value) = field.or_invalid()?;
            match (path.as_str(), wanted(value)?) {
                ("_id", yes) => id = Some(yes),
                (path, true) => only.add(path)?,
                (path, false) => without.add(path)?,
            }
        }
        match (only.0.is_empty(), without.0.is_empty(), id) {
            (false, false, _) => Err(refused(MIXED_PROJECTION, "a projection can't mix inclusion and exclusion")),
            (false, true, Some(false)) => Ok(Self::Only(only)),
            (false, true, _) | (true, true, Some(true)) => only.add("_id").map(|()| Self::Only(only)),
            (true, false, Some(true)) => {
                Err(refused(MIXED_PROJECTION, "a projection can't mix inclusion and exclusion"))
            }
            (true, _, Some(false)) => without.add("_id").map(|()| Self::Without(without)),
            (true, false, None) => Ok(Self::Without(without)),
            (true, true, None) => Ok(Self::Whole),
        }
    }

    /// The part of the document that is answered.
    pub(crate) fn apply(&self, doc: &RawDocument) -> Answer<RawDocumentBuf> {
        match self {
            Self::Whole => Ok(doc.to_owned()),
            Self::Only(tree) => tree.keep(doc, true),
            Self::Without(tree) => tree.keep(doc, false),
        }
    }
}

impl Tree {
    fn add(&mut self, path: &str) -> Answer<()> {
        let (head, rest) = path::split(path);
        if head.is_empty() || head.starts_with('$') {
            return Err(refused(BAD_VALUE, "a projection needs field names"));
        }
        let place = match self.0.iter().position(|(name, _)| name == head) {
            Some(place) => place,
            None => {
                self.0.push((head.into(), Self::default()));
                self.0.len() - 1
            }
        };
        rest.map_or(Ok(()), |rest| self.0[place].1.add(rest))
    }

    fn keep(&self, doc: &RawDocument, include: bool) -> Answer<RawDocumentBuf> {
        let mut out = RawDocumentBuf::new();
        for element in doc.iter_elements() {
            let element = element.or_damaged()?;
            let below = self.0.iter().find(|(name, _)| name == element.key().as_str()).map(|(_, tree)| tree);
            match below {
                None if include => {}
                Some(tree) if tree.0.is_empty() && !include => {}
                Some(tree) if !tree.0.is_empty() => {
                    tree.keep_below(&mut out, element.key(), element.value().or_damaged()?, include)?
                }
                _ => out.append(element.key(), element.value().or_damaged()?),
            }
        }
        Ok(out)
    }

    fn keep_below(&self, out: &mut RawDocumentBuf, key: &CStr, value: RawBsonRef<'_>, include: bool) -> Answer<()> {
        match value {
            RawBsonRef::Document(inner) => out.append(key, self.keep(inner, include)?),
            RawBsonRef::Array(items) => out.append(key, self.keep_items(items, include)?),
            _ if include => {}
            other => out.append(key, other),
        }
        Ok(())
    }

    fn keep_items(&self, items: &RawArray, include: bool) -> Answer<RawArrayBuf> {
        let mut out = RawArrayBuf::new();
        for item in items {
            match item.or_damaged()? {
                RawBsonRef::Document(inner) => out.push(self.keep(inner, include)?),
                RawBsonRef::Array(inner) => out.push(self.keep_items(inner, include)?),
                _ if include => {}
                other => out.push(other),
            }
        }
        Ok(out)
    }
}

/// An order of documents.
pub(crate) struct Sort(Vec<(String, bool)>);

impl Sort {
    /// Reads `{path: 1, other: -1}`; `None` when nothing is to be sorted.
    pub(crate) fn parse(sort: Option<&RawDocument>, is_encrypted: &dyn Fn(&str) -> bool) -> Answer<Option<Self>> {
        let mut keys = vec![];
        for field in sort.into_iter().flatten() {
            let (path, direction) = field.or_invalid()?;
            if is_encrypted(path.as_str()) {
                return Err(refused(BAD_VALUE, format!("'{}' is encrypted: it can't be sorted", path.as_str())));
            }
            let ascending = match number(direction) {
                Some(1) => true,
                Some(-1) => false,
                _ => return Err(refused(BAD_VALUE, "a sort direction is 1 or -1")),
            };
            keys.push((path.as_str().to_owned(), ascending));
        }
        Ok((!keys.is_empty()).then_some(Self(keys)))
    }

    /// What of a document decides its place.
    pub(crate) fn key(&self, doc: &RawDocument) -> Answer<Vec<RawBson>> {
        self.0.iter().map(|(path, ascending)| outermost(doc, path, *ascending)).collect()
    }

    /// Orders two keys.
    pub(crate) fn order(&self, a: &[RawBson], b: &[RawBson]) -> Ordering {
        let pairs = a.iter().zip(b).zip(&self.0);
        let orders = pairs.map(|((a, b), (_, ascending))| {
            let order = compare(a.as_raw_bson_ref(), b.as_raw_bson_ref());
            if *ascending { order } else { order.reverse() }
        });
        orders.fold(Ordering::Equal, Ordering::then)
    }
}

// An array sorts by its least element upwards and by its greatest downwards.
fn outermost(doc: &RawDocument, path: &str, ascending: bool) -> Answer<RawBson> {
    let mut best: Option<RawBson> = None;
    path::any(doc, path, &mut |value| {
        let value = value.unwrap_or(RawBsonRef::Null);
        let better = best.as_ref().is_none_or(|best| {
            let order = compare(value, best.as_raw_bson_ref());
            if ascending { order == Ordering::Less } else { order == Ordering::Greater }
        });
        if better && value.as_array().is_none() {
            best = Some(value.into());
        }
        false
    })?;
    Ok(best.unwrap_or(RawBson::Null))
}

fn wanted(value: RawBsonRef<'_>) -> Answer<bool> {
    match value {
        RawBsonRef::Boolean(yes) => Ok(yes),
        other => match number(other) {
            Some(n) => Ok(n != 0),
            None => Err(refused(BAD_VALUE, "a projection knows 0 and 1 only")),
        },
    }
}

/// A whole number of any numeric type.
#[expect(clippy::cast_possible_truncation, reason = "checked to be whole and small")]
pub(crate) fn number(value: RawBsonRef<'_>) -> Option<i64> {
    match value {
        RawBsonRef::Int32(n) => Some(n.into()),
        RawBsonRef::Int64(n) => Some(n),
        RawBsonRef::Double(n) if n.fract() == 0.0 && n.abs() < 9.0e15 => Some(n as i64),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bson::rawdoc;

    fn answer(projection: &RawDocument, doc: &RawDocument) -> RawDocumentBuf {
        Projection::parse(Some(projection)).unwrap().apply(doc).unwrap()
    }

    #[test]
    fn one_section_is_answered_without_the_others() {
        let doc = rawdoc! {"_id": 1, "s": {"identity": "a", "contact": "b"}, "head": {"n": 1}};
        assert_eq!(answer(&rawdoc! {"s.identity": 1}, &doc), rawdoc! {"_id": 1, "s": {"identity": "a"}});
        assert_eq!(
            answer(&rawdoc! {"s.identity": 0, "_id": 0}, &doc),
            rawdoc! {"s": {"contact": "b"}, "head": {"n": 1}}
        );
    }

    #[test]
    fn inclusion_and_exclusion_do_not_mix() {
        assert!(Projection::parse(Some(&rawdoc! {"a": 1, "b": 0})).is_err());
        assert!(Projection::parse(Some(&rawdoc! {"a": {"$slice": 1}})).is_err());
    }
}
