//! A whole file: surveyed first, then handed over resource by resource.

use super::entries::{Entry, read_bundle};
use super::error::{Defect, MapError, ReadError};
use super::links::Links;
use super::map::{Imported, map};
use std::io::{self, Read};
use thiserror::Error;

/// Why a file can't be imported.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ImportError {
    /// The file can't be read to its end.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// An entry can't become a record.
    #[error("{file}, entry {entry}: {error}")]
    Map {
        /// The file's name as the caller gave it.
        file: String,
        /// Index of the entry, from 0.
        entry: usize,
        /// What is wrong.
        error: MapError,
    },
}

/// What a file holds, known before anything of it is stored.
pub struct Survey {
    /// What references within the file point to.
    pub links: Links,
    /// How many resources there are.
    pub entries: usize,
}

/// Reads a file twice to its end, once for what references point to and once to map every entry.
///
/// # Errors
/// At the first defect, by file and entry.
pub fn survey<R: Read>(open: impl Fn() -> io::Result<R>, file: &str) -> Result<Survey, ImportError> {
    let reader =
        || open().map_err(|error| ReadError { file: file.to_owned(), entry: 0, defect: Defect::Io(error.kind()) });
    let mut survey = Survey { links: Links::default(), entries: 0 };
    for entry in read_bundle(reader()?, file) {
        survey.links.note(&entry?);
        survey.entries += 1;
    }
    for entry in read_bundle(reader()?, file) {
        mapped(&entry?, file, &survey.links, "")?;
    }
    Ok(survey)
}

/// The resources of a surveyed file, one at a time, with the bytes to hash for "same content". `system` names the
/// sender.
pub fn resources<R: Read>(
    reader: R,
    file: &str,
    links: &Links,
    system: &str,
) -> impl Iterator<Item = Result<(Imported, Vec<u8>), ImportError>> {
    read_bundle(reader, file).map(move |entry| {
        let entry = entry?;
        Ok((mapped(&entry, file, links, system)?, entry.canonical()))
    })
}

fn mapped(entry: &Entry, file: &str, links: &Links, system: &str) -> Result<Imported, ImportError> {
    map(entry, links, system).map_err(|error| ImportError::Map { file: file.to_owned(), entry: entry.index, error })
}
