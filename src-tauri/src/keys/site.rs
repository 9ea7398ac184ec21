//! The site master key, the same on every enrolled workstation and held only in their keychains; and the workstation's key.

use super::{
    EntryFault, KeyError, Keychain, KeychainError, OpeningKey, Signer, VerifyKey, WorkstationPublic, derive, entry,
};
use crate::clock::Timestamp;
use crate::secret::Secret;
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use zeroize::Zeroizing;

/// What a site is for. Part of every key derived from the site key, so that a demo key never opens a real store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Environment {
    /// Real patients.
    Production,
    /// Invented patients and published passwords.
    Demo,
    /// Automated tests.
    Test,
}

impl Environment {
    /// The name in documents and keychain entries. Never changes.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Environment::Production => "production",
            Environment::Demo => "demo",
            Environment::Test => "test",
        }
    }

    fn from_code(code: &str) -> Option<Self> {
        [Environment::Production, Environment::Demo, Environment::Test].into_iter().find(|one| one.code() == code)
    }
}

/// What a subkey of the site key is used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SiteUse {
    /// MAC of record heads.
    RecordHead,
    /// HMAC of imported resources' origins.
    Origin,
    /// The outer layer of slots.
    Slot,
    /// Keyed hash of search terms in audit rows.
    SearchTerm,
    /// MAC of the site record.
    SiteRecord,
    /// The value that tells a wrong site key apart.
    Check,
    /// Confirmation codes of grants.
    GrantCode,
    /// MAC over what a workstation keeps for itself: newest heads and versions seen, throttles.
    LocalState,
    /// Seals what outlives a site key, see [`super::Carried`].
    Carried,
}

impl SiteUse {
    const fn label(self) -> &'static str {
        match self {
            SiteUse::RecordHead => "wardseal/site/record-head/1",
            SiteUse::Origin => "wardseal/site/origin/1",
            SiteUse::Slot => "wardseal/site/slot/1",
            SiteUse::SearchTerm => "wardseal/site/search-term/1",
            SiteUse::SiteRecord => "wardseal/site/site-record/1",
            SiteUse::Check => "wardseal/site/check/1",
            SiteUse::GrantCode => "wardseal/site/grant-code/1",
            SiteUse::LocalState => "wardseal/site/local-state/1",
            SiteUse::Carried => "wardseal/site/carried/1",
        }
    }
}

/// 32 random bytes, made once when a site is founded and never again.
pub struct SiteKey {
    site: Uuid,
    environment: Environment,
    key: Secret<32>,
}

impl SiteKey {
    /// Makes the key of a new site.
    ///
    /// # Errors
    /// When there is no randomness.
    pub fn create(site: Uuid, environment: Environment) -> Result<Self, KeyError> {
        Ok(Self { site, environment, key: Secret::random()? })
    }

    /// Reads the key from the keychain; makes nothing.
    ///
    /// # Errors
    /// [`KeychainError::FirstRun`] if there is none, [`KeychainError::WrongKey`] with the reason if it can't be one.
    pub fn load(keychain: &dyn Keychain, site: Uuid) -> Result<Self, KeychainError> {
        Self::load_epoch(keychain, site, 1)
    }

    /// As [`SiteKey::load`], after the key was renewed: the site record says which is the present one.
    ///
    /// # Errors
    /// As [`SiteKey::load`].
    pub fn load_epoch(keychain: &dyn Keychain, site: Uuid, epoch: i64) -> Result<Self, KeychainError> {
        let stored = keychain.get(&Self::entry_name_of(site, epoch))?.ok_or(KeychainError::FirstRun)?;
        Self::from_entry(site, &stored)
    }

    /// The key as an entry holds it.
    ///
    /// # Errors
    /// [`KeychainError::WrongKey`] with the reason if it can't be one.
    pub fn from_entry(site: Uuid, stored: &[u8]) -> Result<Self, KeychainError> {
        let (kind, key) = entry::read(stored).map_err(KeychainError::WrongKey)?;
        let environment = kind.strip_prefix("wardseal-site/1:").and_then(Environment::from_code);
        let environment = environment.ok_or(KeychainError::WrongKey(EntryFault::Format))?;
        Ok(Self { site, environment, key })
    }

