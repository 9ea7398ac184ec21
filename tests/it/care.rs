//! Care gaps, alerts, tiers and cohorts, against a second, plain computation straight over the FHIR files.

use serde_json::Value;
use std::collections::BTreeSet;
use std::fs::File;
use std::path::{Path, PathBuf};
use time::{Date, Duration, Month};
use uuid::Uuid;
use wardseal::app::interactions::shipped;
use wardseal::record::care::{CareFacts, CareRule, CohortQuery, LabOverdue, Level, Tier, assess};
use wardseal::record::fhir::{Mapped, resources, survey};
use wardseal::record::{Content, Day, Item};

fn samples() -> Option<Vec<PathBuf>> {
    let near = |folder: &Path| Some(folder.join("shared/data/synthea-r4")).filter(|found| found.is_dir());
    let Some(folder) = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().find_map(near) else {
        eprintln!("SKIPPED: there is no folder shared/data/synthea-r4 beside the project");
        return None;
    };
    let files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    Some(files.filter(|file| file.extension().is_some_and(|extension| extension == "json")).collect())
}

fn facts_of(path: &Path) -> CareFacts {
    let survey = survey(|| File::open(path), "sample").unwrap();
    let mut facts = CareFacts::default();
    for (nth, one) in resources(File::open(path).unwrap(), "sample", &survey.links, "samples").enumerate() {
        if let Mapped::Item(item) = one.unwrap().0.mapped {
            facts.put(Uuid::from_u128(nth as u128), &item);
        }
    }
    facts
}

/// The oracle: the rules once more, over the file itself.
struct Oracle {
    resources: Vec<Value>,
}

fn date_of(text: &str) -> Option<Date> {
    let number = |from: usize, to: usize| text.get(from..to)?.parse::<u16>().ok();
    let month = Month::try_from(u8::try_from(number(5, 7)?).ok()?).ok()?;
    Date::from_calendar_date(i32::from(number(0, 4)?), month, u8::try_from(number(8, 10)?).ok()?).ok()
}

fn at<'a>(value: &'a Value, path: &str) -> &'a str {
    value.pointer(path).and_then(Value::as_str).unwrap_or_default()
}

impl Oracle {
    fn of(path: &Path) -> Self {
        let bundle: Value = serde_json::from_reader(File::open(path).unwrap()).unwrap();
        let entries = bundle["entry"].as_array().unwrap();
        Self { resources: entries.iter().map(|entry| entry["resource"].clone()).collect() }
    }

