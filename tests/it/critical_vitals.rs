//! A vital sign that is dangerous now: a task for whoever treats the patient, told to more people while nobody answers.

use crate::clinic_day::patient;
use crate::world::World;
use std::time::Duration;
use uuid::Uuid;
use wardseal::app::views::TaskView;
use wardseal::app::{ReadWorklist, RecordVitals};
use wardseal::record::vitals::Vitals;
use wardseal::record::{Circle, TaskKind};

async fn clinic() -> (World, Uuid) {
    let mut world = World::new().await;
    world.register(vec![(patient("Smith", "Anna", "1968-04-12"), vec![])]).await;
    world.sign_in("kim").await;
    let anna = world.find("smith").await;
    (world, anna)
}

async fn measured(world: &mut World, patient: Uuid, vitals: Vitals) {
    let at = "2026-11-22T09:40:00Z".to_owned();
    world.seat.perform(RecordVitals { patient, visit: None, at, vitals, confirmed: vec![] }).await.unwrap();
}

async fn told(world: &mut World, username: &str) -> Vec<TaskView> {
    world.seat.sign_out().await.unwrap();
    world.sign_in(username).await;
    world.seat.perform(ReadWorklist { all: true }).await.unwrap().tasks
}

#[tokio::test]
async fn a_pressure_of_184_over_122_calls_the_doctor_and_spreads_until_somebody_answers() {
    let (mut world, anna) = clinic().await;
    let set = Vitals { systolic: Some(184.0), diastolic: Some(122.0), heart_rate: Some(88.0), ..Vitals::default() };
    measured(&mut world, anna, set).await;
    for (minutes, circle) in [(0, Circle::Owner), (15, Circle::CareTeam), (15, Circle::Alarm)] {
        world.wait(Duration::from_mins(minutes));
        let [alarm] = told(&mut world, "osei").await.try_into().unwrap_or_else(|_| panic!("one task"));
        assert_eq!(
            (alarm.kind, alarm.circle, alarm.priority.as_str()),
            (TaskKind::AcknowledgeCritical, circle, "stat")
        );
        assert_eq!(alarm.text, "Systolic blood pressure 184 mm[Hg], Diastolic blood pressure 122 mm[Hg]");
    }
}

#[tokio::test]
async fn ordinary_vital_signs_call_nobody() {
    let (mut world, anna) = clinic().await;
    let set = Vitals { systolic: Some(150.0), diastolic: Some(92.0), spo2: Some(97.0), ..Vitals::default() };
    measured(&mut world, anna, set).await;
    assert!(told(&mut world, "osei").await.is_empty());
}
