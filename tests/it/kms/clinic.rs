//! A demo clinic whose compartments are wrapped by services.

use crate::clinic_day::patient;
use crate::world::{MORNING, World, sign_in};
use bson::{Document, doc};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use wardseal::app::demo_clinic::demo_plan;
use wardseal::app::found_site::{FoundingFailed, Services, found_with};
use wardseal::app::sign_in::DEMO_PASSWORD;
use wardseal::app::{Failure, Home, Workstation};
use wardseal::clock::ManualClock;
use wardseal::crypt::Profile;
use wardseal::crypt::kms::{Reach, Surroundings};
use wardseal::keys::{MemoryKeychain, SlotCost};
use wardseal::net::Limits;
use wardseal::record::Compartment;
use wardseal::secret::Password;
use wardseal::store::embedded::Embedded;
use wardseal::store::find_documents;

/// Short enough that a test of a slow service doesn't take long.
pub const HASTY: Limits = Limits {
    connect: Duration::from_millis(4000),
    answer: Duration::from_millis(1500),
    tries: 2,
    pause: Duration::from_millis(10),
};

/// How services are reached by a test's workstation.
pub fn reach(ca: &Path, identity: Option<&Path>, variables: &[(&str, &str)]) -> Reach {
    Reach {
        ca_file: Some(ca.to_owned()),
        identity_file: identity.map(Path::to_owned),
        limits: HASTY,
        surroundings: Surroundings::of(variables),
        ..Reach::default()
    }
}

/// The demo clinic with these compartments under these keys.
pub async fn founded(keys: &[(Compartment, &str)], reach: &Reach) -> Result<World, FoundingFailed> {
    let folder = tempfile::tempdir().unwrap();
    let keychain = Arc::new(MemoryKeychain::new());
    let clock = Arc::new(ManualClock::at(MORNING));
    let home = Home::at(folder.path().join("home"));
    home.create().unwrap();
    let store = Embedded::open(&home.store()).unwrap();
    let plan = demo_plan(Profile::Queryable, clock.as_ref(), SlotCost::CHEAP);
    let keys = keys.iter().map(|(of, name)| (*of, name.parse().unwrap())).collect();
    let services = Services { reach: reach.clone(), keys };
    found_with(&home, keychain.as_ref(), &store, &plan, &services).await?;
    drop(store);
    let mut seat = Workstation::open(home, keychain.clone(), clock.clone()).await.unwrap();
    *seat.reach() = reach.clone();
    Ok(World { folder, keychain, clock, seat })
}

/// A second seat that reaches the services the same way.
pub async fn another(world: &World, reach: &Reach) -> Workstation {
    let mut seat = world.another_seat().await;
    *seat.reach() = reach.clone();
    seat
}

/// Anna Smith is a patient.
pub async fn anna_comes(world: &mut World) {
    world.register(vec![(patient("Smith", "Anna", "1968-04-12"), vec![])]).await;
}

/// A new program on the same clinic: signs in and finds her.
pub async fn finds_anna(world: &World, reach: &Reach, username: &str) {
    let mut seat = another(world, reach).await;
    sign_in(&mut seat, username).await;
    crate::rotation::find(&mut seat, "smith").await;
}

/// What somebody is told who can't sign in.
pub async fn refused(world: &World, reach: &Reach, username: &str) -> Failure {
    let mut seat = another(world, reach).await;
    let refused = seat.sign_in(username, &Password::new(DEMO_PASSWORD.to_owned())).await.err().unwrap();
    let page = seat.perform(wardseal::app::SearchPatients::page("smith".to_owned(), 0, 5)).await;
    assert!(page.is_err(), "nothing is shown to whoever isn't signed in");
    refused
}

/// The stored data keys of a provider.
pub async fn stored_keys(world: &World, provider: &str) -> Vec<Document> {
    let filter = doc! { "masterKey.provider": provider };
    let found = find_documents(world.seat.store(), "key_vault", filter, None).await.unwrap();
    found.into_iter().map(|raw| Document::try_from(raw).unwrap()).collect()
}

/// Everything in the collections that hold keys.
pub async fn everything(world: &World) -> Vec<Document> {
    let mut all = vec![];
    for collection in ["key_vault", "grants", "site", "patients", "items", "patient_keys"] {
        let found = find_documents(world.seat.store(), collection, doc! {}, None).await.unwrap();
        all.extend(found.into_iter().map(|raw| Document::try_from(raw).unwrap()));
    }
    all
}
