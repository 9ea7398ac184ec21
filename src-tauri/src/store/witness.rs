//! The newest revisions this workstation has seen, kept beside the store: an older record or signed document that
//! comes back is a rollback. Holds ids, counters and hashes only; never shared, never on a server.

use super::StoreError;
use rusqlite::{Connection, OptionalExtension as _, Row, params};
use std::collections::HashMap;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use uuid::Uuid;

/// What was last seen of one document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen {
    /// Counter of a record head, or version of a signed document.
    pub counter: i64,
    /// Hash of that head.
    pub hash: [u8; 32],
}

const SEEN: &str = "SELECT counter, hash FROM seen WHERE id = ?1";

fn read(row: &Row<'_>) -> rusqlite::Result<Seen> {
    Ok(Seen { counter: row.get(0)?, hash: row.get(1)? })
}

/// The witness of one workstation.
pub struct HeadWitness(Mutex<Connection>);

impl HeadWitness {
    /// Opens or makes the file.
    ///
    /// # Errors
    /// When it can't be opened or written.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        let witness = Self::prepare(Connection::open(path)?)?;
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let only_us = std::fs::Permissions::from_mode(0o600);
            std::fs::set_permissions(path, only_us).map_err(|error| StoreError::CantOpen(error.to_string()))?;
        }
        Ok(witness)
    }

    /// A witness that forgets at exit, for tests.
    ///
    /// # Errors
    /// When SQLite has no memory.
    pub fn in_memory() -> Result<Self, StoreError> {
        Self::prepare(Connection::open_in_memory()?)
    }

    fn prepare(connection: Connection) -> Result<Self, StoreError> {
        // NORMAL: after a power cut the newest entries may be older than the store's, which never raises an alarm.
        let set_up = "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = 10000;
            CREATE TABLE IF NOT EXISTS seen (id BLOB PRIMARY KEY, counter INTEGER NOT NULL, hash BLOB NOT NULL) WITHOUT ROWID;";
        connection.execute_batch(set_up)?;
        Ok(Self(Mutex::new(connection)))
    }

    fn connection(&self) -> MutexGuard<'_, Connection> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What was last seen of this document.
    ///
    /// # Errors
    /// When the file can't be read.
    pub fn seen(&self, id: Uuid) -> Result<Option<Seen>, StoreError> {
        let connection = self.connection();
        let mut statement = connection.prepare_cached(SEEN)?;
        Ok(statement.query_row(params![id.as_bytes().as_slice()], read).optional()?)
    }

    /// What was last seen of each of these documents; the file is locked once.
    ///
    /// # Errors
    /// When the file can't be read.
    pub fn seen_all(&self, ids: impl IntoIterator<Item = Uuid>) -> Result<HashMap<Uuid, Seen>, StoreError> {
        let mut connection = self.connection();
        let transaction = connection.transaction()?;
        let mut found = HashMap::new();
        {
            let mut statement = transaction.prepare_cached(SEEN)?;
            for id in ids {
                let row = statement.query_row(params![id.as_bytes().as_slice()], read).optional()?;
                found.extend(row.map(|seen| (id, seen)));
            }
        }
        transaction.commit()?;
        Ok(found)
    }

    /// The records among what was seen; signed documents are remembered by their version only.
    ///
    /// # Errors
    /// When the file can't be read.
    pub fn records(&self) -> Result<Vec<Uuid>, StoreError> {
        let connection = self.connection();
        let mut statement = connection.prepare_cached("SELECT id FROM seen WHERE hash <> zeroblob(32)")?;
        let rows = statement.query_map([], |row| row.get::<_, Vec<u8>>(0))?;
        let ids: Vec<Vec<u8>> = rows.collect::<rusqlite::Result<_>>()?;
        Ok(ids.iter().filter_map(|id| Uuid::from_slice(id).ok()).collect())
    }

    /// Forgets documents that were erased for good.
    ///
    /// # Errors
    /// When the file can't be written.
    pub fn forget(&self, ids: &[Uuid]) -> Result<(), StoreError> {
        let mut connection = self.connection();
        let transaction = connection.transaction()?;
        for id in ids {
            transaction.execute("DELETE FROM seen WHERE id = ?1", params![id.as_bytes().as_slice()])?;
        }
        Ok(transaction.commit()?)
    }

    /// Remembers newer ones; an older counter than the one on file changes nothing.
    ///
    /// # Errors
    /// When the file can't be written.
    pub fn note(&self, newer: &[(Uuid, Seen)]) -> Result<(), StoreError> {
        let mut connection = self.connection();
        let transaction = connection.transaction()?;
        {
            let upsert = "INSERT INTO seen (id, counter, hash) VALUES (?1, ?2, ?3)
                ON CONFLICT (id) DO UPDATE SET counter = excluded.counter, hash = excluded.hash
                WHERE excluded.counter > seen.counter";
            let mut statement = transaction.prepare_cached(upsert)?;
            for (id, seen) in newer {
                let row = params![id.as_bytes().as_slice(), seen.counter, seen.hash.as_slice()];
                statement.execute(row)?;
            }
        }
        Ok(transaction.commit()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_head_stays_whatever_comes_after_it() {
        let witness = HeadWitness::in_memory().unwrap();
        let id = Uuid::new_v4();
        let (newer, older) = (Seen { counter: 7, hash: [7; 32] }, Seen { counter: 6, hash: [6; 32] });
        witness.note(&[(id, newer)]).unwrap();
        witness.note(&[(id, older)]).unwrap();
        assert_eq!(witness.seen(id).unwrap(), Some(newer));
        let other = Uuid::new_v4();
        assert_eq!(witness.seen(other).unwrap(), None);
        assert_eq!(witness.seen_all([id, other]).unwrap(), HashMap::from([(id, newer)]));
    }
}
