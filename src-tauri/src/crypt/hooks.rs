//! The primitives libmongocrypt asks for, in Rust, in place on one buffer.
//!
//! Must never pad (libmongocrypt does), never panic and never keep a key.

use super::error::CryptError;
use aes::Aes256;
use aes::cipher::{Array, Block, BlockModeDecrypt, BlockModeEncrypt, KeyIvInit, StreamCipher};
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256, Sha512};

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
        Ok(getrandom::fill(out)?)
    }
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
