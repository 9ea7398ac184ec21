//! Most of what makes a record searchable isn't authenticated by MongoDB's format: it is checked against the sections.

use crate::guard_tamper::{Clinic, FLIPS, bytes_at, places};
use bson::Bson;

/// The pieces of a stored index value: type, key id, value type, ciphertext, and the block of count, tag and zeros.
fn pieces(len: usize) -> Vec<(&'static str, std::ops::Range<usize>)> {
    let block = len - 96;
    vec![
        ("type", 0..1),
        ("key id", 1..17),
        ("value type", 17..18),
        ("ciphertext", 18..block),
        ("block's start", block..block + 32),
        ("block's tag", block + 32..block + 64),
        ("block's zeros", block + 64..len),
    ]
}

#[tokio::test]
async fn every_piece_of_every_index_value_is_checked_when_the_record_is_opened() {
    let mut clinic = Clinic::open().await;
    let stolen = clinic.stolen();
    let (seq, genuine) = stolen.document("patients", clinic.anna);
    for name in ["surname", "given", "mrn", "phone1", "phone2", "email", "born"] {
        let path = format!("i.{name}");
        let len = bytes_at(&mut genuine.clone(), &path).len();
        for (piece, range) in pieces(len) {
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
    assert_eq!(tags.len(), 7);
    let mut changes: Vec<Vec<Bson>> = Vec::new();
    for at in 0..tags.len() {
        let mut flipped = tags.clone();
        if let Bson::Binary(tag) = &mut flipped[at] {
            tag.bytes[at * 4] ^= 1;
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
