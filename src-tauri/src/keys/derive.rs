//! HKDF-SHA256 subkeys under domain-separated labels, and HMAC-SHA-256.

use super::KeyError;
use crate::secret::Secret;
use hkdf::Hkdf;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

/// A subkey of `key` for `label`, bound to `salt`. Two labels never share a key.
///
/// # Errors
/// Only for lengths no caller asks for.
pub fn subkey<const N: usize>(key: &[u8], salt: &[u8], label: &str) -> Result<Secret<N>, KeyError> {
    let extracted = Hkdf::<Sha256>::new(Some(salt), key);
    Secret::fill_with(|out| extracted.expand(label.as_bytes(), out)).map_err(|_| KeyError::Form("subkey length"))
}

/// HMAC-SHA-256 over a label and the parts, each with its length in front, so that no two lists of parts collide.
#[must_use]
pub fn mac(key: &Secret<32>, label: &str, parts: &[&[u8]]) -> [u8; 32] {
    keyed(key, label, parts).finalize().into_bytes().into()
}

/// Whether `tag` is [`mac`] of the same; in constant time.
#[must_use]
pub fn mac_matches(key: &Secret<32>, label: &str, parts: &[&[u8]], tag: &[u8]) -> bool {
    keyed(key, label, parts).verify_slice(tag).is_ok()
}

fn keyed(key: &Secret<32>, label: &str, parts: &[&[u8]]) -> Hmac<Sha256> {
    // One whole block, as HMAC pads it anyway: a key of this length can't be refused.
    let mut block = Zeroizing::new([0; 64]);
    // EXPOSE: the MAC is keyed with it.
    block[..32].copy_from_slice(key.expose());
    let mut state = <Hmac<Sha256> as KeyInit>::new((&*block).into());
    for part in std::iter::once(&label.as_bytes()).chain(parts) {
        state.update(&(part.len() as u64).to_be_bytes());
        state.update(part);
    }
    state
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_labels_or_two_salts_never_share_a_subkey() {
        let of = |salt: &[u8], label| *subkey::<32>(&[7; 32], salt, label).unwrap().expose();
        assert_ne!(of(b"s", "a"), of(b"s", "b"));
        assert_ne!(of(b"s", "a"), of(b"t", "a"));
        assert_eq!(of(b"s", "a"), of(b"s", "a"));
    }

    #[test]
    fn moving_a_byte_between_parts_changes_the_mac() {
        let key = Secret::copy_from(&[1; 32]).unwrap();
        let tag = mac(&key, "l", &[b"ab", b"c"]);
        assert!(mac_matches(&key, "l", &[b"ab", b"c"], &tag));
        assert!(!mac_matches(&key, "l", &[b"a", b"bc"], &tag));
        assert!(!mac_matches(&key, "m", &[b"ab", b"c"], &tag));
        assert!(!mac_matches(&key, "l", &[b"ab", b"c"], &tag[..16]));
    }
}
