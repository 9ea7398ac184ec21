//! FHIR from other systems, right and wrong.

use proptest::prelude::*;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use wardseal::record::fhir::{
    Defect, ImportError, Imported, MapDefect, Mapped, ReadError, read_bundle, resources, survey,
};
use wardseal::record::{
    Allergy, AllergyStatement, Content, Medication, ObservedValue, PatientRecord, Problem, Section, index_values,
};

const SMITHS: &str = include_str!("data/smiths.json");

fn import(json: &str) -> Result<Vec<Imported>, ImportError> {
    let survey = survey(|| Ok(json.as_bytes()), "bundle.json")?;
    resources(json.as_bytes(), "bundle.json", &survey.links, "clinic").collect()
}

fn defect(json: &str) -> Defect {
    match import(json) {
        Err(ImportError::Read(ReadError { defect, .. })) => defect,
        Err(ImportError::Map { error, .. }) => panic!("mapped, but {error}"),
        Ok(_) => panic!("imported"),
    }
}

fn bundle(resources: &[Value]) -> String {
    let entries: Vec<Value> = resources.iter().map(|resource| json!({ "resource": resource })).collect();
    json!({ "resourceType": "Bundle", "type": "collection", "entry": entries }).to_string()
}

fn of_anna(kind: &str, more: Value) -> Value {
    let mut resource = json!({ "resourceType": kind, "id": "x1", "subject": { "reference": "Patient/anna" } });
    resource.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    resource
}

fn only(resource: Value) -> Imported {
    import(&resource.to_string()).unwrap().remove(0)
}

fn content(resource: Value) -> Content {
    match only(resource).mapped {
        Mapped::Item(item) => item.content,
        _ => panic!("not an item"),
    }
}

fn patients(imported: &[Imported]) -> Vec<&PatientRecord> {
    let mut found = Vec::new();
    for one in imported {
        if let Mapped::Patient(record) = &one.mapped {
            found.push(&**record);
        }
    }
    found
}

#[test]
fn anna_smith_arrives_with_her_chart_although_the_bundle_names_her_last() {
    let imported = import(SMITHS).unwrap();
    let anna = patients(&imported)[0];
    assert!(anna.identity.name.surname == "Smith" && anna.identity.name.given == ["Anna", "Marie"]);
    assert!(anna.identity.former[0].surname == "O'Brien-Smith");
    assert!(anna.identity.mrn == "MRN-00AA" && anna.identity.birth_date == "1968-04-12".parse().ok());
    assert!(anna.national_id.ssn.as_deref() == Some("123-45-6789"));
    assert!(anna.identity.identifiers.iter().all(|identifier| !identifier.value.contains("6789")));
    assert!(anna.contact.emergency[0].one_line() == "Tom Smith (spouse), 555-0102");
    assert!(anna.contact.addresses[0].one_line() == "12 Elm St, Springfield, IL 62701");
    assert_eq!(index_values(anna).len(), 6);
    for one in imported.iter().filter(|one| one.source.kind != "Patient" && one.source.kind != "Practitioner") {
        assert_eq!(one.patient.as_ref().unwrap().id, "anna", "{}", one.source.kind);
    }
}

#[test]
fn her_medication_is_named_by_an_entry_further_on_and_its_author_by_a_practitioner() {
    let imported = import(SMITHS).unwrap();
    let order = imported.iter().find(|one| one.source.kind == "MedicationRequest").unwrap();
    let Mapped::Item(item) = &order.mapped else { panic!("not an item") };
    let Content::Medication(Medication { drug, dosage, .. }) = &item.content else { panic!("not a medication") };
    assert!(drug.text == "Metformin 500 mg" && drug.system.as_deref() == Some("RxNorm"));
    assert!(dosage.as_deref() == Some("1 tablet, oral, 2 × every 1 d"));
    assert!(item.author.as_deref() == Some("Dr. Rosa Osei"));
    assert!(item.encounter.as_ref().is_some_and(|visit| visit.id == "visit-1"));
}

#[test]
fn blood_pressure_keeps_both_parts_with_unit_and_range() {
    let imported = import(SMITHS).unwrap();
    let pressure = imported.iter().find(|one| one.source.id == "bp-1").unwrap();
    let Mapped::Item(item) = &pressure.mapped else { panic!("not an item") };
    let Content::Observation(observation) = &item.content else { panic!("not an observation") };
    let systolic = &observation.components[0];
    let expected = ObservedValue::Quantity { value: 148.0, unit: Some("mmHg".into()), comparator: None };
    assert!(systolic.value == Some(expected) && systolic.range.as_ref().is_some_and(|range| range.high == Some(140.0)));
    assert!(observation.components[1].code.code.as_deref() == Some("8462-4"));
    assert_eq!(observation.category, "vital-signs");
}

