//! Print-outs, as people order them: what is on them, what isn't, what the audit says and what is left behind.

mod disclosure;
mod pdf;
mod people;

use crate::clinic_day::patient;
use crate::world::World;
use pdf::Pdf;
use people::{allergy, appointment, drug, known_by_heart, merged};
use std::path::{Path, PathBuf};
use uuid::Uuid;
use wardseal::app::patients::ConfirmIdentity;
use wardseal::app::views::{PrintMark, PrintPage, PrintView};
use wardseal::app::{
    Code, Failure, PreviewPrint, PrintDocument, PrintOrder, PrintPages, PrintPaper, PrintPurpose, SavePrint,
};
use wardseal::audit::{Event, Outcome, Purpose};
use wardseal::record::{AllergyStatement, Item, Recipient, Section, wristband};
use wardseal::session::LockCause;

const OF_PATIENT: [PrintDocument; 5] = [
    PrintDocument::VisitSummary,
    PrintDocument::MedicationList,
    PrintDocument::PatientCopy,
    PrintDocument::Label,
    PrintDocument::Wristband,
];

fn order(document: PrintDocument, patient: Uuid) -> PrintOrder {
    let (purpose, paper, for_whom) = (PrintPurpose::Treatment, PrintPaper::Letter, Recipient::Patient);
    PrintOrder { document, patient: Some(patient), visit: None, purpose, for_whom, emergency: None, paper }
}

async fn clinic() -> (World, Uuid, Vec<&'static str>) {
    let mut world = World::new().await;
    let (record, items, words) = known_by_heart("Smith");
    world.register(vec![(record, items), (patient("Smith", "Bea", "1990"), vec![])]).await;
    world.sign_in("osei").await;
    let anna = world.find("smith, anna").await;
    (world, anna, words)
}

/// The words of a page, line by line.
fn said(page: &PrintPage) -> String {
    let line = |mark: &PrintMark| match mark {
        PrintMark::Text { text, .. } => Some(text.clone()),
        PrintMark::Bar { .. } | PrintMark::Frame { .. } => None,
    };
    page.marks.iter().filter_map(line).collect::<Vec<_>>().join("\n")
}

fn all_said(view: &PrintView) -> String {
    view.pages.iter().map(said).collect::<Vec<_>>().join("\n")
}

/// Saves a print-out as the person at the seat, and reads the file.
async fn saved(world: &mut World, order: PrintOrder) -> Result<Pdf, Failure> {
    let place = world.folder.path().join("kept.pdf");
    let places = world.seat.save_places();
    places.choose(places.session().unwrap_or_default(), place.clone());
    let document = order.document;
    world.seat.save_print(SavePrint(order)).await?;
    // To look at them.
    if let Some(folder) = std::env::var_os("WARDSEAL_PRINTED") {
        std::fs::copy(&place, Path::new(&folder).join(format!("{document:?}-{}.pdf", Uuid::new_v4()))).unwrap();
    }
    Ok(Pdf::read(&place))
}

/// What the auditor reads of the print-outs that were made.
fn audited(world: &World) -> Vec<Event> {
    let made = |event: &Event| event.document.is_some() && event.outcome == Outcome::Allowed;
    world.audited().into_iter().filter(made).collect()
}

#[tokio::test]
async fn a_doctor_prints_what_a_patient_takes_and_the_audit_says_which_paper_for_what() {
    let (mut world, anna, _) = clinic().await;
    let list = order(PrintDocument::MedicationList, anna);
    let seen = world.seat.perform(PreviewPrint(list.clone())).await.unwrap();
    let text = all_said(&seen);
    for expected in [
        "SMITH, Anna",
        "12 Apr 1968 (58) · female · MRN-40071",
        "SEVERE ALLERGY: Qsubstance",
        "Qdrug 10 mg by mouth once a day",
        "1 Mar 2026",
        "not listed here: 1.",
        "Preview, not printed",
        "Page 1 of 1",
    ] {
        assert!(text.contains(expected), "{expected} in\n{text}");
    }
    assert!(!text.contains("Qproblem") && !text.contains("Printed"));
    let printed = world.seat.perform(PrintPages(list.clone())).await.unwrap();
    assert!(all_said(&printed).contains("Printed 22 Nov 2026, 09:41 by Dr. R. Osei, for care"));
    let file = saved(&mut world, PrintOrder { purpose: PrintPurpose::PatientRequest, ..list }).await.unwrap();
    assert!(file.text().contains("Printed 22 Nov 2026, 09:41 by Dr. R. Osei, at the patient's request"));
    assert_eq!(file.text().lines().count(), all_said(&printed).lines().count());
    world.seat.sign_out().await.unwrap();
    let rows = audited(&world);
    let told: Vec<_> = rows.iter().map(|row| (row.action.as_str(), row.purpose, row.count)).collect();
    let expected = [
        ("preview_print", Purpose::Treatment, 4),
        ("print", Purpose::Treatment, 4),
        ("save_print", Purpose::PatientRequest, 4),
    ];
    assert_eq!(told, expected);
    let sections = vec![Section::Identity, Section::Summary, Section::Medications, Section::Allergies];
    for row in &rows {
        assert_eq!((row.patient, &row.sections), (Some(anna), &sections));
        assert_eq!(row.document.as_ref().unwrap().as_str(), "medication_list");
        assert_eq!(row.policy_row.as_str(), "medications.view");
    }
}

