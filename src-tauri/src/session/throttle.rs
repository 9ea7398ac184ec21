//! [`Throttle`]: the growing delay after failed sign-ins of one account.

use crate::clock::Moment;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// What the caller stores after every change, before the answer leaves. Holds durations only, so neither a restart
/// nor a turned clock shortens anything: a delay that was running is served again from where it was stored.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ThrottleRecord {
    /// Failures since the last success.
    pub failures: u32,
    /// Milliseconds of delay still to serve.
    pub wait_ms: u64,
    /// Ages in milliseconds of the failures that count towards the next alert, oldest first.
    pub recent_ms: Vec<u64>,
}

/// The delay of one account on one workstation.
#[derive(Clone, Debug)]
pub struct Throttle {
    record: ThrottleRecord,
    since: Moment,
}

/// No attempt is looked at before this time has passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wait(pub Duration);

/// What a failure brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Failed {
    /// Delay before the next attempt is looked at; zero for the first four.
    pub wait: Duration,
    /// The fourth failure within five minutes: raise one alert.
    pub alert: bool,
}

const FREE_FAILURES: u32 = 4;
const FIRST_DELAY: Duration = Duration::from_secs(15);
/// The same for everyone, whether the account exists or not: the delay tells nothing about it.
const CAP: Duration = Duration::from_mins(5);
const ALERT_AT: usize = 4;
const ALERT_WITHIN: Duration = Duration::from_mins(5);

impl Throttle {
    /// Goes on from what was stored; `ThrottleRecord::default()` for an account that never failed.
    #[must_use]
    pub fn resume(record: ThrottleRecord, now: Moment) -> Throttle {
        let wait_ms = record.wait_ms.min(millis(CAP));
        Throttle { record: ThrottleRecord { wait_ms, ..record }, since: now }
    }

    /// What to store, as of now.
    #[must_use]
    pub fn record(&self, now: Moment) -> ThrottleRecord {
        let passed = millis(now.since(self.since));
        let aged = self.record.recent_ms.iter().map(|age| age.saturating_add(passed));
        ThrottleRecord {
            failures: self.record.failures,
            wait_ms: self.record.wait_ms.saturating_sub(passed),
            recent_ms: aged.filter(|age| *age < millis(ALERT_WITHIN)).collect(),
        }
    }

    /// May an attempt be looked at? During the delay a right password is refused like a wrong one, uncounted.
    ///
    /// # Errors
    /// How long to wait.
    pub fn may_try(&self, now: Moment) -> Result<(), Wait> {
        match self.record(now).wait_ms {
            0 => Ok(()),
            ms => Err(Wait(Duration::from_millis(ms))),
        }
    }

    /// Counts a failure.
    pub fn failed(&mut self, now: Moment) -> Failed {
        self.record = self.record(now);
        self.since = now;
        self.record.failures = self.record.failures.saturating_add(1);
        self.record.recent_ms.push(0);
        let alert = self.record.recent_ms.len() >= ALERT_AT;
        if alert {
            self.record.recent_ms.clear();
        }
        let wait = delay(self.record.failures);
        self.record.wait_ms = self.record.wait_ms.max(millis(wait));
        Failed { wait, alert }
    }

    /// Forgets everything: the right secret, a vouching colleague or an administrator.
    pub fn succeeded(&mut self, now: Moment) {
        *self = Throttle::resume(ThrottleRecord::default(), now);
    }
}

/// 15 s at the fifth failure, then twice as long each time, up to the cap.
fn delay(failures: u32) -> Duration {
    match failures.checked_sub(FREE_FAILURES + 1) {
        None => Duration::ZERO,
        Some(more) => FIRST_DELAY.saturating_mul(1 << more.min(16)).min(CAP),
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> Moment {
        Moment(Duration::from_secs(seconds))
    }

    fn after(failures: u32) -> Throttle {
        let mut throttle = Throttle::resume(ThrottleRecord::default(), at(0));
        for _ in 0..failures {
            throttle.failed(at(0));
        }
        throttle
    }

    #[test]
    fn four_mistakes_cost_nothing_and_the_fifth_fifteen_seconds() {
        assert_eq!(after(4).may_try(at(0)), Ok(()));
        let fifth = after(5);
        assert_eq!(fifth.may_try(at(0)), Err(Wait(Duration::from_secs(15))));
        assert_eq!(fifth.may_try(at(14)), Err(Wait(Duration::from_secs(1))));
        assert_eq!(fifth.may_try(at(15)), Ok(()));
    }

    #[test]
    fn the_delay_doubles_up_to_five_minutes() {
        let waits: Vec<u64> = (5..12).map(|n| millis(delay(n)) / 1000).collect();
        assert_eq!(waits, [15, 30, 60, 120, 240, 300, 300]);
        assert_eq!(after(40).may_try(at(0)), Err(Wait(Duration::from_mins(5))));
    }

    #[test]
    fn a_restart_serves_the_rest_of_the_delay_and_no_wall_clock_is_asked() {
        let stored = serde_json::to_string(&after(7).record(at(20))).unwrap();
        let resumed = Throttle::resume(serde_json::from_str(&stored).unwrap(), at(0));
        assert_eq!(resumed.may_try(at(0)), Err(Wait(Duration::from_secs(40))));
        assert_eq!(resumed.record(at(0)).failures, 7);
    }

    #[test]
    fn a_stored_delay_beyond_the_cap_keeps_nobody_out_for_good() {
        let record = ThrottleRecord { failures: 9, wait_ms: u64::MAX, recent_ms: Vec::new() };
        assert_eq!(Throttle::resume(record, at(0)).may_try(at(5 * 60)), Ok(()));
    }

    #[test]
    fn the_fourth_failure_within_five_minutes_raises_one_alert() {
        let mut throttle = Throttle::resume(ThrottleRecord::default(), at(0));
        let alerts: Vec<bool> = (0..6).map(|i| throttle.failed(at(i * 60)).alert).collect();
        assert_eq!(alerts, [false, false, false, true, false, false]);
    }

    #[test]
    fn four_failures_spread_over_an_hour_raise_none() {
        let mut throttle = Throttle::resume(ThrottleRecord::default(), at(0));
        assert!((0..8).all(|i| !throttle.failed(at(i * 900)).alert));
    }

    #[test]
    fn success_forgets_the_failures() {
        let mut throttle = after(6);
        throttle.succeeded(at(60));
        assert_eq!(throttle.record(at(60)), ThrottleRecord::default());
    }
}
