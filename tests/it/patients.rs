//! Patients as people: changed, corrected by two, told with their history, merged and taken apart, told from others.

use crate::clinic_day::{patient, problem};
use crate::registration::entered;
use crate::world::{World, sign_in};
use uuid::Uuid;
use wardseal::app::patients::{
    CorrectIdentity, DecideCorrection, EditContact, EditInsurance, FindLookAlikes, MergePatients, PatientDetails,
    PatientHistory, RegisterPatient, RegisterUnknown, RestoreVersion, ScanWristband, SetStanding, UnmergePatients,
};
use wardseal::app::views::{DetailsView, Registered, SavedDetails, Standing};
use wardseal::app::{AddProblem, Code, Failure, XrayRecord};
use wardseal::record::entered::{EnteredCoverage, EnteredIdentity};
use wardseal::record::{Content, Item, Section, wristband};
use wardseal::store::embedded::Embedded;
use wardseal::store::find_documents;

async fn clinic() -> (World, Uuid, Uuid) {
    let mut world = World::new().await;
    let hypertension = || vec![Item::new(Content::Problem(problem("Hypertension")))];
    let asthma = || vec![Item::new(Content::Problem(problem("Asthma")))];
    let (mut anna, mut anne) = (patient("Smith", "Anna", "1968-04-12"), patient("Smith", "Anne", "1968-12-04"));
    anna.contact.email = Some("anna@example.org".into());
    anne.contact.phones.clear();
    world.register(vec![(anna, hypertension()), (anne, asthma())]).await;
    world.sign_in("lopez").await;
    let (anna, anne) = (world.find("smith, anna").await, world.find("smith, anne").await);
    (world, anna, anne)
}

async fn details(world: &mut World, patient: Uuid) -> DetailsView {
    world.seat.perform(PatientDetails { patient }).await.unwrap()
}

async fn as_somebody_else(world: &mut World, username: &str) {
    world.seat.sign_out().await.unwrap();
    sign_in(&mut world.seat, username).await;
}

#[tokio::test]
async fn a_new_address_and_phone_are_found_by_at_once_and_the_old_ones_are_kept_and_restored() {
    let (mut world, anna, _) = clinic().await;
    let before = details(&mut world, anna).await;
    let mut contact = before.contact.clone().unwrap();
    contact.phones = vec!["(312) 555-0142".into()];
    (contact.street, contact.city) = ("7 Harbour Lane".into(), "Portland".into());
    let edit = |rev: i64| EditContact { patient: anna, rev, contact: contact.clone() };
    assert!(matches!(world.seat.perform(edit(before.contact_rev)).await.unwrap(), SavedDetails::Saved {}));
    assert_eq!(world.written_so("(312) 555-0142").await, [anna]);
    assert!(world.written_so("+1-555-010-0114").await.is_empty());
    let late = world.seat.perform(edit(before.contact_rev)).await.unwrap();
    let SavedDetails::Conflict { current } = late else { panic!("somebody saved in between") };
    assert_eq!(current.contact.unwrap().phones, ["(312) 555-0142"]);
    assert!(world.open(anna).await.is_ok(), "what is searchable says what the sections say");

    let history = world.seat.perform(PatientHistory { patient: anna }).await.unwrap();
    assert_eq!(history.damaged, 0);
    let moved = history.changes.iter().find(|one| one.section == Section::Contact && one.now).unwrap();
    assert_eq!(moved.by, "M. Lopez");
    let phone = moved.changes.iter().find(|one| one.field == "phones.1.number").unwrap();
    assert_eq!((phone.old.as_deref(), phone.new.as_deref()), (Some("+1-555-010-0114"), Some("(312) 555-0142")));
    let (first, now) = (before.contact_rev, moved.version);
    let back = RestoreVersion { patient: anna, section: Section::Contact, version: first, rev: now };
    assert!(matches!(world.seat.perform(back).await.unwrap(), SavedDetails::Saved {}));
    assert_eq!(world.written_so("+1-555-010-0114").await, [anna]);
    let again = details(&mut world, anna).await;
    assert!(again.contact == before.contact && again.contact_rev > now);
}

