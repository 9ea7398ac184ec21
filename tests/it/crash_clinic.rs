//! What a clinic keeps when the program is killed or the power fails while people import and edit.

use crate::clinic_day::{patient, problem};
use crate::crash::{self, Child, Shim};
use crate::import::{condition, of};
use crate::world::{MORNING, sign_in};
use bson::{Document, doc};
use hpke::Serializable as _;
use hpke::kem::{Kem as _, X25519HkdfSha256};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use uuid::Uuid;
use wardseal::app::demo_clinic::{MAIN_UNIT, found_demo, resources};
use wardseal::app::import_files::FhirFiles;
use wardseal::app::sign_in::DEMO_PASSWORD;
use wardseal::app::{Failure, Home, OpenChart, SearchPatients, Workstation};
use wardseal::audit::{self, Kind, Opener, Outcome, Row, Span};
use wardseal::clock::ManualClock;
use wardseal::keys::{
    CompartmentRoot, Directory, Grant, Keychain, KeychainError, SiteKey, SiteRecord, SlotCost, StoredAccount,
    WorkstationKey, forms, subkey,
};
use wardseal::record::{Compartment, Problem};
use wardseal::secret::{Password, Secret};
use wardseal::store::embedded::Embedded;
use wardseal::store::find_documents;
use zeroize::Zeroizing;

/// A keychain that outlives its process: a file an entry.
pub struct FolderKeychain(PathBuf);

impl Keychain for FolderKeychain {
    fn get(&self, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>, KeychainError> {
        Ok(std::fs::read(self.0.join(name)).ok().map(Zeroizing::new))
    }

    fn put_new(&self, name: &str, bytes: &[u8]) -> Result<(), KeychainError> {
        // A keychain keeps an entry whole or not at all.
        let draft = self.0.with_extension(format!("draft-{}", std::process::id()));
        std::fs::write(&draft, bytes).map_err(|_| KeychainError::NotKept)?;
        std::fs::hard_link(&draft, self.0.join(name)).map_err(|_| KeychainError::Occupied)?;
        std::fs::remove_file(&draft).map_err(|_| KeychainError::NotKept)
    }

    fn delete(&self, name: &str) -> Result<(), KeychainError> {
        std::fs::remove_file(self.0.join(name)).map_err(|_| KeychainError::NotKept)
    }
}

/// A clinic in a folder, for one process after the other. The keychain lies beside the part that power cuts touch.
pub struct Clinic {
    pub folder: PathBuf,
    pub keychain: Arc<FolderKeychain>,
}

impl Clinic {
    pub fn at(folder: &Path) -> Self {
        let keychain = folder.with_extension("keychain");
        std::fs::create_dir_all(&keychain).unwrap();
        Self { folder: folder.to_owned(), keychain: Arc::new(FolderKeychain(keychain)) }
    }

    pub async fn founded(folder: &Path) -> Self {
        let clinic = Self::at(folder);
        let (home, clock) = (clinic.home(), ManualClock::at(MORNING));
        home.create().unwrap();
        let store = Embedded::open(&home.store()).unwrap();
        found_demo(&home, clinic.keychain.as_ref(), &store, &clock, SlotCost::CHEAP).await.unwrap();
        clinic
    }

    pub fn home(&self) -> Home {
        Home::at(&self.folder)
    }

    pub async fn seat(&self) -> Workstation {
        let clock = Arc::new(ManualClock::at(MORNING));
        Workstation::open(self.home(), self.keychain.clone(), clock).await.unwrap()
    }

    pub async fn seat_of(&self, username: &str) -> Workstation {
        let mut seat = self.seat().await;
        sign_in(&mut seat, username).await;
        seat
    }

    /// The audit and the store against themselves.
    pub async fn check(&self) {
        let enrolment = self.home().enrolment().unwrap().unwrap();
        let key = WorkstationKey::load(self.keychain.as_ref(), enrolment.workstation).unwrap();
        audit::verify(&self.home().audit(), key.public().as_bytes(), None).unwrap();
        Embedded::open(&self.home().store()).unwrap().check().await.unwrap();
    }

