//! The self-check: documents, tags and counters must tell the same story. It reads and never writes.
//!
//! Without keys it sees what contradicts itself; with the client's compaction tokens also whether every row of the
//! state collection belongs to a value that was written.

use super::command::Command;
use super::qe::compact::{Depth, Pass};
use super::qe::ledger::{Keys, Ledger};
use super::qe::stored;
use super::refusal::{Answer, BsonAnswer as _};
use super::tables::{Seq, Tables};
use super::{Collection, Server, Work, documents, encrypted, ok};
use crate::store::StoreError;
use bson::raw::cstr;
use bson::spec::BinarySubtype;
use bson::{RawArrayBuf, RawBson, RawBsonRef, RawDocument, RawDocumentBuf, rawdoc};
use std::collections::BTreeSet;

/// More findings than this are counted only.
const MOST: usize = 1_000;

/// What the self-check looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Checked {
    /// Documents.
    pub documents: u64,
    /// Tags of encrypted values.
    pub tags: u64,
    /// Rows of counters.
    pub state: u64,
}

/// What is wrong, and with which document.
struct Finding {
    id: Option<RawBson>,
    what: &'static str,
}

impl Server {
    /// Checks every collection; the first contradiction is the error.
    pub(crate) fn check(&mut self, tables: &mut dyn Tables) -> Answer<Checked> {
        let mut sum = Checked::default();
        for row in tables.collections()? {
            let coll = self.catalog.find(tables, &row.name)?.ok_or_else(|| damaged("a collection vanished"))?;
            let mut findings = vec![];
            check_collection(tables, &coll, &mut sum, &mut findings)?;
            if let Some(first) = findings.first() {
                return Err(damaged(first.what));
            }
        }
        Ok(sum)
    }
}

impl Work<'_> {
    /// `validate`: everything that is wrong with a collection, by document.
    pub(super) fn validate(&mut self, command: &Command<'_>) -> Answer<RawDocumentBuf> {
        command.only(&["full", "compactionTokens", "counters"])?;
        let coll = self.existing(command.collection)?;
        if let Some(counters) = command.get("counters")? {
            return self.validate_counters(&coll, counters.as_binary().map_or(&[], |counters| counters.bytes));
        }
        let (mut sum, mut findings) = (Checked::default(), vec![]);
        let pages = self.tables.pages()?;
        findings.extend(pages.iter().map(|_| of_all("a page of the file contradicts another")));
        check_collection(self.tables, &coll, &mut sum, &mut findings)?;
        if let Some(tokens) = command.document("compactionTokens")? {
            self.check_state(&coll, tokens, &mut findings)?;
        }
        let mut errors = RawArrayBuf::new();
        for finding in findings.iter().take(MOST) {
            let mut error = rawdoc! {"what": finding.what};
            finding.id.iter().for_each(|id| error.append(cstr!("_id"), id.as_raw_bson_ref()));
            errors.push(error);
        }
        let whole = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
        Ok(ok(rawdoc! {
            "valid": findings.is_empty(), "nrecords": whole(sum.documents), "tags": whole(sum.tags),
            "state": whole(sum.state), "nErrors": whole(findings.len() as u64), "errors": errors,
        }))
    }

    // Tokens with the least count each must have (32 and 8 bytes); answers the places of those that don't.
    fn validate_counters(&mut self, coll: &Collection, counters: &[u8]) -> Answer<RawDocumentBuf> {
        let mut behind = RawArrayBuf::new();
        let mut ledger = Ledger::new(self.tables, &mut self.counts, coll.id);
        for (place, one) in counters.chunks_exact(40).enumerate() {
            let (Ok(s), Ok(least)) = (one[..32].try_into(), one[32..].try_into()) else { continue };
            let far_enough = match ledger.latest(&s) {
                Ok(latest) => latest >= u64::from_le_bytes(least),
                Err(StoreError::Damaged(_)) => false,
                Err(other) => return Err(other),
            };
            if !far_enough {
                behind.push(i64::try_from(place).unwrap_or(i64::MAX));
            }
        }
        Ok(ok(rawdoc! {"behind": behind}))
    }

    // Every row without a value must be one that a pending value explains: as many as its entries at most, since a
    // compaction of the oldest part may have taken rows whose later entries are still pending.
    fn check_state(&mut self, coll: &Collection, tokens: &RawDocument, findings: &mut Vec<Finding>) -> Answer<()> {
        let schema = encrypted(coll)?;
        let pass =
            Pass { coll: coll.id, schema, tokens, depth: Depth::Compact, most: u64::MAX, progress: self.progress };
        let (pending, ..) = pass.pending(self.tables)?;
        let (all, anchors) = self.tables.count_state(coll.id)?;
        let mut explained = 0;
        let mut ledger = Ledger::new(self.tables, &mut self.counts, coll.id);
        for (s, entries) in &pending {
            match ledger.rows(&Keys::new(s)) {
                Ok(rows) if rows <= *entries => explained += rows,
                Ok(_) => findings.push(of_all("a counter counts more than was written")),
                Err(StoreError::Damaged(_)) => findings.push(of_all("an anchor of a counter was changed")),
                Err(other) => return Err(other),
            }
        }
        if explained < all - anchors {
            findings.push(of_all("a row of counters belongs to no value"));
        }
        Ok(())
    }
}

