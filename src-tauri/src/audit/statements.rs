//! The statements behind [`super::AuditLog`]: each runs inside the caller's transaction.

use super::chain::{Hash, Row, SignedHead, genesis};
use super::log::{Appended, Entry, PendingWrite, Unresolved};
use super::{AuditError, owner};
use crate::clock::Timestamp;
use sqlx::sqlite::{SqliteConnection, SqliteRow};
use sqlx::{QueryBuilder, Row as _, Sqlite};
use uuid::Uuid;

/// Rows of one `INSERT`. The same number each time lets SQLite reuse the prepared statement.
const AT_ONCE: usize = 128;

/// The newest row, and the hash that stands at row `own`.
pub(super) async fn tail(
    connection: &mut SqliteConnection,
    workstation: Uuid,
    own: u64,
) -> Result<(Appended, Option<Hash>), AuditError> {
    let sql = "SELECT seq, hash, workstation, (SELECT hash FROM rows WHERE seq = ?1) AS own
               FROM rows ORDER BY seq DESC LIMIT 1";
    let Some(row) = sqlx::query(sql).bind(number(own)).fetch_optional(connection).await? else {
        return Ok((Appended { seq: 0, hash: genesis(workstation) }, None));
    };
    if row.try_get::<&[u8], _>("workstation")? != workstation.as_bytes() {
        return Err(AuditError::OtherWorkstation);
    }
    let found = row.try_get::<Option<&[u8]>, _>("own")?.and_then(|hash| hash.try_into().ok());
    Ok((Appended { seq: unsigned(&row, "seq")?, hash: bytes(&row, "hash")? }, found))
}

/// Inserts linked rows.
pub(super) async fn insert_rows(connection: &mut SqliteConnection, rows: &[Row]) -> Result<(), AuditError> {
    for some in rows.chunks(AT_ONCE) {
        let mut insert =
            QueryBuilder::<Sqlite>::new("INSERT INTO rows (seq, at, workstation, kind, refers_to, body, prev, hash) ");
        insert.push_values(some, |mut values, row| {
            values.push_bind(number(row.seq)).push_bind(row.at.0).push_bind(row.workstation.as_bytes().to_vec());
            values.push_bind(row.kind.code()).push_bind(row.refers_to.map(number)).push_bind(row.body.clone());
            values.push_bind(row.prev.to_vec()).push_bind(row.hash.to_vec());
        });
        insert.build().persistent(some.len() == AT_ONCE || some.len() == 1).execute(&mut *connection).await?;
    }
    Ok(())
}

/// Notes the writes that these decisions begin.
pub(super) async fn remember(
    connection: &mut SqliteConnection,
    entries: &[Entry<'_>],
    appended: &[Appended],
) -> Result<(), AuditError> {
    let writes: Vec<_> = entries.iter().zip(appended).filter_map(|(e, a)| Some((a.seq, e.write.as_ref()?))).collect();
    for some in writes.chunks(AT_ONCE) {
        let mut insert =
            QueryBuilder::<Sqlite>::new("INSERT INTO pending (decision, owner, collection, record, head) ");
        insert.push_values(some, |mut values, (decision, write)| {
            values.push_bind(number(*decision)).push_bind(owner::this_process()).push_bind(write.collection.clone());
            values.push_bind(write.record.as_bytes().to_vec()).push_bind(write.head.to_vec());
        });
        insert.build().persistent(some.len() == AT_ONCE || some.len() == 1).execute(&mut *connection).await?;
    }
    Ok(())
}

/// Drops the notes of the decisions that these outcomes close.
pub(super) async fn forget(connection: &mut SqliteConnection, entries: &[Entry<'_>]) -> Result<(), AuditError> {
    let decisions: Vec<u64> = entries.iter().filter_map(|entry| entry.refers_to).collect();
    for some in decisions.chunks(AT_ONCE) {
        let mut delete = QueryBuilder::<Sqlite>::new("DELETE FROM pending WHERE decision IN ");
        delete.push_tuples(some, |mut values, decision| {
            values.push_bind(number(*decision));
        });
        delete.build().persistent(some.len() == AT_ONCE || some.len() == 1).execute(&mut *connection).await?;
    }
    Ok(())
}

/// The newest signed head.
pub(super) async fn newest_head(connection: &mut SqliteConnection) -> Result<Option<SignedHead>, AuditError> {
    let sql = "SELECT number, seq, hash, at, signature FROM heads ORDER BY number DESC LIMIT 1";
    let Some(row) = sqlx::query(sql).fetch_optional(connection).await? else { return Ok(None) };
    Ok(Some(SignedHead {
        number: unsigned(&row, "number")?,
        seq: unsigned(&row, "seq")?,
        hash: bytes(&row, "hash")?,
        at: Timestamp(row.try_get("at")?),
        signature: bytes(&row, "signature")?,
    }))
}

/// Keeps a signed head.
pub(super) async fn insert_head(connection: &mut SqliteConnection, head: SignedHead) -> Result<SignedHead, AuditError> {
    sqlx::query("INSERT INTO heads (number, seq, hash, at, signature) VALUES (?1, ?2, ?3, ?4, ?5)")
        .bind(number(head.number))
        .bind(number(head.seq))
        .bind(head.hash.to_vec())
        .bind(head.at.0)
        .bind(head.signature.to_vec())
        .execute(connection)
        .await?;
    Ok(head)
}

/// A noted write and the process that began it.
pub(super) fn unresolved(row: &SqliteRow) -> Result<(String, Unresolved), AuditError> {
    let record = Uuid::from_bytes(bytes(row, "record")?);
    let write = PendingWrite { collection: row.try_get("collection")?, record, head: bytes(row, "head")? };
    Ok((row.try_get("owner")?, Unresolved { decision: unsigned(row, "decision")?, write }))
}

fn number(seq: u64) -> i64 {
    i64::try_from(seq).unwrap_or(i64::MAX)
}

fn unsigned(row: &SqliteRow, column: &str) -> Result<u64, AuditError> {
    u64::try_from(row.try_get::<i64, _>(column)?).map_err(|_| AuditError::Damaged)
}

fn bytes<const N: usize>(row: &SqliteRow, column: &str) -> Result<[u8; N], AuditError> {
    row.try_get::<&[u8], _>(column)?.try_into().map_err(|_| AuditError::Damaged)
}
