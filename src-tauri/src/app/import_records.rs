//! Import records: a batch of resources, each known by its source. Same content is skipped, different content is a new
//! revision, a batch is stored whole or not at all.

use super::desk::{Checked, Desk, PatientKeys};
use super::error::{Code, Failure};
use super::found_site::SITE_RECORD;
use super::origins::{Hash, Origin, mrn_of, stored_hash};
use super::perform::{Action, Prepared, Touched};
use super::sealing::Writing;
use super::views::ForUi;
use super::workstation::Workstation;
use crate::audit::Purpose;
use crate::keys::{Author, CareTeamRow, Member, Signed, forms};
use crate::policy::Right;
use crate::record::fhir::{Imported, Mapped};
use crate::record::{AllergyStatement, Compartment, Content, Item, PatientRecord, Section};
use crate::store::{raw, update};
use bson::{Document, doc};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;
use uuid::Uuid;

/// A resource on its way in.
pub struct Incoming {
    /// What it became.
    pub imported: Imported,
    /// The bytes that say whether its content is the same as before, whatever the order and the version.
    pub canonical: Vec<u8>,
    /// Of a patient: the units whose clinicians treat her from now on.
    pub units: Vec<String>,
}

/// A batch of resources, stored in one transaction.
pub struct ImportBatch {
    /// The resources, a patient before or after what belongs to it.
    pub resources: Vec<Incoming>,
}

/// What became of a batch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Imports {
    /// Stored for the first time.
    pub new: u64,
    /// Stored as a new revision.
    pub changed: u64,
    /// There already, with the same content.
    pub unchanged: u64,
    /// Of the new and changed: kept whole, not shown.
    pub kept: u64,
    /// Of the new: patients.
    pub patients: u64,
    /// Left out: their patient is neither here nor in the store.
    pub without_patient: u64,
}

impl ForUi for Imports {}

impl Action for ImportBatch {
    type Output = Imports;
    const NAME: &'static str = "import_records";

    fn right(&self) -> Right {
        Right::ImportRecords
    }

    fn patient(&self) -> Option<Uuid> {
        None
    }

    fn purpose(&self) -> Purpose {
        Purpose::Import
    }

    async fn run(&self, desk: &Desk<'_>) -> Result<Prepared<Imports>, Failure> {
        let mut import = Import::prepare(desk, self).await?;
        for resource in self.resources.iter().filter(|one| is_patient(one)) {
            import.patient(resource)?;
        }
        for resource in self.resources.iter().filter(|one| !is_patient(one)) {
            import.entry(resource)?;
        }
        import.finish()
    }
}

fn is_patient(resource: &Incoming) -> bool {
    matches!(resource.imported.mapped, Mapped::Patient(_))
}

/// An import in progress.
struct Import<'a> {
    desk: &'a Desk<'a>,
    origins: BTreeMap<Hash, Origin>,
    stored: BTreeMap<Uuid, Checked>,
    records: BTreeMap<Uuid, PatientRecord>,
    keys: PatientKeys,
    writing: Writing,
    /// New and changed patients, written at the end when all statements about them are known.
    patients: BTreeMap<Uuid, PatientRecord>,
    touched: BTreeMap<Uuid, Touched>,
    done: Imports,
}

impl<'a> Import<'a> {
    /// Looks up, in a few queries, everything the batch refers to.
    async fn prepare(desk: &'a Desk<'a>, batch: &'a ImportBatch) -> Result<Self, Failure> {
        let sources =
            batch.resources.iter().flat_map(|one| std::iter::once(&one.imported.source).chain(&one.imported.patient));
        let origins = desk.origins(&sources.map(|source| desk.origin_of(source)).collect()).await?;
        let changed = |resource: &&Incoming| {
            let origin = origins.get(&desk.origin_of(&resource.imported.source));
            origin.is_some_and(|origin| origin.content != desk.content_of(resource))
        };
        let mut items: BTreeSet<Uuid> = BTreeSet::new();
        let mut patients: BTreeSet<Uuid> = BTreeSet::new();
        for resource in batch.resources.iter().filter(changed) {
            let Some(origin) = origins.get(&desk.origin_of(&resource.imported.source)) else { continue };
            if origin.collection == "items" {
                items.insert(origin.record)
            } else {
                patients.insert(origin.record)
            };
        }
        // A statement about a stored patient rewrites that patient, even when the statement itself is new.
        let stated = batch.resources.iter().filter(|one| matches!(one.imported.mapped, Mapped::NoKnownAllergies(_)));
        patients.extend(
            stated.filter_map(|one| Some(origins.get(&desk.origin_of(one.imported.patient.as_ref()?))?.record)),
        );
        let mut owners: BTreeSet<Uuid> = origins.values().map(|origin| origin.record).collect();
        owners.insert(SITE_RECORD);
        let all = Compartment::ALL.into_iter().collect();
        let keys = desk.patient_keys(&owners, &all).await?;
        let mut import = Self {
            desk,
            origins,
            stored: BTreeMap::new(),
            records: BTreeMap::new(),
            keys,
            writing: Writing::default(),
            patients: BTreeMap::new(),
            touched: BTreeMap::new(),
            done: Imports::default(),
        };
        import.load(items, patients).await?;
        Ok(import)
    }

