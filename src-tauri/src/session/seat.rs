//! [`Seat`]: the one chair of a workstation, as a state machine.

use super::limits::Limits;
use crate::clock::{Clock, Moment, Timestamp};
use crate::policy::Role;
use serde::{Deserialize, Serialize};
use std::time::Duration;
use thiserror::Error;
use uuid::Uuid;

/// Both clocks, read together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Now {
    /// The monotonic clock.
    pub moment: Moment,
    /// The clock on the wall.
    pub wall: Timestamp,
}

impl Now {
    /// Reads a clock.
    #[must_use]
    pub fn of(clock: &dyn Clock) -> Now {
        Now { moment: clock.moment(), wall: clock.wall() }
    }

    /// Time passed since `earlier`, by the clock that saw more of it: a suspended machine's monotonic clock may have
    /// stood still, a wall clock may have been turned back. Neither makes a session longer.
    fn since(self, earlier: Now) -> Duration {
        let wall = u64::try_from(self.wall.0.saturating_sub(earlier.wall.0)).unwrap_or(0);
        self.moment.since(earlier.moment).max(Duration::from_millis(wall))
    }
}

/// The person on the seat.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    /// Account id.
    pub user: Uuid,
    /// Role at sign-in.
    pub role: Role,
    /// Display name, e.g. `Dr. R. Osei`.
    pub name: String,
    /// Initials, all that a locked seat shows.
    pub initials: String,
}

/// Why a seat was locked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum LockCause {
    /// No input for the idle time.
    Idle,
    /// The lock key or button.
    Manual,
    /// The absolute cap of a session.
    Cap,
    /// The operating system locked, suspended or switched users.
    System,
}

/// The seat.
#[derive(Debug, Default)]
pub enum Seat {
    /// Nobody is signed in.
    #[default]
    Vacant,
    /// Someone works.
    Open(Session),
    /// Someone's session waits behind the lock; no key of it is in memory.
    Locked(Locked),
}

/// A session in use.
#[derive(Clone, Debug)]
pub struct Session {
    /// Opaque id, never told to the web view.
    pub id: Uuid,
    /// Who.
    pub holder: Holder,
    /// Its time-outs.
    pub limits: Limits,
    /// Since when, for showing.
    pub opened: Timestamp,
    touched: Now,
    used: Duration,
}

/// A session behind the lock.
#[derive(Debug)]
pub struct Locked {
    /// Whose.
    pub holder: Holder,
    /// Why.
    pub cause: LockCause,
    /// Since when, for showing.
    pub since: Timestamp,
    /// How long it had been idle.
    pub idle: Duration,
    session: Session,
}

/// Which session, and whose: for the audit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionRef {
    /// Session id.
    pub session: Uuid,
    /// Whose.
    pub user: Uuid,
}

/// What the seat's state doesn't allow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum SeatError {
    /// Somebody is signed in.
    #[error("the seat is taken")]
    Taken,
    /// Nobody is signed in.
    #[error("nobody is signed in")]
    Vacant,
    /// The seat isn't locked.
    #[error("the seat is not locked")]
    NotLocked,
    /// The lock is somebody else's.
    #[error("the seat is locked by someone else")]
    AnotherHolder,
}

impl Session {
    fn open(id: Uuid, holder: Holder, limits: Limits, now: Now) -> Session {
        Session { id, holder, limits, opened: now.wall, touched: now, used: Duration::ZERO }
    }

    /// How long there has been no input.
    #[must_use]
    pub fn idle(&self, now: Now) -> Duration {
        now.since(self.touched)
    }

    /// How long the session has lasted.
    #[must_use]
    pub fn lasted(&self, now: Now) -> Duration {
        self.used.saturating_add(self.idle(now))
    }

    /// Why this session must be locked now, if it must.
    #[must_use]
    pub fn due(&self, now: Now) -> Option<LockCause> {
        if self.lasted(now) >= self.limits.cap {
            Some(LockCause::Cap)
        } else {
            (self.idle(now) >= self.limits.idle).then_some(LockCause::Idle)
        }
    }

    /// Time left until the lock, by idleness or by the cap.
    #[must_use]
    pub fn lock_in(&self, now: Now) -> Duration {
        let by_idle = self.limits.idle.saturating_sub(self.idle(now));
        by_idle.min(self.limits.cap.saturating_sub(self.lasted(now)))
    }

    /// Time left until the warning.
    #[must_use]
    pub fn warn_in(&self, now: Now) -> Duration {
        self.lock_in(now).saturating_sub(self.limits.warn_before)
    }

    /// Time left until details blur.
    #[must_use]
    pub fn blur_in(&self, now: Now) -> Duration {
        self.limits.blur_after.saturating_sub(self.idle(now))
    }

    /// Notes input; whoever calls has looked whether it is due.
    pub(crate) fn touch(&mut self, now: Now) {
        self.used = self.lasted(now);
        self.touched = now;
    }

