//! The tags a query stands for, worked out when they are looked at: a page needs the first of them only.

use super::tokens::prf_number;
use crate::store::server::tables::Block;
use std::cell::OnceCell;
use std::collections::BTreeSet;

/// Tags made under tag tokens, each used so many times.
#[derive(Clone, Debug)]
pub(crate) struct Tags {
    runs: Vec<(Block, u64)>,
    all: OnceCell<BTreeSet<Block>>,
}

impl Tags {
    /// Of tokens and how often each was used.
    pub(crate) fn counted(counts: &[(Block, u64)]) -> Self {
        let runs = counts.iter().map(|(d, count)| (prf_number(d, 1), *count)).collect();
        Self { runs, all: OnceCell::new() }
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        let sum = self.runs.iter().fold(0_u64, |sum, (_, count)| sum.saturating_add(*count));
        usize::try_from(sum).unwrap_or(usize::MAX)
    }

    /// One after the other, those of a token in the order they came into being.
    pub(crate) fn each(&self) -> impl Iterator<Item = Block> + '_ {
        self.runs.iter().flat_map(|(twice, count)| (1..=*count).map(|n| prf_number(twice, n)))
    }

    /// All, in the order an index keeps them.
    pub(crate) fn all(&self) -> &BTreeSet<Block> {
        self.all.get_or_init(|| self.each().collect())
    }

    /// Whether this is one of them.
    pub(crate) fn contains(&self, tag: &[u8]) -> bool {
        self.all().contains(tag)
    }
}

impl PartialEq for Tags {
    fn eq(&self, other: &Self) -> bool {
        self.runs == other.runs
    }
}
