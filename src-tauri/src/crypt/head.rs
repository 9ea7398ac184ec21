//! The head of a record: a counter, each section's revision and hash, the indexed part, the head before, and a MAC
//! over all of it under a key of the site. A flipped, swapped or older piece of a record doesn't fit its head.

use super::error::CryptError;
use super::hooks;
use crate::secret::Secret;
use bson::raw::{CString, RawBinaryRef, cstr};
use bson::spec::BinarySubtype;
use bson::{Bson, RawDocument, RawDocumentBuf, doc};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use subtle::ConstantTimeEq;
use uuid::Uuid;

/// SHA-256 or HMAC-SHA-256.
pub type Hash = [u8; 32];

/// Which record a head is for, and the site's key for heads.
pub struct Owner<'a> {
    /// The site's MAC key.
    pub key: &'a Secret<32>,
    /// The site.
    pub site: Uuid,
    /// The collection.
    pub collection: &'a str,
    /// `_id` of the document.
    pub record: Uuid,
}

/// One section in a head.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    /// The section's revision.
    pub rev: i64,
    /// Hash of what is stored, see [`stored_hash`].
    pub hash: Hash,
}

/// A record's head.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// How many heads this record had, this one included.
    pub counter: i64,
    /// Sections by name (`identity` …; `value` in an item).
    pub sections: BTreeMap<String, Mark>,
    /// See [`index_hash`]; zeros where nothing is indexed.
    pub index: Hash,
    /// Hash of the head before; zeros for the first.
    pub previous: Hash,
    /// MAC over all of the above and the owner.
    pub mac: Hash,
}

/// Hash of a stored section value: its binary subtype and its bytes.
#[must_use]
pub fn stored_hash(stored: RawBinaryRef<'_>) -> Hash {
    sha_256(&[&[u8::from(stored.subtype)], stored.bytes])
}

/// MAC over the clear values of the indexed paths, in order of the paths.
///
/// # Errors
/// [`CryptError::Refused`] when a value isn't BSON.
pub fn index_hash(owner: &Owner<'_>, values: &[(&str, &Bson)]) -> Result<Hash, CryptError> {
    let mut sorted = values.to_vec();
    sorted.sort_by_key(|(path, _)| *path);
    let mut text = owner.begin(b"wardseal/index/1\0");
    for (path, value) in sorted {
        let value = bson::serialize_to_vec(&doc! { "v": value }).map_err(|_| CryptError::Refused("not a value"))?;
        put(&mut text, path.as_bytes());
        put(&mut text, &value);
    }
    Ok(owner.mac(&text))
}