#[tokio::test]
async fn insurance_is_the_front_desks_to_change_and_not_the_nurses() {
    let (mut world, anna, _) = clinic().await;
    let shown = details(&mut world, anna).await;
    let mut insurance = shown.insurance.unwrap();
    let (carrier, policy, deductible) = ("Acme Health".into(), "P-1".into(), "$500".into());
    insurance.coverages = vec![EnteredCoverage { carrier, policy, deductible, ..EnteredCoverage::default() }];
    let edit = || EditInsurance { patient: anna, rev: shown.insurance_rev, insurance: insurance.clone() };
    assert!(matches!(world.seat.perform(edit()).await.unwrap(), SavedDetails::Saved {}));
    assert_eq!(details(&mut world, anna).await.insurance.unwrap().coverages[0].deductible, "$500");
    as_somebody_else(&mut world, "kim").await;
    assert!(details(&mut world, anna).await.insurance.is_none());
    assert_eq!(world.seat.perform(edit()).await.err().unwrap().code, Code::NoRight);
    let history = world.seat.perform(PatientHistory { patient: anna }).await.unwrap();
    assert!(history.changes.iter().all(|one| one.section != Section::Insurance));
}

fn correction(world: &DetailsView, change: impl Fn(&mut EnteredIdentity)) -> CorrectIdentity {
    let mut identity = world.identity.clone();
    change(&mut identity);
    let (patient, rev) = (world.patient, world.identity_rev);
    CorrectIdentity { patient, rev, identity, document: "passport".into(), note: Some("married in May".into()) }
}

#[tokio::test]
async fn a_name_is_corrected_after_a_document_was_seen_and_the_former_one_still_finds_her() {
    let (mut world, anna, _) = clinic().await;
    let shown = details(&mut world, anna).await;
    let mut unseen = correction(&shown, |identity| identity.surname = "Okafor".into());
    unseen.document = String::new();
    assert_eq!(world.seat.perform(unseen).await.err().unwrap().fields["field"], "document");
    let seen = correction(&shown, |identity| identity.surname = "Okafor".into());
    assert!(matches!(world.seat.perform(seen).await.unwrap(), SavedDetails::Saved {}));
    assert_eq!(world.written_so("okafor, anna").await, [anna]);
    let former = world.search("smith, anna").await.unwrap();
    assert!(former.rows.iter().any(|row| row.patient == anna), "by her former name");
    assert_eq!(details(&mut world, anna).await.former, ["Anna Smith"]);
}

#[tokio::test]
async fn name_and_birth_date_together_take_a_second_person_and_a_signed_note() {
    let (mut world, anna, _) = clinic().await;
    let shown = details(&mut world, anna).await;
    let both = |identity: &mut EnteredIdentity| {
        (identity.surname, identity.birth_date) = ("Okafor".into(), "1970-01-01".into());
    };
    let mut silent = correction(&shown, both);
    silent.note = None;
    assert_eq!(world.seat.perform(silent).await.err().unwrap().fields["field"], "reason");
    let asked = world.seat.perform(correction(&shown, both)).await.unwrap();
    assert!(matches!(asked, SavedDetails::Waiting {}));
    let waiting = details(&mut world, anna).await;
    assert_eq!(waiting.identity.surname, "Smith", "nothing is changed yet");
    assert!(waiting.correction.unwrap().own);
    let decide = |approve: bool| DecideCorrection { patient: anna, approve };
    assert_eq!(world.seat.perform(decide(true)).await.err().unwrap().code, Code::SamePerson);
    as_somebody_else(&mut world, "kim").await;
    assert!(!details(&mut world, anna).await.correction.unwrap().own);
    world.seat.perform(decide(true)).await.unwrap();
    let done = details(&mut world, anna).await;
    assert_eq!((done.identity.surname.as_str(), done.identity.birth_date.as_str()), ("Okafor", "1970-01-01"));
    assert!(done.correction.is_none() && done.former == ["Anna Smith"]);
    assert_eq!(world.seat.perform(decide(true)).await.err().unwrap().code, Code::NotFound);
    // Back to both at once is no way round the second person.
    let history = world.seat.perform(PatientHistory { patient: anna }).await.unwrap();
    let first = history.changes.iter().filter(|one| one.section == Section::Identity).map(|one| one.version).min();
    let (section, version) = (Section::Identity, first.unwrap());
    let back = RestoreVersion { patient: anna, section, version, rev: done.identity_rev };
    assert!(matches!(world.seat.perform(back).await.unwrap(), SavedDetails::Waiting {}));
}

