//! How to reach somebody, as it is typed.

use super::{EnteredContact, EnteredPerson, line, optional, some, text};
use crate::record::validate::{self, Invalid, Why};
use crate::record::{Address, Contact, EmergencyContact, Phone};

impl EnteredContact {
    /// What is wrong with it.
    #[must_use]
    pub fn invalid(&self) -> Vec<Invalid> {
        let phones = self.phones.iter().map(|one| optional(one, |one| validate::phone("contact.phones", one)));
        let lines = [
            ("contact.street", &self.street),
            ("contact.city", &self.city),
            ("contact.state", &self.state),
            ("contact.postal_code", &self.postal_code),
            ("contact.country", &self.country),
            ("contact.language", &self.language),
            ("contact.general_practitioner", &self.general_practitioner),
        ];
        let email = optional(&self.email, validate::email);
        let lines = lines.map(|(field, text)| line(field, text));
        let people = self.emergency.iter().map(|one| one.invalid("contact.emergency"));
        phones.chain([email]).chain(lines).chain(people).filter_map(Result::err).collect()
    }

    /// Writes it into a contact; other addresses and what isn't on the form stay.
    pub fn put(&self, contact: &mut Contact) {
        let usage = |at: usize| contact.phones.get(at).and_then(|phone| phone.usage.clone());
        let phones =
            self.phones.iter().enumerate().filter_map(|(at, one)| Some(Phone { number: some(one)?, usage: usage(at) }));
        let phones = phones.collect();
        let mut address = contact.addresses.first().cloned().unwrap_or_default();
        let street = self.street.split('\n').filter_map(some);
        (address.lines, address.city, address.state) = (street.collect(), some(&self.city), some(&self.state));
        (address.postal_code, address.country) = (some(&self.postal_code), some(&self.country));
        self.put_address(contact, address);
        contact.phones = phones;
        contact.email = some(&self.email);
        (contact.language, contact.general_practitioner) = (some(&self.language), some(&self.general_practitioner));
        contact.emergency = self.emergency.iter().filter_map(EnteredPerson::emergency).collect();
    }

    /// A new address in front; the one before it stays as an old one.
    fn put_address(&self, contact: &mut Contact, address: Address) {
        let known = Address { usage: None, ..address.clone() } != Address::default();
        match contact.addresses.first_mut() {
            Some(first) if *first == address => {}
            Some(first) => {
                first.usage = Some("old".into());
                if known {
                    contact.addresses.insert(0, Address { usage: None, ..address });
                }
            }
            None => contact.addresses.extend(Some(address).filter(|_| known)),
        }
    }

    /// What a contact looks like to whoever changes it.
    #[must_use]
    pub fn of(contact: &Contact) -> Self {
        let address = contact.addresses.first().filter(|one| one.usage.as_deref() != Some("old")).cloned();
        let address = address.unwrap_or_default();
        Self {
            phones: contact.phones.iter().map(|phone| phone.number.clone()).collect(),
            email: text(contact.email.as_ref()),
            street: address.lines.join("\n"),
            city: text(address.city.as_ref()),
            state: text(address.state.as_ref()),
            postal_code: text(address.postal_code.as_ref()),
            country: text(address.country.as_ref()),
            language: text(contact.language.as_ref()),
            general_practitioner: text(contact.general_practitioner.as_ref()),
            emergency: contact.emergency.iter().map(EnteredPerson::of).collect(),
        }
    }
}

impl EnteredPerson {
    pub(super) fn invalid(&self, field: &'static str) -> Result<(), Invalid> {
        if self.name.trim().is_empty() && !(self.relationship.trim().is_empty() && self.phone.trim().is_empty()) {
            return Err(Invalid { field, why: Why::Missing });
        }
        line(field, &self.name)?;
        line(field, &self.relationship)?;
        optional(&self.phone, |phone| validate::phone(field, phone))
    }

    pub(super) fn emergency(&self) -> Option<EmergencyContact> {
        Some(EmergencyContact {
            name: some(&self.name)?,
            relationship: some(&self.relationship),
            phone: some(&self.phone),
        })
    }

    fn of(person: &EmergencyContact) -> Self {
        let (relationship, phone) = (text(person.relationship.as_ref()), text(person.phone.as_ref()));
        Self { name: person.name.clone(), relationship, phone }
    }
}