    fn kind<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = &'a Value> {
        self.resources.iter().filter(move |one| at(one, "/resourceType") == kind)
    }

    fn has_problem(&self, codes: &[&str], word: &str, unless: &[&str]) -> bool {
        self.kind("Condition").any(|one| {
            let text = at(one, "/code/text").to_lowercase();
            let active = at(one, "/clinicalStatus/coding/0/code") == "active";
            let status = at(one, "/verificationStatus/coding/0/code");
            let named = text.contains(word) && unless.iter().all(|other| !text.contains(other));
            let coded = codes.contains(&at(one, "/code/coding/0/code"));
            active && !["refuted", "entered-in-error"].contains(&status) && (named || coded)
        })
    }

    fn diabetes(&self) -> bool {
        self.has_problem(&["44054006", "46635009", "73211009"], "diabet", &["prediabet", "insipidus"])
    }

    fn last_result(&self, code: &str, today: Date) -> Option<Date> {
        let of_code = |one: &&Value| at(one, "/code/coding/0/code") == code;
        let results = self.kind("Observation").filter(of_code).filter_map(|one| date_of(at(one, "/effectiveDateTime")));
        results.filter(|date| *date <= today).max()
    }

    /// The last blood pressure: its day and both values.
    fn pressure(&self, today: Date) -> Option<(Date, f64, f64)> {
        let mut last: Option<(&str, f64, f64)> = None;
        for one in self.kind("Observation") {
            let when = at(one, "/effectiveDateTime");
            let Some(day) = date_of(when) else { continue };
            let parts = one["component"].as_array().into_iter().flatten();
            let value = |code: &str| {
                let mut parts = parts.clone().filter(|part| at(part, "/code/coding/0/code") == code);
                parts.find_map(|part| part.pointer("/valueQuantity/value").and_then(Value::as_f64))
            };
            if let (Some(systolic), Some(diastolic)) = (value("8480-6"), value("8462-4"))
                && day <= today
                && last.is_none_or(|(before, ..)| before < when)
            {
                last = Some((when, systolic, diastolic));
            }
        }
        last.map(|(when, systolic, diastolic)| (date_of(when).unwrap(), systolic, diastolic))
    }

    fn drugs(&self) -> usize {
        self.kind("MedicationRequest").filter(|one| at(one, "/status") == "active").count()
    }

    fn assess(&self, today: Date) -> (BTreeSet<CareRule>, u32, Tier) {
        use CareRule::*;
        let ago = |last: Option<Date>, days: i64| last.is_none_or(|last| (today - last).whole_days() > days);
        let hypertension =
            self.has_problem(&["38341003", "59621000"], "hypertension", &["pulmonary", "portal", "ocular"]);
        let (pressure, drugs) = (self.pressure(today), self.drugs());
        let high = |limit: (f64, f64)| pressure.is_some_and(|(_, sys, dia)| sys >= limit.0 || dia >= limit.1);
        let reviewed = self.kind("Procedure").filter(|one| at(one, "/code/coding/0/code") == "430193006");
        let reviewed = reviewed.filter(|one| at(one, "/status") == "completed");
        let reviewed =
            reviewed.filter_map(|one| date_of(at(one, "/performedPeriod/start"))).filter(|day| *day <= today).max();
        let visits = self.kind("Encounter").filter(|one| at(one, "/status") == "finished");
        let visited = visits.filter_map(|one| date_of(at(one, "/period/start"))).filter(|day| *day <= today).max();
        let severe = self.kind("AllergyIntolerance").any(|one| {
            at(one, "/criticality") == "high"
                && at(one, "/clinicalStatus/coding/0/code") == "active"
                && at(one, "/type") != "intolerance"
        });
        let rules = [
            (A1cOverdue, 3, self.diabetes() && ago(self.last_result("4548-4", today), 180)),
            (PressureOverdue, 2, (hypertension || high((140.0, 90.0))) && ago(pressure.map(|one| one.0), 30)),
            (VisitOverdue, 2, ago(visited, 180)),
            (ReviewOverdue, 2, drugs >= 5 && ago(reviewed, 120)),
            // The files hold no appointment.
            (NoAppointment, 1, true),
            (PressureCrisis, 4, high((180.0, 120.0))),
            (SevereAllergy, 4, severe),
            // None of their allergies is to a drug.
            (AllergyMatch, 4, false),
            (ManyMedications, 2, drugs >= 8),
        ];
        let met: Vec<_> = rules.iter().filter(|(.., holds)| *holds).collect();
        let score = met.iter().map(|(_, points, _)| points).sum();
        let tier = if score >= 8 {
            Tier::High
        } else if score >= 4 {
            Tier::Medium
        } else {
            Tier::Low
        };
        (met.iter().map(|(rule, ..)| *rule).collect(), score, tier)
    }

    /// Each day on which an answer may change, with its neighbours.
    fn days(&self) -> BTreeSet<Date> {
        let last = self.resources.iter().flat_map(|one| {
            let places = ["/effectiveDateTime", "/period/start", "/performedPeriod/start"];
            places.map(|place| date_of(at(one, place)))
        });
        let mut latest: Vec<Date> = last.flatten().collect::<BTreeSet<_>>().into_iter().collect();
        latest.reverse();
        let around = |day: Date| {
            let spans = [0, 30, 60, 120, 180].into_iter().flat_map(|days| [days - 1, days, days + 1]);
            spans.map(move |days: i64| day + Duration::days(days))
        };
        latest.into_iter().take(6).flat_map(around).collect()
    }
}

fn day(date: Date) -> Day {
    Day(date.to_julian_day())
}

