//! Turning records into the commands that store them: sealed sections, index payloads, heads.

use super::desk::{Checked, Desk, OpenedPatient};
use super::error::{Code, Failure};
use super::open_items::OpenedItem;
use super::patient_keys::{Part, PatientKeys, WriteKey};
use super::perform::HeadLeft;
use crate::crypt::head::Head;
use crate::crypt::index::{self, Clear};
use crate::crypt::section;
use crate::keys::forms;
use crate::policy::found_by_national_id;
use crate::record::fields::index_at;
use crate::record::{Item, PatientRecord, Section, form, index_values, national_id_value};
use crate::store::{DATABASE, insert_raw, raw, update};
use bson::raw::{CString, cstr};
use bson::{Binary, Bson, Document, RawBinaryRef, RawBson, RawDocument, RawDocumentBuf, doc};
use uuid::Uuid;

/// Commands collected for one transaction, with the heads they leave.
#[derive(Default)]
pub(super) struct Writing {
    patients: Vec<RawDocumentBuf>,
    others: Vec<(&'static str, Vec<RawDocumentBuf>)>,
    updates: Vec<RawDocumentBuf>,
    pub heads: Vec<HeadLeft>,
}

impl Writing {
    /// A new document of a collection without searchable values: keys, items, care-team rows, origins, versions.
    pub fn also(&mut self, collection: &'static str, document: RawDocumentBuf) {
        match self.others.iter_mut().find(|(name, _)| *name == collection) {
            Some((_, documents)) => documents.push(document),
            None => self.others.push((collection, vec![document])),
        }
    }

    /// A new record and the head it gets.
    pub fn record(&mut self, (document, head): NewRecord) {
        match head.collection {
            "patients" => self.patients.push(document),
            other => self.also(other, document),
        }
        self.heads.push(head);
    }

    /// One more command that is ready as it is.
    pub fn command(&mut self, command: RawDocumentBuf) {
        self.updates.push(command);
    }

    /// All commands, encrypted collections with their encryption information.
    pub fn commands(self, desk: &Desk<'_>) -> Result<Vec<RawDocumentBuf>, Failure> {
        let mut commands = Vec::new();
        if !self.patients.is_empty() {
            let command = insert_raw(&desk.site.stored_in("patients"), &self.patients)?;
            commands.push(desk.keys.crypt.encrypt_command(DATABASE, &command)?);
        }
        for (collection, documents) in &self.others {
            commands.push(insert_raw(collection, documents)?);
        }
        commands.extend(self.updates);
        Ok(commands)
    }
}

impl Desk<'_> {
    /// A new patient: every section present, the index payloads.
    pub(super) fn new_patient(
        &self,
        id: Uuid,
        record: &PatientRecord,
        keys: &PatientKeys,
    ) -> Result<NewRecord, Failure> {
        let mut stored: Vec<SealedSection> = Vec::new();
        for section in Section::OF_PATIENT {
            let value = record.section_document(section)?.unwrap_or_default();
            let key = keys.to_write(id, section.compartment(), Part::Sections)?;
            stored.push((section.code(), 1, self.seal_section(id, section, 1, &value, &key)?));
        }
        let (index, hash) = self.index_of(id, record)?;
        let head = Head::first(&self.owner("patients", id), &marks(&stored), hash);
        let mut sections = RawDocumentBuf::new();
        for (name, _, value) in &stored {
            sections.append(name_of(name)?, value);
        }
        let mut document = self.first_revision(id, &head);
        document.append(cstr!("s"), sections);
        document.append(cstr!("i"), index);
        Ok((document, left("patients", id, &head)))
    }

    /// What every record begins with.
    fn first_revision(&self, id: Uuid, head: &Head) -> RawDocumentBuf {
        let (now, mut document) = (self.stored_now(), RawDocumentBuf::new());
        document.append(cstr!("_id"), forms::uuid_raw(&id));
        document.append(cstr!("rev"), 1_i64);
        document.append(cstr!("at"), now);
        document.append(cstr!("upd"), now);
        document.append(cstr!("head"), head.to_document());
        document
    }

    /// Index payloads by path, and the hash of their clear values for the head.
    pub(super) fn index_of(&self, id: Uuid, record: &PatientRecord) -> Result<(RawDocumentBuf, [u8; 32]), Failure> {
        let clear = clear_index(record);
        let mut index = RawDocumentBuf::new();
        for (path, payload) in index::stored(&self.keys.crypt, &clear)? {
            index.append(name_of(path.trim_start_matches("i."))?, payload.as_raw_bson_ref());
        }
        if let Some((name, payload)) = self.national_id_index(record)? {
            index.append(name_of(name)?, payload.as_raw_bson_ref());
        }
        let values: Vec<(&str, &Bson)> = clear.iter().map(|one| (one.path, &one.value)).collect();
        Ok((index, crate::crypt::head::index_hash(&self.owner("patients", id), &values)?))
    }

