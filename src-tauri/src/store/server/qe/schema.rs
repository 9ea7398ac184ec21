//! The encrypted fields of a collection: what `create` accepts, and what a stored document must look like.

use crate::store::server::path::{plain, within};
use crate::store::server::project::number;
use crate::store::server::refusal::{
    ABSENT_FROM_SCHEMA, Answer, BAD_VALUE, BsonAnswer as _, CONFLICTING_PATHS, DOCUMENT_VALIDATION, DUPLICATE_KEY_IDS,
    MISSING_FIELD, UNSUPPORTED_INDEX_TYPE, refused,
};
use bson::spec::BinarySubtype;
use bson::{RawBson, RawBsonRef, RawDocument};

/// Highest contention a server takes.
const MAX_CONTENTION: i64 = 200_000;

/// The encrypted fields of a collection.
#[derive(Debug)]
pub(crate) struct Schema {
    /// In the order of `create`.
    pub(crate) fields: Vec<Field>,
}

/// One encrypted field.
#[derive(Debug)]
pub(crate) struct Field {
    /// Dotted path.
    pub(crate) path: String,
    /// BSON type of the plain value, if the collection fixes it.
    pub(crate) bson_type: Option<u8>,
    /// How the field is searched, if at all.
    pub(crate) queries: Option<Queries>,
    key_id: Vec<u8>,
}

/// How a field is searched.
#[derive(Debug)]
pub(crate) struct Queries {
    /// By what kind of index.
    pub(crate) index: Index,
    /// Highest contention partition.
    pub(crate) contention: u64,
    /// Range parameters, compared with what payloads say.
    pub(crate) range: RangeParameters,
}

/// Kinds of index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Index {
    /// Equality.
    Equality,
    /// Range.
    Range,
    /// Prefix, suffix or substring.
    Text,
}

/// Parameters of a range index, as far as they are given.
#[derive(Debug, Default)]
pub(crate) struct RangeParameters {
    /// Every n-th level of edges is kept.
    pub(crate) sparsity: Option<i64>,
    /// Top levels that are left out.
    pub(crate) trim_factor: Option<i64>,
    /// Least value.
    pub(crate) min: Option<RawBson>,
    /// Greatest value.
    pub(crate) max: Option<RawBson>,
}

impl Schema {
    /// Reads `encryptedFields`; refuses what a server would refuse.
    pub(crate) fn parse(encrypted_fields: &RawDocument) -> Answer<Self> {
        let fields = encrypted_fields.get_array("fields").map_err(|_| missing("fields"))?;
        let encoding = encrypted_fields.get("strEncodeVersion").or_invalid()?;
        if encoding.is_some_and(|version| !matches!(number(version), Some(0..=1))) {
            return Err(refused(BAD_VALUE, "strEncodeVersion is 1"));
        }
        let mut parsed: Vec<Field> = vec![];
        for field in fields {
            let field = field.or_invalid()?;
            let field = Field::parse(field.as_document().ok_or_else(|| missing("fields.path"))?)?;
            if parsed.iter().any(|other| other.key_id == field.key_id) {
                return Err(refused(DUPLICATE_KEY_IDS, "two encrypted fields must not share a key"));
            }
            if parsed.iter().any(|other| within(&other.path, &field.path) || within(&field.path, &other.path)) {
                return Err(refused(CONFLICTING_PATHS, format!("'{}' is encrypted twice", field.path)));
            }
            parsed.push(field);
        }
        Ok(Self { fields: parsed })
    }