#[tokio::test]
async fn a_visit_summary_tells_of_that_days_visit_and_of_what_applies_from_now_on() {
    let (mut world, anna, words) = clinic().await;
    let file = saved(&mut world, order(PrintDocument::VisitSummary, anna)).await.unwrap().text();
    for word in words.iter().filter(|word| !["Qnoteofproblem", "Qstopped"].contains(word)) {
        assert!(file.contains(word), "{word} in\n{file}");
    }
    assert!(file.contains("Visit of 20 Nov 2026, 10:00") && file.contains("20 Dec 2026, 14:30"));
    // Which visits there are is told beside the pages, and any of them can be asked for.
    let last = world.seat.perform(PreviewPrint(order(PrintDocument::VisitSummary, anna))).await.unwrap();
    assert!(!last.visits.is_empty());
    for visit in &last.visits {
        let of = PrintOrder { visit: Some(visit.item), ..order(PrintDocument::VisitSummary, anna) };
        let shown = all_said(&world.seat.perform(PreviewPrint(of)).await.unwrap());
        assert!(shown.contains("Visit of") && shown.contains(&visit.kind), "{shown}");
    }
    let list = world.seat.perform(PreviewPrint(order(PrintDocument::MedicationList, anna))).await.unwrap();
    assert!(list.visits.is_empty());
    let unknown = PrintOrder { visit: Some(Uuid::new_v4()), ..order(PrintDocument::VisitSummary, anna) };
    assert_eq!(world.seat.perform(PreviewPrint(unknown)).await.err().unwrap().code, Code::NotFound);
    let bea = world.find("smith, bea").await;
    let none = world.seat.perform(PreviewPrint(order(PrintDocument::VisitSummary, bea))).await.unwrap();
    assert!(all_said(&none).contains("No visit is recorded."));
}

#[tokio::test]
async fn no_print_out_of_the_front_desk_and_no_preview_of_one_holds_a_clinical_word() {
    let (mut world, anna, words) = clinic().await;
    world.sign_in("lopez").await;
    let mut given = 0;
    for document in OF_PATIENT.into_iter().chain([PrintDocument::TodaysList]) {
        let clinical = matches!(document, PrintDocument::VisitSummary | PrintDocument::MedicationList);
        let preview = world.seat.perform(PreviewPrint(order(document, anna))).await;
        if clinical {
            assert_eq!(preview.err().unwrap().code, Code::NoRight, "{document:?}");
            assert_eq!(saved(&mut world, order(document, anna)).await.err().unwrap().code, Code::NoRight);
            continue;
        }
        let payload = serde_json::to_string(&preview.unwrap()).unwrap();
        let pages = world.seat.perform(PrintPages(order(document, anna))).await.unwrap();
        let file = saved(&mut world, order(document, anna)).await.unwrap().text();
        assert!(file.contains("SMITH, Anna"), "{document:?}: {file}");
        for text in [&payload, &serde_json::to_string(&pages).unwrap(), &file] {
            let lower = text.to_lowercase();
            for word in
                words.iter().copied().chain(["allerg", "medication", "diagnos", "problem", "intoleran", "restricted"])
            {
                assert!(!lower.contains(&word.to_lowercase()), "{document:?} holds {word}");
            }
        }
        given += 1;
    }
    assert_eq!(given, 4);
    let copy = saved(&mut world, order(PrintDocument::PatientCopy, anna)).await.unwrap().text();
    assert!(copy.contains("contact, insurance and appointments only") && copy.contains("+1-555-010-0114"));
}

