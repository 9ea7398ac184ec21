//! The forms an indexed value is stored in (14, 15, 17), and the tags read back from them.

use super::payload::{Indexed, InsertPayload};
use super::tokens::{decrypt, encrypt, prf_number};
use crate::store::server::filter::TextPart;
use crate::store::server::refusal::Answer;
use crate::store::server::tables::Block;

const BLOCK: usize = 96;
const ZEROS: [u8; 16] = [0; 16];

/// What is stored for one indexed piece, and its tag.
pub(crate) struct Piece {
    /// Encrypted counters, tag, encrypted zeros.
    pub(crate) bytes: Vec<u8>,
    /// Tag for `__safeContent__`.
    pub(crate) tag: Block,
}

impl Piece {
    /// The piece with the given count under tokens `d` and `l`.
    pub(crate) fn new(d: &Block, l: &Block, count: u64, contention: u64) -> Answer<Self> {
        let tag = prf_number(&prf_number(d, 1), count);
        let mut counters = [0; 16];
        counters[..8].copy_from_slice(&count.to_le_bytes());
        counters[8..].copy_from_slice(&contention.to_le_bytes());
        let mut bytes = Vec::with_capacity(BLOCK);
        bytes.extend(encrypt(&prf_number(l, 1), &counters)?);
        bytes.extend(tag);
        bytes.extend(encrypt(&prf_number(l, 2), &ZEROS)?);
        Ok(Self { bytes, tag })
    }
}

/// The stored form of a payload with its pieces.
pub(crate) fn build(payload: &InsertPayload<'_>, pieces: &[Piece]) -> Answer<Vec<u8>> {
    let value = encrypt(payload.e, payload.value)?;
    let mut out = Vec::with_capacity(32 + value.len() + pieces.len() * BLOCK);
    out.push(match payload.indexed {
        Indexed::Equality(_) => 14,
        Indexed::Range(..) => 15,
        Indexed::Text(..) => 17,
    });
    out.extend(payload.index_key);
    out.push(payload.bson_type);
    match payload.indexed {
        Indexed::Equality(_) => {}
        Indexed::Range(..) => out.push(u8::try_from(pieces.len()).unwrap_or(u8::MAX)),
        Indexed::Text(_, substrings, suffixes) => {
            let total = u32::try_from(pieces.len()).unwrap_or(u32::MAX);
            [total, substrings, suffixes].iter().for_each(|n| out.extend(n.to_le_bytes()));
        }
    }
    out.extend(value);
    pieces.iter().for_each(|piece| out.extend(&piece.bytes));
    Ok(out)
}

/// The tags inside a stored value; none for a value without index, `None` for one that is too short.
pub(crate) fn tags(stored: &[u8]) -> Option<Vec<Block>> {
    Some(blocks(stored)?.iter().filter_map(|block| block.get(32..64)?.try_into().ok()).collect())
}

/// Whether some piece of the stored value was made under a token, by the keys of its zeros: the scan that needs no
/// counters. Of a string only the pieces of one kind are looked at.
pub(crate) fn made_under(stored: &[u8], keys: &[Block], part: Option<TextPart>) -> bool {
    let zeros = |block: &&[u8]| {
        let zeros = block.get(64..96).unwrap_or_default();
        keys.iter().any(|key| decrypt(key, zeros).is_some_and(|zeros| zeros == ZEROS))
    };
    blocks(stored).is_some_and(|blocks| group(stored, &blocks, part).iter().any(zeros))
}

/// Key of the zeros in a block made under the token `l`.
pub(crate) fn zeros_key(l: &Block) -> Block {
    prf_number(l, 2)
}

fn group<'b>(stored: &[u8], blocks: &'b [&'b [u8]], part: Option<TextPart>) -> &'b [&'b [u8]] {
    let (Some(17), Some(part)) = (stored.first(), part) else { return blocks };
    let number =
        |at: usize| stored.get(at..at + 4).and_then(|n| n.try_into().ok()).map_or(0, u32::from_le_bytes) as usize;
    let (middles, ends) = (1 + number(22), 1 + number(22) + number(26));
    let range = match part {
        TextPart::Whole => 0..1,
        TextPart::Substring => 1..middles,
        TextPart::Suffix => middles..ends,
        TextPart::Prefix => ends..blocks.len(),
    };
    blocks.get(range).unwrap_or_default()
}

fn blocks(stored: &[u8]) -> Option<Vec<&[u8]>> {
    let count = match stored.first()? {
        14 => 1,
        15 => usize::from(*stored.get(18)?),
        17 => u32::from_le_bytes(stored.get(18..22)?.try_into().ok()?) as usize,
        _ => 0,
    };
    let from = stored.len().checked_sub(count.checked_mul(BLOCK)?).filter(|from| *from >= 18)?;
    Some(stored[from..].chunks_exact(BLOCK).take(count).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tag_of_a_stored_value_is_read_back_and_only_its_token_recognises_it() {
        let piece = Piece::new(&[1; 32], &[2; 32], 3, 0).unwrap();
        let stored = [vec![14; 18], vec![0; 40], piece.bytes].concat();
        assert_eq!(tags(&stored), Some(vec![piece.tag]));
        assert!(made_under(&stored, &[zeros_key(&[3; 32]), zeros_key(&[2; 32])], None));
        assert!(!made_under(&stored, &[zeros_key(&[3; 32])], None));
    }

    #[test]
    fn a_cut_value_has_no_tags_rather_than_wrong_ones() {
        assert_eq!(tags(&[14; 90]), None);
        assert_eq!(tags(&[15, 0]), None);
        assert_eq!(tags(&[16; 40]), Some(vec![]));
    }
}
