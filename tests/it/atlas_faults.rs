//! What breaks between a workstation and a server that isn't ours, SecantusDB with TLS and SCRAM: told by its fail points
//! or done by whoever sits on the line. No write that was acknowledged is lost or doubled.

use crate::atlas_peer::{Turn, turn};
use crate::clinic_day::{patient, problem};
use crate::wire::proxy::Proxy;
use crate::wire_clinic::{HURRIED, called};
use crate::world::{MORNING, sign_in};
use mongodb::bson::{Document, doc};
use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinHandle;
use tokio::time::sleep;
use uuid::Uuid;
use wardseal::app::demo_clinic::{found_demo_as, resources};
use wardseal::app::views::{ChartView, SavedProblem};
use wardseal::app::{AddProblem, Code, EditProblem, Failure, Home, OpenChart, SearchPatients, Workstation};
use wardseal::clock::ManualClock;
use wardseal::crypt::Profile;
use wardseal::keys::{MemoryKeychain, SlotCost};
use wardseal::record::{Content, Item};
use wardseal::store::Store;
use wardseal::store::atlas::Atlas;

/// How many kinds of fault.
const KINDS: u64 = 17;
/// The one where two bring in the same person at once, so that a key is taken.
const TWICE: u64 = 9;

/// Whoever sits between, and the clinic behind.
struct Ward {
    turn: Turn,
    line: Proxy,
    _folder: tempfile::TempDir,
    home: Home,
    keychain: Arc<MemoryKeychain>,
    clock: Arc<ManualClock>,
}

impl Ward {
    async fn found() -> Option<Self> {
        let turn = turn().await?;
        let port: u16 = turn.uri().split("localhost:").nth(1)?.split('/').next()?.parse().ok()?;
        let line = Proxy::before(SocketAddr::from(([127, 0, 0, 1], port)));
        let folder = tempfile::tempdir().unwrap();
        let (home, keychain) = (Home::at(folder.path().join("home")), Arc::new(MemoryKeychain::new()));
        home.create().unwrap();
        let ward = Self { turn, line, _folder: folder, home, keychain, clock: Arc::new(ManualClock::at(MORNING)) };
        let (store, clock) = (ward.store().await, ward.clock.as_ref());
        let profile = Profile::Deterministic;
        let keychain = ward.keychain.as_ref();
        found_demo_as(profile, &ward.home, keychain, store.as_ref(), clock, SlotCost::CHEAP).await.unwrap();
        Some(ward)
    }

    async fn store(&self) -> Arc<dyn Store> {
        let (before, after) = self.turn.uri().split_once("localhost:").unwrap();
        let after = after.split_once('/').unwrap().1;
        let uri = format!("{before}localhost:{}/{after}", self.line.address.port());
        Arc::new(Atlas::open_with(&self.turn.address_of(&uri), HURRIED).await.unwrap())
    }

    async fn seat_of(&self, username: &str) -> Workstation {
        let store = self.store().await;
        let opened =
            Workstation::open_on(self.home.clone(), self.keychain.clone(), self.clock.clone(), |_| Ok(store)).await;
        let mut seat = opened.unwrap();
        sign_in(&mut seat, username).await;
        seat
    }

    /// The server does this to the next such command.
    async fn fails(&self, commands: &[&str], how: Document) {
        let mut data = doc! { "failCommands": commands };
        data.extend(how);
        let point = doc! { "configureFailPoint": "failCommand", "mode": { "times": 1 }, "data": data };
        self.turn.admin().await.database("admin").run_command(point).await.unwrap();
    }

    /// What broke has happened, and nothing breaks any more.
    async fn calm(&self, broken: Option<JoinHandle<()>>) {
        if let Some(broken) = broken {
            broken.await.unwrap();
        }
        self.line.line.delay(Duration::ZERO);
        self.line.line.mend();
        let admin = self.turn.admin().await.database("admin");
        drop(admin.run_command(doc! { "configureFailPoint": "failCommand", "mode": "off" }).await);
        for _ in 0..100 {
            let hello = admin.run_command(doc! { "hello": 1 }).await;
            if hello.is_ok_and(|hello| hello.get_bool("isWritablePrimary").unwrap_or(false)) {
                return;
            }
            sleep(Duration::from_millis(50)).await;
        }
        panic!("the server is no primary again");
    }

