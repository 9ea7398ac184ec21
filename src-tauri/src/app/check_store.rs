//! Checking the whole store: what contradicts itself without keys, and, as far as the session's keys reach, whether every
//! record is what a colleague wrote, whether everybody is found by what the record says, and whether nothing is gone.
//!
//! It names records by id and says what is wrong with them; it never shows a value.

use super::desk::{Desk, OpenedPatient};
use super::error::Failure;
use super::perform::{Action, Prepared, Touched};
use super::sealing::{clear_index, truth_of};
use super::views::ForUi;
use crate::audit::Purpose;
use crate::crypt::index;
use crate::keys::forms;
use crate::policy::Right;
use crate::record::Section;
use crate::store::{DATABASE, StoreError, find, find_documents, first_batch, raw};
use bson::raw::cstr;
use bson::{Document, RawBsonRef, RawDocument, RawDocumentBuf, doc};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// Records opened at once.
const BATCH: i64 = 200;

/// The whole check.
pub struct CheckStore {}

/// What was looked at, and what is wrong.
#[derive(Debug, Default, Serialize)]
pub struct StoreCheck {
    /// Documents of all collections.
    pub documents: u64,
    /// Patients whose sections and index were opened and compared.
    pub patients: u64,
    /// Items that were opened.
    pub items: u64,
    /// Searches that were made.
    pub searches: u64,
    /// What couldn't be looked into with this session's keys.
    pub closed: Vec<String>,
    /// What is wrong.
    pub findings: Vec<StoreFinding>,
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct StoreFinding {
    /// Collection.
    pub collection: String,
    /// Which document, where it is one.
    pub record: Option<Uuid>,
    /// What is wrong, in words; paths and names only.
    pub what: String,
}

impl ForUi for StoreCheck {}

impl Action for CheckStore {
    type Output = StoreCheck;
    const NAME: &'static str = "check_store";

    fn right(&self) -> Right {
        Right::CheckStore
    }

    fn patient(&self) -> Option<Uuid> {
        None
    }

    fn purpose(&self) -> Purpose {
        Purpose::Administration
    }

    async fn run(&self, desk: &Desk<'_>) -> Result<Prepared<StoreCheck>, Failure> {
        let mut check = StoreCheck::default();
        for collection in COLLECTIONS {
            desk.validate(collection, &mut check).await?;
        }
        desk.check_vault(&mut check).await?;
        desk.check_patients(&mut check).await?;
        desk.check_items(&mut check).await?;
        for id in desk.damaged_versions().await? {
            check.found("versions", Some(id), "the head doesn't fit, or a value isn't the one it names");
        }
        desk.check_gone(&mut check).await?;
        check.findings.sort();
        check.findings.dedup();
        let touched = Touched {
            count: check.documents,
            damaged: !check.findings.is_empty(),
            sections: Section::OF_PATIENT.to_vec(),
            ..Touched::default()
        };
        Ok(Prepared::read(check, touched))
    }
}

const COLLECTIONS: [&str; 10] = [
    "patients",
    "patient_keys",
    "items",
    "versions",
    "care_team",
    "origins",
    "accounts",
    "grants",
    "key_vault",
    "site",
];

impl StoreCheck {
    fn found(&mut self, collection: &str, record: Option<Uuid>, what: impl Into<String>) {
        self.findings.push(StoreFinding { collection: collection.to_owned(), record, what: what.into() });
    }
}

/// What the records say of the searchable values.
#[derive(Default)]
struct Truth {
    /// Path and value, and who has it.
    values: BTreeMap<(&'static str, String), (bson::Bson, BTreeSet<Uuid>)>,
    /// How far each counter is at least, and who was counted then.
    counters: BTreeMap<[u8; 32], (u64, Uuid)>,
}

/// Counters asked about at once.
const COUNTERS: usize = 5_000;

impl Desk<'_> {
    /// What the store itself sees; of patients also, by the compaction tokens, whether every counter was written.
    async fn validate(&self, collection: &str, check: &mut StoreCheck) -> Result<(), Failure> {
        let stored_in = self.site.stored_in(collection);
        let mut command = raw(&doc! { "validate": &stored_in })?;
        if collection == "patients"
            && let Some(tokens) = self.compaction_tokens(&stored_in)
        {
            command.append(cstr!("compactionTokens"), tokens);
        }
        let reply = match self.store.run(command).await {
            Ok(reply) => reply,
            // A collection that nobody has written to yet.
            Err(StoreError::Refused { code: 26, .. }) => return Ok(()),
            Err(other) => return Err(other.into()),
        };
        check.documents += reply.get_i64("nrecords").map_or(0, i64::unsigned_abs);
        for error in reply.get_array("errors").into_iter().flatten().flatten().filter_map(RawBsonRef::as_document) {
            check.found(collection, id_of(error), error.get_str("what").unwrap_or("damaged"));
        }
        Ok(())
    }

