//! Tokens, primitives and stored forms, against what MongoDB's server and libmongocrypt make.

use crate::vectors::{
    Family, Fixed, files, folder, hex, library_keys, local_crypt, raw, read, read_document, zero_root,
};
use bson::spec::{BinarySubtype, ElementType};
use bson::{Binary, Bson, Document, doc};
use wardseal::crypt::hooks::{cbc_decrypt, cbc_encrypt, ctr, hmac_sha_256, hmac_sha_512};
use wardseal::crypt::tokens::{FieldTokens, Token, ValueTokens};
use wardseal::crypt::{CryptError, open_csfle, open_ctr, open_queryable};
use wardseal::secret::Secret;

#[test]
fn every_token_is_derived_as_the_server_derives_it() {
    let Some(folder) = folder("tokens", "libmongocrypt/tokens") else { return };
    let mut family = Family::new("tokens");
    for path in files(&folder.join("libmongocrypt/tokens"), ".json") {
        let set = read_document(&path);
        let input = |name: &str| hex(set.get_str(name).unwrap());
        let factor = number(set.get("contentionFactor").unwrap());
        for (name, expected) in &set {
            let Some(expected) = expected.as_str().filter(|_| !["root", "value"].contains(&name.as_str())) else {
                continue;
            };
            let found = derive(name, &Token::from_slice(&input("root")).unwrap(), &input("value"), factor);
            family
                .check(format!("{} {name}", path.display()), found.is_some_and(|t| t.as_bytes()[..] == hex(expected)));
        }
    }
    family.finish();
}

fn number(value: &Bson) -> u64 {
    value.as_i64().or_else(|| value.as_i32().map(i64::from)).unwrap().try_into().unwrap()
}

/// Finds the derivation by the token's name.
fn derive(name: &str, root: &Token, value: &[u8], factor: u64) -> Option<Token> {
    let name = name.to_lowercase();
    let name = name.strip_suffix("token").unwrap_or(&name);
    let (field, tokens) = (FieldTokens::of(root), ValueTokens::of(&FieldTokens::of(root), value));
    let padding = field.esc.value(&[0; 17]);
    Some(match name {
        "collectionslevel1" => field.collections,
        "servertokenderivationlevel1" => field.derivation,
        "serverdataencryptionlevel1" => field.server_data,
        "edc" => field.edc,
        "esc" => field.esc,
        "ecc" => field.ecc,
        "ecoc" => field.ecoc,
        "edcderivedfromdata" => tokens.data,
        "escderivedfromdata" => tokens.state,
        "eccderivedfromdata" => field.ecc.value(value),
        "serverderivedfromdata" => tokens.server,
        "edcderivedfromdatatokenandcontentionfactor" => tokens.data.number(factor),
        "escderivedfromdatatokenandcontentionfactor" => tokens.state.number(factor),
        "eccderivedfromdatatokenandcontentionfactor" => field.ecc.value(value).number(factor),
        "edctwicederived" => tokens.data.number(factor).number(1),
        "esctwicederivedtag" => tokens.state.number(factor).number(1),
        "esctwicederivedvalue" => tokens.state.number(factor).number(2),
        "ecctwicederivedtag" => field.ecc.value(value).number(factor).number(1),
        "ecctwicederivedvalue" => field.ecc.value(value).number(factor).number(2),
        "servercountandcontentionfactorencryption" => tokens.count_key(),
        "serverzerosencryption" => tokens.zeros_key(),
        "anchorpaddingtokenroot" | "anchorpaddingroot" => padding,
        "anchorpaddingkey" => padding.number(1),
        "anchorpaddingvalue" => padding.number(2),
        other => return derive_text(other, &field, value, factor),
    })
}

