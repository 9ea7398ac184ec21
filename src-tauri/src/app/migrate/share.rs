//! One share of a collection, compared and brought over. The ids of a share are an interval, so that nothing has to be
//! remembered of how far it came.

use super::{COLLECTIONS, Target};
use crate::app::desk::{Desk, uuid_at};
use crate::app::error::{Code, Failure};
use crate::app::keys_at_hand::open_crypt;
use crate::app::perform::{Action, Prepared, Touched};
use crate::app::views::{Done, ForUi};
use crate::audit::Purpose;
use crate::crypt::{Crypt, index};
use crate::keys::{forms, patients_of};
use crate::policy::Right;
use crate::record::Section;
use crate::store::{DATABASE, Store, StoreError, find, find_documents, first_batch, insert_raw, raw};
use bson::{Bson, Document, RawBsonRef, RawDocumentBuf, doc};
use serde::Serialize;
use std::collections::BTreeMap;
use uuid::Uuid;

/// MongoDB's code for a collection that is there already.
const NAMESPACE_EXISTS: i32 = 48;

/// The other store, made ready.
pub(super) struct PrepareTarget {
    pub target: Target,
}

/// How many documents a collection has here.
pub(super) struct CountSource {
    pub collection: &'static str,
}

/// Brings over what lacks or differs among these ids.
pub struct MoveShare {
    /// Where to.
    pub target: Target,
    /// Of which collection.
    pub collection: &'static str,
    /// First and last id.
    pub ids: (u128, u128),
}

/// What was done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Moved {
    /// Documents looked at.
    pub looked: u64,
    /// Written.
    pub written: u64,
    /// Removed.
    pub removed: u64,
}

impl ForUi for Moved {}
impl ForUi for i64 {}

macro_rules! by_the_service {
    ($($of:ty => $answer:ty, $name:literal, $run:path;)+) => {$(
        impl Action for $of {
            type Output = $answer;
            const NAME: &'static str = $name;

            fn right(&self) -> Right {
                Right::ImportRecords
            }

            fn patient(&self) -> Option<Uuid> {
                None
            }

            fn purpose(&self) -> Purpose {
                Purpose::Administration
            }

            async fn run(&self, desk: &Desk<'_>) -> Result<Prepared<$answer>, Failure> {
                $run(self, desk).await
            }
        }
    )+};
}
pub(super) use by_the_service;

by_the_service! {
    PrepareTarget => Done, "move_prepare", prepare;
    CountSource => i64, "move_count", count;
    MoveShare => Moved, "move_share", bring_over;
}

/// The first and last id of one of so many shares, a power of two.
pub(super) const fn ids(place: u64, of: u64) -> (u128, u128) {
    let bits = of.ilog2();
    if bits == 0 {
        return (0, u128::MAX);
    }
    let first = (place as u128) << (128 - bits);
    (first, first | (u128::MAX >> bits))
}

async fn prepare(asked: &PrepareTarget, desk: &Desk<'_>) -> Result<Prepared<Done>, Failure> {
    let target = asked.target.store.as_ref();
    for other in find_documents(target, "site", doc! { "mac": { "$exists": true } }, None).await? {
        let body = Document::try_from(other)?;
        let closed = body.get_document("body").is_ok_and(|body| body.get_bool("moved").unwrap_or(false));
        // What was moved away from there may come back; a store that somebody works with is never written over.
        if forms::uuid_of(&body, "_id") != Some(desk.site.site) || !closed {
            return Err(Code::Invalid.with("field", "target"));
        }
    }
    let collection = desk.site.stored_in("patients");
    let fields = index::encrypted_fields(&collection, &index::PATIENTS, |purpose| {
        desk.keys.manifest.current(purpose, desk.site.index).map(|key| key.key)
    })?;
    match target.run(raw(&index::creation(&collection, asked.target.profile, &fields)?)?).await {
        Err(StoreError::Refused { code: NAMESPACE_EXISTS, .. }) | Ok(_) => {}
        Err(error) => return Err(error.into()),
    }
    Ok(Prepared::read(Done {}, Touched::default()))
}

async fn count(asked: &CountSource, desk: &Desk<'_>) -> Result<Prepared<i64>, Failure> {
    let count = desk.documents_in(asked.collection).await?;
    Ok(Prepared::read(count, Touched::default()))
}

async fn bring_over(asked: &MoveShare, desk: &Desk<'_>) -> Result<Prepared<Moved>, Failure> {
    let (here, moved) = match asked.collection {
        "patients" => desk.patients_over(asked).await?,
        _ => desk.documents_over(asked).await?,
    };
    let sections = if asked.collection == "patients" { Section::OF_PATIENT.to_vec() } else { Vec::new() };
    let touched = Touched { count: here, sections, ..Touched::default() };
    Ok(Prepared::read(moved, touched))
}

type Found = BTreeMap<Vec<u8>, RawDocumentBuf>;

