//! One database of the server: an embedded store for whoever writes, another for those who read beside it, and what
//! was told about its collections. A database and the one called after it with `_keys` lie in one store, as the product
//! writes to both in one transaction.

use super::changes::Change;
use super::refusal::Refusal;
use bson::{Bson, Document, RawDocumentBuf, doc};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::OwnedMutexGuard;
use wardseal::store::embedded::{Embedded, Transaction};
use wardseal::store::{Checked, Store as _, StoreError, first_batch};

/// How long a write waits for its turn.
const PATIENCE: Duration = Duration::from_secs(10);

pub struct Database {
    pub name: String,
    catalog_file: PathBuf,
    catalog: Mutex<BTreeMap<String, Told>>,
    pub engine: Arc<Engine>,
}

/// Where documents lie.
pub struct Engine {
    path: PathBuf,
    writer: Embedded,
    reader: Mutex<Arc<Embedded>>,
    turn: Arc<tokio::sync::Mutex<()>>,
}

/// What `create` and `createIndexes` were told of a collection.
#[derive(Clone, Default)]
pub struct Told {
    pub options: Document,
    pub indexes: Vec<Document>,
}

/// The right to write, one at a time.
pub type Turn = OwnedMutexGuard<()>;

/// Where commands run: alone, or inside an open transaction.
pub enum Place<'p> {
    Alone(&'p Engine),
    Inside(&'p Transaction),
}

impl Place<'_> {
    pub async fn run(&self, command: RawDocumentBuf) -> Result<RawDocumentBuf, Refusal> {
        let done = match self {
            Self::Alone(engine) => engine.writer.run(command).await,
            Self::Inside(transaction) => transaction.run(command).await,
        };
        done.map_err(Refusal::from)
    }
}

impl Engine {
    /// The store of a database.
    pub fn open(folder: &Path, name: &str) -> Result<Self, StoreError> {
        let path = folder.join(format!("{}.db", Self::called(name)));
        let (writer, reader) = (Embedded::open(&path)?, Arc::new(Embedded::open(&path)?));
        Ok(Self { writer, reader: Mutex::new(reader), path, turn: Arc::default() })
    }

    /// What the store of a database is called.
    pub fn called(database: &str) -> &str {
        database.strip_suffix("_keys").unwrap_or(database)
    }

    /// Waits for the right to write.
    pub async fn turn(&self) -> Result<Turn, Refusal> {
        let waited = tokio::time::timeout(PATIENCE, self.turn.clone().lock_owned()).await;
        waited.map_err(|_| Refusal::new(24, "another transaction is open for too long"))
    }

    /// Begins a transaction; whoever calls has the turn.
    pub async fn begin(&self) -> Result<Transaction, Refusal> {
        Ok(self.writer.begin().await?)
    }

    /// Reads beside whoever writes.
    pub async fn read(&self, command: RawDocumentBuf) -> Result<RawDocumentBuf, Refusal> {
        let reader = self.reader.lock().unwrap().clone();
        Ok(reader.run(command).await?)
    }

    /// Checks that documents, tags, counters and indexes agree.
    pub async fn check(&self) -> Result<Checked, StoreError> {
        self.writer.check().await
    }

    /// Readers know collections by their row; after one was made or dropped they look again.
    pub fn look_again(&self) -> Result<(), Refusal> {
        *self.reader.lock().unwrap() = Arc::new(Embedded::open(&self.path)?);
        Ok(())
    }
}

impl Database {
    pub fn open(folder: &Path, name: &str, engine: Arc<Engine>) -> Self {
        let catalog_file = folder.join(format!("{name}.catalog"));
        let told = std::fs::read(&catalog_file).ok();
        let told = told.and_then(|bytes| Document::from_reader(&bytes[..]).ok()).unwrap_or_default();
        let catalog = Mutex::new(told.into_iter().map(|(name, told)| (name, Told::from(told))).collect());
        Self { name: name.to_owned(), catalog_file, catalog, engine }
    }

    /// The stored document of a change, if it still is there.
    pub async fn document(&self, collection: &str, id: &Bson) -> Option<RawDocumentBuf> {
        let find = doc! { "find": collection, "filter": { "_id": id }, "limit": 1 };
        let found = self.engine.read(RawDocumentBuf::try_from(&find).unwrap()).await.ok()?;
        first_batch(&found).ok()?.into_iter().next()
    }

    pub fn told(&self) -> BTreeMap<String, Told> {
        self.catalog.lock().unwrap().clone()
    }

    /// Changes what is known of collections, on the disk too.
    pub fn tell<T>(&self, change: impl FnOnce(&mut BTreeMap<String, Told>) -> T) -> T {
        let mut catalog = self.catalog.lock().unwrap();
        let done = change(&mut catalog);
        let stored: Document = catalog.iter().map(|(name, told)| (name.clone(), told.stored())).collect();
        std::fs::write(&self.catalog_file, stored.to_vec().unwrap()).unwrap();
        done
    }

    /// A collection that a write has brought about.
    pub fn appeared(&self, changes: &[Change]) {
        let known = self.catalog.lock().unwrap();
        let new: Vec<_> = changes.iter().filter(|one| !known.contains_key(&one.collection)).collect();
        drop(known);
        for change in new {
            self.tell(|catalog| catalog.entry(change.collection.clone()).or_default().indexes.len());
        }
    }
}

impl Told {
    fn stored(&self) -> Bson {
        doc! { "options": &self.options, "indexes": self.indexes.clone() }.into()
    }
}

impl From<Bson> for Told {
    fn from(stored: Bson) -> Self {
        let Bson::Document(stored) = stored else { return Self::default() };
        let indexes = stored.get_array("indexes").map_or(&[][..], |items| items.as_slice());
        Self {
            options: stored.get_document("options").cloned().unwrap_or_default(),
            indexes: indexes.iter().filter_map(|one| one.as_document().cloned()).collect(),
        }
    }
}
