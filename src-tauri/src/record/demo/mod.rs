//! A believable clinic of made-up people, the same for the same seed, and the patients of the benchmark.
//!
//! Names follow the US census of 1990, so that `Smith` is as frequent as in life; the first few patients are the same
//! in every demo. Nobody here exists: phone numbers, e-mail addresses and social security numbers were never given
//! out. To add a condition or a measurement: a row in its table.

mod bench;
mod cast;
mod chart;
mod clinical;
mod conditions;
mod front;
mod measures;
mod names;
mod people;
mod rng;

pub use bench::{BenchFormError, from_bench_json};

use super::{Item, PatientRecord};
use rng::Rng;
use time::{Date, OffsetDateTime};

/// Who sees patients in the demo clinic, as displayed.
pub const PROVIDERS: [&str; 4] = ["Dr. R. Osei", "Dr. L. Marchetti", "Dr. P. Nakamura", "A. Kowalska, NP"];

/// The care units of the demo clinic.
pub const UNITS: [&str; 2] = ["main", "east"];

/// One patient of the demo clinic.
#[derive(Clone, PartialEq)]
pub struct DemoPatient {
    /// The patient's sections.
    pub record: PatientRecord,
    /// The chart and the appointments.
    pub items: Vec<Item>,
    /// The units whose staff are on the care team.
    pub units: Vec<&'static str>,
}

/// `patients` people with charts, appointments around `now` and a care team, always the same for the same arguments.
pub fn demo_clinic(patients: usize, seed: u64, now: OffsetDateTime) -> impl Iterator<Item = DemoPatient> {
    (0..patients).map(move |nth| demo_patient(nth, seed, now))
}

fn demo_patient(nth: usize, seed: u64, now: OffsetDateTime) -> DemoPatient {
    let mut rng = Rng::new(seed, nth as u64);
    let person = cast::member(nth).unwrap_or_else(|| people::person(&mut rng, now.date()));
    let mut chart = chart::chart(&person, now, &mut rng);
    chart.items.extend(front::appointments(nth, now, &mut rng));
    let mut record = people::record(&person, nth, &mut rng);
    record.summary.allergies = chart.allergies;
    // Anna Smith and the rest of the cast are seen by both units, so that every demo sign-in finds them.
    let units = if person.rich.is_some() { UNITS.to_vec() } else { vec![rng.pick(&UNITS)] };
    DemoPatient { record, items: chart.items, units }
}

/// A made-up person, before chart and paper.
struct Person {
    surname: String,
    given: Vec<String>,
    female: bool,
    born: Date,
    language: &'static str,
    /// Conditions by code that this person has in any case; `None` for the many.
    rich: Option<&'static [&'static str]>,
}

