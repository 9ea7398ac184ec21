//! Commands whose encryption holds no randomness: compaction, cleanup, and the frame of a bulk write.

use super::specification_file::{matches, objects, without_preview};
use super::{Fixed, Report, local_crypt, opened_keys, raw, zero_root};
use bson::{Bson, Document, doc};

/// Compaction and cleanup commands come out with exactly the published tokens.
pub fn compaction(report: &mut Report) {
    for (path, expected) in report.documents() {
        let tokens = ["compactionTokens", "cleanupTokens"].into_iter().find(|name| expected.get_document(name).is_ok());
        let (Some(tokens), false) = (tokens, expected.contains_key("tests")) else { continue };
        report.claim(&path);
        let beside = report.beside(&path);
        beside.iter().filter(|(_, one)| !one.contains_key("tests")).for_each(|(path, _)| report.claim(path));
        let name = path.display().to_string();
        let map = map_of(&expected)
            .or_else(|| beside.iter().find_map(|(_, one)| map_of(one)))
            .or_else(|| keyed(&expected, tokens, &beside));
        let map = map.map(|map| without_preview(&Bson::Document(map)).as_document().unwrap().clone());
        let Some(map) = map else {
            report.not_run("compaction", "nothing beside it says what is encrypted");
            continue;
        };
        let mut command = expected.clone();
        ["compactionTokens", "cleanupTokens", "encryptionInformation"]
            .iter()
            .for_each(|name| drop(command.remove(*name)));
        let crypt = local_crypt(&zero_root(), opened_keys(report), Some(&map), Fixed::default());
        let namespace = map.keys().next().unwrap();
        let made = crypt.encrypt_command(namespace.split_once('.').unwrap().0, &raw(&command));
        let made = made.map(|made| Document::try_from(made).unwrap());
        let same = made.as_ref().is_ok_and(|made| {
            let tokens = (expected.get(tokens).unwrap(), made.get(tokens).unwrap_or(&Bson::Null));
            matches(tokens.0, tokens.1, false).is_ok()
        });
        match made {
            Err(wardseal::crypt::CryptError::MissingKey) => {
                report.not_run("compaction", "its data key can't be opened offline")
            }
            _ => report.check("compaction", name, same),
        }
    }
    leftovers(report);
}

/// What a server says of a collection, where nothing is to be compacted.
fn leftovers(report: &mut Report) {
    for (path, document) in report.documents() {
        let options = document.get_document("options").and_then(|options| options.get_document("encryptedFields"));
        if let Ok(fields) = options {
            report.claim(&path);
            let without_key = objects(fields, "fields").iter().any(|field| !field.contains_key("keyId"));
            if without_key {
                let map = doc! { "db.test": fields.clone() };
                let crypt = local_crypt(&zero_root(), vec![], Some(&map), Fixed::default());
                let command = raw(&doc! { "compactStructuredEncryptionData": "test" });
                let refused = crypt.encrypt_command("db", &command).is_err();
                report.check("compaction", format!("{} is refused", path.display()), refused);
            }
        }
    }
}

/// The map of encrypted fields that a command, a collection's description or a map itself holds.
fn map_of(document: &Document) -> Option<Document> {
    if let Ok(information) = document.get_document("encryptionInformation") {
        return information.get_document("schema").ok().cloned();
    }
    if let Ok(fields) = document.get_document("options").and_then(|options| options.get_document("encryptedFields")) {
        return Some(doc! { "db.test": fields.clone() });
    }
    let of_fields = |(name, value): (&String, &Bson)| {
        name.contains('.') && value.as_document().is_some_and(|one| one.contains_key("fields"))
    };
    (!document.is_empty() && document.iter().all(of_fields)).then(|| document.clone())
}

/// Fields whose key is named by the only key document beside them.
fn keyed(expected: &Document, tokens: &str, beside: &[(std::path::PathBuf, Document)]) -> Option<Document> {
    let key = beside.iter().map(|(_, one)| one).find(|one| super::is_key_document(one))?;
    let fields = expected.get_document(tokens).ok()?.keys().map(|path| {
        doc! { "path": path, "bsonType": "string", "keyId": key.get("_id").unwrap().clone(), "queries": { "queryType": "equality" } }
    });
    let (_, collection) = expected.iter().next()?;
    let mut map = Document::new();
    map.insert(format!("db.{}", collection.as_str()?), doc! { "fields": fields.collect::<Vec<_>>() });
    Some(map)
}

/// A bulk write gets what the server needs beside each namespace.
pub fn bulk_writes(report: &mut Report) {
    for (path, expected) in report.documents() {
        if !expected.contains_key("bulkWrite") {
            continue;
        }
        report.claim(&path);
        let beside = report.beside(&path);
        beside.iter().for_each(|(path, one)| {
            if !one.contains_key("tests") {
                report.claim(path)
            }
        });
        let namespaces = objects(&expected, "nsInfo");
        let informed: Vec<&Document> =
            namespaces.iter().filter_map(|one| one.get_document("encryptionInformation").ok()).collect();
        let of_analysis = !expected.contains_key("$db");
        match informed.first().and_then(|one| one.get_document("schema").ok()) {
            Some(map) if !of_analysis => {
                let holds = framed(&expected, map);
                report.check("bulkWrite", path.display().to_string(), holds);
            }
            _ => report.not_run("bulkWrite", "the query analyser's part, or nothing to encrypt"),
        }
    }
}

fn framed(expected: &Document, map: &Document) -> bool {
    let mut command = expected.clone();
    for namespace in command.get_array_mut("nsInfo").unwrap() {
        namespace.as_document_mut().unwrap().remove("encryptionInformation");
    }
    let crypt = local_crypt(&zero_root(), vec![], Some(map), Fixed::default());
    let made = crypt.encrypt_command("admin", &raw(&command)).map(|made| Document::try_from(made).unwrap());
    made.is_ok_and(|made| {
        let (wanted, got) = (expected.get("nsInfo").unwrap(), made.get("nsInfo").unwrap_or(&Bson::Null));
        matches(wanted, got, false).is_ok() && made.get("ops") == command.get("ops")
    })
}
