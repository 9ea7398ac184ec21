//! Appointments: today's schedule for the first patients, one to come for some of the others.

use super::PROVIDERS;
use super::chart::{instant, iso};
use super::rng::Rng;
use crate::record::{Appointment, Content, Item};
use time::{Duration, OffsetDateTime};

/// Appointments of one provider in a day, 20 minutes each from eight o'clock.
const SLOTS: usize = 24;
const MINUTES: i64 = 20;
const VISIT_TYPES: [&str; 5] = ["Follow-up", "New problem", "Annual check", "Blood pressure check", "Results"];

pub(super) fn appointments(nth: usize, now: OffsetDateTime, rng: &mut Rng) -> Vec<Item> {
    let today = (nth < SLOTS * PROVIDERS.len()).then(|| today(nth, now, rng));
    let later = (nth == 0 || rng.chance(300)).then(|| {
        let slot = rng.below(SLOTS as u32) as usize;
        appointment(rng.pick(&PROVIDERS), now, i64::from(rng.between(7, 90)), slot, "booked", rng)
    });
    today.into_iter().chain(later).collect()
}

/// Patient by patient round the providers; a step coprime to the slots spreads the first patients over the day.
fn today(nth: usize, now: OffsetDateTime, rng: &mut Rng) -> Item {
    let slot = (nth / PROVIDERS.len() * 5 + 5) % SLOTS;
    let provider = PROVIDERS.get(nth % PROVIDERS.len()).copied().unwrap_or_default();
    let minutes_to_go = 8 * 60 + slot as i64 * MINUTES - i64::from(now.hour()) * 60 - i64::from(now.minute());
    let status = match minutes_to_go {
        ..-20 if rng.chance(60) => "noshow",
        ..-20 => "fulfilled",
        -20..15 => "arrived",
        _ => "booked",
    };
    appointment(provider, now, 0, slot, status, rng)
}

fn appointment(provider: &str, now: OffsetDateTime, days: i64, slot: usize, status: &str, rng: &mut Rng) -> Item {
    let day = now.date() + Duration::days(days);
    let mut item = Item::new(Content::Appointment(Appointment {
        start: instant(day, 8 * 60 + slot as i64 * MINUTES, now),
        minutes: MINUTES as u32,
        provider: provider.to_owned(),
        visit_type: rng.pick(&VISIT_TYPES).to_owned(),
        status: status.to_owned(),
    }));
    item.recorded = Some(iso(now.date() - Duration::days(14)));
    item.author = Some("Front desk".to_owned());
    item
}
