//! One suite for every way a store keeps searchable values: in memory, on disk with Queryable Encryption, on disk with
//! deterministic encryption, and behind a socket with either. Whoever uses the product can't tell them apart.

use crate::atlas_peer::{self, Turn};
use crate::clinic_day::{patient, problem};
use crate::vectors::{Fixed, local_crypt, raw, zero_root};
use crate::wire_clinic::Behind;
use crate::world::{MORNING, sign_in};
use bson::spec::BinarySubtype;
use bson::{Bson, Document, RawDocumentBuf, bson, doc};
use std::collections::BTreeSet;
use std::sync::Arc;
use tempfile::TempDir;
use wardseal::app::demo_clinic::{found_demo_as, resources};
use wardseal::app::{
    AddProblem, CheckStore, EnterNationalId, Home, OpenChart, OrderRotation, SearchPatients, TendStore, Workstation,
};
use wardseal::clock::ManualClock;
use wardseal::crypt::index::{self, Clear, PATIENTS, path_of};
use wardseal::crypt::{Crypt, Profile};
use wardseal::keys::{MemoryKeychain, RotationKind, SlotCost};
use wardseal::record::{Content, Item, PartialDate, Phone};
use wardseal::store::embedded::Embedded;
use wardseal::store::memory::Memory;
use wardseal::store::{DATABASE, Store};

#[derive(Clone, Copy)]
struct Kind {
    profile: Profile,
    place: Place,
}

#[derive(Clone, Copy, PartialEq)]
enum Place {
    Memory,
    Disk,
    Server,
    Wire,
}

impl Kind {
    fn is_there(self) -> bool {
        self.place != Place::Server || atlas_peer::is_there()
    }

    async fn store(self, folder: &TempDir) -> (Arc<dyn Store>, Option<Turn>) {
        match self.place {
            Place::Memory => (Arc::new(Memory::new()), None),
            Place::Disk => (Arc::new(Embedded::open(&folder.path().join("records.db")).unwrap()), None),
            Place::Wire => (Arc::new(Behind::open().await), None),
            Place::Server => {
                let turn = atlas_peer::turn().await.unwrap();
                (Arc::new(turn.store().await.unwrap()), Some(turn))
            }
        }
    }
}

/// A clinic whose front desk knows six people.
struct Clinic {
    seat: Workstation,
    #[expect(dead_code, reason = "keeps the folder and the server")]
    kept: (TempDir, Option<Turn>),
}

impl Clinic {
    async fn open(kind: Kind) -> Self {
        let (folder, keychain) = (tempfile::tempdir().unwrap(), Arc::new(MemoryKeychain::new()));
        let clock = Arc::new(ManualClock::at(MORNING));
        let home = Home::at(folder.path().join("home"));
        home.create().unwrap();
        let (store, turn) = kind.store(&folder).await;
        let cost = SlotCost::CHEAP;
        found_demo_as(kind.profile, &home, keychain.as_ref(), store.as_ref(), clock.as_ref(), cost).await.unwrap();
        let seat = Workstation::open_on(home, keychain, clock, |_| Ok(store)).await.unwrap();
        let mut clinic = Self { seat, kept: (folder, turn) };
        clinic.register().await;
        sign_in(&mut clinic.seat, "osei").await;
        clinic
    }

    async fn register(&mut self) {
        sign_in(&mut self.seat, "import").await;
        let people = [
            ("Smith", "Anna", "1968-04-12"),
            ("Smith", "Ben", "1990-01-02"),
            ("O'Brien", "Cara", "1981-07-30"),
            ("Li", "Dan", "1985-12-01"),
            ("Müller", "Eva", "1968-04-12"),
            ("Nguyen", "Fay", "2001-02-03"),
        ];
        for (nth, (surname, given, born)) in people.into_iter().enumerate() {
            let mut record = patient(surname, given, born);
            record.identity.mrn = format!("MRN-{nth}");
            record.contact.email = Some(format!("{given}@example.org"));
            record.contact.phones = vec![Phone { number: format!("+1-555-010-010{nth}"), usage: None }];
            let items = vec![Item::new(Content::Problem(problem("Asthma")))];
            let incoming = resources("register", &nth.to_string(), record, items, &["main"]);
            self.seat.import(incoming, |_| std::ops::ControlFlow::Continue(())).await.unwrap();
        }
    }

