//! Content keys: what somebody writes who may not read it is encrypted under a fresh key, and that key is sealed to the
//! compartment's public key. It is stored with the patient's keys, so that destroying those destroys it too.

use super::{CompartmentPublic, CompartmentRoot, KeyError, mac};
use crate::record::Compartment;
use crate::secret::Secret;
use uuid::Uuid;

const LABEL: &str = "wardseal/content-key/1";

/// The name of a content key: it follows from the key, so that no other key can take its place.
pub type ContentId = Uuid;

/// A key for what one write leaves in a compartment that the writer can't read.
pub struct ContentKey {
    id: ContentId,
    key: Secret<32>,
}

/// Whose content a key is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ContentOf {
    /// The site.
    pub site: Uuid,
    /// The patient.
    pub patient: Uuid,
    /// The compartment that reads it.
    pub compartment: Compartment,
}

impl ContentKey {
    /// A fresh key.
    ///
    /// # Errors
    /// When there is no randomness.
    pub fn make() -> Result<Self, KeyError> {
        Ok(Self::of(Secret::random()?))
    }

    fn of(key: Secret<32>) -> Self {
        let mut id = [0; 16];
        id.copy_from_slice(&mac(&key, LABEL, &[])[..16]);
        Self { id: Uuid::from_bytes(id), key }
    }

    /// Its name.
    #[must_use]
    pub const fn id(&self) -> ContentId {
        self.id
    }

    /// The key itself.
    #[must_use]
    pub const fn key(&self) -> &Secret<32> {
        &self.key
    }

    /// The key sealed to a compartment.
    ///
    /// # Errors
    /// As [`CompartmentPublic::seal_to`].
    pub fn seal_to(&self, public: &CompartmentPublic, of: &ContentOf) -> Result<Vec<u8>, KeyError> {
        // EXPOSE: the key is what is being sealed.
        public.seal_to(&of.associated(), self.key.expose())
    }

    /// The key out of its seal; `None` if it isn't the one of this name and place.
    #[must_use]
    pub fn open(root: &CompartmentRoot, of: &ContentOf, id: ContentId, sealed: &[u8]) -> Option<Self> {
        let opened = Self::of(Secret::copy_from(&root.open_sealed(&of.associated(), sealed)?)?);
        (opened.id == id).then_some(opened)
    }
}

impl ContentOf {
    fn associated(&self) -> Vec<u8> {
        format!("{LABEL}|{}|{}|{}", self.site, self.patient, self.compartment.code()).into_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_content_key_opens_for_its_patient_its_compartment_and_under_its_own_name_only() {
        let root = CompartmentRoot::create(Compartment::NationalId, 1).unwrap();
        let of = ContentOf { site: Uuid::nil(), patient: Uuid::new_v4(), compartment: Compartment::NationalId };
        let (key, other) = (ContentKey::make().unwrap(), ContentKey::make().unwrap());
        let sealed = key.seal_to(&root.public(), &of).unwrap();
        let opened = ContentKey::open(&root, &of, key.id(), &sealed).unwrap();
        assert_eq!(opened.key().expose(), key.key().expose());
        assert!(ContentKey::open(&root, &of, other.id(), &sealed).is_none());
        let elsewhere = ContentOf { patient: Uuid::new_v4(), ..of };
        assert!(ContentKey::open(&root, &elsewhere, key.id(), &sealed).is_none());
        let next = CompartmentRoot::create(Compartment::NationalId, 2).unwrap();
        assert!(ContentKey::open(&next, &of, key.id(), &sealed).is_none());
    }
}
