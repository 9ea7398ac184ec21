//! The workstation's folder: which files lie where, and the two clear facts it must know before any key is at hand.
//!
//! Nothing here is secret and nothing here is about a patient.

use crate::keys::{Environment, LeaseLeft};
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

    /// The embedded store: in this folder, or in the one that was joined.
    #[must_use]
    pub fn store(&self) -> PathBuf {
        let joined = std::fs::read_to_string(self.joined()).ok();
        joined.map_or_else(|| self.0.join("wardseal.db"), |folder| Path::new(folder.trim_end()).join("wardseal.db"))
    }

    /// Works with the embedded store in another folder from now on.
    ///
    /// # Errors
    /// What the operating system says.
    pub fn join_store(&self, folder: &Path) -> std::io::Result<()> {
        let folder = std::fs::canonicalize(folder)?;
        let name = folder.to_str().ok_or(std::io::ErrorKind::InvalidInput)?;
        self.keep(&self.joined(), name.as_bytes())
    }

    fn joined(&self) -> PathBuf {
        self.0.join("store.path")
    }

    /// The site record as it was proven here last.
    #[must_use]
    pub fn last_site_record(&self) -> PathBuf {
        self.0.join("site.bson")
    }

    /// Remembers the site record.
    ///
    /// # Errors
    /// What the operating system says.
    pub fn keep_site_record(&self, bytes: &[u8]) -> std::io::Result<()> {
        self.keep(&self.last_site_record(), bytes)
    }

    /// What this folder remembers of its lease; `None` before the first.
    ///
    /// # Errors
    /// When the file is there and can't be read.
    pub fn lease(&self) -> std::io::Result<Option<LeaseLeft>> {
        match std::fs::read(self.0.join("lease.json")) {
            Ok(bytes) => Ok(serde_json::from_slice(&bytes).ok()),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Remembers the lease, durably.
    ///
    /// # Errors
    /// What the operating system says.
    pub fn keep_lease(&self, lease: &LeaseLeft) -> std::io::Result<()> {
        self.keep(&self.0.join("lease.json"), &serde_json::to_vec(lease)?)
    }

    /// What the operating system calls this machine, where it says so in a file.
    #[must_use]
    pub fn machine() -> Option<Vec<u8>> {
        std::fs::read("/etc/machine-id").ok().filter(|id| !id.trim_ascii().is_empty())
    }

    /// The audit of a workstation that this folder was before stays beside the new one.
    ///
    /// # Errors
    /// What the operating system says.
    pub fn set_aside_audit(&self, formerly: Uuid) -> std::io::Result<()> {
        for ending in ["-wal", "-shm", ""] {
            let named = |name: String| self.0.join(format!("{name}{ending}"));
            match std::fs::rename(named("audit.db".into()), named(format!("audit-{formerly}.db"))) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        self.sync()
    }

    /// The audit of a workstation that was taken out of use in this folder isn't mixed with another one's.
    ///
    /// # Errors
    /// What the operating system says.
    pub fn set_aside_retired(&self) -> std::io::Result<()> {
        let note = self.0.join("retired.json");
        let Ok(bytes) = std::fs::read(&note) else { return Ok(()) };
        let retired: Enrolment = serde_json::from_slice(&bytes)?;
        self.set_aside_audit(retired.workstation)?;
        std::fs::rename(&note, self.0.join(format!("retired-{}.json", retired.workstation)))?;
        self.sync()
    }

    /// This folder is another workstation of its site from now on.
    ///
    /// # Errors
    /// What the operating system says.
    pub fn enrol_again(&self, enrolment: Enrolment) -> std::io::Result<()> {
        remove(&self.0.join("lease.json"))?;
        self.keep(&self.0.join("workstation.json"), &serde_json::to_vec_pretty(&enrolment)?)
    }

    /// This folder is no workstation any more; which one it was stays written beside its audit.
    ///
    /// # Errors
    /// What the operating system says.
    pub fn retire(&self) -> std::io::Result<()> {
        remove(&self.0.join("lease.json"))?;
        std::fs::rename(self.0.join("workstation.json"), self.0.join("retired.json"))?;
        self.sync()
    }

    /// A small file, whole or not at all.
    pub(super) fn keep(&self, file: &Path, bytes: &[u8]) -> std::io::Result<()> {
        use std::io::Write as _;
        let draft = draft_of(file);
        let mut written = private().create(true).truncate(true).open(&draft)?;
        written.write_all(bytes)?;
        written.sync_all()?;
        std::fs::rename(&draft, file)?;
        self.sync()
    }

    /// The patients' keys of the embedded store. A copy of the data that is to outlive an erasure leaves this file out.
    #[must_use]
    pub fn keys(&self) -> PathBuf {
        crate::store::embedded::Embedded::keys_beside(&self.store())
    }

    /// Which store the workstation works on, where it isn't the embedded one.
    #[must_use]
    pub fn place(&self) -> PathBuf {
        self.0.join("store.json")
    }

    /// Notes it durably, whole or not at all.
    ///
    /// # Errors
    /// What the operating system says.
    pub fn keep_place(&self, bytes: &[u8]) -> std::io::Result<()> {
        self.keep(&self.place(), bytes)
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

    /// What people have typed here and not saved yet.
    #[must_use]
    pub fn drafts(&self) -> PathBuf {
        self.0.join("drafts.db")
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
        // Only what lies in this folder: a store that was joined belongs to others.
        let own =
            ["wardseal.db", "wardseal-keys.db", "audit.db", "witness.db", "drafts.db"].map(|name| self.0.join(name));
        for file in own {
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

/// Where a file is written before it takes its name; every writer has a place of its own, as programs share the folder.
pub(super) fn draft_of(file: &Path) -> PathBuf {
    file.with_extension(format!("{}.draft", Uuid::new_v4().simple()))
}

/// A file that only this user may read.
pub(super) fn private() -> std::fs::OpenOptions {
    let mut options = std::fs::OpenOptions::new();
    options.write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}