    /// The field with exactly this path.
    pub(crate) fn field(&self, path: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.path == path)
    }

    /// Search parameters of a path.
    pub(crate) fn queries(&self, path: &str) -> Answer<&Queries> {
        self.field(path)
            .and_then(|field| field.queries.as_ref())
            .ok_or_else(|| refused(ABSENT_FROM_SCHEMA, format!("field '{path}' is encrypted, but absent from schema")))
    }

    /// Whether a clear comparison with the path would meet ciphertext.
    pub(crate) fn covers(&self, path: &str) -> bool {
        self.fields.iter().any(|field| within(path, &field.path) || within(&field.path, path))
    }

    /// Refuses a document that holds something else than encrypted values at the encrypted paths.
    pub(crate) fn validate(&self, doc: &RawDocument) -> Answer<()> {
        for field in &self.fields {
            if plain(doc, &field.path)?.is_some_and(|value| !field.accepts(value)) {
                return Err(refused(DOCUMENT_VALIDATION, format!("'{}' must be encrypted as its type", field.path)));
            }
        }
        Ok(())
    }

    /// Whether another description (of `encryptionInformation`) means the same fields under the same keys.
    pub(crate) fn agrees(&self, other: &Self) -> bool {
        let same = |a: &Field, b: &Field| {
            let index = |field: &Field| field.queries.as_ref().map(|queries| (queries.index, queries.contention));
            a.path == b.path && a.key_id == b.key_id && index(a) == index(b)
        };
        self.fields.len() == other.fields.len()
            && self.fields.iter().all(|field| other.field(&field.path).is_some_and(|other| same(field, other)))
    }
}

impl Field {
    fn parse(field: &RawDocument) -> Answer<Self> {
        let path = field.get_str("path").map_err(|_| missing("fields.path"))?;
        let key_id = field.get_binary("keyId").map_err(|_| missing("fields.keyId"))?;
        if path.is_empty() || within(path, "_id") || within(path, "__safeContent__") {
            return Err(refused(BAD_VALUE, format!("'{path}' can't be encrypted")));
        }
        let bson_type = match field.get_str("bsonType").ok() {
            Some(name) => Some(type_code(name).ok_or_else(|| refused(BAD_VALUE, "an unknown bsonType"))?),
            None => None,
        };
        let queries = Queries::parse(path, field)?;
        if let Some(queries) = &queries
            && !bson_type.is_some_and(|code| queries.index.takes(code))
        {
            return Err(refused(UNSUPPORTED_INDEX_TYPE, format!("the type of '{path}' can't be indexed that way")));
        }
        Ok(Self { path: path.into(), bson_type, queries, key_id: key_id.bytes.to_vec() })
    }

    fn accepts(&self, value: RawBsonRef<'_>) -> bool {
        let Some(binary) = value.as_binary().filter(|binary| binary.subtype == BinarySubtype::Encrypted) else {
            return false;
        };
        let stored = matches!(binary.bytes.first(), Some(14..=17));
        let of_type = self.bson_type.is_none_or(|code| binary.bytes.get(17) == Some(&code));
        stored && of_type
    }
}

impl Queries {
    fn parse(path: &str, field: &RawDocument) -> Answer<Option<Self>> {
        let queries: Vec<&RawDocument> = match field.get("queries").or_invalid()? {
            None => return Ok(None),
            Some(RawBsonRef::Document(query)) => vec![query],
            Some(RawBsonRef::Array(queries)) => {
                queries.into_iter().filter_map(|query| query.ok()?.as_document()).collect()
            }
            Some(_) => return Err(missing("fields.queries")),
        };
        let Some(first) = queries.first() else { return Ok(None) };
        let indexes: Vec<Index> = queries.iter().map(|query| index(query)).collect::<Answer<_>>()?;
        let index = indexes[0];
        if indexes.iter().any(|other| *other != index) || (indexes.len() > 1 && index != Index::Text) {
            return Err(refused(BAD_VALUE, format!("'{path}' is equality or range or text, one of them")));
        }
        let contention = contention(first)?;
        Ok(Some(Self {
            index,
            contention,
            range: RangeParameters::parse(first, ["sparsity", "trimFactor", "min", "max"])?,
        }))
    }
}

impl RangeParameters {
    /// Reads the parameters under the given names.
    pub(crate) fn parse(doc: &RawDocument, [sparsity, trim_factor, min, max]: [&str; 4]) -> Answer<Self> {
        let whole = |name| Answer::Ok(doc.get(name).or_invalid()?.and_then(number));
        let value = |name| Answer::Ok(doc.get(name).or_invalid()?.map(RawBson::from));
        Ok(Self { sparsity: whole(sparsity)?, trim_factor: whole(trim_factor)?, min: value(min)?, max: value(max)? })
    }

