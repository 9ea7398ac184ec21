//! What people type about a patient: plain texts, an empty one for what isn't known; what is wrong with them, and the
//! record they make. Pure.

mod contact;
mod insurance;

use super::validate::{self, Invalid, OneLetter, Why};
use super::{DateError, DateOrder, Identity, PartialDate, PatientRecord, PersonName};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// The sexes a record knows.
pub const SEXES: &[&str] = &["female", "male", "other", "unknown"];
const LONGEST: usize = 200;

/// Everything about somebody who is being registered.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct Entered {
    /// Who.
    pub identity: EnteredIdentity,
    /// How to be reached.
    pub contact: EnteredContact,
    /// Who pays.
    pub insurance: EnteredInsurance,
    /// Social security number.
    pub ssn: String,
}

/// Name, birth date, sex.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct EnteredIdentity {
    /// Surname.
    pub surname: String,
    /// Given names, separated by spaces.
    pub given: String,
    /// For example `Dr.`.
    pub prefix: String,
    /// For example `Jr.`.
    pub suffix: String,
    /// As typed.
    pub birth_date: String,
    /// One of [`SEXES`].
    pub sex: String,
    /// In the patient's words.
    pub gender_identity: String,
    /// A former surname.
    pub former_surname: String,
    /// A name of one letter is right as it is.
    pub one_letter: bool,
}

/// How to reach somebody.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct EnteredContact {
    /// Phones, the preferred one first.
    pub phones: Vec<String>,
    /// E-mail address.
    pub email: String,
    /// Street and number.
    pub street: String,
    /// City.
    pub city: String,
    /// State or province.
    pub state: String,
    /// Postal code.
    pub postal_code: String,
    /// Country.
    pub country: String,
    /// Language of communication.
    pub language: String,
    /// Primary doctor.
    pub general_practitioner: String,
    /// Whom to call, the first first.
    pub emergency: Vec<EnteredPerson>,
}

/// Somebody beside the patient.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct EnteredPerson {
    /// Name.
    pub name: String,
    /// What that person is to the patient.
    pub relationship: String,
    /// Phone.
    pub phone: String,
}

/// Who pays.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct EnteredInsurance {
    /// Primary first.
    pub coverages: Vec<EnteredCoverage>,
    /// Who answers for the rest.
    pub guarantor: EnteredPerson,
}

/// One coverage.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct EnteredCoverage {
    /// Carrier.
    pub carrier: String,
    /// Policy number.
    pub policy: String,
    /// Group number.
    pub group: String,
    /// Whose policy it is.
    pub subscriber: String,
    /// What the subscriber is to the patient.
    pub relationship: String,
    /// First day.
    pub from: String,
    /// Last day.
    pub until: String,
    /// Deductible.
    pub deductible: String,
}

impl Entered {
    /// Everything that is wrong, in the order of the form. `required` names fields that may not be empty.
    #[must_use]
    pub fn invalid(&self, required: &[String], today: PartialDate) -> Vec<Invalid> {
        let mut found = self.identity.invalid(today);
        found.extend(self.contact.invalid());
        found.extend(self.insurance.invalid());
        if !self.ssn.trim().is_empty() {
            found.extend(validate::ssn(&self.ssn).err());
        }
        let missing = self.fields().into_iter().filter(|(field, text)| {
            required.iter().any(|one| one == field)
                && text.trim().is_empty()
                && !found.iter().any(|one| one.field == *field)
        });
        let missing: Vec<Invalid> = missing.map(|(field, _)| Invalid { field, why: Why::Missing }).collect();
        found.extend(missing);
        found
    }

