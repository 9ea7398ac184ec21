//! Taken for another: the new patient of the same name and age, and visits that stand in the wrong record.

use super::*;
use wardseal::app::Code;

/// What a new patient says at the desk.
fn another_anna() -> Value {
    let identity = json!({ "surname": "Smith", "given": "Anna", "birth_date": "1968-09-30", "sex": "female" });
    let contact = json!({ "phones": ["(217) 555-0177"], "postal_code": "01103" });
    json!({ "identity": identity, "contact": contact })
}

#[tokio::test]
async fn a_new_patient_is_not_checked_in_as_the_one_of_her_name_and_age_who_is_on_file() {
    let Monday { mut world, anna, .. } = monday().await;
    // Somebody picks the only Anna Smith there is, for another one on the telephone.
    let wrong = booked(&mut world.seat, anna, plan("2026-11-23", 480, OSEI)).await;
    let refused = with(&mut world.seat, "check_in", &wrong, said("1968-09-30", "0177")).await.err().unwrap();
    assert_eq!(refused.code, Code::NotThisPerson);
    assert_eq!(today(&mut world.seat).await[0]["status"], "booked", "nothing happened to the visit");
    // To register her stops at the other, who is shown with what differs.
    let stopped = world.seat.dispatch("register_patient", json!({ "entered": another_anna() })).await.unwrap();
    assert_eq!((&stopped["is"], &stopped["alike"][0]["row"]["patient"]), (&json!("stopped"), &json!(anna)));
    let differs: Vec<&str> =
        stopped["alike"][0]["differs"].as_array().unwrap().iter().map(|one| one["what"].as_str().unwrap()).collect();
    assert!(differs.contains(&"birth_date"), "{differs:?}");
    let despite = json!({ "entered": another_anna(), "despite": "another birth date, showed a passport" });
    let registered = world.seat.dispatch("register_patient", despite).await.unwrap();
    let new = &registered["patient"];
    // Her visit goes where it belongs, and she is who she says there.
    let moved = with(&mut world.seat, "correct_visit", &wrong, json!({ "reason": "wrong_patient", "to": new })).await;
    let moved = moved.unwrap()["visit"].clone();
    assert_eq!((&moved["patient"], &moved["status"]), (new, &json!("booked")));
    let arrived = with(&mut world.seat, "check_in", &moved, said("1968-09-30", "0177")).await.unwrap();
    assert_eq!(arrived["visit"]["status"], "arrived");
    let shown = today(&mut world.seat).await;
    assert_eq!((shown.len(), &shown[0]["patient"]), (1, new));
    assert_eq!(world.open(anna).await.unwrap().appointments.unwrap().len(), 0, "her namesake has no visit");
}

#[tokio::test]
async fn what_fits_two_who_look_alike_tells_nobody_apart() {
    let Monday { mut world, anna, .. } = monday().await;
    // Two of one name, born on one day, in one town.
    let mut twin = another_anna();
    twin["identity"]["birth_date"] = json!("1968-04-12");
    let despite = json!({ "entered": twin, "despite": "another phone, showed a passport" });
    world.seat.dispatch("register_patient", despite).await.unwrap();
    let visit = booked(&mut world.seat, anna, plan("2026-11-23", 480, OSEI)).await;
    let mut by_town = said("1968-04-12", "");
    by_town["second"] = json!({ "kind": "postal_code", "value": "01103" });
    let refused = with(&mut world.seat, "check_in", &visit, by_town).await.err().unwrap();
    assert_eq!((refused.code, &refused.fields["why"]), (Code::Invalid, &json!("fits_another")));
    assert_eq!(today(&mut world.seat).await[0]["status"], "booked");
    let arrived = with(&mut world.seat, "check_in", &visit, said("1968-04-12", "0114")).await.unwrap();
    assert_eq!(arrived["visit"]["status"], "arrived");
}

#[tokio::test]
async fn who_is_checked_in_by_two_identifiers_was_compared_where_the_site_asks_for_that() {
    let Monday { mut world, anna, .. } = monday().await;
    let visit = booked(&mut world.seat, anna, plan("2026-11-23", 480, OSEI)).await;
    let policy = r#"{"front": {"ask_identity": ["front_desk"]}}"#;
    std::fs::write(world.home().folder().join("policy.json"), policy).unwrap();
    world.seat = world.another_seat().await;
    world.sign_in("lopez").await;
    assert_eq!(world.open(anna).await.err().unwrap().code, Code::IdentityWanted);
    with(&mut world.seat, "check_in", &visit, said("1968-04-12", "0115")).await.unwrap_err();
    assert_eq!(world.open(anna).await.err().unwrap().code, Code::IdentityWanted);
    with(&mut world.seat, "check_in", &visit, said("1968-04-12", "0114")).await.unwrap();
    assert!(world.open(anna).await.is_ok());
}

