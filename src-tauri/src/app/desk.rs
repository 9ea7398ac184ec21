//! [`Desk`]: what an action works at. It reads and opens what the session's keys and the policy allow.

use super::disclose::Clearance;
use super::error::{Code, Failure};
use super::keys_at_hand::KeysAtHand;
use super::patient_keys::PatientKeys;
use super::patients::Identified;
use super::perform::Asking;
use super::policy_file::FrontPolicy;
use super::search::{Recent, Searches};
use super::workstation::Workstation;
use super::workstations::Pairings;
use crate::audit::AuditLog;
use crate::clock::{Clock, Timestamp};
use crate::crypt::head::{Head, Owner};
use crate::crypt::kms::Reach;
use crate::crypt::section::{self, Place, Sealed};
use crate::keys::{CareTeamRow, ContentId, Keychain, Signed, SiteRecord, forms};
use crate::policy::{Relationship, Right, decide};
use crate::record::schedule::Zone;
use crate::record::{Compartment, PartialDate, PatientRecord, Section};
use crate::store::drafts::DraftFile;
use crate::store::witness::{HeadWitness, Seen};
use crate::store::{DATABASE, Store, find, find_documents, first_batch};
use bson::spec::BinarySubtype;
use bson::{Bson, Document, RawBinaryRef, RawDocument, RawDocumentBuf, doc};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use tokio::sync::OnceCell;
use uuid::Uuid;

/// The desk of one action: the seat's keys, the store, and who asks.
pub struct Desk<'a> {
    pub(super) asking: &'a Asking,
    pub(super) relationship: Relationship,
    pub(super) store: &'a dyn Store,
    pub(super) witness: &'a HeadWitness,
    pub(super) drafts: &'a DraftFile,
    pub(super) drafting: Option<[u8; 32]>,
    pub(super) keys: &'a KeysAtHand,
    pub(super) site: &'a SiteRecord,
    pub(super) clock: &'a dyn Clock,
    pub(super) keychain: &'a dyn Keychain,
    pub(super) audit: &'a AuditLog,
    pub(super) recent: &'a Recent,
    pub(super) searches: &'a Searches,
    pub(super) reach: &'a Reach,
    pub(super) pairings: &'a Pairings,
    pub(super) interactions: Option<&'static crate::record::interactions::Table>,
    pub(super) front: &'a FrontPolicy,
    pub(super) identified: &'a Identified,
    /// This workstation.
    pub(super) workstation: Uuid,
    /// The stored keys of the patient it is about, asked for once.
    pub(super) keys_asked: OnceCell<(Uuid, Vec<RawDocumentBuf>)>,
    /// What the door found of what the action discloses.
    pub(super) clearance: OnceCell<Clearance>,
}

/// A stored document whose head was checked.
pub(super) struct Checked {
    pub id: Uuid,
    /// Whose record it is: the patient's own id, or the item's `patient`.
    pub patient: Uuid,
    pub rev: i64,
    pub head: Head,
    pub raw: RawDocumentBuf,
}

impl Checked {
    /// The revision of an item's content, which stays the same when a key operation writes the item anew.
    pub fn content_rev(&self) -> i64 {
        self.head.sections.get("value").map_or(self.rev, |mark| mark.rev)
    }
}

/// A patient with those sections that were asked for and that opened.
pub(super) struct OpenedPatient {
    pub checked: Checked,
    pub record: PatientRecord,
    pub opened: BTreeSet<Section>,
    /// Of those opened: still as somebody sealed them who may not read them.
    pub write_only: Vec<Section>,
    /// Content keys of what was folded in since.
    pub folded: Vec<(Compartment, ContentId)>,
}

impl Workstation {
    pub(super) fn desk<'a>(&'a self, asking: &'a Asking, relationship: Relationship) -> Result<Desk<'a>, Failure> {
        Ok(Desk {
            asking,
            relationship,
            store: self.store.as_ref(),
            witness: &self.witness,
            drafts: &self.drafts,
            drafting: self.drafting,
            keys: self.keys()?,
            site: &self.record,
            clock: self.clock.as_ref(),
            keychain: self.keychain.as_ref(),
            audit: &self.audit,
            recent: &self.recent,
            searches: &self.searches,
            reach: &self.reach,
            pairings: &self.pairings,
            interactions: self.interactions,
            front: &self.front,
            identified: &self.identified,
            workstation: self.enrolment.workstation,
            keys_asked: OnceCell::new(),
            clearance: OnceCell::new(),
        })
    }

