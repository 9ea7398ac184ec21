//! A patient's photo: taken from a file by whoever may, shown beside the name, and nowhere else.

use crate::clinic_day::patient;
use crate::world::{World, in_record, sign_in};
use image::{DynamicImage, ImageFormat, RgbImage};
use serde_json::{Value, json};
use std::io::Cursor;
use std::path::PathBuf;
use uuid::Uuid;
use wardseal::app::{Code, Failure};

async fn clinic() -> (World, Uuid) {
    let mut world = World::new().await;
    world.register(vec![(patient("Smith", "Anna", "1968-04-12"), vec![])]).await;
    world.sign_in("lopez").await;
    let anna = world.find("smith").await;
    (world, anna)
}

fn picture(format: ImageFormat) -> Vec<u8> {
    let mut file = Cursor::new(Vec::new());
    let face = RgbImage::from_fn(600, 400, |x, y| image::Rgb([x as u8, y as u8, (x * y) as u8]));
    DynamicImage::ImageRgb8(face).write_to(&mut file, format).unwrap();
    file.into_inner()
}

/// Chooses a file in the system's dialog, as far as the core sees it.
fn choose(world: &World, name: &str, bytes: &[u8]) -> PathBuf {
    let file = world.folder.path().join(name);
    std::fs::write(&file, bytes).unwrap();
    let places = world.seat.save_places();
    places.pick(places.session().unwrap_or_default(), file.clone());
    file
}

async fn take(world: &mut World, patient: Uuid, rev: i64) -> Result<Value, Failure> {
    in_record(&mut world.seat, "take_photo", json!({ "patient": patient, "rev": rev })).await
}

async fn shown(world: &mut World, patient: Uuid) -> Value {
    world.seat.dispatch("show_photo", json!({ "patient": patient })).await.unwrap()
}

#[tokio::test]
async fn a_receptionist_takes_a_photo_which_the_nurse_sees_and_somebody_takes_away_again() {
    let (mut world, anna) = clinic().await;
    assert_eq!(shown(&mut world, anna).await, json!({ "rev": 0, "may_edit": true }));
    choose(&world, "anna.jpg", &picture(ImageFormat::Jpeg));
    let taken = take(&mut world, anna, 0).await.unwrap();
    assert!(taken["image"].as_str().unwrap().starts_with("data:image/jpeg;base64,/9j/"));
    assert_eq!((&taken["rev"], &taken["by"]), (&json!(1), &json!("M. Lopez")));
    world.seat.sign_out().await.unwrap();
    sign_in(&mut world.seat, "kim").await;
    assert_eq!(shown(&mut world, anna).await["image"], taken["image"]);

    choose(&world, "anna.png", &picture(ImageFormat::Png));
    assert_eq!(take(&mut world, anna, 0).await.unwrap_err().code, Code::Conflict, "another was taken meanwhile");
    choose(&world, "anna.png", &picture(ImageFormat::Png));
    let second = take(&mut world, anna, 1).await.unwrap();
    assert_eq!(second["rev"], 2);
    let gone = in_record(&mut world.seat, "remove_photo", json!({ "patient": anna, "rev": 2 })).await.unwrap();
    assert_eq!(gone, json!({ "rev": 3, "may_edit": true }));
    assert_eq!(shown(&mut world, anna).await, gone);
    choose(&world, "anna.jpg", &picture(ImageFormat::Jpeg));
    assert_eq!(take(&mut world, anna, 3).await.unwrap()["rev"], 4);
}

#[tokio::test]
async fn what_is_no_photo_is_refused_by_what_it_is_and_the_photo_that_is_there_stays() {
    let (mut world, anna) = clinic().await;
    choose(&world, "anna.jpg", &picture(ImageFormat::Jpeg));
    let kept = take(&mut world, anna, 0).await.unwrap();
    let mut large = picture(ImageFormat::Jpeg);
    large.resize(10 << 20, 0);
    let scripts = b"%PDF-1.7\n1 0 obj <</OpenAction <</S /JavaScript /JS (app.alert(1))>>>> endobj";
    for (bytes, why) in
        [(large.as_slice(), "too_large"), (scripts, "not_a_picture"), (b"", "not_a_picture"), (b"MZ", "not_a_picture")]
    {
        choose(&world, "face.jpg", bytes);
        let refused = take(&mut world, anna, 1).await.unwrap_err();
        assert_eq!((refused.code, &refused.fields["why"]), (Code::Invalid, &json!(why)));
    }
    let folder = world.folder.path().join("a folder.jpg");
    std::fs::create_dir(&folder).unwrap();
    let places = world.seat.save_places();
    places.pick(places.session().unwrap(), folder);
    assert_eq!(take(&mut world, anna, 1).await.unwrap_err().fields["why"], "not_a_picture");
    assert_eq!(shown(&mut world, anna).await, kept);
}

#[tokio::test]
async fn a_file_counts_once_and_only_in_the_session_it_was_chosen_in() {
    let (mut world, anna) = clinic().await;
    assert_eq!(take(&mut world, anna, 0).await.unwrap_err().code, Code::Cancelled);
    choose(&world, "anna.jpg", &picture(ImageFormat::Jpeg));
    world.seat.sign_out().await.unwrap();
    sign_in(&mut world.seat, "kim").await;
    assert_eq!(take(&mut world, anna, 0).await.unwrap_err().code, Code::Cancelled);
    choose(&world, "anna.jpg", &picture(ImageFormat::Jpeg));
    take(&mut world, anna, 0).await.unwrap();
    assert_eq!(take(&mut world, anna, 1).await.unwrap_err().code, Code::Cancelled);
    world.seat.sign_out().await.unwrap();
    sign_in(&mut world.seat, "adams").await;
    choose(&world, "anna.jpg", &picture(ImageFormat::Jpeg));
    assert_eq!(take(&mut world, anna, 1).await.unwrap_err().code, Code::NoRight);
}

#[tokio::test]
async fn a_photo_leaves_no_trace_outside_the_store_and_stands_there_encrypted() {
    let (mut world, anna) = clinic().await;
    let file = choose(&world, "anna.jpg", &picture(ImageFormat::Jpeg));
    let taken = take(&mut world, anna, 0).await.unwrap();
    let image = taken["image"].as_str().unwrap().split_once(',').unwrap().1.to_owned();
    let kept = bson::Binary::from_base64(image, None).unwrap().bytes;
    std::fs::remove_file(file).unwrap();
    let needle = &kept[kept.len() / 2..][..24];
    for entry in std::fs::read_dir(world.home().folder()).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap_or_default();
        assert!(!bytes.windows(needle.len()).any(|one| one == needle));
    }
}

#[tokio::test]
async fn a_photo_stays_closed_until_two_identifiers_were_compared_where_the_site_asks_for_that() {
    let (mut world, anna) = clinic().await;
    let policy = r#"{"front": {"ask_identity": ["front_desk"]}}"#;
    std::fs::write(world.home().folder().join("policy.json"), policy).unwrap();
    world.seat = world.another_seat().await;
    world.sign_in("lopez").await;
    let closed = world.seat.dispatch("show_photo", json!({ "patient": anna })).await;
    assert_eq!(closed.unwrap_err().code, Code::IdentityWanted);
}
