//! Where data keys come from: the [`KeyVault`] trait, the [`KeyRing`] in memory, and the commitment that ties a data
//! key to the signed manifest.

use super::aead;
use super::error::CryptError;
use super::hooks;
use super::{Crypt, Provider};
use crate::keys::{DataKey, TrustedManifest, session_name};
use crate::secret::Secret;
use bson::spec::BinarySubtype;
use bson::{Bson, Document, RawArray, RawBsonRef, RawDocument, RawDocumentBuf, rawdoc};
use std::collections::BTreeMap;
use uuid::Uuid;

/// A collection of data key documents that libmongocrypt may ask.
pub trait KeyVault: Send + Sync {
    /// The key documents that match a filter of libmongocrypt (`$or` of `_id: {$in}` and `keyAltNames: {$in}`).
    ///
    /// # Errors
    /// When the vault can't be read.
    fn find(&self, filter: &RawDocument) -> Result<Vec<RawDocumentBuf>, CryptError>;

    /// The id of the data key with this alternative name; Queryable Encryption wants ids.
    ///
    /// # Errors
    /// [`CryptError::MissingKey`] when there is none.
    fn id_of_name(&self, alt_name: &str) -> Result<Uuid, CryptError> {
        let found = self.find(&rawdoc! { "$or": [{ "keyAltNames": { "$in": [alt_name] } }] })?;
        found.first().and_then(|document| id_of(document)).ok_or(CryptError::MissingKey)
    }
}

/// Data key documents held in memory. They are wrapped: nothing secret is in here.
#[derive(Clone, Default)]
pub struct KeyRing {
    documents: Vec<RawDocumentBuf>,
    // Asked for every value that is sealed.
    ids: BTreeMap<String, Uuid>,
}

/// What the signed manifest says about one data key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ManifestKey {
    /// `_id` of the key document.
    pub id: Uuid,
    /// Its only alternative name: the purpose, from the second generation on with its number.
    pub purpose: String,
    /// The root key it is wrapped under in a session, `local:<compartment>`.
    pub provider: String,
    /// Commitment of the unwrapped key, see [`commitment`].
    pub commitment: [u8; 32],
}

impl From<&DataKey> for ManifestKey {
    fn from(key: &DataKey) -> Self {
        let (purpose, provider) = (key.name(), session_name(&key.provider));
        Self { id: key.key, purpose, provider, commitment: key.commitment }
    }
}

impl KeyRing {
    /// Takes documents as they are; for tests, and for keys that were made just now.
    #[must_use]
    pub fn new(documents: Vec<RawDocumentBuf>) -> Self {
        let mut ring = Self::default();
        documents.into_iter().for_each(|document| ring.add(document));
        ring
    }

    /// Adds one more document.
    pub fn add(&mut self, document: RawDocumentBuf) {
        let names = document.get_array("keyAltNames").ok().into_iter().flatten().flatten();
        for (name, id) in names.filter_map(RawBsonRef::as_str).zip(std::iter::repeat(id_of(&document))) {
            self.ids.extend(id.filter(|_| !self.ids.contains_key(name)).map(|id| (name.to_owned(), id)));
        }
        self.documents.push(document);
    }

