//! Opening the file: who may read it, how it is written, which format it has.

use super::{Limits, migrations};
use crate::store::StoreError;
use rusqlite::{Connection, OpenFlags};
use std::fs::OpenOptions;
use std::io::ErrorKind;
use std::path::Path;
use std::time::Duration;

const STATEMENTS: usize = 64;

/// Opens the file with the pragmas a clinical record needs and brings its format up to date.
pub(super) fn open(path: &Path, limits: &Limits) -> Result<Connection, StoreError> {
    keep_private(path)?;
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(Duration::from_millis(limits.busy_ms.into()))?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    // Before the first table: a record is a few kilobytes, and eight of them a page waste less.
    connection.pragma_update(None, "page_size", 8192)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "secure_delete", true)?;
    connection.pragma_update(None, "cell_size_check", true)?;
    connection.pragma_update(None, "trusted_schema", false)?;
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    connection.pragma_update(None, "cache_size", -65_536)?;
    // Tags are random, so an import touches the same pages again and again: let them gather before they are copied.
    connection.pragma_update(None, "wal_autocheckpoint", 8_000)?;
    connection.pragma_update(None, "journal_size_limit", 67_108_864)?;
    migrations::migrate(&mut connection)?;
    if let Some(pages) = limits.pages {
        connection.pragma_update(None, "max_page_count", pages)?;
    }
    Ok(connection)
}

// The file is made here and not by SQLite so that nobody else can read it even for a moment; the write-ahead log
// takes over its mode.
fn keep_private(path: &Path) -> Result<(), StoreError> {
    let mut options = OpenOptions::new();
    options.read(true).append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(path).map_err(|error| match error.kind() {
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => StoreError::ReadOnly,
        ErrorKind::StorageFull => StoreError::DiskFull,
        kind => StoreError::CantOpen(kind.to_string()),
    })?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = file.metadata().map(|meta| meta.permissions().mode() & 0o777);
        if mode.is_ok_and(|mode| mode != 0o600) {
            let private = std::fs::Permissions::from_mode(0o600);
            file.set_permissions(private).map_err(|error| StoreError::CantOpen(error.kind().to_string()))?;
        }
    }
    drop(file);
    Ok(())
}
