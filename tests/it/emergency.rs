//! Emergency access, and the records of VIPs: who finds them, who opens them, and what the audit says of it.

use crate::chart_orders::switch;
use crate::clinic_day::{patient, problem};
use crate::guard_loot::Loot;
use crate::world::{World, in_record};
use serde_json::json;
use std::ops::ControlFlow;
use std::time::Duration;
use uuid::Uuid;
use wardseal::app::demo_clinic::resources;
use wardseal::app::patients::PatientDetails;
use wardseal::app::sign_in::DEMO_PASSWORD;
use wardseal::app::views::GlassView;
use wardseal::app::{BreakGlass, Code, Failure, GlassReason};
use wardseal::audit::{Event, Opener, Purpose, Span};
use wardseal::record::{Content, Item};
use wardseal::secret::Password;

/// Anna and Bea are treated by another unit; Cora by the one where everybody here works.
async fn clinic() -> (World, [Uuid; 3]) {
    let mut world = World::new().await;
    let people = [("Anna", "elsewhere"), ("Bea", "elsewhere"), ("Cora", "main")];
    let incoming = people.into_iter().flat_map(|(given, unit)| {
        let asthma = Item::new(Content::Problem(problem("Asthma")));
        resources("test", given, patient("Moreau", given, "1968-04-12"), vec![asthma], &[unit])
    });
    world.sign_in("import").await;
    world.seat.import(incoming.collect::<Vec<_>>(), |_| ControlFlow::Continue(())).await.unwrap();
    switch(&mut world, "lopez").await;
    let mut ids = [Uuid::nil(); 3];
    for (id, (given, _)) in ids.iter_mut().zip(people) {
        *id = world.find(&format!("moreau, {given}")).await;
    }
    (world, ids)
}

async fn breaks_glass(world: &mut World, patient: Uuid, password: &str) -> Result<GlassView, Failure> {
    let (reason, password) = (GlassReason::Acute, Password::new(password.to_owned()));
    world.seat.break_glass(BreakGlass { patient, reason, password }).await
}

/// The desk marks somebody as a VIP.
async fn mark(world: &mut World, patient: Uuid, vip: bool) -> String {
    switch(world, "lopez").await;
    let details = world.seat.perform(PatientDetails { patient }).await.unwrap();
    let standing = json!({ "deceased": false, "test": false, "vip": vip });
    let args = json!({ "patient": patient, "rev": details.identity_rev, "standing": standing });
    in_record(&mut world.seat, "set_standing", args).await.unwrap();
    details.mrn
}

async fn refused(world: &mut World, patient: Uuid) -> Code {
    world.open(patient).await.err().unwrap().code
}

fn audited(world: &World) -> Vec<Event> {
    let auditor = Loot::of(&world.home(), world.keychain.as_ref(), "park", DEMO_PASSWORD);
    let read = |key| wardseal::audit::read(&world.home().audit(), &mut Opener::new(key).unwrap(), Span::ALL).unwrap();
    let rows = auditor.private_keys().iter().flat_map(read).map(|(_, event)| event).collect::<Vec<Event>>();
    rows.into_iter().filter(|event| event.action.as_str() == "break_glass").collect()
}

#[tokio::test]
async fn a_nurse_opens_one_strangers_chart_with_her_password_for_an_hour_and_the_audit_says_why() {
    let (mut world, [anna, bea, _]) = clinic().await;
    switch(&mut world, "kim").await;
    assert_eq!(refused(&mut world, anna).await, Code::NotOnCareTeam);
    assert_eq!(breaks_glass(&mut world, anna, "not hers").await.err().unwrap().code, Code::WrongSignIn);
    assert_eq!(refused(&mut world, anna).await, Code::NotOnCareTeam);
    let until = breaks_glass(&mut world, anna, DEMO_PASSWORD).await.unwrap().until;
    assert_eq!(until, "2026-11-22T10:41:00Z");
    assert_eq!(world.open(anna).await.unwrap().problems.unwrap().len(), 1);
    assert_eq!(refused(&mut world, bea).await, Code::NotOnCareTeam, "for that patient only");
    switch(&mut world, "osei").await;
    assert_eq!(refused(&mut world, anna).await, Code::NotOnCareTeam, "for that nurse only");

    // Over is over, at another start of the program as well.
    world.wait(Duration::from_mins(61));
    let mut again = world.another_seat().await;
    crate::world::sign_in(&mut again, "kim").await;
    let late = again.dispatch("open_chart", json!({ "patient": anna })).await.err().unwrap();
    assert_eq!(late.code, Code::NotOnCareTeam);

    let row =
        audited(&world).into_iter().find(|event| event.detail.as_ref().is_some_and(|one| one.as_str() == "acute"));
    let row = row.unwrap();
    assert_eq!((row.patient, row.purpose), (Some(anna), Purpose::EmergencyTreatment));
    assert_eq!(row.policy_row.as_str(), "break_glass");
}

#[tokio::test]
async fn emergency_access_is_for_clinicians_and_for_records_that_are_there() {
    let (mut world, [anna, ..]) = clinic().await;
    for username in ["lopez", "adams", "park"] {
        switch(&mut world, username).await;
        assert_eq!(
            breaks_glass(&mut world, anna, DEMO_PASSWORD).await.err().unwrap().code,
            Code::NoRight,
            "{username}"
        );
    }
    switch(&mut world, "osei").await;
    assert_eq!(breaks_glass(&mut world, Uuid::new_v4(), DEMO_PASSWORD).await.err().unwrap().code, Code::NotFound);
}

#[tokio::test]
async fn a_vip_is_found_by_the_desk_and_her_team_and_answers_to_others_as_nobody_until_the_glass_is_broken() {
    let (mut world, [_, bea, cora]) = clinic().await;
    let (mrn, _) = (mark(&mut world, bea, true).await, mark(&mut world, cora, true).await);
    assert_eq!(world.search("moreau").await.unwrap().total, 3, "the desk keeps the register");
    switch(&mut world, "kim").await;
    let names: Vec<_> = world.search("moreau").await.unwrap().rows.into_iter().map(|row| row.given).collect();
    assert_eq!(names, ["Anna", "Cora"], "Cora is hers");
    let answer = |query: &str| json!({ "query": query, "offset": 0, "limit": 50 });
    let hidden = world.seat.dispatch("search_patients", answer("moreau, bea")).await.unwrap();
    let nobody = world.seat.dispatch("search_patients", answer("moreau, zoe")).await.unwrap();
    assert_eq!(hidden, nobody);
    let alike = json!({ "surname": "moreau", "given": "bea", "birth_date": "1968-04-12" });
    let alike = world.seat.dispatch("match_patients", alike).await.unwrap().to_string();
    assert!(!alike.contains("Bea") && alike.contains("Cora"), "{}", alike.len());
    assert_eq!(refused(&mut world, bea).await, refused(&mut world, Uuid::new_v4()).await);

    // Who has her number at hand, on a wristband or a letter, reaches her in an emergency.
    assert_eq!(world.written_so(&mrn).await, [bea]);
    breaks_glass(&mut world, bea, DEMO_PASSWORD).await.unwrap();
    assert!(world.open(bea).await.unwrap().banner.vip);
    assert_eq!(world.search("moreau, bea").await.unwrap().total, 1);
    let alert = audited(&world).into_iter().find(|event| event.from.as_ref().is_some_and(|one| one.as_str() == "vip"));
    assert_eq!(alert.unwrap().patient, Some(bea), "told apart from other emergencies");

    mark(&mut world, bea, false).await;
    switch(&mut world, "osei").await;
    assert_eq!(world.search("moreau").await.unwrap().total, 3);
}
