//! What somebody types and hasn't saved: kept through a lock and a kill, for the one who typed it and nobody else.

use crate::canary::scan;
use crate::clinic_day::patient;
use crate::crash::{self, Child, kills};
use crate::crash_clinic::Clinic;
use crate::guard_loot::{FileKeychain, Loot};
use crate::world::World;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::time::Duration;
use uuid::Uuid;
use wardseal::app::sign_in::DEMO_PASSWORD;
use wardseal::app::{Code, KEPT_FOR, Workstation};
use wardseal::audit::{Opener, Span};
use wardseal::session::LockCause;

async fn clinic() -> (World, Uuid) {
    let mut world = World::new().await;
    world.register(vec![(patient("Smith", "Anna", "1968-04-12"), vec![])]).await;
    world.sign_in("osei").await;
    let anna = world.find("smith").await;
    (world, anna)
}

fn place(patient: Uuid) -> Value {
    json!({ "form": "problem", "patient": patient })
}

async fn keep(seat: &mut Workstation, patient: Uuid, typed: &str) {
    let draft = json!({ "place": place(patient), "title": "Problem · SMITH, Anna", "typed": typed });
    seat.dispatch("keep_draft", draft).await.unwrap();
}

/// What the holder of the seat finds in the form.
async fn found(seat: &mut Workstation, patient: Uuid) -> Option<String> {
    let answer = seat.dispatch("drafts", json!({ "place": place(patient) })).await.unwrap();
    answer["drafts"].get(0).map(|draft| draft["typed"].as_str().unwrap().to_owned())
}

async fn all(seat: &mut Workstation) -> Vec<Value> {
    seat.dispatch("drafts", json!({})).await.unwrap()["drafts"].as_array().unwrap().clone()
}

#[tokio::test]
async fn what_a_doctor_was_typing_when_the_seat_locked_is_there_after_the_unlock_and_its_form_opens_again() {
    let (mut world, anna) = clinic().await;
    keep(&mut world.seat, anna, "Go").await;
    keep(&mut world.seat, anna, "Gout, left toe").await;
    world.wait(Duration::from_mins(20));
    let locked = world.seat.dispatch("drafts", json!({})).await.err().unwrap();
    assert_eq!(locked.code, Code::Locked);
    world.seat.dispatch("unlock", json!({ "password": DEMO_PASSWORD })).await.unwrap();
    let [draft] = all(&mut world.seat).await.try_into().unwrap();
    assert_eq!((&draft["place"], &draft["open"]), (&place(anna), &json!(true)));
    assert_eq!(draft["title"], "Problem · SMITH, Anna");
    assert_eq!(draft.get("typed"), None, "the list tells what there is, not what was typed");
    assert_eq!(found(&mut world.seat, anna).await.unwrap(), "Gout, left toe");
}

#[tokio::test]
async fn another_user_at_the_same_seat_sees_no_draft_and_drops_none() {
    let (mut world, anna) = clinic().await;
    keep(&mut world.seat, anna, "Gout").await;
    world.seat.lock(LockCause::Manual).await.unwrap();
    world.sign_in("kim").await;
    assert_eq!(all(&mut world.seat).await, Vec::<Value>::new());
    assert_eq!(found(&mut world.seat, anna).await, None);
    world.seat.dispatch("drop_draft", json!({ "place": place(anna) })).await.unwrap();
    keep(&mut world.seat, anna, "Pain: 3 of 10").await;
    world.seat.sign_out().await.unwrap();
    world.sign_in("osei").await;
    assert_eq!(found(&mut world.seat, anna).await.unwrap(), "Gout");
}

