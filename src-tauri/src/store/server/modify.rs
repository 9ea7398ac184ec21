//! Update modifiers: `$set`, `$unset`, `$inc`, `$push`, `$pull`.

use super::filter::{self, Filter, Rewrite};
use super::path::within;
use super::refusal::{
    Answer, BAD_VALUE, BsonAnswer as _, CONFLICTING_UPDATE, FAILED_TO_PARSE, IMMUTABLE_FIELD, PATH_NOT_VIABLE,
    TYPE_MISMATCH, refused,
};
use bson::{Array, Bson, Document, RawBsonRef, RawDocument, RawDocumentBuf};

/// One change of one path.
pub(crate) struct Change {
    /// Dotted path.
    pub(crate) path: String,
    /// What happens there.
    pub(crate) what: What,
}

/// What happens to a path.
pub(crate) enum What {
    /// The value is put there.
    Set(Bson),
    /// The field goes.
    Unset,
    /// The number grows.
    Inc(Bson),
    /// The values are appended.
    Push(Array),
    /// The elements that match go.
    Pull(Pull),
}

/// Which elements a `$pull` takes out.
pub(crate) enum Pull {
    /// Those equal to the value.
    Equal(Bson),
    /// Those (documents) that match.
    Matching(Filter),
    /// Those whose value passes; the filter asks about a field called `v`.
    Value(Filter),
}

/// Reads an update document of modifiers, except `$set`, whose values the caller has sealed.
pub(crate) fn parse(update: &RawDocument, rewrite: &mut dyn Rewrite) -> Answer<Vec<Change>> {
    let mut changes: Vec<Change> = vec![];
    for modifier in update {
        let (name, fields) = modifier.or_invalid()?;
        let fields = fields.as_document().ok_or_else(|| refused(FAILED_TO_PARSE, "a modifier needs a document"))?;
        for field in fields {
            let (path, value) = field.or_invalid()?;
            let what = what(name.as_str(), value, rewrite)?;
            changes.push(Change { path: path.as_str().into(), what });
        }
    }
    conflicts(&changes).map(|()| changes)
}

/// Applies the changes in their order.
pub(crate) fn apply(doc: &mut Document, changes: Vec<Change>) -> Answer<()> {
    let id = doc.get("_id").cloned();
    for change in changes {
        change_in(doc, &change.path, change.what)?;
    }
    if doc.get("_id").cloned() != id {
        return Err(refused(IMMUTABLE_FIELD, "'_id' can't be changed"));
    }
    Ok(())
}

fn what(name: &str, value: RawBsonRef<'_>, rewrite: &mut dyn Rewrite) -> Answer<What> {
    match name {
        "$set" => owned(value).map(What::Set),
        "$unset" => Ok(What::Unset),
        "$inc" => match owned(value)? {
            number @ (Bson::Int32(_) | Bson::Int64(_) | Bson::Double(_)) => Ok(What::Inc(number)),
            _ => Err(refused(TYPE_MISMATCH, "$inc needs a number")),
        },
        "$push" => pushed(owned(value)?),
        "$pull" => pulled(value, rewrite).map(What::Pull),
        _ => Err(refused(FAILED_TO_PARSE, format!("unknown modifier: {name}"))),
    }
}

fn owned(value: RawBsonRef<'_>) -> Answer<Bson> {
    value.try_into().or_invalid()
}

fn pushed(value: Bson) -> Answer<What> {
    match value {
        Bson::Document(mut doc) if doc.contains_key("$each") => match (doc.remove("$each"), doc.is_empty()) {
            (Some(Bson::Array(items)), true) => Ok(What::Push(items)),
            _ => Err(refused(BAD_VALUE, "$push knows $each with an array only")),
        },
        other => Ok(What::Push(vec![other])),
    }
}

fn pulled(value: RawBsonRef<'_>, rewrite: &mut dyn Rewrite) -> Answer<Pull> {
    match value {
        operators if filter::is_operators(operators) => filter::predicate("v", operators, rewrite).map(Pull::Value),
        RawBsonRef::Document(doc) => filter::parse(doc, rewrite).map(Pull::Matching),
        other => owned(other).map(Pull::Equal),
    }
}

