//! Sessions whose payloads libmongocrypt made and whose results an independent emulation of the server computed.

use crate::store_vectors::{ask, batch, bytes, files, folder, hex, json, strings, whole};
use bson::{Bson, Document, RawDocumentBuf, bson, doc};
use wardseal::store::embedded::Embedded;
use wardseal::store::memory::Memory;
use wardseal::store::{Checked, Store};

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
