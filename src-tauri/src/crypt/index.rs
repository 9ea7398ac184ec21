//! Index payloads of the searchable paths: made, searched with, and verified.
//!
//! Much of a stored index value isn't authenticated by MongoDB's format (key id, type byte, the 96-byte block), nor is
//! `__safeContent__`: [`verify`] recomputes every one of those bytes from the section's truth.

use super::error::CryptError;
use super::tokens::{BLOCK, ValueTokens};
use super::{Crypt, Encryption};
use bson::spec::{BinarySubtype, ElementType};
use bson::{Binary, Bson, RawArrayBuf, RawBson, RawBsonRef, RawDocument, RawDocumentBuf, raw::RawBinaryRef, rawdoc};
use std::collections::BTreeSet;
use uuid::Uuid;

/// First byte of a stored equality value.
const STORED_EQUALITY: u8 = 14;
/// Type byte, key id, value type.
const HEADER: usize = 18;

/// One searchable path of a collection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Path {
    /// Dotted path in the stored document.
    pub path: &'static str,
    /// Alternative name of its data key.
    pub key: &'static str,
    /// MongoDB's name of the value's type.
    pub bson_type: &'static str,
}

/// The searchable paths of `patients`, in stored order.
pub const PATIENTS: [Path; 7] = [
    Path { path: "i.surname", key: "index:surname", bson_type: "string" },
    Path { path: "i.given", key: "index:given", bson_type: "string" },
    Path { path: "i.mrn", key: "index:mrn", bson_type: "string" },
    Path { path: "i.phone1", key: "index:phone1", bson_type: "string" },
    Path { path: "i.phone2", key: "index:phone2", bson_type: "string" },
    Path { path: "i.email", key: "index:email", bson_type: "string" },
    Path { path: "i.born", key: "index:born", bson_type: "int" },
];

/// A clear value of a searchable path, from the section that is the truth.
#[derive(Clone, Debug)]
pub struct Clear {
    /// The path.
    pub path: &'static str,
    /// Alternative name of its data key.
    pub key: &'static str,
    /// The value.
    pub value: Bson,
}

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

/// `encryptedFields` of `patients`; `key_id` finds a data key by its alternative name.
///
/// # Errors
/// [`CryptError::MissingKey`] when a path has no data key; [`CryptError::Refused`] when two share one.
pub fn patients_fields(key_id: impl Fn(&str) -> Option<Uuid>) -> Result<RawDocumentBuf, CryptError> {
    encrypted_fields("patients", &PATIENTS, key_id)
}

/// `encryptedFields` of a collection with these searchable paths.
///
/// # Errors
/// As [`patients_fields`].
pub fn encrypted_fields(
    collection: &str,
    paths: &[Path],
    key_id: impl Fn(&str) -> Option<Uuid>,
) -> Result<RawDocumentBuf, CryptError> {
    let mut fields = RawArrayBuf::new();
    let mut seen = BTreeSet::new();
    for path in paths {
        let id = key_id(path.key).ok_or(CryptError::MissingKey)?;
        if !seen.insert(id) {
            return Err(CryptError::Refused("two searchable paths share a data key"));
        }
        let id = Binary { subtype: BinarySubtype::Uuid, bytes: id.as_bytes().to_vec() };
        let queries = rawdoc! { "queryType": "equality", "contention": 0_i64 };
        fields.push(rawdoc! { "keyId": id, "path": path.path, "bsonType": path.bson_type, "queries": queries });
    }
    Ok(rawdoc! {
        "escCollection": format!("enxcol_.{collection}.esc"),
        "ecocCollection": format!("enxcol_.{collection}.ecoc"),
        "fields": fields,
    })
}

/// The map [`Crypt::open`] takes, from one namespace and its `encryptedFields`.
#[must_use]
pub fn fields_map(database: &str, collection: &str, fields: &RawDocument) -> RawDocumentBuf {
    let mut bytes = Vec::new();
    let name = format!("{database}.{collection}");
    let len = 4 + 1 + name.len() + 1 + fields.as_bytes().len() + 1;
    bytes.extend_from_slice(&u32::try_from(len).unwrap_or(0).to_le_bytes());
    bytes.push(ElementType::EmbeddedDocument as u8);
    bytes.extend_from_slice(name.as_bytes());
    bytes.push(0);
    bytes.extend_from_slice(fields.as_bytes());
    bytes.push(0);
    RawDocumentBuf::from_bytes(bytes).unwrap_or_default()
}

/// The payloads to store (type 11), by path.
///
/// # Errors
/// [`CryptError::Refused`] for a type a server would refuse; otherwise as [`Crypt::encrypt`].
pub fn payloads(crypt: &Crypt, values: &[Clear]) -> Result<Vec<(&'static str, Binary)>, CryptError> {
    values.iter().map(|one| Ok((one.path, payload(crypt, one.key, &one.value, false)?))).collect()
}

