//! The rules for what is entered into a chart, kind by kind: every rule an entry breaks, in the order of its fields; and
//! what may not be changed any more once it is signed.

use super::attachment::Attachment;
use super::clinical::{Allergy, CarePlan, Encounter, Immunization, Medication, Note, Procedure, Report};
use super::date::PartialDate;
use super::encounter::EncounterStatus;
use super::item::Content;
use super::referral::{Imaging, Referral, ReferralStatus};
use super::steps::{IllegalStep, NoteState, OrderState};
use super::task::Task;
use super::validate::{self, Invalid, listed, note, one_line, past_day};
use super::value_sets as sets;
use super::why::Why;

/// Longest words of an entry's main field.
const WORDS: usize = 300;
/// Longest words of its other fields.
const SHORT: usize = 200;
/// Most activities of a care plan.
const ACTIVITIES: usize = 50;

type Check = Result<(), Invalid>;

/// Every rule an entry made here breaks. Kinds that have an own form elsewhere break none.
#[must_use]
pub fn wrong(content: &Content, today: PartialDate) -> Vec<Invalid> {
    let checks = match content {
        Content::Problem(one) => return validate::problem(one, today),
        Content::Medication(one) => medication(one),
        Content::Allergy(one) => allergy(one, today),
        Content::Note(one) => written(one),
        Content::Encounter(one) => encounter(one),
        Content::Immunization(one) => immunization(one, today),
        Content::Procedure(one) => procedure(one, today),
        Content::Report(one) => report(one, today),
        Content::Imaging(one) => imaging(one),
        Content::Referral(one) => referral(one),
        Content::CarePlan(one) => care_plan(one),
        Content::Task(one) => task(one),
        Content::Attachment(one) => attachment(one, today),
        Content::Observation(_)
        | Content::Administration(_)
        | Content::Refill(_)
        | Content::Practitioner(_)
        | Content::Organization(_)
        | Content::Appointment(_)
        | Content::Account(_)
        | Content::Amendments(_)
        | Content::Directives(_)
        | Content::Photo(_)
        | Content::AttachedPage(_)
        | Content::Kept(_)
        | Content::HiddenIngredients(_)
        | Content::InteractionAnswer(_) => Vec::new(),
    };
    checks.into_iter().filter_map(Result::err).collect()
}

fn short(field: &'static str, text: Option<&String>) -> Check {
    text.map_or(Ok(()), |text| one_line(field, text, SHORT))
}

fn word(field: &'static str, text: Option<&String>, list: &[&str]) -> Check {
    text.map_or(Ok(()), |text| listed(field, text, list))
}

/// A day, possibly partial; it may lie ahead.
fn any_day(field: &'static str, iso: Option<&String>) -> Check {
    match iso.map(|iso| iso.parse::<PartialDate>()) {
        None | Some(Ok(_)) => Ok(()),
        Some(Err(_)) => Err(Invalid { field, why: Why::Date }),
    }
}

/// The day of an instant, or the day itself.
fn day_of(iso: &str) -> String {
    iso.split_once('T').map_or(iso, |(day, _)| day).to_owned()
}

/// A day that isn't before another one.
fn from_to(field: &'static str, start: Option<&String>, end: Option<&String>) -> Check {
    match start.zip(end) {
        Some((start, end)) if end < start => Err(Invalid { field, why: Why::BeforeStart }),
        _ => Ok(()),
    }
}

fn allergy(one: &Allergy, today: PartialDate) -> Vec<Check> {
    let mut checks = vec![
        one_line("allergies.substance", &one.substance.text, WORDS),
        listed("allergies.kind", &one.kind, sets::ALLERGY_KINDS),
        word("allergies.criticality", one.criticality.as_ref(), sets::CRITICALITIES),
        short("allergies.reaction", one.reaction.as_ref()),
        word("allergies.severity", one.severity.as_ref(), sets::SEVERITIES),
        listed("allergies.status", &one.status, sets::ALLERGY_STATUSES),
        word("allergies.verification", one.verification.as_ref(), &["unconfirmed", "confirmed", "refuted"]),
        past_day("allergies.onset", one.onset.as_deref(), today),
    ];
    checks.extend(one.categories.iter().map(|one| listed("allergies.categories", one, sets::ALLERGY_CATEGORIES)));
    checks
}

