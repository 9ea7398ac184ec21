//! One batch of an import: looks up what is stored, decides what is new or changed, seals it on all cores.

use super::desk::{Checked, Desk};
use super::error::{Code, Failure};
use super::found_site::SITE_RECORD;
use super::import_records::{ImportBatch, Imports, Incoming};
use super::interactions::hidden_id;
use super::open_items::section_of;
use super::origins::{Hash, Origin, mrn_of, stored_hash};
use super::parallel::in_blocks;
use super::patient_keys::{Part, PatientKeys};
use super::perform::{Prepared, Touched};
use super::sealing::{NewRecord, Writing};
use crate::keys::{Author, CareTeamRow, Member, Signed, forms};
use crate::record::fhir::Mapped;
use crate::record::{AllergyStatement, Compartment, Content, InError, Item, PatientRecord, Section};
use crate::store::{raw, update};
use bson::raw::cstr;
use bson::{RawDocumentBuf, doc};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// How many new documents a thread makes at once.
const AT_ONCE: usize = 16;
/// After how many new documents others may go on.
const SLICE: usize = 96;

/// A resource with its MACs.
struct Known<'a> {
    incoming: &'a Incoming,
    origin: Hash,
    patient: Option<Hash>,
    content: Hash,
}

/// A document that is stored for the first time.
enum New<'a> {
    Patient(Uuid, &'a PatientRecord),
    Keys(Uuid),
    Item {
        id: Uuid,
        patient: Uuid,
        item: Box<Item>,
    },
    /// What a restricted item lends to the interaction check.
    Hidden {
        id: Uuid,
        patient: Uuid,
        item: Box<Item>,
    },
    CareTeam {
        patient: Uuid,
        unit: &'a str,
    },
}

/// A new document, made.
enum Made {
    Record(NewRecord),
    Other(&'static str, RawDocumentBuf),
}

/// An import in progress.
pub struct Import<'a> {
    desk: &'a Desk<'a>,
    resources: Vec<Known<'a>>,
    origins: BTreeMap<Hash, Origin>,
    stored: BTreeMap<Uuid, Checked>,
    /// Items of the batch that somebody marked as entered in error here: no new version takes that back.
    in_error: BTreeMap<Uuid, InError>,
    /// Items whose stored version is labelled sensitive, and those that take the place of one.
    sensitive: BTreeSet<Uuid>,
    records: BTreeMap<Uuid, PatientRecord>,
    keys: PatientKeys,
    writing: Writing,
    /// New and changed patients, written at the end when all statements about them are known.
    patients: BTreeMap<Uuid, PatientRecord>,
    new: Vec<New<'a>>,
    touched: BTreeMap<Uuid, Touched>,
    done: Imports,
}

impl<'a> Import<'a> {
    /// Looks up, in a few queries, everything the batch refers to.
    pub async fn prepare(desk: &'a Desk<'a>, batch: &'a ImportBatch) -> Result<Self, Failure> {
        let known = |block: Vec<&'a Incoming>| block.into_iter().map(|one| desk.known(one)).collect::<Vec<_>>();
        let resources: Vec<_> =
            in_blocks(batch.resources.iter().collect(), AT_ONCE, known).into_iter().flatten().collect();
        let wanted = resources.iter().flat_map(|one| std::iter::once(one.origin).chain(one.patient));
        let origins = desk.origins(&wanted.collect()).await?;
        let (items, patients) = to_load(&resources, &origins);
        let mut owners: BTreeSet<Uuid> = origins.values().map(|origin| origin.record).collect();
        owners.insert(SITE_RECORD);
        let keys = desk.patient_keys(&owners, &Compartment::ALL.into_iter().collect()).await?;
        let mut import = Self {
            desk,
            resources,
            origins,
            stored: BTreeMap::new(),
            in_error: BTreeMap::new(),
            sensitive: BTreeSet::new(),
            records: BTreeMap::new(),
            keys,
            writing: Writing::default(),
            patients: BTreeMap::new(),
            new: Vec::new(),
            touched: BTreeMap::new(),
            done: Imports::default(),
        };
        import.load(items, patients).await?;
        Ok(import)
    }

    async fn load(&mut self, items: BTreeSet<Uuid>, patients: BTreeSet<Uuid>) -> Result<(), Failure> {
        let found = self.desk.by_ids("items", items).await?;
        self.in_error = self.desk.marked_in_error(found.clone()).await?;
        for checked in self.desk.check("items", found)? {
            let checked = checked?;
            self.stored.insert(checked.id, checked);
        }
        let found = self.desk.by_ids("patients", patients).await?;
        for opened in self.desk.open_patients(found, &Section::OF_PATIENT).await? {
            let opened = opened?;
            self.records.insert(opened.checked.id, opened.record);
            self.stored.insert(opened.checked.id, opened.checked);
        }
        Ok(())
    }

