//! The deterministic profile: what a path is searched for stands there as deterministic values that ordinary indexes
//! find. A prefix is the list of a text's starts, a birth date the list of its year, month and day, a range of dates the
//! fewest of these that cover it.

use super::payload::raw;
use super::verify::at;
use super::{Clear, IndexFault, Path, Range, Search, path_of};
use crate::crypt::{Crypt, CryptError, Encryption};
use bson::{Binary, Bson, Document, RawArrayBuf, RawBson, RawBsonRef, RawDocument, doc};

/// Bits of a day within its month's place, and of a day and a month within a year's.
const MONTH: u32 = 5;
const YEAR: u32 = 9;

/// What is stored at the paths.
pub(super) fn stored(crypt: &Crypt, values: &[Clear]) -> Result<Vec<(&'static str, RawBson)>, CryptError> {
    values.iter().map(|one| Ok((one.path, stored_at(crypt, one)?))).collect()
}

fn stored_at(crypt: &Crypt, one: &Clear) -> Result<RawBson, CryptError> {
    let path = path_of(one.path).ok_or(CryptError::Refused("this path isn't searched"))?;
    let pieces = pieces(path, &one.value)?;
    if path.search == Search::Equality {
        return Ok(RawBson::Binary(seal(crypt, path.key, &pieces[0])?));
    }
    let mut list = RawArrayBuf::new();
    for piece in &pieces {
        list.push(&seal(crypt, path.key, piece)?);
    }
    Ok(RawBson::Array(list))
}

/// The texts a value is found by. A short text has as many starts as a long one, so that their number tells nothing.
fn pieces(path: &Path, value: &Bson) -> Result<Vec<String>, CryptError> {
    match (path.search, value) {
        (Search::Equality, Bson::String(text)) => Ok(vec![text.clone()]),
        (Search::Prefix(min, max), Bson::String(text)) => {
            let letters: Vec<char> = text.chars().collect();
            let start = |len: u8| match letters.get(..usize::from(len)) {
                Some(start) => start.iter().collect(),
                None => format!("{text}\0{len}"),
            };
            Ok((min..=max).map(start).collect())
        }
        (Search::Range(_), Bson::Int32(date)) => Ok(vec![year(date >> YEAR), month(date >> MONTH), day(*date)]),
        _ => Err(CryptError::Refused("this type of value isn't searched at this path")),
    }
}

fn year(year: i32) -> String {
    format!("y{year}")
}

fn month(month: i32) -> String {
    format!("m{month}")
}

fn day(day: i32) -> String {
    format!("d{day}")
}

fn seal(crypt: &Crypt, key: &str, text: &str) -> Result<Binary, CryptError> {
    crypt.encrypt(RawBsonRef::String(text), &Encryption::deterministic(key))
}

/// The value that is compared with, for a path of any kind.
pub(super) fn equal(crypt: &Crypt, key: &str, value: &Bson) -> Result<Binary, CryptError> {
    crypt.encrypt(raw(value)?.as_raw_bson_ref(), &Encryption::deterministic(key))
}

/// Texts that start so; the start isn't longer than the index knows.
pub(super) fn starts_with(crypt: &Crypt, path: &Path, start: &str) -> Result<Document, CryptError> {
    Ok(doc! { path.path: seal(crypt, path.key, start)? })
}

/// Dates from `low` to `high`, by the fewest years, months and days.
pub(super) fn between(crypt: &Crypt, path: &Path, range: &Range, low: i32, high: i32) -> Result<Document, CryptError> {
    let (low, high) = (low.max(range.min), high.min(range.max));
    let pieces = cover(low, high);
    let values = pieces.iter().map(|piece| seal(crypt, path.key, piece)).collect::<Result<Vec<_>, _>>()?;
    Ok(doc! { path.path: { "$in": values } })
}

fn cover(mut low: i32, high: i32) -> Vec<String> {
    let mut pieces = vec![];
    while low <= high {
        let whole = |bits: u32| low & ((1 << bits) - 1) == 0 && high - low >= (1 << bits) - 1;
        let (piece, width) = match () {
            () if whole(YEAR) => (year(low >> YEAR), 1 << YEAR),
            () if whole(MONTH) => (month(low >> MONTH), 1 << MONTH),
            () => (day(low), 1),
        };
        pieces.push(piece);
        low += width;
    }
    pieces
}

/// Checks that the stored values are the record's, byte for byte.
pub(super) fn verify(crypt: &Crypt, document: &RawDocument, truth: &[Clear]) -> Result<(), IndexFault> {
    for (path, value) in stored(crypt, truth)? {
        if at(document, path) != Some(value.as_raw_bson_ref()) {
            return Err(IndexFault::Value(path));
        }
    }
    match document.get("__safeContent__") {
        Ok(None) => Ok(()),
        _ => Err(IndexFault::Tags),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_decade_is_ten_years_and_a_spring_its_months_and_days() {
        let date = |y: i32, m: i32, d: i32| (y - 1900) * 512 + m * 32 + d;
        assert_eq!(cover(date(1980, 0, 0), date(1989, 15, 31)), (80..90).map(year).collect::<Vec<_>>());
        let spring = cover(date(1990, 3, 30), date(1990, 5, 1));
        let days = [date(1990, 3, 30), date(1990, 3, 31)].map(day);
        let [first, last] = [date(1990, 5, 0), date(1990, 5, 1)].map(day);
        assert_eq!(spring, [days[0].clone(), days[1].clone(), month(date(1990, 4, 0) >> 5), first, last]);
        assert_eq!(cover(5, 4), Vec::<String>::new());
    }

    #[test]
    fn short_names_have_as_many_starts_as_long_ones() {
        let path = path_of("i.surname_start").unwrap();
        let li = pieces(path, &"li".into()).unwrap();
        assert_eq!((li.len(), li[0].as_str()), (5, "li"));
        assert!(li[1..].iter().all(|piece| piece.contains('\0')));
        assert_eq!(pieces(path, &"smithson".into()).unwrap(), ["sm", "smi", "smit", "smith", "smiths"]);
    }
}
