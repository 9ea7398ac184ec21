//! Searching people as people search: by beginnings, by ear, by short forms, by birth dates, by the end of a phone.

use crate::clinic_day::patient;
use crate::world::World;
use std::collections::BTreeSet;
use wardseal::app::views::SearchPage;
use wardseal::app::{Code, MatchPatients, OPENED, RecentPatients, SearchPatients};
use wardseal::record::{Address, Fit, Item, PatientRecord, PersonName, Phone};
use wardseal::session::LockCause;

fn named(surname: &str, given: &str, born: &str, phones: &[&str], mrn: &str) -> (PatientRecord, Vec<Item>) {
    let mut record = patient(surname, given, born);
    record.contact.phones = phones.iter().map(|number| Phone { number: (*number).into(), usage: None }).collect();
    record.identity.mrn = mrn.into();
    (record, vec![])
}

async fn clinic() -> World {
    let mut world = World::new().await;
    let mut lupe = named("García", "Guadalupe", "1990-12-31", &["555-010-0160"], "MRN-6");
    lupe.0.identity.former = vec![PersonName { surname: "Márquez".into(), ..PersonName::default() }];
    lupe.0.contact.email = Some("Lupe@Example.org".into());
    let mut peter = named("Smithson", "Peter", "1980", &[], "MRN-5");
    peter.0.identity.sex = "male".into();
    let mut maria = named("Kowalski", "Maria", "1975-05-05", &["555-010-0170"], "MRN-10");
    maria.0.contact.addresses =
        vec![Address { lines: vec!["12 Elm Street".into()], city: Some("Springfield".into()), ..Address::default() }];
    let patients = vec![
        maria,
        named("Smith", "Anna", "1968-04-12", &["+1-555-010-0114", "555-010-0115"], "MRN-1"),
        named("Smith", "Bill", "1979-12-31", &["555-010-0114"], "MRN-2"),
        named("Smyth", "Johanna", "1980-01-01", &["555-010-0130"], "MRN-3"),
        named("Nguyễn", "José", "1985-06-15", &["555-010-0140"], "MRN-4"),
        peter,
        lupe,
        named("李", "伟", "1991-01-01", &[], "MRN-7"),
        named("Ng", "Siu", "1958-03-09", &[], "MRN-8"),
        named("Li", "Wei", "1959-03-09", &[], "MRN-9"),
    ];
    world.register(patients).await;
    world.sign_in("osei").await;
    world
}

fn who(page: &SearchPage) -> Vec<String> {
    page.rows.iter().map(|row| format!("{}, {}", row.surname, row.given)).collect()
}

async fn asked(world: &mut World, query: &str) -> Vec<String> {
    who(&world.search(query).await.unwrap())
}

#[tokio::test]
async fn names_are_found_as_they_are_typed_letter_by_letter() {
    let mut world = clinic().await;
    for letters in 2..=8 {
        let found = asked(&mut world, &"smithson"[..letters]).await;
        assert!(found.contains(&"Smithson, Peter".into()), "{letters} letters: {found:?}");
    }
    assert_eq!(asked(&mut world, "smith").await[..3], ["Smith, Anna", "Smith, Bill", "Smithson, Peter"]);
    for text in ["nguyen", "NGUYỄN", "Nguyễn, Jo", "jose nguyen", "nguyen jose", ", jose", "jos"] {
        assert_eq!(asked(&mut world, text).await[0], "Nguyễn, José", "{text}");
    }
    assert_eq!(asked(&mut world, "\"smith\"").await, ["Smith, Anna", "Smith, Bill"]);
}

#[tokio::test]
async fn surnames_of_one_and_two_letters_are_found_whole() {
    let mut world = clinic().await;
    assert_eq!(asked(&mut world, "李").await, ["李, 伟"]);
    assert_eq!(asked(&mut world, "li").await[0], "Li, Wei");
    assert_eq!(asked(&mut world, "Ng").await[0], "Ng, Siu");
    assert_eq!(asked(&mut world, "smith, a").await, ["Smith, Anna"]);
}

#[tokio::test]
async fn a_maiden_name_finds_who_had_it() {
    let mut world = clinic().await;
    for text in ["márquez", "marq", "marquez, guadalupe"] {
        let page = world.search(text).await.unwrap();
        assert_eq!((who(&page)[0].as_str(), page.rows[0].fit), ("García, Guadalupe", Fit::Former), "{text}");
    }
}

