//! The real peers: PyKMIP and moto, started from the tests' virtual environment on a free port.

use super::authority::Authority;
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// A program of the virtual environment; `None` (said aloud) where there is none.
pub fn program(name: &str) -> Option<PathBuf> {
    let home = std::env::var_os("HOME").map(PathBuf::from).unwrap_or_default();
    let path = home.join(".cache/wardseal/peers/bin").join(name);
    if !path.exists() {
        println!("SKIPPED: {name} isn't there, so no real peer is asked; ./task test makes its virtual environment");
        return None;
    }
    Some(path)
}

pub struct Peer {
    process: Child,
    pub port: u16,
}

impl Peer {
    fn start(mut command: Command, port: u16) -> Self {
        let process = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let peer = Self { process, port };
        for _ in 0..600 {
            if TcpStream::connect(("127.0.0.1", port)).is_ok() {
                return peer;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        panic!("the peer never listened");
    }

    pub fn stop(&mut self) {
        drop((self.process.kill(), self.process.wait()));
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        self.stop();
    }
}

pub fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// PyKMIP over mutual TLS; its database outlives a stop.
pub struct Kmip {
    pub authority: Authority,
    pub peer: Peer,
    python: PathBuf,
}

impl Kmip {
    pub fn start() -> Option<Self> {
        let (server, python) = (program("pykmip-server")?, program("python")?);
        let authority = Authority::named("Ward KMIP CA");
        let (pair, client, port) = (authority.server(90), authority.client(), free_port());
        let file = |name: &str, text: &str| authority.write(name, text).display().to_string();
        file("identity.pem", &client.pem());
        let settings = format!(
            "[server]\nhostname=127.0.0.1\nport={port}\ncertificate_path={}\nkey_path={}\nca_path={}\nauth_suite=TLS1.2\n\
             policy_path={}\nenable_tls_client_auth=True\ndatabase_path={}\n",
            file("server.pem", &pair.certificate),
            file("server.key", &pair.key),
            file("ca.pem", &authority.pem),
            authority.folder().display(),
            authority.folder().join("kmip.db").display(),
        );
        file("server.conf", &settings);
        file("client.pem", &client.certificate);
        file("client.key", &client.key);
        let peer = Peer::start(Self::command(&server, &authority), port);
        Some(Self { authority, peer, python })
    }

    fn command(server: &PathBuf, authority: &Authority) -> Command {
        let mut command = Command::new(server);
        command.arg("-f").arg(authority.folder().join("server.conf"));
        command.arg("-l").arg(authority.folder().join("kmip.log"));
        command
    }

    /// Up again, with the same keys.
    pub fn again(&mut self) {
        self.peer = Peer::start(Self::command(&program("pykmip-server").unwrap(), &self.authority), self.peer.port);
    }

    pub fn address(&self) -> String {
        format!("127.0.0.1:{}", self.peer.port)
    }

    /// Runs Python with a client `c` of the server.
    pub fn as_operator(&self, script: &str) -> String {
        let at = |name: &str| self.authority.folder().join(name).display().to_string();
        let opening = format!(
            "from kmip.pie.client import ProxyKmipClient\nfrom kmip import enums\n\
             c = ProxyKmipClient(hostname='127.0.0.1', port={}, cert='{}', key='{}', ca='{}', ssl_version='PROTOCOL_TLSv1_2')\n\
             c.open()\n{script}\nc.close()\n",
            self.peer.port,
            at("client.pem"),
            at("client.key"),
            at("ca.pem")
        );
        let ran = Command::new(&self.python).args(["-c", &opening]).output().unwrap();
        assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
        String::from_utf8_lossy(&ran.stdout).into_owned()
    }
}

/// moto's KMS over TLS.
pub struct Moto {
    pub authority: Authority,
    pub peer: Peer,
    python: PathBuf,
}

impl Moto {
    pub fn start() -> Option<Self> {
        let (server, python) = (program("moto_server")?, program("python")?);
        let authority = Authority::named("Ward cloud CA");
        let (pair, port) = (authority.server(90), free_port());
        let mut command = Command::new(server);
        command.args(["-H", "127.0.0.1", "-p", &port.to_string(), "-s"]);
        command.arg("-c").arg(authority.write("server.pem", &pair.certificate));
        command.arg("-k").arg(authority.write("server.key", &pair.key));
        authority.file();
        Some(Self { peer: Peer::start(command, port), authority, python })
    }

    /// Runs Python with a KMS client `k`.
    pub fn as_operator(&self, script: &str) -> String {
        let opening = format!(
            "import boto3\nk = boto3.client('kms', region_name='us-east-1', endpoint_url='https://127.0.0.1:{}', \
             verify='{}', aws_access_key_id='operator', aws_secret_access_key='operator')\n{script}\n",
            self.peer.port,
            self.authority.file().display()
        );
        let ran = Command::new(&self.python).args(["-c", &opening]).output().unwrap();
        assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
        String::from_utf8_lossy(&ran.stdout).trim().to_owned()
    }

    /// The ARN of a new key.
    pub fn create_key(&self) -> String {
        self.as_operator("print(k.create_key()['KeyMetadata']['Arn'])")
    }

    pub fn named(&self, arn: &str) -> String {
        format!("aws:{arn}@127.0.0.1:{}", self.peer.port)
    }
}
