//! The rules, one function each: what is missing, what is alarming, and how that adds up.

use super::facts::{A1C, CareFacts, Dated, last};
use crate::record::interactions::{Asked, Kind, Severity, Table};
use crate::record::{Day, Problem};
use serde::Serialize;
use uuid::Uuid;

/// How much a gap or alert weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Much.
    High,
    /// Some.
    Medium,
    /// A little.
    Low,
}

/// Which rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum CareRule {
    /// Active diabetes, no HbA1c in 180 days.
    A1cOverdue,
    /// Hypertension or a high last reading, none in 30 days.
    PressureOverdue,
    /// No visit in 180 days.
    VisitOverdue,
    /// Five medications or more, none of them reviewed in 120 days.
    ReviewOverdue,
    /// No appointment in the next 60 days.
    NoAppointment,
    /// The last blood pressure is 180/120 or more.
    PressureCrisis,
    /// A severe allergy.
    SevereAllergy,
    /// A medication that an allergy forbids.
    AllergyMatch,
    /// Eight medications or more.
    ManyMedications,
}

/// What somebody can look at to see why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ts_rs::TS)]
#[ts(optional_fields)]
pub struct Evidence {
    /// What, as it is written in the chart; empty where it is an absence.
    pub text: String,
    /// When.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
    /// A value or a number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// The item.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub item: Option<Uuid>,
}

/// A rule that speaks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ts_rs::TS)]
pub struct Met {
    /// Which.
    pub rule: CareRule,
    /// How much it weighs.
    pub level: Level,
    /// Why.
    pub evidence: Vec<Evidence>,
}

/// How much attention a patient needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum Tier {
    /// Eight points or more.
    High,
    /// Four or more.
    Medium,
    /// Fewer.
    Low,
}

/// What the rules say.
#[derive(Debug, PartialEq, Eq)]
pub struct Assessment {
    /// What is missing.
    pub gaps: Vec<Met>,
    /// What is alarming.
    pub alerts: Vec<Met>,
    /// Points.
    pub score: u32,
    /// From the points.
    pub tier: Tier,
    /// Open tasks that are overdue, and all that are open.
    pub tasks: (u32, u32),
}

const A1C_DAYS: i32 = 180;
const PRESSURE_DAYS: i32 = 30;
const VISIT_DAYS: i32 = 180;
const REVIEW_DAYS: i32 = 120;
const REVIEWED_FROM: usize = 5;
const APPOINTMENT_DAYS: i32 = 60;
const MANY: usize = 8;
const HIGH_PRESSURE: (f64, f64) = (140.0, 90.0);
const CRISIS: (f64, f64) = (180.0, 120.0);
const MANY_TASKS: usize = 5;

/// Applies every rule on a day; without a table no allergy is matched.
#[must_use]
pub fn assess(facts: &CareFacts, table: Option<&Table>, today: Day) -> Assessment {
    let gaps: Vec<Met> = [
        a1c_overdue(facts, today),
        pressure_overdue(facts, today),
        visit_overdue(facts, today),
        review_overdue(facts, today),
        no_appointment(facts, today),
    ]
    .into_iter()
    .flatten()
    .collect();
    let alerts: Vec<Met> = [
        pressure_crisis(facts, today),
        severe_allergy(facts),
        table.and_then(|table| allergy_match(facts, table)),
        many_medications(facts),
    ]
    .into_iter()
    .flatten()
    .collect();
    let overdue = facts.tasks.iter().filter(|task| task.due.is_some_and(|due| due < today)).count();
    let score = score(&gaps, &alerts, overdue, facts.tasks.len());
    let tasks = (u32::try_from(overdue).unwrap_or(u32::MAX), u32::try_from(facts.tasks.len()).unwrap_or(u32::MAX));
    Assessment { gaps, alerts, score, tier: tier(score), tasks }
}

fn score(gaps: &[Met], alerts: &[Met], overdue: usize, open: usize) -> u32 {
    let of_gap = |one: &Met| match one.level {
        Level::High => 3,
        Level::Medium => 2,
        Level::Low => 1,
    };
    let of_alert = |one: &Met| match one.level {
        Level::High => 4,
        Level::Medium => 2,
        Level::Low => 0,
    };
    let tasks = if overdue > 0 { 2 } else { 0 } + u32::from(open >= MANY_TASKS);
    gaps.iter().map(of_gap).sum::<u32>() + alerts.iter().map(of_alert).sum::<u32>() + tasks
}

