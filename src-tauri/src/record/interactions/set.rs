//! A small set of substances.

/// A substance, as its place in the table.
pub(super) type Id = u16;

/// Substances, one bit each.
#[derive(Clone, Default, PartialEq, Eq)]
pub(super) struct Set(Vec<u64>);

impl Set {
    /// Adds a substance.
    pub fn add(&mut self, id: Id) {
        let place = usize::from(id) / 64;
        if self.0.len() <= place {
            self.0.resize(place + 1, 0);
        }
        if let Some(word) = self.0.get_mut(place) {
            *word |= 1 << (id % 64);
        }
    }

    /// Adds all of another.
    pub fn join(&mut self, other: &Set) {
        other.ids().for_each(|id| self.add(id));
    }

    /// Whether a substance is in it.
    pub fn has(&self, id: Id) -> bool {
        self.0.get(usize::from(id) / 64).is_some_and(|word| word & (1 << (id % 64)) != 0)
    }

    /// Whether all of these are in `other`; nothing is in nothing.
    pub fn within(&self, other: &Set) -> bool {
        self.ids().next().is_some() && self.ids().all(|id| other.has(id))
    }

    /// The substances, in the table's order.
    pub fn ids(&self) -> impl Iterator<Item = Id> + '_ {
        let words = self.0.iter().zip(0_u16..);
        words.flat_map(|(word, at)| (0..64).filter(move |bit| word & (1 << bit) != 0).map(move |bit| at * 64 + bit))
    }
}

impl FromIterator<Id> for Set {
    fn from_iter<T: IntoIterator<Item = Id>>(ids: T) -> Self {
        let mut set = Self::default();
        ids.into_iter().for_each(|id| set.add(id));
        set
    }
}
