//! Who is who, by signatures: the accounts of a site as far as an unbroken chain from its founder, or from the recovery
//! key when nobody else is left, vouches for them.
//!
//! Deactivating an administrator, or giving him another role, ends what his signature on accounts is worth: whoever does
//! it signs those accounts anew ([`super::StoredAccount::amend`]) in the same transaction.

use super::signed::not_older;
use super::{Account, Form, KeyError, Signed, SiteRecord, VerifyKey};
use std::collections::BTreeMap;
use uuid::Uuid;

/// Verified accounts. An account counts if the founder, the recovery key or an active administrator that counts has
/// signed it.
pub struct Directory {
    accounts: BTreeMap<Uuid, Account>,
    refused: Vec<(Uuid, KeyError)>,
    founder: (Uuid, VerifyKey),
    recovery: (Uuid, VerifyKey),
}

impl Directory {
    /// Checks every signature and version; `seen` holds the newest version seen of each account.
    #[must_use]
    pub fn verify<'a>(
        record: &SiteRecord,
        accounts: impl IntoIterator<Item = &'a Signed<Account>>,
        seen: &BTreeMap<Uuid, i64>,
    ) -> Self {
        let mut directory = Self {
            accounts: BTreeMap::new(),
            refused: Vec::new(),
            founder: (record.founder.user, record.founder.verify),
            recovery: (record.recovery.id, record.recovery.keys.verify),
        };
        let mut open: Vec<&Signed<Account>> = accounts.into_iter().collect();
        while directory.admit(&mut open, seen) {}
        directory.refused.extend(open.iter().map(|one| (one.claimed().id, KeyError::Untrusted("account"))));
        directory
    }

    /// One round over what is still open; whether anything moved.
    fn admit(&mut self, open: &mut Vec<&Signed<Account>>, seen: &BTreeMap<Uuid, i64>) -> bool {
        let before = open.len();
        let mut later = Vec::new();
        for signed in open.drain(..) {
            if self.signers(signed.by()).is_empty() {
                later.push(signed);
                continue;
            }
            let id = signed.claimed().id;
            match self.check(signed, seen.get(&id).copied()) {
                Ok(account) => drop(self.accounts.insert(id, account)),
                Err(error) => self.refused.push((id, error)),
            }
        }
        *open = later;
        open.len() < before
    }

    fn check(&self, signed: &Signed<Account>, seen: Option<i64>) -> Result<Account, KeyError> {
        let account = verified_by(signed, &self.signers(signed.by()))?;
        not_older("account", account.version, seen)?;
        if self.accounts.contains_key(&account.id) || self.by_username(&account.username).is_some() {
            return Err(KeyError::Form("account"));
        }
        Ok(account.clone())
    }

    /// Keys whose signature makes an account count: the founder's, the recovery key, and an active administrator's
    /// present and former ones.
    fn signers(&self, user: Uuid) -> Vec<VerifyKey> {
        let roots = [self.founder, self.recovery].into_iter().filter(|root| root.0 == user).map(|root| root.1);
        let administrator = self.accounts.get(&user).filter(|account| account.active && account.is_administrator());
        roots.chain(administrator.into_iter().flat_map(keys_of)).collect()
    }

    /// The verified account of a user.
    #[must_use]
    pub fn account(&self, user: Uuid) -> Option<&Account> {
        self.accounts.get(&user)
    }

    /// The verified account of this user name.
    #[must_use]
    pub fn by_username(&self, username: &str) -> Option<&Account> {
        self.accounts.values().find(|account| account.username == username)
    }

    /// All verified accounts.
    pub fn accounts(&self) -> impl Iterator<Item = &Account> {
        self.accounts.values()
    }

    /// Accounts that don't count, and why.
    #[must_use]
    pub fn refused(&self) -> &[(Uuid, KeyError)] {
        &self.refused
    }

    /// The value, if the user it names as its author signed it, now or before a reset.
    ///
    /// # Errors
    /// [`KeyError::Untrusted`] for an unknown author, [`KeyError::Altered`] for a wrong signature.
    pub fn signed_by_author<'s, T: Form>(&self, signed: &'s Signed<T>) -> Result<&'s T, KeyError> {
        let recovery = (signed.by() == self.recovery.0).then_some(self.recovery.1);
        let user = self.accounts.get(&signed.by()).into_iter().flat_map(keys_of);
        verified_by(signed, &recovery.into_iter().chain(user).collect::<Vec<_>>())
    }

    /// The value, if an active administrator signed it.
    ///
    /// # Errors
    /// [`KeyError::Untrusted`] if the author is none, [`KeyError::Altered`] for a wrong signature.
    pub fn signed_by_administrator<'s, T: Form>(&self, signed: &'s Signed<T>) -> Result<&'s T, KeyError> {
        verified_by(signed, &self.signers(signed.by()))
    }

    /// The value, if an active administrator or the recovery key signed it.
    ///
    /// # Errors
    /// As [`Directory::signed_by_administrator`].
    pub fn signed_by_authority<'s, T: Form>(&self, signed: &'s Signed<T>) -> Result<&'s T, KeyError> {
        if signed.by() == self.recovery.0 {
            return verified_by(signed, &[self.recovery.1]);
        }
        self.signed_by_administrator(signed)
    }
}

fn keys_of(account: &Account) -> impl Iterator<Item = VerifyKey> {
    std::iter::once(account.keys.verify).chain(account.former.iter().copied())
}

fn verified_by<'s, T: Form>(signed: &'s Signed<T>, keys: &[VerifyKey]) -> Result<&'s T, KeyError> {
    let unknown = if keys.is_empty() { KeyError::Untrusted(T::WHAT) } else { KeyError::Altered(T::WHAT) };
    keys.iter().find_map(|key| signed.verify(key).ok()).ok_or(unknown)
}
