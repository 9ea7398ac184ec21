//! People and their paper: name, birth date, address, phones, insurance, numbers.

use super::rng::Rng;
use super::{Person, names};
use crate::record::{
    Address, Contact, Coverage, EmergencyContact, Identity, Insurance, NationalId, PartialDate, PatientRecord,
    PersonName, Phone, Summary, fold_name,
};
use time::{Date, Duration};

const STREETS: [&str; 12] = [
    "Maple Street",
    "Oak Avenue",
    "Cedar Lane",
    "Park Road",
    "Lake Drive",
    "Hill Street",
    "Church Street",
    "Mill Road",
    "Prairie Avenue",
    "Second Street",
    "Walnut Court",
    "Sunset Boulevard",
];
const CITIES: [(&str, &str); 6] = [
    ("Springfield", "62701"),
    ("Riverton", "62561"),
    ("Chatham", "62629"),
    ("Rochester", "62563"),
    ("Sherman", "62684"),
    ("Lincoln", "62656"),
];
/// Area codes; the numbers after them (555-0100 to 555-0199) are reserved for fiction.
const AREA_CODES: [u32; 6] = [217, 309, 312, 618, 708, 815];
const CARRIERS: [&str; 5] = ["Acme Health", "Blue River", "Northwind Mutual", "Prairie Care", "Medicare"];
const LANGUAGES: [&str; 8] = ["English", "English", "English", "English", "English", "Spanish", "Vietnamese", "Polish"];
const RELATIONSHIPS: [&str; 5] = ["spouse", "parent", "child", "sibling", "friend"];
const MARITAL: [&str; 4] = ["Married", "Never married", "Divorced", "Widowed"];

/// Somebody of any age up to the nineties, more often grown up.
pub(super) fn person(rng: &mut Rng, today: Date) -> Person {
    let female = rng.chance(520);
    let days = if rng.chance(180) { rng.between(20, 18 * 365) } else { rng.between(18 * 365, 93 * 365) };
    let second = rng.chance(350).then(|| names::given(female, rng));
    let first = names::given(female, rng);
    let given = [first].into_iter().chain(second.filter(|second| *second != first)).map(str::to_owned).collect();
    let born = today - Duration::days(i64::from(days));
    Person { surname: surname(rng), given, female, born, language: rng.pick(&LANGUAGES), rich: None }
}

fn surname(rng: &mut Rng) -> String {
    let one = names::surname(rng);
    if rng.chance(15) { format!("{one}-{}", names::surname(rng)) } else { one.to_owned() }
}

pub(super) fn record(person: &Person, nth: usize, rng: &mut Rng) -> PatientRecord {
    PatientRecord {
        identity: identity(person, rng),
        contact: contact(person, nth, rng),
        insurance: insurance(person, rng),
        national_id: NationalId { ssn: Some(ssn(rng)) },
        summary: Summary {
            marital_status: Some(rng.pick(&MARITAL).to_owned()),
            birth_sex: Some(if person.female { "F" } else { "M" }.to_owned()),
            ..Summary::default()
        },
        newer: Vec::new(),
    }
}

fn identity(person: &Person, rng: &mut Rng) -> Identity {
    let maiden = person.female && person.rich.is_none() && rng.chance(200);
    let former = maiden.then(|| PersonName {
        surname: names::surname(rng).to_owned(),
        given: person.given.clone(),
        usage: Some("maiden".to_owned()),
        ..PersonName::default()
    });
    Identity {
        name: PersonName { surname: person.surname.clone(), given: person.given.clone(), ..PersonName::default() },
        former: former.into_iter().collect(),
        birth_date: Some(PartialDate::from(person.born)),
        sex: if person.female { "female" } else { "male" }.to_owned(),
        mrn: format!("MRN-{:016X}", rng.next()),
        ..Identity::default()
    }
}

/// Areas 734–749 were never assigned while numbers told where they came from.
fn ssn(rng: &mut Rng) -> String {
    format!("{:03}-{:02}-{:04}", rng.between(734, 749), rng.between(1, 99), rng.between(1, 9999))
}

fn phone(usage: &str, rng: &mut Rng) -> Phone {
    let number = format!("({}) 555-01{:02}", rng.pick(&AREA_CODES), rng.below(100));
    Phone { number, usage: Some(usage.to_owned()) }
}

fn contact(person: &Person, nth: usize, rng: &mut Rng) -> Contact {
    let mut phones = vec![phone("mobile", rng)];
    phones.extend(rng.chance(450).then(|| phone("home", rng)));
    Contact {
        phones,
        email: (rng.chance(620) || person.rich.is_some()).then(|| email(person, nth)).flatten(),
        addresses: vec![address(rng)],
        emergency: vec![emergency(person, rng)],
        language: Some(person.language.to_owned()),
        ..Contact::default()
    }
}

/// None for names that an address can't be made of.
fn email(person: &Person, nth: usize) -> Option<String> {
    let (given, surname) = (fold_name(person.given.first()?), fold_name(&person.surname));
    (given.is_ascii() && surname.is_ascii()).then(|| format!("{given}.{surname}{nth}@example.org"))
}

fn address(rng: &mut Rng) -> Address {
    let (city, postal_code) = rng.pick(&CITIES);
    Address {
        lines: vec![format!("{} {}", rng.between(1, 2400), rng.pick(&STREETS))],
        city: Some(city.to_owned()),
        state: Some("IL".to_owned()),
        postal_code: Some(postal_code.to_owned()),
        country: Some("US".to_owned()),
        usage: Some("home".to_owned()),
    }
}

fn emergency(person: &Person, rng: &mut Rng) -> EmergencyContact {
    let female = rng.chance(500);
    EmergencyContact {
        name: format!("{} {}", names::given(female, rng), person.surname),
        relationship: Some(rng.pick(&RELATIONSHIPS).to_owned()),
        phone: Some(phone("home", rng).number),
    }
}

fn insurance(person: &Person, rng: &mut Rng) -> Insurance {
    let carrier = if person.born.year() < 1958 { CARRIERS[4] } else { rng.pick(&CARRIERS[..4]) };
    let coverage = Coverage {
        carrier: carrier.to_owned(),
        policy: format!("{:010X}", rng.next() >> 24),
        group: rng.chance(800).then(|| rng.between(1000, 9999).to_string()),
        ..Coverage::default()
    };
    Insurance { coverages: if rng.chance(930) { vec![coverage] } else { Vec::new() }, ..Insurance::default() }
}
