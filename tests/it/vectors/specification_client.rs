//! The client of a specification test: operations of a driver become commands, replies become what the driver answers.

use super::raw;
use super::specification_file::objects;
use crate::client::{Client, Field};
use bson::{Array, Bson, Document, bson, doc};
use std::sync::Arc;
use wardseal::crypt::Crypt;

/// What one of the test's clients does with one collection.
pub struct View {
    pub collection: String,
    pub database: String,
    pub crypt: Option<Arc<Crypt>>,
    pub fields: Vec<Field>,
    /// Whether values are encrypted before they are sent.
    pub encrypts: bool,
    /// Whether libmongocrypt knows the collection's encrypted fields.
    pub known: bool,
}

impl View {
    pub fn again(&self) -> Self {
        let Self { collection, database, crypt, fields, encrypts, known } = self;
        Self {
            collection: collection.clone(),
            database: database.clone(),
            crypt: crypt.clone(),
            fields: fields.clone(),
            encrypts: *encrypts,
            known: *known,
        }
    }

    fn client(&self) -> Option<Client<'_>> {
        let crypt = self.crypt.as_deref().filter(|_| self.encrypts)?;
        Some(Client { crypt, fields: &self.fields })
    }

    fn seal(&self, document: &Document) -> Result<Document, String> {
        self.client().map_or(Ok(document.clone()), |client| client.document(document)).map_err(|why| format!("{why:?}"))
    }

    fn filter(&self, filter: &Document) -> Result<Document, String> {
        self.client().map_or(Ok(filter.clone()), |client| client.filter(filter)).map_err(|why| format!("{why:?}"))
    }

    fn update(&self, arguments: &Document) -> Result<Document, String> {
        let update = arguments.get_document("update").or_else(|_| arguments.get_document("replacement")).unwrap();
        match update.get_document("$set") {
            Ok(set) => Ok(doc! { "$set": self.seal(set)? }),
            Err(_) => self.seal(update),
        }
    }

    pub fn commands(&self, name: &str, arguments: &Document) -> Result<Vec<Document>, String> {
        let here = &self.collection;
        let filter = || arguments.get_document("filter").map_or(Ok(Document::new()), |filter| self.filter(filter));
        let one = |command: Document| Ok(vec![command]);
        match name {
            "insertOne" => one(
                doc! { "insert": here, "documents": [self.seal(arguments.get_document("document").unwrap())?], "ordered": true },
            ),
            "insertMany" => {
                let documents = objects(arguments, "documents");
                let sealed: Result<Vec<Document>, String> =
                    documents.iter().map(|document| self.seal(document)).collect();
                one(doc! { "insert": here, "documents": sealed?, "ordered": true })
            }
            "find" => {
                let mut find = doc! { "find": here, "filter": filter()? };
                arguments.get("sort").into_iter().for_each(|sort| drop(find.insert("sort", sort.clone())));
                one(find)
            }
            "aggregate" => {
                let stages =
                    objects(arguments, "pipeline").into_iter().map(|stage| match stage.get_document("$match") {
                        Ok(asked) => Ok(bson!({ "$match": self.filter(asked)? })),
                        Err(_) => Ok(Bson::Document(stage)),
                    });
                one(doc! { "aggregate": here, "pipeline": stages.collect::<Result<Array, String>>()?, "cursor": {} })
            }
            "updateOne" | "replaceOne" => {
                one(doc! { "update": here, "updates": [{ "q": filter()?, "u": self.update(arguments)? }] })
            }
            "deleteOne" => one(doc! { "delete": here, "deletes": [{ "q": filter()?, "limit": 1 }] }),
            "findOneAndUpdate" => {
                one(doc! { "findAndModify": here, "query": filter()?, "update": self.update(arguments)? })
            }
            "runCommand" => one(arguments.get_document("command").unwrap().clone()),
            "clientBulkWrite" => self.bulk(&objects(arguments, "models")),
            "getKey" => one(doc! { "find": here, "filter": { "_id": arguments.get("id").unwrap().clone() } }),
            "getKeyByAltName" => {
                one(doc! { "find": here, "filter": { "keyAltNames": arguments.get("keyAltName").unwrap().clone() } })
            }
            other => Err(format!("{other} is not known")),
        }
    }

    fn bulk(&self, models: &[Document]) -> Result<Vec<Document>, String> {
        let namespace = format!("{}.{}", self.database, self.collection);
        let mut ops: Vec<Document> = vec![];
        for model in models {
            let (kind, model) = model.iter().next().unwrap();
            let model = model.as_document().unwrap();
            ops.push(match kind.as_str() {
                "insertOne" => doc! { "insert": 0, "document": self.seal(model.get_document("document").unwrap())? },
                "replaceOne" | "updateOne" => {
                    let filter = self.filter(model.get_document("filter").unwrap())?;
                    doc! { "update": 0, "filter": filter, "updateMods": self.update(model)?, "multi": false }
                }
                other => return Err(format!("{other} is not known")),
            });
        }
        Ok(vec![doc! { "bulkWrite": 1, "ops": ops, "nsInfo": [{ "ns": namespace }], "$db": "admin" }])
    }

    pub fn informed(&self, command: Document) -> Result<Document, String> {
        let crypt = self.crypt.as_ref().filter(|_| self.known && self.encrypts);
        let Some(crypt) = crypt else { return Ok(command) };
        let database = command.get_str("$db").unwrap_or(&self.database).to_owned();
        let informed = crypt.encrypt_command(&database, &raw(&command)).map_err(|error| error.to_string())?;
        Ok(Document::try_from(informed).unwrap())
    }

    pub fn open(&self, document: Document) -> Result<Document, String> {
        let Some(crypt) = &self.crypt else { return Ok(document) };
        let opened = crypt.decrypt(&raw(&document)).map_err(|error| error.to_string())?;
        Ok(Document::try_from(opened).unwrap())
    }

    pub fn answer(&self, name: &str, reply: &Document) -> Result<Bson, String> {
        if reply.contains_key("cursor") && name != "clientBulkWrite" {
            let found: Result<Array, String> = batch(reply)
                .into_iter()
                .map(|one| self.open(one.as_document().unwrap().clone()).map(Bson::from))
                .collect();
            let mut found = found?;
            let single = name.starts_with("getKey");
            return Ok(if single { found.pop().unwrap_or(Bson::Null) } else { Bson::Array(found) });
        }
        if let Some(old) = reply.get("value") {
            return old.as_document().map_or(Ok(Bson::Null), |old| self.open(old.clone()).map(Bson::from));
        }
        if name == "runCommand" {
            return Ok(bson!({ "ok": 1 }));
        }
        let count = |names: [&str; 2]| names.iter().find_map(|name| reply.get(*name).cloned()).unwrap_or(bson!(0));
        Ok(bson!({
            "matchedCount": count(["nMatched", "n"]), "modifiedCount": count(["nModified", "nModified"]), "upsertedCount": 0,
            "deletedCount": if name == "deleteOne" { count(["n", "n"]) } else { bson!(0) }, "insertedCount": count(["nInserted", "nInserted"]),
        }))
    }
}

/// The documents of a reply.
pub fn batch(reply: &Document) -> Array {
    reply.get_document("cursor").unwrap().get_array("firstBatch").unwrap().clone()
}
