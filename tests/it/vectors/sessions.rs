//! Sessions whose payloads libmongocrypt made and whose results an independent emulation of the server computed: on
//! the file and on its twin, tag by tag, and every stored value opened again.

use super::store_steps::{ask, batch, bytes, hex, strings};
use super::{Report, raw};
use crate::client::{Client, Field, fields_of, whole};
use bson::{Bson, Document, RawDocumentBuf, bson, doc};
use std::sync::Arc;
use wardseal::crypt::{Crypt, KeyRing, Provider};
use wardseal::secret::Secret;
use wardseal::store::Store;
use wardseal::store::embedded::Embedded;
use wardseal::store::memory::Memory;

type Outcome = Result<(), String>;

/// Runs every session on both stores.
pub fn oracle(report: &mut Report) {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    for (path, session) in report.documents() {
        if !(session.contains_key("steps") && session.contains_key("key_vault")) {
            continue;
        }
        report.claim(&path);
        let place = tempfile::tempdir().unwrap();
        let file = place.path().join("records.db");
        let stores: [(&str, Box<dyn Store>); 2] =
            [("memory", Box::new(Memory::new())), ("embedded", Box::new(Embedded::open(&file).unwrap()))];
        for (kind, store) in stores {
            let what = format!("{} on {kind}", path.display());
            let state = runtime.block_on(run_session(report, &what, &session, store));
            if kind == "embedded" {
                let checked = runtime.block_on(async { Embedded::open(&file).unwrap().check().await });
                report.check(FAMILY, format!("{what}: rows of state"), checked.is_ok_and(|found| found.state == state));
            }
        }
    }
}

const FAMILY: &str = "oracle sessions";

/// Runs all steps; answers how many rows of state the other server had after its last compaction or cleanup, plus
/// those of the writes since.
async fn run_session(report: &mut Report, what: &str, session: &Document, store: Box<dyn Store>) -> u64 {
    let running = Session::begin(store, session).await;
    let mut state = 0;
    for (number, step) in session.get_array("steps").unwrap().iter().enumerate() {
        let step = step.as_document().unwrap();
        let outcome = running.step(step).await;
        let why = outcome.as_ref().err().cloned().unwrap_or_default();
        report.check(FAMILY, format!("{what}, step {number}: {why}"), outcome.is_ok());
        match step.get_document("esc_after_without_padding") {
            Ok(after) => state = u64::try_from(whole(after.get("total").unwrap())).unwrap(),
            Err(_) => state += tags_made(step),
        }
    }
    state
}

fn tags_made(step: &Document) -> u64 {
    let Ok(expected) = step.get_document("expect") else { return 0 };
    let of_field =
        |field: &Bson| field.as_document().and_then(|field| field.get_array("tags").ok()).map_or(0, Vec::len);
    let of_update = expected.get_array("tags").map_or(0, Vec::len);
    (of_update + expected.values().map(of_field).sum::<usize>()) as u64
}

struct Session {
    store: Box<dyn Store>,
    schema: Document,
    collection: String,
    crypt: Crypt,
    fields: Vec<Field>,
}

impl Session {
    async fn begin(store: Box<dyn Store>, session: &Document) -> Self {
        let namespace = session.get_str("namespace").unwrap();
        let collection = namespace.split_once('.').unwrap().1.to_owned();
        let fields = session.get_document("encryptedFields").unwrap().clone();
        ask(&*store, &doc! {"create": &collection, "encryptedFields": fields.clone()}).await.unwrap();
        let mut schema = Document::new();
        schema.insert(namespace, fields.clone());
        Self { store, schema, collection, crypt: open(session), fields: fields_of(&fields) }
    }

    async fn ask(&self, mut command: Document) -> Result<Document, String> {
        command.insert("encryptionInformation", doc! {"type": 1, "schema": self.schema.clone()});
        ask(&*self.store, &command).await.map_err(|error| error.to_string())
    }

    async fn document(&self, id: &Bson) -> Result<Document, String> {
        let found = self.ask(doc! {"find": &self.collection, "filter": {"_id": id.clone()}}).await?;
        batch(&found).pop().ok_or_else(|| "the document isn't there".into())
    }

    async fn step(&self, step: &Document) -> Outcome {
        let id = step.get("_id").cloned().unwrap_or(Bson::Null);
        match step.get_str("op").unwrap() {
            "insert" => self.insert(step, &id).await,
            "update" => self.update(step, &id).await,
            "delete" => {
                let delete = bson!([{"q": {"_id": id}, "limit": 1}]);
                let reply = self.ask(doc! {"delete": &self.collection, "deletes": delete}).await?;
                same("deleted", &reply.get_i32("n").unwrap(), &1)
            }
            "find" => self.find(step).await,
            _ => {
                let command = step.get_document("command").unwrap();
                ask(&*self.store, command).await.map(drop).map_err(|error| error.to_string())
            }
        }
    }

