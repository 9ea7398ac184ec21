//! Payloads libmongocrypt made with known randomness: the same bytes must come out here.
//!
//! The randomness is read from the expected payload itself: its IVs are in the clear.

use crate::vectors::{Family, Fixed, files, folder, library_keys, local_crypt, raw, read, read_document, zero_root};
use bson::spec::BinarySubtype;
use bson::{Binary, Bson, Document, RawBson, doc};
use std::path::Path;
use uuid::Uuid;
use wardseal::crypt::{Algorithm, Crypt, Encryption, KeyName, QueryType, id_of};

const INSERT: u8 = 11;
const FIND_EQUALITY: u8 = 12;
const UNINDEXED_VALUE: u8 = 16;
const PLACEHOLDER: u8 = 3;
/// The algorithms a placeholder names.
const UNINDEXED: i32 = 1;
const EQUALITY: i32 = 2;

/// What an insert payload tells about how it was made.
struct Recipe {
    value: Bson,
    user_key: Uuid,
    index_key: Uuid,
    contention: i64,
    random: Vec<u8>,
}

fn recipe(crypt: &Crypt, payload: &Binary) -> Option<Recipe> {
    let body = Document::from_reader(&payload.bytes[1..]).ok()?;
    let (Bson::Binary(p), Bson::Binary(v), Bson::Binary(u)) = (body.get("p")?, body.get("v")?, body.get("u")?) else {
        return None;
    };
    let contention = body.get_i64("k").ok()?;
    let opened = crypt.decrypt(&raw(&doc! { "v": payload.clone() })).ok()?;
    let value = Document::try_from(opened).ok()?.get("v")?.clone();
    let mut random = if contention > 0 { partition(contention) } else { Vec::new() };
    random.extend_from_slice(&p.bytes[..16]);
    random.extend_from_slice(&v.bytes[16..32]);
    let (user_key, index_key) = (Uuid::from_slice(&v.bytes[..16]).ok()?, Uuid::from_slice(&u.bytes).ok()?);
    Some(Recipe { value, user_key, index_key, contention, random })
}

/// A 64-bit number that falls on partition `k` of `0..=k`, whatever is thrown away at the low end.
fn partition(k: i64) -> Vec<u8> {
    let (k, bound) = (k as u64, k as u64 + 1);
    (((1 << 62) / bound) * bound + k).to_le_bytes().to_vec()
}

fn encrypt(crypt: &Crypt, value: &Bson, how: &Encryption<'_>) -> Option<Binary> {
    let value = RawBson::try_from(value.clone()).ok()?;
    crypt.encrypt(value.as_raw_bson_ref(), how).ok()
}

fn insert(crypt: &Crypt, random: &Fixed, recipe: &Recipe) -> Option<Binary> {
    random.set(&recipe.random);
    let made = encrypt(
        crypt,
        &recipe.value,
        &Encryption {
            key: KeyName::Id(recipe.user_key),
            index_key: Some(recipe.index_key),
            algorithm: Algorithm::Indexed { contention: recipe.contention },
            query: None,
        },
    );
    random.set(&[]);
    made
}

fn find(crypt: &Crypt, value: &Bson, key: Uuid, contention: i64) -> Option<Binary> {
    let algorithm = Algorithm::Indexed { contention };
    let query = Some(QueryType::Equality);
    encrypt(crypt, value, &Encryption { key: KeyName::Id(key), index_key: None, algorithm, query })
}

