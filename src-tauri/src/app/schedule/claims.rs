//! Slots are claimed in the store itself, so that of two bookers who don't know of each other one wins: for each quarter
//! of an hour that provider, room, devices and patient are taken, a document whose `_id` is a keyed hash of them.
//!
//! Whoever sees the store can't tell what a claim is of, nor which belong together; it is gone when the visit ends.

use super::super::desk::Desk;
use super::super::error::{Code, Failure};
use super::super::sealing::Writing;
use crate::crypt::{Encryption, KeyName};
use crate::keys::{forms, mac};
use crate::record::schedule::{Appointment, cells};
use crate::secret::Secret;
use crate::store::{find_documents, raw};
use bson::{Bson, Document, RawBsonRef, RawDocumentBuf, doc};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use uuid::Uuid;

const LABEL: &str = "wardseal/slot/1";

/// Claims by their ids, with the random revision that tells one from another of the same slot.
pub(super) type Claims = BTreeMap<Uuid, i64>;

impl Desk<'_> {
    /// The keys that slots are hashed under, one for each data key of the days, the newest last.
    fn claim_keys(&self) -> Result<Vec<Secret<32>>, Failure> {
        let key = |id: Uuid| {
            let how = Encryption { key: KeyName::Id(id), ..Encryption::deterministic("") };
            let word = self.keys.crypt.encrypt(RawBsonRef::String(LABEL), &how)?;
            let hash = zeroize::Zeroizing::new(<[u8; 32]>::from(Sha256::digest(&word.bytes)));
            Secret::copy_from(&*hash).ok_or_else(|| Code::Internal.bare())
        };
        self.keys_of_days().map(|of_days| key(of_days.key)).collect()
    }

    /// The slots that a visit claims under the newest key. One that was put where another stands claims none.
    pub(super) fn slots_of(&self, patient: Uuid, visit: &Appointment) -> Result<Vec<Uuid>, Failure> {
        let keys = self.claim_keys()?;
        let newest = keys.last().ok_or_else(|| Code::KeysDamaged.bare())?;
        Ok(slots(newest, patient, visit))
    }

    /// The claims that stand of these visits, under whichever key.
    pub(super) async fn claims_of(&self, visits: &[(Uuid, &Appointment)]) -> Result<Claims, Failure> {
        let mut ids = Vec::new();
        for key in self.claim_keys()? {
            ids.extend(visits.iter().flat_map(|(patient, visit)| slots(&key, *patient, visit)));
        }
        self.standing(&ids).await
    }

    /// Which of these claims stand.
    pub(super) async fn standing(&self, ids: &[Uuid]) -> Result<Claims, Failure> {
        if ids.is_empty() {
            return Ok(Claims::new());
        }
        let ids: Vec<Bson> = ids.iter().copied().map(forms::uuid_bson).collect();
        let found = find_documents(self.store, "slots", doc! { "_id": { "$in": ids } }, None).await?;
        let claim = |raw: &RawDocumentBuf| {
            Ok((super::super::desk::uuid_at(raw, "_id")?, raw.get_i64("rev").map_err(|_| Code::Damaged.bare())?))
        };
        found.iter().map(claim).collect()
    }

    /// Claims the slots of new visits. If somebody else claims one of them meanwhile, nothing of the transaction is stored.
    pub(super) fn claim(&self, writing: &mut Writing, ids: &[Uuid]) -> Result<(), Failure> {
        for id in ids {
            let mut random = [0; 8];
            getrandom::fill(&mut random).map_err(|_| Code::Internal.bare())?;
            let claim: Document = doc! { "_id": forms::uuid_bson(*id), "rev": i64::from_le_bytes(random) };
            writing.also("slots", raw(&claim)?);
        }
        Ok(())
    }

    /// Gives claims up: exactly these, and none that somebody has made since.
    pub(super) fn release(&self, claims: &Claims) -> Result<Vec<RawDocumentBuf>, Failure> {
        let one = |(id, rev): (&Uuid, &i64)| doc! { "q": { "_id": forms::uuid_bson(*id), "rev": *rev }, "limit": 1 };
        let release = |claim| Ok(raw(&doc! { "delete": "slots", "deletes": [one(claim)] })?);
        claims.iter().map(release).collect()
    }
}

fn slots(key: &Secret<32>, patient: Uuid, visit: &Appointment) -> Vec<Uuid> {
    let Some((start, _)) = visit.span().filter(|_| visit.overbooked.is_none()) else { return Vec::new() };
    let mut of: Vec<(&[u8], &[u8])> = vec![(b"provider", visit.provider.as_bytes()), (b"patient", patient.as_bytes())];
    of.extend(visit.room.as_deref().map(|room| (b"room".as_slice(), room.as_bytes())));
    of.extend(visit.devices.iter().map(|device| (b"device".as_slice(), device.as_bytes())));
    let cells = cells(start, visit.minutes);
    let slot = |(kind, whose): &(&[u8], &[u8]), cell: &i64| {
        let hash = mac(key, LABEL, &[kind, whose, &cell.to_be_bytes()]);
        let mut first = [0; 16];
        first.copy_from_slice(&hash[..16]);
        uuid::Builder::from_random_bytes(first).into_uuid()
    };
    of.iter().flat_map(|whose| cells.iter().map(move |cell| slot(whose, cell))).collect()
}
