//! The state collection (ESC): how often a token was used, kept as rows only the token's holder can find.

use super::tokens::{IV, decrypt, encrypt_with, prf, prf_number};
use crate::store::StoreError;
use crate::store::server::refusal::{Answer, OVERFLOW, refused};
use crate::store::server::tables::{Block, Tables};
use std::collections::HashMap;

/// What is known of counters during one transaction, and forgotten with it.
#[derive(Default)]
pub(crate) struct Counts {
    latest: HashMap<(i64, Block), u64>,
    anchored: HashMap<i64, bool>,
}

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
pub(crate) struct Keys<'s> {
    s: &'s Block,
    tag: Block,
}

impl<'s> Keys<'s> {
    /// From the token `s`.
    pub(crate) fn new(s: &'s Block) -> Self {
        Self { s, tag: prf_number(s, 1) }
    }

    fn value(&self) -> Block {
        prf_number(self.s, 2)
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
        if let Some(count) = self.counts.latest.get(&(self.coll, *s)) {
            return Ok(*count);
        }
        let count = self.count(&Keys::new(s))?;
        self.counts.latest.insert((self.coll, *s), count);
        Ok(count)
    }

    /// Uses the token once more, returns the new count.
    pub(crate) fn use_again(&mut self, s: &Block) -> Answer<u64> {
        let keys = Keys::new(s);
        let known = self.counts.latest.get(&(self.coll, *s)).copied();
        // Most values are new: without anchors, entering the first use tells at once.
        if known.is_none() && !self.has_anchors()? && self.tables.put_state(self.coll, &keys.used(1), None)? {
            self.counts.latest.insert((self.coll, *s), 1);
            return Ok(1);
        }
        let latest = known.map_or_else(|| self.count(&keys), Ok)?;
        let next = latest.checked_add(1).ok_or_else(|| refused(OVERFLOW, "a counter is at its end"))?;
        if !self.tables.put_state(self.coll, &keys.used(next), None)? {
            return Err(StoreError::Damaged("a counter was used twice".into()));
        }
        self.counts.latest.insert((self.coll, *s), next);
        Ok(next)
    }

    /// Where the counter stands.
    pub(crate) fn standing(&mut self, keys: &Keys<'_>) -> Answer<Standing> {
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
    pub(crate) fn put_anchor(&mut self, keys: &Keys<'_>, place: u64, anchor: u64, count: u64) -> Answer<()> {
        let mut plain = [0; 16];
        plain[..8].copy_from_slice(&anchor.to_le_bytes());
        plain[8..].copy_from_slice(&count.to_le_bytes());
        let id = keys.anchor(place);
        if place == 0 {
            self.tables.drop_state(self.coll, &id)?;
        }
        self.counts.anchored.insert(self.coll, true);
        match self.tables.put_state(self.coll, &id, Some(&seal_anchor(&keys.value(), &plain)))? {
            true => Ok(()),
            false => Err(damaged()),
        }
    }

    /// Takes away the rows of counts and anchors in the given ranges (end included).
    pub(crate) fn forget(&mut self, keys: &Keys<'_>, counts: (u64, u64), anchors: (u64, u64)) -> Answer<()> {
        for count in counts.0..=counts.1 {
            self.tables.drop_state(self.coll, &keys.used(count))?;
        }
        for anchor in anchors.0..=anchors.1 {
            self.tables.drop_state(self.coll, &keys.anchor(anchor))?;
        }
        Ok(())
    }

    /// The count the newest anchor speaks of, zero without anchors.
    pub(crate) fn anchored(&mut self, keys: &Keys<'_>, standing: Standing) -> Answer<u64> {
        match standing.anchor {
            Some(0) => Ok(0),
            Some(anchor) => self.value(keys, anchor)?.map(|(_, count)| count).ok_or_else(damaged),
            None => Ok(standing.null.map_or(0, |(_, count)| count)),
        }
    }

    /// The rows of a counter that were written since its last anchor.
    pub(crate) fn rows(&mut self, keys: &Keys<'_>) -> Answer<u64> {
        let standing = self.standing(keys)?;
        let anchored = self.anchored(keys, standing)?;
        Ok(standing.count.map_or(0, |count| count.saturating_sub(anchored)))
    }

    fn has_anchors(&mut self) -> Answer<bool> {
        if let Some(known) = self.counts.anchored.get(&self.coll) {
            return Ok(*known);
        }
        let anchored = self.tables.has_anchors(self.coll)?;
        self.counts.anchored.insert(self.coll, anchored);
        Ok(anchored)
    }

    fn count(&mut self, keys: &Keys<'_>) -> Answer<u64> {
        if !self.has_anchors()? {
            return self.last(0, |count| keys.used(count)).map(Option::unwrap_or_default);
        }
        let standing = self.standing(keys)?;
        standing.count.map_or_else(|| self.anchored(keys, standing), Ok)
    }

    fn value(&mut self, keys: &Keys<'_>, anchor: u64) -> Answer<Option<(u64, u64)>> {
        let Some(stored) = self.tables.state(self.coll, &keys.anchor(anchor))? else { return Ok(None) };
        let plain = stored.and_then(|stored| open_anchor(&keys.value(), &stored)).ok_or_else(damaged)?;
        let number = |at: usize| plain.get(at..at + 8)?.try_into().ok().map(u64::from_le_bytes);
        number(0).zip(number(8)).map(Some).ok_or_else(damaged)
    }

    // Rows are contiguous, so the end is found by doubling and halving.
    fn last(&mut self, base: u64, id: impl Fn(u64) -> Block) -> Answer<Option<u64>> {
        let mut there = |n: u64| {
            let place = base.checked_add(n).ok_or_else(damaged)?;
            self.tables.state(self.coll, &id(place)).map(|row| row.is_some())
        };
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

// The format leaves the IV free: derived from what is sealed, it tells an anchor that was changed.
fn seal_anchor(key: &Block, plain: &[u8]) -> Vec<u8> {
    let iv = anchor_iv(key, plain);
    encrypt_with(key, &iv, plain)
}

fn open_anchor(key: &Block, stored: &[u8]) -> Option<Vec<u8>> {
    let plain = decrypt(key, stored)?;
    stored.starts_with(&anchor_iv(key, &plain)).then_some(plain)
}

fn anchor_iv(key: &Block, plain: &[u8]) -> [u8; IV] {
    let mut iv = [0; IV];
    iv.copy_from_slice(&prf(key, &[plain])[..IV]);
    iv
}

fn damaged() -> StoreError {
    StoreError::Damaged("an anchor of the state collection can't be read".into())
}