    /// What a patient is found by who has a social security number; nothing where the policy names no need, or for who
    /// can't read that number. The head doesn't speak of it, so that whoever can't read it can check the head.
    fn national_id_index(&self, record: &PatientRecord) -> Result<Option<(&'static str, RawBson)>, Failure> {
        if !found_by_national_id() || self.keys.key_id(NATIONAL_ID_KEY).is_none() {
            return Ok(None);
        }
        let Some((path, value)) = national_id_value(record) else { return Ok(None) };
        let stored = index::stored(&self.keys.crypt, &[Clear { path, key: NATIONAL_ID_KEY, value }])?;
        Ok(stored.into_iter().next().map(|(path, payload)| (path.trim_start_matches("i."), payload)))
    }

    /// Whether a number that this session reads can't be found by yet and should be.
    pub(super) fn lacks_national_id_index(&self, patient: &OpenedPatient) -> Result<bool, Failure> {
        let there = is_found_by_national_id(patient);
        let readable = patient.opened.contains(&Section::NationalId);
        Ok(readable && !there && self.national_id_index(&patient.record)?.is_some())
    }

    /// A section value under the key to write with.
    fn seal_section(
        &self,
        record: Uuid,
        section: Section,
        rev: i64,
        value: &RawDocument,
        key: &WriteKey<'_>,
    ) -> Result<Binary, Failure> {
        let place = self.place(record, section, rev);
        match key {
            WriteKey::Own(key) => Ok(section::seal(&self.keys.crypt, &place, key, value)?),
            WriteKey::Content(key) => Ok(section::seal_write_only(&place, key, value)?),
        }
    }

    /// A new item of a patient.
    pub(super) fn new_item(
        &self,
        keys: &PatientKeys,
        patient: Uuid,
        id: Uuid,
        item: &Item,
    ) -> Result<NewRecord, Failure> {
        let section = item.section();
        let key = keys.to_write(patient, section.compartment(), Part::Items)?;
        let stored = self.seal_section(id, section, 1, &item.to_document()?, &key)?;
        let head = Head::first(&self.owner("items", id), &[("value", 1, borrowed(&stored))], [0; 32]);
        let mut sections = RawDocumentBuf::new();
        sections.append(cstr!("value"), &stored);
        let mut document = self.first_revision(id, &head);
        document.append(cstr!("patient"), forms::uuid_raw(&patient));
        document.append(cstr!("section"), section.code());
        if let Some(day) = self.day_of_item(item)? {
            document.append(cstr!("day"), &day);
        }
        document.append(cstr!("s"), sections);
        Ok((document, left("items", id, &head)))
    }

    /// A new revision of an item; the old one goes to the versions as it was stored.
    pub(super) fn rewrite_item(
        &self,
        writing: &mut Writing,
        keys: &PatientKeys,
        old: &Checked,
        item: &Item,
    ) -> Result<i64, Failure> {
        self.rewrite_item_as(writing, keys, old, (item, &item.to_document()?))
    }

    /// As [`Desk::rewrite_item`], of an item that was opened here: what a newer version added to it stays.
    pub(super) fn rewrite_opened(
        &self,
        writing: &mut Writing,
        keys: &PatientKeys,
        old: &OpenedItem,
        item: &Item,
    ) -> Result<i64, Failure> {
        let (before, known) = (Document::try_from(&*old.document)?, Document::try_from(old.item.to_document()?)?);
        if !form::reads(form::form_of(&before)) {
            return Err(Code::StoreVersion.bare());
        }
        let mut next = Document::try_from(item.to_document()?)?;
        form::carry(&before, &known, &mut next);
        self.rewrite_item_as(writing, keys, &old.checked, (item, &RawDocumentBuf::try_from(&next)?))
    }

