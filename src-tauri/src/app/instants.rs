//! Instants as text: ISO 8601 in UTC, for documents and views.

use crate::clock::Timestamp;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

fn instant(at: Timestamp) -> Option<OffsetDateTime> {
    OffsetDateTime::from_unix_timestamp_nanos(i128::from(at.0) * 1_000_000).ok()
}

/// The instant in RFC 3339, e.g. `2026-11-22T14:02:00Z`.
pub(super) fn rfc3339(at: Timestamp) -> String {
    instant(at).and_then(|at| at.format(&Rfc3339).ok()).unwrap_or_default()
}

/// The stored time of a document's last change, in RFC 3339.
pub(super) fn changed(raw: &bson::RawDocument) -> String {
    raw.get_datetime("upd").map(|at| rfc3339(Timestamp(at.timestamp_millis()))).unwrap_or_default()
}
