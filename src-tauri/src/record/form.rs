//! The number of a stored document's form, and who reads which: one version older and one newer (BK-08).
//!
//! A change of form goes in two steps. The version that brings it reads the old and the new form and writes the old one;
//! the next version writes the new one. A reader carries along what it doesn't know ([`carry`]), so that two versions at
//! work on one store lose nothing.

use bson::{Bson, Document};

/// The form this version writes.
pub const FORM: i64 = 1;

/// The field that a form other than the first is named by.
pub const FORM_FIELD: &str = "form";

/// Whether a document of that form is read: an older one, this one, the next one.
#[must_use]
pub const fn reads(form: i64) -> bool {
    form >= 1 && form <= FORM + 1
}

/// The form that a document names; the first one isn't named.
#[must_use]
pub fn form_of(document: &Document) -> i64 {
    document.get_i64(FORM_FIELD).unwrap_or(1)
}

/// Puts into `next` what `before` holds and this version doesn't know: what is missing in `known`, which is `before` as
/// this version reads and writes it again.
pub fn carry(before: &Document, known: &Document, next: &mut Document) {
    for (name, value) in before {
        match (value, known.get(name), next.get_mut(name)) {
            (_, None, None) => drop(next.insert(name, value.clone())),
            (Bson::Document(before), Some(Bson::Document(known)), Some(Bson::Document(next))) => {
                carry(before, known, next);
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bson::doc;

    #[test]
    fn what_a_newer_version_added_stays_and_what_was_removed_here_goes() {
        let before =
            doc! { "text": "Asthma", "note": "old", "severity": "mild", "of": { "a": 1, "new": 2 }, "form": 2_i64 };
        let known = doc! { "text": "Asthma", "note": "old", "of": { "a": 1 } };
        let mut next = doc! { "text": "Severe asthma", "of": { "a": 3 } };
        carry(&before, &known, &mut next);
        let expected = doc! {
            "text": "Severe asthma", "of": { "a": 3, "new": 2 }, "severity": "mild", "form": 2_i64,
        };
        assert_eq!(next, expected);
    }

    #[test]
    fn one_older_and_one_newer_form_are_read() {
        assert!(reads(1) && reads(FORM) && reads(FORM + 1) && !reads(FORM + 2) && !reads(0));
        assert_eq!(form_of(&doc! {}), 1);
    }
}
