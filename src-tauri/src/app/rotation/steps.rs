//! The state machine of a key operation: which step follows which, and how far a walk over documents has come. Pure.
//!
//! A walk looks at every document of a collection, a share of the ids at a time, and begins again until one whole pass
//! has found nothing left to do. So a stop at any point costs at most one share, and what ends a walk is a full check.

use crate::keys::RotationKind;
use crate::record::Compartment;
use serde::{Deserialize, Serialize};

/// One step. Each is one transaction, a walk one for each share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::app) enum Step {
    /// New keys are made beside the old ones.
    Prepare,
    /// What the new keys need is made: a collection.
    Make,
    /// What is used from now on changes in one go.
    Switch,
    /// Every document of a collection is brought under the new keys.
    Walk(&'static str),
    /// The old keys end.
    Retire,
    /// The old site key leaves the keychain.
    Forget,
}

use Step::{Forget, Make, Prepare, Retire, Switch, Walk};

/// The steps of an operation.
pub(in crate::app) const fn steps(kind: RotationKind, compartment: Option<Compartment>) -> &'static [Step] {
    match (kind, compartment) {
        // Audit rows are never written again, so the root that opens the old ones stays.
        (RotationKind::Master, Some(Compartment::Audit)) => &[Prepare],
        (RotationKind::Master, _) => &[Prepare, Switch, Walk("patient_keys"), Retire],
        (RotationKind::Data, _) => {
            &[Prepare, Walk("patients"), Walk("items"), Walk("versions"), Walk("patient_keys"), Retire]
        }
        (RotationKind::Index, _) => &[Prepare, Make, Walk("patients"), Switch, Retire],
        (RotationKind::Site, _) => {
            &[Prepare, Switch, Walk("patients"), Walk("items"), Walk("versions"), Retire, Forget]
        }
    }
}

/// How far an operation is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::app) struct Progress {
    /// Steps done.
    pub step: i64,
    /// Shares of the present walk that are done, and how many there are (0: the pass hasn't begun).
    pub place: i64,
    pub of: i64,
    /// Documents changed and found damaged in the present pass.
    pub touched: i64,
    pub damaged: i64,
    /// Documents changed since the beginning.
    pub done: i64,
}

/// Documents of a share, on average.
const SHARE: i64 = 48;

impl Progress {
    /// The step that is next; `None` when all are done.
    pub fn next(&self, steps: &'static [Step]) -> Option<Step> {
        steps.get(usize::try_from(self.step).ok()?).copied()
    }

    /// After a step that isn't a walk.
    pub const fn stepped(self) -> Self {
        Self { step: self.step + 1, place: 0, of: 0, touched: 0, damaged: 0, done: self.done }
    }

    /// At the beginning of a pass over this many documents.
    pub fn begun(self, documents: i64) -> Self {
        if self.of > 0 {
            return self;
        }
        let shares = u64::try_from(documents / SHARE).unwrap_or(0).max(1).next_power_of_two().min(1 << 30);
        Self { place: 0, of: i64::try_from(shares).unwrap_or(1), touched: 0, damaged: 0, ..self }
    }

    /// After a share. The last one of a pass that changed something begins another pass; of one that changed nothing
    /// and found nothing damaged, the next step.
    pub const fn walked(self, touched: i64, damaged: i64) -> Self {
        let (touched, damaged) = (self.touched + touched, self.damaged + damaged);
        let done = self.done + (touched - self.touched);
        let here = Self { place: self.place + 1, touched, damaged, done, ..self };
        if here.place < self.of {
            here
        } else if touched == 0 && damaged == 0 {
            here.stepped()
        } else {
            Self { place: 0, of: 0, touched: 0, ..here }
        }
    }

    /// Whether a pass ended that changed nothing and left damaged documents: only a person can go on.
    pub const fn is_stuck(&self) -> bool {
        self.of == 0 && self.damaged > 0
    }

    /// First and last id of the present share.
    pub fn share(&self) -> (u128, u128) {
        let bits = self.of.max(1).ilog2();
        let place = u128::try_from(self.place).unwrap_or(0);
        if bits == 0 {
            return (0, u128::MAX);
        }
        let first = place << (128 - bits);
        (first, first | (u128::MAX >> bits))
    }

    /// Per mille of the whole operation.
    pub fn per_mille(&self, steps: &'static [Step]) -> i64 {
        let all = i64::try_from(steps.len()).unwrap_or(1).max(1);
        let within = if self.of > 0 { self.place * 1000 / self.of } else { 0 };
        ((self.step * 1000 + within) / all).min(1000)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    const KINDS: [RotationKind; 4] =
        [RotationKind::Master, RotationKind::Data, RotationKind::Index, RotationKind::Site];

    /// Runs an operation on documents that all need work, ended suddenly before any store as `ends` says.
    fn run(kind: RotationKind, ids: &BTreeSet<u128>, ends: &[bool]) -> (Vec<Step>, usize) {
        let steps = steps(kind, Some(Compartment::Clinical));
        let (mut progress, mut left, mut seen) = (Progress::default(), BTreeSet::new(), vec![]);
        let (mut ends, mut turns) = (ends.iter().copied().chain(std::iter::repeat(false)), 0);
        while let Some(step) = progress.next(steps) {
            turns += 1;
            assert!(turns < 100_000, "it comes to an end");
            let Walk(_) = step else {
                if !ends.next().unwrap() {
                    left.clone_from(ids);
                    seen.push(step);
                    progress = progress.stepped();
                }
                continue;
            };
            let begun = progress.begun(i64::try_from(ids.len()).unwrap());
            let (first, last) = begun.share();
            let share: Vec<u128> = left.range(first..=last).copied().collect();
            if ends.next().unwrap() {
                continue;
            }
            share.iter().for_each(|id| _ = left.remove(id));
            progress = begun.walked(i64::try_from(share.len()).unwrap(), 0);
            if progress.next(steps) != Some(step) {
                assert!(left.is_empty(), "{step:?} left something");
                left.clone_from(ids);
                seen.push(step);
            }
        }
        (seen, turns)
    }

    proptest! {
        #[test]
        fn whatever_stops_it_every_step_is_done_in_order_and_no_document_is_left(
            ids in prop::collection::btree_set(any::<u128>(), 0..400),
            ends in prop::collection::vec(any::<bool>(), 0..60),
        ) {
            for kind in KINDS {
                let (seen, _) = run(kind, &ids, &ends);
                prop_assert_eq!(seen, steps(kind, Some(Compartment::Clinical)).to_vec());
            }
        }

        #[test]
        fn shares_cover_all_ids_once(documents in 0_i64..100_000) {
            let mut progress = Progress::default().begun(documents);
            let mut next = 0_u128;
            while progress.place < progress.of {
                let (first, last) = progress.share();
                prop_assert_eq!(first, next);
                next = last.wrapping_add(1);
                progress.place += 1;
            }
            prop_assert_eq!(next, 0);
        }
    }

    #[test]
    fn a_damaged_document_keeps_the_old_key_alive() {
        let mut progress = Progress { step: 1, ..Progress::default() };
        for _ in 0..5 {
            progress = progress.begun(3).walked(0, 1);
            assert_eq!(progress.step, 1);
            assert!(progress.is_stuck());
        }
        assert_eq!(progress.begun(3).walked(0, 0).step, 2);
    }

    #[test]
    fn old_keys_end_after_every_walk() {
        for kind in KINDS {
            let steps = steps(kind, Some(Compartment::Clinical));
            let retire = steps.iter().position(|step| *step == Retire).unwrap();
            assert!(steps[retire..].iter().all(|step| !matches!(step, Walk(_))));
        }
    }
}
