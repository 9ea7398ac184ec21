//! FEBRL: people whose entries were corrupted on purpose, sought by what is left. Prints the figures.
//!
//! `WARDSEAL_FEBRL` names the folder of the sets; a sample runs by default, all under `WARDSEAL_LONG`.

use crate::clinic_day::patient;
use crate::world::World;
use bson::{RawDocumentBuf, rawdoc};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;
use uuid::Uuid;
use wardseal::app::{MatchPatients, OPENED, Workstation};
use wardseal::record::{Address, Item, PatientRecord};
use wardseal::store::embedded::Embedded;
use wardseal::store::{Store, StoreError, StoreKind};

/// One line of a set.
pub struct Entry {
    pub person: String,
    original: bool,
    fields: BTreeMap<String, String>,
}

pub fn folder() -> PathBuf {
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/data/febrl");
    std::env::var_os("WARDSEAL_FEBRL").map_or_else(|| PathBuf::from(beside), PathBuf::from)
}

pub fn entries(set: u8) -> Option<Vec<Entry>> {
    let text = std::fs::read_to_string(folder().join(format!("dataset{set}.csv"))).ok()?;
    let mut lines = text.lines();
    let names: Vec<&str> = lines.next()?.split(',').map(str::trim).collect();
    let entry = |line: &str| {
        let values = line.split(',').map(|value| value.trim().to_owned());
        let fields: BTreeMap<String, String> = names.iter().map(|name| (*name).to_owned()).zip(values).collect();
        let mut id = fields["rec_id"].split('-').map(str::to_owned);
        let (person, kind) = (id.nth(1).unwrap(), id.next().unwrap());
        Entry { person, original: kind == "org", fields }
    };
    Some(lines.filter(|line| !line.trim().is_empty()).map(entry).collect())
}

impl Entry {
    fn text(&self, name: &str) -> String {
        self.fields.get(name).cloned().unwrap_or_default()
    }

    fn street(&self) -> String {
        [self.text("street_number"), self.text("address_1"), self.text("address_2")].join(" ").trim().to_owned()
    }

    /// `19560409` as a date.
    fn born(&self) -> String {
        let digits = self.text("date_of_birth");
        if digits.len() == 8 { format!("{}-{}-{}", &digits[..4], &digits[4..6], &digits[6..]) } else { String::new() }
    }

    pub fn record(&self) -> (PatientRecord, Vec<Item>) {
        let mut record = patient(&self.text("surname"), &self.text("given_name"), &self.born());
        record.identity.mrn = format!("R-{}", self.person);
        record.contact.phones.clear();
        record.contact.addresses = vec![Address {
            lines: vec![self.street()],
            city: Some(self.text("suburb")),
            state: Some(self.text("state")),
            postal_code: Some(self.text("postcode")),
            ..Address::default()
        }];
        (record, vec![])
    }

    fn question(&self) -> MatchPatients {
        MatchPatients {
            surname: self.text("surname"),
            given: self.text("given_name"),
            birth_date: self.born(),
            street: self.street(),
            city: self.text("suburb"),
            postal_code: self.text("postcode"),
            phone: String::new(),
        }
    }
}

/// A store that is asked to explain each question about patients before it answers.
struct Watched {
    store: Embedded,
    questions: AtomicU64,
    scans: AtomicU64,
}

impl Watched {
    fn of(store: Embedded) -> Self {
        Self { store, questions: AtomicU64::new(0), scans: AtomicU64::new(0) }
    }

    async fn look(&self, command: &RawDocumentBuf) {
        let (name, collection) = command.iter().next().unwrap().unwrap();
        let asks = matches!(name.as_str(), "find" | "count");
        if asks && collection.as_str().is_some_and(|name| name.starts_with("patients")) {
            let reply = self.store.run(rawdoc! { "explain": command.clone() }).await.unwrap();
            let plan = reply.get_document("queryPlanner").unwrap().get_document("winningPlan").unwrap();
            self.questions.fetch_add(1, Relaxed);
            self.scans.fetch_add(u64::from(plan.get_str("stage").unwrap() != "IXSCAN"), Relaxed);
        }
    }
}

