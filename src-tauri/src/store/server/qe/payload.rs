//! What clients send: insert payloads (11) and find payloads (12, 13, 18).

use super::schema::RangeParameters;
use crate::store::server::filter::TextPart;
use crate::store::server::project::number;
use crate::store::server::refusal::{
    Answer, BAD_VALUE, BsonAnswer as _, INVALID_BSON, MISSING_FIELD, UNKNOWN_FIELD, refused,
};
use crate::store::server::tables::Block;
use bson::{RawArray, RawBsonRef, RawDocument};

const MAX_RANGE_EDGES: usize = 129;
const MAX_TEXT_SETS: usize = 84_000;

/// Tokens of one piece that is indexed.
pub(crate) struct InsertTokens<'p> {
    /// Tag token, contention included.
    pub(crate) d: &'p Block,
    /// Counter token, contention included.
    pub(crate) s: &'p Block,
    /// Token of the block's metadata.
    pub(crate) l: &'p Block,
    /// For compaction, encrypted by the client.
    pub(crate) p: &'p [u8],
}

/// An insert payload.
pub(crate) struct InsertPayload<'p> {
    /// Key that the tokens come from.
    pub(crate) index_key: &'p [u8; 16],
    /// BSON type of the plain value.
    pub(crate) bson_type: u8,
    /// The encrypted value.
    pub(crate) value: &'p [u8],
    /// Token of the outer encryption.
    pub(crate) e: &'p Block,
    /// Contention partition.
    pub(crate) contention: u64,
    /// What is indexed.
    pub(crate) indexed: Indexed<'p>,
}

/// What an insert payload indexes, in the order of the tags.
pub(crate) enum Indexed<'p> {
    /// The value.
    Equality(InsertTokens<'p>),
    /// Edges of the range tree.
    Range(Vec<InsertTokens<'p>>, RangeParameters),
    /// The whole string, then substrings, suffixes, prefixes; with the number of the middle two.
    Text(Vec<InsertTokens<'p>>, u32, u32),
}

/// Tokens of one piece that is looked for, without contention.
pub(crate) struct FindTokens<'p> {
    /// Tag token.
    pub(crate) d: &'p Block,
    /// Counter token.
    pub(crate) s: &'p Block,
    /// Token of the block's metadata, for a scan.
    pub(crate) l: &'p Block,
}

/// A find payload.
pub(crate) struct FindPayload<'p> {
    /// The pieces; `None` for the second half of a two-sided range, which the first half answers.
    pub(crate) pieces: Option<Vec<FindTokens<'p>>>,
    /// Highest contention partition; a stub has none.
    pub(crate) contention: Option<u64>,
    /// Range parameters the client used.
    pub(crate) range: RangeParameters,
    /// Part of the string that is compared.
    pub(crate) part: Option<TextPart>,
}

impl<'p> InsertPayload<'p> {
    /// Reads the BSON behind the first byte 11.
    pub(crate) fn parse(bytes: &'p [u8]) -> Answer<Self> {
        let doc =
            document(bytes, &["d", "s", "p", "u", "t", "v", "e", "l", "k", "g", "b", "sp", "pn", "tf", "mn", "mx"])?;
        let indexed = match (optional(doc, "g")?, optional(doc, "b")?) {
            (None, None) => Indexed::Equality(InsertTokens::parse(doc)?),
            (Some(edges), None) => Indexed::range(doc, edges)?,
            (None, Some(pieces)) => Indexed::text(pieces)?,
            (Some(_), Some(_)) => return Err(refused(BAD_VALUE, "a payload has edges and strings")),
        };
        let bson_type = whole(doc, "t")?.and_then(|code| u8::try_from(code).ok()).ok_or_else(|| missing("t"))?;
        let contention = whole(doc, "k")?.and_then(|k| u64::try_from(k).ok()).ok_or_else(|| missing("k"))?;
        let index_key = bytes_of(doc, "u")?.try_into().map_err(|_| missing("u"))?;
        Ok(Self { index_key, bson_type, value: bytes_of(doc, "v")?, e: block(doc, "e")?, contention, indexed })
    }
}

impl<'p> InsertTokens<'p> {
    fn parse(doc: &'p RawDocument) -> Answer<Self> {
        let p = bytes_of(doc, "p")?;
        if !matches!(p.len(), 48 | 49 | 51) {
            return Err(missing("p"));
        }
        Ok(Self { d: block(doc, "d")?, s: block(doc, "s")?, l: block(doc, "l")?, p })
    }

    fn list(array: &'p RawArray) -> Answer<Vec<Self>> {
        documents(array)?.into_iter().map(Self::parse).collect()
    }
}

impl<'p> Indexed<'p> {
    fn range(doc: &'p RawDocument, edges: RawBsonRef<'p>) -> Answer<Self> {
        let edges = InsertTokens::list(edges.as_array().ok_or_else(|| missing("g"))?)?;
        if edges.is_empty() || edges.len() > MAX_RANGE_EDGES {
            return Err(refused(BAD_VALUE, "a range payload has 1 to 129 edges"));
        }
        Ok(Self::Range(edges, range_parameters(doc)?))
    }

