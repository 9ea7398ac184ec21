use super::*;
use proptest::prelude::*;

const START: i64 = 1_775_000_000_000;

fn at(seconds: u64) -> Now {
    let wall = Timestamp(START + i64::try_from(seconds).unwrap() * 1000);
    Now { moment: Moment(Duration::from_secs(seconds)), wall }
}

fn person(number: u128, role: Role) -> Holder {
    Holder { user: Uuid::from_u128(number), role, name: "Dr. R. Osei".into(), initials: "R.O.".into() }
}

fn doctor() -> Holder {
    person(1, Role::Doctor)
}

fn nurse() -> Holder {
    person(2, Role::Nurse)
}

fn id(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

fn sit(holder: Holder, now: Now) -> Seat {
    let mut seat = Seat::default();
    let limits = Limits::for_role(holder.role);
    seat.sign_in(id(100), holder, limits, now).unwrap();
    seat
}

fn unlock(seat: &mut Seat, holder: Holder, now: Now) -> Result<Option<SessionRef>, SeatError> {
    let limits = Limits::for_role(holder.role);
    seat.unlock(id(200), holder, limits, now)
}

fn cause(seat: &Seat) -> Option<LockCause> {
    match seat {
        Seat::Locked(locked) => Some(locked.cause),
        Seat::Vacant | Seat::Open(_) => None,
    }
}

#[test]
fn a_doctor_who_walks_away_is_warned_and_then_locked_out_by_the_second() {
    let seat = sit(doctor(), at(0));
    let session = seat.session().unwrap();
    assert_eq!(session.blur_in(at(0)), Duration::from_secs(180));
    assert_eq!(session.warn_in(at(0)), Duration::from_secs(570));
    assert_eq!(session.lock_in(at(590)), Duration::from_secs(10));
    assert_eq!(seat.due(at(599)), None);
    assert_eq!(seat.due(at(600)), Some(LockCause::Idle));
}

#[test]
fn input_keeps_the_seat_until_the_cap_of_twelve_hours() {
    let mut seat = sit(doctor(), at(0));
    for minute in (5..720).step_by(5) {
        assert_eq!(seat.touch(at(minute * 60)), None);
    }
    assert_eq!(seat.touch(at(12 * 3600)), Some(LockCause::Cap));
    assert_eq!(cause(&seat), Some(LockCause::Cap));
}

#[test]
fn a_key_pressed_after_the_time_was_up_locks_and_does_not_save_the_session() {
    let mut seat = sit(doctor(), at(0));
    assert_eq!(seat.touch(at(601)), Some(LockCause::Idle));
    assert_eq!(cause(&seat), Some(LockCause::Idle));
    assert_eq!(seat.due(at(9999)), None);
}

#[test]
fn turning_the_wall_clock_back_does_not_lengthen_and_a_sleeping_monotonic_clock_does_not_either() {
    let mut seat = sit(doctor(), at(0));
    let turned_back = Now { wall: Timestamp(0), ..at(600) };
    assert_eq!(seat.due(turned_back), Some(LockCause::Idle));
    let woken = Now { moment: Moment(Duration::from_secs(1)), wall: at(3600).wall };
    assert_eq!(seat.due(woken), Some(LockCause::Idle));
    let far_back = |now| Now { wall: Timestamp(i64::MIN), ..now };
    assert_eq!(seat.touch(far_back(at(10))), None);
    assert_eq!(seat.due(far_back(at(610))), Some(LockCause::Idle));
}

#[test]
fn the_lock_says_why_since_when_and_after_how_long() {
    let mut seat = sit(doctor(), at(0));
    assert_eq!(seat.lock(LockCause::Manual, at(42)), Some(SessionRef { session: id(100), user: id(1) }));
    let Seat::Locked(locked) = &seat else { panic!("not locked") };
    assert_eq!((locked.cause, locked.since, locked.idle), (LockCause::Manual, at(42).wall, Duration::from_secs(42)));
    assert_eq!(locked.holder.initials, "R.O.");
    assert_eq!(seat.lock(LockCause::System, at(43)), None);
    assert_eq!(cause(&seat), Some(LockCause::Manual));
}

#[test]
fn the_holder_unlocks_into_the_same_session_and_its_cap_goes_on() {
    let mut seat = sit(doctor(), at(0));
    seat.lock(LockCause::Manual, at(60));
    assert_eq!(unlock(&mut seat, doctor(), at(11 * 3600)), Ok(None));
    assert_eq!(seat.session().unwrap().id, id(100));
    assert_eq!(seat.session().unwrap().lock_in(at(12 * 3600 - 5)), Duration::ZERO);
}

#[test]
fn after_the_cap_or_with_another_role_the_holder_gets_a_new_session() {
    let mut capped = sit(doctor(), at(0));
    capped.lock(LockCause::Manual, at(60));
    let ended = Ok(Some(SessionRef { session: id(100), user: id(1) }));
    assert_eq!(unlock(&mut capped, doctor(), at(12 * 3600)), ended);
    assert_eq!(capped.session().unwrap().id, id(200));

    let mut moved = sit(doctor(), at(0));
    moved.lock(LockCause::Manual, at(60));
    assert_eq!(unlock(&mut moved, person(1, Role::FrontDesk), at(61)), ended);
    assert_eq!(moved.session().unwrap().limits, Limits::for_role(Role::FrontDesk));
}

#[test]
fn a_nurse_cannot_unlock_the_doctors_session_but_may_take_the_seat() {
    let mut seat = sit(doctor(), at(0));
    let limits = Limits::for_role(Role::Nurse);
    assert_eq!(seat.take_over(id(200), nurse(), limits, at(1)), Err(SeatError::NotLocked));
    seat.lock(LockCause::Idle, at(600));
    assert_eq!(unlock(&mut seat, nurse(), at(601)), Err(SeatError::AnotherHolder));
    assert_eq!(cause(&seat), Some(LockCause::Idle));
    assert_eq!(seat.take_over(id(200), nurse(), limits, at(602)), Ok(SessionRef { session: id(100), user: id(1) }));
    assert_eq!(seat.session().unwrap().holder, nurse());
}

#[test]
fn nobody_signs_in_over_somebody_else() {
    let mut seat = sit(doctor(), at(0));
    assert_eq!(seat.sign_in(id(200), nurse(), Limits::for_role(Role::Nurse), at(1)), Err(SeatError::Taken));
    seat.lock(LockCause::Manual, at(2));
    assert_eq!(seat.sign_in(id(200), nurse(), Limits::for_role(Role::Nurse), at(3)), Err(SeatError::Taken));
    assert_eq!(seat.sign_out(), Some(SessionRef { session: id(100), user: id(1) }));
    assert_eq!(seat.sign_out(), None);
    assert_eq!(unlock(&mut seat, doctor(), at(4)), Err(SeatError::Vacant));
}

/// What may happen to a seat.
#[derive(Clone, Debug)]
enum Step {
    SignIn(bool),
    Touch,
    Tick,
    Lock,
    Unlock(bool),
    TakeOver(bool),
    SignOut,
    Pass(u64),
    TurnWall(i64),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        1 => any::<bool>().prop_map(Step::SignIn),
        4 => Just(Step::Touch),
        2 => Just(Step::Tick),
        1 => Just(Step::Lock),
        2 => any::<bool>().prop_map(Step::Unlock),
        1 => any::<bool>().prop_map(Step::TakeOver),
        1 => Just(Step::SignOut),
        6 => (0u64..700).prop_map(Step::Pass),
        1 => (-90_000i64..90_000).prop_map(Step::TurnWall),
    ]
}