#[tokio::test]
async fn an_unknown_patient_gets_name_and_birth_date_from_one_person() {
    let (mut world, _, _) = clinic().await;
    let unknown = RegisterUnknown { sex: "male".into(), estimated_age: Some(40), ..RegisterUnknown::default() };
    let Registered::Registered { patient, .. } = world.seat.perform(unknown).await.unwrap() else {
        panic!("registered")
    };
    let shown = details(&mut world, patient).await;
    let named = correction(&shown, |identity| {
        (identity.surname, identity.given) = ("Wonder".into(), "Paul".into());
        identity.birth_date = "1984-05-06".into();
    });
    assert!(matches!(world.seat.perform(named).await.unwrap(), SavedDetails::Saved {}));
    assert_eq!(world.written_so("wonder, paul").await, [patient]);
    assert!(world.open(patient).await.unwrap().banner.provisional.is_none());
}

#[tokio::test]
async fn a_record_is_marked_deceased_test_or_not_in_use_and_a_death_lies_between_birth_and_today() {
    let (mut world, anna, _) = clinic().await;
    let set = |rev: i64, standing: Standing| SetStanding { patient: anna, rev, standing };
    let dead = |day: &str| Standing { deceased: true, deceased_on: day.into(), ..Standing::default() };
    let rev = details(&mut world, anna).await.identity_rev;
    for wrong in ["2026-11-23", "1968-04-11", "in May"] {
        assert_eq!(world.seat.perform(set(rev, dead(wrong))).await.err().unwrap().code, Code::Invalid, "{wrong}");
    }
    world.seat.perform(set(rev, dead("2026-11-20"))).await.unwrap();
    assert!(world.search("smith, anna").await.unwrap().rows[0].deceased);
    let rev = details(&mut world, anna).await.identity_rev;
    let moved = Standing { inactive: "moved to another clinic".into(), test: true, ..Standing::default() };
    world.seat.perform(set(rev, moved)).await.unwrap();
    let banner = world.open(anna).await.unwrap().banner;
    assert_eq!((banner.deceased, banner.test), (false, true));
    assert_eq!(banner.inactive.as_deref(), Some("moved to another clinic"));
}

/// Everything decrypted of a patient's own document, and every stored byte of her items.
async fn everything(world: &mut World, patient: Uuid) -> (Vec<(String, Option<String>)>, Vec<Vec<u8>>) {
    let xray = world.seat.perform(XrayRecord { patient: Some(patient) }).await.unwrap();
    let sections = xray.rows.into_iter().filter(|row| row.path.starts_with("s."));
    let sections = sections.map(|row| (row.path, row.means)).collect();
    let store = Embedded::open(&world.home().store()).unwrap();
    let filter = bson::doc! { "patient": wardseal::keys::forms::uuid_bson(patient) };
    let items = find_documents(&store, "items", filter, None).await.unwrap();
    (sections, items.into_iter().map(|item| item.as_bytes().to_vec()).collect())
}

#[tokio::test]
async fn two_records_of_one_person_are_merged_and_taken_apart_to_the_byte() {
    let (mut world, anna, anne) = clinic().await;
    as_somebody_else(&mut world, "osei").await;
    let before = (everything(&mut world, anna).await, everything(&mut world, anne).await);
    as_somebody_else(&mut world, "lopez").await;
    let merge = |one: Uuid, other: Uuid| MergePatients { patient: one, merged: other, reason: "same passport".into() };
    assert_eq!(world.seat.perform(merge(anna, anna)).await.err().unwrap().code, Code::NotFound);
    world.seat.perform(merge(anna, anne)).await.unwrap();
    assert_eq!(world.seat.perform(merge(anne, anna)).await.err().unwrap().code, Code::MergedAlready);
    let rows = world.search("smith, anne").await.unwrap().rows;
    let row = rows.iter().find(|row| row.patient == anne).unwrap();
    assert_eq!(row.merged_into, Some(anna));
    let [linked] = &details(&mut world, anna).await.merged[..] else { panic!("one") };
    assert_eq!((linked.absorbed, linked.patient, linked.reason.as_str()), (true, anne, "same passport"));

    as_somebody_else(&mut world, "osei").await;
    let chart = world.open(anna).await.unwrap();
    let texts: Vec<String> = chart.problems.unwrap().into_iter().map(|one| one.problem.text).collect();
    assert_eq!(texts, ["Asthma", "Hypertension"], "both charts are read through the one that goes on");
    assert_eq!((chart.banner.absorbed, world.open(anne).await.unwrap().banner.merged_into), (1, Some(anna)));
    assert_eq!(world.seat.perform(merge(anna, anne)).await.err().unwrap().code, Code::NoRight);

    as_somebody_else(&mut world, "lopez").await;
    world.seat.perform(UnmergePatients { patient: anna, merged: anne }).await.unwrap();
    as_somebody_else(&mut world, "osei").await;
    let after = (everything(&mut world, anna).await, everything(&mut world, anne).await);
    assert!(before == after, "decrypted documents and stored items are what they were");
    assert_eq!(world.open(anna).await.unwrap().problems.unwrap().len(), 1);
}

