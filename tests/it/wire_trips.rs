//! How often a use case goes to the server and back, counted by the server.

use crate::clinic_day::{patient, problem};
use crate::wire::Server;
use crate::wire::faults::{Fault, What};
use crate::wire_clinic::{CALM, WireClinic, called, chart};
use std::collections::BTreeMap;
use std::time::Duration;
use uuid::Uuid;
use wardseal::app::views::SavedProblem;
use wardseal::app::{AddProblem, EditProblem, OpenChart, SearchPatients, Workstation};
use wardseal::record::{Content, Item};

/// What a use case sends.
#[derive(Debug, Default, PartialEq, Eq)]
struct Trips(BTreeMap<String, u64>);

impl Trips {
    async fn of<T>(server: &Server, work: impl Future<Output = T>) -> (T, Self) {
        let before = server.state.heard.counts();
        let done = work.await;
        let mut after = server.state.heard.counts();
        after.retain(|name, count| {
            *count -= before.get(name).copied().unwrap_or(0);
            // Somebody watches beside the work.
            *count > 0 && !["getMore", "killCursors"].contains(&name.as_str())
        });
        (done, Self(after))
    }

    fn sum(&self) -> u64 {
        self.0.values().sum()
    }
}

/// How much later every answer comes.
const LATE: Duration = Duration::from_millis(40);

/// How often a use case waits: what is asked at once is waited for once. Told by a server that is always late; printed,
/// since a busy machine adds to it.
async fn waits(clinic: &WireClinic, seat: &mut Workstation, patient: Uuid) {
    clinic.server.state.faults.add(Fault::once(&[], What::Late(LATE)).times(u64::MAX));
    let started = || tokio::time::Instant::now();
    let told = |name: &str, from: tokio::time::Instant| {
        println!("{name}: waits {:.1} times", from.elapsed().as_secs_f64() / LATE.as_secs_f64());
    };
    let from = started();
    seat.perform(SearchPatients::page("\"Smith\"", 0, 50)).await.unwrap();
    told("search", from);
    let from = started();
    seat.perform(OpenChart { patient }).await.unwrap();
    told("open", from);
    let from = started();
    seat.perform(AddProblem { patient, problem: problem("Cough") }).await.unwrap();
    told("add", from);
    clinic.server.state.faults.clear();
}

#[tokio::test]
async fn the_server_counts_how_often_each_use_case_asks_it() {
    let clinic = WireClinic::found(CALM).await;
    let items = || ["Asthma", "Gout"].map(|text| Item::new(Content::Problem(problem(text)))).to_vec();
    let people: Vec<_> = (0..60).map(|n| (patient("Smith", &format!("Anna{n}"), "1968-04-12"), items())).collect();
    let server = &clinic.server;
    let ((), import) = Trips::of(server, clinic.register("test", people)).await;
    let mut seat = clinic.seat().await;
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
        println!("{name}: {} round trips: {:?}", trips.sum(), trips.0);
    }
    waits(&clinic, &mut seat, anna).await;
    assert!(
        import.0.get("insert").copied().unwrap_or(0) + import.0.get("bulkWrite").copied().unwrap_or(0) < 20,
        "in bulk"
    );
}
