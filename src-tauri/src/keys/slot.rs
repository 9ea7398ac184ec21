//! A user's slot: `Seal_site(Seal_secret(user master key))`, AES-256-GCM twice.
//!
//! Neither layer alone opens it: the keychain gives the outer key, the password the inner one. There is no separate
//! password verifier; the inner tag is it. The site layer can be renewed without the user.

use super::{Environment, KeyError, SiteKey, SiteUse, forms, layer, password};
use crate::secret::{Password, Secret};
use argon2::password_hash::phc::{ParamsString, PasswordHash, Salt};
use argon2::{ARGON2ID_IDENT, Algorithm, Argon2, Block, Params, Version};
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use zeroize::Zeroizing;

/// How much an Argon2id attempt costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SlotCost {
    /// Memory in KiB.
    pub memory_kib: u32,
    /// Passes.
    pub passes: u32,
    /// Lanes.
    pub lanes: u32,
}

impl SlotCost {
    /// 64 MiB, three passes, one lane.
    pub const FULL: Self = Self { memory_kib: 64 * 1024, passes: 3, lanes: 1 };
    /// For tests and nothing else: refused in production.
    pub const CHEAP: Self = Self { memory_kib: 64, passes: 1, lanes: 1 };

    /// Production needs 19 MiB and two passes; nobody accepts what would stop the machine.
    fn check(self, environment: Environment) -> Result<(), KeyError> {
        let strong = self.memory_kib >= 19 * 1024 && self.passes >= 2;
        let bearable = self.memory_kib <= 1024 * 1024 && self.passes <= 16 && self.lanes <= 16;
        let fits = bearable && (strong || environment != Environment::Production);
        if fits { Ok(()) } else { Err(KeyError::SlotCost) }
    }
}

/// The stored slot. Its own tags authenticate every field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Slot {
    /// Grows with every change of password; older ones than seen are refused by the caller.
    #[serde(rename = "v")]
    pub version: i64,
    /// The user has to choose another password at the next sign-in.
    pub temporary: bool,
    /// `$argon2id$` parameters and salt; no hash.
    pub kdf: String,
    #[serde(with = "forms::blob")]
    sealed: Vec<u8>,
}

/// Whose slot, and which one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SlotOf {
    /// The user.
    pub user: Uuid,
    /// The slot's version.
    pub version: i64,
    /// Whether the password must be changed at the next sign-in.
    pub temporary: bool,
}

impl Slot {
    /// Seals a user master key under a password and the site key.
    ///
    /// # Errors
    /// When the password is too long, the cost is refused here, or there is no randomness.
    pub(super) fn seal(
        master: &Secret<32>,
        of: SlotOf,
        password: &Password,
        site: &SiteKey,
        cost: SlotCost,
    ) -> Result<Self, KeyError> {
        cost.check(site.environment())?;
        let kdf = parameters(cost)?;
        let mut slot = Self { version: of.version, temporary: of.temporary, kdf, sealed: Vec::new() };
        let inner_key = slot.inner_key(password)?;
        // EXPOSE: this is what the slot keeps.
        let inner = layer::seal(&inner_key, &slot.aad(of.user, "secret"), master.expose())?;
        slot.sealed = layer::seal(&site.subkey(SiteUse::Slot)?, &slot.aad(of.user, "site"), &inner)?;
        Ok(slot)
    }

    /// Opens the slot of `user`.
    ///
    /// # Errors
    /// [`KeyError::WrongPassword`] if only the inner layer stays shut; [`KeyError::Altered`] if the outer one does,
    /// which under the right site key (check the site record first) means that the slot was changed.
    pub fn open(&self, user: Uuid, password: &Password, site: &SiteKey) -> Result<Secret<32>, KeyError> {
        cost_of(&self.kdf)?.check(site.environment())?;
        let inner = self.open_site_layer(user, site)?;
        let master = layer::open(&self.inner_key(password)?, &self.aad(user, "secret"), &inner);
        Secret::copy_from(&master.ok_or(KeyError::WrongPassword)?).ok_or(KeyError::Form("slot"))
    }

