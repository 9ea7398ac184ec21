//! The stored forms are final: fixed keys and fixed inputs give these documents and these bytes, for ever.

use super::world::*;
use bson::{Bson, doc};
use sha2::{Digest, Sha256};
use uuid::Uuid;
use wardseal::keys::*;
use wardseal::record::Compartment;
use wardseal::secret::Secret;

pub fn id(n: u128) -> Uuid {
    Uuid::from_u128(n)
}

pub fn uuid(n: u128) -> Bson {
    forms::uuid_bson(id(n))
}

pub fn bin(bytes: &[u8]) -> Bson {
    Bson::Binary(forms::binary(bytes))
}

pub fn signer() -> Signer {
    Signer::from_seed(Secret::copy_from(&[1; 32]).unwrap())
}

fn public(n: u8) -> UserPublic {
    UserPublic { hpke: SealingKey::from_bytes([n; 32]), verify: VerifyKey::from_bytes([n + 1; 32]) }
}

fn public_doc(n: u8) -> bson::Document {
    doc! { "hpke": bin(&[n; 32]), "verify": bin(&[n + 1; 32]) }
}

/// The document apart from its signature, and the first bytes of the SHA-256 over all of it.
#[track_caller]
pub fn is_fixed(mut stored: bson::Document, expected: bson::Document, digest: &str) {
    let bytes = Sha256::digest(stored.to_vec().unwrap());
    let hex: String = bytes[..8].iter().map(|byte| format!("{byte:02x}")).collect();
    stored.remove("sig");
    stored.remove("mac");
    assert_eq!(stored, expected);
    assert_eq!(hex, digest);
}

pub fn at(time: wardseal::clock::Timestamp) -> bson::DateTime {
    bson::DateTime::from_millis(time.0)
}

#[test]
fn a_signed_account() {
    let account = Account {
        id: id(1),
        username: "dora".to_owned(),
        name: "Dora D.".to_owned(),
        initials: "DD".to_owned(),
        role: "doctor".to_owned(),
        unit: Some("ward 2".to_owned()),
        keys: public(3),
        former: vec![VerifyKey::from_bytes([9; 32])],
        active: true,
        sensitive: false,
        at: NOW,
        version: 2,
    };
    let signed = Signed::sign(account.clone(), id(2), &signer()).unwrap();
    let expected = doc! {
        "_id": uuid(1), "v": 2_i64, "by": uuid(2),
        "body": {
            "_id": uuid(1), "username": "dora", "name": "Dora D.", "initials": "DD", "role": "doctor",
            "unit": "ward 2", "keys": public_doc(3), "former": [bin(&[9; 32])], "active": true, "at": at(NOW),
            "v": 2_i64,
        },
    };
    let stored = signed.to_document().unwrap();
    assert_eq!(Signed::<Account>::from_document(&stored).unwrap().verify(&signer().public()), Ok(&account));
    is_fixed(stored, expected, "55b29fa86eb715f7");
}

#[test]
fn a_pending_grant() {
    let subject = Subject { id: id(5), keys: public(3) };
    let author = Author { id: id(2), signer: &signer() };
    let grant = Grant::order(id(4), subject, (Compartment::NationalId, 1), author, NOW).unwrap();
    let stored = grant.to_document().unwrap();
    let signature = stored.get_document("order").unwrap().get("sig").unwrap().clone();
    let expected = doc! {
        "_id": uuid(4), "v": 1_i64, "user": uuid(5), "compartment": "national_id", "epoch": 1_i64, "state": "pending",
        "order": {
            "_id": uuid(4), "v": 1_i64, "by": uuid(2),
            "body": {
                "_id": uuid(4), "user": uuid(5), "keys": public_doc(3), "compartment": "national_id", "epoch": 1_i64,
                "at": at(NOW),
            },
            "sig": signature,
        },
        "confirmation": Bson::Null, "removal": Bson::Null,
    };
    is_fixed(stored, expected, "6bc57b5463f654a9");
}

#[test]
fn a_confirmation_and_a_removal() {
    let confirmation = Confirmation { id: id(4), order: [7; 32], sealed: vec![1, 2, 3], proof: [8; 32], at: LATER };
    let expected = doc! {
        "_id": uuid(4), "v": 2_i64, "by": uuid(2),
        "body": {
            "_id": uuid(4), "order": bin(&[7; 32]), "sealed": bin(&[1, 2, 3]), "proof": bin(&[8; 32]), "at": at(LATER),
        },
    };
    is_fixed(
        Signed::sign(confirmation, id(2), &signer()).unwrap().to_document().unwrap(),
        expected,
        "71aa2b7cc4713837",
    );
    let removal = Removal { id: id(4), at: LATER };
    let expected = doc! {
        "_id": uuid(4), "v": 3_i64, "by": uuid(2), "body": { "_id": uuid(4), "at": at(LATER) },
    };
    is_fixed(Signed::sign(removal, id(2), &signer()).unwrap().to_document().unwrap(), expected, "e5c6a086be846235");
}

#[test]
fn a_key_manifest() {
    let key = DataKey {
        purpose: "index:surname".to_owned(),
        key: id(8),
        provider: "local:front".to_owned(),
        commitment: [4; 32],
        environment: Environment::Demo,
        epoch: 1,
        generation: 1,
    };
    let site = id(6);
    let manifest = Manifest { id: Manifest::id_of(site), site, keys: vec![key], at: NOW, version: 1 };
    let own = forms::uuid_bson(Manifest::id_of(site));
    let expected = doc! {
        "_id": own.clone(), "v": 1_i64, "by": uuid(2),
        "body": {
            "_id": own, "site": uuid(6),
            "keys": [{
                "purpose": "index:surname", "key": uuid(8), "provider": "local:front", "commitment": bin(&[4; 32]),
                "environment": "demo", "epoch": 1_i64,
            }],
            "at": at(NOW), "v": 1_i64,
        },
    };
    is_fixed(Signed::sign(manifest, id(2), &signer()).unwrap().to_document().unwrap(), expected, "81f1890c1fe5b751");
}

