//! From an entry to a record: which type becomes what.

use super::clinical::{allergy, medication, problem};
use super::directory::{organization, practitioner};
use super::entries::Entry;
use super::error::MapError;
use super::events::{care_plan, encounter, imaging, immunization, procedure, report};
use super::labels::sensitivity;
use super::links::Links;
use super::node::{date, first_date, object};
use super::observation::observation;
use super::patient::patient;
use crate::record::{AllergyStatement, Content, Item, Kept, Label, PatientRecord, Source};
use serde_json::Value;

/// One resource, ready to be stored.
#[derive(Clone, PartialEq)]
pub struct Imported {
    /// System, type and id: the same resource again has the same.
    pub source: Source,
    /// The patient it belongs to, named by the same system; `None` for a patient and for the site's own entries.
    pub patient: Option<Source>,
    /// What it became.
    pub mapped: Mapped,
}

/// What a resource becomes.
#[derive(Clone, PartialEq)]
pub enum Mapped {
    /// A patient.
    Patient(Box<PatientRecord>),
    /// An entry of a chart or of the site's directory; [`Content::Kept`] counts as "kept, not shown".
    Item(Box<Item>),
    /// "No known allergies", for the patient's summary.
    NoKnownAllergies(AllergyStatement),
}

/// Everything the mappers may look at.
pub(super) struct Context<'a> {
    pub resource: &'a Value,
    pub links: &'a Links,
}

/// What an entry becomes. `system` names the sender; `links` are those of the entry's file.
///
/// # Errors
/// When an element a record needs is of the wrong form; by its name, without its value.
pub fn map(entry: &Entry, links: &Links, system: &str) -> Result<Imported, MapError> {
    let context = Context { resource: &entry.resource, links };
    let source = source(system, entry.resource_type.clone(), entry.id.clone());
    let (mapped, patient) = match entry.resource_type.as_str() {
        "Patient" => (Mapped::Patient(Box::new(patient(&entry.resource)?)), None),
        _ => (chart_entry(entry, &context, &source)?, context.patient(system)?),
    };
    Ok(Imported { source, patient, mapped })
}

fn chart_entry(entry: &Entry, context: &Context<'_>, source: &Source) -> Result<Mapped, MapError> {
    let author = context.author()?;
    let recorded = first_date(context.resource, &["recordedDate", "authoredOn", "issued", "recorded", "created"])?;
    let content = context.content(&entry.resource_type, recorded.as_deref(), author.as_deref())?;
    let content = match content {
        Found::Statement(statement) => return Ok(Mapped::NoKnownAllergies(statement)),
        Found::Content(content) => *content,
        Found::Nothing => Content::Kept(Kept { resource_type: source.kind.clone(), json: entry.json.clone() }),
    };
    let encounter = context.encounter(&source.system);
    let label = sensitivity(context.resource).map(Label::of_source);
    Ok(Mapped::Item(Box::new(Item {
        source: Some(source.clone()),
        recorded,
        author,
        encounter,
        sensitive: label.is_some(),
        label,
        ..Item::new(content)
    })))
}

/// What a mapper makes of a resource.
pub(super) enum Found {
    /// A record.
    Content(Box<Content>),
    /// No allergy is known.
    Statement(AllergyStatement),
    /// Nothing that can be shown truthfully: it is kept whole.
    Nothing,
}

impl Context<'_> {
    fn content(&self, kind: &str, recorded: Option<&str>, author: Option<&str>) -> Result<Found, MapError> {
        let of_site = match kind {
            "Practitioner" => practitioner(self.resource)?.map(Content::Practitioner),
            "Organization" => organization(self.resource)?.map(Content::Organization),
            _ => None,
        };
        if let Some(content) = of_site {
            return Ok(Found::Content(Box::new(content)));
        }
        // An entry that belongs to no patient's chart (a group's, a device's) is kept.
        if self.patient("")?.is_none() {
            return Ok(Found::Nothing);
        }
        let content = match kind {
            "Condition" => problem(self)?.map(Content::Problem),
            "AllergyIntolerance" => return allergy(self, recorded, author),
            "MedicationRequest" => medication(self)?.map(Content::Medication),
            "Observation" => observation(self.resource)?.map(Content::Observation),
            "Encounter" => Some(Content::Encounter(encounter(self)?)),
            "Immunization" => immunization(self)?.map(Content::Immunization),
            "Procedure" => procedure(self)?.map(Content::Procedure),
            "DiagnosticReport" => report(self)?.map(Content::Report),
            "ImagingStudy" => imaging(self)?.map(Content::Imaging),
            "CarePlan" => Some(Content::CarePlan(care_plan(self)?)),
            _ => None,
        };
        Ok(content.map(Box::new).map_or(Found::Nothing, Found::Content))
    }

    fn patient(&self, system: &str) -> Result<Option<Source>, MapError> {
        for field in ["subject", "patient", "beneficiary", "individual", "for"] {
            // In types that aren't mapped the same name may be another JSON type.
            if self.resource.get(field).is_some_and(Value::is_object)
                && let Some(target) = self.links.target(self.resource, field)?
            {
                return Ok((target.kind == "Patient").then(|| source(system, target.kind, target.id)));
            }
        }
        Ok(None)
    }

    fn encounter(&self, system: &str) -> Option<Source> {
        // A visit that isn't in the file is no reason to refuse the entry.
        let target = self.links.target(self.resource, "encounter").ok().flatten()?;
        (target.kind == "Encounter").then(|| source(system, target.kind, target.id))
    }

    fn author(&self) -> Result<Option<String>, MapError> {
        for field in ["recorder", "requester", "asserter", "author"] {
            if self.resource.get(field).is_some_and(Value::is_object)
                && let Some(name) = self.links.name(self.resource, field)?
            {
                return Ok(Some(name));
            }
        }
        Ok(None)
    }

    /// A date of the resource.
    pub fn date(&self, field: &'static str) -> Result<Option<String>, MapError> {
        date(self.resource, field)
    }

    /// The start of an element that may be an instant or a period: `<stem>DateTime` or `<stem>Period`.
    pub fn moment(&self, instant: &'static str, period: &'static str) -> Result<Option<String>, MapError> {
        match self.date(instant)? {
            Some(found) => Ok(Some(found)),
            None => object(self.resource, period)?.map_or(Ok(None), |period| date(period, "start")),
        }
    }
}

fn source(system: &str, kind: String, id: String) -> Source {
    Source { system: system.to_owned(), kind, id }
}
