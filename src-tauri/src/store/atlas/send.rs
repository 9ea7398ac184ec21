//! One command: questions are asked again when a server was lost on the way, writes become a transaction of their own.

use super::command::{Kind, Outgoing, without};
use super::{Server, failure, reply};
use crate::store::StoreError;
use bson::raw::cstr;
use bson::{RawDocumentBuf, rawdoc};
use mongodb::error::Error;
use std::time::Duration;
use tokio::time::{sleep, timeout};

/// How often a question is asked.
const ASKED: u32 = 3;

/// Documents a server answers at once, if they fit in its 16 MiB.
const BATCH: i32 = 10_000;

impl Server {
    /// Runs one command.
    pub(super) async fn run(&self, command: RawDocumentBuf) -> Result<RawDocumentBuf, StoreError> {
        let command = Outgoing::read(command)?;
        match command.kind {
            Kind::Cursor => self.ask(&command).await,
            Kind::Count => self.count(&command).await,
            Kind::Write => self.write_alone(command).await,
            Kind::Create => self.create(&command).await,
            Kind::Drop => self.drop_collection(&command.collection).await,
            Kind::Compact => self.compact(&command).await,
            Kind::Validate => self.validate(&command).await,
        }
    }

    /// A cursor's documents, all of them.
    pub(super) async fn ask(&self, command: &Outgoing) -> Result<RawDocumentBuf, StoreError> {
        let mut asked = read_safely(&command.document)?;
        match command.name() {
            "find" if asked.get("batchSize").is_ok_and(|found| found.is_none()) => {
                asked.append(cstr!("batchSize"), BATCH)
            }
            "aggregate" if asked.get("cursor").is_ok_and(|found| found.is_none()) => {
                asked.append(cstr!("cursor"), rawdoc! {"batchSize": BATCH});
            }
            _ => {}
        }
        let batch = self.again(self.patience.read, || self.drain(command, asked.clone())).await?;
        reply::cursor(command, &batch)
    }

    async fn drain(&self, command: &Outgoing, asked: RawDocumentBuf) -> Result<Vec<RawDocumentBuf>, Error> {
        let database = self.client.database(command.database());
        let mut cursor = database.run_raw_cursor_command(asked).await?;
        let mut found = vec![];
        while cursor.advance().await? {
            found.push(cursor.current().to_owned());
        }
        Ok(found)
    }

    async fn count(&self, command: &Outgoing) -> Result<RawDocumentBuf, StoreError> {
        let asked = read_safely(&command.document)?;
        let answer = self.again(self.patience.read, || self.send(command.database(), asked.clone())).await?;
        reply::plain(&answer)
    }

    /// The server checks its own pages; what can be told without them is how many documents there are.
    async fn validate(&self, command: &Outgoing) -> Result<RawDocumentBuf, StoreError> {
        let count = Outgoing::read(rawdoc! {"count": command.collection.as_str(), "query": {}})?;
        let counted = self.count(&count).await?;
        let n = counted.get("n").ok().flatten().and_then(super::command::whole).unwrap_or(0);
        Ok(rawdoc! {"ns": command.collection.as_str(), "nrecords": n, "errors": [], "valid": true, "ok": 1.0})
    }

    /// Compaction is the server's own transaction. It takes no `limit`, and what it has done once it doesn't do again.
    pub(super) async fn compact(&self, command: &Outgoing) -> Result<RawDocumentBuf, StoreError> {
        let asked = without(&command.document, &["limit"])?;
        let answer = self.again(self.patience.write, || self.send(command.database(), asked.clone())).await?;
        reply::plain(&answer)
    }

    pub(super) async fn send(&self, database: &str, command: RawDocumentBuf) -> Result<RawDocumentBuf, Error> {
        let answer = self.client.database(database).run_raw_command(command).await?;
        Ok(RawDocumentBuf::try_from(&answer)?)
    }

    /// Asks until there is an answer or a refusal, a few times. Only for what may be done twice.
    pub(super) async fn again<T, F>(&self, patience: Duration, ask: impl Fn() -> F) -> Result<T, StoreError>
    where
        F: Future<Output = Result<T, Error>>,
    {
        let mut failed = StoreError::Unreachable;
        for nth in 0..ASKED {
            failed = match timeout(patience, ask()).await {
                Ok(Ok(answer)) => return Ok(answer),
                // The driver has looked for a server as long as anybody waits for one.
                Ok(Err(error)) if failure::is_nowhere(&error) => return Err(failure::of(&error)),
                Ok(Err(error)) => failure::of(&error),
                // What is dropped here closes its connection.
                Err(_) => StoreError::Unreachable,
            };
            if !matches!(failed, StoreError::Unreachable | StoreError::Busy) {
                return Err(failed);
            }
            sleep(pause(nth)).await;
        }
        Err(failed)
    }
}

/// A question's command: only what a majority has is told. An answer that isn't wanted any more isn't worked at.
fn read_safely(command: &bson::RawDocument) -> Result<RawDocumentBuf, StoreError> {
    let mut asked = without(command, &["readConcern", "$db", "lsid"])?;
    asked.append(cstr!("readConcern"), rawdoc! {"level": "majority"});
    Ok(asked)
}

/// How long to wait before the next try: longer each time, and never as long as somebody else.
pub(super) fn pause(nth: u32) -> Duration {
    let most = 20_u64.saturating_mul(1 << nth.min(5));
    let mut random = [0_u8; 2];
    // Without randomness everybody waits the longest time.
    let share = getrandom::fill(&mut random).map_or(u64::from(u16::MAX), |()| u64::from(u16::from_le_bytes(random)));
    Duration::from_millis(most / 2 + most * share / u64::from(u16::MAX) / 2)
}
