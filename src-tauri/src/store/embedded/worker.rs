//! The thread that owns the connections. Commands come over a channel, answers go back one by one.

use super::apart::BothTables;
use super::file::{Files, truncate_log};
use crate::store::server::Server;
use crate::store::server::refusal::Answer;
use crate::store::{Checked, Progress, StoreError};
use bson::RawDocumentBuf;
use rusqlite::{Connection, TransactionBehavior};
use std::sync::{Arc, mpsc};
use std::thread::{Builder, JoinHandle};
use tokio::sync::oneshot;

type Reply<T> = oneshot::Sender<Result<T, StoreError>>;

enum Job {
    Run(RawDocumentBuf, Reply<RawDocumentBuf>),
    RunAll(Vec<RawDocumentBuf>, Reply<Vec<RawDocumentBuf>>),
    Hold(mpsc::Receiver<Step>, Reply<()>),
    Check(Reply<Checked>),
    Scrub(Reply<()>),
}

/// What is asked of an open transaction.
pub(super) enum Step {
    /// One more command.
    Run(RawDocumentBuf, Reply<RawDocumentBuf>),
    /// The end.
    Commit(Reply<()>),
}

/// Handle of the thread; dropping it waits until what was accepted is done and the files are closed.
pub(super) struct Worker {
    /// How far compaction or cleanup is.
    pub(super) progress: Arc<Progress>,
    jobs: Option<mpsc::Sender<Job>>,
    thread: Option<JoinHandle<()>>,
}

impl Worker {
    /// Builds indexes the files lack, then starts the thread.
    pub(super) fn start(files: Files, most_tags: u64) -> Result<Self, StoreError> {
        let mut desk = Desk { files, server: Server::with_tags(most_tags) };
        desk.transaction(TransactionBehavior::Immediate, |server, tables| server.prepare(tables))?;
        let progress = desk.server.progress();
        let (jobs, accepted) = mpsc::channel();
        let thread = Builder::new().name("store".into()).spawn(move || accepted.iter().for_each(|job| desk.work(job)));
        let thread = thread.map_err(|error| StoreError::CantOpen(error.kind().to_string()))?;
        Ok(Self { progress, jobs: Some(jobs), thread: Some(thread) })
    }

    pub(super) async fn run(&self, command: RawDocumentBuf) -> Result<RawDocumentBuf, StoreError> {
        self.ask(|reply| Job::Run(command, reply)).await
    }

    pub(super) async fn run_all(&self, commands: Vec<RawDocumentBuf>) -> Result<Vec<RawDocumentBuf>, StoreError> {
        self.ask(|reply| Job::RunAll(commands, reply)).await
    }

    /// Opens a transaction that ends with its last step.
    pub(super) async fn begin(&self) -> Result<mpsc::Sender<Step>, StoreError> {
        let (steps, asked) = mpsc::channel();
        self.ask(|reply| Job::Hold(asked, reply)).await.map(|()| steps)
    }

    pub(super) async fn check(&self) -> Result<Checked, StoreError> {
        self.ask(Job::Check).await
    }

    pub(super) async fn scrub(&self) -> Result<(), StoreError> {
        self.ask(Job::Scrub).await
    }

    async fn ask<T>(&self, job: impl FnOnce(Reply<T>) -> Job) -> Result<T, StoreError> {
        let (reply, answer) = oneshot::channel();
        let sent = self.jobs.as_ref().is_some_and(|jobs| jobs.send(job(reply)).is_ok());
        if !sent {
            return Err(stopped());
        }
        answer.await.unwrap_or_else(|_| Err(stopped()))
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        drop(self.jobs.take());
        let ended = self.thread.take().map(JoinHandle::join);
        if matches!(ended, Some(Err(_))) {
            tracing::error!("the store's thread ended by a panic");
        }
    }
}

struct Desk {
    files: Files,
    server: Server,
}

impl Desk {
    // Someone who no longer waits for the answer doesn't undo the work.
    fn work(&mut self, job: Job) {
        match job {
            Job::Run(command, reply) => {
                let kind = kind_of(std::slice::from_ref(&command));
                let done = self.transaction(kind, |server, tables| server.run(tables, &command));
                self.tidy(std::slice::from_ref(&command));
                drop(reply.send(done));
            }
            Job::RunAll(commands, reply) => {
                let kind = kind_of(&commands);
                let done = self.transaction(kind, |server, tables| server.run_all(tables, &commands));
                self.tidy(&commands);
                drop(reply.send(done));
            }
            Job::Hold(steps, reply) => self.hold(&steps, reply),
            Job::Check(reply) => drop(reply.send(self.check())),
            Job::Scrub(reply) => drop(reply.send(self.scrub())),
        }
    }

    // Steps until one fails or nobody asks any more: then all of them are undone.
    fn hold(&mut self, steps: &mpsc::Receiver<Step>, begun: Reply<()>) {
        let (mut begun, mut ending) = (Some(begun), None);
        let done = self.transaction(TransactionBehavior::Immediate, |server, tables| {
            drop(begun.take().map(|begun| begun.send(Ok(()))));
            while let Ok(step) = steps.recv() {
                let (command, reply) = match step {
                    Step::Run(command, reply) => (command, reply),
                    Step::Commit(reply) => {
                        ending = Some(reply);
                        return Ok(());
                    }
                };
                let done = server.run(tables, &command);
                let failed = done.is_err();
                drop(reply.send(done));
                if failed {
                    break;
                }
            }
            Err(StoreError::Stopped)
        });
        drop(begun.or(ending).map(|waiting| waiting.send(done)));
    }

    // What compaction deletes must not stay readable in the log. Where another program reads just now, the next
    // checkpoint does it.
    fn tidy(&self, commands: &[RawDocumentBuf]) {
        if commands.iter().any(|command| Server::compacts(command)) {
            drop(truncate_log(&self.files.data));
        }
    }

    fn transaction<T>(
        &mut self,
        kind: TransactionBehavior,
        work: impl FnOnce(&mut Server, &mut BothTables<'_>) -> Answer<T>,
    ) -> Answer<T> {
        let data = self.files.data.transaction_with_behavior(kind)?;
        let keys = self.files.keys.transaction_with_behavior(kind)?;
        let done = work(&mut self.server, &mut BothTables::new(&data, &keys));
        let committed = done.and_then(|done| {
            keys.commit()?;
            data.commit()?;
            Ok(done)
        });
        if committed.is_err() {
            self.server.forget();
        }
        committed
    }

    fn check(&mut self) -> Answer<Checked> {
        check_pages(&self.files.data)?;
        check_pages(&self.files.keys)?;
        self.transaction(TransactionBehavior::Deferred, |server, tables| server.check(tables))
    }

    fn scrub(&mut self) -> Answer<()> {
        truncate_log(&self.files.keys)?;
        truncate_log(&self.files.data)
    }
}

fn check_pages(connection: &Connection) -> Answer<()> {
    let pages: String = connection.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))?;
    let whole = pages == "ok";
    if whole { Ok(()) } else { Err(StoreError::Damaged("a page of the file contradicts another".into())) }
}

// Reading never waits for another process that writes.
fn kind_of(commands: &[RawDocumentBuf]) -> TransactionBehavior {
    let writes = commands.iter().any(|command| Server::writes(command));
    if writes { TransactionBehavior::Immediate } else { TransactionBehavior::Deferred }
}

fn stopped() -> StoreError {
    StoreError::Database("the store has stopped".into())
}
