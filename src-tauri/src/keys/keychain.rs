//! The operating system's keychain as a trait, what may be wrong with it, and a twin in memory for tests.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use thiserror::Error;
use zeroize::Zeroizing;

/// A place for the site key and the workstation key, outside every file of ours.
pub trait Keychain: Send + Sync {
    /// The entry, or `None` if there is none.
    ///
    /// # Errors
    /// When the keychain is absent, locked or not fit for use.
    fn get(&self, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>, KeychainError>;

    /// Makes an entry; never overwrites one.
    ///
    /// # Errors
    /// [`KeychainError::Occupied`] if there is one, else as [`Keychain::get`].
    fn put_new(&self, name: &str, bytes: &[u8]) -> Result<(), KeychainError>;

    /// Removes an entry; removing none is no error.
    ///
    /// # Errors
    /// As [`Keychain::get`].
    fn delete(&self, name: &str) -> Result<(), KeychainError>;
}

/// What is wrong with the keychain. Five situations are told apart; none of them ever makes or changes a key.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum KeychainError {
    /// No keychain service answers (on Linux: no session bus, or nobody owns `org.freedesktop.secrets`).
    #[error(
        "No keychain was found. Wardseal keeps its keys in the system keychain (Secret Service, Keychain or Credential \
         Manager); start one, for example gnome-keyring, and try again. Nothing was changed."
    )]
    Absent,
    /// The keychain is there and shut, or its prompt was dismissed.
    #[error("The keychain is locked. Unlock it, or sign in to the desktop again, and try again. Nothing was changed.")]
    Locked,
    /// There is an entry, and it isn't this site's key.
    #[error("The keychain holds a wrong key for this site: {0}. It was refused; nothing was changed.")]
    WrongKey(EntryFault),
    /// The keychain writes its secrets to disk in clear, because its password is empty.
    #[error(
        "The keychain has an empty password, so it would keep the site key in clear on disk. Give it a password and try \
         again. Nothing was changed."
    )]
    EmptyPassword,
    /// The keychain works and has no entry: this workstation is not enrolled.
    #[error(
        "This workstation holds no key of the site yet: found a new clinic, or enrol this workstation. Nothing was changed."
    )]
    FirstRun,
    /// An entry is there where a new one was to be made.
    #[error("The keychain already holds an entry of this name. It was left as it is.")]
    Occupied,
    /// The keychain gave back other bytes than it was given; the entry was removed again.
    #[error("The keychain did not keep what it was given. The entry was removed again.")]
    NotKept,
}

/// How a keychain entry is wrong, without a byte of it.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum EntryFault {
    /// Cut short or grown.
    #[error("its key has {found} characters instead of {expected}")]
    Length {
        /// Characters found.
        found: usize,
        /// Characters of a whole key.
        expected: usize,
    },
    /// Not an entry of this program, or of another kind.
    #[error("it is not of the form this program writes")]
    Format,
    /// A character was changed.
    #[error("its check digits do not match")]
    CheckDigits,
    /// Well formed, but it doesn't open the site record.
    #[error("it does not belong to this site's records")]
    OtherSite,
}

/// A keychain in memory, for tests and for one process's life.
#[derive(Default)]
pub struct MemoryKeychain {
    entries: Mutex<BTreeMap<String, Zeroizing<Vec<u8>>>>,
    fault: Mutex<Option<KeychainError>>,
}

impl MemoryKeychain {
    /// Empty.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// From now on every call fails with `fault`, or works again.
    pub fn fail_with(&self, fault: Option<KeychainError>) {
        *self.fault.lock().unwrap_or_else(PoisonError::into_inner) = fault;
    }

    /// Replaces an entry behind the program's back, as a test of what a wrong entry does.
    pub fn tamper(&self, name: &str, bytes: &[u8]) {
        self.entries().insert(name.to_owned(), Zeroizing::new(bytes.to_vec()));
    }

    fn entries(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, Zeroizing<Vec<u8>>>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn check(&self) -> Result<(), KeychainError> {
        self.fault.lock().unwrap_or_else(PoisonError::into_inner).clone().map_or(Ok(()), Err)
    }
}

impl Keychain for MemoryKeychain {
    fn get(&self, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>, KeychainError> {
        self.check()?;
        Ok(self.entries().get(name).cloned())
    }

    fn put_new(&self, name: &str, bytes: &[u8]) -> Result<(), KeychainError> {
        self.check()?;
        if self.entries().contains_key(name) {
            return Err(KeychainError::Occupied);
        }
        self.tamper(name, bytes);
        Ok(())
    }

    fn delete(&self, name: &str) -> Result<(), KeychainError> {
        self.check()?;
        self.entries().remove(name);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_is_never_overwritten() {
        let keychain = MemoryKeychain::new();
        keychain.put_new("site", b"one").unwrap();
        assert_eq!(keychain.put_new("site", b"two"), Err(KeychainError::Occupied));
        assert_eq!(keychain.get("site").unwrap().unwrap().as_slice(), b"one");
        keychain.delete("site").unwrap();
        assert_eq!(keychain.get("site").unwrap(), None);
    }

    #[test]
    fn five_situations_have_five_messages() {
        let wrong = KeychainError::WrongKey(EntryFault::CheckDigits);
        let five = [
            KeychainError::Absent,
            KeychainError::Locked,
            wrong,
            KeychainError::EmptyPassword,
            KeychainError::FirstRun,
        ];
        let texts: std::collections::BTreeSet<String> = five.iter().map(ToString::to_string).collect();
        assert_eq!(texts.len(), 5);
        assert!(texts.iter().all(|text| text.to_lowercase().contains("nothing was changed")));
    }
}
