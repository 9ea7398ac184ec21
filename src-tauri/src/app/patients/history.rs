//! What a patient's own document was: every change of every section the role may see, and back to any of them.

use super::correct::Asked;
use super::rewrite::rev_of;
use crate::app::desk::{Desk, OpenedPatient};
use crate::app::error::{Code, Failure};
use crate::app::instants::rfc3339;
use crate::app::patient_keys::PatientKeys;
use crate::app::perform::{Action, Prepared, Touched};
use crate::app::views::{ChangeView, PatientChange, PatientHistoryView, SavedDetails};
use crate::audit::Purpose;
use crate::clock::Timestamp;
use crate::crypt::section::{self, Sealed};
use crate::keys::forms;
use crate::policy::Right;
use crate::record::{PatientRecord, Section};
use crate::store::find_documents;
use bson::spec::BinarySubtype;
use bson::{Bson, Document, RawDocument, RawDocumentBuf, doc};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// Whose.
#[derive(Deserialize, ts_rs::TS)]
pub struct PatientHistory {
    /// Patient id.
    pub patient: Uuid,
}

/// Back to what a section was.
#[derive(Deserialize, ts_rs::TS)]
pub struct RestoreVersion {
    /// Patient id.
    pub patient: Uuid,
    /// Which section.
    pub section: Section,
    /// The revision of it that is to be again.
    pub version: i64,
    /// The revision that stands now, as it was read.
    pub rev: i64,
}

/// Sections that have a history here. That of the social security number is nobody's to read.
const TOLD: [Section; 4] = [Section::Identity, Section::Contact, Section::Insurance, Section::Summary];

/// One state of a section, and who ended it when.
struct State {
    document: RawDocumentBuf,
    ended: Option<(String, String)>,
}

type States = BTreeMap<(Section, i64), State>;

impl Action for PatientHistory {
    type Output = PatientHistoryView;
    const NAME: &'static str = "patient_history";

    fn right(&self) -> Right {
        Right::View(Section::Contact)
    }

    fn patient(&self) -> Option<Uuid> {
        Some(self.patient)
    }

    fn purpose(&self) -> Purpose {
        Purpose::Operations
    }

    async fn run(&self, desk: &Desk<'_>) -> Result<Prepared<PatientHistoryView>, Failure> {
        let patient = desk.whole_patient(self.patient).await?;
        let (states, damaged) = desk.states(&patient).await?;
        let sections: Vec<Section> = TOLD.into_iter().filter(|one| patient.opened.contains(one)).collect();
        let mut changes: Vec<PatientChange> = sections.iter().flat_map(|one| told(*one, &states)).collect();
        let first = patient.checked.raw.get_datetime("at").map(|at| rfc3339(Timestamp(at.timestamp_millis())));
        changes.iter_mut().filter(|one| one.at.is_empty()).for_each(|one| one.at = first.clone().unwrap_or_default());
        changes.sort_by(|a, b| (&b.at, b.version).cmp(&(&a.at, a.version)));
        let touched = Touched { sections, count: 1, damaged: damaged > 0, ..Touched::default() };
        Ok(Prepared::read(PatientHistoryView { changes, damaged }, touched))
    }
}

impl Action for RestoreVersion {
    type Output = SavedDetails;
    const NAME: &'static str = "restore_version";

    fn right(&self) -> Right {
        Right::Edit(self.section)
    }

    fn patient(&self) -> Option<Uuid> {
        Some(self.patient)
    }

    fn purpose(&self) -> Purpose {
        Purpose::Operations
    }

    async fn run(&self, desk: &Desk<'_>) -> Result<Prepared<SavedDetails>, Failure> {
        if !TOLD.contains(&self.section) {
            return Err(Code::NotFound.bare());
        }
        let patient = desk.whole_patient(self.patient).await?;
        let (mut states, _) = desk.states(&patient).await?;
        let state = states.remove(&(self.section, self.version)).ok_or_else(|| Code::NotFound.bare())?;
        let mut record = patient.record.clone();
        record.set_section(self.section, &state.document)?;
        if self.section == Section::Identity {
            keep_what_is(&patient.record, &mut record);
            let asked = Asked { document: "other", note: "an earlier version of the record" };
            return desk.take_identity(patient, record.identity, self.rev, asked).await;
        }
        let (number, last4) = (record.identity.national_id_on_file, record.contact.phones.first());
        let last4 = last4.and_then(|phone| crate::record::last_four(&crate::record::fold_phone(&phone.number)));
        (record.identity.phone_last4, record.identity.national_id_on_file) = (last4, number);
        desk.save_section(patient, record, (self.section, self.rev)).await
    }
}

/// Links between records, numbers and copies aren't brought back by a look into the past.
fn keep_what_is(now: &PatientRecord, record: &mut PatientRecord) {
    let (now, then) = (&now.identity, &mut record.identity);
    then.mrn.clone_from(&now.mrn);
    then.merged_into.clone_from(&now.merged_into);
    then.absorbed.clone_from(&now.absorbed);
    then.told_apart.clone_from(&now.told_apart);
    then.correction.clone_from(&now.correction);
    then.phone_last4.clone_from(&now.phone_last4);
    then.national_id_on_file = now.national_id_on_file;
}

