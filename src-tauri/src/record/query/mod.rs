//! What the search box means: a line of text read in every way that makes sense, folded as the indexes hold it.
//!
//! To add a form: a reading in [`read`]'s submodule `line`, or a form of birth date in `when`; both have the tests.

mod line;
mod when;

use super::date::PartialDate;
use std::fmt;
use thiserror::Error;

pub use line::read;
pub use when::BornBetween;

/// What a line asks for.
#[derive(Clone, PartialEq, Eq)]
pub struct Query {
    /// The ways it can be read, the likeliest first: look for each.
    pub readings: Vec<Reading>,
    /// Only these, where somebody asked for it: `female`, `male`, `other`, `unknown`.
    pub sex: Option<&'static str>,
}

/// One way to read a line; at least one of the two is there, and both must hold.
#[derive(Clone, PartialEq, Eq)]
pub struct Reading {
    /// Who, by name or number.
    pub who: Option<Who>,
    /// Born when.
    pub born: Option<BornBetween>,
}

/// Who is looked for, folded.
#[derive(Clone, PartialEq, Eq)]
pub enum Who {
    /// By name.
    Names(Names),
    /// By medical record number.
    Mrn(String),
    /// By a whole phone number, digits.
    Phone(String),
    /// By the last four digits of a phone.
    PhoneEnd(String),
    /// By e-mail address.
    Email(String),
    /// By social security number, nine digits.
    NationalId(String),
}

/// Beginnings of names; one of the two may be empty.
#[derive(Clone, PartialEq, Eq)]
pub struct Names {
    /// Surname.
    pub surname: String,
    /// First given name.
    pub given: String,
    /// Written in quotes: the whole names and nothing that starts so.
    pub whole: bool,
    /// The given name may as well be a surname: a word alone.
    pub guessed: bool,
}

/// The line can't be searched; says nothing of what it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum QueryError {
    /// Nothing to look for.
    #[error("nothing to search for")]
    Empty,
    /// Longer than any name.
    #[error("too long to search for")]
    TooLong,
    /// A date that doesn't exist in the site's order of day and month.
    #[error("there is no such day")]
    NoSuchDay,
}

impl Reading {
    const fn of(who: Who) -> Self {
        Self { who: Some(who), born: None }
    }
}

impl Who {
    fn named(surname: String, given: String) -> Self {
        Who::Names(Names { surname, given, whole: false, guessed: false })
    }
}

/// The sexes a search can be narrowed to.
pub const SEXES: [&str; 4] = ["female", "male", "other", "unknown"];

/// A sex by the word that stands in records.
#[must_use]
pub fn sex_named(word: &str) -> Option<&'static str> {
    SEXES.into_iter().find(|sex| *sex == word)
}

/// Without the value: what is searched for doesn't belong into a log or a panic.
impl fmt::Debug for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Query({} readings)", self.readings.len())
    }
}

impl fmt::Debug for Reading {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match &self.who {
            None => "Born(..)",
            Some(Who::Names(_)) => "Names(..)",
            Some(Who::Mrn(_)) => "Mrn(..)",
            Some(Who::Phone(_)) => "Phone(..)",
            Some(Who::PhoneEnd(_)) => "PhoneEnd(..)",
            Some(Who::Email(_)) => "Email(..)",
            Some(Who::NationalId(_)) => "NationalId(..)",
        })
    }
}

impl From<PartialDate> for Reading {
    fn from(date: PartialDate) -> Self {
        Self { who: None, born: BornBetween::on(date) }
    }
}
