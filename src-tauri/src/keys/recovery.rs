//! The recovery key: the last holder of every compartment, split into shares of words that people keep apart.
//!
//! A share is 25 words: the first says its number and its set, the others are BIP 39 with their checksum.

use super::{KeyError, RecoveryPublic, UserKeys, sealing};
use crate::secret::Secret;
use bip39::{Language, Mnemonic};
use blahaj::{Share, Sharks};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use thiserror::Error;
use uuid::Uuid;
use zeroize::Zeroizing;

const WORDS: usize = 25;
/// The number has three bits of the first word's eleven.
const MOST_SHARES: u8 = 7;

/// Why shares were refused.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum RecoveryError {
    /// Not 25 words.
    #[error("a share has {WORDS} words; this one has {0}")]
    Count(usize),
    /// A word that is in no share.
    #[error("word {0} is not a word of a share: check its spelling")]
    UnknownWord(usize),
    /// The words are known and don't fit together.
    #[error("the words of this share do not fit together: one is wrong or in the wrong place")]
    Checksum,
    /// A share of another site or of an earlier recovery key.
    #[error("share {0} belongs to another site or to an earlier recovery key")]
    OtherSet(u8),
    /// Fewer different shares than needed.
    #[error("{found} different shares were given; {needed} are needed")]
    NotEnough {
        /// Different shares given.
        found: usize,
        /// Shares needed.
        needed: usize,
    },
    /// Together they give something else than this site's recovery key.
    #[error("these shares do not give this site's recovery key: one of them is from another set")]
    Mixed,
    /// Numbers that can't be shared out.
    #[error("a recovery key is split into 2 to {MOST_SHARES} shares of which at least 2 are needed")]
    Plan,
    /// The keys themselves failed.
    #[error(transparent)]
    Key(#[from] KeyError),
}

/// One share. Whoever has enough of them opens everything: it is shown once, on paper.
pub struct RecoveryShare {
    number: u8,
    set: u8,
    share: Secret<32>,
}

impl RecoveryShare {
    /// Which share it is, from 1.
    #[must_use]
    pub const fn number(&self) -> u8 {
        self.number
    }

    /// The 25 words, to be written down.
    ///
    /// # Errors
    /// Never in practice: lengths are fixed.
    pub fn words(&self) -> Result<Zeroizing<String>, RecoveryError> {
        let first = Language::English.word_list()[usize::from(self.number % 8) * 256 + usize::from(self.set)];
        // EXPOSE: the words are the share.
        let rest = Mnemonic::from_entropy_in(Language::English, self.share.expose());
        let rest = rest.map_err(|_| RecoveryError::Checksum)?;
        let mut words = Zeroizing::new(String::with_capacity(WORDS * 9));
        words.push_str(first);
        for word in rest.words() {
            words.push(' ');
            words.push_str(word);
        }
        Ok(words)
    }

    /// Reads the words as somebody typed them: any spacing, any case.
    ///
    /// # Errors
    /// What is wrong with them.
    pub fn parse(typed: &str) -> Result<Self, RecoveryError> {
        let typed = Zeroizing::new(typed.to_lowercase());
        let words: Vec<&str> = typed.split_whitespace().collect();
        if words.len() != WORDS {
            return Err(RecoveryError::Count(words.len()));
        }
        let unknown = words.iter().position(|word| Language::English.find_word(word).is_none());
        if let Some(at) = unknown {
            return Err(RecoveryError::UnknownWord(at + 1));
        }
        let first = Language::English.find_word(words[0]).unwrap_or_default();
        let [number, set] = first.to_be_bytes();
        let share = entropy(&words[1..])?;
        if number == 0 { Err(RecoveryError::Checksum) } else { Ok(Self { number, set, share }) }
    }
}

/// Splits a recovery key.
///
/// # Errors
/// [`RecoveryError::Plan`] for numbers that can't be, or when there is no randomness.
pub fn split(keys: &UserKeys, site: Uuid, needed: u8, shares: u8) -> Result<Vec<RecoveryShare>, RecoveryError> {
    if needed < 2 || shares < needed || shares > MOST_SHARES {
        return Err(RecoveryError::Plan);
    }
    let mut generator = sealing::generator()?;
    let set = set_of(site, keys.public().verify.as_bytes());
    // EXPOSE: this is what is split.
    let dealer = Sharks(needed).dealer_rng(keys.master().expose(), &mut generator);
    dealer.take(usize::from(shares)).map(|share| of_share(&share, set)).collect()
}

/// Brings the recovery key back and proves that it is this site's.
///
/// # Errors
/// What is wrong with the shares. Nothing of a wrong key is given out.
pub fn recombine(shares: &[RecoveryShare], site: Uuid, expected: &RecoveryPublic) -> Result<UserKeys, RecoveryError> {
    let set = set_of(site, expected.keys.verify.as_bytes());
    if let Some(other) = shares.iter().find(|share| share.set != set) {
        return Err(RecoveryError::OtherSet(other.number));
    }
    let needed = usize::try_from(expected.needed).map_err(|_| RecoveryError::Plan)?;
    let different: BTreeMap<u8, &RecoveryShare> = shares.iter().map(|share| (share.number, share)).collect();
    if different.len() < needed.max(2) {
        return Err(RecoveryError::NotEnough { found: different.len(), needed });
    }
    let keys = UserKeys::from_master(interpolate(different.values().copied(), needed)?)?;
    if keys.public() == expected.keys { Ok(keys) } else { Err(RecoveryError::Mixed) }
}

fn interpolate<'a>(
    shares: impl Iterator<Item = &'a RecoveryShare>,
    needed: usize,
) -> Result<Secret<32>, RecoveryError> {
    let shares: Vec<Share> = shares.map(to_share).collect::<Result<_, _>>()?;
    let needed = u8::try_from(needed).map_err(|_| RecoveryError::Plan)?;
    let master = Sharks(needed).recover(&shares).map(Zeroizing::new).map_err(|_| RecoveryError::Mixed)?;
    Secret::copy_from(&master).ok_or(RecoveryError::Mixed)
}

fn to_share(share: &RecoveryShare) -> Result<Share, RecoveryError> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(33));
    bytes.push(share.number);
    // EXPOSE: shares are put together here.
    bytes.extend_from_slice(share.share.expose());
    Share::try_from(bytes.as_slice()).map_err(|_| RecoveryError::Mixed)
}

fn of_share(share: &Share, set: u8) -> Result<RecoveryShare, RecoveryError> {
    let bytes = Zeroizing::new(Vec::from(share));
    let (number, rest) = bytes.split_first().ok_or(RecoveryError::Plan)?;
    let share = Secret::copy_from(rest).ok_or(RecoveryError::Plan)?;
    Ok(RecoveryShare { number: *number, set, share })
}

fn entropy(words: &[&str]) -> Result<Secret<32>, RecoveryError> {
    let joined = Zeroizing::new(words.join(" "));
    let parsed = Mnemonic::parse_in_normalized(Language::English, &joined).map_err(|_| RecoveryError::Checksum)?;
    let entropy = Zeroizing::new(parsed.to_entropy());
    Secret::copy_from(&entropy).ok_or(RecoveryError::Checksum)
}

/// One byte that shares of one set have in common.
fn set_of(site: Uuid, verify: &[u8; 32]) -> u8 {
    Sha256::digest([b"wardseal/recovery-set/1\0".as_slice(), site.as_bytes(), verify].concat())[0]
}

#[cfg(test)]
#[path = "recovery_tests.rs"]
mod tests;