fn derive_text(name: &str, field: &FieldTokens, value: &[u8], factor: u64) -> Option<Token> {
    let (of, rest) = name.split_once("text")?;
    let kinds = [("exact", 1), ("substring", 2), ("suffix", 3), ("prefix", 4)];
    let (rest, kind) = kinds.iter().find_map(|(kind, n)| rest.strip_prefix(kind).map(|rest| (rest, *n)))?;
    let above = [("edc", &field.edc), ("esc", &field.esc), ("server", &field.derivation)];
    let of = above.iter().find(|(name, _)| *name == of)?.1.number(kind);
    match rest {
        "" => Some(of),
        "derivedfromdata" => Some(of.value(value)),
        "derivedfromdatatokenandcontentionfactor" => Some(of.value(value).number(factor)),
        _ => None,
    }
}

#[test]
fn the_primitives_agree_with_nist_mcgrew_and_mongodb() {
    let Some(folder) = folder("round trips", "libmongocrypt/roundtrip") else { return };
    let mut family = Family::new("round trips");
    for path in files(&folder.join("libmongocrypt/roundtrip"), ".json") {
        for case in read(&path).as_array().unwrap() {
            round_trip(&mut family, case.as_document().unwrap());
        }
    }
    family.finish();
}

fn round_trip(family: &mut Family, case: &Document) {
    let bytes = |name: &str| case.get_str(name).map(hex).unwrap_or_default();
    let name = case.get_str("name").unwrap_or("?").to_owned();
    let (key, iv, aad, clear, sealed) =
        (bytes("key"), bytes("iv"), bytes("aad"), bytes("plaintext"), bytes("ciphertext"));
    let Some(cipher) = Cipher::named(case.get_str("algo").unwrap()) else {
        return family.check(format!("{name}: unknown algorithm"), false);
    };
    if !case.get_bool("ignore_ciphertext_mismatch_on_encrypt").unwrap_or(false) {
        let made = cipher.seal(&key, &iv, &aad, &clear);
        let expected = case.get_str("encrypt_error").is_err().then_some(sealed.clone());
        family.check(format!("{name} seals"), made == expected);
    }
    if case.contains_key("ciphertext") {
        let opened = cipher.open(&key, &aad, &sealed).ok();
        let expected = case.get_str("decrypt_error").is_err().then_some(clear);
        family.check(format!("{name} opens"), opened == expected);
    }
}

/// The four compositions in the vectors.
#[derive(Clone, Copy, PartialEq)]
enum Cipher {
    Ctr,
    CtrSha256,
    CbcSha256,
    CbcSha512,
}

impl Cipher {
    fn named(name: &str) -> Option<Self> {
        let known = [
            ("AES-256-CTR/NONE", Self::Ctr),
            ("AES-256-CTR/SHA-256", Self::CtrSha256),
            ("AES-256-CBC/SHA-256", Self::CbcSha256),
            ("AES-256-CBC/SHA-512-256", Self::CbcSha512),
        ];
        known.iter().find(|(known, _)| *known == name).map(|(_, cipher)| *cipher)
    }

    /// AES key and MAC key.
    fn keys(self, key: &[u8]) -> (&[u8], &[u8]) {
        match self {
            Self::Ctr => (key, &[]),
            Self::CtrSha256 | Self::CbcSha256 => (&key[..32], &key[32..64]),
            Self::CbcSha512 => (&key[32..64], &key[..32]),
        }
    }

    fn tag(self, key: &[u8], aad: &[u8], body: &[u8]) -> Vec<u8> {
        let mut tag = vec![0; if self == Self::CbcSha512 { 64 } else { 32 }];
        let bits = (aad.len() as u64 * 8).to_be_bytes();
        match self {
            Self::Ctr => tag.clear(),
            Self::CbcSha512 => hmac_sha_512(self.keys(key).1, &[aad, body, &bits], &mut tag).unwrap(),
            _ => hmac_sha_256(self.keys(key).1, &[aad, body], &mut tag).unwrap(),
        }
        tag.truncate(32);
        tag
    }

    fn seal(self, key: &[u8], iv: &[u8], aad: &[u8], clear: &[u8]) -> Option<Vec<u8>> {
        let mut text = clear.to_vec();
        if text.is_empty() {
            return None;
        }
        if matches!(self, Self::CbcSha256 | Self::CbcSha512) {
            let pad = 16 - text.len() % 16;
            text.resize(text.len() + pad, pad as u8);
            cbc_encrypt(self.keys(key).0, iv, &mut text)?;
        } else {
            ctr(self.keys(key).0, iv, &mut text)?;
        }
        let body = [iv, &text].concat();
        Some([body.clone(), self.tag(key, aad, &body)].concat())
    }

