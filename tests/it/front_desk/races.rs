//! Two bookers and one slot, again and again: one wins, the other is told that it's taken. On every store.

use super::*;
use crate::atlas_peer;
use crate::world::sign_in;
use std::sync::Arc;
use wardseal::app::demo_clinic::{found_demo_as, resources};
use wardseal::app::{Home, SearchPatients};
use wardseal::clock::ManualClock;
use wardseal::crypt::Profile;
use wardseal::keys::{Keychain, MemoryKeychain, SlotCost};
use wardseal::store::Store;
use wardseal::store::embedded::Embedded;
use wardseal::store::memory::Memory;

/// How many races: `WARDSEAL_RACES`, few otherwise.
fn races() -> u32 {
    std::env::var("WARDSEAL_RACES").ok().and_then(|count| count.parse().ok()).unwrap_or(12)
}

/// Two workstations over one clinic, a receptionist at each.
async fn desks(
    folder: &std::path::Path,
    profile: Profile,
    stores: [Arc<dyn Store>; 2],
) -> ([Workstation; 2], [Uuid; 2]) {
    let keychain: Arc<dyn Keychain> = Arc::new(MemoryKeychain::new());
    let clock = Arc::new(ManualClock::at(MONDAY));
    let home = Home::at(folder.join("home"));
    home.create().unwrap();
    let [first, second] = stores;
    found_demo_as(profile, &home, keychain.as_ref(), first.as_ref(), clock.as_ref(), SlotCost::CHEAP).await.unwrap();
    let open =
        async |store| Workstation::open_on(home.clone(), keychain.clone(), clock.clone(), |_| Ok(store)).await.unwrap();
    let mut desks = [open(first).await, open(second).await];
    sign_in(&mut desks[0], "import").await;
    let people = [("Smith", "Anna", "1968-04-12"), ("Baker", "Ben", "1971-02-03")];
    for (surname, given, born) in people {
        let incoming = resources("register", surname, patient(surname, given, born), vec![], &["main"]);
        desks[0].import(incoming, |_| std::ops::ControlFlow::Continue(())).await.unwrap();
    }
    sign_in(&mut desks[0], "adams").await;
    desks[0].perform(SetSchedule { version: 0, schedule: Some(hours()) }).await.unwrap();
    for desk in &mut desks {
        sign_in(desk, "lopez").await;
    }
    let mut found = vec![];
    for (surname, ..) in people {
        let page = desks[0].perform(SearchPatients::page(surname.to_lowercase(), 0, 5)).await.unwrap();
        found.push(page.rows[0].patient);
    }
    (desks, [found[0], found[1]])
}

/// Every race is for another quarter of an hour from Monday in a week on.
fn slot(race: u32) -> (String, u16) {
    const QUARTERS: [u16; 30] = {
        let mut quarters = [0; 30];
        let mut at = 0;
        while at < 30 {
            quarters[at] = if at < 15 { 480 + at as u16 * 15 } else { 780 + (at as u16 - 15) * 15 };
            at += 1;
        }
        quarters
    };
    let (day, quarter) = (race / 30, race % 30);
    let monday = wardseal::record::schedule::day_from("2026-11-30").unwrap();
    let day = wardseal::record::schedule::days_after(monday, i64::from(day / 5 * 7 + day % 5));
    (day.to_string(), QUARTERS[quarter as usize])
}

async fn one_wins_each(folder: &std::path::Path, profile: Profile, stores: [Arc<dyn Store>; 2]) {
    let ([mut here, mut there], [anna, ben]) = desks(folder, profile, stores).await;
    for race in 0..races() {
        let (day, minute) = slot(race);
        let mut plan = plan(&day, minute, OSEI);
        plan["visit_type"] = json!("Nurse visit");
        let mut other = plan.clone();
        // Every second race is for the one device, by two providers.
        let of_a_device = race % 2 == 1;
        if of_a_device {
            other["provider"] = json!(KOWALSKA);
            (plan["devices"], other["devices"]) = (json!(["Ultrasound 1"]), json!(["Scale", "Ultrasound 1"]));
        }
        let (mine, yours) = tokio::join!(book(&mut here, anna, plan), book(&mut there, ben, other));
        let won = [&mine, &yours].iter().filter(|answer| answer["is"] == "booked").count();
        assert_eq!(won, 1, "race {race}: {mine} {yours}");
        let lost = if mine["is"] == "booked" { &yours } else { &mine };
        let taken = if of_a_device { "device_taken" } else { "provider_taken" };
        assert_eq!(clashes(lost), [taken], "race {race}");
    }
}

#[tokio::test]
async fn of_two_bookers_one_wins_in_memory() {
    let folder = tempfile::tempdir().unwrap();
    let store: Arc<dyn Store> = Arc::new(Memory::new());
    one_wins_each(folder.path(), Profile::Queryable, [store.clone(), store]).await;
}

#[tokio::test]
async fn of_two_bookers_one_wins_on_two_workstations_with_one_file() {
    let folder = tempfile::tempdir().unwrap();
    let open = || Arc::new(Embedded::open(&folder.path().join("records.db")).unwrap()) as Arc<dyn Store>;
    one_wins_each(folder.path(), Profile::Queryable, [open(), open()]).await;
}

#[tokio::test]
async fn of_two_bookers_one_wins_on_a_server() {
    let Some(turn) = atlas_peer::turn().await else { return };
    let folder = tempfile::tempdir().unwrap();
    let stores: [Arc<dyn Store>; 2] = [Arc::new(turn.store().await.unwrap()), Arc::new(turn.store().await.unwrap())];
    one_wins_each(folder.path(), Profile::Deterministic, stores).await;
}