#[tokio::test]
async fn a_visit_entered_in_error_gives_its_time_back_and_is_on_no_list() {
    let Monday { mut world, anna, ben, .. } = monday().await;
    let visit = booked(&mut world.seat, anna, plan("2026-11-23", 480, OSEI)).await;
    let done = with(&mut world.seat, "correct_visit", &visit, json!({ "reason": "entered_twice" })).await.unwrap();
    assert!(today(&mut world.seat).await.is_empty(), "{done}");
    booked(&mut world.seat, ben, plan("2026-11-23", 480, OSEI)).await;
    booked(&mut world.seat, anna, plan("2026-11-23", 480, KOWALSKA)).await;
    let again = with(&mut world.seat, "correct_visit", &done["visit"], json!({ "reason": "other" })).await;
    assert_eq!(again.err().unwrap().code, Code::Conflict);
    let unlisted = with(&mut world.seat, "correct_visit", &visit, json!({ "reason": "she has asthma" })).await;
    assert_eq!(unlisted.err().unwrap().code, Code::Invalid, "no free words at the desk");
}

#[tokio::test]
async fn a_visit_that_is_moved_takes_its_time_for_the_other_patient_and_for_the_first_no_more() {
    let Monday { mut world, anna, ben, cara } = monday().await;
    let visit = booked(&mut world.seat, anna, plan("2026-11-23", 480, OSEI)).await;
    let to = |patient: Uuid| json!({ "reason": "wrong_patient", "to": patient });
    with(&mut world.seat, "correct_visit", &visit, to(ben)).await.unwrap();
    booked(&mut world.seat, anna, plan("2026-11-23", 480, KOWALSKA)).await;
    assert_eq!(clashes(&book(&mut world.seat, cara, plan("2026-11-23", 480, OSEI)).await), ["provider_taken"]);
    assert_eq!(clashes(&book(&mut world.seat, ben, plan("2026-11-23", 480, KOWALSKA)).await).len(), 2);
    // One who has a visit then can't take another.
    let late = booked(&mut world.seat, cara, plan("2026-11-23", 540, OSEI)).await;
    booked(&mut world.seat, ben, plan("2026-11-23", 540, KOWALSKA)).await;
    let refused = with(&mut world.seat, "correct_visit", &late, to(ben)).await.err().unwrap();
    assert_eq!((refused.code, &refused.fields["field"]), (Code::Invalid, &json!("to")));
}

#[tokio::test]
async fn days_and_hours_on_paper_are_those_of_the_clinics_wall() {
    // The workstation's clock is set to UTC; the clinic is in New York.
    let Monday { mut world, anna, .. } = monday().await;
    booked(&mut world.seat, anna, plan("2026-11-23", 480, OSEI)).await;
    world.clock.set_wall(Timestamp(MONDAY.0 + 13 * 3_600_000));
    world.sign_in("lopez").await;
    let list = json!({ "document": "todays_list", "patient": null, "visit": null, "purpose": "operations", "for_whom": "clinic", "paper": "a4" });
    let printed = world.seat.dispatch("print", list).await.unwrap().to_string();
    for expected in ["Appointments of 23 Nov 2026", "08:00", "Printed 23 Nov 2026, 20:30 by M. Lopez"] {
        assert!(printed.contains(expected), "{expected} in {printed}");
    }
}

#[tokio::test]
async fn somebody_unknown_is_checked_in_by_alias_and_wristband_and_by_nothing_less() {
    let Monday { mut world, anna, .. } = monday().await;
    let unknown = json!({ "sex": "male", "estimated_age": 40 });
    let registered = world.seat.dispatch("register_unknown", unknown).await.unwrap();
    let patient: Uuid = registered["patient"].as_str().unwrap().parse().unwrap();
    let banner = world.open(patient).await.unwrap().banner;
    let visit = booked(&mut world.seat, patient, plan("2026-11-23", 480, OSEI)).await;
    let name = format!("{} {}", banner.surname, banner.given);
    let band = wardseal::record::wristband::code(&banner.mrn);
    let said = |name: &str, kind: &str, value: &str| json!({ "name": name, "second": { "kind": kind, "value": value }, "insurance": "not_asked", "forms": [] });
    let mut misread = band.clone();
    misread.replace_range(4..5, if &band[4..5] == "M" { "N" } else { "M" });
    let others = wardseal::record::wristband::code(&world.open(anna).await.unwrap().banner.mrn);
    let born = |birth_date: &str| {
        let mut said = said(&name, "wristband", &band);
        said.as_object_mut().unwrap().remove("name");
        said["birth_date"] = json!(birth_date);
        said
    };
    for wrong in [
        said("Unknown-Nobody Else", "wristband", &band),
        said("", "wristband", &band),
        said(&banner.surname, "wristband", &band),
        said(&name, "wristband", &misread),
        said(&name, "wristband", &others),
        said(&name, "mrn", "TMP-00000000X"),
        said(&name, "phone", "0114"),
        said(&name, "postal_code", "01103"),
        born("1986-01-01"),
    ] {
        let refused = with(&mut world.seat, "check_in", &visit, wrong.clone()).await.err().unwrap();
        assert_eq!(refused.code, Code::NotThisPerson, "{wrong}");
    }
    let arrived = with(&mut world.seat, "check_in", &visit, said(&name, "wristband", &band)).await.unwrap();
    assert_eq!(arrived["visit"]["status"], "arrived");
    // Whoever has a whole birth date is asked for it.
    let annas = booked(&mut world.seat, anna, plan("2026-11-23", 540, OSEI)).await;
    let by_name = said("Anna Smith", "wristband", &others);
    assert_eq!(with(&mut world.seat, "check_in", &annas, by_name).await.err().unwrap().code, Code::NotThisPerson);
}
