//! KMIP against PyKMIP over mutual TLS.

use super::clinic::{anna_comes, another, everything, finds_anna, founded, reach, refused, stored_keys};
use super::peers::Kmip;
use crate::world::{World, sign_in};
use wardseal::app::{Code, KeysStatus, MoveRoot, RotationView};
use wardseal::crypt::kms::Reach;
use wardseal::keys::{MasterKey, RotationKind};
use wardseal::record::Compartment;

fn of(kmip: &Kmip) -> Reach {
    reach(&kmip.authority.file(), Some(&kmip.authority.folder().join("identity.pem")), &[])
}

async fn moved(world: &mut World, to: Option<MasterKey>) -> Result<RotationView, wardseal::app::Failure> {
    world.sign_in("adams").await;
    let ordered = world.seat.perform(MoveRoot { compartment: Compartment::Clinical, to }).await.unwrap();
    assert_eq!(ordered.kind, RotationKind::Master);
    world.sign_in("osei").await;
    world.seat.rotate(ordered.job, |_| std::ops::ControlFlow::Continue(())).await
}

async fn status(world: &mut World) -> Vec<(String, Option<String>)> {
    world.sign_in("adams").await;
    let status = world.seat.perform(KeysStatus {}).await.unwrap();
    status.keys.into_iter().map(|key| (key.name, key.service)).collect()
}

#[tokio::test]
async fn a_clinic_founded_under_kmip_works_and_says_so() {
    let Some(kmip) = Kmip::start() else { return };
    for delegated in ["", "?delegated"] {
        let reach = of(&kmip);
        let key = format!("kmip:{}{delegated}", kmip.address());
        let mut world = founded(&[(Compartment::Clinical, &key)], &reach).await.unwrap();
        anna_comes(&mut world).await;
        finds_anna(&world, &reach, "osei").await;
        let stored = stored_keys(&world, "kmip:clinical").await;
        assert_eq!(stored.len(), 2, "sections and patients' keys");
        let names = status(&mut world).await;
        assert!(names.contains(&("kmip:clinical".to_owned(), Some(kmip.address()))), "{names:?}");
        assert!(names.contains(&("local:front".to_owned(), None)));
    }
}

#[tokio::test]
async fn data_keys_move_from_the_root_to_kmip_and_back_while_a_colleague_works() {
    let Some(kmip) = Kmip::start() else { return };
    let reach = of(&kmip);
    let mut world = founded(&[], &reach).await.unwrap();
    anna_comes(&mut world).await;
    let mut colleague = another(&world, &reach).await;
    sign_in(&mut colleague, "kim").await;
    let there: MasterKey = format!("kmip:{}", kmip.address()).parse().unwrap();
    assert!(moved(&mut world, Some(there)).await.unwrap().ended);
    crate::rotation::find(&mut colleague, "smith").await;
    assert_eq!(stored_keys(&world, "kmip:clinical_2").await.len(), 2);
    assert!(stored_keys(&world, "local:clinical").await.is_empty(), "the old root ended");
    finds_anna(&world, &reach, "osei").await;
    assert!(moved(&mut world, None).await.unwrap().ended);
    assert_eq!(stored_keys(&world, "local:clinical_3").await.len(), 2);
    crate::rotation::find(&mut colleague, "smith").await;
    drop(kmip);
    finds_anna(&world, &reach, "osei").await;
}

#[tokio::test]
async fn who_has_the_service_and_no_grant_has_nothing() {
    let Some(mut kmip) = Kmip::start() else { return };
    let reach = of(&kmip);
    let key = format!("kmip:{}", kmip.address());
    let mut world = founded(&[(Compartment::Clinical, &key)], &reach).await.unwrap();
    // The front desk's session holds no root that the service has a part in, and never asks it.
    kmip.peer.stop();
    world.sign_in("lopez").await;
    // What lies in the vault isn't what the service wrapped, but that under the root's cover.
    let stored = stored_keys(&world, "kmip:clinical").await;
    for document in &stored {
        let covered = document.get_binary_generic("keyMaterial").unwrap();
        let other = wardseal::keys::CompartmentRoot::create(Compartment::Clinical, 1).unwrap();
        let id = wardseal::crypt::id_of(&crate::vectors::raw(document)).unwrap();
        assert!(other.uncover(id, covered).is_err());
    }
}

