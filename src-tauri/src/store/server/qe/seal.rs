//! Insert payloads become stored values and tags; everything else a write may not contain is refused.

use super::ledger::Ledger;
use super::payload::{Indexed, InsertPayload};
use super::schema::{Index, Schema};
use super::stored::{self, Piece};
use crate::store::server::filter::SAFE_CONTENT;
use crate::store::server::path::within;
use crate::store::server::refusal::{
    self, ABSENT_FROM_SCHEMA, Answer, BAD_VALUE, BsonAnswer as _, FIRST_VERSION, INDEX_KEYS_NOT_UNIQUE, OVERFLOW,
    PAYLOAD_TYPE, UNEXPECTED_PAYLOAD, refused,
};
use crate::store::server::tables::Block;
use bson::raw::CString;
use bson::spec::BinarySubtype;
use bson::{Binary, RawArray, RawArrayBuf, RawBinaryRef, RawBsonRef, RawDocument, RawDocumentBuf};

const DEPTH: usize = 100;

/// Walks documents in order and seals the payloads it meets.
pub(crate) struct Sealer<'s, 't> {
    schema: Option<&'s Schema>,
    encrypted: bool,
    ledger: Ledger<'t>,
    path: Vec<String>,
    keys: Vec<[u8; 16]>,
    tags: Vec<Block>,
    pending: RawDocumentBuf,
}

/// What sealing adds besides the document itself.
pub(crate) struct Added {
    /// New tags in walk order.
    pub(crate) tags: Vec<Block>,
    /// Compaction entries by path: length of one, then all of them.
    pub(crate) pending: RawDocumentBuf,
}

impl<'s, 't> Sealer<'s, 't> {
    /// A sealer; without a schema no payload is accepted. `encrypted` tells whether the collection has encrypted
    /// fields, also where the command says nothing of them.
    pub(crate) fn new(schema: Option<&'s Schema>, encrypted: bool, ledger: Ledger<'t>) -> Self {
        Self { schema, encrypted, ledger, path: vec![], keys: vec![], tags: vec![], pending: RawDocumentBuf::new() }
    }

    /// The document with payloads replaced by stored values. A whole document or the fields of a `$set`.
    pub(crate) fn document(&mut self, doc: &RawDocument) -> Answer<RawDocumentBuf> {
        let mut out = RawDocumentBuf::new();
        for field in doc {
            let (key, value) = field.or_invalid()?;
            if self.path.is_empty() && self.schema.is_some() && within(key.as_str(), SAFE_CONTENT) {
                return Err(refused(refusal::SAFE_CONTENT, "__safeContent__ is the server's"));
            }
            self.enter(key.as_str())?;
            match value {
                RawBsonRef::Document(inner) => out.append(key, self.document(inner)?),
                RawBsonRef::Array(items) => out.append(key, self.array(items)?),
                RawBsonRef::Binary(binary) if binary.subtype == BinarySubtype::Encrypted => {
                    match self.encrypted(binary)? {
                        Some(stored) => out.append(key, &stored),
                        None => out.append(key, value),
                    }
                }
                other => out.append(key, other),
            }
            self.path.pop();
        }
        Ok(out)
    }

    /// What was added since the sealer was made.
    pub(crate) fn finish(self) -> Added {
        Added { tags: self.tags, pending: self.pending }
    }

    fn array(&mut self, items: &RawArray) -> Answer<RawArrayBuf> {
        let mut out = RawArrayBuf::new();
        for (place, item) in items.into_iter().enumerate() {
            self.enter(&place.to_string())?;
            match item.or_invalid()? {
                RawBsonRef::Document(inner) => out.push(self.document(inner)?),
                RawBsonRef::Array(inner) => out.push(self.array(inner)?),
                RawBsonRef::Binary(binary) if binary.subtype == BinarySubtype::Encrypted => {
                    match self.encrypted(binary)? {
                        Some(stored) => out.push(&stored),
                        None => out.push(binary),
                    }
                }
                other => out.push(other),
            }
            self.path.pop();
        }
        Ok(out)
    }