impl Desk<'_> {
    /// Documents as they are.
    async fn documents_over(&self, asked: &MoveShare) -> Result<(u64, Moved), Failure> {
        let (name, target) = (asked.collection, asked.target.store.as_ref());
        let filter = share_filter(name, asked.ids);
        let mut here = found(find_documents(self.store, name, filter.clone(), None).await?);
        let mut there = found(find_documents(target, name, filter, None).await?);
        if name == "site" {
            // The site record opens the store, so it comes by itself and last.
            let own = self.site.site.as_bytes().to_vec();
            here.remove(&own);
            there.remove(&own);
        }
        let looked = here.len() as u64;
        let lacking: Vec<&RawDocumentBuf> =
            here.iter().filter(|(id, one)| there.get(*id) != Some(*one)).map(|(_, one)| one).collect();
        let replaced = there.iter().filter(|(id, one)| here.get(*id) != Some(*one));
        let gone: Vec<Bson> = replaced.map(|(_, one)| id_of(one)).collect::<Result<_, _>>()?;
        let removed = there.keys().filter(|id| !here.contains_key(*id)).count() as u64;
        let mut commands = Vec::new();
        for id in gone {
            commands.push(raw(&doc! { "delete": name, "deletes": [doc! { "q": { "_id": id }, "limit": 1 }] })?);
        }
        let written = lacking.len() as u64;
        if written > 0 {
            let documents: Vec<RawDocumentBuf> = lacking.into_iter().cloned().collect();
            commands.push(insert_raw(name, &documents)?);
        }
        if !commands.is_empty() {
            target.run_all(commands).await?;
        }
        Ok((looked, Moved { looked, written, removed }))
    }

    /// Patients with their searchable values made anew: a server's tags can't be carried from one store to another.
    async fn patients_over(&self, asked: &MoveShare) -> Result<(u64, Moved), Failure> {
        let target = asked.target.store.as_ref();
        let collection = patients_of(self.site.index);
        let here = self.share("patients", asked.ids).await?;
        let (mine, theirs) = (marks(&here)?, self.marks_there(target, asked.ids).await?);
        let looked = here.len() as u64;
        let lacking: Vec<RawDocumentBuf> = here
            .into_iter()
            .filter(|one| uuid_at(one, "_id").is_ok_and(|id| theirs.get(&id) != mine.get(&id)))
            .collect();
        let gone: Vec<Uuid> = theirs.keys().filter(|id| theirs.get(*id) != mine.get(*id)).copied().collect();
        let removed = gone.iter().filter(|id| !mine.contains_key(*id)).count() as u64;
        if lacking.is_empty() && gone.is_empty() {
            return Ok((looked, Moved { looked, ..Moved::default() }));
        }
        let crypt = self.crypt_for(&asked.target)?;
        let mut commands = Vec::new();
        for id in gone {
            let only = doc! { "q": { "_id": forms::uuid_bson(id) }, "limit": 1 };
            let delete = raw(&doc! { "delete": collection.as_str(), "deletes": [only] })?;
            commands.push(crypt.encrypt_command(DATABASE, &delete)?);
        }
        let mut copies = Vec::new();
        for opened in self.open_patients(lacking, &Section::OF_PATIENT).await? {
            copies.push(self.copy(&crypt, &opened?)?);
        }
        let written = copies.len() as u64;
        if !copies.is_empty() {
            commands.push(crypt.encrypt_command(DATABASE, &insert_raw(&collection, &copies)?)?);
        }
        target.run_all(commands).await?;
        Ok((looked, Moved { looked, written, removed }))
    }

    /// libmongocrypt with the site's keys and the other store's profile.
    pub(super) fn crypt_for(&self, target: &Target) -> Result<Crypt, Failure> {
        let keys = &self.keys;
        let (crypt, _) = open_crypt(&keys.roots, &keys.manifest, keys.ring.documents(), self.site.index)?;
        Ok(crypt.with_profile(target.profile))
    }

    async fn marks_there(&self, target: &dyn Store, ids: (u128, u128)) -> Result<BTreeMap<Uuid, Mark>, Failure> {
        let filter = share_filter("patients", ids);
        let command = find(&patients_of(self.site.index), filter, Some(doc! { "rev": 1, "head": 1 }));
        marks(&first_batch(&target.run(raw(&command)?).await?)?)
    }
}

/// What tells two revisions of a patient apart: the head names every section's bytes and every searchable value.
type Mark = Vec<u8>;

fn marks(found: &[RawDocumentBuf]) -> Result<BTreeMap<Uuid, Mark>, Failure> {
    let mark = |one: &RawDocumentBuf| {
        let head = one.get_document("head").map_err(|_| Code::Damaged.bare())?;
        Ok((uuid_at(one, "_id")?, head.as_bytes().to_vec()))
    };
    found.iter().map(mark).collect()
}

/// Origins have hashes for ids and few documents of `site` are worth dividing: one share takes all of what has no UUID.
fn share_filter(collection: &str, (first, last): (u128, u128)) -> Document {
    if collection == "origins" {
        let of = |number: u128, rest: u8| {
            let mut bytes = number.to_be_bytes().to_vec();
            bytes.extend([rest; 16]);
            Bson::Binary(forms::binary(&bytes))
        };
        return doc! { "_id": { "$gte": of(first, 0), "$lte": of(last, 0xff) } };
    }
    let id = |number: u128| forms::uuid_bson(Uuid::from_u128(number));
    doc! { "_id": { "$gte": id(first), "$lte": id(last) } }
}

fn found(documents: Vec<RawDocumentBuf>) -> Found {
    let key = |one: &RawDocumentBuf| one.get("_id").ok().flatten().map(key_bytes).unwrap_or_default();
    documents.into_iter().map(|one| (key(&one), one)).collect()
}

fn key_bytes(id: RawBsonRef<'_>) -> Vec<u8> {
    match id {
        RawBsonRef::Binary(binary) => binary.bytes.to_vec(),
        other => format!("{other:?}").into_bytes(),
    }
}

fn id_of(document: &RawDocumentBuf) -> Result<Bson, Failure> {
    let id = document.get("_id").ok().flatten().ok_or_else(|| Code::Damaged.bare())?;
    Bson::try_from(id).map_err(|_| Code::Damaged.bare())
}

/// Whether a collection moves or is left on purpose.
#[must_use]
pub fn is_known(collection: &str) -> bool {
    COLLECTIONS.contains(&collection) || super::LEFT_BEHIND.contains(&collection) || collection.starts_with("patients_")
}
