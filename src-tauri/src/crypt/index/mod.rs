//! The searchable paths of an encrypted collection: how each is searched, its payloads, its queries, its check.
//!
//! To add a path: a row in [`PATIENTS`] and in `record::fields`, its value in `record::index_values`, what it leaks in
//! `docs/LEAKAGE.md`. The layout of a collection that lives never changes: another one needs a new collection.

mod deterministic;
mod payload;
mod pieces;
mod verify;

use super::Profile;
use super::error::CryptError;
use bson::spec::{BinarySubtype, ElementType};
use bson::{Binary, Bson, Document, RawArrayBuf, RawDocument, RawDocumentBuf, rawdoc};
use std::collections::BTreeSet;
use uuid::Uuid;

pub use payload::{any_of, between, equal, find_payload, payloads, starts_with, stored};
pub use verify::{IndexFault, counters, verify};

/// One searchable path of a collection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Path {
    /// Dotted path in the stored document.
    pub path: &'static str,
    /// Alternative name of its data key.
    pub key: &'static str,
    /// What can be asked.
    pub search: Search,
}

/// What a searchable path can be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Search {
    /// For the whole text. One tag.
    Equality,
    /// For the first letters of a text, as many as these two numbers allow. As many tags as the second number says,
    /// however long the text is.
    Prefix(u8, u8),
    /// For whole numbers (32 bits) between two.
    Range(Range),
}

/// The parameters of a range index. They are fixed for ever.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range {
    /// The least value.
    pub min: i32,
    /// The greatest value.
    pub max: i32,
    /// Every how many levels of the tree an edge is kept.
    pub sparsity: i64,
    /// How many levels from the top are left out.
    pub trim: i32,
}

/// Birth dates as `(year − 1900) · 512 + month · 32 + day`, 17 bits. Kept are the levels 8, 12, 16 and 17 of the tree:
/// a year, a month, two days and a day are one edge each, and a date costs four tags.
const BIRTH_DATES: Range = Range { min: 0, max: 131_071, sparsity: 4, trim: 8 };

const fn equality(path: &'static str, key: &'static str) -> Path {
    Path { path, key, search: Search::Equality }
}

const fn prefix(path: &'static str, key: &'static str, most: u8) -> Path {
    Path { path, key, search: Search::Prefix(2, most) }
}

/// The searchable paths of `patients`. Whoever changes how one is searched gives its key another name: a store is known by
/// its keys.
pub const PATIENTS: [Path; 18] = [
    equality("i.surname", "index:surname"),
    prefix("i.surname_start", "index:surname_start", 6),
    equality("i.surname_metaphone", "index:surname_metaphone"),
    equality("i.surname_nysiis", "index:surname_nysiis"),
    equality("i.given", "index:given"),
    prefix("i.given_start", "index:given_start", 6),
    equality("i.given_metaphone", "index:given_metaphone"),
    equality("i.given_kin", "index:given_kin"),
    prefix("i.former1", "index:former1", 6),
    prefix("i.former2", "index:former2", 6),
    Path { path: "i.born", key: "index:born", search: Search::Range(BIRTH_DATES) },
    equality("i.mrn", "index:mrn"),
    equality("i.phone1", "index:phone1"),
    equality("i.phone1_end", "index:phone1_end"),
    equality("i.phone2", "index:phone2"),
    equality("i.phone2_end", "index:phone2_end"),
    equality("i.email", "index:email"),
    equality("i.ssn", "index:ssn"),
];

/// The path of `patients` with this name.
#[must_use]
pub fn path_of(path: &str) -> Option<&'static Path> {
    PATIENTS.iter().find(|one| one.path == path)
}

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

impl Path {
    /// MongoDB's name of the value's type.
    #[must_use]
    pub const fn bson_type(&self) -> &'static str {
        match self.search {
            Search::Equality | Search::Prefix(..) => "string",
            Search::Range(_) => "int",
        }
    }

    fn queries(&self) -> RawDocumentBuf {
        match self.search {
            Search::Equality => rawdoc! { "queryType": "equality", "contention": 0_i64 },
            Search::Prefix(min, max) => rawdoc! {
                "queryType": "prefix", "contention": 0_i64, "caseSensitive": true, "diacriticSensitive": true,
                "strMinQueryLength": i32::from(min), "strMaxQueryLength": i32::from(max),
            },
            Search::Range(range) => rawdoc! {
                "queryType": "range", "contention": 0_i64, "min": range.min, "max": range.max,
                "sparsity": range.sparsity, "trimFactor": range.trim,
            },
        }
    }
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
        let (bson_type, queries) = (path.bson_type(), path.queries());
        fields.push(rawdoc! { "keyId": id, "path": path.path, "bsonType": bson_type, "queries": queries });
    }
    Ok(rawdoc! {
        "escCollection": format!("enxcol_.{collection}.esc"),
        "ecocCollection": format!("enxcol_.{collection}.ecoc"),
        "fields": fields,
    })
}

/// The command that creates a collection of patients in this profile.
///
/// # Errors
/// [`CryptError::Damaged`] when the fields aren't BSON.
pub fn creation(collection: &str, profile: Profile, fields: &RawDocument) -> Result<Document, CryptError> {
    let mut create = bson::doc! { "create": collection };
    if profile == Profile::Queryable {
        create.insert("encryptedFields", Document::try_from(fields)?);
    }
    Ok(create)
}

/// The map [`super::Crypt::open`] takes, from one namespace and its `encryptedFields`.
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
