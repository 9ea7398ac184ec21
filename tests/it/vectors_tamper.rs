//! What a thief with write access to the store can try: flip, swap, roll back, exchange keys.

use bson::spec::{BinarySubtype, ElementType};
use bson::{Binary, Bson, Document, RawDocumentBuf, doc, raw::RawBinaryRef, rawdoc};
use std::sync::Arc;
use uuid::Uuid;
use wardseal::crypt::hooks::ctr;
use wardseal::crypt::index::{self, Clear, IndexFault, PATIENTS};
use wardseal::crypt::section::{self, Place, Sealed};
use wardseal::crypt::tokens::Token;
use wardseal::crypt::{
    Crypt, CryptError, Encryption, KeyRing, ManifestKey, Provider, commitment, head, id_of, patient_key,
};
use wardseal::record::{Compartment, Section};
use wardseal::secret::Secret;

const FRONT: &str = "local:front";

/// A clinic with one root key and the data keys of the front compartment.
struct Clinic {
    root: Secret<96>,
    ring: KeyRing,
    crypt: Crypt,
}

impl Clinic {
    fn new() -> Self {
        let root = Secret::random().unwrap();
        let provider = || [Provider { name: FRONT.into(), key: &root }];
        let maker = Crypt::open(&provider(), Arc::new(KeyRing::default()), None).unwrap();
        let names = PATIENTS.iter().map(|path| path.key).chain(["section:front", "patient-keys:front"]);
        let ring = KeyRing::new(names.map(|name| maker.create_data_key(FRONT, &[name]).unwrap()).collect());
        let fields = index::patients_fields(|name| ring.id(name)).unwrap();
        let map = index::fields_map("wardseal", "patients", &fields);
        let crypt = Crypt::open(&provider(), Arc::new(ring.clone()), Some(&map)).unwrap();
        Self { root, ring, crypt }
    }

    fn id(&self, name: &str) -> Option<Uuid> {
        self.ring.id(name)
    }
}

fn place() -> Place {
    Place { site: Uuid::new_v4(), record: Uuid::new_v4(), section: Section::Identity, rev: 3 }
}

fn jane() -> RawDocumentBuf {
    rawdoc! { "family": "Smith", "given": ["Jane"], "born": "1970-02-03" }
}

fn open(clinic: &Clinic, place: Place, key: &Secret<32>, value: &[u8]) -> Result<RawDocumentBuf, CryptError> {
    section::open(&clinic.crypt, &Sealed { place, key, value })
}

#[test]
fn a_sealed_section_opens_where_it_belongs_and_its_length_tells_only_a_bucket() {
    let (clinic, place, key) = (Clinic::new(), place(), patient_key::make().unwrap());
    let short = section::seal(&clinic.crypt, &place, &key, &jane()).unwrap();
    let longer = rawdoc! { "family": "Smith-Montgomery-Featherstonehaugh", "note": "x".repeat(100) };
    let longer = section::seal(&clinic.crypt, &place, &key, &longer).unwrap();
    assert_eq!(short.bytes.len(), longer.bytes.len());
    assert_eq!(open(&clinic, place, &key, &short.bytes).unwrap(), jane());
}

#[test]
fn every_flipped_bit_of_a_section_is_refused() {
    let (clinic, place, key) = (Clinic::new(), place(), patient_key::make().unwrap());
    let mut value = section::seal(&clinic.crypt, &place, &key, &jane()).unwrap().bytes;
    for bit in 0..value.len() * 8 {
        value[bit / 8] ^= 1 << (bit % 8);
        assert!(open(&clinic, place, &key, &value).is_err(), "bit {bit} went unnoticed");
        value[bit / 8] ^= 1 << (bit % 8);
    }
    assert!(open(&clinic, place, &key, &value).is_ok());
}

#[test]
fn a_section_moved_to_another_site_record_section_or_revision_is_refused() {
    let (clinic, place, key) = (Clinic::new(), place(), patient_key::make().unwrap());
    let value = section::seal(&clinic.crypt, &place, &key, &jane()).unwrap().bytes;
    let elsewhere = [
        Place { site: Uuid::new_v4(), ..place },
        Place { record: Uuid::new_v4(), ..place },
        Place { section: Section::Contact, ..place },
        Place { rev: 2, ..place },
    ];
    for wrong in elsewhere {
        assert_eq!(open(&clinic, wrong, &key, &value), Err(CryptError::Damaged));
    }
    assert_eq!(open(&clinic, place, &patient_key::make().unwrap(), &value), Err(CryptError::Damaged));
}

