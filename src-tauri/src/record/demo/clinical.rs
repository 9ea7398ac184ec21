//! Problems, medications, allergies, vaccinations and notes of the demo clinic.

use super::chart::{Visit, iso, seen};
use super::conditions::Condition;
use super::rng::Rng;
use super::{PROVIDERS, Person};
use crate::record::{Allergy, AllergyStatement, Coded, Content, Immunization, Item, Medication, Note, Problem};
use time::Date;

/// Substance, category, reaction.
type Trigger = (&'static str, &'static str, &'static str);

const SEVERE: [Trigger; 5] = [
    ("Penicillin", "medication", "anaphylaxis"),
    ("Peanut", "food", "anaphylaxis"),
    ("Bee venom", "environment", "anaphylaxis"),
    ("Sulfonamide antibiotics", "medication", "blistering skin reaction"),
    ("Iodinated contrast", "medication", "airway swelling"),
];
const MILD: [Trigger; 5] = [
    ("Latex", "environment", "contact rash"),
    ("Amoxicillin", "medication", "rash"),
    ("Shellfish", "food", "hives"),
    ("Grass pollen", "environment", "runny nose"),
    ("Adhesive tape", "environment", "redness"),
];
const INTOLERANCES: [Trigger; 4] = [
    ("Codeine", "medication", "nausea"),
    ("Lactose", "food", "bloating"),
    ("Metformin, immediate release", "medication", "diarrhea"),
    ("Ibuprofen", "medication", "stomach pain"),
];
const VACCINES: [(&str, &str); 5] = [
    ("Influenza", "140"),
    ("Tdap", "115"),
    ("COVID-19 mRNA", "208"),
    ("Pneumococcal conjugate", "133"),
    ("Zoster recombinant", "187"),
];
const FINDINGS: [&str; 6] = [
    "Feels well and has no new complaints.",
    "Sleeps better than at the last visit.",
    "Takes all tablets as agreed; no side effects.",
    "Reports being tired in the afternoon.",
    "Walks thirty minutes on most days.",
    "Missed a few doses while travelling.",
];
const PLANS: [&str; 5] = [
    "Continue as before, next visit in three months.",
    "Repeat the blood work before the next visit.",
    "Diet and exercise discussed; leaflet given.",
    "Home readings twice a week, to be brought along.",
    "Referral offered, patient will think about it.",
];

fn plain(text: &str) -> Coded {
    Coded { text: text.to_owned(), ..Coded::default() }
}

/// An entry made on a day, by anyone.
fn on(day: Date, content: Content, rng: &mut Rng) -> Item {
    let mut item = Item::new(content);
    item.recorded = Some(iso(day));
    item.author = Some(rng.pick(&PROVIDERS).to_owned());
    item
}

pub(super) fn problem(condition: &Condition, onset: Date, rng: &mut Rng) -> Item {
    let status = if condition.lasting { "active" } else { "resolved" };
    let problem = Problem {
        text: condition.title.to_owned(),
        code: Some(condition.code.to_owned()),
        system: Some("ICD-10-CM".to_owned()),
        clinical_status: status.to_owned(),
        verification: if rng.chance(930) { "confirmed" } else { "provisional" }.to_owned(),
        onset: Some(iso(onset)),
        abatement: None,
        note: None,
    };
    on(onset, Content::Problem(problem), rng)
}

pub(super) fn medication(condition: &Condition, drug: &(&str, &str), onset: Date, rng: &mut Rng) -> Item {
    let status = match condition.lasting {
        true if rng.chance(880) => "active",
        true => "stopped",
        false => "completed",
    };
    let order = Medication {
        drug: plain(drug.0),
        dosage: Some(drug.1.to_owned()),
        status: status.to_owned(),
        intent: Some("order".to_owned()),
        ordered: Some(iso(onset)),
        ended: None,
        reason: Some(condition.title.to_owned()),
        order: None,
    };
    on(onset, Content::Medication(order), rng)
}

/// What is known about allergies: of a hundred people 15 have a severe one, 15 a mild one, 6 an intolerance, 44 were
/// asked and know of none, and 20 were never asked.
pub(super) fn allergies(person: &Person, asked: Option<&Visit>, rng: &mut Rng) -> (AllergyStatement, Vec<Item>) {
    let nothing = AllergyStatement::NotRecorded;
    let Some(asked) = asked else { return (nothing, Vec::new()) };
    if person.rich.is_some_and(|conditions| conditions.len() > 4) {
        return (nothing, vec![allergy(asked, &SEVERE[0], "high"), intolerance(asked, &INTOLERANCES[0])]);
    }
    let listed = match rng.below(100) {
        0..15 => allergy(asked, &rng.pick(&SEVERE), "high"),
        15..30 => allergy(asked, &rng.pick(&MILD), "low"),
        30..36 => intolerance(asked, &rng.pick(&INTOLERANCES)),
        36..80 => return (none_known(asked), Vec::new()),
        _ => return (nothing, Vec::new()),
    };
    (nothing, vec![listed])
}

fn none_known(asked: &Visit) -> AllergyStatement {
    AllergyStatement::NoneKnown { confirmed: Some(asked.start.clone()), by: Some(asked.provider.to_owned()) }
}

fn allergy(asked: &Visit, trigger: &Trigger, criticality: &str) -> Item {
    listed(asked, trigger, "allergy", Some(criticality))
}

fn intolerance(asked: &Visit, trigger: &Trigger) -> Item {
    listed(asked, trigger, "intolerance", None)
}

fn listed(asked: &Visit, trigger: &Trigger, kind: &str, criticality: Option<&str>) -> Item {
    let severity = if criticality == Some("high") { "severe" } else { "mild" };
    seen(
        asked,
        Content::Allergy(Allergy {
            substance: plain(trigger.0),
            kind: kind.to_owned(),
            categories: vec![trigger.1.to_owned()],
            criticality: criticality.map(str::to_owned),
            reaction: Some(trigger.2.to_owned()),
            severity: Some(severity.to_owned()),
            status: "active".to_owned(),
            verification: Some("confirmed".to_owned()),
            onset: None,
        }),
    )
}

/// A vaccination at some of the visits; the cast has three at least.
pub(super) fn immunizations(person: &Person, visits: &[Visit], rng: &mut Rng) -> Vec<Item> {
    let wanted = if person.rich.is_some() { 4 } else { rng.between(0, 3) as usize };
    let given = visits.iter().rev().zip(VACCINES).take(wanted);
    given.map(|(visit, (name, code))| vaccination(visit, name, code, rng)).collect()
}

fn vaccination(visit: &Visit, name: &str, code: &str, rng: &mut Rng) -> Item {
    let vaccine = Coded { text: name.to_owned(), code: Some(code.to_owned()), system: Some("CVX".to_owned()) };
    seen(
        visit,
        Content::Immunization(Immunization {
            vaccine,
            status: "completed".to_owned(),
            at: Some(visit.start.clone()),
            lot: Some(format!("L{:05}", rng.below(100_000))),
        }),
    )
}

pub(super) fn note(visit: &Visit, about: Option<&Condition>, rng: &mut Rng) -> Item {
    let about = about.map_or("Routine check", |condition| condition.title);
    let text = format!("{about}. {} {}", rng.pick(&FINDINGS), rng.pick(&PLANS));
    seen(visit, Content::Note(Note { title: "Progress note".to_owned(), at: visit.end.clone(), text, signing: None }))
}
