//! TLS 1.3, or 1.2 with AEAD, verified by the platform and by a CA file; nothing older.

use super::certificate::Certificate;
use super::error::NetError;
use super::pem;
use rustls_platform_verifier::Verifier;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::client::ResolvesClientCert;
use tokio_rustls::rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use tokio_rustls::rustls::crypto::{CryptoProvider, ring};
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use tokio_rustls::rustls::sign::CertifiedKey;
use tokio_rustls::rustls::{self, ClientConfig, DigitallySignedStruct, SignatureScheme, version};
use tokio_rustls::{TlsConnector, rustls::ProtocolVersion};
use zeroize::Zeroizing;

/// A connection.
pub type Stream = TlsStream<TcpStream>;

/// How long is waited for what, and how often it is tried.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// For the connection and its handshake.
    pub connect: Duration,
    /// For the next bytes of an answer.
    pub answer: Duration,
    /// How often a connection is tried.
    pub tries: u32,
    /// The first pause between two tries; each is twice as long as the one before.
    pub pause: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        let (connect, answer) = (Duration::from_secs(5), Duration::from_secs(8));
        Self { connect, answer, tries: 3, pause: Duration::from_millis(250) }
    }
}

/// Who this machine is to the other: certificates and private key as PEM, wiped when dropped.
pub struct Identity(Zeroizing<Vec<u8>>);

impl Identity {
    /// From a PEM text.
    ///
    /// # Errors
    /// When a certificate or the key is missing.
    pub fn from_pem(text: Zeroizing<Vec<u8>>) -> Result<Self, NetError> {
        let what = "the client certificate";
        pem::certificates(&text, what)?;
        pem::private_key(&text, what)?;
        Ok(Self(text))
    }

    /// What its first certificate says.
    #[must_use]
    pub fn certificate(&self) -> Option<Certificate> {
        Certificate::read(pem::certificates(&self.0, "").ok()?.first()?)
    }
}

/// What the other side showed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// Its certificate.
    pub certificate: Option<Certificate>,
    /// Who signed the last certificate of the chain it sent.
    pub root: Option<String>,
    /// Whether TLS 1.3 was agreed on, once something was.
    pub newest: Option<bool>,
}

/// How to speak TLS: whom to trust, and as whom to speak.
#[derive(Clone)]
pub struct Tls {
    provider: Arc<CryptoProvider>,
    verifier: Arc<dyn ServerCertVerifier>,
    identity: Option<Arc<Identity>>,
}

impl Tls {
    /// Trusts what the platform trusts and the certificates of `ca`, a PEM text.
    ///
    /// # Errors
    /// When `ca` holds no certificate, or neither it nor the platform names anybody to trust.
    pub fn new(ca: Option<&[u8]>, identity: Option<Identity>) -> Result<Self, NetError> {
        let what = "the CA file";
        let extra = ca.map_or(Ok(Vec::new()), |text| pem::certificates(text, what))?;
        let provider = Arc::new(ring::default_provider());
        let nobody =
            |_| NetError::File { what: what.to_owned(), why: "nobody is named to trust, here or by the system" };
        let verifier = Arc::new(Verifier::new_with_extra_roots(extra, provider.clone()).map_err(nobody)?);
        Ok(Self { provider, verifier, identity: identity.map(Arc::new) })
    }

    /// What the client certificate says, if there is one.
    #[must_use]
    pub fn own_certificate(&self) -> Option<Certificate> {
        self.identity.as_ref()?.certificate()
    }

    fn config(&self, witness: Arc<Witness>) -> Result<ClientConfig, NetError> {
        let bad = |_| NetError::File { what: "the client certificate".to_owned(), why: "its key doesn't fit" };
        let builder = ClientConfig::builder_with_provider(self.provider.clone());
        let builder = builder.with_protocol_versions(&[&version::TLS13, &version::TLS12]).map_err(bad)?;
        let asked = witness.clone();
        let builder = builder.dangerous().with_custom_certificate_verifier(witness);
        let Some(identity) = &self.identity else { return Ok(builder.with_client_cert_resolver(asked)) };
        let (certificates, key) = (pem::certificates(&identity.0, "")?, pem::private_key(&identity.0, "")?);
        builder.with_client_auth_cert(certificates, key).map_err(bad)
    }

