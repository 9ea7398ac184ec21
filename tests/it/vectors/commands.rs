//! Whole commands, as libmongocrypt publishes them beside what the query analyser said.

use super::payloads::{INSERT, Maker, body, same};
use super::specification_file::binaries;
use super::{Report, raw};
use bson::{Binary, Bson, Document, bson, doc};
use std::path::Path;
use uuid::Uuid;
use wardseal::crypt::{Algorithm, Encryption, KeyName, QueryType};

const UNINDEXED_VALUE: u8 = 16;
const PLACEHOLDER: u8 = 3;
/// The algorithms a placeholder names.
const UNINDEXED: i32 = 1;
const EQUALITY: i32 = 2;
const RANGE: i32 = 3;

/// Whole commands come out as libmongocrypt publishes them: the reply of the query analyser is the command with a
/// placeholder for each value.
pub fn commands(report: &mut Report) {
    for (path, expected) in report.documents() {
        let tokens = ["compactionTokens", "cleanupTokens", "create", "bulkWrite", "tests", "result"];
        if tokens.iter().any(|name| expected.contains_key(name)) {
            continue;
        }
        let beside = report.beside(&path);
        let named = expected.get_document("encryptionInformation").and_then(|one| one.get_document("schema")).ok();
        let map = named.or_else(|| beside.iter().map(|(_, one)| one).find(|one| is_map(one)));
        let marked =
            beside.iter().find_map(|(_, one)| one.get_document("result").ok().filter(|_| one.contains_key("ok")));
        let (Some(map), Some(marked)) = (map, marked) else { continue };
        let sealed = (11..=18).any(|form| !binaries(&expected, form).is_empty());
        if !sealed && named.is_none() {
            continue;
        }
        report.claim(&path);
        beside.iter().for_each(|(path, _)| report.claim(path));
        if !sealed && !binaries(marked, PLACEHOLDER).is_empty() {
            report.not_run("commands", "what the query analyser is asked, which isn't part of explicit encryption");
            continue;
        }
        command(report, &path, &expected, marked, map);
    }
    leftovers(report);
}

/// A map from namespaces to their encrypted fields.
fn is_map(document: &Document) -> bool {
    let of_fields = |(name, value): (&String, &Bson)| name.contains('.') && value.as_document().is_some();
    !document.is_empty() && document.iter().all(of_fields)
}

/// Placeholders and analyser's words that stand alone.
fn leftovers(report: &mut Report) {
    for (path, document) in report.documents() {
        let of_analysis = document.contains_key("hasEncryptionPlaceholders") || document.contains_key("isRemoteSchema");
        let creates = document.contains_key("create") || document.contains_key("insert");
        if of_analysis || creates || is_map(&document) {
            report.claim(&path);
            if of_analysis {
                report.not_run("commands", "what the query analyser says, which isn't part of explicit encryption");
            }
        }
    }
}

fn command(report: &mut Report, path: &Path, expected: &Document, marked: &Document, map: &Document) {
    let family = "commands";
    if Bson::Document(map.clone()).to_string().contains("Preview\"") {
        return report.not_run(family, "its fields are of a preview kind that this libmongocrypt refuses");
    }
    let maker = Maker::new(report, Some(map));
    let mut marked = marked.clone();
    marked.remove("encryptionInformation");
    let filled = match fill(&maker, &Bson::Document(marked), &Bson::Document(expected.clone())) {
        Ok(Bson::Document(filled)) => name_first(filled),
        Ok(_) => return report.check(family, path.display().to_string(), false),
        Err(why) => return report.check(family, format!("{}: {why}", path.display()), false),
    };
    let database = map.keys().next().and_then(|name| name.split_once('.')).map_or("db", |(database, _)| database);
    let made = maker.crypt.encrypt_command(database, &raw(&filled)).map(|made| Document::try_from(made).unwrap());
    let holds = made.is_ok_and(|made| same(&Bson::Document(made), &Bson::Document(expected.clone())));
    report.check(family, path.display().to_string(), holds);
}

/// The analyser's replies don't all begin with the command's name.
fn name_first(command: Document) -> Document {
    let (mut first, rest): (Vec<_>, Vec<_>) =
        command.into_iter().partition(|(name, value)| value.as_str().is_some() && !name.starts_with('$'));
    first.extend(rest);
    first.into_iter().collect()
}

