//! The counters are compacted while nobody types, by whoever holds the keys of all of them.

use crate::clinic_day::patient;
use crate::world::World;
use std::time::Duration;
use wardseal::app::CheckStore;
use wardseal::app::tend_store::TendStore;

/// More than are worth it.
const PATIENTS: usize = 520;

#[tokio::test]
async fn counters_are_compacted_when_a_doctor_only_reads_and_not_while_she_types() {
    let mut world = World::new().await;
    let everyone = (0..PATIENTS).map(|n| (patient(&format!("Family{n}"), "Maria", "1980-02-03"), vec![]));
    world.register(everyone.collect()).await;
    assert!(!world.seat.tend_when_quiet().await.unwrap(), "nobody is there");
    for without_keys in ["lopez", "kim", "adams", "park"] {
        world.sign_in(without_keys).await;
        world.wait(Duration::from_secs(30));
        assert!(!world.seat.tend_when_quiet().await.unwrap(), "{without_keys}");
    }
    world.sign_in("osei").await;
    assert!(!world.seat.tend_when_quiet().await.unwrap(), "she has just touched the keyboard");
    world.wait(Duration::from_secs(30));
    let mut slices = 0;
    while world.seat.tend_when_quiet().await.unwrap() {
        slices += 1;
        assert!(slices < 20);
    }
    assert!(slices > 0);
    let left = world.seat.perform(TendStore { cleanup: false, most: None }).await.unwrap();
    assert!(left.waiting < 500, "{left:?}");
    crate::rotation::find(&mut world.seat, "family7").await;
    assert!(world.seat.perform(CheckStore {}).await.unwrap().findings.is_empty());
}
