//! The store over the driver, on a real socket: TLS and SCRAM, what it makes of a server that has nothing yet, and the
//! sentences every store fulfils.

use crate::atlas_peer::{BROAD, PATIENCE, turn};
use crate::store_conformance::Backend;
use bson::doc;
use wardseal::store::atlas::{Address, Atlas, Unfit};
use wardseal::store::{Changed, Store, StoreError};
use zeroize::Zeroizing;

/// A test for every sentence, where there is a server.
macro_rules! conforms_over_the_driver {
    ($($sentences:path { $($sentence:ident),* $(,)? })*) => {$(
        $(#[tokio::test]
        async fn $sentence() {
            use $sentences as sentences;
            let Some(turn) = turn().await else { return };
            let store = turn.store().await.unwrap();
            sentences::$sentence(Backend::Atlas(Box::new(store), turn)).await;
        })*
    )*};
}

conforms_over_the_driver! {
    crate::store_clear {
        a_document_comes_back_as_it_was_written,
        an_id_is_taken_once,
        clear_fields_are_filtered_as_mongodb_does,
        pages_are_sorted_and_cut,
        modifiers_change_what_they_name,
        an_upsert_starts_from_what_it_looked_for,
        find_and_modify_answers_the_old_document,
        two_windows_saving_the_same_record_conflict,
        items_of_a_patient_follow_their_section,
    }
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_authority_are_told_apart_from_a_server_that_is_gone() {
    let Some(turn) = turn().await else { return };
    let mut patience = PATIENCE;
    patience.select = std::time::Duration::from_secs(3);
    let open = |address: Address| async move { Atlas::open_with(&address, patience).await.map(drop) };
    let wrong = turn.uri().replace("workstation:", "workstation:not%20");
    assert!(matches!(open(turn.address_of(&wrong)).await, Err(StoreError::SignIn)));
    let stranger = Address::new(Zeroizing::new(turn.uri().to_owned()));
    if turn.ca().is_some() {
        assert!(matches!(open(stranger).await, Err(StoreError::Unreachable)));
    }
    let plain = turn.uri().replace("tls=true", "tls=false");
    assert!(matches!(open(turn.address_of(&plain)).await, Err(StoreError::Unfit(Unfit::NoTls))));
    let gone = Address::loopback_for_tests("mongodb://127.0.0.1:1/");
    assert!(matches!(open(gone).await, Err(StoreError::Unreachable)));
}

#[tokio::test]
async fn opening_makes_what_is_missing_and_opening_again_changes_nothing() {
    let Some(turn) = turn().await else { return };
    let first = turn.store().await.unwrap();
    let second = turn.store().await.unwrap();
    let admin = turn.admin().await;
    let mut names = admin.database("wardseal").list_collection_names().await.unwrap();
    names.sort();
    assert!(names.contains(&"items".to_owned()) && !names.contains(&"patient_keys".to_owned()));
    let keys = admin.database("wardseal_keys").list_collection_names().await.unwrap();
    assert!(keys.contains(&"patient_keys".to_owned()));
    let clear = doc! {"insert": "items", "documents": [{"_id": 1, "s": {"value": "asthma"}}]};
    let refused = first.run(wardseal::store::raw(&clear).unwrap()).await;
    assert!(matches!(refused, Err(StoreError::Refused { code: 121, .. })), "{refused:?}");
    drop(second);
}

#[tokio::test]
async fn an_account_that_may_do_more_than_a_workstation_needs_is_refused() {
    let Some(turn) = turn().await else { return };
    if turn.ca().is_none() {
        return;
    }
    let broad = turn.uri().replace(
        "workstation:a%20long%20workstation%27s%20password",
        &format!("{}:{}", BROAD.0, BROAD.1.replace(' ', "%20")),
    );
    let refused = Atlas::open_with(&turn.address_of(&broad), PATIENCE).await.map(drop);
    let Err(StoreError::Unfit(Unfit::TooBroad(what))) = refused else { panic!("{refused:?}") };
    assert_eq!(what, ["readWriteAnyDatabase"]);
}

#[tokio::test]
async fn another_workstations_write_is_told() {
    let Some(turn) = turn().await else { return };
    let (here, there) = (turn.store().await.unwrap(), turn.store().await.unwrap());
    let mut changes = here.changes().await.unwrap();
    let id = uuid::Uuid::new_v4();
    let item = doc! {"insert": "items", "documents": [{"_id": wardseal::keys::forms::uuid_bson(id), "rev": 1_i64}]};
    there.run(wardseal::store::raw(&item).unwrap()).await.unwrap();
    let mut told = Changed::Nothing;
    for _ in 0..100 {
        told = changes.since().await.unwrap();
        if told != Changed::Nothing {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    assert!(matches!(&told, Changed::These(ids) if ids.contains(&id)) || told == Changed::Anything, "{told:?}");
}