fn check_collection(
    tables: &mut dyn Tables,
    coll: &Collection,
    sum: &mut Checked,
    findings: &mut Vec<Finding>,
) -> Answer<()> {
    let mut rows: Vec<Seq> = vec![];
    tables.scan(coll.id, &mut |seq, _| {
        rows.push(seq);
        Ok(true)
    })?;
    let mut tags = 0;
    for seq in &rows {
        let mut doc = RawDocumentBuf::new();
        tables.visit(*seq, &mut |_, body| {
            doc = body.to_owned();
            Ok(false)
        })?;
        let mut found = |what| findings.push(Finding { id: doc.get("_id").ok().flatten().map(RawBson::from), what });
        tags += check_tags(tables, coll, *seq, &doc, &mut found)?;
        check_entries(tables, coll, *seq, &doc, &mut found)?;
    }
    if tags != tables.count_tags(coll.id)? {
        findings.push(of_all("a tag belongs to no document"));
    }
    // Every tag was made with a count of its own, which is a row unless compaction folded it into an anchor.
    let (state, anchors) = tables.count_state(coll.id)?;
    if anchors == 0 && tags > state {
        findings.push(of_all("there are fewer counters than tags"));
    }
    if state - anchors > pending_entries(tables, coll)? {
        findings.push(of_all("there are more counters than were written"));
    }
    sum.documents += rows.len() as u64;
    sum.tags += tags;
    sum.state += state;
    Ok(())
}

// Each row of counters without a value was written together with one compaction entry.
fn pending_entries(tables: &mut dyn Tables, coll: &Collection) -> Answer<u64> {
    let mut entries = 0;
    for (_, row) in tables.pending(coll.id, u64::MAX)? {
        for field in &row {
            let packed = field.or_damaged()?.1.as_binary().and_then(|packed| packed.bytes.split_first());
            entries += packed.map_or(0, |(len, all)| all.len() / usize::from(*len).max(1)) as u64;
        }
    }
    Ok(entries)
}

fn check_tags(
    tables: &mut dyn Tables,
    coll: &Collection,
    seq: Seq,
    doc: &RawDocument,
    found: &mut dyn FnMut(&'static str),
) -> Answer<u64> {
    let Some(schema) = &coll.schema else { return Ok(0) };
    if schema.validate(doc).is_err() {
        found("an encrypted field holds something else");
    }
    let listed = documents::tags(coll, doc)?;
    let mut made = BTreeSet::new();
    match stored_tags(doc, &mut made) {
        Ok(()) if listed == made => {}
        Ok(()) => found("the tags are not those of its values"),
        Err(_) => found("an encrypted value is cut"),
    }
    for tag in &listed {
        if tables.tag(coll.id, tag)? != Some(seq) {
            found("a tag leads elsewhere");
        }
    }
    Ok(listed.len() as u64)
}

fn check_entries(
    tables: &mut dyn Tables,
    coll: &Collection,
    seq: Seq,
    doc: &RawDocument,
    found: &mut dyn FnMut(&'static str),
) -> Answer<()> {
    for index in &coll.indexes {
        for key in documents::keys(doc, index)? {
            if !tables.entries(index.id, &key)?.contains(&seq) {
                found("an index lacks it");
            }
        }
    }
    Ok(())
}

fn stored_tags(doc: &RawDocument, tags: &mut BTreeSet<[u8; 32]>) -> Answer<()> {
    for field in doc {
        match field.or_damaged()?.1 {
            RawBsonRef::Document(inner) => stored_tags(inner, tags)?,
            RawBsonRef::Binary(binary) if binary.subtype == BinarySubtype::Encrypted => {
                tags.extend(stored::tags(binary.bytes).ok_or_else(|| damaged("an encrypted value is cut"))?);
            }
            _ => {}
        }
    }
    Ok(())
}

fn of_all(what: &'static str) -> Finding {
    Finding { id: None, what }
}

fn damaged(what: &str) -> StoreError {
    StoreError::Damaged(what.into())
}
