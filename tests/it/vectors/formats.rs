//! Tokens, primitives and stored forms, against what MongoDB's server and libmongocrypt make.

use super::{Fixed, Report, hex, local_crypt, opened_keys, raw, zero_root};
use bson::spec::{BinarySubtype, ElementType};
use bson::{Binary, Bson, Document, doc};
use std::collections::BTreeMap;
use wardseal::crypt::hooks::{cbc_decrypt, cbc_encrypt, ctr, hmac_sha_256, hmac_sha_512};
use wardseal::crypt::tokens::{FieldTokens, Token, ValueTokens};
use wardseal::crypt::{CryptError, open_csfle, open_ctr, open_queryable};
use wardseal::secret::Secret;

/// Every token is derived as the server derives it.
pub fn tokens(report: &mut Report) {
    for (path, set) in report.documents() {
        let (Ok(root), Ok(value), Some(factor)) =
            (set.get_str("root"), set.get_str("value"), set.get("contentionFactor"))
        else {
            continue;
        };
        report.claim(&path);
        let (root, value, factor) = (Token::from_slice(&hex(root)).unwrap(), hex(value), number(factor));
        for (name, expected) in &set {
            let Some(expected) = expected.as_str().filter(|_| !["root", "value"].contains(&name.as_str())) else {
                continue;
            };
            let found = derive(name, &root, &value, factor);
            let holds = found.is_some_and(|token| token.as_bytes()[..] == hex(expected));
            report.check("tokens", format!("{} {name}", path.display()), holds);
        }
    }
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

/// The primitives agree with NIST, McGrew and MongoDB.
pub fn round_trips(report: &mut Report) {
    for (path, value) in report.all() {
        let Some(cases) = value.as_array() else { continue };
        let cases: Vec<&Document> = cases.iter().filter_map(Bson::as_document).collect();
        if cases.is_empty() || !cases.iter().all(|case| case.contains_key("algo")) {
            continue;
        }
        report.claim(&path);
        cases.into_iter().for_each(|case| round_trip(report, case));
    }
}

fn round_trip(report: &mut Report, case: &Document) {
    let family = "round trips";
    let bytes = |name: &str| case.get_str(name).map(hex).unwrap_or_default();
    let name = case.get_str("name").unwrap_or("?").to_owned();
    let (key, iv, aad, clear, sealed) =
        (bytes("key"), bytes("iv"), bytes("aad"), bytes("plaintext"), bytes("ciphertext"));
    let Some(cipher) = Cipher::named(case.get_str("algo").unwrap()) else {
        return report.check(family, format!("{name}: unknown algorithm"), false);
    };
    if !case.get_bool("ignore_ciphertext_mismatch_on_encrypt").unwrap_or(false) {
        let made = cipher.seal(&key, &iv, &aad, &clear);
        let expected = case.get_str("encrypt_error").is_err().then_some(sealed.clone());
        report.check(family, format!("{name} seals"), made == expected);
    }
    if case.contains_key("ciphertext") {
        let opened = cipher.open(&key, &aad, &sealed).ok();
        let expected = case.get_str("decrypt_error").is_err().then_some(clear);
        report.check(family, format!("{name} opens"), opened == expected);
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

/// A value the server stored gives its value, and every block its counter, zeros and tag.
pub fn stored_forms(report: &mut Report) {
    for (path, case) in report.documents() {
        if !["payload", "S_Key", "K_Key"].iter().all(|name| case.get_str(name).is_ok()) {
            continue;
        }
        report.claim(&path);
        let name = path.display();
        report.check("stored forms (iev-v2)", format!("{name} decrypts"), decrypts(&case));
        report.check("stored forms (iev-v2)", format!("{name} blocks"), blocks(&case).is_some());
    }
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

/// With the product's own token code: the outer layer, the inner one, and of every block what can be read. What the
/// blocks of a range or a string were made from isn't in the file, so of those the tags and their number count.
fn blocks(case: &Document) -> Option<()> {
    let (payload, value, server_key) = (field(case, "payload"), field(case, "bson_value"), field(case, "S_Key"));
    let tokens = FieldTokens::of(&Token::from_slice(&server_key[64..])?);
    let (head, count) = match payload[0] {
        14 => (18, 1),
        15 => (19, usize::from(payload[18])),
        17 => (30, u32::from_le_bytes(payload[18..22].try_into().ok()?) as usize),
        _ => return None,
    };
    let (front, blocks) = payload.split_at(payload.len().checked_sub(96 * count)?);
    let inner = open_ctr(tokens.server_data.as_bytes(), &front[head..]).ok()?;
    let (id, sealed) = inner.split_at(16);
    let opened = open_queryable(field(case, "K_Key")[..].try_into().ok()?, id, sealed).ok()?;
    let listed: Vec<Vec<u8>> = case.get_array("metadata").ok()?.iter().filter_map(Bson::as_str).map(hex).collect();
    let holds = opened[..] == value
        && id == field(case, "K_KeyId")
        && payload[1..17] == field(case, "S_KeyId")
        && listed.iter().map(Vec::as_slice).eq(blocks.chunks(96));
    if payload[0] == 14 {
        let found = ValueTokens::of(&tokens, &value).open_block(blocks).ok()?;
        return (holds && (found.count, found.partition) == (1, 0)).then_some(());
    }
    holds.then_some(())
}

/// Stored values open, placeholders and queries stay closed; what opens here opens with the product's own code too.
pub fn explicit_decrypt(report: &mut Report) {
    let family = "explicit-decrypt";
    let crypt = local_crypt(&zero_root(), opened_keys(report), None, Fixed::default());
    let keys = key_bytes(report);
    for (path, document) in report.documents() {
        let (Some(Bson::Binary(sealed)), 1) = (document.get("v"), document.len()) else { continue };
        if sealed.subtype != BinarySubtype::Encrypted {
            continue;
        }
        report.claim(&path);
        let opened = crypt.decrypt(&raw(&document));
        if opened == Err(CryptError::MissingKey) {
            report.not_run(family, "its data key isn't among those that can be opened");
            continue;
        }
        let opened = opened.ok().and_then(|opened| Document::try_from(opened).ok());
        let value = opened.and_then(|opened| opened.get("v").cloned()).filter(|value| !is_sealed(value));
        let readable = matches!(sealed.bytes[0], 1 | 2 | 4 | 6 | 7 | 9 | 11 | 14..=17);
        let name = path.display();
        report.check(family, format!("{name} opens, or doesn't"), value.is_some() == readable);
        if let (Some(own), Some(value)) = (open_ourselves(&keys, &sealed.bytes), value) {
            report.check(family, format!("{name} is the same with our own code"), own == value);
        }
    }
}

fn is_sealed(value: &Bson) -> bool {
    value.element_type() == ElementType::Binary
}

type Keys = BTreeMap<Vec<u8>, Vec<u8>>;

fn key_bytes(report: &Report) -> Keys {
    let opened = opened_keys(report).into_iter().filter_map(|document| {
        let document = Document::try_from(document).ok()?;
        let Some(Bson::Binary(id)) = document.get("_id") else { return None };
        Some((id.bytes.clone(), super::open_key(&document)?.expose().to_vec()))
    });
    opened.collect()
}

/// Forms 11, 14, 15, 16 and 17, opened without libmongocrypt.
fn open_ourselves(keys: &Keys, sealed: &[u8]) -> Option<Bson> {
    let inner = |id: &[u8], sealed: &[u8]| {
        open_queryable(keys.get(id)?[..].try_into().ok()?, id, sealed).ok().map(|one| one.to_vec())
    };
    let (bson_type, value) = match sealed[0] {
        11 => {
            let payload = Document::from_reader(&sealed[1..]).ok()?;
            let (Bson::Binary(value), Ok(kind)) = (payload.get("v")?, payload.get_i32("t")) else { return None };
            (u8::try_from(kind).ok()?, inner(&value.bytes[..16], &value.bytes[16..])?)
        }
        16 => {
            let key = keys.get(&sealed[1..17])?[..].try_into().ok()?;
            (sealed[17], open_queryable(key, &sealed[..18], &sealed[18..]).ok()?.to_vec())
        }
        form @ (14 | 15 | 17) => {
            let (head, count) = match form {
                14 => (18, 1),
                15 => (19, usize::from(sealed[18])),
                _ => (30, u32::from_le_bytes(sealed[18..22].try_into().ok()?) as usize),
            };
            let tokens = FieldTokens::of(&Token::from_slice(&keys.get(&sealed[1..17])?[64..])?);
            let outer =
                open_ctr(tokens.server_data.as_bytes(), sealed.get(head..sealed.len().checked_sub(96 * count)?)?)
                    .ok()?;
            (sealed[17], inner(&outer[..16], &outer[16..])?)
        }
        _ => return None,
    };
    let mut document = vec![0, 0, 0, 0, bson_type, b'v', 0];
    document.extend(value);
    document.push(0);
    let length = u32::try_from(document.len()).ok()?;
    document[..4].copy_from_slice(&length.to_le_bytes());
    Document::from_reader(&document[..]).ok()?.get("v").cloned()
}