    /// The name of the site's keychain entry.
    #[must_use]
    pub fn entry_name(site: Uuid) -> String {
        format!("site:{site}")
    }

    /// As [`SiteKey::entry_name`], of the key's n-th renewal: each has a name of its own, none is ever written over.
    #[must_use]
    pub fn entry_name_of(site: Uuid, epoch: i64) -> String {
        if epoch == 1 { Self::entry_name(site) } else { format!("site:{site}:{epoch}") }
    }

    /// The keychain entry, for [`Keychain::put_new`] at founding and enrolment.
    #[must_use]
    pub fn to_entry(&self) -> Zeroizing<Vec<u8>> {
        entry::write(&format!("wardseal-site/1:{}", self.environment.code()), &self.key)
    }

    /// The site this key belongs to.
    #[must_use]
    pub const fn site(&self) -> Uuid {
        self.site
    }

    /// What the site is for.
    #[must_use]
    pub const fn environment(&self) -> Environment {
        self.environment
    }

    /// The subkey for one use.
    ///
    /// # Errors
    /// Never in practice: lengths are fixed.
    pub fn subkey(&self, purpose: SiteUse) -> Result<Secret<32>, KeyError> {
        let salt = format!("wardseal/site/1|{}|{}", self.site, self.environment.code());
        // EXPOSE: subkeys are derived from it.
        derive::subkey(self.key.expose(), salt.as_bytes(), purpose.label())
    }

    /// A public value that only this key produces, so that a wrong key is told apart from altered records.
    ///
    /// # Errors
    /// As [`SiteKey::subkey`].
    pub fn check_value(&self) -> Result<[u8; 32], KeyError> {
        Ok(derive::mac(&self.subkey(SiteUse::Check)?, "wardseal/site-check/1", &[self.site.as_bytes()]))
    }
}

/// The Ed25519 key of one workstation, made at its enrolment and never copied to another.
pub struct WorkstationKey {
    id: Uuid,
    signer: Signer,
}

impl WorkstationKey {
    /// Makes the key of a workstation that is being enrolled.
    ///
    /// # Errors
    /// When there is no randomness.
    pub fn create(id: Uuid) -> Result<Self, KeyError> {
        Ok(Self { id, signer: Signer::from_seed(Secret::random()?) })
    }

    /// Reads the key from the keychain; makes nothing.
    ///
    /// # Errors
    /// As [`SiteKey::load`].
    pub fn load(keychain: &dyn Keychain, id: Uuid) -> Result<Self, KeychainError> {
        let stored = keychain.get(&Self::entry_name(id))?.ok_or(KeychainError::FirstRun)?;
        let (kind, seed) = entry::read(&stored).map_err(KeychainError::WrongKey)?;
        if kind != "wardseal-workstation/1" {
            return Err(KeychainError::WrongKey(EntryFault::Format));
        }
        Ok(Self { id, signer: Signer::from_seed(seed) })
    }

    /// The name of the workstation's keychain entry.
    #[must_use]
    pub fn entry_name(id: Uuid) -> String {
        format!("workstation:{id}")
    }

    /// The keychain entry, for [`Keychain::put_new`] at enrolment.
    #[must_use]
    pub fn to_entry(&self) -> Zeroizing<Vec<u8>> {
        entry::write("wardseal-workstation/1", self.signer.seed())
    }

    /// The workstation's id.
    #[must_use]
    pub const fn id(&self) -> Uuid {
        self.id
    }

    /// The public half, as the site record lists it.
    #[must_use]
    pub const fn public(&self) -> VerifyKey {
        self.signer.public()
    }

    /// Opens what is sealed to the workstation: renewed site keys. Comes from the same seed as the signing key.
    ///
    /// # Errors
    /// Never in practice: lengths are fixed.
    pub fn opening(&self) -> Result<OpeningKey, KeyError> {
        // EXPOSE: the pair is derived from it.
        let seed = derive::subkey(self.signer.seed().expose(), self.id.as_bytes(), "wardseal/workstation/hpke/1")?;
        OpeningKey::from_seed(&seed)
    }

