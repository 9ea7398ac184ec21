//! Another workstation's writes: told by a change stream, or asked for where there is none.
//!
//! Every write through the gate touches the site record, so its counters are the clock that is asked.

use super::{Atlas, Server};
use crate::store::changes::{Pulse, Telling};
use crate::store::{Changes, DATABASE, StoreError};
use async_trait::async_trait;
use bson::raw::cstr;
use bson::{Bson, Document, Regex, doc, rawdoc};
use mongodb::error::Error;
use std::time::Duration;
use tokio::time::sleep;
use uuid::Uuid;

/// How long after a stream broke another one is tried.
const AFTER_A_BREAK: Duration = Duration::from_secs(2);

impl Atlas {
    /// Begins to watch. Where the server or the account knows no change streams, the site record is asked.
    pub(super) async fn watch(&self) -> Result<Changes, StoreError> {
        if !self.abilities.streams {
            return self.asked().await;
        }
        let (changes, telling) = Changes::told();
        let (server, (started, running)) = (self.server.clone(), tokio::sync::oneshot::channel());
        self.runtime.handle()?.spawn(async move { server.follow(telling, started).await });
        match running.await {
            Ok(true) => Ok(changes),
            _ => self.asked().await,
        }
    }

    async fn asked(&self) -> Result<Changes, StoreError> {
        let mut clock = SiteClock { server: self.server.clone(), runtime: None, last: None };
        clock.runtime = Some(self.runtime.handle()?.clone());
        clock.beat().await?;
        Ok(Changes::polled(clock))
    }
}

impl Server {
    /// Follows the stream as long as somebody listens.
    async fn follow(&self, telling: Telling, started: tokio::sync::oneshot::Sender<bool>) {
        let mut started = Some(started);
        while telling.is_heard() {
            let broke = self.follow_once(&telling, &mut started).await;
            if let Some(started) = started.take() {
                // The very first try failed: whoever began to watch asks instead.
                let _ = started.send(false);
                return;
            }
            if broke.is_ok() {
                return;
            }
            sleep(AFTER_A_BREAK).await;
            telling.tell(None);
        }
    }

    async fn follow_once(
        &self,
        telling: &Telling,
        started: &mut Option<tokio::sync::oneshot::Sender<bool>>,
    ) -> Result<(), Error> {
        // Ids only: what a document became isn't sent. Counters of encrypted values are nobody's news.
        let counters =
            Bson::RegularExpression(Regex { pattern: cstr!("^enxcol_").to_owned(), options: cstr!("").to_owned() });
        let pipeline = [
            doc! { "$match": { "ns.coll": { "$not": counters } } },
            doc! { "$project": { "operationType": 1, "ns": 1, "documentKey": 1 } },
        ];
        let mut stream = self.client.database(DATABASE).watch().pipeline(pipeline).await?;
        if let Some(started) = started.take() {
            let _ = started.send(true);
        }
        loop {
            let event = stream.next_if_any().await?;
            let heard = match event {
                Some(event) => telling.tell(event.document_key.as_ref().and_then(id_of)),
                None => telling.is_heard(),
            };
            if !heard || !stream.is_alive() {
                return Ok(());
            }
        }
    }
}

fn id_of(key: &Document) -> Option<Uuid> {
    match key.get("_id") {
        Some(Bson::Binary(id)) => Uuid::from_slice(&id.bytes).ok(),
        _ => None,
    }
}

/// The site record as a clock.
struct SiteClock {
    server: Server,
    runtime: Option<tokio::runtime::Handle>,
    last: Option<Document>,
}

#[async_trait]
impl Pulse for SiteClock {
    async fn beat(&mut self) -> Result<bool, StoreError> {
        let (server, Some(runtime)) = (self.server.clone(), &self.runtime) else { return Err(super::stopped()) };
        let counters = rawdoc! { "find": "site", "projection": { "v": 1, "w": 1, "f": 1 }, "sort": { "_id": 1 } };
        let asked = runtime.spawn(async move { server.run(counters).await });
        let answer = asked.await.unwrap_or_else(|_| Err(super::stopped()))?;
        let now = Document::try_from(answer).map_err(|_| StoreError::Damaged("the reply is not a cursor".into()))?;
        let changed = self.last.as_ref().is_some_and(|last| *last != now);
        self.last = Some(now);
        Ok(changed)
    }
}
