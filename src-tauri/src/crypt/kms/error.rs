//! What can go wrong with a key management service, so exactly that somebody can mend it. No answer is quoted.

use crate::keys::KeychainError;
use crate::net::NetError;
use thiserror::Error;

/// Which service failed, and how.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("the key management service {provider} at {address}: {fault}. Nothing was opened or changed")]
pub struct KmsError {
    /// The provider with its compartment, such as `kmip:clinical`.
    pub provider: String,
    /// Where it is, `host:port`.
    pub address: String,
    /// What is wrong.
    pub fault: KmsFault,
}

/// What is wrong.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum KmsFault {
    /// No connection, or it ended.
    #[error("{0}")]
    Net(#[from] NetError),
    /// It says itself that it can't just now.
    #[error("it is there and says that it can't answer now (status {0})")]
    Unavailable(u16),
    /// Nothing says who this machine is to the service.
    #[error("this machine has no credentials for it: {0}")]
    NoCredentials(&'static str),
    /// The keychain that should hold the credentials.
    #[error(transparent)]
    Keychain(#[from] KeychainError),
    /// The service doesn't let these credentials use the key.
    #[error(
        "it doesn't let this machine use the key; check its credentials, the key's permissions, and that the key is still there"
    )]
    Denied,
    /// The key is gone, disabled, or waits for its deletion.
    #[error("the master key isn't there or was disabled; without it what it wrapped can't be opened")]
    KeyLost,
    /// Something came back that isn't what was wrapped.
    #[error("it gave back another key than the one that was wrapped; it was refused")]
    WrongKey,
    /// An answer that can't be understood.
    #[error("its answer makes no sense; is this the right address?")]
    Nonsense,
    /// The policy names a service for the compartment and the site none, or another one.
    #[error("there is no key of this service for the compartment")]
    NotConfigured,
}

/// What libmongocrypt says of an answer, in parts of its sentences and of the services' own codes. The first that is in
/// the text counts.
const KNOWN: [(&str, KmsFault); 23] = [
    // KMIP: item not found, object archived, authentication not successful, permission denied.
    ("Result Reason (1)", KmsFault::KeyLost),
    ("Result Reason (13)", KmsFault::KeyLost),
    ("Result Reason (3)", KmsFault::Denied),
    ("Result Reason (12)", KmsFault::Denied),
    ("NotFoundException", KmsFault::KeyLost),
    ("DisabledException", KmsFault::KeyLost),
    ("KMSInvalidStateException", KmsFault::KeyLost),
    ("KeyNotFound", KmsFault::KeyLost),
    ("KeyDisabled", KmsFault::KeyLost),
    ("FAILED_PRECONDITION", KmsFault::KeyLost),
    ("HTTP status=404", KmsFault::KeyLost),
    ("AccessDenied", KmsFault::Denied),
    ("UnrecognizedClient", KmsFault::Denied),
    ("ExpiredToken", KmsFault::Denied),
    ("InvalidSignature", KmsFault::Denied),
    ("invalid_grant", KmsFault::Denied),
    ("invalid_client", KmsFault::Denied),
    ("unauthorized_client", KmsFault::Denied),
    ("HTTP status=401", KmsFault::Denied),
    ("HTTP status=403", KmsFault::Denied),
    ("InvalidCiphertext", KmsFault::WrongKey),
    ("ciphertext is invalid", KmsFault::WrongKey),
    ("HMAC validation fail", KmsFault::WrongKey),
];

impl KmsFault {
    /// What a message of libmongocrypt about a service means.
    pub(in crate::crypt) fn from_library(message: &str) -> Self {
        let known = KNOWN.iter().find(|(text, _)| message.contains(text)).map(|(_, fault)| fault.clone());
        let unavailable =
            [429, 500, 502, 503, 504].into_iter().find(|status| message.contains(&format!("HTTP status={status}")));
        known.or(unavailable.map(KmsFault::Unavailable)).unwrap_or(KmsFault::Nonsense)
    }

    /// The word that the screen and the audit know it by.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        use crate::net::CertificateFault;
        match self {
            KmsFault::Net(NetError::Slow(_)) => "slow",
            KmsFault::Net(NetError::Certificate { fault: CertificateFault::Expired, .. }) => "certificate_expired",
            KmsFault::Net(NetError::Certificate { .. } | NetError::NoTls(_)) => "certificate",
            KmsFault::Net(NetError::TlsVersion(_)) => "tls_version",
            KmsFault::Net(NetError::ClientCertificate(_)) | KmsFault::Denied => "denied",
            KmsFault::Net(NetError::File { .. }) | KmsFault::NoCredentials(_) | KmsFault::Keychain(_) => "credentials",
            KmsFault::Net(_) | KmsFault::Unavailable(_) => "down",
            KmsFault::KeyLost => "key_lost",
            KmsFault::WrongKey => "wrong_key",
            KmsFault::Nonsense => "nonsense",
            KmsFault::NotConfigured => "not_configured",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_services_say_has_one_of_our_words() {
        let word = |text: &str| KmsFault::from_library(text).word();
        let refused = |text: &str| word(&format!("Error in KMS response. HTTP status=400. Response body={text}"));
        assert_eq!(refused(r#"{"__type":"DisabledException"}"#), "key_lost");
        assert_eq!(refused(r#"{"__type":"KMSInvalidStateException"}"#), "key_lost");
        assert_eq!(refused(r#"{"__type":"NotFoundException"}"#), "key_lost");
        assert_eq!(refused(r#"{"error":{"status":"FAILED_PRECONDITION"}}"#), "key_lost");
        assert_eq!(refused(r#"{"__type":"ExpiredTokenException"}"#), "denied");
        assert_eq!(refused(r#"{"error":"invalid_grant"}"#), "denied");
        assert_eq!(refused("Decryption failed: the ciphertext is invalid."), "wrong_key");
        assert_eq!(word("Error in KMS response. HTTP status=503. Empty body."), "down");
        assert_eq!(
            word("KMIP response error. Result Status (1): OperationFailed. Result Reason (12): PermissionDenied."),
            "denied"
        );
        assert_eq!(word("Could not parse Status-Code"), "nonsense");
    }
}
