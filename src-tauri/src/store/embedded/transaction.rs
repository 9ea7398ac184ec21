//! A transaction that stays open over several commands, for whoever learns the next one from the last answer.

use super::worker::Step;
use crate::store::StoreError;
use bson::RawDocumentBuf;
use std::sync::mpsc;
use tokio::sync::oneshot;

/// An open transaction of an embedded store. Dropping it undoes what it did.
///
/// Other commands given to the same [`super::Embedded`] wait until it ends, and so does whoever else wants to write to
/// its files; to read beside it, open the files a second time.
pub struct Transaction {
    steps: mpsc::Sender<Step>,
}

impl Transaction {
    pub(super) const fn new(steps: mpsc::Sender<Step>) -> Self {
        Self { steps }
    }

    /// Runs one command inside the transaction.
    ///
    /// # Errors
    /// As [`crate::store::Store::run`]; the whole transaction is undone then, and further commands are refused.
    pub async fn run(&self, command: RawDocumentBuf) -> Result<RawDocumentBuf, StoreError> {
        self.ask(|reply| Step::Run(command, reply)).await
    }

    /// Makes everything durable.
    ///
    /// # Errors
    /// What keeps the files from being written; nothing was.
    pub async fn commit(self) -> Result<(), StoreError> {
        self.ask(Step::Commit).await
    }

    async fn ask<T>(&self, step: impl FnOnce(oneshot::Sender<Result<T, StoreError>>) -> Step) -> Result<T, StoreError> {
        let ended = || StoreError::Database("the transaction has ended".into());
        let (reply, answer) = oneshot::channel();
        self.steps.send(step(reply)).map_err(|_| ended())?;
        answer.await.unwrap_or_else(|_| Err(ended()))
    }
}
