//! A day at the workstation with words that nobody else uses, in a process of its own whose every log line is kept.
//! Afterwards these words are looked for in all files and in all that the process has said, however written.

use crate::canary::{scan, scan_bytes};
use crate::clinic_day::problem;
use crate::guard_loot::{FileKeychain, Loot, Stolen};
use crate::memory::scenes::canary;
use crate::world::{MORNING, World};
use bson::{Bson, Document, RawDocumentBuf};
use serde_json::json;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use uuid::Uuid;
use wardseal::app::demo_clinic::resources;
use wardseal::app::sign_in::DEMO_PASSWORD;
use wardseal::app::{
    AddProblem, DraftPlace, EditProblem, EnterNationalId, Home, KeepDraft, RevealNationalId, Workstation,
};
use wardseal::audit::{Opener, Span};
use wardseal::clock::ManualClock;
use wardseal::keys::Environment;
use wardseal::record::demo::demo_clinic;
use wardseal::record::{Item, PatientRecord, Section};
use wardseal::secret::Password;
use wardseal::session::LockCause;
use wardseal::store::embedded::Embedded;
use wardseal::store::{Store, StoreError, StoreKind};

const FOLDER: &str = "WARDSEAL_TEST_CANARY_FOLDER";
/// How many patients.
const PATIENTS: &str = "WARDSEAL_CANARY_PATIENTS";

/// Every word that was used, once each.
#[derive(Default)]
pub struct Words(pub Vec<String>);

impl Words {
    /// Twenty letters, as they'd stand in a name; folding doesn't change them.
    pub fn word(&mut self) -> String {
        let hex = canary();
        let letter = |digit: u8| char::from(b'a' + digit % 26);
        let pairs = hex.as_bytes().chunks_exact(2).take(20);
        self.keep(pairs.map(|pair| letter(pair[0].wrapping_mul(31).wrapping_add(pair[1]))).collect())
    }

    fn digits(&mut self, form: &str) -> String {
        let mut random = Uuid::new_v4().as_u128();
        let mut digit = |nth: usize| {
            random /= 10;
            // No number starts with a zero or one, nor an area with 9.
            char::from(b'2' + u8::try_from(random % if nth == 0 { 6 } else { 8 }).unwrap())
        };
        let text: String =
            form.chars().enumerate().map(|(nth, letter)| if letter == 'N' { digit(nth) } else { letter }).collect();
        self.keep(text.chars().filter(char::is_ascii_digit).collect());
        self.keep(text)
    }

    fn keep(&mut self, word: String) -> String {
        self.0.push(word.clone());
        word
    }

    /// A word in place of every text of a stored form, but for what the form itself is told apart by.
    fn fill(&mut self, value: &mut Bson, path: &str, filled: &mut BTreeSet<String>) {
        match value {
            Bson::Document(document) => {
                for (name, inside) in document.iter_mut().filter(|(name, _)| !["is", "kind"].contains(&name.as_str())) {
                    self.fill(inside, &format!("{path}.{name}"), filled);
                }
            }
            Bson::Array(array) => array.iter_mut().for_each(|inside| self.fill(inside, path, filled)),
            Bson::String(text) => {
                filled.insert(path.to_owned());
                *text = match path {
                    ".identity.birth_date" => return,
                    ".contact.phones.number" => self.digits("+1-NNN-NNN-NNNN"),
                    ".national_id.ssn" => self.digits("NNN-NN-NNNN"),
                    _ => self.word(),
                };
            }
            _ => {}
        }
    }

    fn patient(&mut self, record: &PatientRecord, filled: &mut BTreeSet<String>) -> PatientRecord {
        let mut made_up = PatientRecord::default();
        for section in Section::OF_PATIENT {
            let stored = record.section_document(section).unwrap().unwrap();
            let mut document = Bson::Document(Document::try_from(stored).unwrap());
            self.fill(&mut document, &format!(".{}", section.code()), filled);
            let stored = RawDocumentBuf::try_from(document.as_document().unwrap()).unwrap();
            made_up.set_section(section, &stored).unwrap();
        }
        made_up.identity.mrn = self.word().to_uppercase();
        self.keep(made_up.identity.mrn.clone());
        made_up
    }