impl Head {
    /// The first head of a record; `sections` are (name, revision, stored value).
    #[must_use]
    pub fn first(owner: &Owner<'_>, sections: &[(&str, i64, RawBinaryRef<'_>)], index: Hash) -> Self {
        let empty = Head { counter: 0, sections: BTreeMap::new(), index, previous: [0; 32], mac: [0; 32] };
        empty.followed_by(owner, sections, index, [0; 32])
    }

    /// The head after this one: `changed` sections replace theirs, `index` replaces the old hash if given.
    #[must_use]
    pub fn next(&self, owner: &Owner<'_>, changed: &[(&str, i64, RawBinaryRef<'_>)], index: Option<Hash>) -> Self {
        self.followed_by(owner, changed, index.unwrap_or(self.index), self.hash())
    }

    fn followed_by(
        &self,
        owner: &Owner<'_>,
        changed: &[(&str, i64, RawBinaryRef<'_>)],
        index: Hash,
        previous: Hash,
    ) -> Self {
        let mut sections = self.sections.clone();
        for (name, rev, stored) in changed {
            sections.insert((*name).to_owned(), Mark { rev: *rev, hash: stored_hash(*stored) });
        }
        let mut head = Head { counter: self.counter + 1, sections, index, previous, mac: [0; 32] };
        head.mac = owner.mac(&head.canonical(owner));
        head
    }

    /// Hash of the whole head, for the audit row and for the next head.
    #[must_use]
    pub fn hash(&self) -> Hash {
        sha_256(&[b"wardseal/head/1\0", &self.content(), &self.mac])
    }

    /// Checks the MAC.
    ///
    /// # Errors
    /// [`CryptError::Damaged`] when this isn't a head the site made for this record.
    pub fn verify(&self, owner: &Owner<'_>) -> Result<(), CryptError> {
        let expected = owner.mac(&self.canonical(owner));
        if bool::from(expected.ct_eq(&self.mac)) { Ok(()) } else { Err(CryptError::Damaged) }
    }

    /// Checks one stored section (of those that were fetched) and gives its revision.
    ///
    /// # Errors
    /// [`CryptError::Damaged`] when the head names another value.
    pub fn check(&self, name: &str, stored: RawBinaryRef<'_>) -> Result<i64, CryptError> {
        let mark = self.sections.get(name).ok_or(CryptError::Damaged)?;
        if mark.hash == stored_hash(stored) { Ok(mark.rev) } else { Err(CryptError::Damaged) }
    }

    /// Checks the clear values of the indexed paths.
    ///
    /// # Errors
    /// [`CryptError::Damaged`] when they aren't those the head was made for.
    pub fn check_index(&self, owner: &Owner<'_>, values: &[(&str, &Bson)]) -> Result<(), CryptError> {
        if index_hash(owner, values)? == self.index { Ok(()) } else { Err(CryptError::Damaged) }
    }

    /// The stored form.
    #[must_use]
    pub fn to_document(&self) -> RawDocumentBuf {
        let mut sections = RawDocumentBuf::new();
        for (name, mark) in &self.sections {
            let mut stored = RawDocumentBuf::new();
            stored.append(cstr!("r"), mark.rev);
            stored.append(cstr!("h"), binary(&mark.hash));
            // A section's name is a word of the program's own: it holds no zero byte.
            CString::try_from(name.as_str()).into_iter().for_each(|name| sections.append(name, &stored));
        }
        let mut document = RawDocumentBuf::new();
        document.append(cstr!("n"), self.counter);
        document.append(cstr!("s"), sections);
        document.append(cstr!("x"), binary(&self.index));
        document.append(cstr!("p"), binary(&self.previous));
        document.append(cstr!("m"), binary(&self.mac));
        document
    }

    /// Reads the stored form.
    ///
    /// # Errors
    /// [`CryptError::Damaged`] when it isn't a head.
    pub fn from_document(stored: &RawDocument) -> Result<Self, CryptError> {
        let mut sections = BTreeMap::new();
        for section in stored.get_document("s").map_err(|_| CryptError::Damaged)? {
            let (name, mark) = section?;
            let mark = mark.as_document().ok_or(CryptError::Damaged)?;
            let rev = mark.get_i64("r").map_err(|_| CryptError::Damaged)?;
            sections.insert(name.as_str().to_owned(), Mark { rev, hash: hash_in(mark, "h")? });
        }
        let counter = stored.get_i64("n").map_err(|_| CryptError::Damaged)?;
        let (index, previous) = (hash_in(stored, "x")?, hash_in(stored, "p")?);
        Ok(Self { counter, sections, index, previous, mac: hash_in(stored, "m")? })
    }

    fn canonical(&self, owner: &Owner<'_>) -> Vec<u8> {
        let mut text = owner.begin(b"wardseal/head-mac/1\0");
        put(&mut text, &self.content());
        text
    }

    fn content(&self) -> Vec<u8> {
        let mut text = self.counter.to_le_bytes().to_vec();
        for (name, mark) in &self.sections {
            put(&mut text, name.as_bytes());
            text.extend_from_slice(&mark.rev.to_le_bytes());
            text.extend_from_slice(&mark.hash);
        }
        text.extend_from_slice(&self.index);
        text.extend_from_slice(&self.previous);
        text
    }
}

impl Owner<'_> {
    fn begin(&self, domain: &[u8]) -> Vec<u8> {
        let mut text = domain.to_vec();
        text.extend_from_slice(self.site.as_bytes());
        put(&mut text, self.collection.as_bytes());
        text.extend_from_slice(self.record.as_bytes());
        text
    }

    fn mac(&self, text: &[u8]) -> Hash {
        let mut mac = [0; 32];
        // EXPOSE: the MAC needs the key; a 32-byte key and output always fit.
        let _always = hooks::hmac_sha_256(self.key.expose(), &[text], &mut mac);
        hooks::burn_stack();
        mac
    }
}

/// Length first, so that no two lists of pieces read alike.
fn put(text: &mut Vec<u8>, piece: &[u8]) {
    text.extend_from_slice(&(piece.len() as u64).to_le_bytes());
    text.extend_from_slice(piece);
}

fn sha_256(pieces: &[&[u8]]) -> Hash {
    let mut hash = Sha256::new();
    pieces.iter().for_each(|piece| hash.update(piece));
    hash.finalize().into()
}

fn binary(hash: &Hash) -> RawBinaryRef<'_> {
    RawBinaryRef { subtype: BinarySubtype::Generic, bytes: hash }
}

fn hash_in(stored: &RawDocument, name: &str) -> Result<Hash, CryptError> {
    let value = stored.get_binary(name).map_err(|_| CryptError::Damaged)?;
    value.bytes.try_into().map_err(|_| CryptError::Damaged)
}
