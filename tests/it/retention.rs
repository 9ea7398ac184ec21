//! Records that nobody writes into any more are archived after the time their tag says; a legal hold keeps them.

use crate::clinic_day::patient;
use crate::world::{World, write};
use serde_json::json;
use std::time::Duration;
use uuid::Uuid;
use wardseal::app::patients::{ArchiveRecord, FindOldRecords, Retained};
use wardseal::app::{Code, LiftHold, SetHold};

const YEAR: Duration = Duration::from_secs(365 * 86_400 + 21_600);

/// Anna, Bea under a hold, Cara whose record is kept for ever, and Dan, who is a child.
async fn clinic() -> (World, [Uuid; 4]) {
    let mut world = World::new().await;
    let people = [("Smith", "Anna", "1968-04-12"), ("Jones", "Bea", "1970-01-02"), ("Hill", "Cara", "1980-03-04")];
    let people = people.into_iter().chain([("West", "Dan", "2020-05-06")]);
    world.register(people.map(|(surname, given, born)| (patient(surname, given, born), vec![])).collect()).await;
    world.sign_in("lopez").await;
    let mut ids = [Uuid::nil(); 4];
    for (id, name) in ids.iter_mut().zip(["smith", "jones", "hill", "west"]) {
        *id = world.find(name).await;
    }
    let details = world.seat.dispatch("patient_details", json!({ "patient": ids[2] })).await.unwrap();
    for (tag, works) in [("a while", false), ("permanent", true)] {
        let rev = details["identity_rev"].clone();
        let args = json!({ "patient": ids[2], "rev": rev, "standing": { "retention": tag } });
        assert_eq!(write(&mut world.seat, "set_standing", args).await.is_ok(), works);
    }
    world.seat.sign_out().await.unwrap();
    world.sign_in("adams").await;
    world.seat.perform(SetHold { patient: ids[1] }).await.unwrap();
    world.seat.sign_out().await.unwrap();
    (world, ids)
}

async fn archive(world: &mut World, patient: Uuid, look: bool) -> Retained {
    world.seat.perform(ArchiveRecord { patient, look }).await.unwrap()
}

#[tokio::test]
async fn after_ten_years_the_job_archives_what_is_due_and_a_hold_a_tag_and_a_childs_age_keep_the_rest() {
    let (mut world, [anna, bea, cara, dan]) = clinic().await;
    world.wait(YEAR * 9);
    world.sign_in("lopez").await;
    assert_eq!(world.seat.perform(FindOldRecords {}).await.unwrap().patients, Vec::<Uuid>::new());
    assert_eq!(archive(&mut world, anna, false).await, Retained::Kept(Some("2036-11-22".into())));
    world.seat.sign_out().await.unwrap();
    world.wait(YEAR + Duration::from_secs(86_400));

    world.sign_in("lopez").await;
    assert_eq!(world.seat.perform(FindOldRecords {}).await.unwrap().patients.len(), 4);
    assert_eq!(archive(&mut world, anna, true).await, Retained::Due);
    assert!(!world.search("smith").await.unwrap().rows[0].inactive, "looking changes nothing");
    assert_eq!(archive(&mut world, anna, false).await, Retained::Archived);
    assert_eq!(archive(&mut world, bea, false).await, Retained::Held);
    assert_eq!(archive(&mut world, cara, false).await, Retained::Kept(None));
    assert_eq!(archive(&mut world, dan, false).await, Retained::Kept(Some("2048-05-06".into())));
    assert_eq!(archive(&mut world, anna, false).await, Retained::OutOfUse, "once is enough");
    assert!(world.search("smith").await.unwrap().rows[0].inactive);
    assert!(!world.search("jones").await.unwrap().rows[0].inactive);
    let said = world.open(anna).await.unwrap().banner.inactive.unwrap();
    assert!(said.starts_with("Archived on 2036-11-2"), "{said}");
}

#[tokio::test]
async fn a_hold_that_two_have_lifted_keeps_nothing_and_only_the_desk_archives() {
    let (mut world, [anna, bea, ..]) = clinic().await;
    world.wait(YEAR * 11);
    for user in ["adams", "osei", "kim", "park"] {
        world.sign_in(user).await;
        let answer = world.seat.perform(ArchiveRecord { patient: anna, look: false }).await;
        assert_eq!(answer.map_err(|failure| failure.code), Err(Code::NoRight), "{user}");
        world.seat.sign_out().await.unwrap();
    }
    for user in ["adams", "park"] {
        world.sign_in(user).await;
        world.seat.perform(LiftHold { patient: bea }).await.unwrap();
        world.seat.sign_out().await.unwrap();
    }
    world.sign_in("lopez").await;
    assert_eq!(archive(&mut world, bea, false).await, Retained::Archived);
}
