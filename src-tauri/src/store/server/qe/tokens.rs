//! Token derivations and the counter-mode cipher of the server side.

use crate::store::StoreError;
use crate::store::server::refusal::Answer;
use crate::store::server::tables::Block;
use aes::Aes256;
use aes::cipher::{KeyIvInit as _, StreamCipher as _};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

/// Length of an IV.
pub(crate) const IV: usize = 16;

/// HMAC-SHA-256 over the concatenated parts.
pub(crate) fn prf(key: &Block, parts: &[&[u8]]) -> Block {
    // A 32-byte key is shorter than the hash's block, which is the only way this could fail.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else { return [0; 32] };
    parts.iter().for_each(|part| mac.update(part));
    mac.finalize().into_bytes().into()
}

/// HMAC-SHA-256 over a number, eight bytes little-endian.
pub(crate) fn prf_number(key: &Block, number: u64) -> Block {
    prf(key, &[&number.to_le_bytes()])
}

/// Random IV, then AES-256 in counter mode.
pub(crate) fn encrypt(key: &Block, plain: &[u8]) -> Answer<Vec<u8>> {
    let mut iv = [0; IV];
    getrandom::fill(&mut iv).map_err(|_| StoreError::Database("the system gave no random bytes".into()))?;
    Ok(encrypt_with(key, &iv, plain))
}

/// As [`encrypt`] with an IV of the caller's.
pub(crate) fn encrypt_with(key: &Block, iv: &[u8; IV], plain: &[u8]) -> Vec<u8> {
    let mut out = [iv.as_slice(), plain].concat();
    apply(key, iv, &mut out[IV..]);
    out
}

/// Undoes [`encrypt`]; `None` if there is no IV.
pub(crate) fn decrypt(key: &Block, cipher: &[u8]) -> Option<Vec<u8>> {
    let (iv, body) = cipher.split_at_checked(IV)?;
    let mut plain = body.to_vec();
    apply(key, iv, &mut plain);
    Some(plain)
}

fn apply(key: &Block, iv: &[u8], body: &mut [u8]) {
    if let Ok(mut cipher) = ctr::Ctr128BE::<Aes256>::new_from_slices(key, iv) {
        cipher.apply_keystream(body);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_encrypted_comes_back() {
        let cipher = encrypt(&[7; 32], b"sixteen bytes + 1").unwrap();
        assert_eq!(decrypt(&[7; 32], &cipher).unwrap(), b"sixteen bytes + 1");
        assert_ne!(decrypt(&[8; 32], &cipher).unwrap(), b"sixteen bytes + 1");
        assert!(decrypt(&[7; 32], &cipher[..15]).is_none());
    }

    #[test]
    fn the_prf_is_hmac_sha_256() {
        // RFC 4231, test case 6 uses a longer key; the two-part form must equal the whole.
        let whole = prf(&[1; 32], &[b"abcdef"]);
        assert_eq!(prf(&[1; 32], &[b"abc", b"def"]), whole);
        assert_eq!(prf_number(&[1; 32], 1), prf(&[1; 32], &[&[1, 0, 0, 0, 0, 0, 0, 0]]));
    }
}
