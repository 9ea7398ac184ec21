//! The format of the file, step by step. A step that was released is frozen: it is never edited, only followed.
//!
//! Steps only add, so a version of Wardseal reads files one format older (it brings them up to date) and one newer
//! (it leaves what it doesn't know alone).

use crate::store::StoreError;
use rusqlite::{Connection, OptionalExtension as _, Transaction, TransactionBehavior};

/// Step n leads from format n to format n + 1; their number is the format this version writes.
const STEPS: &[&str] = &["
    CREATE TABLE meta (key TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
    CREATE TABLE collections (
        id INTEGER PRIMARY KEY,
        name TEXT NOT NULL UNIQUE,
        options BLOB NOT NULL);
    CREATE TABLE documents (
        seq INTEGER PRIMARY KEY,
        coll INTEGER NOT NULL REFERENCES collections (id),
        id BLOB NOT NULL,
        body BLOB NOT NULL,
        UNIQUE (coll, id));
    CREATE TABLE tags (
        coll INTEGER NOT NULL,
        tag BLOB NOT NULL,
        doc INTEGER NOT NULL,
        PRIMARY KEY (coll, tag)) WITHOUT ROWID;
    CREATE TABLE esc (
        coll INTEGER NOT NULL,
        id BLOB NOT NULL,
        value BLOB,
        PRIMARY KEY (coll, id)) WITHOUT ROWID;
    CREATE INDEX anchors ON esc (coll) WHERE value IS NOT NULL;
    CREATE TABLE ecoc (
        seq INTEGER PRIMARY KEY,
        coll INTEGER NOT NULL,
        entries BLOB NOT NULL);
    CREATE TABLE indexes (
        id INTEGER PRIMARY KEY,
        coll INTEGER NOT NULL REFERENCES collections (id),
        paths TEXT NOT NULL,
        UNIQUE (coll, paths));
    CREATE TABLE entries (
        idx INTEGER NOT NULL,
        key BLOB NOT NULL,
        doc INTEGER NOT NULL,
        PRIMARY KEY (idx, key, doc)) WITHOUT ROWID;
"];

/// Brings the file to this version's format, or says why it can't.
pub(super) fn migrate(connection: &mut Connection) -> Result<(), StoreError> {
    migrate_by(connection, STEPS)
}

fn migrate_by(connection: &mut Connection, steps: &[&str]) -> Result<(), StoreError> {
    let newest = i64::try_from(steps.len()).unwrap_or(i64::MAX);
    if let Some(found) = format(connection)?
        && accepted(found, newest)?
        && found >= newest
    {
        return Ok(());
    }
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let found = format(&transaction)?.unwrap_or(0);
    for step in steps.iter().skip(usize::try_from(found).unwrap_or(usize::MAX)) {
        transaction.execute_batch(step)?;
    }
    note(&transaction, newest.max(found))?;
    Ok(transaction.commit()?)
}

fn accepted(found: i64, newest: i64) -> Result<bool, StoreError> {
    let (oldest, newest) = ((newest - 1).max(1), newest + 1);
    if (oldest..=newest).contains(&found) { Ok(true) } else { Err(StoreError::Version { found, oldest, newest }) }
}

// `None` for an empty file.
fn format(connection: &Connection) -> Result<Option<i64>, StoreError> {
    let tables: i64 = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    if tables == 0 {
        return Ok(None);
    }
    let ours = "SELECT count(*) FROM sqlite_schema WHERE name = 'meta' AND type = 'table'";
    let found: Option<i64> = match connection.query_row(ours, [], |row| row.get(0))? {
        0 => None,
        _ => connection.query_row("SELECT value FROM meta WHERE key = 'format'", [], |row| row.get(0)).optional()?,
    };
    found.map(Some).ok_or_else(|| StoreError::Damaged("the file is a database, but not a store of Wardseal".into()))
}

fn note(transaction: &Transaction<'_>, format: i64) -> Result<(), StoreError> {
    transaction.execute("INSERT OR REPLACE INTO meta (key, value) VALUES ('format', ?1)", [format])?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const ADDED: &[&str] = &[STEPS[0], "CREATE TABLE more (id INTEGER PRIMARY KEY)"];
    const ADDED_TWICE: &[&str] = &[STEPS[0], "CREATE TABLE more (id INTEGER PRIMARY KEY)", "CREATE TABLE most (id)"];

    fn fresh(steps: &[&str]) -> Connection {
        let mut connection = Connection::open_in_memory().unwrap();
        migrate_by(&mut connection, steps).unwrap();
        connection
    }

    fn tables(connection: &Connection) -> String {
        let mut rows = connection.prepare("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name").unwrap();
        let rows: Vec<String> = rows.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
        rows.iter().map(|row| row.split_whitespace().collect::<Vec<_>>().join(" ")).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn the_format_is_what_was_released() {
        assert_eq!(tables(&fresh(STEPS)), include_str!("format-1.sql").trim_end());
    }

    #[test]
    fn a_file_one_format_older_is_brought_up_to_date() {
        let mut older = fresh(STEPS);
        migrate_by(&mut older, ADDED).unwrap();
        assert_eq!(tables(&older), tables(&fresh(ADDED)));
        assert_eq!(format(&older).unwrap(), Some(2));
    }

    #[test]
    fn a_file_one_format_newer_is_left_alone() {
        let mut newer = fresh(ADDED);
        let before = tables(&newer);
        migrate_by(&mut newer, STEPS).unwrap();
        assert_eq!((tables(&newer), format(&newer).unwrap()), (before, Some(2)));
    }

    #[test]
    fn a_file_two_formats_away_is_refused() {
        let too_new = migrate_by(&mut fresh(ADDED_TWICE), STEPS);
        assert!(matches!(too_new, Err(StoreError::Version { found: 3, oldest: 1, newest: 2 })));
        let too_old = migrate_by(&mut fresh(STEPS), ADDED_TWICE);
        assert!(matches!(too_old, Err(StoreError::Version { found: 1, oldest: 2, newest: 4 })));
    }

    #[test]
    fn somebody_elses_database_is_not_touched() {
        let mut theirs = Connection::open_in_memory().unwrap();
        theirs.execute_batch("CREATE TABLE letters (id)").unwrap();
        assert!(matches!(migrate(&mut theirs), Err(StoreError::Damaged(_))));
        assert_eq!(tables(&theirs), "CREATE TABLE letters (id)");
    }
}
