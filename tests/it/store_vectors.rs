//! The public vectors, run against the embedded store and its twin. They lie beside the repository
//! (`../shared/qe/vectors`, or `WARDSEAL_VECTORS`) and are never part of it; without them this says so.

use crate::store_payloads::FieldKey;
use bson::spec::BinarySubtype;
use bson::{Bson, Document, RawDocumentBuf, bson, doc};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use wardseal::store::embedded::Embedded;
use wardseal::store::memory::Memory;
use wardseal::store::{Checked, Store, StoreError};

/// What became of the vectors of one family.
#[derive(Default)]
struct Tally {
    passed: usize,
    not_run: Vec<String>,
}

fn folder(name: &str) -> Option<PathBuf> {
    let root = std::env::var_os("WARDSEAL_VECTORS")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/qe/vectors"), PathBuf::from);
    let folder = root.join(name);
    let there = folder.is_dir();
    if !there {
        eprintln!("NOT RUN: no vectors in {}", folder.display());
    }
    there.then_some(folder)
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "json"));
    files.sort();
    files
}

fn json(file: &Path) -> Document {
    serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap()
}

fn raw(command: &Document) -> RawDocumentBuf {
    RawDocumentBuf::try_from(command).unwrap()
}

async fn ask(store: &dyn Store, command: &Document) -> Result<Document, StoreError> {
    store.run(raw(command)).await.map(|reply| Document::try_from(reply).unwrap())
}

fn batch(reply: &Document) -> Vec<Document> {
    let batch = reply.get_document("cursor").unwrap().get_array("firstBatch").unwrap();
    batch.iter().map(|doc| doc.as_document().unwrap().clone()).collect()
}

