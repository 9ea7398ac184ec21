//! What the server side needs of a storage: documents, tags, counters and index entries inside one transaction.
//!
//! The protocol is written once above this trait; a backend only keeps rows.

use super::refusal::Answer;
use bson::{RawDocument, RawDocumentBuf};

/// A tag of `__safeContent__`, an `_id` of the state collection, a token.
pub(crate) type Block = [u8; 32];

/// Row number of a document.
pub(crate) type Seq = i64;

/// A collection as it is stored.
pub(crate) struct CollectionRow {
    /// Row number.
    pub(crate) id: i64,
    /// Name without the database.
    pub(crate) name: String,
    /// What `create` was told, the encrypted fields among it.
    pub(crate) options: RawDocumentBuf,
}

/// Is told a row number and a body; answers whether it wants more.
pub(crate) type Visitor<'v> = dyn FnMut(Seq, &RawDocument) -> Answer<bool> + 'v;

/// The tables of a storage, inside a transaction that its owner began.
pub(crate) trait Tables {
    /// All collections.
    fn collections(&mut self) -> Answer<Vec<CollectionRow>>;
    /// Adds a collection, returns its row number.
    fn add_collection(&mut self, name: &str, options: &RawDocument) -> Answer<i64>;
    /// Takes a collection away with everything that belongs to it.
    fn drop_collection(&mut self, coll: i64) -> Answer<()>;

    /// The secondary indexes of a collection: row number and paths.
    fn indexes(&mut self, coll: i64) -> Answer<Vec<(i64, String)>>;
    /// Adds an empty index.
    fn add_index(&mut self, coll: i64, paths: &str) -> Answer<i64>;
    /// Drops an index with its entries.
    fn drop_index(&mut self, index: i64) -> Answer<()>;
    /// Adds an entry.
    fn put_entry(&mut self, index: i64, key: &[u8], doc: Seq) -> Answer<()>;
    /// Takes an entry away.
    fn drop_entry(&mut self, index: i64, key: &[u8], doc: Seq) -> Answer<()>;
    /// Documents whose key starts with `prefix`.
    fn entries(&mut self, index: i64, prefix: &[u8]) -> Answer<Vec<Seq>>;

    /// Row number of the document with this encoded `_id`.
    fn find_id(&mut self, coll: i64, id: &[u8]) -> Answer<Option<Seq>>;
    /// Row numbers of the documents whose encoded `_id` lies between these, both included.
    fn ids_between(&mut self, coll: i64, first: &[u8], last: &[u8]) -> Answer<Vec<Seq>>;
    /// Shows one document to the visitor.
    fn visit(&mut self, doc: Seq, visitor: &mut Visitor<'_>) -> Answer<bool>;
    /// Shows the documents of a collection in natural order until the visitor has enough.
    fn scan(&mut self, coll: i64, visitor: &mut Visitor<'_>) -> Answer<()>;
    /// Adds a document; `None` if its `_id` is taken.
    fn put_document(&mut self, coll: i64, id: &[u8], body: &RawDocument) -> Answer<Option<Seq>>;
    /// Replaces a document's body.
    fn replace_document(&mut self, doc: Seq, body: &RawDocument) -> Answer<()>;
    /// Deletes a document.
    fn drop_document(&mut self, doc: Seq) -> Answer<()>;

    /// Adds a tag; one that exists is damage.
    fn put_tag(&mut self, coll: i64, tag: &Block, doc: Seq) -> Answer<()>;
    /// Takes a tag away.
    fn drop_tag(&mut self, coll: i64, tag: &Block) -> Answer<()>;
    /// The document that has the tag.
    fn tag(&mut self, coll: i64, tag: &Block) -> Answer<Option<Seq>>;
    /// Number of tags of a collection.
    fn count_tags(&mut self, coll: i64) -> Answer<u64>;

    /// The state entry with this `_id`: `None` absent, `Some(None)` without a value.
    fn state(&mut self, coll: i64, id: &Block) -> Answer<Option<Option<Vec<u8>>>>;
    /// Adds a state entry; answers whether it is new.
    fn put_state(&mut self, coll: i64, id: &Block, value: Option<&[u8]>) -> Answer<bool>;
    /// Whether some state entry has a value.
    fn has_anchors(&mut self, coll: i64) -> Answer<bool>;
    /// Takes a state entry away.
    fn drop_state(&mut self, coll: i64, id: &Block) -> Answer<()>;
    /// Number of state entries: all, and those with a value.
    fn count_state(&mut self, coll: i64) -> Answer<(u64, u64)>;

    /// Appends one document's compaction entries.
    fn append_pending(&mut self, coll: i64, entries: &RawDocument) -> Answer<()>;
    /// The oldest compaction entries, at most so many: row number and entries.
    fn pending(&mut self, coll: i64, most: u64) -> Answer<Vec<(i64, RawDocumentBuf)>>;
    /// How many rows of compaction entries there are.
    fn count_pending(&mut self, coll: i64) -> Answer<u64>;
    /// Forgets the compaction entries up to this row.
    fn clear_pending(&mut self, coll: i64, last: i64) -> Answer<()>;

    /// What the storage itself finds wrong with its pages.
    fn pages(&mut self) -> Answer<Vec<String>>;
}