    fn open(self, key: &[u8], aad: &[u8], sealed: &[u8]) -> Result<Vec<u8>, CryptError> {
        match self {
            Self::Ctr => Ok(open_ctr(key.try_into().unwrap(), sealed)?.to_vec()),
            Self::CbcSha512 => Ok(open_csfle(key.try_into().unwrap(), aad, sealed)?.to_vec()),
            Self::CbcSha256 => Ok(open_queryable(key.try_into().unwrap(), aad, sealed)?.to_vec()),
            Self::CtrSha256 => {
                let body = sealed.len().checked_sub(32).filter(|len| *len > 16).ok_or(CryptError::Damaged)?;
                let (body, tag) = sealed.split_at(body);
                let same = self.tag(key, aad, body) == tag;
                let mut text = body[16..].to_vec();
                ctr(&key[..32], &body[..16], &mut text).ok_or(CryptError::Damaged)?;
                same.then_some(text).ok_or(CryptError::Damaged)
            }
        }
    }
}

#[test]
fn cbc_is_its_own_inverse_without_padding() {
    let (key, iv, mut text) = ([7; 32], [9; 16], *b"sixteen letters!sixteen letters!");
    cbc_encrypt(&key, &iv, &mut text).unwrap();
    cbc_decrypt(&key, &iv, &mut text).unwrap();
    assert_eq!(&text, b"sixteen letters!sixteen letters!");
    assert!(cbc_encrypt(&key, &iv, &mut text[..15]).is_none(), "an odd length is refused");
}

#[test]
fn wrapped_data_keys_unwrap_to_their_published_bytes() {
    let Some(folder) = folder("local data keys", "libmongocrypt/keys") else { return };
    let mut family = Family::new("local data keys");
    for path in files(&folder.join("libmongocrypt/keys"), "-local-document.json") {
        let name = path.to_string_lossy().replace("-local-document.json", "-key-material.txt");
        let Ok(expected) = std::fs::read_to_string(&name) else {
            family.not_run("no key material beside it");
            continue;
        };
        let document = read_document(&path);
        let Some(Bson::Binary(wrapped)) = document.get("keyMaterial") else { panic!("{}", path.display()) };
        let opened = open_csfle(zero_root().expose(), &[], &wrapped.bytes);
        family.check(name, opened.is_ok_and(|key| key[..] == hex(&expected)));
    }
    family.finish();
}

#[test]
fn a_value_the_server_stored_gives_its_value_counter_zeros_and_tag() {
    let Some(folder) = folder("stored forms", "libmongocrypt/iev-v2") else { return };
    let mut family = Family::new("stored forms (iev-v2)");
    for path in files(&folder.join("libmongocrypt/iev-v2"), ".json") {
        let case = read_document(&path);
        let name = path.display().to_string();
        family.check(format!("{name} decrypts"), decrypts(&case));
        match case.get_str("type") {
            Ok("equality") => family.check(format!("{name} block"), block(&case).is_some()),
            Ok(other) => family.not_run(format!("blocks of {other} values: not part of this version")),
            Err(_) => family.check(name, false),
        }
    }
    family.finish();
}

fn field(case: &Document, name: &str) -> Vec<u8> {
    hex(case.get_str(name).unwrap())
}

/// Through libmongocrypt, both keys wrapped anew.
fn decrypts(case: &Document) -> bool {
    let root = zero_root();
    let maker = local_crypt(&root, Vec::new(), None, Fixed::default());
    let keys = ["S", "K"].map(|which| {
        let key = Secret::copy_from(&field(case, &format!("{which}_Key"))).unwrap();
        let mut document = Document::try_from(maker.wrap_data_key("local", &[], &key).unwrap()).unwrap();
        let id = Binary { subtype: BinarySubtype::Uuid, bytes: field(case, &format!("{which}_KeyId")) };
        document.insert("_id", id);
        raw(&document)
    });
    let crypt = local_crypt(&root, keys.to_vec(), None, Fixed::default());
    let stored = Binary { subtype: BinarySubtype::Encrypted, bytes: field(case, "payload") };
    let Ok(opened) = crypt.decrypt(&raw(&doc! { "v": stored })) else { return false };
    // length, type byte, "v\0", the value, end
    opened.as_bytes()[7..opened.as_bytes().len() - 1] == field(case, "bson_value")
        && i32::from(opened.as_bytes()[4]) == case.get("bson_value_type").and_then(Bson::as_i32).unwrap()
}

