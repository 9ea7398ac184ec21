//! Instants as text: ISO 8601 in UTC, for documents and views. The day they fall on is the clinic's: `Desk::zone`.

use crate::clock::Timestamp;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

fn instant(at: Timestamp) -> Option<OffsetDateTime> {
    OffsetDateTime::from_unix_timestamp_nanos(i128::from(at.0) * 1_000_000).ok()
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

    #[test]
    fn an_instant_is_read_whatever_offset_it_is_written_with() {
        let evening = read("2026-11-23T00:30:00Z").unwrap();
        assert_eq!(read("2026-11-22T19:30:00-05:00"), Some(evening));
        assert_eq!((rfc3339(evening).as_str(), read("yesterday")), ("2026-11-23T00:30:00Z", None));
    }
}
