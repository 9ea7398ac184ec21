//! Whoever can write to the store's file changes keys, accounts, grants and teams: nobody gets more than was signed.

use crate::guard_tamper::{Clinic, at, bytes_at};
use crate::world::World;
use bson::{Bson, Document, doc};
use uuid::Uuid;
use wardseal::app::{Code, Workstation};
use wardseal::keys::{Author, CareTeamRow, Manifest, Member, Signed, StoredAccount, forms};
use wardseal::session::LockCause;

#[tokio::test]
async fn a_patients_key_moved_flipped_or_replaced_opens_nothing() {
    let mut clinic = Clinic::open().await;
    let stolen = clinic.stolen();
    let ((seq, anna), (_, bea)) =
        (stolen.document("patient_keys", clinic.anna), stolen.document("patient_keys", clinic.bea));
    let other = |path: &str| {
        let mut changed = anna.clone();
        *at(&mut changed, path) = at(&mut bea.clone(), path).clone();
        changed
    };
    let mut flipped = anna.clone();
    bytes_at(&mut flipped, "k.front")[50] ^= 1;
    for changed in [other("k.front"), flipped] {
        stolen.overwrite(seq, &changed);
        clinic.refuses_anna("front").await;
    }
    let mut crossed = anna.clone();
    *at(&mut crossed, "k.front") = at(&mut anna.clone(), "k.clinical").clone();
    stolen.overwrite(seq, &crossed);
    clinic.refuses_anna("another compartment's").await;
    stolen.overwrite(seq, &other("k.clinical"));
    clinic.refuses_anna("clinical").await;
    stolen.overwrite(seq, &anna);
    clinic.shows_anna().await;
}

#[tokio::test]
async fn a_key_vault_with_swapped_changed_or_missing_keys_lets_nobody_in() {
    let mut clinic = Clinic::open().await;
    clinic.world.seat.lock(LockCause::Manual).await.unwrap();
    let stolen = clinic.stolen();
    let vault: Vec<_> =
        stolen.rows("key_vault").into_iter().map(|(seq, raw)| (seq, Document::try_from(raw).unwrap())).collect();
    let of = |name: &str| {
        vault.iter().find(|(_, key)| key.get_array("keyAltNames").unwrap()[0] == Bson::from(name)).unwrap()
    };
    let ((a, clinical), (b, front)) = (of("section:clinical"), of("section:front"));
    let (_, index) = of("index:surname");
    let with = |key: &Document, change: Document| {
        let mut changed = key.clone();
        changed.extend(change);
        changed
    };
    let material = |key: &Document| doc! { "keyMaterial": key.get("keyMaterial").unwrap().clone() };
    let changes = [
        vec![(*a, with(clinical, material(front))), (*b, with(front, material(clinical)))],
        vec![(*b, with(front, material(index)))],
        vec![(*a, with(clinical, doc! { "masterKey": { "provider": "local:front" } }))],
        vec![(*a, with(clinical, doc! { "keyAltNames": ["section:clinical", "section:front"] }))],
        vec![
            (*a, with(clinical, doc! { "keyAltNames": ["section:front"] })),
            (*b, with(front, doc! { "keyAltNames": ["section:clinical"] })),
        ],
    ];
    for change in changes {
        change.iter().for_each(|(seq, key)| stolen.overwrite(*seq, key));
        assert_eq!(clinic.sign_in("osei").await, Err(Code::KeysDamaged));
        stolen.overwrite(*a, clinical);
        stolen.overwrite(*b, front);
    }
    stolen.remove(*a);
    assert_eq!(clinic.sign_in("osei").await, Err(Code::KeysDamaged));
    // The receptionist has no use for the clinical key and works on.
    assert_eq!(clinic.sign_in("lopez").await, Ok(()));
}

