//! Another implementation's binding on the same values: PyPI's `pymongocrypt` opens what Wardseal stored, and Wardseal
//! stores, finds and opens what `pymongocrypt` made.

use crate::guard_tamper::Clinic;
use crate::vectors::raw;
use bson::{Bson, Document, RawDocumentBuf, doc};
use serde_json::{Value, json};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use wardseal::crypt::index::{self, PATIENTS, Search};
use wardseal::crypt::{Crypt, KeyRing, id_of};
use wardseal::store::memory::Memory;
use wardseal::store::{DATABASE, Store as _};

/// A Python with pymongocrypt and bson: `WARDSEAL_PYTHON`, the one `./task` keeps for the peers, or the system's.
fn python() -> Option<PathBuf> {
    let named = std::env::var_os("WARDSEAL_PYTHON").map(PathBuf::from);
    let home = std::env::var_os("HOME").map(PathBuf::from).unwrap_or_default();
    let peers = home.join(".cache/wardseal/peers/bin/python");
    let found = named.into_iter().chain([peers, "python3".into()]).find(|python| {
        let tried = Command::new(python).args(["-c", "import bson, pymongocrypt"]).output();
        tried.is_ok_and(|tried| tried.status.success())
    });
    if found.is_none() {
        println!(
            "SKIPPED: no Python with pymongocrypt and pymongo; name one in WARDSEAL_PYTHON, or run ./task bench once"
        );
    }
    found
}

fn ask(python: &Path, question: &Value) -> Value {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/cross_check.py");
    let mut process = Command::new(python)
        .arg(script)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    process.stdin.take().unwrap().write_all(question.to_string().as_bytes()).unwrap();
    let ended = process.wait_with_output().unwrap();
    assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));
    serde_json::from_slice(&ended.stdout).unwrap()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn documents(answer: &Value) -> Vec<Document> {
    let of = |text: &Value| Document::from_reader(&crate::vectors::hex(text.as_str().unwrap())[..]).unwrap();
    answer.as_array().unwrap().iter().map(of).collect()
}

/// A clinic's keys as another program would be given them.
struct Shared {
    python: PathBuf,
    providers: Value,
    keys: Vec<RawDocumentBuf>,
    crypt: Crypt,
    ring: Arc<KeyRing>,
}

impl Shared {
    fn of(clinic: &Clinic, python: PathBuf) -> Self {
        let loot = clinic.loot("osei");
        let providers: serde_json::Map<String, Value> =
            loot.providers().iter().map(|one| (one.name.clone(), hex(one.key.expose()).into())).collect();
        let keys: Vec<RawDocumentBuf> = clinic.stolen().rows("key_vault").into_iter().map(|(_, key)| key).collect();
        let ring = Arc::new(KeyRing::new(keys.clone()));
        let fields = index::patients_fields(|name| ring.id(name)).unwrap();
        let map = index::fields_map(DATABASE, "patients", &fields);
        let crypt = Crypt::open(&loot.providers(), ring.clone(), Some(&map)).unwrap();
        Self { python, providers: providers.into(), keys, crypt, ring }
    }

    fn ask(&self, open: &[Document], make: &[Value]) -> Value {
        let bytes = |document: &Document| hex(raw(document).as_bytes());
        ask(
            &self.python,
            &json!({
                "providers": self.providers, "keys": self.keys.iter().map(|key| hex(key.as_bytes())).collect::<Vec<_>>(),
                "open": open.iter().map(bytes).collect::<Vec<_>>(), "make": make,
            }),
        )
    }
}

#[tokio::test]
async fn pymongocrypt_opens_what_wardseal_stored() {
    let Some(python) = python() else { return };
    let mut clinic = Clinic::open().await;
    clinic.shows_anna().await;
    let shared = Shared::of(&clinic, python);
    let mut stored: Vec<Document> = clinic.stolen().documents("patients");
    let items = clinic.stolen().documents("items");
    stored.extend(items.into_iter().map(|item| doc! { "s": item.get("s").unwrap().clone() }));
    let answer = shared.ask(&stored, &[]);
    let opened = documents(&answer["opened"]);
    assert_eq!(opened.len(), stored.len());
    for (stored, opened) in stored.iter().zip(&opened) {
        let ours = Document::try_from(shared.crypt.decrypt(&raw(stored)).unwrap()).unwrap();
        assert_eq!(&ours, opened, "the outer layer is MongoDB's own");
    }
    let surnames = opened.iter().filter_map(|one| one.get_document("i").ok()?.get_str("surname").ok());
    let mut surnames: Vec<&str> = surnames.collect();
    surnames.sort_unstable();
    assert_eq!(surnames, ["jones", "smith"]);
    println!("pymongocrypt {} opened {} documents", answer["version"], opened.len());
}