#[tokio::test]
async fn each_form_and_each_entry_has_a_draft_of_its_own_and_a_saved_one_is_gone() {
    let (mut world, anna) = clinic().await;
    let entry = json!({ "form": "problem", "patient": anna, "item": Uuid::from_u128(4) });
    keep(&mut world.seat, anna, "new").await;
    let draft = json!({ "place": &entry, "title": "Problem", "typed": "changed" });
    world.seat.dispatch("keep_draft", draft).await.unwrap();
    world.wait(Duration::from_secs(1));
    let nobody = json!({ "place": { "form": "register" }, "title": "New patient", "typed": "Ana" });
    world.seat.dispatch("keep_draft", nobody).await.unwrap();
    assert_eq!(all(&mut world.seat).await.len(), 3);
    world.seat.dispatch("drop_draft", json!({ "place": place(anna) })).await.unwrap();
    let left = all(&mut world.seat).await;
    let open: Vec<_> = left.iter().map(|draft| (draft["place"]["form"].as_str(), draft["open"].as_bool())).collect();
    assert_eq!(open, [(Some("register"), Some(true)), (Some("problem"), Some(false))]);
    assert_eq!(left[1]["place"], entry);
}

#[tokio::test]
async fn what_is_typed_into_an_entry_or_a_small_question_about_one_is_kept_too() {
    let (mut world, anna) = clinic().await;
    for form in ["entry.allergy", "entry.in_error", "entry.addendum", "entry.task_step", "entry.move"] {
        let place = json!({ "form": form, "patient": anna, "item": Uuid::from_u128(4) });
        let draft = json!({ "place": &place, "title": form, "typed": "Belongs to her sister" });
        world.seat.dispatch("keep_draft", draft).await.unwrap();
        let found = world.seat.dispatch("drafts", json!({ "place": &place })).await.unwrap();
        assert_eq!(found["drafts"][0]["typed"], "Belongs to her sister", "{form}");
    }
}

#[tokio::test]
async fn what_the_desk_types_into_the_forms_of_a_patients_record_is_there_after_the_lock() {
    let (mut world, anna) = clinic().await;
    world.sign_in("lopez").await;
    let forms = ["contact", "insurance", "identity", "standing", "merge"].map(|form| format!("person.{form}"));
    for form in &forms {
        let place = json!({ "form": form, "patient": anna });
        let typed = json!({ "typed": { "street": format!("of {form}") }, "from": { "street": "" } }).to_string();
        let draft = json!({ "place": &place, "title": "Contact · SMITH, Anna", "typed": typed });
        world.seat.dispatch("keep_draft", draft).await.unwrap();
    }
    world.seat.lock(LockCause::Manual).await.unwrap();
    world.seat.dispatch("unlock", json!({ "password": DEMO_PASSWORD })).await.unwrap();
    assert_eq!(all(&mut world.seat).await.len(), forms.len());
    for form in &forms {
        let place = json!({ "form": form, "patient": anna });
        let found = world.seat.dispatch("drafts", json!({ "place": &place })).await.unwrap();
        assert!(found["drafts"][0]["typed"].as_str().unwrap().contains(&format!("of {form}")));
        world.seat.dispatch("drop_draft", json!({ "place": &place })).await.unwrap();
    }
    assert_eq!(all(&mut world.seat).await, Vec::<Value>::new());
}

#[tokio::test]
async fn the_reason_for_seeing_the_number_is_kept_and_the_folder_holds_no_word_of_it() {
    let (mut world, anna) = clinic().await;
    let place = json!({ "form": "entry.reveal", "patient": anna });
    let typed = json!({ "chosen": "Another reason", "typed": "Gerichtsbeschluss" }).to_string();
    let draft = json!({ "place": &place, "title": "Reveal · SMITH, Anna", "typed": typed });
    world.seat.dispatch("keep_draft", draft).await.unwrap();
    let found = world.seat.dispatch("drafts", json!({ "place": &place })).await.unwrap();
    assert!(found["drafts"][0]["typed"].as_str().unwrap().contains("Gerichtsbeschluss"));
    assert_eq!(scan(world.folder.path(), &["Gerichtsbeschluss"]), []);
}

#[tokio::test]
async fn a_draft_nobody_came_back_to_ends_after_two_weeks() {
    let (mut world, anna) = clinic().await;
    keep(&mut world.seat, anna, "Gout").await;
    world.wait(KEPT_FOR + Duration::from_secs(1));
    let again = json!({ "username": "osei", "password": DEMO_PASSWORD });
    world.seat.dispatch("sign_in", again).await.unwrap();
    assert_eq!(all(&mut world.seat).await, Vec::<Value>::new());
}

