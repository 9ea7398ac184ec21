//! The floor of an import: libmongocrypt encrypting the same sections, items and searchable values, and nothing else.

use crate::bare::crypt;
use std::hint::black_box;
use wardseal::crypt::index::{Clear, payloads};
use wardseal::crypt::section::data_key_name;
use wardseal::crypt::{Crypt, Encryption};
use wardseal::record::fields::index_at;
use wardseal::record::{Item, PatientRecord, Section, index_values};

/// Encrypts all patients' values on one core.
pub fn run(patients: &[(PatientRecord, Vec<Item>)]) {
    let crypt = crypt();
    for (record, items) in patients {
        for section in Section::OF_PATIENT {
            let value = record.section_document(section).unwrap().unwrap_or_default();
            unindexed(&crypt, section, &value);
        }
        for item in items {
            unindexed(&crypt, item.section(), &item.to_document().unwrap());
        }
        let clear = |(path, value)| Some(Clear { path, key: index_at(path)?.key, value });
        let clear: Vec<Clear> = index_values(record).into_iter().filter_map(clear).collect();
        black_box(payloads(&crypt, &clear).unwrap());
    }
}

fn unindexed(crypt: &Crypt, section: Section, value: &bson::RawDocument) {
    let how = data_key_name(section.compartment());
    let value = bson::RawBsonRef::Document(value);
    black_box(crypt.encrypt(value, &Encryption::unindexed(&how)).unwrap());
}
