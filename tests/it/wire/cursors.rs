//! Cursors: what of an answer hasn't been fetched yet.

use super::changes::{Changes, Stream, timestamp, token};
use super::database::Database;
use super::refusal::Refusal;
use bson::{RawArrayBuf, RawDocument, RawDocumentBuf, rawdoc};
use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// A batch that wasn't asked to have a size.
const FIRST: usize = 101;
/// No batch is longer, in bytes.
const LONGEST: usize = 16_000_000;
const AWAIT: Duration = Duration::from_secs(1);

pub struct Cursors {
    next: AtomicI64,
    all: Mutex<HashMap<i64, Cursor>>,
}

struct Cursor {
    namespace: String,
    rest: VecDeque<RawDocumentBuf>,
    stream: Option<(Stream, Arc<Database>)>,
}

impl Default for Cursors {
    fn default() -> Self {
        Self { next: AtomicI64::new(1_000), all: Mutex::default() }
    }
}

impl Cursors {
    /// A reply with the first documents; a cursor keeps the others.
    pub fn first(
        &self,
        namespace: String,
        found: Vec<RawDocumentBuf>,
        size: Option<i64>,
        single: bool,
    ) -> RawDocumentBuf {
        let mut rest = VecDeque::from(found);
        let size = size.and_then(|size| usize::try_from(size).ok()).unwrap_or(FIRST);
        let batch = take(&mut rest, size);
        let id = if rest.is_empty() || single {
            0
        } else {
            self.keep(Cursor { namespace: namespace.clone(), rest, stream: None })
        };
        reply(id, &namespace, "firstBatch", batch)
    }

    /// A reply with a cursor that never ends.
    pub fn watch(&self, namespace: String, stream: Stream, database: Arc<Database>) -> RawDocumentBuf {
        let after = stream.after;
        let cursor = Cursor { namespace: namespace.clone(), rest: VecDeque::new(), stream: Some((stream, database)) };
        resumable(reply(self.keep(cursor), &namespace, "firstBatch", vec![]), after)
    }

    pub async fn more(&self, command: &RawDocument, changes: &Changes) -> Result<RawDocumentBuf, Refusal> {
        let gone = || Refusal::new(43, "no such cursor");
        let id = command.get_i64("getMore").map_err(|_| gone())?;
        // While it is being read it is nobody else's.
        let mut cursor = self.all.lock().unwrap().remove(&id).ok_or_else(gone)?;
        let size = number(command, "batchSize").filter(|size| *size > 0);
        let size = size.and_then(|size| usize::try_from(size).ok()).unwrap_or(usize::MAX);
        let Some((stream, database)) = &mut cursor.stream else {
            let batch = take(&mut cursor.rest, size);
            let namespace = cursor.namespace.clone();
            let id = if cursor.rest.is_empty() { 0 } else { id };
            if id != 0 {
                self.all.lock().unwrap().insert(id, cursor);
            }
            return Ok(reply(id, &namespace, "nextBatch", batch));
        };
        let wait = number(command, "maxTimeMS").and_then(|ms| u64::try_from(ms).ok());
        let events = stream.next(changes, database, wait.map_or(AWAIT, Duration::from_millis)).await?;
        let (namespace, after) = (cursor.namespace.clone(), stream.after);
        self.all.lock().unwrap().insert(id, cursor);
        Ok(resumable(reply(id, &namespace, "nextBatch", events), after))
    }

    pub fn kill(&self, ids: &[i64]) -> Vec<i64> {
        let mut all = self.all.lock().unwrap();
        ids.iter().copied().filter(|id| all.remove(id).is_some()).collect()
    }

    pub fn kill_all(&self) {
        self.all.lock().unwrap().clear();
    }

    pub fn count(&self) -> usize {
        self.all.lock().unwrap().len()
    }

    fn keep(&self, cursor: Cursor) -> i64 {
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        self.all.lock().unwrap().insert(id, cursor);
        id
    }
}

fn take(rest: &mut VecDeque<RawDocumentBuf>, size: usize) -> Vec<RawDocumentBuf> {
    let (mut batch, mut bytes) = (vec![], 0);
    while batch.len() < size {
        let Some(next) = rest.front() else { break };
        bytes += next.as_bytes().len();
        if bytes > LONGEST && !batch.is_empty() {
            break;
        }
        batch.extend(rest.pop_front());
    }
    batch
}

fn reply(id: i64, namespace: &str, name: &str, batch: Vec<RawDocumentBuf>) -> RawDocumentBuf {
    let mut array = RawArrayBuf::new();
    batch.into_iter().for_each(|one| array.push(one));
    let mut cursor = rawdoc! { "id": id, "ns": namespace };
    cursor.append(bson::raw::CString::try_from(name).unwrap(), array);
    rawdoc! { "cursor": cursor, "ok": 1.0 }
}

fn resumable(reply: RawDocumentBuf, after: u64) -> RawDocumentBuf {
    let mut reply = bson::Document::try_from(reply).unwrap();
    reply.get_document_mut("cursor").unwrap().insert("postBatchResumeToken", token(after));
    reply.insert("operationTime", timestamp(after));
    RawDocumentBuf::try_from(&reply).unwrap()
}

pub fn number(command: &RawDocument, name: &str) -> Option<i64> {
    match command.get(name).ok()?? {
        bson::RawBsonRef::Int32(number) => Some(number.into()),
        bson::RawBsonRef::Int64(number) => Some(number),
        bson::RawBsonRef::Double(number) => Some(number as i64),
        _ => None,
    }
}
