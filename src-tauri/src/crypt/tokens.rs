//! Queryable Encryption's tokens: every one is HMAC-SHA-256 of the one above it, over a number or a value.
//!
//! Wardseal itself derives only what it takes to check stored index blocks; libmongocrypt makes the rest.

use super::aead;
use super::error::CryptError;
use super::hooks;
use bson::RawDocument;
use zeroize::{Zeroize, ZeroizeOnDrop};

/// 32 bytes that open one more step of the tree.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct Token([u8; 32]);

impl Token {
    /// Takes exactly 32 bytes.
    #[must_use]
    pub fn from_slice(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    /// The token below, over a number (8 bytes, little-endian).
    #[must_use]
    pub fn number(&self, number: u64) -> Self {
        self.value(&number.to_le_bytes())
    }

    /// The token below, over a value's bytes.
    #[must_use]
    pub fn value(&self, value: &[u8]) -> Self {
        let mut below = Self([0; 32]);
        // A 32-byte key and a 32-byte output always fit.
        let _always = hooks::hmac_sha_256(&self.0, &[value], &mut below.0);
        below
    }

    /// The bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

/// The first two levels below a data key's token key: what exists once per field.
pub struct FieldTokens {
    /// Collections, level 1.
    pub collections: Token,
    /// Server token derivation, level 1.
    pub derivation: Token,
    /// Opens the outer layer of stored values; goes to the server as `e`.
    pub server_data: Token,
    /// Of the documents' tags.
    pub edc: Token,
    /// Of the state collection.
    pub esc: Token,
    /// Of the former cache collection (v1; still in the vectors).
    pub ecc: Token,
    /// Of the compaction collection.
    pub ecoc: Token,
}

impl FieldTokens {
    /// From the last 32 bytes of a data key.
    #[must_use]
    pub fn of(token_key: &Token) -> Self {
        let collections = token_key.number(1);
        Self {
            derivation: token_key.number(2),
            server_data: token_key.number(3),
            edc: collections.number(1),
            esc: collections.number(2),
            ecc: collections.number(3),
            ecoc: collections.number(4),
            collections,
        }
    }
}

/// What a query for one value hands out, enough to find and to check its index blocks.
pub struct ValueTokens {
    /// EDC token of the value.
    pub data: Token,
    /// ESC token of the value.
    pub state: Token,
    /// Server-derived token of the value.
    pub server: Token,
}

/// One index block of a stored value, opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Block {
    /// How many documents had this value before, plus one.
    pub count: u64,
    /// The contention partition.
    pub partition: u64,
    /// The tag in `__safeContent__`.
    pub tag: [u8; 32],
}

/// Length of an index block.
pub const BLOCK: usize = 96;

impl ValueTokens {
    /// From the token key, as a client derives them; `value` is the BSON value without its type byte.
    #[must_use]
    pub fn of(field: &FieldTokens, value: &[u8]) -> Self {
        Self { data: field.edc.value(value), state: field.esc.value(value), server: field.derivation.value(value) }
    }

    /// From an equality query payload (type 12) as libmongocrypt makes it.
    ///
    /// # Errors
    /// [`CryptError::Damaged`] when it isn't one.
    pub fn from_query(payload: &[u8]) -> Result<Self, CryptError> {
        let (&kind, body) = payload.split_first().ok_or(CryptError::Damaged)?;
        let body = RawDocument::from_bytes(body)?;
        let token = |name| body.get_binary(name).ok().and_then(|value| Token::from_slice(value.bytes));
        match (kind, token("d"), token("s"), token("l")) {
            (12, Some(data), Some(state), Some(server)) => Ok(Self { data, state, server }),
            _ => Err(CryptError::Damaged),
        }
    }

    /// Key of the encrypted counters.
    #[must_use]
    pub fn count_key(&self) -> Token {
        self.server.number(1)
    }

    /// Key of the encrypted zeros.
    #[must_use]
    pub fn zeros_key(&self) -> Token {
        self.server.number(2)
    }

    /// The tag of the `count`-th document with this value in a contention partition.
    #[must_use]
    pub fn tag(&self, partition: u64, count: u64) -> Token {
        self.data.number(partition).number(1).number(count)
    }

    /// Opens a 96-byte block and checks all of it: the zeros, and the tag against the counter.
    ///
    /// # Errors
    /// [`CryptError::Damaged`] when any bit of it isn't as it was made.
    pub fn open_block(&self, block: &[u8]) -> Result<Block, CryptError> {
        let (counter, rest) = block.split_at_checked(32).ok_or(CryptError::Damaged)?;
        let (tag, zeros) = rest.split_at_checked(32).ok_or(CryptError::Damaged)?;
        let counter = aead::open_ctr(self.count_key().as_bytes(), counter)?;
        let zeros = aead::open_ctr(self.zeros_key().as_bytes(), zeros)?;
        let (count, partition) = (number(&counter[..8]), number(&counter[8..]));
        let expected = self.tag(partition, count);
        if zeros.len() != 16 || zeros.iter().any(|&byte| byte != 0) || expected.as_bytes() != tag {
            return Err(CryptError::Damaged);
        }
        Ok(Block { count, partition, tag: *expected.as_bytes() })
    }
}

fn number(bytes: &[u8]) -> u64 {
    bytes.iter().rev().fold(0, |sum, &byte| (sum << 8) | u64::from(byte))
}
