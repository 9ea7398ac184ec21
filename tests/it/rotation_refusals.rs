//! What a rotation refuses, what stops it, and that who has left opens nothing any more.

use crate::guard_loot::{Loot, Stolen};
use crate::people::{first_sign_in, hire};
use crate::rotation::{all_is_well, busy_clinic, find, loot, opened_by, order, rotate};
use crate::world::{MORNING, World, sign_in};
use std::ops::ControlFlow;
use std::sync::Arc;
use uuid::Uuid;
use wardseal::app::sign_in::DEMO_PASSWORD;
use wardseal::app::{AdvanceRotation, Code, KeysStatus, ListDue, SetActive, Workstation};
use wardseal::crypt::{Crypt, KeyRing};
use wardseal::keys::{Author, CompartmentRoot, Environment, Keychain as _, RotationKind, SiteKey, Subject, regrant};
use wardseal::record::Compartment;
use wardseal::store::{insert, raw};

#[tokio::test]
async fn a_place_that_somebody_altered_ends_no_key_before_its_time() {
    let mut world = busy_clinic().await;
    let job = order(&mut world, RotationKind::Data, Some(Compartment::Clinical)).await;
    world.sign_in("osei").await;
    world.seat.perform(AdvanceRotation { job: job.job }).await.unwrap();
    let stolen = Stolen::open(&world.home());
    let (seq, genuine) = stolen.document("rotations", job.job);
    let mut further = genuine.clone();
    // As if every document had been written again.
    further.get_document_mut("progress").unwrap().insert("step", 5_i64);
    stolen.overwrite(seq, &further);
    let refused = world.seat.perform(AdvanceRotation { job: job.job }).await.unwrap_err();
    assert_eq!(refused.code, Code::KeysDamaged);
    assert!(!world.seat.rotate_when_quiet().await.unwrap());
    stolen.overwrite(seq, &genuine);
    assert!(rotate(&mut world, job.job).await.ended);
    all_is_well(&mut world).await;
}

#[tokio::test]
async fn a_key_of_another_environment_is_refused_by_name_and_nothing_is_changed() {
    let world = World::new().await;
    let enrolment = world.home().enrolment().unwrap().unwrap();
    let name = SiteKey::entry_name(enrolment.site);
    let entry = world.keychain.get(&name).unwrap().unwrap();
    let store = std::fs::read(world.home().store()).unwrap();
    for environment in ["test", "production"] {
        let text = String::from_utf8(entry.to_vec()).unwrap();
        let other = SiteKey::create(enrolment.site, environment_of(environment)).unwrap().to_entry();
        assert_ne!(other.as_slice(), text.as_bytes());
        world.keychain.tamper(&name, &other);
        let opened = Workstation::open(world.home(), world.keychain.clone(), world.clock.clone()).await;
        let refused = opened.err().unwrap();
        assert_eq!(refused.code, Code::OtherEnvironment);
        assert_eq!((&refused.fields["key"], &refused.fields["store"]), (&environment.into(), &"demo".into()));
        assert_eq!(world.keychain.get(&name).unwrap().unwrap().as_slice(), other.as_slice());
    }
    assert_eq!(std::fs::read(world.home().store()).unwrap(), store);
}

fn environment_of(code: &str) -> Environment {
    [Environment::Production, Environment::Test].into_iter().find(|one| one.code() == code).unwrap()
}

#[tokio::test]
async fn a_damaged_record_keeps_the_old_key_alive_and_is_named_as_the_reason() {
    let mut world = busy_clinic().await;
    let stolen = Stolen::open(&world.home());
    let (seq, genuine) = stolen.document("patients", world.find("smith").await);
    let mut damaged = genuine.clone();
    let bson::Bson::Binary(value) = damaged.get_document_mut("s").unwrap().get_mut("summary").unwrap() else {
        panic!()
    };
    value.bytes[40] ^= 1;
    stolen.overwrite(seq, &damaged);
    let vault = stolen.documents("key_vault").len();
    let job = order(&mut world, RotationKind::Data, Some(Compartment::Clinical)).await;
    world.sign_in("osei").await;
    let stopped = world.seat.rotate(job.job, |_| ControlFlow::Continue(())).await.unwrap_err();
    assert_eq!(stopped.code, Code::Damaged);
    assert_eq!(Stolen::open(&world.home()).documents("key_vault").len(), vault + 2, "both generations are there");
    Stolen::open(&world.home()).overwrite(seq, &genuine);
    assert!(rotate(&mut world, job.job).await.ended);
    all_is_well(&mut world).await;
}

