//! Who signs in opens the compartments of the role and no others, whatever is tried with keychain and store at hand.

use crate::clinic_day::{patient, problem};
use crate::guard_loot::{Loot, Stolen};
use crate::world::World;
use crate::write_only::sealed_keys;
use bson::{Bson, Document, RawBsonRef, RawDocumentBuf, doc};
use std::collections::BTreeSet;
use std::sync::Arc;
use wardseal::app::RevealNationalId;
use wardseal::app::sign_in::{DEMO_PASSWORD, DEMO_USERS};
use wardseal::audit::{Opener, Span};
use wardseal::crypt::patient_key::{self, Wrapped};
use wardseal::crypt::section::content_id;
use wardseal::crypt::{Crypt, CryptError, Encryption, KeyName, KeyRing, Provider, id_of, open_csfle, provider_of};
use wardseal::keys::{ContentKey, ContentOf, Directory, Grant, KeyError, StoredAccount, forms};
use wardseal::policy::{Role, compartments_of};
use wardseal::record::{Compartment, Content, Item, Section};
use wardseal::secret::Secret;
use wardseal::session::LockCause;

/// A clinic in which the doctor has worked and has locked the seat.
async fn clinic_after_a_doctors_morning() -> World {
    let mut world = World::new().await;
    let mut anna = patient("Smith", "Anna", "1968-04-12");
    anna.national_id.ssn = Some("123-45-6789".into());
    let mut restricted = Item::new(Content::Problem(problem("Something only she knows")));
    restricted.sensitive = true;
    world.register(vec![(anna, vec![Item::new(Content::Problem(problem("Hypertension"))), restricted])]).await;
    world.sign_in("osei").await;
    let anna = world.find("smith").await;
    world.open(anna).await.unwrap();
    let reveal = RevealNationalId { patient: anna, reason: "benefit application".into() };
    world.seat.perform(reveal).await.unwrap();
    world.seat.lock(LockCause::Manual).await.unwrap();
    world
}

fn loot(world: &World, username: &str) -> Loot {
    Loot::of(&world.home(), world.keychain.as_ref(), username, DEMO_PASSWORD)
}

fn names(vault: &[RawDocumentBuf], held: &[Compartment]) -> BTreeSet<String> {
    let of_held = |one: &&RawDocumentBuf| {
        held.iter().any(|compartment| provider_of(one) == Some(format!("local:{}", compartment.code()).as_str()))
    };
    vault.iter().filter(of_held).map(name).collect()
}

fn name(document: &RawDocumentBuf) -> String {
    document.get_array("keyAltNames").unwrap().get_str(0).unwrap().to_owned()
}

/// The key document as it would be if it were wrapped under another provider.
fn claiming(document: &RawDocumentBuf, provider: &str) -> RawDocumentBuf {
    let mut changed = Document::try_from(document.clone()).unwrap();
    changed.insert("masterKey", doc! { "provider": provider });
    RawDocumentBuf::try_from(&changed).unwrap()
}

fn encrypts(crypt: &Crypt, document: &RawDocumentBuf) -> Result<(), CryptError> {
    let mut how = Encryption::unindexed("");
    how.key = KeyName::Id(id_of(document).unwrap());
    crypt.encrypt(RawBsonRef::String("word"), &how).map(drop)
}

/// Every 96 bytes that somebody with this loot could take for a root.
fn candidates(loot: &Loot) -> Vec<Secret<96>> {
    let opened = loot.roots.iter().flat_map(|root| loot.of_compartment(root));
    let mut keys: Vec<_> = opened.filter_map(|(_, bytes)| Secret::copy_from(&bytes)).collect();
    keys.push(Secret::copy_from(&[0; 96]).unwrap());
    keys.extend(
        loot.personal().iter().chain(&loot.of_a_moment()).filter_map(|(_, key)| Secret::copy_from(&key.repeat(3))),
    );
    keys
}

