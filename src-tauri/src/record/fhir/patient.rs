//! Patient: identity, contact, national identifier and summary.

use super::error::{MapDefect, MapError};
use super::labels::is_test;
use super::node::{concept, date, extension, flag, get, list, object, owned, text, texts, word, wrong};
use crate::record::{
    Address, Contact, EmergencyContact, Identifier, Identity, NationalId, PartialDate, PatientRecord, PersonName,
    Phone, Summary,
};
use serde_json::Value;

/// Characters that one part of a name may have.
const LONGEST_NAME: usize = 500;
const SSN_SYSTEMS: [&str; 2] = ["http://hl7.org/fhir/sid/us-ssn", "urn:oid:2.16.840.1.113883.4.1"];

pub(super) fn patient(resource: &Value) -> Result<PatientRecord, MapError> {
    Ok(PatientRecord {
        identity: identity(resource)?,
        contact: contact(resource)?,
        insurance: Default::default(),
        national_id: NationalId { ssn: ssn(resource)? },
        summary: summary(resource)?,
        newer: Vec::new(),
    })
}

fn identity(resource: &Value) -> Result<Identity, MapError> {
    let mut names = names(resource)?.into_iter();
    let deceased_on = date(resource, "deceasedDateTime")?;
    Ok(Identity {
        name: names.next().unwrap_or_default(),
        former: names.collect(),
        birth_date: birth_date(resource)?,
        sex: text(resource, "gender")?.unwrap_or("unknown").to_owned(),
        gender_identity: gender_identity(resource)?,
        mrn: mrn(resource)?,
        identifiers: other_identifiers(resource)?,
        deceased: deceased_on.is_some() || flag(resource, "deceasedBoolean")?.unwrap_or(false),
        deceased_on,
        test: is_test(resource),
        ..Identity::default()
    })
}

fn birth_date(resource: &Value) -> Result<Option<PartialDate>, MapError> {
    let written = text(resource, "birthDate")?;
    written.map(|date| date.parse().map_err(|_| wrong("birthDate", MapDefect::NotADate))).transpose()
}

/// The name in use now, of a patient or a practitioner.
pub(super) fn current_name(resource: &Value) -> Result<Option<PersonName>, MapError> {
    Ok(names(resource)?.into_iter().next())
}

/// All names, the one in use now first.
fn names(resource: &Value) -> Result<Vec<PersonName>, MapError> {
    let mut names = list(resource, "name")?.iter().map(name).collect::<Result<Vec<_>, _>>()?;
    names.sort_by_key(standing);
    Ok(names)
}

/// How current a name is, smallest first.
fn standing(name: &PersonName) -> (bool, u8) {
    let rank = match name.usage.as_deref() {
        Some("official") => 0,
        Some("usual") => 1,
        None => 2,
        Some("maiden" | "old") => 4,
        Some(_) => 3,
    };
    (name.until.is_some(), rank)
}

fn name(node: &Value) -> Result<PersonName, MapError> {
    let surname = match owned(node, "family")? {
        Some(surname) => surname,
        None if get(node, "given").is_none() => word(node, "text")?,
        None => String::new(),
    };
    let name = PersonName {
        surname,
        given: texts(node, "given")?,
        prefix: joined(node, "prefix")?,
        suffix: joined(node, "suffix")?,
        usage: owned(node, "use")?,
        until: object(node, "period")?.map_or(Ok(None), |period| date(period, "end"))?,
    };
    let longest = name.given.iter().chain([&name.surname]).map(|part| part.chars().count()).max().unwrap_or(0);
    if longest > LONGEST_NAME { Err(wrong("name", MapDefect::TooLong)) } else { Ok(name) }
}

fn joined(node: &Value, field: &'static str) -> Result<Option<String>, MapError> {
    Ok(Some(texts(node, field)?.join(" ")).filter(|words| !words.is_empty()))
}

fn gender_identity(resource: &Value) -> Result<Option<String>, MapError> {
    let names = ["us-core-genderIdentity", "patient-genderIdentity", "individual-genderIdentity"];
    let Some(found) = names.iter().find_map(|name| extension(resource, name)) else { return Ok(None) };
    let value = extension(found, "value").unwrap_or(found);
    Ok(concept(value, "valueCodeableConcept")?.map(|identity| identity.text))
}

/// Every identifier with its kind by HL7 table 0203.
fn identifiers(resource: &Value) -> Result<Vec<Identifier>, MapError> {
    let mut found = Vec::new();
    for node in list(resource, "identifier")? {
        let kind = super::node::code(node, "type")?;
        if let Some(value) = owned(node, "value")? {
            found.push(Identifier { system: owned(node, "system")?, kind, value });
        }
    }
    Ok(found)
}

fn is_ssn(identifier: &Identifier) -> bool {
    let by_system = identifier.system.as_deref().is_some_and(|system| SSN_SYSTEMS.contains(&system));
    by_system || identifier.kind.as_deref() == Some("SS")
}

fn is_mrn(identifier: &Identifier) -> bool {
    identifier.kind.as_deref() == Some("MR")
}

fn mrn(resource: &Value) -> Result<String, MapError> {
    let found = identifiers(resource)?.into_iter().find(|identifier| is_mrn(identifier) && !is_ssn(identifier));
    Ok(found.map(|identifier| identifier.value).unwrap_or_default())
}

