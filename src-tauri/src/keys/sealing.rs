//! HPKE base mode (RFC 9180: X25519, HKDF-SHA256, AES-256-GCM): anyone can seal to a public key, one holder opens.

use super::{KeyError, forms};
use crate::secret::Secret;
use hpke::aead::AesGcm256;
use hpke::kdf::HkdfSha256;
use hpke::kem::X25519HkdfSha256;
use hpke::rand_core::UnwrapErr;
use hpke::{Deserializable, Kem, OpModeR, OpModeS, Serializable};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

type Suite = X25519HkdfSha256;
type Sender = hpke::aead::AeadCtxS<AesGcm256, HkdfSha256, Suite>;
type Receiver = hpke::aead::AeadCtxR<AesGcm256, HkdfSha256, Suite>;

/// Bytes of the encapsulated key in front of what was sealed.
pub const ENCAPSULATED: usize = 32;

/// An X25519 public key: what is sealed to it opens only with its [`OpeningKey`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SealingKey(#[serde(with = "forms::bytes")] [u8; 32]);

impl SealingKey {
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

    /// Seals `plaintext`; `info` names the purpose, `aad` what it belongs to. Encapsulated key, ciphertext, tag.
    ///
    /// # Errors
    /// When there is no randomness or the public key is no curve point.
    pub fn seal(&self, info: &[u8], aad: &[u8], plaintext: &[u8]) -> Result<Vec<u8>, KeyError> {
        let (enc, mut context) = self.sender(info)?;
        let sealed = context.seal(plaintext, aad).map_err(|_| KeyError::Form("sealed value"))?;
        Ok([enc.as_slice(), &sealed].concat())
    }

    /// A fresh secret shared with the holder of the private key: for many small wraps at the cost of one curve step.
    ///
    /// # Errors
    /// When there is no randomness or the public key is no curve point.
    pub fn share_secret(&self, info: &[u8], context: &[u8]) -> Result<([u8; ENCAPSULATED], Secret<32>), KeyError> {
        let (enc, session) = self.sender(info)?;
        let shared = Secret::fill_with(|out| session.export(context, out)).map_err(|_| KeyError::Form("export"))?;
        Ok((enc, shared))
    }

    fn sender(&self, info: &[u8]) -> Result<([u8; ENCAPSULATED], Sender), KeyError> {
        let public = <Suite as Kem>::PublicKey::from_bytes(&self.0).map_err(|_| KeyError::Form("public key"))?;
        let (enc, context): (_, Sender) = hpke::setup_sender_with_rng(&OpModeS::Base, &public, info, &mut generator()?)
            .map_err(|_| KeyError::Form("public key"))?;
        Ok((enc.to_bytes().into(), context))
    }
}

/// The private half of a [`SealingKey`].
pub struct OpeningKey {
    private: Secret<32>,
    public: SealingKey,
}

impl OpeningKey {
    /// Derives the pair from 32 secret bytes (RFC 9180 `DeriveKeyPair`).
    ///
    /// # Errors
    /// Never in practice: lengths are fixed.
    pub fn from_seed(seed: &Secret<32>) -> Result<Self, KeyError> {
        // EXPOSE: the pair is derived from it.
        let (private, public) = <Suite as Kem>::derive_keypair(seed.expose());
        let private = Secret::fill_with(|out| {
            private.write_exact(out);
            Ok::<(), KeyError>(())
        })?;
        Ok(Self { private, public: SealingKey(public.to_bytes().into()) })
    }

    /// The public half.
    #[must_use]
    pub const fn public(&self) -> SealingKey {
        self.public
    }

    /// Opens what was sealed to the public half; `None` if anything is another.
    #[must_use]
    pub fn open(&self, info: &[u8], aad: &[u8], sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let (enc, body) = sealed.split_first_chunk::<ENCAPSULATED>()?;
        self.receiver(enc, info)?.open(body, aad).ok().map(Zeroizing::new)
    }

    /// The secret that [`SealingKey::share_secret`] made.
    #[must_use]
    pub fn shared_secret(&self, enc: &[u8; ENCAPSULATED], info: &[u8], context: &[u8]) -> Option<Secret<32>> {
        let session = self.receiver(enc, info)?;
        Secret::fill_with(|out| session.export(context, out)).ok()
    }

    fn receiver(&self, enc: &[u8; ENCAPSULATED], info: &[u8]) -> Option<Receiver> {
        // EXPOSE: the receiver's side of HPKE needs the private key.
        let private = <Suite as Kem>::PrivateKey::from_bytes(self.private.expose()).ok()?;
        let enc = <Suite as Kem>::EncappedKey::from_bytes(enc).ok()?;
        hpke::setup_receiver(&OpModeR::Base, &private, &enc, info).ok()
    }
}

/// The system's generator, asked once beforehand so that a missing one is an error and not a panic.
pub(super) fn generator() -> Result<UnwrapErr<getrandom::SysRng>, KeyError> {
    getrandom::fill(&mut [0; 1])?;
    Ok(UnwrapErr(getrandom::SysRng))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pair() -> OpeningKey {
        OpeningKey::from_seed(&Secret::random().unwrap()).unwrap()
    }

    #[test]
    fn what_is_sealed_to_ann_opens_for_ann_only() {
        let (ann, bob) = (pair(), pair());
        let sealed = ann.public().seal(b"info", b"aad", b"text").unwrap();
        assert_eq!(ann.open(b"info", b"aad", &sealed).unwrap().as_slice(), b"text");
        assert!(bob.open(b"info", b"aad", &sealed).is_none());
        assert!(ann.open(b"other", b"aad", &sealed).is_none());
        assert!(ann.open(b"info", b"other", &sealed).is_none());
        assert!(ann.open(b"info", b"aad", &sealed[..40]).is_none());
        assert!(ann.open(b"info", b"aad", &[]).is_none());
    }

    #[test]
    fn both_sides_reach_the_same_shared_secret() {
        let ann = pair();
        let (enc, ours) = ann.public().share_secret(b"info", b"wrap").unwrap();
        assert_eq!(ours.expose(), ann.shared_secret(&enc, b"info", b"wrap").unwrap().expose());
        assert_ne!(ours.expose(), ann.shared_secret(&enc, b"info", b"other").unwrap().expose());
    }

    #[test]
    fn the_pair_follows_from_the_seed() {
        let seed = Secret::copy_from(&[9; 32]).unwrap();
        assert_eq!(OpeningKey::from_seed(&seed).unwrap().public(), OpeningKey::from_seed(&seed).unwrap().public());
    }
}
