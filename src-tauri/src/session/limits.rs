//! The time-outs of a seat, by role; a site may shorten them, never lengthen.

use crate::policy::Role;
use std::time::Duration;

/// How long a seat may stand idle, and how it says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Idleness that locks.
    pub idle: Duration,
    /// How long before the lock the warning shows.
    pub warn_before: Duration,
    /// Idleness after which details blur.
    pub blur_after: Duration,
    /// Length of a session, however busy.
    pub cap: Duration,
}

/// What a site's policy makes shorter.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tighter {
    /// Idleness that locks.
    pub idle: Option<Duration>,
    /// Length of a session.
    pub cap: Option<Duration>,
}

/// A shorter idle time than this would lock faster than a person reads.
const SHORTEST_IDLE: Duration = Duration::from_mins(1);
const SHORTEST_CAP: Duration = Duration::from_mins(5);
const CAP: Duration = Duration::from_hours(12);

impl Limits {
    /// The defaults of a role.
    #[must_use]
    pub const fn for_role(role: Role) -> Limits {
        match role {
            Role::Doctor | Role::Nurse => Self::of(10, 30, Duration::from_mins(3)),
            Role::FrontDesk => Self::of(3, 20, Duration::from_mins(1)),
            Role::Administrator | Role::Auditor | Role::Import => Self::of(10, 30, Duration::from_mins(1)),
        }
    }

    const fn of(idle_minutes: u64, warn_seconds: u64, blur_after: Duration) -> Limits {
        let warn_before = Duration::from_secs(warn_seconds);
        Limits { idle: Duration::from_mins(idle_minutes), warn_before, blur_after, cap: CAP }
    }

    /// The limits with a site's shorter ones; a longer one changes nothing.
    #[must_use]
    pub fn tightened(self, by: Tighter) -> Limits {
        let idle = by.idle.map_or(self.idle, |wanted| wanted.max(SHORTEST_IDLE).min(self.idle));
        let cap = by.cap.map_or(self.cap, |wanted| wanted.max(SHORTEST_CAP).min(self.cap));
        Limits { idle, cap, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_role_idles_longer_than_a_quarter_of_an_hour_or_is_warned_later_than_twenty_seconds_before() {
        for role in Role::ALL {
            let limits = Limits::for_role(role);
            assert!(limits.idle <= Duration::from_mins(15));
            assert!(limits.warn_before >= Duration::from_secs(20) && limits.warn_before < limits.idle);
            assert!(
                limits.blur_after
                    >= Duration::from_mins(if matches!(role, Role::Doctor | Role::Nurse) { 3 } else { 1 })
            );
            assert_eq!(limits.cap, Duration::from_hours(12));
        }
        assert_eq!(Limits::for_role(Role::FrontDesk).idle, Duration::from_mins(3));
    }

    #[test]
    fn a_site_shortens_the_idle_time_but_cannot_lengthen_it() {
        let nurse = Limits::for_role(Role::Nurse);
        let five = Tighter { idle: Some(Duration::from_mins(5)), cap: Some(Duration::from_hours(8)) };
        assert_eq!(
            nurse.tightened(five),
            Limits { idle: Duration::from_mins(5), cap: Duration::from_hours(8), ..nurse }
        );
        let hour = Tighter { idle: Some(Duration::from_hours(1)), cap: Some(Duration::from_hours(24)) };
        assert_eq!(nurse.tightened(hour), nurse);
        let none = Tighter { idle: Some(Duration::ZERO), cap: Some(Duration::ZERO) };
        assert_eq!(nurse.tightened(none).idle, Duration::from_mins(1));
    }
}
