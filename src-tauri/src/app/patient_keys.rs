//! The keys of patients: one for each compartment, and content keys of what was written without the right to read it.
//! All of a patient's are one stored document, and whoever destroys that destroys her data.
//!
//! `k` holds the wrapped keys by compartment, `w` the sealed content keys by compartment and name, `f` the names of those
//! whose values were folded in since. The keys' file is committed before the data, so a content key stays until its value
//! is known to stand under the patient's key.

use super::desk::{Checked, Desk, OpenedPatient, uuid_at};
use super::error::{Code, Failure};
use super::sealing::{Writing, name_of};
use crate::crypt::patient_key::{self, Wrapped};
use crate::crypt::section::{self, Place, content_id};
use crate::keys::{ContentId, ContentKey, ContentOf, forms, sealed_epoch};
use crate::record::{Compartment, Section};
use crate::secret::Secret;
use crate::store::{StoreError, find_documents, raw, update};
use bson::raw::cstr;
use bson::spec::BinarySubtype;
use bson::{Binary, Bson, Document, RawBinaryRef, RawDocument, RawDocumentBuf, doc};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// The compartments a patient has keys in.
const OF_PATIENT: [Compartment; 5] = [
    Compartment::Front,
    Compartment::Insurance,
    Compartment::NationalId,
    Compartment::Clinical,
    Compartment::Restricted,
];

/// Keys of some patients: those that were opened, and those that were made to write with.
#[derive(Default)]
pub(super) struct PatientKeys {
    own: BTreeMap<(Uuid, Compartment), Secret<32>>,
    content: BTreeMap<ContentId, ContentKey>,
    folded: BTreeMap<Uuid, Vec<(Compartment, ContentId)>>,
    writing: BTreeMap<Uuid, BTreeMap<(Compartment, Part), ContentKey>>,
}

/// What a content key is for. An item's is never that of a section, so that folding in one doesn't end the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Part {
    /// Sections of the patient's own document.
    Sections,
    /// Items.
    Items,
}

/// What a value is sealed under.
pub(super) enum WriteKey<'a> {
    /// The patient's key of the compartment.
    Own(&'a Secret<32>),
    /// The key of somebody who may write there and not read.
    Content(&'a ContentKey),
}

impl PatientKeys {
    /// The patient's key in a compartment.
    pub fn get(&self, patient: Uuid, compartment: Compartment) -> Option<&Secret<32>> {
        self.own.get(&(patient, compartment))
    }

    /// The key to write with; there is one after [`Desk::key_to_write`] or [`Desk::make_patient_keys`].
    pub fn to_write(&self, patient: Uuid, compartment: Compartment, part: Part) -> Result<WriteKey<'_>, Failure> {
        let content = || self.content(patient, compartment, part).map(WriteKey::Content);
        let key = self.get(patient, compartment).map(WriteKey::Own).or_else(content);
        key.ok_or_else(|| Code::KeysDamaged.bare())
    }

    fn content(&self, patient: Uuid, compartment: Compartment, part: Part) -> Option<&ContentKey> {
        self.writing.get(&patient)?.get(&(compartment, part))
    }

    fn make_content(&mut self, patient: Uuid, compartment: Compartment, part: Part) -> Result<&ContentKey, Failure> {
        let key = ContentKey::make()?;
        let of_patient = self.writing.entry(patient).or_default();
        Ok(of_patient.entry((compartment, part)).insert_entry(key).into_mut())
    }

    /// The content keys of a patient whose values were folded in.
    pub fn folded(&self, patient: Uuid) -> Vec<(Compartment, ContentId)> {
        self.folded.get(&patient).cloned().unwrap_or_default()
    }
}