    fn compaction_tokens(&self, stored_in: &str) -> Option<RawDocumentBuf> {
        let command = raw(&doc! { "compactStructuredEncryptionData": stored_in }).ok()?;
        let command = self.keys.crypt.encrypt_command(DATABASE, &command).ok()?;
        command.get_document("compactionTokens").ok().map(ToOwned::to_owned)
    }

    /// The key vault against the signed manifest. That keys the session uses are the right ones was checked when they
    /// were opened.
    async fn check_vault(&self, check: &mut StoreCheck) -> Result<(), Failure> {
        let stored = find_documents(self.store, "key_vault", doc! {}, None).await?;
        let ids: BTreeSet<Uuid> = stored.iter().filter_map(|key| id_of(key)).collect();
        let wanted: BTreeSet<Uuid> = self.keys.manifest.keys().iter().map(|key| key.key).collect();
        wanted.difference(&ids).for_each(|key| check.found("key_vault", Some(*key), "a data key is missing"));
        ids.difference(&wanted).for_each(|key| check.found("key_vault", Some(*key), "a data key isn't the site's"));
        Ok(())
    }

    async fn check_patients(&self, check: &mut StoreCheck) -> Result<(), Failure> {
        let open: Vec<Section> =
            Section::OF_PATIENT.into_iter().filter(|section| self.keys.holds(section.compartment())).collect();
        let closed = Section::OF_PATIENT.into_iter().filter(|section| !open.contains(section));
        check.closed.extend(closed.map(|section| section.code().to_owned()));
        let mut truth = Truth::default();
        let mut skip = 0;
        loop {
            let mut page = find(&self.site.stored_in("patients"), doc! {}, None);
            page.extend(doc! { "skip": skip, "limit": BATCH });
            let found = self.find_encrypted(&page).await?;
            if found.is_empty() {
                break;
            }
            skip += BATCH;
            self.check_page(found, &open, check, &mut truth).await?;
        }
        self.check_counters(&truth, check).await?;
        self.check_searches(truth, check).await
    }

    async fn check_page(
        &self,
        found: Vec<RawDocumentBuf>,
        open: &[Section],
        check: &mut StoreCheck,
        truth: &mut Truth,
    ) -> Result<(), Failure> {
        self.check_content_keys("patients", &found, check).await?;
        let opened = self.open_patients(found.clone(), open).await?;
        for (raw, opened) in found.into_iter().zip(opened) {
            let id = id_of(&raw);
            match opened {
                Ok(patient) => self.check_patient(&patient, check, truth),
                Err(_) => {
                    let what = self.what_is_wrong(raw, open).await;
                    check.found("patients", id, what);
                }
            }
        }
        Ok(())
    }

    async fn check_content_keys(
        &self,
        collection: &str,
        found: &[RawDocumentBuf],
        check: &mut StoreCheck,
    ) -> Result<(), Failure> {
        for (id, name) in self.lacking_content_keys(found).await? {
            check.found(collection, Some(id), format!("{name} is closed for ever: its content key is missing"));
        }
        Ok(())
    }

