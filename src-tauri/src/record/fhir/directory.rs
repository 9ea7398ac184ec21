//! Practitioner and Organization: entries of the site.

use super::error::MapError;
use super::node::{first_concept, list, owned};
use super::patient::{address, current_name, first_phone, other_identifiers};
use crate::record::{Organization, Practitioner};
use serde_json::Value;

const NPI: &str = "http://hl7.org/fhir/sid/us-npi";

pub(super) fn practitioner(resource: &Value) -> Result<Option<Practitioner>, MapError> {
    let Some(name) = current_name(resource)? else { return Ok(None) };
    let (npi, identifiers): (Vec<_>, Vec<_>) =
        other_identifiers(resource)?.into_iter().partition(|found| found.system.as_deref() == Some(NPI));
    let npi = npi.into_iter().next().map(|found| found.value);
    Ok(Some(Practitioner { name, npi, identifiers, phone: first_phone(resource)? }))
}

pub(super) fn organization(resource: &Value) -> Result<Option<Organization>, MapError> {
    let Some(name) = owned(resource, "name")? else { return Ok(None) };
    Ok(Some(Organization {
        name,
        kind: first_concept(resource, "type")?.map(|kind| kind.text),
        phone: first_phone(resource)?,
        address: list(resource, "address")?.first().map(address).transpose()?,
    }))
}