/// The seat, the clocks, and when the open session was last certainly used, by the monotonic clock alone.
struct Walk {
    seat: Seat,
    now: Now,
    opened: Moment,
    touched: Moment,
    next: u128,
}

impl Walk {
    fn who(first: bool) -> Holder {
        if first { doctor() } else { nurse() }
    }

    fn sat_down(&mut self, fresh: bool) {
        self.touched = self.now.moment;
        if fresh {
            self.opened = self.now.moment;
        }
    }

    fn take(&mut self, step: &Step) {
        self.next += 1;
        let (fresh, now) = (id(self.next), self.now);
        match *step {
            Step::SignIn(first) => {
                let who = Self::who(first);
                let limits = Limits::for_role(who.role);
                if self.seat.sign_in(fresh, who, limits, now).is_ok() {
                    self.sat_down(true);
                }
            }
            Step::Touch => {
                if self.seat.touch(now).is_none() {
                    self.touched = now.moment;
                }
            }
            Step::Tick => {
                if let Some(cause) = self.seat.due(now) {
                    self.seat.lock(cause, now);
                }
            }
            Step::Lock => _ = self.seat.lock(LockCause::Manual, now),
            Step::Unlock(first) => {
                if let Ok(ended) = unlock(&mut self.seat, Self::who(first), now) {
                    self.sat_down(ended.is_some());
                }
            }
            Step::TakeOver(first) => {
                let who = Self::who(first);
                let limits = Limits::for_role(who.role);
                if self.seat.take_over(fresh, who, limits, now).is_ok() {
                    self.sat_down(true);
                }
            }
            Step::SignOut => _ = self.seat.sign_out(),
            Step::Pass(seconds) => {
                self.now.moment = Moment(now.moment.0 + Duration::from_secs(seconds));
                self.now.wall = Timestamp(now.wall.0 + i64::try_from(seconds).unwrap() * 1000);
            }
            Step::TurnWall(seconds) => self.now.wall = Timestamp(now.wall.0 + seconds * 1000),
        }
    }
}

proptest! {
    #[test]
    fn whatever_happens_no_session_is_usable_past_its_idle_time_or_its_cap(steps in prop::collection::vec(step(), 1..200)) {
        let now = at(0);
        let mut walk = Walk { seat: Seat::default(), now, opened: now.moment, touched: now.moment, next: 1000 };
        for step in &steps {
            let holder = walk.seat.session().map(|session| session.holder.user);
            walk.take(step);
            if let Some(session) = walk.seat.session() {
                let usable = session.due(walk.now).is_none();
                let idle = walk.now.moment.since(walk.touched);
                let lasted = walk.now.moment.since(walk.opened);
                prop_assert!(!usable || (idle < session.limits.idle && lasted < session.limits.cap));
                prop_assert!(holder.is_none_or(|user| user == session.holder.user));
            }
        }
    }
}
