//! Writes: always a transaction, so that they may be tried again and are never done twice.
//!
//! A server that was lost before the commit has undone the transaction, and it is run again. A commit whose answer was
//! lost is asked for again until the server says what became of it; when nobody can say, the outcome is unknown, and
//! whoever asked for the write looks at what is stored.

use super::command::{Kind, Outgoing};
use super::{Server, bulk, failure, reply, send::pause};
use crate::store::StoreError;
use bson::RawDocumentBuf;
use mongodb::ClientSession;
use mongodb::error::Error;
use mongodb::options::{ReadConcern, SelectionCriteria, TransactionOptions, WriteConcern};
use std::sync::atomic::Ordering;
use tokio::time::{sleep, timeout};

/// How often a transaction is run when others write the same documents.
const TRIES: u32 = 14;
/// How often when the server is lost.
const LOST: u32 = 3;
/// How often a commit is asked for.
const COMMITS: u32 = 6;

/// Why a transaction came to its end without a commit.
enum Ended {
    /// Nothing was written and nothing would be next time.
    Refused(StoreError),
    /// Nothing was written; next time may be better.
    Again(StoreError),
    /// An inserted `_id` is taken: after how many documents of which command.
    Taken(usize),
}

/// What became of a commit.
enum Committed {
    Yes,
    /// Undone, for sure; and whether that was ever in doubt.
    No {
        doubted: bool,
    },
    Unknown,
}

impl Server {
    /// One write alone. An `_id` that is taken doesn't undo the documents before it, as on every store.
    pub(super) async fn write_alone(&self, command: Outgoing) -> Result<RawDocumentBuf, StoreError> {
        let messages = command.messages()?;
        match self.transaction(&messages, false).await? {
            Ok(replies) => Ok(reply::sum(replies)),
            Err((place, taken)) => self.before_taken(&messages, place, &taken).await,
        }
    }

    async fn before_taken(
        &self,
        messages: &[Outgoing],
        place: (usize, usize),
        taken: &RawDocumentBuf,
    ) -> Result<RawDocumentBuf, StoreError> {
        let (message, statement) = place;
        let mut before: Vec<Outgoing> = vec![];
        for whole in &messages[..message] {
            before.push(Outgoing::read(whole.document.clone())?);
        }
        let kept: Vec<RawDocumentBuf> =
            messages[message].statements().into_iter().take(statement).map(ToOwned::to_owned).collect();
        if !kept.is_empty() {
            before.push(messages[message].with_statements(&kept)?);
        }
        if !before.is_empty() && self.transaction(&before, false).await?.is_err() {
            return Err(StoreError::Conflict);
        }
        reply::plain(taken)
    }

    /// Commands that belong together. What can't be part of a transaction is done before (collections to be made) or
    /// after it (collections to be taken away, compaction).
    pub(super) async fn run_all(&self, commands: Vec<RawDocumentBuf>) -> Result<Vec<RawDocumentBuf>, StoreError> {
        let commands = commands.into_iter().map(Outgoing::read).collect::<Result<Vec<_>, _>>()?;
        let mut replies: Vec<Option<RawDocumentBuf>> = commands.iter().map(|_| None).collect();
        let (mut messages, mut places, mut after) = (vec![], vec![], vec![]);
        for (place, command) in commands.into_iter().enumerate() {
            match command.kind {
                Kind::Create => replies[place] = Some(self.create(&command).await?),
                Kind::Drop | Kind::Compact => after.push((place, command)),
                Kind::Count | Kind::Validate => {
                    return Err(super::command::invalid("this command can't be part of a transaction"));
                }
                Kind::Cursor | Kind::Write => {
                    let parts = command.messages()?;
                    places.extend(parts.iter().map(|_| place));
                    messages.extend(parts);
                }
            }
        }
        if !messages.is_empty() {
            let answers = self.transaction(&messages, true).await?.map_err(|_| StoreError::Conflict)?;
            for (place, answer) in places.into_iter().zip(answers) {
                let so_far = replies[place].take();
                replies[place] = Some(reply::sum(so_far.into_iter().chain([answer]).collect()));
            }
        }
        for (place, command) in after {
            replies[place] = Some(self.after_commit(&command).await?);
        }
        Ok(replies.into_iter().flatten().collect())
    }

