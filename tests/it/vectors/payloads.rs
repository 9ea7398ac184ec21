//! Payloads libmongocrypt made with known randomness: the same bytes must come out here.
//!
//! The randomness is read from the expected payload itself: its IVs are in the clear.

use super::specification_file::{binaries, objects};
use super::{Fixed, Report, local_crypt, opened_keys, raw, zero_root};
use bson::spec::BinarySubtype;
use bson::{Binary, Bson, Document, RawBson, RawDocumentBuf, doc};
use std::collections::BTreeSet;
use uuid::Uuid;
use wardseal::crypt::{Algorithm, Crypt, Encryption, KeyName, QueryType, id_of};

pub const INSERT: u8 = 11;

/// Makes payloads over again.
pub struct Maker {
    pub crypt: Crypt,
    pub random: Fixed,
    keys: Vec<Uuid>,
}

impl Maker {
    pub fn new(report: &Report, map: Option<&Document>) -> Self {
        let (random, keys) = (Fixed::default(), opened_keys(report));
        let ids = keys.iter().filter_map(|key| id_of(key)).collect();
        Self { crypt: local_crypt(&zero_root(), keys, map, random.clone()), random, keys: ids }
    }

    pub fn encrypt(&self, value: &Bson, how: &Encryption<'_>) -> Option<Binary> {
        let value = RawBson::try_from(value.clone()).ok()?;
        self.crypt.encrypt(value.as_raw_bson_ref(), how).ok()
    }

    /// The same insert payload; `range` for payloads that don't say how they were made.
    pub fn insert(&self, payload: &Binary, range: Option<&Document>) -> Option<Binary> {
        let body = body(payload)?;
        let (Bson::Binary(v), Bson::Binary(u)) = (body.get("v")?, body.get("u")?) else { return None };
        let opened = self.crypt.decrypt(&raw(&doc! { "v": payload.clone() })).ok()?;
        let value = Document::try_from(opened).ok()?.get("v")?.clone();
        let contention = body.get_i64("k").ok()?;
        let algorithms = if body.contains_key("g") {
            vec![Algorithm::Range { options: range_options(&body, range), contention }]
        } else if body.contains_key("b") {
            text_options().into_iter().map(|options| Algorithm::Text { options, contention }).collect()
        } else {
            vec![Algorithm::Indexed { contention }]
        };
        let key = KeyName::Id(Uuid::from_slice(&v.bytes[..16]).ok()?);
        let index_key = Some(Uuid::from_slice(&u.bytes).ok()?);
        algorithms.into_iter().find_map(|algorithm| {
            self.random.set(&randomness(&body, contention));
            let made = self.encrypt(&value, &Encryption { key: key.clone(), index_key, algorithm, query: None });
            self.random.set(&[]);
            made.filter(|made| made == payload)
        })
    }

    /// Whether one of the questions about these values is exactly this payload: a query doesn't say what it asks.
    fn finds(&self, payload: &Binary, values: &[Bson]) -> bool {
        let contention = body(payload).and_then(|body| body.get("cm").map(crate::client::whole)).unwrap_or(0);
        let questions: Vec<(Algorithm, QueryType)> = match payload.bytes[0] {
            12 => vec![(Algorithm::Indexed { contention }, QueryType::Equality)],
            _ => questions(payload, contention),
        };
        let asked = values.iter().flat_map(|value| self.keys.iter().map(move |key| (value, *key)));
        asked.into_iter().any(|(value, key)| {
            questions.iter().any(|(algorithm, query)| {
                let how = Encryption {
                    key: KeyName::Id(key),
                    index_key: None,
                    algorithm: algorithm.clone(),
                    query: Some(*query),
                };
                self.encrypt(value, &how).as_ref() == Some(payload)
            })
        })
    }

    /// Whether a range question comes out as expected, but for the number that ties its halves together.
    pub fn finds_range(&self, asked: &Document, expected: &Bson, range: Option<&Document>) -> bool {
        let payloads = binaries(&doc! { "v": expected.clone() }, 13);
        let Some(full) = payloads.iter().filter_map(body).find(|body| body.contains_key("payload")) else {
            return false;
        };
        let contention =
            full.get_document("payload").ok().and_then(|inner| inner.get("cm")).map_or(0, crate::client::whole);
        let asked = RawDocumentBuf::try_from(&doc! { "v": asked.clone() }).unwrap();
        self.keys.iter().any(|key| {
            let algorithm = Algorithm::Range { options: range_options(&full, range), contention };
            let how = Encryption { key: KeyName::Id(*key), index_key: None, algorithm, query: Some(QueryType::Range) };
            let made = self.crypt.encrypt_expression(&asked, &how).map(|made| Document::try_from(made).unwrap());
            made.is_ok_and(|made| {
                let made = binaries(&made, 13);
                let made: Vec<Document> = made.iter().filter_map(body).collect();
                let wanted: Vec<Document> = payloads.iter().filter_map(body).collect();
                made.iter().zip(&wanted).all(|(made, wanted)| says(made, wanted))
            })
        })
    }
}

