//! What goes over a socket, field by field beside the commands that the drivers' specification files expect: every test
//! of theirs that our client can run, through the official driver, to our own server.

use crate::vectors::payloads::{body, says};
use crate::vectors::specification_file::{matches, modern, objects};
use crate::vectors::{attempt, files, root, specifications};
use crate::wire::Server;
use async_trait::async_trait;
use bson::{Bson, Document, RawDocumentBuf, doc};
use mongodb::Client;
use mongodb::error::ErrorKind;
use std::collections::BTreeMap;
use std::sync::Arc;
use wardseal::store::{Store, StoreError, StoreKind};

/// The first byte of a question about a range.
const RANGE: u8 = 13;

/// Commands that are about documents; what else a driver sends to prepare them isn't the client's.
const COMPARED: [&str; 9] = [
    "insert",
    "find",
    "update",
    "delete",
    "findAndModify",
    "aggregate",
    "bulkWrite",
    "compactStructuredEncryptionData",
    "cleanupStructuredEncryptionData",
];

/// The plain driver as a store of one command at a time, on one database.
struct OverDriver(Client, String);

#[async_trait]
impl Store for OverDriver {
    async fn run(&self, command: RawDocumentBuf) -> Result<RawDocumentBuf, StoreError> {
        let bulk = matches!(command.iter().next(), Some(Ok((name, _))) if name.as_str() == "bulkWrite");
        let database = self.0.database(if bulk { "admin" } else { &self.1 });
        let mut reply = database.run_raw_command(command).await.map_err(|error| match error.kind.as_ref() {
            ErrorKind::Command(refused) => StoreError::Refused { code: refused.code, why: refused.message.clone() },
            other => StoreError::Database(other.to_string()),
        })?;
        reply.remove("$clusterTime");
        reply.remove("operationTime");
        Ok(RawDocumentBuf::try_from(&reply).unwrap())
    }

    async fn run_all(&self, _: Vec<RawDocumentBuf>) -> Result<Vec<RawDocumentBuf>, StoreError> {
        Err(StoreError::Stopped)
    }

    async fn scrub(&self) -> Result<(), StoreError> {
        Ok(())
    }

    fn kind(&self) -> StoreKind {
        StoreKind::Memory
    }
}

/// A server, and a client that starts every test from nothing.
struct Wire {
    server: Server,
    client: Client,
}

impl Wire {
    async fn open() -> Self {
        let server = Server::open();
        let client = Client::with_uri_str(server.uri()).await.unwrap();
        server.state.heard.keep();
        Self { server, client }
    }

    async fn empty(&self, database: &str) -> Arc<dyn Store> {
        self.client.database(database).drop().await.unwrap();
        self.server.state.heard.take();
        Arc::new(OverDriver(self.client.clone(), database.to_owned()))
    }

    /// What was sent, without the setting up of the test and the look at what it left.
    fn heard(&self, set_up: usize, looks: usize) -> Vec<Document> {
        let all = self.server.state.heard.take();
        let during = &all[set_up..all.len() - looks];
        let all = during.iter().map(|command| Document::try_from(command.clone()).unwrap());
        all.filter(concerns).collect()
    }
}

fn concerns(command: &Document) -> bool {
    let (name, collection) = command.iter().next().unwrap();
    COMPARED.contains(&name.as_str()) && collection.as_str() != Some("datakeys")
}

fn expected(test: &Document) -> Vec<Document> {
    let events = objects(test, "expectEvents").into_iter().flat_map(|client| objects(&client, "events"));
    let started =
        |event: Document| event.get_document("commandStartedEvent").ok()?.get_document("command").ok().cloned();
    events.filter_map(started).filter(|command| !command.is_empty() && concerns(command)).collect()
}

/// The database a test is about.
fn database(file: &Document) -> String {
    let named = objects(file, "initialData").into_iter().map(|data| data.get_str("databaseName").unwrap().to_owned());
    named.into_iter().find(|name| name != "keyvault").unwrap_or_else(|| "default".to_owned())
}

/// How many commands set the test up: what is in the collections before it.
fn set_up(file: &Document) -> usize {
    let encrypted = |data: &Document| {
        data.get_document("createOptions").is_ok_and(|options| options.contains_key("encryptedFields"))
    };
    let of = |data: &Document| usize::from(encrypted(data)) + usize::from(!objects(data, "documents").is_empty());
    objects(file, "initialData").iter().map(of).sum()
}