    fn rewrite_item_as(
        &self,
        writing: &mut Writing,
        keys: &PatientKeys,
        old: &Checked,
        (item, document): (&Item, &RawDocument),
    ) -> Result<i64, Failure> {
        let section = item.section();
        let key = keys.to_write(old.patient, section.compartment(), Part::Items)?;
        let section_rev = old.head.sections.get("value").map_or(old.rev + 1, |mark| mark.rev + 1);
        let stored = self.seal_section(old.id, section, section_rev, document, &key)?;
        let head = old.head.next(&self.owner("items", old.id), &[("value", section_rev, borrowed(&stored))], None);
        let mut change = doc! { "section": section.code(), "s.value": Bson::Binary(stored) };
        let (had, mut gone) = (old.raw.get("day").is_ok_and(|day| day.is_some()), Document::new());
        match self.day_of_item(item)? {
            Some(day) => drop(change.insert("day", Bson::Binary(day))),
            None => gone.extend(had.then(|| ("day".to_owned(), Bson::String(String::new())))),
        }
        self.replace(writing, "items", old, &head, change, gone)?;
        Ok(section_rev)
    }

    /// A new revision of some sections of a patient; of what is searchable only the national id changes here.
    pub(super) fn rewrite_sections(
        &self,
        writing: &mut Writing,
        keys: &PatientKeys,
        old: &Checked,
        sections: &[(Section, RawDocumentBuf)],
    ) -> Result<(), Failure> {
        let stored = self.seal_next(keys, old, sections)?;
        let head = old.head.next(&self.owner("patients", old.id), &marks(&stored), None);
        let (mut change, mut gone) = (changes(stored), Document::new());
        if let Some((section, number)) = sections.iter().find(|(section, _)| *section == Section::NationalId) {
            let mut record = PatientRecord::default();
            record.set_section(*section, number)?;
            match self.national_id_index(&record)? {
                Some((name, payload)) => drop(change.insert(format!("i.{name}"), Bson::try_from(payload)?)),
                None => gone = values_gone(&old.raw, |name| name != "ssn"),
            }
        }
        self.replace(writing, "patients", old, &head, change, gone)
    }

    /// Seals the next revision of sections of a patient.
    pub(super) fn seal_next(
        &self,
        keys: &PatientKeys,
        old: &Checked,
        sections: &[(Section, RawDocumentBuf)],
    ) -> Result<Vec<SealedSection>, Failure> {
        let seal = |(section, value): &(Section, RawDocumentBuf)| {
            let rev = old.head.sections.get(section.code()).map_or(1, |mark| mark.rev + 1);
            let key = keys.to_write(old.id, section.compartment(), Part::Sections)?;
            Ok((section.code(), rev, self.seal_section(old.id, *section, rev, value, &key)?))
        };
        sections.iter().map(seal).collect()
    }

    /// A new revision of all of a patient, with new index payloads.
    pub(super) fn rewrite_patient(
        &self,
        writing: &mut Writing,
        keys: &PatientKeys,
        old: &Checked,
        record: &PatientRecord,
    ) -> Result<(), Failure> {
        let section = |section: Section| Ok((section, record.section_document(section)?.unwrap_or_default()));
        let sections = Section::OF_PATIENT.into_iter().map(section).collect::<Result<Vec<_>, Failure>>()?;
        let stored = self.seal_next(keys, old, &sections)?;
        let (index, hash) = self.index_of(old.id, record)?;
        let head = old.head.next(&self.owner("patients", old.id), &marks(&stored), Some(hash));
        let index = Document::try_from(index)?;
        let told = self.keys.key_id(NATIONAL_ID_KEY).is_some();
        let gone = values_gone(&old.raw, |name| index.contains_key(name) || (name == "ssn" && !told));
        let mut change = changes(stored);
        change.extend(index.into_iter().map(|(name, payload)| (format!("i.{name}"), payload)));
        self.replace(writing, "patients", old, &head, change, gone)
    }

    /// The update that replaces a revision, and only that one, and the copy of it that is kept.
    pub(super) fn replace(
        &self,
        writing: &mut Writing,
        collection: &'static str,
        old: &Checked,
        head: &Head,
        mut change: Document,
        gone: Document,
    ) -> Result<(), Failure> {
        self.keep_version(writing, collection, old, |name| change.contains_key(format!("s.{name}")))?;
        let next = Document::try_from(head.to_document())?;
        change.extend(doc! { "rev": old.rev + 1, "upd": self.stored_now(), "head": next });
        let filter = doc! { "_id": forms::uuid_bson(old.id), "rev": old.rev };
        let mut modifiers = doc! { "$set": change };
        if !gone.is_empty() {
            modifiers.insert("$unset", gone);
        }
        let command = raw(&update(&self.site.stored_in(collection), filter, modifiers))?;
        let encrypted = collection == "patients";
        let command = if encrypted { self.keys.crypt.encrypt_command(DATABASE, &command)? } else { command };
        writing.updates.push(command);
        writing.heads.push(left(collection, old.id, head));
        Ok(())
    }