#[test]
fn one_damaged_section_leaves_the_others_readable() {
    let (clinic, place, key) = (Clinic::new(), place(), patient_key::make().unwrap());
    let good = section::seal(&clinic.crypt, &place, &key, &jane()).unwrap().bytes;
    let mut bad = good.clone();
    bad[40] ^= 1;
    let many: Vec<_> = [&good, &bad, &good].iter().map(|value| Sealed { place, key: &key, value }).collect();
    let opened: Vec<_> = section::open_many(&clinic.crypt, &many).into_iter().map(|one| one.is_ok()).collect();
    assert_eq!(opened, [true, false, true]);
}

#[test]
fn a_patients_key_opens_for_that_patient_only() {
    let clinic = Clinic::new();
    let (jane, john, key) = (Uuid::new_v4(), Uuid::new_v4(), patient_key::make().unwrap());
    let wrapped = patient_key::wrap(&clinic.crypt, jane, Compartment::Front, &key).unwrap();
    let of = |patient| patient_key::Wrapped { patient, compartment: Compartment::Front, value: &wrapped.bytes };
    let opened = patient_key::unwrap_many(&clinic.crypt, &[of(jane), of(john)]);
    assert!(opened[0].as_ref().is_ok_and(|found| found.expose() == key.expose()));
    assert!(opened[1].is_err());
}

/// The values of one patient that are found by equality; ranges and first letters are flipped where a store holds them.
fn truth() -> Vec<Clear> {
    let values = [
        ("i.surname", "smith"),
        ("i.given", "jane"),
        ("i.mrn", "A12345"),
        ("i.phone1", "5551234567"),
        ("i.phone2", "5559876543"),
        ("i.email", "jane@example.org"),
    ];
    let clear = |path: &str, value: &str| {
        let path = PATIENTS.iter().find(|one| one.path == path).unwrap();
        Clear { path: path.path, key: path.key, value: value.into() }
    };
    values.iter().map(|(path, value)| clear(path, value)).collect()
}

/// What a server stores for a type-11 payload; the protocol's insert with the count given.
fn store(payload: &Binary, count: u64) -> (Binary, [u8; 32]) {
    let body = Document::from_reader(&payload.bytes[1..]).unwrap();
    let bytes = |name: &str| body.get_binary_generic(name).unwrap().clone();
    let token = |name: &str| Token::from_slice(&bytes(name)).unwrap();
    let Some(Bson::Binary(id)) = body.get("u") else { panic!("no key id") };
    let tag = *token("d").number(1).number(count).as_bytes();
    let seal = |key: &Token, text: &[u8]| {
        let (iv, mut text) = ([0x5a; 16], text.to_vec());
        ctr(key.as_bytes(), &iv, &mut text).unwrap();
        [iv.to_vec(), text].concat()
    };
    let counter = [count.to_le_bytes(), 0_u64.to_le_bytes()].concat();
    let parts = [
        vec![14],
        id.bytes.clone(),
        vec![body.get_i32("t").unwrap() as u8],
        seal(&token("e"), &bytes("v")),
        seal(&token("l").number(1), &counter),
        tag.to_vec(),
        seal(&token("l").number(2), &[0; 16]),
    ];
    (Binary { subtype: BinarySubtype::Encrypted, bytes: parts.concat() }, tag)
}

/// The indexed part of a patient's document, as stored.
fn stored(clinic: &Clinic) -> Document {
    let payloads = index::payloads(&clinic.crypt, &truth()).unwrap();
    let (mut inside, mut tags) = (Document::new(), Vec::new());
    for (count, (path, payload)) in payloads.iter().enumerate() {
        let (value, tag) = store(payload, count as u64 + 1);
        inside.insert(path.strip_prefix("i.").unwrap(), value);
        tags.push(Bson::Binary(Binary { subtype: BinarySubtype::Generic, bytes: tag.to_vec() }));
    }
    doc! { "_id": 1, "i": inside, "__safeContent__": tags }
}

fn verify(clinic: &Clinic, document: &Document) -> Result<(), IndexFault> {
    let document = RawDocumentBuf::try_from(document).unwrap();
    index::verify(&clinic.crypt, &document, (&truth(), &[]), |name| clinic.id(name))
}

#[test]
fn an_untouched_index_agrees_with_the_record() {
    let clinic = Clinic::new();
    assert_eq!(verify(&clinic, &stored(&clinic)), Ok(()));
}