    /// Decisions whose writes have no outcome yet.
    fn open_writes(&self) -> BTreeSet<u64> {
        let file = rusqlite::Connection::open(self.home().audit()).unwrap();
        let mut rows = file.prepare("SELECT decision FROM pending").unwrap();
        rows.query_map([], |row| row.get::<_, i64>(0)).unwrap().map(|row| row.unwrap().unsigned_abs()).collect()
    }

    /// The outcomes as the auditor reads them, by the row of the decision.
    async fn outcomes(&self) -> BTreeMap<u64, (Row, audit::Event)> {
        let mut opener = self.auditor().await;
        let rows = audit::read(&self.home().audit(), &mut opener, Span::ALL).unwrap();
        let outcomes = rows.into_iter().filter(|(row, _)| row.kind == Kind::Outcome);
        outcomes.map(|(row, event)| (row.refers_to.unwrap(), (row, event))).collect()
    }

    async fn auditor(&self) -> Opener {
        let site = self.home().enrolment().unwrap().unwrap().site;
        let store = Embedded::open(&self.home().store()).unwrap();
        let all = async |name: &str, filter: Document| -> Vec<Document> {
            let found = find_documents(&store, name, filter, None).await.unwrap();
            found.into_iter().map(|raw| Document::try_from(raw).unwrap()).collect()
        };
        let record = &all("site", doc! { "_id": forms::uuid_bson(site) }).await[0];
        let epoch = SiteRecord::claimed_key(record).unwrap();
        let key = SiteKey::load_epoch(self.keychain.as_ref(), site, epoch).unwrap();
        let record = SiteRecord::open(record, &key, None).unwrap();
        let accounts = all("accounts", doc! {}).await;
        let accounts: Vec<_> = accounts.iter().map(|one| StoredAccount::from_document(one).unwrap()).collect();
        let directory = Directory::verify(&record, accounts.iter().map(|one| &one.account), &BTreeMap::new());
        let park = directory.by_username("park").unwrap().id;
        let slot = accounts.iter().find(|one| one.account.claimed().id == park).unwrap();
        let user = slot.sign_in(&directory, &Password::new(DEMO_PASSWORD.into()), &key, None).unwrap();
        for grant in all("grants", doc! { "user": forms::uuid_bson(park) }).await {
            let root = Grant::from_document(&grant).unwrap().open((park, &user), &directory, &record, None).unwrap();
            if root.compartment() == Compartment::Audit {
                return Opener::new(&private_of(&root)).unwrap();
            }
        }
        panic!("the auditor holds the audit's compartment")
    }