#[test]
fn gaps_alerts_scores_and_tiers_of_110_patients_equal_the_plain_computation_on_every_boundary_day() {
    let Some(files) = samples() else { return };
    let (mut compared, mut tiers, mut seen) = (0, BTreeSet::new(), BTreeSet::new());
    for file in &files {
        let (facts, oracle) = (facts_of(file), Oracle::of(file));
        for today in oracle.days() {
            let found = assess(&facts, shipped(), day(today));
            let rules: BTreeSet<CareRule> = found.gaps.iter().chain(&found.alerts).map(|met| met.rule).collect();
            let expected = oracle.assess(today);
            assert_eq!((rules.clone(), found.score, found.tier), expected, "{} on {today}", file.display());
            assert!(found.gaps.iter().chain(&found.alerts).all(|met| !met.evidence.is_empty()));
            tiers.insert(found.tier);
            seen.extend(rules);
            compared += 1;
        }
    }
    println!("{} patients, {compared} assessments, rules seen: {seen:?}", files.len());
    assert!(files.len() == 110 && compared > 5_000 && tiers.len() == 3, "{compared}");
}

#[test]
fn the_cohort_with_diabetes_and_no_a1c_in_six_months_equals_the_plain_one() {
    let Some(files) = samples() else { return };
    let query = |code: &str, days| CohortQuery {
        condition: Some("diabetes".into()),
        medication: None,
        overdue: Some(LabOverdue { code: code.into(), days }),
    };
    let (mut members, mut compared) = (0, 0);
    for file in &files {
        let (facts, oracle) = (facts_of(file), Oracle::of(file));
        for today in oracle.days() {
            let expected = oracle.diabetes()
                && oracle.last_result("4548-4", today).is_none_or(|last| (today - last).whole_days() > 182);
            let found = query("4548-4", 182).member(&facts, shipped(), day(today));
            assert_eq!(found.is_some(), expected, "{} on {today}", file.display());
            (members, compared) = (members + usize::from(expected), compared + 1);
        }
    }
    assert!(members > 0 && members < compared, "{members} of {compared}");
}

#[test]
fn a_cohort_by_drug_goes_by_ingredient_whatever_the_brand() {
    let Some(files) = samples() else { return };
    let query = |drug: &str| CohortQuery { condition: None, medication: Some(drug.into()), overdue: None };
    let today = Day::of("2021-04-01").unwrap();
    for (asked, needles) in [("furosemide", ["lasix", "furosemide"]), ("Zocor", ["simvastatin", "simvastatin"])] {
        for file in &files {
            let oracle = Oracle::of(file);
            let expected = oracle.kind("MedicationRequest").any(|one| {
                let text = at(one, "/medicationCodeableConcept/text").to_lowercase();
                at(one, "/status") == "active" && needles.iter().any(|needle| text.contains(needle))
            });
            let found = query(asked).member(&facts_of(file), shipped(), today);
            assert_eq!(found.is_some(), expected, "{asked}: {}", file.display());
        }
    }
}

fn facts(items: Vec<Item>) -> CareFacts {
    let mut facts = CareFacts::default();
    items.iter().enumerate().for_each(|(nth, item)| facts.put(Uuid::from_u128(nth as u128), item));
    facts
}

#[test]
fn a_drug_that_an_allergy_forbids_an_appointment_in_sixty_days_and_what_was_entered_in_error() {
    let today = Day::of("2026-11-22").unwrap();
    let appointment = |start: &str, status: &str| {
        let said = serde_json::json!({ "start": start, "minutes": 15, "provider": "Dr. Osei", "visit_type": "follow-up", "status": status });
        Item::new(Content::Appointment(serde_json::from_value(said).unwrap()))
    };
    let mut wrong = crate::interactions::drug("Augmentin", "active");
    wrong.in_error =
        serde_json::from_value(serde_json::json!({ "at": "2026-11-22", "by": "Osei", "reason": "mistake" })).ok();
    let rules = |items: Vec<Item>| {
        let found = assess(&facts(items), shipped(), today);
        found.gaps.into_iter().chain(found.alerts).map(|met| (met.rule, met.level)).collect::<BTreeSet<_>>()
    };
    let penicillin = || crate::interactions::allergy("Penicillin");
    let matched = (CareRule::AllergyMatch, Level::High);
    assert!(rules(vec![penicillin(), crate::interactions::drug("Augmentin", "active")]).contains(&matched));
    assert!(!rules(vec![penicillin(), wrong]).contains(&matched));
    assert!(!rules(vec![penicillin(), crate::interactions::drug("Augmentin", "stopped")]).contains(&matched));
    let none = (CareRule::NoAppointment, Level::Low);
    assert!(!rules(vec![appointment("2027-01-21T09:00:00Z", "booked")]).contains(&none), "the sixtieth day");
    assert!(rules(vec![appointment("2027-01-22T09:00:00Z", "booked")]).contains(&none), "the day after");
    assert!(rules(vec![appointment("2026-12-01T09:00:00Z", "cancelled")]).contains(&none));
}