    async fn after_commit(&self, command: &Outgoing) -> Result<RawDocumentBuf, StoreError> {
        if command.kind == Kind::Compact {
            return self.compact(command).await;
        }
        // The transaction stands: to say that it failed would be wrong. What is left over is in nobody's way.
        let dropped = self.drop_collection(&command.collection).await;
        Ok(dropped.unwrap_or_else(|error| {
            tracing::error!(%error, "a collection that isn't used any more couldn't be dropped");
            bson::rawdoc! {"ok": 1.0}
        }))
    }

    /// Runs messages as one transaction. `Ok(Err(…))` is an `_id` that is taken: which message and statement, and the
    /// answer that said so.
    async fn transaction(
        &self,
        messages: &[Outgoing],
        strict: bool,
    ) -> Result<Result<Vec<RawDocumentBuf>, ((usize, usize), RawDocumentBuf)>, StoreError> {
        let (mut tries, mut lost, mut doubted) = (0, 0, false);
        loop {
            let mut session = match self.begin().await {
                Ok(session) => session,
                Err(error) => return Err(in_doubt(doubted, failure::of(&error))),
            };
            let mut replies = vec![];
            match self.attempt(&mut session, messages, strict, &mut replies).await {
                Ok(()) => match self.commit(&mut session).await {
                    Committed::Yes => return Ok(Ok(replies)),
                    Committed::Unknown => return Err(StoreError::Unknown),
                    Committed::No { doubted: now } => doubted |= now,
                },
                Err(ended) => {
                    self.undo(&mut session).await;
                    match ended {
                        // After a doubt, what others seem to have done may have been ourselves.
                        Ended::Refused(error) => return Err(in_doubt(doubted, error)),
                        Ended::Taken(_) if strict || doubted => return Err(in_doubt(doubted, StoreError::Conflict)),
                        Ended::Taken(statement) => {
                            let place = (replies.len() - 1, statement);
                            return Ok(Err((place, replies.pop().unwrap_or_default())));
                        }
                        Ended::Again(StoreError::Unreachable) if lost + 1 < LOST => lost += 1,
                        Ended::Again(StoreError::Unreachable) => {
                            return Err(in_doubt(doubted, StoreError::Unreachable));
                        }
                        Ended::Again(_) => {}
                    }
                }
            }
            tries += 1;
            if tries == TRIES {
                return Err(in_doubt(doubted, StoreError::Busy));
            }
            sleep(pause(tries)).await;
        }
    }

    async fn begin(&self) -> Result<ClientSession, Error> {
        let mut session = self.client.start_session().await?;
        let options = TransactionOptions::builder()
            .read_concern(ReadConcern::snapshot())
            .write_concern(WriteConcern::majority())
            .selection_criteria(SelectionCriteria::ReadPreference(mongodb::options::ReadPreference::Primary))
            .max_commit_time(self.patience.commit)
            .build();
        session.start_transaction().with_options(options).await?;
        Ok(session)
    }

    async fn attempt(
        &self,
        session: &mut ClientSession,
        messages: &[Outgoing],
        strict: bool,
        replies: &mut Vec<RawDocumentBuf>,
    ) -> Result<(), Ended> {
        let mut rest = messages;
        while !rest.is_empty() {
            let (now, later) = rest.split_at(bulk::together(rest, self.bulk.load(Ordering::Relaxed)));
            let sent = timeout(self.patience.write, self.send_together(session, now)).await;
            let answers = sent.map_err(|_| Ended::Again(StoreError::Unreachable))??;
            for (message, answer) in now.iter().zip(answers) {
                heard(message, &answer, strict, replies)?;
            }
            rest = later;
        }
        Ok(())
    }

