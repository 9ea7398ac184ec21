//! FHIR from other systems.

mod hostile;
mod records;
mod samples;

use serde_json::{Value, json};
use wardseal::record::fhir::{ImportError, Imported, Mapped, resources, survey};
use wardseal::record::{Content, PatientRecord};

const SMITHS: &str = include_str!("../data/smiths.json");

fn import(json: &str) -> Result<Vec<Imported>, ImportError> {
    let survey = survey(|| Ok(json.as_bytes()), "bundle.json")?;
    resources(json.as_bytes(), "bundle.json", &survey.links, "clinic")
        .map(|one| one.map(|(imported, _)| imported))
        .collect()
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
