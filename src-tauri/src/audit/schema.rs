//! The file: tables, the triggers that keep rows as they were written, and how it's opened.

use super::AuditError;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqliteSynchronous};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection};
use std::path::Path;
use std::time::Duration;

const PATIENCE: Duration = Duration::from_secs(5);
const PAUSE: Duration = Duration::from_millis(20);
const VERSION: i64 = 1;

const TABLES: &str = "
CREATE TABLE IF NOT EXISTS rows (
  seq INTEGER PRIMARY KEY, at INTEGER NOT NULL, workstation BLOB NOT NULL, kind TEXT NOT NULL,
  refers_to INTEGER, body BLOB NOT NULL, prev BLOB NOT NULL, hash BLOB NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS heads (
  number INTEGER PRIMARY KEY, seq INTEGER NOT NULL, hash BLOB NOT NULL, at INTEGER NOT NULL,
  signature BLOB NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS pending (
  decision INTEGER PRIMARY KEY, owner TEXT NOT NULL, collection TEXT NOT NULL, record BLOB NOT NULL,
  head BLOB NOT NULL) STRICT;
CREATE TRIGGER IF NOT EXISTS rows_stay BEFORE UPDATE ON rows BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER IF NOT EXISTS rows_remain BEFORE DELETE ON rows BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER IF NOT EXISTS rows_follow BEFORE INSERT ON rows
  WHEN NEW.seq <> (SELECT coalesce(max(seq), 0) + 1 FROM rows) BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER IF NOT EXISTS heads_stay BEFORE UPDATE ON heads BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER IF NOT EXISTS heads_remain BEFORE DELETE ON heads BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER IF NOT EXISTS heads_follow BEFORE INSERT ON heads
  WHEN NEW.number <> (SELECT coalesce(max(number), 0) + 1 FROM heads) BEGIN SELECT RAISE(ABORT, 'append-only'); END;
";

/// Opens the file, making it (readable by its owner only) and its tables when they aren't there.
pub(super) async fn connect(path: &Path) -> Result<SqliteConnection, AuditError> {
    make_private(path)?;
    let mut connection = reach(path).await?;
    let version: i64 = sqlx::query_scalar("PRAGMA user_version").fetch_one(&mut connection).await?;
    match version {
        0 => lay_out(&mut connection).await?,
        VERSION => {}
        _ => return Err(AuditError::Damaged),
    }
    Ok(connection)
}

// Of two programs that turn a new file to its log at once, SQLite refuses one without waiting for the other.
async fn reach(path: &Path) -> Result<SqliteConnection, AuditError> {
    let trying = async {
        loop {
            match options(path).connect().await.map_err(AuditError::from) {
                Err(AuditError::Busy) => tokio::time::sleep(PAUSE).await,
                answer => return answer,
            }
        }
    };
    tokio::time::timeout(2 * PATIENCE, trying).await.unwrap_or(Err(AuditError::Busy))
}

fn options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .busy_timeout(PATIENCE)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .pragma("fullfsync", "1")
        .disable_statement_logging()
}

async fn lay_out(connection: &mut SqliteConnection) -> Result<(), AuditError> {
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
    sqlx::raw_sql(TABLES).execute(&mut *transaction).await?;
    sqlx::raw_sql(AssertSqlSafe(format!("PRAGMA user_version = {VERSION}"))).execute(&mut *transaction).await?;
    Ok(transaction.commit().await?)
}

// SQLite gives the WAL and its index the permissions of the main file, so it has to be private before the first open.
fn make_private(path: &Path) -> Result<(), AuditError> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Ok(file) => Ok(file.sync_all().and_then(|()| sync_folder(path))?),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(error.into()),
    }
}

#[cfg(unix)]
fn sync_folder(path: &Path) -> std::io::Result<()> {
    path.parent().map_or(Ok(()), |folder| std::fs::File::open(folder)?.sync_all())
}

#[cfg(not(unix))]
fn sync_folder(_: &Path) -> std::io::Result<()> {
    Ok(())
}