    /// Whether what both sides say is the same.
    pub(crate) fn agrees(&self, other: &Self) -> bool {
        fn same<T: PartialEq>(a: Option<&T>, b: Option<&T>) -> bool {
            a.is_none() || b.is_none() || a == b
        }
        same(self.sparsity.as_ref(), other.sparsity.as_ref())
            && same(self.trim_factor.as_ref(), other.trim_factor.as_ref())
            && same(self.min.as_ref(), other.min.as_ref())
            && same(self.max.as_ref(), other.max.as_ref())
    }
}

impl Index {
    /// Whether values of this BSON type can be indexed so.
    pub(crate) fn takes(self, bson_type: u8) -> bool {
        match self {
            Self::Equality => {
                matches!(bson_type, 0x02 | 0x05 | 0x07..=0x09 | 0x0b | 0x0c | 0x0d | 0x0e | 0x10 | 0x11 | 0x12)
            }
            Self::Range => matches!(bson_type, 0x01 | 0x09 | 0x10 | 0x12 | 0x13),
            Self::Text => bson_type == 0x02,
        }
    }
}

fn index(query: &RawDocument) -> Answer<Index> {
    match query.get_str("queryType").map_err(|_| missing("fields.queries.queryType"))? {
        "equality" => Ok(Index::Equality),
        "range" => Ok(Index::Range),
        "prefix" | "suffix" | "substring" | "prefixPreview" | "suffixPreview" | "substringPreview" => Ok(Index::Text),
        _ => Err(refused(BAD_VALUE, "an unknown queryType")),
    }
}

fn contention(query: &RawDocument) -> Answer<u64> {
    let contention = query.get("contention").or_invalid()?.map_or(Some(8), number);
    contention
        .filter(|n| *n <= MAX_CONTENTION)
        .and_then(|n| u64::try_from(n).ok())
        .ok_or_else(|| refused(BAD_VALUE, "contention is a number from 0 to 200000"))
}

fn missing(name: &str) -> crate::store::StoreError {
    refused(MISSING_FIELD, format!("'{name}' is missing or of a wrong type"))
}

fn type_code(name: &str) -> Option<u8> {
    Some(match name {
        "double" => 0x01,
        "string" => 0x02,
        "object" => 0x03,
        "array" => 0x04,
        "binData" => 0x05,
        "objectId" => 0x07,
        "bool" => 0x08,
        "date" => 0x09,
        "regex" => 0x0b,
        "dbPointer" => 0x0c,
        "javascript" => 0x0d,
        "symbol" => 0x0e,
        "javascriptWithScope" => 0x0f,
        "int" => 0x10,
        "timestamp" => 0x11,
        "long" => 0x12,
        "decimal" => 0x13,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use bson::{RawDocumentBuf, doc, rawdoc};

    fn fields(fields: Vec<bson::Document>) -> RawDocumentBuf {
        RawDocumentBuf::try_from(&doc! {"fields": fields}).unwrap()
    }

    fn field(key: u8, path: &str, bson_type: &str) -> bson::Document {
        let key = bson::Binary { subtype: BinarySubtype::Uuid, bytes: vec![key; 16] };
        doc! {"keyId": key, "path": path, "bsonType": bson_type, "queries": {"queryType": "equality", "contention": 0_i64}}
    }

    fn code(result: Answer<Schema>) -> i32 {
        match result {
            Err(crate::store::StoreError::Refused { code, .. }) => code,
            other => panic!("not refused: {other:?}"),
        }
    }

    #[test]
    fn two_fields_never_share_a_key_or_a_path() {
        assert_eq!(code(Schema::parse(&fields(vec![field(1, "a", "int"), field(1, "b", "int")]))), DUPLICATE_KEY_IDS);
        assert_eq!(code(Schema::parse(&fields(vec![field(1, "a", "int"), field(2, "a.b", "int")]))), CONFLICTING_PATHS);
    }

    #[test]
    fn a_double_has_no_equality_index() {
        assert_eq!(code(Schema::parse(&fields(vec![field(1, "a", "double")]))), UNSUPPORTED_INDEX_TYPE);
    }

    #[test]
    fn a_clear_name_at_an_encrypted_path_is_refused() {
        let schema = Schema::parse(&fields(vec![field(1, "i.surname", "string")])).unwrap();
        assert!(schema.validate(&rawdoc! {"i": {"surname": "x"}}).is_err());
        assert!(schema.validate(&rawdoc! {"i": {"given": "x"}}).is_ok());
    }
}
