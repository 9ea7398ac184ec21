//! What the search box means: a line of text read as one or more [`SearchTerm`]s, folded as the indexes hold them.

use super::date::{DateError, DateOrder, PartialDate};
use super::fold::{fold_email, fold_given, fold_mrn, fold_name, fold_phone};
use std::fmt;
use thiserror::Error;

/// One thing to look for, folded.
#[derive(Clone, PartialEq, Eq)]
pub enum SearchTerm {
    /// Whole surname.
    Surname(String),
    /// Whole surname and first given name.
    SurnameGiven {
        /// Whole surname.
        surname: String,
        /// First given name.
        given: String,
    },
    /// Birth date; a partial one equals only birth dates known as far.
    Born(PartialDate),
    /// Medical record number.
    Mrn(String),
    /// Phone number, digits.
    Phone(String),
    /// E-mail address.
    Email(String),
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

const LONGEST: usize = 200;
const PHONE_DIGITS: std::ops::RangeInclusive<usize> = 7..=15;

/// Reads the search box. More than one term means that the line can be read in more than one way (a number may be a
/// phone or a record number): look for each, the likeliest first.
///
/// # Errors
/// When there is nothing to look for, or a date that doesn't exist.
pub fn search_terms(text: &str, order: DateOrder) -> Result<Vec<SearchTerm>, QueryError> {
    let text = text.trim();
    if text.chars().count() > LONGEST {
        return Err(QueryError::TooLong);
    }
    if text.contains('@') {
        return Ok(vec![SearchTerm::Email(fold_email(text))]);
    }
    if let Some(number) = after_mrn(text) {
        return Ok(vec![SearchTerm::Mrn(fold_mrn(number))]);
    }
    if !text.contains(|c: char| c.is_ascii_digit()) {
        return names(text).map(|term| vec![term]);
    }
    numbers(text, order)
}

/// `MRN 4711`, `mrn: 4711` and `MRN#4711` name the number; in `MRN-4F…` the prefix belongs to it.
fn after_mrn(text: &str) -> Option<&str> {
    let rest = text.get(3..).filter(|_| text.get(..3).is_some_and(|start| start.eq_ignore_ascii_case("mrn")))?;
    let number = rest.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, ':' | '#'));
    match rest.chars().next()? {
        '-' => Some(text),
        ' ' | ':' | '#' if number.contains(|c: char| c.is_ascii_digit()) => Some(number),
        _ => None,
    }
}

fn names(text: &str) -> Result<SearchTerm, QueryError> {
    let (surname, given) = text.split_once(',').unwrap_or((text, ""));
    let (surname, given) = (fold_name(surname), fold_given(given));
    match (surname.is_empty(), given.is_empty()) {
        (true, _) => Err(QueryError::Empty),
        (false, true) => Ok(SearchTerm::Surname(surname)),
        (false, false) => Ok(SearchTerm::SurnameGiven { surname, given }),
    }
}

/// A line with digits in it: a date if it is one, else a phone, a record number or a name with a number.
fn numbers(text: &str, order: DateOrder) -> Result<Vec<SearchTerm>, QueryError> {
    match PartialDate::typed(text, order) {
        Ok(date) if date.index_value().is_some() => return Ok(vec![SearchTerm::Born(date)]),
        Err(DateError::NoSuchDay) => return Err(QueryError::NoSuchDay),
        Ok(_) | Err(DateError::Form) => {}
    }
    let phone = phone(text).map(SearchTerm::Phone);
    let mrn = mrn(text).map(SearchTerm::Mrn);
    let name = phone.is_none().then(|| names(text).ok()).flatten().filter(|_| text.contains(char::is_alphabetic));
    let terms: Vec<_> = [phone, mrn, name].into_iter().flatten().collect();
    if terms.is_empty() { Err(QueryError::Empty) } else { Ok(terms) }
}

fn phone(text: &str) -> Option<String> {
    let written_so = text.chars().all(|c| c.is_ascii_digit() || c.is_whitespace() || "+-.()/".contains(c));
    let digits = fold_phone(text);
    (written_so && PHONE_DIGITS.contains(&digits.len())).then_some(digits)
}

fn mrn(text: &str) -> Option<String> {
    let written_so = text.chars().all(|c| c.is_ascii_alphanumeric() || "-./_".contains(c));
    written_so.then(|| fold_mrn(text))
}

