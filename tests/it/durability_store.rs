//! What the embedded store keeps when the process is killed, the power fails or the disk is full.

use crate::crash::{self, Child, Shim};
use crate::store_payloads::{equality, key};
use bson::spec::BinarySubtype;
use bson::{Binary, Bson, Document, RawDocumentBuf, doc};
use std::path::Path;
use wardseal::store::embedded::{Embedded, Limits};
use wardseal::store::memory::Memory;
use wardseal::store::{Store, StoreError};

const SURNAMES: [&str; 5] = ["smith", "nguyen", "garcia", "jones", "okafor"];
const CHILD: &str = "durability_store::child_that_keeps_writing";

fn fields() -> Document {
    doc! {"fields": [equality("i.surname", key(1), "string", 0), equality("i.mrn", key(2), "string", 0)]}
}

fn informed(mut command: Document) -> Document {
    command.insert("encryptionInformation", doc! {"type": 1, "schema": {"wardseal.patients": fields()}});
    command
}

fn surname(n: i64) -> &'static str {
    SURNAMES[usize::try_from(n).unwrap() % SURNAMES.len()]
}

/// What step `n` writes, the same in the child and in its twin: a patient with items, every third step an edit of an
/// earlier patient, every seventh a deletion, every fifth a compaction (of all, or of the oldest part), every eleventh
/// a cleanup, and the number of the step.
fn step(n: i64) -> Vec<Document> {
    let i = doc! {"surname": key(1).insert(surname(n), 0), "mrn": key(2).insert(format!("M{n}"), 0)};
    let note = Binary { subtype: BinarySubtype::Generic, bytes: vec![n as u8; 20_000] };
    let mut commands = vec![
        informed(doc! {"insert": "patients", "documents": [{"_id": n, "rev": 1_i64, "i": i}]}),
        doc! {"insert": "items", "documents": [{"_id": n, "patient": n, "section": "notes", "note": note}]},
        doc! {"update": "site", "updates": [{"q": {"_id": "step"}, "u": {"$set": {"n": n}}, "upsert": true}]},
    ];
    if n % 3 == 0 && n > 2 {
        let set = doc! {"$set": {"i.surname": key(1).insert(surname(n / 2), 0)}, "$inc": {"rev": 1_i64}};
        commands.push(informed(doc! {"update": "patients", "updates": [{"q": {"_id": n - 2}, "u": set}]}));
    }
    if n % 7 == 0 {
        commands.push(informed(doc! {"delete": "patients", "deletes": [{"q": {"_id": n - 5}, "limit": 1}]}));
        commands.push(doc! {"delete": "items", "deletes": [{"q": {"patient": n - 5}, "limit": 0}]});
    }
    if n % 5 == 0 {
        let mut compact = doc! {"compactStructuredEncryptionData": "patients", "compactionTokens": tokens()};
        if n % 10 == 0 {
            compact.insert("limit", 3);
        }
        commands.push(compact);
    }
    if n % 11 == 0 {
        commands.push(doc! {"cleanupStructuredEncryptionData": "patients", "cleanupTokens": tokens()});
    }
    commands
}

fn tokens() -> Document {
    doc! {"i.surname": key(1).compaction(), "i.mrn": key(2).compaction()}
}

async fn all(store: &dyn Store, commands: Vec<Document>) -> Result<(), StoreError> {
    let commands = commands.iter().map(|command| RawDocumentBuf::try_from(command).unwrap()).collect();
    store.run_all(commands).await.map(drop)
}

async fn found(store: &dyn Store, command: Document) -> Vec<Document> {
    let reply = store.run(RawDocumentBuf::try_from(&command).unwrap()).await.unwrap();
    let reply = Document::try_from(reply).unwrap();
    let batch = reply.get_document("cursor").unwrap().get_array("firstBatch").unwrap();
    batch.iter().map(|doc| doc.as_document().unwrap().clone()).collect()
}

async fn last_step(store: &dyn Store) -> i64 {
    found(store, doc! {"find": "site", "filter": {"_id": "step"}})
        .await
        .first()
        .map_or(0, |doc| doc.get_i64("n").unwrap())
}

async fn found_clinic(store: &dyn Store) {
    if last_step(store).await == 0 {
        let create = doc! {"create": "patients", "encryptedFields": fields()};
        drop(all(store, vec![create]).await);
    }
}

