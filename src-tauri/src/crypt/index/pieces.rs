//! The index blocks a value has when it is stored, and the tokens that open them.

use crate::crypt::tokens::{BLOCK, Token};
use crate::crypt::{CryptError, open_ctr};
use bson::{RawArray, RawDocument};

/// The tokens of one block, its contention partition included.
struct Piece {
    data: Token,
    state: Token,
    server: Token,
}

/// What a genuine block says.
pub(super) struct Counted {
    /// Its tag.
    pub tag: [u8; 32],
    /// The counter it was counted by, and how far that was then.
    pub counter: ([u8; 32], u64),
}

/// What a payload says about the stored form of its value.
pub(super) struct Pieces {
    /// What stands between the value's type and its ciphertext: how many blocks there are, of which kinds.
    pub counts: Vec<u8>,
    pieces: Vec<Piece>,
}

impl Pieces {
    /// Reads a payload to store (type 11) as libmongocrypt makes it.
    pub fn of(payload: &[u8]) -> Result<Self, CryptError> {
        let body = payload.strip_prefix(&[11]).ok_or(CryptError::Damaged)?;
        let body = RawDocument::from_bytes(body)?;
        if let Ok(edges) = body.get_array("g") {
            let pieces = Piece::list(edges)?;
            return Ok(Self { counts: vec![u8::try_from(pieces.len()).map_err(|_| CryptError::Damaged)?], pieces });
        }
        match body.get_document("b") {
            Ok(parts) => Self::text(parts),
            Err(_) => Ok(Self { counts: Vec::new(), pieces: vec![Piece::of(body)?] }),
        }
    }

    fn text(parts: &RawDocument) -> Result<Self, CryptError> {
        let list = |name| parts.get_array(name).map_or_else(|_| Ok(Vec::new()), Piece::list);
        let mut pieces = vec![Piece::of(parts.get_document("e").map_err(|_| CryptError::Damaged)?)?];
        let (middles, ends, starts) = (list("s")?, list("u")?, list("p")?);
        let total = 1 + middles.len() + ends.len() + starts.len();
        let mut counts = Vec::new();
        for count in [total, middles.len(), ends.len()] {
            counts.extend(u32::try_from(count).map_err(|_| CryptError::Damaged)?.to_le_bytes());
        }
        pieces.extend(middles.into_iter().chain(ends).chain(starts));
        Ok(Self { counts, pieces })
    }

    /// Bytes of all blocks.
    pub fn len(&self) -> usize {
        self.pieces.len() * BLOCK
    }

    /// The tags in the blocks at the end of a stored value, each block checked whole; `None` when one isn't genuine.
    pub fn tags(&self, stored: &[u8]) -> Option<Vec<Counted>> {
        let blocks = stored.get(stored.len().checked_sub(self.len())?..)?;
        self.pieces.iter().zip(blocks.chunks_exact(BLOCK)).map(|(piece, block)| piece.tag(block)).collect()
    }
}

impl Piece {
    fn of(tokens: &RawDocument) -> Result<Self, CryptError> {
        let token = |name| tokens.get_binary(name).ok().and_then(|token| Token::from_slice(token.bytes));
        let [data, state, server] = ["d", "s", "l"].map(token);
        let (data, server) = data.zip(server).ok_or(CryptError::Damaged)?;
        Ok(Self { data, state: state.ok_or(CryptError::Damaged)?, server })
    }

    fn list(array: &RawArray) -> Result<Vec<Self>, CryptError> {
        array.into_iter().map(|one| Self::of(one?.as_document().ok_or(CryptError::Damaged)?)).collect()
    }

    /// The block's tag, if its counter, its zeros and the tag itself are as they were made, in partition 0.
    fn tag(&self, block: &[u8]) -> Option<Counted> {
        let counter = open_ctr(self.server.number(1).as_bytes(), &block[..32]).ok()?;
        let zeros = open_ctr(self.server.number(2).as_bytes(), &block[64..]).ok()?;
        let (count, partition) = counter.split_at_checked(8)?;
        let count = u64::from_le_bytes(count.try_into().ok()?);
        let tag = self.data.number(1).number(count);
        let genuine = count > 0
            && partition == [0; 8]
            && zeros.len() == 16
            && zeros.iter().all(|byte| *byte == 0)
            && tag.as_bytes() == &block[32..64];
        genuine.then(|| Counted { tag: *tag.as_bytes(), counter: (*self.state.as_bytes(), count) })
    }
}
