//! The tokens a client hands to the store are the keys to its counters: none of those that were sent may be in a file, a
//! free page, a write-ahead log or a log line afterwards. And what is stored of a patient has the same size whatever is
//! known of her.

use crate::clinic_day::{patient, problem};
use crate::world::{MORNING, sign_in};
use async_trait::async_trait;
use bson::spec::BinarySubtype;
use bson::{Bson, Document, RawDocumentBuf};
use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use wardseal::app::demo_clinic::{found_demo, resources};
use wardseal::app::{AddProblem, EnterNationalId, Home, SearchPatients, TendStore, Workstation};
use wardseal::clock::ManualClock;
use wardseal::keys::{MemoryKeychain, SlotCost};
use wardseal::record::{Content, Item, Phone};
use wardseal::store::embedded::Embedded;
use wardseal::store::{Store, StoreError, StoreKind};

const FOLDER: &str = "WARDSEAL_TEST_TOKENS_FOLDER";

/// A store that remembers every token it was sent.
struct Listening {
    inner: Embedded,
    heard: Arc<Mutex<HashSet<[u8; 32]>>>,
}

impl Listening {
    fn hear(&self, command: &RawDocumentBuf) {
        let command = Document::try_from(command.clone()).unwrap();
        let mut heard = self.heard.lock().unwrap();
        tokens_in(&Bson::Document(command), &mut heard);
    }
}

/// Tokens of payloads, and those that compaction needs.
pub fn tokens_in(value: &Bson, heard: &mut HashSet<[u8; 32]>) {
    match value {
        Bson::Document(inner) => {
            for (name, one) in inner {
                match one {
                    Bson::Binary(token) if ["d", "s", "l", "e", "ecoc"].contains(&name.as_str()) => {
                        heard.extend(<[u8; 32]>::try_from(token.bytes.as_slice()));
                    }
                    Bson::Document(tokens) if name.ends_with("Tokens") => {
                        for token in tokens.values() {
                            if let Bson::Binary(token) = token {
                                heard.extend(<[u8; 32]>::try_from(token.bytes.as_slice()));
                            }
                            tokens_in(token, heard);
                        }
                    }
                    other => tokens_in(other, heard),
                }
            }
        }
        Bson::Array(items) => items.iter().for_each(|one| tokens_in(one, heard)),
        Bson::Binary(binary)
            if binary.subtype == BinarySubtype::Encrypted && [11, 12, 13, 18].contains(&binary.bytes[0]) =>
        {
            let body = Document::from_reader(&binary.bytes[1..]).unwrap();
            tokens_in(&Bson::Document(body), heard);
        }
        _ => {}
    }
    // Where a payload has edges or pieces, its own place for tokens is empty.
    heard.remove(&[0; 32]);
}

#[async_trait]
impl Store for Listening {
    async fn run(&self, command: RawDocumentBuf) -> Result<RawDocumentBuf, StoreError> {
        self.hear(&command);
        self.inner.run(command).await
    }

    async fn run_all(&self, commands: Vec<RawDocumentBuf>) -> Result<Vec<RawDocumentBuf>, StoreError> {
        commands.iter().for_each(|command| self.hear(command));
        self.inner.run_all(commands).await
    }

    async fn scrub(&self) -> Result<(), StoreError> {
        self.inner.scrub().await
    }

    fn kind(&self) -> StoreKind {
        self.inner.kind()
    }
}