#[tokio::test]
async fn an_older_or_edited_key_manifest_lets_nobody_in() {
    let mut clinic = Clinic::open().await;
    clinic.world.seat.lock(LockCause::Manual).await.unwrap();
    let stolen = clinic.stolen();
    let administrator = clinic.loot("adams");
    let (seq, older) = stolen.document("site", Manifest::id_of(administrator.record.site));
    let mut manifest = Signed::<Manifest>::from_document(&older).unwrap().claimed().clone();
    manifest.version += 1;
    let author = Author::new(administrator.user, &administrator.keys);
    let newer = Signed::sign(manifest.clone(), author.id, author.signer).unwrap().to_document().unwrap();
    stolen.overwrite(seq, &newer);
    assert_eq!(clinic.sign_in("kim").await, Ok(()));
    clinic.world.seat.lock(LockCause::Manual).await.unwrap();

    let nurse = clinic.loot("kim");
    let by_the_nurse = Signed::sign(manifest, nurse.user, nurse.keys.signer()).unwrap().to_document().unwrap();
    let mut edited = newer.clone();
    edited.get_document_mut("body").unwrap().get_array_mut("keys").unwrap().pop();
    for refused in [older, by_the_nurse, edited] {
        stolen.overwrite(seq, &refused);
        assert_eq!(clinic.sign_in("kim").await, Err(Code::KeysDamaged));
    }
    stolen.overwrite(seq, &newer);
    assert_eq!(clinic.sign_in("kim").await, Ok(()));
}

#[tokio::test]
async fn a_nurse_who_makes_herself_a_doctor_in_the_store_can_not_sign_in() {
    let mut clinic = Clinic::open().await;
    clinic.world.seat.lock(LockCause::Manual).await.unwrap();
    let stolen = clinic.stolen();
    let (nurse, administrator) = (clinic.loot("kim"), clinic.loot("adams"));
    let (seq, genuine) = stolen.document("accounts", nurse.user);
    let mut edited = genuine.clone();
    *at(&mut edited, "body.role") = "doctor".into();
    let mut account = StoredAccount::from_document(&genuine).unwrap().account.claimed().clone();
    account.role = "doctor".into();
    account.version += 1;
    let mut by_herself = genuine.clone();
    by_herself.extend(Signed::sign(account.clone(), nurse.user, nurse.keys.signer()).unwrap().to_document().unwrap());
    let mut in_the_administrators_name = by_herself.clone();
    in_the_administrators_name.insert("by", forms::uuid_bson(administrator.user));
    for changed in [edited, by_herself, in_the_administrators_name] {
        stolen.overwrite(seq, &changed);
        assert_eq!(clinic.sign_in("kim").await, Err(Code::WrongSignIn));
        assert_eq!(clinic.sign_in("osei").await, Ok(()), "her colleague works on");
        clinic.world.seat.lock(LockCause::Manual).await.unwrap();
    }
    // An administrator takes her role away; the account from before doesn't come back.
    account.role = "front_desk".into();
    let mut newer = genuine.clone();
    newer
        .extend(Signed::sign(account, administrator.user, administrator.keys.signer()).unwrap().to_document().unwrap());
    stolen.overwrite(seq, &newer);
    assert_eq!(clinic.sign_in("osei").await, Ok(()));
    clinic.world.seat.lock(LockCause::Manual).await.unwrap();
    stolen.overwrite(seq, &genuine);
    assert_eq!(clinic.sign_in("kim").await, Err(Code::WrongSignIn));
}

#[tokio::test]
async fn a_care_team_row_that_is_unsigned_edited_or_older_gives_nobody_access() {
    let mut clinic = Clinic::open().await;
    let stolen = clinic.stolen();
    let anna = clinic.anna;
    let of_anna =
        |(_, row): &(i64, Document)| forms::uuid_of(row.get_document("body").unwrap(), "patient") == Some(anna);
    let rows = stolen.rows("care_team").into_iter().map(|(seq, raw)| (seq, Document::try_from(raw).unwrap()));
    let (seq, genuine) = rows.into_iter().find(of_anna).unwrap();
    let importer = clinic.loot("import");
    let mut row = Signed::<CareTeamRow>::from_document(&genuine).unwrap().claimed().clone();
    row.version += 1;
    row.until = Some(crate::world::MORNING);
    let ended = Signed::sign(row.clone(), importer.user, importer.keys.signer()).unwrap().to_document().unwrap();
    clinic.world.sign_in("kim").await;
    clinic.shows_anna().await;
    stolen.overwrite(seq, &ended);
    assert_eq!(clinic.chart(clinic.anna).await, Err(Code::NotOnCareTeam));

    let mut prolonged = ended.clone();
    *at(&mut prolonged, "body.until") = Bson::Null;
    let mut unsigned = prolonged.clone();
    unsigned.insert("sig", Bson::Binary(forms::binary(&[0; 64])));
    let stranger = clinic.loot("kim");
    row.until = None;
    row.member = Member::User(stranger.user);
    let forged = Signed::sign(row, Uuid::new_v4(), stranger.keys.signer()).unwrap().to_document().unwrap();
    let mut malformed = ended.clone();
    malformed.remove("sig");
    for refused in [genuine, prolonged, unsigned, forged, malformed] {
        stolen.overwrite(seq, &refused);
        assert_eq!(clinic.chart(clinic.anna).await, Err(Code::NotOnCareTeam));
        assert!(clinic.chart(clinic.bea).await.is_ok());
    }
}

