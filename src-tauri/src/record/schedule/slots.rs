//! Free times, series of visits, and who on the waiting list would take a time that has become free.

use super::clash::{Taken, Wanted, clashes};
use super::site::{CELL, LONGEST_VISIT, Open, SiteSchedule};
use super::visit::Wish;
use super::zone::{Day, Millis, Zone, day_from, days_after};
use serde::{Deserialize, Serialize};

/// How far ahead free times are looked for unless somebody says otherwise.
pub const DAYS_AHEAD: u16 = 14;
/// The longest series.
pub const LONGEST_SERIES: u32 = 52;

/// A free time.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, ts_rs::TS)]
pub struct FreeSlot {
    /// Start, ISO instant with offset.
    pub start: String,
    /// The provider.
    pub provider: String,
}

/// The free times of these providers on some days from `from` on, in order of time.
#[must_use]
pub fn free_slots<P: PartialEq + Copy>(
    (site, zone): (&SiteSchedule, &Zone),
    providers: &[&str],
    (patient, minutes): (P, u32),
    (from, days): (Day, u16),
    (taken, now): (&[Taken<P>], Millis),
) -> Vec<FreeSlot> {
    let mut free = Vec::new();
    for day in (0..i64::from(days)).map(|days| days_after(from, days)) {
        let near: Vec<Taken<P>> = on_day(zone, day, taken);
        for start in starts(site, zone, day, minutes) {
            for provider in providers {
                let wanted = Wanted { provider, room: None, devices: &[], patient, start, minutes };
                if clashes(&wanted, (site, zone), &near, now).is_empty() {
                    free.push((start, FreeSlot { start: zone.written(start), provider: (*provider).to_owned() }));
                }
            }
        }
    }
    free.sort();
    free.into_iter().map(|(_, slot)| slot).collect()
}

fn on_day<P: Clone>(zone: &Zone, day: Day, taken: &[Taken<P>]) -> Vec<Taken<P>> {
    let (from, until) = zone.bounds(day);
    let near = taken.iter().filter(|one| one.from < until && from < one.until);
    near.cloned().collect()
}

/// Every quarter of an hour at which a visit fits into the opening hours; none where the clocks leave it out.
fn starts(site: &SiteSchedule, zone: &Zone, day: Day, minutes: u32) -> Vec<Millis> {
    let Open::At(hours) = site.open_on(day) else { return Vec::new() };
    let fits = hours.iter().flat_map(|open| {
        let last = u32::from(open.until).saturating_sub(minutes);
        (u32::from(open.from)..=last).filter(|minute| minute.is_multiple_of(CELL))
    });
    let minutes: std::collections::BTreeSet<u32> = fits.collect();
    minutes.into_iter().filter_map(|minute| zone.instant(day, u16::try_from(minute).ok()?).ok()).collect()
}

/// How a visit is repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ts_rs::TS)]
pub struct Repeat {
    /// Weeks between two.
    pub weeks: u32,
    /// How many in all.
    pub times: u32,
}

impl Repeat {
    /// Whether it is one.
    #[must_use]
    pub const fn is_sound(self) -> bool {
        self.weeks >= 1 && self.weeks <= 52 && self.times >= 1 && self.times <= LONGEST_SERIES
    }

    /// The days of a series: the same day of the week, and so the same time of day whatever the clocks do between.
    pub fn days(self, first: Day) -> impl Iterator<Item = Day> {
        (0..i64::from(self.times)).map(move |nth| days_after(first, nth * 7 * i64::from(self.weeks)))
    }
}

/// A time that has become free.
#[derive(Clone, Copy, Debug)]
pub struct Freed<'a> {
    /// Whose it was.
    pub provider: &'a str,
    /// Its start.
    pub start: Millis,
    /// Its length.
    pub minutes: u32,
}

