//! MongoDB's order of BSON values, and the byte form of a value that index keys use.

use bson::spec::ElementType;
use bson::{RawArray, RawBsonRef, RawDocument};
use std::cmp::Ordering;

/// Orders two values as MongoDB sorts them: by kind, then by value; numbers of all types together.
pub(crate) fn compare(a: RawBsonRef<'_>, b: RawBsonRef<'_>) -> Ordering {
    kind(a).cmp(&kind(b)).then_with(|| within_kind(a, b))
}

/// Equal for MongoDB: `1`, `NumberLong(1)` and `1.0` are.
pub(crate) fn equal(a: RawBsonRef<'_>, b: RawBsonRef<'_>) -> bool {
    compare(a, b) == Ordering::Equal
}

/// Place of a value's kind in the order; `$gt` and its like compare within one kind only.
pub(crate) fn kind(value: RawBsonRef<'_>) -> u8 {
    match value.element_type() {
        ElementType::MinKey => 0,
        ElementType::Undefined | ElementType::Null => 1,
        ElementType::Int32 | ElementType::Int64 | ElementType::Double | ElementType::Decimal128 => 2,
        ElementType::String | ElementType::Symbol => 3,
        ElementType::EmbeddedDocument => 4,
        ElementType::Array => 5,
        ElementType::Binary => 6,
        ElementType::ObjectId => 7,
        ElementType::Boolean => 8,
        ElementType::DateTime => 9,
        ElementType::Timestamp => 10,
        ElementType::RegularExpression => 11,
        ElementType::DbPointer => 12,
        ElementType::JavaScriptCode => 13,
        ElementType::JavaScriptCodeWithScope => 14,
        ElementType::MaxKey => 15,
    }
}

/// Appends the byte form of a value: equal values give equal bytes, no value's bytes start another's.
pub(crate) fn encode(value: RawBsonRef<'_>, out: &mut Vec<u8>) {
    out.push(kind(value));
    let start = out.len();
    out.extend([0; 4]);
    encode_body(value, out);
    let length = u32::try_from(out.len() - start - 4).unwrap_or(u32::MAX);
    out[start..start + 4].copy_from_slice(&length.to_be_bytes());
}

/// The byte form of one value.
pub(crate) fn encoded(value: RawBsonRef<'_>) -> Vec<u8> {
    let mut out = Vec::with_capacity(32);
    encode(value, &mut out);
    out
}

fn encode_body(value: RawBsonRef<'_>, out: &mut Vec<u8>) {
    match value {
        RawBsonRef::String(text) | RawBsonRef::Symbol(text) => out.extend(text.as_bytes()),
        RawBsonRef::Binary(binary) => {
            out.push(binary.subtype.into());
            out.extend(binary.bytes);
        }
        RawBsonRef::ObjectId(id) => out.extend(id.bytes()),
        RawBsonRef::Boolean(yes) => out.push(u8::from(yes)),
        RawBsonRef::DateTime(at) => out.extend(at.timestamp_millis().to_be_bytes()),
        RawBsonRef::Document(doc) => encode_fields(doc, out),
        RawBsonRef::Array(items) => items.into_iter().flatten().for_each(|item| encode(item, out)),
        other => match Number::of(other) {
            Some(number) => number.encode(out),
            None => out.extend(format!("{other:?}").as_bytes()),
        },
    }
}

fn encode_fields(doc: &RawDocument, out: &mut Vec<u8>) {
    for (key, value) in doc.iter().flatten() {
        out.extend(key.as_str().as_bytes());
        out.push(0);
        encode(value, out);
    }
}

fn within_kind(a: RawBsonRef<'_>, b: RawBsonRef<'_>) -> Ordering {
    match (a, b) {
        (RawBsonRef::String(a) | RawBsonRef::Symbol(a), RawBsonRef::String(b) | RawBsonRef::Symbol(b)) => a.cmp(b),
        (RawBsonRef::Document(a), RawBsonRef::Document(b)) => fields(a, b),
        (RawBsonRef::Array(a), RawBsonRef::Array(b)) => items(a, b),
        (RawBsonRef::Binary(a), RawBsonRef::Binary(b)) => {
            let rank = |subtype| u8::from(subtype);
            a.bytes.len().cmp(&b.bytes.len()).then(rank(a.subtype).cmp(&rank(b.subtype))).then(a.bytes.cmp(b.bytes))
        }
        (RawBsonRef::DateTime(a), RawBsonRef::DateTime(b)) => a.cmp(&b),
        (RawBsonRef::Timestamp(a), RawBsonRef::Timestamp(b)) => (a.time, a.increment).cmp(&(b.time, b.increment)),
        (RawBsonRef::Boolean(a), RawBsonRef::Boolean(b)) => a.cmp(&b),
        (RawBsonRef::ObjectId(a), RawBsonRef::ObjectId(b)) => a.cmp(&b),
        _ => match (Number::of(a), Number::of(b)) {
            (Some(a), Some(b)) => a.compare(b),
            _ => encoded(a).cmp(&encoded(b)),
        },
    }
}

