//! Reading the site record on a workstation: under the key it has, or under a renewed one that was handed over to it.

use super::HANDOVERS;
use crate::app::error::{Code, Failure};
use crate::app::home::Home;
use crate::app::keys_at_hand::stored_accounts;
use crate::keys::{
    Directory, EntryFault, Handover, Keychain, KeychainError, Signed, SiteKey, SiteRecord, WorkstationKey, forms,
};
use crate::store::witness::{HeadWitness, Seen};
use crate::store::{Store, find_documents, raw};
use bson::{Document, doc};
use uuid::Uuid;

/// A workstation's way to its site record.
pub(in crate::app) struct SiteAt<'a> {
    pub home: &'a Home,
    pub store: &'a dyn Store,
    pub witness: &'a HeadWitness,
    pub keychain: &'a dyn Keychain,
    pub site: Uuid,
    pub workstation: Uuid,
}

impl SiteAt<'_> {
    /// The site record, proven. A renewed site key is taken from its handover first.
    ///
    /// # Errors
    /// [`Code::WorkstationEnded`] where the register doesn't list this workstation any more, or the key was renewed
    /// without it; what is wrong with keychain, store or record.
    pub async fn open(&self) -> Result<SiteRecord, Failure> {
        let stored = stored_site(self.store, self.site).await?;
        let epoch = SiteRecord::claimed_key(&stored)?;
        let key = match SiteKey::load_epoch(self.keychain, self.site, epoch) {
            Err(KeychainError::FirstRun) if epoch > 1 => self.take_key(epoch).await?,
            loaded => loaded?,
        };
        let seen = self.witness.seen(self.site)?.map(|seen| seen.counter);
        let record = SiteRecord::open(&stored, &key, seen)?;
        if !record.is_enrolled(self.workstation) {
            return Err(Code::WorkstationEnded.bare());
        }
        self.witness.note(&[(record.site, Seen { counter: record.version, hash: [0; 32] })])?;
        if seen != Some(record.version) || !self.home.last_site_record().exists() {
            self.remember(&stored);
        }
        self.forget_former(&record)?;
        Ok(record)
    }

    /// Takes a renewed site key that an administrator has sealed to this workstation. What the workstation last knew of
    /// the site says who is an administrator.
    async fn take_key(&self, epoch: i64) -> Result<SiteKey, Failure> {
        let Some((known, directory)) = self.known().await? else { return Err(KeychainError::FirstRun.into()) };
        let own = WorkstationKey::load(self.keychain, self.workstation)?;
        let mut taken = None;
        for wanted in known.site_key + 1..=epoch {
            let Some(signed) = self.handover(wanted).await? else { continue };
            let handover = directory.signed_by_authority(&signed)?;
            if (handover.site, handover.to, handover.epoch) != (self.site, self.workstation, wanted) {
                return Err(Code::KeysDamaged.bare());
            }
            let key = handover.open(&own.opening()?)?;
            self.put(&key, wanted)?;
            taken = Some(key).filter(|_| wanted == epoch);
            self.clear(wanted).await;
        }
        taken.ok_or_else(|| Code::WorkstationEnded.bare())
    }

    /// The site record that was proven here last, under a key that is still here.
    async fn known(&self) -> Result<Option<(SiteRecord, Directory)>, Failure> {
        let Ok(bytes) = std::fs::read(self.home.last_site_record()) else { return Ok(None) };
        let known = Document::from_reader(bytes.as_slice())?;
        let key = SiteKey::load_epoch(self.keychain, self.site, SiteRecord::claimed_key(&known)?)?;
        let known = SiteRecord::open(&known, &key, None)?;
        let (_, directory) = stored_accounts(self.store, self.witness, &known).await?;
        Ok(Some((known, directory)))
    }

    async fn handover(&self, epoch: i64) -> Result<Option<Signed<Handover>>, Failure> {
        let filter = doc! { "_id": forms::uuid_bson(Handover::id_of(self.workstation, epoch)) };
        let found = find_documents(self.store, HANDOVERS, filter, None).await?.into_iter().next();
        found.map(|found| Ok(Signed::from_document(&Document::try_from(found)?)?)).transpose()
    }

    fn put(&self, key: &SiteKey, epoch: i64) -> Result<(), Failure> {
        let name = SiteKey::entry_name_of(self.site, epoch);
        match self.keychain.put_new(&name, &key.to_entry()) {
            // Another program of this workstation has taken it in the same moment.
            Err(KeychainError::Occupied) => same_key(self.keychain, key, epoch),
            put => Ok(put?),
        }
    }

    /// The handover has done its work; one that stays is of no use to anybody else.
    async fn clear(&self, epoch: i64) {
        let id = forms::uuid_bson(Handover::id_of(self.workstation, epoch));
        let delete = doc! { "delete": HANDOVERS, "deletes": [doc! { "q": { "_id": id }, "limit": 1 }] };
        let cleared = match raw(&delete) {
            Ok(command) => self.store.run(command).await.map(drop),
            Err(error) => Err(error),
        };
        if let Err(error) = cleared {
            tracing::warn!(%error, "a site key that was taken still lies sealed in the store");
        }
    }

    /// What is known of the site outlasts the key it is proven with. Losing it costs an enrolment, no data.
    fn remember(&self, stored: &Document) {
        let kept = stored.to_vec().map_err(std::io::Error::other).and_then(|bytes| self.home.keep_site_record(&bytes));
        if let Err(error) = kept {
            tracing::warn!(%error, "the site record can't be remembered");
        }
    }

    /// Former site keys leave the keychain once nothing is checked with them.
    fn forget_former(&self, record: &SiteRecord) -> Result<(), Failure> {
        if record.former.is_some() {
            return Ok(());
        }
        for epoch in 1..record.site_key {
            let name = SiteKey::entry_name_of(self.site, epoch);
            if self.keychain.get(&name)?.is_some() {
                self.keychain.delete(&name)?;
            }
        }
        Ok(())
    }
}

/// The stored site record; nothing of it is proven.
///
/// # Errors
/// When there is none of this site.
pub(super) async fn stored_site(store: &dyn Store, site: Uuid) -> Result<Document, Failure> {
    let found = find_documents(store, "site", doc! { "_id": forms::uuid_bson(site) }, None).await?;
    let found = found.into_iter().next().ok_or(KeychainError::WrongKey(EntryFault::OtherSite))?;
    Ok(Document::try_from(found)?)
}

/// Refuses a keychain that holds another key of this site and epoch.
///
/// # Errors
/// [`KeychainError::WrongKey`].
pub(super) fn same_key(keychain: &dyn Keychain, key: &SiteKey, epoch: i64) -> Result<(), Failure> {
    let there = SiteKey::load_epoch(keychain, key.site(), epoch)?;
    let same = there.check_value()? == key.check_value()?;
    if same { Ok(()) } else { Err(KeychainError::WrongKey(EntryFault::OtherSite).into()) }
}
