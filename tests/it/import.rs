//! Files of other systems come into a clinic: once, whole, again, in any order, changed.

use crate::world::World;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::Duration;
use wardseal::app::demo_clinic::MAIN_UNIT;
use wardseal::app::import_files::{FhirFiles, FilesImported, Told};
use wardseal::app::views::{AllergyBanner, ChartView};
use wardseal::app::{Code, ItemHistory, MarkInError};
use wardseal::record::Section;
use wardseal::record::fhir::{Mapped, resources, survey};
use wardseal::store::find_documents;

/// Imports as the service user, who signs out again; answers the counts and what was said about refused files.
pub async fn import(world: &mut World, files: &[PathBuf]) -> (FilesImported, Vec<String>) {
    let mut refused = vec![];
    world.sign_in("import").await;
    let what = FhirFiles { files, system: "hospital", unit: MAIN_UNIT };
    let listen = |told: Told<'_>| {
        if let Told::Refused(why) = told {
            refused.push(format!("{why}"));
        }
        ControlFlow::Continue(())
    };
    let done = world.seat.import_files(&what, listen).await.unwrap();
    world.seat.sign_out().await.unwrap();
    (done, refused)
}

/// A folder of files with these names and texts.
pub struct Folder(pub tempfile::TempDir);

impl Folder {
    pub fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub fn put(&self, name: &str, text: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.path().join(name);
        fs::write(&path, text).unwrap();
        path
    }

    pub fn resource(&self, name: &str, resource: &Value) -> PathBuf {
        self.put(name, resource.to_string())
    }
}

pub fn anna() -> Value {
    json!({ "resourceType": "Patient", "id": "anna", "birthDate": "1968-04-12", "gender": "female",
        "name": [{ "family": "Smith", "given": ["Anna"] }],
        "telecom": [{ "system": "phone", "value": "555-010-0114" }, { "system": "email", "value": "anna@example.org" }] })
}

pub fn of(patient: &str, kind: &str, id: &str, more: &Value) -> Value {
    let subject = if kind == "AllergyIntolerance" { "patient" } else { "subject" };
    let mut resource =
        json!({ "resourceType": kind, "id": id, subject: { "reference": format!("Patient/{patient}") } });
    resource.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    resource
}

pub fn condition(patient: &str, id: &str, text: &str) -> Value {
    of(patient, "Condition", id, &json!({ "code": { "text": text } }))
}

fn problems(chart: &ChartView) -> Vec<&str> {
    chart.problems.as_ref().unwrap().iter().map(|one| one.problem.text.as_str()).collect()
}

/// Opens the only patient of this name as doctor.
async fn chart_of(world: &mut World, query: &str) -> ChartView {
    world.sign_in("osei").await;
    let patient = world.find(query).await;
    let chart = world.open(patient).await.unwrap();
    world.seat.sign_out().await.unwrap();
    chart
}

/// A folder of sample data beside the project, which isn't part of it.
fn samples(name: &str) -> Option<Vec<PathBuf>> {
    let near = |folder: &Path| Some(folder.join("shared/data").join(name)).filter(|found| found.is_dir());
    let Some(folder) = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().find_map(near) else {
        eprintln!("SKIPPED: there is no folder shared/data/{name} beside the project");
        return None;
    };
    let files = fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    let mut files: Vec<PathBuf> =
        files.filter(|file| file.extension().is_some_and(|ending| ending == "json")).collect();
    files.sort();
    Some(files)
}

/// Surname and first given name of every patient in the files, and how many resources they hold.
fn expected(files: &[PathBuf]) -> (BTreeSet<(String, String)>, u64) {
    let (mut names, mut count) = (BTreeSet::new(), 0);
    for path in files {
        let surveyed = survey(|| fs::File::open(path), "sample").unwrap();
        count += surveyed.entries as u64;
        for one in resources(fs::File::open(path).unwrap(), "sample", &surveyed.links, "x") {
            if let Mapped::Patient(record) = one.unwrap().0.mapped {
                let name = record.identity.name;
                names.insert((name.surname.clone(), name.given.first().cloned().unwrap_or_default()));
            }
        }
    }
    (names, count)
}

