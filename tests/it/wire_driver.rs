//! The official driver and our own server understand each other.

use crate::wire::faults::{Fault, What};
use crate::wire::proxy::Proxy;
use crate::wire::refusal::Refusal;
use crate::wire::tls::Authority;
use crate::wire::users::User;
use crate::wire::{Options, Server};
use bson::{Document, doc};
use mongodb::options::{ClientOptions, ReadConcern, WriteConcern};
use mongodb::{Client, Collection};
use std::time::Duration;

async fn client(uri: &str) -> Client {
    let mut options = ClientOptions::parse(uri).await.unwrap();
    options.server_selection_timeout = Some(Duration::from_secs(5));
    options.write_concern = Some(WriteConcern::majority());
    Client::with_options(options).unwrap()
}

async fn people(uri: &str) -> Collection<Document> {
    client(uri).await.database("wardseal").collection("people")
}

async fn all(people: &Collection<Document>) -> Vec<i32> {
    let mut cursor = people.find(doc! {}).batch_size(2).await.unwrap();
    let mut found = vec![];
    while cursor.advance().await.unwrap() {
        found.push(cursor.current().get_i32("_id").unwrap());
    }
    found
}

#[tokio::test]
async fn what_is_written_is_read_back_in_batches() {
    let server = Server::open();
    let people = people(&server.uri()).await;
    people.insert_many((0..7).map(|id| doc! { "_id": id, "n": 0 })).await.unwrap();
    assert_eq!(all(&people).await, [0, 1, 2, 3, 4, 5, 6]);
    let changed = people.update_one(doc! { "_id": 3 }, doc! { "$inc": { "n": 1 } }).await.unwrap();
    assert_eq!((changed.matched_count, changed.modified_count), (1, 1));
    assert_eq!(people.delete_one(doc! { "_id": 0 }).await.unwrap().deleted_count, 1);
    assert_eq!(people.count_documents(doc! { "n": 1 }).await.ok(), None, "no $group here");
    assert_eq!(people.find_one(doc! { "_id": 3 }).await.unwrap().unwrap().get_i32("n").unwrap(), 1);
    assert_eq!(server.state.cursors.count(), 0, "what was read to the end is gone");
    let taken = people.insert_one(doc! { "_id": 3 }).await.unwrap_err();
    assert!(taken.to_string().contains("11000"), "{taken}");
}

#[tokio::test]
async fn only_who_proves_a_password_or_a_certificate_comes_in() {
    let folder = tempfile::tempdir().unwrap();
    let authority = Authority::new();
    let tls = authority.server(folder.path());
    let front = doc! { "resource": { "db": "wardseal", "collection": "people" }, "actions": ["find"] };
    let users = vec![
        User::root("anna", "secret word"),
        User::with("reader", "r", "reads", vec![front]),
        User::root("", "").by_certificate("CN=station"),
    ];
    let server = Server::start(Options { tls: Some(tls), users, ..Options::default() });
    let anna = people(&server.uri_of("anna:secret%20word@", "")).await;
    anna.insert_one(doc! { "_id": 1 }).await.unwrap();
    for wrong in ["", "anna:wrong@", "nobody:secret@"] {
        assert!(people(&server.uri_of(wrong, "")).await.find_one(doc! {}).await.is_err(), "{wrong}");
    }
    let reader = people(&server.uri_of("reader:r@", "")).await;
    assert!(reader.find_one(doc! {}).await.unwrap().is_some());
    let refused = reader.insert_one(doc! { "_id": 2 }).await.unwrap_err();
    assert!(refused.to_string().contains("not authorized"), "{refused}");
    let file = authority.client(folder.path(), "station").display().to_string().replace('/', "%2F");
    let options = format!("&authMechanism=MONGODB-X509&authSource=%24external&tlsCertificateKeyFile={file}");
    assert!(people(&server.uri_of("", &options)).await.find_one(doc! {}).await.unwrap().is_some());
    let status = client(&server.uri_of("anna:secret%20word@", "")).await.database("admin");
    let status = status.run_command(doc! { "connectionStatus": 1, "showPrivileges": true }).await.unwrap();
    assert_eq!(status.get_document("authInfo").unwrap().get_array("authenticatedUsers").unwrap().len(), 1);
    assert!(server.state.users.remove("admin", "anna"));
    assert!(anna.find_one(doc! {}).await.is_err(), "access that was taken away is gone at once");
}

