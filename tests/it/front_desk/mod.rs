//! A day at the front desk: booking, races for a slot, the waiting list, check-in, the boards.

mod account;
mod amendments;
mod booking;
mod day;
mod directives;
mod encounters;
mod mistaken;
mod races;
mod reminders;
mod rooms;
mod words;

use crate::clinic_day::patient;
use crate::world::World;
use serde_json::{Value, json};
use uuid::Uuid;
use wardseal::app::schedule::SetSchedule;
use wardseal::app::{Failure, Workstation};
use wardseal::clock::Timestamp;
use wardseal::record::schedule::{Absence, Holiday, Provider, SiteSchedule};
use wardseal::record::{Address, Item, PatientRecord};

/// Monday 2026-11-23, 07:30 in New York.
pub const MONDAY: Timestamp = Timestamp(1_795_437_000_000);
pub const OSEI: &str = "Dr. R. Osei";
pub const KOWALSKA: &str = "A. Kowalska, NP";

/// The clinic's hours, in New York: Dr. Osei has an account, A. Kowalska works at another unit and has none.
pub fn hours() -> SiteSchedule {
    let provider = |name: &str, user: Option<&str>, unit: &str| Provider {
        name: name.into(),
        user: user.map(str::to_owned),
        unit: Some(unit.into()),
    };
    SiteSchedule {
        zone: Some("America/New_York".into()),
        providers: vec![provider(OSEI, Some("osei"), "main"), provider(KOWALSKA, None, "east")],
        rooms: vec!["Room 1".into(), "Room 2".into()],
        devices: vec!["Ultrasound 1".into(), "Scale".into()],
        holidays: vec![Holiday { day: "2026-11-26".into(), name: "Thanksgiving".into() }],
        absences: vec![Absence { provider: OSEI.into(), from: "2026-11-25".into(), until: "2026-11-25".into() }],
        ..SiteSchedule::default()
    }
}

pub fn anna() -> PatientRecord {
    let mut anna = patient("Smith", "Anna", "1968-04-12");
    anna.contact.addresses = vec![Address { postal_code: Some("01103".into()), ..Address::default() }];
    let (carrier, policy) = ("Example Health Plan".to_owned(), "EHP-1".to_owned());
    anna.insurance.coverages = serde_json::from_value(json!([{ "carrier": carrier, "policy": policy }])).unwrap();
    anna.contact.email = Some("anna@example.org".into());
    anna
}

/// Who comes on this Monday.
pub struct Monday {
    pub world: World,
    pub anna: Uuid,
    pub ben: Uuid,
    pub cara: Uuid,
}

/// The clinic on a Monday morning with three patients, and the receptionist at the seat.
pub async fn monday() -> Monday {
    monday_with(vec![]).await
}

/// As [`monday`], with items in Anna's chart.
pub async fn monday_with(items: Vec<Item>) -> Monday {
    let mut world = World::new().await;
    world.clock.set_wall(MONDAY);
    let others = [patient("Baker", "Ben", "1971-02-03"), patient("Carter", "Cara", "1990-05-06")];
    let everybody = std::iter::once((anna(), items)).chain(others.map(|one| (one, vec![])));
    world.register(everybody.collect()).await;
    world.sign_in("adams").await;
    world.seat.perform(SetSchedule { version: 0, schedule: Some(hours()) }).await.unwrap();
    world.seat.sign_out().await.unwrap();
    world.sign_in("lopez").await;
    let (anna, ben, cara) = (world.find("smith").await, world.find("baker").await, world.find("carter").await);
    Monday { world, anna, ben, cara }
}

pub fn plan(day: &str, minute: u16, provider: &str) -> Value {
    json!({ "at": { "day": day, "minute": minute }, "provider": provider, "visit_type": "Follow-up" })
}

/// Books as whoever holds the seat.
pub async fn book(seat: &mut Workstation, patient: Uuid, plan: Value) -> Value {
    seat.dispatch("book_visit", json!({ "patient": patient, "plan": plan })).await.unwrap()
}

/// Books and expects that it was free.
pub async fn booked(seat: &mut Workstation, patient: Uuid, plan: Value) -> Value {
    let answer = book(seat, patient, plan).await;
    assert_eq!(answer["is"], "booked", "{answer}");
    answer["visits"][0].clone()
}

pub fn clashes(answer: &Value) -> Vec<&str> {
    let problems = answer["obstacles"].as_array().unwrap();
    problems.iter().flat_map(|one| one["clashes"].as_array().unwrap()).map(|one| one.as_str().unwrap()).collect()
}

/// Something done with a visit that is shown.
pub async fn with(seat: &mut Workstation, command: &str, visit: &Value, more: Value) -> Result<Value, Failure> {
    let mut args = json!({ "patient": visit["patient"], "item": visit["item"], "rev": visit["rev"] });
    args.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    seat.dispatch(command, args).await
}

/// The check-in of Anna as she says it herself.
pub fn said(birth_date: &str, phone: &str) -> Value {
    json!({
        "birth_date": birth_date, "second": { "kind": "phone", "value": phone }, "insurance": "confirmed",
        "forms": ["privacy_notice"],
    })
}

pub async fn today(seat: &mut Workstation) -> Vec<Value> {
    let page = seat.dispatch("schedule", json!({ "days": 1 })).await.unwrap();
    page["visits"].as_array().unwrap().clone()
}
