//! Sensitivity labels: who is given the extra right, what she sees and labels, and what nobody else is told.

use crate::chart_orders::{listed, order, saved, switch};
use crate::clinic_day::{patient, problem};
use crate::front_desk::{MONDAY, OSEI, booked, hours, plan, said, with};
use crate::guard_loot::Loot;
use crate::import::{self, Folder};
use crate::interactions::{allergy, check, drug, medication};
use crate::people::{code, confirm, first_sign_in, hire};
use crate::world::{World, sign_in, write};
use serde_json::{Value, json};
use uuid::Uuid;
use wardseal::app::schedule::SetSchedule;
use wardseal::app::sign_in::DEMO_PASSWORD;
use wardseal::app::views::{ChartView, SavedItem};
use wardseal::app::{
    ChangeRole, Code, ConfirmByRecovery, Failure, ListUsers, OpenChart, ReadItem, ReadTimeline, ReadWorklist,
    RecordAdministration, SetExtraRight, SetLabel, Workstation,
};
use wardseal::audit::{Event, Opener, Span};
use wardseal::keys::RecoveryShare;
use wardseal::record::{Compartment, Content, Item, Section, Sensitivity};

const SECRET: &str = "Opioid dependence";

/// A labelled item as a source sends it.
fn labelled(item: Item) -> Item {
    Item { sensitive: true, ..item }
}

async fn user(seat: &mut Workstation, username: &str) -> Uuid {
    let users = seat.perform(ListUsers {}).await.unwrap().users;
    users.into_iter().find(|row| row.username == username).unwrap().user
}

/// An administrator orders the extra right for somebody, or takes it away.
async fn extra_right(world: &mut World, username: &str, sensitive: bool) -> Result<Uuid, Failure> {
    switch(world, "adams").await;
    let user = user(&mut world.seat, username).await;
    let done = world.seat.perform(SetExtraRight { user, sensitive }).await;
    world.seat.sign_out().await.unwrap();
    done.map(|_| user)
}

/// Dr. Osei is given it by the shares, as nobody has it yet.
async fn osei_is_given_it(world: &mut World, mut shares: Vec<RecoveryShare>) {
    let osei = extra_right(world, "osei", true).await.unwrap();
    let mut hers = world.another_seat().await;
    sign_in(&mut hers, "osei").await;
    let code = code(&hers);
    world.sign_in("adams").await;
    shares.truncate(2);
    let opened = world.seat.perform(ConfirmByRecovery { shares, user: osei, code }).await.unwrap();
    assert_eq!((opened.compartments, opened.left), (vec!["restricted".to_owned()], 0));
    hers.dispatch("seat", json!({})).await.unwrap();
    hers.sign_out().await.unwrap();
    switch(world, "osei").await;
}

/// Anna has hypertension and, labelled at its source, what only Dr. Osei sees; Anne has hypertension. He has the right.
pub async fn clinic(more: Vec<Item>) -> (World, Uuid, Uuid) {
    let (mut world, shares) = World::with_shares().await;
    let hypertension = || Item::new(Content::Problem(problem("Hypertension")));
    let mut items = vec![hypertension(), labelled(Item::new(Content::Problem(problem(SECRET))))];
    items.extend(more.iter().cloned());
    let mut annes = vec![hypertension()];
    annes.extend(more);
    world
        .register(vec![
            (patient("Smith", "Anna", "1968-04-12"), items),
            (patient("Smith", "Anne", "1968-04-12"), annes),
        ])
        .await;
    world.sign_in("osei").await;
    let (anna, anne) = (world.find("smith, anna").await, world.find("smith, anne").await);
    osei_is_given_it(&mut world, shares).await;
    (world, anna, anne)
}

fn problems(chart: &ChartView) -> Vec<&str> {
    chart.problems.as_ref().unwrap().iter().map(|one| one.problem.text.as_str()).collect()
}