    fn check_patient(&self, patient: &OpenedPatient, check: &mut StoreCheck, truth: &mut Truth) {
        check.patients += 1;
        let id = patient.checked.id;
        let both = [Section::Identity, Section::Contact].iter().all(|section| patient.opened.contains(section));
        if !both {
            return;
        }
        if self.check_index_hash(patient, &clear_index(&patient.record)).is_err() {
            check.found("patients", Some(id), "the head is about other searchable values");
        }
        if patient.write_only.is_empty() && self.lacks_national_id_index(patient).unwrap_or(true) {
            check.found("patients", Some(id), "isn't found by i.ssn: it isn't indexed");
        }
        let (values, untold) = truth_of(patient);
        let crypt = &self.keys.crypt;
        let counted = index::counters(crypt, &patient.checked.raw, (&values, untold), |name| self.keys.key_id(name));
        match counted {
            Err(fault) => check.found("patients", Some(id), fault.to_string()),
            Ok(counters) => {
                for (counter, count) in counters {
                    let known = truth.counters.entry(counter).or_insert((count, id));
                    *known = (*known).max((count, id));
                }
            }
        }
        for one in values {
            let key = (one.path, one.value.to_string());
            let entry = truth.values.entry(key).or_insert_with(|| (one.value, BTreeSet::new()));
            entry.1.insert(id);
        }
    }

    /// Whether the store's counters are as far as the documents say.
    async fn check_counters(&self, truth: &Truth, check: &mut StoreCheck) -> Result<(), Failure> {
        let all: Vec<(&[u8; 32], &(u64, Uuid))> = truth.counters.iter().collect();
        for some in all.chunks(COUNTERS) {
            let mut bytes = Vec::with_capacity(some.len() * 40);
            for (counter, (count, _)) in some {
                bytes.extend_from_slice(*counter);
                bytes.extend_from_slice(&count.to_le_bytes());
            }
            let counters = bson::Binary { subtype: bson::spec::BinarySubtype::Generic, bytes };
            let command = raw(&doc! { "validate": self.site.stored_in("patients"), "counters": counters })?;
            let reply = self.store.run(command).await?;
            let behind = reply.get_array("behind").into_iter().flatten().flatten();
            for place in behind.filter_map(|place| usize::try_from(place.as_i64()?).ok()) {
                let whose = some.get(place).map(|(_, (_, id))| *id);
                check.found("patients", whose, "a counter is behind the document or was changed");
            }
        }
        Ok(())
    }

    /// Which part of a patient's document it is.
    async fn what_is_wrong(&self, raw: RawDocumentBuf, open: &[Section]) -> String {
        let checked = self.check("patients", vec![raw.clone()]).ok().and_then(|mut checked| checked.pop());
        if !matches!(checked, Some(Ok(_))) {
            return "the head doesn't fit the document, or is older than what was seen here".to_owned();
        }
        for section in open {
            let opened = self.open_patients(vec![raw.clone()], &[*section]).await;
            if !opened.is_ok_and(|opened| opened.iter().all(Result::is_ok)) {
                return format!("section {} isn't what the head says, or doesn't open", section.code());
            }
        }
        "a section doesn't open".to_owned()
    }

    /// Whether a search for each value finds everybody who has it: the counters are as far as the documents.
    async fn check_searches(&self, truth: Truth, check: &mut StoreCheck) -> Result<(), Failure> {
        for ((path, _), (value, expected)) in truth.values {
            let Some(filter) = self.question(path, &value)? else { continue };
            check.searches += 1;
            let command = find(&self.site.stored_in("patients"), filter, Some(doc! { "_id": 1 }));
            let found = match self.find_encrypted(&command).await {
                Ok(found) => found,
                Err(_) => {
                    check.found("patients", None, format!("a counter behind {path} was changed"));
                    continue;
                }
            };
            let found: BTreeSet<Uuid> = found.iter().filter_map(|one| id_of(one)).collect();
            for id in expected.difference(&found) {
                check.found("patients", Some(*id), format!("isn't found by {path}: its counter is behind"));
            }
        }
        Ok(())
    }

