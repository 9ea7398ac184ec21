//! The X-ray: what the store holds of one record, beside what it means to whoever may read it.

use crate::clinic_day::patient;
use crate::world::World;
use serde_json::{Value, json};
use wardseal::app::Code;
use wardseal::app::inventory::inventory_markdown;

async fn xray(world: &mut World, patient: Value) -> Result<Value, Code> {
    world.seat.dispatch("xray", json!({ "patient": patient })).await.map_err(|failure| failure.code)
}

#[tokio::test]
async fn the_doctor_sees_both_sides_and_the_administrator_only_the_bytes() {
    let mut world = World::new().await;
    world.register(vec![(patient("Smith", "Anna", "1968-04-12"), vec![])]).await;
    world.sign_in("osei").await;
    let anna = world.find("smith, anna").await;
    let seen = xray(&mut world, json!(anna)).await.unwrap();
    let identity = row(&seen, "s.identity");
    assert!(identity["means"].as_str().unwrap().contains("Smith"));
    assert_eq!((identity["form"].as_str(), identity["purpose"].as_str()), (Some("unindexed"), Some("section:front")));
    assert!(identity["bytes"].as_str().unwrap().starts_with("10"));
    world.seat.sign_out().await.unwrap();
    world.sign_in("adams").await;
    let seen = xray(&mut world, Value::Null).await.unwrap();
    assert_eq!(seen["record"], json!(anna));
    assert!(seen["rows"].as_array().unwrap().iter().all(|row| row.get("means").is_none()));
    assert!(!seen.to_string().contains("Smith"));
}

#[tokio::test]
async fn a_nurse_a_receptionist_and_the_auditor_are_refused() {
    let mut world = World::new().await;
    world.register(vec![(patient("Smith", "Anna", "1968-04-12"), vec![])]).await;
    for username in ["kim", "lopez", "park"] {
        world.sign_in(username).await;
        assert_eq!(xray(&mut world, Value::Null).await.unwrap_err(), Code::NoRight, "{username}");
        world.seat.sign_out().await.unwrap();
    }
}

#[test]
fn the_printed_inventory_is_the_table_of_fields() {
    let page = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/INVENTORY.md");
    if std::env::var_os("WARDSEAL_UPDATE").is_some() {
        std::fs::write(&page, inventory_markdown()).unwrap();
    }
    let stored = std::fs::read_to_string(&page).unwrap_or_default();
    assert!(
        stored == inventory_markdown(),
        "docs/INVENTORY.md differs: WARDSEAL_UPDATE=1 cargo test --test it inventory"
    );
}

fn row<'a>(view: &'a Value, path: &str) -> &'a Value {
    view["rows"].as_array().unwrap().iter().find(|row| row["path"] == path).unwrap()
}
