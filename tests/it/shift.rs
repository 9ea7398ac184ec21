//! The hand-off of a shift: what happened to the patients one treats, and to nobody else's.

use crate::chart_orders::{clinic, order, saved, switch, told};
use serde_json::{Value, json};
use std::time::Duration;
use wardseal::app::{Code, NoteText, RecordAdministration, RecordVitals, SignNote, WriteNote};
use wardseal::record::vitals::Vitals;

const NOW: &str = "2026-11-22T09:30:00Z";

fn kinds(shift: &Value) -> Vec<&str> {
    let mut kinds: Vec<&str> =
        shift["rows"].as_array().unwrap().iter().map(|row| row["kind"].as_str().unwrap()).collect();
    kinds.sort_unstable();
    kinds
}

#[tokio::test]
async fn the_next_nurse_reads_what_happened_in_the_shift_and_goes_from_there_to_each_item() {
    let (mut world, anna) = clinic().await;
    let lisinopril = saved(world.seat.perform(order(anna, "Lisinopril", 0)).await).item;
    switch(&mut world, "kim").await;
    let vitals = |systolic, diastolic| {
        let vitals = Vitals { systolic: Some(systolic), diastolic: Some(diastolic), ..Vitals::default() };
        RecordVitals { patient: anna, visit: None, at: NOW.into(), vitals, confirmed: vec!["systolic".into()] }
    };
    world.seat.perform(vitals(118.0, 76.0)).await.unwrap();
    world.seat.perform(vitals(172.0, 104.0)).await.unwrap();
    let dose = |given: bool, reason: Option<&str>| RecordAdministration {
        patient: anna,
        visit: None,
        medication: lisinopril,
        given,
        at: NOW.into(),
        dose: Some("10 mg".into()),
        route: None,
        response: None,
        reaction: None,
        reason: reason.map(Into::into),
        scanned: None,
    };
    saved(world.seat.perform(dose(true, None)).await);
    saved(world.seat.perform(dose(false, Some("She refused"))).await);
    saved(world.seat.perform(told(anna, "Paracetamol")).await);
    let note = NoteText { title: "Morning".into(), template: "nursing".into(), text: "Slept well.".into() };
    let note = saved(world.seat.perform(WriteNote { patient: anna, visit: None, note }).await);
    saved(world.seat.perform(SignNote { patient: anna, item: note.item, rev: note.rev, cosigner: None }).await);
    let shift = world.seat.dispatch("read_shift", json!({ "hours": 8 })).await.unwrap();
    let expected = ["given", "not_given", "note_signed", "order_signed", "order_verbal", "vital"];
    assert_eq!(kinds(&shift), expected, "{shift}");
    for row in shift["rows"].as_array().unwrap() {
        assert_eq!((&row["patient"], &row["name"]), (&json!(anna), &json!("SMITH, Anna")));
        let item = json!({ "patient": anna, "item": row["item"], "section": row["section"] });
        let item = world.seat.dispatch("read_item", item).await.unwrap();
        assert_eq!(item["rev"], row["rev"], "each leads to its item");
    }
    let flagged = |shift: &Value| {
        let rows = shift["rows"].as_array().unwrap().iter();
        rows.filter(|row| row["flagged"] == true)
            .map(|row| row["kind"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    let mut stands_out = flagged(&shift);
    stands_out.sort_unstable();
    assert_eq!(stands_out, ["not_given", "order_verbal", "vital"]);
    // The doctor who treats her reads the same, the desk nothing.
    switch(&mut world, "osei").await;
    let seen = world.seat.dispatch("read_shift", json!({ "hours": 8 })).await.unwrap();
    assert_eq!(kinds(&seen), expected);
    switch(&mut world, "lopez").await;
    assert_eq!(world.seat.dispatch("read_shift", json!({ "hours": 8 })).await.err().unwrap().code, Code::NoRight);
    // Nine hours later it's another shift.
    world.clock.advance(Duration::from_secs(9 * 3_600));
    switch(&mut world, "kim").await;
    let later = world.seat.dispatch("read_shift", json!({ "hours": 8 })).await.unwrap();
    assert_eq!(later["rows"], json!([]));
    assert_eq!(kinds(&world.seat.dispatch("read_shift", json!({ "hours": 12 })).await.unwrap()), expected);
    for hours in [0, 25] {
        let refused = world.seat.dispatch("read_shift", json!({ "hours": hours })).await.err().unwrap();
        assert_eq!(refused.code, Code::Invalid);
    }
}
