//! The published vectors, and what every family needs: where they are, how they are read, how they are counted.
//!
//! The folder is `../shared/qe/vectors` beside the checkout or what `WARDSEAL_VECTORS` names; nothing here knows a
//! file by its content, so more files of the same kind may lie there.

use bson::{Bson, Document, RawDocumentBuf};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use wardseal::crypt::{Crypt, CryptError, KeyRing, LocalOnly, Provider, RandomSource};
use wardseal::secret::Secret;

/// The local root key of the driver specifications (public test data).
const SPECIFICATIONS_ROOT: &str = "Mng0NCt4ZHVUYUJCa1kxNkVyNUR1QURhZ2h2UzR2d2RrZzh0cFBwM3R6NmdWMDFBMUN3YkQ5aXRRMkhGRGdQV09wOGVNYUMxT2k3NjZKelhaQmRCZGJkTXVyZG9uSjFk";

/// The vectors' folder if `part` is in it, or a loud line that says why the test does nothing.
pub fn folder(family: &str, part: &str) -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/qe/vectors");
    let checkouts = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/qe/vectors");
    let named = std::env::var_os("WARDSEAL_VECTORS").map(PathBuf::from);
    let found = named.into_iter().chain([beside, checkouts]).find(|path| path.is_dir());
    let Some(found) = found else {
        println!("SKIPPED {family}: no vectors; put them in ../shared/qe/vectors or set WARDSEAL_VECTORS");
        return None;
    };
    if !found.join(part).exists() {
        println!("SKIPPED {family}: {} has no {part}", found.display());
        return None;
    }
    Some(found)
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
pub fn read(path: &Path) -> Bson {
    let text = std::fs::read_to_string(path).unwrap();
    let parsed = serde_json::from_str(&text).map(two_digits).and_then(serde_json::from_value);
    parsed.unwrap_or_else(|error| panic!("{}: {error}", path.display()))
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

/// A file of extended JSON that is one document.
pub fn read_document(path: &Path) -> Document {
    read(path).as_document().unwrap().clone()
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
    Crypt::open_with(&[provider], vault, fields.as_deref(), Box::new(random), Box::new(LocalOnly)).unwrap()
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

/// Counts one family of vectors.
pub struct Family {
    name: &'static str,
    passed: usize,
    failed: Vec<String>,
    not_run: std::collections::BTreeMap<String, usize>,
}

impl Family {
    /// Nothing counted yet.
    pub fn new(name: &'static str) -> Self {
        Self { name, passed: 0, failed: Vec::new(), not_run: Default::default() }
    }

    /// One more vector, by whether it holds.
    pub fn check(&mut self, what: impl Into<String>, holds: bool) {
        if holds { self.passed += 1 } else { self.failed.push(what.into()) }
    }

    /// One vector that isn't run, and why.
    pub fn not_run(&mut self, why: impl Into<String>) {
        *self.not_run.entry(why.into()).or_default() += 1;
    }

    /// Prints the count; fails the test if a vector failed.
    pub fn finish(self) {
        let not_run: usize = self.not_run.values().sum();
        println!("{}: {} passed, {} failed, {not_run} not run", self.name, self.passed, self.failed.len());
        self.not_run.iter().for_each(|(why, count)| println!("  not run: {count} × {why}"));
        assert!(self.failed.is_empty(), "{}: {:#?}", self.name, self.failed);
        assert!(self.passed + not_run > 0, "{}: the folder is there, but nothing of this family in it", self.name);
    }
}

/// The key documents of libmongocrypt's own tests that are wrapped locally.
pub fn library_keys(folder: &Path) -> Vec<RawDocumentBuf> {
    let found = files(&folder.join("libmongocrypt/keys"), "-local-document.json");
    found.iter().map(|path| raw(&read_document(path))).collect()
}