    /// The nth thing that goes wrong; each strikes in the middle, since a use case takes longer than the line's delay.
    async fn breaks(&self, nth: u64) -> Option<JoinHandle<()>> {
        let line = self.line.line.clone();
        let (transient, commit, write) =
            (["TransientTransactionError"], ["commitTransaction"], ["bulkWrite", "insert"]);
        match nth % KINDS {
            0 => self.fails(&commit, doc! { "closeConnection": true }).await,
            1 => self.fails(&write, doc! { "closeConnection": true }).await,
            2 => self.fails(&write, doc! { "errorCode": 112, "errorLabels": transient }).await,
            3 => self.fails(&write, doc! { "errorCode": 189, "errorLabels": transient }).await,
            4 => self.fails(&commit, doc! { "blockConnection": true, "blockTimeMS": 1_200 }).await,
            5 => self.fails(&commit, doc! { "writeConcernError": { "code": 64, "errmsg": "x" } }).await,
            6 => self.fails(&["find"], doc! { "errorCode": 10_107 }).await,
            7 => self.fails(&["find"], doc! { "closeConnection": true }).await,
            // The cursor was killed; the key is taken, since somebody else writes the same; the write takes longer than
            // anybody waits.
            8 => self.fails(&["find"], doc! { "errorCode": 43 }).await,
            TWICE => line.delay(Duration::from_millis(15)),
            10 => self.fails(&write, doc! { "blockConnection": true, "blockTimeMS": 1_900 }).await,
            11 => self.fails(&commit, doc! { "errorCode": 251, "errorLabels": transient }).await,
            12 => line.delay(Duration::from_millis(15)),
            13 => return Some(self.orders(nth, doc! { "replSetStepDown": 1, "force": true }).await),
            14 => return Some(self.orders(nth, doc! { "killAllSessions": [] }).await),
            15 => {
                line.delay(Duration::from_millis(15));
                return Some(tokio::spawn(async move {
                    sleep(Duration::from_millis(30 + nth % 90)).await;
                    line.cut();
                }));
            }
            _ => {
                line.delay(Duration::from_millis(15));
                return Some(tokio::spawn(async move {
                    sleep(Duration::from_millis(20 + nth % 90)).await;
                    line.die();
                    sleep(Duration::from_millis(900)).await;
                    line.mend();
                }));
            }
        }
        None
    }

    /// The server is told to do this in the middle of what comes next.
    async fn orders(&self, nth: u64, command: Document) -> JoinHandle<()> {
        self.line.line.delay(Duration::from_millis(15));
        let admin = self.turn.admin().await;
        tokio::spawn(async move {
            sleep(Duration::from_millis(20 + nth % 90)).await;
            drop(admin.database("admin").run_command(command).await);
        })
    }

    /// A newcomer with two problems comes in while something breaks; who isn't told that they were stored sends them again.
    async fn newcomer(&self, nth: u64, reader: &mut Workstation) -> &'static str {
        let surname = format!("Newcomer{nth}");
        let incoming = || {
            let items = ["Asthma", "Gout"].map(|text| Item::new(Content::Problem(problem(text)))).into();
            resources("later", &surname, patient(&surname, "Lena", "1999-09-09"), items, &["main"])
        };
        let mut seat = self.seat_of("import").await;
        let mut twin = if nth % KINDS == TWICE { Some(self.seat_of("import").await) } else { None };
        let broken = self.breaks(nth).await;
        let other = async {
            if let Some(twin) = &mut twin {
                drop(twin.import(incoming(), |_| ControlFlow::Continue(())).await);
            }
        };
        let (done, ()) = tokio::join!(seat.import(incoming(), |_| ControlFlow::Continue(())), other);
        self.calm(broken).await;
        let mut again = None;
        for _ in 0..30 {
            again = seat.import(incoming(), |_| ControlFlow::Continue(())).await.ok();
            if again.is_some() {
                break;
            }
            sleep(Duration::from_millis(200)).await;
        }
        let again = again.expect("the server answers again");
        assert!(done.is_err() || (again.new, again.changed) == (0, 0), "it was there already, it said");
        let found = found(reader, &surname).await;
        assert_eq!(found.len(), 1, "once");
        assert_eq!(shown(reader, found[0]).await.problems.unwrap().len(), 2);
        done.map_or_else(|failure| failure.code.word(), |_| "done")
    }
}

/// Those with this surname, asked for until the server has come to itself.
async fn found(seat: &mut Workstation, surname: &str) -> Vec<Uuid> {
    for _ in 0..30 {
        match seat.perform(SearchPatients::page(format!("\"{surname}\""), 0, 10)).await {
            Ok(page) => return page.rows.iter().map(|row| row.patient).collect(),
            Err(failure) => assert!(matches!(failure.code, Code::StoreUnreachable | Code::StoreBusy), "{failure}"),
        }
        sleep(Duration::from_millis(200)).await;
    }
    panic!("the server answers again")
}