fn medication(one: &Medication) -> Vec<Check> {
    let order = one.order.clone().unwrap_or_default();
    vec![
        one_line("medications.drug", &one.drug.text, WORDS),
        order.dose.as_ref().map_or(Err(Invalid { field: "medications.dose", why: Why::Missing }), |dose| {
            one_line("medications.dose", dose, SHORT)
        }),
        short("medications.route", order.route.as_ref()),
        short("medications.frequency", order.frequency.as_ref()),
        any_day("medications.start", order.start.as_ref()),
        any_day("medications.stop", order.stop.as_ref()),
        from_to("medications.stop", order.start.as_ref(), order.stop.as_ref()),
        if order.refills > 99 { Err(Invalid { field: "medications.refills", why: Why::TooLong }) } else { Ok(()) },
        short("medications.reason", one.reason.as_ref()),
    ]
}

fn written(one: &Note) -> Vec<Check> {
    let template = one.signing.as_ref().map_or("free", |signing| signing.template.as_str());
    let empty = one.text.trim().is_empty();
    vec![
        one_line("notes.title", &one.title, WORDS),
        if empty { Err(Invalid { field: "notes.text", why: Why::Missing }) } else { note("notes.text", &one.text) },
        listed("notes.template", template, sets::NOTE_TEMPLATES),
    ]
}

fn encounter(one: &Encounter) -> Vec<Check> {
    let known = |status: &&&str| **status != "entered-in-error" && **status != "unknown";
    let statuses: Vec<&str> = sets::ENCOUNTER_STATUSES.iter().filter(known).copied().collect();
    vec![
        listed("encounters.status", &one.status, &statuses),
        listed("encounters.class", &one.class, sets::ENCOUNTER_CLASSES),
        one_line("encounters.kind", &one.kind.text, WORDS),
        short("encounters.reason", one.reason.as_ref()),
        short("encounters.location", one.location.as_ref()),
        from_to("encounters.end", one.start.as_ref(), one.end.as_ref()),
    ]
}

fn immunization(one: &Immunization, today: PartialDate) -> Vec<Check> {
    vec![
        one_line("immunizations.vaccine", &one.vaccine.text, WORDS),
        listed("immunizations.status", &one.status, sets::IMMUNIZATION_STATUSES),
        past_day("immunizations.at", one.at.as_deref(), today),
        short("immunizations.lot", one.lot.as_ref()),
    ]
}

fn procedure(one: &Procedure, today: PartialDate) -> Vec<Check> {
    vec![
        one_line("procedures.code", &one.code.text, WORDS),
        listed("procedures.status", &one.status, sets::PROCEDURE_STATUSES),
        past_day("procedures.at", one.at.as_deref(), today),
        short("procedures.reason", one.reason.as_ref()),
    ]
}

fn report(one: &Report, today: PartialDate) -> Vec<Check> {
    vec![
        one_line("reports.code", &one.code.text, WORDS),
        listed("reports.status", &one.status, sets::REPORT_STATUSES),
        past_day("reports.at", one.at.as_deref(), today),
        note("reports.conclusion", one.conclusion.as_deref().unwrap_or_default()),
    ]
}

fn imaging(one: &Imaging) -> Vec<Check> {
    vec![
        one_line("reports.code", &one.code.text, WORDS),
        listed("reports.modality", &one.modality, sets::MODALITIES),
        short("reports.body_site", one.body_site.as_ref()),
        listed("reports.status", &one.status, sets::IMAGING_STATUSES),
        any_day("reports.at", one.at.as_deref().map(day_of).as_ref()),
        short("reports.reason", one.reason.as_ref()),
        note("reports.report", one.report.as_deref().unwrap_or_default()),
        note("reports.conclusion", one.conclusion.as_deref().unwrap_or_default()),
    ]
}

