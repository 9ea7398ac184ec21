//! Where records came from: a keyed hash of the source and of the content, so that the same again is known.

use super::desk::{Desk, uuid_at};
use super::error::{Code, Failure};
use super::import_records::Incoming;
use crate::keys::mac;
use crate::record::Source;
use crate::store::find_documents;
use bson::{Binary, Bson, doc, spec::BinarySubtype};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// The MAC of a source, and of a content.
pub(super) type Hash = [u8; 32];

/// What is stored of a source.
pub(super) struct Origin {
    /// `items` or `patients`: a statement about a patient is stored in her record.
    pub collection: &'static str,
    /// The record.
    pub record: Uuid,
    /// The content it was stored with.
    pub content: Hash,
}

impl Desk<'_> {
    /// The keyed hash under which a source is remembered; tells nothing without the site key.
    pub(super) fn origin_of(&self, source: &Source) -> Hash {
        let parts = [source.system.as_bytes(), source.kind.as_bytes(), source.id.as_bytes()];
        mac(&self.keys.origins, "wardseal/origin/1", &parts)
    }

    pub(super) fn content_of(&self, resource: &Incoming) -> Hash {
        mac(&self.keys.origins, "wardseal/origin-content/1", &[&resource.canonical])
    }

    pub(super) async fn origins(&self, wanted: &BTreeSet<Hash>) -> Result<BTreeMap<Hash, Origin>, Failure> {
        let ids: Vec<Bson> = wanted.iter().map(stored_hash).collect();
        let filter = doc! { "_id": { "$in": ids } };
        let mut origins = BTreeMap::new();
        for raw in find_documents(self.store, "origins", filter, None).await? {
            let hash = |field: &str| raw.get_binary(field).ok().and_then(|value| Hash::try_from(value.bytes).ok());
            let (Some(id), Some(content)) = (hash("_id"), hash("content")) else { return Err(Code::Damaged.bare()) };
            let collection = match raw.get_str("collection") {
                Ok("items") => "items",
                Ok("patients") => "patients",
                Ok(_) | Err(_) => return Err(Code::Damaged.bare()),
            };
            origins.insert(id, Origin { collection, record: uuid_at(&raw, "record")?, content });
        }
        Ok(origins)
    }
}

/// A hash as it is stored.
pub(super) fn stored_hash(hash: &Hash) -> Bson {
    Bson::Binary(Binary { subtype: BinarySubtype::Generic, bytes: hash.to_vec() })
}

/// `MRN-` and 16 hexadecimal digits, the same for the same source, where the source gives none.
pub(super) fn mrn_of(origin: &Hash) -> String {
    let digits: String = origin.iter().take(8).map(|byte| format!("{byte:02X}")).collect();
    format!("MRN-{digits}")
}
