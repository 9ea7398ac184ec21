//! A command's parts, read strictly: a field that isn't known is refused.

use super::catalog::{Catalog, Collection};
use super::project::number;
use super::refusal::{
    Answer, BAD_VALUE, BsonAnswer as _, MISSING_FIELD, NOT_ENCRYPTED_COLLECTION, TYPE_MISMATCH, UNKNOWN_FIELD, refused,
};
use bson::{RawBsonRef, RawDocument};

// Sent by drivers with every command; they mean nothing to a store of one workstation.
const COMMON: &[&str] = &[
    "$db",
    "lsid",
    "txnNumber",
    "writeConcern",
    "readConcern",
    "comment",
    "$readPreference",
    "maxTimeMS",
    "$clusterTime",
    "apiVersion",
    "encryptionInformation",
    "ordered",
];

/// A command.
#[derive(Clone, Copy)]
pub(crate) struct Command<'c> {
    doc: &'c RawDocument,
    /// What is to be done.
    pub(crate) name: &'c str,
    /// With which collection.
    pub(crate) collection: &'c str,
}

impl<'c> Command<'c> {
    /// Reads the first field: the command's name and its collection.
    pub(crate) fn parse(doc: &'c RawDocument) -> Answer<Self> {
        let first = doc.iter().next().ok_or_else(|| refused(BAD_VALUE, "an empty command"))?;
        let (name, collection) = first.or_invalid()?;
        let collection = collection.as_str().ok_or_else(|| refused(BAD_VALUE, "a command names its collection"))?;
        Ok(Self { doc, name: name.as_str(), collection })
    }

    /// Whether the command can change anything.
    pub(crate) fn writes(&self) -> bool {
        !matches!(self.name, "find" | "count" | "aggregate" | "validate")
    }

    /// Refuses fields other than the common and the given ones.
    pub(crate) fn only(&self, known: &[&str]) -> Answer<()> {
        only(self.doc, self.name, &[known, COMMON, &[self.name]].concat())
    }

    /// A document of the command.
    pub(crate) fn document(&self, name: &str) -> Answer<Option<&'c RawDocument>> {
        document(self.doc, name)
    }

    /// A number of the command.
    pub(crate) fn number(&self, name: &str) -> Answer<Option<i64>> {
        whole(self.doc, name)
    }

    /// A flag of the command; absent means false.
    pub(crate) fn flag(&self, name: &str) -> Answer<bool> {
        flag(self.doc, name)
    }

    /// A field of the command.
    pub(crate) fn get(&self, name: &str) -> Answer<Option<RawBsonRef<'c>>> {
        self.doc.get(name).or_invalid()
    }

    /// The documents of an array of the command.
    pub(crate) fn documents(&self, name: &str) -> Answer<Vec<&'c RawDocument>> {
        let array = self.doc.get_array(name).map_err(|_| missing(name))?;
        array.into_iter().map(|item| item.or_invalid()?.as_document().ok_or_else(|| missing(name))).collect()
    }

    /// Whether the command says how it was encrypted, checked against the collection.
    pub(crate) fn informed(&self, coll: &Collection, catalog: &mut Catalog) -> Answer<bool> {
        let Some(information) = self.document("encryptionInformation")? else { return Ok(false) };
        let schema = coll
            .schema
            .as_ref()
            .ok_or_else(|| refused(NOT_ENCRYPTED_COLLECTION, "the collection has no encrypted fields"))?;
        let schemas = document(information, "schema")?.ok_or_else(|| missing("encryptionInformation.schema"))?;
        let suffix = format!(".{}", coll.name);
        let mut described = schemas.iter().flatten().filter(|(namespace, _)| namespace.as_str().ends_with(&suffix));
        let described = described.next().and_then(|(_, described)| described.as_document());
        let described = described.ok_or_else(|| missing("encryptionInformation.schema"))?;
        if catalog.agrees(coll, schema, described)? {
            return Ok(true);
        }
        Err(refused(BAD_VALUE, "encryptionInformation is not about this collection's encrypted fields"))
    }
}

/// Refuses fields of a document other than the known.
pub(crate) fn only(doc: &RawDocument, of: &str, known: &[&str]) -> Answer<()> {
    for element in doc.iter_elements() {
        let name = element.or_invalid()?.key().as_str();
        if !known.contains(&name) {
            return Err(refused(UNKNOWN_FIELD, format!("'{of}.{name}' is an unknown field")));
        }
    }
    Ok(())
}

/// A document inside a document.
pub(crate) fn document<'d>(doc: &'d RawDocument, name: &str) -> Answer<Option<&'d RawDocument>> {
    match doc.get(name).or_invalid()? {
        None => Ok(None),
        Some(value) => value.as_document().map(Some).ok_or_else(|| mistyped(name)),
    }
}

/// A flag inside a document; absent means false.
pub(crate) fn flag(doc: &RawDocument, name: &str) -> Answer<bool> {
    match doc.get(name).or_invalid()? {
        None => Ok(false),
        Some(value) => value.as_bool().ok_or_else(|| mistyped(name)),
    }
}

/// A whole number inside a document.
pub(crate) fn whole(doc: &RawDocument, name: &str) -> Answer<Option<i64>> {
    match doc.get(name).or_invalid()? {
        None => Ok(None),
        Some(value) => number(value).map(Some).ok_or_else(|| mistyped(name)),
    }
}

/// A field that must be there.
pub(crate) fn missing(name: &str) -> crate::store::StoreError {
    refused(MISSING_FIELD, format!("'{name}' is missing or of a wrong form"))
}

fn mistyped(name: &str) -> crate::store::StoreError {
    refused(TYPE_MISMATCH, format!("'{name}' has a wrong type"))
}