#[test]
fn no_known_allergies_is_a_statement_and_no_allergy() {
    let resource = json!({ "resourceType": "AllergyIntolerance", "id": "a", "patient": { "reference": "Patient/anna" },
        "recordedDate": "2026-01-02", "recorder": { "display": "R. Osei" }, "code": { "coding": [
        { "system": "http://snomed.info/sct", "code": "716186003", "display": "No known allergy" } ] } });
    let expected = AllergyStatement::NoneKnown { confirmed: Some("2026-01-02".into()), by: Some("R. Osei".into()) };
    assert!(only(resource).mapped == Mapped::NoKnownAllergies(expected));
}

#[test]
fn no_known_drug_allergy_is_kept_and_never_taken_for_the_whole_or_for_an_allergy() {
    for code in ["409137002", "429625007", "428607008"] {
        let coding = json!({ "system": "http://snomed.info/sct", "code": code });
        let resource = of_anna("AllergyIntolerance", json!({ "code": { "coding": [coding] } }));
        assert!(matches!(content(resource), Content::Kept(_)), "{code}");
    }
}

#[test]
fn a_refuted_statement_of_no_allergies_states_nothing() {
    let resource = of_anna(
        "AllergyIntolerance",
        json!({
        "code": { "coding": [{ "code": "716186003", "display": "No known allergy" }] },
        "verificationStatus": { "coding": [{ "code": "refuted" }] } }),
    );
    assert!(matches!(content(resource), Content::Kept(_)));
}

#[test]
fn the_worst_reaction_counts_and_every_manifestation_is_named() {
    let reaction = |word: &str, severity: &str| json!({ "manifestation": [{ "text": word }], "severity": severity });
    let resource = of_anna(
        "AllergyIntolerance",
        json!({ "code": { "text": "Penicillin" }, "criticality": "high",
        "reaction": [reaction("hives", "mild"), reaction("anaphylaxis", "severe"), reaction("itch", "moderate")] }),
    );
    let Content::Allergy(Allergy { reaction, severity, kind, .. }) = content(resource) else { panic!("no allergy") };
    assert!(reaction.as_deref() == Some("hives, anaphylaxis, itch") && severity.as_deref() == Some("severe"));
    assert_eq!(kind, "allergy");
}

#[test]
fn a_condition_that_ended_is_resolved_and_a_long_description_is_kept_whole_in_its_note() {
    let long = "é".repeat(400);
    let resource = of_anna("Condition", json!({ "code": { "text": long }, "abatementDateTime": "2020" }));
    let Content::Problem(Problem { text, note, clinical_status, .. }) = content(resource) else { panic!("no problem") };
    assert!(text.chars().count() == 300 && note.as_deref() == Some(&*long) && clinical_status == "resolved");
}

