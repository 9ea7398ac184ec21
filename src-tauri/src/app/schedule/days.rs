//! How visits are found by their day without opening any: each stands in the store under its day in UTC, encrypted so
//! that equal days look equal. Wishes of the waiting list stand under a word of their own.

use super::super::desk::Desk;
use super::super::error::{Code, Failure};
use crate::crypt::section::data_key_name;
use crate::crypt::{Encryption, KeyName};
use crate::keys::DataKey;
use crate::record::schedule::{Appointment, Day, Millis, VisitStatus, day_from, utc_days};
use crate::record::{Compartment, Content, Item};
use bson::spec::BinarySubtype;
use bson::{Binary, Bson, RawBinaryRef, RawBson, RawBsonRef, rawdoc};
use std::collections::BTreeSet;
use uuid::Uuid;

/// What a wish stands under.
const WAITING: &str = "waiting";

/// The data key of the days; `None` for whoever doesn't hold the compartment.
fn purpose() -> String {
    data_key_name(Compartment::Front)
}

impl Desk<'_> {
    /// What an item is to be found by; nothing for all that aren't visits.
    pub(in crate::app) fn day_of_item(&self, item: &Item) -> Result<Option<Binary>, Failure> {
        let Content::Appointment(visit) = &item.content else { return Ok(None) };
        if item.sensitive || self.keys.key_id(&purpose()).is_none() {
            return Ok(None);
        }
        stands_under(visit).map(|word| self.encrypted_day(&word, &Encryption::deterministic(&purpose()))).transpose()
    }

    fn encrypted_day(&self, word: &str, how: &Encryption<'_>) -> Result<Binary, Failure> {
        Ok(self.keys.crypt.encrypt(RawBsonRef::String(word), how)?)
    }

    /// What visits of these instants are stored under: under the present key, and under old ones while they are replaced.
    pub(in crate::app) fn days_between(&self, from: Millis, until: Millis) -> Result<Vec<Bson>, Failure> {
        let words: BTreeSet<String> = utc_days(from, until).iter().map(Day::to_string).collect();
        self.stored_under(words.iter().map(String::as_str))
    }

    /// What wishes are stored under.
    pub(in crate::app) fn days_of_wishes(&self) -> Result<Vec<Bson>, Failure> {
        self.stored_under([WAITING])
    }

    pub(super) fn stored_under<'w>(&self, words: impl IntoIterator<Item = &'w str>) -> Result<Vec<Bson>, Failure> {
        let keys: Vec<Uuid> = self.keys_of_days().map(|key| key.key).collect();
        let mut stored = Vec::new();
        for word in words {
            for key in &keys {
                let how = Encryption { key: KeyName::Id(*key), ..Encryption::deterministic("") };
                stored.push(Bson::Binary(self.encrypted_day(word, &how)?));
            }
        }
        if stored.is_empty() { Err(Code::KeysDamaged.bare()) } else { Ok(stored) }
    }

    /// Every key of the days that is in use, the newest last.
    pub(super) fn keys_of_days(&self) -> impl Iterator<Item = &DataKey> {
        let mut keys: Vec<&DataKey> = self
            .keys
            .manifest
            .keys()
            .iter()
            .filter(|key| key.purpose == purpose() && self.keys.ring.name_of(key.key).is_some())
            .collect();
        keys.sort_by_key(|key| key.generation);
        keys.into_iter()
    }

    /// A stored day under the present key; `None` if it stands under none of the old ones.
    pub(in crate::app) fn day_anew(
        &self,
        old: &BTreeSet<Uuid>,
        stored: RawBinaryRef<'_>,
    ) -> Result<Option<Binary>, Failure> {
        let under = stored.bytes.get(1..17).and_then(|id| Uuid::from_slice(id).ok());
        if stored.subtype != BinarySubtype::Encrypted || !under.is_some_and(|id| old.contains(&id)) {
            return Ok(None);
        }
        let word = self.keys.crypt.decrypt(&rawdoc! { "v": RawBson::from(stored.to_binary()) })?;
        let word = word.get_str("v").map_err(|_| Code::Damaged.bare())?;
        self.encrypted_day(word, &Encryption::deterministic(&purpose())).map(Some)
    }

    /// Whether a stored visit stands where it is looked for.
    pub(in crate::app) fn stands_right(&self, item: &Item, stored: &bson::RawDocument) -> bool {
        let Content::Appointment(visit) = &item.content else { return true };
        let expected = stands_under(visit).filter(|_| !item.sensitive);
        let word = stored
            .get_binary("day")
            .ok()
            .map(|day| self.keys.crypt.decrypt(&rawdoc! { "v": RawBson::from(day.to_binary()) }));
        match (expected, word) {
            (None, None) => true,
            (Some(expected), Some(Ok(word))) => word.get_str("v").is_ok_and(|word| word == expected),
            _ => false,
        }
    }
}

/// The day of a visit in UTC; where its time can't be read, the day that its text begins with.
fn stands_under(visit: &Appointment) -> Option<String> {
    if visit.state() == Some(VisitStatus::Waitlist) {
        return Some(WAITING.to_owned());
    }
    let of_span = || visit.span().map(|(start, _)| utc_days(start, start)[0]);
    of_span().or_else(|| day_from(visit.start.get(..10)?)).map(|day| day.to_string())
}
