//! Descriptions of encrypted fields: what is refused, what is taken.

use super::{Fixed, Report, local_crypt, opened_keys, raw, zero_root};
use crate::client::fields_of_schema;
use bson::{Bson, Document, doc};
use wardseal::store::{Store as _, memory::Memory};

/// `encryptedFields`, and the older schemas of client-side encryption.
pub fn encrypted_fields(report: &mut Report) {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    for (path, document) in report.documents() {
        let fields = super::specification_file::objects(&document, "fields");
        let described = !fields.is_empty() && fields.iter().all(|field| field.get_str("path").is_ok());
        if described && !document.contains_key("tests") {
            report.claim(&path);
            let taken = runtime.block_on(created(&document));
            match expected(&document, &fields) {
                Some(expected) => report.check("encrypted fields (efc)", path.display().to_string(), taken == expected),
                None => report.not_run("encrypted fields (efc)", "its keys are filled in by the test that uses it"),
            }
        } else if document.contains_key("properties") {
            report.claim(&path);
            csfle(report, &path, &document);
        } else if is_prose(&document) {
            report.claim(&path);
            report.not_run("prose tests", "documents of a driver's prose tests, described in words only");
        }
    }
}

async fn created(fields: &Document) -> bool {
    Memory::new().run(raw(&doc! { "create": "described", "encryptedFields": fields.clone() })).await.is_ok()
}

/// What the description's form asks for: a key of its own for every field, and a known way of encoding strings.
fn expected(document: &Document, fields: &[Document]) -> Option<bool> {
    if fields.iter().any(|field| field.get("keyId") == Some(&Bson::Null)) {
        return None;
    }
    let keys: Vec<_> = fields.iter().filter_map(|field| field.get("keyId")).collect();
    let own = keys.iter().enumerate().all(|(place, key)| !keys[..place].contains(key));
    let version = document.get("strEncodeVersion").is_none_or(|version| crate::client::whole(version) <= 1);
    Some(keys.len() == fields.len() && own && version)
}

/// A schema of client-side encryption: every local field can be sealed and opened as it says.
fn csfle(report: &mut Report, path: &std::path::Path, schema: &Document) {
    let fields = fields_of_schema(schema, "");
    if fields.is_empty() {
        return report.not_run("client-side schemas", "encrypts nothing, or names its keys by pointers into documents");
    }
    let crypt = local_crypt(&zero_root(), opened_keys(report), None, Fixed::default());
    for field in fields.iter().take(50) {
        match field.seal(&crypt, &"a".into()) {
            Ok(sealed) => {
                let opened =
                    crypt.decrypt(&raw(&doc! { "v": sealed })).map(|opened| Document::try_from(opened).unwrap());
                let same = opened.is_ok_and(|opened| opened == doc! { "v": "a" });
                report.check("client-side schemas", format!("{} {}", path.display(), field.path), same);
            }
            Err(_) => {
                report.not_run("client-side schemas", "its key can't be opened offline, or it isn't about strings")
            }
        }
    }
}

/// Plain documents: strings and schemas that don't encrypt.
fn is_prose(document: &Document) -> bool {
    let plain = |value: &Bson| matches!(value, Bson::String(_));
    !document.is_empty() && document.values().all(plain)
}
