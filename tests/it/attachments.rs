//! Files that are attached: a card at the desk, a letter in the chart. What they were is never kept, who may see them
//! depends on what they are, and they stay with the record whatever happens to it.

use crate::canary::scan;
use crate::clinic_day::patient;
use crate::guard_loot::Stolen;
use crate::world::{World, in_record, sign_in, write};
use image::{DynamicImage, ImageFormat, RgbImage};
use serde_json::{Value, json};
use std::io::Cursor;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};
use uuid::Uuid;
use wardseal::app::{ApproveErasure, Code, Failure, RequestErasure};
use wardseal::keys::{ErasureReason, forms};

async fn clinic() -> (World, Uuid, Uuid) {
    let mut world = World::new().await;
    let two = [("Smith", "Anna"), ("Jones", "Bea")];
    world.register(two.map(|(surname, given)| (patient(surname, given, "1968-04-12"), vec![])).into()).await;
    world.sign_in("lopez").await;
    let (anna, bea) = (world.find("smith").await, world.find("jones").await);
    (world, anna, bea)
}

pub fn card() -> Vec<u8> {
    let mut file = Cursor::new(Vec::new());
    let card = RgbImage::from_fn(600, 400, |x, y| image::Rgb([x as u8, y as u8, (x * y) as u8]));
    DynamicImage::ImageRgb8(card).write_to(&mut file, ImageFormat::Jpeg).unwrap();
    file.into_inner()
}

/// A letter of two pages that would run a script when it's opened.
pub fn letter() -> Vec<u8> {
    use pdf_writer::types::ActionType;
    use pdf_writer::{Content, Name, Pdf, Rect, Ref, Str, TextStr};
    let [catalog, tree, font] = [1, 2, 3].map(Ref::new);
    let mut pdf = Pdf::new();
    let mut root = pdf.catalog(catalog);
    root.pages(tree);
    root.insert(Name(b"OpenAction"))
        .start::<pdf_writer::writers::Action<'_>>()
        .action_type(ActionType::JavaScript)
        .js_string(TextStr("app.alert('Dyspnoea')"));
    drop(root);
    pdf.pages(tree).kids([Ref::new(4), Ref::new(6)]).count(2);
    pdf.type1_font(font).base_font(Name(b"Helvetica"));
    for (page, words) in [(4, "Dear colleague"), (6, "Yours sincerely")] {
        let mut written = pdf.page(Ref::new(page));
        written.parent(tree).media_box(Rect::new(0.0, 0.0, 612.0, 792.0)).contents(Ref::new(page + 1));
        written.resources().fonts().pair(Name(b"F"), font);
        drop(written);
        let mut content = Content::new();
        content.begin_text().set_font(Name(b"F"), 24.0).next_line(72.0, 700.0).show(Str(words.as_bytes())).end_text();
        pdf.stream(Ref::new(page + 1), &content.finish());
    }
    pdf.finish()
}

/// Chooses a file in the system's dialog, as far as the core sees it.
pub fn choose(world: &World, name: &str, bytes: &[u8]) -> PathBuf {
    let file = world.folder.path().join(name);
    std::fs::write(&file, bytes).unwrap();
    let places = world.seat.save_places();
    places.pick(places.session().unwrap_or_default(), file.clone());
    file
}

pub async fn attach(world: &mut World, patient: Uuid, class: &str, title: &str) -> Result<Value, Failure> {
    let args = json!({ "patient": patient, "class": class, "title": title, "day": "2026-11-20" });
    write(&mut world.seat, "attach_file", args).await
}

/// Attaches as whoever sits there.
pub async fn attached(world: &mut World, patient: Uuid, class: &str, title: &str) -> String {
    choose(world, "scan.bin", &if class == "insurance_card" { card() } else { letter() });
    let saved = attach(world, patient, class, title).await.unwrap();
    saved["saved"]["item"].as_str().unwrap().to_owned()
}

pub async fn page(world: &mut World, patient: Uuid, item: &str, section: &str, page: u64) -> Result<Value, Failure> {
    let args = json!({ "patient": patient, "item": item, "section": section, "page": page });
    world.seat.dispatch("show_attachment", args).await
}

pub async fn documents(world: &mut World, patient: Uuid) -> Vec<Value> {
    let chart = world.seat.dispatch("open_chart", json!({ "patient": patient })).await.unwrap();
    chart["documents"].as_array().unwrap().clone()
}

async fn next(world: &mut World, username: &str) {
    world.seat.sign_out().await.unwrap();
    sign_in(&mut world.seat, username).await;
}

