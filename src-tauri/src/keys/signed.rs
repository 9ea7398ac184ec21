//! A signed, versioned document: `{_id, v, by, body, sig}`.
//!
//! The signature covers the label, the signer and the body's BSON bytes as they were stored, so that a field added by
//! a newer version doesn't break an older reader.

use super::{KeyError, Signer, VerifyKey, forms};
use crate::record::form::carry;
use bson::{Bson, Document, RawDocumentBuf, doc};
use serde::{Serialize, de::DeserializeOwned};
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// What can be signed and stored: its label (never reused), its identity and its version.
pub trait Form: Serialize + DeserializeOwned {
    /// Domain of the signature, with the form's number.
    const LABEL: &'static str;
    /// The word for it in errors.
    const WHAT: &'static str;
    /// The document's `_id`.
    fn id(&self) -> Uuid;
    /// Grows with every change of the document.
    fn version(&self) -> i64;
}

/// A `T` with its author's signature. The value is out of reach until the signature is verified.
#[derive(Clone)]
pub struct Signed<T> {
    value: T,
    body: RawDocumentBuf,
    by: Uuid,
    signature: [u8; 64],
}

impl<T: Form> Signed<T> {
    /// Signs `value` as user `by`.
    ///
    /// # Errors
    /// If the value has no BSON form.
    pub fn sign(value: T, by: Uuid, signer: &Signer) -> Result<Self, KeyError> {
        let body = bson::serialize_to_raw_document_buf(&value).map_err(|_| KeyError::Form(T::WHAT))?;
        let signature = signer.sign(T::LABEL, &message(by, &body));
        Ok(Self { value, body, by, signature })
    }

    /// The next version of `before`, with what that holds and this version of the program doesn't know.
    ///
    /// # Errors
    /// As [`Signed::sign`].
    pub fn sign_after(value: T, before: &Self, by: Uuid, signer: &Signer) -> Result<Self, KeyError> {
        let mut next = Self::sign(value, by, signer)?;
        let document = |body: &RawDocumentBuf| Document::try_from(body.clone()).map_err(|_| KeyError::Form(T::WHAT));
        let known = bson::serialize_to_document(&before.value).map_err(|_| KeyError::Form(T::WHAT))?;
        let mut body = document(&next.body)?;
        carry(&document(&before.body)?, &known, &mut body);
        next.body = RawDocumentBuf::try_from(&body).map_err(|_| KeyError::Form(T::WHAT))?;
        next.signature = signer.sign(T::LABEL, &message(by, &next.body));
        Ok(next)
    }

    /// The value, if `key` signed it.
    ///
    /// # Errors
    /// [`KeyError::Altered`] if it didn't.
    pub fn verify(&self, key: &VerifyKey) -> Result<&T, KeyError> {
        let signed = key.verifies(T::LABEL, &message(self.by, &self.body), &self.signature);
        if signed { Ok(&self.value) } else { Err(KeyError::Altered(T::WHAT)) }
    }

    /// The value as it claims to be: for finding the signer, never for a decision.
    #[must_use]
    pub const fn claimed(&self) -> &T {
        &self.value
    }

    /// Who claims to have signed it.
    #[must_use]
    pub const fn by(&self) -> Uuid {
        self.by
    }

    /// The signed bytes and the signature, for what is derived from the whole document.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        [self.body.as_bytes(), &self.signature].concat()
    }

    /// The stored document.
    ///
    /// # Errors
    /// If the body is no BSON, which signing prevents.
    pub fn to_document(&self) -> Result<Document, KeyError> {
        let body = Document::try_from(self.body.clone()).map_err(|_| KeyError::Form(T::WHAT))?;
        Ok(doc! {
            "_id": forms::uuid_bson(self.value.id()),
            "v": self.value.version(),
            "by": forms::uuid_bson(self.by),
            "body": body,
            "sig": Bson::Binary(forms::binary(&self.signature)),
        })
    }

    /// Reads a stored document; further fields beside the five are left to the caller.
    ///
    /// # Errors
    /// [`KeyError::Form`] if it isn't one, or if `_id` or `v` differ from the signed body.
    pub fn from_document(doc: &Document) -> Result<Self, KeyError> {
        Self::parse(doc).ok_or(KeyError::Form(T::WHAT))
    }

    fn parse(doc: &Document) -> Option<Self> {
        let body = doc.get_document("body").ok()?;
        let value: T = bson::deserialize_from_document(body.clone()).ok()?;
        let outside = (forms::uuid_of(doc, "_id")?, doc.get_i64("v").ok()?);
        if outside != (value.id(), value.version()) {
            return None;
        }
        let body = RawDocumentBuf::try_from(body).ok()?;
        let (by, signature) = (forms::uuid_of(doc, "by")?, forms::bytes_of(doc, "sig")?);
        Some(Self { value, body, by, signature })
    }
}

fn message(by: Uuid, body: &RawDocumentBuf) -> Vec<u8> {
    [by.as_bytes(), body.as_bytes()].concat()
}

/// One signed part of a document that grows by parts; null where it isn't there yet.
pub(super) fn part<T: Form>(doc: &Document, key: &str) -> Result<Option<Signed<T>>, KeyError> {
    match doc.get(key) {
        Some(Bson::Document(part)) => Signed::from_document(part).map(Some),
        Some(Bson::Null) => Ok(None),
        _ => Err(KeyError::Form(T::WHAT)),
    }
}

/// As [`part`] reads it.
pub(super) fn part_to_bson<T: Form>(part: Option<&Signed<T>>) -> Result<Bson, KeyError> {
    part.map_or(Ok(Bson::Null), |part| part.to_document().map(Bson::Document))
}

/// SHA-256 over a domain and a whole signed value, for what is signed after it.
pub(super) fn digest<T: Form>(domain: &str, signed: &Signed<T>) -> [u8; 32] {
    Sha256::digest([domain.as_bytes(), b"\0", &signed.bytes()].concat()).into()
}

/// Refuses a version older than the newest one seen.
///
/// # Errors
/// [`KeyError::Stale`].
pub(super) fn not_older(what: &'static str, found: i64, seen: Option<i64>) -> Result<(), KeyError> {
    match seen {
        Some(seen) if found < seen => Err(KeyError::Stale { what, found, seen }),
        _ => Ok(()),
    }
}
