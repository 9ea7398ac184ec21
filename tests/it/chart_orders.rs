//! Orders, orders by word of mouth, refills, the list gone through.

use crate::clinic_day::patient;
use crate::world::World;
use std::time::Duration;
use uuid::Uuid;
use wardseal::app::views::{ItemView, MedicationView, SavedItem};
use wardseal::app::{
    Answers, Code, CompleteRefill, DecideRefill, Failure, OrderMedication, Ordered, ReadWorklist, ReconcileMedications,
    RecordVerbalOrder, RequestRefill, StepOrder,
};
use wardseal::record::{Circle, Coded, OrderState, OrderStep, RefillStatus, TaskKind};

fn ordered(drug: &str, refills: u32) -> Ordered {
    Ordered {
        drug: Coded { text: drug.into(), code: None, system: None },
        dose: Some("10 mg".into()),
        route: Some("by mouth".into()),
        frequency: Some("once a day".into()),
        refills: Some(refills),
        ..Ordered::default()
    }
}

pub fn saved(answer: Result<SavedItem, Failure>) -> ItemView {
    match answer.unwrap() {
        SavedItem::Saved { saved } => saved,
        SavedItem::Conflict { .. } => panic!("a conflict"),
    }
}

pub async fn clinic() -> (World, Uuid) {
    let mut world = World::new().await;
    world.register(vec![(patient("Smith", "Anna", "1968-04-12"), vec![])]).await;
    world.sign_in("osei").await;
    let anna = world.find("smith").await;
    (world, anna)
}

pub async fn switch(world: &mut World, to: &str) {
    world.seat.sign_out().await.unwrap();
    world.sign_in(to).await;
}

pub async fn listed(world: &mut World, anna: Uuid, drug: &str) -> MedicationView {
    let list = world.open(anna).await.unwrap().medications.unwrap();
    list.into_iter().find(|one| one.text == drug).unwrap()
}

pub fn order(patient: Uuid, drug: &str, refills: u32) -> OrderMedication {
    OrderMedication { patient, visit: None, ordered: ordered(drug, refills), said: Answers::default() }
}

pub fn step(patient: Uuid, at: &MedicationView, step: OrderStep, reason: Option<&str>) -> StepOrder {
    StepOrder { patient, item: at.item, rev: at.rev, step, reason: reason.map(Into::into), said: Answers::default() }
}

/// A telephone order that was read back.
pub fn told(patient: Uuid, drug: &str) -> RecordVerbalOrder {
    RecordVerbalOrder {
        patient,
        visit: None,
        ordered: ordered(drug, 0),
        how: "telephone".into(),
        doctor: "osei".into(),
        read_back: true,
        said: Answers::default(),
    }
}

#[tokio::test]
async fn a_doctor_orders_holds_resumes_and_stops_and_a_nurse_may_not() {
    let (mut world, patient) = clinic().await;
    saved(world.seat.perform(order(patient, "Lisinopril", 2)).await);
    let now = listed(&mut world, patient, "Lisinopril").await;
    assert_eq!((now.state, now.dosage.as_deref()), (OrderState::Active, Some("10 mg, by mouth, once a day")));
    assert_eq!(now.order.as_ref().unwrap().signed.as_ref().unwrap().by, "Dr. R. Osei");
    let without = step(patient, &now, OrderStep::Hold, None);
    assert_eq!(world.seat.perform(without).await.err().unwrap().code, Code::Invalid, "a reason is asked for");
    for (taken, reason, then) in [
        (OrderStep::Hold, Some("Low pressure"), OrderState::OnHold),
        (OrderStep::Resume, None, OrderState::Active),
        (OrderStep::Stop, Some("Cough"), OrderState::Stopped),
    ] {
        let now = listed(&mut world, patient, "Lisinopril").await;
        saved(world.seat.perform(step(patient, &now, taken, reason)).await);
        assert_eq!(listed(&mut world, patient, "Lisinopril").await.state, then);
    }
    let ended = listed(&mut world, patient, "Lisinopril").await;
    let refused = world.seat.perform(step(patient, &ended, OrderStep::Resume, None)).await;
    assert_eq!(refused.err().unwrap().code, Code::IllegalStep);
    switch(&mut world, "kim").await;
    assert_eq!(world.seat.perform(order(patient, "Metformin", 0)).await.err().unwrap().code, Code::NoRight);
}

#[tokio::test]
async fn a_telephone_order_read_back_waits_in_the_doctors_list_and_is_overdue_after_a_day() {
    let (mut world, patient) = clinic().await;
    switch(&mut world, "kim").await;
    let told = |read_back, doctor: &str| RecordVerbalOrder {
        patient,
        visit: None,
        ordered: ordered("Furosemide", 0),
        how: "telephone".into(),
        doctor: doctor.into(),
        read_back,
        said: Answers::default(),
    };
    assert_eq!(world.seat.perform(told(false, "osei")).await.err().unwrap().code, Code::Invalid);
    assert_eq!(world.seat.perform(told(true, "kim")).await.err().unwrap().code, Code::Invalid, "not a doctor");
    saved(world.seat.perform(told(true, "osei")).await);
    let now = listed(&mut world, patient, "Furosemide").await;
    assert_eq!(now.state, OrderState::Unsigned, "in force, and nobody's signature");
    assert_eq!(world.seat.perform(step(patient, &now, OrderStep::Sign, None)).await.err().unwrap().code, Code::NoRight);
    switch(&mut world, "osei").await;
    let task = world.seat.perform(ReadWorklist { all: false }).await.unwrap().tasks.remove(0);
    assert_eq!((task.kind, task.mine, task.overdue), (TaskKind::SignOrder, true, false));
    world.wait(Duration::from_secs(24 * 3600 + 60));
    world.sign_in("osei").await;
    let task = world.seat.perform(ReadWorklist { all: false }).await.unwrap().tasks.remove(0);
    assert_eq!((task.overdue, task.circle), (true, Circle::CareTeam));
    saved(world.seat.perform(step(patient, &now, OrderStep::Sign, None)).await);
    assert_eq!(listed(&mut world, patient, "Furosemide").await.state, OrderState::Active);
    assert!(world.seat.perform(ReadWorklist { all: true }).await.unwrap().tasks.is_empty());
}

