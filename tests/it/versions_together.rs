//! Two versions of the program on one store: what the next one adds, this one carries along; what comes after that, it
//! refuses and changes nothing.

use crate::clinic_day::{patient, problem};
use crate::guard_loot::{Loot, Stolen};
use crate::world::{World, sign_in};
use bson::{Document, RawDocumentBuf, doc};
use std::ops::ControlFlow;
use std::time::Duration;
use uuid::Uuid;
use wardseal::app::sign_in::DEMO_PASSWORD;
use wardseal::app::views::{ProblemView, SavedProblem};
use wardseal::app::{AddProblem, Code, EditProblem, ListWorkstations, OpenChart, OrderRotation, Workstation};
use wardseal::keys::forms;
use wardseal::keys::{Manifest, RotationKind, SiteKey, SiteRecord};
use wardseal::record::Compartment;
use wardseal::record::form::{FORM, FORM_FIELD};
use wardseal::store::{raw, update};

/// A site record as a version so much newer writes it.
async fn written_by(world: &World, form: i64) {
    let site = world.seat.site().site;
    let key = SiteKey::load(world.keychain.as_ref(), site).unwrap();
    let stored = Stolen::open(&world.home()).document("site", site).1;
    let mut record = SiteRecord::open(&stored, &key, None).unwrap();
    record.version += 1;
    record.further.extend(doc! { FORM_FIELD: form, "wards": ["A", "B"], "since": bson::DateTime::from_millis(5) });
    let mut set = record.to_document(&key).unwrap();
    set.remove("_id");
    let only = doc! { "_id": forms::uuid_bson(site) };
    world.seat.store().run(raw(&update("site", only, doc! { "$set": set })).unwrap()).await.unwrap();
}

async fn clinic() -> (World, Uuid) {
    let mut world = World::new().await;
    world.register(vec![(patient("Smith", "Anna", "1968-04-12"), vec![])]).await;
    world.sign_in("osei").await;
    let anna = world.find("smith, anna").await;
    let saved = world.seat.perform(AddProblem { patient: anna, problem: problem("Asthma") }).await.unwrap();
    assert!(matches!(saved, SavedProblem::Saved { .. }));
    (world, anna)
}

async fn shown(seat: &mut Workstation, anna: Uuid) -> ProblemView {
    seat.perform(OpenChart { patient: anna }).await.unwrap().problems.unwrap().remove(0)
}

#[tokio::test]
async fn a_day_of_this_version_and_the_next_on_one_store_loses_nothing_of_either() {
    let (mut world, anna) = clinic().await;
    written_by(&world, FORM + 1).await;
    for hour in 0..8 {
        world.wait(Duration::from_secs(3600));
        world.sign_in("osei").await;
        let one = shown(&mut world.seat, anna).await;
        let edit =
            EditProblem { patient: anna, item: one.item, rev: one.rev, problem: problem(&format!("Hour {hour}")) };
        assert!(matches!(world.seat.perform(edit).await.unwrap(), SavedProblem::Saved { .. }));
        world.sign_in("adams").await;
        // Each of these makes a new version of the site record here.
        world
            .seat
            .dispatch(
                "create_user",
                serde_json::json!({
                    "username": format!("user{hour}"), "name": "Nora Diaz", "role": "nurse", "unit": "main",
                }),
            )
            .await
            .unwrap();
        world.seat.perform(ListWorkstations {}).await.unwrap();
        let further = &world.seat.site().further;
        assert_eq!(further.get_i64(FORM_FIELD).unwrap(), FORM + 1);
        assert_eq!(further.get_array("wards").unwrap().len(), 2);
        assert!(further.get_datetime("since").is_ok());
    }
}

#[tokio::test]
async fn a_store_two_versions_ahead_is_refused_with_a_sentence_and_left_as_it_is() {
    let (world, _) = clinic().await;
    written_by(&world, FORM + 2).await;
    let before = Stolen::open(&world.home()).document("site", world.seat.site().site).1;
    let refused = Workstation::open(world.home(), world.keychain.clone(), world.clock.clone()).await.err().unwrap();
    assert_eq!(refused.code, Code::StoreVersion);
    assert!(refused.code.sentence().contains("Update Wardseal"));
    assert_eq!(Stolen::open(&world.home()).document("site", world.seat.site().site).1, before);
}