    /// As [`KeyRing::checked`], from the manifest whose signature was verified. A purpose then means its current key,
    /// that of a searchable path the one of the generation `index`.
    ///
    /// # Errors
    /// As [`KeyRing::checked`].
    pub fn trusted(
        documents: &[RawDocumentBuf],
        manifest: &TrustedManifest,
        roots: &[Provider<'_>],
        index: i64,
    ) -> Result<Self, CryptError> {
        let keys: Vec<ManifestKey> = manifest.keys().iter().map(ManifestKey::from).collect();
        let mut ring = Self::checked(documents, &keys, roots)?;
        let held = |id| ring.documents.iter().any(|document| id_of(document) == Some(id));
        let current = manifest.keys().iter().filter_map(|key| manifest.current(&key.purpose, index));
        let current: Vec<_> = current.filter(|key| held(key.key)).map(|key| (key.purpose.clone(), key.key)).collect();
        ring.ids.extend(current);
        Ok(ring)
    }

    /// Keeps the keys the manifest names whose root is open here, and checks each against its commitment.
    ///
    /// # Errors
    /// [`CryptError::ForeignKey`] when a document isn't the key the manifest means; [`CryptError::MissingKey`] when
    /// a key of an open root is gone.
    pub fn checked(
        documents: &[RawDocumentBuf],
        manifest: &[ManifestKey],
        roots: &[Provider<'_>],
    ) -> Result<Self, CryptError> {
        let mut ring = Self::default();
        for key in manifest {
            let Some(root) = roots.iter().find(|root| root.name == key.provider) else { continue };
            let document = documents.iter().find(|document| id_of(document) == Some(key.id));
            let document = document.ok_or(CryptError::MissingKey)?;
            check(document, key, root.key)?;
            ring.add(document.clone());
        }
        Ok(ring)
    }

    /// The id of the data key with this alternative name.
    #[must_use]
    pub fn id(&self, alt_name: &str) -> Option<Uuid> {
        self.ids.get(alt_name).copied()
    }

    /// The alternative name of the data key with this id.
    #[must_use]
    pub fn name_of(&self, id: Uuid) -> Option<&str> {
        self.ids.iter().find(|(_, one)| **one == id).map(|(name, _)| name.as_str())
    }

    /// The documents.
    #[must_use]
    pub fn documents(&self) -> &[RawDocumentBuf] {
        &self.documents
    }
}

impl KeyVault for KeyRing {
    fn id_of_name(&self, alt_name: &str) -> Result<Uuid, CryptError> {
        self.id(alt_name).ok_or(CryptError::MissingKey)
    }

    fn find(&self, filter: &RawDocument) -> Result<Vec<RawDocumentBuf>, CryptError> {
        let alternatives = filter.get_array("$or").map_err(|_| CryptError::Vault)?;
        Ok(self.documents.iter().filter(|document| matches(document, alternatives)).cloned().collect())
    }
}

/// SHA-256 over a domain tag and the 96 bytes of the data key, unwrapped with `root` and its MAC verified.
///
/// # Errors
/// [`CryptError::Damaged`] when the key doesn't open with this root.
pub fn commitment(document: &RawDocument, root: &Secret<96>) -> Result<[u8; 32], CryptError> {
    const DOMAIN: &[u8] = b"wardseal/data-key/1\0";
    let wrapped = document.get_binary("keyMaterial").map_err(|_| CryptError::Damaged)?;
    // EXPOSE: unwrapping needs the root key's bytes; they stay in place.
    let key = aead::open(root.expose(), &[], wrapped.bytes)?;
    let mut tagged = zeroize::Zeroizing::new(Vec::with_capacity(DOMAIN.len() + key.len()));
    tagged.extend_from_slice(DOMAIN);
    tagged.extend_from_slice(&key);
    let mut hash = [0; 32];
    hooks::sha_256(&tagged, &mut hash).ok_or(CryptError::Damaged)?;
    hooks::burn_stack();
    Ok(hash)
}

/// The same data key wrapped under another open root: a document with the new `keyMaterial` and `masterKey`.
///
/// # Errors
/// [`CryptError::Damaged`] when the key doesn't open with `old`.
pub fn rewrap(
    crypt: &Crypt,
    document: &RawDocument,
    old: &Secret<96>,
    provider: &str,
) -> Result<RawDocumentBuf, CryptError> {
    let wrapped = document.get_binary("keyMaterial").map_err(|_| CryptError::Damaged)?;
    // EXPOSE: unwrapping needs the root key's bytes; what comes out is wiped.
    let key = aead::open(old.expose(), &[], wrapped.bytes)?;
    let key = Secret::copy_from(&key).ok_or(CryptError::Damaged)?;
    let rewrapped = crypt.wrap_data_key(provider, &[], &key);
    hooks::burn_stack();
    with_wrapping(document, &rewrapped?)
}

/// The document with the wrapping of another one.
pub(super) fn with_wrapping(document: &RawDocument, wrapping: &RawDocument) -> Result<RawDocumentBuf, CryptError> {
    let mut whole = Document::try_from(document)?;
    for field in ["keyMaterial", "masterKey"] {
        let value = wrapping.get(field)?.ok_or(CryptError::Damaged)?;
        whole.insert(field, Bson::try_from(value)?);
    }
    Ok(RawDocumentBuf::try_from(&whole)?)
}

/// The provider (`local:front`) a key document is wrapped under.
#[must_use]
pub fn provider_of(document: &RawDocument) -> Option<&str> {
    document.get_document("masterKey").ok()?.get_str("provider").ok()
}

/// The `_id` of a key document.
#[must_use]
pub fn id_of(document: &RawDocument) -> Option<Uuid> {
    let id = document.get_binary("_id").ok()?;
    (id.subtype == BinarySubtype::Uuid).then(|| Uuid::from_slice(id.bytes).ok()).flatten()
}

fn check(document: &RawDocument, key: &ManifestKey, root: &Secret<96>) -> Result<(), CryptError> {
    let foreign = CryptError::ForeignKey(key.id);
    let only_name = document.get_array("keyAltNames").is_ok_and(|names| names.into_iter().count() == 1);
    let named = only_name && has_name(document, &key.purpose) && provider_of(document) == Some(key.provider.as_str());
    let same = commitment(document, root).is_ok_and(|found| found == key.commitment);
    if named && same { Ok(()) } else { Err(foreign) }
}

fn matches(document: &RawDocument, alternatives: &RawArray) -> bool {
    alternatives.into_iter().flatten().filter_map(|one| one.as_document()).any(|one| {
        let id = document.get("_id").ok().flatten();
        listed(one, "_id").is_some_and(|wanted| wanted.into_iter().flatten().any(|value| Some(value) == id))
            || listed(one, "keyAltNames").is_some_and(|wanted| {
                wanted.into_iter().flatten().filter_map(RawBsonRef::as_str).any(|name| has_name(document, name))
            })
    })
}

fn listed<'a>(condition: &'a RawDocument, field: &str) -> Option<&'a RawArray> {
    condition.get_document(field).ok()?.get_array("$in").ok()
}

fn has_name(document: &RawDocument, name: &str) -> bool {
    let names = document.get_array("keyAltNames").ok();
    names.is_some_and(|names| names.into_iter().flatten().any(|one| one.as_str() == Some(name)))
}