#[tokio::test]
async fn the_same_copy_from_a_doctor_holds_all_of_them() {
    let (mut world, anna, words) = clinic().await;
    let file = saved(&mut world, order(PrintDocument::PatientCopy, anna)).await.unwrap().text();
    for word in words.iter().filter(|word| !["Qnoteofproblem", "Qstopped"].contains(word)) {
        assert!(file.contains(word), "{word} in\n{file}");
    }
}

#[tokio::test]
async fn todays_list_shows_times_names_and_the_end_of_a_phone_number_and_each_patient_is_audited() {
    let mut world = World::new().await;
    let one = |given: &str, at: &str| {
        (
            patient("Smith", given, "1968-04-12"),
            vec![appointment(at, "Follow-up"), appointment("2026-11-23T09:00:00Z", "X")],
        )
    };
    let mut test = one("Cleo", "2026-11-22T16:00:00Z");
    test.0.identity.test = true;
    world.register(vec![one("Anna", "2026-11-22T15:00:00Z"), one("Bea", "2026-11-22T10:00:00Z"), test]).await;
    world.sign_in("lopez").await;
    let today = PrintOrder { patient: None, ..order(PrintDocument::TodaysList, Uuid::nil()) };
    let file = saved(&mut world, PrintOrder { purpose: PrintPurpose::Operations, ..today }).await.unwrap().text();
    let place = |word: &str| file.find(word).unwrap_or_else(|| panic!("{word} in\n{file}"));
    assert!(place("10:00") < place("SMITH, Bea") && place("SMITH, Bea") < place("15:00"));
    assert!(file.contains("…0114") && !file.contains("555") && file.contains("same name"));
    assert!(file.contains("TEST PATIENT") && !file.contains("23 Nov"));
    world.seat.sign_out().await.unwrap();
    let rows = audited(&world);
    let patients: std::collections::BTreeSet<_> = rows.iter().filter_map(|row| row.patient).collect();
    assert_eq!((rows.len(), patients.len()), (3, 3));
    assert!(rows.iter().all(|row| row.count == 1 && row.document.as_ref().unwrap().as_str() == "todays_list"));
}

#[tokio::test]
async fn the_five_states_of_allergies_are_never_confused_on_paper() {
    let mut world = World::new().await;
    let confirmed = AllergyStatement::NoneKnown { confirmed: Some("2026-01-02".into()), by: Some("N. Kim".into()) };
    let states = [
        ("Severe", vec![allergy("Latex", "allergy", "high")], AllergyStatement::NotRecorded, "SEVERE ALLERGY: Latex"),
        ("Mild", vec![allergy("Latex", "allergy", "low")], AllergyStatement::NotRecorded, "Allergy: Latex"),
        (
            "Bears",
            vec![allergy("Latex", "intolerance", "high")],
            AllergyStatement::NotRecorded,
            "Intolerance (no allergy): Latex",
        ),
        ("None", vec![], confirmed, "No known allergies: asked and confirmed (2 Jan 2026, N. Kim)"),
        ("Silent", vec![], AllergyStatement::NotRecorded, "ALLERGIES NOT RECORDED: nobody has asked yet"),
    ];
    let person = |(name, items, statement, _): &(&str, Vec<Item>, AllergyStatement, &str)| {
        let mut record = patient(name, "Anna", "1968-04-12");
        record.summary.allergies = statement.clone();
        (record, items.clone())
    };
    world.register(states.iter().map(person).collect()).await;
    world.sign_in("osei").await;
    for (name, .., expected) in &states {
        let who = world.find(name).await;
        for document in [
            PrintDocument::MedicationList,
            PrintDocument::VisitSummary,
            PrintDocument::PatientCopy,
            PrintDocument::Wristband,
        ] {
            let text = saved(&mut world, order(document, who)).await.unwrap().text().replace('\n', " ");
            for (.., words) in &states {
                assert_eq!(text.contains(words), words == expected, "{document:?} of {name}: {words} in {text}");
            }
        }
        let label = saved(&mut world, order(PrintDocument::Label, who)).await.unwrap().text();
        assert!(!label.to_lowercase().contains("allerg"), "a label goes everywhere");
    }
}

