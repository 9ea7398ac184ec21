//! Encounter, Immunization, Procedure, DiagnosticReport, ImagingStudy and CarePlan: what happened or is planned, and when.

use super::error::MapError;
use super::map::Context;
use super::node::{coding, concept, first_concept, list, object, owned, period, text, word};
use crate::record::{CarePlan, Coded, Encounter, Imaging, Immunization, Procedure, Report};
use serde_json::Value;

pub(super) fn encounter(context: &Context<'_>) -> Result<Encounter, MapError> {
    let resource = context.resource;
    let class = object(resource, "class")?.map_or(Ok(None), coding)?.unwrap_or_default();
    let (start, end) = period(resource, "period")?;
    Ok(Encounter {
        status: word(resource, "status")?,
        class: class.code.clone().unwrap_or_default(),
        kind: first_concept(resource, "type")?.unwrap_or(class),
        start,
        end,
        reason: reason(context)?,
        location: location(resource)?,
    })
}

fn location(resource: &Value) -> Result<Option<String>, MapError> {
    let Some(first) = list(resource, "location")?.first() else { return Ok(None) };
    object(first, "location")?.map_or(Ok(None), |location| owned(location, "display"))
}

/// Why: a code's words, else the display of what is referred to.
fn reason(context: &Context<'_>) -> Result<Option<String>, MapError> {
    if let Some(code) = first_concept(context.resource, "reasonCode")? {
        return Ok(Some(code.text));
    }
    list(context.resource, "reasonReference")?.first().map_or(Ok(None), |reference| owned(reference, "display"))
}

pub(super) fn immunization(context: &Context<'_>) -> Result<Option<Immunization>, MapError> {
    let resource = context.resource;
    let Some(vaccine) = concept(resource, "vaccineCode")? else { return Ok(None) };
    let at = match context.date("occurrenceDateTime")? {
        Some(at) => Some(at),
        None => owned(resource, "occurrenceString")?,
    };
    Ok(Some(Immunization { vaccine, status: word(resource, "status")?, at, lot: owned(resource, "lotNumber")? }))
}

pub(super) fn procedure(context: &Context<'_>) -> Result<Option<Procedure>, MapError> {
    let resource = context.resource;
    let Some(code) = concept(resource, "code")? else { return Ok(None) };
    let (start, until) = period(resource, "performedPeriod")?;
    let at = context.date("performedDateTime")?.or(start);
    Ok(Some(Procedure { code, status: word(resource, "status")?, at, until, reason: reason(context)? }))
}

pub(super) fn report(context: &Context<'_>) -> Result<Option<Report>, MapError> {
    let resource = context.resource;
    let Some(code) = concept(resource, "code")? else { return Ok(None) };
    let results = list(resource, "result")?.iter().map(|result| owned(result, "reference"));
    Ok(Some(Report {
        code,
        status: word(resource, "status")?,
        at: context.moment("effectiveDateTime", "effectivePeriod")?,
        conclusion: owned(resource, "conclusion")?,
        results: results.filter_map(Result::transpose).collect::<Result<_, _>>()?,
    }))
}

/// What was looked at, by the study's own words or else by its first series: `Ultrasound, thoracic`.
pub(super) fn imaging(context: &Context<'_>) -> Result<Option<Imaging>, MapError> {
    let resource = context.resource;
    let series = list(resource, "series")?.first();
    let of_series = |field| series.map_or(Ok(None), |series| object(series, field)?.map_or(Ok(None), coding));
    let (modality, site) = (of_series("modality")?, of_series("bodySite")?);
    let said = first_concept(resource, "procedureCode")?.or(owned(resource, "description")?.map(words));
    let shown: Vec<&str> = [&modality, &site].into_iter().flatten().map(|one| one.text.as_str()).collect();
    let code = said.unwrap_or_else(|| words(shown.join(", ")));
    if code.text.is_empty() {
        return Ok(None);
    }
    Ok(Some(Imaging {
        code,
        modality: modality.and_then(|one| one.code).unwrap_or_default(),
        body_site: site.map(|one| one.text),
        status: word(resource, "status")?,
        at: context.date("started")?,
        reason: reason(context)?,
        report: None,
        conclusion: None,
    }))
}

fn words(text: String) -> Coded {
    Coded { text, ..Coded::default() }
}

pub(super) fn care_plan(context: &Context<'_>) -> Result<CarePlan, MapError> {
    let resource = context.resource;
    let (start, end) = period(resource, "period")?;
    Ok(CarePlan {
        title: title(resource)?,
        status: word(resource, "status")?,
        start: start.or(context.date("created")?),
        end,
        activities: activities(resource)?,
    })
}

fn title(resource: &Value) -> Result<String, MapError> {
    if let Some(title) = text(resource, "title")? {
        return Ok(title.to_owned());
    }
    // The US Core category says only that it is a plan.
    let categories = list(resource, "category")?.iter().map(super::node::coded).collect::<Result<Vec<_>, _>>()?;
    let says_more = |found: &&Coded| found.code.as_deref() != Some("assess-plan");
    let found = categories.iter().flatten().find(says_more).map(|found| found.text.clone());
    Ok(found.or(owned(resource, "description")?).unwrap_or_default())
}

fn activities(resource: &Value) -> Result<Vec<String>, MapError> {
    let mut found = Vec::new();
    for activity in list(resource, "activity")? {
        if let Some(detail) = object(activity, "detail")? {
            let said = concept(detail, "code")?.map(|code| code.text);
            found.extend(said.or(owned(detail, "description")?));
        }
    }
    Ok(found)
}
