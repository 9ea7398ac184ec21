//! The server's tables as SQLite keeps them.

use crate::store::StoreError;
use crate::store::server::refusal::{Answer, BsonAnswer as _};
use crate::store::server::tables::{Block, CollectionRow, Seq, Tables, Visitor};
use bson::{RawDocument, RawDocumentBuf};
use rusqlite::{Connection, ErrorCode, OptionalExtension as _, Params, Row, params};

/// Tables inside a transaction of the connection.
pub(super) struct SqliteTables<'c>(pub(super) &'c Connection);

impl SqliteTables<'_> {
    fn write(&self, sql: &str, params: impl Params) -> Answer<()> {
        self.0.prepare_cached(sql)?.execute(params)?;
        Ok(())
    }

    // What must be new and is not means that the file contradicts itself.
    fn write_new(&self, sql: &str, params: impl Params, what: &str) -> Answer<()> {
        match self.0.prepare_cached(sql)?.execute(params) {
            Err(error) if error.sqlite_error_code() == Some(ErrorCode::ConstraintViolation) => {
                Err(StoreError::Damaged(what.into()))
            }
            other => Ok(other.map(drop)?),
        }
    }

    fn one<T>(
        &self,
        sql: &str,
        params: impl Params,
        read: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Answer<Option<T>> {
        Ok(self.0.prepare_cached(sql)?.query_row(params, read).optional()?)
    }

    fn all<T>(
        &self,
        sql: &str,
        params: impl Params,
        read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Answer<Vec<T>> {
        Ok(self.0.prepare_cached(sql)?.query_map(params, read)?.collect::<rusqlite::Result<_>>()?)
    }

    // The body is shown where SQLite holds it: what the filter refuses is never copied.
    fn show(&self, sql: &str, params: impl Params, visitor: &mut Visitor<'_>) -> Answer<bool> {
        let mut statement = self.0.prepare_cached(sql)?;
        let mut rows = statement.query(params)?;
        while let Some(row) = rows.next()? {
            let body = row.get_ref(1)?.as_blob().map_err(|_| damaged())?;
            if !visitor(row.get(0)?, RawDocument::from_bytes(body).map_err(|_| damaged())?)? {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

impl Tables for SqliteTables<'_> {
    fn collections(&mut self) -> Answer<Vec<CollectionRow>> {
        let read = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get::<_, Vec<u8>>(2)?));
        let rows = self.all("SELECT id, name, options FROM collections ORDER BY id", [], read)?;
        rows.into_iter().map(|(id, name, options)| Ok(CollectionRow { id, name, options: stored(options)? })).collect()
    }

    fn add_collection(&mut self, name: &str, options: &RawDocument) -> Answer<i64> {
        self.write("INSERT INTO collections (name, options) VALUES (?1, ?2)", params![name, options.as_bytes()])?;
        Ok(self.0.last_insert_rowid())
    }

    fn drop_collection(&mut self, coll: i64) -> Answer<()> {
        self.write("DELETE FROM entries WHERE idx IN (SELECT id FROM indexes WHERE coll = ?1)", [coll])?;
        for table in ["indexes", "tags", "esc", "ecoc", "documents"] {
            self.write(&format!("DELETE FROM {table} WHERE coll = ?1"), [coll])?;
        }
        self.write("DELETE FROM collections WHERE id = ?1", [coll])
    }

    fn indexes(&mut self, coll: i64) -> Answer<Vec<(i64, String)>> {
        self.all("SELECT id, paths FROM indexes WHERE coll = ?1 ORDER BY id", [coll], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
    }

    fn add_index(&mut self, coll: i64, paths: &str) -> Answer<i64> {
        self.write("INSERT INTO indexes (coll, paths) VALUES (?1, ?2)", params![coll, paths])?;
        Ok(self.0.last_insert_rowid())
    }

    fn drop_index(&mut self, index: i64) -> Answer<()> {
        self.write("DELETE FROM entries WHERE idx = ?1", [index])?;
        self.write("DELETE FROM indexes WHERE id = ?1", [index])
    }

    fn put_entry(&mut self, index: i64, key: &[u8], doc: Seq) -> Answer<()> {
        self.write("INSERT OR IGNORE INTO entries (idx, key, doc) VALUES (?1, ?2, ?3)", params![index, key, doc])
    }

    fn drop_entry(&mut self, index: i64, key: &[u8], doc: Seq) -> Answer<()> {
        self.write("DELETE FROM entries WHERE idx = ?1 AND key = ?2 AND doc = ?3", params![index, key, doc])
    }

    fn entries(&mut self, index: i64, prefix: &[u8]) -> Answer<Vec<Seq>> {
        let sql = "SELECT doc FROM entries WHERE idx = ?1 AND key >= ?2 AND key < ?3";
        self.all(sql, params![index, prefix, end_of(prefix)], |row| row.get(0))
    }

    fn find_id(&mut self, coll: i64, id: &[u8]) -> Answer<Option<Seq>> {
        self.one("SELECT seq FROM documents WHERE coll = ?1 AND id = ?2", params![coll, id], |row| row.get(0))
    }

    fn ids_between(&mut self, coll: i64, first: &[u8], last: &[u8]) -> Answer<Vec<Seq>> {
        let sql = "SELECT seq FROM documents WHERE coll = ?1 AND id >= ?2 AND id <= ?3";
        self.all(sql, params![coll, first, last], |row| row.get(0))
    }

    fn visit(&mut self, doc: Seq, visitor: &mut Visitor<'_>) -> Answer<bool> {
        self.show("SELECT seq, body FROM documents WHERE seq = ?1", [doc], visitor)
    }

    fn scan(&mut self, coll: i64, visitor: &mut Visitor<'_>) -> Answer<()> {
        self.show("SELECT seq, body FROM documents WHERE +coll = ?1 ORDER BY seq", [coll], visitor).map(drop)
    }

    fn put_document(&mut self, coll: i64, id: &[u8], body: &RawDocument) -> Answer<Option<Seq>> {
        let sql = "INSERT INTO documents (coll, id, body) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING";
        let new = self.0.prepare_cached(sql)?.execute(params![coll, id, body.as_bytes()])? > 0;
        Ok(new.then(|| self.0.last_insert_rowid()))
    }

    fn replace_document(&mut self, doc: Seq, body: &RawDocument) -> Answer<()> {
        self.write("UPDATE documents SET body = ?2 WHERE seq = ?1", params![doc, body.as_bytes()])
    }

    fn drop_document(&mut self, doc: Seq) -> Answer<()> {
        self.write("DELETE FROM documents WHERE seq = ?1", [doc])
    }

    fn put_tag(&mut self, coll: i64, tag: &Block, doc: Seq) -> Answer<()> {
        self.write_new(
            "INSERT INTO tags (coll, tag, doc) VALUES (?1, ?2, ?3)",
            params![coll, tag, doc],
            "a tag exists twice",
        )
    }

    fn drop_tag(&mut self, coll: i64, tag: &Block) -> Answer<()> {
        self.write("DELETE FROM tags WHERE coll = ?1 AND tag = ?2", params![coll, tag])
    }

    fn tag(&mut self, coll: i64, tag: &Block) -> Answer<Option<Seq>> {
        self.one("SELECT doc FROM tags WHERE coll = ?1 AND tag = ?2", params![coll, tag], |row| row.get(0))
    }

    fn count_tags(&mut self, coll: i64) -> Answer<u64> {
        let count: Option<i64> = self.one("SELECT count(*) FROM tags WHERE coll = ?1", [coll], |row| row.get(0))?;
        Ok(count.map_or(0, i64::unsigned_abs))
    }

    fn state(&mut self, coll: i64, id: &Block) -> Answer<Option<Option<Vec<u8>>>> {
        self.one("SELECT value FROM esc WHERE coll = ?1 AND id = ?2", params![coll, id], |row| row.get(0))
    }

    fn put_state(&mut self, coll: i64, id: &Block, value: Option<&[u8]>) -> Answer<bool> {
        let sql = "INSERT INTO esc (coll, id, value) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING";
        Ok(self.0.prepare_cached(sql)?.execute(params![coll, id, value])? > 0)
    }

    fn has_anchors(&mut self, coll: i64) -> Answer<bool> {
        let sql = "SELECT 1 FROM esc INDEXED BY anchors WHERE coll = ?1 AND value IS NOT NULL LIMIT 1";
        self.one(sql, [coll], |_| Ok(())).map(|found| found.is_some())
    }

    fn drop_state(&mut self, coll: i64, id: &Block) -> Answer<()> {
        self.write("DELETE FROM esc WHERE coll = ?1 AND id = ?2", params![coll, id])
    }

    fn count_state(&mut self, coll: i64) -> Answer<(u64, u64)> {
        let sql = "SELECT count(*), count(value) FROM esc WHERE coll = ?1";
        let counts: Option<(i64, i64)> = self.one(sql, [coll], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(counts.map_or((0, 0), |(all, anchors)| (all.unsigned_abs(), anchors.unsigned_abs())))
    }

    fn append_pending(&mut self, coll: i64, entries: &RawDocument) -> Answer<()> {
        self.write("INSERT INTO ecoc (coll, entries) VALUES (?1, ?2)", params![coll, entries.as_bytes()])
    }

    fn pending(&mut self, coll: i64, most: u64) -> Answer<Vec<(i64, RawDocumentBuf)>> {
        let sql = "SELECT seq, entries FROM ecoc WHERE coll = ?1 ORDER BY seq LIMIT ?2";
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        let rows = self.all(sql, params![coll, most], |row| Ok((row.get(0)?, row.get(1)?)))?;
        rows.into_iter().map(|(seq, entries)| Ok((seq, stored(entries)?))).collect()
    }

    fn count_pending(&mut self, coll: i64) -> Answer<u64> {
        let count: Option<i64> = self.one("SELECT count(*) FROM ecoc WHERE coll = ?1", [coll], |row| row.get(0))?;
        Ok(count.map_or(0, i64::unsigned_abs))
    }

    fn clear_pending(&mut self, coll: i64, last: i64) -> Answer<()> {
        self.write("DELETE FROM ecoc WHERE coll = ?1 AND seq <= ?2", [coll, last])
    }

    fn pages(&mut self) -> Answer<Vec<String>> {
        let found: Vec<String> = self.all("PRAGMA integrity_check(20)", [], |row| row.get(0))?;
        Ok(found.into_iter().filter(|one| one != "ok").collect())
    }
}

// The least key greater than every key with the prefix.
// (Keys start with a kind, a small number, so `ff` ends them all.)
fn end_of(prefix: &[u8]) -> Vec<u8> {
    let Some(last) = prefix.iter().rposition(|byte| *byte != u8::MAX) else { return vec![u8::MAX] };
    let mut end = prefix[..=last].to_vec();
    end[last] += 1;
    end
}

fn stored(bytes: Vec<u8>) -> Answer<RawDocumentBuf> {
    RawDocumentBuf::from_bytes(bytes).or_damaged()
}

fn damaged() -> StoreError {
    StoreError::Damaged("a stored document is not valid BSON".into())
}