#[tokio::test]
async fn a_transaction_is_all_or_nothing_and_seen_by_others_at_its_end() {
    let server = Server::open();
    let client = client(&server.uri()).await;
    let people: Collection<Document> = client.database("wardseal").collection("people");
    people.insert_one(doc! { "_id": 0 }).await.unwrap();
    let mut session = client.start_session().await.unwrap();
    for (commit, expected) in [(false, vec![0]), (true, vec![0, 1, 2])] {
        session.start_transaction().read_concern(ReadConcern::snapshot()).await.unwrap();
        people.insert_one(doc! { "_id": 1 }).session(&mut session).await.unwrap();
        people.insert_one(doc! { "_id": 2 }).session(&mut session).await.unwrap();
        assert!(people.find_one(doc! { "_id": 2 }).session(&mut session).await.unwrap().is_some());
        assert_eq!(all(&people).await, [0], "nobody else sees it yet");
        if commit {
            session.commit_transaction().await.unwrap()
        } else {
            session.abort_transaction().await.unwrap()
        }
        assert_eq!(all(&people).await, expected);
    }
    session.start_transaction().await.unwrap();
    people.insert_one(doc! { "_id": 9 }).session(&mut session).await.unwrap();
    assert!(people.insert_one(doc! { "_id": 1 }).session(&mut session).await.is_err());
    assert!(session.commit_transaction().await.is_err(), "what failed in it has ended it");
    assert_eq!(all(&people).await, [0, 1, 2]);
}

#[tokio::test]
async fn a_transaction_that_nobody_ends_keeps_nobody_from_writing_for_long() {
    let server = Server::start(Options { lifetime: Duration::from_millis(200), ..Options::default() });
    let client = client(&server.uri()).await;
    let people: Collection<Document> = client.database("wardseal").collection("people");
    let mut session = client.start_session().await.unwrap();
    session.start_transaction().await.unwrap();
    people.insert_one(doc! { "_id": 1 }).session(&mut session).await.unwrap();
    people.insert_one(doc! { "_id": 2 }).await.unwrap();
    assert_eq!(all(&people).await, [2]);
    let late = session.commit_transaction().await.unwrap_err();
    assert!(late.to_string().contains("no such transaction"), "{late}");
}

#[tokio::test]
async fn a_write_whose_reply_was_lost_is_sent_again_and_done_once() {
    let server = Server::open();
    let people = people(&server.uri()).await;
    people.insert_one(doc! { "_id": 0, "n": 0 }).await.unwrap();
    let whats = [
        What::CutBefore,
        What::CutAfter,
        What::CutWithin,
        What::StepDown(Duration::from_millis(50)),
        What::StepDownAfter(Duration::from_millis(50)),
        What::Refuse(Refusal::new(262, "too slow")),
        What::Late(Duration::from_millis(20)),
    ];
    for (nth, what) in whats.into_iter().enumerate() {
        server.state.faults.add(Fault::once(&["update"], what.clone()));
        people.update_one(doc! { "_id": 0 }, doc! { "$inc": { "n": 1 } }).await.unwrap();
        let n = people.find_one(doc! { "_id": 0 }).await.unwrap().unwrap().get_i32("n").unwrap();
        assert_eq!(n, i32::try_from(nth).unwrap() + 1, "{what:?}");
    }
    assert_eq!(server.state.faults.happened(), 7);
    assert_eq!(server.state.retried(), 3, "three had been done already");
}

#[tokio::test]
async fn whoever_watches_hears_of_what_others_write_and_goes_on_after_a_cut() {
    let server = Server::open();
    let client = client(&server.uri()).await;
    let people: Collection<Document> = client.database("wardseal").collection("people");
    let mut watching = client.database("wardseal").watch().await.unwrap();
    people.insert_one(doc! { "_id": 1 }).await.unwrap();
    people.update_one(doc! { "_id": 1 }, doc! { "$set": { "n": 1 } }).await.unwrap();
    people.update_one(doc! { "n": 7 }, doc! { "$set": { "n": 1 } }).await.unwrap();
    server.state.faults.add(Fault::once(&["getMore"], What::CutBefore).after(1));
    people.delete_one(doc! { "n": 1 }).await.unwrap();
    let mut session = client.start_session().await.unwrap();
    session.start_transaction().await.unwrap();
    people.insert_one(doc! { "_id": 5 }).session(&mut session).await.unwrap();
    session.commit_transaction().await.unwrap();
    let mut heard = vec![];
    while heard.len() < 4 {
        if let Some(event) = watching.next_if_any().await.unwrap() {
            let id = event.document_key.unwrap().get_i32("_id").unwrap();
            heard.push((format!("{:?}", event.operation_type), id));
        }
    }
    let heard: Vec<_> = heard.iter().map(|(kind, id)| (kind.as_str(), *id)).collect();
    assert_eq!(heard, [("Insert", 1), ("Update", 1), ("Delete", 1), ("Insert", 5)]);
}

#[tokio::test]
async fn a_cable_that_is_pulled_and_put_back_is_noticed() {
    let server = Server::open();
    let proxy = Proxy::before(server.address);
    let uri = format!("mongodb://{}/?directConnection=true&retryWrites=true", proxy.at());
    let people = people(&uri).await;
    people.insert_one(doc! { "_id": 0 }).await.unwrap();
    proxy.line.cut();
    people.insert_one(doc! { "_id": 1 }).await.unwrap();
    proxy.line.die();
    let waiting = tokio::time::timeout(Duration::from_millis(200), people.insert_one(doc! { "_id": 2 })).await;
    assert!(waiting.is_err(), "half open: nobody answers");
    proxy.line.mend();
    people.insert_one(doc! { "_id": 3 }).await.unwrap();
    assert!(all(&people).await.contains(&3));
}
