//! [`PartialDate`]: a calendar day, a month or a year, as clinics know birth dates and onsets.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use thiserror::Error;

/// A year, a month of a year, or a day; always one that exists. Unknown parts order first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct PartialDate {
    year: u16,
    /// 0 when unknown, as in the index.
    month: u8,
    /// 0 when unknown.
    day: u8,
}

/// The text isn't a date; says nothing about the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum DateError {
    /// The text has none of the known forms.
    #[error("not written like a date")]
    Form,
    /// There is no such day or month.
    #[error("there is no such day")]
    NoSuchDay,
}

/// How a site reads `04/12/1968`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DateOrder {
    /// 4 December.
    DayFirst,
    /// April 12.
    MonthFirst,
}

impl PartialDate {
    /// Only the year.
    ///
    /// # Errors
    /// Outside 1–9999.
    pub const fn of_year(year: u16) -> Result<Self, DateError> {
        Self::checked(year, 0, 0)
    }

    /// A month of a year.
    ///
    /// # Errors
    /// When there is no such month.
    pub const fn of_month(year: u16, month: u8) -> Result<Self, DateError> {
        if month == 0 { Err(DateError::NoSuchDay) } else { Self::checked(year, month, 0) }
    }

    /// A day.
    ///
    /// # Errors
    /// When there is no such day.
    pub const fn of_day(year: u16, month: u8, day: u8) -> Result<Self, DateError> {
        if month == 0 || day == 0 { Err(DateError::NoSuchDay) } else { Self::checked(year, month, day) }
    }

    const fn checked(year: u16, month: u8, day: u8) -> Result<Self, DateError> {
        let known = year >= 1 && year <= 9999 && month <= 12;
        if known && (month == 0 || day <= days_in(year, month)) {
            Ok(Self { year, month, day })
        } else {
            Err(DateError::NoSuchDay)
        }
    }

    /// The year.
    #[must_use]
    pub const fn year(self) -> u16 {
        self.year
    }

    /// The month, when known.
    #[must_use]
    pub const fn month(self) -> Option<u8> {
        if self.month == 0 { None } else { Some(self.month) }
    }

    /// The day of the month, when known.
    #[must_use]
    pub const fn day(self) -> Option<u8> {
        if self.day == 0 { None } else { Some(self.day) }
    }

    /// True when year, month and day are known.
    #[must_use]
    pub const fn is_whole(self) -> bool {
        self.day != 0
    }

    /// The value of the birth-date index, `(year−1900)·512 + month·32 + day` with 0 for unknown parts; `None` outside
    /// 1900–2155, which the index can't hold.
    #[must_use]
    pub fn index_value(self) -> Option<i32> {
        let years = i32::from(self.year) - 1900;
        (0..=255).contains(&years).then(|| years * 512 + i32::from(self.month) * 32 + i32::from(self.day))
    }

    /// Age in whole years on a given day; `None` when the unknown parts leave it open, or before birth.
    #[must_use]
    pub fn age_on(self, day: PartialDate) -> Option<u32> {
        let oldest = self.first().years_until(day.last())?;
        let youngest = self.last().years_until(day.first())?;
        (oldest == youngest).then_some(oldest)
    }

    /// The first day this date may mean.
    #[must_use]
    pub fn first(self) -> PartialDate {
        Self { year: self.year, month: self.month.max(1), day: self.day.max(1) }
    }

    /// The last day this date may mean.
    #[must_use]
    pub fn last(self) -> PartialDate {
        let month = if self.month == 0 { 12 } else { self.month };
        let day = if self.day == 0 { days_in(self.year, month) } else { self.day };
        Self { year: self.year, month, day }
    }

    fn years_until(self, day: PartialDate) -> Option<u32> {
        let had_birthday = (day.month, day.day) >= (self.month, self.day);
        (u32::from(day.year) + u32::from(had_birthday)).checked_sub(u32::from(self.year) + 1)
    }
}

const fn days_in(year: u16, month: u8) -> u8 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => 29,
        2 => 28,
        _ => 31,
    }
}

/// ISO 8601: `1968`, `1968-04` or `1968-04-12`.
impl fmt::Display for PartialDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}", self.year)?;
        if self.month != 0 {
            write!(f, "-{:02}", self.month)?;
        }
        if self.day != 0 {
            write!(f, "-{:02}", self.day)?;
        }
        Ok(())
    }
}

/// Without the value: a birth date doesn't belong into a log or a panic.
impl fmt::Debug for PartialDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PartialDate(..)")
    }
}

/// Reads the stored form: ISO 8601, nothing else.
impl FromStr for PartialDate {
    type Err = DateError;

