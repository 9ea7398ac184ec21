//! The workstation's lease, moved on at every opening and sign-in: who can't keep up is a copy.

use super::LEASES;
use crate::app::error::{Code, Failure};
use crate::app::home::Home;
use crate::app::workstation::Workstation;
use crate::keys::{Lease, LeaseLeft, Signed, Standing, WorkstationKey, forms, machine_mark};
use crate::record::form::FORM;
use crate::store::{StoreError, find_documents, insert, raw, update};
use bson::{Document, doc};
use std::fs::{File, TryLockError};
use std::time::Duration;
use uuid::Uuid;

/// How often a lease is read again when another program of this workstation moved it on.
const ATTEMPTS: usize = 5;

impl Workstation {
    /// Moves the lease on.
    ///
    /// # Errors
    /// [`Code::WorkstationCopied`] when another place with this workstation's key has done so. A store or folder that
    /// can't be written is none: nothing was moved on then.
    pub(in crate::app) async fn renew_lease(&self) -> Result<(), Failure> {
        let moved = match lock(&self.home).await {
            Ok(_lock) => self.move_lease().await,
            Err(error) => Err(error.into()),
        };
        match moved {
            Err(failure) if failure.code != Code::WorkstationCopied => {
                tracing::warn!(%failure, "the workstation's lease wasn't moved on");
                Ok(())
            }
            moved => moved,
        }
    }

    async fn move_lease(&self) -> Result<(), Failure> {
        let id = self.enrolment.workstation;
        let key = WorkstationKey::load(self.keychain.as_ref(), id)?;
        let machine = Home::machine().map(|machine| machine_mark(id, &machine));
        for _ in 0..ATTEMPTS {
            let (left, stored) = (self.home.lease()?, self.stored_lease(&key).await?);
            if LeaseLeft::judge(left.as_ref(), stored, machine.as_deref()) == Standing::Copied {
                return Err(Code::WorkstationCopied.bare());
            }
            let last = left.and_then(|left| left.last);
            let number = stored.map_or(0, |one| one.0).max(last.map_or(0, |one| one.0)) + 1;
            let next = (number, Uuid::new_v4());
            self.home.keep_lease(&LeaseLeft { last: stored.or(last), next: Some(next), machine: machine.clone() })?;
            match self.write_lease(&key, stored, next).await {
                Err(StoreError::Conflict) => continue,
                written => written?,
            }
            return Ok(self.home.keep_lease(&LeaseLeft { last: Some(next), next: None, machine })?);
        }
        Err(Code::StoreBusy.bare())
    }

    /// The number and turn in the store; a lease that this workstation's key didn't sign counts as none.
    async fn stored_lease(&self, key: &WorkstationKey) -> Result<Option<(i64, Uuid)>, Failure> {
        let found = find_documents(self.store(), LEASES, doc! { "_id": forms::uuid_bson(key.id()) }, None).await?;
        let Some(found) = found.into_iter().next() else { return Ok(None) };
        let signed = Signed::<Lease>::from_document(&Document::try_from(found)?)?;
        let lease = signed.verify(&key.public())?;
        Ok(Some((lease.number, lease.turn)))
    }

    async fn write_lease(
        &self,
        key: &WorkstationKey,
        from: Option<(i64, Uuid)>,
        (number, turn): (i64, Uuid),
    ) -> Result<(), StoreError> {
        let program = env!("CARGO_PKG_VERSION").to_owned();
        let lease = Lease { workstation: key.id(), turn, program, form: FORM, at: self.clock.wall(), number };
        let document = Signed::sign(lease, key.id(), key.signer()).and_then(|signed| signed.to_document());
        let document = document.map_err(|error| StoreError::Database(error.to_string()))?;
        let command = match from {
            None => insert(LEASES, vec![document]),
            Some((before, _)) => update(LEASES, doc! { "_id": forms::uuid_bson(key.id()), "v": before }, document),
        };
        let written = self.store().run(raw(&command)?).await?.get_i32("n");
        if matches!(written, Ok(1)) { Ok(()) } else { Err(StoreError::Conflict) }
    }
}

/// One program of this workstation at a time.
async fn lock(home: &Home) -> std::io::Result<File> {
    let file = crate::app::home::private().create(true).truncate(false).open(home.folder().join("lease.lock"))?;
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::WouldBlock) => tokio::time::sleep(Duration::from_millis(5)).await,
            Err(TryLockError::Error(error)) => return Err(error),
        }
    }
}