fn bytes(value: &Bson) -> Vec<u8> {
    match value {
        Bson::Binary(binary) => binary.bytes.clone(),
        other => panic!("not binary: {other:?}"),
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn strings(value: &Bson) -> Vec<String> {
    value.as_array().unwrap().iter().map(|item| item.as_str().unwrap().to_owned()).collect()
}

// ---- sessions made by libmongocrypt with an independent emulation of the server

struct Session {
    store: Box<dyn Store>,
    schema: Document,
    collection: String,
}

impl Session {
    async fn begin(store: Box<dyn Store>, session: &Document) -> Self {
        let namespace = session.get_str("namespace").unwrap();
        let collection = namespace.split_once('.').unwrap().1.to_owned();
        let fields = session.get_document("encryptedFields").unwrap().clone();
        ask(&*store, &doc! {"create": &collection, "encryptedFields": fields.clone()}).await.unwrap();
        let mut schema = Document::new();
        schema.insert(namespace, fields);
        Self { store, schema, collection }
    }

    async fn ask(&self, mut command: Document) -> Document {
        command.insert("encryptionInformation", doc! {"type": 1, "schema": self.schema.clone()});
        ask(&*self.store, &command).await.unwrap()
    }

    async fn document(&self, id: &Bson) -> Document {
        batch(&self.ask(doc! {"find": &self.collection, "filter": {"_id": id.clone()}}).await).remove(0)
    }

    async fn step(&self, step: &Document) {
        let id = step.get("_id").cloned().unwrap_or(Bson::Null);
        match step.get_str("op").unwrap() {
            "insert" => self.insert(step, &id).await,
            "update" => self.update(step, &id).await,
            "delete" => {
                let delete = bson!([{"q": {"_id": id}, "limit": 1}]);
                assert_eq!(
                    self.ask(doc! {"delete": &self.collection, "deletes": delete}).await.get_i32("n").unwrap(),
                    1
                );
            }
            "find" => self.find(step).await,
            _ => drop(ask(&*self.store, step.get_document("command").unwrap()).await.unwrap()),
        }
    }

    async fn insert(&self, step: &Document, id: &Bson) {
        let doc = step.get_document("doc").unwrap().clone();
        self.ask(doc! {"insert": &self.collection, "documents": [doc.clone()]}).await;
        let stored = self.document(id).await;
        let expected = step.get_document("expect").unwrap();
        let mut tags = vec![];
        for field in doc.keys().filter(|field| expected.contains_key(field)) {
            let of_field = expected.get_document(field).unwrap();
            tags.extend(strings(of_field.get("tags").unwrap()));
            same_form(
                &bytes(stored.get(field).unwrap()),
                &bytes(step.get_document("oracle_stored").unwrap().get(field).unwrap()),
            );
        }
        assert_eq!(safe_content(&stored), tags);
    }

    async fn update(&self, step: &Document, id: &Bson) {
        let set = step.get_document("set").unwrap().clone();
        let update = bson!([{"q": {"_id": id.clone()}, "u": {"$set": set}}]);
        self.ask(doc! {"update": &self.collection, "updates": update}).await;
        let stored = self.document(id).await;
        assert_eq!(safe_content(&stored), strings(step.get("safe_content_after").unwrap()));
    }

    async fn find(&self, step: &Document) {
        let path = step.get_str("path").unwrap();
        let payloads = strings(step.get("payloads").unwrap());
        let all: Vec<Document> = payloads.iter().map(|payload| predicate(path, payload)).collect();
        let found = self.ask(doc! {"find": &self.collection, "filter": {"$and": all}, "projection": {"_id": 1}}).await;
        let mut ids: Vec<i32> = batch(&found).iter().map(|doc| doc.get_i32("_id").unwrap()).collect();
        ids.sort_unstable();
        let expected = step.get_array("expect_ids").unwrap().iter();
        assert_eq!(ids, expected.map(|id| i32::try_from(whole(id)).unwrap()).collect::<Vec<_>>());
    }
}

fn whole(value: &Bson) -> i64 {
    value.as_i64().or_else(|| value.as_i32().map(i64::from)).unwrap()
}

fn predicate(path: &str, base64: &str) -> Document {
    let payload: Document =
        serde_json::from_str(&format!(r#"{{"p": {{"$binary": {{"base64": "{base64}", "subType": "06"}}}}}}"#)).unwrap();
    let payload = payload.get("p").unwrap().clone();
    let mut predicate = Document::new();
    match bytes(&payload)[0] {
        12 => drop(predicate.insert(path, bson!({"$eq": payload}))),
        13 => drop(predicate.insert(path, bson!({"$gte": payload}))),
        _ => {
            let body = bytes(&payload)[1..].to_vec();
            let body = Document::try_from(RawDocumentBuf::from_bytes(body).unwrap()).unwrap();
            let (operator, name) = match body.get_document("ts").unwrap().keys().next().unwrap().as_str() {
                "p" => ("$encStrStartsWith", "prefix"),
                "u" => ("$encStrEndsWith", "suffix"),
                "s" => ("$encStrContains", "substring"),
                _ => ("$encStrNormalizedEq", "string"),
            };
            let mut operand = doc! {"input": format!("${path}")};
            operand.insert(name, payload);
            let mut expression = Document::new();
            expression.insert(operator, operand);
            predicate.insert("$expr", expression);
        }
    }
    predicate
}

// IVs are random: what is equal is the clear head, the length and the tags inside.
fn same_form(ours: &[u8], oracles: &[u8]) {
    assert_eq!(ours.len(), oracles.len());
    let (head, blocks) = match ours[0] {
        14 => (18, 1),
        15 => (19, usize::from(ours[18])),
        17 => (30, u32::from_le_bytes(ours[18..22].try_into().unwrap()) as usize),
        _ => (ours.len(), 0),
    };
    assert_eq!(ours[..head], oracles[..head]);
    for block in 0..blocks {
        let at = ours.len() - 96 * (blocks - block) + 32;
        assert_eq!(ours[at..at + 32], oracles[at..at + 32]);
    }
}

fn safe_content(doc: &Document) -> Vec<String> {
    doc.get_array("__safeContent__").map_or(vec![], |tags| tags.iter().map(|tag| hex(&bytes(tag))).collect())
}

#[tokio::test]
async fn sessions_of_an_independent_server_come_out_the_same_on_disk() {
    let Some(sessions) = folder("oracle-sessions/dev") else { return };
    for file in files(&sessions) {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("records.db");
        let store = Embedded::open(&path).unwrap();
        let state = run_session(&json(&file), Box::new(store)).await;
        let reopened = Embedded::open(&path).unwrap();
        assert_eq!(reopened.check().await.unwrap().state, state, "{}", file.display());
    }
}

#[tokio::test]
async fn sessions_of_an_independent_server_come_out_the_same_in_memory() {
    let Some(sessions) = folder("oracle-sessions/dev") else { return };
    for file in files(&sessions) {
        run_session(&json(&file), Box::new(Memory::new())).await;
    }
}

/// Runs all steps; answers how many rows of state the other server had after its last compaction or cleanup, plus
/// those of the writes since.
async fn run_session(session: &Document, store: Box<dyn Store>) -> u64 {
    let running = Session::begin(store, session).await;
    let mut state = 0;
    for step in session.get_array("steps").unwrap() {
        let step = step.as_document().unwrap();
        running.step(step).await;
        match step.get_document("esc_after_without_padding") {
            Ok(after) => state = u64::try_from(whole(after.get("total").unwrap())).unwrap(),
            Err(_) => state += tags_made(step),
        }
    }
    eprintln!("oracle session: {} steps passed", session.get_array("steps").unwrap().len());
    state
}

fn tags_made(step: &Document) -> u64 {
    let Ok(expected) = step.get_document("expect") else { return 0 };
    let of_field =
        |field: &Bson| field.as_document().and_then(|field| field.get_array("tags").ok()).map_or(0, Vec::len);
    let of_update = expected.get_array("tags").map_or(0, Vec::len);
    (of_update + expected.values().map(of_field).sum::<usize>()) as u64
}

// ---- the drivers' specification tests

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

#[tokio::test]
async fn the_twin_and_the_file_agree_after_a_session() {
    let Some(sessions) = folder("oracle-sessions/dev") else { return };
    let Some(file) = files(&sessions).into_iter().next() else { return };
    let session = json(&file);
    let (twin, place) = (Memory::new(), tempfile::tempdir().unwrap());
    let path = place.path().join("records.db");
    let in_file = Session::begin(Box::new(Embedded::open(&path).unwrap()), &session).await;
    let in_memory = Session::begin(Box::new(twin), &session).await;
    for step in session.get_array("steps").unwrap().iter().take(60) {
        in_file.step(step.as_document().unwrap()).await;
        in_memory.step(step.as_document().unwrap()).await;
    }
    drop(in_file);
    let Checked { documents, .. } = Embedded::open(&path).unwrap().check().await.unwrap();
    let count = in_memory.ask(doc! {"count": &in_memory.collection, "query": {}}).await;
    assert_eq!(u64::try_from(whole(count.get("n").unwrap())).unwrap(), documents);
}
