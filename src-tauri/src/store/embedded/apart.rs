//! Two files behind one set of tables: patients' keys lie in a file of their own, so that a copy of the data holds none.
//!
//! Row numbers of the keys' file are told apart by [`APART`]; the server above never sees that there are two. The keys'
//! file is committed first: after a sudden end there may be keys without a patient, never a patient without keys.

use super::tables::SqliteTables;
use crate::store::server::refusal::Answer;
use crate::store::server::tables::{Block, CollectionRow, Seq, Tables, Visitor};
use bson::{RawDocument, RawDocumentBuf};
use rusqlite::Connection;
use std::path::{Path, PathBuf};

/// The collections that lie in the keys' file: the keys, and what says which of them are destroyed or may not be. So an
/// older copy of the data that is put back beside it loses an erased patient again.
pub(super) const COLLECTIONS: &[&str] = &["patient_keys", "erasures", "holds"];

/// Added to row numbers of the keys' file.
const APART: i64 = 1 << 62;

/// The keys' file beside a store.
pub(super) fn beside(store: &Path) -> PathBuf {
    let stem = store.file_stem().unwrap_or_default().to_string_lossy();
    store.with_file_name(format!("{stem}-keys.db"))
}

/// Tables over both files, each inside a transaction.
pub(super) struct BothTables<'c> {
    data: SqliteTables<'c>,
    keys: SqliteTables<'c>,
}

impl<'c> BothTables<'c> {
    /// Tables in these two transactions.
    pub(super) const fn new(data: &'c Connection, keys: &'c Connection) -> Self {
        Self { data: SqliteTables(data), keys: SqliteTables(keys) }
    }

    /// The file a row number belongs to, and the number there.
    const fn of(&mut self, row: i64) -> (&mut SqliteTables<'c>, i64) {
        if row >= APART { (&mut self.keys, row - APART) } else { (&mut self.data, row) }
    }
}

const fn apart(row: i64) -> i64 {
    row + APART
}