#[tokio::test]
async fn synthea_patients_come_in_whole_and_only_once_and_every_one_is_found_and_opens() {
    let Some(files) = samples("synthea-r4") else { return };
    let (names, count) = expected(&files);
    let mut world = World::new().await;
    let (first, refused) = import(&mut world, &files).await;
    assert_eq!((refused, first.refused), (vec![], 0));
    // Bundles of one sender repeat its practitioners and organizations.
    assert_eq!(first.sum.new + first.sum.changed + first.sum.unchanged, count);
    assert_eq!((first.sum.patients, first.sum.without_patient), (files.len() as u64, 0));
    let (again, _) = import(&mut world, &files).await;
    eprintln!("{} bundles: first {:?}, again {:?}", files.len(), first.sum, again.sum);
    assert_eq!((again.sum.new, again.sum.changed, again.sum.unchanged), (0, 0, count));

    world.sign_in("osei").await;
    let mut kept = 0;
    for (surname, given) in &names {
        let page = world.search(surname).await.unwrap();
        let row = page.rows.iter().find(|row| row.surname == *surname && row.given.starts_with(given.as_str()));
        let chart = world.open(row.unwrap_or_else(|| panic!("{surname} isn't found")).patient).await.unwrap();
        assert_eq!(chart.damaged_items, 0, "{surname}");
        kept += chart.kept.unwrap();
        world.seat.touch().await.unwrap();
    }
    assert_eq!(kept, first.sum.kept, "what is told as kept is in the charts");
}

#[tokio::test]
async fn every_us_core_example_comes_in_without_an_error_in_any_order() {
    let Some(files) = samples("us-core") else { return };
    let mut world = World::new().await;
    let (first, refused) = import(&mut world, &files).await;
    assert_eq!((refused, first.refused, first.sum.patients), (vec![], 0, 4));
    let reversed: Vec<PathBuf> = files.iter().rev().cloned().collect();
    let (again, _) = import(&mut world, &reversed).await;
    assert_eq!((again.sum.new, again.sum.changed), (0, 0));
    assert_eq!(again.sum.without_patient, first.sum.without_patient);
    eprintln!("us-core: {:?}", first.sum);
}

#[tokio::test]
async fn what_lies_before_its_patient_waits_for_her_whatever_the_names_of_the_files() {
    let folder = Folder::new();
    let allergy = json!({ "code": { "text": "Penicillin" } });
    let files = [
        folder.resource("a.json", &condition("anna", "c1", "Hypertension")),
        folder.resource("b.json", &of("anna", "AllergyIntolerance", "a1", &allergy)),
        folder.resource("c.json", &condition("nobody", "c2", "Asthma")),
        folder.resource("d.json", &anna()),
        folder.resource("e.json", &condition("anna", "c3", "Migraine")),
    ];
    let mut world = World::new().await;
    let (done, _) = import(&mut world, &files).await;
    assert_eq!((done.sum.new, done.sum.without_patient), (4, 1));
    let chart = chart_of(&mut world, "smith").await;
    assert_eq!(problems(&chart), ["Hypertension", "Migraine"]);
    assert_eq!(chart.allergies.unwrap().len(), 1);
    let (again, _) = import(&mut world, &files).await;
    assert_eq!((again.sum.new, again.sum.changed, again.sum.unchanged, again.sum.without_patient), (0, 0, 4, 1));
}

#[tokio::test]
async fn a_patient_at_the_end_of_a_long_bundle_still_gets_all_that_stands_before_her() {
    let folder = Folder::new();
    let mut entries: Vec<Value> =
        (0..800).map(|n| json!({ "resource": condition("anna", &format!("c{n}"), "Cough") })).collect();
    entries.push(json!({ "resource": anna() }));
    let file = folder.resource("long.json", &json!({ "resourceType": "Bundle", "type": "batch", "entry": entries }));
    let mut world = World::new().await;
    let (done, _) = import(&mut world, &[file]).await;
    assert_eq!((done.sum.new, done.sum.without_patient), (801, 0));
    assert_eq!(chart_of(&mut world, "smith").await.problems.unwrap().len(), 800);
}

#[tokio::test]
async fn a_changed_resource_is_a_new_revision_and_the_old_one_is_kept() {
    let folder = Folder::new();
    let files = [folder.resource("anna.json", &anna()), folder.resource("c.json", &condition("anna", "c1", "Cough"))];
    let mut world = World::new().await;
    import(&mut world, &files).await;
    folder.resource("c.json", &condition("anna", "c1", "Whooping cough"));
    let (changed, _) = import(&mut world, &files).await;
    assert_eq!((changed.sum.new, changed.sum.changed, changed.sum.unchanged), (0, 1, 1));
    let chart = chart_of(&mut world, "smith").await;
    assert_eq!((problems(&chart), chart.problems.as_ref().unwrap()[0].rev), (vec!["Whooping cough"], 2));
    let versions = find_documents(world.seat.store(), "versions", bson::doc! {}, None).await.unwrap();
    assert_eq!((versions.len(), versions[0].get_i64("rev").unwrap()), (1, 1));
}

