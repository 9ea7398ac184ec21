//! Which store a workstation works on, and how it gets there: its policy says so, or its own note of the founding; without
//! either it is the embedded store.
//!
//! A connection string lies in the keychain, or in a file that only this user may read; never on a command line, never in
//! a log. To add a kind of store: a variant of [`Place`].

use super::error::{Code, Failure};
use super::home::Home;
use super::policy_file::PolicyFile;
use crate::keys::{Keychain, KeychainError};
use crate::store::atlas::{Address, Atlas, Unfit};
use crate::store::embedded::Embedded;
use crate::store::{Store, StoreError};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use uuid::Uuid;
use zeroize::Zeroizing;

/// Where a workstation's store is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Place {
    /// In files of this machine.
    #[default]
    Embedded,
    /// On a MongoDB replica set or Atlas cluster.
    Atlas(Cluster),
}

/// How a cluster is reached. Holds no secret.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cluster {
    /// The keychain's entry with the connection string.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub keychain_entry: Option<String>,
    /// A file with the connection string, which only this user may read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub connection_file: Option<PathBuf>,
    /// A PEM file of the authorities that may have signed the server's certificate, instead of the public ones.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ca_file: Option<PathBuf>,
    /// A PEM file with the workstation's certificate and key, for X.509.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub certificate_file: Option<PathBuf>,
}

impl Place {
    /// What policy or founding say.
    ///
    /// # Errors
    /// When a file is there and can't be read: it isn't passed over.
    pub fn of(home: &Home) -> Result<Self, Failure> {
        let policy = PolicyFile::of(home)?;
        let mut place = match policy.store {
            Some(place) => place,
            None if home.place().exists() => read(&home.place())?,
            None => Self::Embedded,
        };
        if let Self::Atlas(cluster) = &mut place {
            cluster.ca_file = cluster.ca_file.take().or(policy.ca_file);
        }
        Ok(place)
    }

    /// Whether it is in files of this machine.
    #[must_use]
    pub const fn is_embedded(&self) -> bool {
        matches!(self, Self::Embedded)
    }

    /// Opens the store there.
    ///
    /// # Errors
    /// What is wrong with it, or with the way to it.
    pub async fn open(&self, home: &Home, keychain: &dyn Keychain) -> Result<Arc<dyn Store>, Failure> {
        match self {
            Self::Embedded => Ok(Arc::new(Embedded::open(&home.store())?)),
            Self::Atlas(cluster) => Ok(Arc::new(Atlas::open(&cluster.address(keychain)?).await?)),
        }
    }

    /// Notes durably, in the workstation's folder, where its store is.
    ///
    /// # Errors
    /// What the operating system says.
    pub fn keep(&self, home: &Home) -> Result<(), Failure> {
        let bytes = serde_json::to_vec_pretty(self).map_err(|_| Code::Internal.bare())?;
        Ok(home.keep_place(&bytes)?)
    }
}

impl Cluster {
    /// Puts a connection string into the keychain, under a name of its own that is remembered here.
    ///
    /// # Errors
    /// What is wrong with the keychain.
    pub fn kept_in(mut self, keychain: &dyn Keychain, uri: &Zeroizing<String>) -> Result<Self, KeychainError> {
        let entry = format!("store:{}", Uuid::new_v4());
        keychain.put_new(&entry, uri.as_bytes())?;
        self.keychain_entry = Some(entry);
        Ok(self)
    }

    /// Takes the connection string out of the keychain again.
    ///
    /// # Errors
    /// What is wrong with the keychain.
    pub fn withdraw(&self, keychain: &dyn Keychain) -> Result<(), KeychainError> {
        self.keychain_entry.as_ref().map_or(Ok(()), |entry| keychain.delete(entry))
    }

