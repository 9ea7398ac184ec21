//! Folding: the form in which names, phones, e-mail addresses and record numbers are compared and indexed.
//!
//! The forms are final: indexes hold them. What is shown is always the text as written.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// A whole name: accents dropped, lower-case, letters and digits of any script only (`O'Brien-Smith` → `obriensmith`).
#[must_use]
pub fn fold_name(name: &str) -> String {
    let bare: String = name.nfkd().filter(|c| !is_combining_mark(*c)).collect();
    let mut folded = String::with_capacity(bare.len());
    for c in bare.to_lowercase().nfkd().filter(|c| c.is_alphanumeric() && !is_combining_mark(*c)) {
        match plain_letters(c) {
            Some(letters) => folded.push_str(letters),
            None => folded.push(c),
        }
    }
    folded
}

/// The first of the given names, folded (`Anne-Marie Louise` → `annemarie`).
#[must_use]
pub fn fold_given(given: &str) -> String {
    given.split_whitespace().map(fold_name).find(|folded| !folded.is_empty()).unwrap_or_default()
}

/// Digits only; the leading 1 of an eleven-digit North American number is dropped.
#[must_use]
pub fn fold_phone(phone: &str) -> String {
    let digits: String = phone.nfkd().filter(char::is_ascii_digit).collect();
    match digits.strip_prefix('1') {
        Some(national) if digits.len() == 11 => national.to_owned(),
        Some(_) | None => digits,
    }
}

/// The last four digits of a folded phone; `None` of one that has no more than four.
#[must_use]
pub fn last_four(phone: &str) -> Option<String> {
    let start = phone.len().checked_sub(4).filter(|start| *start > 0)?;
    phone.get(start..).map(ToOwned::to_owned)
}

/// The nine digits of a social security number; `None` when there are not nine.
#[must_use]
pub fn fold_ssn(ssn: &str) -> Option<String> {
    let digits: String = ssn.nfkd().filter(char::is_ascii_digit).collect();
    (digits.len() == 9).then_some(digits)
}

/// Trimmed and lower-case.
#[must_use]
pub fn fold_email(email: &str) -> String {
    email.trim().to_lowercase()
}

/// Trimmed and upper-case.
#[must_use]
pub fn fold_mrn(mrn: &str) -> String {
    mrn.trim().to_uppercase()
}

/// Letters that no decomposition takes apart.
const fn plain_letters(c: char) -> Option<&'static str> {
    match c {
        'ß' => Some("ss"),
        'ø' => Some("o"),
        'æ' => Some("ae"),
        'œ' => Some("oe"),
        'ł' => Some("l"),
        'đ' | 'ð' => Some("d"),
        'þ' => Some("th"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn jose_nguyen_and_obrien_smith_are_found_however_they_are_typed() {
        assert_eq!(fold_name("José"), "jose");
        assert_eq!(fold_name("JOSE\u{301}"), "jose");
        assert_eq!(fold_name("Nguyễn"), "nguyen");
        assert_eq!(fold_name("O'Brien-Smith"), "obriensmith");
        assert_eq!(fold_name("O’Brien Smith"), "obriensmith");
    }

    #[test]
    fn letters_that_do_not_decompose_have_a_plain_form() {
        assert_eq!(fold_name("Müller"), "muller");
        assert_eq!(fold_name("Straße"), "strasse");
        assert_eq!(fold_name("STRAẞE"), "strasse");
        assert_eq!(fold_name("Sørensen Ægir Œuvre"), "sorensenaegiroeuvre");
        assert_eq!(fold_name("Łukasz Đorđe Ðóra Þór"), "lukaszdordedorathor");
    }

    #[test]
    fn one_letter_names_and_other_scripts_stay_themselves() {
        assert_eq!(fold_name("李"), "李");
        assert_eq!(fold_name("O"), "o");
        assert_eq!(fold_name("Οδυσσεύς"), fold_name("ΟΔΥΣΣΕΎΣ"));
        assert_eq!(fold_name(" -' "), "");
    }

    #[test]
    fn only_the_first_given_name_is_folded() {
        assert_eq!(fold_given("Anne-Marie Louise"), "annemarie");
        assert_eq!(fold_given("  José   Luis"), "jose");
        assert_eq!(fold_given("- Ana"), "ana");
        assert_eq!(fold_given(""), "");
    }

    #[test]
    fn a_phone_is_its_digits_without_the_country_code_one() {
        assert_eq!(fold_phone("+1 (555) 781-6349"), "5557816349");
        assert_eq!(fold_phone("555.781.6349"), "5557816349");
        assert_eq!(fold_phone("1-555-7816"), "15557816");
        assert_eq!(fold_phone("+44 20 7946 0958"), "442079460958");
    }

    #[test]
    fn of_a_phone_the_last_four_digits_are_taken_and_of_a_short_one_none() {
        assert_eq!(last_four("5550100114").as_deref(), Some("0114"));
        assert_eq!(last_four("0114"), None);
        assert_eq!(last_four(""), None);
    }

    #[test]
    fn a_social_security_number_is_its_nine_digits() {
        assert_eq!(fold_ssn("123-45-6789").as_deref(), Some("123456789"));
        assert_eq!(fold_ssn("123-45-678"), None);
    }

    #[test]
    fn email_and_record_number_are_trimmed_and_set_in_one_case() {
        assert_eq!(fold_email(" Ana.Lima@Example.ORG "), "ana.lima@example.org");
        assert_eq!(fold_mrn(" mrn-4f00aa "), "MRN-4F00AA");
    }

    proptest! {
        #[test]
        fn folding_twice_changes_nothing(name in any::<String>()) {
            let once = fold_name(&name);
            prop_assert_eq!(fold_name(&once), once);
        }
    }
}