#[tokio::test]
async fn what_was_marked_as_entered_in_error_here_stays_so_when_its_source_changes_it() {
    let folder = Folder::new();
    let files = [folder.resource("anna.json", &anna()), folder.resource("c.json", &condition("anna", "c1", "Cough"))];
    let mut world = World::new().await;
    import(&mut world, &files).await;
    world.sign_in("osei").await;
    let patient = world.find("smith").await;
    let (section, reason) = (Section::Problems, "Another patient's".to_owned());
    let item = world.open(patient).await.unwrap().problems.unwrap()[0].item;
    world.seat.perform(MarkInError { patient, item, rev: 1, section, reason }).await.unwrap();
    world.seat.sign_out().await.unwrap();
    folder.resource("c.json", &condition("anna", "c1", "Whooping cough"));
    assert_eq!(import(&mut world, &files).await.0.sum.changed, 1);
    world.sign_in("osei").await;
    assert!(world.open(patient).await.unwrap().problems.unwrap().is_empty());
    let history = world.seat.perform(ItemHistory { patient, item, section }).await.unwrap();
    let marks: Vec<bool> = history.versions.iter().map(|one| one.in_error.is_some()).collect();
    assert_eq!(marks, [true, true, false], "the source's new words are kept, and so is the mark");
}

#[tokio::test]
async fn a_patient_who_moved_is_found_by_what_is_true_now_and_no_more_by_what_was() {
    let folder = Folder::new();
    let file = folder.resource("anna.json", &anna());
    let mut world = World::new().await;
    import(&mut world, std::slice::from_ref(&file)).await;
    let mut moved = anna();
    moved["telecom"] = json!([{ "system": "phone", "value": "555-010-0999" }]);
    moved["name"] = json!([{ "family": "Jones", "given": ["Anna"] }]);
    moved["birthDate"] = json!("1968");
    folder.resource("anna.json", &moved);
    import(&mut world, &[file]).await;
    world.sign_in("osei").await;
    for (query, hits) in
        [("jones", 1), ("5550100999", 1), ("smith", 0), ("5550100114", 0), ("anna@example.org", 0), ("04/12/1968", 0)]
    {
        assert_eq!(world.search(query).await.unwrap().total, hits, "{query}");
    }
    let patient = world.find("jones").await;
    assert_eq!(world.open(patient).await.unwrap().banner.birth_date.as_deref(), Some("1968"));
}

#[tokio::test]
async fn what_was_entered_for_the_wrong_patient_leaves_her_chart() {
    let folder = Folder::new();
    let mut maria = anna();
    (maria["id"], maria["name"]) = (json!("maria"), json!([{ "family": "Garcia" }]));
    let files = [
        folder.resource("anna.json", &anna()),
        folder.resource("c.json", &condition("anna", "c1", "Diabetes")),
        folder.resource("maria.json", &maria),
    ];
    let mut world = World::new().await;
    import(&mut world, &files).await;
    folder.resource("c.json", &condition("maria", "c1", "Diabetes"));
    let (corrected, _) = import(&mut world, &files).await;
    assert_eq!((corrected.sum.new, corrected.sum.changed), (0, 1));
    assert!(problems(&chart_of(&mut world, "smith").await).is_empty());
    assert_eq!(problems(&chart_of(&mut world, "garcia").await), ["Diabetes"]);
    let (again, _) = import(&mut world, &files).await;
    assert_eq!((again.sum.new, again.sum.changed), (0, 0));
}

