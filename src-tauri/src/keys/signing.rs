//! Ed25519: who said it. Every signature is over a label and the message, so none fits another purpose.

use super::{KeyError, forms};
use crate::secret::Secret;
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use serde::{Deserialize, Serialize};

/// A public Ed25519 key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct VerifyKey(#[serde(with = "forms::bytes")] [u8; 32]);

impl VerifyKey {
    /// A public key as it was stored.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The public bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Whether the holder of the private half signed `message` under `label`.
    #[must_use]
    pub fn verifies(&self, label: &str, message: &[u8], signature: &[u8; 64]) -> bool {
        VerifyingKey::from_bytes(&self.0)
            .and_then(|key| key.verify_strict(&labelled(label, message), &Signature::from_bytes(signature)))
            .is_ok()
    }
}

/// A private Ed25519 key.
pub struct Signer {
    seed: Secret<32>,
    public: VerifyKey,
}

impl Signer {
    /// The pair of a 32-byte seed.
    #[must_use]
    pub fn from_seed(seed: Secret<32>) -> Self {
        // EXPOSE: the public half is computed from it.
        let public = VerifyKey(SigningKey::from_bytes(seed.expose()).verifying_key().to_bytes());
        Self { seed, public }
    }

    /// The public half.
    #[must_use]
    pub const fn public(&self) -> VerifyKey {
        self.public
    }

    /// Signs `message` under `label`.
    #[must_use]
    pub fn sign(&self, label: &str, message: &[u8]) -> [u8; 64] {
        // EXPOSE: the signature is made with it.
        SigningKey::from_bytes(self.seed.expose()).sign(&labelled(label, message)).to_bytes()
    }

    /// Signs a message that begins with its own domain tag.
    #[must_use]
    pub fn sign_tagged(&self, message: &[u8]) -> [u8; 64] {
        // EXPOSE: the signature is made with it.
        SigningKey::from_bytes(self.seed.expose()).sign(message).to_bytes()
    }

    /// The seed, for the one keychain entry that keeps a workstation's key.
    pub(super) const fn seed(&self) -> &Secret<32> {
        &self.seed
    }
}

fn labelled(label: &str, message: &[u8]) -> Vec<u8> {
    [label.as_bytes(), &[0], message].concat()
}

impl From<VerifyKey> for bson::Bson {
    fn from(key: VerifyKey) -> Self {
        bson::Bson::Binary(forms::binary(&key.0))
    }
}

impl TryFrom<&[u8]> for VerifyKey {
    type Error = KeyError;

    fn try_from(bytes: &[u8]) -> Result<Self, KeyError> {
        bytes.try_into().map(Self).map_err(|_| KeyError::Form("public key"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_fits_one_key_one_label_and_one_message() {
        let ann = Signer::from_seed(Secret::random().unwrap());
        let bob = Signer::from_seed(Secret::random().unwrap());
        let signature = ann.sign("order", b"text");
        assert!(ann.public().verifies("order", b"text", &signature));
        assert!(!bob.public().verifies("order", b"text", &signature));
        assert!(!ann.public().verifies("account", b"text", &signature));
        assert!(!ann.public().verifies("order", b"texT", &signature));
        assert!(!VerifyKey::from_bytes([0; 32]).verifies("order", b"text", &signature));
    }
}
