//! A seat locks when it is time or when somebody asks, also while a use case waits for a server that says nothing.

use crate::clinic_day::{patient, problem};
use crate::wire::Server;
use crate::wire::faults::{Fault, What};
use crate::wire::proxy::Proxy;
use crate::wire_clinic::{CALM, WireClinic, called};
use serde_json::{Value, json};
use std::sync::{Arc, mpsc};
use std::time::Duration;
use tokio::task::JoinHandle;
use tokio::time::sleep;
use uuid::Uuid;
use wardseal::app::Workstation;
use wardseal::app::sign_in::DEMO_PASSWORD;
use wardseal::session::LockCause;
use wardseal::shell::CoreThread;
use wardseal::store::atlas::{Address, Atlas};

/// Somebody's patience: far more than a lock may take, less than the store's own.
const LONG: Duration = Duration::from_secs(20);

/// A window's core on its thread, and the cable between it and the server.
struct Window {
    clinic: WireClinic,
    cable: Proxy,
    core: CoreThread,
    ended: mpsc::Receiver<bool>,
    anna: Uuid,
}

impl Window {
    async fn of_a_doctor() -> Self {
        let server = Server::open();
        let cable = Proxy::before(server.address);
        let clinic = WireClinic::found_through(server, &cable, CALM).await;
        clinic.register("test", vec![(patient("Smith", "Anna", "1968-04-12"), vec![])]).await;
        let anna = called(&mut clinic.seat_of("osei").await, "Smith").await[0];
        let (home, keychain, clock) = (clinic.home(), clinic.keychain.clone(), clinic.clock.clone());
        let address = Address::loopback_for_tests(&format!("mongodb://{}/?directConnection=true", cable.at()));
        let open = move || async move {
            let store = Arc::new(Atlas::open_with(&address, CALM).await.map_err(|error| error.to_string())?);
            let opened = Workstation::open_on(home, keychain, clock, |_| Ok(store)).await;
            opened.map_err(|failure| failure.to_string())
        };
        let core = tokio::task::spawn_blocking(|| CoreThread::start(open)).await.unwrap().unwrap();
        let (told, ended) = mpsc::channel();
        core.watch(move |_, end| _ = told.send(end));
        let window = Self { clinic, cable, core, ended, anna };
        window.call("sign_in", json!({ "username": "osei", "password": DEMO_PASSWORD })).await.unwrap();
        window
    }

    async fn call(&self, name: &str, args: Value) -> Result<Value, Value> {
        self.core.call(name.into(), args).await
    }

    /// What a screen asks for while the person does something else.
    fn beside(&self, name: &'static str, args: Value) -> JoinHandle<Result<Value, Value>> {
        let core = self.core.clone();
        tokio::spawn(async move { core.call(name.into(), args).await })
    }

    /// Until the screens were told that the session has ended.
    fn hears_of_the_end(&self) {
        while !self.ended.recv_timeout(LONG).expect("the seat locks before the store answers") {}
    }

    async fn state(&self) -> String {
        let seat = self.call("seat", json!({})).await.unwrap();
        seat["state"]["is"].as_str().unwrap_or_default().to_owned()
    }

    /// Writes in the audit of which nobody has said what became of them.
    fn open_decisions(&self) -> i64 {
        let file = rusqlite::Connection::open(self.clinic.home().audit()).unwrap();
        file.query_row("SELECT count(*) FROM pending", [], |row| row.get(0)).unwrap()
    }

    async fn sign_in_again(&self) {
        self.call("unlock", json!({ "password": DEMO_PASSWORD })).await.unwrap();
    }

    async fn problems(&self) -> Vec<Value> {
        let chart = self.call("open_chart", json!({ "patient": self.anna })).await.unwrap();
        chart["problems"].as_array().unwrap().clone()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_seat_nobody_touches_locks_though_the_server_is_silent() {
    let window = Window::of_a_doctor().await;
    window.cable.line.die();
    let chart = window.beside("open_chart", json!({ "patient": window.anna }));
    sleep(Duration::from_millis(300)).await;
    assert!(!chart.is_finished(), "it waits for the server");
    window.clinic.clock.advance(Duration::from_mins(10));
    window.hears_of_the_end();
    assert_eq!(chart.await.unwrap().unwrap_err()["code"], "cancelled");
    assert_eq!(window.state().await, "locked");
    assert_eq!(window.call("open_chart", json!({ "patient": window.anna })).await.unwrap_err()["code"], "locked");
    window.cable.line.mend();
    window.sign_in_again().await;
    assert!(window.problems().await.is_empty());
    window.core.close();
}

#[tokio::test(flavor = "multi_thread")]
async fn who_locks_in_the_middle_of_a_save_is_locked_and_finds_what_was_saved() {
    let window = Window::of_a_doctor().await;
    let chart = window.call("open_chart", json!({ "patient": window.anna })).await.unwrap();
    window.clinic.server.state.faults.add(Fault::once(&["commitTransaction"], What::Silence).times(2));
    let bound = json!({ "handle": chart["handle"], "patient": window.anna });
    let save =
        window.beside("add_problem", json!({ "patient": window.anna, "window": bound, "problem": problem("Gout") }));
    while window.clinic.server.state.faults.happened() == 0 {
        sleep(Duration::from_millis(20)).await;
    }
    let seat = window.call("lock", json!({})).await.unwrap();
    assert_eq!(seat["state"]["is"], "locked");
    assert_eq!(save.await.unwrap().unwrap_err()["code"], "outcome_unknown");
    window.clinic.server.state.faults.clear();
    assert_eq!(window.open_decisions(), 1, "nobody knows yet");
    window.sign_in_again().await;
    assert_eq!(window.open_decisions(), 0, "it was found out");
    assert_eq!(window.problems().await.len(), 1, "saved once");
    window.core.close();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_operating_systems_lock_and_a_closed_window_wait_for_no_server() {
    let window = Window::of_a_doctor().await;
    window.cable.line.die();
    let search = window.beside("recent_patients", json!({}));
    let again = window.beside("open_chart", json!({ "patient": window.anna }));
    sleep(Duration::from_millis(100)).await;
    let core = window.core.clone();
    tokio::task::spawn_blocking(move || core.lock(LockCause::System)).await.unwrap();
    window.hears_of_the_end();
    drop((search.await.unwrap(), again.await.unwrap()));
    let sign_in = window.beside("unlock", json!({ "password": DEMO_PASSWORD }));
    sleep(Duration::from_millis(100)).await;
    let core = window.core.clone();
    tokio::task::spawn_blocking(move || core.close()).await.unwrap();
    assert!(sign_in.await.unwrap().is_err(), "the window is closed, and nothing waited for the server");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_goes_on_typing_while_the_server_is_silent_stays_signed_in() {
    let window = Window::of_a_doctor().await;
    window.cable.line.die();
    let chart = window.beside("open_chart", json!({ "patient": window.anna }));
    sleep(Duration::from_millis(100)).await;
    window.clinic.clock.advance(Duration::from_mins(9));
    let touch = window.beside("touch", json!({}));
    sleep(Duration::from_millis(100)).await;
    window.clinic.clock.advance(Duration::from_mins(9));
    sleep(Duration::from_millis(600)).await;
    assert!(!chart.is_finished(), "it still waits");
    window.cable.line.mend();
    assert!(chart.await.unwrap().is_ok());
    touch.await.unwrap().unwrap();
    assert_eq!(window.state().await, "open");
    window.core.close();
}