#[tokio::test]
async fn no_known_allergy_becomes_an_allergy_and_none_again() {
    let folder = Folder::new();
    let none = json!({ "clinicalStatus": { "coding": [{ "code": "active" }] },
        "code": { "coding": [{ "system": "http://snomed.info/sct", "code": "716186003" }] } });
    let file = |more: &Value| folder.resource("b.json", &of("anna", "AllergyIntolerance", "a1", more));
    let files = [folder.resource("a.json", &anna()), file(&none)];
    let mut world = World::new().await;
    import(&mut world, &files).await;
    let banner = chart_of(&mut world, "smith").await.banner.allergies;
    assert!(matches!(banner, Some(AllergyBanner::NoneKnown { .. })));
    file(&json!({ "code": { "text": "Penicillin" } }));
    assert_eq!(import(&mut world, &files).await.0.sum.changed, 1);
    let chart = chart_of(&mut world, "smith").await;
    assert!(matches!(chart.banner.allergies, Some(AllergyBanner::Recorded { .. })));
    assert_eq!(chart.allergies.unwrap().len(), 1);
    file(&none);
    assert_eq!(import(&mut world, &files).await.0.sum.changed, 1);
    let chart = chart_of(&mut world, "smith").await;
    assert!(matches!(chart.banner.allergies, Some(AllergyBanner::NoneKnown { .. })));
    assert!(chart.allergies.unwrap().is_empty());
}

#[tokio::test]
async fn a_resource_twice_in_one_file_is_named_by_file_and_entry_and_nothing_of_the_file_is_stored() {
    let folder = Folder::new();
    let twice = [anna(), condition("anna", "c1", "Canary"), condition("anna", "c1", "Canary")];
    let entries: Vec<Value> = twice.iter().map(|one| json!({ "resource": one })).collect();
    let bundle = json!({ "resourceType": "Bundle", "type": "collection", "entry": entries });
    let files = [folder.resource("twice.json", &bundle), folder.resource("z.json", &condition("anna", "c9", "Cough"))];
    let mut world = World::new().await;
    let (done, refused) = import(&mut world, &files).await;
    assert_eq!(refused, ["twice.json, entry 2: the same resource as entry 1"]);
    assert_eq!((done.refused, done.sum.new, done.sum.without_patient), (1, 0, 1));
    assert!(find_documents(world.seat.store(), "patients", bson::doc! {}, None).await.unwrap().is_empty());
}

#[tokio::test]
async fn an_import_that_takes_longer_than_the_idle_time_goes_on_to_its_end() {
    let folder = Folder::new();
    let file = |n: usize| {
        let mut patient = anna();
        patient["id"] = json!(format!("p{n}"));
        folder.resource(&format!("{n}.json"), &patient)
    };
    let files: Vec<PathBuf> = (0..4).map(file).collect();
    let mut world = World::new().await;
    world.sign_in("import").await;
    let what = FhirFiles { files: &files, system: "hospital", unit: MAIN_UNIT };
    let clock = world.clock.clone();
    let slow = |_: Told<'_>| {
        clock.advance(Duration::from_secs(9 * 60));
        ControlFlow::Continue(())
    };
    let done = world.seat.import_files(&what, slow).await.unwrap();
    assert_eq!(done.sum.patients, 4);
}

#[tokio::test]
async fn an_import_that_is_stopped_keeps_what_it_has_and_goes_on_when_it_is_started_again() {
    let folder = Folder::new();
    let file = |n: usize| {
        let mut patient = anna();
        patient["id"] = json!(format!("p{n}"));
        folder.resource(&format!("{n}.json"), &patient)
    };
    let files: Vec<PathBuf> = (0..4).map(file).collect();
    let mut world = World::new().await;
    world.sign_in("import").await;
    let what = FhirFiles { files: &files, system: "hospital", unit: MAIN_UNIT };
    let stop = |told: Told<'_>| match told {
        Told::Stored(sum) if sum.patients == 2 => ControlFlow::Break(()),
        _ => ControlFlow::Continue(()),
    };
    let done = world.seat.import_files(&what, stop).await.unwrap();
    assert_eq!((done.stopped, done.sum.patients), (true, 2));
    let (rest, _) = import(&mut world, &files).await;
    assert_eq!((rest.sum.new, rest.sum.unchanged), (2, 2));
}

#[tokio::test]
async fn only_the_import_service_imports() {
    let folder = Folder::new();
    let files = [folder.resource("a.json", &anna())];
    let mut world = World::new().await;
    for username in ["osei", "kim", "lopez", "adams", "park"] {
        world.sign_in(username).await;
        let what = FhirFiles { files: &files, system: "hospital", unit: MAIN_UNIT };
        let refused = world.seat.import_files(&what, |_| ControlFlow::Continue(())).await;
        assert_eq!(refused.err().map(|failure| failure.code), Some(Code::NoRight), "{username}");
    }
}
