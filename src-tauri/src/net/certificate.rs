//! What a certificate says of itself: for whom, by whom, until when.

use crate::clock::Timestamp;
use x509_parser::prelude::{FromDer, X509Certificate};

const DAY: i64 = 86_400_000;

/// Days before a certificate's end at which it is warned of, and warned of again.
pub const CERTIFICATE_DAYS: (i64, i64) = (30, 7);

/// A certificate as a person can read it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    /// For whom.
    pub subject: String,
    /// Who signed it.
    pub issuer: String,
    /// From when.
    pub from: Timestamp,
    /// Until when.
    pub until: Timestamp,
}

/// How long a certificate still lasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Validity {
    /// Longer than anybody needs to think of.
    Fine,
    /// Less than 30 days: this many.
    Month(i64),
    /// Less than 7 days: this many.
    Week(i64),
    /// Over.
    Expired,
    /// Not yet.
    NotYet,
}

impl Certificate {
    /// Reads a certificate's DER form; `None` if it isn't one.
    #[must_use]
    pub fn read(der: &[u8]) -> Option<Self> {
        let (_, parsed) = X509Certificate::from_der(der).ok()?;
        let validity = parsed.validity();
        Some(Self {
            subject: name(parsed.subject()),
            issuer: name(parsed.issuer()),
            from: Timestamp(validity.not_before.timestamp() * 1000),
            until: Timestamp(validity.not_after.timestamp() * 1000),
        })
    }

    /// How long it still lasts.
    #[must_use]
    pub const fn validity(&self, now: Timestamp) -> Validity {
        let left = (self.until.0 - now.0).div_euclid(DAY);
        if now.0 < self.from.0 {
            Validity::NotYet
        } else if now.0 > self.until.0 {
            Validity::Expired
        } else if left < CERTIFICATE_DAYS.1 {
            Validity::Week(left)
        } else if left < CERTIFICATE_DAYS.0 {
            Validity::Month(left)
        } else {
            Validity::Fine
        }
    }
}

/// What is to be said about a certificate that doesn't last; nothing about one that does.
#[must_use]
pub fn ending(validity: Validity) -> Option<String> {
    match validity {
        Validity::Fine => None,
        Validity::Month(days) => Some(format!("ends in {days} days: have it renewed")),
        Validity::Week(days) => Some(format!("ends in {days} days: have it renewed NOW")),
        Validity::Expired => Some("has expired: nothing works with it".to_owned()),
        Validity::NotYet => Some("isn't valid yet: look at this machine's clock".to_owned()),
    }
}

/// The common name, or else the organization, or else everything.
fn name(of: &x509_parser::x509::X509Name<'_>) -> String {
    let common = of.iter_common_name().next().and_then(|one| one.as_str().ok());
    let organization = of.iter_organization().next().and_then(|one| one.as_str().ok());
    common.or(organization).map_or_else(|| of.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn until(days: i64) -> Validity {
        let end = Timestamp(100 * DAY);
        let one = Certificate { subject: "a".into(), issuer: "b".into(), from: Timestamp(10 * DAY), until: end };
        one.validity(Timestamp(end.0 - days * DAY))
    }

    #[test]
    fn it_is_warned_of_at_thirty_and_at_seven_days() {
        assert_eq!(until(31), Validity::Fine);
        assert_eq!(until(30), Validity::Fine);
        assert_eq!(until(29), Validity::Month(29));
        assert_eq!(until(7), Validity::Month(7));
        assert_eq!(until(6), Validity::Week(6));
        assert_eq!(until(0), Validity::Week(0));
        assert_eq!(until(-1), Validity::Expired);
        assert_eq!(until(95), Validity::NotYet);
    }
}
