//! Diagnosis codes while somebody types: what is offered, and what of it stands in the audit.

use crate::guard_loot::{FileKeychain, Loot};
use crate::world::World;
use serde_json::json;
use uuid::Uuid;
use wardseal::app::sign_in::DEMO_PASSWORD;
use wardseal::audit::{Event, Opener, Span};

fn audited(world: &World) -> Vec<Event> {
    let keychain = world.folder.path().join("stolen");
    FileKeychain::copied(keychain.clone(), world.keychain.as_ref(), &world.home());
    let auditor = Loot::of(&world.home(), &FileKeychain(keychain), "park", DEMO_PASSWORD);
    let read = |key| wardseal::audit::read(&world.home().audit(), &mut Opener::new(&key).unwrap(), Span::ALL).unwrap();
    let rows = auditor.private_keys().into_iter().flat_map(read).map(|(_, event)| event);
    rows.filter(|event| event.action.as_str() == "suggest_codes").collect()
}

#[tokio::test]
async fn a_search_through_codes_is_one_row_however_often_the_doctor_pauses_and_no_word_of_it_is_kept() {
    let mut world = World::new().await;
    world.sign_in("osei").await;
    let (first, second) = (Uuid::new_v4(), Uuid::new_v4());
    for (text, search) in [("hy", first), ("hyper", first), ("hypertension", first), ("asthma", second)] {
        let found = world.seat.dispatch("suggest_codes", json!({ "text": text, "search": search })).await.unwrap();
        assert!(text.len() < 6 || !found["suggestions"].as_array().unwrap().is_empty());
    }
    let rows = audited(&world);
    assert_eq!(rows.len(), 2, "one for each search");
    assert!(rows.iter().all(|row| row.detail.is_none() && row.count == 0));
    world.seat.sign_out().await.unwrap();
    world.sign_in("osei").await;
    world.seat.dispatch("suggest_codes", json!({ "text": "asthma", "search": second })).await.unwrap();
    assert_eq!(audited(&world).len(), 3, "a new session begins anew");
    world.sign_in("lopez").await;
    for _ in 0..2 {
        world.seat.dispatch("suggest_codes", json!({ "text": "asthma", "search": second })).await.unwrap_err();
    }
    assert_eq!(audited(&world).len(), 5, "every refusal stands there");
}
