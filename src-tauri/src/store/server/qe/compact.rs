//! Compaction and cleanup: many rows of the state collection become one, counts stay.

use super::ledger::{Counts, Keys, Ledger};
use super::payload::block;
use super::schema::Schema;
use super::tokens::decrypt;
use crate::store::StoreError;
use crate::store::server::refusal::{Answer, BsonAnswer as _, MISSING_FIELD, refused};
use crate::store::server::tables::{Block, Tables};
use bson::{RawBsonRef, RawDocument};
use std::collections::BTreeSet;

/// How far the state collection shrinks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Depth {
    /// Counts become an anchor.
    Compact,
    /// Anchors become the null anchor too.
    Cleanup,
}

/// Compacts a collection's counters with the tokens a client sent.
pub(crate) fn run(
    tables: &mut dyn Tables,
    coll: i64,
    schema: &Schema,
    tokens: &RawDocument,
    depth: Depth,
) -> Answer<u64> {
    let values = distinct(tables, coll, schema, tokens)?;
    let mut counts = Counts::default();
    let mut ledger = Ledger::new(tables, &mut counts, coll);
    for s in &values {
        shrink(&mut ledger, &Keys::new(s), depth)?;
    }
    tables.clear_pending(coll)?;
    Ok(values.len() as u64)
}

fn distinct(tables: &mut dyn Tables, coll: i64, schema: &Schema, tokens: &RawDocument) -> Answer<BTreeSet<Block>> {
    for field in schema.fields.iter().filter(|field| field.queries.is_some()) {
        token(tokens, &field.path)?;
    }
    let mut values = BTreeSet::new();
    for row in tables.pending(coll)? {
        for field in &row {
            let (path, packed) = field.or_damaged()?;
            let key = token(tokens, path.as_str())?;
            let packed = packed.as_binary().and_then(|packed| packed.bytes.split_first()).ok_or_else(damaged)?;
            for entry in packed.1.chunks_exact(usize::from(*packed.0).max(1)) {
                let plain = decrypt(key, entry).ok_or_else(damaged)?;
                values.insert(plain.get(..32).and_then(|s| s.try_into().ok()).ok_or_else(damaged)?);
            }
        }
    }
    Ok(values)
}

fn token<'t>(tokens: &'t RawDocument, path: &str) -> Answer<&'t Block> {
    match tokens.get(path).or_invalid()? {
        Some(RawBsonRef::Document(pair)) => block(pair, "ecoc"),
        Some(_) => block(tokens, path),
        None => Err(refused(MISSING_FIELD, format!("'{path}' has no compaction token"))),
    }
}

fn shrink(ledger: &mut Ledger<'_>, keys: &Keys, depth: Depth) -> Answer<()> {
    let standing = ledger.standing(keys)?;
    let old_anchor = standing.null.map_or(0, |(anchor, _)| anchor);
    let anchor = standing.anchor.unwrap_or(old_anchor);
    let anchored = ledger.anchored(keys, standing)?;
    let count = standing.count.unwrap_or(anchored);
    match depth {
        Depth::Compact if standing.count.is_none() => return Ok(()),
        Depth::Compact => ledger.put_anchor(keys, anchor + 1, 0, count)?,
        Depth::Cleanup => {
            ledger.put_anchor(keys, 0, anchor, count)?;
            ledger.forget(keys, (1, 0), (old_anchor + 1, anchor))?;
        }
    }
    ledger.forget(keys, (anchored + 1, count), (1, 0))
}

fn damaged() -> StoreError {
    StoreError::Damaged("a compaction entry can't be read".into())
}
