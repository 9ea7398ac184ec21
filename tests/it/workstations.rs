//! Workstations of a site: let in by two codes or a ticket, shut out, taken out of use, copied and enrolled anew. Until
//! there is a server in the test, all of them work on one store in files.

use crate::clinic_day::{patient, problem};
use crate::guard_loot::{Loot, Stolen};
use crate::world::{World, sign_in};
use bson::{Document, doc};
use serde_json::json;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;
use uuid::Uuid;
use wardseal::app::sign_in::{DEMO_PASSWORD, DEMO_USERS};
use wardseal::app::views::SavedProblem;
use wardseal::app::workstations::enrol::{Asked, EnrolFailed, Enrolled, Newcomer, Received};
use wardseal::app::{
    AddProblem, AnswerEnrolment, ApproveEnrolment, Code, Failure, Home, ListTickets, ListWorkstations, MakeTicket,
    OpenChart, OrderRotation, RefuseEnrolment, RetireWorkstation, RevokeWorkstation, SearchPatients, WithdrawTicket,
    Workstation,
};
use wardseal::clock::{Clock, ManualClock, Timestamp};
use wardseal::crypt::{Crypt, KeyRing, Provider};
use wardseal::keys::{
    Answer, Ending, Hello, Keychain, KeychainError, MemoryKeychain, Pairing, Reveal, RotationKind, Signer, SiteKey,
    SiteRecord, SiteUse, StoredAccount, WorkstationKey, forms,
};
use wardseal::record::Compartment;
use wardseal::secret::{Password, Secret};
use wardseal::store::embedded::Embedded;
use wardseal::store::{find_documents, insert, raw, update};

/// A machine with a keychain of its own.
struct Machine {
    place: TempDir,
    keychain: Arc<MemoryKeychain>,
    clock: Arc<ManualClock>,
}

impl Machine {
    /// One that knows where the site's store lies and nothing else.
    fn beside(world: &World) -> Self {
        let machine = Self {
            place: tempfile::tempdir().unwrap(),
            keychain: Arc::new(MemoryKeychain::new()),
            clock: world.clock.clone(),
        };
        machine.home().create().unwrap();
        machine.home().join_store(world.home().folder()).unwrap();
        machine
    }

    fn home(&self) -> Home {
        Home::at(self.place.path().join("home"))
    }

    async fn open(&self) -> Result<Workstation, Failure> {
        Workstation::open(self.home(), self.keychain.clone(), self.clock.clone()).await
    }

    async fn seat_of(&self, username: &str) -> Workstation {
        let mut seat = self.open().await.unwrap();
        sign_in(&mut seat, username).await;
        seat
    }

    fn id(&self) -> Uuid {
        self.home().enrolment().unwrap().unwrap().workstation
    }

    /// The same bytes on another disk: the folder and the keychain of a copied image.
    fn copied(&self) -> Self {
        let copy = Self {
            place: tempfile::tempdir().unwrap(),
            keychain: Arc::new(MemoryKeychain::new()),
            clock: self.clock.clone(),
        };
        copy_folder(self.home().folder(), copy.home().folder());
        let enrolment = self.home().enrolment().unwrap().unwrap();
        for name in [SiteKey::entry_name(enrolment.site), WorkstationKey::entry_name(enrolment.workstation)] {
            copy.keychain.put_new(&name, &self.keychain.get(&name).unwrap().unwrap()).unwrap();
        }
        copy
    }

    /// Does something as a newcomer.
    async fn as_newcomer<T>(&self, name: &str, act: impl AsyncFnOnce(&Newcomer<'_>) -> T) -> T {
        let (home, store) = (self.home(), Embedded::open(&self.home().store()).unwrap());
        let newcomer = Newcomer {
            home: &home,
            keychain: self.keychain.as_ref(),
            store: &store,
            clock: self.clock.as_ref(),
            name: name.to_owned(),
        };
        act(&newcomer).await
    }
}

fn copy_folder(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        std::fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
    }
}

/// A clinic with Anna, who has asthma.
async fn clinic() -> (World, Uuid) {
    let mut world = World::new().await;
    world.register(vec![(patient("Smith", "Anna", "1968-04-12"), vec![])]).await;
    world.sign_in("osei").await;
    let anna = world.find("smith, anna").await;
    add(&mut world.seat, anna, "Asthma").await;
    (world, anna)
}

async fn add(seat: &mut Workstation, anna: Uuid, text: &str) {
    let saved = seat.perform(AddProblem { patient: anna, problem: problem(text) }).await.unwrap();
    assert!(matches!(saved, SavedProblem::Saved { .. }));
}

async fn problems(seat: &mut Workstation, anna: Uuid) -> Vec<String> {
    let chart = seat.perform(OpenChart { patient: anna }).await.unwrap();
    let mut texts: Vec<String> = chart.problems.unwrap().into_iter().map(|one| one.problem.text).collect();
    texts.sort();
    texts
}