    /// Takes an item out of its chart; what it was stays among the versions.
    pub(super) fn remove_item(&self, writing: &mut Writing, old: &Checked) -> Result<(), Failure> {
        self.keep_version(writing, "items", old, |_| true)?;
        let only_this = doc! { "q": { "_id": forms::uuid_bson(old.id), "rev": old.rev }, "limit": 1 };
        writing.updates.push(raw(&doc! { "delete": "items", "deletes": [only_this] })?);
        Ok(())
    }

    /// The head of a revision and those of its values that are `replaced`, as they were stored.
    fn keep_version(
        &self,
        writing: &mut Writing,
        collection: &'static str,
        old: &Checked,
        replaced: impl Fn(&str) -> bool,
    ) -> Result<(), Failure> {
        let kept = Document::try_from(old.raw.clone())?;
        let stored = kept.get_document("s").map_err(|_| Code::Damaged.bare())?.clone();
        let values: Document = stored.into_iter().filter(|(name, _)| replaced(name)).collect();
        let mut version = doc! {
            "_id": forms::uuid_bson(Uuid::new_v4()), "collection": collection, "record": forms::uuid_bson(old.id),
            "rev": old.rev, "by": forms::uuid_bson(self.asking.user), "at": self.stored_now(),
            "head": kept.get("head").cloned().unwrap_or(Bson::Null), "s": values,
        };
        // An item may change its section, and its value opens only as of the one it stood in.
        version.extend(kept.get("section").cloned().map(|section| ("section".to_owned(), section)));
        writing.also("versions", raw(&version)?);
        Ok(())
    }

    fn stored_now(&self) -> bson::DateTime {
        bson::DateTime::from_millis(self.now().0)
    }
}

/// The data key of what a patient is found by who has a social security number.
const NATIONAL_ID_KEY: &str = "index:ssn";

/// The searchable values of a record with the data key of each; without the social security number, see
/// [`truth_of`].
pub(super) fn clear_index(record: &PatientRecord) -> Vec<Clear> {
    let clear = |(path, value)| Some(Clear { path, key: index_at(path)?.key, value });
    index_values(record).into_iter().filter_map(clear).collect()
}

/// What a patient's searchable values are to be as far as those sections tell that are open, and the paths of which they
/// don't tell.
pub(super) fn truth_of(patient: &OpenedPatient) -> (Vec<Clear>, &'static [&'static str]) {
    let mut truth = clear_index(&patient.record);
    if !patient.opened.contains(&Section::NationalId) {
        return (truth, &["i.ssn"]);
    }
    // One that was entered write-only isn't found by until it is folded in.
    let number = national_id_value(&patient.record).filter(|_| is_found_by_national_id(patient));
    truth.extend(number.map(|(path, value)| Clear { path, key: NATIONAL_ID_KEY, value }));
    (truth, &[])
}

fn is_found_by_national_id(patient: &OpenedPatient) -> bool {
    patient.checked.raw.get_document("i").is_ok_and(|index| index.get("ssn").is_ok_and(|one| one.is_some()))
}

/// The stored searchable values that the new revision doesn't have: nobody is found by them any more.
pub(super) fn values_gone(stored: &RawDocumentBuf, stays: impl Fn(&str) -> bool) -> Document {
    let Ok(before) = stored.get_document("i") else { return Document::new() };
    let names = before.iter().flatten().map(|(name, _)| name.to_string());
    names.filter(|name| !stays(name)).map(|name| (format!("i.{name}"), Bson::String(String::new()))).collect()
}

/// A record that is stored for the first time, and the head it gets.
pub(super) type NewRecord = (RawDocumentBuf, HeadLeft);

/// The name of a field; those of the program hold no zero byte.
pub(super) fn name_of(name: &str) -> Result<CString, Failure> {
    CString::try_from(name).map_err(|_| Code::Internal.bare())
}

/// A section value as stored: its name, its revision, its bytes.
pub(super) type SealedSection = (&'static str, i64, Binary);

pub(super) fn marks(stored: &[SealedSection]) -> Vec<(&str, i64, RawBinaryRef<'_>)> {
    stored.iter().map(|(name, rev, value)| (*name, *rev, borrowed(value))).collect()
}

pub(super) fn changes(stored: Vec<SealedSection>) -> Document {
    stored.into_iter().map(|(name, _, value)| (format!("s.{name}"), Bson::Binary(value))).collect()
}

fn left(collection: &'static str, record: Uuid, head: &Head) -> HeadLeft {
    HeadLeft { collection, record, counter: head.counter, hash: head.hash() }
}

fn borrowed(value: &Binary) -> RawBinaryRef<'_> {
    RawBinaryRef { subtype: value.subtype, bytes: &value.bytes }
}