    /// Connects to `host:port` once, and tells what was shown whatever became of it.
    pub async fn look(&self, address: &str, limits: &Limits) -> (Result<Stream, NetError>, Seen) {
        let witness =
            Arc::new(Witness { inner: self.verifier.clone(), shown: Mutex::default(), asked: AtomicBool::new(false) });
        let connected = self.attempt(address, limits, witness.clone()).await;
        let mut seen = witness.shown.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Ok(stream) = &connected {
            seen.newest = Some(stream.get_ref().1.protocol_version() == Some(ProtocolVersion::TLSv1_3));
        }
        (connected, seen)
    }

    async fn attempt(&self, address: &str, limits: &Limits, witness: Arc<Witness>) -> Result<Stream, NetError> {
        let (host, port) = host_and_port(address)?;
        let name = ServerName::try_from(host.to_owned()).map_err(|_| NetError::Address)?;
        let plain = connect(host, port, limits.connect).await?;
        let connector = TlsConnector::from(Arc::new(self.config(witness.clone())?));
        let shaken = timeout(limits.connect, connector.connect(name, plain)).await;
        let shaken = shaken.map_err(|_| NetError::Slow(address.to_owned()))?;
        shaken.map_err(|error| match NetError::of(&error, address, witness.signer()) {
            // Some servers only say that they don't go on without a certificate they asked for.
            NetError::TlsVersion(host) if witness.asked.load(Ordering::Relaxed) => NetError::ClientCertificate(host),
            other => other,
        })
    }

    /// Connects to `host:port`; what may pass is tried again after growing pauses.
    ///
    /// # Errors
    /// What stands in the way.
    pub async fn connect(&self, address: &str, limits: &Limits) -> Result<(Stream, Seen), NetError> {
        let mut pause = limits.pause;
        for _ in 1..limits.tries.max(1) {
            match self.look(address, limits).await {
                (Err(error), _) if error.may_pass() => tokio::time::sleep(pause).await,
                (done, seen) => return done.map(|stream| (stream, seen)),
            }
            pause *= 2;
        }
        let (done, seen) = self.look(address, limits).await;
        done.map(|stream| (stream, seen))
    }
}

/// A TCP connection to the first address that answers.
///
/// # Errors
/// What stands in the way.
pub async fn connect(host: &str, port: u16, within: Duration) -> Result<TcpStream, NetError> {
    let name = format!("{host}:{port}");
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let found = timeout(within, tokio::net::lookup_host((bare, port))).await;
    let found = found.map_err(|_| NetError::NoName(host.to_owned()))?;
    let found: Vec<SocketAddr> = found.map_err(|_| NetError::NoName(host.to_owned()))?.collect();
    let mut last = NetError::NoName(host.to_owned());
    for address in found {
        match timeout(within, TcpStream::connect(address)).await {
            Ok(Ok(stream)) => return Ok(stream),
            Ok(Err(error)) => last = NetError::of(&error, &name, None),
            Err(_) => last = NetError::Silent(name.clone()),
        }
    }
    Err(last)
}

/// Splits `host:port`, also with an IPv6 address in brackets.
///
/// # Errors
/// [`NetError::Address`].
pub fn host_and_port(address: &str) -> Result<(&str, u16), NetError> {
    let (host, port) = address.rsplit_once(':').ok_or(NetError::Address)?;
    let port = port.parse().map_err(|_| NetError::Address)?;
    if host.is_empty() { Err(NetError::Address) } else { Ok((host, port)) }
}

/// The platform's verifier, and a note of what it was shown.
#[derive(Debug)]
struct Witness {
    inner: Arc<dyn ServerCertVerifier>,
    shown: Mutex<Seen>,
    asked: AtomicBool,
}

impl Witness {
    fn signer(&self) -> Option<String> {
        let seen = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        seen.certificate.as_ref().map(|one| one.issuer.clone())
    }
}

/// This machine has no certificate; it is noted that one was asked for.
impl ResolvesClientCert for Witness {
    fn resolve(&self, _: &[&[u8]], _: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        self.asked.store(true, Ordering::Relaxed);
        None
    }

    fn has_certs(&self) -> bool {
        false
    }
}

impl ServerCertVerifier for Witness {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let last = intermediates.last().unwrap_or(end_entity);
        let root = Certificate::read(last).map(|one| one.issuer);
        let seen = Seen { certificate: Certificate::read(end_entity), root, newest: None };
        *self.shown.lock().unwrap_or_else(PoisonError::into_inner) = seen;
        self.inner.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now)
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.inner.verify_tls12_signature(message, cert, dss)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.inner.verify_tls13_signature(message, cert, dss)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.inner.supported_verify_schemes()
    }
}
