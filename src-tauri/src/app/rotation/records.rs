//! The walk over stored documents, a share at a time: what stands under old keys is written again under the new ones.

use super::advance::Work;
use super::job::{Job, RotationView};
use crate::app::desk::{Checked, Desk};
use crate::app::error::{Code, Failure};
use crate::app::open_items::section_of;
use crate::app::perform::{HeadLeft, Prepared};
use crate::crypt::section::data_key_name;
use crate::keys::{RotationKind, forms};
use crate::record::Section;
use crate::store::witness::Seen;
use crate::store::{DATABASE, find, find_documents, raw, update};
use bson::{Bson, Document, RawBinaryRef, RawDocumentBuf, doc};
use std::collections::{BTreeSet, HashMap};
use uuid::Uuid;

/// A value that was written again: its name, its revision, its bytes.
pub(super) type Anew = (String, i64, bson::Binary);

impl Desk<'_> {
    /// One share of a walk.
    pub(super) async fn walk(&self, job: Job, collection: &'static str) -> Result<Prepared<RotationView>, Failure> {
        let progress = match job.progress.of {
            0 => job.progress.begun(self.documents_in(collection).await?),
            _ => job.progress,
        };
        let found = self.share(collection, progress.share()).await?;
        let (work, touched, damaged) = match (job.order.kind, collection) {
            (RotationKind::Index, _) => self.copied(&job, found).await?,
            (kind, "patient_keys") => {
                let master = kind == RotationKind::Master;
                let anew = if master { self.content_keys_anew(&job, &found) } else { self.keys_anew(&job, &found) };
                let (commands, damaged) = anew?;
                let count = commands.len();
                (Work { commands, ..Work::default() }, count, damaged)
            }
            (_, "versions") => self.versions_anew(&job, &found)?,
            _ => self.records_anew(&job, collection, found)?,
        };
        let count = i64::try_from(touched).unwrap_or(i64::MAX);
        self.step(job, progress.walked(count, damaged), touched, work)
    }

    pub(in crate::app) async fn documents_in(&self, collection: &str) -> Result<i64, Failure> {
        let reply = self.store.run(raw(&doc! { "count": self.site.stored_in(collection), "query": {} })?).await?;
        let n = reply.get("n").ok().flatten().and_then(|n| n.as_i64().or(n.as_i32().map(i64::from)));
        n.ok_or_else(|| Code::Damaged.bare())
    }

    /// The documents whose ids lie in a share.
    pub(in crate::app) async fn share(
        &self,
        collection: &str,
        (first, last): (u128, u128),
    ) -> Result<Vec<RawDocumentBuf>, Failure> {
        let id = |number: u128| forms::uuid_bson(Uuid::from_u128(number));
        let filter = doc! { "_id": { "$gte": id(first), "$lte": id(last) } };
        if collection == "patients" {
            return self.find_encrypted(&find(&self.site.stored_in(collection), filter, None)).await;
        }
        Ok(find_documents(self.store, collection, filter, None).await?)
    }

    fn records_anew(
        &self,
        job: &Job,
        collection: &'static str,
        found: Vec<RawDocumentBuf>,
    ) -> Result<(Work, usize, i64), Failure> {
        let (mut work, mut damaged) = (Work::default(), 0);
        let (seen, old) = (self.seen(&found)?, self.replaced(job).iter().map(|key| key.key).collect());
        for raw in found {
            match self.record_anew(job, collection, raw, &seen, &old) {
                Ok(None) => {}
                Ok(Some((command, head))) => {
                    work.commands.push(command);
                    work.heads.push(head);
                }
                // It stays as it is, and the old key with it.
                Err(_) => damaged += 1,
            }
        }
        let touched = work.heads.len();
        Ok((work, touched, damaged))
    }

    /// The update of one record, `None` if there is nothing left to do. Its sections keep their revisions: nothing that
    /// a person sees has changed.
    fn record_anew(
        &self,
        job: &Job,
        collection: &'static str,
        raw: RawDocumentBuf,
        seen: &HashMap<Uuid, Seen>,
        old: &BTreeSet<Uuid>,
    ) -> Result<Option<(RawDocumentBuf, HeadLeft)>, Failure> {
        let record = self.check_one(collection, raw, seen)?;
        let anew = self.values_anew(job, collection, &record, old)?;
        let owner = self.owner(collection, record.id);
        let marked_anew = job.order.kind == RotationKind::Site && record.head.verify(&owner).is_err();
        if anew.is_empty() && !marked_anew {
            return Ok(None);
        }
        let marks: Vec<_> = anew.iter().map(|(name, rev, value)| (name.as_str(), *rev, borrowed(value))).collect();
        let head = record.head.next(&owner, &marks, None);
        let mut change: Document =
            anew.into_iter().map(|(name, _, value)| (format!("s.{name}"), Bson::Binary(value))).collect();
        if let Ok(day) = record.raw.get_binary("day")
            && let Some(day) = self.day_anew(old, day)?
        {
            change.insert("day", Bson::Binary(day));
        }
        change.extend(doc! { "rev": record.rev + 1, "head": Document::try_from(head.to_document())? });
        let command = self.record_update(collection, &record, change)?;
        let left = HeadLeft { collection, record: record.id, counter: head.counter, hash: head.hash() };
        Ok(Some((command, left)))
    }

    fn record_update(&self, collection: &str, old: &Checked, change: Document) -> Result<RawDocumentBuf, Failure> {
        let filter = doc! { "_id": forms::uuid_bson(old.id), "rev": old.rev };
        let command = raw(&update(&self.site.stored_in(collection), filter, doc! { "$set": change }))?;
        let encrypted = collection == "patients";
        Ok(if encrypted { self.keys.crypt.encrypt_command(DATABASE, &command)? } else { command })
    }

    fn values_anew(
        &self,
        job: &Job,
        collection: &str,
        record: &Checked,
        old: &BTreeSet<Uuid>,
    ) -> Result<Vec<Anew>, Failure> {
        let Some(compartment) = job.order.compartment else { return Ok(Vec::new()) };
        let item = if collection == "patients" { None } else { Some(section_of(&record.raw)?) };
        let mut anew = Vec::new();
        for value in record.raw.get_document("s").map_err(|_| Code::Damaged.bare())? {
            let (name, value) = value.map_err(|_| Code::Damaged.bare())?;
            let named = || Section::OF_PATIENT.into_iter().find(|section| section.code() == name.as_str());
            let section = item.or_else(named).ok_or_else(|| Code::Damaged.bare())?;
            if section.compartment() != compartment {
                continue;
            }
            let value = value.as_binary().ok_or_else(|| Code::Damaged.bare())?;
            let rev = record.head.check(name.as_str(), value)?;
            let changed = self.encrypted_anew(old, &data_key_name(compartment), value)?;
            anew.extend(changed.map(|changed| (name.as_str().to_owned(), rev, changed)));
        }
        Ok(anew)
    }
}

pub(super) fn borrowed(value: &bson::Binary) -> RawBinaryRef<'_> {
    RawBinaryRef { subtype: value.subtype, bytes: &value.bytes }
}