/// Patients by surname, and what is in the clear: all that a reader can see without keys.
async fn visible(store: &dyn Store) -> Vec<Vec<Document>> {
    let mut visible = vec![
        found(store, doc! {"find": "patients", "projection": {"rev": 1}, "sort": {"_id": 1}}).await,
        found(store, doc! {"find": "items", "sort": {"_id": 1}}).await,
    ];
    for surname in SURNAMES {
        let find = doc! {
            "find": "patients", "filter": {"i.surname": key(1).find(surname, 0)},
            "projection": {"rev": 1}, "sort": {"_id": 1},
        };
        visible.push(found(store, informed(find)).await);
    }
    visible
}

/// The twin that was never killed.
struct Twin {
    store: Memory,
    step: i64,
}

impl Twin {
    async fn new() -> Self {
        let store = Memory::new();
        found_clinic(&store).await;
        Self { store, step: 0 }
    }

    async fn compare(&mut self, path: &Path, acknowledged: &[String]) {
        let store = Embedded::open(path).unwrap();
        store.check().await.unwrap();
        let validate = doc! {"validate": "patients", "compactionTokens": tokens()};
        if last_step(&store).await > 0 {
            let reply = store.run(RawDocumentBuf::try_from(&validate).unwrap()).await.unwrap();
            assert!(reply.get_bool("valid").unwrap(), "{reply:?}");
        }
        let kept = last_step(&store).await;
        if let Some(last) = acknowledged.last() {
            let last: i64 = last.parse().unwrap();
            assert!(kept == last || kept == last + 1, "acknowledged {last}, kept {kept}");
        }
        while self.step < kept {
            self.step += 1;
            all(&self.store, step(self.step)).await.unwrap();
        }
        assert!(visible(&store).await == visible(&self.store).await, "the store and its twin differ at step {kept}");
    }
}

/// Ends children suddenly, some twenty on one store, and compares after each.
async fn end_suddenly(kills: usize, mut end: impl FnMut(&Path) -> Vec<String>) -> i64 {
    let mut steps = 0;
    for from in (0..kills).step_by(20) {
        let place = tempfile::tempdir().unwrap();
        let folder = place.path().join("clinic");
        std::fs::create_dir(&folder).unwrap();
        let mut twin = Twin::new().await;
        for _ in from..kills.min(from + 20) {
            let acknowledged = end(&folder);
            twin.compare(&folder.join("records.db"), &acknowledged).await;
        }
        steps += twin.step;
    }
    steps
}

#[tokio::test]
async fn child_that_keeps_writing() {
    let Some(folder) = crash::folder() else { return };
    let store = Embedded::open(&folder.join("records.db")).unwrap();
    found_clinic(&store).await;
    let mut n = last_step(&store).await;
    loop {
        n += 1;
        match all(&store, step(n)).await {
            Ok(()) => crash::acknowledge(&n),
            Err(StoreError::DiskFull) => break,
            Err(error) => panic!("{error}"),
        }
    }
    store.check().await.unwrap();
    assert_eq!(last_step(&store).await, n - 1);
    crash::acknowledge(&"full");
}

#[tokio::test]
async fn a_killed_process_loses_nothing_it_acknowledged() {
    let steps = end_suddenly(crash::kills(8), |folder| Child::of(CHILD).kill_at_random(folder)).await;
    eprintln!("{} kills, {steps} steps kept", crash::kills(8));
}

#[tokio::test]
async fn a_power_cut_loses_nothing_that_was_acknowledged() {
    let Some(shim) = Shim::build() else { return };
    let cut = |folder: &Path| Child::of(CHILD).forgetting(&shim, folder).kill_at_random(folder);
    let steps = end_suddenly(crash::kills(8), cut).await;
    eprintln!("{} power cuts, {steps} steps kept", crash::kills(8));
}

#[tokio::test]
async fn a_disk_that_fills_up_in_the_middle_of_a_write_leaves_the_store_whole() {
    let Some(shim) = Shim::build() else { return };
    let place = tempfile::tempdir().unwrap();
    let mut twin = Twin::new().await;
    for megabytes in [1, 2, 4] {
        let bytes = megabytes * 1024 * 1024 + crash::below(400_000);
        let acknowledged = Child::of(CHILD).with_room(&shim, place.path(), bytes).run(place.path()).unwrap();
        let (full, steps) = acknowledged.split_last().unwrap();
        assert_eq!(full, "full");
        twin.compare(&place.path().join("records.db"), steps).await;
    }
    assert!(twin.step > 20);
}