#[tokio::test]
async fn the_desk_attaches_a_card_which_the_nurse_sees_and_never_learns_of_the_doctors_letter() {
    let (mut world, anna, _) = clinic().await;
    let card = attached(&mut world, anna, "insurance_card", "Card of Example Health Plan").await;
    let shown = page(&mut world, anna, &card, "front_documents", 0).await.unwrap();
    assert!(shown["image"].as_str().unwrap().starts_with("data:image/jpeg;base64,/9j/"));
    choose(&world, "letter.pdf", &letter());
    assert_eq!(attach(&mut world, anna, "letter", "Letter").await.unwrap_err().code, Code::NoRight);

    next(&mut world, "osei").await;
    let letter = attached(&mut world, anna, "letter", "Cardiology, Dyspnoea").await;
    let list = documents(&mut world, anna).await;
    let told: Vec<_> = list.iter().map(|one| (&one["title"], &one["class"], &one["pages"], &one["by"])).collect();
    assert_eq!(
        told,
        [
            (&json!("Card of Example Health Plan"), &json!("insurance_card"), &json!(1), &json!("M. Lopez")),
            (&json!("Cardiology, Dyspnoea"), &json!("letter"), &json!(2), &json!("Dr. R. Osei")),
        ]
    );
    let timeline = json!({ "patient": anna, "kinds": ["document"], "in_error": false, "offset": 0, "limit": 20 });
    let timeline = world.seat.dispatch("read_timeline", timeline).await.unwrap();
    assert_eq!((timeline["total"].as_u64(), &timeline["rows"][0]["at"]), (Some(2), &json!("2026-11-20")));

    next(&mut world, "kim").await;
    assert_eq!(page(&mut world, anna, &card, "front_documents", 0).await.unwrap(), shown);
    let second = page(&mut world, anna, &letter, "documents", 1).await.unwrap();
    assert_eq!((&second["pages"], second["image"] == shown["image"]), (&json!(2), false));
    assert_eq!(page(&mut world, anna, &letter, "documents", 2).await.unwrap_err().code, Code::NotFound);

    next(&mut world, "lopez").await;
    let chart = world.seat.dispatch("open_chart", json!({ "patient": anna })).await.unwrap();
    assert_eq!(chart["documents"].as_array().unwrap().len(), 1);
    let all = chart.to_string().to_lowercase();
    assert!(!all.contains("dyspnoea") && !all.contains("cardiology") && !all.contains("\"letter\""), "{all}");
    assert_eq!(page(&mut world, anna, &letter, "documents", 0).await.unwrap_err().code, Code::NoRight);
    assert_eq!(page(&mut world, anna, &letter, "front_documents", 0).await.unwrap_err().code, Code::NotFound);
    let history = json!({ "patient": anna, "item": letter, "section": "front_documents" });
    assert!(world.seat.dispatch("item_history", history).await.is_err());
}

#[tokio::test]
async fn a_pdf_with_scripts_leaves_nothing_but_its_paper_and_no_trace_outside_the_store() {
    let (mut world, anna, _) = clinic().await;
    next(&mut world, "osei").await;
    let chosen = choose(&world, "letter.pdf", &letter());
    let saved = attach(&mut world, anna, "letter", "Pneumonoultra letter").await.unwrap();
    let item = saved["saved"]["item"].as_str().unwrap().to_owned();
    let image = page(&mut world, anna, &item, "documents", 0).await.unwrap()["image"].as_str().unwrap().to_owned();
    let kept = bson::Binary::from_base64(image.split_once(',').unwrap().1, None).unwrap().bytes;
    assert!(image::load_from_memory_with_format(&kept, ImageFormat::Jpeg).is_ok());
    let copy = world.folder.path().join("copy.pdf");
    let places = world.seat.save_places();
    places.choose(places.session().unwrap(), copy.clone());
    let args = json!({ "patient": anna, "item": item, "section": "documents", "purpose": "patient_request", "for_whom": "patient" });
    assert_eq!(world.seat.dispatch("copy_attachment", args.clone()).await.unwrap(), json!({ "pages": 2 }));
    assert_eq!(
        world.seat.dispatch("copy_attachment", args).await.unwrap_err().code,
        Code::Cancelled,
        "one place, one file"
    );
    let copied = std::fs::read(&copy).unwrap();
    let holds = |bytes: &[u8], word: &str| bytes.windows(word.len()).any(|one| one == word.as_bytes());
    assert!(copied.starts_with(b"%PDF-") && holds(&copied, "DCTDecode"));
    for word in ["JavaScript", "app.alert", "OpenAction", "/JS", "Smith", "Pneumonoultra"] {
        assert!(!holds(&copied, word), "{word}");
    }
    for file in [chosen, copy] {
        std::fs::remove_file(file).unwrap();
    }
    assert_eq!(scan(world.folder.path(), &["app.alert", "Pneumonoultra", "Dyspnoea"]), vec![]);
    let needle = &kept[kept.len() / 2..][..24];
    for entry in std::fs::read_dir(world.home().folder()).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap_or_default();
        assert!(!bytes.windows(needle.len()).any(|one| one == needle));
    }
}