/// Without the value: a search term doesn't belong into a log or a panic.
impl fmt::Debug for SearchTerm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            SearchTerm::Surname(_) => "Surname(..)",
            SearchTerm::SurnameGiven { .. } => "SurnameGiven(..)",
            SearchTerm::Born(_) => "Born(..)",
            SearchTerm::Mrn(_) => "Mrn(..)",
            SearchTerm::Phone(_) => "Phone(..)",
            SearchTerm::Email(_) => "Email(..)",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use DateOrder::{DayFirst, MonthFirst};
    use SearchTerm::{Born, Email, Mrn, Phone, Surname, SurnameGiven};
    use proptest::prelude::*;

    fn terms(text: &str) -> Vec<SearchTerm> {
        search_terms(text, MonthFirst).unwrap()
    }

    fn born(iso: &str) -> Vec<SearchTerm> {
        vec![Born(iso.parse().unwrap())]
    }

    #[test]
    fn a_surname_alone_or_with_a_given_name_after_the_comma() {
        assert_eq!(terms("O'Brien-Smith"), [Surname("obriensmith".into())]);
        assert_eq!(terms("李"), [Surname("李".into())]);
        assert_eq!(terms("smith,"), [Surname("smith".into())]);
        let expected = SurnameGiven { surname: "nguyen".into(), given: "jose".into() };
        assert_eq!(terms("Nguyễn, José Luis"), [expected]);
    }

    #[test]
    fn a_birth_date_in_the_order_of_the_site() {
        assert_eq!(terms("04/12/1968"), born("1968-04-12"));
        assert_eq!(search_terms("04/12/1968", DayFirst), Ok(born("1968-12-04")));
        assert_eq!(terms("12.04.1968"), born("1968-04-12"));
        assert_eq!(terms("12 Apr 1968"), born("1968-04-12"));
        assert_eq!(terms("1968"), born("1968"));
        assert_eq!(search_terms("30/02/1968", DayFirst), Err(QueryError::NoSuchDay));
    }

    #[test]
    fn a_record_number_with_or_without_the_word_before_it() {
        assert_eq!(terms("mrn-4f00aa"), [Mrn("MRN-4F00AA".into())]);
        assert_eq!(terms("MRN 4711000"), [Mrn("4711000".into())]);
        assert_eq!(terms("mrn:#4711"), [Mrn("4711".into())]);
        assert_eq!(terms("0012"), [Mrn("0012".into())]);
        let uuid = "5ad50081-cf54-49bc-b8ea-045497418383";
        assert_eq!(terms(uuid).first(), Some(&Mrn(uuid.to_uppercase())));
    }

    #[test]
    fn seven_digits_are_a_phone_first_and_a_record_number_second() {
        assert_eq!(terms("(555) 781-6349"), [Phone("5557816349".into())]);
        assert_eq!(terms("+1 555 781 6349"), [Phone("5557816349".into())]);
        assert_eq!(terms("7816349"), [Phone("7816349".into()), Mrn("7816349".into())]);
        assert_eq!(terms("781634"), [Mrn("781634".into())]);
    }

    #[test]
    fn a_name_with_a_number_in_it_is_looked_for_as_both() {
        assert_eq!(terms("Abernathy524"), [Mrn("ABERNATHY524".into()), Surname("abernathy524".into())]);
        let expected = SurnameGiven { surname: "abernathy524".into(), given: "ana1".into() };
        assert_eq!(terms("Abernathy524, Ana1"), [expected]);
    }

    #[test]
    fn an_address_with_an_at_sign_is_an_email() {
        assert_eq!(terms(" Ana@Example.org"), [Email("ana@example.org".into())]);
    }

    #[test]
    fn nothing_is_not_searched_for() {
        for text in ["", "  ", ",", ", Anna", "-'", "()"] {
            assert_eq!(search_terms(text, MonthFirst), Err(QueryError::Empty), "{text}");
        }
        assert_eq!(search_terms(&"a".repeat(201), MonthFirst), Err(QueryError::TooLong));
    }

    proptest! {
        #[test]
        fn no_line_breaks_the_reader_or_shows_in_a_debug_text(text in any::<String>()) {
            if let Ok(terms) = search_terms(&text, DayFirst) {
                prop_assert!(!terms.is_empty());
                let shown = terms.iter().map(|term| format!("{term:?}"));
                prop_assert!(shown.into_iter().all(|text| text.ends_with("(..)")));
            }
        }
    }
}
