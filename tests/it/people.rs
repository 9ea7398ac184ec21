//! People come, change and leave: nobody gets access from one person alone.

use crate::clinic_day::patient;
use crate::guard_loot::Stolen;
use crate::world::{World, sign_in};
use serde_json::json;
use std::ops::ControlFlow;
use std::time::Duration;
use uuid::Uuid;
use wardseal::app::demo_clinic::resources;
use wardseal::app::sign_in::DEMO_PASSWORD;
use wardseal::app::views::{NewUserView, SeatState, UserRow, WaitingView};
use wardseal::app::{
    ChangePassword, ChangeRole, Code, ConfirmAccess, CreateUser, Failure, ListRequests, ListUsers, OrderAccess,
    ResetPassword, SetActive, Workstation,
};
use wardseal::keys::{Grant, GrantState};
use wardseal::secret::Password;

const OWN: &str = "seven kettles on a shelf";

fn password(text: &str) -> Password {
    Password::new(text.to_owned())
}

/// C. Adams makes a user; the seat is vacant afterwards.
pub async fn hire(seat: &mut Workstation, username: &str, role: &str) -> NewUserView {
    sign_in(seat, "adams").await;
    let name = format!("{username} Newcomer");
    let new = CreateUser { username: username.into(), name, role: role.into(), unit: Some("main".into()) };
    let made = seat.perform(new).await.unwrap();
    seat.sign_out().await.unwrap();
    made
}

/// Signs in with the password for one time and chooses another; the seat stays the newcomer's.
pub async fn first_sign_in(seat: &mut Workstation, made: &NewUserView) {
    seat.sign_in(&made.username, &password(&made.password)).await.unwrap();
    assert!(choose_password(seat));
    seat.change_password(ChangePassword { current: password(&made.password), new: password(OWN) }).await.unwrap();
}

fn open(seat: &Workstation) -> (bool, Vec<WaitingView>) {
    match seat.seat_view().state {
        SeatState::Open { choose_password, waiting, .. } => (choose_password, waiting),
        _ => panic!("the seat is open"),
    }
}

fn choose_password(seat: &Workstation) -> bool {
    open(seat).0
}

/// The code that the newcomer at this seat reads out.
pub fn code(seat: &Workstation) -> String {
    open(seat).1.first().and_then(|waiting| waiting.code.clone()).expect("a code is shown")
}

/// A colleague confirms with that code at another seat.
pub async fn confirm(seat: &mut Workstation, colleague: &str, user: Uuid, code: &str) -> Result<usize, Failure> {
    sign_in(seat, colleague).await;
    let confirmed = seat.perform(ConfirmAccess { user, code: code.to_owned() }).await;
    seat.sign_out().await.unwrap();
    confirmed.map(|view| view.left)
}

async fn users(seat: &mut Workstation) -> Vec<UserRow> {
    sign_in(seat, "adams").await;
    let users = seat.perform(ListUsers {}).await.unwrap().users;
    seat.sign_out().await.unwrap();
    users
}

async fn id(seat: &mut Workstation, username: &str) -> Uuid {
    users(seat).await.into_iter().find(|row| row.username == username).unwrap().user
}

async fn with_anna() -> (World, Uuid) {
    let mut world = World::new().await;
    world.register(vec![(patient("Smith", "Anna", "1968-04-12"), vec![])]).await;
    world.sign_in("osei").await;
    let anna = world.find("smith").await;
    world.seat.sign_out().await.unwrap();
    (world, anna)
}

fn refused<T>(answer: Result<T, Failure>) -> Code {
    answer.err().expect("it is refused").code
}

#[tokio::test]
async fn of_two_administrators_who_add_the_same_user_name_at_once_one_is_told_that_it_is_taken() {
    let mut world = World::new().await;
    let second = hire(&mut world.seat, "second", "administrator").await;
    let mut other = world.another_seat().await;
    first_sign_in(&mut other, &second).await;
    world.sign_in("adams").await;
    for turn in 0..5 {
        let new = |name: &str| CreateUser {
            username: format!("nora{turn}"),
            name: name.into(),
            role: "nurse".into(),
            unit: None,
        };
        let (one, two) = tokio::join!(world.seat.perform(new("Nora Diaz")), other.perform(new("Nora Khan")));
        assert_eq!(usize::from(one.is_ok()) + usize::from(two.is_ok()), 1);
        let refused = one.err().or(two.err()).unwrap();
        let why = refused.fields.get("why").and_then(|why| why.as_str().map(str::to_owned));
        assert_eq!((refused.code, why.as_deref()), (Code::Invalid, Some("taken")));
    }
    let named = |row: &&UserRow| row.username.starts_with("nora");
    assert_eq!(world.seat.perform(ListUsers {}).await.unwrap().users.iter().filter(named).count(), 5);
}