impl Desk<'_> {
    /// The keys of these patients in those compartments the session holds; a missing one is simply absent.
    pub(super) async fn patient_keys(
        &self,
        patients: &BTreeSet<Uuid>,
        compartments: &BTreeSet<Compartment>,
    ) -> Result<PatientKeys, Failure> {
        let stored = self.stored_patient_keys(patients).await?;
        let held: Vec<Compartment> = compartments.iter().copied().filter(|one| self.keys.holds(*one)).collect();
        let (mut keys, mut wrapped) = (PatientKeys::default(), Vec::new());
        for document in &stored {
            let patient = uuid_at(document, "_id")?;
            let Ok(of_patient) = document.get_document("k") else { continue };
            for &compartment in &held {
                if let Ok(value) = of_patient.get_binary(compartment.code()) {
                    wrapped.push(Wrapped { patient, compartment, value: value.bytes });
                }
                self.content_keys(document, ContentOf { site: self.site.site, patient, compartment }, &mut keys);
            }
        }
        let opened = patient_key::unwrap_many(&self.keys.crypt, &wrapped);
        let opened =
            wrapped.iter().zip(opened).filter_map(|(one, key)| Some(((one.patient, one.compartment), key.ok()?)));
        keys.own = opened.collect();
        Ok(keys)
    }

    /// What is stored of these patients' keys. Of one patient it is asked for once, however many parts of an action want it.
    async fn stored_patient_keys(&self, patients: &BTreeSet<Uuid>) -> Result<Vec<RawDocumentBuf>, Failure> {
        let ids: Vec<Bson> = patients.iter().map(|id| forms::uuid_bson(*id)).collect();
        let ask = || find_documents(self.store, "patient_keys", doc! { "_id": { "$in": ids.clone() } }, None);
        let mut all = patients.iter();
        let (Some(&only), None) = (all.next(), all.next()) else { return Ok(ask().await?) };
        let asked = async || Ok::<_, StoreError>((only, ask().await?));
        let (whose, stored) = self.keys_asked.get_or_try_init(asked).await?;
        if *whose == only { Ok(stored.clone()) } else { Ok(ask().await?) }
    }

    fn content_keys(&self, document: &RawDocument, of: ContentOf, keys: &mut PatientKeys) {
        let folded = document.get_document("f").ok();
        for (id, sealed) in sealed_content_keys(document, of.compartment) {
            let open = |epoch| ContentKey::open(self.root_of(of.compartment, epoch).ok()?, &of, id, sealed);
            keys.content.extend(sealed_epoch(sealed).and_then(open).map(|key| (id, key)));
            if folded.is_some_and(|folded| folded.get(id.simple().to_string()).is_ok_and(|one| one.is_some())) {
                keys.folded.entry(of.patient).or_default().push((of.compartment, id));
            }
        }
    }

    /// Fresh keys of a new patient: in the compartments the session holds, and to write her sections with in the others.
    pub(super) fn make_patient_keys(&self, keys: &mut PatientKeys, id: Uuid) -> Result<(), Failure> {
        for compartment in OF_PATIENT.into_iter().filter(|one| self.keys.holds(*one)) {
            keys.own.insert((id, compartment), patient_key::make()?);
        }
        let unheld = Section::OF_PATIENT.into_iter().map(Section::compartment).filter(|one| !self.keys.holds(*one));
        unheld.into_iter().try_for_each(|compartment| keys.make_content(id, compartment, Part::Sections).map(drop))
    }

    /// The keys of a new patient as they are stored.
    pub(super) fn wrapped_keys(&self, id: Uuid, keys: &PatientKeys) -> Result<RawDocumentBuf, Failure> {
        let (mut wrapped, mut document) = (RawDocumentBuf::new(), RawDocumentBuf::new());
        for compartment in OF_PATIENT {
            let Some(key) = keys.get(id, compartment) else { continue };
            let value = patient_key::wrap(&self.keys.crypt, id, compartment, key)?;
            wrapped.append(name_of(compartment.code())?, &value);
        }
        document.append(cstr!("_id"), forms::uuid_raw(&id));
        document.append(cstr!("rev"), 1_i64);
        document.append(cstr!("k"), wrapped);
        if let Some(made) = keys.writing.get(&id) {
            document.append(cstr!("w"), self.sealed_content_keys(id, made)?);
        }
        Ok(document)
    }

    fn sealed_content_keys(
        &self,
        patient: Uuid,
        made: &BTreeMap<(Compartment, Part), ContentKey>,
    ) -> Result<RawDocumentBuf, Failure> {
        let mut all = RawDocumentBuf::new();
        for compartment in OF_PATIENT {
            let mut sealed = RawDocumentBuf::new();
            for (_, key) in made.iter().filter(|((of, _), _)| *of == compartment) {
                sealed.append(
                    name_of(&key.id().simple().to_string())?,
                    &self.sealed_content_key(patient, compartment, key)?,
                );
            }
            if sealed.iter().next().is_some() {
                all.append(name_of(compartment.code())?, sealed);
            }
        }
        Ok(all)
    }

    fn sealed_content_key(&self, patient: Uuid, compartment: Compartment, key: &ContentKey) -> Result<Binary, Failure> {
        let public = self.site.current(compartment).ok_or_else(|| Code::KeysDamaged.bare())?;
        let of = ContentOf { site: self.site.site, patient, compartment };
        Ok(Binary { subtype: BinarySubtype::Generic, bytes: key.seal_to(public, &of)? })
    }

    /// The key to write with for a patient who is new and whose keys aren't stored yet.
    pub(super) fn key_of_new(
        &self,
        keys: &mut PatientKeys,
        patient: Uuid,
        compartment: Compartment,
        part: Part,
    ) -> Result<(), Failure> {
        let made = self.keys.holds(compartment) || keys.content(patient, compartment, part).is_some();
        if made { Ok(()) } else { keys.make_content(patient, compartment, part).map(drop) }
    }

    /// The key to write with for a patient who is stored. In a compartment the session holds that is the patient's, made
    /// now if nobody wrote there before; in any other a content key, stored in the same transaction.
    pub(super) fn key_to_write(
        &self,
        writing: &mut Writing,
        keys: &mut PatientKeys,
        patient: Uuid,
        (compartment, part): (Compartment, Part),
    ) -> Result<(), Failure> {
        if keys.to_write(patient, compartment, part).is_ok() {
            return Ok(());
        }
        let held = self.keys.holds(compartment);
        let (path, value) = if held {
            let key = patient_key::make()?;
            let wrapped = patient_key::wrap(&self.keys.crypt, patient, compartment, &key)?;
            keys.own.insert((patient, compartment), key);
            (format!("k.{}", compartment.code()), wrapped)
        } else {
            let key = keys.make_content(patient, compartment, part)?;
            (path_of(compartment, key.id()), self.sealed_content_key(patient, compartment, key)?)
        };
        // The filter lets only the first of two writers make the patient's key, and nobody write for one who was erased.
        let filter = doc! { path.as_str(): { "$exists": false }, "rev": { "$exists": true } };
        writing.command(keys_update(patient, filter, doc! { "$set": { path: value }, "$inc": { "rev": 1_i64 } })?);
        Ok(())
    }

    /// Opens what somebody sealed who may write this section and not read it.
    pub(super) fn open_write_only(
        &self,
        place: &Place,
        stored: &[u8],
        keys: &PatientKeys,
    ) -> Result<RawDocumentBuf, Failure> {
        let key = content_id(stored).and_then(|id| keys.content.get(&id)).ok_or_else(|| Code::Damaged.bare())?;
        Ok(section::open_write_only(place, key, stored)?)
    }

    /// Those values of patients or items whose content key isn't stored: record, name of the value.
    pub(super) async fn lacking_content_keys(&self, found: &[RawDocumentBuf]) -> Result<Vec<(Uuid, String)>, Failure> {
        let mut under = Vec::new();
        for document in found {
            let (id, patient) = (uuid_at(document, "_id")?, uuid_at(document, "patient"));
            let values = document.get_document("s").into_iter().flat_map(|values| values.into_iter().flatten());
            for (name, value) in values {
                let key = value.as_binary().filter(|value| value.subtype == BinarySubtype::Generic);
                let key = key.and_then(|value| content_id(value.bytes));
                under.extend(key.map(|key| (id, name.to_string(), *patient.as_ref().unwrap_or(&id), key)));
            }
        }
        let patients: BTreeSet<Uuid> = under.iter().map(|(_, _, patient, _)| *patient).collect();
        let there = self.stored_content_keys(patients).await?;
        let lacking = under.into_iter().filter(|(_, _, patient, key)| !there.contains(&(*patient, *key)));
        Ok(lacking.map(|(id, name, _, _)| (id, name)).collect())
    }

    async fn stored_content_keys(&self, patients: BTreeSet<Uuid>) -> Result<BTreeSet<(Uuid, ContentId)>, Failure> {
        let mut there = BTreeSet::new();
        for document in self.by_ids("patient_keys", patients).await? {
            let patient = uuid_at(&document, "_id")?;
            let names = OF_PATIENT.into_iter().flat_map(|of| sealed_content_keys(&document, of));
            there.extend(names.map(|(id, _)| (patient, id)));
        }
        Ok(there)
    }

    /// Seals under the patient's key what somebody entered who may not read it. Its content key is only marked: it ends
    /// when the chart is opened again and nothing stands under it any more.
    pub(super) async fn fold_in(&self, writing: &mut Writing, patient: &OpenedPatient) -> Result<(), Failure> {
        let id = patient.checked.id;
        let unindexed = self.lacks_national_id_index(patient)?.then_some(Section::NationalId);
        let anew: BTreeSet<Section> = patient.write_only.iter().copied().chain(unindexed).collect();
        if anew.is_empty() {
            return self.end_folded(writing, patient);
        }
        let compartments: BTreeSet<Compartment> = anew.iter().map(|one| one.compartment()).collect();
        let mut keys = self.patient_keys(&BTreeSet::from([id]), &compartments).await?;
        for compartment in compartments {
            self.key_to_write(writing, &mut keys, id, (compartment, Part::Sections))?;
        }
        let (mut sections, mut marks) = (Vec::new(), Document::new());
        for section in anew {
            sections.push((section, patient.record.section_document(section)?.unwrap_or_default()));
            let stored = stored_value(&patient.checked, section.code())?;
            let key = content_id(stored.bytes).filter(|_| stored.subtype == BinarySubtype::Generic);
            marks.extend(key.map(|key| (format!("f.{}", key.simple()), section.compartment().code().into())));
        }
        if !marks.is_empty() {
            let there = doc! { "rev": { "$exists": true } };
            writing.command(keys_update(id, there, doc! { "$set": marks, "$inc": { "rev": 1_i64 } })?);
        }
        self.rewrite_sections(writing, &keys, &patient.checked, &sections)
    }

    /// Removes the content keys whose values were folded in, by a transaction that has long been durable.
    fn end_folded(&self, writing: &mut Writing, patient: &OpenedPatient) -> Result<(), Failure> {
        if patient.folded.is_empty() {
            return Ok(());
        }
        let mut gone = Document::new();
        for (compartment, id) in &patient.folded {
            gone.insert(path_of(*compartment, *id), "");
            gone.insert(format!("f.{}", id.simple()), "");
        }
        let there = doc! { "rev": { "$exists": true } };
        writing.command(keys_update(patient.checked.id, there, doc! { "$unset": gone, "$inc": { "rev": 1_i64 } })?);
        Ok(())
    }
}