    async fn insert(&self, step: &Document, id: &Bson) -> Outcome {
        let doc = step.get_document("doc").unwrap().clone();
        self.ask(doc! {"insert": &self.collection, "documents": [doc.clone()]}).await?;
        let stored = self.document(id).await?;
        let expected = step.get_document("expect").unwrap();
        let mut tags = vec![];
        for field in doc.keys().filter(|field| expected.contains_key(field)) {
            let of_field = expected.get_document(field).unwrap();
            tags.extend(strings(of_field.get("tags").unwrap()));
            let oracles = step.get_document("oracle_stored").unwrap().get(field).unwrap();
            same_form(&bytes(stored.get(field).unwrap()), &bytes(oracles))?;
        }
        same("tags", &safe_content(&stored), &tags)?;
        self.opens(&stored, step.get_document("plain").unwrap())
    }

    /// The stored values open to what went in.
    fn opens(&self, stored: &Document, plain: &Document) -> Outcome {
        let opened = self.crypt.decrypt(&raw(stored)).map_err(|error| error.to_string())?;
        let opened = Document::try_from(opened).unwrap();
        plain.iter().try_for_each(|(name, value)| same(name, &opened.get(name), &Some(value)))
    }

    async fn update(&self, step: &Document, id: &Bson) -> Outcome {
        let set = step.get_document("set").unwrap().clone();
        let update = bson!([{"q": {"_id": id.clone()}, "u": {"$set": set}}]);
        self.ask(doc! {"update": &self.collection, "updates": update}).await?;
        let stored = self.document(id).await?;
        same("tags", &safe_content(&stored), &strings(step.get("safe_content_after").unwrap()))
    }

    async fn find(&self, step: &Document) -> Outcome {
        let path = step.get_str("path").unwrap();
        let payloads = strings(step.get("payloads").unwrap());
        let all: Vec<Document> = payloads.iter().map(|payload| predicate(path, payload)).collect();
        let expected: Vec<i64> = step.get_array("expect_ids").unwrap().iter().map(whole).collect();
        same("found", &self.ids(doc! {"$and": all}).await?, &expected)?;
        let Ok(query) = step.get_document("query") else { return Ok(()) };
        // The same question, made by our own client.
        let client = Client { crypt: &self.crypt, fields: &self.fields };
        let mut asked = Document::new();
        match query.keys().next().map(String::as_str) {
            Some(operator) if operator.starts_with("$enc") => return Ok(()),
            _ => asked.insert(path, query.clone()),
        };
        match client.filter(&asked) {
            Ok(asked) => same("found by our own question", &self.ids(asked).await?, &expected),
            Err(_) => Ok(()),
        }
    }

    async fn ids(&self, filter: Document) -> Result<Vec<i64>, String> {
        let found = self.ask(doc! {"find": &self.collection, "filter": filter, "projection": {"_id": 1}}).await?;
        let mut ids: Vec<i64> = batch(&found).iter().map(|doc| whole(doc.get("_id").unwrap())).collect();
        ids.sort_unstable();
        Ok(ids)
    }
}

fn open(session: &Document) -> Crypt {
    let json = serde_json::json!({ "$binary": { "base64": session.get_str("local_master_key_b64").unwrap(), "subType": "00" } });
    let Ok(Bson::Binary(root)) = serde_json::from_value(json) else { panic!("not a key") };
    let root = Secret::copy_from(&root.bytes).unwrap();
    let keys = super::specification_file::objects(session, "key_vault").iter().map(raw).collect();
    let provider = [Provider { name: "local".into(), key: &root }];
    Crypt::open(&provider, Arc::new(KeyRing::new(keys)), None).unwrap()
}

fn same<T: PartialEq + std::fmt::Debug>(what: &str, found: &T, expected: &T) -> Outcome {
    if found == expected { Ok(()) } else { Err(format!("{what}: {found:?} instead of {expected:?}")) }
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
fn same_form(ours: &[u8], oracles: &[u8]) -> Outcome {
    same("length", &ours.len(), &oracles.len())?;
    let (head, blocks) = match ours[0] {
        14 => (18, 1),
        15 => (19, usize::from(ours[18])),
        17 => (30, u32::from_le_bytes(ours[18..22].try_into().unwrap()) as usize),
        _ => (ours.len(), 0),
    };
    same("head", &&ours[..head], &&oracles[..head])?;
    (0..blocks).try_for_each(|block| {
        let at = ours.len() - 96 * (blocks - block) + 32;
        same("tag", &&ours[at..at + 32], &&oracles[at..at + 32])
    })
}

fn safe_content(doc: &Document) -> Vec<String> {
    doc.get_array("__safeContent__").map_or(vec![], |tags| tags.iter().map(|tag| hex(&bytes(tag))).collect())
}
