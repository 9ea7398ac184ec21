//! The workstation's folder: which files lie where, and the two clear facts it must know before any key is at hand.
//!
//! Nothing here is secret and nothing here is about a patient.

use crate::keys::Environment;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use uuid::Uuid;

/// The folder of one workstation.
#[derive(Clone)]
pub struct Home(PathBuf);

/// Which site and which workstation this is; written once at enrolment.
#[derive(Clone, Copy, Serialize, Deserialize)]
pub struct Enrolment {
    /// The site.
    pub site: Uuid,
    /// This workstation.
    pub workstation: Uuid,
    /// Production, demo or test.
    pub environment: Environment,
}

impl Home {
    /// The folder at `path`; nothing is created yet.
    #[must_use]
    pub fn at(path: impl Into<PathBuf>) -> Self {
        Self(path.into())
    }

    /// `WARDSEAL_HOME`, or the operating system's place for application data.
    #[must_use]
    pub fn from_environment() -> Self {
        if let Some(home) = std::env::var_os("WARDSEAL_HOME") {
            return Self::at(home);
        }
        let base = std::env::var_os("XDG_DATA_HOME").map(PathBuf::from).or_else(|| {
            let home = std::env::var_os("HOME").or_else(|| std::env::var_os("APPDATA"))?;
            Some(PathBuf::from(home).join(".local/share"))
        });
        Self(base.unwrap_or_else(|| PathBuf::from(".")).join("wardseal"))
    }

    /// Creates the folder, readable by this user only.
    ///
    /// # Errors
    /// What the operating system says.
    pub fn create(&self) -> std::io::Result<()> {
        std::fs::create_dir_all(&self.0)?;
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            std::fs::set_permissions(&self.0, std::fs::Permissions::from_mode(0o700))?;
        }
        Ok(())
    }

    /// The embedded store.
    #[must_use]
    pub fn store(&self) -> PathBuf {
        self.0.join("wardseal.db")
    }

    /// The audit chain and its queue.
    #[must_use]
    pub fn audit(&self) -> PathBuf {
        self.0.join("audit.db")
    }

    /// The newest record heads this workstation has seen.
    #[must_use]
    pub fn witness(&self) -> PathBuf {
        self.0.join("witness.db")
    }

    /// The folder itself.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.0
    }

    /// The enrolment; `None` on a machine where no site was founded or joined.
    ///
    /// # Errors
    /// When the file is there and can't be read.
    pub fn enrolment(&self) -> std::io::Result<Option<Enrolment>> {
        match std::fs::read(self.0.join("workstation.json")) {
            Ok(bytes) => Ok(Some(serde_json::from_slice(&bytes)?)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Writes the enrolment; refuses to replace one.
    ///
    /// # Errors
    /// `AlreadyExists` when there is one.
    pub fn enrol(&self, enrolment: Enrolment) -> std::io::Result<()> {
        use std::io::Write as _;
        let mut file = private().create_new(true).open(self.0.join("workstation.json"))?;
        file.write_all(&serde_json::to_vec_pretty(&enrolment)?)?;
        file.sync_all()
    }
}

/// A file that only this user may read.
pub(super) fn private() -> std::fs::OpenOptions {
    let mut options = std::fs::OpenOptions::new();
    options.write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}