/// Where a sealed content key is stored.
pub(in crate::app) fn path_of(compartment: Compartment, id: ContentId) -> String {
    format!("w.{}.{}", compartment.code(), id.simple())
}

fn keys_update(patient: Uuid, mut filter: Document, change: Document) -> Result<RawDocumentBuf, Failure> {
    filter.insert("_id", forms::uuid_bson(patient));
    Ok(raw(&update("patient_keys", filter, change))?)
}

fn stored_value<'b>(checked: &'b Checked, name: &str) -> Result<RawBinaryRef<'b>, Failure> {
    let values = checked.raw.get_document("s").map_err(|_| Code::Damaged.bare())?;
    values.get_binary(name).map_err(|_| Code::Damaged.bare())
}

/// The sealed content keys in a patient's document of keys.
pub(in crate::app) fn sealed_content_keys(document: &RawDocument, compartment: Compartment) -> Vec<(ContentId, &[u8])> {
    let Ok(sealed) = document.get_document("w").and_then(|all| all.get_document(compartment.code())) else {
        return Vec::new();
    };
    let binaries = sealed.into_iter().flatten().filter_map(|(name, value)| Some((name, value.as_binary()?.bytes)));
    binaries.filter_map(|(name, bytes)| Some((Uuid::try_parse(name.as_str()).ok()?, bytes))).collect()
}
