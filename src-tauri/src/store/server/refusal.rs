//! MongoDB's error codes for the refusals of the server side, and how BSON errors become ours without quoting values.

use crate::store::StoreError;

/// Result of anything the server side does.
pub(crate) type Answer<T> = Result<T, StoreError>;

/// A value or option is not acceptable.
pub(crate) const BAD_VALUE: i32 = 2;
/// A part of the command has the wrong form.
pub(crate) const FAILED_TO_PARSE: i32 = 9;
/// A field has another type than the command needs.
pub(crate) const TYPE_MISMATCH: i32 = 14;
/// Something nests too deeply or counts too far.
pub(crate) const OVERFLOW: i32 = 15;
/// The bytes are not BSON.
pub(crate) const INVALID_BSON: i32 = 22;
/// The collection does not exist.
pub(crate) const NAMESPACE_NOT_FOUND: i32 = 26;
/// A path leads through something that is not a document.
pub(crate) const PATH_NOT_VIABLE: i32 = 28;
/// An option isn't acceptable together with others.
pub(crate) const INVALID_OPTIONS: i32 = 72;
/// Two modifiers want the same path.
pub(crate) const CONFLICTING_UPDATE: i32 = 40;
/// The collection exists already.
pub(crate) const NAMESPACE_EXISTS: i32 = 48;
/// No such command.
pub(crate) const COMMAND_NOT_FOUND: i32 = 59;
/// `_id` can't be changed.
pub(crate) const IMMUTABLE_FIELD: i32 = 66;
/// An encrypted path would hold something that is not encrypted as the collection says.
pub(crate) const DOCUMENT_VALIDATION: i32 = 121;
/// A document is larger than 16 MiB.
pub(crate) const TOO_LARGE: i32 = 10334;
/// An inserted `_id` exists.
pub(crate) const DUPLICATE_KEY: i32 = 11000;
/// A projection mixes inclusion and exclusion.
pub(crate) const MIXED_PROJECTION: i32 = 31254;
/// A command or payload has a field that isn't known.
pub(crate) const UNKNOWN_FIELD: i32 = 40415;
/// A command or payload lacks a field.
pub(crate) const MISSING_FIELD: i32 = 40414;
/// An encrypted predicate has more tags than are looked up (`FLEMaxTagLimitExceeded`).
pub(crate) const TOO_MANY_TAGS: i32 = 6_401_800;
/// Updates of many documents are not possible with Queryable Encryption.
pub(crate) const MULTI_UPDATE: i32 = 6_329_900;
/// `encryptionInformation` for a collection without encrypted fields.
pub(crate) const NOT_ENCRYPTED_COLLECTION: i32 = 6_346_807;
/// Two encrypted fields share a key, or a path.
pub(crate) const DUPLICATE_KEY_IDS: i32 = 6_338_401;
/// Two encrypted fields share a path, or one contains the other.
pub(crate) const CONFLICTING_PATHS: i32 = 6_338_403;
/// The type can't be indexed for equality.
pub(crate) const UNSUPPORTED_INDEX_TYPE: i32 = 6_338_405;
/// More than one deletion in a command.
pub(crate) const SINGLE_DELETE: i32 = 6_371_302;
/// `update` and `remove` together.
pub(crate) const UPDATE_OR_REMOVE: i32 = 6_371_401;
/// `new: true`.
pub(crate) const NO_NEW: i32 = 6_371_402;
/// Two payloads of a document use one index key.
pub(crate) const INDEX_KEYS_NOT_UNIQUE: i32 = 6_371_407;
/// `fields` in `findAndModify`.
pub(crate) const NO_FIELDS: i32 = 6_371_408;
/// More than one update in a command.
pub(crate) const SINGLE_UPDATE: i32 = 6_371_502;
/// Pipeline update.
pub(crate) const NO_PIPELINE: i32 = 6_371_503;
/// A subtype-6 value that a write may not contain.
pub(crate) const UNEXPECTED_PAYLOAD: i32 = 6_373_503;
/// A BSON type that can't be indexed.
pub(crate) const PAYLOAD_TYPE: i32 = 6_373_504;
/// A payload at a path that the collection doesn't encrypt for queries.
pub(crate) const ABSENT_FROM_SCHEMA: i32 = 6_373_601;
/// The client touches `__safeContent__`.
pub(crate) const SAFE_CONTENT: i32 = 6_666_200;
/// A payload of the first version of Queryable Encryption.
pub(crate) const FIRST_VERSION: i32 = 7_413_901;

/// A refusal with MongoDB's code.
pub(crate) fn refused(code: i32, why: impl Into<String>) -> StoreError {
    StoreError::Refused { code, why: why.into() }
}

/// Turns BSON errors into ours; their text may quote values, so it is dropped.
pub(crate) trait BsonAnswer<T> {
    /// The bytes came with a command.
    fn or_invalid(self) -> Answer<T>;
    /// The bytes came from the store itself.
    fn or_damaged(self) -> Answer<T>;
}

impl<T> BsonAnswer<T> for Result<T, bson::error::Error> {
    fn or_invalid(self) -> Answer<T> {
        self.map_err(|_| refused(INVALID_BSON, "the command is not valid BSON"))
    }

    fn or_damaged(self) -> Answer<T> {
        self.map_err(|_| StoreError::Damaged("a stored document is not valid BSON".into()))
    }
}