#[tokio::test]
async fn whose_paper_it_is_and_every_mark_stand_on_each_of_many_pages() {
    let mut world = World::new().await;
    let mut record = patient("Garci\u{301}a", "José", "1931");
    (record.identity.deceased, record.identity.test) = (true, true);
    record.identity.merged_into = Some(merged());
    let drugs = (0..150).map(|nth| drug(&format!("Drug number {nth}"), "active"));
    world.register(vec![(record, drugs.chain([allergy("Latex", "allergy", "high")]).collect())]).await;
    world.sign_in("osei").await;
    let who = world.find("garcia").await;
    let pages = world.seat.perform(PrintPages(order(PrintDocument::MedicationList, who))).await.unwrap().pages;
    let file = saved(&mut world, order(PrintDocument::MedicationList, who)).await.unwrap();
    assert!(pages.len() > 5 && file.pages.len() == pages.len());
    let count = pages.len();
    for (nth, (page, filed)) in pages.iter().zip(&file.pages).enumerate() {
        for text in [&said(page), filed] {
            for expected in
                ["GARCÍA, José", "DECEASED", "TEST PATIENT", "MERGED", "SEVERE ALLERGY: Latex", "Printed 22 Nov 2026"]
            {
                assert!(text.contains(expected), "{expected} on page {nth}");
            }
            assert!(text.contains(&format!("Page {} of {count}", nth + 1)));
        }
        for mark in &page.marks {
            let (PrintMark::Text { y, .. } | PrintMark::Bar { y, .. } | PrintMark::Frame { y, .. }) = mark;
            assert!((0.0..page.height).contains(y), "nothing falls off the page");
        }
    }
    let all = file.text();
    assert!((0..150).all(|nth| all.contains(&format!("Drug number {nth} 10 mg"))), "none is left out");
}

#[tokio::test]
async fn letters_that_the_file_cant_set_are_boxes_there_and_itself_on_the_screen_and_both_say_so() {
    let mut world = World::new().await;
    world.register(vec![(patient("李", "伟", "1985-02"), vec![])]).await;
    world.sign_in("lopez").await;
    let who = world.find("李").await;
    let seen = world.seat.perform(PrintPages(order(PrintDocument::PatientCopy, who))).await.unwrap();
    assert!(all_said(&seen).contains("李, 伟") && !all_said(&seen).contains('□'));
    assert_eq!(seen.missing, 2);
    let file = saved(&mut world, order(PrintDocument::PatientCopy, who)).await.unwrap().text();
    assert!(file.contains("□, □") && file.contains("doesn't have"), "{file}");
}

/// Bars and spaces in modules, from a page.
fn bars(page: &PrintPage) -> Vec<u32> {
    let mut edges: Vec<(f32, f32)> = page
        .marks
        .iter()
        .filter_map(|mark| match mark {
            PrintMark::Bar { x, width, height, .. } if *height > 5.0 => Some((*x, x + width)),
            _ => None,
        })
        .collect();
    edges.sort_by(|a, b| a.0.total_cmp(&b.0));
    let module = edges.iter().map(|(from, to)| to - from).fold(f32::MAX, f32::min);
    let ends: Vec<f32> = edges.iter().flat_map(|(from, to)| [*from, *to]).collect();
    ends.windows(2).map(|pair| ((pair[1] - pair[0]) / module).round() as u32).collect()
}

#[tokio::test]
async fn the_number_on_label_and_wristband_is_one_that_a_scanner_reads_and_that_finds_her() {
    let (mut world, anna, _) = clinic().await;
    world.sign_in("lopez").await;
    // The bars of `WB-MRN-40071-N`, as an independent reader has read them.
    assert_eq!(wristband::mrn_of("WB-MRN-40071-N").as_deref(), Some("MRN-40071"));
    let expected = include_str!("../data/wristband.bars").trim();
    for document in [PrintDocument::Label, PrintDocument::Wristband] {
        let page = world.seat.perform(PrintPages(order(document, anna))).await.unwrap().pages.remove(0);
        let widths: String = bars(&page).iter().map(u32::to_string).collect();
        assert_eq!(widths, expected, "{document:?}");
        assert!(said(&page).contains("SMITH, Anna") && said(&page).contains("MRN-40071"));
    }
    assert_eq!(world.written_so("MRN-40071").await, [anna]);
}

