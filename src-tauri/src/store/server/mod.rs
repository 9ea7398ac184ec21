//! The server's part, written once for every backend that keeps rows: commands in, replies out.
//!
//! A backend implements [`tables::Tables`], opens a transaction and calls [`Server::run`] or [`Server::run_all`];
//! on an error it rolls back. To add a command: one arm in `dispatch` and a file of its own.

mod bulk;
mod catalog;
pub(crate) mod check;
mod command;
mod compare;
mod documents;
mod explain;
mod expression;
mod filter;
mod find;
mod insert;
mod modify;
mod path;
mod plan;
mod project;
mod qe;
pub(crate) mod refusal;
mod remove;
pub(crate) mod tables;
mod update;

pub(crate) use catalog::DETERMINISTIC;
use catalog::{Catalog, Collection};
use command::Command;
use filter::Filter;
use qe::compact::{Depth, Pass};
use qe::ledger::{Counts, Ledger};
use qe::query::Rewriter;
use refusal::{Answer, BsonAnswer as _, COMMAND_NOT_FOUND, NAMESPACE_NOT_FOUND, NOT_ENCRYPTED_COLLECTION, refused};
use tables::Tables;

use super::{Progress, StoreError};
use bson::raw::cstr;
use bson::{RawDocument, RawDocumentBuf};
use std::sync::Arc;

/// More tags than this aren't looked up one by one; a real server stops at 14 MiB of them.
pub(crate) const MOST_TAGS: u64 = 350_000;

/// The server's part of a store.
pub(crate) struct Server {
    catalog: Catalog,
    most_tags: u64,
    progress: Arc<Progress>,
}

impl Default for Server {
    fn default() -> Self {
        Self::with_tags(MOST_TAGS)
    }
}

/// What a command did.
pub(crate) struct Done {
    /// For the client.
    pub(crate) reply: RawDocumentBuf,
    // Whether the command wrote nothing because someone else was faster.
    missed: bool,
}

/// Everything a command works with.
struct Work<'w> {
    tables: &'w mut dyn Tables,
    catalog: &'w mut Catalog,
    counts: Counts,
    most_tags: u64,
    progress: &'w Progress,
}

impl Server {
    /// A server that looks up at most so many tags one by one.
    pub(crate) fn with_tags(most_tags: u64) -> Self {
        Self { catalog: Catalog::default(), most_tags, progress: Arc::default() }
    }

    /// Whether a command can change anything; `false` for one that can't be read.
    pub(crate) fn writes(command: &RawDocument) -> bool {
        bulk::is(command) || Command::parse(command).is_ok_and(|command| command.writes())
    }

    /// How far compaction or cleanup is.
    pub(crate) fn progress(&self) -> Arc<Progress> {
        self.progress.clone()
    }

    /// Whether a command takes rows of counters away.
    pub(crate) fn compacts(command: &RawDocument) -> bool {
        Command::parse(command).is_ok_and(|command| command.name.ends_with("StructuredEncryptionData"))
    }

    /// Runs one command. On an error the caller must roll back.
    pub(crate) fn run(&mut self, tables: &mut dyn Tables, command: &RawDocument) -> Answer<RawDocumentBuf> {
        let mut work = self.work(tables);
        let done = work.dispatch(command).map(|done| done.reply);
        done.inspect_err(|_| self.catalog.forget())
    }

    /// Runs commands that belong together. On an error the caller must roll back.
    pub(crate) fn run_all(
        &mut self,
        tables: &mut dyn Tables,
        commands: &[RawDocumentBuf],
    ) -> Answer<Vec<RawDocumentBuf>> {
        let mut work = self.work(tables);
        let done: Answer<_> = commands.iter().map(|command| work.certainly(command)).collect();
        if done.is_err() {
            self.catalog.forget();
        }
        done
    }

    fn work<'w>(&'w mut self, tables: &'w mut dyn Tables) -> Work<'w> {
        Work {
            tables,
            catalog: &mut self.catalog,
            counts: Counts::default(),
            most_tags: self.most_tags,
            progress: &self.progress,
        }
    }

    /// Makes a store that was just opened ready: builds indexes it lacks.
    pub(crate) fn prepare(&mut self, tables: &mut dyn Tables) -> Answer<()> {
        self.catalog.align_indexes(tables)
    }

    /// Forgets what was read in a transaction that is rolled back.
    pub(crate) fn forget(&mut self) {
        self.catalog.forget();
    }
}

impl Done {
    fn plain(reply: RawDocumentBuf) -> Self {
        Self { reply, missed: false }
    }
}