/// The chart, asked for until the server has come to itself, as a person would.
async fn shown(seat: &mut Workstation, patient: Uuid) -> ChartView {
    for _ in 0..30 {
        match seat.perform(OpenChart { patient }).await {
            Ok(chart) => return chart,
            Err(failure) => assert!(matches!(failure.code, Code::StoreUnreachable | Code::StoreBusy), "{failure}"),
        }
        sleep(Duration::from_millis(200)).await;
    }
    panic!("the server answers again")
}

/// What was told to be stored, and what may be.
#[derive(Default)]
struct Told {
    problems: BTreeMap<String, (Uuid, i64)>,
    doubtful: BTreeSet<String>,
    ends: BTreeMap<String, u64>,
}

impl Told {
    fn hear(&mut self, words: String, answer: Result<SavedProblem, Failure>) {
        let end = match answer {
            Ok(SavedProblem::Saved { saved }) => {
                self.problems.insert(words, (saved.item, saved.rev));
                "done"
            }
            Ok(SavedProblem::Conflict { .. }) => panic!("nobody else writes: our own write was done twice"),
            Err(failure) => {
                let known = [Code::StoreUnreachable, Code::StoreBusy, Code::Conflict].contains(&failure.code);
                assert!(known || failure.code == Code::OutcomeUnknown, "{words}: {failure}");
                self.doubtful.extend((!known).then_some(words));
                failure.code.word()
            }
        };
        *self.ends.entry(end.to_owned()).or_default() += 1;
    }

    async fn compare(&mut self, seat: &mut Workstation, anna: Uuid) {
        let chart = shown(seat, anna).await;
        let stored: Vec<_> =
            chart.problems.unwrap().into_iter().map(|one| (one.problem.text, (one.item, one.rev))).collect();
        let by_words: BTreeMap<String, (Uuid, i64)> = stored.iter().cloned().collect();
        assert_eq!(by_words.len(), stored.len(), "nothing is there twice");
        for (words, place) in &self.problems {
            assert_eq!(by_words.get(words), Some(place), "{words} is lost");
        }
        for (words, place) in by_words {
            assert!(
                self.problems.contains_key(&words) || self.doubtful.contains(&words),
                "{words} was refused, it said"
            );
            self.problems.insert(words, place);
        }
        self.doubtful.clear();
    }
}

#[tokio::test]
async fn no_acknowledged_write_is_lost_or_doubled_on_a_server_that_isnt_ours() {
    let number = |name: &str| std::env::var(name).ok().and_then(|n| n.parse().ok());
    let rounds: u64 = number("WARDSEAL_FAULTS").unwrap_or(KINDS);
    let Some(ward) = Ward::found().await else { return };
    let mut import = ward.seat_of("import").await;
    let incoming = resources("test", "1", patient("Smith", "Anna", "1968-04-12"), vec![], &["main"]);
    import.import(incoming, |_| std::ops::ControlFlow::Continue(())).await.unwrap();
    let mut seat = ward.seat_of("osei").await;
    let anna = called(&mut seat, "Smith").await[0];
    let mut told = Told::default();
    for nth in 0..rounds {
        // Every kind of fault meets every kind of write: the fourth time round they are one further.
        if nth % KINDS == TWICE || (nth + nth / KINDS) % 4 == 3 {
            let end = ward.newcomer(nth, &mut seat).await;
            *told.ends.entry(format!("import {end}")).or_default() += 1;
            continue;
        }
        let words = format!("round {nth}");
        let broken = ward.breaks(nth).await;
        let edited = if nth % 3 == 2 { told.problems.pop_last() } else { None };
        let answer = match edited {
            None => seat.perform(AddProblem { patient: anna, problem: problem(&words) }).await,
            Some((before, (item, rev))) => {
                let edit = EditProblem { patient: anna, item, rev, problem: problem(&words) };
                let answer = seat.perform(edit).await;
                if answer.is_err() {
                    told.doubtful.insert(before);
                    told.doubtful.insert(words.clone());
                }
                answer
            }
        };
        ward.calm(broken).await;
        told.hear(words, answer);
        if nth % 5 == 4 {
            told.compare(&mut seat, anna).await;
        }
    }
    told.compare(&mut seat, anna).await;
    let mut again = ward.seat_of("osei").await;
    told.compare(&mut again, anna).await;
    println!("{rounds} faults of {KINDS} kinds on another server: {:?}", told.ends);
}
