//! Writing sections of a patient anew, with the searchable values that copy them.

use crate::app::desk::{Desk, OpenedPatient};
use crate::app::error::{Code, Failure};
use crate::app::patient_keys::Part;
use crate::app::sealing::{Writing, changes, marks, values_gone};
use crate::record::{PatientRecord, Section};
use bson::Document;
use std::collections::BTreeSet;
use uuid::Uuid;

/// What is needed to know every searchable value.
pub(super) const SEARCHED: [Section; 2] = [Section::Identity, Section::Contact];

/// Which revision of a section a patient has; every edit names the one it was made from.
pub(super) fn rev_of(patient: &OpenedPatient, section: Section) -> i64 {
    patient.checked.head.sections.get(section.code()).map_or(0, |mark| mark.rev)
}

impl Desk<'_> {
    /// A patient with all that this session may see of her own document, and what is searched by in any case.
    pub(super) async fn whole_patient(&self, id: Uuid) -> Result<OpenedPatient, Failure> {
        self.patient_with(id, &Section::OF_PATIENT, &[]).await
    }

    /// A new revision of these sections. Identity and contact have to be open: the searchable values are made of both.
    pub(super) async fn rewrite(
        &self,
        writing: &mut Writing,
        old: &OpenedPatient,
        record: &PatientRecord,
        sections: &[Section],
    ) -> Result<(), Failure> {
        let id = old.checked.id;
        let compartments = sections.iter().map(|section| section.compartment()).collect();
        let mut keys = self.patient_keys(&BTreeSet::from([id]), &compartments).await?;
        for compartment in compartments {
            self.key_to_write(writing, &mut keys, id, (compartment, Part::Sections))?;
        }
        let document = |section: &Section| Ok((*section, record.section_document(*section)?.unwrap_or_default()));
        let documents = sections.iter().map(document).collect::<Result<Vec<_>, Failure>>()?;
        if !sections.iter().any(|section| SEARCHED.contains(section)) {
            return self.rewrite_sections(writing, &keys, &old.checked, &documents);
        }
        if !SEARCHED.iter().all(|section| old.opened.contains(section)) {
            return Err(Code::NoRight.bare());
        }
        let stored = self.seal_next(&keys, &old.checked, &documents)?;
        // The social security number is searched by whoever can read it, and stays as it is.
        let mut searched = record.clone();
        searched.national_id = Default::default();
        let (index, hash) = self.index_of(id, &searched)?;
        let head = old.checked.head.next(&self.owner("patients", id), &marks(&stored), Some(hash));
        let index = Document::try_from(index)?;
        let gone = values_gone(&old.checked.raw, |name| index.contains_key(name) || name == "ssn");
        let mut change = changes(stored);
        change.extend(index.into_iter().map(|(name, payload)| (format!("i.{name}"), payload)));
        self.replace(writing, "patients", &old.checked, &head, change, gone)
    }
}
