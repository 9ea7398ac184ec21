//! What of a patient is searchable: the indexed paths with their clear values, in a fixed order.

use super::{PatientRecord, fold_email, fold_given, fold_mrn, fold_name, fold_phone};
use bson::Bson;

/// The searchable values of a patient, in the order of the record head; what is missing or folds to nothing is left
/// out.
#[must_use]
pub fn index_values(patient: &PatientRecord) -> Vec<(&'static str, Bson)> {
    let (identity, contact) = (&patient.identity, &patient.contact);
    let phone = |nth: usize| contact.phones.get(nth).map(|phone| fold_phone(&phone.number));
    let words = [
        ("i.surname", Some(fold_name(&identity.name.surname))),
        ("i.given", identity.name.given.iter().map(|given| fold_given(given)).find(|given| !given.is_empty())),
        ("i.mrn", Some(fold_mrn(&identity.mrn))),
        ("i.phone1", phone(0)),
        ("i.phone2", phone(1)),
        ("i.email", contact.email.as_deref().map(fold_email)),
    ];
    let words = words.into_iter().filter_map(|(path, word)| word.filter(|w| !w.is_empty()).map(|w| (path, w.into())));
    let born = identity.birth_date.and_then(|date| date.index_value()).map(|day| ("i.born", Bson::Int32(day)));
    words.chain(born).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{PersonName, Phone};

    fn named(surname: &str, given: &[&str]) -> PatientRecord {
        let mut patient = PatientRecord::default();
        let given = given.iter().map(|&name| name.to_owned()).collect();
        patient.identity.name = PersonName { surname: surname.into(), given, ..PersonName::default() };
        patient
    }

    #[test]
    fn obrien_smith_is_indexed_by_folded_names_phones_and_birth_date() {
        let mut patient = named("O'Brien-Smith", &["José", "Luis"]);
        patient.identity.birth_date = "1968-04-12".parse().ok();
        patient.identity.mrn = " mrn-1a ".into();
        patient.contact.phones = vec![Phone { number: "+1 (555) 010-0123".into(), usage: None }];
        let expected: Vec<(&str, Bson)> = vec![
            ("i.surname", "obriensmith".into()),
            ("i.given", "jose".into()),
            ("i.mrn", "MRN-1A".into()),
            ("i.phone1", "5550100123".into()),
            ("i.born", Bson::Int32(68 * 512 + 4 * 32 + 12)),
        ];
        assert!(index_values(&patient) == expected);
    }

    #[test]
    fn a_patient_nobody_knows_anything_about_has_no_searchable_value() {
        assert!(index_values(&PatientRecord::default()).is_empty());
        assert!(index_values(&named(" - ", &["'"])).is_empty());
    }
}