#[tokio::test]
async fn a_file_goes_where_the_person_in_this_session_said_or_nowhere() {
    let (mut world, anna, _) = clinic().await;
    let (places, place) = (world.seat.save_places(), world.folder.path().join("list.pdf"));
    let list = || SavePrint(order(PrintDocument::MedicationList, anna));
    assert_eq!(world.seat.save_print(list()).await.err().unwrap().code, Code::Cancelled);
    let first = places.session().unwrap();
    world.seat.lock(LockCause::Idle).await.unwrap();
    places.choose(first, place.clone());
    assert_eq!(world.seat.save_print(list()).await.err().unwrap().code, Code::Locked);
    world.sign_in("kim").await;
    places.choose(first, place.clone());
    assert_eq!(world.seat.save_print(list()).await.err().unwrap().code, Code::Cancelled);
    assert!(!place.exists());
    places.choose(places.session().unwrap(), world.folder.path().join("no such folder/list.pdf"));
    assert_eq!(world.seat.save_print(list()).await.err().unwrap().code, Code::ReadOnly);
    places.choose(places.session().unwrap(), place.clone());
    assert_eq!(world.seat.save_print(list()).await.unwrap().pages, 1);
    assert!(Pdf::read(&place).text().contains("by N. Kim"));
    world.seat.sign_out().await.unwrap();
    assert_eq!(
        world.seat.perform(PrintPages(order(PrintDocument::Label, anna))).await.err().unwrap().code,
        Code::NotSignedIn
    );
}

#[tokio::test]
async fn an_order_that_names_nobody_is_refused_and_a_list_of_the_day_is_nobodys_alone() {
    let (mut world, anna, _) = clinic().await;
    let nobody = PrintOrder { patient: None, ..order(PrintDocument::Label, anna) };
    assert_eq!(world.seat.perform(PreviewPrint(nobody.clone())).await.err().unwrap().code, Code::NotOnCareTeam);
    world.sign_in("lopez").await;
    assert_eq!(world.seat.perform(PreviewPrint(nobody)).await.err().unwrap().code, Code::Invalid);
    world.seat.perform(PreviewPrint(order(PrintDocument::TodaysList, anna))).await.unwrap();
    world.seat.sign_out().await.unwrap();
    assert_eq!(audited(&world).iter().map(|row| row.patient).collect::<Vec<_>>(), [None]);
}

#[tokio::test]
async fn what_opens_no_chart_before_two_identifiers_were_compared_prints_none_either() {
    let (mut world, anna, _) = clinic().await;
    let policy = r#"{"front": {"ask_identity": ["front_desk"]}}"#;
    std::fs::write(world.home().folder().join("policy.json"), policy).unwrap();
    world.seat = world.another_seat().await;
    world.sign_in("lopez").await;
    let copy = || PreviewPrint(order(PrintDocument::PatientCopy, anna));
    assert_eq!(world.seat.perform(copy()).await.err().unwrap().code, Code::IdentityWanted);
    assert_eq!(saved(&mut world, order(PrintDocument::Label, anna)).await.err().unwrap().code, Code::IdentityWanted);
    let says = ConfirmIdentity { patient: anna, birth_date: "04/12/1968".into(), second: "0114".into() };
    world.seat.perform(says).await.unwrap();
    assert!(world.seat.perform(copy()).await.is_ok());
}

/// Prints everything of a patient in every way; afterwards no file but the one that was asked for holds a piece of it.
/// Runs in the day that is listened to, where every temporary file lands in one folder.
pub async fn print_everything(world: &mut World, patient: Uuid) {
    let kept = world.folder.path().join("kept.pdf");
    for document in OF_PATIENT.into_iter().chain([PrintDocument::TodaysList]) {
        world.seat.perform(PreviewPrint(order(document, patient))).await.unwrap();
        world.seat.perform(PrintPages(order(document, patient))).await.unwrap();
        saved(world, order(document, patient)).await.unwrap();
        let bytes = std::fs::read(&kept).unwrap();
        // Tests beside this one keep print-outs of their own under the same name.
        let theirs = |file: &PathBuf| file.ends_with("kept.pdf") && *file != kept;
        let holding = files(&std::env::temp_dir()).into_iter().filter(|file| !theirs(file) && holds(file, &bytes));
        assert_eq!(holding.collect::<Vec<_>>(), [kept.as_path()], "{document:?}");
    }
    std::fs::remove_file(kept).unwrap();
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut found: Vec<PathBuf> =
        entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect();
    // Sockets of other programs can't be read.
    found.retain(|path| path.is_file());
    found
}

/// Whether a file holds a line of this PDF's pages; other programs may have files of their own there.
fn holds(file: &Path, pdf: &[u8]) -> bool {
    // What another program has taken away meanwhile holds nothing.
    let Ok(text) = std::fs::read(file) else { return false };
    let at = pdf.windows(9).position(|bytes| bytes == b"\nstream\n" || bytes.starts_with(b"stream\n")).unwrap_or(0);
    let line = &pdf[at + 20..at + 60];
    text.windows(line.len()).any(|bytes| bytes == line)
}
