//! The data keys of a compartment's sections and patient keys replaced in place: new ones made, every value encrypted
//! anew, the old ones deleted when none is left under them.

use super::advance::Work;
use super::job::Job;
use crate::app::desk::Desk;
use crate::app::error::{Code, Failure};
use crate::crypt::{commitment, id_of};
use crate::keys::{CompartmentRoot, DataKey, forms};
use crate::store::{insert, raw};
use bson::{Document, RawDocumentBuf, doc};
use std::collections::BTreeSet;
use uuid::Uuid;

impl Desk<'_> {
    /// New data keys beside the old ones; from now on everybody writes under the new.
    pub(super) async fn new_data_keys(&self, job: &Job) -> Result<Work, Failure> {
        let (documents, keys) = self.next_generation(job).await?;
        let commands =
            vec![raw(&insert("key_vault", documents))?, self.manifest_changed(job, keys)?, self.site_update(|_| ())?];
        Ok(Work { commands, ..Work::default() })
    }

    /// Key documents of the job's next generation, and the manifest's keys with them.
    pub(super) async fn next_generation(&self, job: &Job) -> Result<(Vec<Document>, Vec<DataKey>), Failure> {
        let mut keys = self.keys.manifest.keys().to_vec();
        let mut documents = Vec::new();
        for old in self.replaced(job) {
            let root = self.newest_root(&old)?;
            let mut key = DataKey { generation: job.order.from + 1, epoch: root.epoch(), ..old.clone() };
            key.provider = self.site.provider(root.compartment(), root.epoch());
            let document = self.keys.crypt.create_data_key(&root.provider(), &[&key.name()])?;
            key.key = id_of(&document).ok_or_else(|| Code::Internal.bare())?;
            key.commitment = commitment(&document, root.root())?;
            let master = self.site.master(root.compartment(), root.epoch());
            for stored in self.stored_keys_of(root, master, vec![document]).await? {
                documents.push(Document::try_from(stored)?);
            }
            keys.push(key);
        }
        if documents.is_empty() { Err(Code::KeysDamaged.bare()) } else { Ok((documents, keys)) }
    }

    /// The newest root of the compartment whose root wraps a key.
    fn newest_root(&self, key: &DataKey) -> Result<&CompartmentRoot, Failure> {
        let wraps = self.root_behind(&key.provider);
        wraps.and_then(|root| self.keys.root(root.compartment())).ok_or_else(|| Code::NoRight.bare())
    }

    /// The keys that the job replaces.
    pub(super) fn replaced(&self, job: &Job) -> Vec<DataKey> {
        let keys = self.keys.manifest.keys().iter();
        keys.filter(|key| job.order.replaces(key) && key.generation == job.order.from).cloned().collect()
    }

    /// The old keys leave vault and manifest; of an index, the old collection goes with them.
    pub(super) fn retire_data_keys(&self, job: &Job) -> Result<Work, Failure> {
        let old: BTreeSet<Uuid> = self.replaced(job).iter().map(|key| key.key).collect();
        let keys = self.keys.manifest.keys().iter().filter(|key| !old.contains(&key.key)).cloned().collect();
        let gone = |id: &Uuid| doc! { "q": { "_id": forms::uuid_bson(*id) }, "limit": 1 };
        let deletes: Vec<Document> = old.iter().map(gone).collect();
        let mut commands = vec![
            raw(&doc! { "delete": "key_vault", "deletes": deletes })?,
            self.manifest_changed(job, keys)?,
            self.site_update(|_| ())?,
        ];
        if job.order.kind == crate::keys::RotationKind::Index {
            commands.push(raw(&doc! { "drop": crate::keys::patients_of(job.order.from) })?);
        }
        Ok(Work { commands, ..Work::default() })
    }

    /// A value that stands under one of the old keys, encrypted under the new one; `None` for every other.
    pub(super) fn encrypted_anew(
        &self,
        old: &BTreeSet<Uuid>,
        purpose: &str,
        value: bson::RawBinaryRef<'_>,
    ) -> Result<Option<bson::Binary>, Failure> {
        let under = value.bytes.get(1..17).and_then(|id| Uuid::from_slice(id).ok());
        let is_old = value.subtype == bson::spec::BinarySubtype::Encrypted && under.is_some_and(|id| old.contains(&id));
        if !is_old {
            return Ok(None);
        }
        Ok(Some(crate::crypt::section::encrypt_anew(&self.keys.crypt, value.bytes, purpose)?))
    }

    /// Commands that bring patients' wrapped keys of a share under the new key.
    pub(super) fn keys_anew(&self, job: &Job, found: &[RawDocumentBuf]) -> Result<(Vec<RawDocumentBuf>, i64), Failure> {
        let (compartment, old) = (job.compartment()?, self.replaced(job).iter().map(|key| key.key).collect());
        let purpose = crate::crypt::patient_key::data_key_name(compartment);
        let (mut commands, mut damaged) = (Vec::new(), 0);
        for document in found {
            let Ok(wrapped) = document.get_document("k") else { continue };
            let Ok(wrapped) = wrapped.get_binary(compartment.code()) else { continue };
            match self.encrypted_anew(&old, &purpose, wrapped) {
                Ok(None) => {}
                Ok(Some(anew)) => commands.push(wrapped_update(document, compartment.code(), anew)?),
                Err(_) => damaged += 1,
            }
        }
        Ok((commands, damaged))
    }
}

fn wrapped_update(document: &RawDocumentBuf, code: &str, anew: bson::Binary) -> Result<RawDocumentBuf, Failure> {
    let (id, rev) = (crate::app::desk::uuid_at(document, "_id")?, document.get_i64("rev"));
    let rev = rev.map_err(|_| Code::Damaged.bare())?;
    let change = doc! { "$set": { format!("k.{code}"): anew }, "$inc": { "rev": 1_i64 } };
    let filter = doc! { "_id": forms::uuid_bson(id), "rev": rev };
    Ok(raw(&crate::store::update("patient_keys", filter, change))?)
}
