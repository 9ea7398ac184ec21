//! A line of the search box into its readings.

use super::{Names, Query, QueryError, Reading, Who, sex_named, when};
use crate::record::date::{DateOrder, PartialDate};
use crate::record::fold::{fold_email, fold_given, fold_mrn, fold_name, fold_phone, fold_ssn};

const LONGEST: usize = 200;
/// More words than any name has; the rest isn't taken apart.
const MOST_WORDS: usize = 12;
const PHONE_DIGITS: std::ops::RangeInclusive<usize> = 7..=15;

/// Reads the search box. `order` settles dates like 04/12/1968; `today` is for ages.
///
/// # Errors
/// When there is nothing to look for, or a date that doesn't exist.
pub fn read(line: &str, order: DateOrder, today: PartialDate) -> Result<Query, QueryError> {
    let line = line.trim();
    if line.chars().count() > LONGEST {
        return Err(QueryError::TooLong);
    }
    let (line, sex) = without_sex(line);
    let readings = readings(&line, order, today)?;
    if readings.is_empty() { Err(QueryError::Empty) } else { Ok(Query { readings, sex }) }
}

/// `smith female`, `smith sex:f`.
fn without_sex(line: &str) -> (String, Option<&'static str>) {
    let sex = |word: &str| match word.to_lowercase().as_str() {
        "sex:f" => Some("female"),
        "sex:m" => Some("male"),
        word => sex_named(word.strip_prefix("sex:").unwrap_or(word)).filter(|sex| sex.ends_with("male")),
    };
    let words: Vec<&str> = line.split_whitespace().collect();
    match words.iter().rposition(|word| sex(word).is_some()) {
        Some(at) if words.len() > 1 => {
            let rest: Vec<&str> =
                words.iter().enumerate().filter(|(nth, _)| *nth != at).map(|(_, word)| *word).collect();
            (rest.join(" "), sex(words[at]))
        }
        _ => (words.join(" "), None),
    }
}

fn readings(line: &str, order: DateOrder, today: PartialDate) -> Result<Vec<Reading>, QueryError> {
    if line.contains('@') {
        return Ok(vec![Reading::of(Who::Email(fold_email(line)))]);
    }
    if let Some(number) = after_mrn(line) {
        return Ok(vec![Reading::of(Who::Mrn(fold_mrn(number)))]);
    }
    let number = line.contains(|c: char| c.is_ascii_digit());
    if number && let Some(born) = when::read(line, order, today)? {
        let year = line.len() == 4;
        let numbers = if year { numbers(line) } else { Vec::new() };
        return Ok(std::iter::once(Reading { who: None, born: Some(born) }).chain(numbers).collect());
    }
    if let Some(readings) = named_and_born(line, order, today)? {
        return Ok(readings);
    }
    let mut readings = numbers(line);
    let numeric = !line.contains(char::is_alphabetic) && number;
    if !numeric {
        readings.extend(names(line).into_iter().map(Reading::of));
    }
    Ok(readings)
}

/// `smith, anna 04/12/1968`, `smith 1968`, `1980-1990 smith`.
fn named_and_born(line: &str, order: DateOrder, today: PartialDate) -> Result<Option<Vec<Reading>>, QueryError> {
    let words: Vec<&str> = line.split_whitespace().collect();
    if !(2..=MOST_WORDS).contains(&words.len()) {
        return Ok(None);
    }
    for at in 1..words.len() {
        let (front, back) = (words[..at].join(" "), words[at..].join(" "));
        for (name, date) in [(&front, &back), (&back, &front)] {
            let Some(born) = when::read(date.trim_matches(','), order, today)? else { continue };
            let names = names(name.trim_end_matches(','));
            if !names.is_empty() {
                return Ok(Some(names.into_iter().map(|who| Reading { who: Some(who), born: Some(born) }).collect()));
            }
        }
    }
    Ok(None)
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

/// Names in every order people type them: `smith, anna`, `smith`, `, anna`, `anna smith`, `de la cruz ana`.
fn names(text: &str) -> Vec<Who> {
    if let Some(inside) = text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
        let whole = names(&format!("{inside},")).into_iter().take(1);
        return whole
            .map(|who| if let Who::Names(names) = who { Who::Names(Names { whole: true, ..names }) } else { who })
            .collect();
    }
    if let Some((surname, given)) = text.split_once(',') {
        let (surname, given) = (fold_name(surname), fold_given(given));
        let empty = surname.is_empty() && given.is_empty();
        return if empty { Vec::new() } else { vec![Who::named(surname, given)] };
    }
    let words: Vec<&str> = text.split_whitespace().filter(|word| !fold_name(word).is_empty()).collect();
    let whole = fold_name(text);
    if whole.is_empty() {
        return Vec::new();
    }
    let mut ways = vec![Who::named(whole.clone(), String::new())];
    match words.as_slice() {
        [_] => ways.push(Who::Names(Names { surname: String::new(), given: whole, whole: false, guessed: true })),
        [first, .., last] if words.len() <= MOST_WORDS => {
            ways.push(Who::named(fold_name(&words[1..].join(" ")), fold_name(first)));
            ways.push(Who::named(fold_name(&words[..words.len() - 1].join(" ")), fold_name(last)));
        }
        _ => {}
    }
    ways
}