#[test]
fn what_is_labelled_restricted_goes_to_the_restricted_section() {
    let label = json!({ "system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "code": "R" });
    let resource = of_anna("Condition", json!({ "code": { "text": "HIV" }, "meta": { "security": [label] } }));
    let Mapped::Item(item) = only(resource).mapped else { panic!("not an item") };
    assert_eq!(item.section(), Section::Restricted);
}

#[test]
fn types_without_a_screen_are_kept_word_for_word_with_their_patient() {
    let goal = r#"{"resourceType":"Goal","id":"g","subject":{"reference":"Patient/anna"},"target":[{"x":1.10}]}"#;
    let kept = import(goal).unwrap().remove(0);
    assert_eq!(kept.patient.unwrap().id, "anna");
    let Mapped::Item(item) = kept.mapped else { panic!("not an item") };
    let Content::Kept(kept) = item.content else { panic!("not kept") };
    assert!(kept.resource_type == "Goal" && kept.json == goal);
}

#[test]
fn a_group_or_a_device_has_no_chart_so_its_observation_is_kept() {
    let resource = json!({ "resourceType": "Observation", "id": "o", "subject": { "reference": "Device/d" },
        "code": { "text": "temperature" } });
    let kept = only(resource);
    assert!(kept.patient.is_none() && matches!(kept.mapped, Mapped::Item(item) if item.section() == Section::Kept));
}

#[test]
fn a_practitioners_social_security_number_never_reaches_the_directory() {
    let resource = json!({ "resourceType": "Practitioner", "id": "p", "name": [{ "family": "Osei" }],
        "identifier": [{ "system": "http://hl7.org/fhir/sid/us-ssn", "value": "123-45-6789" },
                       { "system": "http://hl7.org/fhir/sid/us-npi", "value": "9999991018" }] });
    let Content::Practitioner(osei) = content(resource) else { panic!("no practitioner") };
    assert!(osei.npi.as_deref() == Some("9999991018") && osei.identifiers.is_empty());
}

#[test]
fn names_of_one_letter_and_of_other_scripts_are_taken_as_written() {
    for (surname, given) in [("李", "伟"), ("O", "E"), ("Nguyễn", "Thị An"), ("García", "José"), ("Smith123", "Anna9")]
    {
        let patient =
            json!({ "resourceType": "Patient", "id": "p", "name": [{ "family": surname, "given": [given] }] });
        let Mapped::Patient(record) = only(patient).mapped else { panic!("no patient") };
        assert!(record.identity.name.surname == surname && record.identity.name.given == [given]);
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
fn the_same_id_of_another_type_is_another_resource() {
    let both = [json!({ "resourceType": "Patient", "id": "1" }), json!({ "resourceType": "Goal", "id": "1" })];
    assert_eq!(import(&bundle(&both)).unwrap().len(), 2);
}

#[test]
fn the_same_content_is_recognised_in_any_order_and_version_and_a_change_is_seen() {
    let canonical = |json: &str| import(json).unwrap().remove(0).canonical;
    let first = canonical(r#"{"resourceType":"Goal","id":"g","meta":{"versionId":"1"},"a":1}"#);
    assert!(first == canonical(r#" {"a" : 1, "id":"g", "resourceType":"Goal"} "#));
    assert!(first != canonical(r#"{"resourceType":"Goal","id":"g","a":2}"#));
}

#[test]
fn ndjson_and_a_byte_order_mark_are_read_like_anything_else() {
    let lines = "\u{FEFF}{\"resourceType\":\"Patient\",\"id\":\"1\"}\n{\"resourceType\":\"Patient\",\"id\":\"2\"}\n";
    assert_eq!(import(lines).unwrap().len(), 2);
}

#[test]
fn a_bundle_may_say_what_it_is_after_its_entries() {
    let late = r#"{"entry":[{"resource":{"id":"1","resourceType":"Patient"}}],"type":"batch","resourceType":"Bundle"}"#;
    assert_eq!(import(late).unwrap().len(), 1);
    let list = r#"{"entry":[{"item":{"reference":"Patient/1"}}],"id":"l","resourceType":"List"}"#;
    assert!(matches!(&import(list).unwrap()[0].mapped, Mapped::Item(item) if item.section() == Section::Kept));
}

#[test]
fn broken_and_hostile_files_get_a_clear_answer() {
    assert_eq!(defect(""), Defect::NotJson);
    assert_eq!(defect("[]"), Defect::WrongType("resource"));
    assert_eq!(defect("null"), Defect::WrongType("resource"));
    assert_eq!(defect("{}"), Defect::NoType);
    assert_eq!(defect(r#"{"resourceType":"Patient","id":"p"} trailing"#), Defect::NotJson);
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
            prop_assert!(survey.entries > 0);
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

/// A folder of sample data beside the project, which isn't part of it.
fn samples(name: &str) -> Option<Vec<PathBuf>> {
    let near = |folder: &Path| Some(folder.join("shared/data").join(name)).filter(|found| found.is_dir());
    let Some(folder) = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().find_map(near) else {
        eprintln!("SKIPPED: there is no folder shared/data/{name} beside the project");
        return None;
    };
    let files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    Some(files.filter(|file| file.extension().is_some_and(|extension| extension == "json")).collect())
}

fn import_file(path: &Path) -> Vec<Imported> {
    let survey = survey(|| File::open(path), "sample").unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let all: Result<Vec<_>, _> = resources(File::open(path).unwrap(), "sample", &survey.links, "samples").collect();
    all.unwrap()
}

fn count_kinds(imported: &[Imported], counts: &mut BTreeMap<&'static str, usize>) {
    for one in imported {
        let kind = match &one.mapped {
            Mapped::Patient(_) => "patient",
            Mapped::NoKnownAllergies(_) => "statement",
            Mapped::Item(item) => item.content.section().code(),
        };
        *counts.entry(kind).or_default() += 1;
    }
}

#[test]
fn all_110_synthea_bundles_map_without_an_error() {
    let Some(files) = samples("synthea-r4") else { return };
    let mut counts = BTreeMap::new();
    for file in &files {
        let imported = import_file(file);
        let patient = patients(&imported);
        assert!(patient.len() == 1 && !patient[0].identity.mrn.is_empty() && patient[0].national_id.ssn.is_some());
        let homeless = imported
            .iter()
            .filter(|one| one.patient.is_none())
            .all(|one| matches!(one.source.kind.as_str(), "Patient" | "Practitioner" | "Organization"));
        assert!(homeless, "{}", file.display());
        count_kinds(&imported, &mut counts);
    }
    let expected = [
        ("allergies", 42),
        ("care_plans", 216),
        ("directory", 340),
        ("encounters", 2059),
        ("immunizations", 1382),
        ("kept", 170),
        ("medications", 481),
        ("observations", 12038),
        ("patient", 110),
        ("problems", 646),
        ("procedures", 1108),
        ("reports", 766),
    ];
    assert_eq!(counts, BTreeMap::from(expected));
}

#[test]
fn every_us_core_example_maps_without_an_error() {
    let Some(files) = samples("us-core") else { return };
    let mut counts = BTreeMap::new();
    files.iter().for_each(|file| count_kinds(&import_file(file), &mut counts));
    assert_eq!((counts["patient"], counts["medications"], counts["directory"]), (4, 4, 10));
}

#[test]
fn what_is_stored_of_an_imported_bundle_comes_back_unchanged() {
    for one in import(SMITHS).unwrap() {
        if let Mapped::Item(item) = one.mapped {
            let back = wardseal::record::Item::from_document(item.to_document().unwrap()).unwrap();
            assert!(back == *item, "{}", one.source.kind);
        }
    }
}
