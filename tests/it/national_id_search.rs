//! Finding a patient by the social security number: by doctors only, for a purpose, under keys of those who may read it.

use crate::clinic_day::patient;
use crate::guard_loot::{Loot, Stolen};
use crate::rotation::{order, rotate};
use crate::world::World;
use crate::write_only::{SSN, enter};
use bson::Bson;
use uuid::Uuid;
use wardseal::app::sign_in::DEMO_PASSWORD;
use wardseal::app::{CheckStore, Code, EnterNationalId, FindByNationalId, NumberNeeded, OpenChart};
use wardseal::audit::{Opener, Outcome, Purpose, Span};
use wardseal::crypt::provider_of;
use wardseal::keys::RotationKind;

const OTHER: &str = "219-09-9998";

/// Anna, whose number came with the import, and Bea, who has none yet.
async fn clinic() -> (World, Uuid, Uuid) {
    let mut world = World::new().await;
    let mut anna = patient("Smith", "Anna", "1968-04-12");
    anna.national_id.ssn = Some(SSN.into());
    world.register(vec![(anna, vec![]), (patient("Jones", "Bea", "1970-01-01"), vec![])]).await;
    world.sign_in("osei").await;
    let (anna, bea) = (world.find("smith").await, world.find("jones").await);
    (world, anna, bea)
}

async fn asked(world: &mut World, ssn: &str) -> Result<Vec<(Uuid, bool)>, Code> {
    let question = FindByNationalId { ssn: ssn.into(), purpose: NumberNeeded::Payment };
    let page = world.seat.perform(question).await.map_err(|failure| failure.code)?;
    Ok(page.rows.iter().map(|row| (row.patient, row.damaged)).collect())
}

#[tokio::test]
async fn a_doctor_finds_her_by_the_number_for_a_purpose_and_the_audit_names_it_and_not_the_number() {
    let (mut world, anna, _) = clinic().await;
    assert_eq!(asked(&mut world, SSN).await, Ok(vec![(anna, false)]));
    assert_eq!(asked(&mut world, OTHER).await, Ok(vec![]));
    assert_eq!(asked(&mut world, "123-45").await, Err(Code::Invalid));
    // In the line of the search the number asks for nothing, it says what is missing.
    let line = world.search(SSN).await.err().unwrap();
    assert_eq!((line.code, line.fields.get("why").and_then(|why| why.as_str())), (Code::Invalid, Some("purpose")));
    for user in ["kim", "lopez", "adams", "import"] {
        world.sign_in(user).await;
        assert_eq!(asked(&mut world, SSN).await, Err(Code::NoRight), "{user}");
    }
    world.seat.sign_out().await.unwrap();
    let auditor = Loot::of(&world.home(), world.keychain.as_ref(), "park", DEMO_PASSWORD);
    let path = world.home().audit();
    let keys = auditor.private_keys();
    let rows: Vec<_> = keys
        .iter()
        .flat_map(|key| wardseal::audit::read(&path, &mut Opener::new(key).unwrap(), Span::ALL).unwrap())
        .map(|(_, event)| event)
        .filter(|event| event.action.to_string() == "find_by_national_id")
        .collect();
    let found = rows.iter().find(|event| event.outcome == Outcome::Allowed && event.count == 1).unwrap();
    assert_eq!((found.purpose, found.policy_row.to_string().as_str()), (Purpose::Payment, "national_id.find"));
    assert!(rows.iter().filter(|event| event.outcome == Outcome::Denied).count() >= 4);
    // Ids hold these four digits by chance now and then, but not as a word.
    let says =
        |text: String| text.split(|one: char| !one.is_alphanumeric()).any(|one| ["6789", "123456789"].contains(&one));
    assert!(!rows.iter().any(|event| says(format!("{event:?}"))));
}

