//! The CSFLE corpus a driver made: everything under the local root opens, deterministic values come out byte for byte.

use crate::vectors::{Family, Fixed, files, folder, local_crypt, raw, read_document, specifications_root};
use bson::{Bson, Document, RawBson, doc};
use std::path::Path;
use wardseal::crypt::{Algorithm, Crypt, Encryption, KeyName, id_of, provider_of};

#[test]
fn a_record_another_driver_encrypted_opens_and_comes_out_the_same() {
    let Some(root) = folder("CSFLE corpus", "specifications/corpus/corpus-encrypted.json") else { return };
    let folder = root.join("specifications/corpus");
    let (crypt, id) = open(&folder);
    let clear = read_document(&folder.join("corpus.json"));
    let sealed = read_document(&folder.join("corpus-encrypted.json"));
    let mut family = Family::new("CSFLE corpus");
    for (name, field) in &clear {
        let Some(field) = field.as_document() else { continue };
        match field.get_str("kms") {
            Ok("local") => one(&mut family, &crypt, id, name, field, sealed.get_document(name).ok()),
            Ok(other) => {
                family.not_run(format!("{other}: its key is wrapped by a service that can't be asked offline"))
            }
            Err(_) => family.check(name, false),
        }
    }
    family.finish();
}

fn open(folder: &Path) -> (Crypt, uuid::Uuid) {
    let keys: Vec<_> =
        files(folder, ".json").iter().filter(|path| is_key(path)).map(|p| raw(&read_document(p))).collect();
    let local = keys.iter().find(|key| provider_of(key) == Some("local")).expect("a local key");
    let id = id_of(local).expect("an id");
    let named = add_alt_name(local, "local");
    (local_crypt(&specifications_root(), vec![named], None, Fixed::default()), id)
}

/// The corpus calls the key by a name that its document doesn't carry.
fn add_alt_name(key: &bson::RawDocument, name: &str) -> bson::RawDocumentBuf {
    let mut key = Document::try_from(key).unwrap();
    key.entry("keyAltNames").or_insert_with(|| Bson::Array(vec![name.into()]));
    raw(&key)
}

fn is_key(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("corpus-key-"))
}

fn one(family: &mut Family, crypt: &Crypt, id: uuid::Uuid, name: &str, field: &Document, sealed: Option<&Document>) {
    let (value, how) = (field.get("value").unwrap(), encryption(field, id));
    if field.get_bool("allowed").is_ok_and(|allowed| !allowed) {
        return family.check(format!("{name} is refused"), encrypt(crypt, value, &how).is_err());
    }
    let Some(stored) = sealed.and_then(|sealed| sealed.get("value")) else {
        return family.check(format!("{name} is in the encrypted corpus"), false);
    };
    let opened =
        crypt.decrypt(&raw(&doc! { "value": stored.clone() })).map(|opened| Document::try_from(opened).unwrap());
    family.check(format!("{name} opens"), opened.is_ok_and(|opened| opened.get("value") == Some(value)));
    if field.get_str("algo").is_ok_and(|text| text == "det") {
        family.check(format!("{name} again"), encrypt(crypt, value, &how).is_ok_and(|again| &again == stored));
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