    /// One message, or several in one command; each one's answer.
    async fn send_together(
        &self,
        session: &mut ClientSession,
        messages: &[Outgoing],
    ) -> Result<Vec<RawDocumentBuf>, Ended> {
        if let [only] = messages {
            return Ok(vec![self.send_in(session, only).await.map_err(ended)?]);
        }
        let command = bulk::command(messages).map_err(Ended::Refused)?;
        let answer = self.client.database("admin").run_raw_command(command).session(session).await;
        let answer = answer.map_err(|error| match ended(error) {
            Ended::Refused(why) if bulk::is_unknown(&why) => {
                self.bulk.store(false, Ordering::Relaxed);
                Ended::Again(why)
            }
            other => other,
        })?;
        let answer = RawDocumentBuf::try_from(&answer).map_err(|error| ended(error.into()))?;
        if reply::is_transient(&answer) {
            return Err(Ended::Again(StoreError::Busy));
        }
        bulk::answers(messages, &answer).map_err(Ended::Refused)
    }

    async fn send_in(&self, session: &mut ClientSession, message: &Outgoing) -> Result<RawDocumentBuf, Error> {
        let database = self.client.database(message.database());
        if message.kind != Kind::Cursor {
            let answer = database.run_raw_command(message.document.clone()).session(&mut *session).await?;
            return Ok(RawDocumentBuf::try_from(&answer)?);
        }
        let mut cursor = database.run_raw_cursor_command(message.document.clone()).session(&mut *session).await?;
        let mut found = vec![];
        while cursor.advance(session).await? {
            found.push(cursor.current().to_owned());
        }
        Ok(reply::cursor(message, &found).unwrap_or_default())
    }

    /// Asks for the commit until the server says what became of it.
    async fn commit(&self, session: &mut ClientSession) -> Committed {
        let mut doubted = false;
        for nth in 0..COMMITS {
            match timeout(self.patience.commit, session.commit_transaction()).await {
                Ok(Ok(())) => return Committed::Yes,
                Ok(Err(error)) if failure::is_unknown(&error) => doubted = true,
                Err(_) => doubted = true,
                Ok(Err(error)) if failure::is_transient(&error) => return Committed::No { doubted },
                // A refusal of the very first one is one; later, what it was that is refused isn't known.
                Ok(Err(_)) if doubted => return Committed::Unknown,
                Ok(Err(_)) => return Committed::No { doubted },
            }
            sleep(pause(nth)).await;
        }
        Committed::Unknown
    }

    /// A courtesy to the server, which ends what nobody commits by itself; its answer changes nothing.
    async fn undo(&self, session: &mut ClientSession) {
        drop(timeout(self.patience.select, session.abort_transaction()).await);
    }
}

/// What a command that failed is to its transaction.
fn ended(error: Error) -> Ended {
    let why = failure::of(&error);
    if failure::is_transient(&error) { Ended::Again(why) } else { Ended::Refused(why) }
}

/// Adds an answer to those so far, unless it says that the transaction has come to its end.
fn heard(
    message: &Outgoing,
    answer: &RawDocumentBuf,
    strict: bool,
    replies: &mut Vec<RawDocumentBuf>,
) -> Result<(), Ended> {
    if reply::is_transient(answer) {
        return Err(Ended::Again(StoreError::Busy));
    }
    if let Some(statement) = reply::first_duplicate(answer) {
        let told = super::command::without(answer, &[]).unwrap_or_default();
        replies.push(told);
        return Err(Ended::Taken(statement));
    }
    if strict && reply::missed(message, answer) {
        return Err(Ended::Refused(StoreError::Conflict));
    }
    replies.push(reply::plain(answer).map_err(Ended::Refused)?);
    Ok(())
}

/// A refusal after a commit in doubt says nothing about the first attempt.
fn in_doubt(doubted: bool, error: StoreError) -> StoreError {
    if doubted { StoreError::Unknown } else { error }
}