pub fn label(patient: Uuid, (item, rev): (Uuid, i64), section: Section, label: Option<Sensitivity>) -> SetLabel {
    SetLabel { patient, item, rev, section, label, reason: "Asked me with tears not to tell".into() }
}

async fn label_problem(world: &mut World, patient: Uuid, text: &str, kind: Option<Sensitivity>) -> Uuid {
    let chart = world.open(patient).await.unwrap();
    let one = chart.problems.unwrap().into_iter().find(|one| one.problem.text == text).unwrap();
    saved(world.seat.perform(label(patient, (one.item, one.rev), Section::Problems, kind)).await).item
}

/// Everything that whoever holds the seat can be told about a patient, without ids and with the name made the same.
async fn told(world: &mut World, patient: Uuid, name: &str) -> String {
    let asked = [
        ("open_chart", json!({ "patient": patient })),
        ("read_timeline", json!({ "patient": patient, "kinds": [], "in_error": true, "offset": 0, "limit": 200 })),
        ("search_patients", json!({ "query": format!("smith, {name}"), "offset": 0, "limit": 50 })),
        ("care_overview", json!({ "patient": patient })),
        ("read_worklist", json!({ "all": true })),
        ("find_cohort", json!({ "query": { "condition": "opioid" }, "after": null })),
        (
            "preview_print",
            json!({
                "document": "patient_copy", "patient": patient, "visit": null, "purpose": "treatment",
                "for_whom": "patient", "paper": "letter",
            }),
        ),
        ("patient_history", json!({ "patient": patient })),
    ];
    let mut all = String::new();
    for (command, args) in asked {
        let answer = world.seat.dispatch(command, args).await;
        all.push_str(&format!(
            "{command}: {}\n",
            answer.map_or_else(|failure| format!("{:?}", failure.code), without_ids)
        ));
    }
    all.replace("Anna", "Anne").replace("ANNA", "ANNE")
}

/// The answer with every id, record number and bar code blotted out: those differ between two patients who are alike.
fn without_ids(mut answer: Value) -> String {
    // Where a line breaks depends on how wide the record number is.
    for page in answer["pages"].as_array_mut().into_iter().flatten() {
        let marks = page["marks"].as_array().unwrap().iter();
        let words: Vec<&str> = marks.filter_map(|mark| mark["text"].as_str()).flat_map(str::split_whitespace).collect();
        let words: Vec<&str> = words.into_iter().filter(|word| !word.starts_with("MRN-")).collect();
        page["marks"] = json!(words.join(" "));
    }
    let blot = |word: &str| match word.split_once("MRN-") {
        Some((before, _)) => format!("{before}*"),
        None if Uuid::try_parse(word).is_ok() => "*".to_owned(),
        None => word.to_owned(),
    };
    answer.to_string().split('"').map(blot).collect::<Vec<_>>().join("\"")
}

