//! [`Pace`]: how many records one person opens and how fast she searches at this workstation.

use crate::clock::Moment;
use std::time::Duration;
use uuid::Uuid;

/// More different patients than this within an hour make an alert.
pub const PATIENTS_AN_HOUR: usize = 100;
const HOUR: Duration = Duration::from_hours(1);
/// So many searches may come at once.
pub const SEARCHES_AT_ONCE: u32 = 90;
/// What one search takes of the time that has been saved up: two a second go on for ever.
const A_SEARCH: Duration = Duration::from_millis(500);

/// Of one person, from the start of the program; a lock or a sign-out doesn't begin it anew.
#[derive(Clone, Debug, Default)]
pub struct Pace {
    opened: Vec<(Uuid, Moment)>,
    alerted: Option<Moment>,
    /// How far the searches are ahead of the time they take, and as of when.
    ahead: Option<(Duration, Moment)>,
}

impl Pace {
    /// Notes that a patient's record was asked for. Whether this is one patient too many: once an hour.
    pub fn opened(&mut self, patient: Uuid, now: Moment) -> bool {
        self.opened.retain(|(one, at)| *one != patient && now.since(*at) < HOUR);
        self.opened.push((patient, now));
        let told = self.alerted.is_some_and(|at| now.since(at) < HOUR);
        let alert = self.opened.len() > PATIENTS_AN_HOUR && !told;
        if alert {
            self.alerted = Some(now);
        }
        alert
    }

    /// Notes a search, unless too many have come at once.
    ///
    /// # Errors
    /// How long to wait.
    pub fn searched(&mut self, now: Moment) -> Result<(), Duration> {
        let left = self.ahead.map_or(Duration::ZERO, |(ahead, at)| ahead.saturating_sub(now.since(at)));
        let ahead = left + A_SEARCH;
        let room = A_SEARCH * SEARCHES_AT_ONCE;
        if ahead > room {
            return Err(ahead - room);
        }
        self.ahead = Some((ahead, now));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> Moment {
        Moment(Duration::from_secs(seconds))
    }

    #[test]
    fn the_hundred_and_first_patient_within_an_hour_alerts_once() {
        let mut pace = Pace::default();
        let patients: Vec<Uuid> = (0..110).map(|_| Uuid::new_v4()).collect();
        let alerts: Vec<usize> = (0..110).filter(|nth| pace.opened(patients[*nth], at(*nth as u64))).collect();
        assert_eq!(alerts, [100]);
    }

    #[test]
    fn the_same_hundred_patients_all_day_and_a_hundred_an_hour_alert_nobody() {
        let mut pace = Pace::default();
        let same: Vec<Uuid> = (0..100).map(|_| Uuid::new_v4()).collect();
        assert!((0..2_000).all(|nth| !pace.opened(same[nth % 100], at(nth as u64))));
        let mut pace = Pace::default();
        assert!((0..500).all(|nth| !pace.opened(Uuid::new_v4(), at(36 * nth))));
    }

    #[test]
    fn a_loop_of_searches_is_slowed_and_somebody_who_types_is_not() {
        let mut pace = Pace::default();
        let passed = (0..1_000).filter(|_| pace.searched(at(10)).is_ok()).count();
        assert_eq!(passed, SEARCHES_AT_ONCE as usize);
        assert_eq!(pace.searched(at(10)), Err(A_SEARCH));
        assert!((11..600).all(|second| pace.searched(at(second)).is_ok() && pace.searched(at(second)).is_ok()));
    }
}