    fn item(&mut self, item: &Item, filled: &mut BTreeSet<String>) -> Item {
        let mut document = Document::try_from(item.to_document().unwrap()).unwrap();
        let content = document.get_document_mut("content").unwrap();
        let kind = content.get_str("kind").unwrap().to_owned();
        self.fill(content.get_mut("value").unwrap(), &format!(".{kind}"), filled);
        let mut made_up = Item::from_document(&RawDocumentBuf::try_from(&document).unwrap()).unwrap();
        made_up.author = Some(self.word());
        made_up
    }
}

/// People of the demo clinic with every word about them replaced.
fn people(words: &mut Words) -> Vec<(PatientRecord, Vec<Item>, String)> {
    let count = std::env::var(PATIENTS).ok().and_then(|count| count.parse().ok()).unwrap_or(6);
    let now = time::OffsetDateTime::from_unix_timestamp(MORNING.0 / 1_000).unwrap();
    let mut filled = BTreeSet::new();
    let person = |demo: wardseal::record::demo::DemoPatient| {
        let items = demo.items.iter().map(|item| words.item(item, &mut filled)).collect();
        (words.patient(&demo.record, &mut filled), items, words.word())
    };
    let people = demo_clinic(count, 7, now).map(person).collect();
    assert!(filled.len() > 45, "only {} fields hold a word: {filled:?}", filled.len());
    people
}

/// A store that dies in the middle of a write.
struct Falling(Embedded);

#[async_trait::async_trait]
impl Store for Falling {
    async fn run(&self, command: bson::RawDocumentBuf) -> Result<bson::RawDocumentBuf, StoreError> {
        self.0.run(command).await
    }

    async fn run_all(&self, _: Vec<bson::RawDocumentBuf>) -> Result<Vec<bson::RawDocumentBuf>, StoreError> {
        panic!("the store fell over")
    }

    async fn scrub(&self) -> Result<(), StoreError> {
        self.0.scrub().await
    }

    fn kind(&self) -> StoreKind {
        self.0.kind()
    }
}

#[test]
#[ignore = "the other process of the test below, which starts it"]
fn a_day_that_is_listened_to() {
    let Some(folder) = std::env::var_os(FOLDER).map(PathBuf::from) else { return };
    let filter = tracing_subscriber::EnvFilter::try_from_env("WARDSEAL_LOG").unwrap();
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let mut words = Words::default();
    let mut world = runtime.block_on(day(&mut words));
    FileKeychain::copied(folder.join("keychain"), world.keychain.as_ref(), &world.home());
    world.folder.disable_cleanup(true);
    let home = world.home().folder().to_owned();
    let _open: Vec<_> = ["wardseal.db", "wardseal-keys.db", "audit.db", "witness.db", "drafts.db"]
        .map(|file| held_open(&home.join(file)))
        .into();
    let fallen = std::thread::spawn(move || runtime.block_on(fall(world, words))).join();
    assert!(fallen.is_err(), "it panicked");
    let words: Vec<String> = serde_json::from_slice(&std::fs::read(home.join("../words")).unwrap()).unwrap();
    std::fs::remove_file(home.join("../words")).unwrap();
    std::fs::write(folder.join("words"), serde_json::to_vec(&words).unwrap()).unwrap();
    std::fs::write(folder.join("home"), home.to_str().unwrap()).unwrap();
    // As a crash would leave the files: nothing is closed.
    std::process::exit(0);
}

/// A connection that keeps the write-ahead log from being tidied away.
fn held_open(file: &Path) -> rusqlite::Connection {
    let connection = rusqlite::Connection::open(file).unwrap();
    connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get::<_, i64>(0)).unwrap();
    connection
}

async fn day(words: &mut Words) -> World {
    let mut world = World::new().await;
    let patients = work(&mut world, words).await;
    damage(&mut world, patients[1]).await;
    world
}

