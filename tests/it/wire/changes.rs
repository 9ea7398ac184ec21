//! What has changed, in order, for change streams.

use super::database::{Database, Place};
use super::refusal::Refusal;
use bson::{Bson, DateTime, Document, RawDocument, RawDocumentBuf, Timestamp, doc};
use std::collections::VecDeque;
use std::sync::Mutex;
use tokio::sync::Notify;
use wardseal::store::first_batch;
use wardseal::store::memory::Memory;

/// Older changes are forgotten.
const KEPT: usize = 20_000;

/// One document that a write has touched.
#[derive(Clone, Debug)]
pub struct Change {
    pub kind: &'static str,
    pub collection: String,
    pub id: Bson,
}

/// A change and when it was.
#[derive(Clone)]
struct Noted {
    at: u64,
    database: String,
    change: Change,
}

#[derive(Default)]
pub struct Changes {
    noted: Mutex<(u64, VecDeque<Noted>)>,
    news: Notify,
}

impl Changes {
    pub fn note(&self, database: &str, changes: Vec<Change>) {
        let mut noted = self.noted.lock().unwrap();
        for change in changes {
            noted.0 += 1;
            let at = noted.0;
            noted.1.push_back(Noted { at, database: database.to_owned(), change });
            if noted.1.len() > KEPT {
                noted.1.pop_front();
            }
        }
        drop(noted);
        self.news.notify_waiters();
    }

    /// The last moment.
    pub fn now(&self) -> u64 {
        self.noted.lock().unwrap().0
    }

    fn after(&self, at: u64) -> Option<Vec<Noted>> {
        let noted = self.noted.lock().unwrap();
        let lost = noted.1.front().is_some_and(|oldest| oldest.at > at + 1);
        (!lost).then(|| noted.1.iter().filter(|one| one.at > at).cloned().collect())
    }
}

/// The moment as a server's clock tells it.
pub fn timestamp(at: u64) -> Timestamp {
    Timestamp { time: 1_790_000_000 + u32::try_from(at >> 20).unwrap_or(0), increment: (at & 0xf_ffff) as u32 + 1 }
}

pub fn token(at: u64) -> Document {
    doc! { "_data": format!("{at:016X}") }
}

fn moment_of(token: &Document) -> Result<u64, Refusal> {
    let data = token.get_str("_data").ok().and_then(|data| u64::from_str_radix(data, 16).ok());
    data.ok_or_else(|| Refusal::new(260, "not a resume token"))
}

/// An open change stream.
pub struct Stream {
    pub after: u64,
    database: Option<String>,
    collection: Option<String>,
    look_up: bool,
    stages: Vec<Document>,
}

impl Stream {
    /// Reads the pipeline; `None` when it isn't a change stream's.
    pub fn open(command: &Document, database: &str, changes: &Changes) -> Option<Result<Self, Refusal>> {
        let pipeline = command.get_array("pipeline").ok()?;
        let first = pipeline.first()?.as_document()?.get_document("$changeStream").ok()?;
        let after = ["resumeAfter", "startAfter"].iter().find_map(|name| first.get_document(name).ok());
        let after = match (after.map(moment_of), first.get_timestamp("startAtOperationTime")) {
            (Some(Err(refusal)), _) => return Some(Err(refusal)),
            (Some(Ok(after)), _) => after,
            (None, Ok(time)) => (0..=changes.now()).rev().find(|at| timestamp(*at) < time).unwrap_or(0),
            (None, Err(_)) => changes.now(),
        };
        let whole = first.get_bool("allChangesForCluster").unwrap_or(false);
        Some(Ok(Self {
            after,
            database: (!whole).then(|| database.to_owned()),
            collection: command.get_str("aggregate").ok().map(str::to_owned),
            look_up: first.get_str("fullDocument").is_ok_and(|word| word != "default"),
            stages: pipeline[1..].iter().filter_map(|one| one.as_document().cloned()).collect(),
        }))
    }

