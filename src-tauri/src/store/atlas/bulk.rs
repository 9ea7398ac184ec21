//! Several writes as one `bulkWrite`, so that a save is one command and its commit instead of one command a collection.
//!
//! Only what a server takes together: writes without encrypted values. Those of a collection with encrypted fields go
//! alone, since a server takes `encryptionInformation` for one collection only.

use super::command::{Kind, Outgoing, invalid, part_of, whole};
use crate::store::{StoreError, bytes};
use bson::raw::cstr;
use bson::{RawBsonRef, RawDocument, RawDocumentBuf, rawdoc};

/// The first version of the server that knows the command.
pub(super) const SINCE: (i32, i32) = (8, 0);
/// Writes of one command: a save has a few. An import's many are shorter in commands of their own.
const TOGETHER: usize = 100;
const BYTES: usize = 8 << 20;

/// What a server says that knows no such command, or not as part of a transaction.
const UNKNOWN: [i32; 2] = [59, 40_415];

/// Whether a server refused the command itself rather than what it writes: then each write goes alone.
pub(super) fn is_unknown(why: &StoreError) -> bool {
    matches!(why, StoreError::Refused { code, .. } if UNKNOWN.contains(code))
}

/// How many of these messages, from the first, go together; at least one.
pub(super) fn together(messages: &[Outgoing], known: bool) -> usize {
    let (mut writes, mut size) = (0, 0);
    let fits = |message: &&Outgoing| {
        writes += message.statements().len();
        size += message.document.as_bytes().len();
        known && is_plain(message) && writes <= TOGETHER && size <= BYTES
    };
    messages.iter().take_while(fits).count().max(1)
}

/// Whether it is a write that says nothing which `bulkWrite` would have to say otherwise.
fn is_plain(message: &Outgoing) -> bool {
    let Some(part) = part_of(message.name()) else { return false };
    let known = |(name, value): (&bson::raw::CStr, RawBsonRef<'_>)| match name.as_str() {
        "ordered" => value.as_bool() == Some(true),
        name => name == part || name == message.name(),
    };
    let plain = |statement: &&RawDocument| {
        let names = statement.into_iter().filter_map(Result::ok).map(|(name, _)| name.as_str());
        part == "documents" || names.into_iter().all(|name| ["q", "u", "multi", "upsert", "limit"].contains(&name))
    };
    let fields = message.document.into_iter().filter_map(Result::ok);
    message.kind == Kind::Write && fields.into_iter().all(known) && message.statements().iter().all(plain)
}

/// These messages as one command, for the database `admin`.
pub(super) fn command(messages: &[Outgoing]) -> Result<RawDocumentBuf, StoreError> {
    let mut namespaces: Vec<String> = vec![];
    let mut ops = vec![];
    for message in messages {
        let name = format!("{}.{}", message.database(), message.collection);
        let known = namespaces.iter().position(|one| *one == name);
        let place = known.unwrap_or_else(|| {
            namespaces.push(name);
            namespaces.len() - 1
        });
        let place = i32::try_from(place).map_err(|_| invalid("too many collections"))?;
        for statement in message.statements() {
            ops.push(op(message.name(), place, statement)?);
        }
    }
    let namespaces: Vec<RawDocumentBuf> = namespaces.into_iter().map(|name| rawdoc! {"ns": name}).collect();
    let mut command = rawdoc! {"bulkWrite": 1}.into_bytes();
    let appended = bytes::append_array(&mut command, "ops", &ops);
    appended.and_then(|()| bytes::append_array(&mut command, "nsInfo", &namespaces)).ok_or_else(too_long)?;
    RawDocumentBuf::from_bytes(command).map_err(|_| too_long())
}

fn too_long() -> StoreError {
    invalid("the command is too long")
}

fn op(name: &str, place: i32, statement: &RawDocument) -> Result<RawDocumentBuf, StoreError> {
    if name == "insert" {
        return Ok(rawdoc! {"insert": place, "document": statement.to_owned()});
    }
    let part = |name| statement.get(name).ok().flatten().ok_or_else(|| invalid("a write without a filter or a change"));
    let mut op = RawDocumentBuf::new();
    if name == "delete" {
        op.append(cstr!("delete"), place);
        op.append(cstr!("filter"), part("q")?);
        op.append(cstr!("multi"), part("limit").ok().and_then(whole) == Some(0));
        return Ok(op);
    }
    op.append(cstr!("update"), place);
    op.append(cstr!("filter"), part("q")?);
    op.append(cstr!("updateMods"), part("u")?);
    op.append(cstr!("multi"), statement.get_bool("multi").unwrap_or(false));
    op.append(cstr!("upsert"), statement.get_bool("upsert").unwrap_or(false));
    Ok(op)
}

