//! Birth dates as people ask for them: a day, a month, a year, from one to another, before, after, by age.

use super::QueryError;
use crate::record::date::{DateError, DateOrder, PartialDate};
use std::fmt;

/// Birth dates between two, both included, in the form of the index.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct BornBetween {
    /// The earliest.
    pub low: i32,
    /// The latest.
    pub high: i32,
    /// The day, where exactly one was asked for.
    pub day: Option<PartialDate>,
}

/// The years the index can hold.
const FIRST_YEAR: u16 = 1900;
const LAST_YEAR: u16 = 2155;
/// Nobody gets older.
const OLDEST: u32 = 150;

impl BornBetween {
    /// All birth dates that a date may mean, those as little known as the date included; `None` outside the index.
    #[must_use]
    pub fn on(date: PartialDate) -> Option<Self> {
        let low = date.index_value()?;
        let high = date.last().index_value()?;
        Some(Self { low, high, day: date.is_whole().then_some(date) })
    }

    /// From the first day of one date to the last of another.
    fn from_to(from: PartialDate, to: PartialDate) -> Option<Self> {
        let (from, to) = (Self::on(from)?, Self::on(to)?);
        (from.low <= to.high).then_some(Self { low: from.low, high: to.high, day: None })
    }

    /// Who is from `young` to `old` years old on a day.
    fn aged(young: u32, old: u32, today: PartialDate) -> Option<Self> {
        if young > old || old > OLDEST {
            return None;
        }
        // Born a day later than this, and he would still be a year younger than `old` allows.
        let oldest = years_before(today, old + 1)?;
        let low = oldest.index_value().map_or(0, |value| value + 1);
        Some(Self { low, high: years_before(today, young)?.index_value()?, day: None })
    }

    /// Whether a birth date lies between the two.
    #[must_use]
    pub fn contains(&self, date: PartialDate) -> bool {
        date.index_value().is_some_and(|value| (self.low..=self.high).contains(&value))
    }

    /// The day with day and month changed for each other, if that is another day.
    #[must_use]
    pub fn swapped(&self) -> Option<PartialDate> {
        let day = self.day?;
        let other = PartialDate::of_day(day.year(), day.day()?, day.month()?).ok()?;
        (other != day).then_some(other)
    }
}

/// The same day of an earlier year; of 29 February the day before where there is none.
fn years_before(day: PartialDate, years: u32) -> Option<PartialDate> {
    let year = u16::try_from(u32::from(day.year()).checked_sub(years)?).ok()?;
    let same = PartialDate::of_day(year, day.month()?, day.day()?);
    same.or_else(|_| PartialDate::of_day(year, 2, 28)).ok()
}

/// Reads a text that is nothing but a question for birth dates; `None` when it is something else.
pub(super) fn read(text: &str, order: DateOrder, today: PartialDate) -> Result<Option<BornBetween>, QueryError> {
    let text = text.trim().to_lowercase();
    let text = ["born in ", "born on ", "born "].iter().find_map(|word| text.strip_prefix(word)).unwrap_or(&text);
    match PartialDate::typed(text, order) {
        Ok(date) => return Ok(BornBetween::on(date)),
        Err(DateError::NoSuchDay) => return Err(QueryError::NoSuchDay),
        Err(DateError::Form) => {}
    }
    if let Some(found) = aged(text, today) {
        return Ok(Some(found));
    }
    match beside(text, order)? {
        Some(found) => Ok(Some(found)),
        None => from_to(text, order),
    }
}

/// `age 45`, `aged 40-50`, `45 y`, `40-50 years`, `over 80`, `under 18`.
fn aged(text: &str, today: PartialDate) -> Option<BornBetween> {
    let number = |text: &str| text.trim().parse::<u32>().ok().filter(|age| *age <= OLDEST);
    if let Some(age) = text.strip_prefix("over ").and_then(number) {
        return BornBetween::aged(age + 1, OLDEST, today);
    }
    if let Some(age) = text.strip_prefix("under ").and_then(number) {
        return BornBetween::aged(0, age.checked_sub(1)?, today);
    }
    let after = ["aged ", "age "].iter().find_map(|word| text.strip_prefix(word));
    let before = ["years", "year", "yrs", "yo", "y"].iter().find_map(|word| text.strip_suffix(word));
    let ages = after.or(before)?;
    match ages.split_once(['-', '–']) {
        Some((young, old)) => BornBetween::aged(number(young)?, number(old)?, today),
        None => BornBetween::aged(number(ages)?, number(ages)?, today),
    }
}

/// `since 1980`, `after 4/1980`, `before 1950`, `until 1950`.
fn beside(text: &str, order: DateOrder) -> Result<Option<BornBetween>, QueryError> {
    let Some((word, date)) = text.split_once(' ') else { return Ok(None) };
    if !matches!(word, "since" | "after" | "before" | "until") {
        return Ok(None);
    }
    let Some(date) = dated(date, order)?.and_then(BornBetween::on) else { return Ok(None) };
    let (least, most) = (first_year(), last_year());
    let (low, high) = match word {
        "since" => (date.low, most),
        "after" => (date.high + 1, most),
        "before" => (least, date.low - 1),
        _ => (least, date.high),
    };
    Ok((low <= high).then_some(BornBetween { low, high, day: None }))
}

/// `1980-1990`, `1980 to 1990`, `4/1980..6/1981`.
fn from_to(text: &str, order: DateOrder) -> Result<Option<BornBetween>, QueryError> {
    let years = text.split_once('-').filter(|(from, to)| from.trim().len() == 4 && to.trim().len() == 4);
    let marked = ["..", "–", " to ", " - "].iter().find_map(|mark| text.split_once(mark));
    let Some((from, to)) = marked.or(years) else { return Ok(None) };
    let (Some(from), Some(to)) = (dated(from, order)?, dated(to, order)?) else { return Ok(None) };
    Ok(BornBetween::from_to(from, to))
}

