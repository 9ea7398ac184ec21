//! The three encryptions MongoDB's formats are made of, opened without libmongocrypt: for commitments and for
//! checking stored index blocks.

use super::error::CryptError;
use super::hooks;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

const IV: usize = 16;
const TAG: usize = 32;

/// Opens AEAD_AES_256_CBC_HMAC_SHA_512 (CSFLE values and wrapped data keys). `key` is MAC key | AES key | IV key.
///
/// # Errors
/// [`CryptError::Damaged`] when the tag or the padding is wrong.
pub fn open(key: &[u8; 96], associated: &[u8], sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, CryptError> {
    let (body, tag) = split(sealed)?;
    let bits = (associated.len() as u64 * 8).to_be_bytes();
    let mut full = [0; 64];
    hooks::hmac_sha_512(&key[..32], &[associated, body, &bits], &mut full).ok_or(CryptError::Damaged)?;
    open_body(&key[32..64], body, tag, &full[..TAG])
}

/// Opens Queryable Encryption's AES-256-CBC with HMAC-SHA-256. `key` is AES key | MAC key | token key.
///
/// # Errors
/// [`CryptError::Damaged`] when the tag or the padding is wrong.
pub fn open_queryable(key: &[u8; 96], associated: &[u8], sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, CryptError> {
    let (body, tag) = split(sealed)?;
    let mut full = [0; TAG];
    hooks::hmac_sha_256(&key[32..64], &[associated, body], &mut full).ok_or(CryptError::Damaged)?;
    open_body(&key[..32], body, tag, &full)
}

/// Opens `IV | AES-256-CTR`, which carries no tag: the caller checks what comes out.
///
/// # Errors
/// [`CryptError::Damaged`] when it is too short.
pub fn open_ctr(key: &[u8; 32], sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, CryptError> {
    let (iv, body) = sealed.split_at_checked(IV).ok_or(CryptError::Damaged)?;
    let mut plain = Zeroizing::new(body.to_vec());
    hooks::ctr(key, iv, &mut plain).ok_or(CryptError::Damaged)?;
    Ok(plain)
}

fn split(sealed: &[u8]) -> Result<(&[u8], &[u8]), CryptError> {
    let body = sealed.len().checked_sub(TAG).filter(|&len| len >= 2 * IV).ok_or(CryptError::Damaged)?;
    Ok(sealed.split_at(body))
}

fn open_body(key: &[u8], body: &[u8], tag: &[u8], expected: &[u8]) -> Result<Zeroizing<Vec<u8>>, CryptError> {
    if !bool::from(tag.ct_eq(expected)) {
        return Err(CryptError::Damaged);
    }
    let (iv, padded) = body.split_at(IV);
    let mut plain = Zeroizing::new(padded.to_vec());
    hooks::cbc_decrypt(key, iv, &mut plain).ok_or(CryptError::Damaged)?;
    let pad = usize::from(plain.last().copied().unwrap_or(0));
    if pad == 0 || pad > IV || plain[plain.len() - pad..].iter().any(|&byte| usize::from(byte) != pad) {
        return Err(CryptError::Damaged);
    }
    let keep = plain.len() - pad;
    plain.truncate(keep);
    Ok(plain)
}
