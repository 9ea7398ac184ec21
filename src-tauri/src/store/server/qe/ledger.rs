//! The state collection (ESC): how often a token was used, kept as rows only the token's holder can find.

use super::tokens::{decrypt, encrypt, prf, prf_number};
use crate::store::StoreError;
use crate::store::server::refusal::{Answer, OVERFLOW, refused};
use crate::store::server::tables::{Block, Tables};
use std::collections::HashMap;

/// Counts known in this transaction, by the row a null anchor would have: no token is kept.
pub(crate) type Counts = HashMap<(i64, Block), u64>;

/// The counters of one collection.
pub(crate) struct Ledger<'t> {
    tables: &'t mut dyn Tables,
    counts: &'t mut Counts,
    coll: i64,
}

/// Where a counter stands (`EmuBinary`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Standing {
    /// Last count without an anchor: `Some(0)` never used, `None` nothing since the last anchor.
    pub(crate) count: Option<u64>,
    /// Last anchor: `Some(0)` none, `None` only the null anchor.
    pub(crate) anchor: Option<u64>,
    /// What the null anchor says: anchor and count.
    pub(crate) null: Option<(u64, u64)>,
}

/// The two keys of a counter.
pub(crate) struct Keys {
    tag: Block,
    value: Block,
}

impl Keys {
    /// From the token `s`.
    pub(crate) fn new(s: &Block) -> Self {
        Self { tag: prf_number(s, 1), value: prf_number(s, 2) }
    }

    fn used(&self, count: u64) -> Block {
        prf_number(&self.tag, count)
    }

    fn anchor(&self, anchor: u64) -> Block {
        prf(&self.tag, &[&[0; 8], &anchor.to_le_bytes()])
    }
}

impl<'t> Ledger<'t> {
    /// Opens the counters of a collection.
    pub(crate) fn new(tables: &'t mut dyn Tables, counts: &'t mut Counts, coll: i64) -> Self {
        Self { tables, counts, coll }
    }

    /// How often the token was used.
    pub(crate) fn latest(&mut self, s: &Block) -> Answer<u64> {
        let keys = Keys::new(s);
        let place = (self.coll, keys.anchor(0));
        if let Some(count) = self.counts.get(&place) {
            return Ok(*count);
        }
        let count = self.count(&keys)?;
        self.counts.insert(place, count);
        Ok(count)
    }

    /// Uses the token once more, returns the new count.
    pub(crate) fn use_again(&mut self, s: &Block) -> Answer<u64> {
        let next = self.latest(s)?.checked_add(1).ok_or_else(|| refused(OVERFLOW, "a counter is at its end"))?;
        let keys = Keys::new(s);
        self.tables.put_state(self.coll, &keys.used(next), None)?;
        self.counts.insert((self.coll, keys.anchor(0)), next);
        Ok(next)
    }

    /// Where the counter stands.
    pub(crate) fn standing(&mut self, keys: &Keys) -> Answer<Standing> {
        let null = self.value(keys, 0)?;
        let base = null.map_or(0, |(anchor, _)| anchor);
        let newest = self.last(base, |anchor| keys.anchor(anchor))?;
        let anchor = newest.or(if null.is_some() { None } else { Some(0) });
        let counted = match anchor {
            Some(0) => 0,
            Some(anchor) => self.value(keys, anchor)?.ok_or_else(damaged)?.1,
            None => null.map_or(0, |(_, count)| count),
        };
        let last = self.last(counted, |count| keys.used(count))?;
        let count = last.or(if anchor == Some(0) { Some(0) } else { None });
        Ok(Standing { count, anchor, null })
    }

    /// Writes an anchor (`null` replaces the null anchor), saying up to which anchor and count it speaks.
    pub(crate) fn put_anchor(&mut self, keys: &Keys, place: u64, anchor: u64, count: u64) -> Answer<()> {
        let mut plain = [0; 16];
        plain[..8].copy_from_slice(&anchor.to_le_bytes());
        plain[8..].copy_from_slice(&count.to_le_bytes());
        let id = keys.anchor(place);
        if place == 0 {
            self.tables.drop_state(self.coll, &id)?;
        }
        self.tables.put_state(self.coll, &id, Some(&encrypt(&keys.value, &plain)?))
    }

    /// Takes away the rows of counts and anchors in the given ranges (end included).
    pub(crate) fn forget(&mut self, keys: &Keys, counts: (u64, u64), anchors: (u64, u64)) -> Answer<()> {
        for count in counts.0..=counts.1 {
            self.tables.drop_state(self.coll, &keys.used(count))?;
        }
        for anchor in anchors.0..=anchors.1 {
            self.tables.drop_state(self.coll, &keys.anchor(anchor))?;
        }
        Ok(())
    }

    /// The count the newest anchor speaks of, zero without anchors.
    pub(crate) fn anchored(&mut self, keys: &Keys, standing: Standing) -> Answer<u64> {
        match standing.anchor {
            Some(0) => Ok(0),
            Some(anchor) => self.value(keys, anchor)?.map(|(_, count)| count).ok_or_else(damaged),
            None => Ok(standing.null.map_or(0, |(_, count)| count)),
        }
    }

    fn count(&mut self, keys: &Keys) -> Answer<u64> {
        let standing = self.standing(keys)?;
        standing.count.map_or_else(|| self.anchored(keys, standing), Ok)
    }

    fn value(&mut self, keys: &Keys, anchor: u64) -> Answer<Option<(u64, u64)>> {
        let Some(stored) = self.tables.state(self.coll, &keys.anchor(anchor))? else { return Ok(None) };
        let plain = stored.and_then(|stored| decrypt(&keys.value, &stored)).ok_or_else(damaged)?;
        let number = |at: usize| plain.get(at..at + 8)?.try_into().ok().map(u64::from_le_bytes);
        number(0).zip(number(8)).map(Some).ok_or_else(damaged)
    }

    // Rows are contiguous, so the end is found by doubling and halving.
    fn last(&mut self, base: u64, id: impl Fn(u64) -> Block) -> Answer<Option<u64>> {
        let mut there = |n: u64| self.tables.state(self.coll, &id(base + n)).map(|row| row.is_some());
        if !there(1)? {
            return Ok(None);
        }
        let (mut low, mut high) = (1, 2);
        while there(high)? {
            (low, high) = (high, high * 2);
        }
        while high - low > 1 {
            let middle = low + (high - low) / 2;
            if there(middle)? { low = middle } else { high = middle }
        }
        Ok(Some(base + low))
    }
}

fn damaged() -> StoreError {
    StoreError::Damaged("an anchor of the state collection can't be read".into())
}
