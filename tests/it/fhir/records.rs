//! What a resource becomes.

use super::{SMITHS, bundle, content, import, of_anna, only, patients};
use serde_json::json;
use wardseal::record::fhir::{Mapped, read_bundle};
use wardseal::record::{
    Allergy, AllergyStatement, Content, Item, Medication, ObservedValue, Problem, Section, index_values,
};

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
    let paths: Vec<_> = index_values(anna).into_iter().map(|(path, _)| path).collect();
    assert!(paths.len() == 14 && paths.contains(&"i.former1") && paths.contains(&"i.given_kin"), "{paths:?}");
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
fn what_is_stored_of_an_imported_bundle_comes_back_unchanged() {
    for one in import(SMITHS).unwrap() {
        if let Mapped::Item(item) = one.mapped {
            let back = Item::from_document(&item.to_document().unwrap()).unwrap();
            assert!(back == *item, "{}", one.source.kind);
        }
    }
}

#[test]
fn the_same_id_of_another_type_is_another_resource() {
    let both = [json!({ "resourceType": "Patient", "id": "1" }), json!({ "resourceType": "Goal", "id": "1" })];
    assert_eq!(import(&bundle(&both)).unwrap().len(), 2);
}

#[test]
fn the_same_content_is_recognised_in_any_order_and_version_and_a_change_is_seen() {
    let canonical = |json: &str| read_bundle(json.as_bytes(), "x").next().unwrap().ok().unwrap().canonical();
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