#[tokio::test]
async fn what_is_no_document_is_refused_by_what_it_is_and_nothing_is_written() {
    let (mut world, anna, bea) = clinic().await;
    assert_eq!(attach(&mut world, anna, "form", "Form").await.unwrap_err().code, Code::Cancelled, "none was chosen");
    let (mut large, mut pages) = (card(), letter());
    large.resize(25 << 20, 0);
    pages.resize(9 << 20, b'\n');
    let cases: [(&[u8], &str); 5] = [
        (&large, "too_large"),
        (&pages, "too_large"),
        (b"MZ", "not_a_document"),
        (b"<html><script>1</script></html>", "not_a_document"),
        (b"%PDF-1.7", "not_a_document"),
    ];
    for (bytes, why) in cases {
        choose(&world, "form.pdf", bytes);
        let refused = attach(&mut world, anna, "form", "Form").await.unwrap_err();
        assert_eq!((refused.code, &refused.fields["why"]), (Code::Invalid, &json!(why)));
    }
    choose(&world, "form.jpg", &card());
    assert_eq!(attach(&mut world, anna, "form", " ").await.unwrap_err().fields["field"], "title");
    // Another patient's window is open.
    choose(&world, "form.jpg", &card());
    let chart = world.seat.dispatch("open_chart", json!({ "patient": bea })).await.unwrap();
    let window = json!({ "handle": chart["handle"], "patient": bea });
    let args = json!({ "patient": anna, "class": "form", "title": "Form", "window": window });
    assert_eq!(world.seat.dispatch("attach_file", args).await.unwrap_err().code, Code::WrongPatient);
    assert_eq!(documents(&mut world, anna).await, Vec::<Value>::new());
}

#[tokio::test]
async fn a_file_is_read_for_nobody_whose_role_or_window_does_not_let_it_in() {
    let (mut world, anna, bea) = clinic().await;
    let day = |days: u64| SystemTime::UNIX_EPOCH + Duration::from_secs(days * 86_400);
    // Read long before it was changed: the system notes the next reading.
    let chosen_long_ago = |world: &World| {
        let file = choose(world, "letter.pdf", &letter());
        let times = std::fs::FileTimes::new().set_accessed(day(10_000)).set_modified(day(10_001));
        std::fs::File::options().write(true).open(&file).unwrap().set_times(times).unwrap();
        file
    };
    let read = |file: &PathBuf| std::fs::metadata(file).unwrap().accessed().unwrap() != day(10_000);
    let file = chosen_long_ago(&world);
    assert_eq!(attach(&mut world, anna, "letter", "Letter").await.unwrap_err().code, Code::NoRight);
    assert!(!read(&file), "the desk attaches no letter of a doctor");
    let file = chosen_long_ago(&world);
    let chart = world.seat.dispatch("open_chart", json!({ "patient": bea })).await.unwrap();
    let window = json!({ "handle": chart["handle"], "patient": bea });
    let args = json!({ "patient": anna, "class": "form", "title": "Form", "window": window });
    assert_eq!(world.seat.dispatch("attach_file", args).await.unwrap_err().code, Code::WrongPatient);
    assert!(!read(&file), "another patient's window is open");
    let file = chosen_long_ago(&world);
    attach(&mut world, anna, "form", "Form").await.unwrap();
    // A file system that notes no readings tells nothing either way.
    if !read(&file) {
        eprintln!("readings aren't noted here");
    }
}

#[tokio::test]
async fn a_letter_in_the_wrong_chart_goes_to_its_patient_whole_and_one_in_error_is_struck_through() {
    let (mut world, anna, bea) = clinic().await;
    let form = attached(&mut world, anna, "insurance_card", "Card").await;
    let mark = json!({ "patient": anna, "item": form, "rev": 1, "section": "front_documents", "reason": "Unreadable" });
    write(&mut world.seat, "mark_in_error", mark).await.unwrap();
    assert_eq!(documents(&mut world, anna).await, Vec::<Value>::new());
    next(&mut world, "osei").await;
    let letter = attached(&mut world, anna, "letter", "Cardiology").await;
    let before = page(&mut world, anna, &letter, "documents", 1).await.unwrap();
    let args = json!({
        "patient": anna, "item": letter, "rev": 1, "section": "documents", "to": bea, "reason": "Wrong chart was open",
    });
    write(&mut world.seat, "move_item", args).await.unwrap();
    let timeline = json!({ "patient": anna, "kinds": ["document"], "in_error": true, "offset": 0, "limit": 20 });
    let timeline = world.seat.dispatch("read_timeline", timeline).await.unwrap();
    assert!(timeline["rows"].as_array().unwrap().iter().all(|row| !row["in_error"].is_null()));
    assert_eq!(timeline["total"], 2);
    let there = documents(&mut world, bea).await;
    let moved = there[0]["item"].as_str().unwrap().to_owned();
    assert_eq!(page(&mut world, bea, &moved, "documents", 1).await.unwrap(), before);
    assert!(page(&mut world, bea, &letter, "documents", 1).await.is_err(), "the old one is another patient's");
}