#[tokio::test]
async fn a_misspelt_name_and_a_short_form_are_found_after_the_others_and_say_so() {
    let mut world = clinic().await;
    let page = world.search("smyth").await.unwrap();
    let fits: Vec<_> = page.rows.iter().map(|row| (row.surname.as_str(), row.fit)).collect();
    assert_eq!(fits[0], ("Smyth", Fit::Exact));
    assert!(fits[1..].contains(&("Smith", Fit::Sound)), "{fits:?}");
    for (short, long) in
        [("smith, william", "Smith, Bill"), ("garcia, lupita", "García, Guadalupe"), ("smith, will", "Smith, Bill")]
    {
        let page = world.search(short).await.unwrap();
        assert_eq!((who(&page), page.rows[0].fit), (vec![long.to_owned()], Fit::Sound), "{short}");
    }
    assert!(asked(&mut world, "jones").await.is_empty());
}

#[tokio::test]
async fn birth_dates_are_found_exactly_in_part_between_two_and_by_age() {
    let mut world = clinic().await;
    let cases = [
        ("04/12/1968", vec!["Smith, Anna"]),
        ("april 1968", vec!["Smith, Anna"]),
        ("1980", vec!["Smithson, Peter", "Smyth, Johanna"]),
        ("1980-1990", vec!["García, Guadalupe", "Nguyễn, José", "Smithson, Peter", "Smyth, Johanna"]),
        ("before 1959", vec!["Ng, Siu"]),
        ("age 58", vec!["Smith, Anna"]),
        ("age 67-68", vec!["Li, Wei", "Ng, Siu"]),
        ("smith 1970-1979", vec!["Smith, Bill"]),
        ("smith, anna 04/12/1968", vec!["Smith, Anna"]),
    ];
    for (text, expected) in cases {
        let found = asked(&mut world, text).await;
        let expected: BTreeSet<_> = expected.into_iter().map(String::from).collect();
        assert_eq!(found.iter().cloned().collect::<BTreeSet<_>>(), expected, "{text}");
    }
}

#[tokio::test]
async fn day_and_month_in_each_others_place_are_found_when_few_others_are() {
    let mut world = clinic().await;
    let page = world.search("12/04/1968").await.unwrap();
    assert_eq!((who(&page), page.rows[0].fit), (vec!["Smith, Anna".to_owned()], Fit::Swapped));
}

#[tokio::test]
async fn a_phone_is_found_whole_and_by_its_last_four_in_either_place() {
    let mut world = clinic().await;
    assert_eq!(asked(&mut world, "(555) 010-0115").await, ["Smith, Anna"]);
    assert_eq!(asked(&mut world, "0115").await, ["Smith, Anna"]);
    assert_eq!(asked(&mut world, "…0114").await, ["Smith, Anna", "Smith, Bill"]);
    assert_eq!(asked(&mut world, "lupe@example.ORG").await, ["García, Guadalupe"]);
    assert_eq!(asked(&mut world, "mrn-8").await, ["Ng, Siu"]);
}

#[tokio::test]
async fn sex_narrows_what_is_found() {
    let mut world = clinic().await;
    assert_eq!(asked(&mut world, "smith male").await, ["Smithson, Peter"]);
    let narrowed = SearchPatients { sex: Some("male".into()), ..SearchPatients::page("smith", 0, 50) };
    assert_eq!(who(&world.seat.perform(narrowed).await.unwrap()), ["Smithson, Peter"]);
}

#[tokio::test]
async fn a_social_security_number_finds_nobody_in_the_line_of_the_search() {
    let mut world = clinic().await;
    assert_eq!(world.search("123-45-6789").await.err().map(|failure| failure.code), Some(Code::Invalid));
    // For who may not ask by it, the same digits may be a phone or a record number: those are looked for.
    world.sign_in("lopez").await;
    assert!(asked(&mut world, "123-45-6789").await.is_empty());
}

#[tokio::test]
async fn pages_follow_each_other_without_gaps_or_repeats_however_many_match() {
    let mut world = World::new().await;
    let many = (0..230).map(|nth| named("Walker", &format!("Given{nth:03}"), "1970-01-01", &[], &format!("M{nth}")));
    let others =
        (0..20).map(|nth| named("Walkerton", &format!("Other{nth:03}"), "1971-01-01", &[], &format!("N{nth}")));
    world.register(many.chain(others).collect()).await;
    world.sign_in("osei").await;
    let (mut seen, mut offset) = (Vec::new(), 0);
    loop {
        let page = world.seat.perform(SearchPatients::page("walker", offset, 40)).await.unwrap();
        assert_eq!((page.total, page.more), (250, false));
        if page.rows.is_empty() {
            break;
        }
        offset += page.rows.len() as u64;
        seen.extend(page.rows.into_iter().map(|row| (row.surname, row.given)));
    }
    let exact = seen.iter().take_while(|(surname, _)| surname == "Walker").count();
    assert_eq!((seen.len(), exact, seen.iter().collect::<BTreeSet<_>>().len()), (250, 230, 250));
    // One letter more of a given name than the index tells: only those opened can be narrowed.
    let page = world.search("walker, g").await.unwrap();
    assert!(page.more && page.total == OPENED as u64);
    let page = world.search("walker, given01").await.unwrap();
    assert!(page.total == 10 && page.rows.iter().all(|row| row.given.starts_with("Given01")));
}