/// A line with digits in it: a phone, its last four, a record number, a social security number.
fn numbers(text: &str) -> Vec<Reading> {
    if !text.contains(|c: char| c.is_ascii_digit()) {
        return Vec::new();
    }
    let all = [national_id(text), phone(text), phone_end(text), mrn(text)];
    all.into_iter().flatten().map(Reading::of).collect()
}

fn phone(text: &str) -> Option<Who> {
    let written_so = text.chars().all(|c| c.is_ascii_digit() || c.is_whitespace() || "+-.()/".contains(c));
    let digits = fold_phone(text);
    (written_so && PHONE_DIGITS.contains(&digits.len())).then_some(Who::Phone(digits))
}

/// `0114`, `…0114`, `...0114`, `*0114`, `x0114`.
fn phone_end(text: &str) -> Option<Who> {
    let digits = text.trim_start_matches(['.', '…', '*', 'x', '-', '☎', ' ']);
    let four = digits.len() == 4 && digits.bytes().all(|b| b.is_ascii_digit());
    four.then(|| Who::PhoneEnd(digits.to_owned()))
}

fn mrn(text: &str) -> Option<Who> {
    let written_so = text.chars().all(|c| c.is_ascii_alphanumeric() || "-./_".contains(c));
    written_so.then(|| Who::Mrn(fold_mrn(text)))
}

/// Only as it is written on cards; nine bare digits are a phone or a record number.
fn national_id(text: &str) -> Option<Who> {
    let lengths: Vec<usize> = text.split('-').map(str::len).collect();
    let digits = text.bytes().all(|b| b.is_ascii_digit() || b == b'-');
    (lengths == [3, 2, 4] && digits).then(|| fold_ssn(text)).flatten().map(Who::NationalId)
}

#[cfg(test)]
mod tests {
    use super::*;
    use DateOrder::{DayFirst, MonthFirst};
    use proptest::prelude::*;

    fn today() -> PartialDate {
        "2026-11-22".parse().unwrap()
    }

    fn asked(text: &str) -> Vec<Reading> {
        read(text, MonthFirst, today()).unwrap().readings
    }

    fn only(who: Who) -> Vec<Reading> {
        vec![Reading::of(who)]
    }

    fn named(surname: &str, given: &str) -> Who {
        Who::named(surname.into(), given.into())
    }

    fn born(iso: &str) -> Reading {
        iso.parse::<PartialDate>().unwrap().into()
    }

    #[test]
    fn a_word_is_a_surname_or_a_given_name_and_a_comma_settles_it() {
        let given =
            |word: &str| Who::Names(Names { surname: String::new(), given: word.into(), whole: false, guessed: true });
        let either = |word: &str| vec![Reading::of(named(word, "")), Reading::of(given(word))];
        assert_eq!(asked("O'Brien-Smith"), either("obriensmith"));
        assert_eq!(asked("李"), either("李"));
        assert_eq!(asked("smith,"), only(named("smith", "")));
        assert_eq!(asked(", Anna"), only(named("", "anna")));
        assert_eq!(asked("Nguyễn, José Luis"), only(named("nguyen", "jose")));
    }

    #[test]
    fn in_quotes_it_is_the_whole_name() {
        let whole = |surname: &str, given: &str| {
            only(Who::Names(Names { surname: surname.into(), given: given.into(), whole: true, guessed: false }))
        };
        assert_eq!(asked("\"Smith\""), whole("smith", ""));
        assert_eq!(asked("\"Smith, Anna\""), whole("smith", "anna"));
        assert_eq!(read("\"\"", MonthFirst, today()), Err(QueryError::Empty));
    }

    #[test]
    fn two_names_without_a_comma_are_tried_in_both_orders() {
        let ways = |text: &str| asked(text).into_iter().filter_map(|one| one.who).collect::<Vec<_>>();
        assert!(ways("anna smith") == [named("annasmith", ""), named("smith", "anna"), named("anna", "smith")]);
        assert!(ways("ana de la cruz").contains(&named("delacruz", "ana")));
        assert!(ways("de la cruz ana").contains(&named("delacruz", "ana")));
    }

    #[test]
    fn a_birth_date_in_the_order_of_the_site() {
        assert_eq!(asked("04/12/1968"), [born("1968-04-12")]);
        assert_eq!(read("04/12/1968", DayFirst, today()).unwrap().readings, [born("1968-12-04")]);
        assert_eq!(asked("12.04.1968"), [born("1968-04-12")]);
        assert_eq!(asked("1968")[0], born("1968"));
        assert_eq!(read("30/02/1968", DayFirst, today()), Err(QueryError::NoSuchDay));
    }