/// The next version has added something to an item; this one edits the item.
#[tokio::test]
async fn what_the_next_version_added_to_an_entry_is_there_after_an_edit_here() {
    let (mut world, anna) = clinic().await;
    let one = shown(&mut world.seat, anna).await;
    let opened = |world: &World| {
        let loot = Loot::of(&world.home(), world.keychain.as_ref(), "osei", DEMO_PASSWORD);
        let keys = loot.of_patients();
        (loot, keys)
    };
    let (loot, keys) = opened(&world);
    let key = keys.iter().find(|(name, _)| *name == format!("patient key clinical {anna}")).unwrap().1.clone();
    let key = wardseal::secret::Secret::copy_from(&key).unwrap();
    let (stolen, crypt) = (Stolen::open(&world.home()), loot.crypt());
    let open = |rev: i64| {
        let (seq, document) = stolen.document("items", one.item);
        let value = document.get_document("s").unwrap().get("value").unwrap().clone();
        let bson::Bson::Binary(value) = value else { panic!("it is sealed") };
        let place = wardseal::crypt::section::Place {
            site: loot.record.site,
            record: one.item,
            section: wardseal::record::Section::Problems,
            rev,
        };
        let sealed = wardseal::crypt::section::Sealed { place, key: &key, value: &value.bytes };
        let clear = wardseal::crypt::section::open(&crypt, &sealed).unwrap();
        (seq, document, Document::try_from(clear).unwrap())
    };
    let (seq, mut document, mut clear) = open(1);
    clear.extend(doc! { FORM_FIELD: FORM + 1, "severity": "mild" });
    let place = wardseal::crypt::section::Place {
        site: loot.record.site,
        record: one.item,
        section: wardseal::record::Section::Problems,
        rev: 2,
    };
    let value =
        wardseal::crypt::section::seal(&crypt, &place, &key, &RawDocumentBuf::try_from(&clear).unwrap()).unwrap();
    let before = RawDocumentBuf::try_from(document.get_document("head").unwrap()).unwrap();
    let head = wardseal::crypt::head::Head::from_document(&before).unwrap();
    let heads = loot.site.subkey(wardseal::keys::SiteUse::RecordHead).unwrap();
    let owner =
        wardseal::crypt::head::Owner { key: &heads, site: loot.record.site, collection: "items", record: one.item };
    let borrowed = bson::RawBinaryRef { subtype: value.subtype, bytes: &value.bytes };
    let head = head.next(&owner, &[("value", 2, borrowed)], None);
    document.get_document_mut("s").unwrap().insert("value", value.clone());
    document.insert("head", Document::try_from(head.to_document()).unwrap());
    document.insert("rev", 2_i64);
    stolen.overwrite(seq, &document);

    sign_in(&mut world.seat, "osei").await;
    let now = shown(&mut world.seat, anna).await;
    assert_eq!((now.rev, now.problem.text.as_str()), (2, "Asthma"));
    let edit = EditProblem { patient: anna, item: one.item, rev: 2, problem: problem("Severe asthma") };
    assert!(matches!(world.seat.perform(edit).await.unwrap(), SavedProblem::Saved { .. }));
    let (_, _, clear) = open(3);
    assert_eq!(clear.get_i64(FORM_FIELD).unwrap(), FORM + 1);
    assert_eq!(clear.get_str("severity").unwrap(), "mild");
    assert!(clear.to_string().contains("Severe asthma"));
}

