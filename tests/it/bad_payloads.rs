//! Bytes that no client makes: whatever comes in place of a payload is refused or stored whole; nothing breaks, nothing
//! of a refused document stays.

use crate::client::{Client, fields_of};
use crate::vectors::{Fixed, local_crypt, raw, zero_root};
use bson::spec::BinarySubtype;
use bson::{Binary, Bson, Document, RawDocumentBuf, doc};
use proptest::prelude::*;
use std::sync::LazyLock;
use wardseal::crypt::{Crypt, id_of};
use wardseal::store::{Store as _, StoreError, memory::Memory};

/// A collection with one field of each kind, and genuine payloads for it.
struct Genuine {
    crypt: Crypt,
    fields: Document,
    inserts: Vec<(&'static str, Vec<u8>)>,
    finds: Vec<(&'static str, Document, Vec<u8>)>,
}

static GENUINE: LazyLock<std::sync::Mutex<Genuine>> = LazyLock::new(|| std::sync::Mutex::new(genuine()));

fn genuine() -> Genuine {
    let maker = local_crypt(&zero_root(), vec![], None, Fixed::default());
    let keys: Vec<RawDocumentBuf> = (0..3).map(|_| maker.create_data_key("local", &[]).unwrap()).collect();
    let key = |nth: usize| {
        let id = id_of(&keys[nth]).unwrap();
        Bson::Binary(Binary { subtype: BinarySubtype::Uuid, bytes: id.as_bytes().to_vec() })
    };
    let range =
        doc! { "queryType": "range", "contention": 0_i64, "min": 0, "max": 300, "sparsity": 2_i64, "trimFactor": 4 };
    let text = doc! {
        "queryType": "substring", "contention": 0_i64, "strMaxLength": 10, "strMinQueryLength": 2, "strMaxQueryLength": 4,
        "caseSensitive": false, "diacriticSensitive": false,
    };
    let fields = doc! { "fields": [
        { "path": "e", "bsonType": "string", "keyId": key(0), "queries": { "queryType": "equality", "contention": 0_i64 } },
        { "path": "r", "bsonType": "int", "keyId": key(1), "queries": range },
        { "path": "t", "bsonType": "string", "keyId": key(2), "queries": text },
    ] };
    let crypt = local_crypt(&zero_root(), keys, Some(&doc! { "wardseal.notes": fields.clone() }), Fixed::default());
    let known = fields_of(&fields);
    let client = Client { crypt: &crypt, fields: &known };
    let sealed = client.document(&doc! { "e": "word", "r": 7, "t": "some text" }).unwrap();
    let bytes = |value: &Bson| match value {
        Bson::Binary(binary) => binary.bytes.clone(),
        _ => panic!("not sealed"),
    };
    let inserts = ["e", "r", "t"].map(|name| (name, bytes(sealed.get(name).unwrap()))).to_vec();
    let asked = [
        ("e", doc! { "e": "word" }),
        ("r", doc! { "r": { "$gt": 3 } }),
        ("t", doc! { "$expr": { "$encStrContains": { "input": "$t", "substring": "text" } } }),
    ];
    let finds = asked.map(|(name, filter)| {
        let filter = client.filter(&filter).unwrap();
        let payload = payload_in(&Bson::Document(filter.clone())).expect("a payload");
        (name, filter, payload)
    });
    Genuine { crypt, fields, inserts, finds: finds.to_vec() }
}

fn payload_in(value: &Bson) -> Option<Vec<u8>> {
    match value {
        Bson::Document(inner) => inner.values().find_map(payload_in),
        Bson::Array(items) => items.iter().find_map(payload_in),
        Bson::Binary(binary) if binary.subtype == BinarySubtype::Encrypted => Some(binary.bytes.clone()),
        _ => None,
    }
}

fn put(value: &mut Bson, payload: &[u8]) {
    match value {
        Bson::Document(inner) => inner.iter_mut().for_each(|(_, one)| put(one, payload)),
        Bson::Array(items) => items.iter_mut().for_each(|one| put(one, payload)),
        Bson::Binary(binary) if binary.subtype == BinarySubtype::Encrypted => binary.bytes = payload.to_vec(),
        _ => {}
    }
}

fn sealed(bytes: &[u8]) -> Bson {
    Bson::Binary(Binary { subtype: BinarySubtype::Encrypted, bytes: bytes.to_vec() })
}

/// Runs a command on a fresh collection; whatever comes of it, the store is whole afterwards.
fn attempt(command: impl FnOnce(&Genuine) -> Document) -> Result<Document, StoreError> {
    let genuine = GENUINE.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let store = Memory::new();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        let create = doc! { "create": "notes", "encryptedFields": genuine.fields.clone() };
        store.run(raw(&create)).await.unwrap();
        let command = genuine.crypt.encrypt_command("wardseal", &raw(&command(&genuine))).unwrap();
        let answered = store.run(command).await.map(|reply| Document::try_from(reply).unwrap());
        let checked = store.check().unwrap();
        if answered.is_err() {
            assert_eq!((checked.documents, checked.tags, checked.state), (0, 0, 0), "nothing of it stays");
        }
        answered
    })
}

