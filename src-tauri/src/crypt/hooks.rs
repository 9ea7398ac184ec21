//! The primitives libmongocrypt asks for, in Rust, in place on one buffer.
//!
//! Must never pad (libmongocrypt does), never panic and never keep a key.

use super::error::CryptError;
use aes::Aes256;
use aes::cipher::{Array, Block, BlockModeDecrypt, BlockModeEncrypt, KeyIvInit, StreamCipher};
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256, Sha512};
use std::cell::RefCell;

/// Where random bytes come from. Only tests with fixed vectors use another one than [`SystemRandom`].
pub trait RandomSource: Send + Sync {
    /// Fills `out` completely.
    ///
    /// # Errors
    /// When there is no randomness.
    fn fill(&self, out: &mut [u8]) -> Result<(), CryptError>;
}

/// The operating system's generator.
pub struct SystemRandom;

impl RandomSource for SystemRandom {
    fn fill(&self, out: &mut [u8]) -> Result<(), CryptError> {
        if out.len() > LONGEST_IV { Ok(getrandom::fill(out)?) } else { fill_iv(out) }
    }
}

/// Longest random value that may come from [`Drawn`]; keys are longer and never do.
const LONGEST_IV: usize = 16;

/// Random bytes of the operating system drawn beforehand, a system call for many: for what isn't secret once used.
struct Drawn {
    bytes: [u8; 1024],
    left: usize,
}

thread_local! {
    static DRAWN: RefCell<Drawn> = const { RefCell::new(Drawn { bytes: [0; 1024], left: 0 }) };
}

/// Fills `out`, a nonce or an initialisation vector, with random bytes that are used only this once.
///
/// # Errors
/// When there is no randomness.
pub(super) fn fill_iv(out: &mut [u8]) -> Result<(), CryptError> {
    DRAWN.with_borrow_mut(|drawn| {
        if drawn.left < out.len() {
            getrandom::fill(&mut drawn.bytes)?;
            drawn.left = drawn.bytes.len();
        }
        let (rest, taken) = drawn.bytes[..drawn.left].split_at_mut(drawn.left - out.len());
        out.copy_from_slice(taken);
        taken.fill(0);
        drawn.left = rest.len();
        Ok(())
    })
}

/// AES-256-CBC without padding; `None` for lengths that don't fit.
pub fn cbc_encrypt(key: &[u8], iv: &[u8], buffer: &mut [u8]) -> Option<()> {
    let mut cipher = cbc::Encryptor::<Aes256>::new_from_slices(key, iv).ok()?;
    cipher.encrypt_blocks(blocks(buffer)?);
    Some(())
}

/// The inverse of [`cbc_encrypt`].
pub fn cbc_decrypt(key: &[u8], iv: &[u8], buffer: &mut [u8]) -> Option<()> {
    let mut cipher = cbc::Decryptor::<Aes256>::new_from_slices(key, iv).ok()?;
    cipher.decrypt_blocks(blocks(buffer)?);
    Some(())
}

/// AES-256-CTR with a 128-bit big-endian counter; its own inverse.
pub fn ctr(key: &[u8], iv: &[u8], buffer: &mut [u8]) -> Option<()> {
    let mut cipher = ctr::Ctr128BE::<Aes256>::new_from_slices(key, iv).ok()?;
    cipher.try_apply_keystream(buffer).ok()
}

/// HMAC-SHA-256 over the pieces one after the other.
pub fn hmac_sha_256(key: &[u8], pieces: &[&[u8]], out: &mut [u8]) -> Option<()> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).ok()?;
    pieces.iter().for_each(|piece| mac.update(piece));
    copy_exactly(&mac.finalize().into_bytes(), out)
}

/// HMAC-SHA-512 over the pieces one after the other.
pub fn hmac_sha_512(key: &[u8], pieces: &[&[u8]], out: &mut [u8]) -> Option<()> {
    let mut mac = Hmac::<Sha512>::new_from_slice(key).ok()?;
    pieces.iter().for_each(|piece| mac.update(piece));
    copy_exactly(&mac.finalize().into_bytes(), out)
}

/// SHA-256.
pub fn sha_256(input: &[u8], out: &mut [u8]) -> Option<()> {
    copy_exactly(&Sha256::digest(input), out)
}

/// RSASSA-PKCS1-v1_5 with SHA-256, for the service accounts of Google; the key in PKCS#8.
pub fn sign_rs_256(key: &[u8], input: &[u8], out: &mut [u8]) -> Option<()> {
    let key = ring::signature::RsaKeyPair::from_pkcs8(key).ok()?;
    let out = out.get_mut(..key.public().modulus_len())?;
    key.sign(&ring::signature::RSA_PKCS1_SHA256, &ring::rand::SystemRandom::new(), input, out).ok()
}

/// Overwrites 24 kB of this thread's stack below the caller: key schedules are moved about there while a context runs.
#[inline(never)]
pub fn burn_stack() {
    let mut used = [0_u8; 24 * 1024];
    std::hint::black_box(&mut used);
}

fn blocks(buffer: &mut [u8]) -> Option<&mut [Block<Aes256>]> {
    let (blocks, rest) = Array::slice_as_chunks_mut(buffer);
    rest.is_empty().then_some(blocks)
}

fn copy_exactly(from: &[u8], to: &mut [u8]) -> Option<()> {
    (from.len() == to.len()).then(|| to.copy_from_slice(from))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn no_initialisation_vector_comes_twice_and_none_is_left_behind() {
        let mut seen = BTreeSet::new();
        for round in 0..500 {
            let mut iv = [0; 16];
            let len = if round % 2 == 0 { 16 } else { 12 };
            fill_iv(&mut iv[..len]).unwrap();
            assert!(seen.insert(iv));
            DRAWN.with_borrow(|drawn| assert!(!drawn.bytes.windows(len).any(|window| window == &iv[..len])));
        }
    }
}
