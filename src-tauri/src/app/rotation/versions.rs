//! Older versions under new keys. Their heads stay as they were, since the next head names their hash; what changed is
//! attested beside them: `again: {s: {<name>: SHA-256 of the stored bytes}, m: MAC}` under the site's present key.

use super::advance::Work;
use super::job::Job;
use super::records::borrowed;
use super::steps::Progress;
use crate::app::desk::{Desk, uuid_at};
use crate::app::error::{Code, Failure};
use crate::crypt::head::{Hash, Head, stored_hash};
use crate::crypt::section::data_key_name;
use crate::keys::{RotationKind, forms, mac, mac_matches};
use crate::secret::Secret;
use crate::store::{raw, update};
use bson::{Bson, Document, RawBinaryRef, RawDocument, RawDocumentBuf, doc};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

const LABEL: &str = "wardseal/version/1";

/// A version whose values were checked against its head or what was attested since.
pub(in crate::app) struct CheckedVersion {
    pub id: Uuid,
    pub head: Head,
    /// Whether the MAC over it is under the site's present key.
    pub present: bool,
}

impl Desk<'_> {
    /// Checks an older version: its head or what was attested since, and every value that it kept.
    pub(in crate::app) fn check_version(&self, raw: &RawDocument) -> Result<CheckedVersion, Failure> {
        let damaged = || Code::Damaged.bare();
        let (id, record) = (uuid_at(raw, "_id")?, uuid_at(raw, "record")?);
        let collection = raw.get_str("collection").map_err(|_| damaged())?.to_owned();
        let head = Head::from_document(raw.get_document("head").map_err(|_| damaged())?)?;
        let again = attested(raw)?;
        let keys = std::iter::once(&self.keys.heads).chain(&self.keys.former_heads);
        let signed = |key: &Secret<32>| match &again {
            Some((hashes, tag)) => {
                mac_matches(key, LABEL, &parts(id, &head, hashes).each_ref().map(Vec::as_slice), tag)
            }
            None => head.verify(&crate::crypt::head::Owner { key, ..self.owner(&collection, record) }).is_ok(),
        };
        let present = { keys }.position(signed).ok_or_else(damaged)? == 0;
        for (name, value) in values(raw)? {
            let again = again.as_ref().and_then(|(hashes, _)| hashes.get(&name));
            let expected = again.or(head.sections.get(&name).map(|mark| &mark.hash));
            if expected != Some(&stored_hash(value)) {
                return Err(damaged());
            }
        }
        Ok(CheckedVersion { id, head, present })
    }

    /// Older versions that fail their check.
    pub(in crate::app) async fn damaged_versions(&self) -> Result<Vec<Uuid>, Failure> {
        let mut damaged = Vec::new();
        let mut progress = Progress::default().begun(self.documents_in("versions").await?);
        while progress.place < progress.of {
            for raw in self.share("versions", progress.share()).await? {
                let id = uuid_at(&raw, "_id")?;
                damaged.extend(self.check_version(&raw).is_err().then_some(id));
            }
            progress.place += 1;
        }
        Ok(damaged)
    }

    pub(super) fn versions_anew(&self, job: &Job, found: &[RawDocumentBuf]) -> Result<(Work, usize, i64), Failure> {
        let old = self.replaced(job).iter().map(|key| key.key).collect();
        let (mut commands, mut damaged) = (Vec::new(), 0);
        for raw in found {
            match self.version_anew(job, raw, &old) {
                Ok(command) => commands.extend(command),
                Err(_) => damaged += 1,
            }
        }
        let touched = commands.len();
        Ok((Work { commands, ..Work::default() }, touched, damaged))
    }

    fn version_anew(
        &self,
        job: &Job,
        document: &RawDocumentBuf,
        old: &BTreeSet<Uuid>,
    ) -> Result<Option<RawDocumentBuf>, Failure> {
        let version = self.check_version(document)?;
        let purpose = job.order.compartment.map(data_key_name);
        let head = &version.head;
        let (mut change, mut hashes) = (Document::new(), BTreeMap::new());
        for (name, value) in values(document)? {
            let anew = match &purpose {
                Some(purpose) => self.encrypted_anew(old, purpose, value)?,
                None => None,
            };
            hashes.insert(name.clone(), stored_hash(anew.as_ref().map_or(value, borrowed)));
            change.extend(anew.map(|anew| (format!("s.{name}"), Bson::Binary(anew))));
        }
        if change.is_empty() && (version.present || job.order.kind != RotationKind::Site) {
            return Ok(None);
        }
        let parts = parts(version.id, head, &hashes);
        let tag = mac(&self.keys.heads, LABEL, &parts.each_ref().map(Vec::as_slice));
        let stored: Document = hashes.iter().map(|(name, hash)| (name.clone(), bytes(hash))).collect();
        change.insert("again", doc! { "s": stored, "m": bytes(&tag) });
        let rev = document.get_i64("rev").map_err(|_| Code::Damaged.bare())?;
        let filter = doc! { "_id": forms::uuid_bson(version.id), "rev": rev };
        Ok(Some(raw(&update("versions", filter, doc! { "$set": change }))?))
    }
}

/// The hashes of a version's values as they are stored now, and the MAC over them.
type Attested = (BTreeMap<String, Hash>, Hash);

fn attested(raw: &RawDocument) -> Result<Option<Attested>, Failure> {
    let damaged = || Code::Damaged.bare();
    let Some(again) = raw.get("again").map_err(|_| damaged())? else { return Ok(None) };
    let again = again.as_document().ok_or_else(damaged)?;
    let hash = |value: RawBinaryRef<'_>| Hash::try_from(value.bytes).map_err(|_| damaged());
    let mut hashes = BTreeMap::new();
    for one in again.get_document("s").map_err(|_| damaged())? {
        let (name, value) = one.map_err(|_| damaged())?;
        hashes.insert(name.as_str().to_owned(), hash(value.as_binary().ok_or_else(damaged)?)?);
    }
    Ok(Some((hashes, hash(again.get_binary("m").map_err(|_| damaged())?)?)))
}

fn values(raw: &RawDocument) -> Result<Vec<(String, RawBinaryRef<'_>)>, Failure> {
    let damaged = || Code::Damaged.bare();
    let values = raw.get_document("s").map_err(|_| damaged())?;
    values
        .into_iter()
        .map(|one| {
            let (name, value) = one.map_err(|_| damaged())?;
            Ok((name.as_str().to_owned(), value.as_binary().ok_or_else(damaged)?))
        })
        .collect()
}

/// What is attested: which version, what its head says, and the values as they are stored now.
fn parts(id: Uuid, head: &Head, hashes: &BTreeMap<String, Hash>) -> [Vec<u8>; 3] {
    let listed = hashes.iter().flat_map(|(name, hash)| {
        [(name.len() as u64).to_le_bytes().as_slice(), name.as_bytes(), hash.as_slice()].concat()
    });
    [id.as_bytes().to_vec(), head.hash().to_vec(), listed.collect()]
}

fn bytes(hash: &Hash) -> Bson {
    Bson::Binary(forms::binary(hash))
}
