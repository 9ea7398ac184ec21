//! What clients have sent: counted always, kept when somebody wants to look at it.

use super::faults::GREETINGS;
use bson::{RawDocument, RawDocumentBuf};
use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

#[derive(Default)]
pub struct Heard {
    counts: Mutex<BTreeMap<String, u64>>,
    keep: AtomicBool,
    kept: Mutex<Vec<RawDocumentBuf>>,
}

impl Heard {
    pub fn note(&self, command: &RawDocument) {
        let (name, _) = super::answer::head(command);
        *self.counts.lock().unwrap().entry(name.to_owned()).or_default() += 1;
        if self.keep.load(Ordering::Relaxed) && !GREETINGS.contains(&name) {
            self.kept.lock().unwrap().push(command.to_owned());
        }
    }

    /// From now on every command is kept.
    pub fn keep(&self) {
        self.keep.store(true, Ordering::Relaxed);
    }

    /// What was kept so far, which is forgotten.
    pub fn take(&self) -> Vec<RawDocumentBuf> {
        std::mem::take(&mut self.kept.lock().unwrap())
    }

    /// How often each command has come, without greetings.
    pub fn counts(&self) -> BTreeMap<String, u64> {
        let mut counts = self.counts.lock().unwrap().clone();
        counts.retain(|name, _| !GREETINGS.contains(&name.as_str()));
        counts
    }

    /// Round trips so far, without greetings.
    pub fn trips(&self) -> u64 {
        self.counts().values().sum()
    }
}