/// The data keys that open with any candidate under any provider's name.
fn opened(loot: &Loot) -> BTreeSet<String> {
    let providers: Vec<String> = Compartment::ALL.iter().map(|one| format!("local:{}", one.code())).collect();
    let mut found = BTreeSet::new();
    for key in candidates(loot) {
        for provider in &providers {
            let named = || vec![Provider { name: provider.clone(), key: &key }];
            let claimed = loot.vault.iter().map(|one| claiming(one, provider)).collect();
            let crypts =
                [loot.vault.clone(), claimed].map(|ring| Crypt::open(&named(), Arc::new(KeyRing::new(ring)), None));
            for crypt in crypts.map(Result::unwrap) {
                found.extend(loot.vault.iter().filter(|one| encrypts(&crypt, one).is_ok()).map(name));
            }
        }
        let wrapped =
            |one: &&RawDocumentBuf| open_csfle(key.expose(), &[], one.get_binary("keyMaterial").unwrap().bytes);
        found.extend(loot.vault.iter().filter(|one| wrapped(one).is_ok()).map(name));
    }
    found
}

#[tokio::test]
async fn after_a_doctors_session_the_receptionist_opens_front_and_insurance_and_nothing_else() {
    let mut world = clinic_after_a_doctors_morning().await;
    world.sign_in("lopez").await;
    let hers = loot(&world, "lopez");
    let held = [Compartment::Front, Compartment::Insurance];
    assert_eq!(hers.compartments(), held);
    assert_eq!(opened(&hers), names(&hers.vault, &held));

    let crypt = hers.crypt();
    for document in &hers.vault {
        let may = names(&hers.vault, &held).contains(&name(document));
        let expected = if may { Ok(()) } else { Err(CryptError::ProviderNotConfigured) };
        assert_eq!(encrypts(&crypt, document), expected, "{}", name(document));
    }
}

#[tokio::test]
async fn every_user_opens_the_data_keys_of_the_role_and_an_administrator_opens_none() {
    let world = clinic_after_a_doctors_morning().await;
    for (username, role) in DEMO_USERS {
        let theirs = loot(&world, username);
        let mut held = compartments_of(role);
        held.sort();
        assert_eq!(theirs.compartments(), held, "{username}");
        assert_eq!(opened(&theirs), names(&theirs.vault, &held), "{username}");
    }
    assert_eq!(loot(&world, "adams").compartments(), []);
    assert_eq!(loot(&world, "park").compartments(), [Compartment::Audit]);
}

#[tokio::test]
async fn nobody_opens_the_grant_of_someone_else() {
    let world = clinic_after_a_doctors_morning().await;
    let stolen = Stolen::open(&world.home());
    let grants: Vec<Document> = stolen.documents("grants");
    for (username, role) in DEMO_USERS {
        let theirs = loot(&world, username);
        let accounts: Vec<_> =
            stolen.documents("accounts").iter().map(|one| StoredAccount::from_document(one).unwrap()).collect();
        let directory = Directory::verify(&theirs.record, accounts.iter().map(|one| &one.account), &Default::default());
        for document in &grants {
            let grant = Grant::from_document(document).unwrap();
            let own = grant.ordered().user == theirs.user;
            let result = grant.open((theirs.user, &theirs.keys), &directory, &theirs.record, None);
            match result {
                Ok(root) => assert!(own && compartments_of(role).contains(&root.compartment()), "{username}"),
                Err(refused) => assert!(!own && refused == KeyError::NotOwnKeys, "{username}: {refused}"),
            }
            let sealed = document.get_document("confirmation").unwrap().get_document("body").unwrap();
            let Some(Bson::Binary(sealed)) = sealed.get("sealed") else { panic!("a sealed root") };
            let order = grant.ordered();
            let aad =
                format!("wardseal/grant/1|{}|{}|{}|{}", order.id, order.user, order.compartment.code(), order.epoch);
            let by_hand = theirs.keys.opening().open(b"wardseal/grant/1", aad.as_bytes(), &sealed.bytes);
            assert_eq!(by_hand.is_some(), own, "{username}");
        }
    }
}

