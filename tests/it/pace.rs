//! Whoever opens very many records within an hour is noticed; a loop of searches is slowed.

use crate::clinic_day::patient;
use crate::world::World;
use serde_json::json;
use std::time::Duration;
use wardseal::app::{Code, SearchPatients};
use wardseal::session::{PATIENTS_AN_HOUR, SEARCHES_AT_ONCE};

fn alerts(world: &World) -> Vec<wardseal::audit::Event> {
    world.audited().into_iter().filter(|event| event.action.as_str() == "many_patients").collect()
}

#[tokio::test]
async fn the_hundred_and_first_record_within_an_hour_alerts_whoever_reads_the_audit() {
    let mut world = World::new().await;
    let smiths = (0..=PATIENTS_AN_HOUR).map(|nth| (patient("Smith", &format!("Anna{nth}"), "1968-04-12"), vec![]));
    world.register(smiths.collect()).await;
    world.sign_in("osei").await;
    let page = world.seat.perform(SearchPatients::page("smith", 0, 200)).await.unwrap();
    let patients: Vec<_> = page.rows.iter().map(|row| row.patient).collect();
    assert_eq!(patients.len(), PATIENTS_AN_HOUR + 1);
    for patient in &patients[..PATIENTS_AN_HOUR] {
        world.seat.dispatch("patient_details", json!({ "patient": patient })).await.unwrap();
    }
    // Neither the same record again nor a lock begins a new count.
    world.seat.dispatch("lock", json!({})).await.unwrap();
    world.sign_in("osei").await;
    world.seat.dispatch("open_chart", json!({ "patient": patients[0] })).await.unwrap();
    assert!(alerts(&world).is_empty());
    world.seat.dispatch("open_chart", json!({ "patient": patients[PATIENTS_AN_HOUR] })).await.unwrap();
    let told = alerts(&world);
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].detail.as_ref().unwrap().as_str(), "security_alert");
    assert!(told[0].actor.is_some() && told[0].patient.is_none());
}

#[tokio::test]
async fn a_loop_of_searches_is_slowed_and_audited_and_a_minute_later_one_may_search_again() {
    let mut world = World::new().await;
    world.register(vec![(patient("Smith", "Anna", "1968-04-12"), vec![])]).await;
    world.sign_in("lopez").await;
    let search = json!({ "query": "smith", "offset": 0, "limit": 50 });
    for _ in 0..SEARCHES_AT_ONCE {
        world.seat.dispatch("search_patients", search.clone()).await.unwrap();
    }
    let slowed = world.seat.dispatch("search_patients", search.clone()).await.err().unwrap();
    assert_eq!((slowed.code, &slowed.fields["seconds"]), (Code::TooManySearches, &json!(1)));
    let refused =
        |event: &wardseal::audit::Event| event.detail.as_ref().is_some_and(|one| one.as_str() == slowed.code.word());
    assert_eq!(world.audited().iter().filter(|event| refused(event)).count(), 1);
    world.clock.advance(Duration::from_secs(60));
    world.seat.dispatch("search_patients", search).await.unwrap();
}