fn referral(one: &Referral) -> Vec<Check> {
    let statuses = ReferralStatus::ALL.map(ReferralStatus::word);
    vec![
        one_line("referrals.to", &one.to, SHORT),
        short("referrals.specialty", one.specialty.as_ref()),
        one_line("referrals.reason", &one.reason, WORDS),
        listed("referrals.priority", &one.priority, sets::PRIORITIES),
        listed("referrals.status", &one.status, &statuses),
        any_day("referrals.at", one.at.as_ref()),
        note("referrals.letter", one.letter.as_deref().unwrap_or_default()),
        note("referrals.answer", one.answer.as_deref().unwrap_or_default()),
    ]
}

fn care_plan(one: &CarePlan) -> Vec<Check> {
    let mut checks = vec![
        one_line("care_plans.title", &one.title, WORDS),
        listed("care_plans.status", &one.status, sets::CARE_PLAN_STATUSES),
        any_day("care_plans.start", one.start.as_ref()),
        any_day("care_plans.end", one.end.as_ref()),
        from_to("care_plans.end", one.start.as_ref(), one.end.as_ref()),
    ];
    if one.activities.len() > ACTIVITIES {
        checks.push(Err(Invalid { field: "care_plans.activities", why: Why::TooLong }));
    }
    checks.extend(one.activities.iter().map(|one| one_line("care_plans.activities", one, WORDS)));
    checks
}

fn attachment(one: &Attachment, today: PartialDate) -> Vec<Check> {
    vec![one_line("documents.title", &one.title, SHORT), past_day("documents.day", one.day.as_deref(), today)]
}

fn task(one: &Task) -> Vec<Check> {
    vec![
        one_line("tasks.text", &one.text, WORDS),
        listed("tasks.priority", &one.priority, sets::PRIORITIES),
        any_day("tasks.due", one.due.as_deref().map(day_of).as_ref()),
    ]
}

/// Whether one content may take another's place: the same kind, and nothing changed that was signed.
///
/// # Errors
/// When signed words would change.
pub fn may_replace(before: &Content, after: &Content) -> Result<(), IllegalStep> {
    match (before, after) {
        (Content::Note(old), Content::Note(new)) => note_may_become(old, new),
        (Content::Medication(old), Content::Medication(new)) => order_may_become(old, new),
        (Content::Encounter(old), Content::Encounter(new)) => encounter_may_become(old, new),
        (Content::Referral(old), Content::Referral(new)) => old.may_become(new),
        _ if std::mem::discriminant(before) == std::mem::discriminant(after) => Ok(()),
        _ => Err(IllegalStep { what: "item", from: "of_another_kind", step: "changed" }),
    }
}

/// Signed text, its signature and its addenda stay; addenda only grow.
fn note_may_become(old: &Note, new: &Note) -> Result<(), IllegalStep> {
    let refused = IllegalStep { what: "note", from: "signed", step: "changed" };
    let state = NoteState::of(old);
    if state == NoteState::Unsigned {
        return Ok(());
    }
    let same_words = (&old.title, &old.at, &old.text) == (&new.title, &new.at, &new.text);
    let (Some(before), Some(after)) = (&old.signing, &new.signing) else {
        // What was imported has no addenda yet and may get the first.
        let first = old.signing.is_none() && new.signing.as_ref().is_none_or(|new| !new.addenda.is_empty());
        return if same_words && first { Ok(()) } else { Err(refused) };
    };
    let kept = same_words
        && before.signed == after.signed
        && after.addenda.starts_with(&before.addenda)
        && (before.cosigned.is_none() || before.cosigned == after.cosigned);
    if kept { Ok(()) } else { Err(refused) }
}

/// A form may say more about a visit; its status goes the legal steps only.
fn encounter_may_become(old: &Encounter, new: &Encounter) -> Result<(), IllegalStep> {
    let (before, after) = (EncounterStatus::of(&old.status), EncounterStatus::of(&new.status));
    match before.zip(after) {
        Some((before, after)) if before != after => before.after(after).map(|_| ()),
        _ => Ok(()),
    }
}

