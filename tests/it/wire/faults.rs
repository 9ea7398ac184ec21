//! What goes wrong on purpose: told by tests, or by `configureFailPoint` as a driver's own tests do.

use super::refusal::Refusal;
use bson::{Document, RawDocument};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// What goes wrong.
#[derive(Clone, Debug)]
pub enum What {
    /// The connection is closed and nothing was done.
    CutBefore,
    /// The command is done and the connection closed before the reply.
    CutAfter,
    /// The command is done and half of the reply sent.
    CutWithin,
    /// The command is done, and nobody ever says so; the connection stays open.
    Silence,
    /// Nothing is done and nobody ever says so.
    Deaf,
    /// Everything takes longer.
    Late(Duration),
    /// The command is refused.
    Refuse(Refusal),
    /// The command is done and its reply says that it isn't durable everywhere.
    WriteConcern(i32),
    /// The server is no primary any more; for a while it is none.
    StepDown(Duration),
    /// The same, and the command was done.
    StepDownAfter(Duration),
    /// Every cursor is killed first.
    KillCursors,
    /// Only the first documents of an insert are written, then it is refused.
    Partial(Refusal),
}

/// One fault that waits for its command.
#[derive(Clone, Debug)]
pub struct Fault {
    /// Names of commands; none means any that is no greeting.
    pub commands: Vec<String>,
    /// How many such commands pass before.
    pub skip: u64,
    /// How often it happens.
    pub times: u64,
    pub what: What,
}

impl Fault {
    /// Once, at the next such command.
    pub fn once(commands: &[&str], what: What) -> Self {
        Self { commands: commands.iter().map(|name| (*name).to_owned()).collect(), skip: 0, times: 1, what }
    }

    #[must_use]
    pub fn after(mut self, skip: u64) -> Self {
        self.skip = skip;
        self
    }

    #[must_use]
    pub fn times(mut self, times: u64) -> Self {
        self.times = times;
        self
    }
}

#[derive(Default)]
pub struct Faults {
    waiting: Mutex<Vec<Fault>>,
    happened: AtomicU64,
}

/// Commands that greet, sign in or look around.
pub const GREETINGS: [&str; 12] = [
    "hello",
    "isMaster",
    "ismaster",
    "ping",
    "saslStart",
    "saslContinue",
    "authenticate",
    "buildInfo",
    "endSessions",
    "configureFailPoint",
    "connectionStatus",
    "getParameter",
];

impl Faults {
    pub fn add(&self, fault: Fault) {
        self.waiting.lock().unwrap().push(fault);
    }

    /// Forgets those that still wait.
    pub fn clear(&self) {
        self.waiting.lock().unwrap().clear();
    }

    /// How many have happened.
    pub fn happened(&self) -> u64 {
        self.happened.load(Ordering::Relaxed)
    }

    /// What goes wrong with this command.
    pub fn strike(&self, name: &str) -> Option<What> {
        let mut waiting = self.waiting.lock().unwrap();
        let concerns = |fault: &Fault| match fault.commands.as_slice() {
            [] => !GREETINGS.contains(&name),
            names => names.iter().any(|one| one == name),
        };
        let at = waiting.iter().position(concerns)?;
        let fault = &mut waiting[at];
        if fault.skip > 0 {
            fault.skip -= 1;
            return None;
        }
        let what = fault.what.clone();
        fault.times -= 1;
        if fault.times == 0 {
            waiting.remove(at);
        }
        self.happened.fetch_add(1, Ordering::Relaxed);
        Some(what)
    }

    /// The server's own command for this.
    pub fn configure(&self, command: &RawDocument) -> Result<(), Refusal> {
        let command = Document::try_from(command.to_owned()).map_err(|_| Refusal::new(9, "not BSON"))?;
        if command.get_str("configureFailPoint").ok() != Some("failCommand") {
            return Err(Refusal::new(2, "no such fail point"));
        }
        let mode = command.get_document("mode");
        let whole = |document: &Document, name| document.get_i32(name).ok().and_then(|n| u64::try_from(n).ok());
        let (skip, times) = match (command.get_str("mode"), mode) {
            (Ok("off"), _) => {
                self.clear();
                return Ok(());
            }
            (_, Ok(mode)) => (whole(mode, "skip").unwrap_or(0), whole(mode, "times").unwrap_or(u64::MAX)),
            _ => (0, u64::MAX),
        };
        let data = command.get_document("data").cloned().unwrap_or_default();
        let names = data.get_array("failCommands").cloned().unwrap_or_default();
        let commands = names.iter().filter_map(|name| name.as_str().map(str::to_owned)).collect();
        let code = data.get_i32("errorCode").unwrap_or(8);
        let what = match (
            data.get_bool("closeConnection"),
            whole(&data, "blockTimeMS"),
            data.get_document("writeConcernError"),
        ) {
            (Ok(true), ..) => What::CutBefore,
            (_, Some(ms), _) => What::Late(Duration::from_millis(ms)),
            (_, _, Ok(error)) => What::WriteConcern(error.get_i32("code").unwrap_or(64)),
            _ => What::Refuse(Refusal::new(code, "a fail point says so")),
        };
        self.add(Fault { commands, skip, times, what });
        Ok(())
    }
}