#[test]
fn every_flipped_bit_of_an_index_value_is_caught() {
    let clinic = Clinic::new();
    let mut document = stored(&clinic);
    for name in ["surname", "email"] {
        for bit in 0..binary(&mut document, name).bytes.len() * 8 {
            binary(&mut document, name).bytes[bit / 8] ^= 1 << (bit % 8);
            assert!(verify(&clinic, &document).is_err(), "bit {bit} of {name} went unnoticed");
            binary(&mut document, name).bytes[bit / 8] ^= 1 << (bit % 8);
        }
        binary(&mut document, name).subtype = BinarySubtype::Generic;
        assert!(verify(&clinic, &document).is_err(), "the subtype of {name} went unnoticed");
        binary(&mut document, name).subtype = BinarySubtype::Encrypted;
    }
    assert_eq!(verify(&clinic, &document), Ok(()));
}

fn binary<'a>(document: &'a mut Document, name: &str) -> &'a mut Binary {
    let value = document.get_document_mut("i").unwrap().get_mut(name).unwrap();
    let Bson::Binary(value) = value else { panic!("{name} isn't sealed") };
    value
}

#[test]
fn every_flipped_bit_of_the_search_tags_is_caught() {
    let clinic = Clinic::new();
    let mut document = stored(&clinic);
    for bit in 0..6 * 32 * 8 {
        flip_tag(&mut document, bit);
        assert_eq!(verify(&clinic, &document), Err(IndexFault::Tags), "bit {bit} went unnoticed");
        flip_tag(&mut document, bit);
    }
    document.get_array_mut("__safeContent__").unwrap().pop();
    assert_eq!(verify(&clinic, &document), Err(IndexFault::Tags));
}

fn flip_tag(document: &mut Document, bit: usize) {
    let tags = document.get_array_mut("__safeContent__").unwrap();
    let Bson::Binary(tag) = &mut tags[bit / 256] else { panic!("not a tag") };
    tag.bytes[bit % 256 / 8] ^= 1 << (bit % 8);
}

#[test]
fn index_values_that_are_swapped_removed_or_added_are_caught() {
    let clinic = Clinic::new();
    let document = stored(&clinic);
    let mut swapped = document.clone();
    let inside = swapped.get_document_mut("i").unwrap();
    let (one, other) = (inside.get("phone1").unwrap().clone(), inside.get("phone2").unwrap().clone());
    inside.insert("phone1", other);
    inside.insert("phone2", one);
    assert_eq!(verify(&clinic, &swapped), Err(IndexFault::Value("i.phone1")));
    let mut removed = document.clone();
    removed.get_document_mut("i").unwrap().remove("email");
    assert!(verify(&clinic, &removed).is_err());
    let mut added = document;
    added.get_document_mut("i").unwrap().insert("nickname", 1);
    assert_eq!(verify(&clinic, &added), Err(IndexFault::Paths));
}

#[test]
fn a_search_and_a_write_go_out_with_what_the_server_needs() {
    let clinic = Clinic::new();
    let payload = index::find_payload(&clinic.crypt, "index:surname", &"smith".into()).unwrap();
    let find = RawDocumentBuf::try_from(&doc! { "find": "patients", "filter": { "i.surname": payload } }).unwrap();
    let sent = Document::try_from(clinic.crypt.encrypt_command("wardseal", &find).unwrap()).unwrap();
    let schema = sent.get_document("encryptionInformation").unwrap().get_document("schema").unwrap();
    assert!(schema.contains_key("wardseal.patients"));
    let elsewhere = rawdoc! { "find": "elsewhere", "filter": {} };
    assert!(matches!(clinic.crypt.encrypt_command("wardseal", &elsewhere), Err(CryptError::Refused(_))));
}

#[test]
fn values_a_server_would_refuse_are_refused_here() {
    let clinic = Clinic::new();
    for value in [Bson::Double(1.5), Bson::Null, doc! { "a": 1 }.into(), Bson::Array(Vec::new())] {
        assert!(index::find_payload(&clinic.crypt, "index:surname", &value).is_err(), "{:?}", value.element_type());
    }
    assert_eq!(ElementType::String as u8, 2, "the type byte of a stored value is BSON's");
}

