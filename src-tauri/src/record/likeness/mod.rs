//! Whether two entries are one person's: each part is graded, each grade weighs something, the weights are summed.
//!
//! For "is this person on file already?" and for "who could be taken for her?". Pure. The weights and where they come
//! from: `docs/PATIENT-IDENTITY.md`.

mod parts;

use super::{PartialDate, PatientRecord, fold_given, fold_name, fold_phone};
use parts::{Name, Text, births, house_and_street, numbers, sexes};

/// How well one part of two entries agrees.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Grade {
    /// One side doesn't know it: says nothing.
    #[default]
    Unknown,
    /// Equal.
    Same,
    /// A typing error apart; day and month in each other's place.
    Near,
    /// Sounds so, is a short form, shares most of it.
    Alike,
    /// Shares a little.
    Far,
    /// Something else.
    Other,
}

/// What is graded, in the order of [`Grades`] and [`Weights`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Surname.
    Surname,
    /// First given name.
    Given,
    /// Whether surname and given name stand in their places.
    Order,
    /// Birth date.
    Born,
    /// Sex.
    Sex,
    /// House number.
    House,
    /// Street without the number.
    Street,
    /// City.
    City,
    /// Postal code.
    Postal,
    /// Any phone.
    Phone,
}

const PARTS: usize = 10;
const GRADES: usize = 6;

/// The grades of two entries beside each other.
pub type Grades = [Grade; PARTS];

/// What each grade of each part weighs, and what is needed in all.
#[derive(Clone, Debug)]
pub struct Weights {
    /// By part, then by grade.
    pub of: [[f64; GRADES]; PARTS],
    /// Added to every sum.
    pub base: f64,
    /// From here on, two entries are held for one person's.
    pub least: f64,
}

impl Weights {
    /// Those in use: fitted to the FEBRL sets 1 to 3, rounded. Sex and phone, which the sets lack, are set by hand.
    #[rustfmt::skip]
    pub const FITTED: Weights = Weights {
        of: [
            // unknown, same, near, alike, far, other
            [0.0,  1.8,  1.7, -0.2, -0.1, -2.0], // surname
            [0.0,  1.4,  1.1, -0.5, -0.1, -2.0], // given
            [0.0,  0.5, -0.5,  0.0,  0.0,  0.0], // order
            [0.0,  4.0,  0.1, -0.1, -0.7, -1.5], // born
            [0.0,  0.3,  0.0,  0.0,  0.0, -1.5], // sex
            [0.0,  2.0, -1.0,  0.0,  0.0, -1.5], // house
            [0.0,  2.7,  2.5,  1.0, -1.2, -3.3], // street
            [0.0,  2.9,  0.9,  1.3, -0.9, -2.1], // city
            [0.0,  2.4,  0.2,  0.0,  0.0, -2.6], // postal
            [0.0,  2.0,  0.0,  0.0,  0.0, -0.3], // phone
        ],
        base: 1.7,
        least: 2.1,
    };

    /// The sum for these grades.
    #[must_use]
    pub fn sum(&self, grades: &Grades) -> f64 {
        let weighed = self.of.iter().zip(grades).map(|(of, grade)| of.get(*grade as usize).copied().unwrap_or(0.0));
        self.base + weighed.sum::<f64>()
    }

    /// Whether entries with these grades are held for one person's. Names alone prove
    /// nothing, nor does a birth date.
    #[must_use]
    pub fn same(&self, grades: &Grades) -> bool {
        self.sum(grades) >= self.least && is_supported(grades)
    }
}

/// Two things of different kinds speak for it: a name, the birth date, the place, a phone.
fn is_supported(grades: &Grades) -> bool {
    let at = |part: Part| grades[part as usize];
    let shares = |part: Part, least: Grade| (Grade::Same..=least).contains(&at(part));
    let speaking = [
        shares(Part::Surname, Grade::Alike) || shares(Part::Given, Grade::Alike),
        shares(Part::Born, Grade::Far),
        shares(Part::Street, Grade::Far) || shares(Part::City, Grade::Near) || shares(Part::Postal, Grade::Near),
        shares(Part::Phone, Grade::Same),
    ];
    speaking.into_iter().filter(|speaks| *speaks).count() >= 2
}

/// What is known of somebody, ready to be compared.
#[derive(Clone, Default)]
pub struct Particulars {
    surname: Name,
    given: Name,
    former: Vec<Name>,
    born: Option<PartialDate>,
    sex: String,
    house: String,
    street: Text,
    city: Text,
    postal: String,
    phones: Vec<String>,
}

