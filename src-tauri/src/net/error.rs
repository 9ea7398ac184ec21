//! What can go wrong between two machines, told apart as far as a person can act on it.

use thiserror::Error;
use tokio_rustls::rustls::{self, AlertDescription, CertificateError};

/// Why there was no connection, or why it ended.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum NetError {
    /// An address that isn't `host:port`.
    #[error("the address isn't of the form host:port")]
    Address,
    /// The name isn't known.
    #[error("the name {0} isn't known here")]
    NoName(String),
    /// The machine answers that nothing listens there.
    #[error("{0} refuses connections: nothing listens on that port, or a firewall rejects it")]
    Closed(String),
    /// No answer at all.
    #[error("{0} doesn't answer: the port is filtered or the machine is off")]
    Silent(String),
    /// No way there.
    #[error("there is no way to {0} in this network")]
    NoRoute(String),
    /// Connected, then nothing came in time.
    #[error("{0} didn't answer in time")]
    Slow(String),
    /// The connection ended in the middle.
    #[error("{0} ended the connection in the middle")]
    Broken(String),
    /// The certificate isn't accepted.
    #[error("the certificate of {host} {fault}")]
    Certificate {
        /// Which machine.
        host: String,
        /// What is wrong with it.
        fault: CertificateFault,
    },
    /// The other side knows no TLS from 1.2 on.
    #[error("{0} speaks no TLS 1.2 with AEAD and no TLS 1.3; anything older is refused")]
    TlsVersion(String),
    /// The other side wants another client certificate.
    #[error("{0} doesn't accept this machine's client certificate")]
    ClientCertificate(String),
    /// What answers speaks no TLS, or breaks its rules.
    #[error("what answers at {0} speaks no proper TLS")]
    NoTls(String),
    /// An answer that isn't HTTP, or too long.
    #[error("the answer of {0} makes no sense")]
    Nonsense(String),
    /// A certificate or key file that can't be used.
    #[error("{what}: {why}")]
    File {
        /// Which.
        what: String,
        /// What is wrong.
        why: &'static str,
    },
}

/// What is wrong with a certificate.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum CertificateFault {
    /// Over.
    #[error("has expired")]
    Expired,
    /// Not yet.
    #[error("isn't valid yet; is this machine's clock right?")]
    NotYet,
    /// For another machine.
    #[error("is for another name")]
    WrongName,
    /// Signed by nobody this machine trusts.
    #[error("is signed by \"{0}\", which this machine doesn't trust")]
    UnknownSigner(String),
    /// Something else.
    #[error("can't be verified")]
    Other,
}

impl NetError {
    /// Whether trying again may help.
    #[must_use]
    pub const fn may_pass(&self) -> bool {
        matches!(self, NetError::Closed(_) | NetError::Silent(_) | NetError::Slow(_) | NetError::Broken(_))
    }

    /// What an I/O error of a connection with `host` means; `signer` is who signed the certificate that was shown.
    pub(super) fn of(error: &std::io::Error, host: &str, signer: Option<String>) -> Self {
        let inner = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>());
        match inner {
            Some(rustls) => Self::of_tls(rustls, host, signer),
            None => Self::of_io(error, host),
        }
    }

    /// What an I/O error after the handshake means: a refused client certificate may only be told now.
    #[must_use]
    pub fn after_handshake(error: &std::io::Error, host: &str) -> Self {
        Self::of(error, host, None)
    }

    fn of_io(error: &std::io::Error, host: &str) -> Self {
        use std::io::ErrorKind;
        let host = host.to_owned();
        match error.kind() {
            ErrorKind::ConnectionRefused => NetError::Closed(host),
            ErrorKind::TimedOut => NetError::Silent(host),
            ErrorKind::HostUnreachable | ErrorKind::NetworkUnreachable | ErrorKind::AddrNotAvailable => {
                NetError::NoRoute(host)
            }
            _ => NetError::Broken(host),
        }
    }

    fn of_tls(error: &rustls::Error, host: &str, signer: Option<String>) -> Self {
        use rustls::Error;
        let of = |fault| NetError::Certificate { host: host.to_owned(), fault };
        match error {
            Error::InvalidCertificate(fault) => of(fault_of(fault, signer)),
            Error::AlertReceived(alert) => Self::of_alert(*alert, host),
            Error::PeerIncompatible(_) => NetError::TlsVersion(host.to_owned()),
            _ => NetError::NoTls(host.to_owned()),
        }
    }

    fn of_alert(alert: AlertDescription, host: &str) -> Self {
        let host = host.to_owned();
        match alert {
            AlertDescription::ProtocolVersion | AlertDescription::InsufficientSecurity => NetError::TlsVersion(host),
            AlertDescription::BadCertificate
            | AlertDescription::CertificateRequired
            | AlertDescription::CertificateUnknown
            | AlertDescription::CertificateExpired
            | AlertDescription::CertificateRevoked
            | AlertDescription::UnsupportedCertificate
            | AlertDescription::UnknownCA
            | AlertDescription::AccessDenied => NetError::ClientCertificate(host),
            // What servers say that have no suite or version in common with us, or that miss our certificate.
            AlertDescription::HandshakeFailure => NetError::TlsVersion(host),
            _ => NetError::NoTls(host),
        }
    }
}

fn fault_of(error: &CertificateError, signer: Option<String>) -> CertificateFault {
    match error {
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => CertificateFault::Expired,
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => CertificateFault::NotYet,
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            CertificateFault::WrongName
        }
        CertificateError::UnknownIssuer | CertificateError::BadSignature => {
            CertificateFault::UnknownSigner(signer.unwrap_or_else(|| "nobody".to_owned()))
        }
        _ => CertificateFault::Other,
    }
}