/// Imports, finds, reads, edits, and is refused: with words that nobody else uses.
pub async fn work(world: &mut World, words: &mut Words) -> Vec<Uuid> {
    let people = people(words);
    let surnames: Vec<String> = people.iter().map(|(record, ..)| record.identity.name.surname.clone()).collect();
    world.sign_in("import").await;
    let incoming =
        people.into_iter().flat_map(|(record, items, id)| resources("register", &id, record, items, &["main"]));
    let incoming: Vec<_> = incoming.collect();
    world.seat.import(incoming, |_| std::ops::ControlFlow::Continue(())).await.unwrap();
    world.sign_in("osei").await;
    let mut patients = Vec::new();
    for surname in &surnames {
        patients.push(world.find(surname).await);
        world.open(*patients.last().unwrap()).await.unwrap();
    }
    let anna = patients[0];
    edits(world, words, anna).await;
    refusals(world, words, anna).await;
    patients
}

async fn edits(world: &mut World, words: &mut Words, anna: Uuid) {
    let mut added = problem(&words.word());
    added.note = Some(words.word());
    world.seat.perform(AddProblem { patient: anna, problem: added.clone() }).await.unwrap();
    let chart = world.open(anna).await.unwrap();
    let item = chart.problems.unwrap().into_iter().find(|one| one.problem.text == added.text).unwrap().item;
    for rev in [1, 1, 2] {
        let mut edited = problem(&words.word());
        edited.note = Some(words.word());
        world.seat.perform(EditProblem { patient: anna, item, rev, problem: edited }).await.unwrap();
    }
    let place = DraftPlace { form: "problem".into(), patient: Some(anna), item: None };
    world.seat.keep_draft(KeepDraft { place, title: words.word(), typed: words.word() }).await.unwrap();
    let mut ssn = || words.digits("NNN-NN-NNNN");
    world.seat.perform(EnterNationalId { patient: anna, ssn: ssn() }).await.unwrap();
    world.sign_in("lopez").await;
    let taken = world.seat.perform(EnterNationalId { patient: anna, ssn: ssn() }).await;
    assert!(taken.is_err(), "there is a number on file");
    world.sign_in("osei").await;
    world.seat.perform(RevealNationalId { patient: anna, reason: words.word() }).await.unwrap();
}

