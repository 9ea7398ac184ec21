//! A chart over the years: conditions, drugs, allergies, visits with vital signs, laboratory values and notes.

use super::clinical::{allergies, immunizations, medication, note, problem};
use super::conditions::{CONDITIONS, Condition, by_code};
use super::measures::{Course, DIASTOLIC, HEART_RATE, Measure, OXYGEN, SYSTOLIC, TEMPERATURE, WEIGHT, laboratory};
use super::rng::Rng;
use super::{PROVIDERS, Person};
use crate::record::{
    AllergyStatement, Coded, Component, Content, Encounter, Item, Observation, ObservedValue, PartialDate,
    ReferenceRange,
};
use time::{Date, Duration, OffsetDateTime};

pub(super) struct Chart {
    pub items: Vec<Item>,
    pub allergies: AllergyStatement,
}

/// One visit in the past.
pub(super) struct Visit {
    pub day: Date,
    pub provider: &'static str,
    /// ISO instant of its start, and of its end.
    pub start: String,
    pub end: String,
    /// 0 at the first of this person's visits, 1 at the last.
    pub progress: f64,
}

pub(super) fn chart(person: &Person, now: OffsetDateTime, rng: &mut Rng) -> Chart {
    let visits = visits(person, now, rng);
    let conditions = conditions(person, now.date(), rng);
    let mut items = Vec::new();
    for condition in &conditions {
        let onset = onset(person, condition, &visits, rng);
        items.push(problem(condition, onset, rng));
        items.extend(condition.drugs.iter().map(|drug| medication(condition, drug, onset, rng)));
    }
    let (statement, allergies) = allergies(person, visits.last(), rng);
    items.extend(allergies);
    items.extend(immunizations(person, &visits, rng));
    let courses = courses(person, now.date(), &conditions, rng);
    visits.iter().for_each(|visit| at_visit(visit, &courses, &conditions, rng, &mut items));
    Chart { items, allergies: statement }
}

/// Past visits, oldest first: a dozen for the cast, a few for the many, none before birth.
fn visits(person: &Person, now: OffsetDateTime, rng: &mut Rng) -> Vec<Visit> {
    let count = if person.rich.is_some() { 14 } else { rng.between(1, 6) };
    let mut day = now.date() - Duration::days(i64::from(rng.between(3, 120)));
    let mut days = Vec::new();
    for _ in 0..count {
        if day <= person.born {
            break;
        }
        days.push(day);
        day -= Duration::days(i64::from(rng.between(60, 260)));
    }
    days.reverse();
    let last = days.len().saturating_sub(1).max(1) as f64;
    days.iter().enumerate().map(|(nth, day)| visit(*day, nth as f64 / last, now, rng)).collect()
}

fn visit(day: Date, progress: f64, now: OffsetDateTime, rng: &mut Rng) -> Visit {
    let start = i64::from(rng.between(0, 23)) * 20;
    let at = |minutes: i64| instant(day, 8 * 60 + minutes, now);
    Visit { day, provider: rng.pick(&PROVIDERS), start: at(start), end: at(start + 20), progress }
}

/// An ISO instant of the clinic's day, in its offset.
pub(super) fn instant(day: Date, minute: i64, now: OffsetDateTime) -> String {
    let (hours, minutes, _) = now.offset().as_hms();
    let sign = if hours < 0 || minutes < 0 { '-' } else { '+' };
    let (hour, rest) = (minute / 60, minute % 60);
    format!("{}T{hour:02}:{rest:02}:00{sign}{:02}:{:02}", iso(day), hours.unsigned_abs(), minutes.unsigned_abs())
}

pub(super) fn iso(day: Date) -> String {
    PartialDate::from(day).to_string()
}

fn conditions(person: &Person, today: Date, rng: &mut Rng) -> Vec<&'static Condition> {
    if let Some(codes) = person.rich {
        return codes.iter().filter_map(|code| by_code(code)).collect();
    }
    let age = person.age_on(today);
    let fits = |condition: &Condition| {
        let recent = condition.lasting || age <= condition.ages.1;
        let of_sex = if condition.code == "N40.1" { !person.female } else { true };
        of_sex && recent && age >= condition.ages.0
    };
    CONDITIONS.iter().filter(|condition| fits(condition) && rng.chance(condition.per_mille)).collect()
}

/// The day it began: of a passing illness a visit, of a lasting one some day at a fitting age.
fn onset(person: &Person, condition: &Condition, visits: &[Visit], rng: &mut Rng) -> Date {
    let Some(newest) = visits.last() else { return person.born };
    if !condition.lasting {
        return visits.get(rng.below(visits.len() as u32) as usize).map_or(newest.day, |visit| visit.day);
    }
    let latest = (newest.day - person.born).whole_days();
    let earliest = (i64::from(condition.ages.0) * 365).min(latest);
    let span = i32::try_from(latest - earliest).unwrap_or(0).min(12 * 365);
    newest.day - Duration::days(i64::from(rng.between(0, span)))
}

/// Vital signs and laboratory values of this person over the years.
struct Courses {
    vital: [Course; 6],
    laboratory: Vec<Course>,
}