/// What was signed or read back stays as it was ordered; another dose is another order.
fn order_may_become(old: &Medication, new: &Medication) -> Result<(), IllegalStep> {
    let ordered = |one: &Medication| {
        let order = one.order.clone().unwrap_or_default();
        (one.drug.clone(), one.dosage.clone(), order.dose, order.route, order.frequency, order.start)
    };
    let signed = old.order.as_ref().and_then(|order| order.signed.as_ref());
    let kept = signed.is_none() || signed == new.order.as_ref().and_then(|order| order.signed.as_ref());
    if OrderState::of(old) == OrderState::Draft || (ordered(old) == ordered(new) && kept) {
        return Ok(());
    }
    Err(IllegalStep { what: "order", from: "signed", step: "changed" })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{Addendum, Coded, Order, Signature, Signing};
    use uuid::Uuid;

    fn signature(by: &str) -> Signature {
        Signature { by: by.into(), by_id: Uuid::from_u128(1), at: "2026-11-22T09:41:00Z".into() }
    }

    fn signed(text: &str) -> Note {
        let signing = Signing { template: "soap".into(), signed: Some(signature("Dr. R. Osei")), ..Signing::default() };
        Note { title: "Visit".into(), at: "2026-11-22".into(), text: text.into(), signing: Some(signing) }
    }

    fn refused(old: &Note, new: &Note) -> bool {
        may_replace(&Content::Note(old.clone()), &Content::Note(new.clone())).is_err()
    }

    #[test]
    fn the_text_of_a_signed_note_never_changes_and_its_signature_does_not_go() {
        let note = signed("Feels well.");
        assert!(refused(&note, &signed("Feels ill.")));
        assert!(refused(&note, &Note { title: "Other".into(), ..note.clone() }));
        assert!(refused(&note, &Note { signing: None, ..note.clone() }));
        let mut forged = note.clone();
        forged.signing.as_mut().unwrap().signed = Some(signature("Somebody else"));
        assert!(refused(&note, &forged));
    }

    #[test]
    fn addenda_are_only_added() {
        let mut with_one = signed("Feels well.");
        let addendum = Addendum { text: "And slept well.".into(), signed: signature("Dr. R. Osei") };
        with_one.signing.as_mut().unwrap().addenda.push(addendum.clone());
        assert!(!refused(&signed("Feels well."), &with_one));
        assert!(refused(&with_one, &signed("Feels well.")));
        let mut two = with_one.clone();
        two.signing.as_mut().unwrap().addenda.push(addendum);
        assert!(!refused(&with_one, &two));
    }

    #[test]
    fn an_unsigned_note_may_change_and_an_imported_one_may_not() {
        let unsigned = |text: &str| {
            let signing = Signing { template: "free".into(), ..Signing::default() };
            Note { title: "Visit".into(), at: "2026-11-22".into(), text: text.into(), signing: Some(signing) }
        };
        assert!(!refused(&unsigned("Feels well."), &unsigned("Feels ill.")));
        let imported = |text: &str| Note { signing: None, ..signed(text) };
        assert!(refused(&imported("Feels well."), &imported("Feels ill.")));
    }

    #[test]
    fn a_signed_order_keeps_drug_and_dose_and_an_item_keeps_its_kind() {
        let order = |dose: &str| {
            let order = Order { dose: Some(dose.into()), signed: Some(signature("Dr. R. Osei")), ..Order::default() };
            let drug = Coded { text: "Lisinopril".into(), code: None, system: None };
            Content::Medication(Medication {
                drug,
                status: "active".into(),
                order: Some(order),
                ..Medication::default()
            })
        };
        assert!(may_replace(&order("10 mg"), &order("20 mg")).is_err());
        assert!(may_replace(&order("10 mg"), &order("10 mg")).is_ok());
        assert!(may_replace(&order("10 mg"), &Content::Note(signed("Feels well."))).is_err());
    }

    #[test]
    fn an_allergy_tells_everything_that_is_wrong_with_it() {
        let wrong_one = Content::Allergy(Allergy {
            substance: Coded::default(),
            kind: "dislike".into(),
            categories: vec!["drink".into()],
            criticality: Some("enormous".into()),
            reaction: None,
            severity: None,
            status: "active".into(),
            verification: Some("entered-in-error".into()),
            onset: Some("2027".into()),
        });
        let fields: Vec<_> =
            wrong(&wrong_one, "2026-04-12".parse().unwrap()).into_iter().map(|one| one.field).collect();
        let expected = ["substance", "kind", "criticality", "verification", "onset", "categories"];
        assert_eq!(fields, expected.map(|field| format!("allergies.{field}")));
    }
}
