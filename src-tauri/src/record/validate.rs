//! What may be entered. Each rule returns an [`Invalid`] that names the field and the reason, never the value.
//!
//! Imports keep what the source says, right or wrong; these rules are for what people type here.

use super::clinical::Problem;
use super::date::{DateError, PartialDate};
use super::fold::fold_phone;
use super::value_sets::{CLINICAL_STATUSES, VERIFICATIONS};
use std::ops::RangeInclusive;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

pub use super::why::{Invalid, Why};

/// Whether a person has said that a one-letter name is right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OneLetter {
    /// Ask first.
    Refuse,
    /// Confirmed: the name is `O`, or 李.
    Confirmed,
}

const LONGEST_NAME: usize = 50;
const LONGEST_EMAIL: usize = 254;
const LONGEST_MRN: usize = 64;
const LONGEST_PROBLEM: usize = 300;
const LONGEST_CODE: usize = 200;
const LONGEST_NOTE: usize = 10_000;
const SHORTEST_REASON: usize = 5;
const LONGEST_REASON: usize = 500;
const PHONE_DIGITS: RangeInclusive<usize> = 7..=15;
const EARLIEST_BIRTH: u16 = 1900;
/// Numbers printed in advertisements and pamphlets, and used by thousands.
const FAMOUS_SSNS: [&str; 2] = ["078-05-1120", "219-09-9999"];

const fn refuse<T>(field: &'static str, why: Why) -> Result<T, Invalid> {
    Err(Invalid { field, why })
}

/// A surname or given name: 2–50 letters of any script, with the marks that names have.
///
/// # Errors
/// What is wrong with it.
pub fn name(field: &'static str, text: &str, one_letter: OneLetter) -> Result<(), Invalid> {
    let text = text.trim();
    if !text.chars().all(is_of_name) {
        return refuse(field, Why::Characters);
    }
    let letters = text.nfc().filter(|c| c.is_alphabetic()).count();
    match (letters, one_letter) {
        (0, _) if text.is_empty() => refuse(field, Why::Missing),
        (0, _) => refuse(field, Why::Characters),
        (1, OneLetter::Refuse) => refuse(field, Why::OneLetter),
        _ => no_longer_than(field, text, LONGEST_NAME),
    }
}

/// Letters, marks and digits of any script, the joiners of Persian and Indian names, and punctuation within names.
fn is_of_name(c: char) -> bool {
    c.is_alphanumeric() || is_combining_mark(c) || " '’‘ʼ`´-‐‑.,·/()\u{200c}\u{200d}".contains(c)
}

fn no_longer_than(field: &'static str, text: &str, longest: usize) -> Result<(), Invalid> {
    if text.nfc().count() > longest { refuse(field, Why::TooLong) } else { Ok(()) }
}

/// An e-mail address of the usual form.
///
/// # Errors
/// What is wrong with it.
pub fn email(text: &str) -> Result<(), Invalid> {
    const FIELD: &str = "contact.email";
    let text = text.trim();
    no_longer_than(FIELD, text, LONGEST_EMAIL)?;
    match text.split_once('@') {
        Some((local, domain)) if is_local_part(local) && is_domain(domain) => Ok(()),
        Some(_) | None => refuse(FIELD, Why::Form),
    }
}

fn is_local_part(local: &str) -> bool {
    let allowed = |c: char| c.is_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(c);
    local.len() <= 64 && local.chars().all(allowed) && local.split('.').all(|part| !part.is_empty())
}

fn is_domain(domain: &str) -> bool {
    let allowed = |label: &str| label.chars().all(|c| c.is_alphanumeric() || c == '-');
    let whole = |label: &str| !label.is_empty() && !label.starts_with('-') && !label.ends_with('-');
    domain.contains('.') && domain.split('.').all(|label| whole(label) && allowed(label))
}

/// A phone number: 7–15 digits, as one writes them.
///
/// # Errors
/// What is wrong with it.
pub fn phone(field: &'static str, text: &str) -> Result<(), Invalid> {
    let text = text.trim();
    if !text.chars().all(|c| c.is_ascii_digit() || " +-.()/".contains(c)) {
        return refuse(field, Why::Characters);
    }
    if PHONE_DIGITS.contains(&fold_phone(text).len()) { Ok(()) } else { refuse(field, Why::Form) }
}