impl Particulars {
    /// Those of a record; what isn't known of it may be empty.
    #[must_use]
    pub fn of(patient: &PatientRecord) -> Self {
        let (identity, contact) = (&patient.identity, &patient.contact);
        let given = identity.name.given.iter().map(|given| fold_given(given)).find(|given| !given.is_empty());
        let address = contact.addresses.first();
        let (house, street) = address.map(|address| house_and_street(&address.lines)).unwrap_or_default();
        let part = |part: Option<&String>| part.map(String::as_str).unwrap_or_default().to_owned();
        let phones = contact.phones.iter().map(|phone| fold_phone(&phone.number));
        Self {
            surname: Name::of(fold_name(&identity.name.surname)),
            given: Name::of(given.unwrap_or_default()),
            former: identity.former.iter().map(|name| Name::of(fold_name(&name.surname))).collect(),
            born: identity.birth_date,
            sex: identity.sex.clone(),
            house,
            street: Text::of(&street),
            city: Text::of(&part(address.and_then(|address| address.city.as_ref()))),
            postal: fold_name(&part(address.and_then(|address| address.postal_code.as_ref()))),
            phones: phones.filter(|phone| !phone.is_empty()).collect(),
        }
    }

    /// The folded surname.
    #[must_use]
    pub fn surname(&self) -> &str {
        &self.surname.folded
    }

    /// The folded first given name.
    #[must_use]
    pub fn given(&self) -> &str {
        &self.given.folded
    }

    /// The birth date.
    #[must_use]
    pub const fn born(&self) -> Option<PartialDate> {
        self.born
    }

    /// The phones, digits only.
    #[must_use]
    pub fn phones(&self) -> &[String] {
        &self.phones
    }

    /// How well each part agrees.
    #[must_use]
    pub fn grades(&self, other: &Self) -> Grades {
        let [surname, given, order] = self.names(other);
        [
            surname,
            given,
            order,
            births(self.born, other.born),
            sexes(&self.sex, &other.sex),
            numbers(&self.house, &other.house),
            self.street.grade(&other.street),
            self.city.grade(&other.city),
            numbers(&self.postal, &other.postal),
            self.phone(other),
        ]
    }

    /// Whether both are called the same, letter for letter once folded; in either order.
    #[must_use]
    pub fn same_name(&self, other: &Self) -> bool {
        let same = |a: &Name, b: &Name| !a.folded.is_empty() && a.folded == b.folded;
        (same(&self.surname, &other.surname) && same(&self.given, &other.given))
            || (same(&self.surname, &other.given) && same(&self.given, &other.surname))
    }

    /// Whether somebody in a hurry may take one for the other: both names, and the birth date or the age.
    #[must_use]
    pub fn may_be_taken_for(&self, other: &Self) -> bool {
        let near = |grade: Grade, least: Grade| (Grade::Same..=least).contains(&grade);
        let [surname, given, _] = self.names(other);
        near(surname, Grade::Alike) && near(given, Grade::Alike) && near(births(self.born, other.born), Grade::Near)
    }

    /// Whether the one's chart opens with a mark that there is the other: the same name, or nearly the same and born on
    /// nearly the same day. Anything wider would mark so many that nobody looked.
    #[must_use]
    pub fn is_look_alike(&self, other: &Self) -> bool {
        self.same_name(other) || self.may_be_taken_for(other)
    }

    fn names(&self, other: &Self) -> [Grade; 3] {
        let straight = [self.surname_grade(other), self.given.grade(&other.given)];
        let crossed = [self.surname.grade(&other.given), self.given.grade(&other.surname)];
        let [for_straight, for_crossed] = [straight, crossed].map(|pair| pair.into_iter().map(worth).sum::<i32>());
        if for_crossed > for_straight.max(0) {
            [crossed[0], crossed[1], Grade::Near]
        } else {
            [straight[0], straight[1], Grade::Same]
        }
    }

    /// A former surname is nearly as good as today's.
    fn surname_grade(&self, other: &Self) -> Grade {
        let today = self.surname.grade(&other.surname);
        let once = |former: &[Name], name: &Name| former.iter().any(|one| one.grade(name) == Grade::Same);
        let former = once(&self.former, &other.surname) || once(&other.former, &self.surname);
        if former { today.min(Grade::Near).max(Grade::Same) } else { today }
    }

    fn phone(&self, other: &Self) -> Grade {
        match (
            self.phones.is_empty() || other.phones.is_empty(),
            self.phones.iter().any(|one| other.phones.contains(one)),
        ) {
            (true, _) => Grade::Unknown,
            (false, true) => Grade::Same,
            (false, false) => Grade::Other,
        }
    }
}

