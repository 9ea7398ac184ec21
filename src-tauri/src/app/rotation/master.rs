//! A compartment's root replaced by rewrap: a new root granted to every holder, the data keys wrapped under it, what was
//! sealed write-only sealed again, and then the old grants ended.

use super::advance::Work;
use super::job::Job;
use crate::app::desk::{Desk, uuid_at};
use crate::app::error::{Code, Failure};
use crate::app::patient_keys::{path_of, sealed_content_keys};
use crate::app::people::standing_of;
use crate::crypt::kms::Locked;
use crate::crypt::{commitment, rewrap};
use crate::keys::{
    Account, Author, CompartmentMaster, CompartmentPublic, CompartmentRoot, ContentKey, ContentOf, DataKey, Grant,
    GrantState, MasterKey, Subject, forms, provider_name, regrant, sealed_epoch,
};
use crate::policy::compartments_of;
use crate::record::Compartment;
use crate::store::{find_documents, insert, raw, update};
use bson::{Document, RawDocumentBuf, doc};
use std::collections::BTreeSet;
use uuid::Uuid;

impl Desk<'_> {
    /// A new root, granted to all who hold the present one.
    pub(super) async fn new_root(&self, job: &Job) -> Result<Work, Failure> {
        let (compartment, from) = (job.compartment()?, job.order.from);
        let root = CompartmentRoot::create(compartment, from + 1)?;
        let grants = self.missing_grants(self.root_of(compartment, from)?, &root).await?;
        let public = root.public();
        let master = self.prepared(&root, job.order.master.as_ref()).await?;
        let site = self.site_update(|record| {
            record.compartments.push(public);
            record.masters.extend(master);
        })?;
        Ok(Work { commands: vec![raw(&insert("grants", grants))?, site], ..Work::default() })
    }

    /// The service's key for a new root, made where there is none yet: what comes to be there is used by nobody before
    /// the site record names it.
    async fn prepared(
        &self,
        root: &CompartmentRoot,
        master: Option<&MasterKey>,
    ) -> Result<Option<CompartmentMaster>, Failure> {
        let Some(master) = master else { return Ok(None) };
        let (compartment, epoch) = (root.compartment(), root.epoch());
        let provider = provider_name(compartment, epoch, Some(master));
        let master = self.reach.prepare(self.keychain, Locked { provider: &provider, master, root }).await?;
        Ok(Some(CompartmentMaster { compartment, epoch, master }))
    }

    /// Grants of the new root for the holders of the old one who have none yet.
    async fn missing_grants(&self, old: &CompartmentRoot, new: &CompartmentRoot) -> Result<Vec<Document>, Failure> {
        let has: BTreeSet<Uuid> = self.holders(new).await?.into_iter().map(|one| one.id).collect();
        let by = Author::new(self.keys.account.id, &self.keys.user);
        let lacking = self.holders(old).await?.into_iter().filter(|subject| !has.contains(&subject.id));
        lacking.map(|subject| Ok(regrant(subject, new, by, self.now())?.to_document()?)).collect()
    }

    /// Who holds a root and may hold the compartment now: active users whose role reads it, and the recovery key. Only
    /// grants count that somebody confirmed who held the root.
    async fn holders(&self, root: &CompartmentRoot) -> Result<Vec<Subject>, Failure> {
        let grants = self.grants(root.compartment(), root.epoch()).await?;
        let active = grants.iter().filter(|grant| grant.state() == GrantState::Active);
        let vouched = active.filter(|grant| match grant.vouched(root, &self.keys.directory) {
            Ok(_) => true,
            Err(refused) => {
                tracing::error!(%refused, grant = %grant.ordered().id, "a grant isn't carried over");
                false
            }
        });
        Ok(vouched.filter_map(|grant| self.subject(grant, root.compartment())).collect())
    }

    fn subject(&self, grant: &Grant, compartment: Compartment) -> Option<Subject> {
        let order = grant.ordered();
        if order.user == self.site.recovery.id {
            return Some(Subject { id: order.user, keys: self.site.recovery.keys });
        }
        let may = |account: &&Account| {
            let who = standing_of(account).ok();
            // A grant to keys from before a reset is worth nothing.
            account.active
                && account.keys == order.keys
                && who.is_some_and(|who| compartments_of(who).contains(&compartment))
        };
        Subject::of(self.keys.directory.account(order.user).filter(may)?).ok()
    }

    async fn grants(&self, compartment: Compartment, epoch: i64) -> Result<Vec<Grant>, Failure> {
        let filter = doc! { "compartment": compartment.code(), "epoch": epoch };
        let found = find_documents(self.store, "grants", filter, None).await?;
        found.into_iter().map(|raw| Ok(Grant::from_document(&Document::try_from(raw)?)?)).collect()
    }

    /// The compartment's data keys, wrapped under the new root. Each is proven to be the same key before it is written.
    pub(super) async fn rewrap(&self, job: &Job) -> Result<Work, Failure> {
        let (compartment, from) = (job.compartment()?, job.order.from);
        let (old, new) = (self.root_of(compartment, from)?, self.root_of(compartment, from + 1)?);
        let (before, after) = (self.site.provider(compartment, from), self.site.provider(compartment, from + 1));
        let mut keys = self.keys.manifest.keys().to_vec();
        let (mut commands, mut session) = (Vec::new(), Vec::new());
        for key in keys.iter().filter(|key| key.provider == before) {
            let document = self.vault_document(key.key)?;
            let wrapped = rewrap(&self.keys.crypt, &document, old.root(), &new.provider())?;
            if commitment(&wrapped, new.root())? != key.commitment {
                return Err(Code::KeysDamaged.bare());
            }
            session.push(wrapped);
        }
        let stored = self.stored_keys_of(new, self.site.master(compartment, from + 1), session).await?;
        for (key, stored) in keys.iter_mut().filter(|key| key.provider == before).zip(&stored) {
            commands.push(self.vault_update(key, stored)?);
            (key.provider, key.epoch) = (after.clone(), new.epoch());
        }
        let missing = self.missing_grants(old, new).await?;
        if !missing.is_empty() {
            commands.push(raw(&insert("grants", missing))?);
        }
        commands.push(self.manifest_changed(job, keys)?);
        commands.push(self.site_update(|_| ())?);
        Ok(Work { commands, ..Work::default() })
    }

    fn vault_document(&self, key: Uuid) -> Result<RawDocumentBuf, Failure> {
        let mut documents = self.keys.ring.documents().iter();
        let found = documents.find(|document| crate::crypt::id_of(document) == Some(key));
        found.cloned().ok_or_else(|| Code::KeysDamaged.bare())
    }

    fn vault_update(&self, key: &DataKey, wrapped: &RawDocumentBuf) -> Result<RawDocumentBuf, Failure> {
        let wrapped = Document::try_from(wrapped.clone())?;
        let of = |name: &str| wrapped.get(name).cloned().ok_or_else(|| Code::Internal.bare());
        let now = bson::DateTime::from_millis(self.now().0);
        let change = doc! { "keyMaterial": of("keyMaterial")?, "masterKey": of("masterKey")?, "updateDate": now };
        let before = key.provider.as_str();
        let filter = doc! {
            "_id": forms::uuid_bson(key.key), "masterKey.provider": before, "rev": { "$exists": false },
        };
        Ok(raw(&update("key_vault", filter, doc! { "$set": change }))?)
    }

    /// Ends the grants of the old root, of those who never confirmed theirs too, and takes it out of the site record.
    pub(super) async fn retire_root(&self, job: &Job) -> Result<Work, Failure> {
        let (compartment, from) = (job.compartment()?, job.order.from);
        let (old, new) = (self.root_of(compartment, from)?, self.root_of(compartment, from + 1)?);
        let before = self.site.provider(compartment, from);
        if self.keys.manifest.keys().iter().any(|key| key.provider == before) {
            return Err(Code::KeysDamaged.bare());
        }
        let mut commands = Vec::new();
        let missing = self.missing_grants(old, new).await?;
        if !missing.is_empty() {
            commands.push(raw(&insert("grants", missing))?);
        }
        let by = Author::new(self.keys.account.id, &self.keys.user);
        for grant in self.grants(compartment, from).await?.iter().filter(|one| one.state() != GrantState::Removed) {
            let mut ended = grant.remove(by, self.now())?.to_document()?;
            ended.remove("_id");
            commands.push(self.signed_update("grants", grant.ordered().id, grant.state().version(), ended)?);
        }
        let due = doc! { "body.compartment": compartment.code(), "body.epoch": { "$lte": from } };
        commands.push(raw(&doc! { "delete": super::order::DUE, "deletes": [{ "q": due, "limit": 0 }] })?);
        commands.push(self.site_update(|record| {
            record.compartments.retain(|one: &CompartmentPublic| (one.compartment, one.epoch) != (compartment, from));
            record.masters.retain(|one| (one.compartment, one.epoch) != (compartment, from));
        })?);
        Ok(Work { commands, ..Work::default() })
    }

    /// Commands that seal the content keys of a share again which are sealed to the old root.
    pub(super) fn content_keys_anew(
        &self,
        job: &Job,
        found: &[RawDocumentBuf],
    ) -> Result<(Vec<RawDocumentBuf>, i64), Failure> {
        let (mut commands, mut damaged) = (Vec::new(), 0);
        for document in found {
            match self.sealed_anew(job, document) {
                Ok(command) => commands.extend(command),
                Err(_) => damaged += 1,
            }
        }
        Ok((commands, damaged))
    }

    fn sealed_anew(&self, job: &Job, document: &RawDocumentBuf) -> Result<Option<RawDocumentBuf>, Failure> {
        let (compartment, from, patient) = (job.compartment()?, job.order.from, uuid_at(document, "_id")?);
        let of = ContentOf { site: self.site.site, patient, compartment };
        let public = self.site.compartment(compartment, from + 1).ok_or_else(|| Code::KeysDamaged.bare())?;
        let mut change = Document::new();
        for (id, sealed) in sealed_content_keys(document, compartment) {
            if sealed_epoch(sealed) != Some(from) {
                continue;
            }
            let key = ContentKey::open(self.root_of(compartment, from)?, &of, id, sealed);
            let anew = key.ok_or_else(|| Code::Damaged.bare())?.seal_to(public, &of)?;
            change.insert(path_of(compartment, id), forms::binary(&anew));
        }
        if change.is_empty() {
            return Ok(None);
        }
        let rev = document.get_i64("rev").map_err(|_| Code::Damaged.bare())?;
        let filter = doc! { "_id": forms::uuid_bson(patient), "rev": rev };
        Ok(Some(raw(&update("patient_keys", filter, doc! { "$set": change, "$inc": { "rev": 1_i64 } }))?))
    }
}
