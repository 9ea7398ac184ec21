//! What stands between this machine and the servers of its site, each fault by name and with one line to hand on.
//!
//! Changes nothing, needs nobody signed in, and listens on no port. To add a fault: a variant of [`Fault`] with its
//! sentence and its line, the look that finds it, and a test that brings it about for real.

mod connection;
mod dns;
mod fault;
mod machine;

use crate::clock::Timestamp;
use crate::crypt::kms::Surroundings;
use crate::net::{Limits, Tls};
use std::net::SocketAddr;
use std::path::PathBuf;

pub use fault::{Fault, Finding};

/// What is looked at, and from where.
pub struct Doctor {
    /// Servers that have to be reached, `host:port`; with `https://` in front, their clocks are compared too.
    pub servers: Vec<String>,
    /// Names that servers are found under by DNS SRV.
    pub clusters: Vec<String>,
    /// Who is expected to sign certificates; nobody named: anybody who is trusted and isn't known to inspect.
    pub expected_signers: Vec<String>,
    /// Whom this machine trusts, and as whom it speaks.
    pub tls: Tls,
    /// How long is waited.
    pub limits: Limits,
    /// The server to ask for names; the system's without.
    pub dns: Option<SocketAddr>,
    /// The process's variables.
    pub surroundings: Surroundings,
    /// The workstation's folder.
    pub home: PathBuf,
    /// Where the system's files begin.
    pub system: PathBuf,
    /// Now, by this machine.
    pub now: Timestamp,
}

impl Doctor {
    /// Looks at everything, in the order in which one thing needs the other.
    pub async fn examine(&self) -> Vec<Finding> {
        let mut findings = self.machine();
        let mut servers = self.servers.clone();
        for cluster in &self.clusters {
            let (finding, found) = self.service_records(cluster).await;
            findings.push(finding);
            servers.extend(found);
        }
        for server in &servers {
            findings.extend(self.server(server).await);
        }
        findings
    }
}
