//! K(patient, compartment): 32 random bytes, wrapped as an Unindexed value under the compartment's `patient-keys` key.
//!
//! The wrapped bytes name patient and compartment, so a key moved to another patient isn't accepted there.

use super::error::CryptError;
use super::section::open_outer;
use super::{Crypt, Encryption};
use crate::record::Compartment;
use crate::secret::Secret;
use bson::spec::BinarySubtype;
use bson::{Binary, RawBsonRef, raw::RawBinaryRef};
use uuid::Uuid;
use zeroize::Zeroizing;

/// A wrapped patient key and whose it is said to be.
pub struct Wrapped<'a> {
    /// The patient.
    pub patient: Uuid,
    /// The compartment.
    pub compartment: Compartment,
    /// The stored bytes (binary subtype 6).
    pub value: &'a [u8],
}

/// Name of the data key that wraps a compartment's patient keys.
#[must_use]
pub fn data_key_name(compartment: Compartment) -> String {
    format!("patient-keys:{}", compartment.code())
}

/// A fresh patient key.
///
/// # Errors
/// When the operating system gives no randomness.
pub fn make() -> Result<Secret<32>, CryptError> {
    Ok(Secret::random()?)
}

/// Wraps a patient key; the result is binary subtype 6.
///
/// # Errors
/// As [`Crypt::encrypt`].
pub fn wrap(crypt: &Crypt, patient: Uuid, compartment: Compartment, key: &Secret<32>) -> Result<Binary, CryptError> {
    let code = compartment.code().as_bytes();
    let mut inner = Zeroizing::new(Vec::with_capacity(16 + 32 + code.len()));
    inner.extend_from_slice(patient.as_bytes());
    // EXPOSE: the key is what is being wrapped; the buffer is wiped.
    inner.extend_from_slice(key.expose());
    inner.extend_from_slice(code);
    let inner = RawBsonRef::Binary(RawBinaryRef { subtype: BinarySubtype::Generic, bytes: &inner });
    crypt.encrypt(inner, &Encryption::unindexed(&data_key_name(compartment)))
}

/// Unwraps one patient key.
///
/// # Errors
/// [`CryptError::Damaged`] when it was changed or belongs to someone else.
pub fn unwrap(crypt: &Crypt, wrapped: &Wrapped<'_>) -> Result<Secret<32>, CryptError> {
    let inner = open_outer(crypt, &[wrapped.value])?.pop().ok_or(CryptError::Damaged)?;
    take(wrapped, &inner)
}

/// Unwraps many patient keys in one go; one damaged key doesn't hurt the others.
pub fn unwrap_many(crypt: &Crypt, wrapped: &[Wrapped<'_>]) -> Vec<Result<Secret<32>, CryptError>> {
    let values: Vec<&[u8]> = wrapped.iter().map(|one| one.value).collect();
    match open_outer(crypt, &values) {
        Ok(inner) => wrapped.iter().zip(inner).map(|(one, inner)| take(one, &inner)).collect(),
        Err(_) => wrapped.iter().map(|one| unwrap(crypt, one)).collect(),
    }
}

fn take(wrapped: &Wrapped<'_>, inner: &[u8]) -> Result<Secret<32>, CryptError> {
    let (patient, rest) = inner.split_at_checked(16).ok_or(CryptError::Damaged)?;
    let (key, code) = rest.split_at_checked(32).ok_or(CryptError::Damaged)?;
    if patient != wrapped.patient.as_bytes() || code != wrapped.compartment.code().as_bytes() {
        return Err(CryptError::Damaged);
    }
    Secret::copy_from(key).ok_or(CryptError::Damaged)
}
