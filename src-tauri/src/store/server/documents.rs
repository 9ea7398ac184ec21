//! Documents with everything that must change together with them: tags and index entries.

use super::catalog::{Collection, Index};
use super::compare::encode;
use super::filter::SAFE_CONTENT;
use super::path;
use super::refusal::{Answer, BsonAnswer as _, TOO_LARGE, refused};
use super::tables::{Block, Seq, Tables};
use bson::{RawBsonRef, RawDocument};
use std::collections::BTreeSet;

const MAX_BYTES: usize = 16 * 1024 * 1024;

/// Adds a document; answers false if its `_id` is taken.
pub(crate) fn insert(tables: &mut dyn Tables, coll: &Collection, id: &[u8], doc: &RawDocument) -> Answer<bool> {
    check(coll, doc)?;
    let Some(seq) = tables.put_document(coll.id, id, doc)? else { return Ok(false) };
    for tag in tags(coll, doc)? {
        tables.put_tag(coll.id, &tag, seq)?;
    }
    put_entries(tables, coll, seq, doc).map(|()| true)
}

/// Replaces a document; only what differs is written.
pub(crate) fn replace(
    tables: &mut dyn Tables,
    coll: &Collection,
    seq: Seq,
    old: &RawDocument,
    new: &RawDocument,
) -> Answer<()> {
    check(coll, new)?;
    tables.replace_document(seq, new)?;
    let (before, after) = (tags(coll, old)?, tags(coll, new)?);
    for tag in before.difference(&after) {
        tables.drop_tag(coll.id, tag)?;
    }
    for tag in after.difference(&before) {
        tables.put_tag(coll.id, tag, seq)?;
    }
    for index in &coll.indexes {
        let (before, after) = (keys(old, index)?, keys(new, index)?);
        for key in before.difference(&after) {
            tables.drop_entry(index.id, key, seq)?;
        }
        for key in after.difference(&before) {
            tables.put_entry(index.id, key, seq)?;
        }
    }
    Ok(())
}

/// Deletes a document.
pub(crate) fn delete(tables: &mut dyn Tables, coll: &Collection, seq: Seq, old: &RawDocument) -> Answer<()> {
    for tag in tags(coll, old)? {
        tables.drop_tag(coll.id, &tag)?;
    }
    for index in &coll.indexes {
        for key in keys(old, index)? {
            tables.drop_entry(index.id, &key, seq)?;
        }
    }
    tables.drop_document(seq)
}

/// Enters all documents of a collection into a new index.
pub(crate) fn fill_index(tables: &mut dyn Tables, coll: i64, index: &Index) -> Answer<()> {
    let mut entries = vec![];
    tables.scan(coll, &mut |seq, doc| {
        entries.push((seq, keys(doc, index)?));
        Ok(true)
    })?;
    for (seq, keys) in entries {
        for key in keys {
            tables.put_entry(index.id, &key, seq)?;
        }
    }
    Ok(())
}

/// The tags a document carries; none in a collection without encrypted fields.
pub(crate) fn tags(coll: &Collection, doc: &RawDocument) -> Answer<BTreeSet<Block>> {
    let mut tags = BTreeSet::new();
    if coll.schema.is_none() {
        return Ok(tags);
    }
    if let Some(RawBsonRef::Array(items)) = doc.get(SAFE_CONTENT).or_damaged()? {
        for item in items {
            let item = item.or_damaged()?;
            tags.extend(item.as_binary().and_then(|tag| Block::try_from(tag.bytes).ok()));
        }
    }
    Ok(tags)
}

/// The keys of a document in an index.
pub(crate) fn keys(doc: &RawDocument, index: &Index) -> Answer<BTreeSet<Vec<u8>>> {
    let mut keys = BTreeSet::from([vec![]]);
    for path in &index.paths {
        let mut longer = BTreeSet::new();
        path::any(doc, path, &mut |value| {
            for key in &keys {
                let mut key = key.clone();
                encode(value.unwrap_or(RawBsonRef::Null), &mut key);
                longer.insert(key);
            }
            false
        })?;
        keys = longer;
    }
    Ok(keys)
}

fn check(coll: &Collection, doc: &RawDocument) -> Answer<()> {
    if doc.as_bytes().len() > MAX_BYTES {
        return Err(refused(TOO_LARGE, "a document is larger than 16 MiB"));
    }
    coll.schema.as_ref().map_or(Ok(()), |schema| schema.validate(doc))
}

fn put_entries(tables: &mut dyn Tables, coll: &Collection, seq: Seq, doc: &RawDocument) -> Answer<()> {
    for index in &coll.indexes {
        for key in keys(doc, index)? {
            tables.put_entry(index.id, &key, seq)?;
        }
    }
    Ok(())
}
