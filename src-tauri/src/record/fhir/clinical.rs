//! Condition, AllergyIntolerance and MedicationRequest.

use super::error::MapError;
use super::labels::{Negation, negation};
use super::map::{Context, Found};
use super::node::{
    code, coded, concept, date, first_concept, flag, get, list, number, object, owned, text, texts, word,
};
use crate::record::{Allergy, AllergyStatement, Coded, Content, Medication, Problem};
use serde_json::Value;

/// Characters of a problem's own words.
const LONGEST_PROBLEM: usize = 300;

pub(super) fn problem(context: &Context<'_>) -> Result<Option<Problem>, MapError> {
    let resource = context.resource;
    let Some(named) = concept(resource, "code")? else { return Ok(None) };
    let abatement = context.moment("abatementDateTime", "abatementPeriod")?;
    let unsaid = if abatement.is_some() { "resolved" } else { "active" };
    let (text, rest) = cut(named.text);
    let notes: Vec<String> = rest.into_iter().chain(notes(resource)?).collect();
    Ok(Some(Problem {
        text,
        code: named.code,
        system: named.system,
        clinical_status: code(resource, "clinicalStatus")?.unwrap_or_else(|| unsaid.to_owned()),
        verification: code(resource, "verificationStatus")?.unwrap_or_else(|| "unconfirmed".to_owned()),
        onset: context.moment("onsetDateTime", "onsetPeriod")?,
        abatement,
        note: Some(notes.join("\n")).filter(|note| !note.is_empty()),
    }))
}

/// Words that fit, and the whole where they don't.
fn cut(text: String) -> (String, Option<String>) {
    match text.char_indices().nth(LONGEST_PROBLEM) {
        Some((end, _)) => (text[..end].to_owned(), Some(text)),
        None => (text, None),
    }
}

/// The remarks of a resource.
pub(super) fn notes(resource: &Value) -> Result<Vec<String>, MapError> {
    let texts = list(resource, "note")?.iter().map(|note| owned(note, "text")).collect::<Result<Vec<_>, _>>()?;
    Ok(texts.into_iter().flatten().collect())
}

pub(super) fn allergy(context: &Context<'_>, recorded: Option<&str>, author: Option<&str>) -> Result<Found, MapError> {
    let resource = context.resource;
    let verification = code(resource, "verificationStatus")?;
    let status = code(resource, "clinicalStatus")?.unwrap_or_else(|| "active".to_owned());
    let substance = concept(resource, "code")?;
    let meant = substance.as_ref().and_then(|substance| negation(substance.code.as_deref()));
    let stands = status == "active" && !matches!(verification.as_deref(), Some("refuted" | "entered-in-error"));
    match (substance, meant) {
        (_, Some(Negation::All)) if stands => Ok(Found::Statement(none_known(recorded, author))),
        (Some(substance), None) => listed(context, substance, status, verification),
        (None, _) | (_, Some(_)) => Ok(Found::Nothing),
    }
}

fn none_known(recorded: Option<&str>, author: Option<&str>) -> AllergyStatement {
    AllergyStatement::NoneKnown { confirmed: recorded.map(str::to_owned), by: author.map(str::to_owned) }
}

fn listed(
    context: &Context<'_>,
    substance: Coded,
    status: String,
    verification: Option<String>,
) -> Result<Found, MapError> {
    let resource = context.resource;
    let allergy = Allergy {
        substance,
        kind: text(resource, "type")?.unwrap_or("allergy").to_owned(),
        categories: texts(resource, "category")?,
        criticality: owned(resource, "criticality")?,
        reaction: reactions(resource)?,
        severity: severity(resource)?,
        status,
        verification,
        onset: context.moment("onsetDateTime", "onsetPeriod")?,
    };
    Ok(Found::Content(Box::new(Content::Allergy(allergy))))
}

fn reactions(resource: &Value) -> Result<Option<String>, MapError> {
    let mut words: Vec<String> = Vec::new();
    for reaction in list(resource, "reaction")? {
        for manifestation in list(reaction, "manifestation")? {
            words.extend(coded(manifestation)?.map(|found| found.text));
        }
        words.extend(owned(reaction, "description")?);
    }
    words.dedup();
    Ok(Some(words.join(", ")).filter(|words| !words.is_empty()))
}

/// The worst of the recorded reactions.
fn severity(resource: &Value) -> Result<Option<String>, MapError> {
    const WORST_LAST: [&str; 3] = ["mild", "moderate", "severe"];
    let mut worst = None;
    for reaction in list(resource, "reaction")? {
        let said = text(reaction, "severity")?;
        worst = worst.max(said.and_then(|said| WORST_LAST.iter().position(|known| *known == said)));
    }
    Ok(worst.and_then(|place| WORST_LAST.get(place)).map(|&word| word.to_owned()))
}