#[tokio::test]
async fn who_has_the_extra_right_sees_a_labelled_diagnosis_and_its_label_and_a_nurse_is_told_as_if_it_were_not_there() {
    let (mut world, anna, anne) = clinic(vec![]).await;
    let chart = world.open(anna).await.unwrap();
    assert_eq!(problems(&chart), ["Hypertension", SECRET]);
    let labels = chart.labels.unwrap();
    assert_eq!(labels.values().map(|one| one.kind).collect::<Vec<_>>(), [Some(Sensitivity::Other)]);
    let secret = *labels.keys().next().unwrap();
    let page =
        ReadTimeline { patient: anna, kinds: vec![], from: None, until: None, in_error: false, offset: 0, limit: 9 };
    let rows = world.seat.perform(page).await.unwrap().rows;
    assert_eq!(rows.iter().filter(|row| row.label.is_some()).count(), 1);
    assert!(world.open(anne).await.unwrap().labels.is_some_and(|labels| labels.is_empty()));

    switch(&mut world, "kim").await;
    let (of_anna, of_anne) = (told(&mut world, anna, "anna").await, told(&mut world, anne, "anne").await);
    for (one, other) in of_anna.lines().zip(of_anne.lines()) {
        let command = one.split(':').next();
        let at = one.bytes().zip(other.bytes()).position(|(one, other)| one != other).unwrap_or(0);
        let around = |line: &str| line.get(at.saturating_sub(60)..line.len().min(at + 60)).map(str::to_owned);
        assert!(
            one == other,
            "a letter more or less would tell her that there is something: {command:?} {:?} {:?}",
            around(one),
            around(other),
        );
    }
    assert!(!of_anna.contains("pioid") && !of_anna.contains("labels") && !of_anna.contains("restricted"));

    // What stands under a key she doesn't hold answers as what never was.
    for section in [Section::Problems, Section::Restricted] {
        let mut answers = Vec::new();
        for item in [secret, Uuid::new_v4()] {
            let args = json!({ "patient": anna, "item": item, "section": section.code() });
            for command in ["read_item", "item_history"] {
                answers.push(world.seat.dispatch(command, args.clone()).await.err().unwrap());
            }
        }
        let (there, missing) = answers.split_at(2);
        assert_eq!(there, missing, "{}", section.code());
    }
}

#[tokio::test]
async fn a_doctor_labels_a_diagnosis_and_the_nurse_loses_it_from_everything_until_he_lifts_the_label() {
    let (mut world, anna, anne) = clinic(vec![]).await;
    let item = label_problem(&mut world, anna, "Hypertension", Some(Sensitivity::Psychiatric)).await;
    let chart = world.open(anna).await.unwrap();
    let shown = &chart.labels.as_ref().unwrap()[&item];
    assert_eq!((shown.kind, shown.by.as_deref()), (Some(Sensitivity::Psychiatric), Some("Dr. R. Osei")));
    assert_eq!(problems(&chart), ["Hypertension", SECRET], "he goes on seeing it among the problems");
    let history = world.seat.dispatch("item_history", json!({ "patient": anna, "item": item, "section": "problems" }));
    let history = history.await.unwrap();
    assert_eq!(history["versions"][0]["label"]["reason"], "Asked me with tears not to tell");
    assert_eq!(history["damaged"], 0);

    switch(&mut world, "kim").await;
    assert!(problems(&world.open(anna).await.unwrap()).is_empty());
    assert!(!told(&mut world, anna, "anna").await.contains("Hypertension"));
    assert_eq!(problems(&world.open(anne).await.unwrap()), ["Hypertension"]);
    let gone = ReadItem { patient: anna, item, section: Section::Problems };
    assert_eq!(world.seat.perform(gone).await.err().unwrap().code, Code::NotFound);

    switch(&mut world, "osei").await;
    label_problem(&mut world, anna, "Hypertension", None).await;
    let labels = world.open(anna).await.unwrap().labels.unwrap();
    assert!(!labels.contains_key(&item));
    switch(&mut world, "kim").await;
    assert_eq!(problems(&world.open(anna).await.unwrap()), ["Hypertension"]);
    let history = world.seat.dispatch("item_history", json!({ "patient": anna, "item": item, "section": "problems" }));
    let history = history.await.unwrap();
    assert!(!history.to_string().contains("tears") && !history.to_string().contains("psychiatric"));
    assert_eq!(history["damaged"], 0, "the version that was labelled isn't damaged, it isn't hers");
    // Labelled once more: what it lends to the check goes and comes with the label.
    switch(&mut world, "osei").await;
    label_problem(&mut world, anna, "Hypertension", Some(Sensitivity::Hiv)).await;
}

