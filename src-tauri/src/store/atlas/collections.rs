//! Collections on a server: made with what they encrypt, their indexes and a validator that keeps clear values out.
//! Making one that is there changes nothing.

use super::command::{Outgoing, database_of, without};
use super::{Server, reply};
use crate::store::{DATABASE, StoreError};
use bson::raw::cstr;
use bson::{Document, RawDocumentBuf, doc, rawdoc};

const NAMESPACE_EXISTS: i32 = 48;
const NAMESPACE_NOT_FOUND: i32 = 26;

/// Every collection a site uses but `patients`, which is made at founding; and its indexes on clear fields.
const SITE: &[(&str, &[&[&str]])] = &[
    ("items", &[&["patient", "section"]]),
    ("versions", &[&["record", "rev"]]),
    ("care_team", &[&["patient"], &["member"]]),
    ("grants", &[&["user"]]),
    ("accounts", &[&["username"]]),
    ("origins", &[]),
    ("key_vault", &[]),
    ("site", &[]),
    ("sign_ins", &[]),
    ("rotations", &[]),
    ("rotations_due", &[]),
    ("workstations", &[]),
    ("enrolments", &[]),
    ("handovers", &[]),
    ("tickets", &[]),
    ("leases", &[]),
    ("patient_keys", &[]),
    ("erasures", &[]),
    ("holds", &[]),
];

/// Where a collection keeps encrypted values and nothing else.
const SEALED: &[(&str, &[&str])] =
    &[("patients", &["s", "i"]), ("items", &["s"]), ("versions", &["s", "i"]), ("patient_keys", &["k"])];

impl Server {
    /// Makes what a site needs and what is missing.
    pub(super) async fn prepare(&self) -> Result<(), StoreError> {
        for database in [DATABASE, super::KEYS_DATABASE] {
            let there = self.collections(database).await?;
            for (name, indexes) in SITE.iter().filter(|(name, _)| database_of(name) == database) {
                if !there.iter().any(|one| one == name) {
                    self.create_one(name, RawDocumentBuf::new()).await?;
                }
                self.index(name, indexes).await?;
            }
            for patients in there.iter().filter(|name| is_patients(name)) {
                self.index_patients(patients).await?;
            }
        }
        Ok(())
    }

    /// The names of a collection's indexes.
    async fn indexes(&self, name: &str) -> Result<Vec<String>, StoreError> {
        let list = rawdoc! {"listIndexes": name, "cursor": {"batchSize": 1_000}};
        match self.again(self.patience.read, || self.send(database_of(name), list.clone())).await {
            Err(StoreError::Refused { code: NAMESPACE_NOT_FOUND, .. }) => Ok(vec![]),
            answer => names_in(&answer?),
        }
    }

    async fn collections(&self, database: &str) -> Result<Vec<String>, StoreError> {
        let list =
            || self.send(database, rawdoc! {"listCollections": 1, "nameOnly": true, "cursor": {"batchSize": 1_000}});
        let answer = self.again(self.patience.read, list).await?;
        names_in(&answer)
    }

    /// Makes a collection; of one with encrypted fields also what the server keeps its counters in.
    pub(super) async fn create(&self, command: &Outgoing) -> Result<RawDocumentBuf, StoreError> {
        let name = command.collection.as_str();
        for state in state_of(&command.document) {
            self.create_state(&state).await?;
        }
        let created = self.create_one(name, without(&command.document, &["create"])?).await?;
        if is_patients(name) {
            self.index_patients(name).await?;
        }
        if !created && !self.is_fresh(name, &command.document).await? {
            return Err(StoreError::Refused { code: NAMESPACE_EXISTS, why: "NamespaceExists".into() });
        }
        Ok(rawdoc! {"ok": 1.0})
    }