#[tokio::test]
async fn wardseal_stores_finds_and_opens_what_pymongocrypt_made() {
    let Some(python) = python() else { return };
    let clinic = Clinic::open().await;
    let shared = Shared::of(&clinic, python);
    let value = |value: Bson| hex(raw(&doc! { "v": value }).as_bytes());
    let key = |name: &str| {
        let id = shared.ring.id(name).unwrap();
        assert!(shared.keys.iter().any(|key| id_of(key) == Some(id)));
        hex(id.as_bytes())
    };
    let options = |path: &str| -> Value {
        match PATIENTS.iter().find(|one| one.path == path).unwrap().search {
            Search::Equality => json!({ "algorithm": "Indexed" }),
            Search::Prefix(min, max) => {
                let text = doc! {
                    "caseSensitive": true, "diacriticSensitive": true,
                    "prefix": { "strMinQueryLength": i32::from(min), "strMaxQueryLength": i32::from(max) },
                };
                json!({ "algorithm": "String", "string_opts": hex(raw(&text).as_bytes()) })
            }
            Search::Range(range) => {
                let range =
                    doc! { "min": range.min, "max": range.max, "sparsity": range.sparsity, "trimFactor": range.trim };
                json!({ "algorithm": "Range", "range_opts": hex(raw(&range).as_bytes()) })
            }
        }
    };
    let make = |path: &str, asked: Bson, more: Value| -> Value {
        let name = PATIENTS.iter().find(|one| one.path == path).unwrap().key;
        let mut made = options(path);
        let made_fields = made.as_object_mut().unwrap();
        made_fields.insert("key".into(), key(name).into());
        made_fields.insert("value".into(), value(asked).into());
        made_fields.extend(more.as_object().unwrap().clone());
        made
    };
    let born = 85 * 512 + 3 * 32 + 9;
    let values = [
        ("i.surname", Bson::from("okafor")),
        ("i.surname_start", "okafor".into()),
        ("i.born", born.into()),
        ("i.mrn", "MRN-77".into()),
    ];
    let mut questions: Vec<Value> = values.iter().map(|(path, value)| make(path, value.clone(), json!({}))).collect();
    questions.push(make("i.surname", "okafor".into(), json!({ "query": "equality" })));
    questions.push(make("i.surname_start", "oka".into(), json!({ "query": "prefix" })));
    let eighties = doc! { "$and": [{ "i.born": { "$gte": 80 * 512 } }, { "i.born": { "$lte": 90 * 512 } }] };
    questions.push(make("i.born", eighties.into(), json!({ "query": "range", "expression": true })));
    let made = documents(&shared.ask(&[], &questions)["made"]);
    let of = |nth: usize| made[nth].get("v").unwrap().clone();

    let store = Memory::new();
    let fields = index::patients_fields(|name| shared.ring.id(name)).unwrap();
    let create = index::creation("patients", wardseal::crypt::Profile::Queryable, &fields).unwrap();
    store.run(raw(&create)).await.unwrap();
    let run = async |command: Document| {
        let command = shared.crypt.encrypt_command(DATABASE, &raw(&command)).unwrap();
        Document::try_from(store.run(command).await.unwrap()).unwrap()
    };
    let theirs: Document = values.iter().enumerate().map(|(nth, (path, _))| (path[2..].to_owned(), of(nth))).collect();
    run(doc! { "insert": "patients", "documents": [{ "_id": "theirs", "i": theirs }] }).await;
    let clear = |(path, value): &(&'static str, Bson)| index::Clear {
        path,
        key: index::path_of(path).unwrap().key,
        value: value.clone(),
    };
    let ours = index::stored(&shared.crypt, &values.iter().map(clear).collect::<Vec<_>>()).unwrap();
    let ours: Document =
        ours.into_iter().map(|(path, value)| (path[2..].to_owned(), Bson::try_from(value).unwrap())).collect();
    run(doc! { "insert": "patients", "documents": [{ "_id": "ours", "i": ours }] }).await;

    let start = doc! { "$expr": { "$encStrStartsWith": { "input": "$i.surname_start", "prefix": of(5) } } };
    let filters = [
        doc! { "i.surname": of(4) },
        start,
        of(6).as_document().unwrap().clone(),
        index::equal(&shared.crypt, "i.surname", "okafor").unwrap(),
        index::starts_with(&shared.crypt, "i.surname_start", "okafo").unwrap(),
        index::between(&shared.crypt, "i.born", born, born).unwrap(),
        index::equal(&shared.crypt, "i.mrn", "MRN-77").unwrap(),
    ];
    for filter in filters {
        let reply = run(doc! { "find": "patients", "filter": filter.clone(), "sort": { "_id": 1 } }).await;
        let found = reply.get_document("cursor").unwrap().get_array("firstBatch").unwrap();
        let ids: Vec<_> = found.iter().map(|one| one.as_document().unwrap().get_str("_id").unwrap()).collect();
        assert_eq!(ids, ["ours", "theirs"], "{filter}");
        for one in found {
            let opened = shared.crypt.decrypt(&raw(one.as_document().unwrap())).unwrap();
            let opened = Document::try_from(opened).unwrap();
            let inside = opened.get_document("i").unwrap();
            assert!(values.iter().all(|(path, value)| inside.get(&path[2..]) == Some(value)));
        }
    }
}
