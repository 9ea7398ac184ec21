//! Sealing and opening one section: BSON, padded to a bucket, AES-256-GCM under the patient's key, then a libmongocrypt
//! Unindexed value under the compartment's data key.
//!
//! The inner layer ties the value to site, record, section and revision; the outer one to the compartment's root.

use super::error::CryptError;
use super::{Crypt, Encryption};
use crate::keys::{ContentId, ContentKey};
use crate::record::{Compartment, Section};
use crate::secret::Secret;
use aes_gcm::aead::AeadInOut;
use aes_gcm::{Aes256Gcm, KeyInit, Nonce};
use bson::spec::BinarySubtype;
use bson::{Binary, RawArrayBuf, RawBsonRef, RawDocument, RawDocumentBuf, raw::RawBinaryRef};
use uuid::Uuid;
use zeroize::Zeroizing;

const NONCE: usize = 12;
const TAG: usize = 16;
const SMALLEST: usize = 256;
/// Longest section; a stored document holds 16 MiB.
pub const LONGEST: usize = 8 << 20;
/// First byte of an Unindexed value.
const UNINDEXED: u8 = 16;

/// Where a section value belongs. Anything else there is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The clinic.
    pub site: Uuid,
    /// `_id` of the document.
    pub record: Uuid,
    /// Which section.
    pub section: Section,
    /// The section's own revision.
    pub rev: i64,
}

/// A stored section value and what it takes to open it.
pub struct Sealed<'a> {
    /// Where it was found.
    pub place: Place,
    /// K(patient, compartment).
    pub key: &'a Secret<32>,
    /// The stored bytes (binary subtype 6).
    pub value: &'a [u8],
}

/// Name of the data key of a compartment's section values.
#[must_use]
pub fn data_key_name(compartment: Compartment) -> String {
    format!("section:{}", compartment.code())
}

/// Seals a section value; the result is binary subtype 6.
///
/// # Errors
/// [`CryptError::Refused`] when it is longer than [`LONGEST`]; otherwise as [`Crypt::encrypt`].
pub fn seal(crypt: &Crypt, place: &Place, key: &Secret<32>, value: &RawDocument) -> Result<Binary, CryptError> {
    let inner = seal_inner(place, key, value.as_bytes())?;
    let inner = RawBsonRef::Binary(RawBinaryRef { subtype: BinarySubtype::Generic, bytes: &inner });
    crypt.encrypt(inner, &Encryption::unindexed(&data_key_name(place.section.compartment())))
}

/// Opens one section value.
///
/// # Errors
/// [`CryptError::Damaged`] when it was changed or doesn't belong to this place.
pub fn open(crypt: &Crypt, sealed: &Sealed<'_>) -> Result<RawDocumentBuf, CryptError> {
    let inner = open_outer(crypt, &[sealed.value])?.pop().ok_or(CryptError::Damaged)?;
    open_inner(&sealed.place, sealed.key, inner)
}

