//! Instants as text: ISO 8601 in UTC, for documents and views; and the calendar day they fall on in the clinic.

use crate::clock::{Clock, Timestamp};
use crate::record::PartialDate;
use time::format_description::well_known::Rfc3339;
use time::{Duration, OffsetDateTime};

fn instant(at: Timestamp) -> Option<OffsetDateTime> {
    OffsetDateTime::from_unix_timestamp_nanos(i128::from(at.0) * 1_000_000).ok()
}

/// The calendar day of an instant, in the place where the clock hangs.
pub(super) fn day_of(at: Timestamp, clock: &dyn Clock) -> Option<PartialDate> {
    let date = (instant(at)? + Duration::seconds(i64::from(clock.ahead_of_utc(at)))).date();
    PartialDate::of_day(u16::try_from(date.year()).ok()?, date.month().into(), date.day()).ok()
}

/// The instant that a text in RFC 3339 names.
pub(super) fn read(text: &str) -> Option<Timestamp> {
    let at = OffsetDateTime::parse(text, &Rfc3339).ok()?.unix_timestamp_nanos() / 1_000_000;
    i64::try_from(at).ok().map(Timestamp)
}

/// The instant in RFC 3339, e.g. `2026-11-22T14:02:00Z`.
pub(super) fn rfc3339(at: Timestamp) -> String {
    instant(at).and_then(|at| at.format(&Rfc3339).ok()).unwrap_or_default()
}

/// The stored time of a document's last change, in RFC 3339.
pub(super) fn changed(raw: &bson::RawDocument) -> String {
    raw.get_datetime("upd").map(|at| rfc3339(Timestamp(at.timestamp_millis()))).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::ManualClock;

    #[test]
    fn an_evening_in_new_york_is_still_the_same_day() {
        let evening = read("2026-11-23T00:30:00Z").unwrap();
        let new_york = ManualClock::at(evening).in_place(-5 * 3600);
        assert_eq!(day_of(evening, &new_york).unwrap().to_string(), "2026-11-22");
        let kyoto = ManualClock::at(evening).in_place(9 * 3600);
        assert_eq!(day_of(evening, &kyoto).unwrap().to_string(), "2026-11-23");
        assert_eq!(read("2026-11-22T19:30:00-05:00"), Some(evening));
        assert_eq!(read("yesterday"), None);
    }
}
