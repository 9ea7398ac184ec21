//! How long a record is kept in use after the last entry, by its tag; then it is due to be archived.

use super::date::PartialDate;

/// How long a record is kept. A record without a tag is [`Retention::Standard`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retention {
    /// Ten years.
    Standard,
    /// Thirty years: studies, transfusions, what a law names.
    Long,
    /// For ever.
    Permanent,
}

/// The tags as they are stored and entered.
pub const TAGS: &[&str] = &["long", "permanent"];
/// From this age on the years count.
const OF_AGE: u16 = 18;
/// Nothing is due before so many years without an entry.
pub const SHORTEST: u16 = 10;

impl Retention {
    /// By its stored tag.
    #[must_use]
    pub fn of(tag: Option<&str>) -> Self {
        match tag {
            Some("long") => Self::Long,
            Some("permanent") => Self::Permanent,
            _ => Self::Standard,
        }
    }

    const fn years(self) -> Option<u16> {
        match self {
            Self::Standard => Some(SHORTEST),
            Self::Long => Some(30),
            Self::Permanent => None,
        }
    }

    /// The first day on which a record is due: so many years after the last entry, and after the patient came of age.
    /// `None` for one that is kept for ever. Of an unknown birth date the years count from the last entry.
    #[must_use]
    pub fn due(self, last: PartialDate, born: Option<PartialDate>) -> Option<PartialDate> {
        let of_age = born.and_then(|born| later(born.last(), OF_AGE));
        let from = of_age.map_or(last, |of_age| last.max(of_age));
        later(from, self.years()?)
    }
}

/// The same day so many years later; of a leap day the first of March.
fn later(day: PartialDate, years: u16) -> Option<PartialDate> {
    let (year, month, nth) = (day.year().checked_add(years)?, day.month()?, day.day()?);
    PartialDate::of_day(year, month, nth).or_else(|_| PartialDate::of_day(year, 3, 1)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn due(tag: Option<&str>, last: &str, born: Option<&str>) -> Option<String> {
        let born = born.map(|born| born.parse().unwrap());
        Retention::of(tag).due(last.parse().unwrap(), born).map(|day| day.to_string())
    }

    #[test]
    fn ten_years_after_the_last_entry_thirty_with_the_tag_and_never_for_what_is_kept_for_ever() {
        assert_eq!(due(None, "2026-11-22", Some("1968-04-12")).as_deref(), Some("2036-11-22"));
        assert_eq!(due(Some("long"), "2026-11-22", None).as_deref(), Some("2056-11-22"));
        assert_eq!(due(Some("permanent"), "2026-11-22", None), None);
        assert_eq!(due(None, "2024-02-29", None).as_deref(), Some("2034-03-01"));
    }

    #[test]
    fn for_a_child_the_years_count_from_the_day_of_coming_of_age_the_last_one_it_may_be() {
        assert_eq!(due(None, "2026-11-22", Some("2020-04-12")).as_deref(), Some("2048-04-12"));
        assert_eq!(due(None, "2026-11-22", Some("2020")).as_deref(), Some("2048-12-31"));
    }
}
