//! The CSFLE corpus a driver made: everything under the local root opens, deterministic values come out byte for byte.

use super::{Fixed, Report, local_crypt, opened_keys, raw, zero_root};
use bson::spec::BinarySubtype;
use bson::{Bson, Document, RawBson, doc};
use std::path::PathBuf;
use wardseal::crypt::{Algorithm, Crypt, Encryption, KeyName, id_of};

/// A corpus is two documents of the same names: what was encrypted how, and what came of it. A key beside them says
/// under which root.
pub fn corpus(report: &mut Report) {
    for (path, clear) in report.documents() {
        let described =
            |field: &Bson| field.as_document().is_some_and(|one| one.contains_key("kms") && one.contains_key("algo"));
        if !clear.values().any(described) {
            continue;
        }
        let beside = report.beside(&path);
        let names: Vec<&String> = clear.iter().filter(|(_, field)| described(field)).map(|(name, _)| name).collect();
        let same = |other: &Document| names.iter().all(|name| other.contains_key(name)) && other != &clear;
        let Some((sealed_path, sealed)) = beside.iter().find(|(_, other)| same(other)) else { continue };
        if is_encrypted(&clear) || !is_encrypted(sealed) {
            continue;
        }
        report.claim(&path);
        report.claim(sealed_path);
        let (crypt, id) = open(report, &beside);
        for (name, field) in clear.iter().filter_map(|(name, field)| Some((name, field.as_document()?))) {
            match field.get_str("kms") {
                Ok("local") => one(report, &crypt, id, name, field, sealed.get_document(name).ok()),
                Ok(other) => report
                    .not_run(FAMILY, format!("{other}: its key is wrapped by a service that can't be asked offline")),
                Err(_) => report.check(FAMILY, name, false),
            }
        }
    }
}

const FAMILY: &str = "CSFLE corpus";

fn is_encrypted(document: &Document) -> bool {
    let sealed = |field: &Bson| matches!(field.as_document().and_then(|field| field.get("value")), Some(Bson::Binary(value)) if value.subtype == BinarySubtype::Encrypted);
    document.values().any(sealed)
}

fn open(report: &Report, beside: &[(PathBuf, Document)]) -> (Crypt, uuid::Uuid) {
    let local = beside.iter().map(|(_, one)| one).find(|one| super::open_key(one).is_some()).expect("a local key");
    let id = id_of(&raw(local)).expect("an id");
    let keys = opened_keys(report).into_iter().filter(|key| id_of(key) == Some(id));
    let named = keys.map(|key| add_alt_name(&key, "local")).collect();
    (local_crypt(&zero_root(), named, None, Fixed::default()), id)
}

/// The corpus calls the key by a name that its document doesn't carry.
fn add_alt_name(key: &bson::RawDocument, name: &str) -> bson::RawDocumentBuf {
    let mut key = Document::try_from(key).unwrap();
    key.entry("keyAltNames").or_insert_with(|| Bson::Array(vec![name.into()]));
    raw(&key)
}

fn one(report: &mut Report, crypt: &Crypt, id: uuid::Uuid, name: &str, field: &Document, sealed: Option<&Document>) {
    let (value, how) = (field.get("value").unwrap(), encryption(field, id));
    if field.get_bool("allowed").is_ok_and(|allowed| !allowed) {
        return report.check(FAMILY, format!("{name} is refused"), encrypt(crypt, value, &how).is_err());
    }
    let Some(stored) = sealed.and_then(|sealed| sealed.get("value")) else {
        return report.check(FAMILY, format!("{name} is in the encrypted corpus"), false);
    };
    let opened =
        crypt.decrypt(&raw(&doc! { "value": stored.clone() })).map(|opened| Document::try_from(opened).unwrap());
    report.check(FAMILY, format!("{name} opens"), opened.is_ok_and(|opened| opened.get("value") == Some(value)));
    if field.get_str("algo").is_ok_and(|text| text == "det") {
        report.check(FAMILY, format!("{name} again"), encrypt(crypt, value, &how).is_ok_and(|again| &again == stored));
    }
}

fn encryption(field: &Document, id: uuid::Uuid) -> Encryption<'static> {
    let deterministic = field.get_str("algo").is_ok_and(|text| text == "det");
    let algorithm = if deterministic { Algorithm::Deterministic } else { Algorithm::Random };
    let by_name = field.get_str("identifier").is_ok_and(|text| text == "altname");
    let key = if by_name { KeyName::AltName("local") } else { KeyName::Id(id) };
    Encryption { key, index_key: None, algorithm, query: None }
}

fn encrypt(crypt: &Crypt, value: &Bson, how: &Encryption<'_>) -> Result<Bson, wardseal::crypt::CryptError> {
    let value = RawBson::try_from(value.clone()).unwrap();
    crypt.encrypt(value.as_raw_bson_ref(), how).map(Bson::Binary)
}
