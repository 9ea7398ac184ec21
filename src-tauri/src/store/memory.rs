//! The memory twin of the embedded store: the same server's part over ordered maps, gone when dropped.

use super::changes::Pulse;
use super::server::Server;
use super::server::refusal::Answer;
use super::server::tables::{Block, CollectionRow, Seq, Tables, Visitor};
use super::{Changes, Checked, Progress, Store, StoreError, StoreKind};
use async_trait::async_trait;
use bson::{RawDocument, RawDocumentBuf};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A store in memory.
#[derive(Default)]
pub struct Memory {
    held: Mutex<Held>,
    writes: Arc<AtomicU64>,
}

#[derive(Default)]
struct Held {
    server: Server,
    rows: Rows,
}

/// What the tables hold; cloned before a transaction so that it can be undone.
#[derive(Clone, Default)]
struct Rows {
    last: i64,
    collections: Vec<(i64, String, RawDocumentBuf)>,
    indexes: BTreeMap<i64, (i64, String)>,
    entries: BTreeSet<(i64, Vec<u8>, Seq)>,
    ids: BTreeMap<(i64, Vec<u8>), Seq>,
    documents: BTreeMap<Seq, Document>,
    tags: BTreeMap<(i64, Block), Seq>,
    state: BTreeMap<(i64, Block), Option<Vec<u8>>>,
    pending: BTreeMap<(i64, i64), RawDocumentBuf>,
}

#[derive(Clone)]
struct Document {
    coll: i64,
    id: Vec<u8>,
    body: Arc<RawDocumentBuf>,
}

impl Memory {
    /// An empty store.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Checks that documents, tags, counters and indexes agree.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] names the first contradiction.
    pub fn check(&self) -> Result<Checked, StoreError> {
        self.attempt(|server, rows| server.check(rows))
    }

    fn count(&self, commands: &[RawDocumentBuf]) {
        if commands.iter().any(|command| Server::writes(command)) {
            self.writes.fetch_add(1, Ordering::Relaxed);
        }
    }

    fn attempt<T>(&self, work: impl FnOnce(&mut Server, &mut Rows) -> Answer<T>) -> Answer<T> {
        let mut held: MutexGuard<'_, Held> = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let Held { server, rows } = &mut *held;
        let before = rows.clone();
        let done = work(server, rows);
        if done.is_err() {
            *rows = before;
            server.forget();
        }
        done
    }
}

#[async_trait]
impl Store for Memory {
    async fn run(&self, command: RawDocumentBuf) -> Result<RawDocumentBuf, StoreError> {
        self.count(std::slice::from_ref(&command));
        self.attempt(|server, rows| server.run(rows, &command))
    }

    async fn run_all(&self, commands: Vec<RawDocumentBuf>) -> Result<Vec<RawDocumentBuf>, StoreError> {
        self.count(&commands);
        self.attempt(|server, rows| server.run_all(rows, &commands))
    }

    async fn scrub(&self) -> Result<(), StoreError> {
        Ok(())
    }

    fn progress(&self) -> Option<Arc<Progress>> {
        Some(self.held.lock().unwrap_or_else(PoisonError::into_inner).server.progress())
    }

    async fn changes(&self) -> Result<Changes, StoreError> {
        let writes = self.writes.clone();
        let last = writes.load(Ordering::Relaxed);
        Ok(Changes::polled(Writes { writes, last }))
    }

    fn kind(&self) -> StoreKind {
        StoreKind::Memory
    }
}

/// How often something was to be written.
struct Writes {
    writes: Arc<AtomicU64>,
    last: u64,
}

#[async_trait]
impl Pulse for Writes {
    async fn beat(&mut self) -> Result<bool, StoreError> {
        let last = std::mem::replace(&mut self.last, self.writes.load(Ordering::Relaxed));
        Ok(last != self.last)
    }
}