fn courses(person: &Person, today: Date, conditions: &[&Condition], rng: &mut Rng) -> Courses {
    let age = person.age_on(today);
    let has = |code: &str| conditions.iter().any(|condition| condition.code == code);
    let grown = f64::from(age.clamp(0, 18)) / 18.0;
    let adult = (if person.female { 68.0 } else { 82.0 }) + 14.0 * rng.noise() + if has("E66.9") { 28.0 } else { 0.0 };
    let weight = 3.5 + (adult - 3.5) * grown;
    let pressure = if has("I10") { (156.0, 134.0) } else { (114.0 + 6.0 * rng.noise(), 118.0 + 6.0 * rng.noise()) };
    let pressure = (pressure.0 - 24.0 * (1.0 - grown), pressure.1 - 24.0 * (1.0 - grown));
    let rate = 72.0 + 45.0 * (1.0 - grown);
    let breath = if has("J44.9") { 92.0 } else { 98.0 };
    let course = |measure, from, to| Course { measure, from, to };
    let vital = [
        course(&SYSTOLIC, pressure.0, pressure.1),
        course(&DIASTOLIC, pressure.0 * 0.62, pressure.1 * 0.62),
        course(&HEART_RATE, rate, rate),
        course(&WEIGHT, if age < 18 { weight * 0.7 } else { weight + 3.0 }, weight),
        course(&TEMPERATURE, 36.7, 36.7),
        course(&OXYGEN, breath, breath),
    ];
    Courses { vital, laboratory: laboratory(age, has) }
}

fn at_visit(visit: &Visit, courses: &Courses, conditions: &[&Condition], rng: &mut Rng, items: &mut Vec<Item>) {
    let about = conditions.get(rng.below(conditions.len() as u32) as usize).copied();
    items.push(encounter(visit, about));
    let [systolic, diastolic, others @ ..] = &courses.vital;
    items.push(blood_pressure(visit, systolic, diastolic, rng));
    items.extend(others.iter().map(|course| single(visit, course, "vital-signs", rng)));
    if rng.chance(700) {
        items.extend(courses.laboratory.iter().map(|course| single(visit, course, "laboratory", rng)));
    }
    if rng.chance(550) {
        items.push(note(visit, about, rng));
    }
}

fn encounter(visit: &Visit, about: Option<&Condition>) -> Item {
    let reason = about.map_or("Routine check", |condition| condition.title);
    seen(
        visit,
        Content::Encounter(Encounter {
            status: "finished".to_owned(),
            class: "AMB".to_owned(),
            kind: Coded { text: "Office visit".to_owned(), ..Coded::default() },
            start: Some(visit.start.clone()),
            end: Some(visit.end.clone()),
            reason: Some(reason.to_owned()),
            location: Some("Clinic".to_owned()),
        }),
    )
}

/// An entry made at a visit.
pub(super) fn seen(visit: &Visit, content: Content) -> Item {
    let mut item = Item::new(content);
    item.recorded = Some(visit.start.clone());
    item.author = Some(visit.provider.to_owned());
    item
}

fn blood_pressure(visit: &Visit, systolic: &Course, diastolic: &Course, rng: &mut Rng) -> Item {
    let part = |course: &Course, rng: &mut Rng| Component {
        code: loinc(course.measure),
        value: Some(value(course, visit.progress, rng)),
        absent: None,
        range: band(course.measure),
    };
    let code =
        Coded { text: "Blood pressure".to_owned(), code: Some("85354-9".to_owned()), system: Some("LOINC".to_owned()) };
    let mut observation = observed(visit, code, "vital-signs");
    observation.components = vec![part(systolic, rng), part(diastolic, rng)];
    seen(visit, Content::Observation(observation))
}

fn single(visit: &Visit, course: &Course, category: &str, rng: &mut Rng) -> Item {
    let mut observation = observed(visit, loinc(course.measure), category);
    observation.value = Some(value(course, visit.progress, rng));
    observation.range = band(course.measure);
    seen(visit, Content::Observation(observation))
}

fn observed(visit: &Visit, code: Coded, category: &str) -> Observation {
    Observation {
        code,
        category: category.to_owned(),
        status: "final".to_owned(),
        at: Some(visit.start.clone()),
        value: None,
        absent: None,
        range: None,
        interpretation: None,
        components: Vec::new(),
        note: None,
        signed: None,
    }
}

fn loinc(measure: &Measure) -> Coded {
    Coded { text: measure.name.to_owned(), code: Some(measure.code.to_owned()), system: Some("LOINC".to_owned()) }
}

fn band(measure: &Measure) -> Option<ReferenceRange> {
    let known = measure.low.is_some() || measure.high.is_some();
    known.then_some(ReferenceRange { low: measure.low, high: measure.high, text: None })
}

fn value(course: &Course, progress: f64, rng: &mut Rng) -> ObservedValue {
    let measure = course.measure;
    let exact = course.from + (course.to - course.from) * progress + measure.noise * rng.noise();
    let step = 10f64.powi(i32::from(measure.digits));
    let most = if measure.unit == "%" { 100.0 } else { f64::MAX };
    let value = ((exact * step).round() / step).min(most);
    ObservedValue::Quantity { value, unit: Some(measure.unit.to_owned()), comparator: None }
}
