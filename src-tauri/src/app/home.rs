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

    /// The patients' keys of the embedded store. A copy of the data that is to outlive an erasure leaves this file out.
    #[must_use]
    pub fn keys(&self) -> PathBuf {
        crate::store::embedded::Embedded::keys_beside(&self.store())
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

    /// The enrolment of a founding that never came to its end; `None` beside a finished one.
    ///
    /// # Errors
    /// When a file is there and can't be read.
    pub fn unfinished(&self) -> std::io::Result<Option<Enrolment>> {
        match (self.enrolment()?, std::fs::read(self.draft())) {
            (None, Ok(bytes)) => Ok(serde_json::from_slice(&bytes).ok()),
            (None, Err(error)) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
            (Some(_), _) | (None, Err(_)) => Ok(None),
        }
    }

    /// Notes durably what is about to be founded, before a key or a file of it is made.
    ///
    /// # Errors
    /// `AlreadyExists` when a site was founded here or its founding never ended.
    pub fn begin(&self, enrolment: Enrolment) -> std::io::Result<()> {
        use std::io::Write as _;
        if self.enrolment()?.is_some() || self.unfinished()?.is_some() {
            return Err(std::io::ErrorKind::AlreadyExists.into());
        }
        // A note that can't be read was never synced, so nothing was made after it.
        let mut file = private().create(true).truncate(true).open(self.draft())?;
        file.write_all(&serde_json::to_vec_pretty(&enrolment)?)?;
        file.sync_all()?;
        self.sync()
    }

    /// The founding has come to its end: from now on this workstation belongs to the site.
    ///
    /// # Errors
    /// What the operating system says.
    pub fn enrol(&self) -> std::io::Result<()> {
        std::fs::rename(self.draft(), self.0.join("workstation.json"))?;
        self.sync()
    }

    /// Removes the files of a founding that never came to its end, the note of it last.
    ///
    /// # Errors
    /// What the operating system says.
    pub fn clear_unfinished(&self) -> std::io::Result<()> {
        if self.unfinished()?.is_none() {
            return Ok(());
        }
        for file in [self.store(), self.keys(), self.audit(), self.witness()] {
            for ending in ["", "-wal", "-shm"] {
                let mut name = file.clone().into_os_string();
                name.push(ending);
                remove(Path::new(&name))?;
            }
        }
        remove(&self.draft())
    }

    fn draft(&self) -> PathBuf {
        self.0.join("workstation.new")
    }

    /// A name in the folder lasts only when the folder is synced too.
    #[cfg(unix)]
    fn sync(&self) -> std::io::Result<()> {
        std::fs::File::open(&self.0)?.sync_all()
    }

    #[cfg(not(unix))]
    fn sync(&self) -> std::io::Result<()> {
        Ok(())
    }
}

fn remove(file: &Path) -> std::io::Result<()> {
    match std::fs::remove_file(file) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
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
