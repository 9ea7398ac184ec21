//! A server for the store over the driver: SecantusDB from the peers' virtual environment, with TLS and SCRAM, or the
//! one that `WARDSEAL_TEST_URI` names. All tests of a run share one; each has it to itself and finds it empty.

use mongodb::Client;
use mongodb::bson::{Document, doc};
use mongodb::options::{ClientOptions, Tls, TlsOptions};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::LazyLock;
use std::time::Duration;
use tempfile::TempDir;
use tokio::sync::{Mutex, MutexGuard};
use wardseal::store::atlas::{Address, Atlas, KEYS_DATABASE, Patience, roles};
use wardseal::store::{DATABASE, StoreError};
use zeroize::Zeroizing;

/// Long enough for a busy machine, short enough for a test that waits for it.
pub const PATIENCE: Patience = Patience {
    select: Duration::from_secs(20),
    read: Duration::from_secs(30),
    write: Duration::from_secs(40),
    commit: Duration::from_secs(20),
};

const ADMIN: (&str, &str) = ("admin", "a long administrator's password");
/// An account that may do more than a workstation needs.
pub const BROAD: (&str, &str) = ("broad", "a long password of somebody else");
const PEOPLE: (&str, &str) = ("workstation", "a long workstation's password");

/// A running server.
pub struct Peer {
    uri: String,
    admin: String,
    ca: Option<PathBuf>,
    _folder: TempDir,
    _server: Option<Child>,
}