    /// Whether a collection that is there already is what an earlier try of this command left: of the same encrypted
    /// fields, and empty.
    async fn is_fresh(&self, name: &str, create: &bson::RawDocument) -> Result<bool, StoreError> {
        let asked = rawdoc! {"listCollections": 1, "filter": {"name": name}, "cursor": {}};
        let answer = self.again(self.patience.read, || self.send(database_of(name), asked.clone())).await?;
        if !Document::try_from(answer).is_ok_and(|answer| has_same_fields(&answer, create)) {
            return Ok(false);
        }
        let any = rawdoc! {"find": name, "filter": {}, "projection": {"_id": 1}, "limit": 1};
        let found = self.ask(&Outgoing::read(any)?).await?;
        Ok(crate::store::first_batch(&found)?.is_empty())
    }

    /// Whether it wasn't there before.
    async fn create_one(&self, name: &str, options: RawDocumentBuf) -> Result<bool, StoreError> {
        let mut create = rawdoc! {"create": name};
        for (option, value) in options.iter().filter_map(Result::ok) {
            create.append(bson::raw::CString::from(option), value);
        }
        if let Some(validator) = validator(name) {
            create.append(cstr!("validator"), RawDocumentBuf::try_from(&validator).unwrap_or_default());
        }
        create.append(cstr!("writeConcern"), rawdoc! {"w": "majority"});
        self.unless_there(database_of(name), create).await
    }

    async fn create_state(&self, name: &str) -> Result<(), StoreError> {
        let clustered = rawdoc! {"key": {"_id": 1}, "unique": true};
        let create = rawdoc! {"create": name, "clusteredIndex": clustered, "writeConcern": {"w": "majority"}};
        self.unless_there(DATABASE, create).await.map(drop)
    }

    async fn unless_there(&self, database: &str, create: RawDocumentBuf) -> Result<bool, StoreError> {
        match self.again(self.patience.write, || self.send(database, create.clone())).await {
            Ok(_) => Ok(true),
            Err(StoreError::Refused { code: NAMESPACE_EXISTS, .. }) => Ok(false),
            Err(other) => Err(other),
        }
    }

    async fn index_patients(&self, name: &str) -> Result<(), StoreError> {
        let asked = rawdoc! {"listCollections": 1, "filter": {"name": name}, "cursor": {}};
        let answer = self.again(self.patience.read, || self.send(DATABASE, asked.clone())).await?;
        let encrypted = Document::try_from(answer).is_ok_and(|answer| has_encrypted_fields(&answer));
        let deterministic: Vec<&[&str]> =
            crate::store::server::DETERMINISTIC.iter().map(std::slice::from_ref).collect();
        let indexes: &[&[&str]] = if encrypted { &[&["__safeContent__"]] } else { &deterministic };
        self.index(name, indexes).await
    }

    async fn index(&self, name: &str, indexes: &[&[&str]]) -> Result<(), StoreError> {
        if indexes.is_empty() {
            return Ok(());
        }
        let one = |paths: &&[&str]| {
            let key: Document = paths.iter().map(|path| ((*path).to_owned(), bson::Bson::Int32(1))).collect();
            // The name drivers give it, so that whoever else makes it makes the same.
            doc! {"key": key, "name": paths.iter().map(|path| format!("{path}_1")).collect::<Vec<_>>().join("_")}
        };
        let there = self.indexes(name).await?;
        // An account that only works with records may look which there are, and make none.
        let lacks = |index: &Document| index.get_str("name").is_ok_and(|name| !there.iter().any(|one| one == name));
        let indexes: Vec<Document> = indexes.iter().map(one).filter(lacks).collect();
        if indexes.is_empty() {
            return Ok(());
        }
        let create = doc! {"createIndexes": name, "indexes": indexes, "writeConcern": {"w": "majority"}};
        let create = crate::store::raw(&create)?;
        self.again(self.patience.write, || self.send(database_of(name), create.clone())).await.map(drop)
    }