#[test]
fn explicit_equality_payloads_come_out_byte_for_byte() {
    let Some(folder) = folder("fle2-explicit", "libmongocrypt/fle2-explicit") else { return };
    let random = Fixed::default();
    let crypt = local_crypt(&zero_root(), library_keys(&folder), None, random.clone());
    let mut family = Family::new("fle2-explicit");
    let paths = files(&folder.join("libmongocrypt/fle2-explicit"), ".json");
    let payloads: Vec<_> = paths.iter().filter_map(|path| Some((path, payload_in(path)?))).collect();
    let recipes: Vec<_> = payloads.iter().filter_map(|(_, payload)| inserted(&crypt, payload)).collect();
    let mut values: Vec<Bson> = recipes.iter().map(|recipe| recipe.value.clone()).collect();
    files(&folder.join("libmongocrypt"), "cmd.json").iter().for_each(|path| leaves(&read(path), &mut values));
    let keys: Vec<Uuid> = library_keys(&folder).iter().filter_map(|key| id_of(key)).collect();
    for (path, payload) in &payloads {
        let name = path.display().to_string();
        match payload.bytes[0] {
            INSERT if is_text(payload) => family.not_run("text payloads: not part of this version"),
            INSERT => {
                let made = recipe(&crypt, payload).and_then(|recipe| insert(&crypt, &random, &recipe));
                family.check(name, made.as_ref() == Some(payload));
            }
            FIND_EQUALITY => {
                let contention = Document::from_reader(&payload.bytes[1..]).unwrap().get_i64("cm").unwrap_or(0);
                // A query doesn't say what it asks: one of the values in the vectors must give it.
                let mut made = values.iter().flat_map(|value| keys.iter().map(move |key| (value, *key)));
                let made = made.any(|(value, key)| find(&crypt, value, key, contention).as_ref() == Some(payload));
                family.check(name, made);
            }
            kind => family.not_run(format!("payload type {kind}: not part of this version")),
        }
    }
    family.finish();
}

fn payload_in(path: &Path) -> Option<Binary> {
    match read_document(path).get("v")? {
        Bson::Binary(payload) if payload.subtype == BinarySubtype::Encrypted => Some(payload.clone()),
        _ => None,
    }
}

fn is_text(payload: &Binary) -> bool {
    Document::from_reader(&payload.bytes[1..]).is_ok_and(|body| body.contains_key("b"))
}

/// Every text and number of a command.
fn leaves(value: &Bson, found: &mut Vec<Bson>) {
    match value {
        Bson::Document(inner) => inner.values().for_each(|one| leaves(one, found)),
        Bson::Array(inner) => inner.iter().for_each(|one| leaves(one, found)),
        Bson::String(_) | Bson::Int32(_) | Bson::Int64(_) if !found.contains(value) => found.push(value.clone()),
        _ => {}
    }
}

fn inserted(crypt: &Crypt, payload: &Binary) -> Option<Recipe> {
    (payload.bytes[0] == INSERT).then(|| recipe(crypt, payload)).flatten()
}

#[test]
fn whole_commands_come_out_as_libmongocrypt_publishes_them() {
    let Some(folder) = folder("commands", "libmongocrypt") else { return };
    let mut family = Family::new("commands (fle2-insert-v2 and the like)");
    for path in files(&folder.join("libmongocrypt"), "encrypted-payload.json") {
        let here = path.parent().unwrap();
        let parts = ["mongocryptd-reply.json", "encrypted-field-map.json"].map(|name| here.join(name));
        if parts.iter().all(|part| part.is_file()) {
            command(&mut family, &folder, here, &read_document(&path));
        }
    }
    family.finish();
}

/// The reply of the query analyser is the command with a placeholder for each value.
fn command(family: &mut Family, folder: &Path, here: &Path, expected: &Document) {
    let map = read_document(&here.join("encrypted-field-map.json"));
    let mut marked = read_document(&here.join("mongocryptd-reply.json")).get_document("result").unwrap().clone();
    marked.remove("encryptionInformation");
    if map.to_string().contains("Preview\"") {
        return family.not_run("its fields are of a preview kind that this libmongocrypt refuses");
    }
    let random = Fixed::default();
    let crypt = local_crypt(&zero_root(), library_keys(folder), Some(&map), random.clone());
    let name = here.display().to_string();
    let expected = Bson::Document(expected.clone());
    let filled = match fill(&crypt, &random, &Bson::Document(marked), &expected) {
        Ok(Bson::Document(filled)) => name_first(filled),
        Ok(_) => return family.check(name, false),
        Err(why) => return family.not_run(why),
    };
    let database = map.keys().next().and_then(|name| name.split_once('.')).map_or("db", |(database, _)| database);
    let made = crypt.encrypt_command(database, &raw(&filled)).map(|made| Document::try_from(made).unwrap());
    family.check(name, made.is_ok_and(|made| same(&Bson::Document(made), &expected)));
}

