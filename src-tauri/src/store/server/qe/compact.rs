//! Compaction and cleanup: many rows of the state collection become one, counts stay.
//!
//! One transaction takes what is pending (or the oldest part of it), walks its values in a random order, so that the
//! order of the rows it writes tells nothing of the order of the documents, and forgets the pending entries.

use super::ledger::{Counts, Keys, Ledger};
use super::payload::block;
use super::schema::Schema;
use super::tokens::decrypt;
use crate::store::StoreError;
use crate::store::progress::Progress;
use crate::store::server::refusal::{Answer, BsonAnswer as _, MISSING_FIELD, refused};
use crate::store::server::tables::{Block, Tables};
use bson::{RawBsonRef, RawDocument, RawDocumentBuf, rawdoc};
use std::collections::BTreeMap;

/// How far the state collection shrinks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Depth {
    /// Counts become an anchor.
    Compact,
    /// Anchors become the null anchor too.
    Cleanup,
}

/// What one pass works on, and with.
pub(crate) struct Pass<'p> {
    /// The collection.
    pub(crate) coll: i64,
    /// Its encrypted fields.
    pub(crate) schema: &'p Schema,
    /// The client's tokens.
    pub(crate) tokens: &'p RawDocument,
    /// How far.
    pub(crate) depth: Depth,
    /// At most so many documents' entries.
    pub(crate) most: u64,
    /// Who watches.
    pub(crate) progress: &'p Progress,
}

/// What a pass did.
#[derive(Default)]
pub(crate) struct Stats {
    read: u64,
    inserted: u64,
    deleted: u64,
    left: u64,
}

impl Stats {
    /// As MongoDB answers it, and how many documents' entries are left.
    pub(crate) fn reply(&self) -> RawDocumentBuf {
        let whole = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
        let ecoc = rawdoc! {"read": whole(self.read), "deleted": whole(self.read)};
        let esc = rawdoc! {"inserted": whole(self.inserted), "deleted": whole(self.deleted)};
        rawdoc! {"stats": {"ecoc": ecoc, "esc": esc}, "left": whole(self.left)}
    }
}

/// Values waiting for compaction, each with the number of its entries.
pub(crate) type Pending = BTreeMap<Block, u64>;

impl Pass<'_> {
    /// Compacts the collection's counters.
    pub(crate) fn run(&self, tables: &mut dyn Tables) -> Answer<Stats> {
        let (before, _) = tables.count_state(self.coll)?;
        let (pending, read, last) = self.pending(tables)?;
        let mut values: Vec<Block> = pending.into_keys().collect();
        shuffle(&mut values)?;
        self.progress.begin(values.len() as u64);
        let mut inserted = 0;
        let mut counts = Counts::default();
        let mut ledger = Ledger::new(tables, &mut counts, self.coll);
        for s in &values {
            inserted += u64::from(shrink(&mut ledger, &Keys::new(s), self.depth)?);
            if !self.progress.step() {
                return Err(StoreError::Stopped);
            }
        }
        if let Some(last) = last {
            tables.clear_pending(self.coll, last)?;
        }
        let (after, _) = tables.count_state(self.coll)?;
        let deleted = (before + inserted).saturating_sub(after);
        Ok(Stats { read, inserted, deleted, left: tables.count_pending(self.coll)? })
    }

    /// The distinct values waiting, how many documents' entries were read, and the last of them.
    pub(crate) fn pending(&self, tables: &mut dyn Tables) -> Answer<(Pending, u64, Option<i64>)> {
        for field in self.schema.fields.iter().filter(|field| field.queries.is_some()) {
            token(self.tokens, &field.path)?;
        }
        let (mut values, mut read, mut last) = (Pending::new(), 0, None);
        for (seq, row) in tables.pending(self.coll, self.most)? {
            (read, last) = (read + 1, Some(seq));
            for field in &row {
                let (path, packed) = field.or_damaged()?;
                let key = token(self.tokens, path.as_str())?;
                let packed = packed.as_binary().and_then(|packed| packed.bytes.split_first()).ok_or_else(damaged)?;
                for entry in packed.1.chunks_exact(usize::from(*packed.0).max(1)) {
                    let plain = decrypt(key, entry).ok_or_else(damaged)?;
                    let s: Block = plain.get(..32).and_then(|s| s.try_into().ok()).ok_or_else(damaged)?;
                    *values.entry(s).or_default() += 1;
                }
            }
        }
        Ok((values, read, last))
    }
}

fn token<'t>(tokens: &'t RawDocument, path: &str) -> Answer<&'t Block> {
    match tokens.get(path).or_invalid()? {
        Some(RawBsonRef::Document(pair)) => block(pair, "ecoc"),
        Some(_) => block(tokens, path),
        None => Err(refused(MISSING_FIELD, format!("'{path}' has no compaction token"))),
    }
}

// Answers whether an anchor was written.
fn shrink(ledger: &mut Ledger<'_>, keys: &Keys, depth: Depth) -> Answer<bool> {
    let standing = ledger.standing(keys)?;
    let old_anchor = standing.null.map_or(0, |(anchor, _)| anchor);
    let anchor = standing.anchor.unwrap_or(old_anchor);
    let anchored = ledger.anchored(keys, standing)?;
    let count = standing.count.unwrap_or(anchored);
    match depth {
        Depth::Compact if standing.count.is_none() => return Ok(false),
        Depth::Compact => ledger.put_anchor(keys, anchor.checked_add(1).ok_or_else(damaged)?, 0, count)?,
        Depth::Cleanup => {
            ledger.put_anchor(keys, 0, anchor, count)?;
            ledger.forget(keys, (1, 0), (old_anchor.saturating_add(1), anchor))?;
        }
    }
    ledger.forget(keys, (anchored.saturating_add(1), count), (1, 0))?;
    Ok(true)
}

// Fisher and Yates; the small bias of a 64-bit number's rest tells nothing.
fn shuffle(values: &mut [Block]) -> Answer<()> {
    let mut random = vec![0_u8; values.len() * 8];
    getrandom::fill(&mut random).map_err(|_| StoreError::Database("the system gave no random bytes".into()))?;
    for (place, drawn) in (1..values.len()).rev().zip(random.chunks_exact(8)) {
        let drawn = drawn.try_into().map_or(0, u64::from_le_bytes);
        let other = usize::try_from(drawn % (place as u64 + 1)).unwrap_or(place);
        values.swap(place, other);
    }
    Ok(())
}

fn damaged() -> StoreError {
    StoreError::Damaged("a compaction entry can't be read".into())
}