const fn tier(score: u32) -> Tier {
    match score {
        8.. => Tier::High,
        4..8 => Tier::Medium,
        0..4 => Tier::Low,
    }
}

fn met(rule: CareRule, level: Level, evidence: Vec<Evidence>) -> Met {
    Met { rule, level, evidence }
}

fn of_dated(one: &Dated) -> Evidence {
    Evidence { text: one.text.clone(), at: Some(one.at.clone()), value: None, item: Some(one.item) }
}

/// The last of something, or that there is none.
fn last_or_none(found: Option<&Dated>) -> Evidence {
    found.map_or(Evidence { text: String::new(), at: None, value: None, item: None }, of_dated)
}

/// Whether the last time is longer ago than so many days, or never was.
fn is_overdue(last: Option<Day>, today: Day, days: i32) -> bool {
    last.is_none_or(|last| today.since(last) > days)
}

fn problem_evidence(item: Uuid, problem: &Problem) -> Evidence {
    Evidence { text: problem.text.clone(), at: problem.onset.clone(), value: None, item: Some(item) }
}

impl CareFacts {
    /// The first active problem that is what `is` says.
    pub(super) fn problem(&self, is: impl Fn(&Problem) -> bool) -> Option<Evidence> {
        self.problems.iter().find(|one| is(&one.value)).map(|one| problem_evidence(one.item, &one.value))
    }
}

/// Type 1, type 2 or other diabetes; neither prediabetes nor insipidus.
pub(super) fn is_diabetes(problem: &Problem) -> bool {
    let named = has_word(problem, "diabet", &["prediabet", "pre-diabet", "insipidus", "family history"]);
    named || is_coded(problem, &["E08", "E09", "E10", "E11", "E13"], &["44054006", "46635009", "73211009"])
}

/// High blood pressure of the body's arteries.
pub(super) fn is_hypertension(problem: &Problem) -> bool {
    let others = ["pulmonary", "portal", "ocular", "intracranial", "family history"];
    let named = has_word(problem, "hypertension", &others);
    named || is_coded(problem, &["I10", "I11", "I12", "I13", "I15", "I16"], &["38341003", "59621000"])
}

fn has_word(problem: &Problem, word: &str, unless: &[&str]) -> bool {
    let text = problem.text.to_lowercase();
    text.contains(word) && !unless.iter().any(|other| text.contains(other))
}

fn is_coded(problem: &Problem, icd10: &[&str], snomed: &[&str]) -> bool {
    let Some(code) = problem.code.as_deref() else { return false };
    match problem.system.as_deref() {
        Some("SNOMED CT") => snomed.contains(&code),
        _ => icd10.iter().any(|prefix| code.to_uppercase().starts_with(prefix)),
    }
}

fn a1c_overdue(facts: &CareFacts, today: Day) -> Option<Met> {
    let diabetes = facts.problem(is_diabetes)?;
    let last = facts.last_lab(A1C, today);
    let overdue = is_overdue(last.map(|one| one.day), today, A1C_DAYS);
    overdue.then(|| met(CareRule::A1cOverdue, Level::High, vec![diabetes, last_or_none(last)]))
}

fn pressure_overdue(facts: &CareFacts, today: Day) -> Option<Met> {
    let last = facts.last_pressure(today);
    let high = last.as_ref().is_some_and(|one| one.reaches(HIGH_PRESSURE));
    let hypertension = facts.problem(is_hypertension);
    if hypertension.is_none() && !high || !is_overdue(last.as_ref().map(|one| one.day), today, PRESSURE_DAYS) {
        return None;
    }
    let nothing = || last_or_none(None);
    let reading = last.map_or_else(nothing, |one| one.evidence());
    Some(met(CareRule::PressureOverdue, Level::Medium, hypertension.into_iter().chain([reading]).collect()))
}