    async fn load(&mut self, items: BTreeSet<Uuid>, patients: BTreeSet<Uuid>) -> Result<(), Failure> {
        for raw in self.desk.by_ids("items", items).await? {
            let checked = self.desk.check("items", raw)?;
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

    fn patient(&mut self, resource: &Incoming) -> Result<(), Failure> {
        let Mapped::Patient(record) = &resource.imported.mapped else { return Ok(()) };
        let Some(id) = self.admit(resource, "patients", None, None)? else { return Ok(()) };
        let mut record = record.as_ref().clone();
        record.identity.national_id_on_file = record.national_id.ssn.is_some();
        if record.identity.mrn.is_empty() {
            record.identity.mrn = mrn_of(&self.desk.origin_of(&resource.imported.source));
        }
        if let Some(before) = self.records.get(&id) {
            // What was asked here stays asked: a source that is silent about allergies doesn't take it back.
            if record.summary.allergies == AllergyStatement::NotRecorded {
                record.summary.allergies = before.summary.allergies.clone();
            }
        } else {
            self.done.patients += 1;
            for unit in &resource.units {
                let row = self.care_team_row(id, unit)?;
                self.writing.also("care_team", row);
            }
        }
        self.touch(id, &Section::OF_PATIENT);
        self.patients.insert(id, record);
        Ok(())
    }

    fn entry(&mut self, resource: &Incoming) -> Result<(), Failure> {
        let patient = match &resource.imported.patient {
            None => SITE_RECORD,
            Some(source) => match self.origins.get(&self.desk.origin_of(source)) {
                Some(origin) => origin.record,
                None => {
                    self.done.without_patient += 1;
                    return Ok(());
                }
            },
        };
        match &resource.imported.mapped {
            Mapped::Item(item) => self.item(resource, patient, item),
            Mapped::NoKnownAllergies(statement) => self.statement(resource, patient, statement),
            Mapped::Patient(_) => Ok(()),
        }
    }

    fn item(&mut self, resource: &Incoming, patient: Uuid, item: &Item) -> Result<(), Failure> {
        let Some(id) = self.admit(resource, "items", Some(patient), None)? else { return Ok(()) };
        self.done.kept += u64::from(matches!(item.content, Content::Kept(_)));
        if !self.patients.contains_key(&patient) || self.stored.contains_key(&patient) {
            self.desk.key_to_write(&mut self.writing, &mut self.keys, patient, item.section().compartment())?;
        } else {
            self.ensure_new(patient)?;
        }
        match self.stored.get(&id) {
            Some(old) => _ = self.desk.rewrite_item(&mut self.writing, &self.keys, old, item)?,
            None => self.desk.write_item(&mut self.writing, &self.keys, patient, id, item)?,
        }
        self.touch(patient, &[item.section()]);
        Ok(())
    }

    fn statement(&mut self, resource: &Incoming, patient: Uuid, statement: &AllergyStatement) -> Result<(), Failure> {
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
        resource: &Incoming,
        collection: &'static str,
        patient: Option<Uuid>,
        record: Option<Uuid>,
    ) -> Result<Option<Uuid>, Failure> {
        let (origin, content) = (self.desk.origin_of(&resource.imported.source), self.desk.content_of(resource));
        match self.origins.get(&origin) {
            Some(known) if known.content == content => {
                self.done.unchanged += 1;
                Ok(None)
            }
            Some(_) => self.admit_changed(origin, content, collection, patient, record).map(Some),
            None => {
                let record = record.unwrap_or_else(Uuid::new_v4);
                self.done.new += 1;
                self.writing.also(
                    "origins",
                    doc! {
                        "_id": stored_hash(&origin), "collection": collection, "record": forms::uuid_bson(record),
                        "content": stored_hash(&content),
                    },
                );
                self.origins.insert(origin, Origin { collection, record, content });
                Ok(Some(record))
            }
        }
    }

    /// A new content. What now belongs to another patient, or is another kind of record, leaves its old place.
    fn admit_changed(
        &mut self,
        origin: Hash,
        content: Hash,
        collection: &'static str,
        patient: Option<Uuid>,
        record: Option<Uuid>,
    ) -> Result<Uuid, Failure> {
        let Some(known) = self.origins.get_mut(&origin) else { return Err(Code::Internal.bare()) };
        let old = self.stored.get(&known.record).filter(|_| known.collection == "items");
        let stays = known.collection == collection && old.is_none_or(|old| Some(old.patient) == patient);
        if !stays {
            if let Some(old) = old {
                self.desk.remove_item(&mut self.writing, old)?;
            }
            (known.collection, known.record) = (collection, record.unwrap_or_else(Uuid::new_v4));
        }
        known.content = content;
        self.done.changed += 1;
        let change = doc! { "$set": {
            "collection": known.collection, "record": forms::uuid_bson(known.record), "content": stored_hash(&content),
        } };
        let record = known.record;
        self.writing.command(raw(&update("origins", doc! { "_id": stored_hash(&origin) }, change))?);
        Ok(record)
    }

    /// Keys of a patient who is new in this batch are made before anything is sealed for her.
    fn ensure_new(&mut self, patient: Uuid) -> Result<(), Failure> {
        if !self.keys.contains_key(&(patient, Compartment::Clinical)) {
            let keys = self.desk.write_patient_keys(&mut self.writing, patient)?;
            self.keys.extend(keys);
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

    fn care_team_row(&self, patient: Uuid, unit: &str) -> Result<Document, Failure> {
        let row = CareTeamRow {
            id: Uuid::new_v4(),
            patient,
            member: Member::Unit(unit.to_owned()),
            from: self.desk.now(),
            until: None,
            version: 1,
        };
        let author = Author::new(self.desk.keys.account.id, &self.desk.keys.user);
        Ok(Signed::sign(row, author.id, author.signer)?.to_document()?)
    }

    fn finish(mut self) -> Result<Prepared<Imports>, Failure> {
        for (id, record) in std::mem::take(&mut self.patients) {
            match self.stored.get(&id) {
                Some(old) => self.desk.rewrite_patient(&mut self.writing, &self.keys, old, &record)?,
                None => {
                    self.ensure_new(id)?;
                    self.desk.write_patient(&mut self.writing, id, &record, &self.keys)?;
                }
            }
        }
        let mut touched: Vec<Touched> = self.touched.into_values().collect();
        if touched.is_empty() {
            touched.push(Touched { count: self.done.unchanged, ..Touched::default() });
        }
        let heads = std::mem::take(&mut self.writing.heads);
        let writes = self.writing.commands(self.desk)?;
        Ok(Prepared { output: self.done, touched, writes, heads })
    }
}

impl Imports {
    /// Counts another batch in.
    pub fn add(&mut self, other: Imports) {
        self.new += other.new;
        self.changed += other.changed;
        self.unchanged += other.unchanged;
        self.kept += other.kept;
        self.patients += other.patients;
        self.without_patient += other.without_patient;
    }

    /// Counts a batch in that was read before: what is there already was counted then.
    pub(super) fn add_late(&mut self, other: Imports) {
        self.add(Imports { unchanged: 0, ..other });
    }
}

/// Resources of one transaction.
pub const AT_ONCE: usize = 700;

impl Workstation {
    /// Stores resources in batches as the signed-in import service; `told` hears of each batch and may stop.
    ///
    /// # Errors
    /// What a batch failed with; the batches before it are stored.
    pub async fn import(
        &mut self,
        resources: impl IntoIterator<Item = Incoming>,
        mut told: impl FnMut(&Imports) -> ControlFlow<()>,
    ) -> Result<Imports, Failure> {
        let mut sum = Imports::default();
        let mut resources = resources.into_iter().peekable();
        while resources.peek().is_some() {
            let batch = ImportBatch { resources: resources.by_ref().take(AT_ONCE).collect() };
            // A service at work is no empty chair.
            self.touch().await?;
            sum.add(self.perform(batch).await?);
            if told(&sum).is_break() {
                break;
            }
        }
        Ok(sum)
    }
}