#[tokio::test]
async fn what_a_labelled_order_is_told_by_goes_with_it_and_what_is_written_about_it_later_too() {
    let (mut world, anna, _) = clinic(vec![]).await;
    extra_right(&mut world, "kim", true).await.unwrap();
    world.sign_in("osei").await;
    let methadone = saved(world.seat.perform(order(anna, "Methadone", 1)).await).item;
    let dose = |at: &str| RecordAdministration {
        patient: anna,
        visit: None,
        medication: methadone,
        given: true,
        at: at.to_owned(),
        dose: Some("30 mg".into()),
        route: None,
        response: None,
        reaction: Some("Itching".into()),
        reason: None,
        scanned: None,
    };
    switch(&mut world, "kim").await;
    saved(world.seat.perform(dose("2026-11-22T08:30:00Z")).await);
    assert!(told(&mut world, anna, "anna").await.contains("Methadone"), "nobody has labelled it yet");

    switch(&mut world, "osei").await;
    let listed = listed(&mut world, anna, "Methadone").await;
    let kind = Some(Sensitivity::SubstanceUse);
    saved(world.seat.perform(label(anna, (methadone, listed.rev), Section::Medications, kind)).await);
    let chart = world.open(anna).await.unwrap();
    assert_eq!(chart.administrations.unwrap().len(), 1);
    assert_eq!((chart.labels.unwrap().len(), chart.tasks.unwrap().len()), (4, 1), "problem, order, dose, its task");
    let tasks = world.seat.perform(ReadWorklist { all: true }).await.unwrap().tasks;
    assert!(tasks[0].text.contains("Methadone"), "who may see it goes on finding it in the work list");

    // Ordered for N. Kim and not confirmed: she sees nothing of it.
    switch(&mut world, "kim").await;
    assert!(!told(&mut world, anna, "anna").await.contains("Methadone"));
    assert_eq!(world.seat.perform(dose("2026-11-22T08:45:00Z")).await.err().unwrap().code, Code::NotFound);
    // A colleague who has it confirms; what she gives from then on is labelled as the order is.
    let shown = code(&world.seat);
    let mut other = world.another_seat().await;
    sign_in(&mut other, "adams").await;
    let kim = user(&mut other, "kim").await;
    other.sign_out().await.unwrap();
    assert_eq!(confirm(&mut other, "osei", kim, &shown).await, Ok(0));
    world.seat.dispatch("seat", json!({})).await.unwrap();
    saved(world.seat.perform(dose("2026-11-22T09:00:00Z")).await);
    let chart = world.open(anna).await.unwrap();
    assert_eq!((chart.administrations.unwrap().len(), chart.labels.unwrap().len()), (2, 6));

    let nora = hire(&mut other, "nora", "nurse").await;
    first_sign_in(&mut other, &nora).await;
    let shown = code(&other);
    confirm(&mut world.seat, "osei", nora.user, &shown).await.unwrap();
    other.dispatch("seat", json!({})).await.unwrap();
    let seen = other.dispatch("open_chart", json!({ "patient": anna })).await.unwrap().to_string();
    assert!(seen.contains("Hypertension") && !seen.contains("Methadone") && !seen.contains("tching"));
}

#[tokio::test]
async fn the_interaction_check_hears_when_a_labelled_drug_changes() {
    let (mut world, anna, _) = clinic(vec![drug("Nardil 15 MG", "active"), allergy("Penicillin")]).await;
    let kinds = [Section::Medications, Section::Allergies];
    let chart = world.open(anna).await.unwrap();
    let (nardil, penicillin) = (&chart.medications.unwrap()[0], &chart.allergies.unwrap()[0]);
    for (at, section) in [(nardil.item, nardil.rev), (penicillin.item, penicillin.rev)].into_iter().zip(kinds) {
        saved(world.seat.perform(label(anna, at, section, Some(Sensitivity::Psychiatric))).await);
    }
    switch(&mut world, "kim").await;
    let found = check(&mut world, anna, &["sertraline"]).await.findings;
    assert_eq!((found.len(), found[0].rule.as_str()), (1, "restricted"));
    assert_eq!(check(&mut world, anna, &["amoxicillin"]).await.findings.len(), 1);

    switch(&mut world, "osei").await;
    let now = world.open(anna).await.unwrap().allergies.unwrap().remove(0);
    let wrong = json!({
        "patient": anna, "item": now.item, "rev": now.rev, "section": "allergies", "reason": "Another patient's",
    });
    write(&mut world.seat, "mark_in_error", wrong).await.unwrap();
    switch(&mut world, "kim").await;
    assert!(check(&mut world, anna, &["amoxicillin"]).await.findings.is_empty(), "it was never hers");
}