#[tokio::test]
async fn a_refill_is_asked_for_by_the_nurse_granted_by_the_doctor_and_refused_when_none_is_left() {
    let (mut world, patient) = clinic().await;
    let medication = saved(world.seat.perform(order(patient, "Lisinopril", 1)).await).item;
    switch(&mut world, "kim").await;
    let ask = || RequestRefill { patient, medication, urgent: true, note: None };
    let first = saved(world.seat.perform(ask()).await);
    let decide = |at: &ItemView, approve| DecideRefill {
        patient,
        item: at.item,
        rev: at.rev,
        approve,
        note: (!approve).then(|| "Come in first".to_owned()),
    };
    assert_eq!(world.seat.perform(decide(&first, true)).await.err().unwrap().code, Code::NoRight);
    switch(&mut world, "osei").await;
    let task = world.seat.perform(ReadWorklist { all: false }).await.unwrap().tasks.remove(0);
    assert_eq!((task.kind, task.priority.as_str(), task.mine), (TaskKind::DecideRefill, "urgent", true));
    let granted = saved(world.seat.perform(decide(&first, true)).await);
    assert_eq!(listed(&mut world, patient, "Lisinopril").await.order.unwrap().refills, 0);
    let again = world.seat.perform(decide(&granted, true)).await.err().unwrap();
    assert_eq!((again.code, again.fields["from"].as_str()), (Code::IllegalStep, Some("approved")));
    let second = saved(world.seat.perform(ask()).await);
    let refused = world.seat.perform(decide(&second, true)).await.err().unwrap();
    assert_eq!((refused.code, refused.fields["from"].as_str()), (Code::IllegalStep, Some("no_refills_left")));
    saved(world.seat.perform(decide(&second, false)).await);
    switch(&mut world, "kim").await;
    saved(world.seat.perform(CompleteRefill { patient, item: granted.item, rev: granted.rev }).await);
    let refills = world.open(patient).await.unwrap().refills.unwrap();
    let mut states: Vec<RefillStatus> = refills.iter().map(|one| one.refill.status).collect();
    states.sort_by_key(|status| format!("{status:?}"));
    assert_eq!(states, [RefillStatus::Completed, RefillStatus::Denied]);
}

#[tokio::test]
async fn the_list_gone_through_marks_what_is_taken_and_stops_what_is_not() {
    let (mut world, patient) = clinic().await;
    for drug in ["Lisinopril", "Metformin"] {
        saved(world.seat.perform(order(patient, drug, 0)).await);
    }
    let [taken, stopped] =
        [listed(&mut world, patient, "Lisinopril").await, listed(&mut world, patient, "Metformin").await];
    let at = |one: &MedicationView| vec![(one.item, one.rev)];
    let through = ReconcileMedications { patient, taken: at(&taken), stopped: at(&stopped) };
    world.seat.perform(through).await.unwrap();
    let now = listed(&mut world, patient, "Lisinopril").await;
    assert_eq!(now.order.unwrap().reviewed.unwrap().by, "Dr. R. Osei");
    assert_eq!(listed(&mut world, patient, "Metformin").await.state, OrderState::Stopped);
    let late = ReconcileMedications { patient, taken: at(&taken), stopped: vec![] };
    assert_eq!(world.seat.perform(late).await.err().unwrap().code, Code::Conflict, "the list is another one by now");
}

#[tokio::test]
async fn what_interrupts_is_answered_before_it_is_signed_and_the_answer_stays_with_the_order() {
    let (mut world, patient) = clinic().await;
    saved(world.seat.perform(order(patient, "Simvastatin", 0)).await);
    let refused = world.seat.perform(order(patient, "Clarithromycin", 0)).await.err().unwrap();
    assert_eq!((refused.code, refused.fields["field"].as_str()), (Code::Invalid, Some("answers")));
    let check = wardseal::app::CheckInteractions { patient, proposed: vec!["Clarithromycin".into()], meant: vec![] };
    let found = serde_json::to_value(world.seat.perform(check).await.unwrap()).unwrap();
    let major = found["findings"].as_array().unwrap().iter().filter(|one| one["severity"] == "major");
    let answer = |one: &serde_json::Value| serde_json::json!({ "rule": one["rule"], "reason": "short_course", "text": "Statin paused for five days" });
    let said = serde_json::json!({ "answers": major.map(answer).collect::<Vec<_>>() });
    let said: Answers = serde_json::from_value(said).unwrap();
    saved(world.seat.perform(OrderMedication { said, ..order(patient, "Clarithromycin", 0) }).await);
    let kept = listed(&mut world, patient, "Clarithromycin").await.order.unwrap().overrides;
    assert_eq!((kept[0].text.as_str(), kept[0].signed.by.as_str()), ("Statin paused for five days", "Dr. R. Osei"));
}
