//! Everything libmongocrypt: its C functions, crypto hooks, contexts and key vault; sealing of sections, patient keys,
//! record heads and index payloads.
//!
//! Must never see a role or a session, and never put a value or a key into an error.
//! To add an algorithm: [`Algorithm`] and its name. To add a key management service: see [`kms`].

mod aead;
mod encryption;
mod error;
mod ffi;
pub mod head;
pub mod hooks;
pub mod index;
pub mod kms;
mod machine;
pub mod patient_key;
pub mod section;
pub mod tokens;
mod vault;

use crate::secret::Secret;
use bson::spec::BinarySubtype;
use bson::{Binary, RawBsonRef, RawDocument, RawDocumentBuf, rawdoc};
use ffi::{Setting, Start};
use std::sync::Arc;
use zeroize::Zeroizing;

pub use crate::keys::Profile;
pub use aead::{open as open_csfle, open_ctr, open_queryable};
pub use encryption::{Algorithm, Encryption, KeyName, QueryType};
pub use error::CryptError;
pub use hooks::{RandomSource, SystemRandom};
pub use vault::{KeyRing, KeyVault, ManifestKey, commitment, id_of, provider_of, rewrap};

/// A named root key: `local` or `local:<name>`, letters, digits and `_` only after the colon.
pub struct Provider<'a> {
    /// The name key documents carry in `masterKey.provider`.
    pub name: String,
    /// The root key.
    pub key: &'a Secret<96>,
}

/// libmongocrypt with the root keys of one session. Dropping it is the only way its open data keys are forgotten.
pub struct Crypt {
    library: ffi::Library,
    vault: Arc<dyn KeyVault>,
    profile: Profile,
}

