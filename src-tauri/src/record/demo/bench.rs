//! The patients of the benchmark: one JSON object a line, flat.

use super::conditions::by_code;
use crate::record::{
    Address, Coded, Content, Coverage, Item, Medication, Note, PatientRecord, PersonName, Phone, Problem,
};
use serde::Deserialize;
use thiserror::Error;

/// A line isn't a patient of the benchmark; says nothing of the line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("not a patient of the benchmark")]
pub struct BenchFormError;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Line {
    mrn: String,
    first_name: String,
    last_name: String,
    sex: String,
    birth_date: String,
    email: String,
    phone_number: String,
    address: String,
    ssn: String,
    insurance: Coverage,
    diagnoses: Vec<String>,
    medications: Vec<String>,
    notes: String,
}

/// A patient and its chart from one line of the benchmark's input.
///
/// # Errors
/// When the line has another form.
pub fn from_bench_json(line: &str) -> Result<(PatientRecord, Vec<Item>), BenchFormError> {
    let line: Line = serde_json::from_str(line).map_err(|_| BenchFormError)?;
    let items = items(&line);
    let mut patient = PatientRecord::default();
    let identity = &mut patient.identity;
    identity.name = PersonName { surname: line.last_name, given: vec![line.first_name], ..PersonName::default() };
    identity.birth_date = Some(line.birth_date.parse().map_err(|_| BenchFormError)?);
    identity.sex = if line.sex == "F" { "female" } else { "male" }.to_owned();
    identity.mrn = line.mrn;
    patient.contact.phones = vec![Phone { number: line.phone_number, usage: None }];
    patient.contact.email = Some(line.email);
    patient.contact.addresses = vec![Address { lines: vec![line.address], ..Address::default() }];
    patient.insurance.coverages = vec![line.insurance];
    patient.national_id.ssn = Some(line.ssn);
    Ok((patient, items))
}

fn items(line: &Line) -> Vec<Item> {
    let problems = line.diagnoses.iter().map(|code| Content::Problem(problem(code)));
    let drugs = line.medications.iter().map(|drug| Content::Medication(medication(drug)));
    let note = Note { title: "Note".to_owned(), at: line.birth_date.clone(), text: line.notes.clone(), signing: None };
    problems.chain(drugs).chain([Content::Note(note)]).map(Item::new).collect()
}

fn problem(code: &str) -> Problem {
    Problem {
        text: by_code(code).map_or(code, |condition| condition.title).to_owned(),
        code: Some(code.to_owned()),
        system: Some("ICD-10-CM".to_owned()),
        clinical_status: "active".to_owned(),
        verification: "confirmed".to_owned(),
        onset: None,
        abatement: None,
        note: None,
    }
}

fn medication(drug: &str) -> Medication {
    Medication {
        drug: Coded { text: drug.to_owned(), ..Coded::default() },
        dosage: None,
        status: "active".to_owned(),
        intent: Some("order".to_owned()),
        ordered: None,
        ended: None,
        reason: None,
        order: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::index_values;

    const LINE: &str = r#"{"id":"1","mrn":"MRN-0A","firstName":"Anna","lastName":"Smith","sex":"F",
        "birthDate":"1968-04-12","email":"anna@example.org","phoneNumber":"+1-555-010-0100","address":"1 Elm St",
        "ssn":"123-45-6789","insurance":{"carrier":"Acme Health","policy":"0A","group":"1000"},
        "diagnoses":["E11.9","Z00.00"],"medications":["Metformin 500 mg"],"notes":"stable"}"#;

    #[test]
    fn a_line_becomes_a_patient_with_diagnoses_drugs_and_a_note() {
        let (anna, items) = from_bench_json(LINE).ok().unwrap();
        assert_eq!(index_values(&anna).len(), 13);
        let sections: Vec<_> = items.iter().map(|item| item.section().code()).collect();
        assert_eq!(sections, ["problems", "problems", "medications", "notes"]);
        assert!(matches!(&items[0].content, Content::Problem(problem) if problem.text == "Type 2 diabetes"));
    }

    #[test]
    fn another_line_is_refused_without_its_content() {
        let error = from_bench_json(r#"{"lastName":"Canary"}"#).err().unwrap();
        assert_eq!(error.to_string(), "not a patient of the benchmark");
    }
}