#[tokio::test]
async fn what_was_written_while_merged_stays_where_it_was_written() {
    let (mut world, anna, anne) = clinic().await;
    let merged = MergePatients { patient: anna, merged: anne, reason: "same passport".into() };
    world.seat.perform(merged).await.unwrap();
    as_somebody_else(&mut world, "osei").await;
    world.seat.perform(AddProblem { patient: anna, problem: problem("Gout") }).await.unwrap();
    as_somebody_else(&mut world, "lopez").await;
    world.seat.perform(UnmergePatients { patient: anna, merged: anne }).await.unwrap();
    as_somebody_else(&mut world, "osei").await;
    let texts = async |world: &mut World, patient: Uuid| {
        let problems = world.open(patient).await.unwrap().problems.unwrap();
        problems.into_iter().map(|one| one.problem.text).collect::<Vec<_>>()
    };
    assert_eq!(texts(&mut world, anna).await, ["Gout", "Hypertension"]);
    assert_eq!(texts(&mut world, anne).await, ["Asthma"]);
}

#[tokio::test]
async fn a_namesake_is_marked_with_what_differs_and_a_stranger_is_not() {
    let mut world = World::new().await;
    let people = vec![
        (patient("García", "José", "1975-12-04"), vec![]),
        (patient("Garcia", "Jose", "1975-04-12"), vec![]),
        (patient("García", "José", "1931-01-30"), vec![]),
        (patient("Garcia", "Josefina", "1980-02-02"), vec![]),
    ];
    world.register(people).await;
    world.sign_in("kim").await;
    let jose = world.find("garcia, jose 12/04/1975").await;
    let alike = world.seat.perform(FindLookAlikes { patient: jose }).await.unwrap().alike;
    let shown: Vec<_> = alike.iter().map(|one| (one.birth_date.as_deref().unwrap(), one.near)).collect();
    assert_eq!(shown, [("1975-04-12", true), ("1931-01-30", false)]);
    assert_eq!(alike[0].differs.iter().map(|one| one.what).collect::<Vec<_>>(), ["birth_date"]);
    let josefina = world.find("garcia, josefina").await;
    assert!(world.seat.perform(FindLookAlikes { patient: josefina }).await.unwrap().alike.is_empty());
}

#[tokio::test]
async fn a_scanned_wristband_opens_the_right_chart_or_none() {
    let (mut world, anna, anne) = clinic().await;
    let registered = RegisterPatient { entered: entered("Okafor", "Ada", "01/02/1990"), despite: None };
    let Registered::Registered { patient, wristband: band, .. } = world.seat.perform(registered).await.unwrap() else {
        panic!("registered")
    };
    let scanned = async |world: &mut World, code: &str| -> Result<Uuid, Failure> {
        Ok(world.seat.perform(ScanWristband { code: code.to_owned() }).await?.patient)
    };
    assert_eq!(scanned(&mut world, &band).await.unwrap(), patient);
    let misread = format!("{}{}", &band[..band.len() - 1], if band.ends_with('A') { 'B' } else { 'A' });
    assert_eq!(scanned(&mut world, &misread).await.err().unwrap().code, Code::Invalid);
    assert_eq!(scanned(&mut world, &wristband::code("MRN-NOBODY")).await.err().unwrap().code, Code::NotFound);
    let merged = MergePatients { patient: anna, merged: anne, reason: "same passport".into() };
    world.seat.perform(merged).await.unwrap();
    let of_anne = details(&mut world, anne).await.wristband;
    assert_eq!(scanned(&mut world, &of_anne).await.unwrap(), anna, "the record that goes on");
}