impl Freed<'_> {
    /// Whether somebody who waits would take it. Shorter visits fit as well.
    #[must_use]
    pub fn suits(&self, wish: &Wish, (provider, minutes): (&str, u32), zone: &Zone) -> bool {
        let day = zone.day_of(self.start);
        let (Some(from), Some(until)) = (day_from(&wish.from), day_from(&wish.until)) else { return false };
        let part = match wish.part.as_deref() {
            Some("morning") => zone.minute_of(self.start) < 12 * 60,
            Some("afternoon") => zone.minute_of(self.start) >= 12 * 60,
            _ => true,
        };
        let anybody = provider.is_empty() || provider == self.provider;
        part && anybody && minutes <= self.minutes && from <= day && day <= until
    }
}

/// The quarters of an hour that a visit lies in, counted from 1970: what is claimed in the store.
#[must_use]
pub fn cells(start: Millis, minutes: u32) -> Vec<i64> {
    let cell = i64::from(CELL) * 60_000;
    let until = start + i64::from(minutes.min(LONGEST_VISIT)) * 60_000;
    (start.div_euclid(cell)..=(until - 1).max(start).div_euclid(cell)).collect()
}

#[cfg(test)]
mod tests {
    use super::super::clash::tests::clinic;
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;

    fn free(from: Day, days: u16, minutes: u32, taken: &[Taken<u8>]) -> Vec<FreeSlot> {
        let (site, zone) = clinic();
        let now = zone.instant(from, 0).unwrap_or_default();
        free_slots((&site, &zone), &["Osei", "Kowalska"], (1, minutes), (from, days), (taken, now))
    }

    #[test]
    fn two_weeks_of_free_times_leave_out_holidays_absences_and_weekends() {
        let free = free(date(2026, 11, 23), DAYS_AHEAD, 30, &[]);
        let on = |day: &str, provider: &str| {
            free.iter().filter(|slot| slot.start.starts_with(day) && slot.provider == provider).count()
        };
        assert_eq!((on("2026-11-23", "Osei"), on("2026-11-23", "Kowalska")), (30, 30));
        assert_eq!((on("2026-11-25", "Osei"), on("2026-11-25", "Kowalska")), (0, 30), "away");
        assert_eq!((on("2026-11-26", "Osei"), on("2026-11-28", "Kowalska")), (0, 0), "holiday, Saturday");
        assert_eq!(on("2026-12-04", "Osei"), 30);
        assert!(free.is_sorted_by_key(|slot| &slot.start[..19]));
    }

    #[test]
    fn a_taken_time_is_not_free_and_what_touches_it_is() {
        let (_, zone) = clinic();
        let nine = zone.instant(date(2026, 11, 23), 540).unwrap();
        let taken = Taken {
            provider: "Osei".into(),
            room: None,
            devices: Vec::new(),
            patient: 2,
            from: nine,
            until: nine + 1_800_000,
        };
        let free = free(date(2026, 11, 23), 1, 30, &[taken]);
        let osei: Vec<&str> =
            free.iter().filter(|slot| slot.provider == "Osei").map(|slot| &slot.start[11..16]).collect();
        assert!(osei.contains(&"08:30") && osei.contains(&"09:30"));
        assert!(!osei.contains(&"08:45") && !osei.contains(&"09:00") && !osei.contains(&"09:15"));
    }

    #[test]
    fn a_series_keeps_its_time_of_day_over_the_end_of_summer_time() {
        let (_, zone) = clinic();
        let days: Vec<Day> = Repeat { weeks: 1, times: 3 }.days(date(2026, 10, 26)).collect();
        let starts: Vec<String> = days.iter().map(|day| zone.written(zone.instant(*day, 540).unwrap())).collect();
        assert_eq!(starts, ["2026-10-26T09:00:00-04:00", "2026-11-02T09:00:00-05:00", "2026-11-09T09:00:00-05:00"]);
        assert!(!Repeat { weeks: 0, times: 3 }.is_sound() && !Repeat { weeks: 1, times: 53 }.is_sound());
    }