#[tokio::test]
async fn a_store_that_may_not_grow_refuses_the_write_and_stays_whole() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("records.db");
    let store = Embedded::open_with(&path, &Limits { pages: Some(100), ..Limits::default() }).unwrap();
    found_clinic(&store).await;
    let mut n = 0;
    let error = loop {
        match all(&store, step(n + 1)).await {
            Ok(()) => n += 1,
            Err(error) => break error,
        }
    };
    assert!(matches!(error, StoreError::DiskFull), "{error}");
    assert_eq!(last_step(&store).await, n);
    store.check().await.unwrap();
    drop(store);
    let store = Embedded::open(&path).unwrap();
    all(&store, step(n + 1)).await.unwrap();
    store.check().await.unwrap();
}

#[tokio::test]
async fn child_that_opens_the_store() {
    let Some(folder) = crash::folder() else { return };
    match Embedded::open(&folder.join("records.db")).map(drop) {
        Err(StoreError::ReadOnly) => crash::acknowledge(&"read-only"),
        other => crash::acknowledge(&format!("{other:?}")),
    }
}

#[cfg(unix)]
#[tokio::test]
async fn a_disk_that_may_not_be_written_is_said_to_be_read_only() {
    use std::os::unix::fs::PermissionsExt as _;
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("records.db");
    drop(Embedded::open(&path).unwrap());
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o444)).unwrap();
    std::fs::set_permissions(place.path(), std::fs::Permissions::from_mode(0o555)).unwrap();
    let child = Child::of("durability_store::child_that_opens_the_store");
    // Root may write anywhere, so the child becomes nobody.
    let answer = if is_root() { child.under(65_534) } else { child }.run(place.path());
    std::fs::set_permissions(place.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
    match answer.as_deref() {
        Some([answer]) => assert_eq!(answer, "read-only"),
        _ => eprintln!("NOT RUN: the test binary can't be started as another user"),
    }
}

#[cfg(unix)]
fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt as _;
    std::fs::metadata("/proc/self").is_ok_and(|me| me.uid() == 0)
}

#[cfg(unix)]
#[tokio::test]
async fn nobody_else_can_read_the_file() {
    use std::os::unix::fs::PermissionsExt as _;
    let place = tempfile::tempdir().unwrap();
    let store = Embedded::open(&place.path().join("records.db")).unwrap();
    found_clinic(&store).await;
    for entry in std::fs::read_dir(place.path()).unwrap() {
        let entry = entry.unwrap();
        assert_eq!(entry.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{:?}", entry.file_name());
    }
}

#[tokio::test]
async fn a_file_that_is_no_store_is_left_alone() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("letter.txt");
    let letter = b"Dear colleague, thank you for referring this patient. ".repeat(30);
    std::fs::write(&path, &letter).unwrap();
    assert!(matches!(Embedded::open(&path), Err(StoreError::Damaged(_))));
    assert_eq!(std::fs::read(&path).unwrap(), letter);
    assert!(matches!(Embedded::open(&place.path().join("no/such/folder.db")), Err(StoreError::CantOpen(_))));
}

#[tokio::test]
async fn a_deleted_document_leaves_no_bytes_behind() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("records.db");
    let store = Embedded::open(&path).unwrap();
    let canary = Bson::String("canary-7f3a".repeat(2_000));
    all(&store, vec![doc! {"insert": "items", "documents": [{"_id": 1, "x": canary}]}]).await.unwrap();
    all(&store, vec![doc! {"delete": "items", "deletes": [{"q": {"_id": 1}, "limit": 1}]}]).await.unwrap();
    drop(store);
    let bytes = std::fs::read(&path).unwrap();
    assert!(!bytes.windows(11).any(|window| window == b"canary-7f3a"));
    assert!(!place.path().join("records.db-wal").exists());
}

#[tokio::test]
async fn two_processes_may_share_the_file() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("records.db");
    let (window, import) = (Embedded::open(&path).unwrap(), Embedded::open(&path).unwrap());
    found_clinic(&window).await;
    for n in 1..10 {
        let writer: &dyn Store = if n % 2 == 0 { &window } else { &import };
        all(writer, step(n)).await.unwrap();
    }
    assert!(visible(&window).await == visible(&import).await);
    window.check().await.unwrap();
}