    /// Decides about every resource, patients first, as the others belong to them.
    pub fn admit_all(&mut self) -> Result<(), Failure> {
        let (patients, others): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.resources).into_iter().partition(|one| is_patient(one.incoming));
        patients.iter().try_for_each(|resource| self.patient(resource))?;
        others.iter().try_for_each(|resource| self.entry(resource))
    }

    fn patient(&mut self, resource: &Known<'a>) -> Result<(), Failure> {
        let Mapped::Patient(record) = &resource.incoming.imported.mapped else { return Ok(()) };
        let Some(id) = self.admit(resource, "patients", None, None)? else { return Ok(()) };
        let mut record = record.as_ref().clone();
        record.copy_to_identity();
        if record.identity.mrn.is_empty() {
            record.identity.mrn = mrn_of(&resource.origin);
        }
        if let Some(before) = self.records.get(&id) {
            record.newer.clone_from(&before.newer);
            record.identity.vip |= before.identity.vip;
            // What was asked here stays asked: a source that is silent about allergies doesn't take it back.
            if record.summary.allergies == AllergyStatement::NotRecorded {
                record.summary.allergies = before.summary.allergies.clone();
            }
        } else {
            self.done.patients += 1;
            let units = resource.incoming.units.iter();
            self.new.extend(units.map(|unit| New::CareTeam { patient: id, unit }));
        }
        self.touch(id, &Section::OF_PATIENT);
        self.patients.insert(id, record);
        Ok(())
    }

    fn entry(&mut self, resource: &Known<'a>) -> Result<(), Failure> {
        let patient = match resource.patient {
            None => SITE_RECORD,
            Some(origin) => match self.origins.get(&origin) {
                Some(origin) => origin.record,
                None => {
                    self.done.without_patient += 1;
                    return Ok(());
                }
            },
        };
        match &resource.incoming.imported.mapped {
            Mapped::Item(item) => self.item(resource, patient, item),
            Mapped::NoKnownAllergies(statement) => self.statement(resource, patient, statement),
            Mapped::Patient(_) => Ok(()),
        }
    }

    fn item(&mut self, resource: &Known<'a>, patient: Uuid, item: &'a Item) -> Result<(), Failure> {
        let Some(id) = self.admit(resource, "items", Some(patient), None)? else { return Ok(()) };
        self.done.kept += u64::from(matches!(item.content, Content::Kept(_)));
        // What somebody labelled here, or an older version of it was, only a person takes out again.
        let sensitive = item.sensitive || self.sensitive.contains(&id);
        let compartment = if sensitive { Compartment::Restricted } else { item.section().compartment() };
        if !self.patients.contains_key(&patient) || self.stored.contains_key(&patient) {
            self.desk.key_to_write(&mut self.writing, &mut self.keys, patient, (compartment, Part::Items))?;
        } else {
            self.ensure_new(patient)?;
            self.desk.key_of_new(&mut self.keys, patient, compartment, Part::Items)?;
        }
        match self.stored.get(&id) {
            Some(old) => {
                let item = Item { in_error: self.in_error.get(&id).cloned(), sensitive, ..item.clone() };
                self.desk.rewrite_item(&mut self.writing, &self.keys, old, &item)?;
                self.lend(patient, id, &item)?;
            }
            None => {
                let item = Item { sensitive, ..item.clone() };
                self.lend(patient, id, &item)?;
                self.new.push(New::Item { id, patient, item: Box::new(item) });
            }
        }
        self.touch(patient, &[if sensitive { Section::Restricted } else { item.section() }]);
        Ok(())
    }

    /// The companion of an item that is restricted; that of one which isn't any more leaves.
    fn lend(&mut self, patient: Uuid, id: Uuid, item: &Item) -> Result<(), Failure> {
        let old = self.stored.get(&hidden_id(id));
        let Some(hidden) = self.desk.hidden_of(id, item) else {
            return old.map_or(Ok(()), |old| self.desk.remove_item(&mut self.writing, old));
        };
        let place = (hidden.section().compartment(), Part::Items);
        if !self.patients.contains_key(&patient) || self.stored.contains_key(&patient) {
            self.desk.key_to_write(&mut self.writing, &mut self.keys, patient, place)?;
        } else {
            self.desk.key_of_new(&mut self.keys, patient, place.0, place.1)?;
        }
        match self.stored.get(&hidden_id(id)) {
            Some(old) => _ = self.desk.rewrite_item(&mut self.writing, &self.keys, old, &hidden)?,
            None => self.new.push(New::Hidden { id: hidden_id(id), patient, item: Box::new(hidden) }),
        }
        Ok(())
    }

    fn statement(&mut self, resource: &Known<'a>, patient: Uuid, statement: &AllergyStatement) -> Result<(), Failure> {
        if self.admit(resource, "patients", Some(patient), Some(patient))?.is_none() {
            return Ok(());
        }
        let record = match (self.patients.get_mut(&patient), self.records.get(&patient)) {
            (Some(pending), _) => pending,
            (None, Some(stored)) => self.patients.entry(patient).or_insert_with(|| stored.clone()),
            (None, None) => return Err(Code::Damaged.bare()),
        };
        record.summary.allergies = statement.clone();
        self.touch(patient, &[Section::Summary]);
        Ok(())
    }

    /// The record id for a resource that has to be written; `None` for one that is there with the same content.
    fn admit(
        &mut self,
        resource: &Known<'a>,
        collection: &'static str,
        patient: Option<Uuid>,
        record: Option<Uuid>,
    ) -> Result<Option<Uuid>, Failure> {
        let (origin, content) = (resource.origin, resource.content);
        match self.origins.get(&origin) {
            Some(known) if known.content == content => {
                self.done.unchanged += 1;
                Ok(None)
            }
            Some(_) => self.admit_changed(resource, collection, patient, record).map(Some),
            None => {
                let record = record.unwrap_or_else(Uuid::new_v4);
                self.done.new += 1;
                let mut stored = RawDocumentBuf::new();
                stored.append(cstr!("_id"), forms::binary(&origin));
                stored.append(cstr!("collection"), collection);
                stored.append(cstr!("record"), forms::uuid_raw(&record));
                stored.append(cstr!("content"), forms::binary(&content));
                self.writing.also("origins", stored);
                self.origins.insert(origin, Origin { collection, record, content });
                Ok(Some(record))
            }
        }
    }

    /// A new content. What now belongs to another patient, or is another kind of record, leaves its old place.
    fn admit_changed(
        &mut self,
        resource: &Known<'a>,
        collection: &'static str,
        patient: Option<Uuid>,
        record: Option<Uuid>,
    ) -> Result<Uuid, Failure> {
        let (origin, content) = (resource.origin, resource.content);
        let Some(known) = self.origins.get_mut(&origin) else { return Err(Code::Internal.bare()) };
        let old = self.stored.get(&known.record).filter(|_| known.collection == "items");
        let stays = known.collection == collection && old.is_none_or(|old| Some(old.patient) == patient);
        if !stays {
            if let Some(old) = old {
                self.desk.remove_item(&mut self.writing, old)?;
                if let Some(hidden) = self.stored.get(&hidden_id(old.id)) {
                    self.desk.remove_item(&mut self.writing, hidden)?;
                }
            }
            (known.collection, known.record) = (collection, record.unwrap_or_else(Uuid::new_v4));
        }
        known.content = content;
        self.done.changed += 1;
        let change = doc! { "$set": {
            "collection": known.collection, "record": forms::uuid_bson(known.record), "content": stored_hash(&content),
        } };
        let record = known.record;
        if old.is_some_and(|old| section_of(&old.raw).is_ok_and(|one| one == Section::Restricted)) {
            self.sensitive.insert(record);
        }
        self.writing.command(raw(&update("origins", doc! { "_id": stored_hash(&origin) }, change))?);
        Ok(record)
    }

    /// Keys of a patient who is new in this batch are made before anything is sealed for her.
    fn ensure_new(&mut self, patient: Uuid) -> Result<(), Failure> {
        if self.keys.get(patient, Compartment::Clinical).is_none() {
            self.desk.make_patient_keys(&mut self.keys, patient)?;
            self.new.push(New::Keys(patient));
        }
        Ok(())
    }

    fn touch(&mut self, patient: Uuid, sections: &[Section]) {
        let row =
            self.touched.entry(patient).or_insert_with(|| Touched { patient: Some(patient), ..Touched::default() });
        row.count += 1;
        for section in sections.iter().filter(|section| !row.sections.contains(section)).copied().collect::<Vec<_>>() {
            row.sections.push(section);
        }
    }

    /// Seals what was admitted and prepares the commands.
    pub async fn finish(mut self) -> Result<Prepared<Imports>, Failure> {
        let patients = std::mem::take(&mut self.patients);
        let (changed, new): (Vec<_>, Vec<_>) = patients.iter().partition(|(id, _)| self.stored.contains_key(id));
        for (id, record) in changed {
            let Some(old) = self.stored.get(id) else { continue };
            for section in Section::OF_PATIENT {
                let of = (section.compartment(), Part::Sections);
                self.desk.key_to_write(&mut self.writing, &mut self.keys, *id, of)?;
            }
            self.desk.rewrite_patient(&mut self.writing, &self.keys, old, record)?;
        }
        new.iter().try_for_each(|(id, _)| self.ensure_new(**id))?;
        let mut wanted: Vec<New<'_>> = new.into_iter().map(|(id, record)| New::Patient(*id, record)).collect();
        wanted.extend(std::mem::take(&mut self.new));
        self.make(wanted).await?;
        let mut touched: Vec<Touched> = self.touched.into_values().collect();
        if touched.is_empty() {
            touched.push(Touched { count: self.done.unchanged, ..Touched::default() });
        }
        let heads = std::mem::take(&mut self.writing.heads);
        let writes = self.writing.commands(self.desk)?;
        Ok(Prepared { output: self.done, touched, writes, heads })
    }

    async fn make(&mut self, mut wanted: Vec<New<'_>>) -> Result<(), Failure> {
        let (desk, keys) = (self.desk, &self.keys);
        let make = |block: Vec<New<'_>>| block.iter().map(|one| desk.make(one, keys)).collect::<Result<Vec<_>, _>>();
        while !wanted.is_empty() {
            let slice = wanted.split_off(wanted.len().saturating_sub(SLICE));
            let blocks = in_blocks(slice, AT_ONCE, make);
            // What waits to be written goes on meanwhile.
            tokio::task::yield_now().await;
            for made in blocks.into_iter().collect::<Result<Vec<_>, _>>()?.into_iter().flatten() {
                match made {
                    Made::Record(record) => self.writing.record(record),
                    Made::Other(collection, document) => self.writing.also(collection, document),
                }
            }
        }
        Ok(())
    }
}

