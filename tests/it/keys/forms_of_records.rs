//! As [`super::forms`], of what is stored about records, recovery and sign-ins.

use super::forms::{at, bin, id, is_fixed, signer, uuid};
use super::world::*;
use bson::{Bson, doc};
use wardseal::crypt::section::{Place, content_id, open_write_only, seal_write_only};
use wardseal::keys::*;
use wardseal::record::{Compartment, Section};

fn by(n: u128, signer: &Signer) -> Author<'_> {
    Author { id: id(n), signer }
}

#[test]
fn an_erasure_from_its_request_to_the_tombstone() {
    let signer = signer();
    let request = Erasure::request(id(7), ErasureReason::PatientRequest, by(2, &signer), NOW).unwrap();
    let stored = request.to_document().unwrap();
    let signature = |part: &str, of: &bson::Document| of.get_document(part).unwrap().get("sig").unwrap().clone();
    let requested = doc! {
        "_id": uuid(7), "v": 1_i64, "by": uuid(2),
        "body": { "_id": uuid(7), "reason": "patient_request", "at": at(NOW) },
        "sig": signature("request", &stored),
    };
    let expected = doc! {
        "_id": uuid(7), "v": 1_i64, "state": "requested", "request": requested.clone(),
        "approval": Bson::Null, "done": Bson::Null,
    };
    is_fixed(stored, expected, "476beec4bb03e3b5");
    let stored = request.approve(by(3, &signer), LATER).unwrap().to_document().unwrap();
    let digest = stored.get_document("approval").unwrap().get_document("body").unwrap().get("request").unwrap().clone();
    let expected = doc! {
        "_id": uuid(7), "v": 2_i64, "state": "approved", "request": requested,
        "approval": {
            "_id": uuid(7), "v": 2_i64, "by": uuid(3),
            "body": { "_id": uuid(7), "request": digest, "at": at(LATER) },
            "sig": signature("approval", &stored),
        },
        "done": Bson::Null,
    };
    is_fixed(stored, expected, "d05f33291722a063");
    let done = Signed::sign(ErasureDone { patient: id(7), at: LATER }, id(4), &signer).unwrap();
    let expected = doc! { "_id": uuid(7), "v": 3_i64, "by": uuid(4), "body": { "_id": uuid(7), "at": at(LATER) } };
    is_fixed(done.to_document().unwrap(), expected, "0c1ee009e9090ac9");
}

#[test]
fn a_legal_hold_that_stands() {
    let hold = LegalHold::set(id(7), None, by(2, &signer()), NOW).unwrap();
    let stored = hold.to_document().unwrap();
    let signature = stored.get_document("set").unwrap().get("sig").unwrap().clone();
    let hold_id = forms::uuid_bson(LegalHold::id_of(id(7)));
    let expected = doc! {
        "_id": hold_id.clone(), "v": 1_i64, "patient": uuid(7),
        "set": {
            "_id": hold_id.clone(), "v": 1_i64, "by": uuid(2),
            "body": { "_id": hold_id, "patient": uuid(7), "v": 1_i64, "after": bin(&[0; 32]), "at": at(NOW) },
            "sig": signature,
        },
        "asked": Bson::Null, "lifted": Bson::Null,
    };
    is_fixed(stored, expected, "ab40358d1fee7951");
}

#[test]
fn a_note_about_the_recovery_shares() {
    let mut note = RecoveryNote::fresh(id(1), 3, 2, NOW);
    note.keepers[1] = "safe in room 2".to_owned();
    (note.tested, note.tested_with) = (Some(LATER), vec![1, 3]);
    let note_id = forms::uuid_bson(RecoveryNote::id_of(id(1)));
    let expected = doc! {
        "_id": note_id.clone(), "v": 2_i64, "by": uuid(2),
        "body": {
            "_id": note_id, "made": at(NOW), "keepers": ["", "safe in room 2", ""], "tested": at(LATER),
            "tested_with": [1, 3], "v": 2_i64,
        },
    };
    is_fixed(Signed::sign(note, id(2), &signer()).unwrap().to_document().unwrap(), expected, "3ccd14caf8e98fa4");
}

#[test]
fn a_rotation_that_is_due_and_a_last_sign_in() {
    let due_id = RotationDue::id_of(id(1), Compartment::Clinical);
    let due = RotationDue {
        id: due_id,
        compartment: Compartment::Clinical,
        epoch: 3,
        cause: RotationCause::Departure,
        user: id(5),
        at: NOW,
    };
    let expected = doc! {
        "_id": forms::uuid_bson(due_id), "v": 1_i64, "by": uuid(2),
        "body": {
            "_id": forms::uuid_bson(due_id), "compartment": "clinical", "epoch": 3_i64, "cause": "departure",
            "user": uuid(5), "at": at(NOW),
        },
    };
    is_fixed(Signed::sign(due, id(2), &signer()).unwrap().to_document().unwrap(), expected, "018d090b9c821fa2");
    let last = LastSignIn { user: id(5), at: NOW, workstation: id(6) };
    let expected = doc! {
        "_id": uuid(5), "v": 1_i64, "by": uuid(5),
        "body": { "_id": uuid(5), "at": at(NOW), "workstation": uuid(6) },
    };
    is_fixed(Signed::sign(last, id(5), &signer()).unwrap().to_document().unwrap(), expected, "85bc2bb60fbc7eeb");
}

#[test]
fn a_copy_of_the_site_key_for_the_recovery_shares() {
    let recovery = UserKeys::create().unwrap();
    let public = RecoveryPublic { id: id(9), keys: recovery.public(), needed: 2, shares: 3 };
    let key = SiteKey::create(id(1), Environment::Test).unwrap();
    let stored = seal_recovery_copy(&key, 2, &public).unwrap();
    let names: Vec<&str> = stored.keys().map(String::as_str).collect();
    assert_eq!(names, ["_id", "v", "sealed"]);
    assert_eq!(stored.get("_id"), Some(&forms::uuid_bson(recovery_copy_id(id(1), 2))));
    // 32 bytes of HPKE in front, the keychain entry, 16 bytes of tag.
    assert_eq!(stored.get_binary_generic("sealed").unwrap().len(), 32 + key.to_entry().len() + 16);
}

#[test]
fn a_content_key_and_the_value_under_it() {
    let root = CompartmentRoot::create(Compartment::NationalId, 3).unwrap();
    let of = ContentOf { site: id(1), patient: id(7), compartment: Compartment::NationalId };
    let key = ContentKey::make().unwrap();
    let sealed = key.seal_to(&root.public(), &of).unwrap();
    // Form 1, the root's epoch in four bytes, 32 bytes of HPKE, the key, its tag.
    assert_eq!((&sealed[..5], sealed.len()), (&[1, 0, 0, 0, 3][..], 5 + 32 + 32 + 16));
    let place = Place { site: id(1), record: id(7), section: Section::NationalId, rev: 1 };
    let value = bson::rawdoc! { "ssn": "123-45-6789" };
    let stored = seal_write_only(&place, &key, &value).unwrap();
    // Form 2, the name of the content key, nonce, the padded value, tag.
    assert_eq!((stored.bytes[0], stored.bytes.len()), (2, 1 + 16 + 12 + 256 + 16));
    assert_eq!(content_id(&stored.bytes), Some(key.id()));
    let opened = ContentKey::open(&root, &of, key.id(), &sealed).unwrap();
    assert_eq!(open_write_only(&place, &opened, &stored.bytes), Ok(value));
    let other = Place { rev: 2, ..place };
    assert!(open_write_only(&other, &opened, &stored.bytes).is_err());
}
