//! The self-check: documents, tags and counters must tell the same story.

use super::documents;
use super::qe::stored;
use super::refusal::{Answer, BsonAnswer as _};
use super::tables::{Seq, Tables};
use super::{Collection, Server};
use crate::store::StoreError;
use bson::spec::BinarySubtype;
use bson::{RawBsonRef, RawDocument, RawDocumentBuf};
use std::collections::BTreeSet;

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

impl Server {
    /// Checks every collection; the first contradiction is the error.
    pub(crate) fn check(&mut self, tables: &mut dyn Tables) -> Answer<Checked> {
        let mut sum = Checked::default();
        for row in tables.collections()? {
            let coll = self.catalog.find(tables, &row.name)?.ok_or_else(|| damaged("a collection vanished"))?;
            check_collection(tables, &coll, &mut sum)?;
        }
        Ok(sum)
    }
}

fn check_collection(tables: &mut dyn Tables, coll: &Collection, sum: &mut Checked) -> Answer<()> {
    let mut all: Vec<(Seq, RawDocumentBuf)> = vec![];
    tables.scan(coll.id, &mut |seq, doc| {
        all.push((seq, doc.to_owned()));
        Ok(true)
    })?;
    let mut tags = 0;
    for (seq, doc) in &all {
        tags += check_tags(tables, coll, *seq, doc)?;
        check_entries(tables, coll, *seq, doc)?;
    }
    if tags != tables.count_tags(coll.id)? {
        return Err(damaged("a tag belongs to no document"));
    }
    // Every tag was made with a count of its own, which is a row unless compaction folded it into an anchor.
    let (state, anchors) = tables.count_state(coll.id)?;
    if anchors == 0 && tags > state {
        return Err(damaged("there are fewer counters than tags"));
    }
    sum.documents += all.len() as u64;
    sum.tags += tags;
    sum.state += state;
    Ok(())
}

fn check_tags(tables: &mut dyn Tables, coll: &Collection, seq: Seq, doc: &RawDocument) -> Answer<u64> {
    let Some(schema) = &coll.schema else { return Ok(0) };
    schema.validate(doc).map_err(|_| damaged("an encrypted field holds something else"))?;
    let listed = documents::tags(coll, doc)?;
    let mut made = BTreeSet::new();
    stored_tags(doc, &mut made)?;
    if listed != made {
        return Err(damaged("a document's tags are not those of its values"));
    }
    for tag in &listed {
        if tables.tag(coll.id, tag)? != Some(seq) {
            return Err(damaged("a document's tag leads elsewhere"));
        }
    }
    Ok(listed.len() as u64)
}

fn check_entries(tables: &mut dyn Tables, coll: &Collection, seq: Seq, doc: &RawDocument) -> Answer<()> {
    for index in &coll.indexes {
        for key in documents::keys(doc, index)? {
            if !tables.entries(index.id, &key)?.contains(&seq) {
                return Err(damaged("an index lacks a document"));
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

fn damaged(what: &str) -> StoreError {
    StoreError::Damaged(what.into())
}
