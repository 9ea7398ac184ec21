//! A client's payloads for queryable encryption, made from the protocol's formulas alone.

use aes::cipher::{KeyIvInit as _, StreamCipher as _};
use bson::spec::BinarySubtype;
use bson::{Binary, Bson, Document, RawDocumentBuf, doc};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

pub type Token = [u8; 32];

/// A field's data key: its id, and the part tokens come from.
#[derive(Clone, Copy)]
pub struct FieldKey {
    id: [u8; 16],
    root: Token,
}

/// The data key with this number.
pub fn key(id: u8) -> FieldKey {
    FieldKey { id: [id; 16], root: [id ^ 0x5a; 32] }
}

impl FieldKey {
    /// `keyId` as encryptedFields has it.
    pub fn id(self) -> Binary {
        Binary { subtype: BinarySubtype::Uuid, bytes: self.id.to_vec() }
    }

    /// Insert payload (11) for equality.
    pub fn insert(self, value: impl Into<Bson>, k: i64) -> Bson {
        self.insert_as(value, k, |_| {})
    }

    /// Insert payload with something wrong about it.
    pub fn insert_as(self, value: impl Into<Bson>, k: i64, spoil: impl FnOnce(&mut Document)) -> Bson {
        let (bson_type, value) = bytes_of(value.into());
        let partition = u64::try_from(k).unwrap();
        let d = number(&self.data(1, &value), partition);
        let s = number(&self.data(2, &value), partition);
        let p = encrypt(&number(&number(&self.root, 1), 4), &s);
        // The server never opens the client's seal, so the value stands in its place here.
        let opaque = [self.id().bytes, value.clone()].concat();
        let mut payload = doc! {
            "d": blob(&d), "s": blob(&s), "p": blob(&p), "u": self.id(), "t": i32::from(bson_type),
            "v": blob(&opaque), "e": blob(&number(&self.root, 3)), "l": blob(&self.derived(&value)), "k": k,
        };
        spoil(&mut payload);
        encrypted(11, &payload)
    }

    /// Find payload (12) for equality.
    pub fn find(self, value: impl Into<Bson>, cm: i64) -> Bson {
        let (_, value) = bytes_of(value.into());
        let payload = doc! {
            "d": blob(&self.data(1, &value)), "s": blob(&self.data(2, &value)),
            "l": blob(&self.derived(&value)), "cm": cm,
        };
        encrypted(12, &payload)
    }

    /// Unindexed value (16).
    pub fn unindexed(self, value: impl Into<Bson>) -> Bson {
        let (bson_type, value) = bytes_of(value.into());
        let bytes = [vec![16], self.id().bytes, vec![bson_type], value].concat();
        Bson::Binary(Binary { subtype: BinarySubtype::Encrypted, bytes })
    }

    /// Token that compaction needs.
    pub fn compaction(self) -> Binary {
        blob(&number(&number(&self.root, 1), 4))
    }

    /// The tag of the `count`-th use of a value.
    pub fn tag(self, value: impl Into<Bson>, k: u64, count: u64) -> Vec<u8> {
        let (_, value) = bytes_of(value.into());
        number(&number(&number(&self.data(1, &value), k), 1), count).to_vec()
    }

    fn data(self, collection: u64, value: &[u8]) -> Token {
        prf(&number(&number(&self.root, 1), collection), value)
    }

    fn derived(self, value: &[u8]) -> Token {
        prf(&number(&self.root, 2), value)
    }
}

/// An encrypted field for equality.
pub fn equality(path: &str, key: FieldKey, bson_type: &str, contention: i64) -> Document {
    let queries = doc! {"queryType": "equality", "contention": contention};
    doc! {"keyId": key.id(), "path": path, "bsonType": bson_type, "queries": queries}
}

/// Subtype 6 with a first byte and BSON behind it.
pub fn encrypted(form: u8, payload: &Document) -> Bson {
    let payload = RawDocumentBuf::try_from(payload).unwrap().into_bytes();
    Bson::Binary(Binary { subtype: BinarySubtype::Encrypted, bytes: [vec![form], payload].concat() })
}

fn blob(bytes: &[u8]) -> Binary {
    Binary { subtype: BinarySubtype::Generic, bytes: bytes.to_vec() }
}

fn bytes_of(value: Bson) -> (u8, Vec<u8>) {
    let doc = RawDocumentBuf::try_from(&doc! {"": value}).unwrap().into_bytes();
    (doc[4], doc[6..doc.len() - 1].to_vec())
}

fn prf(key: &Token, data: &[u8]) -> Token {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    mac.update(data);
    mac.finalize().into_bytes().into()
}

fn number(key: &Token, n: u64) -> Token {
    prf(key, &n.to_le_bytes())
}

fn encrypt(key: &Token, plain: &[u8]) -> Vec<u8> {
    let mut body = plain.to_vec();
    ctr::Ctr128BE::<aes::Aes256>::new_from_slices(key, &[3; 16]).unwrap().apply_keystream(&mut body);
    [vec![3; 16], body].concat()
}
