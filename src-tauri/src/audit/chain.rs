//! The bytes under every hash and signature. Pure: knows no database and no key.

use super::event::Kind;
use crate::clock::Timestamp;
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// A SHA-256.
pub type Hash = [u8; 32];

const ROW: &[u8] = b"wardseal/audit/row/1\0";
const HEAD: &[u8] = b"wardseal/audit/head/1\0";
const GENESIS: &[u8] = b"wardseal/audit/genesis/1\0";

/// One row as it lies in the file; only `body` is sealed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// 1, 2, 3 … without a gap.
    pub seq: u64,
    /// When.
    pub at: Timestamp,
    /// Which workstation's audit this is.
    pub workstation: Uuid,
    /// Decision, outcome or system.
    pub kind: Kind,
    /// The decision that an outcome belongs to.
    pub refers_to: Option<u64>,
    /// The sealed event.
    pub body: Vec<u8>,
    /// Hash of the row before, [`genesis`] for the first.
    pub prev: Hash,
    /// Hash of this row.
    pub hash: Hash,
}

impl Row {
    /// What `hash` has to be.
    #[must_use]
    pub fn computed_hash(&self) -> Hash {
        let mut hash = Sha256::new();
        hash.update(ROW);
        hash.update(self.seq.to_be_bytes());
        hash.update(clear_bytes(self.at, self.workstation, self.kind, self.refers_to));
        hash.update((self.body.len() as u64).to_be_bytes());
        hash.update(&self.body);
        hash.update(self.prev);
        hash.finalize().into()
    }
}

/// A newest row, vouched for by the workstation's signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedHead {
    /// 1, 2, 3 … without a gap, so that a missing head shows.
    pub number: u64,
    /// The newest row then.
    pub seq: u64,
    /// Its hash.
    pub hash: Hash,
    /// When it was signed.
    pub at: Timestamp,
    /// Ed25519, over [`SignedHead::message`].
    pub signature: [u8; 64],
}

impl SignedHead {
    /// The bytes that are signed.
    #[must_use]
    pub fn message(workstation: Uuid, number: u64, seq: u64, hash: &Hash, at: Timestamp) -> Vec<u8> {
        let mut message = HEAD.to_vec();
        message.extend_from_slice(workstation.as_bytes());
        message.extend_from_slice(&number.to_be_bytes());
        message.extend_from_slice(&seq.to_be_bytes());
        message.extend_from_slice(hash);
        message.extend_from_slice(&at.0.to_be_bytes());
        message
    }
}

/// What the first row of a workstation's audit is chained to.
#[must_use]
pub fn genesis(workstation: Uuid) -> Hash {
    Sha256::new().chain_update(GENESIS).chain_update(workstation.as_bytes()).finalize().into()
}

/// The clear columns in canonical form: under the row's hash, and the associated data of its sealed body.
pub(super) fn clear_bytes(at: Timestamp, workstation: Uuid, kind: Kind, refers_to: Option<u64>) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(48);
    bytes.extend_from_slice(&at.0.to_be_bytes());
    bytes.extend_from_slice(workstation.as_bytes());
    bytes.push(u8::try_from(kind.code().len()).unwrap_or(u8::MAX));
    bytes.extend_from_slice(kind.code().as_bytes());
    bytes.push(u8::from(refers_to.is_some()));
    bytes.extend_from_slice(&refers_to.unwrap_or(0).to_be_bytes());
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_of_a_row_is_frozen() {
        let workstation = Uuid::from_u128(7);
        let mut row = Row {
            seq: 1,
            at: Timestamp(1_700_000_000_000),
            workstation,
            kind: Kind::Decision,
            refers_to: None,
            body: b"sealed".to_vec(),
            prev: genesis(workstation),
            hash: [0; 32],
        };
        let first = row.computed_hash();
        assert_eq!(first[..4], FROZEN, "{first:02x?}");
        row.refers_to = Some(0);
        assert_ne!(row.computed_hash(), first, "an absent reference isn't row 0");
    }

    const FROZEN: [u8; 4] = [0x8c, 0xd0, 0x0b, 0xf9];
}
