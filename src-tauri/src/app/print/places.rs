//! Where files go, and which are read: only what the person at the seat has said in the system's own dialog, and only
//! while that person's session goes on. The screen never names a place.

use crate::app::error::{Code, Failure};
use std::fs::{File, OpenOptions};
use std::io::{Error, ErrorKind, Read as _, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use uuid::Uuid;
use zeroize::Zeroizing;

/// The place that was chosen last, and whose session it is. Cloning it gives another way to the same.
#[derive(Clone, Default)]
pub struct SavePlaces(Arc<Mutex<Chosen>>);

#[derive(Default)]
struct Chosen {
    session: Option<Uuid>,
    place: Option<(Uuid, PathBuf)>,
    picked: Option<(Uuid, PathBuf)>,
}

impl SavePlaces {
    /// The session that goes on, to be named again with the place: a dialog may outlive it.
    #[must_use]
    pub fn session(&self) -> Option<Uuid> {
        self.chosen().session
    }

    /// The person in this session has chosen a place for the next file.
    pub fn choose(&self, session: Uuid, place: PathBuf) {
        self.chosen().place = Some((session, place));
    }

    /// The person in this session has picked a file to be read.
    pub fn pick(&self, session: Uuid, file: PathBuf) {
        self.chosen().picked = Some((session, file));
    }

    /// This session goes on now, or none; what was chosen in another is forgotten.
    pub(in crate::app) fn follow(&self, session: Option<Uuid>) {
        let mut chosen = self.chosen();
        chosen.session = session;
        chosen.place = chosen.place.take().filter(|(whose, _)| Some(*whose) == session);
        chosen.picked = chosen.picked.take().filter(|(whose, _)| Some(*whose) == session);
    }

    /// The place for one file.
    pub(super) fn take(&self, session: Uuid) -> Option<PathBuf> {
        self.chosen().place.take().filter(|(whose, _)| *whose == session).map(|(_, place)| place)
    }

    /// The file that was picked, once.
    pub(in crate::app) fn picked(&self, session: Uuid) -> Option<PathBuf> {
        self.chosen().picked.take().filter(|(whose, _)| *whose == session).map(|(_, file)| file)
    }

    fn chosen(&self) -> MutexGuard<'_, Chosen> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a file holds, and no more of it than a byte beyond `most`: enough to see that it's too large.
pub(in crate::app) fn read(place: &Path, most: usize) -> std::io::Result<Zeroizing<Vec<u8>>> {
    // A pipe or a device would keep the core waiting.
    if !std::fs::metadata(place)?.is_file() {
        return Err(ErrorKind::InvalidInput.into());
    }
    let mut bytes = Zeroizing::new(Vec::new());
    File::open(place)?.take(most as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Writes a file for its owner's eyes alone, straight to its place: no copy lies anywhere on the way. What can't be
/// written whole is taken away again.
pub(super) fn keep(place: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let mut file = create(place).map_err(|error| failure(&error))?;
    let written = file.write_all(bytes).and_then(|()| file.sync_all());
    written.map_err(|error| {
        drop(file);
        if let Err(left) = std::fs::remove_file(place) {
            tracing::error!(%left, "part of a file is left");
        }
        failure(&error)
    })
}

fn create(place: &Path) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(place)
}

fn failure(error: &Error) -> Failure {
    match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => Code::DiskFull.bare(),
        _ => Code::ReadOnly.bare(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_that_was_chosen_before_somebody_else_sat_down_is_forgotten() {
        let (places, first, second) = (SavePlaces::default(), Uuid::new_v4(), Uuid::new_v4());
        places.follow(Some(first));
        assert_eq!(places.session(), Some(first));
        places.follow(Some(second));
        places.choose(first, "list.pdf".into());
        assert_eq!(places.take(second), None);
        places.choose(second, "list.pdf".into());
        places.follow(None);
        assert_eq!(places.take(second), None);
    }

    #[test]
    fn a_place_is_good_for_one_file() {
        let (places, session) = (SavePlaces::default(), Uuid::new_v4());
        places.follow(Some(session));
        places.choose(session, "list.pdf".into());
        places.follow(Some(session));
        assert_eq!(places.take(session), Some("list.pdf".into()));
        assert_eq!(places.take(session), None);
    }

    #[test]
    fn a_file_is_for_its_owner_alone_and_a_place_that_cant_be_written_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("list.pdf");
        keep(&place, b"%PDF").unwrap();
        assert_eq!(std::fs::read(&place).unwrap(), b"%PDF");
        #[cfg(unix)]
        assert_eq!(std::os::unix::fs::PermissionsExt::mode(&place.metadata().unwrap().permissions()) & 0o777, 0o600);
        let nowhere = keep(&folder.path().join("no such folder/list.pdf"), b"%PDF");
        assert_eq!(nowhere.unwrap_err().code, Code::ReadOnly);
    }
}
