//! Why an entry is refused: the words that the screen turns into sentences. To add one: its sentence in `text.ts` too.

use serde::Serialize;
use thiserror::Error;

/// A field that can't be saved as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error, Serialize, ts_rs::TS)]
#[error("{field}: {why}")]
pub struct Invalid {
    /// Path in `FIELDS`.
    pub field: &'static str,
    /// What is wrong.
    pub why: Why,
}

/// What is wrong with a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error, Serialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// Nothing was entered.
    #[error("is missing")]
    #[serde(rename = "empty")]
    Missing,
    /// One letter: right for some names, so it takes a confirmation.
    #[error("has only one letter")]
    OneLetter,
    /// Too many characters.
    #[error("is too long")]
    TooLong,
    /// Characters that don't belong there.
    #[error("has characters that don't belong there")]
    Characters,
    /// Too few characters.
    #[error("is too short")]
    TooShort,
    /// Not written like a value of its kind.
    #[error("isn't written like one")]
    Form,
    /// Not nine digits, grouped `NNN-NN-NNNN`.
    #[error("doesn't have nine digits, grouped by hyphens")]
    Digits,
    /// Not written like a date.
    #[error("isn't written like a date")]
    Date,
    /// A day or month that no calendar has.
    #[error("isn't a date that exists")]
    #[serde(rename = "impossible")]
    NoSuchDay,
    /// After today.
    #[error("is in the future")]
    #[serde(rename = "future")]
    InFuture,
    /// Before the day it began.
    #[error("lies before its beginning")]
    BeforeStart,
    /// Before 1900.
    #[error("is too long ago")]
    TooLongAgo,
    /// A number that was never given out.
    #[error("is a number that was never given out")]
    NeverIssued,
    /// A file or picture larger than is looked at.
    #[error("is too large")]
    TooLarge,
    /// A file that holds no picture, or none of a kind that is taken.
    #[error("isn't a picture")]
    NotAPicture,
    /// A file that is neither a picture nor a PDF, or none that can be read whole.
    #[error("isn't a picture or a PDF that can be read")]
    NotADocument,
    /// A file with more pages than are taken.
    #[error("has too many pages")]
    TooManyPages,
    /// A file that opens with a password only.
    #[error("is locked by a password")]
    Locked,
    /// Not one of the allowed words.
    #[error("isn't one of the allowed words")]
    NotListed,
}
