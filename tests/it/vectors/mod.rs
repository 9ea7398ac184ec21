//! The published vectors in one harness: every file below the folder, counted by family; a failed one fails the test.
//!
//! The folder is `../shared/qe/vectors` beside the checkout or what `WARDSEAL_VECTORS` names; nothing here knows a
//! file by its name or content, only by its form, so more files of the same kind may lie there.

mod commands;
mod corpus;
mod formats;
mod keys;
pub mod payloads;
mod schemas;
mod services;
mod sessions;
mod specification_client;
pub mod specification_file;
pub mod specifications;
mod store_steps;
mod tokens_of_commands;

use bson::{Bson, Document, RawDocumentBuf};
use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use wardseal::crypt::{Crypt, CryptError, KeyRing, Provider, RandomSource};
use wardseal::secret::Secret;

/// The local root key of the driver specifications (public test data).
const SPECIFICATIONS_ROOT: &str = "Mng0NCt4ZHVUYUJCa1kxNkVyNUR1QURhZ2h2UzR2d2RrZzh0cFBwM3R6NmdWMDFBMUN3YkQ5aXRRMkhGRGdQV09wOGVNYUMxT2k3NjZKelhaQmRCZGJkTXVyZG9uSjFk";

/// The vectors' folder, if there is one.
pub fn root() -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/qe/vectors");
    let checkouts = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/qe/vectors");
    let named = std::env::var_os("WARDSEAL_VECTORS").map(PathBuf::from);
    named.into_iter().chain([beside, checkouts]).find(|path| path.is_dir())
}

/// Every family; each takes the files it knows by their form.
const FAMILIES: [fn(&mut Report); 14] = [
    formats::tokens,
    formats::round_trips,
    formats::stored_forms,
    formats::explicit_decrypt,
    payloads::explicit,
    commands::commands,
    tokens_of_commands::compaction,
    tokens_of_commands::bulk_writes,
    keys::data_keys,
    keys::services,
    schemas::encrypted_fields,
    corpus::corpus,
    specifications_of_drivers,
    sessions::oracle,
];

#[test]
fn every_vector_passes_or_says_why_it_is_not_run() {
    let Some(root) = root() else {
        println!("SKIPPED: no vectors; put them in ../shared/qe/vectors or set WARDSEAL_VECTORS");
        return;
    };
    let mut report = Report::of(&root);
    for (number, family) in FAMILIES.iter().enumerate() {
        let ran = catch_unwind(AssertUnwindSafe(|| family(&mut report)));
        report.check("families", format!("family {number} stopped in the middle"), ran.is_ok());
    }
    report.finish();
}

fn specifications_of_drivers(report: &mut Report) {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    for (path, value) in report.all() {
        let Some(file) = value.as_document().filter(|file| file.get_array("tests").is_ok()) else { continue };
        let legacy = !file.contains_key("schemaVersion");
        let text = value.to_string();
        let about = |words: &[&str]| words.iter().any(|word| text.contains(word));
        let subject = match () {
            () if about(&["\"prefix\"", "\"suffix\"", "\"substring\"", "Preview\""]) => "text",
            () if about(&["queryType\": \"range"]) => "range",
            () if about(&["encryptedFields", "encrypted_fields"]) => "equality",
            () if about(&["clientEncryption"]) => "key vault",
            () => "client-side encryption",
        };
        let family = format!("specifications, {}: {subject}", if legacy { "legacy" } else { "unified" });
        report.claim(&path);
        for test in specification_file::objects(file, "tests") {
            let name = format!("{}: {}", path.display(), test.get_str("description").unwrap_or("?"));
            let (file, test) = if legacy { specification_file::modern(file, &test) } else { (file.clone(), test) };
            match runtime.block_on(specifications::run(&file, &test)) {
                Ok(None) => report.check(&family, name, true),
                Ok(Some(why)) => report.not_run(&family, why),
                Err(why) => report.check(&family, format!("{name}: {why}"), false),
            }
        }
    }
}

