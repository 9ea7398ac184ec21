//! The drivers' specification tests of client-side and queryable encryption, unified and legacy form, run against the
//! twin of the embedded store by a client whose payloads libmongocrypt makes.

use super::specification_client::{View, batch};
use super::specification_file::{binaries, matches, objects, obstacle, text, without_preview};
use super::{raw, specifications_root};
use crate::client::{fields_of, fields_of_schema};
use bson::{Binary, Bson, Document, RawDocumentBuf, bson, doc};
use std::collections::BTreeMap;
use std::sync::Arc;
use wardseal::crypt::{Crypt, KeyRing, Provider};
use wardseal::secret::Secret;
use wardseal::store::{Store, memory::Memory};

/// One test of a file, with the store it runs on.
struct Case<'c> {
    file: &'c Document,
    test: &'c Document,
    store: Arc<dyn Store>,
    views: BTreeMap<String, View>,
    sent: Vec<Document>,
}

/// Runs a test of a file on a store in memory.
pub async fn run(file: &Document, test: &Document) -> Result<Option<String>, String> {
    run_on(file, test, Arc::new(Memory::new())).await
}

/// Runs a test of a file on an empty store: `Err` is a sentence about what is wrong, `Ok(Some)` why it isn't run.
pub async fn run_on(file: &Document, test: &Document, store: Arc<dyn Store>) -> Result<Option<String>, String> {
    if let Some(why) = obstacle(file, test) {
        return Ok(Some(why));
    }
    let mut case = Case { file, test, store, views: BTreeMap::new(), sent: vec![] };
    case.fill().await?;
    case.look()?;
    for operation in objects(test, "operations") {
        case.operate(&operation).await?;
    }
    case.same_payloads()?;
    case.outcome().await.map(|()| None)
}