#[tokio::test]
async fn a_merge_shows_the_letter_in_the_record_that_goes_on_and_an_unmerge_leaves_every_byte_as_it_was() {
    let (mut world, anna, bea) = clinic().await;
    next(&mut world, "osei").await;
    let letter = attached(&mut world, bea, "letter", "Cardiology").await;
    let before = page(&mut world, bea, &letter, "documents", 0).await.unwrap();
    next(&mut world, "lopez").await;
    let of_bea = |world: &World| -> Vec<String> {
        let items = Stolen::open(&world.home()).documents("items").into_iter();
        let mut items: Vec<String> = items
            .filter(|one| one.get("patient") == Some(&forms::uuid_bson(bea)))
            .map(|one| format!("{one:?}"))
            .collect();
        items.sort();
        items
    };
    let stored = of_bea(&world);
    assert_eq!(stored.len(), 3, "the letter and its two pages");
    let merge = json!({ "patient": anna, "merged": bea, "reason": "one person" });
    write(&mut world.seat, "merge_patients", merge).await.unwrap();
    next(&mut world, "osei").await;
    assert_eq!(documents(&mut world, anna).await[0]["item"], letter);
    assert_eq!(page(&mut world, anna, &letter, "documents", 0).await.unwrap(), before);
    next(&mut world, "lopez").await;
    write(&mut world.seat, "unmerge_patients", json!({ "patient": anna, "merged": bea })).await.unwrap();
    assert_eq!(of_bea(&world), stored);
    next(&mut world, "osei").await;
    assert_eq!(documents(&mut world, anna).await, Vec::<Value>::new());
    assert!(page(&mut world, anna, &letter, "documents", 0).await.is_err());
    assert_eq!(page(&mut world, bea, &letter, "documents", 0).await.unwrap(), before);
}

#[tokio::test]
async fn an_erasure_takes_letters_with_all_their_pages() {
    let (mut world, anna, _) = clinic().await;
    next(&mut world, "osei").await;
    attached(&mut world, anna, "letter", "Cardiology").await;
    let reason = ErasureReason::PatientRequest;
    world.seat.perform(RequestErasure { patient: anna, reason }).await.unwrap();
    next(&mut world, "adams").await;
    world.seat.erase(ApproveErasure { patient: anna }).await.unwrap();
    let left = Stolen::open(&world.home()).documents("items");
    assert!(!left.iter().any(|one| one.get("patient") == Some(&forms::uuid_bson(anna))));
}

#[tokio::test]
async fn a_copy_of_what_is_attached_leaves_only_for_those_whom_the_patient_lets_have_it() {
    let (mut world, anna, _) = clinic().await;
    next(&mut world, "osei").await;
    choose(&world, "letter.pdf", &letter());
    let saved = attach(&mut world, anna, "letter", "Letter").await.unwrap();
    let item = saved["saved"]["item"].clone();
    let terms = json!({ "kind": "restriction", "to": "another_clinician", "purpose": "any", "part": "attachments",
        "from": "2026-11-20", "why": "agreed", "way": "in_person" });
    in_record(&mut world.seat, "note_directive", json!({ "patient": anna, "terms": terms })).await.unwrap();
    let order = |to: &str, purpose: &str, emergency: Option<&str>| {
        json!({ "patient": anna, "item": item, "section": "documents", "purpose": purpose, "for_whom": to,
            "emergency": emergency })
    };
    let copy = world.folder.path().join("copy.pdf");
    for (to, purpose) in [("another_clinician", "treatment"), ("employer", "operations"), ("research", "operations")] {
        let places = world.seat.save_places();
        places.choose(places.session().unwrap(), copy.clone());
        let refused = world.seat.dispatch("copy_attachment", order(to, purpose, None)).await.unwrap_err();
        assert_eq!(refused.code, Code::RestrictedDisclosure, "{to}");
        assert!(!copy.exists());
    }
    for args in [
        order("patient", "patient_request", None),
        order("health_plan", "payment", None),
        order("another_clinician", "treatment", Some("emergency_transfer")),
    ] {
        let places = world.seat.save_places();
        places.choose(places.session().unwrap(), copy.clone());
        assert_eq!(world.seat.dispatch("copy_attachment", args).await.unwrap(), json!({ "pages": 2 }));
    }
    world.seat.sign_out().await.unwrap();
    let passed = |row: &wardseal::audit::Event| row.policy_row.as_str() == "restriction_override";
    assert_eq!(world.audited().iter().filter(|row| passed(row)).count(), 1);
}
