//! Commands on their way to a server: which database, what a server doesn't know, and what is too long for one message.

use super::KEYS_DATABASE;
use crate::store::{DATABASE, StoreError, bytes};
use bson::raw::CString;
use bson::{RawBsonRef, RawDocument, RawDocumentBuf};

/// The collections that lie in the keys' database.
pub(super) const OF_KEYS: &[&str] = &["patient_keys", "erasures", "holds"];

/// Documents of one message together; a server takes 16 MiB of command.
const MESSAGE: usize = 12 << 20;

/// What kind of command it is, by what may be done with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Reads through a cursor.
    Cursor,
    /// Reads, one answer.
    Count,
    /// Writes documents; may be part of a transaction.
    Write,
    /// Makes a collection.
    Create,
    /// Takes a collection away.
    Drop,
    /// Shortens the counters of encrypted values.
    Compact,
    /// The self-check of the embedded store.
    Validate,
}

/// A command, read as far as sending needs it.
pub(super) struct Outgoing {
    /// Its kind.
    pub(super) kind: Kind,
    /// Its collection.
    pub(super) collection: String,
    /// The command itself.
    pub(super) document: RawDocumentBuf,
}

impl Outgoing {
    /// Reads a command; one that this store doesn't send is refused.
    pub(super) fn read(document: RawDocumentBuf) -> Result<Self, StoreError> {
        let first = document.iter().next().and_then(Result::ok);
        let (name, collection) = first.ok_or_else(|| invalid("an empty command"))?;
        let kind = match name.as_str() {
            "find" | "aggregate" => Kind::Cursor,
            "count" => Kind::Count,
            "insert" | "update" | "delete" | "findAndModify" | "findandmodify" => Kind::Write,
            "create" => Kind::Create,
            "drop" => Kind::Drop,
            "compactStructuredEncryptionData" | "cleanupStructuredEncryptionData" => Kind::Compact,
            "validate" => Kind::Validate,
            _ => return Err(StoreError::Refused { code: 59, why: "no such command".into() }),
        };
        let collection = collection.as_str().ok_or_else(|| invalid("a command names its collection"))?.to_owned();
        Ok(Self { kind, collection, document })
    }

    /// The database its collection lies in.
    pub(super) fn database(&self) -> &'static str {
        database_of(&self.collection)
    }

    /// The name of the command.
    pub(super) fn name(&self) -> &str {
        self.document.iter().next().and_then(Result::ok).map_or("", |(name, _)| name.as_str())
    }

    /// The statements of a write: documents, updates or deletes.
    pub(super) fn statements(&self) -> Vec<&RawDocument> {
        let Some(part) = part_of(self.name()) else { return vec![] };
        let Ok(array) = self.document.get_array(part) else { return vec![] };
        array.into_iter().filter_map(|one| one.ok()?.as_document()).collect()
    }

    /// The same command with other statements.
    pub(super) fn with_statements(&self, statements: &[RawDocumentBuf]) -> Result<Self, StoreError> {
        let part = part_of(self.name()).unwrap_or("documents");
        let mut bytes = without(&self.document, &[part])?.into_bytes();
        bytes::append_array(&mut bytes, part, statements).ok_or_else(|| invalid("the command is too long"))?;
        let document = RawDocumentBuf::from_bytes(bytes).map_err(|_| invalid("the command is not valid BSON"))?;
        Ok(Self { kind: self.kind, collection: self.collection.clone(), document })
    }

    /// The command in messages a server takes, each of whose answers says of every statement whether it missed.
    pub(super) fn messages(self) -> Result<Vec<Self>, StoreError> {
        let is_insert = self.name() == "insert";
        let statements = self.statements();
        let apart = !is_insert && statements.len() > 1 && !misses_are_told(&self, &statements);
        if !apart && self.document.as_bytes().len() <= MESSAGE {
            return Ok(vec![self]);
        }
        let mut groups: Vec<Vec<RawDocumentBuf>> = vec![];
        let mut size = usize::MAX;
        for statement in statements {
            let more = statement.as_bytes().len() + 16;
            if apart || size.saturating_add(more) > MESSAGE {
                groups.push(vec![]);
                size = 0;
            }
            size += more;
            if let Some(group) = groups.last_mut() {
                group.push(statement.to_owned());
            }
        }
        groups.iter().map(|group| self.with_statements(group)).collect()
    }
}

/// The database a collection lies in.
pub(super) fn database_of(collection: &str) -> &'static str {
    if OF_KEYS.contains(&collection) { KEYS_DATABASE } else { DATABASE }
}

/// A command without some of its fields.
pub(super) fn without(document: &RawDocument, fields: &[&str]) -> Result<RawDocumentBuf, StoreError> {
    let mut rest = RawDocumentBuf::new();
    for field in document {
        let (name, value) = field.map_err(|_| invalid("the command is not valid BSON"))?;
        if !fields.contains(&name.as_str()) {
            rest.append(CString::from(name), value);
        }
    }
    Ok(rest)
}

