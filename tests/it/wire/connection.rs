//! One client's connection.

use super::answer::{head, of_documents, raw, with_concern_error};
use super::faults::What;
use super::message::{self, Request};
use super::refusal::Refusal;
use super::scram::Conversation;
use super::state::State;
use super::{admin, changes};
use bson::{Document, RawDocument, RawDocumentBuf, doc, rawdoc};
use std::io::Result;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};

/// Who is at the other end.
pub struct Peer {
    pub id: i32,
    /// Database and name.
    pub user: Option<(String, String)>,
    /// A sign-in that isn't finished, and its database.
    pub conversation: Option<(Conversation, String)>,
    /// Subject of the certificate it has shown.
    pub subject: Option<String>,
    replies: i32,
}

impl Peer {
    pub fn new(id: i32, subject: Option<String>) -> Self {
        Self { id, user: None, conversation: None, subject, replies: 0 }
    }
}

/// Serves until the client goes or a fault ends it.
pub async fn serve(state: Arc<State>, mut stream: impl AsyncRead + AsyncWrite + Unpin, mut peer: Peer) -> Result<()> {
    while let Some(request) = message::read(&mut stream).await? {
        state.heard.note(&request.command);
        let (name, _) = head(&request.command);
        if matches!(name, "hello" | "isMaster" | "ismaster") {
            greet(&state, &mut stream, &mut peer, &request).await?;
            continue;
        }
        let fault = state.faults.strike(name);
        match &fault {
            Some(What::CutBefore) => return Ok(()),
            Some(What::Deaf) => continue,
            _ => {}
        }
        let asked = state.heard.tick();
        let reply = answer(&state, &mut peer, &request.command, fault.as_ref()).await;
        state.heard.answered(&request.command, asked);
        match &fault {
            Some(What::CutAfter) => return Ok(()),
            Some(What::Silence) => continue,
            _ if request.unacknowledged => continue,
            _ => {}
        }
        let bytes = framed(&mut peer, &request, request.id, &reply, false);
        if matches!(fault, Some(What::CutWithin)) {
            return message::write(&mut stream, &bytes[..bytes.len() / 2]).await;
        }
        message::write(&mut stream, &bytes).await?;
    }
    Ok(())
}

fn framed(peer: &mut Peer, request: &Request, to: i32, reply: &RawDocument, more: bool) -> Vec<u8> {
    peer.replies += 1;
    message::reply(request, peer.replies, to, reply, more)
}

/// The greeting; a client that knows our state already waits until it changes, and hears of every change after that.
async fn greet(
    state: &State,
    stream: &mut (impl AsyncRead + AsyncWrite + Unpin),
    peer: &mut Peer,
    request: &Request,
) -> Result<()> {
    let command = Document::try_from(request.command.clone()).unwrap_or_default();
    let wait = super::cursors::number(&request.command, "maxAwaitTimeMS").and_then(|ms| u64::try_from(ms).ok());
    let mut known = command.get_document("topologyVersion").ok().and_then(|one| one.get_i64("counter").ok());
    let mut to = request.id;
    loop {
        if let (Some(known), Some(ms)) = (known, wait) {
            let mut topology = state.topology.subscribe();
            let changed = topology.wait_for(|now| now.counter != known);
            drop(tokio::time::timeout(Duration::from_millis(ms), changed).await);
        }
        let mut hello = state.hello(peer.id);
        if let Ok(asked) = command.get_document("speculativeAuthenticate")
            && let Ok(answer) = admin::sign_in(state, peer, asked)
        {
            hello.insert("speculativeAuthenticate", answer);
        }
        if let Ok(asked) = command.get_str("saslSupportedMechs") {
            let known = asked.split_once('.').and_then(|(db, name)| state.users.find(db, name)).is_some();
            if known {
                hello.insert("saslSupportedMechs", vec!["SCRAM-SHA-256"]);
            }
        }
        known = hello.get_document("topologyVersion").ok().and_then(|one| one.get_i64("counter").ok());
        let more = request.exhaust && wait.is_some();
        message::write(stream, &framed(peer, request, to, &raw(&hello), more)).await?;
        to = peer.replies;
        if !more {
            return Ok(());
        }
    }
}

