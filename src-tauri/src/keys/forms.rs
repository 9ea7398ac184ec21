//! How values look in stored documents: serde adapters for identifiers, bytes and times.

use crate::clock::Timestamp;
use bson::spec::BinarySubtype;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use uuid::Uuid;

/// Bytes as a generic BSON binary.
#[must_use]
pub fn binary(bytes: &[u8]) -> bson::Binary {
    bson::Binary { subtype: BinarySubtype::Generic, bytes: bytes.to_vec() }
}

/// An identifier as BSON binary of subtype 4.
#[must_use]
pub fn uuid_bson(id: Uuid) -> bson::Bson {
    bson::Bson::Binary(bson::Binary { subtype: BinarySubtype::Uuid, bytes: id.as_bytes().to_vec() })
}

/// As [`uuid_bson`], borrowed.
#[must_use]
pub fn uuid_raw(id: &Uuid) -> bson::RawBinaryRef<'_> {
    bson::RawBinaryRef { subtype: BinarySubtype::Uuid, bytes: id.as_bytes() }
}

/// The identifier under `key`, if there is one of subtype 4.
#[must_use]
pub fn uuid_of(doc: &bson::Document, key: &str) -> Option<Uuid> {
    match doc.get(key)? {
        bson::Bson::Binary(b) if b.subtype == BinarySubtype::Uuid => Uuid::from_slice(&b.bytes).ok(),
        _ => None,
    }
}

/// Exactly `N` bytes under `key`.
#[must_use]
pub fn bytes_of<const N: usize>(doc: &bson::Document, key: &str) -> Option<[u8; N]> {
    doc.get_binary_generic(key).ok()?.as_slice().try_into().ok()
}

/// `#[serde(with)]` for [`Uuid`]: BSON binary of subtype 4.
pub mod uuid4 {
    use super::*;

    /// Writes the identifier.
    ///
    /// # Errors
    /// Those of the serializer.
    pub fn serialize<S: Serializer>(id: &Uuid, to: S) -> Result<S::Ok, S::Error> {
        bson::Uuid::from_bytes(*id.as_bytes()).serialize(to)
    }

    /// Reads the identifier.
    ///
    /// # Errors
    /// Those of the deserializer.
    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Uuid, D::Error> {
        Ok(Uuid::from_bytes(bson::Uuid::deserialize(from)?.bytes()))
    }
}

/// `#[serde(with)]` for `Option<Uuid>`: BSON binary of subtype 4, or null.
pub mod uuid4_or_null {
    use super::*;

    /// Writes the identifier or null.
    ///
    /// # Errors
    /// Those of the serializer.
    pub fn serialize<S: Serializer>(id: &Option<Uuid>, to: S) -> Result<S::Ok, S::Error> {
        id.map(|id| bson::Uuid::from_bytes(*id.as_bytes())).serialize(to)
    }

    /// Reads the identifier or null.
    ///
    /// # Errors
    /// Those of the deserializer.
    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Uuid>, D::Error> {
        Ok(Option::<bson::Uuid>::deserialize(from)?.map(|id| Uuid::from_bytes(id.bytes())))
    }
}

/// `#[serde(with)]` for `[u8; N]`: generic BSON binary of exactly that length.
pub mod bytes {
    use super::*;

    /// Writes the bytes.
    ///
    /// # Errors
    /// Those of the serializer.
    pub fn serialize<const N: usize, S: Serializer>(bytes: &[u8; N], to: S) -> Result<S::Ok, S::Error> {
        binary(bytes).serialize(to)
    }

    /// Reads the bytes.
    ///
    /// # Errors
    /// Another length, or those of the deserializer.
    pub fn deserialize<'de, const N: usize, D: Deserializer<'de>>(from: D) -> Result<[u8; N], D::Error> {
        let read = bson::Binary::deserialize(from)?;
        read.bytes.as_slice().try_into().map_err(|_| D::Error::custom("bytes of another length"))
    }
}

/// `#[serde(with)]` for `Vec<u8>`: generic BSON binary.
pub mod blob {
    use super::*;

    /// Writes the bytes.
    ///
    /// # Errors
    /// Those of the serializer.
    pub fn serialize<S: Serializer>(bytes: &[u8], to: S) -> Result<S::Ok, S::Error> {
        binary(bytes).serialize(to)
    }

    /// Reads the bytes.
    ///
    /// # Errors
    /// Those of the deserializer.
    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<u8>, D::Error> {
        Ok(bson::Binary::deserialize(from)?.bytes)
    }
}

/// `#[serde(with)]` for [`Timestamp`]: BSON date.
pub mod date {
    use super::*;

    /// Writes the time.
    ///
    /// # Errors
    /// Those of the serializer.
    pub fn serialize<S: Serializer>(at: &Timestamp, to: S) -> Result<S::Ok, S::Error> {
        bson::DateTime::from_millis(at.0).serialize(to)
    }

    /// Reads the time.
    ///
    /// # Errors
    /// Those of the deserializer.
    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Timestamp, D::Error> {
        Ok(Timestamp(bson::DateTime::deserialize(from)?.timestamp_millis()))
    }
}

/// `#[serde(with)]` for `Option<Timestamp>`: BSON date or null.
pub mod date_or_null {
    use super::*;

    /// Writes the time or null.
    ///
    /// # Errors
    /// Those of the serializer.
    pub fn serialize<S: Serializer>(at: &Option<Timestamp>, to: S) -> Result<S::Ok, S::Error> {
        at.map(|t| bson::DateTime::from_millis(t.0)).serialize(to)
    }

    /// Reads the time or null.
    ///
    /// # Errors
    /// Those of the deserializer.
    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Timestamp>, D::Error> {
        Ok(Option::<bson::DateTime>::deserialize(from)?.map(|d| Timestamp(d.timestamp_millis())))
    }
}