/// Whether a filter asks for a certain `rev`, so that to match nothing means that somebody was faster.
pub(super) fn names_rev(filter: &RawDocument) -> bool {
    let names = |(name, value): (&bson::raw::CStr, RawBsonRef<'_>)| match (name.as_str(), value) {
        ("rev", _) => true,
        ("$and", RawBsonRef::Array(all)) => all.into_iter().filter_map(|one| one.ok()?.as_document()).any(names_rev),
        _ => false,
    };
    filter.into_iter().filter_map(Result::ok).any(names)
}

/// The filter of a statement, or of a `findAndModify`.
pub(super) fn filter_of(statement: &RawDocument) -> Option<&RawDocument> {
    statement.get_document("q").or_else(|_| statement.get_document("query")).ok()
}

/// Whether the sum in the answer tells if any of the statements missed: all ask for a `rev`, of one document each.
fn misses_are_told(command: &Outgoing, statements: &[&RawDocument]) -> bool {
    let asks = |one: &&RawDocument| filter_of(one).is_some_and(names_rev);
    let single = |one: &&RawDocument| match command.name() {
        "delete" => one.get("limit").ok().flatten().and_then(whole) == Some(1),
        _ => !one.get_bool("multi").unwrap_or(false) && !one.get_bool("upsert").unwrap_or(false),
    };
    let asking = statements.iter().filter(|one| asks(one)).count();
    asking == 0 || (asking == statements.len() && statements.iter().all(single))
}

/// A whole number of any width.
pub(super) fn whole(value: RawBsonRef<'_>) -> Option<i64> {
    match value {
        RawBsonRef::Int32(n) => Some(n.into()),
        RawBsonRef::Int64(n) => Some(n),
        #[expect(clippy::cast_possible_truncation, reason = "a count that a server sends as a double is whole")]
        RawBsonRef::Double(n) => Some(n as i64),
        _ => None,
    }
}

pub(super) fn part_of(name: &str) -> Option<&'static str> {
    match name {
        "insert" => Some("documents"),
        "update" => Some("updates"),
        "delete" => Some("deletes"),
        _ => None,
    }
}

/// A command that no server would read.
pub(super) fn invalid(why: &str) -> StoreError {
    StoreError::Refused { code: 22, why: why.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bson::rawdoc;

    fn messages(command: RawDocumentBuf) -> Vec<RawDocumentBuf> {
        let all = Outgoing::read(command).unwrap().messages().unwrap();
        all.into_iter().map(|one| one.document).collect()
    }

    #[test]
    fn a_long_insert_goes_in_messages_a_server_takes() {
        let big = |id: i32| rawdoc! {"_id": id, "x": "x".repeat(5 << 20)};
        let insert = rawdoc! {"insert": "items", "documents": [big(1), big(2), big(3)], "ordered": true};
        let sent = messages(insert.clone());
        assert_eq!(sent.len(), 2);
        let sizes: Vec<usize> =
            sent.iter().map(|one| one.get_array("documents").unwrap().into_iter().count()).collect();
        assert_eq!(sizes, [2, 1]);
        assert!(sent.iter().all(|one| one.get_bool("ordered").unwrap() && one.get_str("insert").unwrap() == "items"));
        assert_eq!(messages(rawdoc! {"insert": "items", "documents": [{"_id": 1}]}).len(), 1);
    }

    #[test]
    fn updates_of_which_one_could_miss_unseen_go_one_by_one() {
        let update = |filters: &[RawDocumentBuf]| {
            let all: Vec<RawDocumentBuf> =
                filters.iter().map(|q| rawdoc! {"q": q.clone(), "u": {"$set": {"a": 1}}}).collect();
            let mut array = bson::RawArrayBuf::new();
            all.into_iter().for_each(|one| array.push(one));
            rawdoc! {"update": "items", "updates": array}
        };
        let (with, without) = (rawdoc! {"_id": 1, "rev": 2}, rawdoc! {"_id": 1});
        assert_eq!(messages(update(&[with.clone(), with.clone()])).len(), 1);
        assert_eq!(messages(update(&[without.clone(), without.clone()])).len(), 1);
        assert_eq!(messages(update(&[with, without])).len(), 2);
    }

    #[test]
    fn keys_of_patients_lie_apart_and_unknown_commands_go_nowhere() {
        let find = |name: &str| Outgoing::read(rawdoc! {"find": name}).unwrap();
        assert_eq!((find("patient_keys").database(), find("patients").database()), ("wardseal_keys", "wardseal"));
        assert!(matches!(Outgoing::read(rawdoc! {"shutdown": "x"}), Err(StoreError::Refused { code: 59, .. })));
        assert!(names_rev(&rawdoc! {"$and": [{"_id": 1}, {"rev": 1}]}) && !names_rev(&rawdoc! {"_id": 1}));
    }
}
