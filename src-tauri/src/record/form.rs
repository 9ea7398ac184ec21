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
            (Bson::Array(before), Some(Bson::Array(known)), Some(Bson::Array(next))) => {
                carry_list(before, known, next);
            }
            _ => {}
        }
    }
}

/// Fields that say which one of a list it is, whatever else changes.
const NAMED_BY: [&str; 3] = ["_id", "id", "key"];

/// Entries of a list keep what they held: those that stand as they were read, wherever they stand now, and those that are
/// named. Any other that was changed is a new one: what was said of another entry is never said of it.
fn carry_list(before: &[Bson], known: &[Bson], next: &mut [Bson]) {
    if before.len() != known.len() {
        return;
    }
    let mut left: Vec<(&Bson, &Bson)> = before.iter().zip(known).collect();
    for entry in next {
        let Some(place) = left.iter().position(|(_, known)| is_same(known, entry)) else { continue };
        let (before, known) = left.remove(place);
        if let (Bson::Document(before), Bson::Document(known), Bson::Document(entry)) = (before, known, entry) {
            carry(before, known, entry);
        }
    }
}

fn is_same(known: &Bson, next: &Bson) -> bool {
    let (Bson::Document(known), Bson::Document(next)) = (known, next) else { return known == next };
    let named = |name: &&str| known.get(name).is_some_and(|id| next.get(name) == Some(id));
    known == next || NAMED_BY.iter().any(named)
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
    fn an_entry_of_a_list_keeps_what_it_held_and_gives_it_to_no_other() {
        let entry = |number: &str, more: Document| {
            let mut entry = doc! { "number": number };
            entry.extend(more);
            Bson::Document(entry)
        };
        let (home, work) = (doc! { "verified": true }, doc! { "verified": false });
        let before = doc! { "phones": [entry("1", home.clone()), entry("2", work.clone())] };
        let known = doc! { "phones": [entry("1", doc! {}), entry("2", doc! {})] };
        let mut next = doc! { "phones": [entry("2", doc! {}), entry("3", doc! {})] };
        carry(&before, &known, &mut next);
        assert_eq!(next, doc! { "phones": [entry("2", work), entry("3", doc! {})] });

        let before = doc! { "keys": [{ "key": 1, "epoch": 1, "usage": "x" }, { "key": 2, "epoch": 1 }] };
        let known = doc! { "keys": [{ "key": 1, "epoch": 1 }, { "key": 2, "epoch": 1 }] };
        let mut next = doc! { "keys": [{ "key": 2, "epoch": 1 }, { "key": 1, "epoch": 2 }, { "key": 3, "epoch": 1 }] };
        carry(&before, &known, &mut next);
        let expected = doc! {
            "keys": [{ "key": 2, "epoch": 1 }, { "key": 1, "epoch": 2, "usage": "x" }, { "key": 3, "epoch": 1 }],
        };
        assert_eq!(next, expected);
    }

    #[test]
    fn one_older_and_one_newer_form_are_read() {
        assert!(reads(1) && reads(FORM) && reads(FORM + 1) && !reads(FORM + 2) && !reads(0));
        assert_eq!(form_of(&doc! {}), 1);
    }
}