    fn enter(&mut self, name: &str) -> Answer<()> {
        if self.path.len() >= DEPTH {
            return Err(refused(OVERFLOW, "a document nests more than 100 levels deep"));
        }
        self.path.push(name.to_owned());
        Ok(())
    }

    // Types 0 to 2 belong to client-side encryption without queries and are data to the server.
    fn encrypted(&mut self, binary: RawBinaryRef<'_>) -> Answer<Option<Binary>> {
        match binary.bytes.first() {
            Some(11) => self.indexed(&binary.bytes[1..]).map(Some),
            Some(0..=2) if !self.encrypted => Ok(None),
            Some(16) if binary.bytes.len() > 18 => Ok(None),
            Some(6) => Err(refused(FIRST_VERSION, "an unindexed payload that is no longer supported")),
            form => {
                let form = form.map_or("none".into(), ToString::to_string);
                Err(refused(UNEXPECTED_PAYLOAD, format!("unexpected encrypted payload type: {form}")))
            }
        }
    }

    fn indexed(&mut self, bytes: &[u8]) -> Answer<Binary> {
        let path = self.path.join(".");
        let Some(schema) = self.schema else {
            return Err(refused(ABSENT_FROM_SCHEMA, format!("field '{path}' is encrypted, but absent from schema")));
        };
        let queries = schema.queries(&path)?;
        let payload = InsertPayload::parse(bytes)?;
        check(&path, &payload, queries)?;
        if self.keys.contains(payload.index_key) {
            return Err(refused(INDEX_KEYS_NOT_UNIQUE, "index key ids must be unique across fields in a document"));
        }
        self.keys.push(*payload.index_key);
        let pieces = self.pieces(&payload)?;
        self.note_pending(&path, &payload)?;
        Ok(Binary { subtype: BinarySubtype::Encrypted, bytes: stored::build(&payload, &pieces)? })
    }

    // Equal counter tokens inside one payload (padding) get consecutive counts.
    fn pieces(&mut self, payload: &InsertPayload<'_>) -> Answer<Vec<Piece>> {
        let mut pieces = vec![];
        for set in payload.indexed.sets() {
            let count = self.ledger.use_again(set.s)?;
            let piece = Piece::new(set.d, set.l, count, payload.contention)?;
            self.tags.push(piece.tag);
            pieces.push(piece);
        }
        Ok(pieces)
    }

    fn note_pending(&mut self, path: &str, payload: &InsertPayload<'_>) -> Answer<()> {
        let mut packed = vec![];
        for set in payload.indexed.sets() {
            if packed.is_empty() {
                packed.push(u8::try_from(set.p.len()).unwrap_or(u8::MAX));
            }
            if packed.first().copied().map(usize::from) != Some(set.p.len()) {
                return Err(refused(BAD_VALUE, format!("'{path}': the payload mixes forms")));
            }
            packed.extend(set.p);
        }
        let key = CString::try_from(path.to_owned()).or_invalid()?;
        self.pending.append(key, &Binary { subtype: BinarySubtype::Generic, bytes: packed });
        Ok(())
    }
}

fn check(path: &str, payload: &InsertPayload<'_>, queries: &super::schema::Queries) -> Answer<()> {
    let index = match &payload.indexed {
        Indexed::Equality(_) => Index::Equality,
        Indexed::Range(..) => Index::Range,
        Indexed::Text(..) => Index::Text,
    };
    if !index.takes(payload.bson_type) {
        let why = format!("'{path}': type {} is not a valid type for Queryable Encryption", payload.bson_type);
        return Err(refused(PAYLOAD_TYPE, why));
    }
    let in_range = match &payload.indexed {
        Indexed::Range(_, range) => range.agrees(&queries.range),
        Indexed::Equality(_) | Indexed::Text(..) => true,
    };
    if index != queries.index || payload.contention > queries.contention || !in_range {
        return Err(refused(BAD_VALUE, format!("'{path}': the payload was made for other parameters")));
    }
    Ok(())
}
