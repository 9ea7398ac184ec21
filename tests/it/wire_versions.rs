//! Older servers, as our own pretends to be them: they are sent only what they know, and a clinic with deterministic values
//! works there as anywhere.

use crate::clinic_day::{patient, problem};
use crate::store_conformance::Backend;
use crate::wire::faults::{Fault, What};
use crate::wire::refusal::Refusal;
use crate::wire::{Options, Server};
use crate::wire_clinic::{CALM, WireClinic, called, chart};
use bson::doc;
use wardseal::app::views::SavedProblem;
use wardseal::app::{AddProblem, EditProblem};
use wardseal::store::atlas::{Address, Atlas, Note};
use wardseal::store::{Store, StoreError, insert, raw, update};

fn server(version: &str) -> Server {
    Server::start(Options { version: version.to_owned(), ..Options::default() })
}

async fn store(server: &Server) -> Atlas {
    Atlas::open_with(&Address::loopback_for_tests(&server.uri()), CALM).await.unwrap()
}

macro_rules! conforms_on {
    ($($name:ident $version:literal),* $(,)?) => {$(
        mod $name {
            use super::*;
            use crate::store_clear as sentences;

            async fn there() -> Backend {
                let server = server($version);
                let store = store(&server).await;
                Backend::Wire(Box::new(store), server)
            }

            #[tokio::test]
            async fn an_id_is_taken_once() {
                sentences::an_id_is_taken_once(there().await).await;
            }

            #[tokio::test]
            async fn two_windows_saving_the_same_record_conflict() {
                sentences::two_windows_saving_the_same_record_conflict(there().await).await;
            }

            #[tokio::test]
            async fn a_write_that_names_the_lack_of_a_revision_is_fenced_too() {
                sentences::a_write_that_names_the_lack_of_a_revision_is_fenced_too(there().await).await;
            }

            #[tokio::test]
            async fn modifiers_change_what_they_name() {
                sentences::modifiers_change_what_they_name(there().await).await;
            }
        }
    )*};
}

conforms_on! { on_7_0 "7.0.5", on_8_0 "8.0.4", on_8_2 "8.2.11" }

/// A day's work on a server of this version: what it is told to be able to do, and whether a save was one command.
async fn day_on(version: &str) -> (Note, bool) {
    let clinic = WireClinic::found_deterministic(server(version), CALM).await;
    clinic.register("test", vec![(patient("Smith", "Anna", "1968-04-12"), vec![])]).await;
    let mut seat = clinic.seat_of("osei").await;
    let anna = called(&mut seat, "Smith").await[0];
    let before = clinic.server.state.heard.counts();
    let added = seat.perform(AddProblem { patient: anna, problem: problem("Fever") }).await.unwrap();
    let SavedProblem::Saved { saved } = added else { panic!("it is new") };
    let edit = EditProblem { patient: anna, item: saved.item, rev: saved.rev, problem: problem("High fever") };
    assert!(matches!(seat.perform(edit).await.unwrap(), SavedProblem::Saved { .. }));
    let sent = clinic.server.state.heard.since(&before);
    assert_eq!(chart(&mut seat, anna).await.problems.unwrap()[0].problem.text, "High fever");
    let note = store(&clinic.server).await.abilities().unwrap().notes()[1];
    (note, sent.contains_key("bulkWrite") && !sent.contains_key("update"))
}

#[tokio::test]
async fn a_clinic_works_on_every_line_of_servers_and_each_is_sent_what_it_knows() {
    assert_eq!(day_on("7.0.5").await, (Note::NoRanges, false));
    assert_eq!(day_on("8.0.4").await, (Note::NoStarts, true));
    assert_eq!(day_on("8.2.11").await, (Note::StartsPreview, true));
}

#[tokio::test]
async fn a_server_that_refuses_the_command_it_should_know_is_sent_each_write_alone() {
    let server = server("8.2.11");
    let store = store(&server).await;
    server.state.faults.add(Fault::once(&["bulkWrite"], What::Refuse(Refusal::new(40_415, "an unknown field"))));
    let count = doc! { "$inc": { "n": 1 } };
    let save = |id: i32| {
        let first = insert("versions", vec![doc! { "_id": id }]);
        vec![raw(&first).unwrap(), raw(&update("items", doc! { "_id": 1, "rev": 1 }, count.clone())).unwrap()]
    };
    store.run(raw(&insert("items", vec![doc! { "_id": 1, "rev": 1, "n": 0 }])).unwrap()).await.unwrap();
    store.run_all(save(1)).await.unwrap();
    store.run_all(save(2)).await.unwrap();
    assert_eq!(server.state.heard.counts()["bulkWrite"], 1, "it isn't asked again");
    // A key that is taken undoes the whole of it, and so does a revision that somebody else has moved on.
    assert!(matches!(store.run_all(save(2)).await, Err(StoreError::Conflict)));
    let found = wardseal::store::find_documents(&store, "items", doc! { "_id": 1 }, None).await.unwrap();
    assert_eq!(found[0].get_i32("n").unwrap(), 2, "once each");
}