    fn question(&self, path: &str, value: &bson::Bson) -> Result<Option<Document>, Failure> {
        let crypt = &self.keys.crypt;
        let search = index::path_of(path).map(|path| path.search);
        Ok(match (search, value) {
            (Some(index::Search::Equality), bson::Bson::String(text)) => Some(index::equal(crypt, path, text)?),
            (Some(index::Search::Prefix(least, _)), bson::Bson::String(text)) => {
                let long = text.chars().count() >= usize::from(least);
                if long { Some(index::starts_with(crypt, path, text)?) } else { None }
            }
            (Some(index::Search::Range(_)), bson::Bson::Int32(n)) => Some(index::between(crypt, path, *n, *n)?),
            _ => None,
        })
    }

    async fn check_items(&self, check: &mut StoreCheck) -> Result<(), Failure> {
        let all = find_documents(self.store, "items", doc! {}, Some(doc! { "patient": 1 })).await?;
        let patients: BTreeSet<Uuid> = all.iter().filter_map(|one| uuid_of(one, "patient")).collect();
        let known = self.ids("patients").await?;
        let compartments: BTreeSet<_> = Section::ALL.into_iter().map(|section| section.compartment()).collect();
        for patient in patients {
            if !patient.is_nil() && !known.contains(&patient) {
                check.found("items", None, format!("items of a patient who isn't there: {patient}"));
                continue;
            }
            let keys = self.patient_keys(&BTreeSet::from([patient]), &compartments).await?;
            let found =
                find_documents(self.store, "items", doc! { "patient": forms::uuid_bson(patient) }, None).await?;
            self.check_content_keys("items", &found, check).await?;
            let (opened, damaged) = self.open_items(patient, found.clone(), &keys).await?;
            check.items += opened.len() as u64;
            for one in opened.iter().filter(|one| !self.stands_right(&one.item, &one.checked.raw)) {
                check.found("items", Some(one.checked.id), "isn't found by its day: it stands under another one");
            }
            if damaged > 0 {
                let whole: BTreeSet<Uuid> = opened.iter().map(|one| one.checked.id).collect();
                for raw in found.into_iter().filter(|raw| id_of(raw).is_some_and(|id| !whole.contains(&id))) {
                    let id = id_of(&raw);
                    let (_, damaged) = self.open_items(patient, vec![raw], &keys).await?;
                    if damaged > 0 {
                        check.found(
                            "items",
                            id,
                            "the head doesn't fit, is older than what was seen here, or the value doesn't open",
                        );
                    }
                }
            }
        }
        Ok(())
    }

    /// Records this workstation has seen that are in no collection any more, not even among the older versions.
    async fn check_gone(&self, check: &mut StoreCheck) -> Result<(), Failure> {
        let mut there = BTreeSet::new();
        for collection in ["patients", "items", "accounts", "grants", "site", "care_team", "origins"] {
            there.extend(self.ids(collection).await?);
        }
        let versions = find_documents(self.store, "versions", doc! {}, Some(doc! { "record": 1 })).await?;
        there.extend(versions.iter().filter_map(|one| uuid_of(one, "record")));
        for id in self.witness.records()?.into_iter().filter(|id| !there.contains(id)) {
            check.found("records", Some(id), "was here when this workstation last saw it, and is gone");
        }
        Ok(())
    }

    async fn ids(&self, collection: &str) -> Result<BTreeSet<Uuid>, Failure> {
        let mut command = find(&self.site.stored_in(collection), doc! {}, Some(doc! { "_id": 1 }));
        let found = if collection == "patients" {
            self.find_encrypted(&command).await?
        } else {
            command.remove("encryptionInformation");
            first_batch(&self.store.run(raw(&command)?).await?)?
        };
        Ok(found.iter().filter_map(|one| id_of(one)).collect())
    }
}

fn id_of(document: &RawDocument) -> Option<Uuid> {
    uuid_of(document, "_id")
}

fn uuid_of(document: &RawDocument, name: &str) -> Option<Uuid> {
    document.get_binary(name).ok().and_then(|id| Uuid::from_slice(id.bytes).ok())
}