#[tokio::test]
async fn a_new_nurse_chooses_her_password_waits_and_reads_once_a_colleague_has_compared_her_code() {
    let (mut world, anna) = with_anna().await;
    let made = hire(&mut world.seat, "nora", "nurse").await;
    world.seat.sign_in("nora", &password(&made.password)).await.unwrap();
    assert_eq!(refused(world.open(anna).await), Code::ChoosePassword);
    first_sign_in(&mut world.seat, &made).await;
    assert!(!choose_password(&world.seat));
    assert!(world.open(anna).await.is_err(), "she holds nothing yet");
    let code = code(&world.seat);
    assert_eq!(code.len(), 6);

    let mut other = world.another_seat().await;
    let wrong = format!("{:06}", (code.parse::<u32>().unwrap() + 1) % 1_000_000);
    assert_eq!(refused(confirm(&mut other, "osei", made.user, &wrong).await), Code::WrongCode);
    sign_in(&mut other, "osei").await;
    let requests = other.perform(ListRequests {}).await.unwrap().requests;
    let [only] = requests.as_slice() else { panic!("one waits") };
    assert_eq!((only.username.as_str(), only.ordered_by.as_str()), ("nora", "C. Adams"));
    assert_eq!(only.yours, ["front", "clinical"]);
    other.sign_out().await.unwrap();
    assert_eq!(confirm(&mut other, "osei", made.user, &format!("{} {}", &code[..3], &code[3..])).await, Ok(0));

    // Her seat sees it without her signing in again.
    world.seat.dispatch("seat", json!({})).await.unwrap();
    assert!(open(&world.seat).1.is_empty());
    let chart = world.open(anna).await.unwrap();
    assert!(chart.problems.is_some() && chart.insurance.is_none());
}

#[tokio::test]
async fn an_import_service_with_a_password_for_one_time_takes_nothing_in_though_its_keys_are_at_hand() {
    let (mut world, _) = with_anna().await;
    let made = hire(&mut world.seat, "imports", "import").await;
    world.seat.sign_in("imports", &password(&made.password)).await.unwrap();
    let code = code(&world.seat);
    let mut other = world.another_seat().await;
    assert_eq!(confirm(&mut other, "osei", made.user, &code).await, Ok(0));
    let bea = || resources("test", "bea", patient("Jones", "Bea", "1970-01-02"), vec![], &["main"]);
    let taken = world.seat.import(bea(), |_| ControlFlow::Continue(())).await;
    assert_eq!(refused(taken), Code::ChoosePassword);
    world.seat.change_password(ChangePassword { current: password(&made.password), new: password(OWN) }).await.unwrap();
    assert_eq!(world.seat.import(bea(), |_| ControlFlow::Continue(())).await.unwrap().patients, 1);
}

#[tokio::test]
async fn a_receptionist_gives_what_she_holds_and_a_nurse_the_rest() {
    let (mut world, anna) = with_anna().await;
    let made = hire(&mut world.seat, "nora", "nurse").await;
    first_sign_in(&mut world.seat, &made).await;
    let code = code(&world.seat);
    let mut other = world.another_seat().await;
    assert_eq!(confirm(&mut other, "lopez", made.user, &code).await, Ok(1));
    assert_eq!(refused(confirm(&mut other, "park", made.user, &code).await), Code::NotHeld);
    assert_eq!(confirm(&mut other, "kim", made.user, &code).await, Ok(0));
    assert_eq!(refused(confirm(&mut other, "kim", made.user, &code).await), Code::NotFound);
    assert!(world.open(anna).await.unwrap().problems.is_some());
}

#[tokio::test]
async fn an_administrator_alone_gives_nobody_access_himself_included() {
    let (mut world, anna) = with_anna().await;
    // He knows the password for one time, so he can sit there as the doctor he invented.
    let made = hire(&mut world.seat, "nobody", "doctor").await;
    first_sign_in(&mut world.seat, &made).await;
    let code = code(&world.seat);
    assert!(world.open(anna).await.is_err() && world.search("smith").await.is_err());
    assert_eq!(
        refused(world.seat.perform(ConfirmAccess { user: made.user, code: code.clone() }).await),
        Code::SamePerson
    );
    let mut other = world.another_seat().await;
    assert_eq!(refused(confirm(&mut other, "adams", made.user, &code).await), Code::NoRight);
    // Nor does he become a doctor himself, by his own hand or by that of an administrator he made.
    let adams = id(&mut other, "adams").await;
    sign_in(&mut other, "adams").await;
    assert_eq!(refused(other.perform(ChangeRole { user: adams, role: "doctor".into() }).await), Code::SamePerson);
    assert_eq!(refused(other.perform(OrderAccess { user: adams }).await), Code::SamePerson);
    let second = hire(&mut other, "second", "administrator").await;
    first_sign_in(&mut other, &second).await;
    other.perform(ChangeRole { user: adams, role: "doctor".into() }).await.unwrap();
    sign_in(&mut other, "adams").await;
    assert!(other.dispatch("open_chart", json!({ "patient": anna })).await.is_err());
    let code = open(&other).1[0].code.clone().unwrap();
    assert_eq!(refused(other.perform(ConfirmAccess { user: made.user, code }).await), Code::WrongCode);
}