#[tokio::test]
async fn no_patient_key_and_no_section_opens_without_its_compartment() {
    let world = clinic_after_a_doctors_morning().await;
    let stolen = Stolen::open(&world.home());
    for (username, role) in DEMO_USERS.into_iter().filter(|(_, role)| !compartments_of(*role).is_empty()) {
        let (theirs, held) = (loot(&world, username), compartments_of(role));
        let crypt = theirs.crypt();
        let mut tried = 0;
        for stored in stolen.documents("patient_keys") {
            let patient = forms::uuid_of(&stored, "_id").unwrap();
            for compartment in Compartment::ALL {
                let Some(Bson::Binary(value)) = stored.get_document("k").unwrap().get(compartment.code()) else {
                    continue;
                };
                let key = patient_key::unwrap(&crypt, &Wrapped { patient, compartment, value: &value.bytes });
                assert_eq!(key.is_ok(), held.contains(&compartment), "{username} {}", compartment.code());
                tried += 1;
            }
        }
        for (section, value) in sections(&stolen) {
            let opened = crypt.decrypt(&value).is_ok_and(|opened| opened != value);
            assert_eq!(opened, held.contains(&section.compartment()), "{username} {}", section.code());
            tried += 1;
        }
        assert!(tried > 10);
    }
}

/// Every stored section value, each in a document of its own. What was sealed write-only takes a root to open.
fn sections(stolen: &Stolen) -> Vec<(Section, RawDocumentBuf)> {
    let mut all = Vec::new();
    for (collection, whose) in [("patients", None), ("items", Some("section"))] {
        for stored in stolen.documents(collection) {
            for (name, value) in stored.get_document("s").unwrap() {
                let code = whose.map_or(name.as_str(), |field| stored.get_str(field).unwrap());
                let section = Section::ALL.into_iter().find(|one| one.code() == code).unwrap();
                if matches!(value, Bson::Binary(value) if value.subtype == bson::spec::BinarySubtype::Encrypted) {
                    all.push((section, RawDocumentBuf::try_from(&doc! { "v": value }).unwrap()));
                }
            }
        }
    }
    all
}

#[tokio::test]
async fn what_was_sealed_for_nobody_in_the_clinic_nobody_opens() {
    let world = clinic_after_a_doctors_morning().await;
    let stolen = Stolen::open(&world.home());
    let sealed =
        stolen.documents("items").into_iter().find(|one| one.get_str("section").unwrap() == "restricted").unwrap();
    let Some(Bson::Binary(value)) = sealed.get_document("s").unwrap().get("value") else { panic!("a value") };
    let patient = forms::uuid_of(&sealed, "patient").unwrap();
    let keys = sealed_keys(&stolen, patient);
    let (compartment, id, key) = &keys[0];
    assert_eq!((keys.len(), content_id(&value.bytes)), (1, Some(*id)));
    for (username, _) in DEMO_USERS {
        let theirs = loot(&world, username);
        let of = ContentOf { site: theirs.record.site, patient, compartment: *compartment };
        assert!(theirs.roots.iter().all(|root| ContentKey::open(root, &of, *id, key).is_none()), "{username}");
    }
}

#[tokio::test]
async fn the_auditor_reads_every_row_of_the_audit_and_everybody_else_only_their_own() {
    let mut world = clinic_after_a_doctors_morning().await;
    world.sign_in("lopez").await;
    world.search("smith").await.unwrap();
    world.sign_in("adams").await;
    world.seat.lock(LockCause::Manual).await.unwrap();
    let path = world.home().audit();
    let rows: i64 = rusqlite::Connection::open(&path)
        .unwrap()
        .query_row("SELECT count(*) FROM rows", [], |row| row.get(0))
        .unwrap();
    for (username, role) in DEMO_USERS {
        let theirs = loot(&world, username);
        let mut read = Vec::new();
        for key in theirs.private_keys() {
            read.extend(wardseal::audit::read(&path, &mut Opener::new(&key).unwrap(), Span::ALL).unwrap());
        }
        let own = read.iter().filter(|(_, event)| event.actor == Some(theirs.user)).count();
        match role {
            Role::Auditor => assert_eq!(i64::try_from(read.len()).unwrap(), rows),
            _ => assert_eq!(own, read.len(), "{username}"),
        }
        assert_eq!(read.is_empty(), role == Role::Nurse, "{username}: the nurse hasn't been here");
    }
}