#[tokio::test]
async fn a_service_that_is_down_or_has_lost_the_key_opens_nothing_and_changes_nothing() {
    let Some(mut kmip) = Kmip::start() else { return };
    let reach = of(&kmip);
    let key = format!("kmip:{}", kmip.address());
    let mut world = founded(&[(Compartment::Clinical, &key)], &reach).await.unwrap();
    anna_comes(&mut world).await;
    let before = everything(&world).await;

    kmip.peer.stop();
    let told = refused(&world, &reach, "osei").await;
    assert_eq!((told.code, told.fields["why"].as_str()), (Code::Kms, Some("down")), "{told}");
    assert_eq!(told.fields["provider"], "kmip:clinical");
    assert_eq!(told.fields["address"], kmip.address().as_str());
    let mut desk = another(&world, &reach).await;
    sign_in(&mut desk, "lopez").await;

    kmip.again();
    finds_anna(&world, &reach, "osei").await;

    kmip.as_operator(
        "for i in c.locate():\n  c.revoke(enums.RevocationReasonCode.CESSATION_OF_OPERATION, i)\n  c.destroy(i)",
    );
    let told = refused(&world, &reach, "osei").await;
    assert_eq!(told.fields["why"].as_str(), Some("key_lost"), "{told}");
    assert_eq!(everything(&world).await, before);
}

#[tokio::test]
async fn another_key_of_the_same_length_is_refused() {
    let Some(kmip) = Kmip::start() else { return };
    let reach = of(&kmip);
    let key = format!("kmip:{}", kmip.address());
    let world = founded(&[(Compartment::Clinical, &key)], &reach).await.unwrap();
    let database = kmip.authority.folder().join("kmip.db");
    let sql = rusqlite::Connection::open(database).unwrap();
    let changed = sql.execute("update managed_objects set value = zeroblob(96) where length(value) = 96", []).unwrap();
    assert!(changed > 0);
    let told = refused(&world, &reach, "osei").await;
    assert_eq!(told.fields["why"].as_str(), Some("wrong_key"), "{told}");
}

#[tokio::test]
async fn a_machine_without_the_right_certificate_is_told_so() {
    let Some(kmip) = Kmip::start() else { return };
    let good = of(&kmip);
    let key = format!("kmip:{}", kmip.address());
    let world = founded(&[(Compartment::Clinical, &key)], &good).await.unwrap();
    let none = Reach { identity_file: None, ..good.clone() };
    assert_eq!(refused(&world, &none, "osei").await.fields["why"].as_str(), Some("credentials"));
    let other = super::authority::Authority::named("Somebody else");
    let strange = Reach { identity_file: Some(other.write("identity.pem", &other.client().pem())), ..good.clone() };
    let told = refused(&world, &strange, "osei").await;
    assert_eq!(told.fields["why"].as_str(), Some("denied"), "{told}");
    let nobody = Reach { ca_file: Some(other.file()), ..good };
    let told = refused(&world, &nobody, "osei").await;
    assert_eq!(told.fields["why"].as_str(), Some("certificate"), "{told}");
    assert!(told.fields["told"].as_str().unwrap().contains("Ward KMIP CA"), "{told}");
}

#[tokio::test]
async fn the_status_panel_warns_of_certificates_at_thirty_and_at_seven_days() {
    let Some(kmip) = Kmip::start() else { return };
    let key = format!("kmip:{}", kmip.address());
    let mut world = founded(&[(Compartment::Clinical, &key)], &of(&kmip)).await.unwrap();
    // The panel's clock is the workstation's; certificates are made by the machine's own.
    let ahead = super::server::now() * 1000 - crate::world::MORNING.0;
    world.wait(std::time::Duration::from_millis(u64::try_from(ahead).unwrap_or(0)));
    for (days, words) in [(90, "all good"), (20, "have it renewed"), (4, "have it renewed NOW")] {
        let own = kmip.authority.write("own.pem", &kmip.authority.client_for(days).pem());
        *world.seat.reach() = reach(&kmip.authority.file(), Some(&own), &[]);
        world.sign_in("osei").await;
        world.seat.lock(wardseal::session::LockCause::Manual).await.unwrap();
        world.sign_in("osei").await;
        let status = world.seat.perform(wardseal::app::ShowStatus {}).await.unwrap();
        let check = status.checks.into_iter().find(|check| check.what == "certificates").unwrap();
        assert!(check.detail.contains(words), "{}", check.detail);
        assert_eq!(check.ok, days == 90);
    }
}
