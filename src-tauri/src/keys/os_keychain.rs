//! The keychain of this operating system, through keyring-core and one store for each system.
//!
//! Every call runs on a thread of its own: the Linux store blocks on an executor and must not be entered from another.

use super::{Environment, Keychain, KeychainError};
use keyring_core::api::CredentialStore;
use keyring_core::{Entry, Error};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use zeroize::Zeroizing;

/// Under this service every entry of ours is listed.
pub const SERVICE: &str = "wardseal";

/// Secret Service on Linux, Keychain on macOS, Credential Manager on Windows. A call may wait for the person to unlock.
pub struct OsKeychain {
    store: Arc<CredentialStore>,
    environment: Environment,
}

impl OsKeychain {
    /// Connects to the keychain.
    ///
    /// # Errors
    /// [`KeychainError::Absent`] when none answers; [`KeychainError::EmptyPassword`] when it would keep secrets in
    /// clear and this is not the demo.
    pub fn open(environment: Environment) -> Result<Self, KeychainError> {
        let store = apart(open_store)??;
        let keychain = Self { store, environment };
        keychain.refuse_empty_password()?;
        Ok(keychain)
    }

    fn entry<T: Send>(
        &self,
        name: &str,
        act: impl FnOnce(&Entry) -> keyring_core::Result<T> + Send,
    ) -> Result<Option<T>, KeychainError> {
        apart(|| {
            let modifiers = modifiers();
            match self.store.build(SERVICE, name, Some(&modifiers)).and_then(|entry| act(&entry)) {
                Ok(value) => Ok(Some(value)),
                Err(Error::NoEntry) => Ok(None),
                Err(error) => Err(situation(&error)),
            }
        })?
    }

    fn refuse_empty_password(&self) -> Result<(), KeychainError> {
        if self.environment != Environment::Demo && keyrings_folder().is_some_and(|folder| kept_in_clear(&folder)) {
            return Err(KeychainError::EmptyPassword);
        }
        Ok(())
    }

    /// Reads back what was written; a keychain that doesn't keep it, or keeps it in clear, loses it again.
    fn verify_kept(&self, name: &str, bytes: &[u8]) -> Result<(), KeychainError> {
        let kept = self.get(name)?;
        if kept.as_ref().is_some_and(|kept| kept.as_slice() == bytes) {
            return self.refuse_empty_password();
        }
        Err(KeychainError::NotKept)
    }
}

impl Keychain for OsKeychain {
    fn get(&self, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>, KeychainError> {
        self.entry(name, |entry| entry.get_secret().map(Zeroizing::new))
    }

    fn put_new(&self, name: &str, bytes: &[u8]) -> Result<(), KeychainError> {
        self.refuse_empty_password()?;
        if self.get(name)?.is_some() {
            return Err(KeychainError::Occupied);
        }
        self.entry(name, |entry| entry.set_secret(bytes))?;
        self.verify_kept(name, bytes).or_else(|fault| self.delete(name).and(Err(fault)))
    }

    fn delete(&self, name: &str) -> Result<(), KeychainError> {
        self.entry(name, Entry::delete_credential).map(|_| ())
    }
}

/// Runs `work` on a thread of its own and waits for it.
fn apart<T: Send>(work: impl FnOnce() -> T + Send) -> Result<T, KeychainError> {
    std::thread::scope(|scope| scope.spawn(work).join()).map_err(|_| KeychainError::Absent)
}

/// Which of the situations an error of the store is. An entry that is missing is not among them.
fn situation(error: &Error) -> KeychainError {
    match error {
        Error::NoStorageAccess(_) => KeychainError::Locked,
        Error::BadEncoding(_) | Error::BadDataFormat(..) | Error::Ambiguous(_) => {
            KeychainError::WrongKey(super::EntryFault::Format)
        }
        _ => KeychainError::Absent,
    }
}

#[cfg(target_os = "linux")]
fn open_store() -> Result<Arc<CredentialStore>, KeychainError> {
    Ok(zbus_secret_service_keyring_store::Store::new().map_err(|error| situation(&error))?)
}

#[cfg(target_os = "macos")]
fn open_store() -> Result<Arc<CredentialStore>, KeychainError> {
    Ok(apple_native_keyring_store::keychain::Store::new().map_err(|error| situation(&error))?)
}

#[cfg(target_os = "windows")]
fn open_store() -> Result<Arc<CredentialStore>, KeychainError> {
    Ok(windows_native_keyring_store::Store::new().map_err(|error| situation(&error))?)
}

#[cfg(not(any(target_os = "linux", target_os = "macos", target_os = "windows")))]
fn open_store() -> Result<Arc<CredentialStore>, KeychainError> {
    Err(KeychainError::Absent)
}

/// Windows: local-machine persistence, so that the key doesn't roam with the profile to other machines.
fn modifiers() -> HashMap<&'static str, &'static str> {
    if cfg!(target_os = "windows") {
        HashMap::from([("persistence", "Local")])
    } else if cfg!(target_os = "linux") {
        HashMap::from([("label", "Wardseal key")])
    } else {
        HashMap::new()
    }
}

/// Where gnome-keyring keeps its files.
fn keyrings_folder() -> Option<PathBuf> {
    if !cfg!(target_os = "linux") {
        return None;
    }
    let data = std::env::var_os("XDG_DATA_HOME").filter(|path| !path.is_empty()).map(PathBuf::from);
    let data = data.or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".local/share")))?;
    Some(data.join("keyrings"))
}

/// Whether the default keyring is a plain-text file: gnome-keyring writes one beginning `[keyring]` for an empty password.
fn kept_in_clear(folder: &Path) -> bool {
    let default = std::fs::read_to_string(folder.join("default")).unwrap_or_default();
    let name = if default.trim().is_empty() { "login" } else { default.trim() };
    starts_in_clear(&folder.join(format!("{name}.keyring")))
}

fn starts_in_clear(file: &Path) -> bool {
    use std::io::Read as _;
    let mut start = [0; 9];
    let read = std::fs::File::open(file).and_then(|mut file| file.read_exact(&mut start));
    read.is_ok() && &start == b"[keyring]"
}

#[cfg(test)]
mod tests {
    use super::*;

    fn boxed() -> Box<dyn std::error::Error + Send + Sync> {
        "store".into()
    }

    #[test]
    fn a_store_out_of_reach_is_never_taken_for_a_first_run() {
        assert_eq!(situation(&Error::PlatformFailure(boxed())), KeychainError::Absent);
        assert_eq!(situation(&Error::NoStorageAccess(boxed())), KeychainError::Locked);
        assert_eq!(situation(&Error::NoDefaultStore), KeychainError::Absent);
    }

    #[test]
    fn a_keyring_without_a_password_is_recognised_by_its_file() {
        let folder = tempfile::tempdir().unwrap();
        assert!(!kept_in_clear(folder.path()));
        std::fs::write(folder.path().join("login.keyring"), "GnomeKeyring\n\r\0\n").unwrap();
        assert!(!kept_in_clear(folder.path()));
        std::fs::write(folder.path().join("login.keyring"), "[keyring]\ndisplay-name=Login\n").unwrap();
        assert!(kept_in_clear(folder.path()));
    }

    #[test]
    fn the_default_keyring_is_the_one_that_counts() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("default"), "clinic\n").unwrap();
        std::fs::write(folder.path().join("login.keyring"), "[keyring]\n").unwrap();
        std::fs::write(folder.path().join("clinic.keyring"), "GnomeKeyring\n").unwrap();
        assert!(!kept_in_clear(folder.path()));
    }
}