    /// The address, with the connection string from where it is kept.
    ///
    /// # Errors
    /// When keychain or file don't have it, or others may read the file.
    pub fn address(&self, keychain: &dyn Keychain) -> Result<Address, Failure> {
        match &self.keychain_entry {
            Some(entry) => Ok(self.address_of(text(keychain.get(entry)?.ok_or(KeychainError::FirstRun)?)?)),
            None => self.address_in_file(),
        }
    }

    /// The address, with the connection string from its file.
    ///
    /// # Errors
    /// When there is none, or others may read it.
    pub fn address_in_file(&self) -> Result<Address, Failure> {
        let file = self.connection_file.as_ref().ok_or(StoreError::Unfit(Unfit::Malformed))?;
        Ok(self.address_of(text(Zeroizing::new(read_private(file)?))?))
    }

    /// The address, with this connection string.
    #[must_use]
    pub fn address_of(&self, uri: Zeroizing<String>) -> Address {
        let mut address = Address::new(uri);
        if let Some(file) = &self.ca_file {
            address = address.with_ca(file);
        }
        if let Some(file) = &self.certificate_file {
            address = address.with_certificate(file);
        }
        address
    }
}

fn read<T: for<'d> Deserialize<'d>>(file: &Path) -> Result<T, Failure> {
    serde_json::from_slice(&std::fs::read(file)?)
        .map_err(|_| Code::StoreCantOpen.with("why", "the note of where the store is isn't of its form"))
}

/// A file that others may read keeps no secret.
fn read_private(file: &Path) -> Result<Vec<u8>, Failure> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        if std::fs::metadata(file)?.permissions().mode() & 0o077 != 0 {
            return Err(Code::StoreCantOpen.with("why", "others may read the file with the connection string"));
        }
    }
    Ok(std::fs::read(file)?)
}

fn text(bytes: Zeroizing<Vec<u8>>) -> Result<Zeroizing<String>, Failure> {
    let text = std::str::from_utf8(&bytes).map_err(|_| StoreError::Unfit(Unfit::Malformed))?;
    Ok(Zeroizing::new(text.trim().to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::home::private;
    use crate::keys::MemoryKeychain;
    use std::io::Write as _;

    fn home() -> (tempfile::TempDir, Home) {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::at(folder.path());
        (folder, home)
    }

    #[test]
    fn a_workstation_without_a_note_or_policy_works_on_its_own_files() {
        let (_folder, home) = home();
        assert!(Place::of(&home).unwrap().is_embedded());
        let cluster = Cluster { keychain_entry: Some("store:x".into()), ..Cluster::default() };
        Place::Atlas(cluster.clone()).keep(&home).unwrap();
        assert_eq!(Place::of(&home).unwrap(), Place::Atlas(cluster));
        std::fs::write(home.folder().join("policy.json"), r#"{"store": {"kind": "embedded"}, "kms": {}}"#).unwrap();
        assert!(Place::of(&home).unwrap().is_embedded(), "the policy rules");
        std::fs::write(home.folder().join("policy.json"), "{").unwrap();
        assert!(Place::of(&home).is_err(), "a policy that can't be read isn't passed over");
    }

    #[test]
    fn a_connection_string_comes_from_the_keychain_or_a_private_file() {
        let (folder, keychain) = (tempfile::tempdir().unwrap(), MemoryKeychain::new());
        let uri = Zeroizing::new("mongodb+srv://a:b@db.example/".to_owned());
        let cluster = Cluster::default().kept_in(&keychain, &uri).unwrap();
        assert!(cluster.address(&keychain).is_ok());
        cluster.withdraw(&keychain).unwrap();
        assert!(cluster.address(&keychain).is_err());
        let file = folder.path().join("connection");
        private().create(true).open(&file).unwrap().write_all(uri.as_bytes()).unwrap();
        let cluster = Cluster { connection_file: Some(file.clone()), ..Cluster::default() };
        assert!(cluster.address(&keychain).is_ok());
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o644)).unwrap();
            assert!(cluster.address(&keychain).is_err());
        }
    }
}
