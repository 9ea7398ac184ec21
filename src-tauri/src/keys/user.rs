//! A user's keys, all from one random 32-byte user master key that only the user's slot holds.

use super::{KeyError, OpeningKey, SealingKey, Signer, VerifyKey, derive};
use crate::secret::Secret;
use serde::{Deserialize, Serialize};

/// The public half of a user's keys, as it stands in the account and in orders.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserPublic {
    /// What is sealed to the user is sealed to this.
    pub hpke: SealingKey,
    /// What the user signs verifies with this.
    pub verify: VerifyKey,
}

/// Everything that follows from a user master key. Dropped at lock.
pub struct UserKeys {
    master: Secret<32>,
    opening: OpeningKey,
    signer: Signer,
    park: Secret<32>,
}

impl UserKeys {
    /// Keys of a new user.
    ///
    /// # Errors
    /// When there is no randomness.
    pub fn create() -> Result<Self, KeyError> {
        Self::from_master(Secret::random()?)
    }

    /// The keys of this master key.
    ///
    /// # Errors
    /// Never in practice: lengths are fixed.
    pub fn from_master(master: Secret<32>) -> Result<Self, KeyError> {
        // EXPOSE: the user's keys are derived from it.
        let of = |label| derive::subkey::<32>(master.expose(), b"wardseal/user/1", label);
        let opening = OpeningKey::from_seed(&of("wardseal/user/hpke/1")?)?;
        let signer = Signer::from_seed(of("wardseal/user/sign/1")?);
        let park = of("wardseal/user/park/1")?;
        Ok(Self { master, opening, signer, park })
    }

    /// The public half.
    #[must_use]
    pub const fn public(&self) -> UserPublic {
        UserPublic { hpke: self.opening.public(), verify: self.signer.public() }
    }

    /// Opens what was sealed to the user.
    #[must_use]
    pub const fn opening(&self) -> &OpeningKey {
        &self.opening
    }

    /// Signs as the user.
    #[must_use]
    pub const fn signer(&self) -> &Signer {
        &self.signer
    }

    /// The key for parked contexts and drafts.
    #[must_use]
    pub const fn park(&self) -> &Secret<32> {
        &self.park
    }

    /// For sealing a slot and for splitting; nothing else needs it.
    pub(super) const fn master(&self) -> &Secret<32> {
        &self.master
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_keys_follow_from_the_master_key_alone() {
        let of = |byte| UserKeys::from_master(Secret::copy_from(&[byte; 32]).unwrap()).unwrap();
        assert_eq!(of(1).public(), of(1).public());
        assert_ne!(of(1).public(), of(2).public());
        assert_ne!(of(1).park().expose(), of(1).master().expose());
    }
}