async fn answer(state: &Arc<State>, peer: &mut Peer, command: &RawDocumentBuf, fault: Option<&What>) -> RawDocumentBuf {
    let (name, collection) = head(command);
    let refused = match fault {
        Some(What::Refuse(refusal)) => Some(refusal.clone()),
        Some(What::StepDown(time)) => {
            state.step_down(*time);
            Some(state.not_primary())
        }
        _ => None,
    };
    match fault {
        Some(What::Late(time)) => tokio::time::sleep(*time).await,
        Some(What::KillCursors) => state.cursors.kill_all(),
        _ => {}
    }
    let done = match (refused, fault) {
        (Some(refusal), _) => Err(refusal),
        (None, Some(What::Partial(refusal))) => partly(state, peer, command, refusal).await,
        (None, _) => run(state, peer, command).await,
    };
    let done = match (done, fault) {
        (Ok(_), Some(What::StepDownAfter(time))) => {
            state.step_down(*time);
            Err(state.not_primary())
        }
        (Ok(reply), Some(What::WriteConcern(code))) => Ok(with_concern_error(reply, *code)),
        (done, _) => done,
    };
    let failed = done.is_err();
    let mut reply = done.unwrap_or_else(|refusal| of(command, refusal).reply());
    state.log(peer.id, name, collection, failed, reply.as_bytes().len());
    stamp(state, &mut reply);
    reply
}

/// What a server adds for the kind of command that it refuses.
fn of(command: &RawDocument, refusal: Refusal) -> Refusal {
    let in_transaction = command.get_bool("autocommit").is_ok();
    let commits = matches!(head(command).0, "commitTransaction" | "abortTransaction");
    match (in_transaction, commits, command.get_i64("txnNumber").is_ok()) {
        (true, false, _) if matches!(refusal.code, 112 | 24 | 251 | 10107 | 189 | 11600 | 11602 | 91) => {
            refusal.labelled(super::refusal::TRANSIENT)
        }
        (_, true, _) | (false, _, true) => refusal.of_retryable_write(),
        _ => refusal,
    }
}

async fn run(
    state: &Arc<State>,
    peer: &mut Peer,
    command: &RawDocumentBuf,
) -> std::result::Result<RawDocumentBuf, Refusal> {
    let (name, _) = head(command);
    if matches!(name, "saslStart" | "saslContinue" | "authenticate") {
        let command = Document::try_from(command.clone()).map_err(|_| Refusal::new(22, "not BSON"))?;
        return admin::sign_in(state, peer, &command).map(|reply| raw(&reply));
    }
    for (name, database, collection) in super::answer::deeds(command) {
        state.users.permit(peer.user.as_ref(), &name, &database, &collection)?;
    }
    match of_documents(state, command).await {
        Some(done) => done,
        None => admin::answer(state, peer, command).await,
    }
}

/// The first half of an insert's documents, then the refusal.
async fn partly(
    state: &Arc<State>,
    peer: &mut Peer,
    command: &RawDocumentBuf,
    refusal: &Refusal,
) -> std::result::Result<RawDocumentBuf, Refusal> {
    let mut whole = Document::try_from(command.clone()).unwrap();
    let Ok(documents) = whole.get_array_mut("documents") else { return Err(refusal.clone()) };
    let half = documents.len() / 2;
    documents.truncate(half);
    let mut reply = if half == 0 {
        doc! { "n": 0, "ok": 1.0 }
    } else {
        Document::try_from(run(state, peer, &raw(&whole)).await?).unwrap()
    };
    reply.insert(
        "writeErrors",
        vec![doc! { "index": i32::try_from(half).unwrap(), "code": refusal.code, "errmsg": &refusal.why }],
    );
    Ok(raw(&reply))
}

/// The cluster's time, as every reply of a replica set carries it.
fn stamp(state: &State, reply: &mut RawDocumentBuf) {
    let now = changes::timestamp(state.changes.now());
    if reply.get("operationTime").is_ok_and(|time| time.is_none()) {
        reply.append(bson::raw::cstr!("operationTime"), now);
    }
    let hash = bson::Binary { subtype: bson::spec::BinarySubtype::Generic, bytes: vec![0; 20] };
    let signature = rawdoc! { "hash": hash, "keyId": 0_i64 };
    reply.append(bson::raw::cstr!("$clusterTime"), rawdoc! { "clusterTime": now, "signature": signature });
}