async fn clinic() -> (crate::world::World, Uuid) {
    let mut world = crate::world::World::new().await;
    let diabetes = || Item::new(Content::Problem(crate::clinic_day::problem("Type 2 diabetes mellitus")));
    let a1c = serde_json::json!({ "kind": "observation", "value": {
        "code": { "text": "HbA1c", "code": "4548-4", "system": "LOINC" }, "category": "laboratory", "status": "final",
        "at": "2026-11-01", "value": { "is": "quantity", "value": 7.1, "unit": "%" },
    } });
    let measured = Item::new(serde_json::from_value(a1c).unwrap());
    world
        .register(vec![
            (
                crate::clinic_day::patient("Smith", "Anna", "1968-04-12"),
                vec![diabetes(), crate::interactions::drug("warfarin", "active")],
            ),
            (crate::clinic_day::patient("Jones", "Bea", "1970-01-01"), vec![diabetes(), measured]),
            (crate::clinic_day::patient("Brown", "Cora", "1971-01-01"), vec![]),
        ])
        .await;
    world.sign_in("osei").await;
    let anna = world.find("smith, anna").await;
    (world, anna)
}

#[tokio::test]
async fn a_doctor_finds_those_of_her_patients_with_diabetes_and_no_a1c_and_a_nurse_may_not_look() {
    let (mut world, anna) = clinic().await;
    let ask = || wardseal::app::FindCohort {
        query: CohortQuery {
            condition: Some("diabetes".into()),
            medication: None,
            overdue: Some(LabOverdue { code: "4548-4".into(), days: 180 }),
        },
        after: None,
    };
    let page = world.seat.perform(ask()).await.unwrap();
    let names: Vec<&str> = page.members.iter().map(|one| one.name.as_str()).collect();
    assert_eq!((names, page.members[0].patient), (vec!["SMITH, Anna"], anna));
    assert_eq!((page.slice.done, page.slice.of, page.slice.next), (3, 3, None));
    world.seat.sign_out().await.unwrap();
    world.sign_in("kim").await;
    assert_eq!(world.seat.perform(ask()).await.err().unwrap().code, wardseal::app::Code::NoRight);
}

#[tokio::test]
async fn the_chart_of_a_patient_tells_her_gaps_and_what_they_rest_on() {
    let (mut world, anna) = clinic().await;
    let care = world.seat.perform(wardseal::app::CareOverview { patient: anna }).await.unwrap();
    let overdue = care.gaps.iter().find(|met| met.rule == CareRule::A1cOverdue).unwrap();
    assert_eq!(overdue.evidence[0].text, "Type 2 diabetes mellitus");
    let rules: Vec<String> = care.gaps.iter().chain(&care.alerts).map(|met| format!("{:?}", met.rule)).collect();
    assert!(care.allergies_matched && care.tier == Tier::High && care.score == 8, "{} {rules:?}", care.score);
}

#[tokio::test]
async fn an_order_that_was_withheld_is_counted_by_its_rule_and_no_chart_shows_it() {
    let (mut world, anna) = clinic().await;
    let withheld = wardseal::app::WithholdOrder { patient: anna, drug: "Advil".into() };
    world.seat.perform(withheld).await.unwrap();
    let page = world.seat.perform(wardseal::app::ReportAnswers { after: None }).await.unwrap();
    let rule = page.rules.iter().find(|one| one.rule == "warfarin-nsaids").unwrap();
    assert_eq!((rule.signed, rule.withheld, page.rules.len()), (0, 1, 1));
    assert_eq!(world.open(anna).await.unwrap().medications.unwrap().len(), 1);
}