    /// Starts the program after a sudden end: what was open gets its outcome, and everything is whole.
    pub async fn start_again(&self) {
        let open = self.open_writes();
        drop(self.seat().await);
        assert!(self.open_writes().is_empty(), "every write has an outcome");
        let outcomes = self.outcomes().await;
        for decision in open {
            let (_, event) = &outcomes[&decision];
            assert!(event.action.as_str() == "reconcile" && event.outcome != Outcome::Unknown);
        }
        self.check().await;
    }
}

/// The private half of the compartment's pair, by the derivation that the formats fix.
fn private_of(root: &CompartmentRoot) -> Secret<32> {
    let salt = format!("wardseal/compartment/1|audit|{}", root.epoch());
    let seed: Secret<32> = subkey(root.root().expose(), salt.as_bytes(), "wardseal/compartment/hpke/1").unwrap();
    let (private, _) = X25519HkdfSha256::derive_keypair(seed.expose());
    Secret::copy_from(&private.to_bytes()).unwrap()
}

/// Ends children suddenly, some twenty on one clinic, and looks after each.
async fn end_suddenly(test: &str, shim: Option<&Shim>, kills: usize, mut look: impl AsyncFnMut(&Clinic, Vec<String>)) {
    for from in (0..kills).step_by(20) {
        let place = tempfile::tempdir().unwrap();
        let folder = place.path().join("clinic");
        let clinic = Clinic::founded(&folder).await;
        found_people(&clinic).await;
        for _ in from..kills.min(from + 20) {
            let child = Child::of(test).within(12, 60_000);
            let child = if let Some(shim) = shim { child.forgetting(shim, &folder) } else { child };
            let acknowledged = child.kill_at_random(&folder);
            assert!(!acknowledged.is_empty(), "the child did no work");
            clinic.start_again().await;
            look(&clinic, acknowledged).await;
        }
    }
}

pub async fn found_people(clinic: &Clinic) {
    let mut seat = clinic.seat_of("import").await;
    let anna = resources("test", "anna", patient("Smith", "Anna", "1968-04-12"), vec![], &["main"]);
    seat.import(anna, |_| ControlFlow::Continue(())).await.unwrap();
}

pub async fn find(seat: &mut Workstation, query: &str) -> Vec<Uuid> {
    let page = seat.perform(SearchPatients::page(query.to_owned(), 0, 50)).await.unwrap();
    assert!(page.rows.iter().all(|row| !row.damaged), "{query}");
    // Those who are only called alike are somebody else.
    let meant = |surname: &str| !query.starts_with("Family") || surname == query;
    page.rows.iter().filter(|row| meant(&row.surname)).map(|row| row.patient).collect()
}

// ---------------------------------------------------------------- editing

#[tokio::test]
async fn child_that_edits() {
    let Some(folder) = crash::folder() else { return };
    let mut seat = Clinic::at(&folder).seat_of("osei").await;
    let anna = find(&mut seat, "smith").await[0];
    panic!("{}", edit_until_refused(&mut seat, anna).await);
}

/// Adds a problem, changes it twice, adds the next one; says after each answer what it is now.
pub async fn edit_until_refused(seat: &mut Workstation, anna: Uuid) -> Failure {
    let window = match seat.dispatch("open_chart", json!({ "patient": anna })).await {
        Ok(chart) => json!({ "handle": chart["handle"], "patient": anna }),
        Err(failure) => return failure,
    };
    for n in 0.. {
        let text = |turn: i64| format!("{}-{n}-{turn}", std::process::id());
        let mut item = Value::Null;
        for turn in 1..=3_i64 {
            let answer = match turn {
                1 => {
                    let added = json!({ "patient": anna, "window": window, "problem": problem(&text(turn)) });
                    seat.dispatch("add_problem", added).await
                }
                _ => {
                    let edit = json!({
                        "patient": anna, "window": window, "item": item, "rev": turn - 1, "problem": problem(&text(turn)),
                    });
                    seat.dispatch("edit_problem", edit).await
                }
            };
            match answer {
                Ok(answer) => item = answer["saved"]["item"].clone(),
                Err(failure) => return failure,
            }
            crash::acknowledge(&format!("{} {turn} {}", item.as_str().unwrap(), text(turn)));
        }
    }
    unreachable!()
}

/// What was acknowledged of all children so far: each problem's newest revision and its words.
#[derive(Default)]
pub struct Acknowledged(BTreeMap<Uuid, (i64, String)>);

impl Acknowledged {
    pub fn hear(&mut self, lines: &[String]) {
        for line in lines {
            let [item, rev, text] = line.split(' ').collect::<Vec<_>>()[..] else { panic!("{line}") };
            self.0.insert(item.parse().unwrap(), (rev.parse().unwrap(), text.to_owned()));
        }
    }