    /// Takes a collection away with its counters; one that isn't there is no error.
    pub(super) async fn drop_collection(&self, name: &str) -> Result<RawDocumentBuf, StoreError> {
        let state = if is_patients(name) {
            vec![format!("enxcol_.{name}.esc"), format!("enxcol_.{name}.ecoc")]
        } else {
            vec![]
        };
        // The collection first: without it, what is left of its counters means nothing.
        for one in std::iter::once(name.to_owned()).chain(state) {
            let dropped = rawdoc! {"drop": one.as_str(), "writeConcern": {"w": "majority"}};
            match self.again(self.patience.write, || self.send(database_of(name), dropped.clone())).await {
                Ok(_) | Err(StoreError::Refused { code: NAMESPACE_NOT_FOUND, .. }) => {}
                Err(other) => return Err(other),
            }
        }
        reply::plain(&rawdoc! {"ok": 1.0})
    }
}

fn is_patients(name: &str) -> bool {
    name == "patients" || name.starts_with("patients_")
}

/// The names of what a list tells.
fn names_in(answer: &bson::RawDocument) -> Result<Vec<String>, StoreError> {
    let batch = answer.get_document("cursor").and_then(|cursor| cursor.get_array("firstBatch"));
    let batch = batch.map_err(|_| StoreError::Damaged("the reply is not a cursor".into()))?;
    let names = batch.into_iter().filter_map(|one| Some(one.ok()?.as_document()?.get_str("name").ok()?.to_owned()));
    Ok(names.collect())
}

/// The collections of counters that a collection's encrypted fields name.
fn state_of(create: &bson::RawDocument) -> Vec<String> {
    let Ok(fields) = create.get_document("encryptedFields") else { return vec![] };
    let name = create.get_str("create").unwrap_or_default();
    let of = |field: &str, ending: &str| {
        fields.get_str(field).map_or_else(|_| format!("enxcol_.{name}.{ending}"), ToOwned::to_owned)
    };
    vec![of("escCollection", "esc"), of("ecocCollection", "ecoc")]
}

fn has_encrypted_fields(answer: &Document) -> bool {
    encrypted_fields(answer).is_some()
}

/// The encrypted fields of the first collection of a list.
fn encrypted_fields(answer: &Document) -> Option<&Document> {
    let first = answer.get_document("cursor").ok()?.get_array("firstBatch").ok()?.first()?.as_document()?;
    first.get_document("options").ok()?.get_document("encryptedFields").ok()
}

/// Compared by path and key, since a server adds what it knows of its own.
fn has_same_fields(answer: &Document, create: &bson::RawDocument) -> bool {
    let asked = Document::try_from(create.to_owned()).ok();
    let asked = asked.as_ref().and_then(|asked| asked.get_document("encryptedFields").ok());
    match (encrypted_fields(answer), asked) {
        (Some(there), Some(asked)) => paths_and_keys(there) == paths_and_keys(asked),
        (there, asked) => there.is_none() && asked.is_none(),
    }
}

fn paths_and_keys(fields: &Document) -> Vec<(Option<String>, Option<bson::Bson>)> {
    let fields = fields.get_array("fields").into_iter().flatten().filter_map(bson::Bson::as_document);
    fields.map(|field| (field.get_str("path").ok().map(ToOwned::to_owned), field.get("keyId").cloned())).collect()
}

/// Where encrypted values belong there is nothing else: `s` and the like hold binary values only, or lists of them.
fn validator(name: &str) -> Option<Document> {
    let plain = if is_patients(name) { "patients" } else { name };
    let (_, sealed) = SEALED.iter().find(|(one, _)| *one == plain)?;
    let binary = doc! {"bsonType": ["binData", "array"], "items": {"bsonType": "binData"}};
    let only = doc! {"bsonType": "object", "additionalProperties": binary};
    let properties: Document =
        sealed.iter().map(|path| ((*path).to_owned(), bson::Bson::Document(only.clone()))).collect();
    Some(doc! {"$jsonSchema": {"bsonType": "object", "properties": properties}})
}