    fn concerns(&self, noted: &Noted) -> bool {
        self.database.as_ref().is_none_or(|name| *name == noted.database)
            && self.collection.as_ref().is_none_or(|name| *name == noted.change.collection)
    }

    /// What has happened since, waiting a while for something.
    pub async fn next(
        &mut self,
        changes: &Changes,
        database: &Database,
        wait: std::time::Duration,
    ) -> Result<Vec<RawDocumentBuf>, Refusal> {
        let end = tokio::time::sleep(wait);
        tokio::pin!(end);
        loop {
            let news = changes.news.notified();
            tokio::pin!(news);
            news.as_mut().enable();
            let noted = changes.after(self.after).ok_or_else(|| Refusal::new(286, "the resume point is too old"))?;
            self.after = noted.last().map_or(self.after, |last| last.at);
            let mut events = vec![];
            for one in noted.iter().filter(|one| self.concerns(one)) {
                events.push(self.event(one, database).await);
            }
            let events = self.through_stages(events).await?;
            if !events.is_empty() {
                return Ok(events);
            }
            tokio::select! { () = &mut news => {}, () = &mut end => return Ok(events) }
        }
    }

    async fn event(&self, noted: &Noted, database: &Database) -> RawDocumentBuf {
        let change = &noted.change;
        let mut event = doc! {
            "_id": token(noted.at), "operationType": change.kind, "clusterTime": timestamp(noted.at),
            "wallTime": DateTime::from_millis(1_790_000_000_000),
            "ns": { "db": &noted.database, "coll": &change.collection }, "documentKey": { "_id": &change.id },
        };
        if change.kind == "update" {
            event.insert("updateDescription", doc! { "updatedFields": {}, "removedFields": [], "truncatedArrays": [] });
        }
        let whole = change.kind == "insert" || change.kind == "replace" || change.kind == "update" && self.look_up;
        if whole {
            let found = database.document(&change.collection, &change.id).await;
            event.insert("fullDocument", found.map_or(Bson::Null, |found| Document::try_from(found).unwrap().into()));
        }
        RawDocumentBuf::try_from(&event).unwrap()
    }

    /// What the pipeline leaves of the events: a store in memory looks.
    async fn through_stages(&self, events: Vec<RawDocumentBuf>) -> Result<Vec<RawDocumentBuf>, Refusal> {
        use wardseal::store::Store as _;
        if self.stages.is_empty() || events.is_empty() {
            return Ok(events);
        }
        let desk = Memory::new();
        desk.run(wardseal::store::insert_raw("events", &events)?).await?;
        let look = doc! { "aggregate": "events", "pipeline": self.stages.clone(), "cursor": {} };
        Ok(first_batch(&desk.run(RawDocumentBuf::try_from(&look).unwrap()).await?)?)
    }
}

/// The documents a write is about to touch.
pub async fn foresee(command: &RawDocument, place: &Place<'_>) -> Result<Vec<Change>, Refusal> {
    let (name, collection) = super::answer::head(command);
    let mut changes = vec![];
    match name {
        "insert" => {
            for one in documents(command, "documents") {
                changes.push(change("insert", collection, id_of(one)));
            }
        }
        "update" => {
            for one in documents(command, "updates") {
                let replaces = one.get_document("u").is_ok_and(|change| !starts_with_operator(change));
                touched(
                    if replaces { "replace" } else { "update" },
                    collection,
                    one,
                    "q",
                    command,
                    place,
                    &mut changes,
                )
                .await?;
            }
        }
        "delete" => {
            for one in documents(command, "deletes") {
                touched("delete", collection, one, "q", command, place, &mut changes).await?;
            }
        }
        "findAndModify" | "findandmodify" => {
            let kind = if command.get_bool("remove").unwrap_or(false) { "delete" } else { "update" };
            touched(kind, collection, command, "query", command, place, &mut changes).await?;
        }
        "bulkWrite" => foresee_bulk(command, place, &mut changes).await?,
        _ => {}
    }
    Ok(changes)
}