    async fn finds(&mut self, query: &str) -> Vec<String> {
        let search = serde_json::json!({ "query": query, "offset": 0, "limit": 50 });
        let search: SearchPatients = serde_json::from_value(search).unwrap();
        let page = self.seat.perform(search).await.unwrap();
        let rows = serde_json::to_value(page).unwrap();
        let mut names: Vec<String> =
            rows["rows"].as_array().unwrap().iter().map(|row| row["given"].as_str().unwrap().to_owned()).collect();
        names.sort();
        names
    }

    async fn only(&mut self, query: &str) -> uuid::Uuid {
        let search = serde_json::json!({ "query": query, "offset": 0, "limit": 50 });
        let page = self.seat.perform(serde_json::from_value::<SearchPatients>(search).unwrap()).await.unwrap();
        let rows = serde_json::to_value(page).unwrap();
        serde_json::from_value(rows["rows"][0]["patient"].clone()).unwrap()
    }
}

async fn people_are_found_by_name_birth_date_number_and_address(kind: Kind) {
    let mut clinic = Clinic::open(kind).await;
    assert_eq!(clinic.finds("smith").await, ["Anna", "Ben"]);
    assert_eq!(clinic.finds("Smith, Ben").await, ["Ben"]);
    assert_eq!(clinic.finds("muller").await, ["Eva"]);
    assert_eq!(clinic.finds("1968-04-12").await, ["Anna", "Eva"]);
    assert_eq!(clinic.finds("MRN-3").await, ["Dan"]);
    assert_eq!(clinic.finds("555 010 0105").await, ["Fay"]);
    assert_eq!(clinic.finds("Cara@example.org").await, ["Cara"]);
    assert_eq!(clinic.finds("nobodyatall").await, Vec::<String>::new());
}

async fn a_chart_is_read_edited_and_checked(kind: Kind) {
    let mut clinic = Clinic::open(kind).await;
    let anna = clinic.only("Smith, Anna").await;
    clinic.seat.perform(AddProblem { patient: anna, problem: problem("Gout") }).await.unwrap();
    clinic.seat.perform(EnterNationalId { patient: anna, ssn: "123-45-6789".into() }).await.unwrap();
    let chart = serde_json::to_value(clinic.seat.perform(OpenChart { patient: anna }).await.unwrap()).unwrap();
    assert_eq!(chart["problems"].as_array().unwrap().len(), 2);
    let check = clinic.seat.perform(CheckStore {}).await.unwrap();
    assert_eq!((check.findings, check.patients, check.items), (vec![], 6, 7));
    clinic.seat.perform(TendStore { cleanup: true, most: None }).await.unwrap();
    assert_eq!(clinic.finds("smith").await, ["Anna", "Ben"]);
}

async fn index_keys_are_replaced_and_everybody_is_found(kind: Kind) {
    let mut clinic = Clinic::open(kind).await;
    sign_in(&mut clinic.seat, "adams").await;
    let job = clinic.seat.perform(OrderRotation { kind: RotationKind::Index, compartment: None }).await.unwrap();
    sign_in(&mut clinic.seat, "osei").await;
    let before = clinic.seat.site().index;
    let done = clinic.seat.rotate(job.job, |_| std::ops::ControlFlow::Continue(())).await.unwrap();
    assert!(done.ended && done.documents >= 6);
    assert_eq!(clinic.finds("smith").await, ["Anna", "Ben"]);
    assert_eq!(clinic.seat.site().index, before + 1);
    assert_eq!(clinic.finds("1968-04-12").await, ["Anna", "Eva"]);
    assert_eq!(clinic.finds("Cara@example.org").await, ["Cara"]);
    let check = clinic.seat.perform(CheckStore {}).await.unwrap();
    assert_eq!((check.findings, check.patients), (vec![], 6));
}

