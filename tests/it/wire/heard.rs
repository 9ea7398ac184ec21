//! What clients have sent: counted always, kept when somebody wants to look at it.

use super::faults::GREETINGS;
use bson::{RawDocument, RawDocumentBuf};
use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

#[derive(Default)]
pub struct Heard {
    counts: Mutex<BTreeMap<String, u64>>,
    keep: AtomicBool,
    kept: Mutex<Vec<RawDocumentBuf>>,
    ticks: AtomicU64,
    /// While somebody wants to know: from when to when each command was being answered.
    spans: Mutex<Option<Vec<(u64, u64)>>>,
}

/// What somebody who watches beside the work asks.
const BESIDE: [&str; 2] = ["getMore", "killCursors"];

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

    /// Commands so far, without greetings.
    pub fn trips(&self) -> u64 {
        self.counts().values().sum()
    }

    /// The next moment.
    pub fn tick(&self) -> u64 {
        self.ticks.fetch_add(1, Ordering::SeqCst)
    }

    pub fn answered(&self, command: &RawDocument, asked: u64) {
        let (name, _) = super::answer::head(command);
        if let Some(spans) =
            self.spans.lock().unwrap().as_mut().filter(|_| !GREETINGS.contains(&name) && !BESIDE.contains(&name))
        {
            spans.push((asked, self.tick()));
        }
    }

    /// Commands without greetings and without what is asked beside, by name, since an earlier count.
    pub fn since(&self, before: &BTreeMap<String, u64>) -> BTreeMap<String, u64> {
        let mut after = self.counts();
        after.retain(|name, count| {
            *count -= before.get(name).copied().unwrap_or(0);
            *count > 0 && !BESIDE.contains(&name.as_str())
        });
        after
    }

    /// From now on it is noted how long each answer takes; the server must be slow, or nothing is asked at once.
    pub fn watch_turns(&self) {
        *self.spans.lock().unwrap() = Some(vec![]);
    }

    /// How many round trips came one after the other: the longest chain of commands of which each was sent when the one
    /// before had been answered. What was asked at once is one.
    pub fn turns(&self) -> u64 {
        let mut spans = self.spans.lock().unwrap().take().unwrap_or_default();
        spans.sort_by_key(|(_, answered)| *answered);
        let mut last = None;
        let mut turns = 0;
        for (asked, answered) in spans {
            if last.is_none_or(|last| asked >= last) {
                turns += 1;
                last = Some(answered);
            }
        }
        turns
    }
}