#[tokio::test]
async fn a_number_from_the_front_desk_is_found_once_a_doctor_has_opened_the_chart() {
    let (mut world, _, bea) = clinic().await;
    world.sign_in("lopez").await;
    world.seat.perform(EnterNationalId { patient: bea, ssn: OTHER.into() }).await.unwrap();
    // Nobody who can't read the number is bothered by what is said of it.
    for user in ["lopez", "kim", "osei"] {
        world.sign_in(user).await;
        if user == "osei" {
            assert_eq!(asked(&mut world, OTHER).await, Ok(vec![]));
        }
        world.open(bea).await.unwrap();
    }
    assert_eq!(asked(&mut world, OTHER).await, Ok(vec![(bea, false)]));
    for user in ["kim", "lopez", "osei"] {
        world.sign_in(user).await;
        world.open(bea).await.unwrap();
    }
    world.seat.perform(EnterNationalId { patient: bea, ssn: "321-54-9876".into() }).await.unwrap();
    assert_eq!(asked(&mut world, OTHER).await, Ok(vec![]), "another number took its place");
    assert_eq!(asked(&mut world, "321-54-9876").await, Ok(vec![(bea, false)]));
    assert!(world.seat.perform(CheckStore {}).await.unwrap().findings.is_empty());
}

#[tokio::test]
async fn only_who_holds_the_numbers_holds_the_key_of_their_index() {
    let (world, ..) = clinic().await;
    let stolen = Stolen::open(&world.home());
    let of = |name: &str| {
        let mut vault = stolen.rows("key_vault").into_iter().map(|(_, raw)| raw);
        let named = vault.find(|raw| raw.get_array("keyAltNames").unwrap().get_str(0).unwrap() == name).unwrap();
        provider_of(&named).unwrap().to_owned()
    };
    assert_eq!((of("index:ssn").as_str(), of("index:surname").as_str()), ("local:national_id", "local:front"));
}

#[tokio::test]
async fn numbers_swapped_between_two_indexes_are_refused_and_named() {
    let (mut world, anna, bea) = clinic().await;
    enter_as_doctor(&mut world, bea).await;
    let stolen = Stolen::open(&world.home());
    let ((seq, mut hers), (other, mut bess)) = (stolen.document("patients", anna), stolen.document("patients", bea));
    let ssn = |one: &mut bson::Document| one.get_document_mut("i").unwrap().get_mut("ssn").unwrap().clone();
    let tags = |one: &bson::Document| one.get_array("__safeContent__").unwrap().clone();
    let (mine, yours) = (ssn(&mut hers), ssn(&mut bess));
    hers.get_document_mut("i").unwrap().insert("ssn", yours);
    bess.get_document_mut("i").unwrap().insert("ssn", mine);
    // The tags go along.
    let (old, new) = (tags(&hers), tags(&bess));
    hers.insert("__safeContent__", Bson::Array(new));
    bess.insert("__safeContent__", Bson::Array(old));
    stolen.overwrite(seq, &hers);
    stolen.overwrite(other, &bess);
    assert!(world.seat.perform(OpenChart { patient: anna }).await.is_err());
    let findings = world.seat.perform(CheckStore {}).await.unwrap().findings;
    assert!([anna, bea].iter().all(|id| findings.iter().any(|one| one.record == Some(*id))), "{findings:?}");
}

async fn enter_as_doctor(world: &mut World, patient: Uuid) {
    world.sign_in("osei").await;
    world.seat.perform(EnterNationalId { patient, ssn: OTHER.into() }).await.unwrap();
}

#[tokio::test]
async fn it_is_found_after_the_index_keys_and_the_root_of_the_numbers_were_replaced() {
    let (mut world, anna, bea) = clinic().await;
    enter(&mut world.seat, bea).await;
    for (kind, compartment) in
        [(RotationKind::Index, None), (RotationKind::Master, Some(wardseal::record::Compartment::NationalId))]
    {
        let job = order(&mut world, kind, compartment).await;
        world.sign_in("osei").await;
        assert!(rotate(&mut world, job.job).await.ended);
        assert_eq!(asked(&mut world, SSN).await, Ok(vec![(anna, false)]));
    }
    world.open(bea).await.unwrap();
    assert_eq!(asked(&mut world, SSN).await.unwrap().len(), 2);
    assert!(world.seat.perform(CheckStore {}).await.unwrap().findings.is_empty());
}