impl Rows {
    fn next(&mut self) -> i64 {
        self.last += 1;
        self.last
    }
}

impl Tables for Rows {
    fn collections(&mut self) -> Answer<Vec<CollectionRow>> {
        let row = |(id, name, options): &(i64, String, RawDocumentBuf)| CollectionRow {
            id: *id,
            name: name.clone(),
            options: options.clone(),
        };
        Ok(self.collections.iter().map(row).collect())
    }

    fn add_collection(&mut self, name: &str, options: &RawDocument) -> Answer<i64> {
        let id = self.next();
        self.collections.push((id, name.to_owned(), options.to_owned()));
        Ok(id)
    }

    fn drop_collection(&mut self, coll: i64) -> Answer<()> {
        let indexes: BTreeSet<i64> =
            self.indexes.iter().filter(|(_, (of, _))| *of == coll).map(|(id, _)| *id).collect();
        self.entries.retain(|(index, ..)| !indexes.contains(index));
        self.indexes.retain(|_, (of, _)| *of != coll);
        self.ids.retain(|(of, _), _| *of != coll);
        self.documents.retain(|_, held| held.coll != coll);
        self.tags.retain(|(of, _), _| *of != coll);
        self.state.retain(|(of, _), _| *of != coll);
        self.pending.retain(|(of, _), _| *of != coll);
        self.collections.retain(|(id, ..)| *id != coll);
        Ok(())
    }

    fn indexes(&mut self, coll: i64) -> Answer<Vec<(i64, String)>> {
        let of_this = self.indexes.iter().filter(|(_, (of, _))| *of == coll);
        Ok(of_this.map(|(id, (_, paths))| (*id, paths.clone())).collect())
    }

    fn add_index(&mut self, coll: i64, paths: &str) -> Answer<i64> {
        let id = self.next();
        self.indexes.insert(id, (coll, paths.to_owned()));
        Ok(id)
    }

    fn drop_index(&mut self, index: i64) -> Answer<()> {
        self.indexes.remove(&index);
        self.entries.retain(|(of, ..)| *of != index);
        Ok(())
    }

    fn put_entry(&mut self, index: i64, key: &[u8], doc: Seq) -> Answer<()> {
        self.entries.insert((index, key.to_vec(), doc));
        Ok(())
    }

    fn drop_entry(&mut self, index: i64, key: &[u8], doc: Seq) -> Answer<()> {
        self.entries.remove(&(index, key.to_vec(), doc));
        Ok(())
    }

    fn entries(&mut self, index: i64, prefix: &[u8]) -> Answer<Vec<Seq>> {
        let from = (index, prefix.to_vec(), Seq::MIN);
        let all = self.entries.range((Bound::Included(from), Bound::Unbounded));
        let these = all.take_while(|(of, key, _)| *of == index && key.starts_with(prefix));
        Ok(these.map(|(.., doc)| *doc).collect())
    }

    fn find_id(&mut self, coll: i64, id: &[u8]) -> Answer<Option<Seq>> {
        Ok(self.ids.get(&(coll, id.to_vec())).copied())
    }

    fn ids_between(&mut self, coll: i64, first: &[u8], last: &[u8]) -> Answer<Vec<Seq>> {
        Ok(self.ids.range((coll, first.to_vec())..=(coll, last.to_vec())).map(|(_, seq)| *seq).collect())
    }

    fn visit(&mut self, doc: Seq, visitor: &mut Visitor<'_>) -> Answer<bool> {
        self.documents.get(&doc).map_or(Ok(true), |held| visitor(doc, &held.body))
    }

    fn scan(&mut self, coll: i64, visitor: &mut Visitor<'_>) -> Answer<()> {
        for (seq, held) in self.documents.iter().filter(|(_, held)| held.coll == coll) {
            if !visitor(*seq, &held.body)? {
                break;
            }
        }
        Ok(())
    }

