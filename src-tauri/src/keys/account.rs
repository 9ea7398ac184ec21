//! Accounts: who a user is, with which public keys, signed by an administrator; beside them the user's slot.

use super::slot::SlotOf;
use super::{
    Directory, Form, KeyError, Signed, Signer, SiteKey, Slot, SlotCost, UserKeys, UserPublic, VerifyKey, forms,
};
use crate::clock::Timestamp;
use crate::secret::Password;
use bson::{Bson, Document};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Code of the role whose accounts sign accounts and orders, and hold no compartment.
pub const ADMINISTRATOR: &str = "administrator";

/// One user. Everything in it is covered by an administrator's signature.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// Never reused.
    #[serde(rename = "_id", with = "forms::uuid4")]
    pub id: Uuid,
    /// What is typed at sign-in; unique in the site.
    pub username: String,
    /// What is shown.
    pub name: String,
    /// What the lock screen shows.
    pub initials: String,
    /// The role's code, as the policy reads it.
    pub role: String,
    /// The unit the user works in, if any.
    pub unit: Option<String>,
    /// Public halves of the user's keys.
    pub keys: UserPublic,
    /// Public halves of the signing keys before a reset: what they signed stays valid.
    pub former: Vec<VerifyKey>,
    /// Whether the user may sign in.
    pub active: bool,
    /// Whether the user has the extra right for items labelled sensitive.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub sensitive: bool,
    /// When this version was made.
    #[serde(with = "forms::date")]
    pub at: Timestamp,
    /// Grows with every change; older ones than seen are refused.
    #[serde(rename = "v")]
    pub version: i64,
}

impl Account {
    /// Whether this account administers, and so holds no compartment.
    #[must_use]
    pub fn is_administrator(&self) -> bool {
        self.role == ADMINISTRATOR
    }
}

impl Form for Account {
    const LABEL: &'static str = "wardseal/account/1";
    const WHAT: &'static str = "account";

    fn id(&self) -> Uuid {
        self.id
    }

    fn version(&self) -> i64 {
        self.version
    }
}

/// An account with its slot, as one document: the signed form and `slot`.
#[derive(Clone)]
pub struct StoredAccount {
    /// The signed account.
    pub account: Signed<Account>,
    /// The user's slot; its own tags authenticate it.
    pub slot: Slot,
}

/// Whoever signs: the user and the signing key.
#[derive(Clone, Copy)]
pub struct Author<'a> {
    /// The user's id.
    pub id: Uuid,
    /// The user's signing key.
    pub signer: &'a Signer,
}

impl<'a> Author<'a> {
    /// This user, with these keys.
    #[must_use]
    pub const fn new(id: Uuid, keys: &'a UserKeys) -> Self {
        Self { id, signer: keys.signer() }
    }
}

/// How a slot is to be sealed.
#[derive(Clone, Copy)]
pub struct Sealing<'a> {
    /// The password, which the caller has checked against the policy.
    pub password: &'a Password,
    /// Whether it has to be changed at the next sign-in.
    pub temporary: bool,
    /// The site's key.
    pub site: &'a SiteKey,
    /// Argon2id's cost.
    pub cost: SlotCost,
}

impl Sealing<'_> {
    fn seal(&self, keys: &UserKeys, user: Uuid, version: i64) -> Result<Slot, KeyError> {
        let of = SlotOf { user, version, temporary: self.temporary };
        Slot::seal(keys.master(), of, self.password, self.site, self.cost)
    }
}

impl StoredAccount {
    /// Seals the slot of a new user and has the account signed. `account` carries the public half of `keys`.
    ///
    /// # Errors
    /// As [`Signed::sign`] and sealing a slot.
    pub fn create(
        account: Account,
        keys: &UserKeys,
        sealing: Sealing<'_>,
        by: Author<'_>,
    ) -> Result<StoredAccount, KeyError> {
        let slot = sealing.seal(keys, account.id, 1)?;
        Ok(Self { account: Signed::sign(account, by.id, by.signer)?, slot })
    }

