//! A MongoDB replica set or Atlas cluster, over the official driver: the same commands as every store takes, brought into
//! the form a server understands.
//!
//! Must never: connect without TLS, log or quote what a server says (its messages hold values), or write twice what may
//! have been written. Commands go through one of three ways: [`read`](send), [`transaction`], [`collections`].
//! Patients' keys and what says which of them are destroyed lie in a database of their own, [`KEYS_DATABASE`].

mod abilities;
mod address;
mod bulk;
mod changes;
mod collections;
mod command;
mod failure;
pub mod observers;
mod reply;
mod roles;
mod send;
mod transaction;

use super::{Changes, Progress, Store, StoreError, StoreKind};
use async_trait::async_trait;
use bson::RawDocumentBuf;
use mongodb::Client;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::runtime::{Builder, Runtime};

pub use abilities::{Abilities, Note, OLDEST, Support};
pub use address::{Address, Unfit};
pub use roles::{AUDIT_DATABASE, Privilege, Role, excess, roles};

/// The database of the patients' keys, so that a backup of the records can leave it out.
pub const KEYS_DATABASE: &str = "wardseal_keys";

/// A store on a replica set or cluster.
pub struct Atlas {
    // Its own runtime: what is being sent goes on while the core's thread seals the next.
    runtime: Own,
    server: Server,
    abilities: Abilities,
}

/// How long the store waits for a server.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// Until a server that can take commands is found.
    pub select: Duration,
    /// Until a question is answered.
    pub read: Duration,
    /// Until a write is answered.
    pub write: Duration,
    /// Until a commit is answered, each time it is asked for.
    pub commit: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        let seconds = Duration::from_secs;
        Self { select: seconds(8), read: seconds(10), write: seconds(45), commit: seconds(15) }
    }
}

/// What every task needs; cloning shares the connections.
#[derive(Clone)]
struct Server {
    client: Client,
    patience: Patience,
    /// Whether it takes writes to several collections in one command; not any more once it has refused one.
    bulk: Arc<AtomicBool>,
}

impl Atlas {
    /// Connects, and makes what the store needs: collections, indexes, validators. Everything is there already or made
    /// now; doing it twice changes nothing.
    ///
    /// # Errors
    /// [`StoreError::Unfit`] for an address or server that isn't acceptable, [`StoreError::Unreachable`],
    /// [`StoreError::SignIn`].
    pub async fn open(address: &Address) -> Result<Self, StoreError> {
        Self::open_with(address, Patience::default()).await
    }

    /// As [`Atlas::open`], with a patience of its own.
    ///
    /// # Errors
    /// As [`Atlas::open`].
    pub async fn open_with(address: &Address, patience: Patience) -> Result<Self, StoreError> {
        let runtime = Builder::new_multi_thread().worker_threads(1).thread_name("atlas").enable_all().build();
        let runtime = runtime.map_err(|error| StoreError::CantOpen(error.kind().to_string()))?;
        let address = address.clone();
        let runtime = Own(Some(runtime));
        let connected = runtime.handle()?.spawn(async move { Server::connect(&address, patience).await });
        let connected = connected.await.unwrap_or_else(|_| Err(stopped()));
        connected.map(|(server, abilities)| Self { runtime, server, abilities })
    }

    async fn on_runtime<T: Send + 'static>(
        &self,
        work: impl Future<Output = Result<T, StoreError>> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.runtime.handle()?.spawn(work).await.unwrap_or_else(|_| Err(stopped()))
    }
}

impl Server {
    async fn connect(address: &Address, patience: Patience) -> Result<(Self, Abilities), StoreError> {
        let options = address.options(&patience).await?;
        let client = Client::with_options(options).map_err(|error| failure::opening(&error))?;
        let server = Self { client, patience, bulk: Arc::default() };
        let abilities = server.abilities().await?;
        server.bulk.store(abilities.version >= bulk::SINCE, Ordering::Relaxed);
        if !address.is_test() {
            server.refuse_broader().await?;
        }
        server.prepare().await?;
        Ok((server, abilities))
    }
}

/// A runtime that ends without being waited for: dropped in an async context, it would panic.
struct Own(Option<Runtime>);

impl Own {
    fn handle(&self) -> Result<&tokio::runtime::Handle, StoreError> {
        self.0.as_ref().map(Runtime::handle).ok_or_else(stopped)
    }
}

impl Drop for Own {
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}

#[async_trait]
impl Store for Atlas {
    async fn run(&self, command: RawDocumentBuf) -> Result<RawDocumentBuf, StoreError> {
        let server = self.server.clone();
        self.on_runtime(async move { server.run(command).await }).await
    }

    async fn run_all(&self, commands: Vec<RawDocumentBuf>) -> Result<Vec<RawDocumentBuf>, StoreError> {
        let server = self.server.clone();
        self.on_runtime(async move { server.run_all(commands).await }).await
    }

    async fn scrub(&self) -> Result<(), StoreError> {
        Ok(())
    }

    fn progress(&self) -> Option<Arc<Progress>> {
        None
    }

    async fn changes(&self) -> Result<Changes, StoreError> {
        self.watch().await
    }

    fn abilities(&self) -> Option<&Abilities> {
        Some(&self.abilities)
    }

    fn kind(&self) -> StoreKind {
        StoreKind::Atlas
    }
}

fn stopped() -> StoreError {
    StoreError::Database("the store has stopped".into())
}