/// People with nothing but searchable values, and what finds them.
struct Register {
    crypt: Crypt,
    store: Arc<dyn Store>,
    people: Vec<(i32, Vec<Clear>)>,
    #[expect(dead_code, reason = "keeps the folder and the server")]
    kept: (TempDir, Option<Turn>),
}

impl Register {
    async fn open(kind: Kind) -> Self {
        let maker = local_crypt(&zero_root(), vec![], None, Fixed::default());
        let key = |path: &index::Path| maker.create_data_key("local", &[path.key]).unwrap();
        let keys: Vec<RawDocumentBuf> = PATIENTS.iter().map(key).collect();
        let ring = wardseal::crypt::KeyRing::new(keys.clone());
        let fields = index::patients_fields(|name| ring.id(name)).unwrap();
        let map = Document::try_from(index::fields_map(DATABASE, "patients", &fields)).unwrap();
        let crypt = local_crypt(&zero_root(), keys, Some(&map), Fixed::default()).with_profile(kind.profile);
        let folder = tempfile::tempdir().unwrap();
        let (store, turn) = kind.store(&folder).await;
        store.run(raw(&index::creation("patients", kind.profile, &fields).unwrap())).await.unwrap();
        let mut register = Self { crypt, store, people: vec![], kept: (folder, turn) };
        register.fill().await;
        register
    }

    async fn fill(&mut self) {
        let names = ["smith", "smithson", "smythe", "li", "lim", "obrien", "nguyen", "n", "smi"];
        for nth in 0..72_i32 {
            let born = (60 + nth) * 512 + (1 + nth % 12) * 32 + (1 + nth * 7 % 28);
            // Some are known by their year, or their month, only.
            let born = if nth % 9 == 0 {
                born >> 9 << 9
            } else if nth % 7 == 0 {
                born >> 5 << 5
            } else {
                born
            };
            let name = names[nth as usize % names.len()];
            let clear = |path: &'static str, value: Bson| Clear { path, key: path_of(path).unwrap().key, value };
            let values = vec![
                clear("i.surname_start", name.into()),
                clear("i.surname", name.into()),
                clear("i.born", Bson::Int32(born)),
                clear("i.phone1", format!("555{nth:04}").into()),
            ];
            self.run(doc! { "insert": "patients", "documents": [{ "_id": nth, "i": self.stored(&values) }] }).await;
            self.people.push((nth, values));
        }
    }

    fn stored(&self, values: &[Clear]) -> Document {
        let stored = index::stored(&self.crypt, values).unwrap();
        stored.into_iter().map(|(path, value)| (path[2..].to_owned(), Bson::try_from(value).unwrap())).collect()
    }

    async fn run(&self, command: Document) -> Document {
        let command = self.crypt.encrypt_command(DATABASE, &raw(&command)).unwrap();
        Document::try_from(self.store.run(command).await.unwrap()).unwrap()
    }

    async fn documents(&self, filter: Document) -> Vec<Document> {
        let reply = self.run(doc! { "find": "patients", "filter": filter, "sort": { "_id": 1 } }).await;
        let batch = reply.get_document("cursor").unwrap().get_array("firstBatch").unwrap();
        batch.iter().map(|one| one.as_document().unwrap().clone()).collect()
    }

    /// The filter finds exactly those the plain question is true of.
    async fn agrees(&self, what: &str, filter: Document, asks: impl Fn(&str, &Bson) -> bool) {
        let found: BTreeSet<i32> = self.documents(filter).await.iter().map(|one| one.get_i32("_id").unwrap()).collect();
        let has = |values: &[Clear]| values.iter().any(|one| asks(one.path, &one.value));
        let expected: BTreeSet<i32> = self.people.iter().filter(|(_, values)| has(values)).map(|(id, _)| *id).collect();
        assert_eq!(found, expected, "{what}");
    }
}