async fn request_of(seat: &mut Workstation, name: &str) -> Uuid {
    let requests = seat.perform(ListWorkstations {}).await.unwrap().requests;
    requests.into_iter().find(|row| row.name == name).expect("it waits").request
}

/// The whole conversation, with the codes carried from screen to screen.
async fn pair(
    world: &mut World,
    newcomer: &Newcomer<'_>,
    asked: &mut Asked,
) -> Result<(Received, String), EnrolFailed> {
    world.sign_in("adams").await;
    let request = request_of(&mut world.seat, &newcomer.name).await;
    assert!(newcomer.reveal(asked).await?.is_none());
    world.seat.perform(AnswerEnrolment { request }).await.unwrap();
    let code = newcomer.reveal(asked).await?.expect("it was answered");
    assert!(newcomer.receive(asked).await?.is_none());
    let approved = world.seat.perform(ApproveEnrolment { request, code }).await.unwrap();
    let received = newcomer.receive(asked).await?.expect("it was approved");
    Ok((received, approved.code))
}

async fn enrol_as(world: &mut World, machine: &Machine, name: &str, again: bool) -> Enrolled {
    machine
        .as_newcomer(name, async |newcomer| {
            let mut asked = newcomer.ask(again).await.unwrap();
            let (received, code) = pair(world, newcomer, &mut asked).await.unwrap();
            newcomer.settle(&asked, &received, &code).await.unwrap()
        })
        .await
}

async fn enrol(world: &mut World, name: &str) -> Machine {
    let machine = Machine::beside(world);
    enrol_as(world, &machine, name, false).await;
    machine
}

async fn renew_site_key(seat: &mut Workstation) {
    let order = OrderRotation { kind: RotationKind::Site, compartment: None };
    let job = seat.perform(order).await.unwrap().job;
    assert!(seat.rotate(job, |_| ControlFlow::Continue(())).await.unwrap().ended);
}

async fn audit_is_whole(home: &Home, keychain: &dyn Keychain) {
    let id = home.enrolment().unwrap().unwrap().workstation;
    let key = WorkstationKey::load(keychain, id).unwrap();
    wardseal::audit::verify(&home.audit(), key.public().as_bytes(), None).unwrap();
}

#[tokio::test]
async fn a_newcomer_is_let_in_by_two_codes_and_people_work_there_as_at_the_first() {
    let (mut world, anna) = clinic().await;
    let machine = enrol(&mut world, "reception 2").await;
    let mut there = machine.seat_of("osei").await;
    assert_eq!(problems(&mut there, anna).await, ["Asthma"]);
    add(&mut there, anna, "Gout").await;
    world.sign_in("osei").await;
    assert_eq!(problems(&mut world.seat, anna).await, ["Asthma", "Gout"]);
    world.sign_in("adams").await;
    let view = world.seat.perform(ListWorkstations {}).await.unwrap();
    assert!(view.requests.is_empty());
    let names: Vec<&str> = view.workstations.iter().map(|row| row.name.as_str()).collect();
    assert_eq!(names.len(), 2);
    assert_eq!(names[1], "reception 2");
    assert!(view.workstations.iter().all(|row| row.vouched && row.last_seen.is_some()));
    assert!(view.workstations[0].here && !view.workstations[1].here);
    // Nothing of the conversation stays in the store.
    for collection in ["enrolments", "handovers"] {
        assert!(find_documents(world.seat.store(), collection, doc! {}, None).await.unwrap().is_empty());
    }
    audit_is_whole(&machine.home(), machine.keychain.as_ref()).await;
}

#[tokio::test]
async fn only_an_administrator_lets_anybody_in() {
    let (mut world, _) = clinic().await;
    let machine = Machine::beside(&world);
    machine
        .as_newcomer("reception 2", async |newcomer| {
            newcomer.ask(false).await.unwrap();
            for (user, _) in DEMO_USERS.iter().filter(|(user, _)| *user != "adams") {
                world.sign_in(user).await;
                let refused = world.seat.perform(ListWorkstations {}).await.err().unwrap();
                assert_eq!(refused.code, Code::NoRight, "{user}");
                let refused = world.seat.perform(AnswerEnrolment { request: Uuid::new_v4() }).await.err().unwrap();
                assert_eq!(refused.code, Code::NoRight, "{user}");
            }
        })
        .await;
}

