//! Bytes and index entries a patient costs, before and after compaction, beside the same patients in plain SQLite.

use crate::clinic::{Clinic, folder};
use crate::figures::Figures;
use rusqlite::{Connection, OpenFlags, params};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use wardseal::record::{Item, PatientRecord, Section};

/// What the store's files hold.
pub struct Held {
    bytes: u64,
    tags: i64,
    counters: i64,
}

/// Reads the store's files, when nobody works.
pub fn held(clinic: &Clinic) -> Held {
    let store = clinic.home().store();
    let connection = Connection::open_with_flags(&store, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
    let count = |table: &str| connection.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0));
    let (tags, counters) = (count("tags").unwrap(), count("esc").unwrap());
    Held { bytes: beside(&store).iter().map(|file| len(file)).sum(), tags, counters }
}

/// The store's file and those that lie beside it under the same first name.
fn beside(store: &Path) -> Vec<PathBuf> {
    let stem = store.file_stem().unwrap().to_string_lossy().into_owned();
    let files = std::fs::read_dir(store.parent().unwrap()).unwrap().map(|file| file.unwrap().path());
    files.filter(|file| file.file_name().unwrap().to_string_lossy().starts_with(&stem)).collect()
}

fn len(file: &Path) -> u64 {
    std::fs::metadata(file).map_or(0, |file| file.len())
}

/// Notes what a patient costs.
pub fn note(figures: &mut Figures, patients: usize, held: &Held, plain: u64) {
    let each = |count: f64| count / patients as f64;
    figures.figure("bytes_a_patient", each(held.bytes as f64), "B");
    figures.figure("tags_a_patient", each(held.tags as f64), "");
    figures.figure("counters_a_patient", each(held.counters as f64), "");
    figures.figure("plain_bytes_a_patient", each(plain as f64), "B");
    figures.figure("bytes_over_plain", held.bytes as f64 / plain as f64, "×");
}

/// Compacts and cleans up, and notes what a patient costs afterwards.
pub async fn tend(clinic: &mut Clinic, figures: &mut Figures, patients: usize) {
    clinic.sign_in("osei").await;
    for (cleanup, name) in [(false, "compaction_s"), (true, "cleanup_s")] {
        let tended = figures.time(clinic.seat.tend(cleanup, None, |_| ControlFlow::Continue(()))).await;
        tended.0.unwrap();
        figures.seconds(name, tended.1);
    }
    clinic.seat.sign_out().await.unwrap();
    let held = held(clinic);
    figures.figure("bytes_after_compaction", held.bytes as f64 / patients as f64, "B");
    figures.figure("counters_after_compaction", held.counters as f64 / patients as f64, "");
}

/// Bytes of the same patients in a plain SQLite file with the same searches by ordinary indexes.
pub fn plain(patients: &[(PatientRecord, Vec<Item>)]) -> u64 {
    let folder = folder();
    let file = folder.path().join("plain.db");
    let mut connection = Connection::open(&file).unwrap();
    let tables =
        "CREATE TABLE patients (id INTEGER PRIMARY KEY, surname TEXT, given TEXT, born TEXT, mrn TEXT, phone TEXT,
            email TEXT, record BLOB);
        CREATE TABLE items (patient INTEGER, section TEXT, value BLOB);
        CREATE INDEX by_patient ON items (patient);
        CREATE INDEX by_surname ON patients (surname, given); CREATE INDEX by_given ON patients (given);
        CREATE INDEX by_born ON patients (born); CREATE INDEX by_mrn ON patients (mrn);
        CREATE INDEX by_phone ON patients (phone); CREATE INDEX by_email ON patients (email);";
    connection.execute_batch(tables).unwrap();
    let transaction = connection.transaction().unwrap();
    for (id, (record, items)) in patients.iter().enumerate() {
        let id = i64::try_from(id).unwrap();
        let sections = Section::OF_PATIENT.into_iter().filter_map(|one| record.section_document(one).unwrap());
        let record_bytes: Vec<u8> = sections.flat_map(|section| section.as_bytes().to_vec()).collect();
        let (identity, contact) = (&record.identity, &record.contact);
        let born = identity.birth_date.map(|date| date.to_string());
        let phone = contact.phones.first().map(|phone| &phone.number);
        let row = params![
            id,
            identity.name.surname,
            identity.name.given_joined(),
            born,
            identity.mrn,
            phone,
            contact.email,
            record_bytes,
        ];
        transaction.execute("INSERT INTO patients VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row).unwrap();
        for item in items {
            let value = item.to_document().unwrap();
            let row = params![id, item.section().code(), value.as_bytes()];
            transaction.execute("INSERT INTO items VALUES (?, ?, ?)", row).unwrap();
        }
    }
    transaction.commit().unwrap();
    drop(connection);
    len(&file)
}