#[tokio::test]
async fn a_source_that_knows_of_no_label_does_not_take_away_the_one_that_was_set_here() {
    let (mut world, shares) = World::with_shares().await;
    let folder = Folder::new();
    let condition = |text: &str| folder.resource("c1.json", &import::condition("anna", "c1", text));
    import::import(&mut world, &[folder.resource("anna.json", &import::anna()), condition("Depression")]).await;
    world.sign_in("osei").await;
    let anna = world.find("smith").await;
    osei_is_given_it(&mut world, shares).await;
    let item = label_problem(&mut world, anna, "Depression", Some(Sensitivity::Psychiatric)).await;
    world.seat.sign_out().await.unwrap();
    let (done, refused) = import::import(&mut world, &[condition("Severe depression")]).await;
    assert_eq!((done.sum.changed, refused), (1, vec![]));
    world.sign_in("kim").await;
    assert!(problems(&world.open(anna).await.unwrap()).is_empty());
    switch(&mut world, "osei").await;
    let chart = world.open(anna).await.unwrap();
    assert_eq!(problems(&chart), ["Severe depression"]);
    assert!(chart.labels.unwrap().contains_key(&item));
}

#[tokio::test]
async fn the_extra_right_is_for_clinicians_by_name_and_neither_an_administrator_nor_a_new_role_has_it() {
    let (mut world, anna, _) = clinic(vec![]).await;
    for username in ["lopez", "park", "import"] {
        assert_eq!(extra_right(&mut world, username, true).await.err().unwrap().code, Code::Invalid, "{username}");
    }
    world.sign_in("adams").await;
    let adams = user(&mut world.seat, "adams").await;
    let own = world.seat.perform(SetExtraRight { user: adams, sensitive: true }).await;
    assert_eq!(own.err().unwrap().code, Code::SamePerson);
    for username in ["kim", "lopez"] {
        switch(&mut world, username).await;
        let refused = world.seat.perform(SetExtraRight { user: adams, sensitive: true }).await.err().unwrap();
        assert_eq!(refused.code, Code::NoRight);
        let refused =
            world.seat.perform(label(anna, (Uuid::new_v4(), 1), Section::Problems, None)).await.err().unwrap();
        assert_eq!(refused.code, Code::NoRight);
    }
    // Ordered and not confirmed: no key, nothing seen, nothing labelled.
    let kim = extra_right(&mut world, "kim", true).await.unwrap();
    world.sign_in("kim").await;
    let chart = world.open(anna).await.unwrap();
    assert!(chart.labels.is_none() && !chart.may.edit.contains(&Section::Restricted));
    let loot = |world: &World, username| Loot::of(&world.home(), world.keychain.as_ref(), username, DEMO_PASSWORD);
    assert!(!loot(&world, "kim").compartments().contains(&Compartment::Restricted));
    assert!(loot(&world, "osei").compartments().contains(&Compartment::Restricted));

    switch(&mut world, "adams").await;
    world.seat.perform(ChangeRole { user: kim, role: "front_desk".into() }).await.unwrap();
    world.seat.perform(ChangeRole { user: kim, role: "nurse".into() }).await.unwrap();
    let row = world.seat.perform(ListUsers {}).await.unwrap().users.into_iter().find(|row| row.user == kim).unwrap();
    assert!(!row.sensitive && !row.waits_for.contains(&"restricted".to_owned()));
}