    fn text(pieces: RawBsonRef<'p>) -> Answer<Self> {
        let doc = pieces.as_document().ok_or_else(|| missing("b"))?;
        let exact = doc.get_document("e").map_err(|_| missing("b.e"))?;
        let list = |name| match doc.get(name).or_invalid()? {
            None => Ok(vec![]),
            Some(array) => InsertTokens::list(array.as_array().ok_or_else(|| missing(name))?),
        };
        let (substrings, suffixes, prefixes) = (list("s")?, list("u")?, list("p")?);
        let (middles, ends) = (count(&substrings)?, count(&suffixes)?);
        let mut all = vec![InsertTokens::parse(exact)?];
        all.extend(substrings.into_iter().chain(suffixes).chain(prefixes));
        if all.len() > MAX_TEXT_SETS {
            return Err(refused(BAD_VALUE, "a string payload has at most 84000 pieces"));
        }
        Ok(Self::Text(all, middles, ends))
    }

    /// The token sets in the order of their tags.
    pub(crate) fn sets(&self) -> &[InsertTokens<'p>] {
        match self {
            Self::Equality(only) => std::slice::from_ref(only),
            Self::Range(all, _) | Self::Text(all, ..) => all,
        }
    }
}

impl<'p> FindPayload<'p> {
    /// Reads the BSON behind the first byte 12.
    pub(crate) fn equality(bytes: &'p [u8]) -> Answer<Self> {
        let doc = document(bytes, &["d", "s", "l", "cm"])?;
        Ok(Self::of(Some(vec![FindTokens::parse(doc)?]), Some(contention(doc)?)))
    }

    /// Reads the BSON behind the first byte 13.
    pub(crate) fn range(bytes: &'p [u8]) -> Answer<Self> {
        let names = ["payload", "payloadId", "firstOperator", "secondOperator", "sp", "pn", "tf", "mn", "mx"];
        let doc = document(bytes, &names)?;
        let range = range_parameters(doc)?;
        let Some(inner) = optional(doc, "payload")? else { return Ok(Self { range, ..Self::of(None, None) }) };
        let inner = inner.as_document().ok_or_else(|| missing("payload"))?;
        let edges = inner.get_array("g").map_err(|_| missing("payload.g"))?;
        let pieces = documents(edges)?.into_iter().map(FindTokens::parse).collect::<Answer<_>>()?;
        Ok(Self { range, ..Self::of(Some(pieces), Some(contention(inner)?)) })
    }

    /// Reads the BSON behind the first byte 18.
    pub(crate) fn text(bytes: &'p [u8]) -> Answer<Self> {
        let doc = document(bytes, &["ts", "cm", "cf", "df", "ss", "fs", "ps"])?;
        let sets = doc.get_document("ts").map_err(|_| missing("ts"))?;
        let mut fields = sets.iter();
        let (Some(field), None) = (fields.next(), fields.next()) else { return Err(missing("ts")) };
        let (name, tokens) = field.or_invalid()?;
        let part = match name.as_str() {
            "e" => TextPart::Whole,
            "s" => TextPart::Substring,
            "u" => TextPart::Suffix,
            "p" => TextPart::Prefix,
            _ => return Err(missing("ts")),
        };
        let tokens = FindTokens::parse(tokens.as_document().ok_or_else(|| missing("ts"))?)?;
        Ok(Self { part: Some(part), ..Self::of(Some(vec![tokens]), Some(contention(doc)?)) })
    }

    fn of(pieces: Option<Vec<FindTokens<'p>>>, contention: Option<u64>) -> Self {
        Self { pieces, contention, range: RangeParameters::default(), part: None }
    }
}

impl<'p> FindTokens<'p> {
    fn parse(doc: &'p RawDocument) -> Answer<Self> {
        Ok(Self { d: block(doc, "d")?, s: block(doc, "s")?, l: block(doc, "l")? })
    }
}

/// 32 bytes at a name.
pub(crate) fn block<'p>(doc: &'p RawDocument, name: &str) -> Answer<&'p Block> {
    bytes_of(doc, name)?.try_into().map_err(|_| missing(name))
}

fn document<'p>(bytes: &'p [u8], known: &[&str]) -> Answer<&'p RawDocument> {
    let doc = RawDocument::from_bytes(bytes).map_err(|_| refused(INVALID_BSON, "a payload is not valid BSON"))?;
    for element in doc.iter_elements() {
        let name = element.or_invalid()?.key().as_str();
        if !known.contains(&name) {
            return Err(refused(UNKNOWN_FIELD, "a payload has a field that isn't known"));
        }
    }
    Ok(doc)
}

fn documents(array: &RawArray) -> Answer<Vec<&RawDocument>> {
    array.into_iter().map(|item| item.or_invalid()?.as_document().ok_or_else(|| missing("g"))).collect()
}

fn optional<'p>(doc: &'p RawDocument, name: &str) -> Answer<Option<RawBsonRef<'p>>> {
    doc.get(name).or_invalid()
}

fn bytes_of<'p>(doc: &'p RawDocument, name: &str) -> Answer<&'p [u8]> {
    doc.get_binary(name).map(|binary| binary.bytes).map_err(|_| missing(name))
}

fn whole(doc: &RawDocument, name: &str) -> Answer<Option<i64>> {
    Ok(optional(doc, name)?.and_then(number))
}

fn contention(doc: &RawDocument) -> Answer<u64> {
    u64::try_from(whole(doc, "cm")?.unwrap_or(0)).map_err(|_| missing("cm"))
}

fn range_parameters(doc: &RawDocument) -> Answer<RangeParameters> {
    RangeParameters::parse(doc, ["sp", "tf", "mn", "mx"])
}

fn count<T>(list: &[T]) -> Answer<u32> {
    u32::try_from(list.len()).map_err(|_| missing("b"))
}

fn missing(name: &str) -> crate::store::StoreError {
    refused(MISSING_FIELD, format!("'{name}' of a payload is missing or of a wrong form"))
}