/// Opens many section values, of any number of documents, in one go; one damaged value doesn't hurt the others.
pub fn open_many(crypt: &Crypt, sealed: &[Sealed<'_>]) -> Vec<Result<RawDocumentBuf, CryptError>> {
    let values: Vec<&[u8]> = sealed.iter().map(|one| one.value).collect();
    match open_outer(crypt, &values) {
        Ok(inner) => sealed.iter().zip(inner).map(|(one, inner)| open_inner(&one.place, one.key, inner)).collect(),
        // The context fails as a whole: find out which value it was.
        Err(_) => sealed.iter().map(|one| open(crypt, one)).collect(),
    }
}

/// The same value under the compartment's present data key: only the outer layer changes, nothing inside is opened.
///
/// # Errors
/// [`CryptError::Damaged`] when it doesn't open; [`CryptError::MissingKey`] when a key isn't at hand.
pub fn encrypt_anew(crypt: &Crypt, value: &[u8], data_key: &str) -> Result<Binary, CryptError> {
    let inner = open_outer(crypt, &[value])?.pop().ok_or(CryptError::Damaged)?;
    let inner = RawBsonRef::Binary(RawBinaryRef { subtype: BinarySubtype::Generic, bytes: &inner });
    crypt.encrypt(inner, &Encryption::unindexed(data_key))
}

/// Decrypts Unindexed values in one context; each must hold plain bytes.
pub(super) fn open_outer(crypt: &Crypt, values: &[&[u8]]) -> Result<Vec<Zeroizing<Vec<u8>>>, CryptError> {
    let mut list = RawArrayBuf::new();
    for bytes in values {
        if bytes.first() != Some(&UNINDEXED) {
            return Err(CryptError::Damaged);
        }
        list.push(RawBsonRef::Binary(RawBinaryRef { subtype: BinarySubtype::Encrypted, bytes }));
    }
    let mut document = RawDocumentBuf::new();
    document.append(bson::raw::cstr!("v"), list);
    let opened = crypt.decrypt(&document)?;
    let opened = opened.get_array("v").map_err(|_| CryptError::Damaged)?;
    opened.into_iter().map(|value| plain_bytes(value?)).collect()
}

fn plain_bytes(value: RawBsonRef<'_>) -> Result<Zeroizing<Vec<u8>>, CryptError> {
    match value {
        RawBsonRef::Binary(inner) if inner.subtype == BinarySubtype::Generic => {
            Ok(Zeroizing::new(inner.bytes.to_vec()))
        }
        _ => Err(CryptError::Damaged),
    }
}

fn seal_inner(place: &Place, key: &Secret<32>, value: &[u8]) -> Result<Vec<u8>, CryptError> {
    let padded = bucket(value.len())?;
    let mut buffer = Vec::with_capacity(NONCE + padded + TAG);
    buffer.resize(NONCE, 0);
    super::hooks::fill_iv(&mut buffer)?;
    buffer.extend_from_slice(value);
    buffer.push(0x80);
    buffer.resize(NONCE + padded, 0);
    let (nonce, text) = buffer.split_at_mut(NONCE);
    let nonce = Nonce::try_from(&*nonce).map_err(|_| CryptError::Damaged)?;
    let sealing = cipher(key)?.encrypt_inout_detached(&nonce, place.associated().as_bytes(), text.into());
    let tag = sealing.map_err(|_| CryptError::Damaged)?;
    buffer.extend_from_slice(&tag);
    Ok(buffer)
}

fn open_inner(place: &Place, key: &Secret<32>, mut buffer: Zeroizing<Vec<u8>>) -> Result<RawDocumentBuf, CryptError> {
    let text = buffer.len().checked_sub(NONCE + TAG).ok_or(CryptError::Damaged)?;
    let (nonce, rest) = buffer.split_at_mut(NONCE);
    let (text, tag) = rest.split_at_mut(text);
    let (nonce, tag) = (Nonce::try_from(&*nonce), aes_gcm::Tag::try_from(&*tag));
    let (Ok(nonce), Ok(tag)) = (nonce, tag) else { return Err(CryptError::Damaged) };
    let opened = cipher(key)?.decrypt_inout_detached(&nonce, place.associated().as_bytes(), (&mut *text).into(), &tag);
    opened.map_err(|_| CryptError::Damaged)?;
    unpad(text)
}

fn cipher(key: &Secret<32>) -> Result<Aes256Gcm, CryptError> {
    // EXPOSE: the cipher needs the key; its schedule is wiped when it is dropped.
    Aes256Gcm::new_from_slice(key.expose()).map_err(|_| CryptError::Damaged)
}

/// Form of a value written by somebody who may not read it: this byte, the name of its content key, what that key seals.
const WRITE_ONLY: u8 = 2;
const WRITE_ONLY_HEADER: usize = 17;

/// Seals a section value under a content key; the result is binary subtype 0.
///
/// # Errors
/// [`CryptError::Refused`] when it is longer than [`LONGEST`].
pub fn seal_write_only(place: &Place, key: &ContentKey, value: &RawDocument) -> Result<Binary, CryptError> {
    let inner = seal_inner(place, key.key(), value.as_bytes())?;
    let bytes = [[WRITE_ONLY].as_slice(), key.id().as_bytes(), &inner].concat();
    Ok(Binary { subtype: BinarySubtype::Generic, bytes })
}

/// Opens a value that was sealed under a content key.
///
/// # Errors
/// [`CryptError::Damaged`] when it was changed, stands under another key or doesn't belong to this place.
pub fn open_write_only(place: &Place, key: &ContentKey, stored: &[u8]) -> Result<RawDocumentBuf, CryptError> {
    if content_id(stored) != Some(key.id()) {
        return Err(CryptError::Damaged);
    }
    open_inner(place, key.key(), Zeroizing::new(stored[WRITE_ONLY_HEADER..].to_vec()))
}

/// The name of the content key of a value that was sealed write-only; `None` if it is none.
#[must_use]
pub fn content_id(stored: &[u8]) -> Option<ContentId> {
    match stored.split_first_chunk::<WRITE_ONLY_HEADER>()? {
        ([WRITE_ONLY, id @ ..], rest) if rest.len() >= NONCE + SMALLEST + TAG => Some(Uuid::from_bytes(*id)),
        _ => None,
    }
}

fn unpad(text: &[u8]) -> Result<RawDocumentBuf, CryptError> {
    let end = text.iter().rposition(|&byte| byte != 0).filter(|&end| text[end] == 0x80);
    Ok(RawDocumentBuf::from_bytes(text[..end.ok_or(CryptError::Damaged)?].to_vec())?)
}

fn bucket(len: usize) -> Result<usize, CryptError> {
    let padded = (len + 1).next_power_of_two().max(SMALLEST);
    if padded > LONGEST { Err(CryptError::Refused("a section is too long")) } else { Ok(padded) }
}

impl Place {
    /// The associated data that binds a value to this place; also of a value that is sealed write-only.
    #[must_use]
    pub fn associated(&self) -> String {
        format!("wardseal/section/1|{}|{}|{}|{}", self.site, self.record, self.section.code(), self.rev)
    }
}