    /// Opens the slot of a verified, active account and proves that the keys in it are the account's.
    ///
    /// # Errors
    /// [`KeyError::Untrusted`] if the directory doesn't know the account as active, [`KeyError::WrongPassword`],
    /// [`KeyError::Stale`] for an older slot than seen, [`KeyError::Altered`].
    pub fn sign_in(
        &self,
        directory: &Directory,
        password: &Password,
        site: &SiteKey,
        slot_seen: Option<i64>,
    ) -> Result<UserKeys, KeyError> {
        let account = directory.account(self.account.claimed().id).filter(|account| account.active);
        let account = account.ok_or(KeyError::Untrusted("account"))?;
        super::signed::not_older("slot", self.slot.version, slot_seen)?;
        let keys = UserKeys::from_master(self.slot.open(account.id, password, site)?)?;
        if keys.public() == account.keys { Ok(keys) } else { Err(KeyError::Altered("slot")) }
    }

    /// The next version of the account, changed by an administrator; identity and keys stay.
    ///
    /// # Errors
    /// If the account doesn't verify.
    pub fn amend(
        &self,
        directory: &Directory,
        by: Author<'_>,
        at: Timestamp,
        change: impl FnOnce(&mut Account),
    ) -> Result<StoredAccount, KeyError> {
        let verified = directory.account(self.account.claimed().id).ok_or(KeyError::Untrusted("account"))?;
        let mut next = verified.clone();
        change(&mut next);
        (next.id, next.keys, next.former) = (verified.id, verified.keys, verified.former.clone());
        (next.version, next.at) = (verified.version + 1, at);
        let account = Signed::sign_after(next, &self.account, by.id, by.signer)?;
        Ok(Self { account, slot: self.slot.clone() })
    }

    /// A forgotten password: new keys, a new slot, no grants (all are to be ordered anew). What was signed stays valid.
    ///
    /// # Errors
    /// If the account doesn't verify, or as sealing a slot.
    pub fn reset(
        &self,
        directory: &Directory,
        sealing: Sealing<'_>,
        by: Author<'_>,
        at: Timestamp,
    ) -> Result<(StoredAccount, UserKeys), KeyError> {
        let mut next = directory.account(self.account.claimed().id).ok_or(KeyError::Untrusted("account"))?.clone();
        let keys = UserKeys::create()?;
        next.former.push(std::mem::replace(&mut next.keys, keys.public()).verify);
        (next.version, next.at) = (next.version + 1, at);
        let slot = sealing.seal(&keys, next.id, self.slot.version + 1)?;
        Ok((Self { account: Signed::sign_after(next, &self.account, by.id, by.signer)?, slot }, keys))
    }

    /// The user's own change of password: a new slot around the same keys.
    ///
    /// # Errors
    /// If `keys` aren't the account's, or as sealing a slot.
    pub fn change_password(&self, keys: &UserKeys, sealing: Sealing<'_>) -> Result<StoredAccount, KeyError> {
        let account = self.account.claimed();
        if keys.public() != account.keys {
            return Err(KeyError::NotOwnKeys);
        }
        let slot = sealing.seal(keys, account.id, self.slot.version + 1)?;
        Ok(Self { account: self.account.clone(), slot })
    }

    /// The stored document.
    ///
    /// # Errors
    /// As [`Signed::to_document`].
    pub fn to_document(&self) -> Result<Document, KeyError> {
        let mut doc = self.account.to_document()?;
        let slot = bson::serialize_to_document(&self.slot).map_err(|_| KeyError::Form("slot"))?;
        doc.insert("slot", Bson::Document(slot));
        Ok(doc)
    }

    /// Reads a stored document; verifies nothing.
    ///
    /// # Errors
    /// [`KeyError::Form`].
    pub fn from_document(doc: &Document) -> Result<Self, KeyError> {
        let account = Signed::from_document(doc)?;
        let slot = doc.get_document("slot").map_err(|_| KeyError::Form("slot"))?;
        let slot = bson::deserialize_from_document(slot.clone()).map_err(|_| KeyError::Form("slot"))?;
        Ok(Self { account, slot })
    }
}