/// All of the expected parts, but for the number of the question and, where it has one half only, its operators.
pub fn says(made: &Document, wanted: &Document) -> bool {
    let free =
        |name: &str| name == "payloadId" || (name.ends_with("Operator") && !wanted.contains_key("secondOperator"));
    wanted
        .iter()
        .filter(|(name, _)| !free(name))
        .all(|(name, value)| made.get(name).is_some_and(|made| same(made, value)))
}

/// The BSON behind a payload's first byte.
pub fn body(payload: &Binary) -> Option<Document> {
    Document::from_reader(&payload.bytes[1..]).ok()
}

/// What libmongocrypt drew, in its order: the partition, the IV of the payload's own token, of its value, of every set.
fn randomness(body: &Document, contention: i64) -> Vec<u8> {
    let mut random = if contention > 0 { partition(contention) } else { Vec::new() };
    let iv = |document: &Document, name: &str, at: usize| match document.get(name) {
        Some(Bson::Binary(value)) => value.bytes[at..at + 16].to_vec(),
        _ => vec![],
    };
    random.extend(iv(body, "p", 0));
    random.extend(iv(body, "v", 16));
    let mut sets = objects(body, "g");
    if let Ok(text) = body.get_document("b") {
        sets.push(text.get_document("e").unwrap().clone());
        ["s", "u", "p"].iter().for_each(|name| sets.extend(objects(text, name)));
    }
    // Padding repeats one set; it was made once.
    let mut seen = BTreeSet::new();
    for set in sets {
        let iv = iv(&set, "p", 0);
        if seen.insert(iv.clone()) || body.contains_key("g") {
            random.extend(iv);
        }
    }
    random
}

/// A 64-bit number that falls on partition `k` of `0..=k`, whatever is thrown away at the low end.
fn partition(k: i64) -> Vec<u8> {
    let (k, bound) = (k as u64, k as u64 + 1);
    (((1 << 62) / bound) * bound + k).to_le_bytes().to_vec()
}

fn range_options(body: &Document, beside: Option<&Document>) -> RawDocumentBuf {
    let mut options = beside.cloned().unwrap_or_default();
    for (short, name) in [("mn", "min"), ("mx", "max"), ("sp", "sparsity"), ("tf", "trimFactor"), ("pn", "precision")] {
        body.get(short).into_iter().for_each(|value| drop(options.insert(name, value.clone())));
    }
    if let Some(sparsity) = options.get("sparsity").map(crate::client::whole) {
        options.insert("sparsity", sparsity);
    }
    RawDocumentBuf::try_from(&options).unwrap()
}

/// Text payloads don't say how they were made: the forms that come in question.
fn text_options() -> Vec<RawDocumentBuf> {
    let mut all = vec![];
    for (min, max) in [(1, 100), (2, 6), (2, 10), (3, 30), (1, 10)] {
        for (case, diacritics) in [(false, false), (true, true), (true, false), (false, true)] {
            let ends = doc! { "strMinQueryLength": min, "strMaxQueryLength": max };
            let middle = doc! { "strMinQueryLength": min, "strMaxQueryLength": max, "strMaxLength": max.max(10) };
            for (name, of) in [("prefix", &ends), ("suffix", &ends), ("substring", &middle)] {
                let mut options = doc! { "caseSensitive": case, "diacriticSensitive": diacritics };
                options.insert(name, of.clone());
                all.push(RawDocumentBuf::try_from(&options).unwrap());
            }
        }
    }
    all
}

/// What a text query asks, except the word.
fn questions(payload: &Binary, contention: i64) -> Vec<(Algorithm, QueryType)> {
    let Some(body) = body(payload) else { return vec![] };
    let kinds = [
        ("ps", "prefix", QueryType::Prefix),
        ("fs", "suffix", QueryType::Suffix),
        ("ss", "substring", QueryType::Substring),
    ];
    let of = kinds.iter().filter_map(|(short, name, query)| {
        let spec = body.get_document(short).ok()?;
        let number = |name: &str| spec.get(name).cloned();
        let mut lengths = Document::new();
        for (short, long) in [("lb", "strMinQueryLength"), ("ub", "strMaxQueryLength"), ("mlen", "strMaxLength")] {
            number(short).into_iter().for_each(|n| drop(lengths.insert(long, n)));
        }
        // The payload says whether folding happened, the option whether it must not.
        let sensitive = |flag: &str| !body.get_bool(flag).unwrap_or(true);
        let mut options = doc! { "caseSensitive": sensitive("cf"), "diacriticSensitive": sensitive("df") };
        options.insert(*name, lengths);
        Some((Algorithm::Text { options: RawDocumentBuf::try_from(&options).unwrap(), contention }, *query))
    });
    of.collect()
}