fn manifest(clinic: &Clinic) -> Vec<ManifestKey> {
    let key = |document: &RawDocumentBuf| ManifestKey {
        id: id_of(document).unwrap(),
        purpose: document.get_array("keyAltNames").unwrap().get_str(0).unwrap().to_owned(),
        provider: FRONT.to_owned(),
        commitment: commitment(document, &clinic.root).unwrap(),
    };
    clinic.ring.documents().iter().map(key).collect()
}

#[test]
fn data_keys_that_were_swapped_in_the_vault_are_refused() {
    let clinic = Clinic::new();
    let (manifest, documents) = (manifest(&clinic), clinic.ring.documents());
    let roots = || [Provider { name: FRONT.into(), key: &clinic.root }];
    assert!(KeyRing::checked(documents, &manifest, &roots()).is_ok());
    for field in ["keyMaterial", "keyAltNames"] {
        let mut pair = [0, 1].map(|n| Document::try_from(documents[n].clone()).unwrap());
        let [one, other] = &mut pair;
        std::mem::swap(one.get_mut(field).unwrap(), other.get_mut(field).unwrap());
        let mut swapped = documents.to_vec();
        (0..2).for_each(|n| swapped[n] = RawDocumentBuf::try_from(&pair[n]).unwrap());
        let refused = KeyRing::checked(&swapped, &manifest, &roots());
        assert!(matches!(refused, Err(CryptError::ForeignKey(_))), "{field} went unnoticed");
    }
    let missing = KeyRing::checked(&documents[1..], &manifest, &roots());
    assert!(matches!(missing, Err(CryptError::MissingKey)));
}

#[test]
fn without_the_compartments_root_nothing_of_it_opens() {
    let (clinic, place, key) = (Clinic::new(), place(), patient_key::make().unwrap());
    let value = section::seal(&clinic.crypt, &place, &key, &jane()).unwrap();
    let other = Secret::random().unwrap();
    for name in ["local:insurance", FRONT] {
        let provider = [Provider { name: name.into(), key: &other }];
        let crypt = Crypt::open(&provider, Arc::new(clinic.ring.clone()), None).unwrap();
        let sealed = Sealed { place, key: &key, value: &value.bytes };
        assert!(section::open(&crypt, &sealed).is_err(), "{name}");
        let again = crypt.encrypt(bson::RawBsonRef::Int32(1), &Encryption::unindexed("section:front"));
        assert!(again.is_err(), "{name}");
    }
    let empty =
        Crypt::open(&[Provider { name: FRONT.into(), key: &other }], Arc::new(KeyRing::default()), None).unwrap();
    let missing = section::open(&empty, &Sealed { place, key: &key, value: &value.bytes });
    assert_eq!(missing, Err(CryptError::MissingKey));
}

#[test]
fn the_head_of_a_record_tells_flips_swaps_and_rollbacks() {
    let key = Secret::random().unwrap();
    let owner = head::Owner { key: &key, site: Uuid::new_v4(), collection: "patients", record: Uuid::new_v4() };
    let stored = |bytes| RawBinaryRef { subtype: BinarySubtype::Encrypted, bytes };
    let values = [("i.surname", &Bson::from("smith"))];
    let index = head::index_hash(&owner, &values).unwrap();
    let first = head::Head::first(&owner, &[("identity", 1, stored(b"one")), ("contact", 1, stored(b"two"))], index);
    let second = first.next(&owner, &[("identity", 2, stored(b"three"))], None);
    let read = second.to_document();
    let read = head::Head::from_document(&read).unwrap();
    assert_eq!((read.clone(), read.verify(&owner), read.previous), (second, Ok(()), first.hash()));
    assert_eq!(read.check("identity", stored(b"three")), Ok(2));
    assert_eq!(read.check("contact", stored(b"two")), Ok(1), "the sections that were fetched are enough");
    assert_eq!(read.check("identity", stored(b"one")), Err(CryptError::Damaged), "an older value");
    assert_eq!(read.check("contact", stored(b"three")), Err(CryptError::Damaged), "another section's value");
    assert_eq!(read.check_index(&owner, &values), Ok(()));
    assert_eq!(read.check_index(&owner, &[("i.surname", &Bson::from("smyth"))]), Err(CryptError::Damaged));
    let another = head::Owner { key: &key, record: Uuid::new_v4(), ..owner };
    assert_eq!(read.verify(&another), Err(CryptError::Damaged), "another record's head");
    let mut raised = read;
    raised.counter += 1;
    assert_eq!(raised.verify(&owner), Err(CryptError::Damaged));
}