/// The peer while one test has it.
pub struct Turn(MutexGuard<'static, Option<Peer>>);

static PEER: LazyLock<Mutex<Option<Peer>>> = LazyLock::new(|| Mutex::new(None));

/// The peer, emptied; `None`, said aloud, where there is none.
pub async fn turn() -> Option<Turn> {
    if !is_there() {
        return None;
    }
    let mut peer = PEER.lock().await;
    if peer.is_none() {
        *peer = Peer::start().await;
    }
    peer.as_ref()?.empty().await;
    Some(Turn(peer))
}

impl std::ops::Deref for Turn {
    type Target = Peer;

    fn deref(&self) -> &Peer {
        self.0.as_ref().unwrap()
    }
}

impl Peer {
    async fn start() -> Option<Self> {
        if let Ok(uri) = std::env::var("WARDSEAL_TEST_URI") {
            let folder = tempfile::tempdir().unwrap();
            return Some(Self { admin: uri.clone(), uri, ca: None, _folder: folder, _server: None });
        }
        let Some(program) = program() else {
            eprintln!(
                "SKIPPED: there are no Python peers (./task setup makes them), so no server to test the driver on."
            );
            return None;
        };
        let folder = tempfile::tempdir().unwrap();
        certificates(folder.path());
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let first = run(&program, folder.path(), port, &[]);
        let plain = format!("mongodb://127.0.0.1:{port}/");
        people(&plain).await;
        stop(first);
        let [ca, certificate, key] = ["ca.pem", "server.pem", "server.key"].map(|name| folder.path().join(name));
        let tls = ["--tls-cert-file", certificate.to_str().unwrap(), "--tls-key-file", key.to_str().unwrap()];
        let server = run(&program, folder.path(), port, &[&["--auth", "--enable-test-commands"], &tls[..]].concat());
        let uri = |(name, password): (&str, &str)| {
            let password = password.replace(' ', "%20").replace('\'', "%27");
            format!("mongodb://{name}:{password}@localhost:{port}/?tls=true&authSource=admin&directConnection=true")
        };
        Some(Self { uri: uri(PEOPLE), admin: uri(ADMIN), ca: Some(ca), _folder: folder, _server: Some(server) })
    }

    /// The connection string of a workstation.
    pub fn uri(&self) -> &str {
        &self.uri
    }

    /// The authority that signed the server's certificate.
    pub fn ca(&self) -> Option<&Path> {
        self.ca.as_deref()
    }

    /// Where the store finds it.
    pub fn address(&self) -> Address {
        self.address_of(&self.uri)
    }

    pub fn address_of(&self, uri: &str) -> Address {
        let address = Address::new(Zeroizing::new(uri.to_owned()));
        match &self.ca {
            Some(ca) => address.with_ca(ca),
            None => address,
        }
    }

    /// A store on it.
    pub async fn store(&self) -> Result<Atlas, StoreError> {
        Atlas::open_with(&self.address(), PATIENCE).await
    }

    /// Its administrator's client, which the product never has.
    pub async fn admin(&self) -> Client {
        let mut options = ClientOptions::parse(&self.admin).await.unwrap();
        if let (Some(ca), Some(Tls::Enabled(_))) = (&self.ca, &options.tls) {
            options.tls = Some(Tls::Enabled(TlsOptions::builder().ca_file_path(ca.clone()).build()));
        }
        Client::with_options(options).unwrap()
    }

    async fn empty(&self) {
        let admin = self.admin().await;
        for database in [DATABASE, KEYS_DATABASE] {
            admin.database(database).drop().await.unwrap();
        }
    }
}

/// Whether there is a server to be had.
pub fn is_there() -> bool {
    let there = std::env::var_os("WARDSEAL_TEST_URI").is_some() || program().is_some();
    if !there {
        eprintln!("SKIPPED: there are no Python peers (./task setup makes them), so no server to test the driver on.");
    }
    there
}

fn program() -> Option<PathBuf> {
    let home = PathBuf::from(std::env::var_os("HOME")?);
    let peers = std::env::var_os("WARDSEAL_PEERS").map_or_else(|| home.join(".cache/wardseal/peers"), PathBuf::from);
    let program = peers.join("bin/secantusd-py");
    program.exists().then_some(program)
}

/// Starts the server; it ends with this process, however that ends, because its watcher's input does.
fn run(program: &Path, folder: &Path, port: u16, more: &[&str]) -> Child {
    let watched = r#""$@" >"$LOG" 2>&1 & server=$!; echo "$server"; cat >/dev/null; kill "$server"; wait "$server""#;
    let mut child = Command::new("bash")
        .args(["-c", watched, "watch"])
        .arg(program)
        .args(["--host", "127.0.0.1", "--cache-size", "128M", "--port", &port.to_string(), "--storage-path"])
        .arg(folder.join("data"))
        .args(more)
        .env("LOG", folder.join("server.log"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut started = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut started).unwrap();
    child
}

fn stop(mut server: Child) {
    drop(server.stdin.take());
    server.wait().unwrap();
}

async fn people(plain: &str) {
    let client = Client::with_uri_str(plain).await.unwrap();
    let admin = client.database("admin");
    let user = |(name, password): (&str, &str), roles: &[&str]| {
        let roles: Vec<Document> = roles.iter().map(|role| doc! {"role": *role, "db": "admin"}).collect();
        doc! {"createUser": name, "pwd": password, "roles": roles}
    };
    admin.run_command(user(ADMIN, &["root"])).await.unwrap();
    for role in roles() {
        admin.run_command(role.command()).await.unwrap();
    }
    admin.run_command(user(PEOPLE, &["wardsealApplication", "wardsealKeyVault", "wardsealSetup"])).await.unwrap();
    admin.run_command(user(BROAD, &["readWriteAnyDatabase"])).await.unwrap();
    client.shutdown().await;
}

/// An authority, and a certificate of it for this machine.
fn certificates(folder: &Path) {
    let mut authority = CertificateParams::new(vec![]).unwrap();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(authority, KeyPair::generate().unwrap()).unwrap();
    let key = KeyPair::generate().unwrap();
    let server = CertificateParams::new(vec!["localhost".to_owned(), "127.0.0.1".to_owned()]).unwrap();
    let server = server.signed_by(&key, &authority).unwrap();
    std::fs::write(folder.join("ca.pem"), authority.pem()).unwrap();
    std::fs::write(folder.join("server.pem"), server.pem()).unwrap();
    std::fs::write(folder.join("server.key"), key.serialize_pem()).unwrap();
}