    /// How the site's register lists it.
    ///
    /// # Errors
    /// As [`WorkstationKey::opening`].
    pub fn listed(&self, name: &str, at: Timestamp) -> Result<WorkstationPublic, KeyError> {
        let (verify, sealing) = (self.public(), Some(self.opening()?.public()));
        Ok(WorkstationPublic { id: self.id, name: name.to_owned(), verify, sealing, at, ended: None })
    }

    /// For documents that the workstation signs on its own.
    #[must_use]
    pub const fn signer(&self) -> &Signer {
        &self.signer
    }

    /// Signs as this workstation.
    #[must_use]
    pub fn sign_tagged(&self, message: &[u8]) -> [u8; 64] {
        self.signer.sign_tagged(message)
    }

    /// As [`Signer::sign`].
    #[must_use]
    pub fn sign(&self, label: &str, message: &[u8]) -> [u8; 64] {
        self.signer.sign(label, message)
    }
}

#[cfg(test)]
mod tests {
    use super::super::MemoryKeychain;
    use super::*;

    const SITE: Uuid = Uuid::from_u128(7);

    #[test]
    fn a_site_key_comes_back_from_the_keychain() {
        let keychain = MemoryKeychain::new();
        let key = SiteKey::create(SITE, Environment::Test).unwrap();
        keychain.put_new(&SiteKey::entry_name(SITE), &key.to_entry()).unwrap();
        let loaded = SiteKey::load(&keychain, SITE).unwrap();
        assert_eq!(loaded.environment(), Environment::Test);
        assert_eq!(loaded.check_value().unwrap(), key.check_value().unwrap());
    }

    #[test]
    fn a_missing_key_is_a_first_run_and_makes_nothing() {
        let keychain = MemoryKeychain::new();
        assert_eq!(SiteKey::load(&keychain, SITE).err(), Some(KeychainError::FirstRun));
        assert_eq!(keychain.get(&SiteKey::entry_name(SITE)).unwrap(), None);
    }

    #[test]
    fn a_truncated_key_is_refused_with_its_length_and_stays_as_it_is() {
        let keychain = MemoryKeychain::new();
        let entry = SiteKey::create(SITE, Environment::Test).unwrap().to_entry();
        keychain.tamper(&SiteKey::entry_name(SITE), &entry[..entry.len() - 20]);
        let fault = SiteKey::load(&keychain, SITE).err().unwrap();
        assert_eq!(fault, KeychainError::WrongKey(EntryFault::Length { found: 53, expected: 64 }));
        assert_eq!(keychain.get(&SiteKey::entry_name(SITE)).unwrap().unwrap().len(), entry.len() - 20);
    }

    #[test]
    fn every_use_and_every_environment_has_its_own_subkey() {
        let of = |environment, purpose| {
            let key = SiteKey { site: SITE, environment, key: Secret::copy_from(&[3; 32]).unwrap() };
            *key.subkey(purpose).unwrap().expose()
        };
        assert_ne!(of(Environment::Demo, SiteUse::Slot), of(Environment::Demo, SiteUse::RecordHead));
        assert_ne!(of(Environment::Demo, SiteUse::Slot), of(Environment::Production, SiteUse::Slot));
    }

    #[test]
    fn a_workstation_key_is_no_site_key() {
        let keychain = MemoryKeychain::new();
        let workstation = WorkstationKey::create(SITE).unwrap();
        keychain.put_new(&WorkstationKey::entry_name(SITE), &workstation.to_entry()).unwrap();
        assert_eq!(WorkstationKey::load(&keychain, SITE).unwrap().public(), workstation.public());
        keychain.tamper(&SiteKey::entry_name(SITE), &workstation.to_entry());
        assert_eq!(SiteKey::load(&keychain, SITE).err(), Some(KeychainError::WrongKey(EntryFault::Format)));
    }
}
