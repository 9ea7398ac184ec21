//! Which collections exist, what they encrypt, which indexes they have.

use super::documents;
use super::qe::schema::Schema;
use super::refusal::{Answer, BAD_VALUE, BsonAnswer as _, NAMESPACE_EXISTS, refused};
use super::tables::Tables;
use bson::{RawDocument, RawDocumentBuf};
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

/// Secondary indexes on clear fields: collection, then the paths of each. To add one, add a row; a store that lacks
/// it builds it when it is opened.
const DECLARED: &[(&str, &[&str])] = &[
    ("items", &["patient,section", "day"]),
    ("versions", &["record,rev"]),
    ("care_team", &["patient", "member"]),
    ("grants", &["user"]),
    ("accounts", &["username"]),
];

/// Those of patients whose searchable values are deterministic; with encrypted fields the tags are the index.
pub(crate) const DETERMINISTIC: &[&str] = &[
    "i.surname",
    "i.surname_start",
    "i.surname_metaphone",
    "i.surname_nysiis",
    "i.given",
    "i.given_start",
    "i.given_metaphone",
    "i.given_kin",
    "i.former1",
    "i.former2",
    "i.born",
    "i.mrn",
    "i.phone1",
    "i.phone1_end",
    "i.phone2",
    "i.phone2_end",
    "i.email",
    "i.ssn",
];

/// A collection.
#[derive(Debug)]
pub(crate) struct Collection {
    /// Row number.
    pub(crate) id: i64,
    /// Name without the database.
    pub(crate) name: String,
    /// Encrypted fields.
    pub(crate) schema: Option<Schema>,
    /// Secondary indexes.
    pub(crate) indexes: Vec<Index>,
}

/// A secondary index.
#[derive(Debug)]
pub(crate) struct Index {
    /// Row number.
    pub(crate) id: i64,
    /// Dotted paths, in the order of the key.
    pub(crate) paths: Vec<String>,
}

/// The collections known so far; forgotten whenever a transaction fails.
#[derive(Default)]
pub(crate) struct Catalog {
    known: HashMap<String, Arc<Collection>>,
    agreed: HashMap<String, Vec<u8>>,
}

impl Catalog {
    /// The collection of this name.
    pub(crate) fn find(&mut self, tables: &mut dyn Tables, name: &str) -> Answer<Option<Arc<Collection>>> {
        if let Some(known) = self.known.get(name) {
            return Ok(Some(known.clone()));
        }
        self.load(tables)?;
        Ok(self.known.get(name).cloned())
    }

    /// The collection of this name, created without encrypted fields if it doesn't exist.
    pub(crate) fn find_or_create(&mut self, tables: &mut dyn Tables, name: &str) -> Answer<Arc<Collection>> {
        match self.find(tables, name)? {
            Some(collection) => Ok(collection),
            None => self.create(tables, name, &RawDocumentBuf::new()),
        }
    }

    /// Creates a collection with its declared indexes.
    pub(crate) fn create(
        &mut self,
        tables: &mut dyn Tables,
        name: &str,
        options: &RawDocument,
    ) -> Answer<Arc<Collection>> {
        if self.find(tables, name)?.is_some() {
            return Err(refused(NAMESPACE_EXISTS, format!("collection '{name}' exists")));
        }
        if name.is_empty() || name.starts_with("system.") || name.starts_with("enxcol_.") || name.contains(['$', '\0'])
        {
            return Err(refused(BAD_VALUE, "a collection can't have this name"));
        }
        schema_of(options)?;
        let id = tables.add_collection(name, options)?;
        for paths in declared(name, options)? {
            tables.add_index(id, paths)?;
        }
        self.load(tables)?;
        self.known.get(name).cloned().ok_or_else(|| refused(BAD_VALUE, "the collection was not created"))
    }

    /// Builds the declared indexes a store lacks and drops those no longer declared.
    pub(crate) fn align_indexes(&mut self, tables: &mut dyn Tables) -> Answer<()> {
        for row in tables.collections()? {
            let wanted: BTreeSet<&str> = declared(&row.name, &row.options)?.iter().copied().collect();
            let present = tables.indexes(row.id)?;
            for (index, paths) in &present {
                if !wanted.contains(paths.as_str()) {
                    tables.drop_index(*index)?;
                }
            }
            for paths in wanted {
                if !present.iter().any(|(_, present)| present == paths) {
                    let index = Index { id: tables.add_index(row.id, paths)?, paths: split(paths) };
                    documents::fill_index(tables, row.id, &index)?;
                }
            }
        }
        self.forget();
        Ok(())
    }

    /// Forgets everything: the tables may say otherwise now.
    pub(crate) fn forget(&mut self) {
        self.known.clear();
        self.agreed.clear();
    }

    /// Whether a command's description of the encrypted fields agrees with the collection's.
    pub(crate) fn agrees(&mut self, collection: &Collection, schema: &Schema, described: &RawDocument) -> Answer<bool> {
        if self.agreed.get(&collection.name).is_some_and(|agreed| agreed == described.as_bytes()) {
            return Ok(true);
        }
        let agrees = schema.agrees(&Schema::parse(described)?);
        if agrees {
            self.agreed.insert(collection.name.clone(), described.as_bytes().to_vec());
        }
        Ok(agrees)
    }

    fn load(&mut self, tables: &mut dyn Tables) -> Answer<()> {
        for row in tables.collections()? {
            let indexes = tables.indexes(row.id)?;
            let indexes = indexes.into_iter().map(|(id, paths)| Index { id, paths: split(&paths) }).collect();
            let collection =
                Collection { id: row.id, schema: schema_of(&row.options)?, indexes, name: row.name.clone() };
            self.known.insert(row.name, Arc::new(collection));
        }
        Ok(())
    }
}

fn schema_of(options: &RawDocument) -> Answer<Option<Schema>> {
    match options.get("encryptedFields").or_invalid()? {
        None => Ok(None),
        Some(fields) => {
            let fields = fields.as_document().ok_or_else(|| refused(BAD_VALUE, "'encryptedFields' is a document"))?;
            Schema::parse(fields).map(Some)
        }
    }
}

fn declared(collection: &str, options: &RawDocument) -> Answer<&'static [&'static str]> {
    let patients = collection == "patients" || collection.starts_with("patients_");
    if patients && options.get("encryptedFields").or_invalid()?.is_none() {
        return Ok(DETERMINISTIC);
    }
    Ok(DECLARED.iter().find(|(name, _)| *name == collection).map_or(&[], |(_, indexes)| indexes))
}

fn split(paths: &str) -> Vec<String> {
    paths.split(',').map(str::to_owned).collect()
}
