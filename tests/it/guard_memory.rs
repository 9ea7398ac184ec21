//! After a lock the workstation's memory, read by another process, holds no key and no word about a patient.
//!
//! The watched process is a real workstation that answers the screen's commands. What is searched for the watcher makes
//! or opens itself, from the store and the keychain's files; the workstation is told nothing it doesn't need.

use crate::clinic_day::{patient, problem};
use crate::guard_loot::{FileKeychain, Loot, change_password};
use crate::memory::scenes::canary;
use crate::memory::watched::{Scene, Tell, Watched};
use crate::world::{MORNING, World};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;
use tokio::runtime::Runtime;
use uuid::Uuid;
use wardseal::app::sign_in::DEMO_PASSWORD;
use wardseal::app::{Home, Workstation};
use wardseal::clock::ManualClock;
use wardseal::record::{Compartment, Content, Item, Note};
use wardseal::zero::burn_stack;

/// How often the whole day is lived through with other keys and other people.
const ROUNDS: &str = "WARDSEAL_DUMP_ROUNDS";
/// How often a working process is stopped at most until it was met with every kind of key in its hands.
const GLANCES: usize = 400;

/// The watched workstation. A call lies in a file, so that the harness keeps none of it.
pub struct Desk {
    folder: PathBuf,
    runtime: Runtime,
    seat: Option<Workstation>,
    // What a screen would show.
    shown: Vec<Value>,
}

impl Desk {
    pub fn at(folder: &str) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        Self { folder: folder.into(), runtime, seat: None, shown: Vec::new() }
    }

    fn open(&mut self) {
        let (home, keychain) = (Home::at(self.folder.join("home")), FileKeychain(self.folder.join("keychain")));
        let opened = Workstation::open(home, Arc::new(keychain), Arc::new(ManualClock::at(MORNING)));
        self.seat = Some(self.runtime.block_on(opened).unwrap());
    }

    /// Writes come from the window of the chart that was opened last.
    fn in_window(&self, mut args: Value) -> Value {
        let handle = self.shown.iter().rev().find_map(|answer| answer.get("handle"));
        if let Some((handle, patient)) = handle.zip(args.get("patient").cloned()) {
            args["window"] = json!({ "handle": handle, "patient": patient });
        }
        args
    }

    fn call(&mut self) {
        let call: Value = serde_json::from_slice(&std::fs::read(self.folder.join("call")).unwrap()).unwrap();
        for one in call.as_array().unwrap() {
            let (name, args) = (one["name"].as_str().unwrap(), one["args"].clone());
            let args = self.in_window(args);
            let answer = self.runtime.block_on(self.seat.as_mut().unwrap().dispatch(name, args));
            self.shown.push(answer.unwrap_or_else(|failure| json!({ "refused": failure.code.word() })));
        }
        let refused = self.shown.iter().filter_map(|answer| answer.get("refused")).collect::<Vec<_>>();
        std::fs::write(self.folder.join("refused"), serde_json::to_vec(&refused).unwrap()).unwrap();
    }
}

impl Scene for Desk {
    fn step(&mut self, name: &str, _: &mut Tell) {
        match name {
            "open" => self.open(),
            "call" => self.call(),
            "work" => {
                while self.folder.join("call").exists() {
                    self.call();
                    self.shown.clear();
                }
            }
            "lock" | "forget" => {
                let seat = self.seat.as_mut().unwrap();
                if name == "lock" {
                    self.runtime.block_on(seat.dispatch("lock", json!({}))).unwrap();
                }
                // As the program does: the screen is replaced, the core's thread wipes the stack it has used.
                self.shown = Vec::new();
                burn_stack();
            }
            other => panic!("no step {other}"),
        }
    }
}

/// A clinic with one patient about whom everything is made up for this round, and the workstation that is watched.
struct Day {
    world: World,
    keychain: FileKeychain,
    password: String,
    surname: String,
    secrets: Vec<(&'static str, String)>,
    patient: Uuid,
    watched: Watched,
}

impl Day {
    async fn begin() -> Self {
        let mut world = World::new().await;
        let word = || canary()[..24].to_owned();
        let (surname, given, password) = (word(), word(), word());
        let secrets = vec![
            ("surname", surname.clone()),
            ("given name", given.clone()),
            ("street", word()),
            ("number", ssn()),
            ("policy", word()),
            ("problem", word()),
            ("note", word()),
            ("new problem", word()),
            ("new note", word()),
            ("password", password.clone()),
        ];
        world.register(vec![person(&secrets)]).await;
        let keychain =
            FileKeychain::copied(world.folder.path().join("keychain"), world.keychain.as_ref(), &world.home());
        change_password(&world.home(), &keychain, "osei", (DEMO_PASSWORD, &password));
        let found = Loot::of(&world.home(), &keychain, "osei", &password).patients();
        let watched = Watched::start(&format!("workstation {}", world.folder.path().display()));
        Self { world, keychain, password, surname, secrets, patient: found[0], watched }
    }

