//! The scenes that watched processes play.

use super::watched::{Scene, Tell};
use bson::{Document, RawBsonRef, RawDocumentBuf, doc};
use rusqlite::Connection;
use std::fmt::Write;
use std::hint::black_box;
use std::sync::Arc;
use wardseal::crypt::{Crypt, Encryption, KeyRing, Provider};
use wardseal::secret::Secret;
use wardseal::zero::{burn_stack, scrubbed};
use zeroize::Zeroizing;

pub fn by_name(name: &str) -> Box<dyn Scene> {
    match name {
        "keys" => Box::new(Keys::default()),
        "documents" => Box::new(Documents::default()),
        "database" => Box::new(Database::default()),
        "library" => Box::new(Library::default()),
        "leak" => Box::new(Leak::default()),
        "threads" => Box::new(Threads),
        other => match other.strip_prefix("workstation ") {
            Some(folder) => Box::new(crate::guard_memory::Desk::at(folder)),
            None => panic!("no scene {other}"),
        },
    }
}

/// Text nobody else has, made in place.
pub fn canary() -> Zeroizing<String> {
    let bytes = Secret::<24>::random().unwrap();
    let mut text = Zeroizing::new(String::with_capacity(64));
    bytes.expose().iter().for_each(|byte| write!(text, "{byte:02x}").unwrap());
    text
}

/// Keys in the types made for them.
#[derive(Default)]
struct Keys {
    held: Option<(Secret<32>, Secret<96>)>,
}

impl Scene for Keys {
    fn step(&mut self, name: &str, tell: &mut Tell) {
        match name {
            "unlock" => {
                let (small, large) = (Secret::random().unwrap(), Secret::random().unwrap());
                tell.secret("small key", small.expose());
                tell.secret("large key", large.expose());
                self.held = Some((small.duplicate(), large));
            }
            _ => self.held = None,
        }
        burn_stack();
    }
}

/// Patients as documents and strings: types that wipe nothing themselves.
#[derive(Default)]
struct Documents {
    document: Option<Document>,
    raw: Option<RawDocumentBuf>,
    grown: String,
}

impl Scene for Documents {
    fn step(&mut self, name: &str, tell: &mut Tell) {
        match name {
            "open" => scrubbed(|| self.open(tell)),
            _ => scrubbed(|| *self = Self::default()),
        }
    }
}

impl Documents {
    fn open(&mut self, tell: &mut Tell) {
        let text = canary();
        tell.text("name", &text);
        let document = doc! { "name": [{ "family": text.as_str() }], "note": format!("seen {}", text.as_str()) };
        self.raw = Some(RawDocumentBuf::try_from(&document).unwrap());
        self.document = Some(document);
        // Every push beyond the capacity moves the text and frees where it was.
        (0..5000).for_each(|_| self.grown.push_str(&text[..7]));
        self.grown.push_str(&text);
        let wide: Vec<u16> = text.encode_utf16().collect();
        drop(black_box(wide));
        drop(black_box(serde_json::to_string(&self.document)));
    }
}

/// Rows in SQLite, whose cache and parser allocate in C.
#[derive(Default)]
struct Database {
    file: Option<Connection>,
}

impl Scene for Database {
    fn step(&mut self, name: &str, tell: &mut Tell) {
        match name {
            "open" => scrubbed(|| self.open(tell)),
            _ => scrubbed(|| self.file = None),
        }
    }
}

impl Database {
    fn open(&mut self, tell: &mut Tell) {
        let (bound, spelled) = (canary(), canary());
        tell.text("bound value", &bound);
        tell.text("value in a statement's text", &spelled);
        let file = Connection::open_in_memory().unwrap();
        file.execute_batch("CREATE TABLE notes (patient INTEGER, note TEXT)").unwrap();
        file.execute("INSERT INTO notes VALUES (1, ?1)", [bound.as_str()]).unwrap();
        let sql = Zeroizing::new(format!("INSERT INTO notes VALUES (2, '{}')", spelled.as_str()));
        file.execute_batch(&sql).unwrap();
        let sorted = "SELECT note FROM notes ORDER BY note DESC";
        let note: String = file.query_row(sorted, [], |row| row.get(0)).unwrap();
        black_box(note);
        self.file = Some(file);
    }
}

/// A patient's note encrypted and decrypted by libmongocrypt, which allocates in C.
#[derive(Default)]
struct Library {
    crypt: Option<Crypt>,
    note: Option<RawDocumentBuf>,
}

impl Scene for Library {
    fn step(&mut self, name: &str, tell: &mut Tell) {
        match name {
            "unlock" => scrubbed(|| self.unlock(tell)),
            _ => scrubbed(|| *self = Self::default()),
        }
    }
}

impl Library {
    fn unlock(&mut self, tell: &mut Tell) {
        let (root, data_key, text) = (Secret::<96>::random().unwrap(), Secret::<96>::random().unwrap(), canary());
        tell.secret("root key", root.expose());
        tell.secret("data key", data_key.expose());
        tell.text("note", &text);
        let provider = || [Provider { name: "local:clinical".into(), key: &root }];
        let maker = Crypt::open(&provider(), Arc::new(KeyRing::default()), None).unwrap();
        let document = maker.wrap_data_key("local:clinical", &["section:clinical"], &data_key).unwrap();
        let crypt = Crypt::open(&provider(), Arc::new(KeyRing::new(vec![document])), None).unwrap();
        let value = RawBsonRef::String(text.as_str());
        let sealed = crypt.encrypt(value, &Encryption::unindexed("section:clinical")).unwrap();
        let stored = RawDocumentBuf::try_from(&doc! { "s": { "value": sealed } }).unwrap();
        self.note = Some(crypt.decrypt(&stored).unwrap());
        self.crypt = Some(crypt);
    }
}

/// What must be noticed: half of a key kept by mistake.
#[derive(Default)]
struct Leak {
    half: Vec<u8>,
}

impl Scene for Leak {
    fn step(&mut self, name: &str, tell: &mut Tell) {
        if name == "unlock" {
            let key = Secret::<32>::random().unwrap();
            tell.secret("key", key.expose());
            self.half = key.expose()[9..27].to_vec();
        }
        burn_stack();
    }
}

/// A key schedule on the stack of a thread that has ended since.
struct Threads;

impl Scene for Threads {
    fn step(&mut self, name: &str, tell: &mut Tell) {
        let key = Secret::<32>::random().unwrap();
        tell.secret(name, key.expose());
        let scrub = name == "scrubbed";
        std::thread::spawn(move || if scrub { scrubbed(|| copy(&key)) } else { copy(&key) }).join().unwrap();
        burn_stack();
    }
}

#[inline(never)]
fn copy(key: &Secret<32>) {
    black_box(*key.expose());
}