#[test]
#[ignore = "the other process of the test below, which starts it"]
fn a_day_whose_tokens_are_kept() {
    let Some(folder) = std::env::var_os(FOLDER).map(PathBuf::from) else { return };
    let filter = tracing_subscriber::EnvFilter::try_from_env("WARDSEAL_LOG").unwrap();
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let heard = runtime.block_on(day(&folder.join("everything/home")));
    let lines: Vec<String> = heard.iter().map(|token| hex(token)).collect();
    std::fs::write(folder.join("tokens"), lines.join("\n")).unwrap();
    // As a crash would leave the files: nothing is closed.
    std::process::exit(0);
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

async fn day(folder: &Path) -> HashSet<[u8; 32]> {
    let (keychain, clock) = (Arc::new(MemoryKeychain::new()), Arc::new(ManualClock::at(MORNING)));
    let home = Home::at(folder);
    home.create().unwrap();
    let heard = Arc::new(Mutex::new(HashSet::new()));
    let store = Listening { inner: Embedded::open(&home.store()).unwrap(), heard: heard.clone() };
    found_demo(&home, keychain.as_ref(), &store, clock.as_ref(), SlotCost::CHEAP).await.unwrap();
    let mut seat = Workstation::open_on(home, keychain, clock, |_| Ok(Arc::new(store))).await.unwrap();
    sign_in(&mut seat, "import").await;
    for (nth, surname) in ["Smith", "Nguyen", "Okafor", "Smith", "Li"].into_iter().enumerate() {
        let mut record = patient(surname, "Anna", "1968-04-12");
        record.contact.phones = vec![Phone { number: format!("+1-555-010-010{nth}"), usage: None }];
        let items = vec![Item::new(Content::Problem(problem("Asthma")))];
        let incoming = resources("register", &nth.to_string(), record, items, &["main"]);
        seat.import(incoming, |_| std::ops::ControlFlow::Continue(())).await.unwrap();
    }
    sign_in(&mut seat, "osei").await;
    let mut anna = None;
    for query in ["smith", "Nguyen, Anna", "1968-04-12", "nobody", "555 010 0101"] {
        let search = serde_json::json!({ "query": query, "offset": 0, "limit": 50 });
        let page = seat.perform(serde_json::from_value::<SearchPatients>(search).unwrap()).await.unwrap();
        anna = page.rows.first().map(|row| row.patient).or(anna);
    }
    let patient = anna.unwrap();
    seat.perform(AddProblem { patient, problem: problem("Gout") }).await.unwrap();
    seat.perform(EnterNationalId { patient, ssn: "123-45-6789".into() }).await.unwrap();
    for cleanup in [false, true] {
        seat.perform(TendStore { cleanup, most: Some(3) }).await.unwrap();
    }
    std::mem::forget(seat);
    let heard = heard.lock().unwrap();
    heard.clone()
}

#[test]
fn no_token_that_was_sent_is_in_any_file_or_log() {
    let folder = tempfile::tempdir().unwrap();
    let everything = folder.path().join("everything");
    std::fs::create_dir(&everything).unwrap();
    let log = |name: &str| Stdio::from(std::fs::File::create(everything.join(name)).unwrap());
    let child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "guard_tokens::a_day_whose_tokens_are_kept", "--ignored", "--nocapture"])
        .env(FOLDER, folder.path())
        .env("TMPDIR", &everything)
        .env("WARDSEAL_LOG", "trace")
        .stdout(log("stdout"))
        .stderr(log("stderr"))
        .status()
        .unwrap();
    let said = std::fs::read_to_string(everything.join("stderr")).unwrap();
    assert!(child.success(), "{}", said.lines().rev().take(20).collect::<Vec<_>>().join("\n"));
    let tokens = std::fs::read_to_string(folder.path().join("tokens")).unwrap();
    let tokens: Vec<Vec<u8>> = tokens.lines().map(crate::vectors::hex).collect();
    assert!(tokens.len() > 200, "only {} tokens were sent", tokens.len());
    let mut files = vec![];
    below(&everything, &mut files);
    for name in ["wardseal.db", "wardseal.db-wal", "audit.db"] {
        assert!(files.iter().any(|file| file.ends_with(name)), "{name}");
    }
    let bytes = files.iter().map(|file| scan(file, &tokens)).sum::<usize>();
    println!("{} tokens looked for in {} files, {bytes} bytes", tokens.len(), files.len());
}

pub fn below(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let path = entry.path();
        if path.is_dir() { below(&path, files) } else { files.push(path) }
    }
}

/// Looks for the first half of every token: as bytes, as hex digits, as a printed list of numbers.
pub fn scan(file: &Path, tokens: &[Vec<u8>]) -> usize {
    let content = std::fs::read(file).unwrap();
    let printed = |token: &[u8]| token[..6].iter().map(u8::to_string).collect::<Vec<_>>().join(", ").into_bytes();
    let raw: HashSet<&[u8]> = tokens.iter().map(|token| &token[..16]).collect();
    assert!(!content.windows(16).any(|window| raw.contains(window)), "a token is in {}", file.display());
    let text: HashSet<Vec<u8>> = tokens.iter().map(|token| hex(&token[..8]).into_bytes()).collect();
    assert!(!content.windows(16).any(|window| text.contains(window)), "a token is written in {}", file.display());
    if file.extension().is_none() {
        let lists: Vec<Vec<u8>> = tokens.iter().map(|token| printed(token)).collect();
        let content = String::from_utf8_lossy(&content).into_owned();
        assert!(!lists.iter().any(|list| content.contains(std::str::from_utf8(list).unwrap())), "{}", file.display());
    }
    content.len()
}

#[tokio::test]
async fn the_size_of_a_record_does_not_tell_which_sections_are_filled() {
    let mut world = crate::world::World::new().await;
    let empty = patient("Smith", "Anna", "1968-04-12");
    let mut full = empty.clone();
    full.national_id.ssn = Some("123-45-6789".into());
    full.identity.national_id_on_file = true;
    full.contact.email = Some("anna.smith@example.org".into());
    full.contact.phones = vec![Phone { number: "+1-555-010-0123".into(), usage: Some("home".into()) }];
    world.register(vec![(empty, vec![]), (full, vec![])]).await;
    let stored = crate::guard_loot::Stolen::open(&world.home()).documents("patients");
    let sizes = |of: &Document| -> Vec<(String, usize)> {
        let sections = of.get_document("s").unwrap().iter();
        sections
            .map(|(name, value)| match value {
                Bson::Binary(value) => (name.clone(), value.bytes.len()),
                _ => panic!("{name} isn't sealed"),
            })
            .collect()
    };
    assert_eq!(sizes(&stored[0]).len(), 5, "every section is there, filled or not");
    assert_eq!(sizes(&stored[0]), sizes(&stored[1]));
}
