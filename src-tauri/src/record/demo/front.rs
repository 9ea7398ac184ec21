//! Appointments: a day at the clinic for the first patients, as it stands at this hour; one to come for some of the
//! others; a few who wait for one.

use super::PROVIDERS;
use super::chart::{instant, iso};
use super::rng::Rng;
use crate::record::schedule::{CheckedIn, Times, Wish};
use crate::record::{Appointment, Content, Item};
use time::{Duration, OffsetDateTime};

/// A provider's day: begin, length and kind of each visit.
const DAY: [(i64, u32, &str); 16] = [
    (480, 30, "Follow-up"),
    (510, 30, "Same-day visit"),
    (540, 60, "New patient"),
    (600, 15, "Nurse visit"),
    (615, 15, "Nurse visit"),
    (630, 30, "Follow-up"),
    (660, 45, "Annual visit"),
    (705, 15, "Nurse visit"),
    (780, 30, "Follow-up"),
    (810, 60, "New patient"),
    (870, 30, "Same-day visit"),
    (900, 15, "Nurse visit"),
    (915, 45, "Annual visit"),
    (960, 30, "Follow-up"),
    (990, 15, "Nurse visit"),
    (1005, 15, "Nurse visit"),
];
const ROOMS: [&str; 4] = ["Room 1", "Room 2", "Room 3", "Room 4"];

pub(super) fn appointments(nth: usize, now: OffsetDateTime, rng: &mut Rng) -> Vec<Item> {
    let todays = DAY.len() * PROVIDERS.len();
    let today = (nth < todays).then(|| today(nth, now, rng));
    let later = (nth == 0 || rng.chance(300)).then(|| {
        let days = i64::from(rng.between(1, 12)) * 7 + i64::from(rng.below(5));
        booked(rng.pick(&PROVIDERS), now, days, rng.below(DAY.len() as u32) as usize)
    });
    let waits = (nth >= todays && rng.chance(25)).then(|| waiting(now, rng));
    today.into_iter().chain(later).chain(waits).map(|visit| item(visit, now)).collect()
}

/// Patient by patient round the providers; a step coprime to the visits spreads the first patients over the day.
fn today(nth: usize, now: OffsetDateTime, rng: &mut Rng) -> Appointment {
    let slot = (nth / PROVIDERS.len() * 5 + 5) % DAY.len();
    let at = nth % PROVIDERS.len();
    let mut visit = booked(PROVIDERS.get(at).copied().unwrap_or_default(), now, 0, slot);
    let (begins, length, _) = DAY[slot];
    let to_go = begins - i64::from(now.hour()) * 60 - i64::from(now.minute());
    let over = -i64::from(length);
    let states = match to_go {
        _ if rng.chance(40) => {
            return Appointment { status: "cancelled".into(), reason: Some("patient_asked".into()), ..visit };
        }
        to_go if to_go < over && rng.chance(60) => return Appointment { status: "noshow".into(), ..visit },
        to_go if to_go < over - 10 => 4,
        to_go if to_go < over => 3,
        ..-5 => 2,
        -5..15 => 1,
        _ => return visit,
    };
    come(&mut visit, states, now, (begins, nth));
    (visit.unit, visit.room) = (Some("main".into()), (states > 1).then(|| ROOMS[at].into()));
    visit
}

/// Takes a visit through so many states, each at a believable minute of the day.
fn come(visit: &mut Appointment, states: usize, now: OffsetDateTime, (begins, nth): (i64, usize)) {
    let (_, length, _) = DAY[(nth / PROVIDERS.len() * 5 + 5) % DAY.len()];
    let at = |minute: i64, state: usize| (states >= state).then(|| instant(now.date(), minute, now));
    let ends = begins + i64::from(length);
    visit.times =
        Times { arrived: at(begins - 15, 1), roomed: at(begins - 5, 2), seen: at(ends - 2, 3), out: at(ends + 3, 4) };
    visit.status = ["booked", "arrived", "roomed", "seen", "fulfilled"][states].to_owned();
    visit.token = Some(format!("{}{:02}", char::from(b'A' + (nth % 4) as u8), nth / 4 + 10));
    visit.check_in = Some(CheckedIn {
        identified_by: vec!["birth_date".into(), "phone".into()],
        insurance: "confirmed".into(),
        forms: vec!["privacy_notice".into()],
    });
}

fn booked(provider: &str, now: OffsetDateTime, days: i64, slot: usize) -> Appointment {
    let (begins, minutes, visit_type) = DAY[slot];
    Appointment {
        start: instant(now.date() + Duration::days(days), begins, now),
        minutes,
        provider: provider.to_owned(),
        visit_type: visit_type.to_owned(),
        status: "booked".to_owned(),
        ..Appointment::default()
    }
}

fn waiting(now: OffsetDateTime, rng: &mut Rng) -> Appointment {
    let (_, minutes, visit_type) = rng.pick(&DAY);
    let part = [None, Some("morning"), Some("afternoon")][rng.below(3) as usize];
    let wish = Wish {
        from: iso(now.date()),
        until: iso(now.date() + Duration::days(i64::from(rng.between(7, 28)))),
        part: part.map(str::to_owned),
        since: instant(now.date() - Duration::days(i64::from(rng.between(1, 9))), 600, now),
    };
    let provider = if rng.chance(500) { rng.pick(&PROVIDERS).to_owned() } else { String::new() };
    Appointment {
        minutes,
        provider,
        visit_type: visit_type.to_owned(),
        status: "waitlist".to_owned(),
        wish: Some(wish),
        ..Appointment::default()
    }
}

fn item(visit: Appointment, now: OffsetDateTime) -> Item {
    let mut item = Item::new(Content::Appointment(visit));
    item.recorded = Some(iso(now.date() - Duration::days(14)));
    item.author = Some("Front desk".to_owned());
    item
}