/// What each message would have been answered alone. The one of which a write was refused is the last.
pub(super) fn answers(messages: &[Outgoing], told: &RawDocument) -> Result<Vec<RawDocumentBuf>, StoreError> {
    let unreadable = || StoreError::Database("the answer to a bulkWrite wasn't understood".into());
    let batch = told.get_document("cursor").and_then(|cursor| cursor.get_array("firstBatch"));
    let mut results = batch.map_err(|_| unreadable())?.into_iter();
    let mut all = vec![];
    for message in messages {
        let (mut n, mut modified) = (0, 0);
        for place in 0..message.statements().len() {
            let result =
                results.next().and_then(Result::ok).and_then(RawBsonRef::as_document).ok_or_else(unreadable)?;
            let number = |name: &str| result.get(name).ok().flatten().and_then(whole).unwrap_or(0);
            if number("ok") != 1 {
                all.push(refused(place, n, number("code")));
                return Ok(all);
            }
            n += number("n");
            modified += number("nModified");
        }
        let number = |number: i64| i32::try_from(number).unwrap_or(i32::MAX);
        let mut answer = rawdoc! {"n": number(n)};
        if message.name() == "update" {
            answer.append(cstr!("nModified"), number(modified));
        }
        answer.append(cstr!("ok"), 1.0);
        all.push(answer);
    }
    Ok(all)
}

fn refused(place: usize, n: i64, code: i64) -> RawDocumentBuf {
    let (place, code) = (i32::try_from(place).unwrap_or(i32::MAX), i32::try_from(code).unwrap_or(1));
    let n = i32::try_from(n).unwrap_or(i32::MAX);
    rawdoc! {"n": n, "writeErrors": [{"index": place, "code": code}], "ok": 1.0}
}

#[cfg(test)]
mod tests {
    use super::super::reply;
    use super::*;

    fn messages(commands: &[RawDocumentBuf]) -> Vec<Outgoing> {
        commands.iter().map(|one| Outgoing::read(one.clone()).unwrap()).collect()
    }

    fn save() -> Vec<Outgoing> {
        messages(&[
            rawdoc! {"update": "site", "updates": [{"q": {"_id": 1, "rev": 2}, "u": {"$inc": {"f": 1}}, "multi": false}]},
            rawdoc! {"insert": "items", "documents": [{"_id": 1}, {"_id": 2}], "ordered": true},
            rawdoc! {"delete": "patient_keys", "deletes": [{"q": {"_id": 1}, "limit": 1}]},
            rawdoc! {"insert": "patients", "documents": [{"_id": 1}], "encryptionInformation": {"type": 1}},
            rawdoc! {"insert": "items", "documents": [{"_id": 3}]},
        ])
    }

    #[test]
    fn what_is_written_to_several_collections_goes_in_one_command_and_encrypted_values_alone() {
        let all = save();
        assert_eq!((together(&all, true), together(&all[3..], true), together(&all, false)), (3, 1, 1));
        let expected = rawdoc! {
            "bulkWrite": 1,
            "ops": [
                {"update": 0, "filter": {"_id": 1, "rev": 2}, "updateMods": {"$inc": {"f": 1}}, "multi": false, "upsert": false},
                {"insert": 1, "document": {"_id": 1}},
                {"insert": 1, "document": {"_id": 2}},
                {"delete": 2, "filter": {"_id": 1}, "multi": false},
            ],
            "nsInfo": [{"ns": "wardseal.site"}, {"ns": "wardseal.items"}, {"ns": "wardseal_keys.patient_keys"}],
        };
        assert_eq!(command(&all[..3]).unwrap(), expected);
    }

    #[test]
    fn each_write_hears_of_its_own_and_a_refused_one_is_the_last() {
        let all = save();
        let done = |n: i32, idx: i32| rawdoc! {"ok": 1.0, "idx": idx, "n": n, "nModified": n};
        let told = |results: Vec<RawDocumentBuf>| {
            let batch: bson::RawArrayBuf = results.into_iter().collect();
            rawdoc! {"cursor": {"id": 0_i64, "firstBatch": batch}, "ok": 1.0}
        };
        let answered = answers(&all[..3], &told(vec![done(0, 0), done(1, 1), done(1, 2), done(1, 3)])).unwrap();
        let n: Vec<i32> = answered.iter().map(|one| one.get_i32("n").unwrap()).collect();
        assert_eq!(n, [0, 2, 1]);
        assert!(reply::missed(&all[0], &answered[0]) && !reply::missed(&all[2], &answered[2]));
        let taken = rawdoc! {"ok": 0.0, "idx": 2, "code": 11_000, "n": 0};
        let answered = answers(&all[..3], &told(vec![done(1, 0), done(1, 1), taken])).unwrap();
        assert_eq!((answered.len(), reply::first_duplicate(&answered[1])), (2, Some(1)));
        assert!(answers(&all[..3], &told(vec![done(1, 0)])).is_err(), "an answer that is too short is none");
    }
}
