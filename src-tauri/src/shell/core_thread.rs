//! The thread the core lives on, and the way to it.
//!
//! The core has a thread of its own so that, when a session ends, the stack it used can be overwritten too.

use super::core::Core;
use crate::app::views::{SeatState, SeatView};
use crate::app::{Alarm, Asked, SavePlaces, Searches};
use crate::session::LockCause;
use serde_json::{Value, json};
use std::mem::Discriminant;
use std::sync::mpsc as blocking;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;
use tokio::runtime::Builder;
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;

/// How often an idle core is asked what is due.
const BEAT: Duration = Duration::from_millis(500);
/// How long someone who asked for a lock waits for it.
const PATIENCE: Duration = Duration::from_secs(3);
/// The thread's stack, and how much of it is overwritten when a session ends.
const STACK: usize = 16 << 20;
const WIPED: usize = 1 << 20;

type Seen = Box<dyn Fn(&SeatView, bool) + Send>;
/// What is shared with the core while it is busy.
type Shared = (Searches, Alarm, SavePlaces);
type Inbox = mpsc::UnboundedReceiver<Message>;

enum Message {
    Call { name: String, args: Value, reply: oneshot::Sender<Result<Value, Value>>, asked: Option<Asked> },
    Lock { cause: LockCause, done: blocking::Sender<()>, asked: Asked },
    Watch(Seen),
    Close(Asked),
}

/// A handle to the core's thread; cloning it gives another way to the same core.
#[derive(Clone)]
pub struct CoreThread {
    inbox: mpsc::UnboundedSender<Message>,
    searches: Searches,
    alarm: Alarm,
    save_places: SavePlaces,
    thread: Arc<Mutex<Option<JoinHandle<()>>>>,
}

impl CoreThread {
    /// Starts the thread and opens the core on it.
    ///
    /// # Errors
    /// The sentence `open` failed with, or that there is no thread to be had.
    pub fn start<C, F>(open: impl FnOnce() -> F + Send + 'static) -> Result<Self, String>
    where
        C: Core + 'static,
        F: Future<Output = Result<C, String>>,
    {
        let (inbox, messages) = mpsc::unbounded_channel();
        let (opened, ready) = blocking::channel();
        let thread = std::thread::Builder::new()
            .name("core".into())
            .stack_size(STACK)
            .spawn(move || live(open, &opened, messages))
            .map_err(|error| format!("The core can't be started: {error}"))?;
        let (searches, alarm, save_places) =
            ready.recv().unwrap_or_else(|_| Err("The core stopped while it was being opened.".into()))?;
        Ok(Self { inbox, searches, alarm, save_places, thread: Arc::new(Mutex::new(Some(thread))) })
    }

    /// Runs a use case by name. Of searches only the newest is answered: the core hears of it at once, also in the middle
    /// of an older one. A lock doesn't wait for a use case that waits for the store.
    ///
    /// # Errors
    /// What the core refused with; code `internal` when it is gone.
    pub async fn call(&self, name: String, args: Value) -> Result<Value, Value> {
        if let Some(ticket) = args.get("ticket").and_then(Value::as_u64).filter(|_| name == "search_patients") {
            self.searches.asked(ticket);
        }
        if name == "touch" {
            self.alarm.touch();
        }
        let asked = matches!(name.as_str(), "lock" | "sign_out").then(|| self.alarm.ask());
        let (reply, answer) = oneshot::channel();
        let _ = self.inbox.send(Message::Call { name, args, reply, asked });
        answer.await.unwrap_or_else(|_| Err(json!({ "code": "internal" })))
    }

    /// Where the core is told of the places that the person has chosen for files.
    #[must_use]
    pub fn save_places(&self) -> SavePlaces {
        self.save_places.clone()
    }

    /// Locks the seat if someone holds it, and waits for it a little.
    pub fn lock(&self, cause: LockCause) {
        let (done, locked) = blocking::channel();
        let asked = self.alarm.ask();
        let _ = self.inbox.send(Message::Lock { cause, done, asked });
        let _ = locked.recv_timeout(PATIENCE);
    }

    /// From now on tells `seen` about every change of the seat, and whether it ended a session.
    pub fn watch(&self, seen: impl Fn(&SeatView, bool) + Send + 'static) {
        let _ = self.inbox.send(Message::Watch(Box::new(seen)));
    }

    /// Closes the core and waits until it is gone.
    pub fn close(&self) {
        let _ = self.inbox.send(Message::Close(self.alarm.ask()));
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = thread {
            let _ = thread.join();
        }
    }
}

fn live<C, F>(open: impl FnOnce() -> F, opened: &blocking::Sender<Result<Shared, String>>, messages: Inbox)
where
    C: Core + 'static,
    F: Future<Output = Result<C, String>>,
{
    let runtime = match Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return drop(opened.send(Err(format!("The core can't be started: {error}")))),
    };
    runtime.block_on(async {
        match open().await {
            Err(sentence) => drop(opened.send(Err(sentence))),
            Ok(core) => {
                let _ = opened.send(Ok((core.searches(), core.alarm(), core.save_places())));
                serve(core, messages).await;
            }
        }
    });
    wipe_stack();
}

