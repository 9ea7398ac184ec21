//! The drivers' specification tests of queryable encryption, run against the twin of the embedded store.

use crate::store_payloads::FieldKey;
use crate::store_vectors::{ask, batch, bytes, files, folder, json, whole};
use bson::spec::BinarySubtype;
use bson::{Bson, Document, bson, doc};
use std::collections::BTreeMap;
use wardseal::store::memory::Memory;

/// What became of the vectors of one family.
#[derive(Default)]
struct Tally {
    passed: usize,
    not_run: Vec<String>,
}

struct Client {
    keys: BTreeMap<Vec<u8>, FieldKey>,
    schema: Option<Document>,
    namespace: String,
    encrypts: bool,
}

impl Client {
    fn fields(&self) -> Vec<&Document> {
        let fields = self.schema.as_ref().and_then(|schema| schema.get_array("fields").ok());
        fields.map_or(vec![], |fields| fields.iter().map(|field| field.as_document().unwrap()).collect())
    }

    fn field(&self, path: &str) -> Option<(&Document, FieldKey)> {
        let field = self.fields().into_iter().find(|field| field.get_str("path").ok() == Some(path))?;
        self.keys.get(&bytes(field.get("keyId")?)).map(|key| (field, *key))
    }

    /// Encrypts the fields of a document; `Err` where a client would refuse.
    fn seal(&self, doc: &Document, find: bool) -> Result<Document, String> {
        let mut out = Document::new();
        for (path, value) in doc {
            let already = matches!(value, Bson::Binary(binary) if binary.subtype == BinarySubtype::Encrypted);
            let sealed = match self.field(path).filter(|_| self.encrypts && !already) {
                None => value.clone(),
                Some((field, key)) => match (field.contains_key("queries"), find) {
                    (true, false) => key.insert(value.clone(), 0),
                    (true, true) => bson!({"$eq": key.find(value.clone(), 0)}),
                    (false, false) => key.unindexed(value.clone()),
                    (false, true) => return Err("a field that is not indexed can't be queried: encrypted".into()),
                },
            };
            out.insert(path, sealed);
        }
        Ok(out)
    }

    fn open(&self, mut doc: Document) -> Document {
        if self.encrypts {
            doc.remove("__safeContent__");
            for (path, value) in doc.iter_mut() {
                if let (Some((_, key)), Bson::Binary(binary)) = (self.field(path), &*value) {
                    // What came sealed by a real client is not this test's to open.
                    let ours = binary.bytes[0] == 16 || binary.bytes.len() < 18 + 96 + 64;
                    *value = if ours { key.read(&binary.bytes) } else { Bson::String("(sealed)".into()) };
                }
            }
        }
        doc
    }

    fn informed(&self, mut command: Document) -> Document {
        if let Some(schema) = self.schema.as_ref().filter(|_| self.encrypts) {
            let mut schemas = Document::new();
            schemas.insert(&self.namespace, schema.clone());
            command.insert("encryptionInformation", doc! {"type": 1, "schema": schemas});
        }
        command
    }
}

struct Case<'c> {
    file: &'c Document,
    test: &'c Document,
    store: Memory,
    keys: BTreeMap<Vec<u8>, FieldKey>,
    schema: Option<Document>,
    sent: Vec<Document>,
}

impl<'c> Case<'c> {
    /// Why a case can't be run here.
    fn obstacle(file: &Document, test: &Document) -> Option<String> {
        if file.get_str("description").is_ok_and(|name| name.contains("QE-Text") || name.contains("Rangev2")) {
            return Some("needs a client that makes range or string payloads".into());
        }
        let requirements = file.get_array("runOnRequirements").map_or(vec![], Clone::clone);
        if requirements.iter().any(|set| set.as_document().is_some_and(|set| set.contains_key("maxServerVersion"))) {
            return Some("is about an older server".into());
        }
        let known = ["insertOne", "find", "updateOne", "findOneAndUpdate", "deleteOne", "replaceOne"];
        for operation in test.get_array("operations").unwrap() {
            let operation = operation.as_document().unwrap();
            let name = operation.get_str("name").unwrap();
            if !known.contains(&name) {
                return Some(format!("the operation {name} is the driver's"));
            }
            let operation = Bson::Document(operation.clone());
            if [5, 6].iter().any(|form| !payloads(&operation, *form).is_empty()) {
                return Some("is about values of the first version".into());
            }
        }
        let initial = file.get_array("initialData").map_or(vec![], Clone::clone);
        let filled = |data: &Bson| {
            let data = data.as_document().unwrap();
            data.get_str("databaseName").ok() != Some("keyvault") && !data.get_array("documents").unwrap().is_empty()
        };
        initial.iter().any(filled).then(|| "starts from values a real client sealed".into())
    }