/// A birth date: not before 1900, and no day of it after today.
///
/// # Errors
/// What is wrong with it.
pub fn birth_date(date: PartialDate, today: PartialDate) -> Result<(), Invalid> {
    if date.year() < EARLIEST_BIRTH {
        return refuse("identity.birth_date", Why::TooLongAgo);
    }
    not_after("identity.birth_date", date, today)
}

/// A date that may be partial, and whose first possible day isn't after today.
///
/// # Errors
/// When it is.
pub fn not_after(field: &'static str, date: PartialDate, today: PartialDate) -> Result<(), Invalid> {
    if date.first() > today.last() { refuse(field, Why::InFuture) } else { Ok(()) }
}

/// A social security number `NNN-NN-NNNN` that can have been given out.
///
/// # Errors
/// What is wrong with it.
pub fn ssn(text: &str) -> Result<(), Invalid> {
    const FIELD: &str = "national_id.ssn";
    let text = text.trim();
    let parts: Vec<&str> = text.split('-').collect();
    let digits = |part: &str, n: usize| part.len() == n && part.bytes().all(|b| b.is_ascii_digit());
    match parts.as_slice() {
        [area, group, serial] if digits(area, 3) && digits(group, 2) && digits(serial, 4) => {
            let never = matches!(*area, "000" | "666") || area.starts_with('9') || *group == "00" || *serial == "0000";
            if never || FAMOUS_SSNS.contains(&text) { refuse(FIELD, Why::NeverIssued) } else { Ok(()) }
        }
        _ if text.is_empty() => refuse(FIELD, Why::Missing),
        _ => refuse(FIELD, Why::Digits),
    }
}

/// A medical record number: letters and digits, with `-`, `.`, `/` or `_` between.
///
/// # Errors
/// What is wrong with it.
pub fn mrn(text: &str) -> Result<(), Invalid> {
    const FIELD: &str = "identity.mrn";
    let text = text.trim();
    no_longer_than(FIELD, text, LONGEST_MRN)?;
    let ends = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    let between = text.chars().all(|c| c.is_ascii_alphanumeric() || "-./_".contains(c));
    match (text.is_empty(), between && ends(text.chars().next()) && ends(text.chars().last())) {
        (true, _) => refuse(FIELD, Why::Missing),
        (false, true) => Ok(()),
        (false, false) => refuse(FIELD, Why::Form),
    }
}

/// The words of a problem: 1–300 characters on one line.
///
/// # Errors
/// What is wrong with them.
pub fn problem_text(text: &str) -> Result<(), Invalid> {
    one_line("problems.text", text, LONGEST_PROBLEM)
}

/// Words on one line, at least one character.
///
/// # Errors
/// What is wrong with them.
pub fn one_line(field: &'static str, text: &str, longest: usize) -> Result<(), Invalid> {
    if text.trim().is_empty() {
        return refuse(field, Why::Missing);
    }
    if text.trim().chars().any(char::is_control) {
        return refuse(field, Why::Characters);
    }
    no_longer_than(field, text.trim(), longest)
}

/// Why somebody wants to see what is usually hidden: 5–500 characters on one line.
///
/// # Errors
/// What is wrong with it.
pub fn reason(text: &str) -> Result<(), Invalid> {
    one_line("reason", text, LONGEST_REASON)?;
    if text.trim().chars().count() < SHORTEST_REASON { refuse("reason", Why::TooShort) } else { Ok(()) }
}

/// Free text of up to 10,000 characters, with line breaks and tabs; may be empty.
///
/// # Errors
/// What is wrong with it.
pub fn note(field: &'static str, text: &str) -> Result<(), Invalid> {
    if text.chars().any(|c| c.is_control() && !"\n\r\t".contains(c)) {
        return refuse(field, Why::Characters);
    }
    no_longer_than(field, text, LONGEST_NOTE)
}

