//! A server of our own that speaks MongoDB's wire protocol over TCP or TLS and answers with the embedded engine, so that
//! whatever the product sends over a socket can be tried, counted, cut off and looked at.
//!
//! It is a replica set of one. What it keeps lies in files of its folder. Used by the tests and by the benchmark.
#![allow(dead_code, reason = "the tests and the benchmark each need a part of it")]
#![allow(clippy::result_large_err, reason = "a refusal carries the answer that is sent")]

pub mod admin;
pub mod answer;
pub mod changes;
pub mod connection;
pub mod cursors;
pub mod database;
pub mod faults;
pub mod heard;
pub mod message;
pub mod proxy;
pub mod refusal;
pub mod scram;
pub mod sessions;
pub mod state;
pub mod tls;
pub mod users;

use connection::Peer;
use state::State;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI32, Ordering};
use std::time::Duration;
use tempfile::TempDir;
use tls::Tls;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use users::{User, Users};

/// The replica set's name.
pub const SET: &str = "wire";
/// The newest wire version the server speaks.
pub const WIRE_VERSION: i32 = 27;

/// How a server is to be.
pub struct Options {
    pub version: String,
    pub tls: Option<Tls>,
    pub users: Vec<User>,
    /// How long a transaction may stay open.
    pub lifetime: Duration,
    /// Where it keeps its files; a temporary folder when absent.
    pub folder: Option<PathBuf>,
}

impl Default for Options {
    fn default() -> Self {
        Self { version: "9.0.0".to_owned(), tls: None, users: vec![], lifetime: Duration::from_secs(60), folder: None }
    }
}

/// A running server; it ends when dropped.
pub struct Server {
    pub state: Arc<State>,
    pub address: SocketAddr,
    folder: PathBuf,
    authority: Option<PathBuf>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<std::thread::JoinHandle<()>>,
    _temporary: Option<TempDir>,
}

impl Server {
    /// A server that anybody may use, without TLS.
    pub fn open() -> Self {
        Self::start(Options::default())
    }

    /// Starts on a free port of this machine, on threads of its own.
    pub fn start(options: Options) -> Self {
        let temporary = options.folder.is_none().then(|| tempfile::tempdir().unwrap());
        let folder = options.folder.unwrap_or_else(|| temporary.as_ref().unwrap().path().to_owned());
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let address = listener.local_addr().unwrap();
        let named = format!("localhost:{}", address.port());
        let users = Users::of(options.users);
        let state = Arc::new(State::new(&folder, named, options.version, users, options.lifetime));
        let (stop, stopped) = oneshot::channel();
        let (tls, shared) = (options.tls, state.clone());
        let authority = tls.as_ref().map(|tls| tls.authority.clone());
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
            runtime.block_on(async {
                let listener = TcpListener::from_std(listener).unwrap();
                tokio::select! { () = listen(listener, tls, shared) => {}, _ = stopped => {} }
            });
            runtime.shutdown_timeout(Duration::from_secs(1));
        });
        Self { state, address, folder, authority, stop: Some(stop), thread: Some(thread), _temporary: temporary }
    }

    /// A connection string for this server.
    pub fn uri(&self) -> String {
        self.uri_of("", "")
    }

    /// The same for somebody (`name:password@`) with further options (`&authMechanism=…`).
    pub fn uri_of(&self, who: &str, options: &str) -> String {
        self.uri_at(&self.state.address, who, options)
    }

    /// The same through somebody in between.
    pub fn uri_at(&self, address: &str, who: &str, options: &str) -> String {
        let tls = match &self.authority {
            Some(file) => format!("&tls=true&tlsCAFile={}", file.display().to_string().replace('/', "%2F")),
            None => String::new(),
        };
        format!("mongodb://{who}{address}/?replicaSet={SET}{tls}{options}")
    }

    /// Where the data and the log lie.
    pub fn folder(&self) -> &Path {
        &self.folder
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
    }
}

async fn listen(listener: TcpListener, tls: Option<Tls>, state: Arc<State>) {
    let connections = AtomicI32::new(0);
    let tidying = state.clone();
    tokio::spawn(async move {
        loop {
            tokio::time::sleep(Duration::from_millis(100)).await;
            tidying.sessions.tidy();
        }
    });
    while let Ok((stream, _)) = listener.accept().await {
        drop(stream.set_nodelay(true));
        let id = connections.fetch_add(1, Ordering::Relaxed) + 1;
        tokio::spawn(greet(stream, tls.clone(), state.clone(), id));
    }
}

async fn greet(stream: TcpStream, tls: Option<Tls>, state: Arc<State>, id: i32) {
    // A client that goes in the middle is none of the server's business.
    match tls {
        None => drop(connection::serve(state, stream, Peer::new(id, None)).await),
        Some(tls) => {
            if let Ok((stream, subject)) = tls.accept(stream).await {
                drop(connection::serve(state, stream, Peer::new(id, subject)).await);
            }
        }
    }
}
