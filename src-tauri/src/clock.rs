//! Time as a value that is passed in: the system's clock, and one that tests turn by hand.
//!
//! Nothing else in the crate may ask the operating system for the time (a lint bans it).

use serde::{Deserialize, Serialize};
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Wall time in milliseconds since 1970-01-01T00:00Z. For showing and storing, never for ordering.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ts_rs::TS)]
#[serde(transparent)]
#[ts(type = "number")]
pub struct Timestamp(pub i64);

/// Monotonic time since an arbitrary start. For measuring idleness and delays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment(pub Duration);

impl Moment {
    /// Time passed since `earlier`; zero if `earlier` is later.
    #[must_use]
    pub fn since(self, earlier: Moment) -> Duration {
        self.0.saturating_sub(earlier.0)
    }
}

/// Where the time comes from.
pub trait Clock: Send + Sync {
    /// Now, as the wall shows it.
    fn wall(&self) -> Timestamp;
    /// Now, on a clock that never goes back and counts through suspend where the system can.
    fn moment(&self) -> Moment;
    /// How many seconds this place's time of day is ahead of UTC at an instant.
    fn ahead_of_utc(&self, at: Timestamp) -> i32;
    /// The rules by which this place's time of day is ahead of UTC.
    fn zone(&self) -> jiff::tz::TimeZone;
}

/// The operating system's clocks.
pub struct SystemClock {
    start: Instant,
}

impl SystemClock {
    /// Starts the monotonic clock at zero.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the system's clock")]
    pub fn start() -> Self {
        Self { start: Instant::now() }
    }
}

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the system's clock")]
    fn wall(&self) -> Timestamp {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Timestamp(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }

    fn moment(&self) -> Moment {
        Moment(self.start.elapsed())
    }

    fn ahead_of_utc(&self, at: Timestamp) -> i32 {
        let at = jiff::Timestamp::from_millisecond(at.0);
        at.map_or(0, |at| jiff::tz::TimeZone::system().to_offset(at).seconds())
    }

    fn zone(&self) -> jiff::tz::TimeZone {
        jiff::tz::TimeZone::system()
    }
}

/// A clock that stands still until it is told to move.
pub struct ManualClock {
    wall_ms: AtomicI64,
    moment_ms: AtomicI64,
    ahead_of_utc: i32,
}

impl ManualClock {
    /// Stands at `wall`.
    #[must_use]
    pub fn at(wall: Timestamp) -> Self {
        Self { wall_ms: AtomicI64::new(wall.0), moment_ms: AtomicI64::new(0), ahead_of_utc: 0 }
    }

    /// In a place whose time is so many seconds ahead of UTC.
    #[must_use]
    pub fn in_place(self, ahead_of_utc: i32) -> Self {
        Self { ahead_of_utc, ..self }
    }

    /// Moves both clocks on.
    pub fn advance(&self, by: Duration) {
        let ms = i64::try_from(by.as_millis()).unwrap_or(i64::MAX);
        self.wall_ms.fetch_add(ms, Ordering::SeqCst);
        self.moment_ms.fetch_add(ms, Ordering::SeqCst);
    }

    /// Moves only the wall clock, as a person or NTP would.
    pub fn set_wall(&self, wall: Timestamp) {
        self.wall_ms.store(wall.0, Ordering::SeqCst);
    }
}

impl Clock for ManualClock {
    fn wall(&self) -> Timestamp {
        Timestamp(self.wall_ms.load(Ordering::SeqCst))
    }

    fn moment(&self) -> Moment {
        Moment(Duration::from_millis(u64::try_from(self.moment_ms.load(Ordering::SeqCst)).unwrap_or(0)))
    }

    fn ahead_of_utc(&self, _: Timestamp) -> i32 {
        self.ahead_of_utc
    }

    fn zone(&self) -> jiff::tz::TimeZone {
        jiff::tz::Offset::from_seconds(self.ahead_of_utc)
            .map_or(jiff::tz::TimeZone::UTC, jiff::tz::Offset::to_time_zone)
    }
}