    fn lock(mut self, cause: LockCause, now: Now) -> Locked {
        let idle = self.idle(now);
        self.touch(now);
        Locked { holder: self.holder.clone(), cause, since: now.wall, idle, session: self }
    }

    fn named(&self) -> SessionRef {
        SessionRef { session: self.id, user: self.holder.user }
    }
}

impl Locked {
    /// The session that waits.
    #[must_use]
    pub fn session(&self) -> Uuid {
        self.session.id
    }
}

impl Seat {
    /// The session in use, if the seat is open.
    #[must_use]
    pub fn session(&self) -> Option<&Session> {
        match self {
            Seat::Open(session) => Some(session),
            Seat::Vacant | Seat::Locked(_) => None,
        }
    }

    /// Takes a vacant seat. `id` is fresh and random.
    ///
    /// # Errors
    /// When somebody holds the seat, even behind a lock.
    pub fn sign_in(&mut self, id: Uuid, holder: Holder, limits: Limits, now: Now) -> Result<(), SeatError> {
        match self {
            Seat::Vacant => *self = Seat::Open(Session::open(id, holder, limits, now)),
            Seat::Open(_) | Seat::Locked(_) => return Err(SeatError::Taken),
        }
        Ok(())
    }

    /// Why the seat must be locked now, if it must. A vacant or locked seat never does.
    #[must_use]
    pub fn due(&self, now: Now) -> Option<LockCause> {
        self.session().and_then(|session| session.due(now))
    }

    /// Notes input by the holder. Input after the time was up doesn't save the session: the seat locks, and the cause
    /// is returned.
    pub fn touch(&mut self, now: Now) -> Option<LockCause> {
        let cause = self.due(now);
        match (&mut *self, cause) {
            (Seat::Open(_), Some(cause)) => _ = self.lock(cause, now),
            (Seat::Open(session), None) => session.touch(now),
            (Seat::Vacant | Seat::Locked(_), _) => {}
        }
        cause
    }

    /// Notes input that was heard at `then`, while nobody could take it.
    pub fn touched(&mut self, then: Now) {
        if let Seat::Open(session) = self
            && session.touched.moment < then.moment
            && session.due(then).is_none()
        {
            session.touch(then);
        }
    }

    /// Locks an open seat and says which session that was; any other seat stays as it is.
    pub fn lock(&mut self, cause: LockCause, now: Now) -> Option<SessionRef> {
        match std::mem::take(self) {
            Seat::Open(session) => {
                let locked = session.named();
                *self = Seat::Locked(session.lock(cause, now));
                Some(locked)
            }
            other @ (Seat::Vacant | Seat::Locked(_)) => {
                *self = other;
                None
            }
        }
    }

    /// Opens the lock for its own holder, whose secret the caller has just checked. The session goes on, its cap too;
    /// if the cap is used up or the role has changed, a new session with `id` begins and the old one is returned.
    ///
    /// # Errors
    /// When the seat isn't locked, or by somebody else; nothing changes.
    pub fn unlock(
        &mut self,
        id: Uuid,
        holder: Holder,
        limits: Limits,
        now: Now,
    ) -> Result<Option<SessionRef>, SeatError> {
        let locked = self.locked_by(|user| user == holder.user, SeatError::AnotherHolder)?;
        let mut session = locked.session;
        let same = session.holder.role == holder.role && session.lasted(now) < session.limits.cap;
        let ended = (!same).then(|| session.named());
        if same {
            session.touch(now);
        } else {
            session = Session::open(id, holder, limits, now);
        }
        *self = Seat::Open(session);
        Ok(ended)
    }

    /// Gives a locked seat to someone else, whose secret the caller has just checked. Returns the session that ended.
    ///
    /// # Errors
    /// When the seat isn't locked, or by this very user (who unlocks); nothing changes.
    pub fn take_over(&mut self, id: Uuid, holder: Holder, limits: Limits, now: Now) -> Result<SessionRef, SeatError> {
        let locked = self.locked_by(|user| user != holder.user, SeatError::Taken)?;
        *self = Seat::Open(Session::open(id, holder, limits, now));
        Ok(locked.session.named())
    }

    /// Leaves the seat vacant and says whose session ended.
    pub fn sign_out(&mut self) -> Option<SessionRef> {
        match std::mem::take(self) {
            Seat::Vacant => None,
            Seat::Open(session) | Seat::Locked(Locked { session, .. }) => Some(session.named()),
        }
    }

    /// Takes the lock off if its holder fits; otherwise leaves everything.
    fn locked_by(&mut self, fits: impl Fn(Uuid) -> bool, otherwise: SeatError) -> Result<Locked, SeatError> {
        match std::mem::take(self) {
            Seat::Locked(locked) if fits(locked.holder.user) => Ok(locked),
            other => {
                let error = match &other {
                    Seat::Vacant => SeatError::Vacant,
                    Seat::Open(_) => SeatError::NotLocked,
                    Seat::Locked(_) => otherwise,
                };
                *self = other;
                Err(error)
            }
        }
    }
}

#[cfg(test)]
#[path = "seat_tests.rs"]
mod tests;
