//! The site key replaced, without the users: a new one in the keychain under a name of its own, the outer layer of every
//! slot sealed again, every head marked under it, and only then the old one deleted.

use super::advance::Work;
use super::job::Job;
use crate::app::desk::Desk;
use crate::app::error::{Code, Failure};
use crate::keys::{Carried, SiteKey, SiteUse, StoredAccount, forms, seal_recovery_copy};
use crate::store::{find_documents, insert, raw, update};
use bson::{Document, doc};

impl Desk<'_> {
    /// The site's present key.
    pub(in crate::app) fn site_key(&self) -> Result<SiteKey, Failure> {
        Ok(SiteKey::load_epoch(self.keychain, self.site.site, self.site.site_key)?)
    }

    /// A new key in the keychain. One that a stopped run put there is taken; none is ever written over.
    pub(super) fn new_site_key(&self, job: &Job) -> Result<Work, Failure> {
        let next = job.order.from + 1;
        let name = SiteKey::entry_name_of(self.site.site, next);
        if self.keychain.get(&name)?.is_none() {
            let key = SiteKey::create(self.site.site, self.site.environment)?;
            self.keychain.put_new(&name, &key.to_entry())?;
        }
        SiteKey::load_epoch(self.keychain, self.site.site, next)?;
        Ok(Work::default())
    }

    /// Slots and site record under the new key, in one go. What can't be derived from it is carried along, sealed.
    pub(super) async fn switch_site_key(&self, job: &Job) -> Result<Work, Failure> {
        let (old, new) = (self.site_key()?, SiteKey::load_epoch(self.keychain, self.site.site, job.order.from + 1)?);
        let mut work = Work::default();
        for stored in find_documents(self.store, "accounts", doc! {}, None).await? {
            let stored = StoredAccount::from_document(&Document::try_from(stored)?)?;
            let account = stored.account.claimed();
            let slot = stored.slot.renew_site_layer(account.id, &old, &new)?;
            let (before, slot) =
                (stored.slot.version, bson::serialize_to_document(&slot).map_err(|_| Code::Internal.bare())?);
            let filter = doc! {
                "_id": forms::uuid_bson(account.id), "v": account.version, "slot.v": before, "rev": { "$exists": false },
            };
            work.commands.push(raw(&update("accounts", filter, doc! { "$set": { "slot": slot } }))?);
        }
        let origin = Carried::seal(&self.keys.origins, "origin", &new)?;
        let heads = old.subkey(SiteUse::RecordHead)?;
        let index_macs = self.keys.index_macs.iter().chain([&heads]);
        let index_macs = index_macs.map(|key| Carried::seal(key, "index", &new)).collect::<Result<Vec<_>, _>>()?;
        let copy = seal_recovery_copy(&new, job.order.from + 1, &self.site.recovery)?;
        work.commands.push(raw(&insert("site", vec![copy]))?);
        work.commands.extend(self.hand_over_to_all(&new, job.order.from + 1).await?);
        let check = new.check_value()?;
        work.commands.push(self.site_update_under(&new, |record| {
            (record.site_key, record.former) = (job.order.from + 1, Some(job.order.from));
            (record.origin, record.index_macs, record.check) = (Some(origin), index_macs, check);
        })?);
        Ok(work)
    }

    /// Nothing is checked with the old key any more.
    pub(super) fn retire_site_key(&self, _job: &Job) -> Result<Work, Failure> {
        Ok(Work { commands: vec![self.site_update(|record| record.former = None)?], ..Work::default() })
    }

    /// The old key leaves the keychain; once more is no error.
    pub(super) fn forget_site_key(&self, job: &Job) -> Result<Work, Failure> {
        if self.site.former.is_some() || self.site.site_key <= job.order.from {
            return Err(Code::KeysDamaged.bare());
        }
        let name = SiteKey::entry_name_of(self.site.site, job.order.from);
        if self.keychain.get(&name)?.is_some() {
            self.keychain.delete(&name)?;
        }
        Ok(Work::default())
    }
}