impl Person {
    fn age_on(&self, day: Date) -> i32 {
        let had_birthday = (day.month() as u8, day.day()) >= (self.born.month() as u8, self.born.day());
        day.year() - self.born.year() - i32::from(!had_birthday)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{AllergyStatement, Content, PartialDate, fold_name, validate};
    use std::collections::BTreeMap;
    use time::macros::datetime;

    const NOW: OffsetDateTime = datetime!(2026-11-22 09:45 -5);

    fn clinic(patients: usize) -> Vec<DemoPatient> {
        demo_clinic(patients, 7, NOW).collect()
    }

    #[test]
    fn the_same_seed_makes_the_same_clinic_and_another_seed_another() {
        assert!(clinic(30) == clinic(30));
        assert!(clinic(30)[10..] != demo_clinic(30, 8, NOW).collect::<Vec<_>>()[10..]);
    }

    #[test]
    fn a_larger_clinic_begins_with_the_smaller_one() {
        assert!(clinic(40)[..20] == clinic(20)[..]);
    }

    #[test]
    fn the_first_patients_are_known_in_every_demo() {
        let names: Vec<String> =
            demo_clinic(6, 99, NOW).map(|patient| patient.record.identity.name.display()).collect();
        assert_eq!(names, ["Anna Smith", "Anne Smith", "José García", "Thị An Nguyễn", "Mary O'Brien-Smith", "伟 李"]);
        assert!(clinic(1)[0].record.identity.birth_date == "1968-04-12".parse().ok());
    }

    #[test]
    fn anna_smith_has_a_rich_chart_with_a_severe_allergy() {
        let anna = &clinic(1)[0];
        let mut kinds = BTreeMap::<&str, usize>::new();
        anna.items.iter().for_each(|item| *kinds.entry(item.section().code()).or_default() += 1);
        for (section, least) in [
            ("problems", 4),
            ("medications", 4),
            ("observations", 60),
            ("notes", 4),
            ("encounters", 10),
            ("immunizations", 3),
            ("allergies", 2),
            ("appointments", 2),
        ] {
            assert!(kinds.get(section).copied().unwrap_or(0) >= least, "{section} {kinds:?}");
        }
        let severe =
            |item: &Item| matches!(&item.content, Content::Allergy(a) if a.criticality.as_deref() == Some("high"));
        assert!(anna.items.iter().any(severe));
    }

    #[test]
    fn smith_is_as_frequent_as_in_the_census() {
        let mut rng = Rng::new(3, 0);
        let smiths = (0..100_000).filter(|_| names::surname(&mut rng) == "Smith").count();
        assert!((750..950).contains(&smiths), "{smiths} of 100,000");
    }

    #[test]
    fn every_way_of_knowing_about_allergies_occurs_and_none_known_never_beside_an_allergy() {
        let mut shares = BTreeMap::<&str, usize>::new();
        for patient in clinic(600) {
            let allergies: Vec<_> = patient
                .items
                .iter()
                .filter_map(|item| match &item.content {
                    Content::Allergy(allergy) => Some(allergy),
                    _ => None,
                })
                .collect();
            let none_known = matches!(patient.record.summary.allergies, AllergyStatement::NoneKnown { .. });
            let share = match allergies.first() {
                Some(_) if none_known => panic!("none known beside an allergy"),
                Some(allergy) if allergy.kind == "intolerance" => "intolerance",
                Some(allergy) if allergy.criticality.as_deref() == Some("high") => "severe",
                Some(_) => "mild",
                None if none_known => "none known",
                None => "not recorded",
            };
            *shares.entry(share).or_default() += 1;
        }
        assert!(shares.len() == 5 && shares.values().all(|count| *count > 20), "{shares:?}");
    }

    #[test]
    fn what_is_made_up_would_pass_as_typed() {
        let today = PartialDate::from(NOW.date());
        for patient in clinic(400) {
            let (identity, contact) = (&patient.record.identity, &patient.record.contact);
            assert!(validate::birth_date(identity.birth_date.unwrap(), today).is_ok());
            assert!(validate::ssn(patient.record.national_id.ssn.as_deref().unwrap()).is_ok());
            assert!(validate::mrn(&identity.mrn).is_ok() && !fold_name(&identity.name.surname).is_empty());
            contact.phones.iter().for_each(|phone| assert!(validate::phone("contact.phones", &phone.number).is_ok()));
            contact.email.iter().for_each(|email| assert!(validate::email(email).is_ok()));
            for item in &patient.items {
                if let Content::Problem(problem) = &item.content {
                    assert!(validate::problem(problem, today).is_empty());
                }
            }
        }
    }

    #[test]
    fn nothing_in_a_chart_lies_before_birth_or_after_now() {
        for patient in clinic(200) {
            let born = patient.record.identity.birth_date.unwrap().to_string();
            for item in patient.items.iter().filter(|item| !matches!(item.content, Content::Appointment(_))) {
                let recorded = item.recorded.as_deref().unwrap();
                assert!(recorded >= born.as_str() && recorded[..10] <= *"2026-11-22", "{:?}", item.section());
            }
        }
    }

    #[test]
    fn there_is_a_schedule_for_today_with_every_provider_and_no_slot_taken_twice() {
        let mut slots = Vec::new();
        for patient in clinic(200) {
            for item in patient.items {
                if let Content::Appointment(visit) = item.content {
                    slots.push((visit.start, visit.provider));
                }
            }
        }
        let today = slots.iter().filter(|(start, _)| start.starts_with("2026-11-22")).cloned().collect::<Vec<_>>();
        assert!(today.len() >= 60 && PROVIDERS.iter().all(|name| today.iter().any(|(_, provider)| provider == name)));
        let unique: std::collections::BTreeSet<_> = today.iter().collect();
        assert_eq!(unique.len(), today.len());
    }
}
