//! How far long work in a store is, and the wish to stop it: shared between whoever waits and the store.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// Progress of compaction or cleanup.
#[derive(Debug, Default)]
pub struct Progress {
    done: AtomicU64,
    of: AtomicU64,
    stop: AtomicBool,
}

impl Progress {
    /// How many values are done, of how many.
    #[must_use]
    pub fn now(&self) -> (u64, u64) {
        (self.done.load(Ordering::Relaxed), self.of.load(Ordering::Relaxed))
    }

    /// Asks the work to stop; what it did is undone.
    pub fn stop(&self) {
        self.stop.store(true, Ordering::Relaxed);
    }

    /// Takes an earlier wish to stop back.
    pub fn allow(&self) {
        self.stop.store(false, Ordering::Relaxed);
    }

    pub(super) fn begin(&self, of: u64) {
        self.done.store(0, Ordering::Relaxed);
        self.of.store(of, Ordering::Relaxed);
    }

    /// One more value is done; answers whether to go on.
    pub(super) fn step(&self) -> bool {
        self.done.fetch_add(1, Ordering::Relaxed);
        !self.stop.load(Ordering::Relaxed)
    }
}
