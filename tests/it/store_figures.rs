//! What the embedded store costs, apart from encryption. Prints, asserts nothing about time:
//! `cargo test --release --test it store_figures -- --ignored --nocapture`.

use crate::store_payloads::{equality, key};
use bson::spec::BinarySubtype;
use bson::{Binary, Bson, Document, RawDocumentBuf, doc};
use std::time::{Duration, Instant};
use wardseal::store::Store;
use wardseal::store::embedded::Embedded;

const PATIENTS: i64 = 5_000;
const BATCH: i64 = 100;
const PATHS: [&str; 7] = ["i.surname", "i.given", "i.mrn", "i.phone1", "i.phone2", "i.email", "i.born"];

fn informed(mut command: Document) -> Document {
    let fields: Vec<Document> = (1..).zip(PATHS).map(|(n, path)| equality(path, key(n), "string", 0)).collect();
    command.insert("encryptionInformation", doc! {"type": 1, "schema": {"wardseal.patients": {"fields": fields}}});
    command
}

fn raw(command: &Document) -> RawDocumentBuf {
    RawDocumentBuf::try_from(command).unwrap()
}

fn bytes(length: usize) -> Bson {
    let mut bytes = vec![0; length];
    getrandom::fill(&mut bytes).unwrap();
    bytes[0] = 16;
    Bson::Binary(Binary { subtype: BinarySubtype::Encrypted, bytes })
}

// One patient in six is called Smith, as a search should be slow enough to be seen.
fn patient(n: i64) -> Document {
    let surname = if n % 6 == 0 { "smith".into() } else { format!("name{}", n % 997) };
    let values = [
        surname,
        format!("given{}", n % 300),
        format!("m{n}"),
        format!("p{n}"),
        format!("q{n}"),
        format!("e{n}"),
        format!("b{}", n % 9000),
    ];
    let mut i = Document::new();
    for (at, (path, value)) in (1..).zip(PATHS.iter().zip(values)) {
        i.insert(&path[2..], key(at).insert(value, 0));
    }
    let s = doc! {"identity": bytes(620), "contact": bytes(620), "insurance": bytes(364), "national_id": bytes(364), "summary": bytes(364)};
    doc! {"_id": n, "rev": 1_i64, "head": {"n": 1_i64, "m": bytes(32)}, "s": s, "i": i}
}

fn batches() -> Vec<Vec<RawDocumentBuf>> {
    let of_batch = |from: i64| {
        let these = from..from + BATCH;
        let patients: Vec<Document> = these.clone().map(patient).collect();
        let item =
            |n: i64| doc! {"_id": n, "patient": n / 6, "section": "problems", "rev": 1_i64, "s": {"value": bytes(400)}};
        let items: Vec<Document> = these.flat_map(|n| (n * 6..n * 6 + 6).map(item)).collect();
        vec![
            raw(&informed(doc! {"insert": "patients", "documents": patients})),
            raw(&doc! {"insert": "items", "documents": items}),
        ]
    };
    (0..PATIENTS).step_by(usize::try_from(BATCH).unwrap()).map(of_batch).collect()
}

#[expect(clippy::disallowed_methods, reason = "a figure is a measured time")]
async fn timed(what: &str, each: u32, work: impl Future<Output = usize>) {
    let (start, before) = (Instant::now(), processor());
    let count = work.await;
    let (took, used) = (start.elapsed(), processor() - before);
    eprintln!("{what}: {took:?} ({used:?} of processor), {:?} each of {each}, {count} answered", took / each);
}

// Processor time of this process in hundredths of a second, user and system: steadier than a clock on a busy machine.
fn processor() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<u64> =
        stat.rsplit(") ").next().unwrap_or_default().split(' ').map(|n| n.parse().unwrap_or(0)).collect();
    Duration::from_millis(10 * fields.get(11..13).map_or(0, |times| times.iter().sum()))
}

async fn count(store: &dyn Store, command: Document) -> usize {
    let reply = store.run(raw(&command)).await.unwrap();
    reply.get_document("cursor").unwrap().get_array("firstBatch").unwrap().into_iter().count()
}

#[tokio::test]
#[ignore = "prints figures"]
async fn figures() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("records.db");
    let store = Embedded::open(&path).unwrap();
    let fields: Vec<Document> = (1..).zip(PATHS).map(|(n, path)| equality(path, key(n), "string", 0)).collect();
    store.run(raw(&doc! {"create": "patients", "encryptedFields": {"fields": fields}})).await.unwrap();
    let batches = batches();
    timed("import, a patient with 7 tags and 6 items", 5_000, async {
        for batch in batches {
            store.run_all(batch).await.unwrap();
        }
        0
    })
    .await;
    let smith = doc! {"i.surname": key(1).find("smith", 0)};
    let page = doc! {"find": "patients", "filter": smith.clone(), "limit": 50, "projection": {"s.identity": 1, "head": 1, "rev": 1}};
    let all = doc! {"find": "patients", "filter": smith, "projection": {"s.identity": 1, "head": 1, "rev": 1}};
    let rare = doc! {"find": "patients", "filter": {"i.mrn": key(3).find("m4711", 0)}};
    let items = doc! {"find": "items", "filter": {"patient": 4711_i64, "section": {"$in": ["problems", "notes"]}}};
    timed("first page of Smith", 1, count(&store, informed(page))).await;
    timed("all Smiths", 1, count(&store, informed(all))).await;
    timed("one MRN", 1, count(&store, informed(rare))).await;
    timed("items of a patient", 1, count(&store, items)).await;
    let mut next = PATIENTS;
    timed("a patient in a transaction of its own", 200, async {
        for _ in 0..200 {
            store.run(raw(&informed(doc! {"insert": "patients", "documents": [patient(next)]}))).await.unwrap();
            next += 1;
        }
        0
    })
    .await;
    timed("self-check", 1, async { usize::try_from(store.check().await.unwrap().documents).unwrap() }).await;
    drop(store);
    eprintln!("file: {} bytes a patient", std::fs::metadata(&path).unwrap().len() / 5_200);
}