#[tokio::test]
async fn a_wrong_code_ends_the_request_and_leaves_nothing_on_the_newcomer() {
    let (mut world, _) = clinic().await;
    let machine = Machine::beside(&world);
    machine
        .as_newcomer("reception 2", async |newcomer| {
            let mut asked = newcomer.ask(false).await.unwrap();
            world.sign_in("adams").await;
            let request = request_of(&mut world.seat, "reception 2").await;
            world.seat.perform(AnswerEnrolment { request }).await.unwrap();
            let code = newcomer.reveal(&mut asked).await.unwrap().unwrap();
            let wrong = if code == "000000" { "000001" } else { "000000" };
            let typed = ApproveEnrolment { request, code: wrong.into() };
            assert_eq!(world.seat.perform(typed).await.err().unwrap().code, Code::WrongCode);
            // One guess: the right code comes too late.
            let typed = ApproveEnrolment { request, code };
            assert_eq!(world.seat.perform(typed).await.err().unwrap().code, Code::NotFound);
            assert!(matches!(newcomer.receive(&asked).await, Err(EnrolFailed::Refused)));
        })
        .await;
    assert!(machine.home().enrolment().unwrap().is_none());
    assert_eq!(machine.open().await.err().unwrap().code, Code::KeychainFirstRun);
    assert_eq!(world.seat.perform(ListWorkstations {}).await.unwrap().workstations.len(), 1);
}

#[tokio::test]
async fn a_newcomer_that_is_sent_away_or_reads_the_wrong_second_code_keeps_nothing() {
    let (mut world, _) = clinic().await;
    let machine = Machine::beside(&world);
    machine
        .as_newcomer("reception 2", async |newcomer| {
            let mut asked = newcomer.ask(false).await.unwrap();
            world.sign_in("adams").await;
            let request = request_of(&mut world.seat, "reception 2").await;
            world.seat.perform(RefuseEnrolment { request }).await.unwrap();
            assert!(matches!(newcomer.reveal(&mut asked).await, Err(EnrolFailed::Refused)));
            newcomer.clear_request(&asked).await;
            let mut asked = newcomer.ask(false).await.unwrap();
            let (received, code) = pair(&mut world, newcomer, &mut asked).await.unwrap();
            let wrong = if code == "000000" { "000001" } else { "000000" };
            assert!(matches!(newcomer.settle(&asked, &received, wrong).await, Err(EnrolFailed::WrongCode)));
        })
        .await;
    let site = world.seat.site().site;
    assert!(machine.keychain.get(&SiteKey::entry_name(site)).unwrap().is_none());
    assert!(machine.home().enrolment().unwrap().is_none());
}

/// Somebody who may write to the store answers the newcomer himself and asks the administrator in its name.
#[tokio::test]
async fn a_man_in_the_middle_is_found_by_the_code() {
    let (mut world, _) = clinic().await;
    let machine = Machine::beside(&world);
    machine
        .as_newcomer("reception 2", async |newcomer| {
            let mut asked = newcomer.ask(false).await.unwrap();
            let store = newcomer.store;
            // His own keys and his own request in the same name; the newcomer's he answers himself.
            let found = find_documents(store, "enrolments", doc! {}, None).await.unwrap();
            let real = forms::uuid_of(&Document::try_from(found[0].clone()).unwrap(), "_id").unwrap();
            let his = WorkstationKey::create(Uuid::new_v4()).unwrap();
            let reveal = Reveal::create(&his).unwrap();
            let hello = Hello::new(his.id(), "reception 2", None, &reveal, newcomer.clock.wall());
            let part = bson::serialize_to_document(&hello).unwrap();
            let forged = doc! { "_id": forms::uuid_bson(hello.request), "rev": 1_i64, "hello": part };
            let signer = Signer::from_seed(Secret::random().unwrap());
            let answer =
                Answer { site: world.seat.site().site, by: Uuid::new_v4(), verify: signer.public(), number: [7; 32] };
            let part = bson::serialize_to_document(&answer).unwrap();
            let set = doc! { "$set": { "rev": 2_i64, "answer": part } };
            let real_one = doc! { "_id": forms::uuid_bson(real), "rev": 1_i64 };
            store.run_all(vec![raw(&update("enrolments", real_one, set)).unwrap()]).await.unwrap();
            store.run(raw(&insert("enrolments", vec![forged])).unwrap()).await.unwrap();
            let code_there = newcomer.reveal(&mut asked).await.unwrap().unwrap();
            // The administrator can't answer what was answered, and meets the forged request.
            world.sign_in("adams").await;
            assert_eq!(world.seat.perform(AnswerEnrolment { request: real }).await.err().unwrap().code, Code::Conflict);
            world.seat.perform(AnswerEnrolment { request: hello.request }).await.unwrap();
            let found =
                find_documents(store, "enrolments", doc! { "_id": forms::uuid_bson(hello.request) }, None).await;
            let stored = Document::try_from(found.unwrap().remove(0)).unwrap();
            let theirs = bson::deserialize_from_document(stored.get_document("answer").unwrap().clone()).unwrap();
            let code_here = Pairing::new(&hello, &theirs, &reveal).unwrap().newcomers_code();
            let part = bson::serialize_to_document(&reveal).unwrap();
            let set = doc! { "$set": { "rev": 3_i64, "reveal": part } };
            let only = doc! { "_id": forms::uuid_bson(hello.request), "rev": 2_i64 };
            store.run_all(vec![raw(&update("enrolments", only, set)).unwrap()]).await.unwrap();
            assert_ne!(code_there, code_here, "once in a million this fails");
            let typed = ApproveEnrolment { request: hello.request, code: code_there };
            assert_eq!(world.seat.perform(typed).await.err().unwrap().code, Code::WrongCode);
        })
        .await;
    assert_eq!(world.seat.perform(ListWorkstations {}).await.unwrap().workstations.len(), 1);
}