    fn call(&mut self, calls: Value) {
        self.say(calls);
        self.watched.step("call");
        assert_eq!(self.refused(), "[]");
    }

    /// What was refused so far.
    fn refused(&self) -> String {
        std::fs::read_to_string(self.world.folder.path().join("refused")).unwrap()
    }

    fn say(&self, calls: Value) {
        std::fs::write(self.world.folder.path().join("call"), serde_json::to_vec(&calls).unwrap()).unwrap();
    }

    fn sign_in(&self, username: &str) -> Value {
        let password = if username == "osei" { &self.password } else { DEMO_PASSWORD };
        json!({ "name": "sign_in", "args": { "username": username, "password": password } })
    }

    fn open(&self) -> Value {
        json!({ "name": "open_chart", "args": { "patient": self.patient } })
    }

    /// Looks up the patient, reads the chart, adds a problem.
    fn work(&self) -> Value {
        let mut problem = problem(self.secret("new problem"));
        problem.note = Some(self.secret("new note").to_owned());
        json!([
            { "name": "search_patients", "args": { "query": self.surname, "offset": 0, "limit": 50 } },
            self.open(),
            { "name": "add_problem", "args": { "patient": self.patient, "problem": problem } },
            { "name": "reveal_national_id", "args": { "patient": self.patient, "reason": self.secret("new note") } },
            self.open(),
        ])
    }

    fn secret(&self, label: &str) -> &str {
        &self.secrets.iter().find(|(name, _)| *name == label).unwrap().1
    }

    fn loot(&self, username: &str) -> Loot {
        let password = if username == "osei" { &self.password } else { DEMO_PASSWORD };
        Loot::of(&self.world.home(), &self.keychain, username, password)
    }

    fn want(&mut self, keys: Vec<(String, Vec<u8>)>) -> BTreeSet<String> {
        keys.iter().for_each(|(label, bytes)| self.watched.want(label, bytes));
        keys.into_iter().map(|(label, _)| label).collect()
    }