/// What was sent, in the words of what was expected where a server understands both alike: `v` for `{$eq: v}`, nothing
/// for `false`, and a question about a range whatever number ties its halves together.
fn level(wanted: &Bson, sent: &Bson) -> Bson {
    match (wanted, sent) {
        (Bson::Document(equal), sent) if equal.get("$eq").is_some_and(|value| value == sent) => wanted.clone(),
        (Bson::Document(wanted), Bson::Document(sent)) => {
            let mut levelled: Document = sent
                .iter()
                .map(|(name, value)| {
                    (name.clone(), wanted.get(name).map_or(value.clone(), |wanted| level(wanted, value)))
                })
                .collect();
            let defaults = [("ordered", true), ("multi", false), ("upsert", false)];
            for (name, default) in
                defaults.into_iter().filter(|(name, value)| wanted.get_bool(name).is_ok_and(|one| one == *value))
            {
                levelled.entry(name.to_owned()).or_insert(default.into());
            }
            levelled.into()
        }
        (Bson::Array(wanted), Bson::Array(sent)) if wanted.len() == sent.len() => {
            wanted.iter().zip(sent).map(|(wanted, sent)| level(wanted, sent)).collect()
        }
        (Bson::Binary(wanted), Bson::Binary(sent)) if wanted.bytes.first() == Some(&RANGE) => {
            let same = body(wanted).zip(body(sent)).is_some_and(|(wanted, sent)| says(&sent, &wanted));
            if same { wanted.clone().into() } else { sent.clone().into() }
        }
        _ => sent.clone(),
    }
}

/// What a client without keys looks up in between is none of the expected.
fn is_aside(command: &Document) -> bool {
    command.contains_key("find") && !command.contains_key("encryptionInformation")
}

fn compare(expected: &[Document], heard: &[Document]) -> Result<(), String> {
    let mut left = expected.iter().peekable();
    for sent in heard {
        let fits = left.peek().map(|wanted| {
            let wanted = Bson::Document((*wanted).clone());
            matches(&wanted, &level(&wanted, &Bson::Document(sent.clone())), true)
        });
        match fits {
            Some(Ok(())) => drop(left.next()),
            _ if is_aside(sent) => {}
            Some(Err(why)) => return Err(format!("{}: {why}", sent.keys().next().unwrap())),
            None => return Err(format!("{} is too much", sent.keys().next().unwrap())),
        }
    }
    left.next().map_or(Ok(()), |wanted| Err(format!("{} is missing", wanted.keys().next().unwrap())))
}

#[tokio::test]
async fn what_is_sent_is_field_by_field_what_the_specification_expects() {
    let Some(root) = root() else {
        println!("SKIPPED: no vectors; put them in ../shared/qe/vectors or set WARDSEAL_VECTORS");
        return;
    };
    let wire = Wire::open().await;
    let (mut ran, mut compared, mut failed) = (0, 0, vec![]);
    let mut not_run: BTreeMap<String, usize> = BTreeMap::new();
    for path in files(&root, ".json") {
        let Ok(Bson::Document(file)) = attempt(&path) else { continue };
        if file.get_array("tests").is_err() {
            continue;
        }
        let legacy = !file.contains_key("schemaVersion");
        for test in objects(&file, "tests") {
            let name =
                format!("{}: {}", path.file_name().unwrap().display(), test.get_str("description").unwrap_or(""));
            let (file, test) = if legacy { modern(&file, &test) } else { (file.clone(), test) };
            let store = wire.empty(&database(&file)).await;
            match specifications::run_on(&file, &test, store).await {
                Ok(Some(why)) => *not_run.entry(why).or_default() += 1,
                Err(why) => failed.push(format!("{name}: {why}")),
                Ok(None) => {
                    ran += 1;
                    let looks = objects(&test, "outcome").len();
                    let (expected, heard) = (expected(&test), wire.heard(set_up(&file), looks));
                    if expected.is_empty() {
                        continue;
                    }
                    compared += expected.len();
                    compare(&expected, &heard).unwrap_or_else(|why| failed.push(format!("{name}: {why}")));
                }
            }
        }
    }
    println!("{ran} tests over a socket, {compared} commands compared; not run: {not_run:?}");
    assert!(failed.is_empty(), "{} differ:\n{}", failed.len(), failed.join("\n"));
    assert!(ran > 0 && compared > 0);
}

#[tokio::test]
async fn a_field_that_differs_is_noticed() {
    let wanted = doc! { "insert": "default", "documents": [{ "_id": 1 }], "ordered": true };
    let more = doc! { "insert": "default", "documents": [{ "_id": 1, "x": 2 }], "ordered": true };
    let wanted = std::slice::from_ref(&wanted);
    assert!(compare(wanted, wanted).is_ok());
    assert!(compare(wanted, &[more]).is_err());
    assert!(compare(wanted, &[]).is_err());
}
