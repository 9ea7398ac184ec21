//! `insert`: documents in order, encrypted fields sealed.

use super::catalog::Collection;
use super::command::Command;
use super::compare::encoded;
use super::filter::SAFE_CONTENT;
use super::qe::seal::{Added, Sealer};
use super::refusal::{Answer, BAD_VALUE, BsonAnswer as _, DUPLICATE_KEY, refused};
use super::tables::Block;
use super::{Done, Work, documents, ok};
use crate::store::StoreError;
use bson::oid::ObjectId;
use bson::raw::{CString, cstr};
use bson::spec::BinarySubtype;
use bson::{RawArrayBuf, RawBinaryRef, RawBsonRef, RawDocument, RawDocumentBuf, rawdoc};

impl Work<'_> {
    pub(super) fn insert(&mut self, command: &Command<'_>) -> Answer<Done> {
        command.only(&["documents", "bypassDocumentValidation"])?;
        let coll = self.catalog.find_or_create(self.tables, command.collection)?;
        let informed = command.informed(&coll, self.catalog)?;
        let mut inserted = 0_i32;
        for doc in command.documents("documents")? {
            if !self.insert_one(&coll, informed, doc)? {
                return Ok(Done { reply: duplicate(inserted), missed: true });
            }
            inserted += 1;
        }
        Ok(Done::plain(ok(rawdoc! {"n": inserted})))
    }

    /// Adds a document with sealed values and its tags; answers false if its `_id` exists.
    pub(super) fn insert_one(&mut self, coll: &Collection, informed: bool, doc: &RawDocument) -> Answer<bool> {
        let doc = with_id(doc)?;
        let id = encoded(doc.get("_id").or_invalid()?.unwrap_or(RawBsonRef::Null));
        // Sealing uses counters up, so a taken `_id` must be known before.
        if coll.schema.is_some() && self.tables.find_id(coll.id, &id)?.is_some() {
            return Ok(false);
        }
        let (mut sealed, added) = self.seal(coll, informed, &doc)?;
        if !added.tags.is_empty() {
            sealed.append(cstr!("__safeContent__"), tag_array(&added.tags));
        }
        let new = documents::insert(self.tables, coll, &id, &sealed)?;
        self.note_pending(coll, &added).map(|()| new)
    }

    /// Seals a document or the fields of a `$set`.
    pub(super) fn seal(
        &mut self,
        coll: &Collection,
        informed: bool,
        doc: &RawDocument,
    ) -> Answer<(RawDocumentBuf, Added)> {
        // Without encryptionInformation a payload is refused, but tags stay the server's.
        if !informed && coll.schema.is_some() && doc.get(SAFE_CONTENT).or_invalid()?.is_some() {
            return Err(refused(super::refusal::SAFE_CONTENT, "__safeContent__ is the server's"));
        }
        let mut sealer =
            Sealer::new(coll.schema.as_ref().filter(|_| informed), coll.schema.is_some(), self.ledger(coll));
        let sealed = sealer.document(doc)?;
        Ok((sealed, sealer.finish()))
    }

    /// Keeps what compaction will need.
    pub(super) fn note_pending(&mut self, coll: &Collection, added: &Added) -> Answer<()> {
        if added.pending.is_empty() { Ok(()) } else { self.tables.append_pending(coll.id, &added.pending) }
    }
}

/// Tags as `__safeContent__` holds them.
pub(super) fn tag_array(tags: &[Block]) -> RawArrayBuf {
    tags.iter().map(|tag| RawBinaryRef { subtype: BinarySubtype::Generic, bytes: tag }).collect()
}

/// The document with `_id` in front; a document without one gets a random one.
pub(super) fn with_id(doc: &RawDocument) -> Answer<RawDocumentBuf> {
    let id = doc.get("_id").or_invalid()?;
    if matches!(id, Some(RawBsonRef::Array(_) | RawBsonRef::RegularExpression(_) | RawBsonRef::Undefined)) {
        return Err(refused(BAD_VALUE, "'_id' can't be an array, a regular expression or undefined"));
    }
    if doc.iter_elements().next().is_some_and(|first| first.is_ok_and(|first| first.key().as_str() == "_id")) {
        return Ok(doc.to_owned());
    }
    let mut out = RawDocumentBuf::new();
    match id {
        Some(id) => out.append(cstr!("_id"), id),
        None => out.append(cstr!("_id"), random_id()?),
    }
    for field in doc {
        let (key, value) = field.or_invalid()?;
        if key.as_str() != "_id" {
            out.append(CString::from(key), value);
        }
    }
    Ok(out)
}

fn random_id() -> Answer<ObjectId> {
    let mut bytes = [0; 12];
    getrandom::fill(&mut bytes).map_err(|_| StoreError::Database("the system gave no random bytes".into()))?;
    Ok(ObjectId::from_bytes(bytes))
}

fn duplicate(inserted: i32) -> RawDocumentBuf {
    let error = rawdoc! {"index": inserted, "code": DUPLICATE_KEY, "errmsg": "E11000 duplicate key: _id"};
    let mut errors = RawArrayBuf::new();
    errors.push(error);
    ok(rawdoc! {"n": inserted, "writeErrors": errors})
}
