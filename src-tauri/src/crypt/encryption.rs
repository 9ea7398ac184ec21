//! How one value is to be encrypted.

use super::error::CryptError;
use super::ffi::{Context, Setting};
use super::index::Range;
use super::vault::KeyVault;
use bson::{RawDocumentBuf, rawdoc};
use uuid::Uuid;

/// The data key, by id or by alternative name.
#[derive(Clone, Debug)]
pub enum KeyName<'a> {
    /// `_id` of the key document.
    Id(Uuid),
    /// One of its `keyAltNames`.
    AltName(&'a str),
}

/// MongoDB's algorithms.
#[derive(Clone, Debug)]
pub enum Algorithm {
    /// Queryable Encryption, not searchable.
    Unindexed,
    /// Queryable Encryption, equality.
    Indexed {
        /// Fixed per field for ever.
        contention: i64,
    },
    /// Queryable Encryption, range.
    Range {
        /// `min`, `max`, `sparsity`, `trimFactor`, `precision`.
        options: RawDocumentBuf,
        /// Fixed per field for ever.
        contention: i64,
    },
    /// Queryable Encryption, prefix, suffix or substring.
    Text {
        /// `caseSensitive`, `diacriticSensitive`, `prefix`, `suffix`, `substring`.
        options: RawDocumentBuf,
        /// Fixed per field for ever.
        contention: i64,
    },
    /// CSFLE, the same value gives the same bytes.
    Deterministic,
    /// CSFLE, random.
    Random,
}

/// What a query payload asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QueryType {
    /// The whole value.
    Equality,
    /// An interval.
    Range,
    /// The beginning.
    Prefix,
    /// The end.
    Suffix,
    /// A part.
    Substring,
}

/// Key, algorithm and, for a query, what it asks.
#[derive(Clone, Debug)]
pub struct Encryption<'a> {
    /// The data key of the value (and of the index, unless told otherwise).
    pub key: KeyName<'a>,
    /// Another data key for the index tokens.
    pub index_key: Option<Uuid>,
    /// The algorithm.
    pub algorithm: Algorithm,
    /// `None`: a payload to store. `Some`: a payload to search with.
    pub query: Option<QueryType>,
}

impl<'a> Encryption<'a> {
    /// Not searchable, under the data key with this name.
    #[must_use]
    pub fn unindexed(alt_name: &'a str) -> Self {
        Self { key: KeyName::AltName(alt_name), index_key: None, algorithm: Algorithm::Unindexed, query: None }
    }

    /// Searchable by equality, contention 0: the payload to store.
    #[must_use]
    pub fn indexed(alt_name: &'a str) -> Self {
        Self { algorithm: Algorithm::Indexed { contention: 0 }, ..Self::unindexed(alt_name) }
    }

    /// Searchable by equality, contention 0: the payload to search with.
    #[must_use]
    pub fn equality(alt_name: &'a str) -> Self {
        Self { query: Some(QueryType::Equality), ..Self::indexed(alt_name) }
    }

    /// Searchable by its first letters, as many as `letters` says, contention 0: the payload to store. What is to be
    /// folded comes folded.
    #[must_use]
    pub fn prefixed(alt_name: &'a str, letters: (u8, u8)) -> Self {
        let options = rawdoc! {
            "caseSensitive": true, "diacriticSensitive": true,
            "prefix": { "strMinQueryLength": i32::from(letters.0), "strMaxQueryLength": i32::from(letters.1) },
        };
        Self { algorithm: Algorithm::Text { options, contention: 0 }, ..Self::unindexed(alt_name) }
    }

    /// As [`Encryption::prefixed`]: the payload to search with.
    #[must_use]
    pub fn prefix(alt_name: &'a str, letters: (u8, u8)) -> Self {
        Self { query: Some(QueryType::Prefix), ..Self::prefixed(alt_name, letters) }
    }

    /// Searchable by range, contention 0: the payload to store.
    #[must_use]
    pub fn ranged(alt_name: &'a str, range: &Range) -> Self {
        let options = rawdoc! {
            "min": range.min, "max": range.max, "sparsity": range.sparsity, "trimFactor": range.trim,
        };
        Self { algorithm: Algorithm::Range { options, contention: 0 }, ..Self::unindexed(alt_name) }
    }

    /// As [`Encryption::ranged`]: the expression to search with.
    #[must_use]
    pub fn range(alt_name: &'a str, range: &Range) -> Self {
        Self { query: Some(QueryType::Range), ..Self::ranged(alt_name, range) }
    }

    /// Client-side encryption under the data key with this name: the same value gives the same bytes.
    #[must_use]
    pub fn deterministic(alt_name: &'a str) -> Self {
        Self { algorithm: Algorithm::Deterministic, ..Self::unindexed(alt_name) }
    }

    pub(super) fn apply(&self, context: &mut Context<'_>, vault: &dyn KeyVault) -> Result<(), CryptError> {
        match &self.key {
            KeyName::Id(id) => context.set(Setting::KeyId, id.as_bytes())?,
            // libmongocrypt takes names for CSFLE only, and doesn't know which of a purpose's keys is the newest.
            KeyName::AltName(name) => context.set(Setting::KeyId, vault.id_of_name(name)?.as_bytes())?,
        }
        if let Some(id) = self.index_key {
            context.set(Setting::IndexKeyId, id.as_bytes())?;
        }
        context.algorithm(self.algorithm.name())?;
        match &self.algorithm {
            Algorithm::Range { options, .. } => context.set(Setting::Range, options.as_bytes())?,
            Algorithm::Text { options, .. } => context.set(Setting::Text, options.as_bytes())?,
            _ => {}
        }
        if let Some(contention) = self.algorithm.contention() {
            context.contention(contention)?;
        }
        self.query.map_or(Ok(()), |query| context.query_type(query.name()))
    }

    /// Range queries are expressions, everything else is one value.
    pub(super) fn is_expression(&self) -> bool {
        self.query == Some(QueryType::Range)
    }
}

impl Algorithm {
    fn name(&self) -> &'static str {
        match self {
            Algorithm::Unindexed => "Unindexed",
            Algorithm::Indexed { .. } => "Indexed",
            Algorithm::Range { .. } => "Range",
            Algorithm::Text { .. } => "String",
            Algorithm::Deterministic => "AEAD_AES_256_CBC_HMAC_SHA_512-Deterministic",
            Algorithm::Random => "AEAD_AES_256_CBC_HMAC_SHA_512-Random",
        }
    }

    fn contention(&self) -> Option<i64> {
        match self {
            Algorithm::Indexed { contention }
            | Algorithm::Range { contention, .. }
            | Algorithm::Text { contention, .. } => Some(*contention),
            _ => None,
        }
    }
}

impl QueryType {
    fn name(self) -> &'static str {
        match self {
            QueryType::Equality => "equality",
            QueryType::Range => "range",
            QueryType::Prefix => "prefix",
            QueryType::Suffix => "suffix",
            QueryType::Substring => "substring",
        }
    }
}