#[tokio::test]
async fn too_much_text_or_a_form_by_another_name_is_refused() {
    let (mut world, anna) = clinic().await;
    let long = json!({ "place": place(anna), "title": "Problem", "typed": "x".repeat(300_000) });
    let called = |form: &str| json!({ "place": { "form": form, "patient": anna }, "title": "Problem", "typed": "" });
    for refused in [long, called("../x"), called(""), called("entry."), called("entry..allergy")] {
        assert_eq!(world.seat.dispatch("keep_draft", refused).await.err().unwrap().code, Code::Invalid);
    }
}

#[tokio::test]
async fn the_folder_holds_no_word_of_it_and_not_whose_it_is_and_the_audit_says_once_that_it_was_begun() {
    let (mut world, anna) = clinic().await;
    for typed in ["Zwölffingerdarmgeschwür", "Zwölffingerdarmgeschwür, perforiert"] {
        keep(&mut world.seat, anna, typed).await;
    }
    found(&mut world.seat, anna).await.unwrap();
    let words = ["Zwölffingerdarmgeschwür", "perforiert", "SMITH, Anna"];
    assert_eq!(scan(world.folder.path(), &words), []);
    for file in ["drafts.db", "drafts.db-wal"] {
        let bytes = std::fs::read(world.home().folder().join(file)).unwrap();
        assert!(!bytes.windows(16).any(|window| window == anna.as_bytes()), "{file}");
        assert_eq!(scan(world.folder.path(), &[anna.to_string().as_str()]), []);
    }
    world.seat.dispatch("drop_draft", json!({ "place": place(anna) })).await.unwrap();
    assert_eq!(audited(&world), ["keep_draft", "drafts", "drop_draft"]);
}

/// The rows about drafts, by what was asked.
fn audited(world: &World) -> Vec<String> {
    let keychain = world.folder.path().join("stolen");
    FileKeychain::copied(keychain.clone(), world.keychain.as_ref(), &world.home());
    let auditor = Loot::of(&world.home(), &FileKeychain(keychain), "park", DEMO_PASSWORD);
    let read = |key| wardseal::audit::read(&world.home().audit(), &mut Opener::new(&key).unwrap(), Span::ALL).unwrap();
    let rows = auditor.private_keys().into_iter().flat_map(read);
    let words = rows.map(|(_, event)| event.action.as_str().to_owned());
    words.filter(|word| word.contains("draft")).collect()
}

#[tokio::test]
async fn child_that_types() {
    let Some(folder) = crash::folder() else { return };
    let clinic = Clinic::at(&folder);
    let mut seat = clinic.seat_of("osei").await;
    let before = found(&mut seat, ANNA).await.map_or(0, |typed| typed.len());
    for length in before + 1.. {
        keep(&mut seat, ANNA, &"x".repeat(length)).await;
        crash::acknowledge(&length);
    }
}

const ANNA: Uuid = Uuid::from_u128(1);

#[tokio::test]
async fn a_doctor_whose_program_is_killed_finds_all_that_was_kept() {
    let place = tempfile::tempdir().unwrap();
    let folder = place.path().join("home");
    let clinic = Clinic::founded(&folder).await;
    let mut lengths = BTreeSet::new();
    for _ in 0..kills(4) {
        let child = Child::of("drafts::child_that_types").within(20, 20_000);
        let acknowledged: Vec<usize> = child.kill_at_random(&folder).iter().map(|step| step.parse().unwrap()).collect();
        let mut seat = clinic.seat_of("osei").await;
        let there = found(&mut seat, ANNA).await.map_or(0, |typed| typed.len());
        let last = acknowledged.last().copied().unwrap_or(0);
        assert!(there >= last && there <= last + 1, "{there} letters, {last} acknowledged");
        assert_eq!(all(&mut seat).await.len(), 1);
        lengths.insert(there);
    }
    assert!(!lengths.is_empty());
}
