//! Code systems by name, and the codes with a meaning of their own here.

use crate::record::Sensitivity;
use serde_json::Value;

pub(super) const ICD_10_CM: &str = "http://hl7.org/fhir/sid/icd-10-cm";
const CONFIDENTIALITY: &str = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality";
const ACT_CODE: &str = "http://terminology.hl7.org/CodeSystem/v3-ActCode";
const ACT_REASON: &str = "http://terminology.hl7.org/CodeSystem/v3-ActReason";

/// Sensitivity labels of HL7 v3 ActCode that send an item to the restricted section. What says most comes first.
const SENSITIVE: [(&str, Sensitivity); 14] = [
    ("HIV", Sensitivity::Hiv),
    ("SUD", Sensitivity::SubstanceUse),
    ("ETH", Sensitivity::SubstanceUse),
    ("ETHUD", Sensitivity::SubstanceUse),
    ("OPIOIDUD", Sensitivity::SubstanceUse),
    ("PSY", Sensitivity::Psychiatric),
    ("PSYTHPN", Sensitivity::Psychiatric),
    ("BH", Sensitivity::Psychiatric),
    ("MH", Sensitivity::Psychiatric),
    ("SEX", Sensitivity::Reproductive),
    ("STD", Sensitivity::Other),
    ("SDV", Sensitivity::Other),
    ("GDIS", Sensitivity::Other),
    ("SICKLE", Sensitivity::Other),
];

/// Confirmed statements that no allergy at all is known (SNOMED CT).
const NO_ALLERGY: [&str; 2] = ["716186003", "160244002"];

/// Statements about one kind of substance only: never shown as an allergy, never taken for the whole (SNOMED CT).
const NO_ALLERGY_OF_A_KIND: [&str; 4] = ["409137002", "429625007", "428607008", "1003774007"];

/// What a "no known allergies" code says.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Negation {
    /// No allergy is known.
    All,
    /// None of one kind.
    Kind,
}

pub(super) fn system_name(url: &str) -> &str {
    match url {
        "http://snomed.info/sct" => "SNOMED CT",
        ICD_10_CM => "ICD-10-CM",
        "http://loinc.org" => "LOINC",
        "http://www.nlm.nih.gov/research/umls/rxnorm" => "RxNorm",
        "http://hl7.org/fhir/sid/cvx" => "CVX",
        "http://www.ama-assn.org/go/cpt" => "CPT",
        "http://hl7.org/fhir/sid/ndc" => "NDC",
        other => other,
    }
}

pub(super) fn negation(code: Option<&str>) -> Option<Negation> {
    let code = code?;
    if NO_ALLERGY.contains(&code) {
        return Some(Negation::All);
    }
    NO_ALLERGY_OF_A_KIND.contains(&code).then_some(Negation::Kind)
}

/// Of which kind what is labelled sensitive is; labelled restricted or very restricted alone, it isn't said.
pub(super) fn sensitivity(resource: &Value) -> Option<Sensitivity> {
    let says = |one: &str| labels(resource).any(|(system, code)| system == ACT_CODE && code == one);
    let restricted = || labels(resource).any(|(system, code)| system == CONFIDENTIALITY && matches!(code, "R" | "V"));
    let kind = SENSITIVE.into_iter().find(|(code, _)| says(code)).map(|(_, kind)| kind);
    kind.or_else(|| restricted().then_some(Sensitivity::Other))
}

/// Labelled as made up for tests.
pub(super) fn is_test(resource: &Value) -> bool {
    labels(resource).any(|(system, code)| system == ACT_REASON && code == "HTEST")
}

fn labels(resource: &Value) -> impl Iterator<Item = (&str, &str)> {
    let labels = resource.pointer("/meta/security").and_then(Value::as_array);
    labels.into_iter().flatten().filter_map(|label| {
        Some((label.get("system").and_then(Value::as_str)?, label.get("code").and_then(Value::as_str)?))
    })
}