    fn from_str(text: &str) -> Result<Self, DateError> {
        let parts: Vec<&str> = text.split('-').collect();
        let lengths: Vec<usize> = parts.iter().map(|part| part.len()).collect();
        match (lengths.as_slice(), parts.as_slice()) {
            ([4], [y]) => Self::of_year(number(y)?),
            ([4, 2], [y, m]) => Self::of_month(number(y)?, small(m)?),
            ([4, 2, 2], [y, m, d]) => Self::of_day(number(y)?, small(m)?, small(d)?),
            _ => Err(DateError::Form),
        }
    }
}

impl TryFrom<String> for PartialDate {
    type Error = DateError;

    fn try_from(text: String) -> Result<Self, DateError> {
        text.parse()
    }
}

impl From<PartialDate> for String {
    fn from(date: PartialDate) -> String {
        date.to_string()
    }
}

impl From<jiff::civil::Date> for PartialDate {
    fn from(date: jiff::civil::Date) -> Self {
        let part = |number: i8| u8::try_from(number).unwrap_or(1);
        Self { year: u16::try_from(date.year().max(1)).unwrap_or(1), month: part(date.month()), day: part(date.day()) }
    }
}

impl From<time::Date> for PartialDate {
    fn from(date: time::Date) -> Self {
        let year = u16::try_from(date.year().clamp(1, 9999)).unwrap_or(9999);
        Self { year, month: date.month().into(), day: date.day() }
    }
}

pub(super) fn number(digits: &str) -> Result<u16, DateError> {
    let only_digits = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    if only_digits { digits.parse().map_err(|_| DateError::Form) } else { Err(DateError::Form) }
}

pub(super) fn small(digits: &str) -> Result<u8, DateError> {
    u8::try_from(number(digits)?).map_err(|_| DateError::NoSuchDay)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn date(text: &str) -> PartialDate {
        text.parse().unwrap()
    }

    #[test]
    fn a_year_a_month_and_a_day_are_read_and_written_alike() {
        for text in ["1968", "1968-04", "1968-04-12", "2000-02-29", "1900-01-01"] {
            assert_eq!(date(text).to_string(), text);
            assert_eq!(serde_json::to_value(date(text)).unwrap(), text);
        }
    }

    #[test]
    fn days_that_never_were_are_refused() {
        for text in ["1900-02-29", "2023-02-29", "1968-13", "1968-00", "1968-04-31", "1968-04-00", "0000"] {
            assert_eq!(text.parse::<PartialDate>(), Err(DateError::NoSuchDay), "{text}");
        }
        for text in ["", "68", "1968-4-12", "1968-04-12T00:00", "19x8", "+968", "1968-04-12-01"] {
            assert_eq!(text.parse::<PartialDate>(), Err(DateError::Form), "{text}");
        }
    }

    #[test]
    fn the_index_value_keeps_the_order_and_has_room_for_unknown_parts() {
        assert_eq!(date("1900-01-01").index_value(), Some(33));
        assert_eq!(date("1968-04-12").index_value(), Some(68 * 512 + 4 * 32 + 12));
        assert_eq!(date("1968-04").index_value(), Some(68 * 512 + 4 * 32));
        assert_eq!(date("1968").index_value(), Some(68 * 512));
        assert_eq!(date("2155-12-31").index_value(), Some(255 * 512 + 12 * 32 + 31));
        assert_eq!(date("1899-12-31").index_value(), None);
        assert_eq!(date("2156").index_value(), None);
    }

    #[test]
    fn age_changes_on_the_birthday() {
        assert_eq!(date("1968-04-12").age_on(date("2026-04-11")), Some(57));
        assert_eq!(date("1968-04-12").age_on(date("2026-04-12")), Some(58));
        assert_eq!(date("2000-02-29").age_on(date("2025-02-28")), Some(24));
        assert_eq!(date("2000-02-29").age_on(date("2025-03-01")), Some(25));
        assert_eq!(date("2026-04-12").age_on(date("2026-04-12")), Some(0));
        assert_eq!(date("2026-04-13").age_on(date("2026-04-12")), None);
    }

    #[test]
    fn the_age_of_a_partial_birth_date_is_known_only_when_every_day_of_it_agrees() {
        assert_eq!(date("1968-04").age_on(date("2026-05-01")), Some(58));
        assert_eq!(date("1968-04").age_on(date("2026-04-12")), None);
        assert_eq!(date("1968").age_on(date("2026-04-12")), None);
        assert_eq!(date("1968").age_on(date("2026-12-31")), Some(58));
    }

    #[test]
    fn a_birth_date_does_not_show_when_it_is_debugged() {
        assert_eq!(format!("{:?}", date("1968-04-12")), "PartialDate(..)");
    }

    proptest! {
        #[test]
        fn earlier_dates_have_smaller_index_values(a in 0u16..256, b in 0u16..256, m in 1u8..13, n in 1u8..13, d in 1u8..29) {
            let one = PartialDate::of_day(1900 + a, m, d).unwrap();
            let other = PartialDate::of_day(1900 + b, n, d).unwrap();
            prop_assert_eq!(one.cmp(&other), one.index_value().cmp(&other.index_value()));
        }
    }
}
