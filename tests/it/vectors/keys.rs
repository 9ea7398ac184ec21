//! Data keys of the key vault, and what would be asked of key management services.

use super::{Report, is_key_document, open_key};
use bson::{Bson, Document};
use wardseal::crypt::provider_of;

/// Wrapped data keys unwrap, to their published bytes where these lie beside them.
pub fn data_keys(report: &mut Report) {
    for (path, document) in report.documents() {
        if !is_key_document(&document) {
            continue;
        }
        report.claim(&path);
        let provider = provider_of(&super::raw(&document)).unwrap_or("none").to_owned();
        if !provider.starts_with("local") {
            report.not_run("data keys", "wrapped by a service that can't be asked offline");
            continue;
        }
        let name = path.display().to_string();
        let material = name.strip_suffix("-local-document.json").map(|name| format!("{name}-key-material.txt"));
        match (open_key(&document), material.and_then(|material| std::fs::read_to_string(material).ok())) {
            (Some(key), Some(expected)) => report.check("data keys", name, key.expose()[..] == super::hex(&expected)),
            (Some(_), None) => report.check("data keys", name, true),
            (None, Some(_)) => report.check("data keys", name, false),
            (None, None) => report.not_run("data keys", "wrapped under a local root that isn't in the vectors"),
        }
    }
    ids(report);
}

/// A file that holds an id only.
fn ids(report: &mut Report) {
    for (path, value) in report.all() {
        let id = |value: &Bson| matches!(value, Bson::Binary(one) if one.bytes.len() == 16);
        let only = value.as_document().is_some_and(|one| one.len() == 1 && one.values().all(id));
        if only || id(&value) {
            report.claim(&path);
            report.not_run("data keys", "only the id of a key");
        }
    }
}

/// Requests to services and libmongocrypt's own cache.
pub fn services(report: &mut Report) {
    for (path, value) in report.all() {
        let Some(cases) = value.as_array() else { continue };
        let cases: Vec<&Document> = cases.iter().filter_map(Bson::as_document).collect();
        let all_have = |name: &str| !cases.is_empty() && cases.iter().all(|case| case.contains_key(name));
        let (family, why) = match () {
            () if all_have("http_reply") => {
                report.claim(&path);
                cases.iter().for_each(|case| super::services::replies(report, case));
                continue;
            }
            () if all_have("cached") => ("cache-tests", "libmongocrypt's own cache of keys has no face outside it"),
            () if all_have("input") && all_have("expect") => {
                report.claim(&path);
                cases.iter().for_each(|case| master_key(report, case));
                continue;
            }
            () => continue,
        };
        report.claim(&path);
        cases.iter().for_each(|_| report.not_run(family, why));
    }
}

/// A master key's description, understood or refused by libmongocrypt.
fn master_key(report: &mut Report, case: &Document) {
    let input = case.get_document("input").unwrap();
    let understood = wardseal::crypt::kms::understands(&super::raw(input));
    report.check(
        "kek-tests",
        format!("{input}"),
        understood == case.get_str("expect").is_ok_and(|expected| expected == "ok"),
    );
}