fn visit_overdue(facts: &CareFacts, today: Day) -> Option<Met> {
    let last = last(facts.visits.iter(), today);
    let overdue = is_overdue(last.map(|one| one.day), today, VISIT_DAYS);
    overdue.then(|| met(CareRule::VisitOverdue, Level::Medium, vec![last_or_none(last)]))
}

fn review_overdue(facts: &CareFacts, today: Day) -> Option<Met> {
    let last = last(facts.reviews.iter(), today);
    let overdue = is_overdue(last.map(|one| one.day), today, REVIEW_DAYS);
    let many = facts.drugs.len() >= REVIEWED_FROM;
    (many && overdue).then(|| met(CareRule::ReviewOverdue, Level::Medium, vec![counted(facts), last_or_none(last)]))
}

fn counted(facts: &CareFacts) -> Evidence {
    Evidence { text: String::new(), at: None, value: Some(facts.drugs.len().to_string()), item: None }
}

fn no_appointment(facts: &CareFacts, today: Day) -> Option<Met> {
    let soon = |one: &&Dated| (0..=APPOINTMENT_DAYS).contains(&one.day.since(today));
    let next = facts.appointments.iter().find(soon);
    next.is_none().then(|| met(CareRule::NoAppointment, Level::Low, vec![last_or_none(None)]))
}

fn pressure_crisis(facts: &CareFacts, today: Day) -> Option<Met> {
    let last = facts.last_pressure(today)?;
    last.reaches(CRISIS).then(|| met(CareRule::PressureCrisis, Level::High, vec![last.evidence()]))
}

fn severe_allergy(facts: &CareFacts) -> Option<Met> {
    let severe = facts.allergies.iter().filter(|one| {
        let grave = one.value.criticality.as_deref() == Some("high") || one.value.severity.as_deref() == Some("severe");
        one.value.kind != "intolerance" && grave
    });
    let evidence: Vec<Evidence> = severe.map(|one| allergy_evidence(one.item, &one.value)).collect();
    (!evidence.is_empty()).then(|| met(CareRule::SevereAllergy, Level::High, evidence))
}

fn allergy_evidence(item: Uuid, one: &crate::record::Allergy) -> Evidence {
    Evidence { text: one.substance.text.clone(), at: one.onset.clone(), value: one.reaction.clone(), item: Some(item) }
}

fn allergy_match(facts: &CareFacts, table: &Table) -> Option<Met> {
    use crate::record::interactions::Subject;
    let (drugs, allergies) = facts.to_check();
    let checked = table.check(&Asked { drugs, allergies, ..Asked::default() });
    let forbidden = checked.findings.iter().filter(|one| one.kind == Kind::Allergy && one.severity == Severity::Major);
    let subjects = forbidden.flat_map(|one| &one.subjects);
    let evidence: Vec<Evidence> = subjects
        .filter_map(|subject| match subject {
            Subject::Drug(at, _) => facts.drugs.get(*at).map(|drug| Evidence {
                text: drug.value.clone(),
                at: None,
                value: None,
                item: Some(drug.item),
            }),
            Subject::Allergy(at) => facts.allergies.get(*at).map(|one| allergy_evidence(one.item, &one.value)),
            Subject::Condition(_) | Subject::Restricted => None,
        })
        .collect();
    (!evidence.is_empty()).then(|| met(CareRule::AllergyMatch, Level::High, evidence))
}

fn many_medications(facts: &CareFacts) -> Option<Met> {
    (facts.drugs.len() >= MANY).then(|| met(CareRule::ManyMedications, Level::Medium, vec![counted(facts)]))
}

impl super::Pressure {
    fn reaches(&self, (systolic, diastolic): (f64, f64)) -> bool {
        self.systolic.is_some_and(|value| value >= systolic) || self.diastolic.is_some_and(|value| value >= diastolic)
    }

    fn evidence(&self) -> Evidence {
        let word = |value: Option<f64>| value.map_or("–".to_owned(), |value| format!("{value:.0}"));
        let value = format!("{}/{} mmHg", word(self.systolic), word(self.diastolic));
        Evidence { text: String::new(), at: Some(self.at.clone()), value: Some(value), item: Some(self.item) }
    }
}
