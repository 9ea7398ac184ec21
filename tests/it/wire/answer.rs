//! Commands in, replies out: what reads and writes goes to the engine, the rest is answered here and in `admin`.

use super::changes::{Stream, foresee, happened};
use super::database::{Database, Place};
use super::refusal::{Refusal, TRANSIENT};
use super::sessions::Belongs;
use super::state::State;
use bson::{Document, RawDocument, RawDocumentBuf, doc};
use std::sync::Arc;
use wardseal::store::first_batch;

/// Fields that are about the way a command takes rather than about its work.
const OF_THE_WAY: [&str; 14] = [
    "lsid",
    "txnNumber",
    "autocommit",
    "startTransaction",
    "$clusterTime",
    "$db",
    "writeConcern",
    "readConcern",
    "$readPreference",
    "maxTimeMS",
    "apiVersion",
    "apiStrict",
    "apiDeprecationErrors",
    "comment",
];

/// A command's name and collection.
pub fn head(command: &RawDocument) -> (&str, &str) {
    match command.iter().next() {
        Some(Ok((name, value))) => (name.as_str(), value.as_str().unwrap_or("")),
        _ => ("", ""),
    }
}

pub fn ok() -> RawDocumentBuf {
    bson::rawdoc! { "ok": 1.0 }
}

pub fn raw(document: &Document) -> RawDocumentBuf {
    RawDocumentBuf::try_from(document).unwrap()
}

fn writes(name: &str) -> bool {
    matches!(
        name,
        "insert"
            | "update"
            | "delete"
            | "findAndModify"
            | "findandmodify"
            | "bulkWrite"
            | "create"
            | "drop"
            | "compactStructuredEncryptionData"
            | "cleanupStructuredEncryptionData"
    )
}

/// Runs a command that is about documents; `None` when it isn't.
pub async fn of_documents(state: &State, command: &RawDocument) -> Option<Result<RawDocumentBuf, Refusal>> {
    let (name, _) = head(command);
    let reads = matches!(name, "find" | "count" | "aggregate" | "getMore");
    match name {
        "commitTransaction" | "abortTransaction" => Some(end(state, command, name == "commitTransaction").await),
        _ if reads || writes(name) => Some(run(state, command, writes(name)).await),
        _ => None,
    }
}

async fn end(state: &State, command: &RawDocument, commit: bool) -> Result<RawDocumentBuf, Refusal> {
    state.primary()?;
    let belongs = Belongs::of(command).ok_or_else(|| Refusal::new(251, "no transaction is named"))?;
    let mut session = state.sessions.hold(&belongs).await?;
    let done = if commit { session.commit(&state.changes).await } else { session.abort() };
    done.map(|()| ok())
}

async fn run(state: &State, command: &RawDocument, writes: bool) -> Result<RawDocumentBuf, Refusal> {
    let (name, collection) = head(command);
    let database = state.database(&database_of(command))?;
    if name == "getMore" {
        return state.cursors.more(command, &state.changes).await;
    }
    if name == "aggregate" {
        let whole = Document::try_from(command.to_owned()).unwrap();
        if let Some(stream) = Stream::open(&whole, &database.name, &state.changes) {
            let whole_database = collection.is_empty();
            let collection = if whole_database { "$cmd.aggregate" } else { collection };
            let namespace = format!("{}.{collection}", database.name);
            return stream.map(|stream| state.cursors.watch(namespace, stream, database));
        }
    }
    if writes {
        state.primary()?;
    }
    let engine = for_engine(command);
    let reply = match Belongs::of(command) {
        Some(belongs) if belongs.in_transaction => in_transaction(state, &belongs, database.clone(), engine).await?,
        Some(belongs) => once(state, &belongs, &database, engine).await?,
        None if writes => alone(state, &database, engine).await?,
        None => database.engine.read(engine).await?,
    };
    if matches!(name, "find" | "aggregate") {
        return paged(state, &database, command, &reply);
    }
    Ok(reply)
}

/// A write that may be sent again: the second time it is answered as the first.
async fn once(
    state: &State,
    belongs: &Belongs,
    database: &Arc<Database>,
    command: RawDocumentBuf,
) -> Result<RawDocumentBuf, Refusal> {
    let mut session = state.sessions.hold(belongs).await?;
    if let Some(answered) = &session.answered {
        state.note_retry();
        return Ok(answered.clone());
    }
    let reply = alone(state, database, command).await.map_err(Refusal::of_retryable_write)?;
    session.answered = Some(reply.clone());
    Ok(reply)
}