/// An administrator's answer that somebody exchanges in the store after the newcomer has revealed changes nothing.
#[tokio::test]
async fn the_administrator_goes_by_the_answer_given_and_not_by_the_one_in_the_store() {
    let (mut world, _) = clinic().await;
    let machine = Machine::beside(&world);
    machine
        .as_newcomer("reception 2", async |newcomer| {
            let mut asked = newcomer.ask(false).await.unwrap();
            world.sign_in("adams").await;
            let request = request_of(&mut world.seat, "reception 2").await;
            world.seat.perform(AnswerEnrolment { request }).await.unwrap();
            let code = newcomer.reveal(&mut asked).await.unwrap().unwrap();
            let set = doc! { "$set": { "answer.number": bson::Bson::Binary(forms::binary(&[1; 32])) } };
            let only = doc! { "_id": forms::uuid_bson(request) };
            newcomer.store.run(raw(&update("enrolments", only, set)).unwrap()).await.unwrap();
            let approved = world.seat.perform(ApproveEnrolment { request, code }).await;
            assert!(approved.is_ok());
        })
        .await;
}

async fn ticket(world: &mut World, hours: i64) -> Vec<u8> {
    world.sign_in("adams").await;
    world.seat.perform(MakeTicket { hours }).await.unwrap().line.into_bytes()
}

async fn redeem(machine: &Machine, line: &[u8]) -> Result<Enrolled, EnrolFailed> {
    machine.as_newcomer("ward 3", async |newcomer| newcomer.redeem(line).await).await
}

#[tokio::test]
async fn a_ticket_lets_in_one_workstation_and_no_second() {
    let (mut world, anna) = clinic().await;
    let line = ticket(&mut world, 24).await;
    let (one, other) = (Machine::beside(&world), Machine::beside(&world));
    let (first, second) = tokio::join!(redeem(&one, &line), redeem(&other, &line));
    assert_eq!(usize::from(first.is_ok()) + usize::from(second.is_ok()), 1);
    let (inside, outside) = if first.is_ok() { (one, other) } else { (other, one) };
    assert!(matches!(redeem(&outside, &line).await, Err(EnrolFailed::TicketUsed)));
    assert!(outside.home().enrolment().unwrap().is_none());
    assert_eq!(problems(&mut inside.seat_of("kim").await, anna).await, ["Asthma"]);
    let view = world.seat.perform(ListWorkstations {}).await.unwrap();
    assert!(view.workstations.iter().all(|row| row.vouched));
    assert_eq!(world.seat.perform(ListTickets {}).await.unwrap()[0].state, "used");
    // Whoever came by ticket gets the renewed site key like everybody else.
    renew_site_key(&mut world.seat).await;
    assert_eq!(problems(&mut inside.seat_of("kim").await, anna).await, ["Asthma"]);
}

#[tokio::test]
async fn a_ticket_that_ran_out_was_withdrawn_or_is_for_another_site_lets_nobody_in() {
    let (mut world, _) = clinic().await;
    let machine = Machine::beside(&world);
    let late = ticket(&mut world, 1).await;
    world.wait(Duration::from_secs(3601));
    assert!(matches!(redeem(&machine, &late).await, Err(EnrolFailed::TicketLapsed)));

    let back = world.seat.perform(MakeTicket { hours: 2 }).await;
    let back = if let Ok(view) = back {
        view
    } else {
        world.sign_in("adams").await;
        world.seat.perform(MakeTicket { hours: 2 }).await.unwrap()
    };
    world.seat.perform(WithdrawTicket { ticket: back.ticket }).await.unwrap();
    assert!(matches!(redeem(&machine, back.line.as_bytes()).await, Err(EnrolFailed::TicketUnknown)));

    let mut elsewhere = World::new().await;
    let foreign = ticket(&mut elsewhere, 2).await;
    assert!(matches!(redeem(&machine, &foreign).await, Err(EnrolFailed::TicketSite)));

    let before = ticket(&mut world, 2).await;
    renew_site_key(&mut world.seat).await;
    assert!(matches!(redeem(&machine, &before).await, Err(EnrolFailed::TicketLapsed)));

    let mut spoilt = ticket(&mut world, 2).await;
    spoilt[40] ^= 1;
    assert!(matches!(redeem(&machine, &spoilt).await, Err(EnrolFailed::TicketForm(_))));
    for hours in [0, -5, 28 * 24 + 1] {
        assert_eq!(world.seat.perform(MakeTicket { hours }).await.err().unwrap().code, Code::Invalid);
    }
    assert!(machine.home().enrolment().unwrap().is_none());
    assert!(machine.keychain.get(&SiteKey::entry_name(world.seat.site().site)).unwrap().is_none());
}