/// One message after the other, and a look at the clock between them.
async fn serve(mut core: impl Core, mut messages: Inbox) {
    let mut seat = Seat { held: false, last: None, seen: Box::new(|_, _| {}) };
    loop {
        match timeout(BEAT, messages.recv()).await {
            Ok(Some(Message::Call { name, args, reply, asked })) => {
                // It is heard now: what follows may wait again.
                drop(asked);
                drop(reply.send(core.call(&name, args).await));
            }
            Ok(Some(Message::Lock { cause, done, asked })) => {
                drop(asked);
                core.lock(cause).await;
                let _ = done.send(());
            }
            Ok(Some(Message::Watch(seen))) => seat.seen = seen,
            Ok(Some(Message::Close(asked))) => {
                drop(asked);
                break;
            }
            Ok(None) => break,
            Err(_) => {}
        }
        seat.now(core.due().await);
    }
    core.close().await;
}

/// What was last seen of the seat.
struct Seat {
    held: bool,
    last: Option<Discriminant<SeatState>>,
    seen: Seen,
}

impl Seat {
    fn now(&mut self, view: SeatView) {
        let kind = std::mem::discriminant(&view.state);
        if self.last == Some(kind) {
            return;
        }
        let held = matches!(view.state, SeatState::Open { .. });
        let ended = self.held && !held;
        if ended {
            wipe_stack();
        }
        (self.seen)(&view, ended);
        (self.held, self.last) = (held, Some(kind));
    }
}

/// Overwrites the stack below the caller, where a session's calls have left their locals.
#[inline(never)]
fn wipe_stack() {
    let mut below = [0_u8; WIPED];
    std::hint::black_box(&mut below);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::StoreKind;

    /// A seat without a clinic behind it.
    struct Chair {
        taken: bool,
        told: blocking::Sender<&'static str>,
        searches: Searches,
        alarm: Alarm,
    }

    #[async_trait::async_trait(?Send)]
    impl Core for Chair {
        async fn call(&mut self, name: &str, _: Value) -> Result<Value, Value> {
            match name {
                "sign_in" => self.taken = true,
                "lock" => self.taken = false,
                _ => return Err(json!({ "code": "not_signed_in" })),
            }
            Ok(json!({}))
        }

        async fn due(&mut self) -> SeatView {
            let user =
                crate::app::views::UserView { name: String::new(), initials: String::new(), role: String::new() };
            let (choose_password, waiting) = (false, Vec::new());
            let open = SeatState::Open { user, blur_in_ms: 1, warn_in_ms: 1, lock_in_ms: 1, choose_password, waiting };
            SeatView {
                state: if self.taken { open } else { SeatState::Vacant },
                site: String::new(),
                demo: false,
                demo_users: Vec::new(),
                store: StoreKind::Memory,
                policy: String::new(),
                version: String::new(),
            }
        }

        fn searches(&self) -> Searches {
            self.searches.clone()
        }

        fn alarm(&self) -> Alarm {
            self.alarm.clone()
        }

        fn save_places(&self) -> SavePlaces {
            SavePlaces::default()
        }

        async fn lock(&mut self, _: LockCause) {
            self.taken = false;
        }

        async fn close(&mut self) {
            let _ = self.told.send("closed");
        }
    }

    fn chair() -> (CoreThread, blocking::Receiver<&'static str>, blocking::Receiver<bool>) {
        let (told, hears) = blocking::channel();
        let core = CoreThread::start(move || async move {
            let alarm = Alarm::new(Arc::new(crate::clock::SystemClock::start()));
            Ok(Chair { taken: false, told, searches: Searches::default(), alarm })
        })
        .unwrap();
        let (seen, sees) = blocking::channel();
        core.watch(move |_, ended| seen.send(ended).unwrap_or_default());
        (core, hears, sees)
    }

    #[tokio::test]
    async fn the_screens_hear_of_a_session_and_of_its_end_once_each() {
        let (core, _, sees) = chair();
        assert!(!sees.recv().unwrap(), "the vacant seat");
        core.call("sign_in".into(), json!({})).await.unwrap();
        assert!(!sees.recv().unwrap(), "a session began");
        core.call("lock".into(), json!({})).await.unwrap();
        assert!(sees.recv().unwrap(), "a session ended");
        core.close();
        assert!(sees.recv().is_err(), "nothing more was said");
    }

    #[tokio::test]
    async fn the_operating_systems_lock_ends_a_session_too() {
        let (core, _, sees) = chair();
        core.call("sign_in".into(), json!({})).await.unwrap();
        core.lock(LockCause::System);
        assert!(sees.iter().take(3).any(|ended| ended));
    }

    #[tokio::test]
    async fn a_closed_window_closes_the_core_and_later_calls_are_refused() {
        let (core, hears, _) = chair();
        core.close();
        assert_eq!(hears.recv().unwrap(), "closed");
        assert_eq!(core.call("sign_in".into(), json!({})).await, Err(json!({ "code": "internal" })));
    }

    #[tokio::test]
    async fn the_core_hears_of_a_newer_search_before_its_turn() {
        let (core, _, _) = chair();
        for ticket in [4, 3] {
            let _ = core.call("search_patients".into(), json!({ "ticket": ticket })).await;
        }
        assert!(core.searches.overtaken(Some(3)) && !core.searches.overtaken(Some(4)));
        let _ = core.call("open_chart".into(), json!({ "ticket": 9 })).await;
        assert!(!core.searches.overtaken(Some(4)));
    }

    #[test]
    fn a_core_that_cant_open_says_why() {
        let refused = CoreThread::start(|| async { Err::<Chair, _>("The keychain is locked.".to_owned()) });
        assert_eq!(refused.err().as_deref(), Some("The keychain is locked."));
    }
}
