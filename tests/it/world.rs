//! A clinic in a temporary folder: the demo's users, a keychain in memory, a clock that is turned by hand.

use crate::guard_loot::Loot;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;
use uuid::Uuid;
use wardseal::app::demo_clinic::{demo_plan, resources};
use wardseal::app::found_site::found;
use wardseal::app::import_records::Imports;
use wardseal::app::sign_in::DEMO_PASSWORD;
use wardseal::app::views::{ChartView, SearchPage};
use wardseal::app::{Failure, Home, OpenChart, SearchPatients, Workstation};
use wardseal::audit::{Event, Opener, Span};
use wardseal::clock::{ManualClock, Timestamp};
use wardseal::crypt::Profile;
use wardseal::keys::{MemoryKeychain, RecoveryShare, SlotCost};
use wardseal::record::{Fit, Item, PatientRecord};
use wardseal::secret::Password;
use wardseal::store::embedded::Embedded;

/// 2026-11-22T09:41:00Z.
pub const MORNING: Timestamp = Timestamp(1_795_340_460_000);

/// The clinic.
pub struct World {
    pub folder: TempDir,
    pub keychain: Arc<MemoryKeychain>,
    pub clock: Arc<ManualClock>,
    pub seat: Workstation,
}

impl World {
    /// A clinic that was founded a moment ago, with nobody signed in.
    pub async fn new() -> Self {
        Self::with_shares().await.0
    }

    /// As [`World::new`], with the recovery shares.
    pub async fn with_shares() -> (Self, Vec<RecoveryShare>) {
        let folder = tempfile::tempdir().unwrap();
        let keychain = Arc::new(MemoryKeychain::new());
        let clock = Arc::new(ManualClock::at(MORNING));
        let home = Home::at(folder.path().join("home"));
        home.create().unwrap();
        let store = Embedded::open(&home.store()).unwrap();
        let plan = demo_plan(Profile::Queryable, clock.as_ref(), SlotCost::CHEAP);
        let shares = found(&home, keychain.as_ref(), &store, &plan).await.unwrap();
        drop(store);
        let seat = Workstation::open(home, keychain.clone(), clock.clone()).await.unwrap();
        (Self { folder, keychain, clock, seat }, shares)
    }

    /// The folder of the workstation.
    pub fn home(&self) -> Home {
        Home::at(self.folder.path().join("home"))
    }

    /// A second program on the same clinic, such as another window.
    pub async fn another_seat(&self) -> Workstation {
        Workstation::open(self.home(), self.keychain.clone(), self.clock.clone()).await.unwrap()
    }

    /// Signs in with the demo's password.
    pub async fn sign_in(&mut self, username: &str) {
        sign_in(&mut self.seat, username).await;
    }

    /// Time passes without input.
    pub fn wait(&self, time: Duration) {
        self.clock.advance(time);
    }

    /// Brings patients in as the import service, which signs out again.
    pub async fn register(&mut self, patients: Vec<(PatientRecord, Vec<Item>)>) -> Imports {
        self.sign_in("import").await;
        let incoming = patients
            .into_iter()
            .enumerate()
            .flat_map(|(nth, (record, items))| resources("test", &nth.to_string(), record, items, &["main"]));
        let done = self.seat.import(incoming.collect::<Vec<_>>(), |_| std::ops::ControlFlow::Continue(())).await;
        self.seat.sign_out().await.unwrap();
        done.unwrap()
    }

    /// Searches as whoever holds the seat.
    pub async fn search(&mut self, query: &str) -> Result<SearchPage, Failure> {
        self.seat.perform(SearchPatients::page(query.to_owned(), 0, 50)).await
    }

    /// The id of the only patient a search finds by name or number; those who sound alike don't count.
    pub async fn find(&mut self, query: &str) -> Uuid {
        let found = self.written_so(query).await;
        assert_eq!(found.len(), 1, "{query}");
        found[0]
    }

    /// Those a search finds by name or number, without those who only sound so.
    pub async fn written_so(&mut self, query: &str) -> Vec<Uuid> {
        let page = self.search(query).await.unwrap();
        page.rows.into_iter().filter(|row| row.fit <= Fit::Start).map(|row| row.patient).collect()
    }

    /// What the auditor reads of this workstation's audit.
    pub fn audited(&self) -> Vec<Event> {
        let auditor = Loot::of(&self.home(), self.keychain.as_ref(), "park", DEMO_PASSWORD);
        let read =
            |key| wardseal::audit::read(&self.home().audit(), &mut Opener::new(key).unwrap(), Span::ALL).unwrap();
        auditor.private_keys().iter().flat_map(read).map(|(_, event)| event).collect()
    }

    /// Opens a chart as whoever holds the seat.
    pub async fn open(&mut self, patient: Uuid) -> Result<ChartView, Failure> {
        self.seat.perform(OpenChart { patient }).await
    }
}

/// Sends a write from the window of the patient it is for, whose chart is opened first.
pub async fn write(seat: &mut Workstation, name: &str, args: Value) -> Result<Value, Failure> {
    write_from("open_chart", seat, name, args).await
}

/// As [`write`], from the record of the patient as a person.
pub async fn in_record(seat: &mut Workstation, name: &str, args: Value) -> Result<Value, Failure> {
    write_from("patient_details", seat, name, args).await
}

/// As [`write`], from the account that a visit shows.
pub async fn at_the_counter(seat: &mut Workstation, name: &str, args: Value) -> Result<Value, Failure> {
    write_from("show_account", seat, name, args).await
}

async fn write_from(opens: &str, seat: &mut Workstation, name: &str, mut args: Value) -> Result<Value, Failure> {
    let opened = seat.dispatch(opens, json!({ "patient": args["patient"] })).await?;
    args["window"] = json!({ "handle": opened["handle"], "patient": args["patient"] });
    seat.dispatch(name, args).await
}

/// Signs in on a seat.
pub async fn sign_in(seat: &mut Workstation, username: &str) {
    let password = Password::new(DEMO_PASSWORD.to_owned());
    let signed = seat.sign_in(username, &password).await;
    assert!(signed.is_ok(), "{username} can sign in: {:?}", signed.err());
}
