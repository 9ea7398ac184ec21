//! The check of stored index values: most of their bytes aren't authenticated by MongoDB's format (key id, type byte,
//! counts, the 96-byte blocks), nor is `__safeContent__`. Every one is recomputed here from the section's truth.

use super::payload::{raw, stored_payload};
use super::pieces::{Counted, Pieces};
use super::{Clear, PATIENTS, Path, Search, deterministic, path_of};
use crate::crypt::{Crypt, CryptError, Profile};
use bson::spec::BinarySubtype;
use bson::{Bson, RawArrayBuf, RawBson, RawBsonRef, RawDocument, raw::RawBinaryRef, rawdoc};
use std::collections::BTreeSet;
use uuid::Uuid;

/// What is wrong with a stored index.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum IndexFault {
    /// A path is stored that the sections know nothing of, or one is missing.
    #[error("the index has other paths than the record")]
    Paths,
    /// The index holds another value than the section, or was tampered with.
    #[error("the index value at {0} isn't the record's")]
    Value(&'static str),
    /// The tags don't belong to the index values.
    #[error("the search tags aren't the record's")]
    Tags,
    /// It could not be checked.
    #[error(transparent)]
    Crypt(#[from] CryptError),
}

/// Checks every byte of the indexed part of a stored document against the record's truth.
///
/// `document` needs the indexed sub-documents and `__safeContent__`; `truth` is all of the record's searchable values but
/// those at the paths `untold`, which this reader can't tell. Of these only one tag each is expected where they are stored.
///
/// # Errors
/// [`IndexFault`] names the path that doesn't fit.
pub fn verify(
    crypt: &Crypt,
    document: &RawDocument,
    (truth, untold): (&[Clear], &[&str]),
    key_id: impl Fn(&str) -> Option<Uuid>,
) -> Result<(), IndexFault> {
    counters(crypt, document, (truth, untold), key_id).map(drop)
}

/// As [`verify`]; answers by which counters the document's tags were made and how far each was then: the store's can't
/// be less.
///
/// # Errors
/// As [`verify`].
pub fn counters(
    crypt: &Crypt,
    document: &RawDocument,
    (truth, untold): (&[Clear], &[&str]),
    key_id: impl Fn(&str) -> Option<Uuid>,
) -> Result<Vec<([u8; 32], u64)>, IndexFault> {
    let untold = same_paths(document, truth, untold)?;
    if crypt.profile() == Profile::Deterministic {
        return deterministic::verify(crypt, document, truth).map(|()| Vec::new());
    }
    let (mut stored, mut tags) = (Vec::with_capacity(truth.len()), Vec::new());
    for one in truth {
        let value = at(document, one.path).and_then(RawBsonRef::as_binary).ok_or(IndexFault::Value(one.path))?;
        let id = key_id(one.key).ok_or(CryptError::MissingKey)?;
        tags.extend(blocks(crypt, one, value, id)?);
        stored.push(value);
    }
    values(crypt, truth, &stored)?;
    let counters = tags.iter().map(|tag| tag.counter).collect();
    same_tags(document, tags.into_iter().map(|tag| tag.tag).collect(), untold)?;
    Ok(counters)
}

/// Checks the clear head and the blocks of a stored value, and gives its tags.
fn blocks(crypt: &Crypt, one: &Clear, stored: RawBinaryRef<'_>, id: Uuid) -> Result<Vec<Counted>, IndexFault> {
    let path = path_of(one.path).ok_or(IndexFault::Paths)?;
    let pieces = Pieces::of(&stored_payload(crypt, path, &one.value)?.bytes)?;
    let head = [&[kind(path)], id.as_bytes().as_slice(), &[one.value.element_type() as u8], &pieces.counts].concat();
    let fits = stored.subtype == BinarySubtype::Encrypted
        && stored.bytes.starts_with(&head)
        && stored.bytes.len() > head.len() + pieces.len();
    let tags = if fits { pieces.tags(stored.bytes) } else { None };
    tags.ok_or(IndexFault::Value(one.path))
}

/// First byte of the stored value.
const fn kind(path: &Path) -> u8 {
    match path.search {
        Search::Equality => 14,
        Search::Range(_) => 15,
        Search::Prefix(..) => 17,
    }
}

/// Decrypts all values at once and compares; if that fails, finds out which it was.
fn values(crypt: &Crypt, truth: &[Clear], stored: &[RawBinaryRef<'_>]) -> Result<(), IndexFault> {
    let whole = truth.iter().zip(decrypted(crypt, stored)?).find(|(one, value)| !is(&one.value, value));
    whole.map_or(Ok(()), |(one, _)| Err(IndexFault::Value(one.path)))
}

fn decrypted(crypt: &Crypt, stored: &[RawBinaryRef<'_>]) -> Result<Vec<Option<RawBson>>, IndexFault> {
    let mut list = RawArrayBuf::new();
    stored.iter().for_each(|value| list.push(*value));
    match crypt.decrypt(&rawdoc! { "v": list }) {
        Ok(opened) => {
            let opened = opened.get_array("v").map_err(|_| CryptError::Damaged)?;
            Ok(opened.into_iter().map(|value| value.ok().map(RawBson::from)).collect())
        }
        Err(_) if stored.len() > 1 => {
            let one_by_one = stored.iter().map(|value| decrypted(crypt, &[*value]).map(|mut opened| opened.pop()));
            Ok(one_by_one.map(|opened| opened.ok().flatten().flatten()).collect())
        }
        Err(_) => Ok(vec![None]),
    }
}

fn is(truth: &Bson, found: &Option<RawBson>) -> bool {
    let truth = raw(truth).ok();
    matches!((truth, found), (Some(truth), Some(found)) if truth.as_raw_bson_ref() == found.as_raw_bson_ref())
}

/// The tags are the expected ones and so many others.
fn same_tags(document: &RawDocument, expected: Vec<[u8; 32]>, others: usize) -> Result<(), IndexFault> {
    let mut found = BTreeSet::new();
    let mut count = 0;
    if let Some(tags) = document.get("__safeContent__").map_err(|_| IndexFault::Tags)? {
        for tag in tags.as_array().ok_or(IndexFault::Tags)? {
            let tag = tag.ok().and_then(RawBsonRef::as_binary).ok_or(IndexFault::Tags)?;
            let generic = tag.subtype == BinarySubtype::Generic;
            found.insert(generic.then_some(tag.bytes).and_then(|bytes| <[u8; 32]>::try_from(bytes).ok()));
            count += 1;
        }
    }
    let all = expected.len() + others;
    let expected: BTreeSet<_> = expected.into_iter().map(Some).collect();
    let whole = expected.is_subset(&found) && !found.contains(&None);
    if whole && (found.len(), count) == (all, all) { Ok(()) } else { Err(IndexFault::Tags) }
}

/// Every element beside an indexed path is an indexed path of the record. How many of the untold ones are stored.
fn same_paths(document: &RawDocument, truth: &[Clear], untold: &[&str]) -> Result<usize, IndexFault> {
    let parents: BTreeSet<&str> = PATIENTS.iter().filter_map(|path| path.path.rsplit_once('.')).map(|p| p.0).collect();
    let (mut elements, mut others) = (0, 0);
    for parent in parents {
        let Some(inside) = at(document, parent) else { continue };
        for element in inside.as_document().ok_or(IndexFault::Paths)? {
            let (name, _) = element.map_err(|_| IndexFault::Paths)?;
            if untold.iter().any(|path| path.rsplit_once('.') == Some((parent, name.as_str()))) {
                others += 1;
                continue;
            }
            let known = truth.iter().any(|one| one.path.rsplit_once('.') == Some((parent, name.as_str())));
            if !known {
                return Err(IndexFault::Paths);
            }
            elements += 1;
        }
    }
    // One too many is a name that occurs twice.
    let whole = elements == truth.len() && others <= untold.len();
    if whole { Ok(others) } else { Err(IndexFault::Paths) }
}

pub(super) fn at<'a>(document: &'a RawDocument, path: &str) -> Option<RawBsonRef<'a>> {
    match path.split_once('.') {
        None => document.get(path).ok().flatten(),
        Some((name, rest)) => at(document.get_document(name).ok()?, rest),
    }
}