#[tokio::test]
async fn the_right_that_is_taken_away_locks_the_seat_at_once_and_the_key_is_due() {
    let (mut world, anna, _) = clinic(vec![]).await;
    assert_eq!(world.open(anna).await.unwrap().problems.unwrap().len(), 2);
    let mut other = world.another_seat().await;
    sign_in(&mut other, "adams").await;
    let osei = user(&mut other, "osei").await;
    other.perform(SetExtraRight { user: osei, sensitive: false }).await.unwrap();
    assert_eq!(world.open(anna).await.err().unwrap().code, Code::Locked, "what was shown leaves the screen");
    let status = other.perform(wardseal::app::KeysStatus {}).await.unwrap();
    let due = serde_json::to_value(&status).map(|status| status.to_string());
    assert!(due.is_err() || due.unwrap().contains("restricted"));
    sign_in(&mut world.seat, "osei").await;
    let chart = world.open(anna).await.unwrap();
    assert_eq!((problems(&chart), chart.labels.is_none()), (vec!["Hypertension"], true));
}

#[tokio::test]
async fn the_audit_says_who_labelled_what_and_holds_no_word_of_it() {
    let (mut world, anna, _) = clinic(vec![Item::new(Content::Medication(medication("Antabuse", "active")))]).await;
    let item = label_problem(&mut world, anna, "Hypertension", Some(Sensitivity::Hiv)).await;
    world.seat.sign_out().await.unwrap();
    let auditor = Loot::of(&world.home(), world.keychain.as_ref(), "park", DEMO_PASSWORD);
    let read = |key| wardseal::audit::read(&world.home().audit(), &mut Opener::new(key).unwrap(), Span::ALL).unwrap();
    let rows: Vec<Event> = auditor.private_keys().iter().flat_map(read).map(|(_, event)| event).collect();
    let set = rows.iter().find(|event| event.action.as_str() == "set_label").unwrap();
    assert_eq!(
        (set.patient, set.record, set.sections.as_slice()),
        (Some(anna), Some(item), &[Section::Restricted][..])
    );
    let opened = rows.iter().filter(|event| event.action.as_str() == "open_chart" && event.count > 0);
    assert!(opened.clone().any(|event| event.sections.contains(&Section::Restricted)), "his are told apart");
    let all = format!("{rows:?}").to_lowercase();
    for word in ["tears", "hiv", "hypertension", "opioid", "antabuse"] {
        assert!(!all.contains(word), "{word}");
    }
}

#[tokio::test]
async fn a_label_needs_a_reason_and_the_revision_that_was_read() {
    let (mut world, anna, _) = clinic(vec![]).await;
    let one = world.open(anna).await.unwrap().problems.unwrap().remove(0);
    let asked = label(anna, (one.item, one.rev), Section::Problems, Some(Sensitivity::Hiv));
    let without = world.seat.perform(SetLabel { reason: " ".into(), ..asked }).await;
    assert_eq!(without.err().unwrap().code, Code::Invalid);
    let other = label(anna, (one.item, one.rev + 1), Section::Problems, Some(Sensitivity::Hiv));
    assert!(matches!(world.seat.perform(other).await.unwrap(), SavedItem::Conflict { .. }));
    let elsewhere = label(anna, (one.item, one.rev), Section::Notes, Some(Sensitivity::Hiv));
    assert_eq!(world.seat.perform(elsewhere).await.err().unwrap().code, Code::NotFound);
    let chart = world.seat.perform(OpenChart { patient: anna }).await.unwrap();
    assert_eq!(chart.labels.unwrap().len(), 1);
}

