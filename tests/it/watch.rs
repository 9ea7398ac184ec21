//! What one window saves the other hears of: whose chart and which records, and nothing about its own saving.

use crate::atlas_peer;
use crate::clinic_day::{patient, problem};
use crate::world::{MORNING, sign_in};
use std::sync::Arc;
use uuid::Uuid;
use wardseal::app::demo_clinic::{found_demo_as, resources};
use wardseal::app::{AddProblem, Home, OpenChart, SearchPatients, Workstation};
use wardseal::clock::ManualClock;
use wardseal::crypt::Profile;
use wardseal::keys::{Keychain, MemoryKeychain, SlotCost};
use wardseal::store::Store;
use wardseal::store::embedded::Embedded;

/// Two windows over one clinic, each with a store of its own, and a doctor in both.
struct Windows {
    here: Workstation,
    there: Workstation,
    anna: Uuid,
}

async fn windows(folder: &std::path::Path, profile: Profile, stores: [Arc<dyn Store>; 2]) -> Windows {
    let keychain: Arc<dyn Keychain> = Arc::new(MemoryKeychain::new());
    let clock = Arc::new(ManualClock::at(MORNING));
    let home = Home::at(folder.join("home"));
    home.create().unwrap();
    let [first, second] = stores;
    found_demo_as(profile, &home, keychain.as_ref(), first.as_ref(), clock.as_ref(), SlotCost::CHEAP).await.unwrap();
    let mut seats = vec![];
    for store in [first, second] {
        seats.push(Workstation::open_on(home.clone(), keychain.clone(), clock.clone(), |_| Ok(store)).await.unwrap());
    }
    let (mut there, mut here) = (seats.pop().unwrap(), seats.pop().unwrap());
    sign_in(&mut here, "import").await;
    let incoming = resources("register", "1", patient("Smith", "Anna", "1968-04-12"), vec![], &["main"]);
    here.import(incoming, |_| std::ops::ControlFlow::Continue(())).await.unwrap();
    sign_in(&mut here, "osei").await;
    sign_in(&mut there, "osei").await;
    let search = serde_json::json!({ "query": "smith", "offset": 0, "limit": 5 });
    let page = here.perform(serde_json::from_value::<SearchPatients>(search).unwrap()).await.unwrap();
    let anna = serde_json::from_value(serde_json::to_value(page).unwrap()["rows"][0]["patient"].clone()).unwrap();
    Windows { here, there, anna }
}

async fn a_change_in_one_window_is_heard_in_the_other(mut windows: Windows) {
    let Windows { here, there, anna } = &mut windows;
    let patient = *anna;
    for seat in [&mut *here, &mut *there] {
        seat.perform(OpenChart { patient }).await.unwrap();
        assert_eq!(seat.look_for_changes().await.unwrap(), None, "nothing has changed yet");
    }
    there.perform(AddProblem { patient, problem: problem("Gout") }).await.unwrap();
    let mut told = None;
    for _ in 0..60 {
        told = here.look_for_changes().await.unwrap();
        if told.is_some() {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    let told = told.expect("the other window's problem is heard of");
    assert_eq!((told.patient, told.records.len()), (patient, 1));
    assert_eq!(here.look_for_changes().await.unwrap(), None, "it's told once");
    assert_eq!(there.look_for_changes().await.unwrap(), None, "what it saved itself is no news");
}

#[tokio::test]
async fn two_windows_on_one_file_hear_of_each_other() {
    let folder = tempfile::tempdir().unwrap();
    let open = || Arc::new(Embedded::open(&folder.path().join("records.db")).unwrap()) as Arc<dyn Store>;
    let windows = windows(folder.path(), Profile::Queryable, [open(), open()]).await;
    a_change_in_one_window_is_heard_in_the_other(windows).await;
}

#[tokio::test]
async fn two_windows_on_one_server_hear_of_each_other() {
    let Some(turn) = atlas_peer::turn().await else { return };
    let folder = tempfile::tempdir().unwrap();
    let stores: [Arc<dyn Store>; 2] = [Arc::new(turn.store().await.unwrap()), Arc::new(turn.store().await.unwrap())];
    let windows = windows(folder.path(), Profile::Deterministic, stores).await;
    a_change_in_one_window_is_heard_in_the_other(windows).await;
}