/// With the product's own token code.
fn block(case: &Document) -> Option<()> {
    let (payload, value, server_key) = (field(case, "payload"), field(case, "bson_value"), field(case, "S_Key"));
    let tokens = FieldTokens::of(&Token::from_slice(&server_key[64..])?);
    let (value_part, block) = payload[18..].split_at(payload.len() - 18 - 96);
    let inner = open_ctr(tokens.server_data.as_bytes(), value_part).ok()?;
    let (id, sealed) = inner.split_at(16);
    let opened = open_queryable(field(case, "K_Key")[..].try_into().ok()?, id, sealed).ok()?;
    let found = ValueTokens::of(&tokens, &value).open_block(block).ok()?;
    let listed = case.get_array("metadata").ok()?;
    let holds = opened[..] == value
        && id == field(case, "K_KeyId")
        && payload[1..17] == field(case, "S_KeyId")
        && listed.iter().filter_map(Bson::as_str).any(|text| hex(text) == block)
        && (found.count, found.partition) == (1, 0);
    holds.then_some(())
}

/// What the vectors' own description says of these files; of the others only whether they open, by their first byte.
const EXPECTED: [(&str, Expected); 4] = [
    ("FLE2IndexedEqualityEncryptedValueV2", Expected::Text("foo")),
    ("FLE2IndexedRangeEncryptedValueV2", Expected::Int(123)),
    ("FLE2UnindexedEncryptedValueV2", Expected::Text("foo")),
    ("FLE2InsertUpdatePayloadV2-RangeV2", Expected::Int(123_456)),
];

#[derive(Clone, Copy)]
enum Expected {
    Text(&'static str),
    Int(i32),
}

#[test]
fn stored_values_open_and_placeholders_and_queries_stay_closed() {
    let Some(folder) = folder("explicit-decrypt", "libmongocrypt/explicit-decrypt") else { return };
    let crypt = local_crypt(&zero_root(), library_keys(&folder), None, Fixed::default());
    let mut family = Family::new("explicit-decrypt");
    for path in files(&folder.join("libmongocrypt/explicit-decrypt"), ".json") {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let document = read_document(&path);
        let opened = crypt.decrypt(&raw(&document));
        if opened == Err(CryptError::MissingKey) {
            family.not_run("its data key isn't among the local ones");
            continue;
        }
        let Some(Bson::Binary(sealed)) = document.get("v") else { panic!("{name}: no value") };
        let opened = opened.ok().and_then(|opened| Document::try_from(opened).ok());
        let value = opened.and_then(|opened| opened.get("v").cloned()).filter(|value| !is_sealed(value));
        let expected = EXPECTED.iter().find(|(known, _)| *known == name).map(|(_, expected)| *expected);
        family.check(name, fits(sealed.bytes[0], value.as_ref(), expected));
    }
    family.finish();
}

fn is_sealed(value: &Bson) -> bool {
    value.element_type() == ElementType::Binary
}

/// CSFLE, insert payloads and stored forms (of QE v1 too: the library still reads them) open; placeholders and
/// queries don't.
fn fits(kind: u8, value: Option<&Bson>, expected: Option<Expected>) -> bool {
    match (expected, value) {
        (Some(Expected::Text(text)), value) => value.and_then(Bson::as_str) == Some(text),
        (Some(Expected::Int(number)), value) => value.and_then(Bson::as_i32) == Some(number),
        (None, value) => value.is_some() == matches!(kind, 1 | 2 | 4 | 6 | 7 | 9 | 11 | 14..=17),
    }
}