/// What a grade of a name is worth when its place is being looked for.
const fn worth(grade: Grade) -> i32 {
    match grade {
        Grade::Unknown => 0,
        Grade::Same => 5,
        Grade::Near => 4,
        Grade::Alike => 3,
        Grade::Far => 1,
        Grade::Other => -3,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{Address, Phone};
    use proptest::prelude::*;

    fn person(surname: &str, given: &str, born: &str) -> PatientRecord {
        let mut person = PatientRecord::default();
        person.identity.name.surname = surname.into();
        person.identity.name.given = vec![given.into()];
        person.identity.birth_date = born.parse().ok();
        person
    }

    fn living(mut person: PatientRecord, street: &str, city: &str, postal: &str) -> PatientRecord {
        let (city, postal_code) = (Some(city.into()), Some(postal.into()));
        person.contact.addresses =
            vec![Address { lines: vec![street.into()], city, postal_code, ..Address::default() }];
        person
    }

    fn same(one: &PatientRecord, other: &PatientRecord) -> bool {
        Weights::FITTED.same(&Particulars::of(one).grades(&Particulars::of(other)))
    }

    #[test]
    fn one_person_written_down_twice_with_an_error_is_one_person() {
        let anna = living(person("Smith", "Anna", "1968-04-12"), "12 Elm Street", "Springfield", "62701");
        for again in [
            person("Smyth", "Anna", "1968-04-12"),
            person("Smith", "Ann", "1968-04-12"),
            person("Anna", "Smith", "1968-04-12"),
            person("Smith", "Anna", "1968-04-21"),
            living(person("Smith", "Anna", "1968-12-04"), "12 Elm St", "Springfeild", "62701"),
            living(person("Miller", "Anna", "1968-04-12"), "12 Elm Street", "Springfield", "62701"),
        ] {
            assert!(same(&anna, &again), "{}", again.identity.name.display());
        }
    }

    #[test]
    fn a_namesake_who_lives_elsewhere_and_was_born_another_day_is_another_person() {
        let anna = living(person("Smith", "Anna", "1968-04-12"), "12 Elm Street", "Springfield", "62701");
        let namesake = living(person("Smith", "Anna", "1931-11-30"), "7 Harbour Lane", "Portland", "97035");
        assert!(!same(&anna, &namesake));
        assert!(!same(&anna, &person("Smith", "Anna", "1931-11-30")), "names alone prove nothing");
        assert!(!same(&person("Smith", "Anna", "1968-04-12"), &person("Jones", "Maria", "1968-04-12")));
    }

    #[test]
    fn a_former_surname_speaks_for_her_nearly_as_todays_does() {
        let mut married = person("Miller", "Anna", "1968-04-12");
        married.identity.former = vec![person("Smith", "", "").identity.name];
        let grades = Particulars::of(&person("Smith", "Anna", "1968-04-12")).grades(&Particulars::of(&married));
        assert_eq!(grades[Part::Surname as usize], Grade::Near);
    }

    #[test]
    fn phones_sexes_and_birth_dates_are_graded_by_what_people_get_wrong() {
        let of = |record: &PatientRecord| Particulars::of(record);
        let mut anna = person("Smith", "Anna", "1968-04-12");
        anna.contact.phones = vec![Phone { number: "(217) 555-0114".into(), usage: None }];
        anna.identity.sex = "female".into();
        let mut other = person("Smith", "Anna", "1968-12-04");
        other.contact.phones = vec![Phone { number: "+1 217 555 0114".into(), usage: None }];
        other.identity.sex = "unknown".into();
        let grades = of(&anna).grades(&of(&other));
        assert_eq!(grades[Part::Born as usize], Grade::Near);
        assert_eq!(grades[Part::Phone as usize], Grade::Same);
        assert_eq!(grades[Part::Sex as usize], Grade::Unknown);
    }

    #[test]
    fn whom_one_may_take_for_another_shares_name_and_nearly_the_birth_date() {
        let of = |surname: &str, given: &str, born: &str| Particulars::of(&person(surname, given, born));
        let jose = of("García", "José", "1975-12-04");
        assert!(jose.same_name(&of("Garcia", "Jose", "1931-01-01")) && jose.same_name(&of("José", "García", "")));
        assert!(jose.may_be_taken_for(&of("Garcia", "Pepe", "1975-04-12")));
        assert!(!jose.may_be_taken_for(&of("García", "José", "1931-01-01")));
        assert!(!jose.same_name(&of("García", "Juan", "1975-12-04")));
        assert!(!of("", "", "1968").same_name(&of("", "", "1968")));
    }

    proptest! {
        #[test]
        fn grading_goes_both_ways_and_everybody_is_like_oneself(a in "[a-z]{0,9}", b in "[a-z]{0,9}", c in "[a-z]{0,9}") {
            let one = Particulars::of(&living(person(&a, &b, "1968-04-12"), &c, &a, "123"));
            let other = Particulars::of(&living(person(&c, &a, "1970"), &b, &c, "132"));
            let weights = Weights::FITTED;
            let (there, back) = (weights.sum(&one.grades(&other)), weights.sum(&other.grades(&one)));
            prop_assert!((there - back).abs() < 2.5);
            prop_assert!(weights.sum(&one.grades(&one)) >= weights.sum(&one.grades(&other)) || a.is_empty() || b.is_empty());
        }
    }
}
