//! Where the server is and how to get in: a connection string, accepted only if it asks for verified TLS and proves who
//! connects.

use super::{Patience, failure};
use crate::store::StoreError;
use mongodb::options::{
    AuthMechanism, ClientOptions, ReadConcern, SelectionCriteria, ServerAddress, Tls, TlsOptions, WriteConcern,
};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use zeroize::Zeroizing;

/// Connections a workstation keeps at most: one that watches, and one for each question of a chart, which is asked all at
/// once.
const CONNECTIONS: u32 = 8;

/// A connection string, and the certificates beside it. Neither printed nor logged: it holds a password.
#[derive(Clone)]
pub struct Address {
    uri: Arc<Zeroizing<String>>,
    ca_file: Option<PathBuf>,
    certificate_file: Option<PathBuf>,
    plain_loopback: bool,
}

/// Why a connection string, a server or an account on it isn't acceptable.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// It isn't a connection string.
    #[error("the connection string can't be read")]
    Malformed,
    /// It doesn't ask for TLS.
    #[error("the connection string doesn't ask for TLS")]
    NoTls,
    /// It asks for TLS without a look at the certificate.
    #[error("the connection string accepts any certificate")]
    AnyCertificate,
    /// It names nobody.
    #[error("the connection string names no account")]
    NoAccount,
    /// Another way of proving oneself than SCRAM-SHA-256 or X.509.
    #[error("only SCRAM-SHA-256 and X.509 are accepted as proof of the account")]
    Mechanism,
    /// A certificate file is missing or can't be read.
    #[error("a certificate file can't be read")]
    Certificate,
    /// A single server, which has neither transactions nor a second copy.
    #[error("the server is neither a replica set nor a sharded cluster")]
    Standalone,
    /// A server that lacks what even the simplest clinic needs.
    #[error("the server is older than MongoDB 6.0")]
    TooOld,
    /// The clinic was founded with Queryable Encryption, and the server can't answer all of its questions.
    #[error("the server can't search as this clinic's records need it; MongoDB 9.0 can")]
    Queries,
    /// The account may do more than a workstation needs: names of actions or roles.
    #[error("the account may do more than a workstation needs: {}", .0.join(", "))]
    TooBroad(Vec<String>),
}

impl Address {
    /// The server a connection string names.
    #[must_use]
    pub fn new(uri: Zeroizing<String>) -> Self {
        Self { uri: Arc::new(uri), ca_file: None, certificate_file: None, plain_loopback: false }
    }

    /// A test's server on this machine, which may be without TLS and without accounts.
    #[must_use]
    pub fn loopback_for_tests(uri: &str) -> Self {
        Self { plain_loopback: true, ..Self::new(Zeroizing::new(uri.to_owned())) }
    }

    /// Whether it is a test's, where an account may have any rights.
    pub(super) const fn is_test(&self) -> bool {
        self.plain_loopback
    }

    /// Trusts the authorities in this file instead of the public ones.
    #[must_use]
    pub fn with_ca(mut self, file: &Path) -> Self {
        self.ca_file = Some(file.to_owned());
        self
    }

    /// Shows the certificate in this file, with its key.
    #[must_use]
    pub fn with_certificate(mut self, file: &Path) -> Self {
        self.certificate_file = Some(file.to_owned());
        self
    }

    /// What the driver is told. Everything that isn't named here is decided here, not by the string.
    pub(super) async fn options(&self, patience: &Patience) -> Result<ClientOptions, StoreError> {
        let parsed = ClientOptions::parse(self.uri.as_str()).await;
        let mut options = parsed.map_err(|error| failure::parsing(&error))?;
        let plain = self.plain_loopback && options.hosts.iter().all(is_loopback);
        if !(plain && options.tls.is_none()) {
            options.tls = Some(Tls::Enabled(self.tls(options.tls.take())?));
        }
        proven(&mut options, plain)?;
        options.app_name = Some(concat!("wardseal/", env!("CARGO_PKG_VERSION")).to_owned());
        options.max_pool_size = Some(CONNECTIONS);
        options.min_pool_size = None;
        options.server_selection_timeout = Some(patience.select);
        options.connect_timeout = Some(patience.select);
        options.retry_reads = Some(true);
        options.retry_writes = Some(true);
        options.read_concern = Some(ReadConcern::majority());
        options.write_concern = Some(WriteConcern::majority());
        options.selection_criteria = Some(SelectionCriteria::ReadPreference(mongodb::options::ReadPreference::Primary));
        Ok(options)
    }

