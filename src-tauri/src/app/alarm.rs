//! What makes a use case give way while the store keeps it waiting: a lock that somebody asks for, or that is due.
//!
//! The core does one thing at a time, so whoever waits for a silent server would keep the lock waiting too. Every
//! question to the store passes [`GivesWay`], which stops waiting as soon as the alarm rings: what was asked ends with an
//! error, its row is written, and the lock is next. A write given up may still happen; its outcome is found out later.

use crate::clock::Clock;
use crate::session::{Now, Seat, Session};
use crate::store::atlas::Abilities;
use crate::store::{Changes, Progress, Store, StoreError, StoreKind};
use async_trait::async_trait;
use bson::RawDocumentBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::{sleep, timeout};

/// How often whoever waits looks at the clock.
const LOOK: Duration = Duration::from_millis(200);
/// How long a write that is under way may still answer, so that locking in the middle of a save leaves no doubt.
const GRACE: Duration = Duration::from_millis(300);

/// The alarm of one seat; every clone is the same one, on any thread.
#[derive(Clone)]
pub struct Alarm(Arc<Shared>);

struct Shared {
    clock: Arc<dyn Clock>,
    asked: AtomicUsize,
    told: Notify,
    watched: Mutex<Watched>,
}

/// The session whose time-outs count, as of the last message the core took, and input since then.
#[derive(Default)]
struct Watched {
    session: Option<Session>,
    touched: Option<Now>,
}

/// Somebody asks for a lock; until this is dropped, nobody waits for the store.
pub struct Asked(Alarm);

impl Alarm {
    /// Of a seat with this clock.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        let (asked, told, watched) = (AtomicUsize::new(0), Notify::new(), Mutex::default());
        Self(Arc::new(Shared { clock, asked, told, watched }))
    }

    /// Asks for a lock: whoever waits for the store gives up now.
    #[must_use]
    pub fn ask(&self) -> Asked {
        self.0.asked.fetch_add(1, Ordering::SeqCst);
        self.0.told.notify_waiters();
        Asked(self.clone())
    }

    /// Notes input that the core can't take yet. Too late, it changes nothing.
    pub fn touch(&self) {
        let now = Now::of(self.0.clock.as_ref());
        let mut watched = self.watched();
        if let Some(session) = watched.session.as_mut().filter(|session| session.due(now).is_none()) {
            session.touch(now);
            watched.touched = Some(now);
        }
    }

    /// From now on this seat's time-outs count, with the input that came since the last time.
    pub(super) fn watch(&self, seat: &mut Seat) {
        let mut watched = self.watched();
        if let Some(then) = watched.touched.take() {
            seat.touched(then);
        }
        watched.session = seat.session().cloned();
    }

    /// The session has ended: its time-outs end nobody's waiting any more.
    pub(super) fn forget(&self) {
        *self.watched() = Watched::default();
    }

    /// Whether nobody may wait any more.
    fn rings(&self) -> bool {
        let due = || self.watched().session.as_ref().and_then(|one| one.due(Now::of(self.0.clock.as_ref())));
        self.0.asked.load(Ordering::SeqCst) > 0 || due().is_some()
    }

    /// What `work` brings, unless the alarm rings first and goes on ringing for `grace`.
    async fn unless<T>(&self, grace: Duration, work: impl Future<Output = T>) -> Option<T> {
        tokio::pin!(work);
        loop {
            let told = self.0.told.notified();
            if self.rings() {
                return timeout(grace, work).await.ok();
            }
            tokio::select! {
                biased;
                done = &mut work => return Some(done),
                () = told => {}
                () = sleep(LOOK) => {}
            }
        }
    }

    /// What `question` brings, unless the alarm rings first: then it is one that was never asked.
    pub(super) async fn ask_unless<T>(
        &self,
        question: impl Future<Output = Result<T, StoreError>>,
    ) -> Result<T, StoreError> {
        if self.rings() {
            return Err(StoreError::Stopped);
        }
        self.unless(Duration::ZERO, question).await.unwrap_or(Err(StoreError::Stopped))
    }

    fn watched(&self) -> std::sync::MutexGuard<'_, Watched> {
        self.0.watched.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Asked {
    fn drop(&mut self) {
        self.0.0.asked.fetch_sub(1, Ordering::SeqCst);
    }
}

/// A store that nobody waits for once the alarm rings.
pub(super) struct GivesWay {
    store: Arc<dyn Store>,
    alarm: Alarm,
}

impl GivesWay {
    pub(super) fn over(store: Arc<dyn Store>, alarm: Alarm) -> Arc<dyn Store> {
        Arc::new(Self { store, alarm })
    }

    /// A write is begun or not begun; begun, nobody knows how it ends.
    async fn write<T>(&self, write: impl Future<Output = Result<T, StoreError>>) -> Result<T, StoreError> {
        if self.alarm.rings() {
            return Err(StoreError::Stopped);
        }
        self.alarm.unless(GRACE, write).await.unwrap_or(Err(StoreError::Unknown))
    }
}

#[async_trait]
impl Store for GivesWay {
    async fn run(&self, command: RawDocumentBuf) -> Result<RawDocumentBuf, StoreError> {
        if is_question(&command) {
            self.alarm.ask_unless(self.store.run(command)).await
        } else {
            self.write(self.store.run(command)).await
        }
    }

    async fn run_all(&self, commands: Vec<RawDocumentBuf>) -> Result<Vec<RawDocumentBuf>, StoreError> {
        self.write(self.store.run_all(commands)).await
    }

    async fn scrub(&self) -> Result<(), StoreError> {
        self.store.scrub().await
    }

    fn progress(&self) -> Option<Arc<Progress>> {
        self.store.progress()
    }

    async fn changes(&self) -> Result<Changes, StoreError> {
        self.alarm.ask_unless(self.store.changes()).await
    }

    fn abilities(&self) -> Option<&Abilities> {
        self.store.abilities()
    }

    fn kind(&self) -> StoreKind {
        self.store.kind()
    }
}

fn is_question(command: &RawDocumentBuf) -> bool {
    let name = command.into_iter().next().and_then(Result::ok).map(|(name, _)| name.as_str().to_owned());
    name.is_some_and(|name| matches!(name.as_str(), "find" | "count" | "aggregate" | "explain" | "validate"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::{ManualClock, Timestamp};
    use crate::policy::Role;
    use crate::session::{Holder, Limits};
    use uuid::Uuid;

    fn taken(clock: &ManualClock) -> Seat {
        let holder = Holder { user: Uuid::nil(), role: Role::Doctor, name: String::new(), initials: String::new() };
        let mut seat = Seat::Vacant;
        seat.sign_in(Uuid::nil(), holder, Limits::for_role(Role::Doctor), Now::of(clock)).unwrap();
        seat
    }

    #[test]
    fn it_rings_when_a_session_is_due_and_is_silent_once_that_session_has_ended() {
        let clock = Arc::new(ManualClock::at(Timestamp(0)));
        let (alarm, mut seat) = (Alarm::new(clock.clone()), taken(&clock));
        alarm.watch(&mut seat);
        assert!(!alarm.rings());
        clock.advance(Duration::from_hours(1));
        assert!(alarm.rings());
        alarm.forget();
        assert!(!alarm.rings(), "whoever signs in next waits for the store again");
    }

    #[test]
    fn it_rings_as_long_as_somebody_asks_for_a_lock() {
        let alarm = Alarm::new(Arc::new(ManualClock::at(Timestamp(0))));
        let (first, second) = (alarm.ask(), alarm.ask());
        drop(first);
        assert!(alarm.rings());
        drop(second);
        assert!(!alarm.rings());
    }
}