async fn every_kind_of_question_agrees_with_a_plain_list(kind: Kind) {
    let register = Register::open(kind).await;
    let crypt = &register.crypt;
    for name in ["smith", "smi", "li", "n", "nobody"] {
        let filter = index::equal(crypt, "i.surname", name).unwrap();
        register.agrees(name, filter, |path, value| path == "i.surname" && value.as_str() == Some(name)).await;
    }
    for start in ["sm", "smi", "smith", "smiths", "smithson", "li", "lim", "ng", "xx"] {
        let cut: String = start.chars().take(6).collect();
        let filter = index::starts_with(crypt, "i.surname_start", start).unwrap();
        let asks = |path: &str, value: &Bson| path == "i.surname_start" && value.as_str().unwrap().starts_with(&cut);
        register.agrees(start, filter, asks).await;
    }
    assert!(index::starts_with(crypt, "i.surname_start", "s").is_err(), "one letter is too short");
    let day = |text: &str| text.parse::<PartialDate>().unwrap().index_value().unwrap();
    let [first, last] = ["1970-01-01", "1989-12-31"].map(day);
    for (low, high) in [
        (first, last),
        (first, first),
        (0, 131_071),
        (day("1975"), day("1975")),
        (62 * 512 + 40, 71 * 512 + 3),
        (last, first),
    ] {
        let filter = index::between(crypt, "i.born", low, high);
        let Ok(filter) = filter else { continue };
        let asks = |path: &str, value: &Bson| path == "i.born" && (low..=high).contains(&value.as_i32().unwrap());
        register.agrees(&format!("{low}..={high}"), filter, asks).await;
    }
    let both = bson!([
        index::equal(crypt, "i.surname", "smith").unwrap(),
        index::between(crypt, "i.born", first, last).unwrap()
    ]);
    let ids = |documents: Vec<Document>| documents.iter().map(|one| one.get_i32("_id").unwrap()).collect::<Vec<_>>();
    let found = ids(register.documents(doc! { "$and": both.clone() }).await);
    let expected = register.people.iter().filter(|(_, values)| {
        values[1].value.as_str() == Some("smith") && (first..=last).contains(&values[2].value.as_i32().unwrap())
    });
    assert_eq!(found, expected.map(|(id, _)| *id).collect::<Vec<_>>());
}

async fn a_changed_name_is_found_and_the_old_one_is_not(kind: Kind) {
    let mut register = Register::open(kind).await;
    let mut values = register.people[0].1.clone();
    for one in values.iter_mut().take(2) {
        one.value = "okafor".into();
    }
    let set: Document =
        register.stored(&values).into_iter().map(|(name, value)| (format!("i.{name}"), value)).collect();
    register.run(doc! { "update": "patients", "updates": [{ "q": { "_id": 0 }, "u": { "$set": set } }] }).await;
    register.run(doc! { "delete": "patients", "deletes": [{ "q": { "_id": 9 }, "limit": 1 }] }).await;
    register.people[0].1 = values;
    register.people.retain(|(id, _)| *id != 9);
    for name in ["smith", "okafor"] {
        let filter = index::equal(&register.crypt, "i.surname", name).unwrap();
        register.agrees(name, filter, |path, value| path == "i.surname" && value.as_str() == Some(name)).await;
        let filter = index::starts_with(&register.crypt, "i.surname_start", name).unwrap();
        let asks = |path: &str, value: &Bson| path == "i.surname_start" && value.as_str().unwrap().starts_with(name);
        register.agrees(name, filter, asks).await;
    }
}

