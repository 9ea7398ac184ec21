//! Letters that only people with the extra right may see: labelled as they are attached, or later.

use crate::attachments::{attach, attached, card, choose, documents, letter, page};
use crate::chart_orders::{saved, switch};
use crate::labels::{clinic, label};
use crate::world::{World, write};
use serde_json::json;
use uuid::Uuid;
use wardseal::app::Code;
use wardseal::record::{Section, Sensitivity};

/// What somebody learns of a letter: the list, each page, a copy, its history.
async fn learns(world: &mut World, patient: Uuid, item: &str) -> Vec<Result<(), Code>> {
    let listed = documents(world, patient).await.iter().any(|one| one["item"] == item);
    let mut learnt = vec![if listed { Ok(()) } else { Err(Code::NotFound) }];
    for nth in 0..2 {
        learnt.push(page(world, patient, item, "documents", nth).await.map(|_| ()).map_err(|failure| failure.code));
    }
    let file = world.folder.path().join("copy.pdf");
    let places = world.seat.save_places();
    places.choose(places.session().unwrap_or_default(), file.clone());
    let args = json!({ "patient": patient, "item": item, "section": "documents", "purpose": "treatment",
        "for_whom": "patient" });
    learnt.push(world.seat.dispatch("copy_attachment", args).await.map(|_| ()).map_err(|failure| failure.code));
    let _ = std::fs::remove_file(file);
    let args = json!({ "patient": patient, "item": item, "section": "documents" });
    learnt.push(world.seat.dispatch("item_history", args).await.map(|_| ()).map_err(|failure| failure.code));
    learnt
}

const ALL: [Result<(), Code>; 5] = [Ok(()); 5];
const NOTHING: [Result<(), Code>; 5] = [Err(Code::NotFound); 5];

#[tokio::test]
async fn a_letter_that_is_labelled_leaves_the_nurses_chart_page_by_page_until_the_label_is_lifted() {
    let (mut world, anna, _) = clinic(vec![]).await;
    let item = attached(&mut world, anna, "letter", "Psychiatry").await;
    switch(&mut world, "kim").await;
    assert_eq!(learns(&mut world, anna, &item).await, ALL);

    for (kind, hers) in [(Some(Sensitivity::Psychiatric), NOTHING), (None, ALL)] {
        switch(&mut world, "osei").await;
        let rev = documents(&mut world, anna).await[0]["rev"].as_i64().unwrap();
        let of = (item.parse().unwrap(), rev);
        saved(world.seat.perform(label(anna, of, Section::Documents, kind)).await);
        assert_eq!(learns(&mut world, anna, &item).await, ALL, "he goes on reading it");
        switch(&mut world, "kim").await;
        assert_eq!(learns(&mut world, anna, &item).await, hers);
    }
}

#[tokio::test]
async fn a_letter_can_be_sensitive_from_the_start_and_stays_so_with_the_patient_it_is_moved_to() {
    let (mut world, anna, anne) = clinic(vec![]).await;
    choose(&world, "letter.pdf", &letter());
    let args = json!({ "patient": anna, "class": "letter", "title": "Psychiatry", "label": "psychiatric" });
    let sent = write(&mut world.seat, "attach_file", args.clone()).await.unwrap();
    assert_eq!(sent["saved"]["label"]["kind"], "psychiatric");
    let item = sent["saved"]["item"].as_str().unwrap().to_owned();
    assert_eq!(learns(&mut world, anna, &item).await, ALL);
    switch(&mut world, "kim").await;
    assert_eq!(learns(&mut world, anna, &item).await, NOTHING);
    choose(&world, "letter.pdf", &letter());
    assert_eq!(write(&mut world.seat, "attach_file", args).await.unwrap_err().code, Code::NoRight);

    switch(&mut world, "osei").await;
    let moved = json!({
        "patient": anna, "item": item, "rev": 1, "section": "documents", "to": anne, "reason": "It names Anne",
    });
    write(&mut world.seat, "move_item", moved).await.unwrap();
    let there = documents(&mut world, anne).await[0]["item"].as_str().unwrap().to_owned();
    assert_eq!(learns(&mut world, anne, &there).await, ALL);
    switch(&mut world, "kim").await;
    assert_eq!(learns(&mut world, anne, &there).await, NOTHING);
}

#[tokio::test]
async fn a_paper_of_the_desk_is_for_the_desk_and_takes_no_label() {
    let (mut world, anna, _) = clinic(vec![]).await;
    choose(&world, "card.jpg", &card());
    let args = json!({ "patient": anna, "class": "insurance_card", "title": "Card", "label": "hiv" });
    let refused = write(&mut world.seat, "attach_file", args).await.unwrap_err();
    assert_eq!(refused.code, Code::Invalid);
    choose(&world, "card.jpg", &card());
    let plain = attach(&mut world, anna, "insurance_card", "Card").await.unwrap();
    let of = (plain["saved"]["item"].as_str().unwrap().parse().unwrap(), 1);
    let asked = label(anna, of, Section::FrontDocuments, Some(Sensitivity::Hiv));
    assert_eq!(world.seat.perform(asked).await.err().unwrap().code, Code::Invalid);
}
