//! One AES-256-GCM layer: nonce, ciphertext, tag. Used for slots and for section values.

use super::KeyError;
use crate::secret::Secret;
use aes_gcm::aead::{AeadInOut, Nonce, Tag};
use aes_gcm::{Aes256Gcm, KeyInit};
use zeroize::Zeroizing;

/// Bytes of the random nonce in front.
pub const NONCE: usize = 12;
/// Bytes of the tag at the end.
pub const TAG: usize = 16;

/// Seals `plaintext` under `key`, bound to `aad`: 12 random bytes, ciphertext, 16-byte tag.
///
/// # Errors
/// When there is no randomness or the text is longer than GCM allows.
pub fn seal(key: &Secret<32>, aad: &[u8], plaintext: &[u8]) -> Result<Vec<u8>, KeyError> {
    let mut sealed = vec![0; NONCE];
    getrandom::fill(&mut sealed)?;
    sealed.reserve_exact(plaintext.len() + TAG);
    sealed.extend_from_slice(plaintext);
    let (nonce, body) = sealed.split_at_mut(NONCE);
    let nonce = Nonce::<Aes256Gcm>::try_from(&*nonce).map_err(|_| KeyError::Form("nonce"))?;
    let tag = cipher(key).encrypt_inout_detached(&nonce, aad, body.into()).map_err(|_| KeyError::Form("layer"))?;
    sealed.extend_from_slice(&tag);
    Ok(sealed)
}

/// Opens what [`seal`] made; `None` if the key, the `aad` or a byte is another one.
#[must_use]
pub fn open(key: &Secret<32>, aad: &[u8], sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let body = sealed.len().checked_sub(NONCE + TAG)?;
    let (nonce, rest) = sealed.split_at(NONCE);
    let (text, tag) = rest.split_at(body);
    let nonce = Nonce::<Aes256Gcm>::try_from(nonce).ok()?;
    let tag = Tag::<Aes256Gcm>::try_from(tag).ok()?;
    let mut plaintext = Zeroizing::new(text.to_vec());
    cipher(key).decrypt_inout_detached(&nonce, aad, plaintext.as_mut_slice().into(), &tag).ok()?;
    Some(plaintext)
}

fn cipher(key: &Secret<32>) -> Aes256Gcm {
    // EXPOSE: the cipher is keyed with it.
    Aes256Gcm::new(key.expose().into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_layer_opens_with_its_key_and_data_only(text in prop::collection::vec(any::<u8>(), 0..300), at in any::<prop::sample::Index>(), bit in 0..8u8) {
            let key = Secret::<32>::random().unwrap();
            let sealed = seal(&key, b"aad", &text).unwrap();
            prop_assert_eq!(sealed.len(), text.len() + NONCE + TAG);
            let opened = open(&key, b"aad", &sealed).unwrap();
            prop_assert_eq!(opened.as_slice(), text.as_slice());
            prop_assert!(open(&key, b"other", &sealed).is_none());
            prop_assert!(open(&Secret::random().unwrap(), b"aad", &sealed).is_none());
            let mut flipped = sealed.clone();
            flipped[at.index(sealed.len())] ^= 1 << bit;
            prop_assert!(open(&key, b"aad", &flipped).is_none());
            prop_assert!(open(&key, b"aad", &sealed[..sealed.len() - 1]).is_none());
        }
    }
}