impl Work<'_> {
    fn certainly(&mut self, command: &RawDocument) -> Answer<RawDocumentBuf> {
        match self.dispatch(command)? {
            Done { missed: true, .. } => Err(StoreError::Conflict),
            Done { reply, .. } => Ok(reply),
        }
    }

    fn dispatch(&mut self, command: &RawDocument) -> Answer<Done> {
        if bulk::is(command) {
            return self.bulk_write(command);
        }
        if explain::is(command) {
            return self.explain(command).map(Done::plain);
        }
        let command = Command::parse(command)?;
        match command.name {
            "insert" => self.insert(&command),
            "find" => self.find(&command).map(Done::plain),
            "aggregate" => self.aggregate(&command).map(Done::plain),
            "validate" => self.validate(&command).map(Done::plain),
            "count" => self.count(&command).map(Done::plain),
            "update" => self.update(&command),
            "delete" => self.delete(&command),
            "findAndModify" | "findandmodify" => self.find_and_modify(&command),
            "create" => self.create(&command).map(Done::plain),
            "drop" => self.drop(&command).map(Done::plain),
            "compactStructuredEncryptionData" => self.compact(&command, "compactionTokens", Depth::Compact),
            "cleanupStructuredEncryptionData" => self.compact(&command, "cleanupTokens", Depth::Cleanup),
            name => Err(refused(COMMAND_NOT_FOUND, format!("no such command: '{name}'"))),
        }
    }

    fn create(&mut self, command: &Command<'_>) -> Answer<RawDocumentBuf> {
        command.only(&["encryptedFields"])?;
        let mut options = RawDocumentBuf::new();
        if let Some(fields) = command.document("encryptedFields")? {
            options.append(cstr!("encryptedFields"), fields.to_owned());
        }
        self.catalog.create(self.tables, command.collection, &options)?;
        Ok(ok(RawDocumentBuf::new()))
    }

    /// Takes the collection away with its tags, state and compaction entries; one that isn't there is no error.
    fn drop(&mut self, command: &Command<'_>) -> Answer<RawDocumentBuf> {
        command.only(&[])?;
        if let Some(coll) = self.catalog.find(self.tables, command.collection)? {
            self.tables.drop_collection(coll.id)?;
            self.catalog.forget();
        }
        Ok(ok(RawDocumentBuf::new()))
    }

    fn compact(&mut self, command: &Command<'_>, tokens: &str, depth: Depth) -> Answer<Done> {
        command.only(&[tokens, "limit"])?;
        let coll = self.existing(command.collection)?;
        let tokens = command.document(tokens)?.ok_or_else(|| command::missing(tokens))?;
        let most = command.number("limit")?.and_then(|most| u64::try_from(most).ok()).unwrap_or(u64::MAX);
        let pass = Pass { coll: coll.id, schema: encrypted(&coll)?, tokens, depth, most, progress: self.progress };
        Ok(Done::plain(ok(pass.run(self.tables)?.reply())))
    }

    fn existing(&mut self, name: &str) -> Answer<std::sync::Arc<Collection>> {
        let found = self.catalog.find(self.tables, name)?;
        found.ok_or_else(|| refused(NAMESPACE_NOT_FOUND, format!("no such collection: '{name}'")))
    }

    fn ledger(&mut self, coll: &Collection) -> Ledger<'_> {
        Ledger::new(self.tables, &mut self.counts, coll.id)
    }

    fn filter(&mut self, coll: &Collection, informed: bool, filter: Option<&RawDocument>) -> Answer<Filter> {
        let Some(filter) = filter else { return Ok(Filter::Always) };
        let most_tags = self.most_tags;
        let mut rewriter = Rewriter { schema: coll.schema.as_ref(), informed, most_tags, ledger: self.ledger(coll) };
        filter::parse(filter, &mut rewriter)
    }
}

/// The encrypted fields of a collection that must have some.
fn encrypted(coll: &Collection) -> Answer<&qe::schema::Schema> {
    coll.schema.as_ref().ok_or_else(|| refused(NOT_ENCRYPTED_COLLECTION, "the collection has no encrypted fields"))
}

/// Appends MongoDB's `ok: 1`.
fn ok(mut reply: RawDocumentBuf) -> RawDocumentBuf {
    reply.append(cstr!("ok"), 1.0);
    reply
}

/// The encoded `_id` of a stored document.
fn id_of(doc: &RawDocument) -> Answer<bson::RawBsonRef<'_>> {
    doc.get("_id").or_damaged()?.ok_or_else(|| StoreError::Damaged("a stored document has no _id".into()))
}