    async fn begin(file: &'c Document, test: &'c Document) -> Self {
        let mut case = Self { file, test, store: Memory::new(), keys: BTreeMap::new(), schema: None, sent: vec![] };
        for data in file.get_array("initialData").map_or(vec![], Clone::clone) {
            let data = data.as_document().unwrap();
            if data.get_str("databaseName").ok() == Some("keyvault") {
                case.load_keys(data);
            } else if let Ok(fields) =
                data.get_document("createOptions").and_then(|o| o.get_document("encryptedFields"))
            {
                let name = data.get_str("collectionName").unwrap();
                ask(&case.store, &doc! {"create": name, "encryptedFields": fields.clone()}).await.unwrap();
                case.schema = Some(fields.clone());
            }
        }
        case
    }

    fn load_keys(&mut self, data: &Document) {
        let text = self.file.to_string();
        let master = "Mng0NCt4ZHVUYUJCa1kxNkVyNUR1QURhZ2h2UzR2d2RrZzh0cFBwM3R6NmdWMDFBMUN3YkQ5aXRRMkhGRGdQV09wOGVNYUMxT2k3NjZKelhaQmRCZGJkTXVyZG9uSjFk";
        assert!(text.contains(master), "another master key");
        let wrapped: Document =
            serde_json::from_str(&format!(r#"{{"k": {{"$binary": {{"base64": "{master}", "subType": "00"}}}}}}"#))
                .unwrap();
        for document in data.get_array("documents").unwrap() {
            let document = document.as_document().unwrap();
            let key = FieldKey::open(document, &bytes(wrapped.get("k").unwrap()));
            self.keys.insert(bytes(document.get("_id").unwrap()), key);
        }
    }

    fn client(&self, object: &str) -> Client {
        let entities = self.file.get_array("createEntities").unwrap();
        let entity = |kind: &str, id: &str| -> Document {
            let all = entities.iter().filter_map(|entity| entity.as_document().unwrap().get_document(kind).ok());
            all.clone().find(|entity| entity.get_str("id").ok() == Some(id)).unwrap().clone()
        };
        let collection = entity("collection", object);
        let database = entity("database", collection.get_str("database").unwrap());
        let client = entity("client", database.get_str("client").unwrap());
        let namespace = [&database, &collection];
        let namespace = [namespace[0].get_str("databaseName"), namespace[1].get_str("collectionName")];
        Client {
            keys: self.keys.clone(),
            schema: self.schema.clone(),
            namespace: namespace.map(Result::unwrap).join("."),
            encrypts: client.contains_key("autoEncryptOpts"),
        }
    }

    async fn run(mut self) {
        for operation in self.test.get_array("operations").unwrap() {
            let operation = operation.as_document().unwrap();
            let client = self.client(operation.get_str("object").unwrap());
            let result = self.operate(&client, operation).await;
            match (operation.contains_key("expectError"), result) {
                (true, Ok(answer)) => panic!("not refused: {answer:?}"),
                (false, Err(why)) => panic!("refused: {why}"),
                (false, Ok(answer)) => {
                    operation.get("expectResult").into_iter().for_each(|expected| matches(expected, &answer))
                }
                (true, Err(_)) => {}
            }
        }
        self.same_commands();
        self.outcome().await;
    }

    async fn operate(&mut self, client: &Client, operation: &Document) -> Result<Bson, String> {
        let arguments = operation.get_document("arguments").unwrap();
        let collection = client.namespace.split_once('.').unwrap().1;
        let filter =
            |name| arguments.get_document(name).map_or(Ok(Document::new()), |filter| client.seal(filter, true));
        let update = || -> Result<Document, String> {
            let update = arguments.get_document("update").or_else(|_| arguments.get_document("replacement")).unwrap();
            match update.get_document("$set") {
                Ok(set) => Ok(doc! {"$set": client.seal(set, false)?}),
                Err(_) => client.seal(update, false),
            }
        };
        let command = match operation.get_str("name").unwrap() {
            "insertOne" => {
                let document = client.seal(arguments.get_document("document").unwrap(), false)?;
                doc! {"insert": collection, "documents": [document], "ordered": true}
            }
            "find" => doc! {"find": collection, "filter": filter("filter")?},
            "updateOne" | "replaceOne" => {
                doc! {"update": collection, "updates": [{"q": filter("filter")?, "u": update()?}]}
            }
            "deleteOne" => doc! {"delete": collection, "deletes": [{"q": filter("filter")?, "limit": 1}]},
            _ => doc! {"findAndModify": collection, "query": filter("filter")?, "update": update()?},
        };
        let command = client.informed(command);
        if client.encrypts {
            self.sent.push(command.clone());
        }
        let reply = ask(&self.store, &command).await.map_err(|error| error.to_string())?;
        Ok(answer(client, &reply))
    }

    /// The find payloads the file expects are exactly those this test's client made.
    fn same_commands(&self) {
        let events = self.test.get_array("expectEvents").map_or(vec![], Clone::clone);
        let events =
            events.iter().flat_map(|events| events.as_document().unwrap().get_array("events").unwrap().clone());
        let commands = events.filter_map(|event| {
            let started = event.as_document()?.get_document("commandStartedEvent").ok()?.clone();
            started.get_document("command").ok().cloned()
        });
        let expected: Vec<Vec<u8>> = commands.flat_map(|command| payloads(&Bson::Document(command), 12)).collect();
        let sent: Vec<Vec<u8>> =
            self.sent.iter().flat_map(|command| payloads(&Bson::Document(command.clone()), 12)).collect();
        assert!(expected.is_empty() || expected == sent);
    }

    async fn outcome(&self) {
        for outcome in self.test.get_array("outcome").map_or(vec![], Clone::clone) {
            let outcome = outcome.as_document().unwrap();
            let name = outcome.get_str("collectionName").unwrap();
            let found = batch(&ask(&self.store, &doc! {"find": name, "filter": {}}).await.unwrap());
            matches(outcome.get("documents").unwrap(), &bson!(found));
        }
    }
}

fn answer(client: &Client, reply: &Document) -> Bson {
    if reply.contains_key("cursor") {
        return Bson::Array(batch(reply).into_iter().map(|doc| client.open(doc).into()).collect());
    }
    match reply.get("value") {
        Some(Bson::Document(old)) => client.open(old.clone()).into(),
        Some(nothing) => nothing.clone(),
        None => {
            let n = reply.get("n").unwrap().clone();
            let modified = reply.get("nModified").cloned().unwrap_or(Bson::Null);
            bson!({"matchedCount": n.clone(), "modifiedCount": modified, "upsertedCount": 0, "deletedCount": n})
        }
    }
}

fn payloads(value: &Bson, form: u8) -> Vec<Vec<u8>> {
    match value {
        Bson::Document(doc) => doc.values().flat_map(|value| payloads(value, form)).collect(),
        Bson::Array(items) => items.iter().flat_map(|value| payloads(value, form)).collect(),
        Bson::Binary(binary) if binary.bytes.first() == Some(&form) => vec![binary.bytes.clone()],
        _ => vec![],
    }
}

fn matches(expected: &Bson, actual: &Bson) {
    match (expected, actual) {
        (Bson::Document(special), actual) if special.contains_key("$$type") => {
            assert!(matches!(actual, Bson::Binary(_)), "{actual:?} is not binary");
        }
        (Bson::Document(expected), Bson::Document(actual)) => {
            for (name, expected) in expected {
                let actual = actual.get(name).unwrap_or_else(|| panic!("{name} is missing"));
                matches(expected, actual);
            }
        }
        (Bson::Array(expected), Bson::Array(actual)) => {
            assert_eq!(expected.len(), actual.len(), "{expected:?} {actual:?}");
            expected.iter().zip(actual).for_each(|(expected, actual)| matches(expected, actual));
        }
        (_, Bson::String(sealed)) if sealed == "(sealed)" => {}
        (Bson::Int32(_) | Bson::Int64(_), _) => assert_eq!(whole(expected), whole(actual)),
        _ => assert_eq!(expected, actual),
    }
}

#[tokio::test]
async fn the_drivers_specification_tests_pass_where_they_can_be_run() {
    let Some(specifications) = folder("specifications/unified") else { return };
    let mut tallies: BTreeMap<String, Tally> = BTreeMap::new();
    for file in files(&specifications) {
        let name = file.file_stem().unwrap().to_string_lossy().into_owned();
        if !name.starts_with("fle2v2-") && !name.starts_with("QE-") {
            continue;
        }
        let file = json(&file);
        for test in file.get_array("tests").unwrap() {
            let (test, tally) = (test.as_document().unwrap(), tallies.entry(name.clone()).or_default());
            match Case::obstacle(&file, test) {
                Some(why) => tally.not_run.push(why),
                None => {
                    eprintln!("{name}: {}", test.get_str("description").unwrap());
                    Case::begin(&file, test).await.run().await;
                    tally.passed += 1;
                }
            }
        }
    }
    for (family, tally) in &tallies {
        let why = tally.not_run.first().map_or(String::new(), |why| format!(": {why}"));
        eprintln!("{family}: {} passed, 0 failed, {} not run{why}", tally.passed, tally.not_run.len());
    }
    assert!(tallies.values().any(|tally| tally.passed > 0));
}
