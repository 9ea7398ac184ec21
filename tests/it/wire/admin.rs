//! Commands about the server, its users and its collections.

use super::answer::{head, ok, raw};
use super::connection::Peer;
use super::database::{Database, Place, Told};
use super::refusal::Refusal;
use super::scram::Conversation;
use super::state::State;
use super::users::User;
use bson::spec::BinarySubtype;
use bson::{Binary, Bson, Document, RawDocument, RawDocumentBuf, doc};

/// Answers what isn't about documents.
pub async fn answer(state: &State, peer: &mut Peer, command: &RawDocument) -> Result<RawDocumentBuf, Refusal> {
    let (name, collection) = head(command);
    if let Some(told) = state.told_to_answer(name) {
        return Ok(raw(&told));
    }
    let whole = Document::try_from(command.to_owned()).map_err(|_| Refusal::new(22, "not BSON"))?;
    let db = whole.get_str("$db").unwrap_or("admin").to_owned();
    match name {
        "ping" | "logout" | "refreshSessions" | "setParameter" | "fsync" => Ok(ok()),
        "buildInfo" | "buildinfo" => Ok(raw(&state.build_info())),
        "endSessions" | "killSessions" => {
            let ids = whole.get_array(name).map_or(&[][..], |ids| ids.as_slice());
            let id = |one: &Bson| Some(one.as_document()?.get_binary_generic("id").ok()?.clone());
            state.sessions.end(&ids.iter().filter_map(id).collect::<Vec<_>>());
            Ok(ok())
        }
        "killCursors" => {
            let ids: Vec<i64> =
                whole.get_array("cursors").map_or(&[][..], |ids| ids).iter().filter_map(Bson::as_i64).collect();
            let killed = state.cursors.kill(&ids);
            let none: [i64; 0] = [];
            Ok(raw(
                &doc! { "cursorsKilled": killed, "cursorsNotFound": none.to_vec(), "cursorsAlive": none.to_vec(), "cursorsUnknown": none.to_vec(), "ok": 1.0 },
            ))
        }
        "connectionStatus" => {
            let privileges = whole.get_bool("showPrivileges").unwrap_or(false)
                || whole.get_i32("showPrivileges").is_ok_and(|one| one == 1);
            Ok(raw(&state.users.status(peer.user.as_ref(), privileges)))
        }
        "usersInfo" => Ok(raw(&state.users.info(&whole))),
        "createUser" | "updateUser" => put_user(state, &db, collection, &whole),
        "dropUser" if state.users.remove(&db, collection) => Ok(ok()),
        "dropUser" => Err(Refusal::new(11, "no such user")),
        "profile" => Ok(raw(&doc! { "was": 0, "slowms": 100, "sampleRate": 1.0, "ok": 1.0 })),
        "listDatabases" => {
            let all: Vec<Bson> = state
                .databases()
                .iter()
                .map(|name| doc! { "name": name, "sizeOnDisk": 1_i64, "empty": false }.into())
                .collect();
            Ok(raw(&doc! { "databases": all, "ok": 1.0 }))
        }
        "configureFailPoint" => state.faults.configure(command).map(|()| ok()),
        "listCollections" => list_collections(state, &db, &whole),
        "listIndexes" => list_indexes(state, &db, collection),
        "createIndexes" => create_indexes(&*state.database(&db)?, collection, &whole),
        "dropIndexes" => Ok(ok()),
        "collMod" => coll_mod(&*state.database(&db)?, collection, &whole),
        "dropDatabase" => drop_database(&*state.database(&db)?).await,
        _ => Err(Refusal::new(59, format!("no such command: '{name}'"))),
    }
}

/// `saslStart`, `saslContinue` and `authenticate`.
pub fn sign_in(state: &State, peer: &mut Peer, command: &Document) -> Result<Document, Refusal> {
    let failed = || Refusal::new(18, "Authentication failed.");
    let payload = match command.get("payload") {
        Some(Bson::Binary(payload)) => String::from_utf8(payload.bytes.clone()).map_err(|_| failed())?,
        _ => String::new(),
    };
    let said = |text: String, done: bool| {
        let payload = Binary { subtype: BinarySubtype::Generic, bytes: text.into_bytes() };
        doc! { "conversationId": 1, "done": done, "payload": payload, "ok": 1.0 }
    };
    if command.contains_key("saslStart") {
        if command.get_str("mechanism").ok() != Some("SCRAM-SHA-256") {
            return Err(failed());
        }
        let db = command.get_str("db").or(command.get_str("$db")).unwrap_or("admin").to_owned();
        let find = |name: &str| state.users.find(&db, name)?.credential;
        let (conversation, answer) = Conversation::start(&payload, find).ok_or_else(failed)?;
        peer.conversation = Some((conversation, db));
        return Ok(said(answer, false));
    }
    if command.contains_key("saslContinue") {
        if peer.conversation.is_none() && peer.user.is_some() {
            return Ok(said(String::new(), true));
        }
        let (conversation, db) = peer.conversation.take().ok_or_else(failed)?;
        let answer = conversation.finish(&payload).ok_or_else(failed)?;
        peer.user = Some((db, conversation.user));
        return Ok(said(answer, true));
    }
    let subject = peer.subject.clone().ok_or_else(failed)?;
    state.users.find("$external", &subject).ok_or_else(failed)?;
    peer.user = Some(("$external".to_owned(), subject.clone()));
    Ok(doc! { "dbname": "$external", "user": subject, "ok": 1.0 })
}