impl Tables for BothTables<'_> {
    fn collections(&mut self) -> Answer<Vec<CollectionRow>> {
        let mut all = self.data.collections()?;
        all.extend(self.keys.collections()?.into_iter().map(|row| CollectionRow { id: apart(row.id), ..row }));
        Ok(all)
    }

    fn add_collection(&mut self, name: &str, options: &RawDocument) -> Answer<i64> {
        if COLLECTIONS.contains(&name) {
            return self.keys.add_collection(name, options).map(apart);
        }
        self.data.add_collection(name, options)
    }

    fn drop_collection(&mut self, coll: i64) -> Answer<()> {
        let (tables, row) = self.of(coll);
        tables.drop_collection(row)
    }

    fn indexes(&mut self, coll: i64) -> Answer<Vec<(i64, String)>> {
        let (tables, row) = self.of(coll);
        let mut found = tables.indexes(row)?;
        found.iter_mut().for_each(|(index, _)| *index += coll - row);
        Ok(found)
    }

    fn add_index(&mut self, coll: i64, paths: &str) -> Answer<i64> {
        let (tables, row) = self.of(coll);
        Ok(tables.add_index(row, paths)? + (coll - row))
    }

    fn drop_index(&mut self, index: i64) -> Answer<()> {
        let (tables, row) = self.of(index);
        tables.drop_index(row)
    }

    fn put_entry(&mut self, index: i64, key: &[u8], doc: Seq) -> Answer<()> {
        let (tables, row) = self.of(index);
        tables.put_entry(row, key, doc - (index - row))
    }

    fn drop_entry(&mut self, index: i64, key: &[u8], doc: Seq) -> Answer<()> {
        let (tables, row) = self.of(index);
        tables.drop_entry(row, key, doc - (index - row))
    }

    fn entries(&mut self, index: i64, prefix: &[u8]) -> Answer<Vec<Seq>> {
        let (tables, row) = self.of(index);
        Ok(tables.entries(row, prefix)?.into_iter().map(|doc| doc + (index - row)).collect())
    }

    fn find_id(&mut self, coll: i64, id: &[u8]) -> Answer<Option<Seq>> {
        let (tables, row) = self.of(coll);
        Ok(tables.find_id(row, id)?.map(|doc| doc + (coll - row)))
    }

    fn ids_between(&mut self, coll: i64, first: &[u8], last: &[u8]) -> Answer<Vec<Seq>> {
        let (tables, row) = self.of(coll);
        Ok(tables.ids_between(row, first, last)?.into_iter().map(|doc| doc + (coll - row)).collect())
    }

    fn visit(&mut self, doc: Seq, visitor: &mut Visitor<'_>) -> Answer<bool> {
        let (tables, row) = self.of(doc);
        tables.visit(row, &mut |seq, body| visitor(seq + (doc - row), body))
    }

    fn scan(&mut self, coll: i64, visitor: &mut Visitor<'_>) -> Answer<()> {
        let (tables, row) = self.of(coll);
        tables.scan(row, &mut |seq, body| visitor(seq + (coll - row), body))
    }

    fn put_document(&mut self, coll: i64, id: &[u8], body: &RawDocument) -> Answer<Option<Seq>> {
        let (tables, row) = self.of(coll);
        Ok(tables.put_document(row, id, body)?.map(|doc| doc + (coll - row)))
    }

    fn replace_document(&mut self, doc: Seq, body: &RawDocument) -> Answer<()> {
        let (tables, row) = self.of(doc);
        tables.replace_document(row, body)
    }

    fn drop_document(&mut self, doc: Seq) -> Answer<()> {
        let (tables, row) = self.of(doc);
        tables.drop_document(row)
    }

    fn put_tag(&mut self, coll: i64, tag: &Block, doc: Seq) -> Answer<()> {
        let (tables, row) = self.of(coll);
        tables.put_tag(row, tag, doc - (coll - row))
    }

    fn drop_tag(&mut self, coll: i64, tag: &Block) -> Answer<()> {
        let (tables, row) = self.of(coll);
        tables.drop_tag(row, tag)
    }

    fn tag(&mut self, coll: i64, tag: &Block) -> Answer<Option<Seq>> {
        let (tables, row) = self.of(coll);
        Ok(tables.tag(row, tag)?.map(|doc| doc + (coll - row)))
    }

    fn count_tags(&mut self, coll: i64) -> Answer<u64> {
        let (tables, row) = self.of(coll);
        tables.count_tags(row)
    }

    fn state(&mut self, coll: i64, id: &Block) -> Answer<Option<Option<Vec<u8>>>> {
        let (tables, row) = self.of(coll);
        tables.state(row, id)
    }

    fn put_state(&mut self, coll: i64, id: &Block, value: Option<&[u8]>) -> Answer<bool> {
        let (tables, row) = self.of(coll);
        tables.put_state(row, id, value)
    }

    fn has_anchors(&mut self, coll: i64) -> Answer<bool> {
        let (tables, row) = self.of(coll);
        tables.has_anchors(row)
    }

    fn drop_state(&mut self, coll: i64, id: &Block) -> Answer<()> {
        let (tables, row) = self.of(coll);
        tables.drop_state(row, id)
    }

    fn count_state(&mut self, coll: i64) -> Answer<(u64, u64)> {
        let (tables, row) = self.of(coll);
        tables.count_state(row)
    }

    fn append_pending(&mut self, coll: i64, entries: &RawDocument) -> Answer<()> {
        let (tables, row) = self.of(coll);
        tables.append_pending(row, entries)
    }

    fn pending(&mut self, coll: i64, most: u64) -> Answer<Vec<(i64, RawDocumentBuf)>> {
        let (tables, row) = self.of(coll);
        tables.pending(row, most)
    }

    fn count_pending(&mut self, coll: i64) -> Answer<u64> {
        let (tables, row) = self.of(coll);
        tables.count_pending(row)
    }

    fn clear_pending(&mut self, coll: i64, last: i64) -> Answer<()> {
        let (tables, row) = self.of(coll);
        tables.clear_pending(row, last)
    }

    fn pages(&mut self) -> Answer<Vec<String>> {
        let mut found = self.data.pages()?;
        found.extend(self.keys.pages()?);
        Ok(found)
    }
}