    #[test]
    fn a_name_and_a_birth_date_narrow_each_other() {
        for text in ["smith, anna 04/12/1968", "Smith, Anna, 12 Apr 1968", "04/12/1968 smith, anna"] {
            let [only] = asked(text).try_into().unwrap();
            assert!(only.who == Some(named("smith", "anna")), "{text}");
            assert_eq!(only.born, born("1968-04-12").born, "{text}");
        }
        assert!(asked("smith 1980-1990").iter().all(|one| one.born.is_some() && one.who.is_some()));
        assert!(asked("smith age 40-50").iter().all(|one| one.born.is_some()));
        assert_eq!(read("smith 02/30/1968", MonthFirst, today()), Err(QueryError::NoSuchDay));
    }

    #[test]
    fn a_record_number_with_or_without_the_word_before_it() {
        assert_eq!(asked("mrn-4f00aa"), only(Who::Mrn("MRN-4F00AA".into())));
        assert_eq!(asked("MRN 4711000"), only(Who::Mrn("4711000".into())));
        assert_eq!(asked("mrn:#4711"), only(Who::Mrn("4711".into())));
        let uuid = "5ad50081-cf54-49bc-b8ea-045497418383";
        assert!(asked(uuid)[0].who == Some(Who::Mrn(uuid.to_uppercase())));
    }

    #[test]
    fn seven_digits_are_a_phone_first_and_a_record_number_second() {
        assert_eq!(asked("(555) 781-6349"), only(Who::Phone("5557816349".into())));
        assert_eq!(asked("+1 555 781 6349"), only(Who::Phone("5557816349".into())));
        assert!(
            asked("7816349").iter().map(|one| one.who.clone().unwrap()).collect::<Vec<_>>()
                == [Who::Phone("7816349".into()), Who::Mrn("7816349".into())]
        );
        assert_eq!(asked("781634"), only(Who::Mrn("781634".into())));
    }

    #[test]
    fn four_digits_are_the_end_of_a_phone_and_perhaps_a_year() {
        let end = |text: &str| asked(text).iter().any(|one| one.who == Some(Who::PhoneEnd("0114".into())));
        assert!(["0114", "…0114", "...0114", "*0114", "x0114"].iter().all(|text| end(text)));
        let year = asked("1968");
        assert!(year[0].born.is_some() && year[1].who == Some(Who::PhoneEnd("1968".into())));
    }

    #[test]
    fn a_social_security_number_is_known_by_its_hyphens() {
        assert!(asked("123-45-6789")[0].who == Some(Who::NationalId("123456789".into())));
        assert!(!asked("123456789").iter().any(|one| matches!(one.who, Some(Who::NationalId(_)))));
    }

    #[test]
    fn sex_narrows_and_isnt_searched_for_alone() {
        let query = read("smith female", MonthFirst, today()).unwrap();
        assert!(query.sex == Some("female") && query.readings[0].who == Some(named("smith", "")));
        assert_eq!(read("sex:m smith", MonthFirst, today()).unwrap().sex, Some("male"));
        assert_eq!(read("female", MonthFirst, today()).unwrap().sex, None);
    }

    #[test]
    fn a_name_with_a_number_in_it_is_looked_for_as_both() {
        let ways: Vec<_> = asked("Abernathy524").into_iter().filter_map(|one| one.who).collect();
        assert!(ways.contains(&Who::Mrn("ABERNATHY524".into())) && ways.contains(&named("abernathy524", "")));
        assert_eq!(asked("Abernathy524, Ana1"), only(named("abernathy524", "ana1")));
    }

    #[test]
    fn an_address_with_an_at_sign_is_an_email() {
        assert_eq!(asked(" Ana@Example.org"), only(Who::Email("ana@example.org".into())));
    }

    #[test]
    fn nothing_is_not_searched_for() {
        for text in ["", "  ", ",", "-'", "()", ", -"] {
            assert_eq!(read(text, MonthFirst, today()), Err(QueryError::Empty), "{text}");
        }
        assert_eq!(read(&"a".repeat(201), MonthFirst, today()), Err(QueryError::TooLong));
    }

    proptest! {
        #[test]
        fn no_line_breaks_the_reader_or_shows_in_a_debug_text(text in any::<String>()) {
            if let Ok(query) = read(&text, DayFirst, today()) {
                prop_assert!(!query.readings.is_empty());
                prop_assert!(query.readings.iter().all(|one| one.who.is_some() || one.born.is_some()));
                let shown: Vec<String> = query.readings.iter().map(|one| format!("{one:?}")).collect();
                prop_assert!(shown.iter().all(|text| text.ends_with("(..)")));
            }
        }

        #[test]
        fn a_name_is_found_however_it_is_capitalised(name in "[a-z]{2,10}") {
            prop_assert_eq!(asked(&name).len(), asked(&name.to_uppercase()).len());
            prop_assert!(asked(&name) == asked(&name.to_uppercase()));
        }
    }
}
