//! Sessions: multi-document transactions, and what a retried write is answered.

use super::changes::{Change, Changes};
use super::database::{Database, Engine, Place, Turn};
use super::refusal::{Refusal, TRANSIENT};
use bson::{RawDocument, RawDocumentBuf};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::time::Instant;
use wardseal::store::embedded::Transaction;

type Id = Vec<u8>;

/// All sessions of the server.
pub struct Sessions {
    all: Mutex<HashMap<Id, Arc<tokio::sync::Mutex<Session>>>>,
    /// How long a transaction may stay open.
    lifetime: Duration,
}

#[derive(Default)]
pub struct Session {
    number: i64,
    pub state: State,
    /// The reply to the write with this number.
    pub answered: Option<RawDocumentBuf>,
}

#[derive(Default)]
pub enum State {
    #[default]
    Idle,
    Open(Box<Open>),
    Committed,
    Aborted,
}

/// A transaction that is going on.
pub struct Open {
    pub transaction: Transaction,
    pub engine: Arc<Engine>,
    changes: Vec<(Arc<Database>, Change)>,
    since: Instant,
    _turn: Turn,
}

/// How a command belongs to its session.
pub struct Belongs {
    pub session: Id,
    pub number: i64,
    /// Part of a transaction, rather than a write that may be sent again.
    pub in_transaction: bool,
    pub starts: bool,
}

impl Belongs {
    /// `None` for a command that is neither part of a transaction nor a retryable write.
    pub fn of(command: &RawDocument) -> Option<Self> {
        let session = command.get_document("lsid").ok()?.get_binary("id").ok()?.bytes.to_vec();
        Some(Self {
            session,
            number: command.get_i64("txnNumber").ok()?,
            in_transaction: command.get_bool("autocommit").is_ok_and(|auto| !auto),
            starts: command.get_bool("startTransaction").unwrap_or(false),
        })
    }
}

impl Sessions {
    pub fn new(lifetime: Duration) -> Self {
        Self { all: Mutex::default(), lifetime }
    }

    /// The session of a command, for as long as the command runs; one that comes again waits here.
    pub async fn hold(&self, belongs: &Belongs) -> Result<tokio::sync::OwnedMutexGuard<Session>, Refusal> {
        let session = self.all.lock().unwrap().entry(belongs.session.clone()).or_default().clone();
        let mut held = session.lock_owned().await;
        if belongs.number < held.number {
            return Err(Refusal::new(225, "a later transaction of this session has begun"));
        }
        if belongs.number > held.number {
            // What was open is given up with it.
            *held = Session { number: belongs.number, ..Session::default() };
        }
        Ok(held)
    }

    /// Gives up transactions that are open for too long, and those of sessions that end.
    pub fn tidy(&self) {
        for session in self.all.lock().unwrap().values() {
            let Ok(mut session) = session.try_lock() else { continue };
            if matches!(&session.state, State::Open(open) if open.since.elapsed() > self.lifetime) {
                session.state = State::Aborted;
            }
        }
    }

    pub fn end(&self, ids: &[Id]) {
        let mut all = self.all.lock().unwrap();
        for id in ids {
            all.remove(id);
        }
    }

    /// After another primary was chosen, open transactions are gone; what was answered is remembered.
    pub fn give_up_open(&self) {
        for session in self.all.lock().unwrap().values() {
            let Ok(mut session) = session.try_lock() else { continue };
            if matches!(session.state, State::Open(_)) {
                session.state = State::Aborted;
            }
        }
    }

    pub fn count(&self) -> usize {
        self.all.lock().unwrap().len()
    }
}

impl Session {
    pub async fn start(&mut self, engine: Arc<Engine>) -> Result<(), Refusal> {
        let turn = engine.turn().await.map_err(|refusal| refusal.labelled(TRANSIENT))?;
        let transaction = engine.begin().await?;
        self.state =
            State::Open(Box::new(Open { transaction, engine, changes: vec![], since: Instant::now(), _turn: turn }));
        Ok(())
    }

    pub fn open(&mut self) -> Result<&mut Open, Refusal> {
        match &mut self.state {
            State::Open(open) => Ok(open),
            State::Committed => Err(Refusal::new(256, "the transaction has been committed")),
            _ => Err(Refusal::new(251, "no such transaction").labelled(TRANSIENT)),
        }
    }

    /// Makes the transaction durable; to do so twice is to do so once.
    pub async fn commit(&mut self, changes: &Changes) -> Result<(), Refusal> {
        if matches!(self.state, State::Committed) {
            return Ok(());
        }
        self.open()?;
        let State::Open(open) = std::mem::replace(&mut self.state, State::Aborted) else { return Ok(()) };
        open.transaction.commit().await?;
        self.state = State::Committed;
        for (database, change) in open.changes {
            let one = vec![change];
            database.appeared(&one);
            changes.note(&database.name, one);
        }
        Ok(())
    }

    pub fn abort(&mut self) -> Result<(), Refusal> {
        self.open()?;
        self.state = State::Aborted;
        Ok(())
    }
}

impl Open {
    pub async fn run(&mut self, database: &Arc<Database>, command: RawDocumentBuf) -> Result<RawDocumentBuf, Refusal> {
        if !Arc::ptr_eq(&database.engine, &self.engine) {
            return Err(Refusal::new(20, "a transaction is about one database and its keys here"));
        }
        let place = Place::Inside(&self.transaction);
        let foreseen = super::changes::foresee(&command, &place).await?;
        let reply = place.run(command).await?;
        let happened = super::changes::happened(foreseen, &reply);
        self.changes.extend(happened.into_iter().map(|change| (database.clone(), change)));
        Ok(reply)
    }
}
