//! The work-list of likely duplicates: found by the rule over the whole clinic, decided by a person.

use crate::clinic_day::patient;
use crate::world::{World, in_record};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use uuid::Uuid;
use wardseal::app::Code;
use wardseal::record::{Address, PatientRecord};

fn at(mut record: PatientRecord, street: &str, (city, postal_code): (&str, &str), phone: &str) -> PatientRecord {
    let (lines, city) = (vec![street.to_owned()], Some(city.to_owned()));
    let postal_code = Some(postal_code.to_owned());
    record.contact.addresses = vec![Address { lines, city, postal_code, ..Address::default() }];
    record.contact.phones[0].number = phone.to_owned();
    record
}

const SPRINGFIELD: (&str, &str) = ("Springfield", "01103");

/// Twelve people, of whom one is on file twice, and two are namesakes in different towns.
async fn clinic() -> (World, [Uuid; 2]) {
    let mut world = World::new().await;
    let others = [
        ("Baker", "Ben", "1944-03-01", "4 Elm Street", ("Boston", "02108"), "(217) 555-0141"),
        ("Carter", "Cara", "1951-05-12", "19 Oak Avenue", ("Lowell", "01850"), "(217) 555-0142"),
        ("Dorn", "Dora", "1960-07-23", "233 Mill Road", ("Salem", "01970"), "(217) 555-0143"),
        ("Evans", "Emlyn", "1972-09-04", "8 Quarry Hill", SPRINGFIELD, "(217) 555-0144"),
        ("Fuchs", "Greta", "1983-11-15", "71 Canal Walk", ("Worcester", "01608"), "(217) 555-0145"),
        ("Ito", "Haruka", "1995-01-26", "560 Beacon Court", ("Quincy", "02169"), "(217) 555-0146"),
        ("Klein", "Otto", "2007-02-07", "35 Meadow View", ("Lynn", "01901"), "(217) 555-0147"),
        ("Smith", "John", "1931-01-30", "7 Harbour Lane", ("Plymouth", "02360"), "(217) 555-0181"),
        ("Smith", "John", "1988-11-02", "300 West Road", ("Holyoke", "01040"), "(217) 555-0182"),
        ("Okonkwo", "Adaeze", "1968-04-12", "12 Alder Lane", SPRINGFIELD, "(217) 555-0177"),
        ("Okonkwo", "Adaze", "1968-12-04", "12 Alder Lane", SPRINGFIELD, "(217) 555-0177"),
    ];
    let one =
        |(surname, given, born, street, town, phone)| (at(patient(surname, given, born), street, town, phone), vec![]);
    world.register(others.map(one).into()).await;
    world.sign_in("lopez").await;
    let twice = [world.find("okonkwo, adaeze").await, world.find("okonkwo, adaze").await];
    (world, twice)
}

/// Looks through everybody; the pairs, and the progress that was told.
async fn look(world: &mut World) -> (BTreeSet<BTreeSet<Uuid>>, Vec<(u64, u64)>) {
    let (mut pairs, mut told, mut after) = (BTreeSet::new(), Vec::new(), Value::Null);
    loop {
        let page = world.seat.dispatch("find_duplicates", json!({ "after": after })).await.unwrap();
        for pair in page["pairs"].as_array().unwrap() {
            let ids = [&pair["patient"]["patient"], &pair["other"]["row"]["patient"]];
            pairs.insert(ids.map(|id| id.as_str().unwrap().parse().unwrap()).into());
        }
        told.push((page["done"].as_u64().unwrap(), page["of"].as_u64().unwrap()));
        after = page["next"].clone();
        if after.is_null() {
            return (pairs, told);
        }
    }
}

#[tokio::test]
async fn who_is_on_file_twice_is_found_slice_by_slice_and_namesakes_of_other_houses_are_not() {
    let (mut world, twice) = clinic().await;
    let (pairs, told) = look(&mut world).await;
    assert_eq!(pairs, BTreeSet::from([BTreeSet::from(twice)]));
    let (done, of) = told.last().copied().unwrap();
    assert!(done == of && told.len() > 2 && told.is_sorted(), "{told:?}");
}

#[tokio::test]
async fn a_pair_that_was_told_apart_or_merged_is_not_shown_again() {
    let (mut world, [one, other]) = clinic().await;
    let merge = json!({ "patient": one, "merged": other, "reason": "the same passport" });
    in_record(&mut world.seat, "merge_patients", merge).await.unwrap();
    assert!(look(&mut world).await.0.is_empty());
    in_record(&mut world.seat, "unmerge_patients", json!({ "patient": one, "merged": other })).await.unwrap();
    assert_eq!(look(&mut world).await.0.len(), 1);
    world.seat.dispatch("tell_apart", json!({ "patient": other, "other": one })).await.unwrap();
    assert!(look(&mut world).await.0.is_empty());
    let history = world.seat.dispatch("patient_history", json!({ "patient": one })).await.unwrap().to_string();
    assert!(!history.contains(&other.to_string()), "the other's id is nobody's to read there");
}

#[tokio::test]
async fn the_list_is_the_front_desks() {
    let (mut world, [one, other]) = clinic().await;
    for who in ["kim", "osei", "adams"] {
        world.sign_in(who).await;
        let list = world.seat.dispatch("find_duplicates", json!({ "after": null })).await;
        assert_eq!(list.err().unwrap().code, Code::NoRight, "{who}");
        let apart = world.seat.dispatch("tell_apart", json!({ "patient": one, "other": other })).await;
        assert_eq!(apart.err().unwrap().code, Code::NoRight, "{who}");
    }
}