/// The next version has added something to an account; an administrator changes it here.
#[tokio::test]
async fn what_the_next_version_added_to_an_account_is_there_after_an_edit_here() {
    let (mut world, _) = clinic().await;
    let loot = Loot::of(&world.home(), world.keychain.as_ref(), "adams", DEMO_PASSWORD);
    let stolen = Stolen::open(&world.home());
    let accounts = stolen.rows("accounts");
    let kim = |(_, raw): &&(i64, RawDocumentBuf)| {
        let body = raw.get_document("body").unwrap();
        body.get_str("username").unwrap() == "kim"
    };
    let (seq, raw) = accounts.iter().find(kim).unwrap();
    let mut document = Document::try_from(raw.clone()).unwrap();
    let by = forms::uuid_of(&document, "by").unwrap();
    document.get_document_mut("body").unwrap().extend(doc! { FORM_FIELD: FORM + 1, "licence": { "state": "OR" } });
    let body = RawDocumentBuf::try_from(document.get_document("body").unwrap()).unwrap();
    let signature = loot.keys.signer().sign("wardseal/account/1", &[by.as_bytes(), body.as_bytes()].concat());
    document.insert("sig", bson::Bson::Binary(forms::binary(&signature)));
    stolen.overwrite(*seq, &document);
    let user = forms::uuid_of(document.get_document("body").unwrap(), "_id").unwrap();

    world.sign_in("adams").await;
    world.seat.dispatch("set_active", serde_json::json!({ "user": user, "active": false })).await.unwrap();
    let stored = Stolen::open(&world.home()).document("accounts", user).1;
    let body = stored.get_document("body").unwrap();
    assert!(!body.get_bool("active").unwrap());
    assert_eq!(body.get_i64(FORM_FIELD).unwrap(), FORM + 1);
    assert_eq!(body.get_document("licence").unwrap(), &doc! { "state": "OR" });
    world.seat.dispatch("set_active", serde_json::json!({ "user": user, "active": true })).await.unwrap();
    sign_in(&mut world.seat, "kim").await;
}

/// The next version has added something to the key manifest and to one of its keys; keys are replaced here.
#[tokio::test]
async fn what_the_next_version_added_to_the_key_manifest_is_there_after_a_rotation_here() {
    let (mut world, _) = clinic().await;
    let loot = Loot::of(&world.home(), world.keychain.as_ref(), "adams", DEMO_PASSWORD);
    let stolen = Stolen::open(&world.home());
    let id = Manifest::id_of(world.seat.site().site);
    let (seq, mut document) = stolen.document("site", id);
    let by = forms::uuid_of(&document, "by").unwrap();
    let body = document.get_document_mut("body").unwrap();
    body.extend(doc! { FORM_FIELD: FORM + 1, "checked": { "by": "two" } });
    for key in body.get_array_mut("keys").unwrap() {
        let key = key.as_document_mut().unwrap();
        let purpose = key.get_str("purpose").unwrap().to_owned();
        key.insert("usage", format!("of {purpose}"));
    }
    let body = RawDocumentBuf::try_from(document.get_document("body").unwrap()).unwrap();
    let signature = loot.keys.signer().sign("wardseal/manifest/1", &[by.as_bytes(), body.as_bytes()].concat());
    document.insert("sig", bson::Bson::Binary(forms::binary(&signature)));
    stolen.overwrite(seq, &document);

    world.sign_in("adams").await;
    let order = OrderRotation { kind: RotationKind::Master, compartment: Some(Compartment::Clinical) };
    let job = world.seat.perform(order).await.unwrap().job;
    world.sign_in("osei").await;
    world.seat.rotate(job, |_| ControlFlow::Continue(())).await.unwrap();
    let after = Stolen::open(&world.home()).document("site", id).1;
    let now = after.get_document("body").unwrap();
    assert!(now.get_i64("v").unwrap() > 1, "the keys are wrapped anew");
    assert_eq!(now.get_i64(FORM_FIELD).unwrap(), FORM + 1);
    assert_eq!(now.get_document("checked").unwrap(), &doc! { "by": "two" });
    let keys: Vec<&Document> = now.get_array("keys").unwrap().iter().filter_map(|key| key.as_document()).collect();
    assert!(keys.iter().any(|key| key.get_i64("epoch").unwrap() == 2));
    for key in keys {
        assert_eq!(key.get_str("usage").unwrap(), format!("of {}", key.get_str("purpose").unwrap()));
    }
}