fn put_user(state: &State, db: &str, name: &str, command: &Document) -> Result<RawDocumentBuf, Refusal> {
    let known = state.users.find(db, name);
    let fresh = User::root(name, command.get_str("pwd").unwrap_or(""));
    let mut user = known.unwrap_or_else(|| User { db: db.to_owned(), ..fresh.clone() });
    if command.contains_key("pwd") {
        user.credential = fresh.credential;
    }
    if let Ok(roles) = command.get_array("roles") {
        user.roles = roles.iter().filter_map(|one| one.as_document().cloned()).collect();
    }
    state.users.add(user);
    Ok(ok())
}

/// `create` and `drop`; the engine knows the encrypted fields only, the rest is kept beside it.
pub async fn collection(database: &Database, command: &RawDocument) -> Result<RawDocumentBuf, Refusal> {
    let (name, collection) = head(command);
    let whole = Document::try_from(command.to_owned()).unwrap();
    let behind = collection.starts_with("enxcol_.");
    if name == "drop" {
        let known = database.tell(|catalog| catalog.remove(collection)).is_some();
        if !behind {
            Place::Alone(&database.engine).run(raw(&doc! { "drop": collection })).await?;
        }
        return if known { Ok(ok()) } else { Err(Refusal::new(26, "ns not found")) };
    }
    if behind && database.told().contains_key(collection) {
        return Err(Refusal::new(48, format!("collection '{collection}' exists")));
    }
    let mut options: Document = whole.into_iter().skip(1).collect();
    if !behind {
        let mut create = doc! { "create": collection };
        if let Some(fields) = options.get("encryptedFields") {
            create.insert("encryptedFields", fields.clone());
        }
        Place::Alone(&database.engine).run(raw(&create)).await?;
    }
    options.remove("indexOptionDefaults");
    database.tell(|catalog| catalog.entry(collection.to_owned()).or_default().options = options);
    Ok(ok())
}

async fn drop_database(database: &Database) -> Result<RawDocumentBuf, Refusal> {
    let turn = database.engine.turn().await?;
    for name in database.told().into_keys() {
        collection(database, &raw(&doc! { "drop": name })).await?;
    }
    drop(turn);
    database.engine.look_again().map(|()| ok())
}

fn cursor(namespace: String, batch: Vec<Document>) -> RawDocumentBuf {
    raw(&doc! { "cursor": { "id": 0_i64, "ns": namespace, "firstBatch": batch }, "ok": 1.0 })
}

fn list_collections(state: &State, db: &str, command: &Document) -> Result<RawDocumentBuf, Refusal> {
    let wanted = command.get_document("filter").ok().and_then(|filter| filter.get_str("name").ok());
    let one = |(name, told): (String, Told)| doc! { "name": name, "type": "collection", "options": told.options, "info": { "readOnly": false } };
    let told = state.database(db)?.told();
    let batch = told.into_iter().filter(|(name, _)| wanted.is_none_or(|wanted| wanted == name)).map(one).collect();
    Ok(cursor(format!("{db}.$cmd.listCollections"), batch))
}

fn list_indexes(state: &State, db: &str, collection: &str) -> Result<RawDocumentBuf, Refusal> {
    let told = state.database(db)?.told();
    let told = told.get(collection).ok_or_else(|| Refusal::new(26, "ns does not exist"))?;
    let mut batch = vec![doc! { "v": 2, "key": { "_id": 1 }, "name": "_id_" }];
    batch.extend(told.indexes.iter().cloned());
    Ok(cursor(format!("{db}.{collection}"), batch))
}

fn create_indexes(database: &Database, collection: &str, command: &Document) -> Result<RawDocumentBuf, Refusal> {
    let wanted = command.get_array("indexes").map_err(|_| Refusal::new(40414, "'indexes' is missing"))?;
    let (before, after) = database.tell(|catalog| {
        let told = catalog.entry(collection.to_owned()).or_default();
        let before = told.indexes.len() + 1;
        for index in wanted.iter().filter_map(Bson::as_document) {
            let known = |one: &Document| one.get("key") == index.get("key");
            if !told.indexes.iter().any(known) {
                let mut index = index.clone();
                index.insert("v", 2);
                told.indexes.push(index);
            }
        }
        (before, told.indexes.len() + 1)
    });
    let count = |n: usize| i32::try_from(n).unwrap();
    Ok(raw(&doc! { "numIndexesBefore": count(before), "numIndexesAfter": count(after), "ok": 1.0 }))
}

fn coll_mod(database: &Database, collection: &str, command: &Document) -> Result<RawDocumentBuf, Refusal> {
    database.tell(|catalog| {
        let told = catalog.get_mut(collection).ok_or_else(|| Refusal::new(26, "ns does not exist"))?;
        for name in ["validator", "validationLevel", "validationAction"] {
            if let Some(value) = command.get(name) {
                told.options.insert(name, value.clone());
            }
        }
        Ok(ok())
    })
}