fn insert(path: &str, bytes: &[u8]) -> Result<Document, StoreError> {
    attempt(|_| doc! { "insert": "notes", "documents": [{ "_id": 1, path: sealed(bytes) }] })
}

/// A payload with some bytes changed, cut, repeated or put in between.
fn spoiled(bytes: Vec<u8>) -> impl Strategy<Value = Vec<u8>> {
    let len = bytes.len();
    (0..len, any::<u8>(), 0..5_u8, 0..len).prop_map(move |(at, byte, how, other)| {
        let mut bytes = bytes.clone();
        match how {
            0 => bytes[at] = byte,
            1 => bytes.truncate(at),
            2 => bytes.insert(at, byte),
            3 => bytes.swap(at, other),
            _ => bytes.extend_from_within(at..),
        }
        bytes
    })
}

fn genuine_insert() -> impl Strategy<Value = (&'static str, Vec<u8>)> {
    let all = GENUINE.lock().unwrap_or_else(std::sync::PoisonError::into_inner).inserts.clone();
    prop::sample::select(all)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_spoiled_payload_is_refused_or_stored_whole((path, bytes) in genuine_insert().prop_flat_map(|(path, bytes)| (Just(path), spoiled(bytes)))) {
        match insert(path, &bytes) {
            Ok(_) | Err(StoreError::Refused { .. }) => {}
            Err(other) => prop_assert!(false, "{other}"),
        }
    }

    #[test]
    fn any_bytes_behind_any_first_byte_are_refused_or_opaque(form in any::<u8>(), bytes in prop::collection::vec(any::<u8>(), 0..300), path in prop::sample::select(vec!["e", "r", "t", "other"])) {
        let bytes = [vec![form], bytes].concat();
        let taken = insert(path, &bytes).is_ok();
        // An unindexed value is the client's affair, but not where something indexed belongs.
        prop_assert!(!taken || (form == 16 && bytes.len() > 18));
    }

    #[test]
    fn a_spoiled_question_is_refused_or_answered(nth in 0..3_usize, seed in any::<(usize, u8, usize)>()) {
        let answered = attempt(|genuine| {
            let (_, filter, payload) = &genuine.finds[nth];
            let mut payload = payload.clone();
            let at = seed.0 % payload.len();
            match seed.2 % 3 {
                0 => payload[at] = seed.1,
                1 => payload.truncate(at),
                _ => payload.insert(at, seed.1),
            }
            let mut filter = Bson::Document(filter.clone());
            put(&mut filter, &payload);
            doc! { "find": "notes", "filter": filter }
        });
        prop_assert!(matches!(answered, Ok(_) | Err(StoreError::Refused { .. })), "{answered:?}");
    }
}

