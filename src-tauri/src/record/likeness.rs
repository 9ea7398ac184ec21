//! How alike two people's particulars are, from 0 to 1: names with typing errors and changed places, birth dates with
//! changed digits, addresses. For "is this person on file already?"; pure.

use super::{PartialDate, PatientRecord, fold_given, fold_name, fold_phone, kin, kin_asked, metaphone, nysiis};
use strsim::{jaro_winkler, normalized_damerau_levenshtein};

/// What is known of somebody who may be on file, as far as it is known. Names are folded.
#[derive(Clone, Default)]
pub struct Particulars {
    /// Whole surname.
    pub surname: String,
    /// First given name.
    pub given: String,
    /// Birth date.
    pub born: Option<PartialDate>,
    /// Street and number, folded.
    pub street: String,
    /// City, folded.
    pub city: String,
    /// Postal code, folded.
    pub postal: String,
    /// Phone, digits.
    pub phone: String,
}

/// What each part weighs.
const SURNAME: f64 = 3.0;
const GIVEN: f64 = 2.0;
const BORN: f64 = 3.0;
const STREET: f64 = 1.5;
const CITY: f64 = 1.0;
const POSTAL: f64 = 1.0;
const PHONE: f64 = 2.0;
/// Surname and given name in each other's place count a little less.
const CROSSED: f64 = 0.95;
/// What sounds alike is at least so alike, and what is a short form.
const SOUND: f64 = 0.9;

impl Particulars {
    /// Those of a patient on file.
    #[must_use]
    pub fn of(patient: &PatientRecord) -> Self {
        let (identity, contact) = (&patient.identity, &patient.contact);
        let address = contact.addresses.first();
        let part = |part: Option<&String>| part.map(|text| fold_name(text)).unwrap_or_default();
        Self {
            surname: fold_name(&identity.name.surname),
            given: identity.name.given.first().map(|given| fold_given(given)).unwrap_or_default(),
            born: identity.birth_date,
            street: address.map(|address| fold_name(&address.lines.concat())).unwrap_or_default(),
            city: part(address.and_then(|address| address.city.as_ref())),
            postal: part(address.and_then(|address| address.postal_code.as_ref())),
            phone: contact.phones.first().map(|phone| fold_phone(&phone.number)).unwrap_or_default(),
        }
    }

    /// How alike: the mean over what both sides know, weighed; less when they have little in common to compare.
    #[must_use]
    pub fn likeness(&self, other: &Self) -> f64 {
        let mut parts: Vec<(f64, f64)> = self.names(other);
        if let (Some(mine), Some(theirs)) = (self.born, other.born) {
            parts.push((births(mine, theirs), BORN));
        }
        let texts = [
            (&self.street, &other.street, STREET),
            (&self.city, &other.city, CITY),
            (&self.postal, &other.postal, POSTAL),
            (&self.phone, &other.phone, PHONE),
        ];
        for (mine, theirs, weight) in texts.into_iter().filter(|(a, b, _)| !a.is_empty() && !b.is_empty()) {
            parts.push((normalized_damerau_levenshtein(mine, theirs), weight));
        }
        let (sum, weight) =
            parts.iter().fold((0.0, 0.0), |(sum, all), (like, weight)| (sum + like * weight, all + weight));
        // A year alone, or a city, proves nobody to be the same.
        sum / f64::max(weight, SURNAME + BORN)
    }

    fn names(&self, other: &Self) -> Vec<(f64, f64)> {
        let straight = [pair(&self.surname, &other.surname, SURNAME), pair(&self.given, &other.given, GIVEN)];
        let crossed = [pair(&self.surname, &other.given, SURNAME), pair(&self.given, &other.surname, GIVEN)];
        let crossed = crossed.map(|one| one.map(|(like, weight)| (like * CROSSED, weight)));
        let total = |parts: &[Option<(f64, f64)>; 2]| parts.iter().flatten().map(|(like, weight)| like * weight).sum();
        let (a, b): (f64, f64) = (total(&straight), total(&crossed));
        let best = if b > a { crossed } else { straight };
        best.into_iter().flatten().collect()
    }
}

fn pair(mine: &str, theirs: &str, weight: f64) -> Option<(f64, f64)> {
    (!mine.is_empty() && !theirs.is_empty()).then(|| (names(mine, theirs), weight))
}

fn names(mine: &str, theirs: &str) -> f64 {
    let typed = jaro_winkler(mine, theirs);
    let alike = nysiis(mine).is_some_and(|key| nysiis(theirs) == Some(key))
        || metaphone(mine).is_some_and(|key| metaphone(theirs) == Some(key))
        || kin(theirs).is_some_and(|class| kin_asked(mine).contains(&class));
    if alike { typed.max(SOUND) } else { typed }
}

/// Birth dates by their digits; day and month in each other's place are nearly the same.
fn births(mine: PartialDate, theirs: PartialDate) -> f64 {
    let digits =
        |date: PartialDate| format!("{:04}{:02}{:02}", date.year(), date.month().unwrap_or(0), date.day().unwrap_or(0));
    let swapped =
        mine.day().zip(mine.month()).and_then(|(day, month)| PartialDate::of_day(mine.year(), day, month).ok());
    if swapped == Some(theirs) && mine != theirs {
        return SOUND;
    }
    // One digit in eight is a typing error; three are another person.
    let alike = normalized_damerau_levenshtein(&digits(mine), &digits(theirs));
    (1.0 - (1.0 - alike) * 2.0).max(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn person(surname: &str, given: &str, born: &str) -> Particulars {
        Particulars { surname: surname.into(), given: given.into(), born: born.parse().ok(), ..Particulars::default() }
    }

    #[test]
    fn typing_errors_change_little_and_another_person_much() {
        let anna = person("smith", "anna", "1968-04-12");
        assert!((anna.likeness(&anna) - 1.0).abs() < 1e-9);
        for near in [
            person("smyth", "anna", "1968-04-12"),
            person("smith", "ann", "1968-04-12"),
            person("anna", "smith", "1968-04-12"),
            person("smith", "anna", "1968-12-04"),
            person("smith", "anna", "1968-04-21"),
        ] {
            assert!(anna.likeness(&near) > 0.9, "{}", anna.likeness(&near));
        }
        for far in [person("jones", "maria", "1968-04-12"), person("smith", "peter", "1931-11-30")] {
            assert!(anna.likeness(&far) < 0.75, "{}", anna.likeness(&far));
        }
    }

    #[test]
    fn little_in_common_is_no_proof() {
        let year = Particulars { born: "1968".parse().ok(), ..Particulars::default() };
        assert!(year.likeness(&person("smith", "anna", "1968")) < 0.6);
        assert!(Particulars::default().likeness(&year) < 0.1);
    }

    proptest! {
        #[test]
        fn likeness_lies_between_none_and_all(a in "[a-z]{0,9}", b in "[a-z]{0,9}", c in "[a-z]{0,9}") {
            let (one, other) = (person(&a, &b, "1968-04-12"), person(&c, &a, "1970"));
            let like = one.likeness(&other);
            prop_assert!((0.0..=1.0).contains(&like));
            prop_assert!((person(&a, &b, "1968-04-12").likeness(&one) - one.likeness(&one)).abs() < 1e-9);
        }
    }
}