#[tokio::test]
async fn a_workstation_that_was_off_while_the_site_key_was_renewed_takes_it_when_it_comes_back() {
    let (mut world, anna) = clinic().await;
    let (off, on) = (enrol(&mut world, "night desk").await, enrol(&mut world, "reception 2").await);
    let mut at_work = on.seat_of("osei").await;
    world.sign_in("adams").await;
    renew_site_key(&mut world.seat).await;
    renew_site_key(&mut world.seat).await;
    // Who works meanwhile goes on, without signing in again.
    add(&mut at_work, anna, "Gout").await;
    assert_eq!(problems(&mut off.seat_of("osei").await, anna).await, ["Asthma", "Gout"]);
    let site = world.seat.site().site;
    for machine in [&off, &on] {
        assert!(machine.keychain.get(&SiteKey::entry_name_of(site, 3)).unwrap().is_some());
        assert!(machine.keychain.get(&SiteKey::entry_name(site)).unwrap().is_none(), "the first key is gone");
    }
    assert!(find_documents(world.seat.store(), "handovers", doc! {}, None).await.unwrap().is_empty());
}

/// Shut out while somebody works there, and while it is off.
#[tokio::test]
async fn a_revoked_workstation_is_out_at_once_and_the_others_go_on() {
    let (mut world, anna) = clinic().await;
    let (lost, other) = (enrol(&mut world, "laptop").await, enrol(&mut world, "reception 2").await);
    let mut thief = lost.seat_of("osei").await;
    let mut colleague = other.seat_of("kim").await;
    world.sign_in("adams").await;
    world.seat.perform(RevokeWorkstation { workstation: lost.id() }).await.unwrap();
    // At the next step, with the password of somebody who works there, before any key is renewed.
    let out = thief.perform(OpenChart { patient: anna }).await.err().unwrap();
    assert_eq!(out.code, Code::WorkstationEnded);
    assert!(out.code.sentence().contains("enrol it anew"));
    let password = Password::new(DEMO_PASSWORD.into());
    assert_eq!(thief.sign_in("osei", &password).await.err().unwrap().code, Code::WorkstationEnded);
    assert_eq!(lost.open().await.err().unwrap().code, Code::WorkstationEnded);
    renew_site_key(&mut world.seat).await;
    assert_eq!(problems(&mut colleague, anna).await, ["Asthma"]);
    assert_eq!(lost.open().await.err().unwrap().code, Code::WorkstationEnded);
    let site = world.seat.site().site;
    assert!(lost.keychain.get(&SiteKey::entry_name_of(site, 2)).unwrap().is_none());
    let row = world.seat.perform(ListWorkstations {}).await.unwrap().workstations.remove(1);
    assert_eq!((row.ended, row.vouched), (Some(Ending::Revoked), true));
    // It isn't shut out twice, and nobody shuts out the one he sits at.
    let again = RevokeWorkstation { workstation: lost.id() };
    assert_eq!(world.seat.perform(again).await.err().unwrap().code, Code::NotFound);
    let own = world.home().enrolment().unwrap().unwrap().workstation;
    assert_eq!(world.seat.perform(RevokeWorkstation { workstation: own }).await.err().unwrap().code, Code::Invalid);
}

#[tokio::test]
async fn what_a_revoked_workstation_signs_counts_until_it_was_revoked() {
    let (mut world, _) = clinic().await;
    let lost = enrol(&mut world, "laptop").await;
    let before = world.clock.wall();
    world.wait(Duration::from_secs(60));
    world.sign_in("adams").await;
    world.seat.perform(RevokeWorkstation { workstation: lost.id() }).await.unwrap();
    world.seat.perform(ListWorkstations {}).await.unwrap();
    let record = world.seat.site();
    assert!(record.signing_workstation(lost.id(), before).is_some());
    assert!(record.signing_workstation(lost.id(), world.clock.wall()).is_none());
    assert!(record.signing_workstation(lost.id(), Timestamp(i64::MAX)).is_none());
}