/// One of a closed list of words, such as those of [`super::value_sets`].
///
/// # Errors
/// When it isn't one.
pub fn listed(field: &'static str, text: &str, list: &[&str]) -> Result<(), Invalid> {
    if list.contains(&text) { Ok(()) } else { refuse(field, Why::NotListed) }
}

/// A problem as entered here: every rule it breaks, in the order of its fields.
#[must_use]
pub fn problem(entered: &Problem, today: PartialDate) -> Vec<Invalid> {
    let optional = |field, text: &Option<String>| text.as_deref().map_or(Ok(()), |t| one_line(field, t, LONGEST_CODE));
    let checks = [
        problem_text(&entered.text),
        optional("problems.code", &entered.code),
        optional("problems.system", &entered.system),
        listed("problems.clinical_status", &entered.clinical_status, CLINICAL_STATUSES),
        listed("problems.verification", &entered.verification, VERIFICATIONS),
        past_day("problems.onset", entered.onset.as_deref(), today),
        past_day("problems.abatement", entered.abatement.as_deref(), today),
        note("problems.note", entered.note.as_deref().unwrap_or_default()),
    ];
    checks.into_iter().filter_map(Result::err).collect()
}

pub(super) fn past_day(field: &'static str, iso: Option<&str>, today: PartialDate) -> Result<(), Invalid> {
    match iso.map(str::parse) {
        None => Ok(()),
        Some(Ok(date)) => not_after(field, date, today),
        Some(Err(DateError::NoSuchDay)) => refuse(field, Why::NoSuchDay),
        Some(Err(DateError::Form)) => refuse(field, Why::Date),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn surname(text: &str) -> Option<Why> {
        name("identity.name.surname", text, OneLetter::Refuse).err().map(|invalid| invalid.why)
    }

    #[test]
    fn names_of_every_script_pass_from_two_to_fifty_letters() {
        for text in
            ["José", "Nguyễn", "Nguye\u{302}\u{303}n", "O'Brien-Smith", "O’Brien", "de la Cruz", "Ng", "李明", "Løk"]
        {
            assert_eq!(surname(text), None, "{text}");
        }
        assert_eq!(surname(&"a".repeat(50)), None);
        assert_eq!(surname(&"a".repeat(51)), Some(Why::TooLong));
        assert_eq!(surname(&"é".repeat(50)), None);
    }

    #[test]
    fn a_one_letter_name_takes_a_confirmation() {
        for text in ["O", "李", " X. "] {
            assert_eq!(surname(text), Some(Why::OneLetter), "{text}");
            assert_eq!(name("identity.name.surname", text, OneLetter::Confirmed), Ok(()), "{text}");
        }
    }

    #[test]
    fn an_empty_name_a_smiley_and_a_hidden_direction_mark_are_refused() {
        assert_eq!(surname("  "), Some(Why::Missing));
        for text in ["--", "<b>Smith</b>", "Smi\nth", "Smi\u{202e}th", "😀😀", "Smith\0"] {
            assert_eq!(surname(text), Some(Why::Characters), "{text:?}");
        }
    }

    #[test]
    fn a_birth_date_is_neither_in_the_future_nor_before_1900() {
        let why = |date: &str| {
            let today = "2026-04-12".parse().unwrap();
            birth_date(date.parse().unwrap(), today).err().map(|invalid| invalid.why)
        };
        for date in ["1900-01-01", "1900", "2026-04-12", "2026-04", "2026", "2000-02-29"] {
            assert_eq!(why(date), None, "{date}");
        }
        for date in ["2026-04-13", "2026-05", "2027"] {
            assert_eq!(why(date), Some(Why::InFuture), "{date}");
        }
        assert_eq!(why("1899-12-31"), Some(Why::TooLongAgo));
    }

    #[test]
    fn impossible_social_security_numbers_are_refused() {
        for text in ["123-45-6789", "001-01-0001", "899-99-9999", "665-01-0001", "078-05-1121"] {
            assert_eq!(ssn(text), Ok(()), "{text}");
        }
        for text in
            ["000-12-3456", "666-12-3456", "900-12-3456", "999-99-9999", "123-00-4567", "123-45-0000", "078-05-1120"]
        {
            assert_eq!(ssn(text).unwrap_err().why, Why::NeverIssued, "{text}");
        }
        for text in ["123456789", "123-456-789", "12a-45-6789", "123-45-67890", "١٢٣-45-6789"] {
            assert_eq!(ssn(text).unwrap_err().why, Why::Digits, "{text}");
        }
        assert_eq!(ssn(" ").unwrap_err().why, Why::Missing);
    }

    #[test]
    fn email_phone_and_record_number_have_their_usual_forms() {
        for text in ["a@b.org", "ana.lima+clinic@mail.example.org", "josé@exämple.de", " a@b.co "] {
            assert_eq!(email(text), Ok(()), "{text}");
        }
        for text in ["", "ana", "ana@", "@b.org", "a@b", "a@@b.org", "a b@c.org", ".a@b.org", "a@-b.org", "a@b..org"] {
            assert_eq!(email(text).unwrap_err().why, Why::Form, "{text}");
        }
        assert_eq!(phone("contact.phones", "+1 (555) 781-6349"), Ok(()));
        assert_eq!(phone("contact.phones", "78163").unwrap_err().why, Why::Form);
        assert_eq!(phone("contact.phones", "555-CALL-NOW").unwrap_err().why, Why::Characters);
        assert_eq!(mrn("MRN-4F00AA11BB22CC33"), Ok(()));
        assert_eq!(mrn("-4711").unwrap_err().why, Why::Form);
        assert_eq!(mrn(" ").unwrap_err().why, Why::Missing);
    }

    #[test]
    fn a_problem_has_one_to_three_hundred_characters_and_a_note_up_to_ten_thousand() {
        assert_eq!(problem_text("x"), Ok(()));
        assert_eq!(problem_text(&"x".repeat(300)), Ok(()));
        assert_eq!(problem_text(&"x".repeat(301)).unwrap_err().why, Why::TooLong);
        assert_eq!(problem_text(" ").unwrap_err().why, Why::Missing);
        assert_eq!(problem_text("two\nlines").unwrap_err().why, Why::Characters);
        assert_eq!(note("problems.note", &"\n".repeat(10_000)), Ok(()));
        assert_eq!(note("problems.note", &"é".repeat(10_001)).unwrap_err().why, Why::TooLong);
        assert_eq!(note("problems.note", "bell\u{7}").unwrap_err().why, Why::Characters);
    }

    #[test]
    fn a_status_is_one_of_its_list() {
        assert_eq!(listed("problems.clinical_status", "active", CLINICAL_STATUSES), Ok(()));
        let refused = listed("problems.clinical_status", "Active", CLINICAL_STATUSES).unwrap_err();
        assert_eq!(refused.to_string(), "problems.clinical_status: isn't one of the allowed words");
    }

    #[test]
    fn a_problem_is_told_everything_that_is_wrong_with_it_at_once() {
        let wrong = Problem {
            text: " ".into(),
            code: None,
            system: None,
            clinical_status: "busy".into(),
            verification: "confirmed".into(),
            onset: Some("2026-02-30".into()),
            abatement: Some("2027".into()),
            note: None,
        };
        let fields: Vec<_> =
            problem(&wrong, "2026-04-12".parse().unwrap()).into_iter().map(|i| (i.field, i.why)).collect();
        let expected = [
            ("problems.text", Why::Missing),
            ("problems.clinical_status", Why::NotListed),
            ("problems.onset", Why::NoSuchDay),
            ("problems.abatement", Why::InFuture),
        ];
        assert_eq!(fields, expected);
    }

    proptest! {
        #[test]
        fn no_message_repeats_what_was_typed(text in "[a-z]{60,70}") {
            let errors = [name("identity.name.surname", &text, OneLetter::Refuse), email(&text), ssn(&text)];
            let shown = errors.into_iter().map(|error| format!("{error:?}"));
            prop_assert!(shown.into_iter().all(|message| !message.contains(&text)));
        }
    }
}
