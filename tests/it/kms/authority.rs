//! A certificate authority of the test's own.

use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose,
};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use time::{Duration, OffsetDateTime};
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};

pub struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pub pem: String,
    folder: tempfile::TempDir,
}

/// A certificate with its key.
pub struct Pair {
    pub certificate: String,
    pub key: String,
    der: CertificateDer<'static>,
    key_der: Vec<u8>,
}

impl Authority {
    pub fn named(name: &str) -> Self {
        let mut params = CertificateParams::new(vec![]).unwrap();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let key = KeyPair::generate().unwrap();
        let pem = params.self_signed(&key).unwrap().pem();
        Self { issuer: Issuer::new(params, key), pem, folder: tempfile::tempdir().unwrap() }
    }

    /// The authority as a file.
    pub fn file(&self) -> PathBuf {
        self.write("ca.pem", &self.pem)
    }

    pub fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        private(&path);
        path
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// For this machine, from yesterday until in so many days.
    pub fn server(&self, days: i64) -> Pair {
        self.pair("ward server", &["localhost", "127.0.0.1"], ExtendedKeyUsagePurpose::ServerAuth, days)
    }

    /// For a server of another name.
    pub fn server_called(&self, name: &str) -> Pair {
        self.pair(name, &[name], ExtendedKeyUsagePurpose::ServerAuth, 90)
    }

    /// For this workstation.
    pub fn client(&self) -> Pair {
        self.client_for(90)
    }

    /// For this workstation, for so many days.
    pub fn client_for(&self, days: i64) -> Pair {
        self.pair("workstation", &[], ExtendedKeyUsagePurpose::ClientAuth, days)
    }

    fn pair(&self, name: &str, hosts: &[&str], usage: ExtendedKeyUsagePurpose, days: i64) -> Pair {
        let hosts: Vec<String> = hosts.iter().map(|host| (*host).to_owned()).collect();
        let mut params = CertificateParams::new(hosts).unwrap();
        params.distinguished_name.push(DnType::CommonName, name);
        params.extended_key_usages = vec![usage];
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        let now = OffsetDateTime::from_unix_timestamp(crate::kms::server::now()).unwrap();
        (params.not_before, params.not_after) = (now - Duration::days(400), now + Duration::days(days));
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        let (der, key_der) = (certificate.der().clone(), key.serialize_der());
        Pair { certificate: certificate.pem(), key: key.serialize_pem(), der, key_der }
    }
}

impl Pair {
    /// Both in one text.
    pub fn pem(&self) -> String {
        format!("{}{}", self.certificate, self.key)
    }

    /// A server that shows it.
    pub fn config(&self) -> Arc<ServerConfig> {
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(self.key_der.clone()));
        let builder = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()));
        let builder = builder.with_safe_default_protocol_versions().unwrap().with_no_client_auth();
        Arc::new(builder.with_single_cert(vec![self.der.clone()], key).unwrap())
    }
}

#[cfg(unix)]
fn private(path: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).unwrap();
}

#[cfg(not(unix))]
fn private(_: &Path) {}
