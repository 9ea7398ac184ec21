//! Broken and hostile files get a clear answer that quotes nothing.

use super::{SMITHS, bundle, content, import, of_anna};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::io::Read;
use wardseal::record::Content;
use wardseal::record::fhir::{Defect, ImportError, MapDefect, Mapped, ReadError, read_bundle, survey};

fn defect(json: &str) -> Defect {
    match import(json) {
        Err(ImportError::Read(ReadError { defect, .. })) => defect,
        Err(ImportError::Map { error, .. }) => panic!("mapped, but {error}"),
        Ok(_) => panic!("imported"),
    }
}

#[test]
fn a_partial_birth_date_stays_partial_and_an_impossible_one_is_refused_by_name_only() {
    let born = |date: &str| json!({ "resourceType": "Patient", "id": "p", "birthDate": date }).to_string();
    let Mapped::Patient(record) = &import(&born("1968-04")).unwrap()[0].mapped else { panic!("no patient") };
    assert!(record.identity.birth_date.is_some_and(|date| date.to_string() == "1968-04"));
    let error = import(&born("1968-02-30")).err().unwrap();
    assert_eq!(error.to_string(), "bundle.json, entry 0: `birthDate` isn't a date that exists");
}

#[test]
fn wrong_types_are_named_by_file_entry_and_field_and_never_quoted() {
    let wrong = [
        json!({ "resourceType": "Patient", "id": "p", "name": "Canary" }),
        json!({ "resourceType": "Patient", "id": "p", "name": ["Canary"] }),
        json!({ "resourceType": "Patient", "id": "p", "birthDate": "Canary" }),
        json!({ "resourceType": "Patient", "id": "p", "telecom": [{ "value": { "Canary": 1 } }] }),
        of_anna("Observation", json!({ "code": { "text": "x" }, "valueQuantity": { "value": "Canary" } })),
        of_anna("Condition", json!({ "code": { "text": "x" }, "onsetDateTime": "Canary" })),
        of_anna("MedicationRequest", json!({ "medicationCodeableConcept": ["Canary"] })),
        of_anna("Condition", json!({ "code": { "coding": "Canary" } })),
    ];
    for resource in wrong {
        let error = import(&bundle(&[resource])).err().unwrap();
        assert!(error.to_string().starts_with("bundle.json, entry 0: `"), "{error}");
        assert!(!format!("{error} {error:?}").contains("Canary"), "{error}");
    }
}

#[test]
fn a_reference_to_a_patient_that_is_nowhere_is_an_error_and_not_another_patient() {
    for address in ["urn:uuid:aaaa", "Patient?name=Smith", "#p"] {
        let resource = json!({ "resourceType": "Condition", "id": "c", "subject": { "reference": address } });
        let Err(ImportError::Map { error, .. }) = import(&resource.to_string()) else { panic!("imported") };
        assert_eq!((error.field, error.defect), ("subject", MapDefect::Unresolved));
    }
}

#[test]
fn references_in_a_circle_are_followed_one_step() {
    let circle = json!({ "resourceType": "MedicationRequest", "id": "m", "subject": { "reference": "Patient/anna" },
        "medicationReference": { "reference": "MedicationRequest/m", "display": "Aspirin" },
        "basedOn": [{ "reference": "MedicationRequest/m" }], "encounter": { "reference": "MedicationRequest/m" } });
    assert!(matches!(content(circle), Content::Medication(order) if order.drug.text == "Aspirin"));
}

#[test]
fn the_same_resource_twice_in_a_file_is_an_error_that_names_both_entries() {
    let anna = json!({ "resourceType": "Patient", "id": "anna" });
    let other = json!({ "resourceType": "Patient", "id": "other" });
    let error = import(&bundle(&[anna.clone(), other, anna])).err().unwrap();
    assert_eq!(error.to_string(), "bundle.json, entry 2: the same resource as entry 0");
}