#[tokio::test]
async fn a_nurse_who_leaves_with_copies_of_everything_she_could_open_opens_nothing_afterwards() {
    let mut world = busy_clinic().await;
    let taken = Loot::of(&world.home(), world.keychain.as_ref(), "kim", DEMO_PASSWORD);
    for of in [Compartment::Front, Compartment::Clinical] {
        assert!(opened_by(&taken, &world, of, "patients") > 0);
    }
    world.sign_in("adams").await;
    world.seat.perform(SetActive { user: taken.user, active: false }).await.unwrap();
    let status = world.seat.perform(KeysStatus {}).await.unwrap();
    assert_eq!(status.due, ["front", "clinical"]);
    let due = world.seat.perform(ListDue {}).await.unwrap();
    let ordered = world.seat.rotate_after_loss(&due).await.unwrap();
    assert!(world.seat.perform(KeysStatus {}).await.unwrap().due.is_empty(), "ordered");
    world.sign_in("osei").await;
    // Half of it, then the administrator gives up his role; what he ordered goes on.
    world.seat.perform(AdvanceRotation { job: ordered[0].job }).await.unwrap();
    let made = hire(&mut world.seat, "ruiz", "administrator").await;
    first_sign_in(&mut world.seat, &made).await;
    let adams = Loot::of(&world.home(), world.keychain.as_ref(), "adams", DEMO_PASSWORD).user;
    world.seat.perform(SetActive { user: adams, active: false }).await.unwrap();
    world.sign_in("osei").await;
    for job in &ordered {
        assert!(rotate(&mut world, job.job).await.ended);
    }
    let status = world.seat.perform(KeysStatus {}).await.unwrap();
    assert!(status.due.is_empty() && status.running.is_empty());
    assert!(Stolen::open(&world.home()).documents("rotations_due").is_empty());
    // Her roots and the old key vault: she had the data keys, so they are others now too.
    let vault: Vec<_> = taken.vault.clone();
    let crypt = Crypt::open(&taken.providers(), Arc::new(KeyRing::new(vault)), None).unwrap();
    let stolen = Stolen::open(&world.home());
    for (collection, part) in [("patients", "s"), ("items", "s"), ("versions", "s"), ("patient_keys", "k")] {
        for document in stolen.documents(collection) {
            for (name, value) in document.get_document(part).cloned().unwrap_or_default() {
                let one = bson::RawDocumentBuf::try_from(&bson::doc! { name.clone(): value }).unwrap();
                assert!(crypt.decrypt(&one).map_or(true, |clear| clear == one), "{collection} {name}");
            }
        }
    }
    for of in [Compartment::Front, Compartment::Clinical] {
        assert_eq!(opened_by(&taken, &world, of, "patients"), 0);
    }
    world.sign_in("osei").await;
    assert_eq!(world.open(world_anna(&world).await).await.unwrap().damaged_items, 0);
}

async fn world_anna(world: &World) -> Uuid {
    let mut seat = world.another_seat().await;
    sign_in(&mut seat, "osei").await;
    find(&mut seat, "smith").await
}

#[tokio::test]
async fn a_grant_that_nobody_with_the_root_confirmed_is_not_carried_over() {
    let mut world = busy_clinic().await;
    let made = hire(&mut world.seat, "novak", "nurse").await;
    first_sign_in(&mut world.seat, &made).await;
    let novak = Loot::of(&world.home(), world.keychain.as_ref(), "novak", "seven kettles on a shelf");
    assert!(novak.roots.is_empty(), "nobody has confirmed her access");
    // She puts a grant of her own making into the store: ordered and confirmed by herself, with a root she made up.
    let root = CompartmentRoot::create(Compartment::Clinical, 1).unwrap();
    let subject = Subject { id: novak.user, keys: novak.keys.public() };
    let forged = regrant(subject, &root, Author::new(novak.user, &novak.keys), MORNING).unwrap();
    let insert = raw(&insert("grants", vec![forged.to_document().unwrap()])).unwrap();
    world.seat.store().run(insert).await.unwrap();
    let job = order(&mut world, RotationKind::Master, Some(Compartment::Clinical)).await;
    world.sign_in("osei").await;
    assert!(rotate(&mut world, job.job).await.ended);
    let now = Loot::of(&world.home(), world.keychain.as_ref(), "novak", "seven kettles on a shelf");
    assert!(now.roots.is_empty());
    assert!(loot(&world).roots.iter().any(|root| root.epoch() == 2));
}