async fn foresee_bulk(command: &RawDocument, place: &Place<'_>, changes: &mut Vec<Change>) -> Result<(), Refusal> {
    let namespaces: Vec<&RawDocument> = documents(command, "nsInfo").collect();
    for one in documents(command, "ops") {
        let Some(Ok((kind, at))) = one.iter().next() else { continue };
        let at = at.as_i32().and_then(|at| usize::try_from(at).ok()).and_then(|at| namespaces.get(at));
        let Some(informed) = at else { continue };
        let collection = informed.get_str("ns").ok().and_then(|name| name.split_once('.'));
        let collection = collection.map_or("", |(_, collection)| collection);
        match kind.as_str() {
            "insert" => changes.push(change("insert", collection, one.get_document("document").ok().and_then(id_of))),
            "update" => touched("update", collection, one, "filter", informed, place, changes).await?,
            _ => touched("delete", collection, one, "filter", informed, place, changes).await?,
        }
    }
    Ok(())
}

fn starts_with_operator(change: &RawDocument) -> bool {
    matches!(change.iter().next(), Some(Ok((name, _))) if name.as_str().starts_with('$'))
}

/// A filter that names an `_id` is about that one; others are looked up before the write.
async fn touched(
    kind: &'static str,
    collection: &str,
    one: &RawDocument,
    filter: &str,
    informed: &RawDocument,
    place: &Place<'_>,
    changes: &mut Vec<Change>,
) -> Result<(), Refusal> {
    let Ok(filter) = one.get_document(filter) else { return Ok(()) };
    if let Some(id) = id_of(filter).filter(|id| id.as_document().is_none()) {
        changes.push(change(kind, collection, Some(id)));
        return Ok(());
    }
    let many = one.get_bool("multi").unwrap_or(false) || one.get_i32("limit").is_ok_and(|limit| limit == 0);
    let filter = Document::try_from(filter).unwrap();
    let mut find = doc! { "find": collection, "filter": filter, "projection": { "_id": 1 } };
    if !many {
        find.insert("limit", 1);
    }
    if let Ok(information) = informed.get_document("encryptionInformation") {
        find.insert("encryptionInformation", Document::try_from(information).unwrap());
    }
    let found = place.run(RawDocumentBuf::try_from(&find).unwrap()).await?;
    changes.extend(first_batch(&found)?.iter().map(|found| change(kind, collection, id_of(found))));
    Ok(())
}

fn change(kind: &'static str, collection: &str, id: Option<Bson>) -> Change {
    Change { kind, collection: collection.to_owned(), id: id.unwrap_or(Bson::Null) }
}

fn id_of(document: &RawDocument) -> Option<Bson> {
    Bson::try_from(document.get("_id").ok()??).ok()
}

pub fn documents<'c>(command: &'c RawDocument, name: &str) -> impl Iterator<Item = &'c RawDocument> {
    command.get_array(name).ok().into_iter().flatten().filter_map(|one| one.ok()?.as_document())
}

/// Whether a write did all it was told; then every change it was foreseen to make has happened.
pub fn happened(changes: Vec<Change>, reply: &RawDocument) -> Vec<Change> {
    let number = |name| reply.get_i32(name).ok().and_then(|n| usize::try_from(n).ok());
    let of_bulk = ["nInserted", "nMatched", "nDeleted"].map(|name| number(name).unwrap_or(0)).iter().sum::<usize>();
    let n = number("n").unwrap_or(of_bulk);
    let found = reply.get("value").is_ok_and(|value| value.is_some_and(|value| value.as_document().is_some()));
    let n = if reply.get("value").is_ok_and(|value| value.is_some()) { usize::from(found) } else { n };
    changes.into_iter().take(n).collect()
}