    fn tls(&self, asked: Option<Tls>) -> Result<TlsOptions, Unfit> {
        let Some(Tls::Enabled(mut options)) = asked else { return Err(Unfit::NoTls) };
        if options.allow_invalid_certificates == Some(true) {
            return Err(Unfit::AnyCertificate);
        }
        options.ca_file_path = self.ca_file.clone().or(options.ca_file_path);
        options.cert_key_file_path = self.certificate_file.clone().or(options.cert_key_file_path);
        let files = [&options.ca_file_path, &options.cert_key_file_path];
        let readable = files.into_iter().flatten().all(|file| std::fs::File::open(file).is_ok());
        if readable { Ok(options) } else { Err(Unfit::Certificate) }
    }
}

/// Somebody connects, and proves it by a way that tells the server no password.
fn proven(options: &mut ClientOptions, plain: bool) -> Result<(), Unfit> {
    let Some(credential) = &mut options.credential else {
        return if plain { Ok(()) } else { Err(Unfit::NoAccount) };
    };
    match credential.mechanism {
        // Left to the server's choice it could be SHA-1.
        None => credential.mechanism = Some(AuthMechanism::ScramSha256),
        Some(AuthMechanism::ScramSha256 | AuthMechanism::MongoDbX509) => {}
        Some(_) => return Err(Unfit::Mechanism),
    }
    Ok(())
}

fn is_loopback(server: &ServerAddress) -> bool {
    match server {
        ServerAddress::Tcp { host, .. } => matches!(host.as_str(), "127.0.0.1" | "::1" | "localhost"),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn of(uri: &str) -> Result<ClientOptions, StoreError> {
        Address::new(Zeroizing::new(uri.to_owned())).options(&Patience::default()).await
    }

    async fn unfit(uri: &str) -> Unfit {
        match of(uri).await {
            Err(StoreError::Unfit(why)) => why,
            other => panic!("{:?}", other.map(drop)),
        }
    }

    #[tokio::test]
    async fn a_connection_without_verified_tls_and_a_proven_account_is_refused() {
        assert_eq!(unfit("not an address").await, Unfit::Malformed);
        assert_eq!(unfit("mongodb://a:b@db.example/").await, Unfit::NoTls);
        assert_eq!(unfit("mongodb://a:b@127.0.0.1/").await, Unfit::NoTls);
        assert_eq!(unfit("mongodb://a:b@db.example/?tls=false").await, Unfit::NoTls);
        assert_eq!(unfit("mongodb://a:b@db.example/?tls=true&tlsInsecure=true").await, Unfit::AnyCertificate);
        assert_eq!(unfit("mongodb://db.example/?tls=true").await, Unfit::NoAccount);
        assert_eq!(unfit("mongodb://a:b@db.example/?tls=true&authMechanism=SCRAM-SHA-1").await, Unfit::Mechanism);
        let plain = "mongodb://a:b@db.example/?tls=true&authMechanism=PLAIN&authSource=$external";
        assert_eq!(unfit(plain).await, Unfit::Mechanism);
        assert_eq!(unfit("mongodb://a:b@db.example/?tls=true&tlsCAFile=/nowhere/ca.pem").await, Unfit::Certificate);
    }

    #[tokio::test]
    async fn what_the_string_says_about_safety_of_writes_is_not_asked() {
        let options =
            of("mongodb://a:b@db.example/?tls=true&w=0&readConcernLevel=local&retryWrites=false").await.unwrap();
        assert_eq!(options.write_concern, Some(WriteConcern::majority()));
        assert_eq!(options.read_concern, Some(ReadConcern::majority()));
        assert_eq!(options.credential.unwrap().mechanism, Some(AuthMechanism::ScramSha256));
    }

    #[tokio::test]
    async fn a_plain_test_server_is_accepted_on_this_machine_only() {
        assert!(Address::loopback_for_tests("mongodb://127.0.0.1:1/").options(&Patience::default()).await.is_ok());
        let far = Address::loopback_for_tests("mongodb://db.example/").options(&Patience::default()).await;
        assert!(matches!(far, Err(StoreError::Unfit(Unfit::NoTls))));
    }
}