/// Files below a folder whose names end so, in order.
pub fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut found = Vec::new();
    for path in entries.map(|entry| entry.unwrap().path()) {
        if path.is_dir() {
            found.extend(files(&path, ending));
        } else if path.to_string_lossy().ends_with(ending) {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// A file of extended JSON.
pub fn attempt(path: &Path) -> Result<Bson, String> {
    let text = std::fs::read_to_string(path).map_err(|error| error.to_string())?;
    let parsed = serde_json::from_str(&text).map(two_digits).and_then(serde_json::from_value);
    parsed.map_err(|error| error.to_string())
}

/// Some files write a binary's subtype with one digit.
fn two_digits(value: serde_json::Value) -> serde_json::Value {
    use serde_json::Value;
    match value {
        Value::Object(map) => Value::Object(
            map.into_iter()
                .map(|(name, value)| match value {
                    Value::String(digit) if name == "subType" && digit.len() == 1 => (name, format!("0{digit}").into()),
                    value => (name, two_digits(value)),
                })
                .collect(),
        ),
        Value::Array(list) => list.into_iter().map(two_digits).collect(),
        other => other,
    }
}

/// A document as its bytes.
pub fn raw(document: &Document) -> RawDocumentBuf {
    RawDocumentBuf::try_from(document).unwrap()
}

/// Bytes written as hex digits.
pub fn hex(text: &str) -> Vec<u8> {
    let digits: Vec<u8> = text.trim().chars().map(|digit| digit.to_digit(16).unwrap() as u8).collect();
    digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect()
}

/// libmongocrypt with one provider called `local`.
pub fn local_crypt(root: &Secret<96>, keys: Vec<RawDocumentBuf>, fields: Option<&Document>, random: Fixed) -> Crypt {
    let provider = Provider { name: "local".into(), key: root };
    let fields = fields.map(raw);
    let vault = Arc::new(KeyRing::new(keys));
    Crypt::open_with(&[provider], vault, fields.as_deref(), Box::new(random)).unwrap()
}

/// The root of the specifications' local keys.
pub fn specifications_root() -> Secret<96> {
    let json = format!(r#"{{"$binary": {{"base64": "{SPECIFICATIONS_ROOT}", "subType": "00"}}}}"#);
    let Bson::Binary(key) = serde_json::from_str(&json).unwrap() else { panic!("not a key") };
    Secret::copy_from(&key.bytes).unwrap()
}

/// The root of libmongocrypt's own local keys: zeros.
pub fn zero_root() -> Secret<96> {
    Secret::copy_from(&[0; 96]).unwrap()
}

/// Random bytes that were fixed beforehand, then the system's.
#[derive(Clone, Default)]
pub struct Fixed(Arc<Mutex<std::collections::VecDeque<u8>>>);

impl Fixed {
    /// These bytes come next.
    pub fn set(&self, bytes: &[u8]) {
        *self.0.lock().unwrap() = bytes.iter().copied().collect();
    }
}

impl RandomSource for Fixed {
    fn fill(&self, out: &mut [u8]) -> Result<(), CryptError> {
        let mut fixed = self.0.lock().unwrap();
        if fixed.is_empty() {
            return wardseal::crypt::SystemRandom.fill(out);
        }
        out.fill_with(|| fixed.pop_front().unwrap_or(0));
        Ok(())
    }
}

/// What became of a family's vectors.
#[derive(Default)]
struct Tally {
    passed: usize,
    failed: Vec<String>,
    not_run: BTreeMap<String, usize>,
}

/// Every file, and what became of it.
pub struct Report {
    files: Vec<(PathBuf, Bson)>,
    claimed: BTreeSet<PathBuf>,
    families: BTreeMap<String, Tally>,
}

impl Report {
    fn of(root: &Path) -> Self {
        let mut report = Self { files: vec![], claimed: BTreeSet::new(), families: BTreeMap::new() };
        for path in files(root, ".json") {
            match attempt(&path) {
                Ok(value) => report.files.push((path, value)),
                Err(why) => report.check("files", format!("{}: {why}", path.display()), false),
            }
        }
        report
    }

    /// All files, parsed.
    pub fn all(&self) -> Vec<(PathBuf, Bson)> {
        self.files.clone()
    }

    /// All files that are one document.
    pub fn documents(&self) -> Vec<(PathBuf, Document)> {
        self.files.iter().filter_map(|(path, value)| Some((path.clone(), value.as_document()?.clone()))).collect()
    }

    /// The other documents of a file's folder.
    pub fn beside(&self, path: &Path) -> Vec<(PathBuf, Document)> {
        self.documents().into_iter().filter(|(other, _)| other.parent() == path.parent() && other != path).collect()
    }

    /// A family knows this file.
    pub fn claim(&mut self, path: &Path) {
        self.claimed.insert(path.into());
    }

    /// One more vector, by whether it holds.
    pub fn check(&mut self, family: &str, what: impl Into<String>, holds: bool) {
        let tally = self.families.entry(family.into()).or_default();
        if holds { tally.passed += 1 } else { tally.failed.push(what.into()) }
    }

    /// One vector that isn't run, and why.
    pub fn not_run(&mut self, family: &str, why: impl Into<String>) {
        *self.families.entry(family.into()).or_default().not_run.entry(why.into()).or_default() += 1;
    }

    fn finish(mut self) {
        for (path, _) in std::mem::take(&mut self.files) {
            if !self.claimed.contains(&path) {
                println!("  of no family: {}", path.display());
                self.not_run("files of no family", "their form isn't known here");
            }
        }
        println!("{:<48} {:>7} {:>7} {:>8}", "family", "passed", "failed", "not run");
        for (name, tally) in &self.families {
            let not_run: usize = tally.not_run.values().sum();
            println!("{name:<48} {:>7} {:>7} {not_run:>8}", tally.passed, tally.failed.len());
            tally.not_run.iter().for_each(|(why, count)| println!("    {count} × {why}"));
        }
        let failed: Vec<&String> = self.families.values().flat_map(|tally| &tally.failed).collect();
        assert!(failed.is_empty(), "{} failed: {failed:#?}", failed.len());
    }
}

/// Every key document that some root of the vectors opens, wrapped anew under the zero root.
pub fn opened_keys(report: &Report) -> Vec<RawDocumentBuf> {
    let maker = local_crypt(&zero_root(), Vec::new(), None, Fixed::default());
    let mut keys: BTreeMap<Vec<u8>, RawDocumentBuf> = BTreeMap::new();
    let documents = report.documents().into_iter().map(|(_, one)| one).filter(is_key_document);
    for document in documents {
        if let (Some(key), Some(Bson::Binary(id))) = (open_key(&document), document.get("_id")) {
            let mut wrapped = Document::try_from(maker.wrap_data_key("local", &[], &key).unwrap()).unwrap();
            wrapped.insert("_id", id.clone());
            document
                .get("keyAltNames")
                .into_iter()
                .for_each(|names| drop(wrapped.insert("keyAltNames", names.clone())));
            keys.entry(id.bytes.clone()).or_insert_with(|| raw(&wrapped));
        }
    }
    keys.into_values().collect()
}

/// Whether a data key in the key vault's form.
pub fn is_key_document(document: &Document) -> bool {
    document.contains_key("keyMaterial") && document.contains_key("masterKey")
}

/// A data key that is wrapped locally, under one of the roots the vectors' description names.
pub fn open_key(document: &Document) -> Option<Secret<96>> {
    let provider = document.get_document("masterKey").ok()?.get_str("provider").ok()?;
    let Some(Bson::Binary(wrapped)) = document.get("keyMaterial").filter(|_| provider == "local") else { return None };
    let roots = [zero_root(), specifications_root()];
    roots.iter().find_map(|root| {
        let key = wardseal::crypt::open_csfle(root.expose(), &[], &wrapped.bytes).ok()?;
        Secret::copy_from(&key)
    })
}
