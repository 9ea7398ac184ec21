//! What of a patient is searchable: the indexed paths with their clear values, in a fixed order.

use super::{
    PatientRecord, fold_email, fold_given, fold_mrn, fold_name, fold_phone, fold_ssn, kin, last_four, metaphone, nysiis,
};
use bson::Bson;

/// The searchable values of a patient, in the order of the record head; what is missing or folds to nothing is left
/// out.
#[must_use]
pub fn index_values(patient: &PatientRecord) -> Vec<(&'static str, Bson)> {
    let (identity, contact) = (&patient.identity, &patient.contact);
    let surname = fold_name(&identity.name.surname);
    let given = identity.name.given.iter().map(|given| fold_given(given)).find(|given| !given.is_empty());
    let given = given.unwrap_or_default();
    let [former1, former2] = former(patient, &surname);
    let phone = |nth: usize| contact.phones.get(nth).map(|phone| fold_phone(&phone.number));
    let (phone1, phone2) = (phone(0), phone(1));
    let end = |phone: &Option<String>| phone.as_deref().and_then(last_four);
    let born = identity.birth_date.and_then(|date| date.index_value());
    let values = [
        ("i.surname_metaphone", text(metaphone(&surname))),
        ("i.surname_nysiis", text(nysiis(&surname))),
        ("i.surname_start", text(Some(surname.clone()))),
        ("i.surname", text(Some(surname))),
        ("i.given_metaphone", text(metaphone(&given))),
        ("i.given_kin", text(kin(&given))),
        ("i.given_start", text(Some(given.clone()))),
        ("i.given", text(Some(given))),
        ("i.former1", text(former1)),
        ("i.former2", text(former2)),
        ("i.born", born.map(Bson::Int32)),
        ("i.mrn", text(Some(fold_mrn(&identity.mrn)))),
        ("i.phone1_end", text(end(&phone1))),
        ("i.phone1", text(phone1)),
        ("i.phone2_end", text(end(&phone2))),
        ("i.phone2", text(phone2)),
        ("i.email", text(contact.email.as_deref().map(fold_email))),
    ];
    values.into_iter().filter_map(|(path, value)| value.map(|value| (path, value))).collect()
}

/// The social security number as it is indexed, where the policy wants people to be found by it.
#[must_use]
pub fn national_id_value(patient: &PatientRecord) -> Option<(&'static str, Bson)> {
    patient.national_id.ssn.as_deref().and_then(fold_ssn).map(|ssn| ("i.ssn", ssn.into()))
}

/// A folded name as it stands where names are searched by their start only: its end is marked, so that a short name
/// can be asked for as a whole.
#[must_use]
pub fn whole_name(folded: &str) -> String {
    format!("{folded}.")
}

/// Two former surnames that differ from today's.
fn former(patient: &PatientRecord, surname: &str) -> [Option<String>; 2] {
    let mut former: Vec<String> = Vec::new();
    for name in patient.identity.former.iter().map(|name| fold_name(&name.surname)) {
        if !name.is_empty() && name != surname && !former.contains(&name) {
            former.push(name);
        }
    }
    let mut slots = former.iter().map(|name| whole_name(name));
    [slots.next(), slots.next()]
}

fn text(value: Option<String>) -> Option<Bson> {
    value.filter(|value| !value.is_empty()).map(Bson::String)
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
        patient.identity.former = vec![PersonName { surname: "Márquez".into(), ..PersonName::default() }];
        let expected: Vec<(&str, Bson)> = vec![
            ("i.surname_metaphone", "APRNSM".into()),
            ("i.surname_nysiis", "OBRANSNAT".into()),
            ("i.surname_start", "obriensmith".into()),
            ("i.surname", "obriensmith".into()),
            ("i.given_metaphone", "HS".into()),
            ("i.given_kin", "joseph".into()),
            ("i.given_start", "jose".into()),
            ("i.given", "jose".into()),
            ("i.former1", "marquez.".into()),
            ("i.born", Bson::Int32(68 * 512 + 4 * 32 + 12)),
            ("i.mrn", "MRN-1A".into()),
            ("i.phone1_end", "0123".into()),
            ("i.phone1", "5550100123".into()),
        ];
        assert!(index_values(&patient) == expected);
    }

    #[test]
    fn only_two_former_surnames_that_differ_are_indexed() {
        let mut patient = named("Smith", &["Anna"]);
        patient.identity.former = ["Smith", "Li", "li", "Jones", "Brown"]
            .map(|surname| PersonName { surname: surname.into(), ..PersonName::default() })
            .into();
        let former: Vec<_> = index_values(&patient).into_iter().filter(|(path, _)| path.contains("former")).collect();
        assert!(former == vec![("i.former1", "li.".into()), ("i.former2", "jones.".into())]);
    }

    #[test]
    fn a_patient_nobody_knows_anything_about_has_no_searchable_value() {
        assert!(index_values(&PatientRecord::default()).is_empty());
        assert!(index_values(&named(" - ", &["'"])).is_empty());
    }
}
