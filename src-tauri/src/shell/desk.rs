//! The thread the core lives on, and the way to it.
//!
//! The core has a thread of its own so that, when a session ends, the stack it used can be overwritten too.

use super::core::Core;
use crate::app::views::{LockCause, SeatState, SeatView};
use serde_json::{Value, json};
use std::rc::Rc;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;
use tokio::runtime::Builder;
use tokio::sync::{mpsc, oneshot};
use tokio::task::LocalSet;
use tokio::time::{MissedTickBehavior, interval};

/// How often the core is asked what is due.
const BEAT: Duration = Duration::from_millis(500);
/// How long someone who asked for a lock waits for it.
const PATIENCE: Duration = Duration::from_secs(3);
/// The desk's stack, and how much of it is overwritten when a session ends.
const STACK: usize = 16 << 20;
const WIPED: usize = 1 << 20;

type Seen = Box<dyn Fn(&SeatView, bool) + Send>;

enum Message {
    Call { name: String, args: Value, reply: oneshot::Sender<Result<Value, Value>> },
    Lock { cause: LockCause, done: std::sync::mpsc::Sender<()> },
    Watch(Seen),
    Close,
}

/// A handle to the core's thread; cloning it gives another way to the same core.
#[derive(Clone)]
pub struct Desk {
    inbox: mpsc::UnboundedSender<Message>,
    thread: Arc<Mutex<Option<JoinHandle<()>>>>,
}

impl Desk {
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
        let (opened, ready) = std::sync::mpsc::channel();
        let thread = std::thread::Builder::new()
            .name("core".into())
            .stack_size(STACK)
            .spawn(move || live(open, &opened, messages))
            .map_err(|error| format!("The core can't be started: {error}"))?;
        ready.recv().unwrap_or_else(|_| Err("The core stopped while it was being opened.".into()))?;
        Ok(Self { inbox, thread: Arc::new(Mutex::new(Some(thread))) })
    }

    /// Runs a use case by name.
    ///
    /// # Errors
    /// What the core refused with; code `internal` when it is gone.
    pub async fn call(&self, name: String, args: Value) -> Result<Value, Value> {
        let (reply, answer) = oneshot::channel();
        let _ = self.inbox.send(Message::Call { name, args, reply });
        answer.await.unwrap_or_else(|_| Err(json!({ "code": "internal" })))
    }

    /// Locks the seat if someone holds it, and waits for it a little.
    pub fn lock(&self, cause: LockCause) {
        let (done, locked) = std::sync::mpsc::channel();
        let _ = self.inbox.send(Message::Lock { cause, done });
        let _ = locked.recv_timeout(PATIENCE);
    }

    /// From now on tells `seen` about every change of the seat, and whether it ended a session.
    pub fn watch(&self, seen: impl Fn(&SeatView, bool) + Send + 'static) {
        let _ = self.inbox.send(Message::Watch(Box::new(seen)));
    }

    /// Closes the core and waits until it is gone.
    pub fn close(&self) {
        let _ = self.inbox.send(Message::Close);
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = thread {
            let _ = thread.join();
        }
    }
}

type Opened = std::sync::mpsc::Sender<Result<(), String>>;

fn live<C, F>(open: impl FnOnce() -> F, opened: &Opened, messages: mpsc::UnboundedReceiver<Message>)
where
    C: Core + 'static,
    F: Future<Output = Result<C, String>>,
{
    let runtime = match Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return drop(opened.send(Err(format!("The core can't be started: {error}")))),
    };
    LocalSet::new().block_on(&runtime, async {
        match open().await {
            Err(sentence) => drop(opened.send(Err(sentence))),
            Ok(core) => {
                let _ = opened.send(Ok(()));
                serve(Rc::new(core), messages).await;
            }
        }
    });
    wipe_stack();
}

async fn serve(core: Rc<dyn Core>, mut messages: mpsc::UnboundedReceiver<Message>) {
    let mut seat = Seat { held: false, last: None, seen: Box::new(|_, _| {}) };
    let mut beat = interval(BEAT);
    beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let (settle, mut settled) = mpsc::unbounded_channel();
    loop {
        tokio::select! {
            message = messages.recv() => match message {
                Some(Message::Call { name, args, reply }) => answer(core.clone(), name, args, reply, settle.clone()),
                Some(Message::Lock { cause, done }) => {
                    core.lock(cause).await;
                    let _ = done.send(());
                }
                Some(Message::Watch(seen)) => seat.seen = seen,
                Some(Message::Close) | None => break,
            },
            _ = settled.recv() => {}
            _ = beat.tick() => {}
        }
        seat.now(core.due().await);
    }
    core.close().await;
}

/// Runs one use case beside the others; `settled` has the seat looked at once it is done.
fn answer(
    core: Rc<dyn Core>,
    name: String,
    args: Value,
    reply: oneshot::Sender<Result<Value, Value>>,
    settled: mpsc::UnboundedSender<()>,
) {
    tokio::task::spawn_local(async move {
        let answer = core.call(&name, args).await;
        let _ = reply.send(answer);
        let _ = settled.send(());
    });
}

/// What was last seen of the seat.
struct Seat {
    held: bool,
    last: Option<std::mem::Discriminant<SeatState>>,
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
