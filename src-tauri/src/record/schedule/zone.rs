//! The place where the clinic is: its calendar days, its hours of the day, with the real rules of its time zone.

use crate::record::PartialDate;
use jiff::civil::Date;
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{Timestamp, ToSpan};
use thiserror::Error;

/// A calendar day of the clinic.
pub type Day = Date;

/// A time zone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Zone(TimeZone);

/// There is no such time on that day: the clocks are put forward over it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("there is no such time on that day")]
pub struct NoSuchTime;

/// Instants are milliseconds since 1970-01-01T00:00Z, as everywhere in the house.
pub type Millis = i64;

impl Zone {
    /// The zone of this IANA name, such as `America/New_York`; `None` if this machine knows none.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        TimeZone::get(name).ok().map(Self)
    }

    /// A zone as the system or a clock knows it.
    #[must_use]
    pub const fn of(rules: TimeZone) -> Self {
        Self(rules)
    }

    /// The day on which an instant falls here.
    #[must_use]
    pub fn day_of(&self, at: Millis) -> Day {
        self.0.to_datetime(timestamp(at)).date()
    }

    /// Minutes since midnight, by the clock on the wall.
    #[must_use]
    pub fn minute_of(&self, at: Millis) -> u16 {
        let time = self.0.to_datetime(timestamp(at)).time();
        u16::try_from(i32::from(time.hour()) * 60 + i32::from(time.minute())).unwrap_or_default()
    }

    /// The instant at which the clock on the wall shows this minute. Where it shows it twice, the first time.
    ///
    /// # Errors
    /// [`NoSuchTime`] where it never does.
    pub fn instant(&self, day: Day, minute: u16) -> Result<Millis, NoSuchTime> {
        let (days, minute) = (i64::from(minute / 1440), minute % 1440);
        let day = day.checked_add(days.days()).map_err(|_| NoSuchTime)?;
        let hour = i8::try_from(minute / 60).map_err(|_| NoSuchTime)?;
        let minute = i8::try_from(minute % 60).map_err(|_| NoSuchTime)?;
        let found = self.0.to_ambiguous_timestamp(day.at(hour, minute, 0, 0));
        if matches!(found.offset(), AmbiguousOffset::Gap { .. }) {
            return Err(NoSuchTime);
        }
        found.earlier().map(Timestamp::as_millisecond).map_err(|_| NoSuchTime)
    }

    /// The first instant of a day and that of the next one: 23 to 25 hours.
    #[must_use]
    pub fn bounds(&self, day: Day) -> (Millis, Millis) {
        let begin = |day: Day| {
            let begin = self.0.to_ambiguous_timestamp(day.at(0, 0, 0, 0)).compatible();
            begin.map_or(0, Timestamp::as_millisecond)
        };
        (begin(day), begin(day.tomorrow().unwrap_or(day)))
    }

    /// The instant as stored: RFC 3339 with this place's offset.
    #[must_use]
    pub fn written(&self, at: Millis) -> String {
        let at = timestamp(at);
        at.display_with_offset(self.0.to_offset(at)).to_string()
    }
}

/// The instant that a text in RFC 3339 names.
#[must_use]
pub fn instant_of(text: &str) -> Option<Millis> {
    text.parse::<Timestamp>().ok().map(Timestamp::as_millisecond)
}

/// Days from one to another; below nothing when the other lies before it.
#[must_use]
pub fn days_between(from: Day, until: Day) -> i64 {
    from.until(until).map_or(0, |span| i64::from(span.get_days()))
}

/// A day from `YYYY-MM-DD`, and nothing else.
#[must_use]
pub fn day_from(text: &str) -> Option<Day> {
    let whole: PartialDate = text.parse().ok()?;
    Day::new(i16::try_from(whole.year()).ok()?, whole.month()?.try_into().ok()?, whole.day()?.try_into().ok()?).ok()
}

/// A day so many days later or, with less than nothing, earlier.
#[must_use]
pub fn days_after(day: Day, days: i64) -> Day {
    day.checked_add(days.days()).unwrap_or(day)
}