#[test]
fn a_care_team_row() {
    let member = Member::Unit("ward 2".to_owned());
    let row = CareTeamRow { id: id(1), patient: id(2), member, from: NOW, until: Some(LATER), version: 1 };
    let expected = doc! {
        "_id": uuid(1), "v": 1_i64, "by": uuid(3),
        "body": {
            "_id": uuid(1), "patient": uuid(2), "member": { "unit": "ward 2" }, "from": at(NOW), "until": at(LATER),
            "v": 1_i64,
        },
    };
    is_fixed(Signed::sign(row, id(3), &signer()).unwrap().to_document().unwrap(), expected, "d4b5d6cc9f818c21");
}

/// The site key of a fixed clinic, as its keychain entry would give it.
fn fixed_site() -> SiteKey {
    let line = format!("wardseal-site/1:test {}", "5a".repeat(32));
    let check: String = Sha256::digest(&line)[..4].iter().map(|byte| format!("{byte:02x}")).collect();
    let keychain = MemoryKeychain::new();
    keychain.tamper(&SiteKey::entry_name(id(6)), format!("{line} {check}").as_bytes());
    SiteKey::load(&keychain, id(6)).unwrap()
}

#[test]
fn a_site_record() {
    let site = fixed_site();
    let record = SiteRecord {
        site: id(6),
        name: "Hill Street Clinic".to_owned(),
        environment: Environment::Test,
        founder: Founder { user: id(1), verify: VerifyKey::from_bytes([1; 32]) },
        recovery: RecoveryPublic { id: id(2), keys: public(3), needed: 2, shares: 3 },
        compartments: vec![CompartmentPublic {
            compartment: Compartment::Front,
            epoch: 1,
            public: SealingKey::from_bytes([5; 32]),
        }],
        masters: vec![],
        workstations: vec![WorkstationPublic {
            id: id(7),
            name: "reception 1".to_owned(),
            verify: VerifyKey::from_bytes([8; 32]),
            sealing: None,
            at: NOW,
            ended: None,
        }],
        check: site.check_value().unwrap(),
        index: 1,
        profile: wardseal::crypt::Profile::Queryable,
        site_key: 1,
        former: None,
        origin: None,
        index_macs: Vec::new(),
        moved: false,
        at: NOW,
        version: 1,
        further: doc! {},
    };
    let expected = doc! {
        "_id": uuid(6), "v": 1_i64,
        "body": {
            "_id": uuid(6), "name": "Hill Street Clinic", "environment": "test",
            "founder": { "user": uuid(1), "verify": bin(&[1; 32]) },
            "recovery": { "id": uuid(2), "keys": public_doc(3), "needed": 2_i32, "shares": 3_i32 },
            "compartments": [{ "compartment": "front", "epoch": 1_i64, "public": bin(&[5; 32]) }],
            "workstations": [{ "id": uuid(7), "name": "reception 1", "verify": bin(&[8; 32]), "at": at(NOW) }],
            "check": bin(&record.check), "at": at(NOW), "v": 1_i64,
        },
    };
    let stored = record.to_document(&site).unwrap();
    assert_eq!(SiteRecord::open(&stored, &site, None), Ok(record));
    is_fixed(stored, expected, "92ac61488d529270");
}

#[test]
fn keys_derived_from_fixed_secrets_never_change() {
    let hex = |bytes: &[u8]| bytes[..8].iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let user = UserKeys::from_master(Secret::copy_from(&[2; 32]).unwrap()).unwrap();
    assert_eq!(hex(user.public().hpke.as_bytes()), "acaf993b2851ec69");
    assert_eq!(hex(user.public().verify.as_bytes()), "f110ad491dc891f9");
    assert_eq!(hex(user.park().expose()), "654275b7730c2b84");
    assert_eq!(hex(fixed_site().subkey(SiteUse::RecordHead).unwrap().expose()), "64df928f5877e907");
    assert_eq!(hex(fixed_site().subkey(SiteUse::Slot).unwrap().expose()), "1b0aa277bcdfdd18");
    assert_eq!(hex(&fixed_site().check_value().unwrap()), "e34ac3f1eb98ca61");
}

#[test]
fn a_newer_version_may_add_fields_without_breaking_an_older_reader() {
    #[derive(serde::Serialize)]
    struct Newer {
        _id: bson::Uuid,
        patient: bson::Uuid,
        member: bson::Document,
        from: bson::DateTime,
        until: Option<bson::DateTime>,
        v: i64,
        reason: &'static str,
    }
    let of = |n| bson::Uuid::from_bytes(*id(n).as_bytes());
    let newer = Newer {
        _id: of(1),
        patient: of(2),
        member: doc! { "unit": "ward 2" },
        from: at(NOW),
        until: None,
        v: 1,
        reason: "on call",
    };
    let body = bson::serialize_to_document(&newer).unwrap();
    let message = [id(3).as_bytes().as_slice(), &body.to_vec().unwrap()].concat();
    let signature = signer().sign(CareTeamRow::LABEL, &message);
    let stored = doc! { "_id": uuid(1), "v": 1_i64, "by": uuid(3), "body": body, "sig": bin(&signature) };
    let read = Signed::<CareTeamRow>::from_document(&stored).unwrap();
    assert!(read.verify(&signer().public()).is_ok());
    assert_eq!(read.to_document().unwrap(), stored);
}
