//! Most of what makes a record searchable isn't authenticated by MongoDB's format: it is checked against the sections.

use crate::guard_tamper::{Clinic, FLIPS, bytes_at, places};
use bson::Bson;

/// The pieces of a stored index value: type, key id, value type, counts, ciphertext, and the blocks of count, tag and
/// zeros.
fn pieces(stored: &[u8]) -> Vec<(String, std::ops::Range<usize>)> {
    let (head, blocks) = match stored[0] {
        14 => (18, 1),
        15 => (19, usize::from(stored[18])),
        _ => (30, u32::from_le_bytes(stored[18..22].try_into().unwrap()) as usize),
    };
    let first = stored.len() - blocks * 96;
    let mut pieces: Vec<(String, std::ops::Range<usize>)> =
        [("type", 0..1), ("key id", 1..17), ("value type", 17..18), ("counts", 18..head), ("ciphertext", head..first)]
            .map(|(what, range)| (what.to_owned(), range))
            .into();
    for nth in 0..blocks {
        let at = first + nth * 96;
        pieces.push((format!("start of block {nth}"), at..at + 32));
        pieces.push((format!("tag of block {nth}"), at + 32..at + 64));
        pieces.push((format!("zeros of block {nth}"), at + 64..at + 96));
    }
    pieces.retain(|(_, range)| !range.is_empty());
    pieces
}

#[tokio::test]
async fn every_piece_of_every_index_value_is_checked_when_the_record_is_opened() {
    let mut clinic = Clinic::open().await;
    let stolen = clinic.stolen();
    let (seq, genuine) = stolen.document("patients", clinic.anna);
    let names: Vec<String> = genuine.get_document("i").unwrap().keys().cloned().collect();
    assert!(names.len() > 12, "{names:?}");
    for name in &names {
        let path = format!("i.{name}");
        let stored = bytes_at(&mut genuine.clone(), &path).clone();
        for (piece, range) in pieces(&stored) {
            let tried = if std::env::var(FLIPS).is_ok() { places(range.len().max(2)) } else { vec![range.len() / 2] };
            for place in tried.into_iter().map(|place| range.start + place).filter(|place| range.contains(place)) {
                let mut flipped = genuine.clone();
                bytes_at(&mut flipped, &path)[place] ^= 1;
                stolen.overwrite(seq, &flipped);
                clinic.refuses_anna(&format!("{piece} of {name} at {place}")).await;
            }
        }
        let mut without = genuine.clone();
        without.get_document_mut("i").unwrap().remove(name);
        stolen.overwrite(seq, &without);
        clinic.refuses_anna(&format!("without {name}")).await;
    }
}

#[tokio::test]
async fn search_tags_are_checked_when_the_record_is_opened() {
    let mut clinic = Clinic::open().await;
    let stolen = clinic.stolen();
    let (seq, genuine) = stolen.document("patients", clinic.anna);
    let tags = genuine.get_array("__safeContent__").unwrap().clone();
    // Surname 9, given name 9, birth date 4, record number 1, two phones 4, e-mail 1, social security number 1.
    assert_eq!(tags.len(), 29);
    let mut changes: Vec<Vec<Bson>> = Vec::new();
    for at in 0..tags.len() {
        let mut flipped = tags.clone();
        if let Bson::Binary(tag) = &mut flipped[at] {
            tag.bytes[at * 4 % 32] ^= 1;
        }
        changes.push(flipped);
    }
    changes.push(tags[1..].to_vec());
    changes.push([tags.clone(), tags[..1].to_vec()].concat());
    changes.push(Vec::new());
    for changed in changes {
        let mut document = genuine.clone();
        document.insert("__safeContent__", changed);
        stolen.overwrite(seq, &document);
        clinic.refuses_anna("tags").await;
    }
    let mut without = genuine.clone();
    without.remove("__safeContent__");
    stolen.overwrite(seq, &without);
    clinic.refuses_anna("no tags").await;
}
