//! Registering people: typed, stopped when they are there already, in haste, and drafts of it.

use crate::clinic_day::patient;
use crate::world::World;
use wardseal::app::Code;
use wardseal::app::patients::{CheckRegistration, ConfirmIdentity, RegisterPatient, RegisterUnknown};
use wardseal::app::views::Registered;
use wardseal::record::entered::{Entered, EnteredCoverage, EnteredPerson};
use wardseal::record::wristband;
use wardseal::session::LockCause;

pub fn entered(surname: &str, given: &str, born: &str) -> Entered {
    let mut entered = Entered::default();
    (entered.identity.surname, entered.identity.given) = (surname.into(), given.into());
    (entered.identity.birth_date, entered.identity.sex) = (born.into(), "female".into());
    entered
}

fn anna() -> Entered {
    let mut anna = entered("Smith", "Anna Marie", "04/12/1968");
    anna.contact.phones = vec!["(217) 555-0114".into()];
    anna.contact.email = "anna.smith@example.org".into();
    (anna.contact.street, anna.contact.city) = ("12 Elm Street".into(), "Springfield".into());
    anna.contact.language = "Spanish".into();
    anna.contact.general_practitioner = "Dr. R. Osei".into();
    let of = |name: &str, relationship: &str| EnteredPerson {
        name: name.into(),
        relationship: relationship.into(),
        phone: "(217) 555-0199".into(),
    };
    anna.contact.emergency = vec![of("Karl Smith", "husband")];
    let coverage =
        |carrier: &str| EnteredCoverage { carrier: carrier.into(), policy: "P-1".into(), ..Default::default() };
    anna.insurance.coverages = vec![coverage("Acme Health"), coverage("Blue River")];
    anna.insurance.guarantor = of("Karl Smith", "husband");
    anna.ssn = "123-45-6789".into();
    anna
}

async fn register(world: &mut World, entered: Entered) -> Registered {
    world.seat.perform(RegisterPatient { entered, despite: None }).await.unwrap()
}

fn on_file(registered: Registered) -> (uuid::Uuid, String) {
    let Registered::Registered { patient, mrn, wristband } = registered else { panic!("registered") };
    assert_eq!(wristband::mrn_of(&wristband).as_deref(), Some(mrn.as_str()));
    (patient, mrn)
}

#[tokio::test]
async fn a_receptionist_registers_anna_and_the_doctor_finds_her_with_all_that_was_typed() {
    let mut world = World::new().await;
    world.sign_in("lopez").await;
    let (anna, mrn) = on_file(register(&mut world, anna()).await);
    assert!(mrn.len() == 20 && mrn.starts_with("MRN-") && mrn[4..].chars().all(|c| c.is_ascii_hexdigit()));
    let own = world.open(anna).await.unwrap();
    assert_eq!(own.national_id.unwrap().last4, None, "who entered the number can't read it back");
    assert_eq!(own.insurance.unwrap().len(), 2);
    world.seat.sign_out().await.unwrap();
    world.sign_in("osei").await;
    for query in ["smith, anna", &mrn, "(217) 555-0114", "anna.smith@example.org", "04/12/1968"] {
        assert_eq!(world.written_so(query).await, [anna], "{query}");
    }
    let chart = world.open(anna).await.unwrap();
    assert_eq!(chart.banner.given, "Anna Marie");
    assert_eq!(chart.contact.unwrap().language.as_deref(), Some("Spanish"));
    assert_eq!(chart.national_id.unwrap().last4.as_deref(), Some("6789"));
}

#[tokio::test]
async fn what_may_not_be_so_is_told_field_by_field_and_nothing_is_stored() {
    let mut world = World::new().await;
    world.sign_in("lopez").await;
    let mut wrong = entered("S", "Anna", "04/12/2999");
    wrong.contact.email = "anna@".into();
    let checked = world.seat.perform(CheckRegistration { entered: wrong.clone() }).await.unwrap();
    let fields: Vec<_> = checked.invalid.iter().map(|one| one.field).collect();
    assert_eq!(fields, ["identity.name.surname", "identity.birth_date", "contact.email"]);
    let refused = world.seat.perform(RegisterPatient { entered: wrong, despite: None }).await.err().unwrap();
    assert_eq!((refused.code, refused.fields["field"].as_str()), (Code::Invalid, Some("surname")));
    let nameless = world.seat.perform(RegisterPatient { entered: entered("Smith", "Anna", ""), despite: None }).await;
    assert_eq!(nameless.err().unwrap().fields["field"], "birth_date", "the site requires it");
    assert!(world.written_so("smith").await.is_empty());
}

#[tokio::test]
async fn a_new_patient_of_the_same_name_and_age_as_another_is_stopped_and_shown_with_what_differs() {
    let mut world = World::new().await;
    world.sign_in("lopez").await;
    let (first, _) = on_file(register(&mut world, anna()).await);
    let mut namesake = entered("Smith", "Anna", "09/30/1968");
    namesake.contact.street = "7 Harbour Lane".into();
    let checked = world.seat.perform(CheckRegistration { entered: namesake.clone() }).await.unwrap();
    assert_eq!(checked.alike.iter().map(|one| one.row.patient).collect::<Vec<_>>(), [first]);
    let Registered::Stopped { alike } = register(&mut world, namesake.clone()).await else { panic!("stopped") };
    assert_eq!(alike[0].row.patient, first);
    let differs: Vec<_> = alike[0].differs.iter().map(|one| (one.what, one.other.as_deref())).collect();
    assert_eq!(differs, [("birth_date", Some("1968-04-12")), ("address", Some("12 Elm Street, Springfield"))]);
    let again = |despite: &str| RegisterPatient { entered: namesake.clone(), despite: Some(despite.into()) };
    assert_eq!(world.seat.perform(again("no")).await.err().unwrap().code, Code::Invalid, "a reason is a reason");
    on_file(world.seat.perform(again("shown her passport")).await.unwrap());
    assert_eq!(world.written_so("smith, anna").await.len(), 2);
}

