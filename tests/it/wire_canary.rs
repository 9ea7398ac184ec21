//! A day at a workstation whose store is behind a socket, with words that nobody else uses and somebody who listens to
//! the wire: neither there, nor on the server's disk, nor in its log is one of these words; and what is a key to the
//! server's counters passes only inside the payloads of commands.

use crate::canary::{scan, scan_bytes};
use crate::guard_canary::{Words, work};
use crate::guard_tokens;
use crate::wire::proxy::Proxy;
use crate::wire::{Server, message};
use crate::wire_clinic::{CALM, WireClinic};
use crate::world::{World, sign_in};
use bson::spec::BinarySubtype;
use bson::{Bson, Document};
use std::collections::HashSet;
use wardseal::app::TendStore;

/// What was heard.
struct Capture {
    up: Vec<Vec<u8>>,
    down: Vec<Vec<u8>>,
}

impl Capture {
    /// Every command that was sent, as it stood on the wire.
    async fn commands(&self) -> Vec<Document> {
        let mut commands = vec![];
        for connection in &self.up {
            let mut rest = &connection[..];
            while let Ok(Some(request)) = message::read(&mut rest).await {
                commands.push(Document::try_from(request.command).unwrap());
            }
            assert!(rest.is_empty(), "the capture is whole");
        }
        commands
    }
}

/// A value without what is inside payloads, and without tokens for compaction.
fn without_payloads(value: Bson) -> Bson {
    match value {
        Bson::Document(inner) => {
            let kept = inner.into_iter().filter(|(name, _)| !name.ends_with("Tokens"));
            kept.map(|(name, value)| (name, without_payloads(value))).collect::<Document>().into()
        }
        Bson::Array(items) => items.into_iter().map(without_payloads).collect(),
        Bson::Binary(payload)
            if payload.subtype == BinarySubtype::Encrypted && [11, 12, 13, 18].contains(&payload.bytes[0]) =>
        {
            Bson::Null
        }
        other => other,
    }
}

fn holds(bytes: &[u8], tokens: &HashSet<[u8; 32]>) -> bool {
    let starts: HashSet<&[u8]> = tokens.iter().map(|token| &token[..16]).collect();
    bytes.windows(16).any(|window| starts.contains(window))
}

async fn day() -> (Server, Capture, Words) {
    let server = Server::open();
    let proxy = Proxy::before(server.address);
    proxy.line.keep();
    let mut clinic = WireClinic::found_through(server, &proxy, CALM).await;
    let seat = clinic.seat().await;
    let folder = std::mem::replace(&mut clinic.folder, tempfile::tempdir().unwrap());
    let mut world = World { folder, keychain: clinic.keychain.clone(), clock: clinic.clock.clone(), seat };
    let mut words = Words::default();
    work(&mut world, &mut words).await;
    sign_in(&mut world.seat, "osei").await;
    for cleanup in [false, true] {
        world.seat.perform(TendStore { cleanup, most: None }).await.unwrap();
    }
    drop(world);
    let take = |kept: &std::sync::Mutex<Vec<Vec<u8>>>| std::mem::take(&mut *kept.lock().unwrap());
    // What is still on its way belongs to it.
    drop(tokio::time::timeout(std::time::Duration::from_millis(300), std::future::pending::<()>()).await);
    let capture = Capture { up: take(&proxy.line.up), down: take(&proxy.line.down) };
    (clinic.server, capture, words)
}

#[tokio::test]
async fn no_word_passes_the_wire_and_tokens_pass_inside_payloads_only() {
    let (server, capture, words) = day().await;
    let words: Vec<&str> = words.0.iter().map(String::as_str).collect();
    let bytes = |all: &[Vec<u8>]| all.iter().map(Vec::len).sum::<usize>();
    assert!(words.len() > 250 && bytes(&capture.up) > 100_000 && bytes(&capture.down) > 50_000);
    for heard in capture.up.iter().chain(&capture.down) {
        assert_eq!(scan_bytes(heard, &words), []);
    }
    assert_eq!(scan(server.folder(), &words), [], "the server's disk");

    let commands = capture.commands().await;
    let mut tokens = HashSet::new();
    for command in &commands {
        guard_tokens::tokens_in(&Bson::Document(command.clone()), &mut tokens);
    }
    assert!(tokens.len() > 200, "only {} tokens were sent", tokens.len());
    for command in commands.iter().cloned() {
        let Bson::Document(rest) = without_payloads(command.into()) else { unreachable!() };
        let name = rest.keys().next().unwrap().clone();
        assert!(!holds(&rest.to_vec().unwrap(), &tokens), "{name} holds a token outside of its payloads");
    }
    assert!(capture.down.iter().all(|heard| !holds(heard, &tokens)), "the server sends none");
    let tokens: Vec<Vec<u8>> = tokens.into_iter().map(Vec::from).collect();
    let mut files = vec![];
    guard_tokens::below(server.folder(), &mut files);
    let disk: usize = files.iter().map(|file| guard_tokens::scan(file, &tokens)).sum();
    println!(
        "{} words and {} tokens looked for in {} + {} bytes of wire and {disk} bytes of the server's {} files",
        words.len(),
        tokens.len(),
        bytes(&capture.up),
        bytes(&capture.down),
        files.len(),
    );
}