impl Crypt {
    /// Opens libmongocrypt with these root keys; `encrypted_fields` maps `db.collection` to its encrypted fields.
    ///
    /// # Errors
    /// [`CryptError::Library`] when a root key's name or the map is refused.
    pub fn open(
        providers: &[Provider<'_>],
        vault: Arc<dyn KeyVault>,
        encrypted_fields: Option<&RawDocument>,
    ) -> Result<Self, CryptError> {
        Self::open_with(providers, vault, encrypted_fields, Box::new(SystemRandom))
    }

    /// As [`Crypt::open`] with another source of randomness.
    ///
    /// # Errors
    /// As [`Crypt::open`].
    pub fn open_with(
        providers: &[Provider<'_>],
        vault: Arc<dyn KeyVault>,
        encrypted_fields: Option<&RawDocument>,
        random: Box<dyn RandomSource>,
    ) -> Result<Self, CryptError> {
        let library = ffi::Library::open(&provider_document(providers), encrypted_fields, random)?;
        Ok(Self { library, vault, profile: Profile::Queryable })
    }

    /// With searchable values of this profile.
    #[must_use]
    pub fn with_profile(self, profile: Profile) -> Self {
        Self { profile, ..self }
    }

    /// How searchable values are stored.
    #[must_use]
    pub const fn profile(&self) -> Profile {
        self.profile
    }

    /// Makes a data key under `provider`; the result is the document to insert into the key vault.
    ///
    /// # Errors
    /// [`CryptError::ProviderNotConfigured`] when that root isn't open.
    pub fn create_data_key(&self, provider: &str, alt_names: &[&str]) -> Result<RawDocumentBuf, CryptError> {
        self.make_data_key(provider, alt_names, None)
    }

    /// As [`Crypt::create_data_key`] with given key bytes; for restoring and for tests.
    ///
    /// # Errors
    /// As [`Crypt::create_data_key`].
    pub fn wrap_data_key(
        &self,
        provider: &str,
        alt_names: &[&str],
        key: &Secret<96>,
    ) -> Result<RawDocumentBuf, CryptError> {
        self.make_data_key(provider, alt_names, Some(key))
    }

    fn make_data_key(
        &self,
        provider: &str,
        alt_names: &[&str],
        key: Option<&Secret<96>>,
    ) -> Result<RawDocumentBuf, CryptError> {
        let mut context = self.library.context()?;
        context.set(Setting::MasterKey, rawdoc! { "provider": provider }.as_bytes())?;
        for name in alt_names {
            context.set(Setting::KeyAltName, rawdoc! { "keyAltName": *name }.as_bytes())?;
        }
        if let Some(key) = key {
            context.set(Setting::KeyMaterial, &key_material(key))?;
        }
        machine::run(context, &Start::DataKey, &*self.vault)
    }

    /// Encrypts one value; `Binary` subtype 6.
    ///
    /// # Errors
    /// [`CryptError::MissingKey`], [`CryptError::ProviderNotConfigured`], or a refusal of the value's type.
    pub fn encrypt(&self, value: RawBsonRef<'_>, how: &Encryption<'_>) -> Result<Binary, CryptError> {
        let result = self.encrypt_expression(&wrap(value), how)?;
        let value = result.get_binary("v").map_err(|_| CryptError::Refused("an expression isn't one value"))?;
        Ok(Binary { subtype: value.subtype, bytes: value.bytes.to_vec() })
    }

    /// Encrypts `{v: value or expression}` and returns `{v: …}`; range queries need it.
    ///
    /// # Errors
    /// As [`Crypt::encrypt`].
    pub fn encrypt_expression(&self, input: &RawDocument, how: &Encryption<'_>) -> Result<RawDocumentBuf, CryptError> {
        let mut context = self.library.context()?;
        how.apply(&mut context, &*self.vault)?;
        let start = if how.is_expression() { Start::EncryptExpression(input) } else { Start::Encrypt(input) };
        machine::run(context, &start, &*self.vault)
    }

    /// Decrypts every encrypted value of a document, at any depth; project it to what is wanted first.
    ///
    /// # Errors
    /// When one value can't be decrypted the whole document isn't.
    pub fn decrypt(&self, document: &RawDocument) -> Result<RawDocumentBuf, CryptError> {
        machine::run(self.library.context()?, &Start::Decrypt(document), &*self.vault)
    }

    /// Adds what the server needs (`encryptionInformation`, tokens) to a command on a collection with encrypted fields.
    ///
    /// # Errors
    /// [`CryptError::Refused`] when the collection isn't in the encrypted-fields map.
    pub fn encrypt_command(&self, database: &str, command: &RawDocument) -> Result<RawDocumentBuf, CryptError> {
        // Without Queryable Encryption the server has nothing to be told.
        if self.profile == Profile::Deterministic {
            return Ok(command.to_owned());
        }
        let start = Start::Command { database, command };
        machine::run(self.library.context()?, &start, &*self.vault)
    }
}

/// libmongocrypt's version, for the status panel.
#[must_use]
pub fn libmongocrypt_version() -> String {
    ffi::version()
}

fn wrap(value: RawBsonRef<'_>) -> RawDocumentBuf {
    let mut document = RawDocumentBuf::new();
    document.append(bson::raw::cstr!("v"), value);
    document
}

/// `{"<name>": {"key": Binary}}`, written in place so that no copy of a root key is left by a growing buffer.
fn provider_document(providers: &[Provider<'_>]) -> Zeroizing<Vec<u8>> {
    // EXPOSE: libmongocrypt wants the root keys as BSON; the buffer is wiped.
    let parts =
        providers.iter().map(|provider| (provider.name.as_str(), binary_document("key", provider.key.expose())));
    let parts: Vec<_> = parts.collect();
    let len = parts.iter().map(|(name, part)| 2 + name.len() + part.len()).sum::<usize>() + 5;
    let mut bytes = Zeroizing::new(Vec::with_capacity(len));
    bytes.extend_from_slice(&u32::try_from(len).unwrap_or(0).to_le_bytes());
    for (name, part) in &parts {
        bytes.push(0x03);
        bytes.extend_from_slice(name.as_bytes());
        bytes.push(0);
        bytes.extend_from_slice(part);
    }
    bytes.push(0);
    bytes
}

/// `{"<name>": Binary}` in a buffer that is wiped.
fn binary_document(name: &str, value: &[u8]) -> Zeroizing<Vec<u8>> {
    let len = 4 + 1 + name.len() + 1 + 4 + 1 + value.len() + 1;
    let mut bytes = Zeroizing::new(Vec::with_capacity(len));
    bytes.extend_from_slice(&u32::try_from(len).unwrap_or(0).to_le_bytes());
    bytes.push(0x05);
    bytes.extend_from_slice(name.as_bytes());
    bytes.push(0);
    bytes.extend_from_slice(&u32::try_from(value.len()).unwrap_or(0).to_le_bytes());
    bytes.push(BinarySubtype::Generic.into());
    bytes.extend_from_slice(value);
    bytes.push(0);
    bytes
}

fn key_material(key: &Secret<96>) -> Zeroizing<Vec<u8>> {
    // EXPOSE: libmongocrypt wraps these bytes; the buffer is wiped.
    binary_document("keyMaterial", key.expose())
}