/// Walks the marked command beside the expected one and makes every payload over again.
fn fill(maker: &Maker, marked: &Bson, expected: &Bson) -> Result<Bson, String> {
    match (marked, expected) {
        (Bson::Binary(placeholder), Bson::Binary(payload)) if placeholder.bytes.first() == Some(&PLACEHOLDER) => {
            reproduce(maker, placeholder, payload).map(Bson::Binary)
        }
        (Bson::Document(marked), Bson::Document(expected)) => {
            let filled = marked
                .iter()
                .map(|(name, one)| Ok((name.clone(), fill(maker, one, expected.get(name).unwrap_or(one))?)));
            Ok(Bson::Document(filled.collect::<Result<_, String>>()?))
        }
        (Bson::Array(marked), Bson::Array(expected)) => {
            let filled = marked.iter().zip(expected).map(|(one, beside)| fill(maker, one, beside));
            Ok(Bson::Array(filled.collect::<Result<_, String>>()?))
        }
        (marked, _) => Ok(marked.clone()),
    }
}

/// Encrypts what a placeholder asks for, with the randomness of the expected payload.
fn reproduce(maker: &Maker, placeholder: &Binary, payload: &Binary) -> Result<Binary, String> {
    let asked = body(placeholder).ok_or("no placeholder")?;
    let id = |name| match asked.get(name) {
        Some(Bson::Binary(id)) => Uuid::from_slice(&id.bytes).unwrap(),
        _ => panic!("a placeholder without {name}"),
    };
    let (value, contention) = (asked.get("v").unwrap(), asked.get_i64("cm").unwrap_or(0));
    let made = match (payload.bytes[0], asked.get_i32("a").unwrap()) {
        (INSERT, EQUALITY | RANGE) => {
            let range = asked.get_document("v").ok().map(|v| placeholder_range(v, &asked));
            maker.insert(payload, range.as_ref())
        }
        (12, EQUALITY) => {
            let how = Encryption {
                key: KeyName::Id(id("ki")),
                index_key: None,
                algorithm: Algorithm::Indexed { contention },
                query: Some(QueryType::Equality),
            };
            maker.encrypt(value, &how)
        }
        (13, RANGE) => {
            let v = asked.get_document("v").map_err(|_| "no range")?;
            return finds_as_marked(maker, v, &asked, payload)
                .then(|| payload.clone())
                .ok_or("another range payload".into());
        }
        (UNINDEXED_VALUE, UNINDEXED) => {
            maker.random.set(&payload.bytes[18..34]);
            let (key, algorithm) = (KeyName::Id(id("ku")), Algorithm::Unindexed);
            let made = maker.encrypt(value, &Encryption { key, index_key: None, algorithm, query: None });
            maker.random.set(&[]);
            made
        }
        (kind, algorithm) => return Err(format!("payload {kind} of algorithm {algorithm}")),
    };
    made.filter(|made| made == payload).ok_or_else(|| "another payload".into())
}

fn placeholder_range(v: &Document, asked: &Document) -> Document {
    let mut options = Document::new();
    for name in ["min", "max", "precision", "trimFactor"] {
        v.get(name).into_iter().for_each(|value| drop(options.insert(name, value.clone())));
    }
    asked.get("s").into_iter().for_each(|sparsity| drop(options.insert("sparsity", sparsity.clone())));
    options
}

/// The range a placeholder describes; its second half has no edges.
fn finds_as_marked(maker: &Maker, v: &Document, asked: &Document, payload: &Binary) -> bool {
    let Ok(edges) = v.get_document("edgesInfo") else {
        return body(payload).is_some_and(|body| !body.contains_key("payload"));
    };
    let mut options = doc! { "min": edges.get("indexMin").cloned(), "max": edges.get("indexMax").cloned(), "sparsity": asked.get("s").cloned() };
    for name in ["precision", "trimFactor"] {
        edges.get(name).into_iter().for_each(|value| drop(options.insert(name, value.clone())));
    }
    let bound = |name: &str, included: &str, [with, without]: [&str; 2]| {
        let operator = if edges.get_bool(included).unwrap_or(false) { with } else { without };
        bson!({ "f": { operator: edges.get(name).cloned() } })
    };
    let question = doc! { "$and": [
        bound("lowerBound", "lbIncluded", ["$gte", "$gt"]), bound("upperBound", "ubIncluded", ["$lte", "$lt"]),
    ] };
    maker.finds_range(&question, &Bson::Binary(payload.clone()), Some(&options))
}
