//! What all connections of a server share.

use super::changes::Changes;
use super::cursors::Cursors;
use super::database::{Database, Engine};
use super::faults::Faults;
use super::heard::Heard;
use super::refusal::Refusal;
use super::sessions::Sessions;
use super::users::Users;
use bson::oid::ObjectId;
use bson::{DateTime, Document, doc};
use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::watch;

/// The server's opinion of itself; a driver hears of every change.
#[derive(Clone, Copy)]
pub struct Topology {
    pub counter: i64,
    pub primary: bool,
    term: u64,
}

pub struct State {
    folder: PathBuf,
    pub address: String,
    version: String,
    databases: Mutex<BTreeMap<String, Arc<Database>>>,
    pub sessions: Sessions,
    pub cursors: Cursors,
    pub changes: Changes,
    pub faults: Faults,
    pub users: Users,
    pub heard: Heard,
    pub topology: watch::Sender<Topology>,
    process: ObjectId,
    told: Mutex<HashMap<String, Document>>,
    log: Mutex<File>,
    retried: AtomicU64,
}

impl State {
    pub fn new(folder: &Path, address: String, version: String, users: Users, lifetime: Duration) -> Self {
        let log = File::options().append(true).create(true).open(folder.join("server.log")).unwrap();
        Self {
            folder: folder.to_owned(),
            address,
            version,
            databases: Mutex::default(),
            sessions: Sessions::new(lifetime),
            cursors: Cursors::default(),
            changes: Changes::default(),
            faults: Faults::default(),
            users,
            heard: Heard::default(),
            topology: watch::Sender::new(Topology { counter: 1, primary: true, term: 1 }),
            process: ObjectId::from_bytes(*b"wire-process"),
            told: Mutex::default(),
            log: Mutex::new(log),
            retried: AtomicU64::new(0),
        }
    }

    pub fn database(&self, name: &str) -> Result<Arc<Database>, Refusal> {
        let mut all = self.databases.lock().unwrap();
        if let Some(known) = all.get(name) {
            return Ok(known.clone());
        }
        let fits =
            !name.is_empty() && name.chars().all(|letter| letter.is_ascii_alphanumeric() || "_-".contains(letter));
        if !fits {
            return Err(Refusal::new(73, "a database can't have this name"));
        }
        let shares = |one: &&Arc<Database>| Engine::called(&one.name) == Engine::called(name);
        let engine = match all.values().find(shares) {
            Some(other) => other.engine.clone(),
            None => Arc::new(Engine::open(&self.folder, name)?),
        };
        let opened = Arc::new(Database::open(&self.folder, name, engine));
        all.insert(name.to_owned(), opened.clone());
        Ok(opened)
    }

    pub fn databases(&self) -> Vec<String> {
        self.databases.lock().unwrap().keys().cloned().collect()
    }

    /// Refuses while another server is the primary.
    pub fn primary(&self) -> Result<(), Refusal> {
        if self.topology.borrow().primary { Ok(()) } else { Err(self.not_primary()) }
    }

    pub fn not_primary(&self) -> Refusal {
        let mut refusal = Refusal::new(10107, "not primary").of_retryable_write();
        refusal.more = doc! { "topologyVersion": self.topology_version() };
        refusal
    }

    /// Stops being the primary, for a while.
    pub fn step_down(self: &Arc<Self>, time: Duration) {
        self.sessions.give_up_open();
        self.topology.send_modify(|topology| {
            topology.primary = false;
            topology.counter += 1;
        });
        let state = self.clone();
        tokio::spawn(async move {
            tokio::time::sleep(time).await;
            state.topology.send_modify(|topology| {
                topology.primary = true;
                topology.counter += 1;
                topology.term += 1;
            });
        });
    }

    fn topology_version(&self) -> Document {
        doc! { "processId": self.process, "counter": self.topology.borrow().counter }
    }

    pub fn hello(&self, connection: i32) -> Document {
        let topology = *self.topology.borrow();
        let mut election = [0; 12];
        election[4..].copy_from_slice(&topology.term.to_be_bytes());
        let mut hello = doc! {
            "helloOk": true, "topologyVersion": self.topology_version(), "hosts": [&self.address],
            "setName": super::SET, "setVersion": 1, "isWritablePrimary": topology.primary, "ismaster": topology.primary,
            "secondary": !topology.primary, "me": &self.address,
            "lastWrite": { "lastWriteDate": DateTime::from_millis(1_790_000_000_000) },
            "maxBsonObjectSize": 16_777_216, "maxMessageSizeBytes": super::message::LONGEST, "maxWriteBatchSize": 100_000,
            "localTime": DateTime::from_millis(1_790_000_000_000), "logicalSessionTimeoutMinutes": 30,
            "connectionId": connection, "minWireVersion": 0, "maxWireVersion": super::WIRE_VERSION, "readOnly": false,
            "ok": 1.0,
        };
        if topology.primary {
            hello.insert("primary", &self.address);
            hello.insert("electionId", ObjectId::from_bytes(election));
        }
        hello
    }

    pub fn build_info(&self) -> Document {
        let parts: Vec<i32> = self.version.split('.').filter_map(|part| part.parse().ok()).chain([0]).collect();
        doc! {
            "version": &self.version, "versionArray": parts, "gitVersion": "wire", "modules": [], "bits": 64,
            "maxBsonObjectSize": 16_777_216, "ok": 1.0,
        }
    }

    /// Makes the server answer a command so from now on.
    pub fn tell_to_answer(&self, name: &str, reply: Document) {
        self.told.lock().unwrap().insert(name.to_owned(), reply);
    }

    pub fn told_to_answer(&self, name: &str) -> Option<Document> {
        self.told.lock().unwrap().get(name).cloned()
    }

    /// A line in the log: which command about which collection, how long the answer was.
    pub fn log(&self, connection: i32, name: &str, collection: &str, failed: bool, bytes: usize) {
        let outcome = if failed { "failed" } else { "ok" };
        drop(writeln!(self.log.lock().unwrap(), "conn{connection} {name} {collection} {outcome} {bytes}"));
    }

    pub fn note_retry(&self) {
        self.retried.fetch_add(1, Ordering::Relaxed);
    }

    /// How many writes came a second time and weren't done twice.
    pub fn retried(&self) -> u64 {
        self.retried.load(Ordering::Relaxed)
    }
}