/// Numbers of other systems. Social security numbers never go with them: they have a section of their own.
pub(super) fn other_identifiers(resource: &Value) -> Result<Vec<Identifier>, MapError> {
    let mrn = mrn(resource)?;
    let is_elsewhere = |found: &Identifier| is_ssn(found) || is_mrn(found) && found.value == mrn;
    Ok(identifiers(resource)?.into_iter().filter(|found| !is_elsewhere(found)).collect())
}

fn ssn(resource: &Value) -> Result<Option<String>, MapError> {
    let found = identifiers(resource)?.into_iter().find(is_ssn);
    Ok(found.map(|identifier| dashed(identifier.value)))
}

/// `NNN-NN-NNNN` where there are nine digits.
fn dashed(written: String) -> String {
    let digits: String = written.chars().filter(|c| c.is_ascii_digit()).collect();
    let plain = written.chars().all(|c| c.is_ascii_digit() || c == '-' || c == ' ');
    match (digits.get(..3), digits.get(3..5), digits.get(5..)) {
        (Some(area), Some(group), Some(serial)) if plain && digits.len() == 9 => format!("{area}-{group}-{serial}"),
        _ => written,
    }
}

fn contact(resource: &Value) -> Result<Contact, MapError> {
    let telecoms = telecoms(resource)?;
    let is_email = |telecom: &&Telecom| telecom.system == "email";
    let phones = telecoms.iter().filter(|telecom| matches!(telecom.system.as_str(), "phone" | "sms"));
    Ok(Contact {
        phones: phones.map(|t| Phone { number: t.value.clone(), usage: t.usage.clone() }).collect(),
        email: telecoms.iter().find(is_email).map(|telecom| telecom.value.clone()),
        addresses: addresses(resource)?,
        emergency: list(resource, "contact")?.iter().map(emergency).collect::<Result<_, _>>()?,
        language: language(resource)?,
        ..Contact::default()
    })
}

struct Telecom {
    system: String,
    value: String,
    usage: Option<String>,
}

/// Phones, e-mail and the like, those in use first.
fn telecoms(resource: &Value) -> Result<Vec<Telecom>, MapError> {
    let mut found = Vec::new();
    for node in list(resource, "telecom")? {
        let Some(value) = owned(node, "value")? else { continue };
        let guess = if value.contains('@') { "email" } else { "phone" };
        let system = text(node, "system")?.unwrap_or(guess).to_owned();
        found.push(Telecom { system, value, usage: owned(node, "use")? });
    }
    found.sort_by_key(|telecom| telecom.usage.as_deref() == Some("old"));
    Ok(found)
}

/// The first phone of a resource that has telecoms.
pub(super) fn first_phone(resource: &Value) -> Result<Option<String>, MapError> {
    Ok(telecoms(resource)?.into_iter().find(|telecom| telecom.system == "phone").map(|telecom| telecom.value))
}

fn addresses(resource: &Value) -> Result<Vec<Address>, MapError> {
    let mut found = list(resource, "address")?.iter().map(address).collect::<Result<Vec<_>, _>>()?;
    found.sort_by_key(|address| address.usage.as_deref() == Some("old"));
    Ok(found)
}

/// A postal address; one that has ended counts as old.
pub(super) fn address(node: &Value) -> Result<Address, MapError> {
    let ended = object(node, "period")?.map_or(Ok(None), |period| date(period, "end"))?.is_some();
    let mut lines = texts(node, "line")?;
    if lines.is_empty() {
        lines.extend(owned(node, "text")?);
    }
    Ok(Address {
        lines,
        city: owned(node, "city")?,
        state: owned(node, "state")?,
        postal_code: owned(node, "postalCode")?,
        country: owned(node, "country")?,
        usage: if ended { Some("old".to_owned()) } else { owned(node, "use")? },
    })
}

fn emergency(node: &Value) -> Result<EmergencyContact, MapError> {
    let name = object(node, "name")?.map(name).transpose()?.map(|name| name.display());
    Ok(EmergencyContact {
        name: name.unwrap_or_default(),
        relationship: super::node::first_concept(node, "relationship")?.map(|relationship| relationship.text),
        phone: first_phone(node)?,
    })
}

fn language(resource: &Value) -> Result<Option<String>, MapError> {
    let spoken = list(resource, "communication")?;
    let preferred = spoken.iter().find(|node| node.get("preferred") == Some(&Value::Bool(true)));
    let Some(first) = preferred.or_else(|| spoken.first()) else { return Ok(None) };
    Ok(concept(first, "language")?.map(|language| language.text))
}

fn summary(resource: &Value) -> Result<Summary, MapError> {
    let words = |name: &str| -> Result<Option<String>, MapError> {
        let text = extension(resource, name).and_then(|found| extension(found, "text"));
        text.map_or(Ok(None), |text| owned(text, "valueString"))
    };
    let born_several = get(resource, "multipleBirthInteger").map(|_| true);
    Ok(Summary {
        allergies: Default::default(),
        marital_status: concept(resource, "maritalStatus")?.map(|status| status.text),
        race: words("us-core-race")?,
        ethnicity: words("us-core-ethnicity")?,
        birth_sex: extension(resource, "us-core-birthsex").map_or(Ok(None), |found| owned(found, "valueCode"))?,
        multiple_birth: flag(resource, "multipleBirthBoolean")?.or(born_several),
    })
}