fn conflicts(changes: &[Change]) -> Answer<()> {
    for (place, change) in changes.iter().enumerate() {
        if change.path.split('.').any(|name| name.is_empty() || name.starts_with('$')) {
            return Err(refused(BAD_VALUE, "a modifier needs field names"));
        }
        let meets = |other: &Change| within(&other.path, &change.path) || within(&change.path, &other.path);
        if changes[..place].iter().any(meets) {
            return Err(refused(CONFLICTING_UPDATE, format!("two modifiers change '{}'", change.path)));
        }
    }
    Ok(())
}

fn change_in(doc: &mut Document, path: &str, what: What) -> Answer<()> {
    let Some((head, rest)) = path.split_once('.') else { return change_field(doc, path, what) };
    if matches!(what, What::Unset | What::Pull(_)) && !doc.contains_key(head) {
        return Ok(());
    }
    match doc.entry(head.to_owned()).or_insert_with(|| Bson::Document(Document::new())) {
        Bson::Document(inner) => change_in(inner, rest, what),
        Bson::Array(items) => change_item(items, rest, what),
        _ => Err(refused(PATH_NOT_VIABLE, format!("'{head}' is not a document"))),
    }
}

fn change_item(items: &mut Array, path: &str, what: What) -> Answer<()> {
    let (place, rest) = path.split_once('.').map_or((path, None), |(place, rest)| (place, Some(rest)));
    let place: usize = place.parse().map_err(|_| refused(PATH_NOT_VIABLE, "an array needs a place"))?;
    match (items.get_mut(place), rest, what) {
        (Some(Bson::Document(inner)), Some(rest), what) => change_in(inner, rest, what),
        (Some(item), None, What::Set(value)) => {
            *item = value;
            Ok(())
        }
        _ => Err(refused(PATH_NOT_VIABLE, "only existing elements of an array can be changed")),
    }
}

fn change_field(doc: &mut Document, name: &str, what: What) -> Answer<()> {
    match what {
        What::Set(value) => {
            doc.insert(name, value);
        }
        What::Unset => {
            doc.remove(name);
        }
        What::Inc(by) => {
            let sum = add(doc.get(name).unwrap_or(&Bson::Int32(0)), &by)?;
            doc.insert(name, sum);
        }
        What::Push(items) => match doc.entry(name.to_owned()).or_insert_with(|| Bson::Array(vec![])) {
            Bson::Array(old) => old.extend(items),
            _ => return Err(refused(BAD_VALUE, format!("'{name}' is not an array"))),
        },
        What::Pull(pull) => match doc.get_mut(name) {
            Some(Bson::Array(items)) => pull.out_of(items)?,
            None => {}
            Some(_) => return Err(refused(BAD_VALUE, format!("'{name}' is not an array"))),
        },
    }
    Ok(())
}

fn add(old: &Bson, by: &Bson) -> Answer<Bson> {
    let whole = |value: &Bson| value.as_i64().or_else(|| value.as_i32().map(i64::from));
    let real = |value: &Bson| value.as_f64();
    match (whole(old), whole(by)) {
        (Some(a), Some(b)) => {
            let sum = a.checked_add(b).ok_or_else(|| refused(BAD_VALUE, "$inc counts too far"))?;
            let small = matches!((old, by), (Bson::Int32(_), Bson::Int32(_)));
            Ok(i32::try_from(sum).ok().filter(|_| small).map_or(Bson::Int64(sum), Bson::Int32))
        }
        (None, None) => match (real(old), real(by)) {
            (Some(a), Some(b)) => Ok(Bson::Double(a + b)),
            _ => Err(refused(TYPE_MISMATCH, "$inc needs a number")),
        },
        _ => Err(refused(TYPE_MISMATCH, "$inc needs numbers of one kind")),
    }
}

impl Pull {
    fn out_of(&self, items: &mut Array) -> Answer<()> {
        let mut kept = vec![];
        for item in items.drain(..) {
            if !self.takes(&item)? {
                kept.push(item);
            }
        }
        *items = kept;
        Ok(())
    }

    fn takes(&self, item: &Bson) -> Answer<bool> {
        match (self, item) {
            (Self::Equal(value), item) => Ok(value == item),
            (Self::Matching(filter), Bson::Document(doc)) => {
                filter.matches(&RawDocumentBuf::try_from(doc).or_invalid()?)
            }
            (Self::Matching(_), _) => Ok(false),
            (Self::Value(filter), item) => {
                filter.matches(&RawDocumentBuf::try_from(&bson::doc! {"v": item}).or_invalid()?)
            }
        }
    }
}
