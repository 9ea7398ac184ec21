//! Dates as people type them: `04/12/1968`, `12.04.1968`, `1968-04-12`, `12 Apr 1968`, `Apr 1968`, `1968`.

use super::date::{DateError, DateOrder, PartialDate, number, small};

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

impl PartialDate {
    /// Reads what a person typed. `order` settles slashes and hyphens; dots are day first, as everywhere dots are
    /// used. Years have four digits: a guessed century is a wrong patient.
    ///
    /// # Errors
    /// When it isn't a date, or not one that exists in this order.
    pub fn typed(text: &str, order: DateOrder) -> Result<PartialDate, DateError> {
        let text = text.trim();
        if text.chars().any(char::is_alphabetic) { with_month_name(text) } else { with_numbers(text, order) }
    }
}

fn with_numbers(text: &str, order: DateOrder) -> Result<PartialDate, DateError> {
    let separator = text.chars().find(|c| !c.is_ascii_digit()).unwrap_or('-');
    if !matches!(separator, '-' | '/' | '.') {
        return Err(DateError::Form);
    }
    let order = if separator == '.' { DateOrder::DayFirst } else { order };
    let parts: Vec<&str> = text.split(separator).map(str::trim).collect();
    match (parts.as_slice(), order) {
        ([y], _) if is_year(y) => PartialDate::of_year(number(y)?),
        ([y, m], _) | ([m, y], _) if is_year(y) && is_short(m) => PartialDate::of_month(number(y)?, small(m)?),
        ([y, m, d], _) | ([d, m, y], DateOrder::DayFirst) | ([m, d, y], DateOrder::MonthFirst)
            if is_year(y) && is_short(m) && is_short(d) =>
        {
            PartialDate::of_day(number(y)?, small(m)?, small(d)?)
        }
        _ => Err(DateError::Form),
    }
}

fn with_month_name(text: &str) -> Result<PartialDate, DateError> {
    let words = text.split(|c: char| c.is_whitespace() || matches!(c, ',' | '.' | '-' | '/'));
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    match words.as_slice() {
        [m, y] if is_year(y) => PartialDate::of_month(number(y)?, month_named(m)?),
        [d, m, y] | [m, d, y] if is_year(y) && is_short(cardinal(d)) && starts_with_letter(m) => {
            PartialDate::of_day(number(y)?, month_named(m)?, small(cardinal(d))?)
        }
        _ => Err(DateError::Form),
    }
}

/// The month whose English name starts so; three letters are enough.
fn month_named(word: &str) -> Result<u8, DateError> {
    let word = word.to_lowercase();
    let named = (1..).zip(MONTHS).find(|(_, name)| word.len() >= 3 && name.starts_with(&word));
    named.map(|(month, _)| month).ok_or(DateError::Form)
}

/// `12th` → `12`.
fn cardinal(day: &str) -> &str {
    ["st", "nd", "rd", "th"].iter().find_map(|ending| day.strip_suffix(ending)).unwrap_or(day)
}

fn starts_with_letter(word: &str) -> bool {
    word.starts_with(char::is_alphabetic)
}

fn is_year(part: &str) -> bool {
    part.len() == 4 && part.bytes().all(|b| b.is_ascii_digit())
}

fn is_short(part: &str) -> bool {
    matches!(part.len(), 1 | 2) && part.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use DateOrder::{DayFirst, MonthFirst};

    fn typed(text: &str, order: DateOrder) -> String {
        PartialDate::typed(text, order).unwrap().to_string()
    }

    #[test]
    fn the_twelfth_of_april_is_read_however_it_is_typed() {
        let ways = ["1968-04-12", "1968/4/12", "12.04.1968", "12. 4. 1968", "12 Apr 1968", "12-apr-1968"];
        for text in ways.into_iter().chain(["April 12, 1968", "apr 12th 1968", " 12 April 1968 "]) {
            assert_eq!(typed(text, MonthFirst), "1968-04-12", "{text}");
            assert_eq!(typed(text, DayFirst), "1968-04-12", "{text}");
        }
    }

    #[test]
    fn slashes_and_hyphens_follow_the_site_setting() {
        assert_eq!(typed("04/12/1968", MonthFirst), "1968-04-12");
        assert_eq!(typed("04/12/1968", DayFirst), "1968-12-04");
        assert_eq!(typed("4-12-1968", MonthFirst), "1968-04-12");
    }

    #[test]
    fn a_month_or_a_year_alone_is_enough() {
        assert_eq!(typed("1968", MonthFirst), "1968");
        assert_eq!(typed("04/1968", DayFirst), "1968-04");
        assert_eq!(typed("1968-04", DayFirst), "1968-04");
        assert_eq!(typed("Apr 1968", DayFirst), "1968-04");
        assert_eq!(typed("Sept 1968", DayFirst), "1968-09");
    }

    #[test]
    fn a_day_that_never_was_is_told_from_a_text_that_is_no_date() {
        for text in ["13/04/1968", "02/30/1968", "1968-02-30", "31 Jun 1968", "0/4/1968"] {
            assert_eq!(PartialDate::typed(text, MonthFirst), Err(DateError::NoSuchDay), "{text}");
        }
        let no_dates = ["", "12/04/68", "Smith", "555-781-6349", "12 Xyz 1968", "1968 04 12", "12.04/1968", "á 1 1968"];
        for text in no_dates {
            assert_eq!(PartialDate::typed(text, MonthFirst), Err(DateError::Form), "{text}");
        }
    }
}
