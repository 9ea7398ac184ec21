//! The operating system's own lock and sleep, heard from logind: either locks the seat.

use super::core_thread::CoreThread;
use crate::session::LockCause;
use std::collections::HashMap;
use std::time::Duration;
use zbus::blocking::connection::Builder;
use zbus::blocking::{Connection, MessageIterator};
use zbus::message::Type;
use zbus::zvariant::{OwnedFd, OwnedObjectPath, OwnedValue};
use zbus::{MatchRule, Message};

/// How long logind may take to answer.
const PATIENCE: Duration = Duration::from_secs(2);
const LOGIND: &str = "org.freedesktop.login1";
const LOGIND_PATH: &str = "/org/freedesktop/login1";
const LOGIND_MANAGER: &str = "org.freedesktop.login1.Manager";

/// Listens for as long as the program runs. Without logind there is nothing to hear, and that is logged.
pub fn listen(core: CoreThread) {
    let listening = std::thread::Builder::new().name("logind".into()).spawn(move || {
        if let Err(error) = hear(&core) {
            tracing::warn!(%error, "the operating system's lock and sleep can't be heard");
        }
    });
    if let Err(error) = listening {
        tracing::warn!(%error, "the operating system's lock and sleep can't be heard");
    }
}

fn hear(core: &CoreThread) -> zbus::Result<()> {
    let bus = Builder::system()?.method_timeout(PATIENCE).build()?;
    let rule = MatchRule::builder().msg_type(Type::Signal).sender(LOGIND)?.build();
    let signals = MessageIterator::for_match_rule(rule, &bus, None)?;
    let own = own_session(&bus);
    let mut delay = delay_sleep(&bus);
    for message in signals {
        match Heard::from(&message?, own.as_ref()) {
            Heard::Lock => core.lock(LockCause::System),
            Heard::Sleep => {
                core.lock(LockCause::System);
                drop(delay.take());
            }
            Heard::Awake => delay = delay_sleep(&bus),
            Heard::Nothing => {}
        }
    }
    Ok(())
}

/// What a signal of logind means for the seat.
enum Heard {
    Lock,
    Sleep,
    Awake,
    Nothing,
}

impl Heard {
    fn from(message: &Message, own: Option<&OwnedObjectPath>) -> Self {
        let header = message.header();
        let ours = own.is_none_or(|own| header.path().is_some_and(|path| path == &own.as_ref()));
        match header.member().map(|member| member.as_str()) {
            Some("PrepareForSleep") => match message.body().deserialize() {
                Ok(true) => Self::Sleep,
                Ok(false) => Self::Awake,
                Err(_) => Self::Nothing,
            },
            Some("Lock") if ours => Self::Lock,
            Some("PropertiesChanged") if ours && says_locked(message) => Self::Lock,
            _ => Self::Nothing,
        }
    }
}

/// Desktops that lock by themselves only set the session's `LockedHint`.
fn says_locked(message: &Message) -> bool {
    let body = message.body();
    let Ok((_, changed, _)) = body.deserialize::<(String, HashMap<String, OwnedValue>, Vec<String>)>() else {
        return false;
    };
    changed.get("LockedHint").is_some_and(|hint| matches!(bool::try_from(hint), Ok(true)))
}

/// The login session this program belongs to; without one, every session's lock counts.
fn own_session(bus: &Connection) -> Option<OwnedObjectPath> {
    let answer = bus
        .call_method(Some(LOGIND), LOGIND_PATH, Some(LOGIND_MANAGER), "GetSessionByPID", &std::process::id())
        .ok()?;
    answer.body().deserialize().ok()
}

/// Asks logind to wait with sleep until the seat is locked; dropping the answer lets it go on.
fn delay_sleep(bus: &Connection) -> Option<OwnedFd> {
    let why = ("sleep", "Wardseal", "locking the seat", "delay");
    let answer = bus.call_method(Some(LOGIND), LOGIND_PATH, Some(LOGIND_MANAGER), "Inhibit", &why).ok()?;
    answer.body().deserialize().ok()
}
