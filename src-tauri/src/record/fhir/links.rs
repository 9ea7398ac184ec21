//! What the references within a file point to.

use super::entries::Entry;
use super::error::{MapDefect, MapError};
use super::node::{self, wrong};
use crate::record::{Coded, PersonName};
use serde_json::Value;
use std::collections::HashMap;

/// Types that records refer to; others, which are the many, needn't be remembered.
const LINKED: [&str; 7] =
    ["Patient", "Encounter", "Practitioner", "PractitionerRole", "Organization", "Medication", "Condition"];

/// A resource by type and id.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Target {
    pub kind: String,
    pub id: String,
}

/// The addresses of a file's entries, with the words that records take over from what they refer to.
#[derive(Default)]
pub struct Links {
    by_address: HashMap<String, Target>,
    drugs: HashMap<String, Coded>,
    names: HashMap<String, String>,
}

impl Links {
    /// Remembers what `entry` is called and, for drugs and people, what it says.
    pub fn note(&mut self, entry: &Entry) {
        let Some(&kind) = LINKED.iter().find(|kind| **kind == entry.resource_type) else { return };
        if let Some(address) = &entry.full_url {
            self.by_address.insert(address.clone(), Target { kind: kind.to_owned(), id: entry.id.clone() });
        }
        match kind {
            "Medication" => self.note_drug(entry),
            "Practitioner" => self.note_name(entry),
            _ => {}
        }
    }

    // A defect in these entries is reported when they are mapped themselves.
    fn note_drug(&mut self, entry: &Entry) {
        if let Ok(Some(drug)) = node::concept(&entry.resource, "code") {
            self.drugs.insert(entry.id.clone(), drug);
        }
    }

    fn note_name(&mut self, entry: &Entry) {
        if let Ok(Some(name)) = super::patient::current_name(&entry.resource) {
            self.names.insert(entry.id.clone(), PersonName::display(&name));
        }
    }

    /// The words of a drug in this file.
    pub(super) fn drug(&self, id: &str) -> Option<&Coded> {
        self.drugs.get(id)
    }

    /// Whom or what an element points to; `None` when it is absent or names nothing by address.
    pub(super) fn target(&self, node: &Value, field: &'static str) -> Result<Option<Target>, MapError> {
        let Some(reference) = node::object(node, field)? else { return Ok(None) };
        let Some(address) = node::text(reference, "reference")? else { return Ok(None) };
        self.resolve(address).map(Some).ok_or(wrong(field, MapDefect::Unresolved))
    }

    /// The display of a reference, or the name of the practitioner it points to.
    pub(super) fn name(&self, node: &Value, field: &'static str) -> Result<Option<String>, MapError> {
        let Some(reference) = node::object(node, field)? else { return Ok(None) };
        if let Some(display) = node::owned(reference, "display")? {
            return Ok(Some(display));
        }
        let address = node::text(reference, "reference")?;
        let target = address.and_then(|address| self.resolve(address));
        Ok(target.and_then(|target| self.names.get(&target.id).cloned()))
    }

    fn resolve(&self, address: &str) -> Option<Target> {
        self.by_address.get(address).cloned().or_else(|| plain_target(address))
    }
}

/// `Type/id`, alone or at the end of a URL, with or without a version.
fn plain_target(address: &str) -> Option<Target> {
    let (unversioned, _) = address.split_once("/_history/").unwrap_or((address, ""));
    let mut parts = unversioned.rsplit('/');
    let (id, kind) = (parts.next()?, parts.next()?);
    let named = kind.starts_with(|c: char| c.is_ascii_uppercase()) && kind.bytes().all(|b| b.is_ascii_alphabetic());
    let usable =
        !id.is_empty() && id.len() <= 128 && !id.contains(['?', '#']) && id.bytes().all(|b| b.is_ascii_graphic());
    (named && usable).then(|| Target { kind: kind.to_owned(), id: id.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(address: &str) -> Option<(String, String)> {
        plain_target(address).map(|target| (target.kind, target.id))
    }

    #[test]
    fn a_reference_is_a_type_and_an_id_wherever_it_stands() {
        let expected = Some(("Patient".to_owned(), "p-1".to_owned()));
        for address in ["Patient/p-1", "https://a.example/fhir/Patient/p-1", "Patient/p-1/_history/3"] {
            assert_eq!(plain(address), expected);
        }
    }

    #[test]
    fn searches_fragments_and_unknown_addresses_point_to_nothing() {
        for address in ["", "#med", "Patient?identifier=1", "urn:uuid:7c2b", "Patient/", "patient/1", "Patient/a?b"] {
            assert_eq!(plain(address), None, "{address}");
        }
    }
}