impl Desk<'_> {
    /// Every state of the sections that are open, and how many versions are damaged.
    async fn states(&self, patient: &OpenedPatient) -> Result<(States, u64), Failure> {
        let id = patient.checked.id;
        let filter = doc! { "record": forms::uuid_bson(id), "collection": "patients" };
        let found = find_documents(self.store, "versions", filter, None).await?;
        let keys = self.patient_keys(&BTreeSet::from([id]), &self.compartments_held(&TOLD)).await?;
        let (mut states, mut damaged) = (States::new(), 0);
        for raw in &found {
            match self.states_of(patient, raw, &keys) {
                Ok(of_version) => states.extend(of_version),
                Err(_) => damaged += 1,
            }
        }
        for section in TOLD.into_iter().filter(|one| patient.opened.contains(one)) {
            let document = patient.record.section_document(section)?.unwrap_or_default();
            states.insert((section, rev_of(patient, section)), State { document, ended: None });
        }
        Ok((states, damaged))
    }

    fn states_of(&self, patient: &OpenedPatient, raw: &RawDocument, keys: &PatientKeys) -> Result<States, Failure> {
        let damaged = || Code::Damaged.bare();
        let checked = self.check_version(raw)?;
        let id = patient.checked.id;
        let by = raw.get_binary("by").ok().and_then(|by| Uuid::from_slice(by.bytes).ok());
        let by = by.and_then(|by| self.keys.directory.account(by)).map(|account| account.name.clone());
        let at = raw.get_datetime("at").map(|at| rfc3339(Timestamp(at.timestamp_millis()))).unwrap_or_default();
        let values = raw.get_document("s").map_err(|_| damaged())?;
        let mut states = States::new();
        for section in TOLD.into_iter().filter(|one| patient.opened.contains(one)) {
            let Ok(value) = values.get_binary(section.code()) else { continue };
            let rev = checked.head.sections.get(section.code()).map(|mark| mark.rev).ok_or_else(damaged)?;
            let place = self.place(id, section, rev);
            let document = if value.subtype == BinarySubtype::Generic {
                self.open_write_only(&place, value.bytes, keys)?
            } else {
                let key = keys.get(id, section.compartment()).ok_or_else(damaged)?;
                section::open(&self.keys.crypt, &Sealed { place, key, value: value.bytes })?
            };
            let ended = Some((by.clone().unwrap_or_default(), at.clone()));
            states.insert((section, rev), State { document, ended });
        }
        Ok(states)
    }
}

/// The changes of one section. What a key operation wrote anew changed nothing and isn't told.
fn told(section: Section, states: &States) -> Vec<PatientChange> {
    let (mut told, mut before, mut made) = (Vec::new(), BTreeMap::new(), (String::new(), String::new()));
    for ((_, version), state) in states.iter().filter(|((of, _), _)| *of == section) {
        let fields = fields_of(&state.document);
        let names: BTreeSet<&String> = before.keys().chain(fields.keys()).collect();
        let change = |field: &String| ChangeView {
            field: field.clone(),
            old: before.get(field).cloned(),
            new: fields.get(field).cloned(),
        };
        let differ = names.into_iter().filter(|name| before.get(*name) != fields.get(*name));
        let changes: Vec<ChangeView> = differ.map(change).collect();
        let (by, at) = std::mem::replace(&mut made, state.ended.clone().unwrap_or_default());
        if !changes.is_empty() {
            let now = state.ended.is_none();
            told.push(PatientChange { section, version: *version, at, by, changes, now });
        }
        before = fields;
    }
    told
}

/// Links and signatures are told by name only.
const UNTOLD: [&str; 4] = ["correction.signed", "absorbed", "merged_into.record", "told_apart"];

fn fields_of(document: &RawDocument) -> BTreeMap<String, String> {
    let mut fields = BTreeMap::new();
    if let Ok(document) = Document::try_from(document.to_owned()) {
        flatten("", &Bson::Document(document), &mut fields);
    }
    fields.retain(|name, _| !UNTOLD.iter().any(|untold| name.starts_with(untold)));
    fields
}

fn flatten(path: &str, value: &Bson, fields: &mut BTreeMap<String, String>) {
    let under = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
    match value {
        Bson::Document(document) => document.iter().for_each(|(name, value)| flatten(&under(name), value, fields)),
        Bson::Array(list) => {
            list.iter().enumerate().for_each(|(at, value)| flatten(&under(&(at + 1).to_string()), value, fields));
        }
        Bson::Null => {}
        Bson::String(text) => _ = fields.insert(path.to_owned(), text.clone()),
        other => _ = fields.insert(path.to_owned(), other.to_string()),
    }
}
