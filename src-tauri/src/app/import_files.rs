//! Import files: FHIR, a file at a time. A file with a defect stores nothing and the others go on; what belongs to a
//! patient of a later file is read again when all patients are there.

use super::error::Failure;
use super::import_records::{Imports, Incoming};
use super::workstation::Workstation;
use crate::record::fhir::{Defect, ImportError, ReadError, Survey, resources, survey};
use std::fs::File;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

/// What is imported, and for whom.
pub struct FhirFiles<'a> {
    /// The files, each a bundle, a single resource or NDJSON.
    pub files: &'a [PathBuf],
    /// The sending system; resources of the same system, type and id are the same resource.
    pub system: &'a str,
    /// The unit whose clinicians treat the new patients.
    pub unit: &'a str,
}

/// What is told on the way.
pub enum Told<'a> {
    /// So much so far.
    Stored(&'a Imports),
    /// A file that was refused whole; by file, entry and field, without a value from it.
    Refused(&'a ImportError),
}

/// What became of the files.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FilesImported {
    /// Of their resources.
    pub sum: Imports,
    /// Files that were refused; nothing of them was stored.
    pub refused: usize,
    /// Whether the listener stopped it.
    pub stopped: bool,
}

/// Why one file went no further.
enum Ended {
    File(ImportError),
    Store(Failure),
}

impl From<ImportError> for Ended {
    fn from(error: ImportError) -> Self {
        Self::File(error)
    }
}

impl Workstation {
    /// Stores the files' resources as the signed-in import service; `told` hears of each batch and may stop.
    ///
    /// # Errors
    /// When the store, the audit or the session is at fault; what was stored before stays.
    pub async fn import_files(
        &mut self,
        what: &FhirFiles<'_>,
        mut told: impl FnMut(Told<'_>) -> ControlFlow<()>,
    ) -> Result<FilesImported, Failure> {
        let mut done = FilesImported::default();
        let mut again = Vec::new();
        for path in what.files {
            let waiting = done.sum.without_patient;
            self.import_file(what, path, &mut done, &mut told, Imports::add).await?;
            if done.sum.without_patient > waiting {
                again.push(path);
            }
            if done.stopped {
                return Ok(done);
            }
        }
        // Everything that waits is counted anew.
        done.sum.without_patient = 0;
        for path in again {
            self.import_file(what, path, &mut done, &mut told, Imports::add_late).await?;
            if done.stopped {
                break;
            }
        }
        Ok(done)
    }

    async fn import_file(
        &mut self,
        what: &FhirFiles<'_>,
        path: &Path,
        done: &mut FilesImported,
        told: &mut impl FnMut(Told<'_>) -> ControlFlow<()>,
        add: fn(&mut Imports, Imports),
    ) -> Result<(), Failure> {
        let before = done.sum;
        let mut stopped = false;
        let batch = |sum: &Imports| {
            let mut so_far = before;
            add(&mut so_far, *sum);
            let go_on = told(Told::Stored(&so_far));
            stopped = go_on.is_break();
            go_on
        };
        match self.import_one(what, path, &mut done.sum, batch, add).await {
            Ok(()) => done.stopped = stopped,
            Err(Ended::Store(failure)) => return Err(failure),
            Err(Ended::File(error)) => {
                done.refused += 1;
                done.stopped = stopped || told(Told::Refused(&error)).is_break();
            }
        }
        Ok(())
    }

    /// Reads the whole file first, so that a file with a defect stores nothing.
    async fn import_one(
        &mut self,
        what: &FhirFiles<'_>,
        path: &Path,
        sum: &mut Imports,
        told: impl FnMut(&Imports) -> ControlFlow<()>,
        add: fn(&mut Imports, Imports),
    ) -> Result<(), Ended> {
        let name =
            path.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned());
        let Survey { links, .. } = survey(|| File::open(path), &name)?;
        let unreadable =
            |error: std::io::Error| ReadError { file: name.clone(), entry: 0, defect: Defect::Io(error.kind()) };
        let file = File::open(path).map_err(unreadable).map_err(ImportError::from)?;
        let units = vec![what.unit.to_owned()];
        let incoming = |(imported, canonical)| Incoming { imported, canonical, units: units.clone() };
        // The file was whole a moment ago; if it changed since, what was read of it so far is whole resources.
        let mut broken = None;
        let all = resources(file, &name, &links, what.system);
        let sound = all.map_while(|one| one.map(incoming).map_err(|error| broken = Some(error)).ok());
        let stored = self.import(sound, told).await.map_err(Ended::Store)?;
        add(sum, stored);
        broken.map_or(Ok(()), |error| Err(Ended::File(error)))
    }
}
