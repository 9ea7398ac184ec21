//! Answers on their way back: what a server adds is taken out, so that every store answers the same.

use super::command::{Outgoing, filter_of, names_rev, whole};
use super::failure;
use crate::store::{StoreError, bytes};
use bson::raw::cstr;
use bson::{RawBsonRef, RawDocument, RawDocumentBuf, rawdoc};

/// What a server tells its driver, not its caller.
const ASIDE: &[&str] = &[
    "$clusterTime",
    "operationTime",
    "electionId",
    "opTime",
    "retriedStmtIds",
    "atClusterTime",
    "recoveryToken",
    "$configTime",
    "$topologyTime",
    "signature",
];

/// The answer as every store gives it; a write that was refused in part is an error, an `_id` that is taken isn't.
pub(super) fn plain(reply: &RawDocument) -> Result<RawDocumentBuf, StoreError> {
    for error in write_errors(reply) {
        if code_of(error) != Some(i64::from(DUPLICATE_KEY)) {
            return Err(refusal(error));
        }
    }
    super::command::without(reply, ASIDE)
}

pub(super) const DUPLICATE_KEY: i32 = 11_000;

/// The errors of a write's statements.
pub(super) fn write_errors(reply: &RawDocument) -> Vec<&RawDocument> {
    let Ok(errors) = reply.get_array("writeErrors") else { return vec![] };
    errors.into_iter().filter_map(|error| error.ok()?.as_document()).collect()
}

/// Where the first statement was refused because its `_id` is taken.
pub(super) fn first_duplicate(reply: &RawDocument) -> Option<usize> {
    let errors = write_errors(reply);
    let first = errors.first().filter(|error| code_of(error) == Some(i64::from(DUPLICATE_KEY)))?;
    first.get("index").ok().flatten().and_then(whole).and_then(|index| usize::try_from(index).ok())
}

/// What a refused statement is to the caller.
pub(super) fn refusal(error: &RawDocument) -> StoreError {
    let code = code_of(error).and_then(|code| i32::try_from(code).ok()).unwrap_or(1);
    failure::refused(code, error.get_str("codeName").unwrap_or(""))
}

/// Whether the answer itself says that the transaction may be run again.
pub(super) fn is_transient(reply: &RawDocument) -> bool {
    let labelled = reply.get_array("errorLabels").into_iter().flatten().filter_map(Result::ok);
    let transient = |label: RawBsonRef<'_>| label.as_str() == Some(mongodb::error::TRANSIENT_TRANSACTION_ERROR);
    labelled.into_iter().any(transient) || write_errors(reply).iter().any(|error| code_of(error) == Some(112))
}

/// Whether a write found less than it asked for by `rev`: somebody else was faster.
pub(super) fn missed(command: &Outgoing, reply: &RawDocument) -> bool {
    let n = reply.get("n").ok().flatten().and_then(whole).unwrap_or(0);
    match command.name() {
        "update" | "delete" => {
            let asking = command.statements().iter().filter(|one| filter_of(one).is_some_and(names_rev)).count();
            // Where not all ask, none does: see `Outgoing::messages`.
            asking > 0 && n < i64::try_from(asking).unwrap_or(i64::MAX)
        }
        "findAndModify" | "findandmodify" => {
            let found = reply.get("value").ok().flatten().is_some_and(|value| value != RawBsonRef::Null);
            !found && filter_of(&command.document).is_some_and(names_rev)
        }
        _ => false,
    }
}

/// All documents of a cursor as one answer.
pub(super) fn cursor(command: &Outgoing, batch: &[RawDocumentBuf]) -> Result<RawDocumentBuf, StoreError> {
    let too_long = || StoreError::Refused { code: 2, why: "the answer is longer than BSON can hold".into() };
    let namespace = format!("{}.{}", command.database(), command.collection);
    let mut cursor = rawdoc! {"id": 0_i64, "ns": namespace}.into_bytes();
    bytes::append_array(&mut cursor, "firstBatch", batch).ok_or_else(too_long)?;
    let mut reply = rawdoc! {"ok": 1.0};
    reply.append(cstr!("cursor"), RawDocumentBuf::from_bytes(cursor).map_err(|_| too_long())?);
    Ok(reply)
}

/// The answers to the messages of one command as one.
pub(super) fn sum(replies: Vec<RawDocumentBuf>) -> RawDocumentBuf {
    let mut replies = replies.into_iter();
    let Some(first) = replies.next() else { return rawdoc! {"ok": 1.0} };
    let rest: Vec<RawDocumentBuf> = replies.collect();
    if rest.is_empty() {
        return first;
    }
    let of = |name: &str| -> i64 {
        let all = std::iter::once(&first).chain(&rest);
        all.filter_map(|reply| reply.get(name).ok().flatten().and_then(whole)).sum()
    };
    let (n, modified) = (i32::try_from(of("n")), i32::try_from(of("nModified")));
    let mut sum = rawdoc! {"n": n.unwrap_or(i32::MAX)};
    if first.get("nModified").is_ok_and(|found| found.is_some()) {
        sum.append(cstr!("nModified"), modified.unwrap_or(i32::MAX));
    }
    sum.append(cstr!("ok"), 1.0);
    sum
}

fn code_of(error: &RawDocument) -> Option<i64> {
    error.get("code").ok().flatten().and_then(whole)
}
