//! What can go wrong with keys, without a byte of any of them.

use super::{EntryFault, KeychainError};
use thiserror::Error;

/// Why a key, a grant or a signed document was refused. Nothing is changed when one of these is returned.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum KeyError {
    /// The operating system gave no randomness.
    #[error("the operating system gave no randomness")]
    NoRandomness,
    /// A stored document is not of the form it should have.
    #[error("the stored {0} is not of its form")]
    Form(&'static str),
    /// A tag, MAC or signature doesn't fit: the bytes were altered or belong elsewhere.
    #[error("the stored {0} was altered or belongs elsewhere: refused, nothing was changed")]
    Altered(&'static str),
    /// An older version than the newest one seen on this workstation.
    #[error("the stored {what} is version {found}, but version {seen} was seen here before: refused")]
    Stale {
        /// What it is.
        what: &'static str,
        /// Its version.
        found: i64,
        /// The newest version seen.
        seen: i64,
    },
    /// Written by a version that is more than one step newer.
    #[error("the stored {0} was written by a newer version of Wardseal: update this one")]
    NewerForm(&'static str),
    /// Signed by nobody who may sign it.
    #[error("the stored {0} is not signed by anyone who may sign it: refused")]
    Untrusted(&'static str),
    /// The password doesn't open the slot.
    #[error("wrong user name or password")]
    WrongPassword,
    /// The site key doesn't belong to this site.
    #[error("{}", KeychainError::WrongKey(EntryFault::OtherSite))]
    WrongSiteKey,
    /// A demo or test key on a production store, or the other way round.
    #[error(
        "the site key in the keychain is for a {key} store and this is a {store} store: refused, nothing was changed"
    )]
    OtherEnvironment {
        /// What the key is for.
        key: &'static str,
        /// What the store is for.
        store: &'static str,
    },
    /// Argon2id parameters that are too weak for this environment, or absurdly strong.
    #[error("the password parameters of this account are outside what is accepted here")]
    SlotCost,
    /// A password that can't be used at all, for example one longer than is accepted.
    #[error("the password is longer than is accepted")]
    PasswordTooLong,
    /// The confirmation code doesn't fit the order.
    #[error("the code does not match this order: compare it again, or refuse the order")]
    WrongCode,
    /// The order names other public keys than the user's own.
    #[error("the order names keys that are not this user's: refuse it")]
    NotOwnKeys,
    /// The grant is not in the state the step needs.
    #[error("the grant is not {0}")]
    GrantState(&'static str),
    /// A compartment's root that isn't the one the site record names.
    #[error("the compartment's key is not the one of this site: refused")]
    ForeignRoot,
    /// One person did what takes two.
    #[error("this takes two different people")]
    SamePerson,
    /// Nothing that waits is a compartment one holds.
    #[error("nothing of what waits is yours to give: ask a colleague who works with it, or use the recovery shares")]
    NotHeld,
    /// Administrators hold no compartment.
    #[error("an administrator can hold no compartment")]
    AdministratorsHoldNone,
    /// A data key that the signed manifest doesn't name.
    #[error("the data key is not in the signed key manifest: refused")]
    ForeignDataKey,
}

impl From<getrandom::Error> for KeyError {
    fn from(_: getrandom::Error) -> Self {
        KeyError::NoRandomness
    }
}