/// Explicit payloads come out byte for byte.
pub fn explicit(report: &mut Report) {
    let family = "explicit payloads";
    let maker = Maker::new(report, None);
    let values = values(report, &maker);
    for (path, document) in report.documents() {
        let Some(expected) = document.get("v").filter(|_| document.len() == 1) else { continue };
        let beside: Vec<Document> = report.beside(&path).into_iter().map(|(_, one)| one).collect();
        let range = beside.iter().find(|one| one.contains_key("sparsity") && !one.contains_key("v"));
        let name = path.display().to_string();
        match expected {
            Bson::Binary(payload) if payload.subtype == BinarySubtype::Encrypted => {
                report.claim(&path);
                match payload.bytes[0] {
                    INSERT if maker.crypt.decrypt(&raw(&document)).is_err() => {
                        report.not_run(family, "its data key can't be opened offline")
                    }
                    INSERT if of_preview(payload) => {
                        report.not_run(family, "a form of the range preview, which nothing here makes")
                    }
                    INSERT => report.check(family, name, maker.insert(payload, range).is_some()),
                    12 | 18 => report.check(family, name, maker.finds(payload, &values)),
                    4 | 5 | 6 | 7 | 9 | 10 => {
                        report.not_run(family, "a form of the first version, which nothing here makes")
                    }
                    _ => report.not_run(family, "a stored value or a placeholder, no payload"),
                }
            }
            Bson::Document(_) if !binaries(&document, 13).is_empty() => {
                report.claim(&path);
                let asked =
                    beside.iter().find_map(|one| one.get_document("v").ok().filter(|one| one.contains_key("$and")));
                match asked {
                    Some(asked) => report.check(family, name, maker.finds_range(asked, expected, range)),
                    None => report.not_run(family, "nothing beside it says what is asked"),
                }
            }
            _ => report.claim(&path),
        }
        report
            .beside(&path)
            .iter()
            .filter(|(_, one)| one.contains_key("sparsity"))
            .for_each(|(path, _)| report.claim(path));
    }
}

/// Whether the payload has edges that don't say whether they are leaves: the form of 7.0's preview of ranges.
fn of_preview(payload: &Binary) -> bool {
    let Some(body) = body(payload) else { return true };
    objects(&body, "g").iter().any(|set| matches!(set.get("p"), Some(Bson::Binary(one)) if one.bytes.len() < 49))
}

/// Every clear text and number the vectors speak of, with all pieces of the texts.
fn values(report: &Report, maker: &Maker) -> Vec<Bson> {
    let mut found = vec![];
    for (_, document) in report.documents() {
        if document.len() == 1 && document.contains_key("v") {
            let opened = maker.crypt.decrypt(&raw(&document)).ok().and_then(|opened| Document::try_from(opened).ok());
            opened.into_iter().for_each(|opened| leaves(&Bson::Document(opened), &mut found));
        }
    }
    let texts: BTreeSet<String> = found.iter().filter_map(Bson::as_str).map(str::to_owned).collect();
    for text in texts.iter().filter(|text| text.len() < 40) {
        let letters: Vec<char> = text.chars().collect();
        for from in 0..letters.len() {
            for to in from + 1..=letters.len() {
                let piece = Bson::String(letters[from..to].iter().collect());
                if !found.contains(&piece) {
                    found.push(piece);
                }
            }
        }
    }
    found
}

/// Every text and number of a value.
fn leaves(value: &Bson, found: &mut Vec<Bson>) {
    match value {
        Bson::Document(inner) => inner.values().for_each(|one| leaves(one, found)),
        Bson::Array(inner) => inner.iter().for_each(|one| leaves(one, found)),
        Bson::String(_) | Bson::Int32(_) | Bson::Int64(_) if !found.contains(value) => found.push(value.clone()),
        _ => {}
    }
}

/// Equal but for the width of whole numbers, which plain JSON doesn't carry.
pub fn same(one: &Bson, other: &Bson) -> bool {
    match (one, other) {
        (Bson::Document(one), Bson::Document(other)) => {
            one.len() == other.len()
                && one.iter().all(|(name, one)| other.get(name).is_some_and(|other| same(one, other)))
        }
        (Bson::Array(one), Bson::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| same(one, other))
        }
        (Bson::Int32(one), Bson::Int64(other)) | (Bson::Int64(other), Bson::Int32(one)) => i64::from(*one) == *other,
        (one, other) => one == other,
    }
}