#[tokio::test]
async fn every_role_finds_what_it_may_and_the_others_nothing() {
    let mut world = clinic().await;
    for (username, may) in [("osei", true), ("kim", true), ("lopez", true), ("adams", false), ("park", false)] {
        world.seat.sign_out().await.unwrap();
        world.sign_in(username).await;
        match world.search("smith, anna").await {
            Ok(page) => {
                assert!(may && page.total == 1, "{username}");
                let row = serde_json::to_value(&page.rows[0]).unwrap();
                let fields: BTreeSet<_> = row.as_object().unwrap().keys().map(String::as_str).collect();
                let directory = ["patient", "surname", "given", "birth_date", "age", "sex", "mrn", "phone_last4"];
                let marks = ["deceased", "test", "inactive", "similar_name", "fit", "damaged"];
                assert!(fields.iter().all(|field| directory.contains(field) || marks.contains(field)), "{fields:?}");
            }
            Err(failure) => assert!(!may && failure.code == Code::NoRight, "{username}"),
        }
    }
}

#[tokio::test]
async fn ones_own_recent_patients_are_there_until_the_lock() {
    let mut world = clinic().await;
    let (anna, lupe) = (world.find("smith, anna").await, world.find("mrn-6").await);
    for patient in [anna, lupe, anna] {
        world.open(patient).await.unwrap();
    }
    let recent = world.seat.perform(RecentPatients {}).await.unwrap();
    assert_eq!(who(&recent), ["Smith, Anna", "García, Guadalupe"]);
    world.seat.lock(LockCause::Manual).await.unwrap();
    assert!(world.seat.perform(RecentPatients {}).await.is_err());
    world.sign_in("osei").await;
    assert!(world.seat.perform(RecentPatients {}).await.unwrap().rows.is_empty());
}

#[tokio::test]
async fn a_newer_question_leaves_the_older_one_unanswered() {
    let mut world = clinic().await;
    world.seat.searches().asked(7);
    let older = SearchPatients { ticket: Some(6), ..SearchPatients::page("smi", 0, 50) };
    let newest = SearchPatients { ticket: Some(7), ..SearchPatients::page("smit", 0, 50) };
    assert_eq!(world.seat.perform(older).await.err().unwrap().code, Code::Cancelled);
    assert_eq!(who(&world.seat.perform(newest).await.unwrap())[..2], ["Smith, Anna", "Smith, Bill"]);
}

#[tokio::test]
async fn whoever_is_registered_again_is_recognised_in_spite_of_errors() {
    let mut world = clinic().await;
    world.seat.sign_out().await.unwrap();
    world.sign_in("lopez").await;
    let person = |surname: &str, given: &str, born: &str| MatchPatients {
        surname: surname.into(),
        given: given.into(),
        birth_date: born.into(),
        ..MatchPatients::default()
    };
    for asked in [
        person("Smyth", "Anna", "1968-04-12"),
        person("Anna", "Smith", "1968-04-12"),
        person("Smith", "Ann", "1968-12-04"),
        person("Smtih", "Anan", "1968-04-12"),
        person("Smith", "Anna", ""),
    ] {
        let found = world.seat.perform(asked).await.unwrap();
        assert_eq!((found.rows[0].row.surname.as_str(), found.rows[0].row.given.as_str()), ("Smith", "Anna"));
    }
    let moved =
        MatchPatients { street: "12 Elm St".into(), city: "Springfield".into(), ..person("Kowalsky", "", "1975") };
    assert_eq!(world.seat.perform(moved).await.unwrap().rows[0].row.surname, "Kowalski");
    assert!(world.seat.perform(person("Zylberstein", "Quentin", "2001-01-01")).await.unwrap().rows.is_empty());
    assert_eq!(world.seat.perform(MatchPatients::default()).await.err().unwrap().code, Code::Invalid);
}