#[test]
fn broken_and_hostile_files_get_a_clear_answer() {
    assert_eq!(defect(""), Defect::NotJson);
    assert_eq!(defect("[]"), Defect::WrongType("resource"));
    assert_eq!(defect("null"), Defect::WrongType("resource"));
    assert_eq!(defect("{}"), Defect::NoType);
    assert_eq!(defect(r#"{"resourceType":"Patient","id":"p"} trailing"#), Defect::WrongType("resource"));
    assert_eq!(defect(r#"{"resourceType":"Patient"}"#), Defect::NoId);
    assert_eq!(defect(r#"{"resourceType":"Patient","id":""}"#), Defect::NoId);
    assert_eq!(defect(r#"{"resourceType":"Patient","id":7}"#), Defect::WrongType("id"));
    assert_eq!(defect(r#"{"resourceType":{},"id":"p"}"#), Defect::WrongType("resourceType"));
    assert_eq!(defect(r#"{"resourceType":"Bundle","type":"history"}"#), Defect::BundleType);
    assert_eq!(defect(r#"{"resourceType":"Bundle","entry":{}}"#), Defect::WrongType("entry"));
    assert_eq!(defect(r#"{"resourceType":"Bundle","entry":[7]}"#), Defect::WrongType("entry"));
    assert_eq!(defect(r#"{"resourceType":"Bundle","entry":[{}]}"#), Defect::NoResource);
    assert_eq!(defect(r#"{"resourceType":"Bundle","entry":[{"resource":[]}]}"#), Defect::WrongType("resource"));
    let delete = r#"{"resourceType":"Bundle","entry":[{"request":{"method":"DELETE","url":"Patient/1"}}]}"#;
    assert_eq!(defect(delete), Defect::Method);
}

#[test]
fn nesting_without_end_is_refused() {
    let deep = format!(r#"{{"resourceType":"Patient","id":"p","x":{}"#, "[".repeat(100_000));
    assert_eq!(defect(&deep), Defect::TooDeep);
}

/// A resource whose text never ends, made while it is read.
struct Endless(&'static [u8]);

impl Read for Endless {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if self.0.is_empty() {
            buffer.fill(b'a');
            return Ok(buffer.len());
        }
        self.0.read(buffer)
    }
}

#[test]
fn a_string_without_end_is_refused_wherever_it_stands() {
    for start in [
        r#"{"resourceType":"Patient","id":"p","text":""#,
        r#"{"resourceType":"Bundle","id":""#,
        r#"{"resourceType":"Bundle","entry":[{"fullUrl":""#,
        r#"{"resourceType":"Bundle","entry":[{"resource":{""#,
        r#"{"resourceType":""#,
        r#"{""#,
    ] {
        let error = read_bundle(Endless(start.as_bytes()), "big.json").next().unwrap().err().unwrap();
        assert_eq!(error.defect, Defect::TooLarge, "{start}");
    }
}

#[test]
fn a_surname_of_a_million_letters_is_refused() {
    let patient = json!({ "resourceType": "Patient", "id": "p", "name": [{ "family": "a".repeat(1_000_000) }] });
    let error = import(&patient.to_string()).err().unwrap();
    assert_eq!(error.to_string(), "bundle.json, entry 0: `name` is too long");
}

#[test]
fn a_bundle_cut_short_anywhere_is_an_error_and_never_a_smaller_bundle() {
    let text = SMITHS.trim_end();
    for end in (0..text.len()).filter(|end| text.is_char_boundary(*end)) {
        assert!(import(&text[..end]).is_err(), "cut at byte {end}");
    }
}

proptest! {
    #[test]
    fn no_flipped_byte_makes_the_import_panic(at in 0..SMITHS.len(), byte in any::<u8>()) {
        let mut bytes = SMITHS.as_bytes().to_vec();
        bytes[at] = byte;
        if let Ok(survey) = survey(|| Ok(bytes.as_slice()), "x") {
            prop_assert!(survey.entries <= 7);
        }
    }

    #[test]
    fn no_element_of_another_type_makes_the_import_panic(at in 0usize..400, with in 0usize..7) {
        let mut bundle: Value = serde_json::from_str(SMITHS).unwrap();
        let other = [json!(null), json!(1e99), json!("Canary"), json!([]), json!({}), json!([null]), json!(true)];
        let mut left = at;
        replace(&mut bundle, &mut left, &other[with]);
        if let Err(error) = import(&bundle.to_string()) {
            prop_assert!(!error.to_string().contains("Canary"));
        }
    }
}

/// Replaces the `left`-th value of a tree.
fn replace(value: &mut Value, left: &mut usize, with: &Value) {
    if *left == 0 {
        *value = with.clone();
    }
    *left = left.wrapping_sub(1);
    match value {
        Value::Object(members) => members.values_mut().for_each(|member| replace(member, left, with)),
        Value::Array(elements) => elements.iter_mut().for_each(|element| replace(element, left, with)),
        _ => {}
    }
}
