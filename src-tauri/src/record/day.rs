//! Days counted: how long ago something was, by the calendar day it is written with.

use super::PartialDate;
use time::{Date, Month};

/// A calendar day as a number; the next day has the next one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day(pub i32);

impl Day {
    /// The day that a date or instant in ISO 8601 begins with; nothing for a year or a month alone.
    #[must_use]
    pub fn of(text: &str) -> Option<Self> {
        let mut parts = text.get(..10)?.split('-');
        let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
        Self::from_parts(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?)
    }

    /// The day of a whole date.
    #[must_use]
    pub fn of_date(date: PartialDate) -> Option<Self> {
        Self::from_parts(i32::from(date.year()), date.month()?, date.day()?)
    }

    fn from_parts(year: i32, month: u8, day: u8) -> Option<Self> {
        let date = Date::from_calendar_date(year, Month::try_from(month).ok()?, day).ok()?;
        Some(Self(date.to_julian_day()))
    }

    /// Days from `earlier` to this one; below zero when it is later.
    #[must_use]
    pub const fn since(self, earlier: Day) -> i32 {
        self.0 - earlier.0
    }

    /// So many days later.
    #[must_use]
    pub const fn plus(self, days: i32) -> Day {
        Day(self.0 + days)
    }
}

/// The day as `YYYY-MM-DD`.
impl std::fmt::Display for Day {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match Date::from_julian_day(self.0) {
            Ok(date) => write!(f, "{:04}-{:02}-{:02}", date.year(), u8::from(date.month()), date.day()),
            Err(_) => f.write_str("—"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_leap_day_counts_and_a_month_alone_is_no_day() {
        let day = |text| Day::of(text).unwrap();
        assert_eq!(day("2024-03-01T08:00:00+02:00").since(day("2024-02-28")), 2);
        assert_eq!(day("2023-03-01").since(day("2023-02-28")), 1);
        assert_eq!(Day::of("2024-02"), None);
        assert_eq!(Day::of("2024-02-30"), None);
        assert_eq!(day("2024-02-28").plus(2).to_string(), "2024-03-01");
    }
}