    /// Every acknowledged revision stands there; beyond them at most one write that was under way.
    pub async fn compare(&mut self, seat: &mut Workstation) -> u64 {
        let anna = find(seat, "smith").await[0];
        let chart = seat.perform(OpenChart { patient: anna }).await.unwrap();
        assert_eq!(chart.damaged_items, 0);
        let stored: BTreeMap<Uuid, (i64, Problem)> =
            chart.problems.unwrap().into_iter().map(|one| (one.item, (one.rev, one.problem))).collect();
        let mut beyond = 0;
        for (item, (rev, text)) in &self.0 {
            let (stored_rev, problem) = &stored[item];
            assert!(stored_rev >= rev && (stored_rev > rev || problem.text == *text), "revision {rev} is lost");
            beyond += stored_rev.abs_diff(*rev);
        }
        beyond += stored.keys().filter(|item| !self.0.contains_key(item)).count() as u64;
        for (item, (rev, problem)) in stored {
            self.0.insert(item, (rev, problem.text));
        }
        beyond
    }
}

async fn end_editing(shim: Option<&Shim>) {
    let kills = crash::kills(6);
    let mut known = Acknowledged::default();
    let mut clinic_of = PathBuf::new();
    let mut writes = 0;
    end_suddenly("crash_clinic::child_that_edits", shim, kills, async |clinic, lines| {
        if clinic_of != clinic.folder {
            (known, clinic_of) = (Acknowledged::default(), clinic.folder.clone());
        }
        known.hear(&lines);
        writes += lines.len();
        let mut seat = clinic.seat_of("osei").await;
        assert!(known.compare(&mut seat).await <= 1, "more than the write under way");
    })
    .await;
    eprintln!("{kills} sudden ends, {writes} acknowledged edits");
}

#[tokio::test]
async fn a_doctor_whose_program_is_killed_finds_every_saved_problem_again() {
    end_editing(None).await;
}

#[tokio::test]
async fn a_doctor_whose_power_fails_finds_every_saved_problem_again() {
    let Some(shim) = Shim::build() else { return };
    end_editing(Some(&shim)).await;
}

// ---------------------------------------------------------------- importing

const ITEMS: usize = 12;

/// The n-th patient with her chart, as one bundle: one transaction.
fn bundle(n: usize) -> Value {
    let id = format!("p{n}");
    let anyone = json!({ "resourceType": "Patient", "id": id, "birthDate": "1980-02-03",
        "name": [{ "family": surname(n), "given": ["Maria"] }],
        "telecom": [{ "system": "phone", "value": format!("555-020-{n:04}") }] });
    let items = (0..ITEMS).map(|nth| match nth % 2 {
        0 => condition(&id, &format!("{id}-c{nth}"), "Hypertension"),
        _ => {
            of(&id, "Observation", &format!("{id}-o{nth}"), &json!({ "status": "final", "code": { "text": "Pulse" } }))
        }
    });
    let entries: Vec<Value> = std::iter::once(anyone).chain(items).map(|one| json!({ "resource": one })).collect();
    json!({ "resourceType": "Bundle", "type": "collection", "entry": entries })
}

fn surname(n: usize) -> String {
    format!("Family{n:04}")
}

/// Imports bundle after bundle from the first that isn't there.
#[tokio::test]
async fn child_that_imports() {
    let Some(folder) = crash::folder() else { return };
    let mut seat = Clinic::at(&folder).seat_of("import").await;
    let there = find_documents(seat.store(), "patients", doc! {}, Some(doc! { "_id": 1 })).await.unwrap().len();
    // Beside Anna; and one that is there is imported again.
    for n in there.saturating_sub(2).. {
        let file = folder.with_extension(format!("{n}.json"));
        std::fs::write(&file, bundle(n).to_string()).unwrap();
        let what = FhirFiles { files: std::slice::from_ref(&file), system: "hospital", unit: MAIN_UNIT };
        seat.import_files(&what, |_| ControlFlow::Continue(())).await.unwrap();
        std::fs::remove_file(&file).unwrap();
        crash::acknowledge(&n);
    }
}

/// Every acknowledged patient is there once, with her whole chart; so is everyone else who is there.
async fn compare_imported(clinic: &Clinic, acknowledged: usize) {
    let mut seat = clinic.seat_of("osei").await;
    let mut n = 0;
    loop {
        let found = find(&mut seat, &format!("\"{}\"", surname(n))).await;
        if found.is_empty() {
            break;
        }
        assert_eq!(found.len(), 1, "{} is there twice", surname(n));
        assert_eq!(find(&mut seat, &format!("555-020-{n:04}")).await, found);
        let chart = seat.perform(OpenChart { patient: found[0] }).await.unwrap();
        let items = chart.problems.unwrap().len() + chart.observations.unwrap().len();
        // Observations of one kind are one line of the chart.
        assert!(chart.damaged_items == 0 && items > ITEMS / 2, "{} of {ITEMS} items", items);
        n += 1;
    }
    assert!(n == acknowledged + 1 || n == acknowledged + 2, "{} were acknowledged, {n} are there", acknowledged + 1);
    let stored = find_documents(seat.store(), "items", doc! {}, Some(doc! { "_id": 1 })).await.unwrap();
    assert_eq!(stored.len(), n * ITEMS);
}

async fn end_importing(shim: Option<&Shim>) {
    let kills = crash::kills(6);
    let mut patients = 0;
    end_suddenly("crash_clinic::child_that_imports", shim, kills, async |clinic, lines| {
        let last = lines.last().unwrap().parse().unwrap();
        patients += lines.len();
        compare_imported(clinic, last).await;
    })
    .await;
    eprintln!("{kills} sudden ends, {patients} acknowledged patients");
}

#[tokio::test]
async fn an_import_that_is_killed_leaves_whole_patients_and_goes_on() {
    end_importing(None).await;
}

#[tokio::test]
async fn an_import_whose_power_fails_leaves_whole_patients_and_goes_on() {
    let Some(shim) = Shim::build() else { return };
    end_importing(Some(&shim)).await;
}

// ---------------------------------------------------------------- outcomes

/// The decision row of the last write, made pending again as if its program had ended before the outcome.
fn reopen(clinic: &Clinic, record: Uuid, head: &[u8], decision: i64) {
    let file = rusqlite::Connection::open(clinic.home().audit()).unwrap();
    let insert = "INSERT INTO pending (decision, owner, collection, record, head) VALUES (?1, '1:1', 'items', ?2, ?3)";
    file.execute(insert, rusqlite::params![decision, record.as_bytes().as_slice(), head]).unwrap();
}

#[tokio::test]
async fn a_write_that_reached_the_store_is_done_even_when_somebody_changed_the_record_since() {
    let place = tempfile::tempdir().unwrap();
    let clinic = Clinic::founded(&place.path().join("clinic")).await;
    found_people(&clinic).await;
    let mut seat = clinic.seat_of("osei").await;
    let anna = find(&mut seat, "smith").await[0];
    let added = crate::world::write(&mut seat, "add_problem", json!({ "patient": anna, "problem": problem("Asthma") }))
        .await
        .unwrap();
    let item: Uuid = added["saved"]["item"].as_str().unwrap().parse().unwrap();
    let (decision, head) = {
        let outcomes = clinic.outcomes().await;
        let (decision, (_, event)) = outcomes.iter().next_back().unwrap();
        (i64::try_from(*decision).unwrap(), event.heads[0])
    };
    let edit = json!({ "patient": anna, "item": item, "rev": 1, "problem": problem("Severe asthma") });
    crate::world::write(&mut seat, "edit_problem", edit).await.unwrap();
    drop(seat);
    for (head, expected) in [(head, Outcome::Done), ([7; 32], Outcome::Failed)] {
        reopen(&clinic, item, &head, decision);
        clinic.start_again().await;
        assert_eq!(clinic.outcomes().await[&decision.unsigned_abs()].1.outcome, expected);
    }
}