/// Whoever holds a stolen site key can write a register; without an administrator's secret it brings him no new key.
#[tokio::test]
async fn an_entry_that_no_administrator_signed_gets_no_renewed_site_key() {
    let (mut world, _) = clinic().await;
    let site = world.seat.site().site;
    let key = SiteKey::load(world.keychain.as_ref(), site).unwrap();
    let intruder = WorkstationKey::create(Uuid::new_v4()).unwrap();
    let mut record = SiteRecord { version: world.seat.site().version + 1, ..world.seat.site().clone() };
    record.workstations.push(intruder.listed("reception 9", world.clock.wall()).unwrap());
    let mut set = record.to_document(&key).unwrap();
    set.remove("_id");
    let only = doc! { "_id": forms::uuid_bson(site) };
    world.seat.store().run(raw(&update("site", only, doc! { "$set": set })).unwrap()).await.unwrap();
    world.sign_in("adams").await;
    let view = world.seat.perform(ListWorkstations {}).await.unwrap();
    assert!(view.workstations.iter().any(|row| row.name == "reception 9" && !row.vouched));
    let order = OrderRotation { kind: RotationKind::Site, compartment: None };
    let job = world.seat.perform(order).await.unwrap().job;
    let mut steps = 0;
    world
        .seat
        .rotate(job, |_| {
            steps += 1;
            if steps == 2 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        })
        .await
        .unwrap();
    assert!(find_documents(world.seat.store(), "handovers", doc! {}, None).await.unwrap().is_empty());
}

/// Everything on the disk and in the keychain of a stolen workstation, with the store as it was then, and no password.
#[tokio::test]
async fn a_revoked_workstations_copy_of_the_disk_opens_nothing_without_a_users_secret() {
    let (mut world, _) = clinic().await;
    let lost = enrol(&mut world, "laptop").await;
    drop(lost.seat_of("osei").await);
    // The thief's copy: folder, keychain, and the store that lay where the workstation could read it.
    let loot = lost.copied();
    let store = tempfile::tempdir().unwrap();
    copy_folder(world.home().folder(), store.path());
    loot.home().join_store(store.path()).unwrap();
    world.sign_in("adams").await;
    world.seat.perform(RevokeWorkstation { workstation: lost.id() }).await.unwrap();
    renew_site_key(&mut world.seat).await;

    // He may open it, read the register, and find nobody's password.
    let mut seat = loot.open().await.unwrap();
    let weak = ["", "password", "wardseal", "osei", "welcome to the demo clini", "adams adams adams"];
    for (username, _) in DEMO_USERS {
        for password in weak {
            let refused = seat.sign_in(username, &Password::new(password.to_owned())).await.err().unwrap();
            assert!(matches!(refused.code, Code::WrongSignIn | Code::Wait), "{username}: {refused}");
        }
    }
    assert_eq!(seat.perform(SearchPatients::page("smith", 0, 5)).await.err().unwrap().code, Code::NotSignedIn);
    drop(seat);

    // No key he has opens an inner layer, a grant, or a data key.
    let stolen = Stolen::open(&loot.home());
    let site = SiteKey::load(loot.keychain.as_ref(), world.seat.site().site).unwrap();
    let accounts: Vec<StoredAccount> =
        stolen.documents("accounts").iter().map(|one| StoredAccount::from_document(one).unwrap()).collect();
    for stored in &accounts {
        let user = stored.account.claimed().id;
        assert!(stored.slot.open(user, &Password::new("password".into()), &site).is_err());
    }
    let grants = stolen.documents("grants");
    assert!(grants.len() > 10);
    let uses = [
        SiteUse::RecordHead,
        SiteUse::Origin,
        SiteUse::Slot,
        SiteUse::SearchTerm,
        SiteUse::SiteRecord,
        SiteUse::Check,
        SiteUse::GrantCode,
        SiteUse::LocalState,
        SiteUse::Carried,
    ];
    let vault: Vec<_> = stolen.rows("key_vault").into_iter().map(|(_, raw)| raw).collect();
    for purpose in uses {
        let key = site.subkey(purpose).unwrap();
        let mut root = [0; 96];
        root.chunks_mut(32).for_each(|part| part.copy_from_slice(key.expose()));
        let root = Secret::copy_from(&root).unwrap();
        for name in ["local:front", "local:clinical", "local:national_id", "local:insurance"] {
            let provider = Provider { name: name.to_owned(), key: &root };
            let crypt = Crypt::open(&[provider], Arc::new(KeyRing::new(vault.clone())), None).unwrap();
            for document in stolen.rows("patients").iter().chain(&stolen.rows("items")) {
                assert!(crypt.decrypt(&document.1).is_err(), "{purpose:?} {name}");
            }
        }
    }
    // And no file says anything in clear.
    let mut read = vec![];
    for folder in [loot.home().folder(), store.path()] {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            // A log that SQLite has just emptied and taken away holds nothing to find.
            let Ok(bytes) = std::fs::read(&path) else { continue };
            read.push(path.file_name().unwrap().to_string_lossy().into_owned());
            for word in ["Smith", "smith", "Asthma", "1968-04-12"] {
                let found = bytes.windows(word.len()).any(|window| window == word.as_bytes());
                assert!(!found, "{word} lies on the disk");
            }
        }
    }

    for file in ["wardseal.db", "wardseal-keys.db", "audit.db", "witness.db", "site.bson", "workstation.json"] {
        assert!(read.iter().any(|name| name == file), "{file} was looked into");
    }

    // The copy is whole: with a user's password it opens what that user held then. Only that was missing above.
    let with_secret = Loot::of(&loot.home(), loot.keychain.as_ref(), "osei", DEMO_PASSWORD);
    assert!(with_secret.compartments().contains(&Compartment::Clinical));
    let crypt = with_secret.crypt();
    assert!(stolen.rows("items").iter().all(|(_, document)| crypt.decrypt(document).is_ok()));

    // With somebody's password later, the old site key opens no slot of today's store.
    let today = Stolen::open(&world.home());
    for document in today.documents("accounts") {
        let stored = StoredAccount::from_document(&document).unwrap();
        let user = stored.account.claimed().id;
        assert!(stored.slot.open(user, &Password::new(DEMO_PASSWORD.into()), &site).is_err());
    }
}