#[async_trait::async_trait]
impl Store for Watched {
    async fn run(&self, command: RawDocumentBuf) -> Result<RawDocumentBuf, StoreError> {
        self.look(&command).await;
        self.store.run(command).await
    }

    async fn run_all(&self, commands: Vec<RawDocumentBuf>) -> Result<Vec<RawDocumentBuf>, StoreError> {
        self.store.run_all(commands).await
    }

    async fn scrub(&self) -> Result<(), StoreError> {
        self.store.scrub().await
    }

    fn kind(&self) -> StoreKind {
        self.store.kind()
    }
}

/// How many corrupted entries of a set are asked for.
fn most(set: u8) -> usize {
    match (std::env::var("WARDSEAL_LONG").is_ok(), set) {
        (true, _) => usize::MAX,
        (false, 1) => 100,
        (false, _) => 0,
    }
}

#[tokio::test]
async fn whoever_was_written_down_wrongly_is_among_the_first_five() {
    for set in 1..=3 {
        if most(set) == 0 {
            println!("FEBRL {set}: not run without WARDSEAL_LONG");
            continue;
        }
        let Some(entries) = entries(set) else {
            println!("FEBRL {set}: not run, no such file");
            continue;
        };
        let mut world = World::new().await;
        world.register(entries.iter().filter(|one| one.original).map(Entry::record).collect()).await;
        let watched = Arc::new(Watched::of(Embedded::open(&world.home().store()).unwrap()));
        let store = watched.clone();
        world.seat = Workstation::open_on(world.home(), world.keychain.clone(), world.clock.clone(), |_| Ok(store))
            .await
            .unwrap();
        world.sign_in("lopez").await;
        let (mut asked, mut found, mut first, mut opened) = (0_u64, 0_u64, 0_u64, Vec::new());
        let (mut stopped, mut rightly) = (0_u64, 0_u64);
        for entry in entries.iter().filter(|one| !one.original).take(most(set)) {
            let mrn = format!("R-{}", entry.person);
            let answer = match world.seat.perform(entry.question()).await {
                Ok(answer) => answer,
                // Nothing to search by is left in the entry.
                Err(_) => wardseal::app::views::LookAlikes { rows: Vec::new(), opened: 0 },
            };
            let place = answer.rows.iter().position(|one| one.row.mrn == mrn);
            asked += 1;
            stopped += answer.rows.iter().filter(|one| one.stops).count() as u64;
            rightly += answer.rows.iter().filter(|one| one.stops && one.row.mrn == mrn).count() as u64;
            found += u64::from(place.is_some_and(|place| place < 5));
            first += u64::from(place == Some(0));
            opened.push(answer.opened);
            assert!(answer.opened <= OPENED as u64);
            assert!(answer.rows.iter().all(|one| !one.row.damaged && one.row.patient != Uuid::nil()));
        }
        let sum: u64 = opened.iter().sum();
        println!(
            "FEBRL {set}: {found} of {asked} among the first five ({:.2} %), {first} first; opened {:.1} a query, at most {}",
            100.0 * found as f64 / asked as f64,
            sum as f64 / asked as f64,
            opened.iter().max().unwrap(),
        );
        let (recall, precision) = (100.0 * rightly as f64 / asked as f64, 100.0 * rightly as f64 / stopped as f64);
        println!(
            "FEBRL {set}: registering them is stopped by their own record: {recall:.2} %, and by theirs only: {precision:.2} %"
        );
        let (questions, scans) = (watched.questions.load(Relaxed), watched.scans.load(Relaxed));
        println!("FEBRL {set}: {questions} questions about patients, {scans} of them answered without an index");
        assert!(scans == 0 && questions >= asked, "set {set}");
        assert!(found * 100 >= asked * 98, "set {set}");
    }
}
