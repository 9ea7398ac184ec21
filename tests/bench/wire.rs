//! The same clinic behind a socket on this machine, beside the embedded store: first page and chart, and how often each
//! asks the server. The server is the tests' own, so what differs is the driver, the socket and the round trips.

use crate::clinic::{CHEAP, Clinic, folder, password};
use crate::figures::Figures;
use crate::server::Server;
use crate::server::faults::{Fault, What};
use std::hint::black_box;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;
use time::OffsetDateTime;
use uuid::Uuid;
use wardseal::app::demo_clinic::{MAIN_UNIT, found_demo_as, resources};
use wardseal::app::{Home, OpenChart, SearchPatients, Workstation};
use wardseal::clock::SystemClock;
use wardseal::crypt::Profile;
use wardseal::keys::MemoryKeychain;
use wardseal::record::demo::demo_clinic;
use wardseal::store::atlas::{Address, Atlas};
use wardseal::store::{Store, raw};

const PATIENTS: usize = 300;
const ROUNDS: usize = 31;
/// How much later answers come while it is counted how often a use case waits.
const LATE: Duration = Duration::from_millis(20);
/// The demo's most frequent surname, in quotes: nobody whose name only starts so.
const SURNAME: &str = "\"Smith\"";

/// Asks both in turn.
pub async fn run(figures: &mut Figures) {
    let mut embedded = Clinic::new(CHEAP).await;
    let (server, place) = (Server::open(), folder());
    let mut behind = over_the_socket(&server, &Home::at(place.path().join("home"))).await;
    let (here, near) = figures.time(fill(&mut embedded.seat)).await;
    let before = server.state.heard.trips();
    let (there, far) = figures.time(fill(&mut behind)).await;
    figures.seconds("wire_import_s", far);
    figures.ratio("wire_import_over_embedded", far, near);
    figures.count("wire_import_trips", usize::try_from(server.state.heard.trips() - before).unwrap());
    let (embedded, behind) = (&mut embedded.seat, &mut behind);
    let waits = waits(figures, &server, behind, there).await;
    // The smallest question there is: what a round trip costs here, driver and server together.
    let trip = figures.median(ROUNDS, async || ask(behind).await).await;
    figures.seconds("wire_trip_s", trip);
    let near = figures.median(ROUNDS, async || page(embedded).await).await;
    let far = figures.median(ROUNDS, async || page(behind).await).await;
    figures.seconds("wire_first_page_s", far);
    figures.ratio("wire_first_page_over_embedded", far, near);
    figures.ratio("wire_first_page_less_trips_over_embedded", far.saturating_sub(trip * waits.0), near);
    let near = figures.median(ROUNDS, async || chart(embedded, here).await).await;
    let far = figures.median(ROUNDS, async || chart(behind, there).await).await;
    figures.seconds("wire_chart_s", far);
    figures.ratio("wire_chart_over_embedded", far, near);
    figures.ratio("wire_chart_less_trips_over_embedded", far.saturating_sub(trip * waits.1), near);
}

/// How often a first page and a chart wait for the server: late answers show what is asked at once.
async fn waits(figures: &mut Figures, server: &Server, seat: &mut Workstation, patient: Uuid) -> (u32, u32) {
    server.state.faults.add(Fault::once(&[], What::Late(LATE)).times(u64::MAX));
    let before = server.state.heard.counts();
    server.state.heard.watch_turns();
    page(seat).await;
    let (search, commands) = (server.state.heard.turns(), server.state.heard.since(&before).values().sum::<u64>());
    figures.count("wire_search_commands", usize::try_from(commands).unwrap());
    figures.count("wire_search_trips", usize::try_from(search).unwrap());
    let before = server.state.heard.counts();
    server.state.heard.watch_turns();
    chart(seat, patient).await;
    let (open, commands) = (server.state.heard.turns(), server.state.heard.since(&before).values().sum::<u64>());
    figures.count("wire_chart_commands", usize::try_from(commands).unwrap());
    figures.count("wire_chart_trips", usize::try_from(open).unwrap());
    server.state.faults.clear();
    (u32::try_from(search).unwrap(), u32::try_from(open).unwrap())
}

async fn ask(seat: &Workstation) {
    let question = bson::doc! { "find": "site", "filter": {}, "projection": { "_id": 1 }, "limit": 1 };
    black_box(seat.store().run(raw(&question).unwrap()).await.unwrap());
}

async fn over_the_socket(server: &Server, home: &Home) -> Workstation {
    home.create().unwrap();
    let (keychain, clock) = (Arc::new(MemoryKeychain::new()), Arc::new(SystemClock::start()));
    let store = Atlas::open(&Address::loopback_for_tests(&server.uri())).await.unwrap();
    found_demo_as(Profile::Queryable, home, keychain.as_ref(), &store, clock.as_ref(), CHEAP).await.unwrap();
    Workstation::open_on(home.clone(), keychain, clock, |_| Ok(Arc::new(store) as Arc<dyn Store>)).await.unwrap()
}

/// Brings the demo's people in; answers whose chart is opened.
async fn fill(seat: &mut Workstation) -> Uuid {
    assert!(seat.sign_in("import", &password()).await.is_ok());
    let people = demo_clinic(PATIENTS, 1, OffsetDateTime::UNIX_EPOCH).enumerate();
    let incoming =
        people.flat_map(|(nth, one)| resources("bench", &nth.to_string(), one.record, one.items, &[MAIN_UNIT]));
    seat.import(incoming, |_| ControlFlow::Continue(())).await.unwrap();
    seat.sign_out().await.unwrap();
    assert!(seat.sign_in("osei", &password()).await.is_ok());
    seat.perform(SearchPatients::page(SURNAME, 0, 50)).await.unwrap().rows[0].patient
}

async fn page(seat: &mut Workstation) {
    black_box(seat.perform(SearchPatients::page(SURNAME, 0, 50)).await.unwrap());
}

async fn chart(seat: &mut Workstation, patient: Uuid) {
    black_box(seat.perform(OpenChart { patient }).await.unwrap());
}
