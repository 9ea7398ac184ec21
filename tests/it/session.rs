//! A day at one seat, against a clock that is turned by hand.

use std::time::Duration;
use uuid::Uuid;
use wardseal::clock::{Clock, ManualClock, Timestamp};
use wardseal::policy::Role;
use wardseal::session::{Holder, Limits, LockCause, Now, Seat, Throttle, ThrottleRecord, Wait};

const MINUTE: Duration = Duration::from_mins(1);

fn holder(number: u128, role: Role, initials: &str) -> Holder {
    Holder { user: Uuid::from_u128(number), role, name: initials.into(), initials: initials.into() }
}

#[test]
fn the_receptionist_leaves_the_desk_and_the_nurse_takes_the_seat() {
    let clock = ManualClock::at(Timestamp(1_775_000_000_000));
    let mut seat = Seat::default();
    let (amy, ben) = (holder(1, Role::FrontDesk, "A.L."), holder(2, Role::Nurse, "B.K."));
    seat.sign_in(Uuid::from_u128(10), amy, Limits::for_role(Role::FrontDesk), Now::of(&clock)).unwrap();
    clock.advance(2 * MINUTE);
    assert_eq!(seat.touch(Now::of(&clock)), None);
    clock.advance(3 * MINUTE);
    let cause = seat.due(Now::of(&clock)).unwrap();
    assert_eq!(cause, LockCause::Idle);
    assert_eq!(seat.lock(cause, Now::of(&clock)).unwrap().session, Uuid::from_u128(10));
    let ended = seat.take_over(Uuid::from_u128(11), ben, Limits::for_role(Role::Nurse), Now::of(&clock)).unwrap();
    assert_eq!(ended.user, Uuid::from_u128(1));
    assert_eq!(seat.session().unwrap().holder.initials, "B.K.");
}

#[test]
fn turning_the_clock_back_at_the_workstation_keeps_nobody_signed_in() {
    let clock = ManualClock::at(Timestamp(1_775_000_000_000));
    let mut seat = Seat::default();
    let rae = holder(1, Role::Doctor, "R.O.");
    seat.sign_in(Uuid::from_u128(10), rae, Limits::for_role(Role::Doctor), Now::of(&clock)).unwrap();
    clock.advance(9 * MINUTE);
    clock.set_wall(Timestamp(0));
    clock.advance(MINUTE);
    assert_eq!(seat.due(Now::of(&clock)), Some(LockCause::Idle));
}

#[test]
fn a_guesser_who_restarts_and_turns_the_clock_still_waits() {
    let clock = ManualClock::at(Timestamp(1_775_000_000_000));
    let mut throttle = Throttle::resume(ThrottleRecord::default(), clock.moment());
    let alerts = (0..6).filter(|_| throttle.failed(clock.moment()).alert).count();
    assert_eq!(alerts, 1);
    clock.set_wall(Timestamp(1_975_000_000_000));
    let stored = serde_json::to_string(&throttle.record(clock.moment())).unwrap();

    let restarted = ManualClock::at(clock.wall());
    let throttle = Throttle::resume(serde_json::from_str(&stored).unwrap(), restarted.moment());
    assert_eq!(throttle.may_try(restarted.moment()), Err(Wait(Duration::from_secs(30))));
    restarted.advance(Duration::from_secs(30));
    assert_eq!(throttle.may_try(restarted.moment()), Ok(()));
}
