//! The first patients, the same in every demo: look-alikes, accents, a hyphen, one-letter names.

use super::Person;
use time::{Date, Month};

struct Role {
    surname: &'static str,
    given: &'static [&'static str],
    female: bool,
    born: (i32, Month, u8),
    language: &'static str,
    conditions: &'static [&'static str],
}

const CAST: [Role; 6] = [
    Role {
        surname: "Smith",
        given: &["Anna"],
        female: true,
        born: (1968, Month::April, 12),
        language: "English",
        conditions: &["E11.9", "I10", "E78.5", "M17.11", "J45.909"],
    },
    Role {
        surname: "Smith",
        given: &["Anne"],
        female: true,
        born: (1968, Month::December, 4),
        language: "English",
        conditions: &["E03.9", "F41.1"],
    },
    Role {
        surname: "García",
        given: &["José"],
        female: false,
        born: (1975, Month::July, 30),
        language: "Spanish",
        conditions: &["I10", "K21.9"],
    },
    Role {
        surname: "Nguyễn",
        given: &["Thị", "An"],
        female: true,
        born: (1983, Month::January, 9),
        language: "Vietnamese",
        conditions: &["D50.9"],
    },
    Role {
        surname: "O'Brien-Smith",
        given: &["Mary"],
        female: true,
        born: (1951, Month::March, 17),
        language: "English",
        conditions: &["I48.91", "N18.30", "I10"],
    },
    Role {
        surname: "李",
        given: &["伟"],
        female: false,
        born: (1990, Month::October, 1),
        language: "Mandarin",
        conditions: &["J30.9"],
    },
];

/// The `nth` patient, if it is one of the cast.
pub(super) fn member(nth: usize) -> Option<Person> {
    let role = CAST.get(nth)?;
    let (year, month, day) = role.born;
    Some(Person {
        surname: role.surname.to_owned(),
        given: role.given.iter().map(|&name| name.to_owned()).collect(),
        female: role.female,
        born: Date::from_calendar_date(year, month, day).ok()?,
        language: role.language,
        rich: Some(role.conditions),
    })
}