#[tokio::test]
async fn a_deactivated_nurse_is_locked_out_at_the_next_thing_she_does_and_her_keys_are_due() {
    let (mut world, anna) = with_anna().await;
    world.sign_in("kim").await;
    world.open(anna).await.unwrap();
    let mut other = world.another_seat().await;
    let kim = id(&mut other, "kim").await;
    sign_in(&mut other, "adams").await;
    other.perform(SetActive { user: kim, active: false }).await.unwrap();
    assert_eq!(refused(world.open(anna).await), Code::Locked);
    let again = world.seat.sign_in("kim", &password(DEMO_PASSWORD)).await;
    assert_eq!(refused(again), Code::WrongSignIn);
    let stolen = Stolen::open(&world.home());
    assert_eq!(stolen.documents("rotations_due").len(), 2, "front and clinical");
    let grants = stolen.documents("grants");
    let hers =
        grants.iter().map(|stored| Grant::from_document(stored).unwrap()).filter(|one| one.ordered().user == kim);
    assert!(hers.into_iter().all(|grant| grant.state() == GrantState::Removed));
    // She comes back: everything is ordered anew, and waits.
    other.perform(SetActive { user: kim, active: true }).await.unwrap();
    world.sign_in("kim").await;
    assert!(world.open(anna).await.is_err());
    let code = code(&world.seat);
    assert_eq!(confirm(&mut other, "osei", kim, &code).await, Ok(0));
    world.open(anna).await.unwrap();
}

#[tokio::test]
async fn a_doctor_who_becomes_a_nurse_loses_what_nurses_do_not_read_and_keeps_the_rest() {
    let (mut world, anna) = with_anna().await;
    let mut other = world.another_seat().await;
    let osei = id(&mut other, "osei").await;
    world.sign_in("osei").await;
    assert!(world.open(anna).await.unwrap().insurance.is_some());
    sign_in(&mut other, "adams").await;
    other.perform(ChangeRole { user: osei, role: "nurse".into() }).await.unwrap();
    assert_eq!(refused(world.open(anna).await), Code::Locked);
    world.sign_in("osei").await;
    let chart = world.open(anna).await.unwrap();
    assert!(chart.problems.is_some() && chart.insurance.is_none());
    assert_eq!(Stolen::open(&world.home()).documents("rotations_due").len(), 2, "insurance and national id");
}

#[tokio::test]
async fn what_an_administrator_signed_stays_valid_when_he_leaves_even_the_founder() {
    let (mut world, anna) = with_anna().await;
    let second = hire(&mut world.seat, "second", "administrator").await;
    let made = hire(&mut world.seat, "nora", "nurse").await;
    let adams = id(&mut world.seat, "adams").await;
    first_sign_in(&mut world.seat, &second).await;
    world.seat.perform(SetActive { user: adams, active: false }).await.unwrap();
    world.seat.sign_out().await.unwrap();
    assert_eq!(refused(world.seat.sign_in("adams", &password(DEMO_PASSWORD)).await), Code::WrongSignIn);
    for user in ["osei", "kim", "lopez"] {
        world.sign_in(user).await;
        world.open(anna).await.unwrap();
    }
    // Nora, whom he had hired, can sign in; her access has to be ordered by somebody who is still there.
    first_sign_in(&mut world.seat, &made).await;
    let first = code(&world.seat);
    let mut other = world.another_seat().await;
    assert!(confirm(&mut other, "osei", made.user, &first).await.is_err());
    other.sign_in("second", &password(OWN)).await.unwrap();
    other.perform(OrderAccess { user: made.user }).await.unwrap();
    world.seat.dispatch("seat", json!({})).await.unwrap();
    let code = code(&world.seat);
    assert_eq!(confirm(&mut other, "osei", made.user, &code).await, Ok(0));
}

