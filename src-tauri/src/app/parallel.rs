//! The same work on many values, shared among the processor's cores.

use std::num::NonZero;
use std::sync::{LazyLock, Mutex, PoisonError};
use std::thread::{available_parallelism, scope};

/// More threads than this gain little beside a store that writes on one.
const MOST: usize = 4;

static HANDS: LazyLock<usize> = LazyLock::new(|| available_parallelism().map_or(1, NonZero::get).min(MOST));

/// What `each` makes of every `size` values, in their order. Threads that help overwrite their stacks before they end.
pub(super) fn in_blocks<T: Send, R: Send>(values: Vec<T>, size: usize, each: impl Fn(Vec<T>) -> R + Sync) -> Vec<R> {
    let blocks = blocks_of(values, size);
    let hands = (*HANDS).min(blocks.len());
    if hands < 2 {
        return blocks.into_iter().map(each).collect();
    }
    let waiting = Mutex::new(blocks.into_iter().enumerate());
    let next = || waiting.lock().unwrap_or_else(PoisonError::into_inner).next();
    let share = || std::iter::from_fn(next).map(|(at, block)| (at, each(block))).collect::<Vec<_>>();
    let mut done = scope(|threads| {
        let helpers: Vec<_> = (1..hands).map(|_| threads.spawn(|| crate::zero::scrubbed(share))).collect();
        let mut done = share();
        for helper in helpers {
            done.extend(helper.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        }
        done
    });
    done.sort_unstable_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, made)| made).collect()
}

fn blocks_of<T>(values: Vec<T>, size: usize) -> Vec<Vec<T>> {
    let (mut values, mut blocks) = (values.into_iter(), Vec::new());
    loop {
        let block: Vec<T> = values.by_ref().take(size.max(1)).collect();
        if block.is_empty() {
            return blocks;
        }
        blocks.push(block);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shared_work_keeps_its_order_and_leaves_nothing_out() {
        for count in [0, 1, 16, 1_000] {
            let doubled = in_blocks((0..count).collect(), 16, |block| block.iter().map(|n| n * 2).collect::<Vec<_>>());
            assert_eq!(doubled.concat(), (0..count).map(|n| n * 2).collect::<Vec<_>>());
        }
    }
}
