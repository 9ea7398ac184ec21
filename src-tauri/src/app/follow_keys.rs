//! Following key operations: whoever works while keys are replaced goes on with the new ones, without signing in again.
//!
//! Every key operation makes a new version of the site record. An action looks for one before it runs, and each of its
//! writes names the version it was prepared under, so that nothing is ever written with keys that were replaced.

use super::error::{Code, Failure};
use super::keys_at_hand::KeysAtHand;
use super::perform::HeadLeft;
use super::workstation::Workstation;
use crate::keys::{Account, forms};
use crate::session::LockCause;
use crate::store::{find_documents, raw, update};
use bson::{RawDocumentBuf, doc};

/// How often keys are opened anew when they are replaced once more meanwhile.
const ATTEMPTS: usize = 5;

impl Workstation {
    /// Opens the session's keys anew if the site record has a new version. Whoever may no longer work is locked out.
    ///
    /// # Errors
    /// [`Code::Locked`] then; what is wrong with store or keys.
    pub(super) async fn follow_keys(&mut self) -> Result<(), Failure> {
        let mut failed = None;
        for _ in 0..ATTEMPTS {
            self.follow_or_leave().await?;
            match &self.keys {
                Some(keys) if keys.site_version != self.record.version => {}
                _ => return Ok(()),
            }
            match self.opened_anew().await {
                Ok(keys) => self.keys = Some(keys),
                Err(failure) if failure.code == Code::Locked => {
                    self.drop_keys(LockCause::System);
                    return Err(failure);
                }
                // Perhaps half of what was read was older than the rest: the next round sees.
                Err(failure) => failed = Some(failure),
            }
        }
        failed.map_or(Ok(()), Err)
    }

    /// As [`Workstation::follow_site`]; a workstation that was shut out locks at once.
    async fn follow_or_leave(&mut self) -> Result<bool, Failure> {
        let followed = self.follow_site().await;
        if followed.as_ref().is_err_and(|failure| failure.code == Code::WorkstationEnded) {
            self.drop_keys(LockCause::System);
        }
        followed
    }

    /// While access waits for a colleague, looks whether somebody has confirmed it.
    pub(super) async fn look_for_access(&mut self) -> Result<(), Failure> {
        match &self.keys {
            Some(keys) if !keys.waiting.is_empty() => self.follow_keys().await,
            _ => Ok(()),
        }
    }

    /// Reads the site record again if it has a new version; whether it had.
    pub(super) async fn follow_site(&mut self) -> Result<bool, Failure> {
        if self.stored_version().await? == self.record.version {
            return Ok(false);
        }
        self.record = self.site_at().open().await?;
        Ok(true)
    }

    /// Whether the session's keys are of another version of the site record than the stored one.
    pub(super) async fn is_behind(&self) -> Result<bool, Failure> {
        let stored = self.stored_version().await?;
        Ok(stored != self.record.version || self.keys()?.site_version != stored)
    }

    async fn stored_version(&self) -> Result<i64, Failure> {
        let filter = doc! { "_id": forms::uuid_bson(self.record.site) };
        let found = find_documents(self.store(), "site", filter, Some(doc! { "v": 1 })).await?;
        found.first().and_then(|raw| raw.get_i64("v").ok()).ok_or_else(|| Code::KeysDamaged.bare())
    }

    async fn opened_anew(&self) -> Result<KeysAtHand, Failure> {
        let keys = self.keys()?;
        let stored = self.stored_keys().await?;
        let account = stored.directory.account(keys.account.id).filter(|account| account.active);
        // Whoever may see less than before signs in again: what was shown leaves the screen with the lock.
        let as_much = |account: &&Account| account.sensitive || !keys.account.sensitive;
        let same = account.filter(|account| account.keys == keys.account.keys && account.role == keys.account.role);
        let same = same.filter(as_much);
        let account = same.ok_or_else(|| Code::Locked.bare())?.clone();
        let site = self.site_key()?;
        let anew = self.keys_of(stored, account, keys.user.clone(), &site).await?;
        // Another password was chosen meanwhile: whoever sits here signs in with that one.
        if anew.slot_version == keys.slot_version { Ok(anew) } else { Err(Code::Locked.bare()) }
    }

    /// Makes a transaction fail if the site record isn't the one it was prepared under any more; counts writes of patients.
    pub(super) fn fence(&self, heads: &[HeadLeft]) -> Result<RawDocumentBuf, Failure> {
        let version = self.record.version;
        // Naming `rev` is what makes a miss a conflict.
        let filter = doc! { "_id": forms::uuid_bson(self.record.site), "v": version, "rev": { "$exists": false } };
        let of_patients = heads.iter().any(|head| head.collection == "patients");
        // On a server only what really changes the document keeps two transactions apart: `f` counts every write.
        let mut counted = doc! { "f": 1_i64 };
        if of_patients {
            counted.insert("w", 1_i64);
        }
        let change = doc! { "$inc": counted };
        Ok(raw(&update("site", filter, change))?)
    }
}