    #[test]
    fn a_clinic_that_works_through_the_night_of_the_change_offers_no_time_that_does_not_exist() {
        let (mut site, zone) = clinic();
        site.hours = vec![vec![super::super::site::Hours { from: 0, until: 1440 }]; 7];
        let night = date(2026, 3, 8);
        let (from, until) = zone.bounds(night);
        let all = free_slots((&site, &zone), &["Osei"], (1, 15), (night, 1), (&[], from));
        assert_eq!(all.len(), 23 * 4);
        assert!(all.iter().all(|slot| !slot.start.contains("T02:")));
        assert!(all.iter().all(|slot| (from..until).contains(&super::super::zone::instant_of(&slot.start).unwrap())));
    }

    #[test]
    fn whoever_waits_is_offered_what_suits_and_nothing_else() {
        let (_, zone) = clinic();
        let start = zone.instant(date(2026, 11, 24), 14 * 60).unwrap();
        let freed = Freed { provider: "Osei", start, minutes: 30 };
        let wish = |from: &str, until: &str, part: Option<&str>| Wish {
            from: from.into(),
            until: until.into(),
            part: part.map(str::to_owned),
            since: String::new(),
        };
        let all_week = wish("2026-11-23", "2026-11-27", None);
        assert!(freed.suits(&all_week, ("", 30), &zone) && freed.suits(&all_week, ("Osei", 15), &zone));
        assert!(!freed.suits(&all_week, ("Kowalska", 30), &zone) && !freed.suits(&all_week, ("", 45), &zone));
        assert!(freed.suits(&wish("2026-11-24", "2026-11-24", Some("afternoon")), ("", 30), &zone));
        assert!(!freed.suits(&wish("2026-11-24", "2026-11-24", Some("morning")), ("", 30), &zone));
        assert!(!freed.suits(&wish("2026-11-25", "2026-11-27", None), ("", 30), &zone));
    }

    proptest! {
        #[test]
        fn two_visits_share_a_cell_whenever_they_share_a_minute(a in 0_i64..500, b in 0_i64..500, m in 1_u32..240, n in 1_u32..240) {
            let (first, second) = (cells(a * 60_000, m), cells(b * 60_000, n));
            let overlap = a < b + i64::from(n) && b < a + i64::from(m);
            let shared = first.iter().any(|cell| second.contains(cell));
            prop_assert!(!overlap || shared);
        }

        #[test]
        fn visits_on_the_grid_share_a_cell_exactly_when_they_overlap(a in 0_i64..40, b in 0_i64..40, m in 1_u32..16, n in 1_u32..16) {
            let (first, second) = (cells(a * 900_000, m * 15), cells(b * 900_000, n * 15));
            let overlap = a < b + i64::from(n) && b < a + i64::from(m);
            prop_assert_eq!(first.iter().any(|cell| second.contains(cell)), overlap);
            prop_assert_eq!(first.len(), m as usize);
        }

        #[test]
        fn a_free_time_clashes_with_nothing(begins in prop::collection::vec((0_i64..36, 1_i64..8), 0..12)) {
            let (site, zone) = clinic();
            let eight = zone.instant(date(2026, 11, 23), 480).unwrap();
            let taken: Vec<Taken<u8>> = begins.iter().map(|(from, cells)| {
                let from = eight + from * 900_000;
                let (provider, until) = ("Osei".into(), from + cells * 900_000);
                Taken { provider, room: None, devices: Vec::new(), patient: 2, from, until }
            }).collect();
            for slot in free(date(2026, 11, 23), 1, 30, &taken).iter().filter(|slot| slot.provider == "Osei") {
                let start = super::super::zone::instant_of(&slot.start).unwrap();
                let wanted = Wanted { provider: "Osei", room: None, devices: &[], patient: 1, start, minutes: 30 };
                prop_assert!(clashes(&wanted, (&site, &zone), &taken, eight).is_empty());
            }
        }
    }
}
