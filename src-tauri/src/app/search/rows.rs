//! Rows of a list of patients.

use crate::app::desk::OpenedPatient;
use crate::app::views::SearchRow;
use crate::record::{Fit, PartialDate, fold_given, fold_name};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// The row of a patient.
pub(in crate::app) fn row_of(patient: Uuid, opened: &OpenedPatient, fit: Fit, today: Option<PartialDate>) -> SearchRow {
    let identity = &opened.record.identity;
    SearchRow {
        patient,
        surname: identity.name.surname.clone(),
        given: identity.name.given_joined(),
        birth_date: identity.birth_date.map(|date| date.to_string()),
        age: identity.birth_date.zip(today).and_then(|(born, today)| born.age_on(today)),
        sex: identity.sex.clone(),
        mrn: identity.mrn.clone(),
        phone_last4: identity.phone_last4.clone(),
        deceased: identity.deceased,
        test: identity.test,
        inactive: identity.inactive.is_some(),
        merged_into: identity.merged_into.as_ref().and_then(|merged| merged.record.parse().ok()),
        similar_name: false,
        fit,
        damaged: false,
    }
}

/// The row of a patient whose stored record is damaged: nothing of it is shown.
pub(super) fn damaged_row(patient: Uuid) -> SearchRow {
    SearchRow {
        patient,
        surname: String::new(),
        given: String::new(),
        birth_date: None,
        age: None,
        sex: String::new(),
        mrn: String::new(),
        phone_last4: None,
        deceased: false,
        test: false,
        inactive: false,
        merged_into: None,
        similar_name: false,
        fit: Fit::Exact,
        damaged: true,
    }
}

/// Marks rows whose name another row of the page shares but for one letter.
pub(super) fn mark_similar(mut rows: Vec<SearchRow>) -> Vec<SearchRow> {
    let alike = similar_names(rows.iter().map(|row| (row.patient, row.surname.as_str(), row.given.as_str())));
    for row in &mut rows {
        row.similar_name = !row.damaged && alike.contains(&row.patient);
    }
    rows
}

/// Who on a list has the name of another patient on it, but for one letter: surname and given names.
pub(in crate::app) fn similar_names<'a>(names: impl Iterator<Item = (Uuid, &'a str, &'a str)>) -> BTreeSet<Uuid> {
    let letters = |text: String| text.chars().collect::<Vec<char>>();
    let folded = |(patient, surname, given): (Uuid, &str, &str)| {
        (patient, (letters(fold_name(surname)), letters(fold_given(given))))
    };
    let names: BTreeMap<Uuid, (Vec<char>, Vec<char>)> = names.map(folded).collect();
    let alike = |(patient, (surname, given)): &(&Uuid, &(Vec<char>, Vec<char>))| {
        names.iter().any(|(other, (others_surname, others_given))| {
            other != *patient && one_letter_apart(given, others_given) && one_letter_apart(surname, others_surname)
        })
    };
    names.iter().filter(alike).map(|(patient, _)| *patient).collect()
}

/// Equal, or equal after one letter is changed, left out or put in.
fn one_letter_apart(a: &[char], b: &[char]) -> bool {
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    if long.len() - short.len() > 1 {
        return false;
    }
    let same = short.iter().zip(long).take_while(|(x, y)| x == y).count();
    let rest = short.get(same + usize::from(short.len() == long.len())..).unwrap_or_default();
    rest == long.get(same + 1..).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    fn one_letter_apart(a: &str, b: &str) -> bool {
        super::one_letter_apart(&a.chars().collect::<Vec<_>>(), &b.chars().collect::<Vec<_>>())
    }

    #[test]
    fn anna_and_anne_look_alike_and_anna_and_maria_do_not() {
        assert!(one_letter_apart("anna", "anne"));
        assert!(one_letter_apart("anna", "ana"));
        assert!(one_letter_apart("anna", "anna"));
        assert!(!one_letter_apart("anna", "maria"));
        assert!(!one_letter_apart("an", "anna"));
        assert!(!one_letter_apart("anna", "nana"));
    }
}
