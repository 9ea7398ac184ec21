//! How well a patient fits what was searched for: the order of the answers. Pure; to add a way to fit, a [`Fit`].

use super::query::{BornBetween, Names, Query, Reading, Who};
use super::{PatientRecord, fold_given, fold_mrn, fold_name, kin, kin_asked, metaphones, nysiis};
use serde::Serialize;

/// How a patient fits, the best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum Fit {
    /// All of it is as it was typed.
    Exact,
    /// A name starts so.
    Start,
    /// A former surname starts so.
    Former,
    /// A name sounds so, or is a short form of the same one.
    Sound,
    /// Day and month of birth are the other way round.
    Swapped,
}

/// The best fit over the ways to read the query, with the number of the way; `None` for a patient who doesn't fit.
#[must_use]
pub fn rank(query: &Query, patient: &PatientRecord) -> Option<(Fit, usize)> {
    if query.sex.is_some_and(|sex| patient.identity.sex != sex) {
        return None;
    }
    let fits = query.readings.iter().enumerate().filter_map(|(nth, reading)| Some((fit(reading, patient)?, nth)));
    fits.min()
}

fn fit(reading: &Reading, patient: &PatientRecord) -> Option<Fit> {
    let who = reading.who.as_ref().map_or(Some(Fit::Exact), |who| who_fits(who, patient))?;
    let born = reading.born.as_ref().map_or(Some(Fit::Exact), |born| born_fits(born, patient))?;
    Some(who.max(born))
}

fn born_fits(born: &BornBetween, patient: &PatientRecord) -> Option<Fit> {
    let date = patient.identity.birth_date?;
    if born.contains(date) {
        return Some(Fit::Exact);
    }
    (born.swapped() == Some(date)).then_some(Fit::Swapped)
}

fn who_fits(who: &Who, patient: &PatientRecord) -> Option<Fit> {
    let fits = match who {
        Who::Names(names) => return names_fit(names, patient),
        Who::Mrn(mrn) => fold_mrn(&patient.identity.mrn) == *mrn,
        // The index says so, and the sections stay closed.
        Who::Phone(_) | Who::PhoneEnd(_) | Who::Email(_) => true,
        // It isn't asked for here.
        Who::NationalId(_) => false,
    };
    fits.then_some(Fit::Exact)
}

fn names_fit(names: &Names, patient: &PatientRecord) -> Option<Fit> {
    let surname = if names.surname.is_empty() { Fit::Exact } else { surname_fits(&names.surname, patient)? };
    let given = if names.given.is_empty() { Fit::Exact } else { given_fits(&names.given, patient)? };
    let fit = surname.max(given);
    (!names.whole || fit == Fit::Exact).then_some(fit)
}

fn surname_fits(asked: &str, patient: &PatientRecord) -> Option<Fit> {
    let surname = fold_name(&patient.identity.name.surname);
    let former = || patient.identity.former.iter().map(|name| fold_name(&name.surname));
    match () {
        () if surname == asked => Some(Fit::Exact),
        () if surname.starts_with(asked) => Some(Fit::Start),
        () if former().any(|name| name.starts_with(asked)) => Some(Fit::Former),
        () if sounds_alike(asked, &surname) => Some(Fit::Sound),
        () => None,
    }
}

fn given_fits(asked: &str, patient: &PatientRecord) -> Option<Fit> {
    let names = patient.identity.name.given.iter();
    let given = names.map(|given| fold_given(given)).find(|given| !given.is_empty())?;
    match () {
        () if given == asked => Some(Fit::Exact),
        () if given.starts_with(asked) => Some(Fit::Start),
        () if sounds_alike(asked, &given) => Some(Fit::Sound),
        () => kin(&given).is_some_and(|class| kin_asked(asked).contains(&class)).then_some(Fit::Sound),
    }
}

fn sounds_alike(asked: &str, name: &str) -> bool {
    let (asked_keys, keys) = (metaphones(asked), metaphones(name));
    let main = keys.first().is_some_and(|key| asked_keys.contains(key));
    main || nysiis(asked).is_some_and(|key| nysiis(name) == Some(key))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::query::read;
    use crate::record::{DateOrder, PartialDate, PersonName};
    use proptest::prelude::*;

    fn anna() -> PatientRecord {
        let mut anna = PatientRecord::default();
        anna.identity.name =
            PersonName { surname: "Smith".into(), given: vec!["Anna".into()], ..PersonName::default() };
        anna.identity.former = vec![PersonName { surname: "Márquez".into(), ..PersonName::default() }];
        anna.identity.birth_date = "1968-04-12".parse().ok();
        anna.identity.sex = "female".into();
        anna
    }

    fn asked(line: &str) -> Option<Fit> {
        let today: PartialDate = "2026-11-22".parse().unwrap();
        rank(&read(line, DateOrder::MonthFirst, today).unwrap(), &anna()).map(|(fit, _)| fit)
    }

    #[test]
    fn anna_smith_fits_exactly_by_her_start_by_her_maiden_name_and_by_ear() {
        for exact in ["Smith", "smith, anna", "anna", "Anna Smith", "smith anna", "1968", "smith 04/12/1968"] {
            assert_eq!(asked(exact), Some(Fit::Exact), "{exact}");
        }
        for start in ["smi", "smith, an", "smith, a", "s, a", "an smith"] {
            assert_eq!(asked(start), Some(Fit::Start), "{start}");
        }
        assert_eq!(asked("marqu"), Some(Fit::Former));
        for sound in ["smyth", "smith, hannah", "smyth, ann 1968"] {
            assert_eq!(asked(sound), Some(Fit::Sound), "{sound}");
        }
        assert_eq!(asked("smith 12/04/1968"), Some(Fit::Swapped));
        // A bare 1969 may be the end of a phone, and about phones the index is believed.
        for other in ["jones", "smith, maria", "smith 1969", "smith male"] {
            assert_eq!(asked(other), None, "{other}");
        }
        assert_eq!(asked("smith female"), Some(Fit::Exact));
    }

    proptest! {
        #[test]
        fn every_start_of_a_name_fits(surname in "[a-z]{3,12}", len in 1..12_usize) {
            let mut patient = anna();
            patient.identity.name.surname.clone_from(&surname);
            let asked = format!("{},", &surname[..len.min(surname.len())]);
            let today = "2026-11-22".parse().unwrap();
            let fit = rank(&read(&asked, DateOrder::MonthFirst, today).unwrap(), &patient);
            prop_assert!(fit.is_some_and(|(fit, _)| fit <= Fit::Start));
        }
    }
}
