//! Every fault the doctor knows, its sentence, and the line for whoever can mend it.

use crate::net::{NetError, Validity, ending};
use thiserror::Error;

/// What was looked at and what came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What was looked at.
    pub about: String,
    /// What is wrong; nothing: it is fine.
    pub fault: Option<Fault>,
    /// What was seen, where it is fine.
    pub seen: String,
}

/// What may be wrong.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum Fault {
    /// The name server says there is none.
    #[error("DNS knows no service record _mongodb._tcp.{0}")]
    NoServiceRecord(String),
    /// The name server doesn't answer.
    #[error("the name server doesn't answer")]
    DnsSilent,
    /// A record leads to another domain than the name's own.
    #[error(
        "the service record of {name} leads to {target}, which is another domain: somebody answers for it who shouldn't"
    )]
    ForeignServiceRecord {
        /// The name.
        name: String,
        /// Where it leads.
        target: String,
    },
    /// No connection.
    #[error("{0}")]
    Net(NetError),
    /// No connection, and a proxy is set for this machine.
    #[error("{error}; this machine is set to use the proxy {proxy}, and Wardseal connects directly")]
    Proxy {
        /// What happened without it.
        error: NetError,
        /// The proxy.
        proxy: String,
    },
    /// Somebody else than the server's authority signed its certificate.
    #[error("TLS is inspected on the way to {server}: its certificate is signed by \"{signer}\"")]
    Inspection {
        /// The server.
        server: String,
        /// Who signed.
        signer: String,
    },
    /// A certificate comes to its end.
    #[error("the certificate of {whose} {}", ending(*.validity).unwrap_or_default())]
    Certificate {
        /// Whose.
        whose: String,
        /// For how long.
        validity: Validity,
    },
    /// This machine's clock.
    #[error("this machine's clock is {seconds} seconds {} by that of {server}", if *.ahead { "ahead" } else { "behind" })]
    Clock {
        /// Compared with.
        server: String,
        /// By how much.
        seconds: i64,
        /// Which way.
        ahead: bool,
    },
    /// Little room.
    #[error("only {0} MB are free on the disk of the workstation's folder")]
    Disk(u64),
    /// No web view.
    #[error("the web view (libwebkit2gtk-4.1) isn't installed: the window can't open")]
    NoWebView,
    /// A scanner that opens files on access.
    #[error("{0} scans files when they are opened: saving gets slow, and the store may seem to be in use")]
    Scanner(String),
    /// The keychain.
    #[error("{0}")]
    Keychain(String),
    /// The policy file.
    #[error("{0}")]
    Policy(String),
    /// What the store's own look at its server found.
    #[error("{told}")]
    Server {
        /// In a sentence.
        told: String,
        /// The line to hand on.
        hand_on: String,
    },
}

impl Finding {
    /// All is well.
    pub fn fine(about: impl Into<String>, seen: impl Into<String>) -> Self {
        Self { about: about.into(), fault: None, seen: seen.into() }
    }

    /// Something is wrong.
    pub fn wrong(about: impl Into<String>, fault: Fault) -> Self {
        Self { about: about.into(), fault: Some(fault), seen: String::new() }
    }
}

impl Fault {
    /// The line to hand to whoever can mend it.
    #[must_use]
    pub fn hand_on(&self) -> String {
        match self {
            Fault::NoServiceRecord(name) => {
                format!("DNS: answer SRV and TXT queries for _mongodb._tcp.{name} on this network.")
            }
            Fault::DnsSilent => "Firewall: allow this workstation UDP and TCP port 53 to its name server.".to_owned(),
            Fault::ForeignServiceRecord { name, .. } => {
                format!("DNS: stop rewriting _mongodb._tcp.{name}; hand out the answer of its own name servers.")
            }
            Fault::Net(error) => of_net(error),
            Fault::Proxy { error, .. } => format!("{} No HTTP proxy can carry this.", of_net(error)),
            Fault::Inspection { server, .. } => {
                format!(
                    "Firewall: exempt {server} from TLS inspection for this workstation, by name and without decryption."
                )
            }
            Fault::Certificate { whose, .. } => format!("Servers: renew the certificate of {whose}."),
            Fault::Clock { .. } => {
                "Firewall: allow this workstation UDP port 123 to the time server; turn on time synchronization."
                    .to_owned()
            }
            Fault::Disk(_) => "Workstations: free at least 1 GB on the disk of the Wardseal folder.".to_owned(),
            Fault::NoWebView => "Workstations: install the package libwebkit2gtk-4.1-0.".to_owned(),
            Fault::Scanner(_) => {
                "Security: exclude the Wardseal folder's *.db, *.db-wal and *.db-shm files from on-access scanning."
                    .to_owned()
            }
            Fault::Keychain(_) => {
                "Workstations: start and unlock the system keychain for this user, with a password that isn't empty."
                    .to_owned()
            }
            Fault::Policy(_) => {
                "Workstations: distribute a policy file that is valid JSON and names files that exist.".to_owned()
            }
            Fault::Server { hand_on, .. } => hand_on.clone(),
        }
    }
}

fn of_net(error: &NetError) -> String {
    match error {
        NetError::NoName(host) => format!("DNS: answer A and AAAA queries for {host} on this network."),
        NetError::Closed(address) => {
            format!(
                "Firewall or server team: allow outgoing TCP to {address} and make sure that the server listens there."
            )
        }
        NetError::Silent(address) | NetError::NoRoute(address) => {
            format!("Firewall: allow outgoing TCP from this workstation to {address}; today packets are dropped.")
        }
        NetError::Slow(address) | NetError::Broken(address) => {
            format!(
                "Firewall: let TLS to {address} through untouched and without idle cut-off; the connection opens and then stops."
            )
        }
        NetError::TlsVersion(address) => {
            format!("Servers: enable TLS 1.3, or TLS 1.2 with ECDHE and AES-GCM, on {address}.")
        }
        NetError::ClientCertificate(address) => {
            format!("Servers: enrol this workstation's client certificate with {address}.")
        }
        NetError::Certificate { host, .. } => {
            format!(
                "Servers: give {host} a certificate for its own name from an authority this workstation trusts (policy: ca_file)."
            )
        }
        NetError::NoTls(address) | NetError::Nonsense(address) => {
            format!(
                "Firewall or server team: something else than the server answers at {address}; let the connection through unchanged."
            )
        }
        NetError::Address | NetError::File { .. } => "Workstations: correct the policy file.".to_owned(),
    }
}
