//! The data keys of the searchable paths replaced: their values can't be encrypted again in place, since the tags a
//! server keeps depend on the key. Patients are copied to a new collection, which takes the old one's place in one go.

use super::advance::Work;
use super::job::Job;
use crate::app::desk::{Desk, OpenedPatient, uuid_at};
use crate::app::error::{Code, Failure};
use crate::app::keys_at_hand::open_crypt;
use crate::app::sealing::{clear_index, truth_of};
use crate::crypt::{Crypt, index};
use crate::keys::{forms, patients_of};
use crate::record::Section;
use crate::store::{DATABASE, find, find_documents, insert_raw, raw, update};
use bson::raw::{CString, cstr};
use bson::{Bson, Document, RawDocument, RawDocumentBuf, doc};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// Most patients that the cut-over itself still copies.
const LATE: usize = 200;

impl Desk<'_> {
    /// The collection that is indexed with the new keys. They are stored already, so however often it is tried, it is the
    /// same collection: a server makes it at once, whatever becomes of the transaction.
    pub(super) fn new_collection(&self, job: &Job) -> Result<Work, Failure> {
        let next = job.order.from + 1;
        let collection = patients_of(next);
        let key = |purpose: &str| {
            let mut keys = self.keys.manifest.keys().iter();
            keys.find(|key| key.purpose == purpose && key.generation == next).map(|key| key.key)
        };
        let fields = index::encrypted_fields(&collection, &index::PATIENTS, key)?;
        let commands = vec![raw(&index::creation(&collection, self.site.profile, &fields)?)?];
        Ok(Work { commands, ..Work::default() })
    }

    /// Copies those of a share that aren't in the new collection in their present revision.
    pub(super) async fn copied(&self, job: &Job, found: Vec<RawDocumentBuf>) -> Result<(Work, usize, i64), Failure> {
        let ids: Vec<Bson> =
            found.iter().map(|raw| Ok(forms::uuid_bson(uuid_at(raw, "_id")?))).collect::<Result<_, Failure>>()?;
        let there = self.revisions(&patients_of(job.order.from + 1), doc! { "_id": { "$in": ids } }).await?;
        let rev = |raw: &RawDocumentBuf| raw.get_i64("rev").ok();
        let lacking = |raw: &RawDocumentBuf| uuid_at(raw, "_id").map_or(true, |id| there.get(&id).copied() != rev(raw));
        let lacking: Vec<RawDocumentBuf> = found.into_iter().filter(lacking).collect();
        if lacking.is_empty() {
            return Ok((Work::default(), 0, 0));
        }
        let crypt = self.next_crypt(job)?;
        let (mut work, mut copies, mut damaged) = (Work::default(), Vec::new(), 0);
        for opened in self.open_patients(lacking, &Section::OF_PATIENT).await? {
            match opened.and_then(|patient| Ok((patient.checked.id, self.copy(&crypt, &patient)?))) {
                Ok((id, copy)) => {
                    if there.contains_key(&id) {
                        work.commands.push(deletion(&crypt, job, id)?);
                    }
                    copies.push(copy);
                }
                Err(_) => damaged += 1,
            }
        }
        if !copies.is_empty() {
            let command = insert_raw(&patients_of(job.order.from + 1), &copies)?;
            work.commands.push(crypt.encrypt_command(DATABASE, &command)?);
        }
        Ok((work, copies.len(), damaged))
    }

    /// libmongocrypt for the new collection.
    fn next_crypt(&self, job: &Job) -> Result<Crypt, Failure> {
        let (keys, next) = (&self.keys, job.order.from + 1);
        let (crypt, _) = open_crypt(&keys.roots, &keys.manifest, keys.ring.documents(), next)?;
        Ok(crypt.with_profile(self.site.profile))
    }

    /// The document as it is, with its searchable values made from its sections anew.
    pub(in crate::app) fn copy(&self, crypt: &Crypt, patient: &OpenedPatient) -> Result<RawDocumentBuf, Failure> {
        self.check_index_hash(patient, &clear_index(&patient.record))?;
        let (clear, _) = truth_of(patient);
        let mut indexed = RawDocumentBuf::new();
        for (path, payload) in index::stored(crypt, &clear)? {
            let name = CString::try_from(path.trim_start_matches("i.")).map_err(|_| Code::Internal.bare())?;
            indexed.append(name, payload.as_raw_bson_ref());
        }
        let names = |of: &RawDocument| {
            of.into_iter().flatten().map(|(name, _)| name.as_str().to_owned()).collect::<BTreeSet<_>>()
        };
        let before = patient.checked.raw.get_document("i").map_err(|_| Code::Damaged.bare())?;
        // Nobody may stop being found because her record was copied.
        if names(before) != names(&indexed) {
            return Err(Code::Damaged.bare());
        }
        let mut copy = RawDocumentBuf::new();
        for field in &patient.checked.raw {
            let (name, value) = field.map_err(|_| Code::Damaged.bare())?;
            match name.as_str() {
                "i" | "__safeContent__" => {}
                _ => copy.append(name, value),
            }
        }
        copy.append(cstr!("i"), indexed);
        Ok(copy)
    }

    /// Ids and revisions in a collection.
    async fn revisions(&self, collection: &str, filter: Document) -> Result<BTreeMap<Uuid, i64>, Failure> {
        let found = self.store.run(raw(&find(collection, filter, Some(doc! { "rev": 1 })))?).await?;
        let found = crate::store::first_batch(&found)?;
        found
            .iter()
            .map(|raw| Ok((uuid_at(raw, "_id")?, raw.get_i64("rev").map_err(|_| Code::Damaged.bare())?)))
            .collect()
    }

    /// Copies what changed since it was copied and, if that is all of it, lets the new collection take the place of the
    /// old one, unless somebody writes a patient in the same moment. Whether it did.
    pub(super) async fn cut_over(&self, job: &Job) -> Result<(Work, usize, bool), Failure> {
        let written = self.patients_written().await?;
        let (old, new) = (patients_of(job.order.from), patients_of(job.order.from + 1));
        let (old, new) = (self.revisions(&old, doc! {}).await?, self.revisions(&new, doc! {}).await?);
        let late: BTreeSet<Uuid> =
            old.iter().filter(|(id, rev)| new.get(id) != Some(rev)).map(|(id, _)| *id).take(LATE + 1).collect();
        let all = late.len() <= LATE;
        let found = self.by_ids("patients", late).await?;
        let (mut work, count, damaged) = self.copied(job, found).await?;
        if damaged > 0 {
            return Err(Code::Damaged.bare());
        }
        if all {
            let crypt = self.next_crypt(job)?;
            for id in new.keys().filter(|id| !old.contains_key(id)) {
                work.commands.push(deletion(&crypt, job, *id)?);
            }
            let mut filter = doc! { "_id": forms::uuid_bson(self.site.site), "rev": { "$exists": false } };
            filter.insert("w", written.unwrap_or_else(|| Bson::Document(doc! { "$exists": false })));
            work.commands.push(raw(&update("site", filter, doc! { "$set": { "moved": job.order.from + 1 } }))?);
            work.commands.push(self.site_update(|record| record.index = job.order.from + 1)?);
        }
        Ok((work, count, all))
    }

    /// How often a patient was written, as the fence of every write counts it.
    async fn patients_written(&self) -> Result<Option<Bson>, Failure> {
        let filter = doc! { "_id": forms::uuid_bson(self.site.site) };
        let found = find_documents(self.store, "site", filter, Some(doc! { "w": 1 })).await?;
        let found = found.into_iter().next().ok_or_else(|| Code::KeysDamaged.bare())?;
        Ok(Document::try_from(found)?.remove("w"))
    }
}

fn deletion(crypt: &Crypt, job: &Job, id: Uuid) -> Result<RawDocumentBuf, Failure> {
    let only_this = doc! { "q": { "_id": forms::uuid_bson(id) }, "limit": 1 };
    let delete = raw(&doc! { "delete": patients_of(job.order.from + 1), "deletes": [only_this] })?;
    Ok(crypt.encrypt_command(DATABASE, &delete)?)
}