    /// All that this user's session touches: what stays until the lock, and keys fetched for a moment only.
    fn want_everything(&mut self, username: &str) -> (BTreeSet<String>, BTreeSet<String>) {
        let loot = self.loot(username);
        let mut stay = self.want([loot.personal(), loot.of_site()].concat());
        for root in &loot.roots {
            stay.extend(self.want(loot.of_compartment(root)));
        }
        let mut moments = self.want([loot.of_a_moment(), loot.of_patients()].concat());
        for (label, text) in self.secrets.clone() {
            self.watched.want_text(label, &text);
            let of = if label == "password" { &mut moments } else { &mut stay };
            of.insert(label.to_owned());
        }
        (stay, moments)
    }
}

fn person(secrets: &[(&str, String)]) -> (wardseal::record::PatientRecord, Vec<Item>) {
    let of = |label: &str| secrets.iter().find(|(name, _)| *name == label).unwrap().1.clone();
    let mut record = patient(&of("surname"), &of("given name"), "1968-04-12");
    record.identity.mrn = "MRN-0001".into();
    let former = |surname: &str| wardseal::record::PersonName { surname: surname.into(), ..Default::default() };
    record.identity.former = vec![former("Rivas"), former("Solano")];
    record.contact.email = Some(format!("{}@example.org", of("surname")));
    record.contact.phones.push(wardseal::record::Phone { number: "+1-555-010-0199".into(), usage: None });
    record.contact.addresses.push(wardseal::record::Address { lines: vec![of("street")], ..Default::default() });
    record.national_id.ssn = Some(of("number"));
    record.identity.national_id_on_file = true;
    let coverage = wardseal::record::Coverage { carrier: "Carrier".into(), policy: of("policy"), ..Default::default() };
    record.insurance.coverages.push(coverage);
    let note = Note { title: "Visit".into(), at: "2026-01-02".into(), text: of("note"), signing: None };
    let mut items = vec![Item::new(Content::Problem(problem(&of("problem")))), Item::new(Content::Note(note))];
    items.extend((0..60).map(|_| Item::new(Content::Problem(problem(&of("problem"))))));
    (record, items)
}

fn ssn() -> String {
    let random = Uuid::new_v4().as_u128();
    format!("{:03}-{:02}-{:04}", 100 + random % 500, 10 + random / 1_000 % 80, 1_000 + random / 1_000_000 % 8_000)
}

fn rounds() -> usize {
    std::env::var(ROUNDS).ok().and_then(|rounds| rounds.parse().ok()).unwrap_or(2)
}

fn labels(found: &[crate::memory::dump::Found]) -> BTreeSet<String> {
    found.iter().map(|one| one.label.clone()).collect()
}

#[tokio::test]
async fn a_locked_workstation_remembers_no_key_and_no_patient() {
    for _ in 0..rounds() {
        let mut day = Day::begin().await;
        let (stay, moments) = day.want_everything("osei");
        day.watched.step("open");
        day.call(json!([day.sign_in("osei")]));
        day.call(day.work());

        let remembered = labels(&day.watched.search());
        assert_eq!(stay.difference(&remembered).collect::<Vec<_>>(), [""; 0], "the dump finds what is there");
        assert_eq!(moments.intersection(&remembered).collect::<Vec<_>>(), [""; 0], "fetched, used and gone");
        day.watched.step("lock");
        assert_eq!(day.watched.search(), []);
    }
}

#[tokio::test]
async fn keys_fetched_for_a_moment_are_seen_in_that_moment_and_are_gone_after_the_lock() {
    let mut day = Day::begin().await;
    day.watched.step("open");
    let (_, moments) = day.want_everything("osei");
    let calls = json!([day.sign_in("osei"), day.open(), day.open(), day.open()]);
    day.say(calls);
    day.watched.begin("work");
    let mut seen = BTreeSet::new();
    let whole = |seen: &BTreeSet<String>| {
        ["password", "site:", "patient key clinical"].iter().all(|kind| seen.iter().any(|one| one.starts_with(kind)))
    };
    for _ in 0..GLANCES {
        if whole(&seen) {
            break;
        }
        seen.extend(day.watched.glance().into_iter().filter(|label| moments.contains(label)));
    }
    assert!(whole(&seen), "only {seen:?} was seen");
    std::fs::remove_file(day.world.folder.path().join("call")).unwrap();
    day.watched.finish();
    day.watched.step("lock");
    assert_eq!(day.watched.search(), []);
}

#[tokio::test]
async fn in_the_receptionists_session_after_the_doctors_no_clinical_key_is_in_memory() {
    let mut day = Day::begin().await;
    day.watched.step("open");
    day.call(json!([day.sign_in("osei")]));
    day.call(day.work());
    // She takes the locked seat over in the same process.
    day.watched.step("lock");
    day.call(json!([day.sign_in("lopez"), day.open()]));

    let (doctor, receptionist) = (day.loot("osei"), day.loot("lopez"));
    let hers = receptionist.compartments();
    assert_eq!(hers, [Compartment::Front, Compartment::Insurance]);
    let mut stay = BTreeSet::new();
    for root in &receptionist.roots {
        stay.extend(day.want(receptionist.of_compartment(root)));
    }
    day.want(doctor.personal());
    day.want(doctor.of_patients());
    for root in doctor.roots.iter().filter(|root| !hers.contains(&root.compartment())) {
        day.want(doctor.of_compartment(root));
    }
    for secret in ["problem", "note", "new problem", "new note", "number", "password"] {
        let text = day.secret(secret).to_owned();
        day.watched.want_text(secret, &text);
    }
    assert_eq!(labels(&day.watched.search()), stay, "her own keys and nothing else");
    day.watched.step("lock");
    assert_eq!(day.watched.search(), []);
}

#[tokio::test]
async fn a_password_typed_wrongly_or_as_the_name_is_not_remembered() {
    let mut day = Day::begin().await;
    day.want_everything("osei");
    day.watched.step("open");
    let (name, password) = (canary()[..24].to_owned(), canary()[..24].to_owned());
    day.watched.want_text("what was typed as a name", &name);
    day.watched.want_text("what was typed as a password", &password);
    let wrong = |username: &str| json!({ "name": "sign_in", "args": { "username": username, "password": &password } });
    let misspelt = json!({ "name": "sign_in", "args": { "username": "osei", "pasword": &password } });
    day.say(json!([wrong(&name), wrong("osei"), misspelt]));
    day.watched.step("call");
    assert_eq!(day.refused(), r#"["wrong_sign_in","wrong_sign_in","internal"]"#);
    day.watched.step("forget");
    assert_eq!(day.watched.search(), []);
}