    /// What a site may require.
    fn fields(&self) -> [(&'static str, &str); 10] {
        let (identity, contact) = (&self.identity, &self.contact);
        let first = |phones: &[String]| phones.first().is_some_and(|one| !one.trim().is_empty());
        [
            ("identity.birth_date", &identity.birth_date),
            ("identity.sex", &identity.sex),
            ("contact.phones", if first(&contact.phones) { "known" } else { "" }),
            ("contact.email", &contact.email),
            ("contact.street", &contact.street),
            ("contact.city", &contact.city),
            ("contact.postal_code", &contact.postal_code),
            ("contact.language", &contact.language),
            ("contact.emergency", contact.emergency.first().map_or("", |one| &one.name)),
            ("insurance.coverages", self.insurance.coverages.first().map_or("", |one| &one.carrier)),
        ]
    }

    /// The record it makes, as far as it can be read.
    #[must_use]
    pub fn record(&self) -> PatientRecord {
        let mut record = PatientRecord::default();
        self.identity.put(&mut record.identity);
        self.contact.put(&mut record.contact);
        self.insurance.put(&mut record.insurance);
        record.national_id.ssn = some(&self.ssn);
        record.copy_to_identity();
        record
    }
}

impl EnteredIdentity {
    /// What is wrong with it.
    #[must_use]
    pub fn invalid(&self, today: PartialDate) -> Vec<Invalid> {
        let one_letter = if self.one_letter { OneLetter::Confirmed } else { OneLetter::Refuse };
        let former = Some(&self.former_surname).filter(|name| !name.trim().is_empty());
        let checks = [
            validate::name("identity.name.surname", &self.surname, one_letter),
            validate::name("identity.name.given", &self.given, one_letter),
            former.map_or(Ok(()), |name| validate::name("identity.former", name, OneLetter::Confirmed)),
            birth_date(&self.birth_date, today),
            optional(&self.sex, |sex| validate::listed("identity.sex", sex, SEXES)),
            line("identity.gender_identity", &self.gender_identity),
            line("identity.name.prefix", &self.prefix),
            line("identity.name.suffix", &self.suffix),
        ];
        checks.into_iter().filter_map(Result::err).collect()
    }

    /// Writes it into an identity; the name it had before stays among the former ones when its surname changes.
    pub fn put(&self, identity: &mut Identity) {
        let name = PersonName {
            surname: self.surname.trim().to_owned(),
            given: self.given.split_whitespace().map(str::to_owned).collect(),
            prefix: some(&self.prefix),
            suffix: some(&self.suffix),
            ..identity.name.clone()
        };
        let before = std::mem::replace(&mut identity.name, name);
        let changed = !before.surname.is_empty() && before.surname != identity.name.surname;
        if changed && !identity.former.iter().any(|former| former.surname == before.surname) {
            identity.former.insert(0, PersonName { usage: Some("old".into()), ..before });
        }
        let former = self.former_surname.trim();
        if !former.is_empty() && !identity.former.iter().any(|one| one.surname == former) {
            let usage = Some("old".to_owned());
            identity.former.push(PersonName { surname: former.to_owned(), usage, ..PersonName::default() });
        }
        identity.birth_date = PartialDate::typed(&self.birth_date, DateOrder::MonthFirst).ok();
        identity.sex = some(&self.sex).unwrap_or_else(|| "unknown".to_owned());
        identity.gender_identity = some(&self.gender_identity);
    }

