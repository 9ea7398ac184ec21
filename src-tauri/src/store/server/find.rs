//! `find` and `count`.

use super::command::Command;
use super::project::{Projection, Sort};
use super::refusal::{Answer, BAD_VALUE, BsonAnswer as _, refused};
use super::{Work, ok, plan};
use crate::store::{StoreError, bytes};
use bson::raw::{CStr, cstr};
use bson::{RawBson, RawDocumentBuf, rawdoc};

const FIND: &[&str] = &["filter", "projection", "sort", "skip", "limit", "batchSize", "singleBatch", "hint"];

impl Work<'_> {
    pub(super) fn find(&mut self, command: &Command<'_>) -> Answer<RawDocumentBuf> {
        command.only(FIND)?;
        let Some(coll) = self.catalog.find(self.tables, command.collection)? else {
            return cursor(command.collection, &[]);
        };
        let informed = command.informed(&coll, self.catalog)?;
        let filter = self.filter(&coll, informed, command.document("filter")?)?;
        let projection = Projection::parse(command.document("projection")?)?;
        let is_encrypted = |path: &str| coll.schema.as_ref().is_some_and(|schema| schema.covers(path));
        let sort = Sort::parse(command.document("sort")?, &is_encrypted)?;
        let window = Window::parse(command)?;
        let mut found: Vec<(Vec<RawBson>, RawDocumentBuf)> = vec![];
        // What isn't sorted is passed over without a look.
        let (mut passed, skip) = (0, if sort.is_some() { 0 } else { window.skip });
        let show = if sort.is_none() && window.end < usize::MAX { plan::first } else { plan::each };
        show(self.tables, &coll, &filter, &mut |_, doc| {
            if passed < skip {
                passed += 1;
                return Ok(true);
            }
            let key = sort.as_ref().map_or(Ok(vec![]), |sort| sort.key(doc))?;
            found.push((key, projection.apply(doc)?));
            Ok(sort.is_some() || found.len() + skip < window.end)
        })?;
        if let Some(sort) = &sort {
            found.sort_by(|a, b| sort.order(&a.0, &b.0));
        }
        let batch: Vec<_> = found.into_iter().take(window.end).skip(window.skip - skip).map(|(_, doc)| doc).collect();
        cursor(command.collection, &batch)
    }

    pub(super) fn count(&mut self, command: &Command<'_>) -> Answer<RawDocumentBuf> {
        command.only(&["query", "skip", "limit", "hint"])?;
        if let Some(count) = self.count_behind(command.collection)? {
            return Ok(ok(rawdoc! {"n": i64::try_from(count).unwrap_or(i64::MAX)}));
        }
        let mut count = 0_usize;
        let window = Window::parse(command)?;
        if let Some(coll) = self.catalog.find(self.tables, command.collection)? {
            let informed = command.informed(&coll, self.catalog)?;
            let filter = self.filter(&coll, informed, command.document("query")?)?;
            if let Some(told) = plan::counted(self.tables, &coll, &filter, window.end)? {
                count = told;
            } else {
                plan::each(self.tables, &coll, &filter, &mut |_, _| {
                    count += 1;
                    Ok(count < window.end)
                })?;
            }
        }
        let count = i64::try_from(count.saturating_sub(window.skip)).unwrap_or(i64::MAX);
        Ok(ok(match i32::try_from(count) {
            Ok(count) => rawdoc! {"n": count},
            Err(_) => rawdoc! {"n": count},
        }))
    }
}

/// The stages of a pipeline that say no more than a `find` does, in the order `find` works, and their names there.
const STAGES: [(&str, &CStr); 5] = [
    ("$match", cstr!("filter")),
    ("$sort", cstr!("sort")),
    ("$skip", cstr!("skip")),
    ("$limit", cstr!("limit")),
    ("$project", cstr!("projection")),
];

impl Work<'_> {
    // The collections behind a collection with encrypted fields are seen by their number of rows only.
    fn count_behind(&mut self, name: &str) -> Answer<Option<u64>> {
        let behind = name.strip_prefix("enxcol_.").and_then(|name| name.rsplit_once('.'));
        let Some((name, kind)) = behind else { return Ok(None) };
        let Some(coll) = self.catalog.find(self.tables, name)? else { return Ok(Some(0)) };
        match kind {
            "esc" => self.tables.count_state(coll.id).map(|(all, _)| Some(all)),
            _ => self.tables.count_pending(coll.id).map(Some),
        }
    }

    /// `aggregate`, as far as it is a `find`.
    pub(super) fn aggregate(&mut self, command: &Command<'_>) -> Answer<RawDocumentBuf> {
        command.only(&["pipeline", "cursor", "allowDiskUse"])?;
        let mut find = rawdoc! {"find": command.collection};
        let mut next = 0;
        for stage in command.documents("pipeline")? {
            let (name, value) = stage.iter().next().ok_or_else(unknown_stage)?.or_invalid()?;
            let place = STAGES.iter().skip(next).position(|(stage, _)| *stage == name.as_str());
            next += place.ok_or_else(unknown_stage)? + 1;
            find.append(STAGES[next - 1].1, value);
        }
        if let Some(information) = command.get("encryptionInformation")? {
            find.append(cstr!("encryptionInformation"), information);
        }
        self.find(&Command::parse(&find)?)
    }
}

fn unknown_stage() -> StoreError {
    refused(BAD_VALUE, "a pipeline is $match, $sort, $skip, $limit, $project, each once and in this order")
}

/// Which of the matching documents are answered.
struct Window {
    skip: usize,
    end: usize,
}

impl Window {
    fn parse(command: &Command<'_>) -> Answer<Self> {
        let size = |name| {
            let n = command.number(name)?.unwrap_or(0);
            usize::try_from(n).map_err(|_| refused(BAD_VALUE, format!("'{name}' can't be negative")))
        };
        let (skip, limit) = (size("skip")?, size("limit")?);
        let end = if limit == 0 { usize::MAX } else { skip.saturating_add(limit) };
        Ok(Self { skip, end })
    }
}

fn cursor(collection: &str, batch: &[RawDocumentBuf]) -> Answer<RawDocumentBuf> {
    let mut cursor = rawdoc! {"id": 0_i64, "ns": format!("wardseal.{collection}")}.into_bytes();
    bytes::append_array(&mut cursor, "firstBatch", batch).ok_or_else(too_long)?;
    // The long part comes last: nothing is copied again behind it.
    let mut reply = ok(RawDocumentBuf::new());
    reply.append(cstr!("cursor"), RawDocumentBuf::from_bytes(cursor).map_err(|_| too_long())?);
    Ok(reply)
}

fn too_long() -> StoreError {
    refused(BAD_VALUE, "the answer is longer than BSON can hold")
}
