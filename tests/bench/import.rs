//! Import of patients with their charts: the import service's own way in, batch by batch.

use crate::clinic::{CHEAP, Clinic};
use crate::figures::Figures;
use crate::{floor, size};
use std::ops::ControlFlow;
use std::path::Path;
use std::time::Duration;
use time::OffsetDateTime;
use wardseal::app::demo_clinic::{MAIN_UNIT, resources};
use wardseal::app::import_records::Incoming;
use wardseal::crypt::Profile;
use wardseal::record::demo::{demo_clinic, from_bench_json};
use wardseal::record::{Item, PatientRecord};

const WITHOUT_A_FILE: usize = 500;

/// Imports the file's patients, or the demo's; how many they are.
pub async fn run(clinic: &mut Clinic, file: Option<&Path>, figures: &mut Figures) -> usize {
    let patients = file.map_or_else(of_the_demo, read);
    let count = patients.len();
    let ((), floor) = figures.time(async { floor::run(&patients) }).await;
    let plain = size::plain(&patients);
    clinic.sign_in("import").await;
    let incoming = incoming(patients);
    let (done, time) = figures.time(clinic.seat.import(incoming, |_| ControlFlow::Continue(()))).await;
    let done = done.unwrap();
    assert_eq!(usize::try_from(done.patients), Ok(count));
    clinic.seat.sign_out().await.unwrap();
    figures.count("patients", count);
    figures.count("resources", usize::try_from(done.new).unwrap());
    figures.seconds("import_s", time);
    figures.seconds("libmongocrypt_alone_s", floor);
    figures.seconds("deterministic_import_s", deterministic(file, figures).await);
    figures.ratio("import_over_libmongocrypt", time, floor);
    size::note(figures, count, &size::held(clinic), plain);
    count
}

/// The file's patients, or the demo's, put in and nothing measured; says on standard error when they are.
pub async fn fill(clinic: &mut Clinic, file: Option<&Path>) {
    let patients = file.map_or_else(of_the_demo, read);
    let count = patients.len();
    clinic.sign_in("import").await;
    clinic.seat.import(incoming(patients), |_| ControlFlow::Continue(())).await.unwrap();
    clinic.seat.sign_out().await.unwrap();
    eprintln!("{count} patients are in");
}

/// The same patients into a store for servers without Queryable Encryption.
async fn deterministic(file: Option<&Path>, figures: &Figures) -> Duration {
    let patients = file.map_or_else(of_the_demo, read);
    let mut clinic = Clinic::of(Profile::Deterministic, CHEAP).await;
    clinic.sign_in("import").await;
    let incoming = incoming(patients);
    let (done, time) = figures.time(clinic.seat.import(incoming, |_| ControlFlow::Continue(()))).await;
    done.unwrap();
    time
}

fn incoming(patients: Vec<(PatientRecord, Vec<Item>)>) -> impl Iterator<Item = Incoming> {
    let numbered = patients.into_iter().enumerate();
    numbered.flat_map(|(nth, (record, items))| resources("bench", &nth.to_string(), record, items, &[MAIN_UNIT]))
}

fn read(file: &Path) -> Vec<(PatientRecord, Vec<Item>)> {
    let lines = std::fs::read_to_string(file).unwrap();
    lines.lines().map(|line| from_bench_json(line).unwrap()).collect()
}

fn of_the_demo() -> Vec<(PatientRecord, Vec<Item>)> {
    demo_clinic(WITHOUT_A_FILE, 1, OffsetDateTime::UNIX_EPOCH).map(|patient| (patient.record, patient.items)).collect()
}