fn fields(a: &RawDocument, b: &RawDocument) -> Ordering {
    let (mut left, mut right) = (a.iter().flatten(), b.iter().flatten());
    loop {
        let ((a_key, a), (b_key, b)) = match (left.next(), right.next()) {
            (Some(a), Some(b)) => (a, b),
            (a, b) => return a.is_some().cmp(&b.is_some()),
        };
        let by_name = || a_key.as_str().cmp(b_key.as_str());
        let order = kind(a).cmp(&kind(b)).then_with(by_name).then_with(|| within_kind(a, b));
        if order != Ordering::Equal {
            return order;
        }
    }
}

fn items(a: &RawArray, b: &RawArray) -> Ordering {
    let (mut left, mut right) = (a.into_iter().flatten(), b.into_iter().flatten());
    loop {
        match (left.next(), right.next()) {
            (Some(a), Some(b)) => match compare(a, b) {
                Ordering::Equal => {}
                order => return order,
            },
            (a, b) => return a.is_some().cmp(&b.is_some()),
        }
    }
}

#[derive(Clone, Copy)]
enum Number {
    Whole(i64),
    Real(f64),
}

impl Number {
    fn of(value: RawBsonRef<'_>) -> Option<Self> {
        match value {
            RawBsonRef::Int32(n) => Some(Self::Whole(n.into())),
            RawBsonRef::Int64(n) => Some(Self::Whole(n)),
            RawBsonRef::Double(n) => Some(Self::real(n)),
            RawBsonRef::Decimal128(n) => Some(Self::real(n.to_string().parse().unwrap_or(f64::NAN))),
            _ => None,
        }
    }

    #[expect(clippy::cast_possible_truncation, reason = "only whole numbers well inside i64 are converted")]
    fn real(n: f64) -> Self {
        if n.fract() == 0.0 && n.abs() < 9.0e18 { Self::Whole(n as i64) } else { Self::Real(n) }
    }

    #[expect(clippy::cast_precision_loss, reason = "a fraction or a number beyond i64 decides before the last digits")]
    fn compare(self, other: Self) -> Ordering {
        match (self, other) {
            (Self::Whole(a), Self::Whole(b)) => a.cmp(&b),
            (Self::Whole(a), Self::Real(b)) => reals(a as f64, b),
            (Self::Real(a), Self::Whole(b)) => reals(a, b as f64),
            (Self::Real(a), Self::Real(b)) => reals(a, b),
        }
    }

    fn encode(self, out: &mut Vec<u8>) {
        match self {
            Self::Whole(n) => out.extend(n.to_be_bytes()),
            Self::Real(n) => {
                out.push(b'r');
                out.extend(n.to_bits().to_be_bytes());
            }
        }
    }
}

// Not a number sorts below every number.
fn reals(a: f64, b: f64) -> Ordering {
    a.partial_cmp(&b).unwrap_or_else(|| b.is_nan().cmp(&a.is_nan()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use bson::{Bson, bson, rawbson};

    #[test]
    fn one_is_one_whatever_its_type() {
        for other in [rawbson!(1_i64), rawbson!(1.0)] {
            assert!(equal(rawbson!(1_i32).as_raw_bson_ref(), other.as_raw_bson_ref()));
            assert_eq!(encoded(rawbson!(1_i32).as_raw_bson_ref()), encoded(other.as_raw_bson_ref()));
        }
    }

    #[test]
    fn kinds_come_in_mongodbs_order() {
        let values: [Bson; 6] = [Bson::Null, bson!(2), bson!("a"), bson!({"a": 1}), bson!([1]), bson!(true)];
        let raw: Vec<bson::RawBson> = values.into_iter().map(|v| v.try_into().unwrap()).collect();
        for pair in raw.windows(2) {
            assert_eq!(compare(pair[0].as_raw_bson_ref(), pair[1].as_raw_bson_ref()), Ordering::Less);
        }
    }

    #[test]
    fn no_encoded_value_starts_another() {
        let (short, long) = (encoded(rawbson!("ab").as_raw_bson_ref()), encoded(rawbson!("abc").as_raw_bson_ref()));
        assert!(!long.starts_with(&short));
    }
}