#[tokio::test]
async fn a_workstation_that_is_retired_gives_up_its_keys_and_its_audit_stays_provable() {
    let (mut world, anna) = clinic().await;
    world.sign_in("adams").await;
    assert_eq!(world.seat.retire().await.err().unwrap().code, Code::LastWorkstation);
    let old = enrol(&mut world, "old desk").await;
    let id = old.id();
    let mut seat = old.seat_of("kim").await;
    assert_eq!(seat.perform(RetireWorkstation {}).await.err().unwrap().code, Code::NoRight);
    sign_in(&mut seat, "adams").await;
    let record = seat.retire().await.unwrap();
    assert_eq!((record.name.as_str(), record.workstation, record.deleted), ("old desk", id, 2));
    drop(seat);
    let site = world.seat.site().site;
    for name in [SiteKey::entry_name(site), WorkstationKey::entry_name(id)] {
        assert!(old.keychain.get(&name).unwrap().is_none());
    }
    assert_eq!(old.open().await.err().unwrap().code, Code::KeychainFirstRun);
    let whole = wardseal::audit::verify(&old.home().audit(), record.key.as_bytes(), None);
    assert!(whole.is_ok());
    world.sign_in("osei").await;
    assert_eq!(problems(&mut world.seat, anna).await, ["Asthma"]);
    world.sign_in("adams").await;
    let row = world.seat.perform(ListWorkstations {}).await.unwrap().workstations.remove(1);
    assert_eq!((row.id, row.ended), (id, Some(Ending::Retired)));
    // The machine may join again, as a new workstation.
    enrol_as(&mut world, &old, "old desk", false).await;
    assert_eq!(problems(&mut old.seat_of("osei").await, anna).await, ["Asthma"]);
}

#[tokio::test]
async fn an_administrator_takes_a_machine_out_of_use_from_its_screen_and_its_record_stays_there() {
    let (mut world, _) = clinic().await;
    world.sign_in("adams").await;
    let last = world.seat.dispatch("retire_workstation", json!({})).await.err().unwrap();
    assert_eq!(last.code, Code::LastWorkstation);
    let old = enrol(&mut world, "old desk").await;
    let id = old.id();
    let mut seat = old.seat_of("kim").await;
    assert_eq!(seat.dispatch("retire_workstation", json!({})).await.err().unwrap().code, Code::NoRight);
    sign_in(&mut seat, "adams").await;
    seat.dispatch("retire_workstation", json!({})).await.unwrap();
    // The screen is made anew when a session ends; it asks how the seat stands, and says so for good.
    let state = seat.dispatch("seat", json!({})).await.unwrap()["state"].clone();
    assert_eq!((&state["is"], &state["record"]["name"]), (&json!("retired"), &json!("old desk")));
    assert_eq!((&state["record"]["workstation"], &state["record"]["deleted"]), (&json!(id), &json!(2)));
    let again = json!({ "username": "adams", "password": DEMO_PASSWORD });
    assert!(seat.dispatch("sign_in", again).await.is_err(), "its keys are gone");
    assert_eq!(seat.dispatch("seat", json!({})).await.unwrap()["state"]["is"], json!("retired"));
    drop(seat);
    assert_eq!(old.open().await.err().unwrap().code, Code::KeychainFirstRun);
}