    /// What an identity looks like to whoever changes it.
    #[must_use]
    pub fn of(identity: &Identity) -> Self {
        Self {
            surname: identity.name.surname.clone(),
            given: identity.name.given_joined(),
            prefix: text(identity.name.prefix.as_ref()),
            suffix: text(identity.name.suffix.as_ref()),
            birth_date: identity.birth_date.map(|date| date.to_string()).unwrap_or_default(),
            sex: identity.sex.clone(),
            gender_identity: text(identity.gender_identity.as_ref()),
            former_surname: String::new(),
            one_letter: true,
        }
    }
}

fn some(text: impl AsRef<str>) -> Option<String> {
    Some(text.as_ref().trim().to_owned()).filter(|text| !text.is_empty())
}

fn text(text: Option<&String>) -> String {
    text.cloned().unwrap_or_default()
}

fn optional(text: &str, check: impl Fn(&str) -> Result<(), Invalid>) -> Result<(), Invalid> {
    if text.trim().is_empty() { Ok(()) } else { check(text) }
}

fn line(field: &'static str, text: &str) -> Result<(), Invalid> {
    // A street may have two lines.
    text.split('\n').try_for_each(|text| optional(text, |text| validate::one_line(field, text, LONGEST)))
}

fn read(field: &'static str, text: &str) -> Result<PartialDate, Invalid> {
    PartialDate::typed(text, DateOrder::MonthFirst).map_err(|error| {
        let why = if error == DateError::NoSuchDay { Why::NoSuchDay } else { Why::Date };
        Invalid { field, why }
    })
}

fn birth_date(text: &str, today: PartialDate) -> Result<(), Invalid> {
    optional(text, |text| validate::birth_date(read("identity.birth_date", text)?, today))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn anna() -> Entered {
        let mut anna = Entered::default();
        anna.identity.surname = "Smith".into();
        anna.identity.given = "Anna Marie".into();
        anna.identity.birth_date = "04/12/1968".into();
        anna.identity.sex = "female".into();
        anna.contact.phones = vec!["(217) 555-0114".into(), String::new()];
        anna.contact.street = "12 Elm Street".into();
        anna
    }

    fn wrong(entered: &Entered, required: &[&str]) -> Vec<(&'static str, Why)> {
        let required: Vec<String> = required.iter().map(|field| (*field).to_owned()).collect();
        let found = entered.invalid(&required, "2026-11-22".parse().unwrap());
        found.into_iter().map(|one| (one.field, one.why)).collect()
    }

    #[test]
    fn what_is_typed_becomes_a_record_and_reads_back_the_same() {
        assert_eq!(wrong(&anna(), &["identity.birth_date"]), []);
        let record = anna().record();
        assert_eq!(record.identity.name.given, ["Anna", "Marie"]);
        assert_eq!(record.identity.birth_date.map(|date| date.to_string()).as_deref(), Some("1968-04-12"));
        assert_eq!(record.identity.phone_last4.as_deref(), Some("0114"));
        let mut again = record.clone();
        EnteredIdentity::of(&record.identity).put(&mut again.identity);
        EnteredContact::of(&record.contact).put(&mut again.contact);
        EnteredInsurance::of(&record.insurance).put(&mut again.insurance);
        assert!(again == record);
    }

    #[test]
    fn everything_wrong_is_told_at_once_and_what_the_site_requires_may_not_be_empty() {
        let mut entered = anna();
        entered.identity.surname = "X".into();
        entered.identity.birth_date = "13/45/1968".into();
        entered.contact.phones[0] = "call me".into();
        entered.contact.emergency = vec![EnteredPerson { phone: "555-0100 22".into(), ..EnteredPerson::default() }];
        entered.insurance.coverages = vec![EnteredCoverage { carrier: "Acme".into(), ..EnteredCoverage::default() }];
        entered.ssn = "000-11-2222".into();
        let expected = [
            ("identity.name.surname", Why::OneLetter),
            ("identity.birth_date", Why::NoSuchDay),
            ("contact.phones", Why::Characters),
            ("contact.emergency", Why::Missing),
            ("insurance.coverages", Why::Missing),
            ("national_id.ssn", Why::NeverIssued),
            ("contact.email", Why::Missing),
        ];
        assert_eq!(wrong(&entered, &["contact.email", "contact.phones"]), expected);
        entered.identity.one_letter = true;
        assert!(!wrong(&entered, &[]).contains(&("identity.name.surname", Why::OneLetter)));
    }

    #[test]
    fn a_new_surname_or_address_keeps_the_old_one() {
        let mut record = anna().record();
        let mut married = EnteredIdentity::of(&record.identity);
        married.surname = "Miller".into();
        married.put(&mut record.identity);
        assert_eq!(record.identity.former[0].surname, "Smith");
        let mut moved = EnteredContact::of(&record.contact);
        moved.street = "7 Harbour Lane".into();
        moved.put(&mut record.contact);
        let streets: Vec<_> = record.contact.addresses.iter().map(|one| one.lines[0].as_str()).collect();
        assert_eq!(streets, ["7 Harbour Lane", "12 Elm Street"]);
        assert_eq!(record.contact.addresses[1].usage.as_deref(), Some("old"));
    }

    #[test]
    fn a_coverage_that_ends_before_it_begins_is_refused() {
        let mut entered = anna();
        let (from, until) = ("2026-02-01".to_owned(), "01/31/2026".to_owned());
        entered.insurance.coverages =
            vec![EnteredCoverage { carrier: "Acme".into(), policy: "1".into(), from, until, ..Default::default() }];
        assert_eq!(wrong(&entered, &[]), [("insurance.coverages", Why::NoSuchDay)]);
    }
}