/// The payload that finds documents with this value (type 12).
///
/// # Errors
/// As [`payloads`].
pub fn find_payload(crypt: &Crypt, key: &str, value: &Bson) -> Result<Binary, CryptError> {
    payload(crypt, key, value, true)
}

fn payload(crypt: &Crypt, key: &str, value: &Bson, find: bool) -> Result<Binary, CryptError> {
    if !has_equality(value.element_type()) {
        return Err(CryptError::Refused("this type of value can't be searched by equality"));
    }
    let value = raw(value)?;
    let how = if find { Encryption::equality(key) } else { Encryption::indexed(key) };
    crypt.encrypt(value.as_raw_bson_ref(), &how)
}

/// Checks every byte of the indexed part of a stored document against the record's truth.
///
/// `document` needs the indexed sub-documents and `__safeContent__`; `truth` is all of the record's searchable values.
///
/// # Errors
/// [`IndexFault`] names the path that doesn't fit.
pub fn verify(
    crypt: &Crypt,
    document: &RawDocument,
    truth: &[Clear],
    key_id: impl Fn(&str) -> Option<Uuid>,
) -> Result<(), IndexFault> {
    same_paths(document, truth)?;
    let mut stored = Vec::with_capacity(truth.len());
    for one in truth {
        let value = at(document, one.path).and_then(RawBsonRef::as_binary).ok_or(IndexFault::Value(one.path))?;
        let id = key_id(one.key).ok_or(CryptError::MissingKey)?;
        header(one, value, id)?;
        stored.push(value);
    }
    values(crypt, truth, &stored)?;
    let tags = truth.iter().zip(&stored).map(|(one, value)| tag(crypt, one, value.bytes));
    same_tags(document, tags.collect::<Result<_, _>>()?)
}

fn header(one: &Clear, stored: RawBinaryRef<'_>, id: Uuid) -> Result<(), IndexFault> {
    let bytes = stored.bytes;
    let fits = stored.subtype == BinarySubtype::Encrypted
        && bytes.len() > HEADER + BLOCK
        && bytes[0] == STORED_EQUALITY
        && &bytes[1..17] == id.as_bytes()
        && bytes[17] == one.value.element_type() as u8;
    if fits { Ok(()) } else { Err(IndexFault::Value(one.path)) }
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

fn tag(crypt: &Crypt, one: &Clear, stored: &[u8]) -> Result<[u8; 32], IndexFault> {
    let query = find_payload(crypt, one.key, &one.value)?;
    let tokens = ValueTokens::from_query(&query.bytes)?;
    let block = tokens.open_block(&stored[stored.len() - BLOCK..]).map_err(|_| IndexFault::Value(one.path))?;
    if block.partition == 0 && block.count > 0 { Ok(block.tag) } else { Err(IndexFault::Value(one.path)) }
}

fn same_tags(document: &RawDocument, expected: Vec<[u8; 32]>) -> Result<(), IndexFault> {
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
    let len = expected.len();
    let expected: BTreeSet<_> = expected.into_iter().map(Some).collect();
    if found == expected && count == len { Ok(()) } else { Err(IndexFault::Tags) }
}

/// Every element beside an indexed path is an indexed path of the record.
fn same_paths(document: &RawDocument, truth: &[Clear]) -> Result<(), IndexFault> {
    let parents: BTreeSet<&str> = PATIENTS.iter().filter_map(|path| path.path.rsplit_once('.')).map(|p| p.0).collect();
    let mut elements = 0;
    for parent in parents {
        let Some(inside) = at(document, parent) else { continue };
        for element in inside.as_document().ok_or(IndexFault::Paths)? {
            let (name, _) = element.map_err(|_| IndexFault::Paths)?;
            let known = truth.iter().any(|one| one.path.rsplit_once('.') == Some((parent, name.as_str())));
            if !known {
                return Err(IndexFault::Paths);
            }
            elements += 1;
        }
    }
    // One too many is a name that occurs twice.
    if elements == truth.len() { Ok(()) } else { Err(IndexFault::Paths) }
}

fn at<'a>(document: &'a RawDocument, path: &str) -> Option<RawBsonRef<'a>> {
    match path.split_once('.') {
        None => document.get(path).ok().flatten(),
        Some((name, rest)) => at(document.get_document(name).ok()?, rest),
    }
}

fn raw(value: &Bson) -> Result<RawBson, CryptError> {
    RawBson::try_from(value.clone()).map_err(|_| CryptError::Refused("not a value"))
}

/// The types MongoDB's server takes for equality; libmongocrypt alone would take more.
fn has_equality(kind: ElementType) -> bool {
    use ElementType as T;
    matches!(
        kind,
        T::Binary
            | T::JavaScriptCode
            | T::RegularExpression
            | T::String
            | T::Int32
            | T::Int64
            | T::Boolean
            | T::Timestamp
            | T::DateTime
            | T::ObjectId
            | T::Symbol
            | T::DbPointer
    )
}