/// Everything that is refused, with words in it.
async fn refusals(world: &mut World, words: &mut Words, anna: Uuid) {
    let mut wrong = problem(&words.word());
    (wrong.onset, wrong.clinical_status) = (Some(words.word()), words.word());
    assert!(world.seat.perform(AddProblem { patient: anna, problem: wrong }).await.is_err());
    assert!(world.seat.perform(EnterNationalId { patient: anna, ssn: words.word() }).await.is_err());
    assert!(world.search(&words.word().repeat(40)).await.is_err());
    assert_eq!(world.search(&words.word()).await.unwrap().total, 0);
    let (a, b, c, d) = (words.word(), words.word(), words.word(), words.word());
    for (name, args) in [
        ("search_patients", json!({ "query": { &a: &b }, "offset": 0, "limit": 1 })),
        ("open_chart", json!({ "patient": &c })),
        ("add_problem", json!({ "patient": anna, "problem": { "text": &a, &b: 1 } })),
        (d.as_str(), json!({ "text": &c })),
        ("unlock", json!({ "password": 1, &d: &a })),
    ] {
        assert!(world.seat.dispatch(name, args).await.is_err());
    }
    let broken = format!(r#"{{"resourceType":"Patient","id":"{a}","name":[{{"family":"{b}","given":"{c}"#);
    let error = wardseal::record::fhir::survey(|| Ok(broken.as_bytes()), "broken.json").err().unwrap();
    eprintln!("{error} {error:?}");
    world.seat.lock(LockCause::Manual).await.unwrap();
    for (username, password) in [("osei".to_owned(), words.word()), (words.word(), words.word())] {
        assert!(world.seat.sign_in(&username, &Password::new(password)).await.is_err());
    }
    world.sign_in("osei").await;
}

/// A record that somebody changed in the file.
async fn damage(world: &mut World, patient: Uuid) {
    let stolen = Stolen::open(&world.home());
    let (seq, mut document) = stolen.document("patients", patient);
    let sections: &mut Document = document.get_document_mut("s").unwrap();
    if let Some(Bson::Binary(value)) = sections.get_mut("identity") {
        value.bytes[99] ^= 1;
    }
    stolen.overwrite(seq, &document);
    assert!(world.open(patient).await.is_err());
}

/// A panic with a patient's data in hand.
async fn fall(world: World, mut words: Words) {
    let clock = Arc::new(ManualClock::at(MORNING));
    let open = |home: &Home| Embedded::open(&home.store()).map(|store| Arc::new(Falling(store)) as Arc<dyn Store>);
    let mut seat = Workstation::open_on(world.home(), world.keychain.clone(), clock, open).await.unwrap();
    crate::world::sign_in(&mut seat, "osei").await;
    let loot = Loot::of(&world.home(), world.keychain.as_ref(), "osei", DEMO_PASSWORD);
    let mut problem = problem(&words.word());
    problem.note = Some(words.word());
    std::fs::write(world.home().folder().join("../words"), serde_json::to_vec(&words.0).unwrap()).unwrap();
    for patient in loot.patients() {
        drop(seat.perform(AddProblem { patient, problem: problem.clone() }).await);
    }
}

#[test]
fn after_a_day_of_work_errors_and_a_panic_no_word_about_a_patient_is_in_any_file_or_log() {
    let folder = tempfile::tempdir().unwrap();
    let temporary = folder.path().join("everything");
    std::fs::create_dir(&temporary).unwrap();
    let log = |name: &str| Stdio::from(std::fs::File::create(temporary.join(name)).unwrap());
    let child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "guard_canary::a_day_that_is_listened_to", "--ignored", "--nocapture"])
        .env(FOLDER, folder.path())
        .env("TMPDIR", &temporary)
        .env("SQLITE_TMPDIR", &temporary)
        .env("WARDSEAL_LOG", "trace")
        .env("RUST_BACKTRACE", "full")
        .stdout(log("stdout"))
        .stderr(log("stderr"))
        .status()
        .unwrap();
    let said = std::fs::read_to_string(temporary.join("stderr")).unwrap();
    assert!(child.success(), "{}", said.lines().rev().take(30).collect::<Vec<_>>().join("\n"));
    for expected in ["ERROR", "WARN", "the store fell over", "a stored record is damaged"] {
        assert!(said.contains(expected), "{expected}");
    }
    let words: Vec<String> = serde_json::from_slice(&std::fs::read(folder.path().join("words")).unwrap()).unwrap();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    assert!(words.len() > 300);
    let home = Home::at(std::fs::read_to_string(folder.path().join("home")).unwrap());
    for file in [
        "wardseal.db",
        "wardseal.db-wal",
        "wardseal-keys.db",
        "wardseal-keys.db-wal",
        "audit.db",
        "audit.db-wal",
        "witness.db",
        "drafts.db",
        "drafts.db-wal",
        "throttle.json",
        "workstation.json",
    ] {
        assert!(home.folder().join(file).exists(), "{file}");
    }
    assert_eq!(scan(&temporary, &words), []);
    let events = audited(&home, &folder.path().join("keychain"));
    assert!(events.len() > 30);
    assert_eq!(scan_bytes(events.join("\n").as_bytes(), &words), []);
}

/// What the auditor reads.
fn audited(home: &Home, keychain: &Path) -> Vec<String> {
    let auditor = Loot::of(home, &FileKeychain(keychain.to_owned()), "park", DEMO_PASSWORD);
    assert_eq!(auditor.record.environment, Environment::Demo);
    let read = |key| wardseal::audit::read(&home.audit(), &mut Opener::new(&key).unwrap(), Span::ALL).unwrap();
    let rows = auditor.private_keys().into_iter().flat_map(read);
    rows.map(|(_, event)| serde_json::to_string(&event).unwrap()).collect()
}