/// The days on which an interval falls in UTC: what appointments are filed under in the store, wherever the clinic is.
#[must_use]
pub fn utc_days(from: Millis, until: Millis) -> Vec<Day> {
    let utc = Zone(TimeZone::UTC);
    let (mut day, last) = (utc.day_of(from), utc.day_of(until.max(from + 1) - 1));
    let mut days = vec![day];
    while day < last {
        day = days_after(day, 1);
        days.push(day);
    }
    days
}

fn timestamp(at: Millis) -> Timestamp {
    Timestamp::from_millisecond(at).unwrap_or(Timestamp::UNIX_EPOCH)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;

    fn new_york() -> Zone {
        Zone::named("America/New_York").unwrap()
    }

    #[test]
    fn an_evening_in_new_york_is_still_the_same_day() {
        let evening = instant_of("2026-11-23T00:30:00Z").unwrap();
        assert_eq!(new_york().day_of(evening), date(2026, 11, 22));
        assert_eq!(Zone::named("Asia/Tokyo").unwrap().day_of(evening), date(2026, 11, 23));
        assert_eq!(new_york().minute_of(evening), 19 * 60 + 30);
        assert_eq!(new_york().written(evening), "2026-11-22T19:30:00-05:00");
    }

    #[test]
    fn the_night_the_clocks_go_forward_has_no_half_past_two_and_23_hours() {
        let night = date(2026, 3, 8);
        assert_eq!(new_york().instant(night, 150), Err(NoSuchTime));
        let (from, until) = new_york().bounds(night);
        assert_eq!((until - from) / 3_600_000, 23);
        let nine = new_york().instant(night, 540).unwrap();
        assert_eq!(new_york().written(nine), "2026-03-08T09:00:00-04:00");
    }

    #[test]
    fn the_night_the_clocks_go_back_has_half_past_one_twice_and_the_first_is_meant() {
        let night = date(2026, 11, 1);
        let half_past_one = new_york().instant(night, 90).unwrap();
        assert_eq!(new_york().written(half_past_one), "2026-11-01T01:30:00-04:00");
        let (from, until) = new_york().bounds(night);
        assert_eq!((until - from) / 3_600_000, 25);
        assert_eq!(new_york().day_of(until - 1), night);
    }

    #[test]
    fn where_midnight_is_left_out_the_day_begins_later() {
        let cairo = Zone::named("Africa/Cairo").unwrap();
        let day = date(2026, 4, 24);
        assert_eq!(cairo.instant(day, 0), Err(NoSuchTime));
        let (from, until) = cairo.bounds(day);
        assert_eq!((cairo.day_of(from), cairo.minute_of(from), (until - from) / 3_600_000), (day, 60, 23));
    }

    #[test]
    fn a_clinic_day_touches_one_or_two_days_of_the_store() {
        let (from, until) = new_york().bounds(date(2026, 11, 23));
        assert_eq!(utc_days(from, until), [date(2026, 11, 23), date(2026, 11, 24)]);
        assert_eq!(utc_days(from, from), [date(2026, 11, 23)]);
    }

    #[test]
    fn only_whole_days_are_days() {
        assert_eq!(day_from("2026-11-23"), Some(date(2026, 11, 23)));
        assert_eq!([day_from("2026-11"), day_from("2026-02-30"), day_from("tomorrow")], [None; 3]);
    }

    proptest! {
        #[test]
        fn a_minute_of_a_day_comes_back_from_its_instant(days in 0_i64..4_000, minute in 0_u16..1_440, zone in 0_usize..4) {
            let zone = Zone::named(["America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "Asia/Kathmandu"][zone]).unwrap();
            let day = days_after(date(2020, 1, 1), days);
            if let Ok(at) = zone.instant(day, minute) {
                prop_assert_eq!((zone.day_of(at), zone.minute_of(at)), (day, minute));
                prop_assert_eq!(instant_of(&zone.written(at)), Some(at));
                let (from, until) = zone.bounds(day);
                prop_assert!(from <= at && at < until);
            }
        }

        #[test]
        fn days_follow_each_other_without_a_hole(days in 0_i64..4_000) {
            let day = days_after(date(2020, 1, 1), days);
            prop_assert_eq!(new_york().bounds(day).1, new_york().bounds(days_after(day, 1)).0);
        }
    }
}