/// The analyser's replies don't all begin with the command's name.
fn name_first(command: Document) -> Document {
    let (mut first, rest): (Vec<_>, Vec<_>) =
        command.into_iter().partition(|(name, value)| value.as_str().is_some() && !name.starts_with('$'));
    first.extend(rest);
    first.into_iter().collect()
}

/// Walks the marked command beside the expected one and encrypts every placeholder.
fn fill(crypt: &Crypt, random: &Fixed, marked: &Bson, expected: &Bson) -> Result<Bson, String> {
    match (marked, expected) {
        (Bson::Binary(placeholder), Bson::Binary(payload)) if placeholder.bytes.first() == Some(&PLACEHOLDER) => {
            reproduce(crypt, random, placeholder, payload).map(Bson::Binary)
        }
        (Bson::Document(marked), Bson::Document(expected)) => {
            let filled = marked
                .iter()
                .map(|(name, one)| Ok((name.clone(), fill(crypt, random, one, expected.get(name).unwrap_or(one))?)));
            Ok(Bson::Document(filled.collect::<Result<_, String>>()?))
        }
        (Bson::Array(marked), Bson::Array(expected)) => {
            let filled = marked.iter().zip(expected).map(|(one, beside)| fill(crypt, random, one, beside));
            Ok(Bson::Array(filled.collect::<Result<_, String>>()?))
        }
        (marked, _) => Ok(marked.clone()),
    }
}

/// Encrypts what a placeholder asks for, with the randomness of the expected payload.
fn reproduce(crypt: &Crypt, random: &Fixed, placeholder: &Binary, payload: &Binary) -> Result<Binary, String> {
    let asked = Document::from_reader(&placeholder.bytes[1..]).unwrap();
    let id = |name| match asked.get(name) {
        Some(Bson::Binary(id)) => Uuid::from_slice(&id.bytes).unwrap(),
        _ => panic!("a placeholder without {name}"),
    };
    let (value, contention) = (asked.get("v").unwrap(), asked.get_i64("cm").unwrap_or(0));
    let made = match (payload.bytes[0], asked.get_i32("a").unwrap()) {
        (INSERT, EQUALITY) => {
            let recipe = recipe(crypt, payload).map(|found| Recipe {
                value: value.clone(),
                user_key: id("ku"),
                index_key: id("ki"),
                ..found
            });
            recipe.and_then(|recipe| insert(crypt, random, &recipe))
        }
        (FIND_EQUALITY, EQUALITY) => find(crypt, value, id("ki"), contention),
        (UNINDEXED_VALUE, UNINDEXED) => {
            random.set(&payload.bytes[18..34]);
            let (key, algorithm) = (KeyName::Id(id("ku")), Algorithm::Unindexed);
            encrypt(crypt, value, &Encryption { key, index_key: None, algorithm, query: None })
        }
        (_, UNINDEXED | EQUALITY) => None,
        _ => return Err("range and text: not part of this version".into()),
    };
    random.set(&[]);
    // A payload that can't be made stays empty, and the comparison of the whole command fails.
    Ok(made.unwrap_or_else(|| Binary { subtype: BinarySubtype::Encrypted, bytes: Vec::new() }))
}

/// Equal but for the width of whole numbers, which plain JSON doesn't carry.
fn same(one: &Bson, other: &Bson) -> bool {
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