#[tokio::test]
async fn changing_ones_password_ends_ones_other_sessions_and_nobody_elses() {
    let (mut world, anna) = with_anna().await;
    let mut other = world.another_seat().await;
    let mut third = world.another_seat().await;
    world.sign_in("kim").await;
    sign_in(&mut other, "kim").await;
    sign_in(&mut third, "osei").await;
    let change = |current: &str, new: &str| ChangePassword { current: password(current), new: password(new) };
    assert_eq!(refused(world.seat.change_password(change("a wrong guess", OWN)).await), Code::WrongSignIn);
    for (weak, why) in [("short", "password_short"), ("passwordpassword", "password_common"), (DEMO_PASSWORD, "same")] {
        let failure = world.seat.change_password(change(DEMO_PASSWORD, weak)).await.err().unwrap();
        assert_eq!((failure.code, &failure.fields["why"]), (Code::Invalid, &json!(why)));
    }
    world.seat.change_password(change(DEMO_PASSWORD, OWN)).await.unwrap();
    world.open(anna).await.unwrap();
    assert_eq!(refused(other.dispatch("open_chart", json!({ "patient": anna })).await), Code::Locked);
    third.dispatch("open_chart", json!({ "patient": anna })).await.unwrap();
    assert_eq!(refused(other.sign_in("kim", &password(DEMO_PASSWORD)).await), Code::WrongSignIn);
    other.sign_in("kim", &password(OWN)).await.unwrap();
    world.open(anna).await.unwrap();
}

#[tokio::test]
async fn guessing_the_password_in_use_costs_what_failed_sign_ins_cost() {
    let mut world = World::new().await;
    world.sign_in("kim").await;
    let guess = || ChangePassword { current: password("not this one"), new: password(OWN) };
    for _ in 0..5 {
        assert_eq!(refused(world.seat.change_password(guess()).await), Code::WrongSignIn);
    }
    assert_eq!(refused(world.seat.change_password(guess()).await), Code::Wait);
    world.wait(Duration::from_secs(16));
    assert_eq!(refused(world.seat.change_password(guess()).await), Code::WrongSignIn);
}

#[tokio::test]
async fn a_forgotten_password_is_reset_by_an_administrator_and_opens_nothing_before_a_colleague_confirms() {
    let (mut world, anna) = with_anna().await;
    world.sign_in("osei").await;
    let added = json!({ "patient": anna, "problem": crate::clinic_day::problem("Asthma") });
    crate::world::write(&mut world.seat, "add_problem", added).await.unwrap();
    let mut other = world.another_seat().await;
    let osei = id(&mut other, "osei").await;
    sign_in(&mut other, "adams").await;
    let made = other.perform(ResetPassword { user: osei, compromised: false }).await.unwrap();
    assert_eq!(refused(world.open(anna).await), Code::Locked);
    assert_eq!(refused(world.seat.sign_in("osei", &password(DEMO_PASSWORD)).await), Code::WrongSignIn);
    first_sign_in(&mut world.seat, &made).await;
    assert!(world.open(anna).await.is_err());
    let code = code(&world.seat);
    // A nurse gives what nurses hold; the rest waits for a doctor or for the recovery shares.
    assert_eq!(confirm(&mut other, "kim", osei, &code).await, Ok(2));
    let chart = world.open(anna).await.unwrap();
    assert_eq!(chart.problems.unwrap().len(), 1);
    assert!(chart.insurance.is_none());
    assert!(Stolen::open(&world.home()).documents("rotations_due").is_empty());
    sign_in(&mut other, "adams").await;
    other.perform(ResetPassword { user: osei, compromised: true }).await.unwrap();
    assert_eq!(Stolen::open(&world.home()).documents("rotations_due").len(), 2, "what he held");
}

#[tokio::test]
async fn two_users_cannot_share_a_name_and_odd_entries_are_refused() {
    let mut world = World::new().await;
    world.sign_in("adams").await;
    let new = |username: &str, name: &str, role: &str| CreateUser {
        username: username.into(),
        name: name.into(),
        role: role.into(),
        unit: None,
    };
    let long = "x".repeat(33);
    for (odd, field) in [
        (new(" KIM ", "Other Kim", "nurse"), "username"),
        (new("a b", "Somebody", "nurse"), "username"),
        (new(&long, "Somebody", "nurse"), "username"),
        (new("nora", "", "nurse"), "name"),
        (new("nora", "Nora", "superuser"), "role"),
    ] {
        let failure = world.seat.perform(odd).await.err().unwrap();
        assert_eq!((failure.code, &failure.fields["field"]), (Code::Invalid, &json!(field)));
    }
    assert_eq!(world.seat.perform(ListUsers {}).await.unwrap().users.len(), 6);
}

#[tokio::test]
async fn the_list_says_who_holds_what_waits_for_what_and_was_last_here_when() {
    let mut world = World::new().await;
    world.sign_in("kim").await;
    world.seat.sign_out().await.unwrap();
    hire(&mut world.seat, "nora", "nurse").await;
    let users = users(&mut world.seat).await;
    let of = |name: &str| users.iter().find(|row| row.username == name).unwrap();
    assert_eq!(of("kim").holds, ["front", "clinical"]);
    assert_eq!(of("kim").last_sign_in, Some(crate::world::MORNING));
    assert!(of("nora").holds.is_empty() && of("nora").last_sign_in.is_none());
    assert_eq!(of("nora").waits_for.len(), 2);
}