#[tokio::test]
async fn a_misspelt_entry_with_turned_birth_date_is_stopped_and_somebody_else_is_not() {
    let mut world = World::new().await;
    world.register(vec![(patient("Márquez", "José", "1975-12-04"), vec![])]).await;
    world.sign_in("kim").await;
    for (surname, given, born) in
        [("Marques", "Jose", "12/04/1975"), ("Márquez", "Pepe", "04/12/1975"), ("José", "Marquez", "12/04/1975")]
    {
        let stopped = register(&mut world, entered(surname, given, born)).await;
        let Registered::Stopped { alike } = stopped else { panic!("{surname}, {given}") };
        assert!(alike[0].differs.iter().all(|one| one.what != "phone" && one.what != "address"), "not hers to see");
    }
    on_file(register(&mut world, entered("Jones", "Maria", "12/04/1975")).await);
}

#[tokio::test]
async fn a_nurse_registers_nobodys_insurance_as_she_may_not_write_it() {
    let mut world = World::new().await;
    world.sign_in("kim").await;
    let refused = world.seat.perform(RegisterPatient { entered: anna(), despite: None }).await.err().unwrap();
    assert_eq!(refused.code, Code::NoRight);
}

#[tokio::test]
async fn an_unknown_patient_and_newborn_twins_have_names_and_numbers_that_cannot_be_mixed_up() {
    let mut world = World::new().await;
    world.sign_in("lopez").await;
    let (mother, mother_mrn) = on_file(register(&mut world, anna()).await);
    world.seat.sign_out().await.unwrap();
    world.sign_in("kim").await;
    let unknown =
        |sex: &str| RegisterUnknown { sex: sex.into(), estimated_age: Some(40), ..RegisterUnknown::default() };
    let (stranger, number) = on_file(world.seat.perform(unknown("male")).await.unwrap());
    assert_eq!(wristband::temporary_is_right(&number), Some(true));
    let banner = world.open(stranger).await.unwrap().banner;
    assert!(banner.surname.starts_with("Unknown-") && banner.birth_date.as_deref() == Some("1986"));
    let twin = |order| RegisterUnknown {
        mother: Some(mother),
        sex: "female".into(),
        birth_order: Some(order),
        ..RegisterUnknown::default()
    };
    let (first, _) = on_file(world.seat.perform(twin(1)).await.unwrap());
    let (second, _) = on_file(world.seat.perform(twin(2)).await.unwrap());
    let names = [world.open(first).await.unwrap().banner, world.open(second).await.unwrap().banner];
    assert_eq!(names.each_ref().map(|one| one.given.as_str()), ["AnnasGirl-A", "AnnasGirl-B"]);
    assert!(names.iter().all(|one| one.surname == "Smith" && one.birth_date.as_deref() == Some("2026-11-22")));
    assert_eq!(names[0].provisional.as_ref().unwrap().mother.as_deref(), Some(mother_mrn.as_str()));
    let refused = world.seat.perform(RegisterUnknown { estimated_age: Some(999), ..unknown("male") }).await;
    assert_eq!(refused.err().unwrap().code, Code::Invalid);
}

#[tokio::test]
async fn where_the_site_asks_for_it_no_chart_opens_before_two_identifiers_were_compared() {
    let mut world = World::new().await;
    world.register(vec![(patient("Smith", "Anna", "1968-04-12"), vec![])]).await;
    let policy = r#"{"front": {"ask_identity": ["front_desk"]}}"#;
    std::fs::write(world.home().folder().join("policy.json"), policy).unwrap();
    world.seat = world.another_seat().await;
    world.sign_in("lopez").await;
    let anna = world.find("smith, anna").await;
    assert_eq!(world.open(anna).await.err().unwrap().code, Code::IdentityWanted);
    let says = |birth_date: &str, second: &str| ConfirmIdentity {
        patient: anna,
        birth_date: birth_date.into(),
        second: second.into(),
    };
    for wrong in [says("04/13/1968", "0114"), says("04/12/1968", "0115"), says("", ""), says("04/12/1968", "")] {
        assert_eq!(world.seat.perform(wrong).await.err().unwrap().code, Code::IdentityDiffers);
    }
    world.seat.perform(says("04/12/1968", "0114")).await.unwrap();
    assert!(world.open(anna).await.is_ok());
    world.seat.lock(LockCause::Manual).await.unwrap();
    world.sign_in("lopez").await;
    assert_eq!(world.open(anna).await.err().unwrap().code, Code::IdentityWanted, "it is asked anew");
    world.seat.sign_out().await.unwrap();
    world.sign_in("osei").await;
    assert!(world.open(anna).await.is_ok(), "the role isn't asked");
}