/// What is wrong, where it stands, the bytes or the document.
#[test]
fn what_a_real_server_would_not_take_is_refused_by_name() {
    let (e, r, t, equality, range) = {
        let genuine = GENUINE.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let of = |nth: usize| genuine.inserts[nth].1.clone();
        (of(0), of(1), of(2), genuine.finds[0].2.clone(), genuine.finds[1].2.clone())
    };
    let refusal = |answer: Result<Document, StoreError>| match answer {
        Err(StoreError::Refused { code, .. }) => code,
        other => panic!("not refused: {other:?}"),
    };
    let edited = |bytes: &[u8], edit: &dyn Fn(&mut Document)| {
        let mut body = Document::from_reader(&bytes[1..]).unwrap();
        edit(&mut body);
        [vec![bytes[0]], RawDocumentBuf::try_from(&body).unwrap().into_bytes()].concat()
    };
    for form in [4, 5, 6, 7, 9, 10] {
        let mut older = e.clone();
        older[0] = form;
        assert!([6_373_503, 7_413_901].contains(&refusal(insert("e", &older))), "version 1, form {form}");
    }
    for form in [0, 3, 8, 12, 13, 14, 15, 17, 18, 19, 255] {
        let mut other = e.clone();
        other[0] = form;
        assert_eq!(refusal(insert("e", &other)), 6_373_503, "form {form}");
    }
    assert_eq!(refusal(insert("e", &[])), 6_373_503);
    assert_eq!(refusal(insert("e", &r)), 2, "a range payload at an equality field");
    assert_eq!(refusal(insert("r", &e)), 2, "an equality payload at a range field");
    assert_eq!(refusal(insert("r", &t)), 2);
    assert_eq!(refusal(insert("elsewhere", &e)), 6_373_601);
    assert_eq!(refusal(insert("e", &edited(&e, &|body| drop(body.insert("t", 1))))), 6_373_504, "a double");
    assert_eq!(refusal(insert("e", &edited(&e, &|body| drop(body.insert("k", 1_i64))))), 2, "a partition too far");
    assert_eq!(refusal(insert("e", &edited(&e, &|body| drop(body.insert("k", -1_i64))))), 40_414);
    assert_eq!(refusal(insert("r", &edited(&r, &|body| drop(body.insert("mx", 301))))), 2, "another range");
    assert_eq!(refusal(insert("r", &edited(&r, &|body| drop(body.insert("sp", 9_i64))))), 2, "another sparsity");
    assert_eq!(refusal(insert("r", &edited(&r, &|body| drop(body.insert("g", Bson::Array(vec![])))))), 2, "no edges");
    let many = |body: &mut Document| {
        let edge = body.get_array("g").unwrap()[0].clone();
        body.insert("g", vec![edge; 130]);
    };
    assert_eq!(refusal(insert("r", &edited(&r, &many))), 2, "too many edges");
    let both = edited(&r, &|body| drop(body.insert("b", doc! {})));
    assert_eq!(refusal(insert("r", &both)), 2, "edges and strings");
    let twice = attempt(|_| {
        doc! { "insert": "notes", "documents": [{ "_id": 1, "e": sealed(&e), "r": sealed(&edited(&r, &|body| {
            let key = Document::from_reader(&e[1..]).unwrap().get("u").unwrap().clone();
            body.insert("u", key);
        })) }] }
    });
    assert_eq!(refusal(twice), 6_371_407, "one key in two fields");
    let tags =
        attempt(|_| doc! { "insert": "notes", "documents": [{ "_id": 1, "e": sealed(&e), "__safeContent__": [] }] });
    assert_eq!(refusal(tags), 6_666_200);
    for (what, filter) in [
        ("an insert payload that asks", doc! { "e": sealed(&e) }),
        ("a range question at an equality field", doc! { "e": { "$gt": sealed(&range) } }),
        ("an equality question by range", doc! { "r": { "$gt": sealed(&equality) } }),
        ("a question at a string", doc! { "t": sealed(&equality) }),
        ("clear beside sealed", doc! { "e": { "$in": ["word", sealed(&equality)] } }),
        ("a list in sort's place", doc! { "e": { "$all": [sealed(&equality)] } }),
    ] {
        assert_eq!(refusal(attempt(|_| doc! { "find": "notes", "filter": filter.clone() })), 2, "{what}");
    }
}
