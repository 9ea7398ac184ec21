//! A note from its first word to the second signature.

use crate::clinic_day::patient;
use crate::world::World;
use uuid::Uuid;
use wardseal::app::views::{EntryContent, ItemView, NoteView, SavedItem};
use wardseal::app::{AddAddendum, Code, CosignNote, EditNote, Failure, NoteText, ReadWorklist, SignNote, WriteNote};
use wardseal::record::{Content, Item, Note, NoteState, TaskKind};

fn words(text: &str) -> NoteText {
    NoteText { title: "Visit".into(), template: "soap".into(), text: text.into() }
}

fn saved(answer: Result<SavedItem, Failure>) -> ItemView {
    match answer.unwrap() {
        SavedItem::Saved { saved } => saved,
        SavedItem::Conflict { .. } => panic!("a conflict"),
    }
}

async fn clinic() -> (World, Uuid) {
    let mut world = World::new().await;
    let imported = Note { title: "Old".into(), at: "2020-01-02".into(), text: "From elsewhere.".into(), signing: None };
    let items = vec![Item::new(Content::Note(imported))];
    world.register(vec![(patient("Smith", "Anna", "1968-04-12"), items)]).await;
    world.sign_in("kim").await;
    let anna = world.find("smith").await;
    (world, anna)
}

async fn note(world: &mut World, anna: Uuid, title: &str) -> NoteView {
    let notes = world.open(anna).await.unwrap().notes.unwrap();
    notes.into_iter().find(|one| one.title == title).unwrap()
}

async fn switch(world: &mut World, to: &str) {
    world.seat.sign_out().await.unwrap();
    world.sign_in(to).await;
}

#[tokio::test]
async fn a_nurse_writes_changes_and_signs_a_note_and_the_doctor_signs_as_well() {
    let (mut world, patient) = clinic().await;
    let first = saved(world.seat.perform(WriteNote { patient, visit: None, note: words("S: cough") }).await);
    let edited = EditNote { patient, item: first.item, rev: 1, note: words("S: cough, no fever") };
    let second = saved(world.seat.perform(edited).await);
    let list = world.seat.perform(ReadWorklist { all: false }).await.unwrap();
    assert_eq!((list.tasks.len(), list.tasks[0].kind, list.tasks[0].mine), (1, TaskKind::SignNote, true));
    let sign = SignNote { patient, item: first.item, rev: second.rev, cosigner: Some("osei".into()) };
    let signed = saved(world.seat.perform(sign).await);
    assert_eq!(note(&mut world, patient, "Visit").await.state, NoteState::AwaitsCosign);
    let own = CosignNote { patient, item: first.item, rev: signed.rev };
    assert_eq!(world.seat.perform(own).await.err().unwrap().code, Code::NoRight, "nobody signs twice");
    switch(&mut world, "osei").await;
    let list = world.seat.perform(ReadWorklist { all: false }).await.unwrap();
    assert_eq!((list.tasks[0].kind, list.tasks[0].name.as_str()), (TaskKind::CosignNote, "SMITH, Anna"));
    saved(world.seat.perform(CosignNote { patient, item: first.item, rev: signed.rev }).await);
    let done = note(&mut world, patient, "Visit").await;
    assert_eq!(
        (done.state, done.text.as_str(), done.author.as_str()),
        (NoteState::Cosigned, "S: cough, no fever", "N. Kim")
    );
    assert!(world.seat.perform(ReadWorklist { all: true }).await.unwrap().tasks.is_empty());
}

#[tokio::test]
async fn signed_text_never_changes_and_addenda_stand_below_it() {
    let (mut world, patient) = clinic().await;
    let first = saved(world.seat.perform(WriteNote { patient, visit: None, note: words("S: cough") }).await);
    let signed = saved(world.seat.perform(SignNote { patient, item: first.item, rev: 1, cosigner: None }).await);
    let edit = EditNote { patient, item: first.item, rev: signed.rev, note: words("S: nothing") };
    assert_eq!(world.seat.perform(edit).await.err().unwrap().code, Code::IllegalStep);
    let again = SignNote { patient, item: first.item, rev: signed.rev, cosigner: None };
    assert_eq!(world.seat.perform(again).await.err().unwrap().code, Code::IllegalStep);
    switch(&mut world, "osei").await;
    let addendum = AddAddendum { patient, item: first.item, rev: signed.rev, text: "X-ray ordered.".into() };
    let added = saved(world.seat.perform(addendum).await);
    let EntryContent::Note(written) = added.content else { panic!("a note") };
    let signing = written.signing.unwrap();
    assert_eq!((written.text.as_str(), signing.addenda.len()), ("S: cough", 1));
    assert_eq!((added.by.as_str(), signing.addenda[0].signed.by.as_str()), ("N. Kim", "Dr. R. Osei"));
}

#[tokio::test]
async fn nobody_changes_or_signs_a_colleagues_note_and_an_imported_one_only_gets_addenda() {
    let (mut world, patient) = clinic().await;
    let first = saved(world.seat.perform(WriteNote { patient, visit: None, note: words("S: cough") }).await);
    switch(&mut world, "osei").await;
    let edit = EditNote { patient, item: first.item, rev: 1, note: words("S: nothing") };
    assert_eq!(world.seat.perform(edit).await.err().unwrap().code, Code::NoRight);
    let sign = SignNote { patient, item: first.item, rev: 1, cosigner: None };
    assert_eq!(world.seat.perform(sign).await.err().unwrap().code, Code::NoRight);
    let old = note(&mut world, patient, "Old").await;
    assert_eq!(old.state, NoteState::Signed);
    let edit = EditNote { patient, item: old.item, rev: old.rev, note: words("Other words") };
    assert_eq!(world.seat.perform(edit).await.err().unwrap().code, Code::IllegalStep);
    let addendum = AddAddendum { patient, item: old.item, rev: old.rev, text: "Seen.".into() };
    saved(world.seat.perform(addendum).await);
    let old = note(&mut world, patient, "Old").await;
    assert_eq!((old.state, old.text.as_str()), (NoteState::Signed, "From elsewhere."));
}