impl Case<'_> {
    fn vault(&self) -> Vec<RawDocumentBuf> {
        let data = objects(self.file, "initialData").into_iter();
        let keys = data.filter(|data| text(data, "databaseName") == Some("keyvault"));
        keys.flat_map(|data| objects(&data, "documents")).map(|key| raw(&key)).collect()
    }

    async fn fill(&mut self) -> Result<(), String> {
        for data in objects(self.file, "initialData") {
            let name = data.get_str("collectionName").unwrap();
            let options = data.get_document("createOptions").cloned().unwrap_or_default();
            if let Ok(fields) = options.get_document("encryptedFields") {
                self.ask(&doc! { "create": name, "encryptedFields": fields.clone() }).await?;
            }
            let documents = objects(&data, "documents");
            if !documents.is_empty() {
                self.ask(&doc! { "insert": name, "documents": documents }).await?;
            }
        }
        Ok(())
    }

    /// `encryptedFields` of a namespace on the server's side.
    fn options(&self, database: &str, collection: &str) -> Document {
        let data = objects(self.file, "initialData").into_iter();
        let mut here = data.filter(|data| {
            text(data, "databaseName") == Some(database) && text(data, "collectionName") == Some(collection)
        });
        here.next().and_then(|data| data.get_document("createOptions").cloned().ok()).unwrap_or_default()
    }

    /// Makes what every object of the test needs.
    fn look(&mut self) -> Result<(), String> {
        let entities = objects(self.file, "createEntities");
        let of =
            |kind: &str| entities.iter().filter_map(|one| one.get_document(kind).ok().cloned()).collect::<Vec<_>>();
        let (clients, databases) = (of("client"), of("database"));
        let named = |list: &[Document], id: &str| list.iter().find(|one| text(one, "id") == Some(id)).cloned();
        for collection in of("collection") {
            let database = named(&databases, collection.get_str("database").unwrap()).ok_or("no such database")?;
            let client = named(&clients, database.get_str("client").unwrap()).ok_or("no such client")?;
            let view = self.view(
                &client,
                database.get_str("databaseName").unwrap(),
                collection.get_str("collectionName").unwrap(),
            )?;
            self.views.insert(collection.get_str("id").unwrap().into(), view);
        }
        for database in databases {
            // A command on a database names its collection itself; there is one that matters.
            let client = named(&clients, database.get_str("client").unwrap()).ok_or("no such client")?;
            let name = database.get_str("databaseName").unwrap();
            let collection = of("collection").into_iter().find(|one| text(one, "database") == text(&database, "id"));
            let collection =
                collection.map_or("default".to_owned(), |one| one.get_str("collectionName").unwrap().into());
            let view = self.view(&client, name, &collection)?;
            self.views.insert(database.get_str("id").unwrap().into(), view);
        }
        for client in clients {
            if let Some(id) = self.views.iter().find(|(_, view)| view.encrypts).map(|(id, _)| id.clone()) {
                let view = self.views.get(&id).map(|view| view.again()).unwrap();
                self.views.insert(client.get_str("id").unwrap().into(), view);
            }
        }
        for encryption in of("clientEncryption") {
            let options = encryption.get_document("clientEncryptionOpts").unwrap();
            let crypt = self.crypt(options, None)?;
            let view = View {
                collection: "datakeys".into(),
                database: "keyvault".into(),
                crypt: Some(crypt),
                fields: vec![],
                encrypts: false,
                known: false,
            };
            self.views.insert(encryption.get_str("id").unwrap().into(), view);
        }
        Ok(())
    }

    fn view(&self, client: &Document, database: &str, collection: &str) -> Result<View, String> {
        let mut view = View {
            collection: collection.into(),
            database: database.into(),
            crypt: None,
            fields: vec![],
            encrypts: false,
            known: false,
        };
        let Ok(options) = client.get_document("autoEncryptOpts") else { return Ok(view) };
        let namespace = format!("{database}.{collection}");
        let server = self.options(database, collection);
        let map =
            |name: &str| options.get_document(name).ok().and_then(|map| map.get_document(&namespace).ok()).cloned();
        let fields = map("encryptedFieldsMap").or_else(|| server.get_document("encryptedFields").cloned().ok());
        let schema = server.get_document("validator").and_then(|one| one.get_document("$jsonSchema")).cloned();
        view.encrypts = !options.get_bool("bypassAutoEncryption").unwrap_or(false);
        view.known = fields.is_some();
        view.fields = match (&fields, map("schemaMap").or(schema.ok())) {
            (Some(fields), _) => fields_of(fields),
            (None, Some(schema)) => fields_of_schema(&schema, ""),
            (None, None) => vec![],
        };
        let fields = fields.map(|fields| {
            let mut map = Document::new();
            map.insert(namespace, without_preview(&Bson::Document(fields)));
            map
        });
        view.crypt = Some(self.crypt(options, fields)?);
        Ok(view)
    }

    fn crypt(&self, options: &Document, fields: Option<Document>) -> Result<Arc<Crypt>, String> {
        let local = options.get_document("kmsProviders").unwrap().iter().filter(|(name, _)| name.starts_with("local"));
        let roots: Vec<(String, Secret<96>)> =
            local.map(|(name, kms)| (name.clone(), root(kms.as_document().unwrap()))).collect();
        let providers: Vec<_> = roots.iter().map(|(name, key)| Provider { name: name.clone(), key }).collect();
        let fields = fields.map(|fields| raw(&fields));
        let crypt = Crypt::open(&providers, Arc::new(KeyRing::new(self.vault())), fields.as_deref());
        crypt.map(Arc::new).map_err(|error| format!("libmongocrypt doesn't open: {error}"))
    }

    async fn ask(&self, command: &Document) -> Result<Document, String> {
        let reply = self.store.run(raw(command)).await.map_err(|error| error.to_string())?;
        Ok(Document::try_from(reply).unwrap())
    }

    async fn operate(&mut self, operation: &Document) -> Result<(), String> {
        let name = operation.get_str("name").unwrap();
        let result = self.result(operation).await;
        let result = match (operation.contains_key("expectError"), result) {
            (true, Ok(answer)) => return Err(format!("{name} is not refused: {answer}")),
            (false, Err(why)) => return Err(format!("{name} is refused: {why}")),
            (true, Err(_)) => return Ok(()),
            (false, Ok(answer)) => answer,
        };
        operation
            .get("expectResult")
            .map_or(Ok(()), |expected| matches(expected, &result, true).map_err(|why| format!("{name}: {why}")))
    }

    async fn result(&mut self, operation: &Document) -> Result<Bson, String> {
        let object = operation.get_str("object").unwrap();
        if object == "testRunner" {
            return Ok(Bson::Null);
        }
        let view = self.views.get(object).ok_or("no such object")?;
        let arguments = operation.get_document("arguments").cloned().unwrap_or_default();
        let name = operation.get_str("name").unwrap();
        match name {
            "decrypt" => {
                return view
                    .open(doc! { "v": arguments.get("value").unwrap().clone() })
                    .map(|opened| opened.get("v").unwrap().clone());
            }
            "createDataKey" => return self.create_key(view, &arguments).await,
            _ => {}
        }
        let commands = view.commands(name, &arguments)?;
        let mut last = Bson::Null;
        for command in commands {
            let command = view.informed(command)?;
            let encrypts = view.encrypts;
            if encrypts {
                self.sent.push(command.clone());
            }
            let reply = self.ask(&command).await?;
            last = self.views[object].answer(name, &reply)?;
        }
        Ok(last)
    }

    async fn create_key(&self, view: &View, arguments: &Document) -> Result<Bson, String> {
        let provider = arguments.get_str("kmsProvider").unwrap();
        let names = arguments.get_document("opts").ok().and_then(|opts| opts.get_array("keyAltNames").ok().cloned());
        let names: Vec<String> =
            names.unwrap_or_default().iter().map(|name| name.as_str().unwrap().to_owned()).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let opts = arguments.get_document("opts").cloned().unwrap_or_default();
        let crypt = view.crypt.as_ref().unwrap();
        let key = match opts.get("keyMaterial") {
            Some(Bson::Binary(bytes)) => {
                let bytes = Secret::copy_from(&bytes.bytes).ok_or("a data key has 96 bytes")?;
                crypt.wrap_data_key(provider, &names, &bytes)
            }
            _ => crypt.create_data_key(provider, &names),
        };
        let key = key.map_err(|error| error.to_string())?;
        let key = Document::try_from(key).unwrap();
        self.ask(&doc! { "insert": "datakeys", "documents": [key.clone()] }).await?;
        Ok(key.get("_id").unwrap().clone())
    }

    /// Find payloads and compaction tokens hold no randomness: the file's are exactly those that were sent.
    fn same_payloads(&self) -> Result<(), String> {
        let events = objects(self.test, "expectEvents").into_iter().flat_map(|client| objects(&client, "events"));
        let expected: Vec<Document> = events
            .filter_map(|event| event.get_document("commandStartedEvent").ok()?.get_document("command").ok().cloned())
            .collect();
        let found = |commands: &[Document]| -> Vec<Binary> {
            commands.iter().flat_map(|command| binaries(command, 12)).collect()
        };
        let (expected_payloads, sent) = (found(&expected), found(&self.sent));
        if !expected_payloads.is_empty() && expected_payloads != sent {
            return Err("other find payloads than the file's were sent".into());
        }
        for name in ["compactionTokens", "cleanupTokens"] {
            let of = |commands: &[Document]| -> Vec<Document> {
                commands.iter().filter_map(|command| command.get_document(name).ok().cloned()).collect()
            };
            let (expected, sent) = (of(&expected), of(&self.sent));
            if !expected.is_empty() {
                matches(&bson!(expected), &bson!(sent), true).map_err(|why| format!("{name}: {why}"))?;
            }
        }
        Ok(())
    }

    async fn outcome(&self) -> Result<(), String> {
        for outcome in objects(self.test, "outcome") {
            let name = outcome.get_str("collectionName").unwrap();
            let found = batch(&self.ask(&doc! { "find": name, "filter": {}, "sort": { "_id": 1 } }).await?);
            let expected = outcome.get("documents").unwrap();
            matches(expected, &Bson::Array(found), true).map_err(|why| format!("in the end, {why}"))?;
        }
        Ok(())
    }
}

fn root(kms: &Document) -> Secret<96> {
    let binary = match kms.get("key") {
        Some(Bson::Binary(key)) => key.bytes.clone(),
        Some(Bson::String(text)) => {
            let json = serde_json::json!({ "$binary": { "base64": text, "subType": "00" } });
            let Ok(Bson::Binary(key)) = serde_json::from_value(json) else { panic!("not a key") };
            key.bytes
        }
        _ => return specifications_root(),
    };
    Secret::copy_from(&binary).unwrap()
}