async fn alone(state: &State, database: &Arc<Database>, command: RawDocumentBuf) -> Result<RawDocumentBuf, Refusal> {
    let turn = database.engine.turn().await?;
    let (name, _) = head(&command);
    if matches!(name, "create" | "drop") {
        let done = super::admin::collection(database, &command).await;
        database.engine.look_again()?;
        return done;
    }
    let place = Place::Alone(&database.engine);
    let foreseen = foresee(&command, &place).await?;
    let reply = place.run(command.clone()).await?;
    drop(turn);
    let changes = happened(foreseen, &reply);
    database.appeared(&changes);
    state.changes.note(&database.name, changes);
    Ok(reply)
}

async fn in_transaction(
    state: &State,
    belongs: &Belongs,
    database: Arc<Database>,
    command: RawDocumentBuf,
) -> Result<RawDocumentBuf, Refusal> {
    let mut session = state.sessions.hold(belongs).await?;
    if belongs.starts {
        session.start(database.engine.clone()).await?;
    }
    let done = session.open()?.run(&database, command).await;
    // What fails in a transaction ends it; so does what fails in part.
    let failed = match &done {
        Ok(reply) => {
            let of_bulk = reply.get_i32("nErrors").is_ok_and(|errors| errors > 0);
            of_bulk || reply.get("writeErrors").is_ok_and(|errors| errors.is_some())
        }
        Err(_) => true,
    };
    if failed {
        session.abort().map_err(|refusal| refusal.labelled(TRANSIENT))?;
    }
    done
}

/// What a command does: names of commands, databases, collections. A `bulkWrite` does several things.
pub fn deeds(command: &RawDocument) -> Vec<(String, String, String)> {
    let (name, collection) = head(command);
    if name != "bulkWrite" {
        let database = command.get_str("$db").unwrap_or("admin");
        return vec![(name.to_owned(), database.to_owned(), collection.to_owned())];
    }
    let namespaces: Vec<&RawDocument> = super::changes::documents(command, "nsInfo").collect();
    let deed = |op: &RawDocument| {
        let (kind, place) = op.iter().next()?.ok()?;
        let namespace = namespaces.get(usize::try_from(place.as_i32()?).ok()?)?;
        let (database, collection) = namespace.get_str("ns").ok()?.split_once('.')?;
        Some((kind.as_str().to_owned(), database.to_owned(), collection.to_owned()))
    };
    super::changes::documents(command, "ops").filter_map(deed).collect()
}

/// Which database a command is about; a `bulkWrite` names it with its collections.
fn database_of(command: &RawDocument) -> String {
    let namespace = || {
        let first = super::changes::documents(command, "nsInfo").next()?;
        first.get_str("ns").ok()?.split_once('.').map(|(db, _)| db.to_owned())
    };
    let bulk = if head(command).0 == "bulkWrite" { namespace() } else { None };
    bulk.unwrap_or_else(|| command.get_str("$db").unwrap_or("test").to_owned())
}

/// The command without what is about its way.
fn for_engine(command: &RawDocument) -> RawDocumentBuf {
    let mut kept = RawDocumentBuf::new();
    for field in command.iter().flatten() {
        let (name, value) = field;
        let paging = matches!(head(command).0, "find") && matches!(name.as_str(), "batchSize" | "singleBatch");
        if !OF_THE_WAY.contains(&name.as_str()) && !paging {
            kept.append(bson::raw::CString::from(name), value);
        }
    }
    kept
}

fn paged(
    state: &State,
    database: &Database,
    command: &RawDocument,
    reply: &RawDocumentBuf,
) -> Result<RawDocumentBuf, Refusal> {
    let (_, collection) = head(command);
    let size = super::cursors::number(command, "batchSize")
        .or_else(|| command.get_document("cursor").ok().and_then(|cursor| super::cursors::number(cursor, "batchSize")));
    let single = command.get_bool("singleBatch").unwrap_or(false);
    let namespace = format!("{}.{collection}", database.name);
    Ok(state.cursors.first(namespace, first_batch(reply)?, size, single))
}

/// What a retried or a doubtful write is told beside its result.
pub fn with_concern_error(reply: RawDocumentBuf, code: i32) -> RawDocumentBuf {
    let mut reply = Document::try_from(reply).unwrap();
    reply
        .insert("writeConcernError", doc! { "code": code, "codeName": "WriteConcern", "errmsg": "not everywhere yet" });
    raw(&reply)
}