pub(super) fn medication(context: &Context<'_>) -> Result<Option<Medication>, MapError> {
    let resource = context.resource;
    let Some(drug) = drug(context)? else { return Ok(None) };
    Ok(Some(Medication {
        drug,
        dosage: dosage(resource)?,
        status: word(resource, "status")?,
        intent: owned(resource, "intent")?,
        ordered: context.date("authoredOn")?,
        ended: ended(resource)?,
        reason: first_concept(resource, "reasonCode")?.map(|reason| reason.text),
        order: None,
    }))
}

/// The last day of what is taken no more, where a dosage says it.
fn ended(resource: &Value) -> Result<Option<String>, MapError> {
    if !matches!(text(resource, "status")?, Some("stopped" | "completed")) {
        return Ok(None);
    }
    let mut last = None;
    for instruction in list(resource, "dosageInstruction")? {
        let Some(timing) = object(instruction, "timing")? else { continue };
        let Some(repeat) = object(timing, "repeat")? else { continue };
        let Some(bounds) = object(repeat, "boundsPeriod")? else { continue };
        last = last.max(date(bounds, "end")?);
    }
    Ok(last)
}

/// The drug in words: said here, in a contained Medication, by another entry, or by the reference's display.
fn drug(context: &Context<'_>) -> Result<Option<Coded>, MapError> {
    if let Some(said) = concept(context.resource, "medicationCodeableConcept")? {
        return Ok(Some(said));
    }
    let Some(reference) = object(context.resource, "medicationReference")? else { return Ok(None) };
    let address = text(reference, "reference")?.unwrap_or_default();
    if let Some(id) = address.strip_prefix('#')
        && let Some(drug) = contained_drug(context.resource, id)?
    {
        return Ok(Some(drug));
    }
    let target = if address.starts_with('#') {
        None
    } else {
        context.links.target(context.resource, "medicationReference").ok().flatten()
    };
    let known = target.and_then(|target| context.links.drug(&target.id).cloned());
    let display = owned(reference, "display")?.map(|text| Coded { text, ..Coded::default() });
    Ok(known.or(display))
}

fn contained_drug(resource: &Value, id: &str) -> Result<Option<Coded>, MapError> {
    let named = |found: &&Value| found.get("id").and_then(Value::as_str) == Some(id);
    list(resource, "contained")?.iter().find(named).map_or(Ok(None), |drug| concept(drug, "code"))
}

/// Dosage in words: the instruction's own text, else what its parts say.
fn dosage(resource: &Value) -> Result<Option<String>, MapError> {
    let mut lines = Vec::new();
    for instruction in list(resource, "dosageInstruction")? {
        let own = owned(instruction, "text")?;
        lines.extend(match own {
            Some(own) => Some(own),
            None => composed(instruction)?,
        });
    }
    Ok(Some(lines.join("; ")).filter(|lines| !lines.is_empty()))
}

fn composed(instruction: &Value) -> Result<Option<String>, MapError> {
    let route = concept(instruction, "route")?.map(|route| route.text);
    let as_needed = flag(instruction, "asNeededBoolean")?.unwrap_or(false).then(|| "as needed".to_owned());
    let extra = first_concept(instruction, "additionalInstruction")?.map(|extra| extra.text);
    let parts = [dose(instruction)?, route, rhythm(instruction)?, as_needed, extra];
    Ok(Some(parts.into_iter().flatten().collect::<Vec<_>>().join(", ")).filter(|words| !words.is_empty()))
}

fn dose(instruction: &Value) -> Result<Option<String>, MapError> {
    let Some(rate) = list(instruction, "doseAndRate")?.first() else { return Ok(None) };
    let Some(quantity) = object(rate, "doseQuantity")? else { return Ok(None) };
    let Some(amount) = number(quantity, "value")? else { return Ok(None) };
    let unit = owned(quantity, "unit")?.unwrap_or_else(|| "dose".to_owned());
    Ok(Some(format!("{amount} {unit}")))
}

/// `2 times every 1 d`, from timing.repeat.
fn rhythm(instruction: &Value) -> Result<Option<String>, MapError> {
    let Some(timing) = object(instruction, "timing")? else { return Ok(None) };
    let Some(repeat) = object(timing, "repeat")? else { return Ok(concept(timing, "code")?.map(|code| code.text)) };
    if get(repeat, "frequency").is_none() {
        return Ok(None);
    }
    let times = number(repeat, "frequency")?.unwrap_or(1.0);
    let every = number(repeat, "period")?.unwrap_or(1.0);
    let unit = text(repeat, "periodUnit")?.unwrap_or("d");
    Ok(Some(format!("{times} × every {every} {unit}")))
}
