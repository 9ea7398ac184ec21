//! The week of twelve providers as the desk sees it, beside opening the same sealed visits and nothing else.

use crate::chart::Bare;
use crate::clinic::{CHEAP, Clinic};
use crate::figures::Figures;
use std::hint::black_box;
use std::ops::ControlFlow;
use time::format_description::well_known::Rfc3339;
use time::{Duration, OffsetDateTime};
use wardseal::app::demo_clinic::{MAIN_UNIT, resources};
use wardseal::app::schedule::{SetSchedule, ShowSchedule};
use wardseal::clock::{Clock as _, SystemClock};
use wardseal::record::demo::demo_clinic;
use wardseal::record::schedule::{Provider, SiteSchedule};
use wardseal::record::{Appointment, Content, Item};

const PROVIDERS: usize = 12;
/// Half hours of a day.
const VISITS_A_DAY: usize = 12;
const DAYS: usize = 5;
const ROUNDS: usize = 15;

/// Shows the week and opens its bare visits in turn.
pub async fn run(figures: &mut Figures) {
    let visits = visits();
    let bare = Bare::seal(&visits);
    let mut clinic = Clinic::new(CHEAP).await;
    let shown = visits.len();
    fill(&mut clinic, visits).await;
    clinic.sign_in("lopez").await;
    let week = async || {
        let page = clinic.seat.perform(ShowSchedule { from: None, days: 7 }).await.unwrap();
        assert_eq!((page.visits.len(), page.providers.len(), page.damaged), (shown, PROVIDERS, 0));
        black_box(page);
    };
    let (week, alone) = figures.medians(ROUNDS, week, async || bare.open()).await;
    figures.count("week_visits", shown);
    figures.seconds("week_s", week);
    figures.ratio("week_over_decrypting_visits", week, alone);
}

/// Five full days from today on, every half hour with every provider.
fn visits() -> Vec<Item> {
    let now = OffsetDateTime::from_unix_timestamp(SystemClock::start().wall().0 / 1_000).unwrap();
    let midnight = now.replace_time(time::Time::MIDNIGHT);
    let at = |nth: usize| {
        let (day, slot) = (nth / (VISITS_A_DAY * PROVIDERS), nth / PROVIDERS % VISITS_A_DAY);
        let start = midnight + Duration::days(day as i64) + Duration::minutes(480 + 30 * slot as i64);
        Item::new(Content::Appointment(Appointment {
            start: start.format(&Rfc3339).unwrap(),
            minutes: 30,
            provider: name(nth % PROVIDERS),
            visit_type: "Follow-up".into(),
            status: "booked".into(),
            ..Appointment::default()
        }))
    };
    (0..PROVIDERS * VISITS_A_DAY * DAYS).map(at).collect()
}

fn name(nth: usize) -> String {
    format!("Dr. N{nth}")
}

/// A patient for each visit.
async fn fill(clinic: &mut Clinic, visits: Vec<Item>) {
    clinic.sign_in("import").await;
    let people = demo_clinic(visits.len(), 1, OffsetDateTime::UNIX_EPOCH);
    let incoming = people
        .zip(visits)
        .enumerate()
        .flat_map(|(nth, (one, visit))| resources("bench", &nth.to_string(), one.record, vec![visit], &[MAIN_UNIT]));
    clinic.seat.import(incoming.collect::<Vec<_>>(), |_| ControlFlow::Continue(())).await.unwrap();
    clinic.sign_in("adams").await;
    let provider = |nth| Provider { name: name(nth), user: None, unit: Some(MAIN_UNIT.into()) };
    let usual = SiteSchedule { zone: Some("UTC".into()), ..SiteSchedule::default() };
    let schedule = SiteSchedule { providers: (0..PROVIDERS).map(provider).collect(), ..usual };
    clinic.seat.perform(SetSchedule { version: 0, schedule: Some(schedule) }).await.unwrap();
}
