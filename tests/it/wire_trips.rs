//! How often a use case goes to the server and back, counted by the server.

use crate::clinic_day::{patient, problem};
use crate::wire::Server;
use crate::wire::faults::{Fault, What};
use crate::wire_clinic::{CALM, WireClinic, called, chart};
use std::collections::BTreeMap;
use std::time::Duration;
use wardseal::app::views::SavedProblem;
use wardseal::app::{AddProblem, EditProblem, OpenChart, SearchPatients};
use wardseal::record::{Content, Item};

/// What a use case sends, and how often it waits: what is asked at once is waited for once.
struct Trips {
    commands: BTreeMap<String, u64>,
    turns: u64,
}

impl Trips {
    async fn of<T>(server: &Server, work: impl Future<Output = T>) -> (T, Self) {
        let heard = &server.state.heard;
        let before = heard.counts();
        heard.watch_turns();
        let done = work.await;
        (done, Self { turns: heard.turns(), commands: heard.since(&before) })
    }

    fn sum(&self) -> u64 {
        self.commands.values().sum()
    }
}

/// How much later every answer comes, so that what is asked at once overlaps.
const LATE: Duration = Duration::from_millis(40);

#[tokio::test]
async fn the_server_counts_how_often_each_use_case_asks_it() {
    let clinic = WireClinic::found(CALM).await;
    let items = || ["Asthma", "Gout"].map(|text| Item::new(Content::Problem(problem(text)))).to_vec();
    let people: Vec<_> = (0..60).map(|n| (patient("Smith", &format!("Anna{n}"), "1968-04-12"), items())).collect();
    let server = &clinic.server;
    let ((), import) = Trips::of(server, clinic.register("test", people)).await;
    let mut seat = clinic.seat().await;
    server.state.faults.add(Fault::once(&[], What::Late(LATE)).times(u64::MAX));
    let ((), sign_in) = Trips::of(server, crate::world::sign_in(&mut seat, "osei")).await;
    let search = SearchPatients::page("\"Smith\"", 0, 50);
    let (page, search) = Trips::of(server, seat.perform(search)).await;
    assert_eq!(page.unwrap().rows.len(), 50);
    let anna = called(&mut seat, "Smith").await[0];
    let (opened, open) = Trips::of(server, seat.perform(OpenChart { patient: anna })).await;
    opened.unwrap();
    let add = AddProblem { patient: anna, problem: problem("Fever") };
    let (added, add) = Trips::of(server, seat.perform(add)).await;
    let SavedProblem::Saved { saved } = added.unwrap() else { panic!("it is new") };
    let edit = EditProblem { patient: anna, item: saved.item, rev: saved.rev, problem: problem("High fever") };
    let (edited, edit) = Trips::of(server, seat.perform(edit)).await;
    assert!(matches!(edited.unwrap(), SavedProblem::Saved { .. }));
    assert_eq!(chart(&mut seat, anna).await.problems.unwrap().len(), 3);
    for (name, trips) in [
        ("import of 60", &import),
        ("sign in", &sign_in),
        ("search", &search),
        ("open", &open),
        ("add", &add),
        ("edit", &edit),
    ] {
        println!("{name}: {} commands, {} round trips in turn: {:?}", trips.sum(), trips.turns, trips.commands);
    }
    let bulk = |trips: &Trips| ["insert", "bulkWrite"].iter().filter_map(|name| trips.commands.get(*name)).sum::<u64>();
    assert!(bulk(&import) < 20, "in bulk");
    // A search asks for the keys of those it found: they lie apart from the records. What is saved is one command and its
    // commit, after who may and what stands there.
    for (name, trips, commands) in [("search", &search, 3), ("open", &open, 6), ("add", &add, 6), ("edit", &edit, 6)] {
        assert!(trips.sum() <= commands, "{name}: {:?}", trips.commands);
    }
    for save in [&add, &edit] {
        assert_eq!((save.commands["bulkWrite"], save.commands["commitTransaction"]), (1, 1));
    }
}