fn dated(text: &str, order: DateOrder) -> Result<Option<PartialDate>, QueryError> {
    match PartialDate::typed(text, order) {
        Ok(date) => Ok(Some(date)),
        Err(DateError::NoSuchDay) => Err(QueryError::NoSuchDay),
        Err(DateError::Form) => Ok(None),
    }
}

fn first_year() -> i32 {
    PartialDate::of_year(FIRST_YEAR).ok().and_then(PartialDate::index_value).unwrap_or(0)
}

fn last_year() -> i32 {
    PartialDate::of_year(LAST_YEAR).ok().and_then(|year| year.last().index_value()).unwrap_or(i32::MAX)
}

/// Without the value.
impl fmt::Debug for BornBetween {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BornBetween(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use DateOrder::MonthFirst;
    use proptest::prelude::*;

    fn day(iso: &str) -> PartialDate {
        iso.parse().unwrap()
    }

    fn asked(text: &str) -> BornBetween {
        read(text, MonthFirst, day("2026-11-22")).unwrap().unwrap()
    }

    fn finds(text: &str, births: &[&str], not: &[&str]) {
        let asked = asked(text);
        births.iter().for_each(|birth| assert!(asked.contains(day(birth)), "{text} finds {birth}"));
        not.iter().for_each(|birth| assert!(!asked.contains(day(birth)), "{text} doesn't find {birth}"));
    }

    #[test]
    fn a_day_a_month_and_a_year_mean_whoever_may_have_been_born_then() {
        finds("04/12/1968", &["1968-04-12"], &["1968-04-11", "1968-04", "1968"]);
        finds("april 1968", &["1968-04-01", "1968-04-30", "1968-04"], &["1968-05-01", "1968"]);
        finds("1968", &["1968-01-01", "1968-12-31", "1968-07", "1968"], &["1967-12-31", "1969"]);
        finds("born 1968", &["1968-04-12"], &["1969-01-01"]);
    }

    #[test]
    fn from_one_date_to_another_includes_both_ends() {
        for text in ["1980-1990", "1980 - 1990", "1980 to 1990", "1980..1990", "1980–1990"] {
            finds(text, &["1980-01-01", "1985-06-15", "1990-12-31", "1980", "1990-12"], &["1979-12-31", "1991-01-01"]);
        }
        finds("4/1980..6/1/1981", &["1980-04-01", "1981-06-01"], &["1980-03-31", "1981-06-02"]);
        finds("since 1980", &["1980-01-01", "2026-01-01"], &["1979-12-31"]);
        finds("after 1980", &["1981-01-01"], &["1980-12-31"]);
        finds("before 1950", &["1949-12-31", "1900"], &["1950-01-01", "1950"]);
    }

    #[test]
    fn an_age_means_the_birth_dates_that_give_it_today() {
        finds("age 45", &["1981-11-22", "1980-11-23"], &["1981-11-23", "1980-11-22"]);
        for text in ["age 40-50", "40-50 y", "aged 40–50", "40-50 years"] {
            finds(text, &["1986-11-22", "1975-11-23"], &["1986-11-23", "1975-11-22"]);
        }
        finds("over 80", &["1945-11-22"], &["1946-11-22"]);
        finds("under 18", &["2008-11-23"], &["2008-11-22"]);
    }

    #[test]
    fn whoever_is_a_day_short_of_a_birthday_in_february_isnt_lost() {
        let leap = day("2024-02-29");
        let asked = read("age 1", MonthFirst, leap).unwrap().unwrap();
        assert!(asked.contains(day("2023-02-28")) && asked.contains(day("2022-03-01")));
        assert!(!asked.contains(day("2023-03-01")));
    }

    #[test]
    fn what_isnt_a_birth_date_is_left_to_others_and_no_such_day_is_told() {
        for text in ["smith", "5557816349", "1980-555", "age x", "age 151", "1990-1980", "", "to"] {
            assert_eq!(read(text, MonthFirst, day("2026-11-22")), Ok(None), "{text}");
        }
        assert_eq!(read("02/30/1968", MonthFirst, day("2026-11-22")), Err(QueryError::NoSuchDay));
        assert_eq!(read("1/1/1980..2/30/1981", MonthFirst, day("2026-11-22")), Err(QueryError::NoSuchDay));
    }

    #[test]
    fn day_and_month_change_places_only_where_that_gives_another_day() {
        assert_eq!(asked("04/12/1968").swapped(), Some(day("1968-12-04")));
        assert_eq!(asked("04/13/1968").swapped(), None);
        assert_eq!(asked("04/04/1968").swapped(), None);
        assert_eq!(asked("1968").swapped(), None);
    }

    proptest! {
        #[test]
        fn whoever_has_an_age_is_found_by_it(year in 1900_u16..2026, month in 1_u8..=12, d in 1_u8..=28) {
            let (born, today) = (PartialDate::of_day(year, month, d).unwrap(), day("2026-11-22"));
            let age = born.age_on(today).unwrap();
            for wrong in [age.wrapping_sub(1), age + 1] {
                let other = BornBetween::aged(wrong, wrong, today);
                prop_assert!(other.is_none_or(|asked| !asked.contains(born)));
            }
            prop_assert!(BornBetween::aged(age, age, today).unwrap().contains(born));
        }

        #[test]
        fn no_text_breaks_the_reader(text in any::<String>()) {
            let _ = read(&text, MonthFirst, day("2026-11-22"));
        }
    }
}