async fn every_flipped_byte_of_a_searchable_value_is_caught(kind: Kind) {
    let register = Register::open(kind).await;
    let ring = register.people[0].1.clone();
    let document = register.documents(doc! { "_id": 0 }).await.remove(0);
    let key_id = |document: &Document, path: &str| {
        // The key's id stands in the value; the manifest would know it.
        let value = document.get_document("i").unwrap().get(path).unwrap();
        let value = value.as_array().map_or(value, |list| &list[0]);
        let Bson::Binary(value) = value else { panic!() };
        uuid::Uuid::from_slice(&value.bytes[1..17]).unwrap()
    };
    let ids: Vec<(&str, uuid::Uuid)> = ring.iter().map(|one| (one.key, key_id(&document, &one.path[2..]))).collect();
    let id = |name: &str| ids.iter().find(|(key, _)| *key == name).map(|(_, id)| *id);
    let holds = |document: &Document| index::verify(&register.crypt, &raw(document), (&ring, &[]), id).is_ok();
    assert!(holds(&document));
    for name in ["surname", "born", "surname_start"] {
        for place in 0..60 {
            let mut flipped = document.clone();
            let value = flipped.get_document_mut("i").unwrap().get_mut(name).unwrap();
            let value = match value {
                Bson::Array(list) => &mut list[1],
                one => one,
            };
            let Bson::Binary(value) = value else { panic!() };
            let at = place * value.bytes.len() / 60;
            value.bytes[at] ^= 8;
            assert!(!holds(&flipped), "{name} at {at}");
        }
    }
}

/// What a thief of the file sees, which is where the profiles differ.
#[tokio::test]
async fn equal_names_look_equal_only_in_the_deterministic_profile() {
    for (profile, equal) in [(Profile::Queryable, false), (Profile::Deterministic, true)] {
        let register = Register::open(Kind { profile, place: Place::Memory }).await;
        let of = |documents: &[Document], nth: usize| {
            documents[nth].get_document("i").unwrap().get("surname").unwrap().clone()
        };
        let all = register.documents(doc! {}).await;
        assert_eq!(of(&all, 0) == of(&all, 9), equal);
        assert_ne!(of(&all, 0), of(&all, 1));
        let Bson::Binary(value) = of(&all, 0) else { panic!() };
        assert_eq!((value.subtype, value.bytes[0]), (BinarySubtype::Encrypted, if equal { 1 } else { 14 }));
    }
}

macro_rules! conform {
    ($($name:ident: $kind:expr;)*) => {$(
        mod $name {
            use super::*;

            #[tokio::test]
            async fn people_are_found_by_name_birth_date_number_and_address() {
                let kind: Kind = $kind;
                if kind.is_there() {
                    super::people_are_found_by_name_birth_date_number_and_address(kind).await;
                }
            }

            #[tokio::test]
            async fn a_chart_is_read_edited_and_checked() {
                let kind: Kind = $kind;
                if kind.is_there() {
                    super::a_chart_is_read_edited_and_checked(kind).await;
                }
            }

            #[tokio::test]
            async fn index_keys_are_replaced_and_everybody_is_found() {
                super::index_keys_are_replaced_and_everybody_is_found($kind).await;
            }

            #[tokio::test]
            async fn every_kind_of_question_agrees_with_a_plain_list() {
                let kind: Kind = $kind;
                if kind.is_there() {
                    super::every_kind_of_question_agrees_with_a_plain_list(kind).await;
                }
            }

            #[tokio::test]
            async fn a_changed_name_is_found_and_the_old_one_is_not() {
                let kind: Kind = $kind;
                if kind.is_there() {
                    super::a_changed_name_is_found_and_the_old_one_is_not(kind).await;
                }
            }

            #[tokio::test]
            async fn every_flipped_byte_of_a_searchable_value_is_caught() {
                let kind: Kind = $kind;
                if kind.is_there() {
                    super::every_flipped_byte_of_a_searchable_value_is_caught(kind).await;
                }
            }
        }
    )*};
}

conform! {
    memory: Kind { profile: Profile::Queryable, place: Place::Memory };
    embedded_queryable: Kind { profile: Profile::Queryable, place: Place::Disk };
    embedded_deterministic: Kind { profile: Profile::Deterministic, place: Place::Disk };
    server_deterministic: Kind { profile: Profile::Deterministic, place: Place::Server };
    wire_queryable: Kind { profile: Profile::Queryable, place: Place::Wire };
    wire_deterministic: Kind { profile: Profile::Deterministic, place: Place::Wire };
}