    /// What an attempt at this slot costs.
    ///
    /// # Errors
    /// [`KeyError::Form`] if its parameters can't be read.
    pub fn cost(&self) -> Result<SlotCost, KeyError> {
        cost_of(&self.kdf)
    }

    /// Spends what an attempt costs, for a user name that doesn't exist: the answer takes as long as for one that does.
    pub fn spend(password: &Password, cost: SlotCost) {
        if let Some(text) = password::normalised(password) {
            // What comes out is of no use to anybody.
            drop(stretch_with(text.as_bytes(), &[0; 16], cost));
        }
    }

    /// The same slot under another site key; the user isn't needed.
    ///
    /// # Errors
    /// If `old` isn't the key of this slot.
    pub fn renew_site_layer(&self, user: Uuid, old: &SiteKey, new: &SiteKey) -> Result<Self, KeyError> {
        let inner = self.open_site_layer(user, old)?;
        let sealed = layer::seal(&new.subkey(SiteUse::Slot)?, &self.aad(user, "site"), &inner)?;
        Ok(Self { sealed, ..self.clone() })
    }

    fn open_site_layer(&self, user: Uuid, site: &SiteKey) -> Result<Zeroizing<Vec<u8>>, KeyError> {
        let key = site.subkey(SiteUse::Slot)?;
        layer::open(&key, &self.aad(user, "site"), &self.sealed).ok_or(KeyError::Altered("slot"))
    }

    fn inner_key(&self, password: &Password) -> Result<Secret<32>, KeyError> {
        let text = password::normalised(password).ok_or(KeyError::PasswordTooLong)?;
        stretch(text.as_bytes(), &self.kdf)
    }

    fn aad(&self, user: Uuid, which: &str) -> Vec<u8> {
        let Self { version, temporary, kdf, .. } = self;
        format!("wardseal/slot/1|{which}|{user}|{version}|{temporary}|{kdf}").into_bytes()
    }
}

/// Argon2id of `text` with the parameters and the salt of a `$argon2id$` string; its memory is wiped afterwards.
pub(super) fn stretch(text: &[u8], kdf: &str) -> Result<Secret<32>, KeyError> {
    let parsed = PasswordHash::new(kdf).map_err(|_| KeyError::Form("slot"))?;
    let salt = parsed.salt.ok_or(KeyError::Form("slot"))?;
    stretch_with(text, &salt, cost_of(kdf)?)
}

/// Argon2id of `text`; its memory is wiped afterwards.
pub(super) fn stretch_with(text: &[u8], salt: &[u8], cost: SlotCost) -> Result<Secret<32>, KeyError> {
    let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, params(cost)?);
    let mut memory = Zeroizing::new(vec![Block::default(); argon.params().block_count()]);
    Secret::fill_with(|out| argon.hash_password_into_with_memory(text, salt, out, memory.as_mut_slice()))
        .map_err(|_| KeyError::Form("slot"))
}

fn params(cost: SlotCost) -> Result<Params, KeyError> {
    Params::new(cost.memory_kib, cost.passes, cost.lanes, None).map_err(|_| KeyError::SlotCost)
}

fn parameters(cost: SlotCost) -> Result<String, KeyError> {
    let mut salt = [0; 16];
    getrandom::fill(&mut salt)?;
    let params = ParamsString::try_from(&params(cost)?).map_err(|_| KeyError::SlotCost)?;
    let salt = Salt::new(&salt).map_err(|_| KeyError::SlotCost)?;
    let version = Some(Version::V0x13.into());
    let hash = PasswordHash { algorithm: ARGON2ID_IDENT, version, params, salt: Some(salt), hash: None };
    Ok(hash.to_string())
}

fn cost_of(kdf: &str) -> Result<SlotCost, KeyError> {
    let parsed = PasswordHash::new(kdf).map_err(|_| KeyError::Form("slot"))?;
    let known = parsed.algorithm == ARGON2ID_IDENT && parsed.version == Some(0x13) && parsed.hash.is_none();
    let params = Params::try_from(&parsed).ok().filter(|_| known).ok_or(KeyError::Form("slot"))?;
    Ok(SlotCost { memory_kib: params.m_cost(), passes: params.t_cost(), lanes: params.p_cost() })
}

#[cfg(test)]
#[path = "slot_tests.rs"]
mod tests;