#[tokio::test]
async fn a_referral_and_a_picture_that_tell_of_it_are_labelled_too_and_leave_the_nurses_chart() {
    let (mut world, anna, _) = clinic(vec![]).await;
    let referral = json!({
        "to": "Dr. A. Heart", "specialty": "Psychiatry", "reason": "Qreason", "priority": "routine", "status": "draft",
        "at": "2026-11-22", "letter": "Qletter",
    });
    let study = json!({ "code": { "text": "Qstudy" }, "modality": "DX", "status": "registered" });
    for (command, entry, section) in
        [("add_referral", referral, Section::Referrals), ("add_imaging", study, Section::Reports)]
    {
        let added = write(&mut world.seat, command, json!({ "patient": anna, "entry": entry })).await.unwrap();
        let item = added["saved"]["item"].as_str().unwrap().parse().unwrap();
        saved(world.seat.perform(label(anna, (item, 1), section, Some(Sensitivity::Psychiatric))).await);
        assert!(world.open(anna).await.unwrap().labels.unwrap().contains_key(&item), "{command}");
    }
    let his = told(&mut world, anna, "anna").await;
    assert!(his.contains("Qreason") && his.contains("Qstudy"));
    switch(&mut world, "kim").await;
    let hers = told(&mut world, anna, "anna").await;
    assert!(!["Qreason", "Qletter", "Qstudy", "Heart"].iter().any(|word| hers.contains(word)));
}

/// Anna is brought to a room by the nurse: the visit and its encounter.
async fn anna_is_in_a_room(world: &mut World, anna: Uuid) -> (Value, Uuid, i64) {
    world.seat.sign_out().await.unwrap();
    world.clock.set_wall(MONDAY);
    world.sign_in("adams").await;
    world.seat.perform(SetSchedule { version: 0, schedule: Some(hours()) }).await.unwrap();
    switch(world, "lopez").await;
    let mrn = world.search("smith, anna").await.unwrap().rows[0].mrn.clone();
    let visit = booked(&mut world.seat, anna, plan("2026-11-23", 480, OSEI)).await;
    let mut says = said("1968-04-12", "");
    says["second"] = json!({ "kind": "mrn", "value": mrn });
    let visit = with(&mut world.seat, "check_in", &visit, says).await.unwrap()["visit"].clone();
    switch(world, "kim").await;
    let visit = with(&mut world.seat, "step_visit", &visit, json!({ "step": "room" })).await.unwrap()["visit"].clone();
    switch(world, "osei").await;
    let one = world.open(anna).await.unwrap().encounters.unwrap().remove(0);
    (visit, one.item, one.rev)
}

#[tokio::test]
async fn a_labelled_encounter_of_a_visit_in_the_wrong_record_counts_nowhere_and_no_program_writes_it_by_itself() {
    let (mut world, anna, anne) = clinic(vec![]).await;
    let (visit, item, rev) = anna_is_in_a_room(&mut world, anna).await;
    saved(world.seat.perform(label(anna, (item, rev), Section::Encounters, Some(Sensitivity::Psychiatric))).await);
    let history = json!({ "patient": anna, "item": item, "section": "encounters" });
    let before = world.seat.dispatch("item_history", history.clone()).await.unwrap();
    switch(&mut world, "lopez").await;
    with(&mut world.seat, "correct_visit", &visit, json!({ "reason": "wrong_patient", "to": anne })).await.unwrap();
    switch(&mut world, "kim").await;
    assert!(world.open(anna).await.unwrap().encounters.unwrap().is_empty(), "it isn't there for her");
    switch(&mut world, "osei").await;
    for _ in 0..2 {
        let chart = world.open(anna).await.unwrap();
        assert!(chart.encounters.unwrap().is_empty(), "it counts nowhere");
        assert_eq!(chart.damaged_items, 0);
    }
    let after = world.seat.dispatch("item_history", history).await.unwrap();
    assert_eq!(after, before, "what only he may see isn't rewritten for all clinicians");
    switch(&mut world, "kim").await;
    assert!(!told(&mut world, anna, "anna").await.contains("psychiatric"));
}
