//! What changes in a store while somebody looks at it, whoever changes it: ids at most, never a value.
//!
//! [`Store::changes`](super::Store::changes) begins to watch; [`Changes::since`] tells what came since it was asked last.
//! It waits for nothing, so a seat may ask it twice a second. A store says of its own writes too that something changed:
//! only whoever shows documents can tell by their revisions what is news.

use super::StoreError;
use async_trait::async_trait;
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};
use uuid::Uuid;

/// More ids than this aren't kept apart: then anything may have changed.
const MOST: usize = 1_000;

/// What changed since it was asked last.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Changed {
    /// Nothing.
    #[default]
    Nothing,
    /// Something; the store can't say what.
    Anything,
    /// Documents with these ids, and perhaps some without a UUID.
    These(BTreeSet<Uuid>),
}

/// A store that is being watched, from the moment this was made.
pub struct Changes(Source);

enum Source {
    Never,
    Polled(Box<dyn Pulse>),
    Told(Arc<Mutex<Changed>>),
}

/// Something whose beat is another one after every change.
#[async_trait]
pub(super) trait Pulse: Send {
    /// Whether anything changed since the last beat.
    async fn beat(&mut self) -> Result<bool, StoreError>;
}

/// Where somebody who hears of changes puts them.
#[derive(Clone)]
pub(super) struct Telling(std::sync::Weak<Mutex<Changed>>);

impl Changes {
    /// Of a store that nobody else changes.
    #[must_use]
    pub const fn never() -> Self {
        Self(Source::Never)
    }

    pub(super) fn polled(pulse: impl Pulse + 'static) -> Self {
        Self(Source::Polled(Box::new(pulse)))
    }

    /// Changes somebody else tells of, and the place to tell them.
    pub(super) fn told() -> (Self, Telling) {
        let news = Arc::new(Mutex::new(Changed::Nothing));
        let telling = Telling(Arc::downgrade(&news));
        (Self(Source::Told(news)), telling)
    }

    /// What changed since it was asked last.
    ///
    /// # Errors
    /// When the store can't be asked; what changed meanwhile is told by a later answer.
    pub async fn since(&mut self) -> Result<Changed, StoreError> {
        match &mut self.0 {
            Source::Never => Ok(Changed::Nothing),
            Source::Polled(pulse) => Ok(if pulse.beat().await? { Changed::Anything } else { Changed::Nothing }),
            Source::Told(news) => Ok(std::mem::take(&mut *news.lock().unwrap_or_else(PoisonError::into_inner))),
        }
    }
}

impl Telling {
    /// Tells of one; answers whether anybody still listens.
    pub(super) fn tell(&self, id: Option<Uuid>) -> bool {
        let Some(news) = self.0.upgrade() else { return false };
        let mut news = news.lock().unwrap_or_else(PoisonError::into_inner);
        news.add(id);
        true
    }

    /// Whether anybody still listens.
    pub(super) fn is_heard(&self) -> bool {
        self.0.strong_count() > 0
    }
}

impl Changed {
    fn add(&mut self, id: Option<Uuid>) {
        match (&mut *self, id) {
            (Self::Anything, _) => {}
            (Self::Nothing, Some(id)) => *self = Self::These(BTreeSet::from([id])),
            (Self::These(ids), Some(id)) if ids.len() < MOST => drop(ids.insert(id)),
            _ => *self = Self::Anything,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_is_told_is_told_once_and_too_much_of_it_is_anything() {
        let (mut changes, telling) = Changes::told();
        assert_eq!(changes.since().await.unwrap(), Changed::Nothing);
        let id = Uuid::from_u128(7);
        assert!(telling.tell(Some(id)) && telling.tell(Some(id)));
        assert_eq!(changes.since().await.unwrap(), Changed::These(BTreeSet::from([id])));
        assert_eq!(changes.since().await.unwrap(), Changed::Nothing);
        (0..2_000).for_each(|n| _ = telling.tell(Some(Uuid::from_u128(n))));
        assert_eq!(changes.since().await.unwrap(), Changed::Anything);
        drop(changes);
        assert!(!telling.tell(None));
    }
}
