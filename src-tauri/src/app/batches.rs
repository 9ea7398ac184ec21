//! A long job batch by batch through the same door: while one batch is being written, the next is sealed.
//!
//! Each batch passes the steps of [`Workstation::perform`]: session, policy, run, audit row durable, write, outcome row.
//! Only the making of the next one overlaps with the writing of the one before, and only when it reads nothing that
//! the other writes. Whatever doesn't go smoothly is performed anew, the ordinary way.

use super::desk::Desk;
use super::error::{Code, Failure};
use super::perform::{Action, Asking, Prepared};
use super::workstation::Workstation;
use crate::policy::Decision;
use std::ops::ControlFlow;

/// An action that comes in a row with others of its kind, in two halves: what it asks the store, what it makes of that.
pub(super) trait Batch: Action + Sized {
    /// What the store answered.
    type LookedUp<'a>
    where
        Self: 'a;
    /// Whether it reads nothing that `before` writes.
    fn independent_of(&self, before: &Self) -> bool;
    /// Asks the store everything it needs.
    ///
    /// # Errors
    /// As [`Action::run`].
    async fn look_up<'a>(&'a self, desk: &'a Desk<'a>) -> Result<Self::LookedUp<'a>, Failure>;
    /// Makes the writes, asks nothing, and lets the writing of the batch before go on now and then.
    ///
    /// # Errors
    /// As [`Action::run`].
    async fn make<'a>(looked_up: Self::LookedUp<'a>) -> Result<Prepared<Self::Output>, Failure>
    where
        Self: 'a;
}

/// A batch that is made and not yet written.
struct Made<T> {
    asking: Asking,
    decision: Decision,
    prepared: Prepared<T>,
}

impl Workstation {
    /// Performs batches in their order; `told` hears of each and may stop.
    ///
    /// # Errors
    /// What a batch failed with; those before it are stored.
    pub(super) async fn perform_batches<A: Batch>(
        &mut self,
        batches: impl IntoIterator<Item = A>,
        mut told: impl FnMut(A::Output) -> ControlFlow<()>,
    ) -> Result<(), Failure> {
        let mut batches = batches.into_iter();
        let (mut next, mut made) = (batches.next(), None);
        while let Some(batch) = next {
            // A service at work is no empty chair.
            self.touch().await?;
            next = batches.next();
            let (output, ahead) = self.take_turn(batch, made, next.as_ref()).await?;
            made = ahead;
            crate::zero::burn_stack();
            if told(output).is_break() {
                break;
            }
        }
        Ok(())
    }

    /// Writes one batch, and makes the following one meanwhile if that is possible.
    async fn take_turn<A: Batch>(
        &mut self,
        batch: A,
        made: Option<Made<A::Output>>,
        following: Option<&A>,
    ) -> Result<(A::Output, Option<Made<A::Output>>), Failure> {
        let made = match made {
            Some(made) => Ok(made),
            None => {
                self.follow_keys().await?;
                let asking = self.asking()?;
                self.made(&batch, asking).await
            }
        };
        // Refused or failed: the ordinary way says so, and writes it into the audit.
        let Ok(made) = made else { return Ok((self.perform(batch).await?, None)) };
        let following = following.filter(|one| one.independent_of(&batch));
        let asking = self.asking()?;
        let Made { asking: asked, decision, mut prepared } = made;
        let (written, ahead) = match following {
            None => (self.record(&asked, &batch, decision, &mut prepared).await, None),
            Some(following) => {
                let (allowed, relationship, refused) = self.admit(&asking, following).await?;
                let desk = self.desk(&asking, relationship)?;
                let looked_up = if refused.is_none() { following.look_up(&desk).await.ok() } else { None };
                let make = async {
                    match looked_up {
                        Some(looked_up) => A::make(looked_up).await.ok(),
                        None => None,
                    }
                };
                let (written, ahead) = tokio::join!(self.record(&asked, &batch, decision, &mut prepared), make);
                (written, ahead.map(|prepared| (allowed, prepared)))
            }
        };
        match written {
            Ok(()) => {
                let ahead = ahead.map(|(decision, prepared)| Made { asking, decision, prepared });
                Ok((prepared.output, ahead))
            }
            // Keys or records changed under it: what was made ahead is no good either.
            Err(failure) if failure.code == Code::Conflict => Ok((self.perform(batch).await?, None)),
            Err(failure) => Err(failure),
        }
    }

    async fn made<A: Batch>(&self, batch: &A, asking: Asking) -> Result<Made<A::Output>, Failure> {
        let (decision, relationship, refused) = self.admit(&asking, batch).await?;
        if let Some(refused) = refused {
            return Err(refused);
        }
        let desk = self.desk(&asking, relationship)?;
        let prepared = A::make(batch.look_up(&desk).await?).await?;
        Ok(Made { asking, decision, prepared })
    }
}
