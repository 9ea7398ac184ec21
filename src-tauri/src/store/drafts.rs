//! What people have typed and not saved yet, in a file of this workstation: sealed bytes under tags that only their
//! writer can make. Whose they are and about whom can't be told from the file.

use super::StoreError;
use rusqlite::{Connection, OptionalExtension as _, Row, params};
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// One sealed draft.
#[derive(Clone, PartialEq, Eq)]
pub struct SealedDraft {
    /// Tag of its place: one form, one patient.
    pub place: [u8; 32],
    /// Tag of its writer.
    pub owner: [u8; 32],
    /// Typed last, milliseconds since 1970.
    pub at: i64,
    /// The text.
    pub sealed: Vec<u8>,
}

const COLUMNS: &str = "SELECT place, owner, at, sealed FROM drafts";
/// Drafts of one writer; the oldest go first.
const MOST: i64 = 200;

fn read(row: &Row<'_>) -> rusqlite::Result<SealedDraft> {
    Ok(SealedDraft { place: row.get(0)?, owner: row.get(1)?, at: row.get(2)?, sealed: row.get(3)? })
}

/// The drafts of one workstation.
pub struct DraftFile(Mutex<Connection>);

impl DraftFile {
    /// Opens or makes the file, readable by this user of the machine only.
    ///
    /// # Errors
    /// When it can't be opened or written.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        let drafts = Self::prepare(Connection::open(path)?)?;
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let only_us = std::fs::Permissions::from_mode(0o600);
            std::fs::set_permissions(path, only_us).map_err(|error| StoreError::CantOpen(error.to_string()))?;
        }
        Ok(drafts)
    }

    fn prepare(connection: Connection) -> Result<Self, StoreError> {
        // FULL: what was kept is there after a power cut. What is dropped is overwritten.
        let set_up = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 10000;
            PRAGMA secure_delete = ON;
            CREATE TABLE IF NOT EXISTS drafts (place BLOB PRIMARY KEY, owner BLOB NOT NULL, at INTEGER NOT NULL,
                sealed BLOB NOT NULL) WITHOUT ROWID;";
        connection.execute_batch(set_up)?;
        Ok(Self(Mutex::new(connection)))
    }

    fn connection(&self) -> MutexGuard<'_, Connection> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps a draft instead of the one in its place. Durable when this returns.
    ///
    /// # Errors
    /// When the file can't be written.
    pub fn keep(&self, draft: &SealedDraft) -> Result<(), StoreError> {
        let mut connection = self.connection();
        let transaction = connection.transaction()?;
        transaction.execute(
            "INSERT OR REPLACE INTO drafts (place, owner, at, sealed) VALUES (?1, ?2, ?3, ?4)",
            params![draft.place, draft.owner, draft.at, draft.sealed],
        )?;
        transaction.execute(
            "DELETE FROM drafts WHERE owner = ?1 AND place NOT IN
                (SELECT place FROM drafts WHERE owner = ?1 ORDER BY at DESC LIMIT ?2)",
            params![draft.owner, MOST],
        )?;
        Ok(transaction.commit()?)
    }

    /// The draft in this place.
    ///
    /// # Errors
    /// When the file can't be read.
    pub fn at(&self, place: &[u8; 32]) -> Result<Option<SealedDraft>, StoreError> {
        let connection = self.connection();
        let mut statement = connection.prepare_cached(&format!("{COLUMNS} WHERE place = ?1"))?;
        Ok(statement.query_row(params![place], read).optional()?)
    }

    /// All drafts of one writer, newest first.
    ///
    /// # Errors
    /// When the file can't be read.
    pub fn of(&self, owner: &[u8; 32]) -> Result<Vec<SealedDraft>, StoreError> {
        let connection = self.connection();
        let mut statement = connection.prepare_cached(&format!("{COLUMNS} WHERE owner = ?1 ORDER BY at DESC"))?;
        let rows = statement.query_map(params![owner], read)?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Drops the draft in this place; whether there was one.
    ///
    /// # Errors
    /// When the file can't be written.
    pub fn drop(&self, place: &[u8; 32]) -> Result<bool, StoreError> {
        Ok(self.connection().execute("DELETE FROM drafts WHERE place = ?1", params![place])? > 0)
    }

    /// Drops everybody's drafts that were typed last before this.
    ///
    /// # Errors
    /// When the file can't be written.
    pub fn expire(&self, before: i64) -> Result<(), StoreError> {
        self.connection().execute("DELETE FROM drafts WHERE at < ?1", params![before])?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft(place: u8, owner: u8, at: i64) -> SealedDraft {
        SealedDraft { place: [place; 32], owner: [owner; 32], at, sealed: vec![place; 40] }
    }

    fn file() -> DraftFile {
        DraftFile::prepare(Connection::open_in_memory().unwrap()).unwrap()
    }

    #[test]
    fn a_place_holds_one_draft_the_newest() {
        let file = file();
        file.keep(&draft(1, 1, 10)).unwrap();
        file.keep(&draft(1, 1, 20)).unwrap();
        assert_eq!(file.at(&[1; 32]).unwrap().unwrap().at, 20);
        assert_eq!(file.of(&[1; 32]).unwrap().len(), 1);
        assert!(file.drop(&[1; 32]).unwrap());
        assert!(!file.drop(&[1; 32]).unwrap());
    }

    #[test]
    fn each_writer_finds_the_own_ones_and_old_ones_end() {
        let file = file();
        [draft(1, 1, 10), draft(2, 1, 30), draft(3, 2, 20)].iter().for_each(|one| file.keep(one).unwrap());
        let places = |owner: u8| file.of(&[owner; 32]).unwrap().iter().map(|one| one.place[0]).collect::<Vec<_>>();
        assert_eq!((places(1), places(2), places(3)), (vec![2, 1], vec![3], vec![]));
        file.expire(20).unwrap();
        assert_eq!((places(1), places(2)), (vec![2], vec![3]));
    }

    #[test]
    fn nobody_fills_the_disk_with_drafts() {
        let file = file();
        for at in 0..MOST + 5 {
            let mut one = draft(0, 1, at);
            one.place[..8].copy_from_slice(&at.to_be_bytes());
            file.keep(&one).unwrap();
        }
        let kept = file.of(&[1; 32]).unwrap();
        assert_eq!(kept.len(), usize::try_from(MOST).unwrap());
        assert_eq!(kept.last().unwrap().at, 5);
    }
}