#[tokio::test]
async fn a_copied_image_is_noticed_and_enrolled_anew_with_nothing_lost() {
    let (mut world, anna) = clinic().await;
    let original = enrol(&mut world, "ward 1").await;
    let mut seat = original.seat_of("osei").await;
    add(&mut seat, anna, "Gout").await;
    drop(seat);
    let copy = original.copied();
    // Whichever is opened first goes on; the other is told, calmly.
    let mut seat = original.seat_of("osei").await;
    let noticed = copy.open().await.err().unwrap();
    assert_eq!(noticed.code, Code::WorkstationCopied);
    assert_eq!(
        noticed.code.sentence(),
        "This workstation's key is in use in another place: this machine is a copy of that one, or was brought back from \
         a backup. Nothing was changed and nothing is lost; enrol this machine anew: wardsealctl enrol --again."
    );
    enrol_as(&mut world, &copy, "ward 2", true).await;
    assert_ne!(copy.id(), original.id());
    assert!(copy.keychain.get(&WorkstationKey::entry_name(original.id())).unwrap().is_none());
    let mut second = copy.seat_of("osei").await;
    assert_eq!(problems(&mut second, anna).await, ["Asthma", "Gout"]);
    add(&mut second, anna, "Migraine").await;
    assert_eq!(problems(&mut seat, anna).await, ["Asthma", "Gout", "Migraine"]);
    drop((seat, second));
    // Both audits are whole, each under its key, and what the copy had before stands beside.
    audit_is_whole(&original.home(), original.keychain.as_ref()).await;
    audit_is_whole(&copy.home(), copy.keychain.as_ref()).await;
    let before = copy.home().folder().join(format!("audit-{}.db", original.id()));
    let key = WorkstationKey::load(original.keychain.as_ref(), original.id()).unwrap();
    assert!(wardseal::audit::verify(&before, key.public().as_bytes(), None).is_ok());
    for machine in [&original, &copy, &original, &copy] {
        drop(machine.open().await.unwrap());
    }
    world.sign_in("adams").await;
    let names: Vec<String> =
        world.seat.perform(ListWorkstations {}).await.unwrap().workstations.into_iter().map(|row| row.name).collect();
    assert_eq!(names[1..], ["ward 1", "ward 2"]);
}

/// Both run already when the image is copied: the next sign-in tells.
#[tokio::test]
async fn a_copy_that_runs_already_is_noticed_at_the_next_sign_in() {
    let (mut world, _) = clinic().await;
    let original = enrol(&mut world, "ward 1").await;
    drop(original.open().await.unwrap());
    let copy = original.copied();
    let mut there = copy.open().await.unwrap();
    let password = Password::new(DEMO_PASSWORD.into());
    assert_eq!(original.open().await.err().unwrap().code, Code::WorkstationCopied);
    assert!(there.sign_in("osei", &password).await.is_ok());
    // Two programs of one folder aren't copies of each other.
    let mut beside = copy.open().await.unwrap();
    assert!(there.sign_in("kim", &password).await.is_ok());
    assert!(beside.sign_in("kim", &password).await.is_ok());
    assert!(there.sign_in("osei", &password).await.is_ok());
}

#[tokio::test]
async fn a_machine_is_enrolled_once_and_only_where_there_is_a_site() {
    let (mut world, _) = clinic().await;
    let machine = enrol(&mut world, "reception 2").await;
    machine
        .as_newcomer("again", async |newcomer| {
            let refused = newcomer.ask(false).await.err().unwrap();
            assert_eq!(refused.to_string(), "this workstation already belongs to a site; nothing was changed");
        })
        .await;
    let empty = tempfile::tempdir().unwrap();
    let nowhere = Machine::beside(&world);
    nowhere.home().join_store(empty.path()).unwrap();
    nowhere
        .as_newcomer("new", async |newcomer| {
            assert!(matches!(newcomer.ask(false).await, Err(EnrolFailed::NoSite)));
        })
        .await;
    // Another folder of the same user works with the site's key already.
    let twin = Machine { keychain: world.keychain.clone(), ..Machine::beside(&world) };
    twin.as_newcomer("twin", async |newcomer| {
        assert!(matches!(newcomer.ask(false).await, Err(EnrolFailed::KnownHere)));
    })
    .await;
    assert!(world.keychain.get(&SiteKey::entry_name(world.seat.site().site)).unwrap().is_some());
    // A keychain that refuses leaves the ticket unused and the machine as it was.
    let locked = Machine::beside(&world);
    let line = ticket(&mut world, 2).await;
    locked.keychain.fail_with(Some(KeychainError::Locked));
    assert!(redeem(&locked, &line).await.is_err());
    locked.keychain.fail_with(None);
    assert!(redeem(&locked, &line).await.is_ok());
    assert!(matches!(world.seat.seat_view().state, wardseal::app::views::SeatState::Open { .. }));
}