    /// What ties this user to this patient.
    pub(super) async fn relationship(&self, asking: &Asking, patient: Uuid) -> Result<Relationship, Failure> {
        self.desk(asking, Relationship::None)?.relationship_with(patient).await
    }
}

impl Desk<'_> {
    /// What ties this user to this patient: a signed, current care-team row, else today's visits.
    pub(super) async fn relationship_with(&self, patient: Uuid) -> Result<Relationship, Failure> {
        let ties = self.relationships_with(&BTreeSet::from([patient])).await?;
        Ok(ties.get(&patient).copied().unwrap_or(Relationship::None))
    }

    /// As [`Desk::relationship_with`], of many at once; who isn't in the answer has none.
    pub(super) async fn relationships_with(
        &self,
        patients: &BTreeSet<Uuid>,
    ) -> Result<BTreeMap<Uuid, Relationship>, Failure> {
        let ids: Vec<Bson> = patients.iter().copied().map(forms::uuid_bson).collect();
        let filter =
            doc! { "body.patient": if let [one] = ids.as_slice() { one.clone() } else { doc! { "$in": ids }.into() } };
        let mut ties = BTreeMap::new();
        for raw in find_documents(self.store, "care_team", filter, None).await? {
            match self.sound_row(&Document::try_from(raw)?) {
                Ok(row) => {
                    if row.covers(self.asking.user, self.keys.account.unit.as_deref(), self.clock.wall()) {
                        ties.insert(row.patient, Relationship::CareTeam);
                    }
                }
                // One that was tampered with gives nothing and takes nothing from the others.
                Err(refused) => tracing::error!(%refused, "a care-team row is refused"),
            }
        }
        let others = patients.iter().copied().filter(|one| !ties.contains_key(one)).collect();
        ties.extend(self.relationships_today(&others).await?);
        Ok(ties)
    }

    /// The row, if a user of the site signed it and no newer one was seen; the newest is remembered.
    fn sound_row(&self, stored: &Document) -> Result<CareTeamRow, Failure> {
        let signed = Signed::<CareTeamRow>::from_document(stored)?;
        let row = self.keys.directory.signed_by_author(&signed)?;
        let seen = self.witness.seen(row.id)?.map_or(0, |seen| seen.counter);
        if row.version < seen {
            return Err(Code::KeysDamaged.bare());
        }
        if row.version > seen {
            self.witness.note(&[(row.id, Seen { counter: row.version, hash: [0; 32] })])?;
        }
        Ok(row.clone())
    }

    /// Whether the policy gives this user the right for the action's patient, and the keys are there for it.
    pub(super) fn may(&self, right: Right) -> bool {
        decide(self.asking.standing(), right, self.relationship).is_allowed()
    }

    /// Whether a section may be viewed and its compartment is held.
    pub(super) fn may_view(&self, section: Section) -> bool {
        self.may(Right::View(section)) && self.keys.holds(section.compartment())
    }

    /// Whether a section may be edited; what is labelled sensitive only by who can read it again.
    pub(super) fn may_edit(&self, section: Section) -> bool {
        self.may(Right::Edit(section)) && (section != Section::Restricted || self.may_view(section))
    }

    pub(super) fn now(&self) -> Timestamp {
        self.clock.wall()
    }

    /// The place where the clinic is: as its settings say, or as this workstation's clock.
    pub(super) fn zone(&self) -> Zone {
        self.keys.schedule.zone().unwrap_or_else(|| Zone::of(self.clock.zone()))
    }

    /// The day at the clinic.
    pub(super) fn today(&self) -> Option<PartialDate> {
        Some(self.zone().day_of(self.now().0).into())
    }

    /// Runs a `find` on an encrypted collection.
    pub(super) async fn find_encrypted(&self, command: &Document) -> Result<Vec<RawDocumentBuf>, Failure> {
        let command = self.keys.crypt.encrypt_command(DATABASE, &crate::store::raw(command)?)?;
        Ok(first_batch(&self.store.run(command).await?)?)
    }

    /// Whole documents by their ids; of none, none.
    pub(super) async fn by_ids(&self, collection: &str, ids: BTreeSet<Uuid>) -> Result<Vec<RawDocumentBuf>, Failure> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let ids: Vec<Bson> = ids.into_iter().map(forms::uuid_bson).collect();
        let filter = doc! { "_id": { "$in": ids } };
        if collection == "patients" {
            return self.find_encrypted(&find(&self.site.stored_in(collection), filter, None)).await;
        }
        Ok(find_documents(self.store, collection, filter, None).await?)
    }

    pub(super) fn owner<'b>(&'b self, collection: &'b str, record: Uuid) -> Owner<'b> {
        Owner { key: &self.keys.heads, site: self.site.site, collection, record }
    }

    /// What this workstation has seen of these documents.
    pub(super) fn seen(&self, found: &[RawDocumentBuf]) -> Result<HashMap<Uuid, Seen>, Failure> {
        Ok(self.witness.seen_all(found.iter().filter_map(|raw| uuid_at(raw, "_id").ok()))?)
    }

    /// Checks the heads of stored documents and that none is older than what was seen here; damage is reported.
    pub(super) fn check(
        &self,
        collection: &str,
        found: Vec<RawDocumentBuf>,
    ) -> Result<Vec<Result<Checked, Failure>>, Failure> {
        let seen = self.seen(&found)?;
        Ok(found.into_iter().map(|raw| self.check_one(collection, raw, &seen)).collect())
    }

    pub(super) fn check_one(
        &self,
        collection: &str,
        raw: RawDocumentBuf,
        seen: &HashMap<Uuid, Seen>,
    ) -> Result<Checked, Failure> {
        let id = uuid_at(&raw, "_id")?;
        self.checked(collection, id, raw, seen.get(&id)).inspect_err(|_| report(collection, id))
    }

    /// Checks the MAC under the site's present key, or while that is being renewed under the former one.
    fn verify_head(&self, head: &Head, collection: &str, record: Uuid) -> Result<(), Failure> {
        let owner = self.owner(collection, record);
        let present = head.verify(&owner);
        let former = || self.keys.former_heads.iter().any(|key| head.verify(&Owner { key, ..owner }).is_ok());
        if present.is_ok() || former() { Ok(()) } else { Err(Code::Damaged.bare()) }
    }

    /// Checks that the searchable values are those the patient's head was made for.
    pub(super) fn check_index_hash(
        &self,
        patient: &OpenedPatient,
        clear: &[crate::crypt::index::Clear],
    ) -> Result<(), Failure> {
        let values: Vec<(&str, &Bson)> = clear.iter().map(|one| (one.path, &one.value)).collect();
        let owner = self.owner("patients", patient.checked.id);
        let mut keys = std::iter::once(&self.keys.heads).chain(&self.keys.index_macs);
        let fits = keys.any(|key| patient.checked.head.check_index(&Owner { key, ..owner }, &values).is_ok());
        if fits { Ok(()) } else { Err(Code::Damaged.bare()) }
    }

    fn checked(
        &self,
        collection: &str,
        id: Uuid,
        raw: RawDocumentBuf,
        seen: Option<&Seen>,
    ) -> Result<Checked, Failure> {
        let head = Head::from_document(raw.get_document("head").map_err(|_| Code::Damaged.bare())?)?;
        self.verify_head(&head, collection, id)?;
        if let Some(seen) = seen {
            let rolled_back = seen.counter > head.counter;
            let forked = seen.counter == head.counter && seen.hash != head.hash();
            if rolled_back || forked {
                return Err(Code::Damaged.bare());
            }
        }
        let patient = if collection == "patients" { id } else { uuid_at(&raw, "patient")? };
        let rev = raw.get_i64("rev").map_err(|_| Code::Damaged.bare())?;
        // Both count the revisions, but only the head is authenticated.
        if rev != head.counter {
            return Err(Code::Damaged.bare());
        }
        Ok(Checked { id, patient, rev, head, raw })
    }

    pub(super) fn place(&self, record: Uuid, section: Section, rev: i64) -> Place {
        Place { site: self.site.site, record, section, rev }
    }

    /// Opens the wanted sections of patients; one that is damaged is an error of its own and hurts no other.
    pub(super) async fn open_patients(
        &self,
        found: Vec<RawDocumentBuf>,
        wanted: &[Section],
    ) -> Result<Vec<Result<OpenedPatient, Failure>>, Failure> {
        let checked = self.check("patients", found)?;
        let ids = checked.iter().flatten().map(|one| one.id).collect();
        let keys = self.patient_keys(&ids, &self.compartments_held(wanted)).await?;
        Ok(self.open_with(checked, wanted, &keys))
    }

    /// The compartments of these sections that the session holds.
    pub(super) fn compartments_held(&self, sections: &[Section]) -> BTreeSet<Compartment> {
        sections.iter().map(|one| one.compartment()).filter(|one| self.keys.holds(*one)).collect()
    }

    /// As [`Desk::open_patients`], with what was fetched already.
    pub(super) fn open_with(
        &self,
        checked: Vec<Result<Checked, Failure>>,
        wanted: &[Section],
        keys: &PatientKeys,
    ) -> Vec<Result<OpenedPatient, Failure>> {
        let mut open: Vec<Result<OpenedPatient, Failure>> = checked
            .into_iter()
            .map(|one| {
                one.map(|checked| OpenedPatient {
                    folded: keys.folded(checked.id),
                    checked,
                    record: PatientRecord::default(),
                    opened: BTreeSet::new(),
                    write_only: Vec::new(),
                })
            })
            .collect();
        for section in wanted.iter().copied().filter(|one| self.keys.holds(one.compartment())) {
            self.open_section(&mut open, section, keys);
        }
        open
    }

    /// Opens one section of all patients in one go.
    fn open_section(&self, open: &mut [Result<OpenedPatient, Failure>], section: Section, keys: &PatientKeys) {
        let mut sealed = Vec::new();
        let mut whose = Vec::new();
        let mut results = Vec::new();
        let mut sealed_to_us = Vec::new();
        for (at, patient) in open.iter().enumerate() {
            let Ok(patient) = patient else { continue };
            match self.stored_section(&patient.checked, section) {
                Ok((value, rev)) if value.subtype == BinarySubtype::Encrypted => {
                    match keys.get(patient.checked.patient, section.compartment()) {
                        Some(key) => {
                            let place = self.place(patient.checked.id, section, rev);
                            sealed.push(Sealed { place, key, value: value.bytes });
                            whose.push(at);
                        }
                        None => results.push((at, Err(Code::Damaged.bare()))),
                    }
                }
                Ok((value, rev)) => {
                    let place = self.place(patient.checked.id, section, rev);
                    results.push((at, self.open_write_only(&place, value.bytes, keys)));
                    sealed_to_us.push(at);
                }
                Err(failure) => results.push((at, Err(failure))),
            }
        }
        let opened = section::open_many(&self.keys.crypt, &sealed);
        drop(sealed);
        results.extend(whose.into_iter().zip(opened.into_iter().map(|one| one.map_err(Failure::from))));
        for (at, result) in results {
            let slot = &mut open[at];
            let Ok(patient) = slot.as_mut() else { continue };
            let put = result.and_then(|document| {
                patient.record.set_section(section, &document)?;
                patient.opened.insert(section);
                patient.write_only.extend(Some(section).filter(|_| sealed_to_us.contains(&at)));
                Ok(())
            });
            if let Err(failure) = put {
                report(section.code(), patient.checked.id);
                *slot = Err(failure);
            }
        }
    }

    fn stored_section<'b>(&self, checked: &'b Checked, section: Section) -> Result<(RawBinaryRef<'b>, i64), Failure> {
        let values = checked.raw.get_document("s").map_err(|_| Code::Damaged.bare())?;
        let value = values.get_binary(section.code()).map_err(|_| Code::Damaged.bare())?;
        let rev = checked.head.check(section.code(), value)?;
        Ok((value, rev))
    }
}

pub(super) fn report(what: &str, record: Uuid) {
    tracing::error!(what, %record, "a stored record is damaged and isn't shown");
}

pub(super) fn uuid_at(raw: &RawDocument, field: &str) -> Result<Uuid, Failure> {
    let value = raw.get_binary(field).map_err(|_| Code::Damaged.bare())?;
    Uuid::from_slice(value.bytes).map_err(|_| Code::Damaged.bare())
}