fn is_patient(resource: &Incoming) -> bool {
    matches!(resource.imported.mapped, Mapped::Patient(_))
}

/// The stored items and patients that the batch changes.
fn to_load(resources: &[Known<'_>], origins: &BTreeMap<Hash, Origin>) -> (BTreeSet<Uuid>, BTreeSet<Uuid>) {
    let (mut items, mut patients) = (BTreeSet::new(), BTreeSet::new());
    for resource in resources {
        let mapped = &resource.incoming.imported.mapped;
        if let Some(origin) = origins.get(&resource.origin).filter(|origin| origin.content != resource.content) {
            if origin.collection == "items" {
                items.insert(hidden_id(origin.record));
                items.insert(origin.record)
            } else {
                patients.insert(origin.record)
            };
        }
        // A statement about a stored patient rewrites that patient, even when the statement itself is new.
        let about = resource.patient.filter(|_| matches!(mapped, Mapped::NoKnownAllergies(_)));
        patients.extend(about.and_then(|patient| Some(origins.get(&patient)?.record)));
    }
    (items, patients)
}

impl Desk<'_> {
    fn known<'a>(&self, incoming: &'a Incoming) -> Known<'a> {
        let (origin, content) = (self.origin_of(&incoming.imported.source), self.content_of(incoming));
        let patient = incoming.imported.patient.as_ref().map(|source| self.origin_of(source));
        Known { incoming, origin, patient, content }
    }

    fn make(&self, new: &New<'_>, keys: &PatientKeys) -> Result<Made, Failure> {
        Ok(match new {
            New::Patient(id, record) => Made::Record(self.new_patient(*id, record, keys)?),
            New::Keys(id) => Made::Other("patient_keys", self.wrapped_keys(*id, keys)?),
            New::Item { id, patient, item } => Made::Record(self.new_item(keys, *patient, *id, item)?),
            New::Hidden { id, patient, item } => Made::Record(self.new_item(keys, *patient, *id, item)?),
            New::CareTeam { patient, unit } => {
                Made::Other("care_team", self.new_care_team_row(*patient, Member::Unit((*unit).to_owned()))?)
            }
        })
    }

    /// A signed row that puts somebody on a patient's team from now on.
    pub(super) fn new_care_team_row(&self, patient: Uuid, member: Member) -> Result<RawDocumentBuf, Failure> {
        let row = CareTeamRow { id: Uuid::new_v4(), patient, member, from: self.now(), until: None, version: 1 };
        let author = Author::new(self.keys.account.id, &self.keys.user);
        Ok(raw(&Signed::sign(row, author.id, author.signer)?.to_document()?)?)
    }
}