#[tokio::test]
async fn a_doctors_grant_does_not_serve_the_receptionist() {
    let mut clinic = Clinic::open().await;
    clinic.world.seat.lock(LockCause::Manual).await.unwrap();
    let stolen = clinic.stolen();
    let (doctor, receptionist) = (clinic.loot("osei"), clinic.loot("lopez"));
    let rows = stolen.rows("grants").into_iter().map(|(seq, raw)| (seq, Document::try_from(raw).unwrap()));
    let rows: Vec<_> = rows.collect();
    let of = |user: Uuid, compartment: &str| {
        let grant = |(_, one): &&(i64, Document)| {
            forms::uuid_of(one, "user") == Some(user) && one.get_str("compartment").unwrap() == compartment
        };
        rows.iter().find(grant).unwrap().clone()
    };
    let renamed = |grant: &Document, into: &Document| {
        let (id, hers) = (into.get("_id").unwrap().clone(), forms::uuid_bson(receptionist.user));
        let mut outside = grant.clone();
        outside.extend(doc! { "_id": id.clone(), "user": hers.clone() });
        let mut throughout = outside.clone();
        for path in ["order._id", "order.body._id", "confirmation._id", "confirmation.body._id"] {
            *at(&mut throughout, path) = id.clone();
        }
        *at(&mut throughout, "order.body.user") = hers;
        (outside, throughout)
    };
    let ((_, insurance), (_, clinical)) = (of(doctor.user, "insurance"), of(doctor.user, "clinical"));
    let ((seq, hers), (front_seq, front)) = (of(receptionist.user, "insurance"), of(receptionist.user, "front"));
    let (outside, throughout) = renamed(&insurance, &hers);
    let mut relabelled = hers.clone();
    relabelled.insert("compartment", "clinical");
    for changed in [outside, throughout, relabelled] {
        stolen.overwrite(seq, &changed);
        assert_eq!(clinic.sign_in("lopez").await, Err(Code::KeysDamaged));
        assert_eq!(clinic.sign_in("osei").await, Ok(()), "his own grants are as they were");
        clinic.world.seat.lock(LockCause::Manual).await.unwrap();
    }
    stolen.overwrite(seq, &hers);
    // A compartment that her role doesn't have isn't even tried; she is left without the grant it took the place of.
    let (_, throughout) = renamed(&clinical, &front);
    stolen.overwrite(front_seq, &throughout);
    assert_eq!(clinic.sign_in("lopez").await, Ok(()));
    assert_eq!(clinic.chart(clinic.anna).await, Err(Code::KeysDamaged), "a chart that names nobody");
    stolen.overwrite(front_seq, &front);
    assert_eq!(clinic.sign_in("lopez").await, Ok(()));
    assert!(clinic.chart(clinic.anna).await.unwrap().get("problems").is_none());
}

#[tokio::test]
async fn an_edited_or_older_site_record_opens_no_workstation() {
    let clinic = Clinic::open().await;
    let stolen = clinic.stolen();
    let loot = clinic.loot("adams");
    let (seq, genuine) = stolen.document("site", loot.record.site);
    let mut renamed = genuine.clone();
    *at(&mut renamed, "body.name") = "Another Clinic".into();
    let mut other_keys = genuine.clone();
    let compartments = at(&mut other_keys, "body.compartments").as_array_mut().unwrap();
    let public = compartments[0].as_document().unwrap().get("public").unwrap().clone();
    compartments[1].as_document_mut().unwrap().insert("public", public);
    for changed in [renamed, other_keys] {
        stolen.overwrite(seq, &changed);
        assert_eq!(reopened(&clinic.world).await, Err(Code::KeysDamaged));
    }
    let mut newer = loot.record.clone();
    newer.version += 1;
    stolen.overwrite(seq, &newer.to_document(&loot.site).unwrap());
    assert_eq!(reopened(&clinic.world).await, Ok(()));
    stolen.overwrite(seq, &genuine);
    assert_eq!(reopened(&clinic.world).await, Err(Code::KeysDamaged), "the older one");
}

async fn reopened(world: &World) -> Result<(), Code> {
    let opened = Workstation::open(world.home(), world.keychain.clone(), world.clock.clone()).await;
    opened.map(drop).map_err(|failure| failure.code)
}
