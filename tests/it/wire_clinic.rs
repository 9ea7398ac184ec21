//! A clinic whose store is our own server behind a socket, reached by the official driver; any number of workstations.

use crate::wire::proxy::Proxy;
use crate::wire::{Options, Server};
use crate::world::{MORNING, sign_in};
use bson::RawDocumentBuf;
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;
use uuid::Uuid;
use wardseal::app::demo_clinic::{found_demo_as, resources};
use wardseal::app::views::ChartView;
use wardseal::app::{Home, OpenChart, SearchPatients, Workstation};
use wardseal::clock::ManualClock;
use wardseal::crypt::Profile;
use wardseal::keys::{MemoryKeychain, SlotCost};
use wardseal::record::{Item, PatientRecord};
use wardseal::store::atlas::{Address, Atlas, Patience};
use wardseal::store::{Store, StoreError, StoreKind};

/// Short, so that a test that pulls cables doesn't wait for long.
pub const HURRIED: Patience = Patience {
    select: Duration::from_secs(4),
    read: Duration::from_millis(700),
    write: Duration::from_millis(1_500),
    commit: Duration::from_millis(700),
};

/// For a busy machine where nothing is pulled.
pub const CALM: Patience = Patience {
    select: Duration::from_secs(20),
    read: Duration::from_secs(30),
    write: Duration::from_secs(60),
    commit: Duration::from_secs(30),
};

/// A store over the driver, with the server it is on.
pub struct Behind {
    store: Atlas,
    _server: Server,
}

impl Behind {
    pub async fn open() -> Self {
        let server = Server::open();
        let store = Atlas::open_with(&Address::loopback_for_tests(&server.uri()), CALM).await.unwrap();
        Self { store, _server: server }
    }
}

#[async_trait::async_trait]
impl Store for Behind {
    async fn run(&self, command: RawDocumentBuf) -> Result<RawDocumentBuf, StoreError> {
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

/// The clinic: a server, and the workstation that founded it.
pub struct WireClinic {
    pub server: Server,
    pub folder: TempDir,
    pub keychain: Arc<MemoryKeychain>,
    pub clock: Arc<ManualClock>,
    pub patience: Patience,
    /// Where workstations connect to, when it isn't the server itself.
    pub through: Option<String>,
}

impl WireClinic {
    pub async fn found(patience: Patience) -> Self {
        let lifetime = Duration::from_secs(if patience.read < Duration::from_secs(2) { 1 } else { 60 });
        Self::found_on(Server::start(Options { lifetime, ..Options::default() }), patience).await
    }

    /// On a server that everybody reaches through somebody in between.
    pub async fn found_through(server: Server, proxy: &Proxy, patience: Patience) -> Self {
        Self::begin(server, Some(proxy.at()), patience, Profile::Queryable).await
    }

    pub async fn found_on(server: Server, patience: Patience) -> Self {
        Self::begin(server, None, patience, Profile::Queryable).await
    }

    /// On a server that doesn't know every encrypted question.
    pub async fn found_deterministic(server: Server, patience: Patience) -> Self {
        Self::begin(server, None, patience, Profile::Deterministic).await
    }

    async fn begin(server: Server, through: Option<String>, patience: Patience, profile: Profile) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (keychain, clock) = (Arc::new(MemoryKeychain::new()), Arc::new(ManualClock::at(MORNING)));
        let clinic = Self { server, folder, keychain, clock, patience, through };
        let home = clinic.home();
        home.create().unwrap();
        let store = clinic.store().await;
        let (keychain, clock) = (clinic.keychain.as_ref(), clinic.clock.as_ref());
        let founded = found_demo_as(profile, &home, keychain, store.as_ref(), clock, SlotCost::CHEAP).await;
        founded.unwrap();
        clinic
    }

    pub fn home(&self) -> Home {
        Home::at(self.folder.path().join("home"))
    }

    /// Another connection to the server.
    pub async fn store(&self) -> Arc<dyn Store> {
        let uri = match &self.through {
            Some(address) => format!("mongodb://{address}/?directConnection=true"),
            None => self.server.uri(),
        };
        Arc::new(Atlas::open_with(&Address::loopback_for_tests(&uri), self.patience).await.unwrap())
    }

    /// A seat of the founding workstation.
    pub async fn seat(&self) -> Workstation {
        let store = self.store().await;
        Workstation::open_on(self.home(), self.keychain.clone(), self.clock.clone(), |_| Ok(store)).await.unwrap()
    }

    pub async fn seat_of(&self, username: &str) -> Workstation {
        let mut seat = self.seat().await;
        sign_in(&mut seat, username).await;
        seat
    }

    /// Brings patients in as the import service.
    pub async fn register(&self, source: &str, people: Vec<(PatientRecord, Vec<Item>)>) {
        let mut seat = self.seat_of("import").await;
        let incoming = people
            .into_iter()
            .enumerate()
            .flat_map(|(nth, (record, items))| resources(source, &nth.to_string(), record, items, &["main"]));
        let incoming: Vec<_> = incoming.collect();
        seat.import(incoming, |_| std::ops::ControlFlow::Continue(())).await.unwrap();
    }
}

/// Those with exactly this surname.
pub async fn called(seat: &mut Workstation, surname: &str) -> Vec<Uuid> {
    let page = seat.perform(SearchPatients::page(format!("\"{surname}\""), 0, 200)).await.unwrap();
    assert!(page.rows.iter().all(|row| !row.damaged), "{surname}");
    page.rows.iter().filter(|row| row.surname == surname).map(|row| row.patient).collect()
}

pub async fn chart(seat: &mut Workstation, patient: Uuid) -> ChartView {
    let chart = seat.perform(OpenChart { patient }).await.unwrap();
    assert_eq!(chart.damaged_items, 0);
    chart
}