    fn put_document(&mut self, coll: i64, id: &[u8], body: &RawDocument) -> Answer<Option<Seq>> {
        if self.ids.contains_key(&(coll, id.to_vec())) {
            return Ok(None);
        }
        let seq = self.next();
        self.ids.insert((coll, id.to_vec()), seq);
        self.documents.insert(seq, Document { coll, id: id.to_vec(), body: Arc::new(body.to_owned()) });
        Ok(Some(seq))
    }

    fn replace_document(&mut self, doc: Seq, body: &RawDocument) -> Answer<()> {
        if let Some(held) = self.documents.get_mut(&doc) {
            held.body = Arc::new(body.to_owned());
        }
        Ok(())
    }

    fn drop_document(&mut self, doc: Seq) -> Answer<()> {
        if let Some(held) = self.documents.remove(&doc) {
            self.ids.remove(&(held.coll, held.id));
        }
        Ok(())
    }

    fn put_tag(&mut self, coll: i64, tag: &Block, doc: Seq) -> Answer<()> {
        match self.tags.insert((coll, *tag), doc) {
            None => Ok(()),
            Some(_) => Err(StoreError::Damaged("a tag exists twice".into())),
        }
    }

    fn drop_tag(&mut self, coll: i64, tag: &Block) -> Answer<()> {
        self.tags.remove(&(coll, *tag));
        Ok(())
    }

    fn tag(&mut self, coll: i64, tag: &Block) -> Answer<Option<Seq>> {
        Ok(self.tags.get(&(coll, *tag)).copied())
    }

    fn count_tags(&mut self, coll: i64) -> Answer<u64> {
        Ok(self.tags.keys().filter(|(of, _)| *of == coll).count() as u64)
    }

    fn state(&mut self, coll: i64, id: &Block) -> Answer<Option<Option<Vec<u8>>>> {
        Ok(self.state.get(&(coll, *id)).cloned())
    }

    fn put_state(&mut self, coll: i64, id: &Block, value: Option<&[u8]>) -> Answer<bool> {
        let new = !self.state.contains_key(&(coll, *id));
        if new {
            self.state.insert((coll, *id), value.map(<[u8]>::to_vec));
        }
        Ok(new)
    }

    fn has_anchors(&mut self, coll: i64) -> Answer<bool> {
        Ok(self.count_state(coll)?.1 > 0)
    }

    fn drop_state(&mut self, coll: i64, id: &Block) -> Answer<()> {
        self.state.remove(&(coll, *id));
        Ok(())
    }

    fn count_state(&mut self, coll: i64) -> Answer<(u64, u64)> {
        let of_this = self.state.iter().filter(|((of, _), _)| *of == coll);
        let (all, anchors) = of_this.fold((0, 0), |(n, a), (_, value)| (n + 1, a + u64::from(value.is_some())));
        Ok((all, anchors))
    }

    fn append_pending(&mut self, coll: i64, entries: &RawDocument) -> Answer<()> {
        let seq = self.next();
        self.pending.insert((coll, seq), entries.to_owned());
        Ok(())
    }

    fn pending(&mut self, coll: i64, most: u64) -> Answer<Vec<(i64, RawDocumentBuf)>> {
        let of_this = self.pending.range((coll, i64::MIN)..=(coll, i64::MAX));
        let most = usize::try_from(most).unwrap_or(usize::MAX);
        Ok(of_this.take(most).map(|((_, seq), entries)| (*seq, entries.clone())).collect())
    }

    fn count_pending(&mut self, coll: i64) -> Answer<u64> {
        Ok(self.pending.range((coll, i64::MIN)..=(coll, i64::MAX)).count() as u64)
    }

    fn clear_pending(&mut self, coll: i64, last: i64) -> Answer<()> {
        self.pending.retain(|(of, seq), _| *of != coll || *seq > last);
        Ok(())
    }

    fn pages(&mut self) -> Answer<Vec<String>> {
        Ok(vec![])
    }
}
