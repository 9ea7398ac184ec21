//! A draft as it lies in the file: padded, sealed under its writer's park key, bound to its place and time.

use crate::app::error::{Code, Failure};
use crate::clock::Timestamp;
use crate::keys::{KeyError, layer, mac, subkey};
use crate::secret::Secret;
use crate::store::drafts::SealedDraft;
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use zeroize::Zeroizing;

/// Texts are padded to a multiple of this, so that the file doesn't tell how much was typed.
const STEP: usize = 1_024;
const SALT: &[u8] = b"wardseal/drafts/1";

/// Which form, about whom, and which entry of the chart when one is being changed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct DraftPlace {
    /// The form, by the screen's own name for it, e.g. `problem`.
    pub form: String,
    /// The patient, where the form is about one.
    #[ts(optional)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub patient: Option<Uuid>,
    /// The entry that is being changed; none for a new one.
    #[ts(optional)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item: Option<Uuid>,
}

/// What is sealed.
#[derive(Serialize, Deserialize)]
pub(super) struct Typed {
    pub place: DraftPlace,
    pub title: String,
    pub typed: String,
}

/// The keys of one writer's drafts.
pub(super) struct DraftKeys {
    tags: Secret<32>,
    seal: Secret<32>,
}

impl DraftKeys {
    /// From the writer's park key.
    pub fn of(park: &Secret<32>) -> Result<Self, KeyError> {
        // EXPOSE: the two keys of drafts are derived from it.
        let of = |label| subkey::<32>(park.expose(), SALT, label);
        Ok(Self { tags: of("tags")?, seal: of("seal")? })
    }

    /// The writer's tag.
    pub fn owner(&self) -> [u8; 32] {
        mac(&self.tags, "owner", &[])
    }

    /// The tag of a place.
    pub fn place(&self, place: &DraftPlace) -> [u8; 32] {
        let id = |id: &Option<Uuid>| id.map(|id| id.as_bytes().to_vec()).unwrap_or_default();
        mac(&self.tags, "place", &[place.form.as_bytes(), &id(&place.patient), &id(&place.item)])
    }

    /// Seals a text.
    pub fn seal(&self, typed: &Typed, at: Timestamp) -> Result<SealedDraft, Failure> {
        let place = self.place(&typed.place);
        let text = Zeroizing::new(serde_json::to_vec(typed).map_err(|_| Code::Internal.bare())?);
        let sealed = layer::seal(&self.seal, &bound(&place, at.0), &padded(&text))?;
        Ok(SealedDraft { place, owner: self.owner(), at: at.0, sealed })
    }

    /// Opens one; damaged ones don't.
    pub fn open(&self, draft: &SealedDraft) -> Option<Typed> {
        let padded = layer::open(&self.seal, &bound(&draft.place, draft.at), &draft.sealed)?;
        let end = padded.iter().rposition(|byte| *byte == 0x80)?;
        serde_json::from_slice(padded.get(..end)?).ok()
    }
}

fn bound(place: &[u8; 32], at: i64) -> Vec<u8> {
    [SALT, place, &at.to_be_bytes()].concat()
}

fn padded(text: &[u8]) -> Zeroizing<Vec<u8>> {
    let mut padded = Zeroizing::new(Vec::with_capacity((text.len() / STEP + 1) * STEP));
    padded.extend_from_slice(text);
    padded.push(0x80);
    let whole = padded.len().next_multiple_of(STEP);
    padded.resize(whole, 0);
    padded
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(byte: u8) -> DraftKeys {
        DraftKeys::of(&Secret::copy_from(&[byte; 32]).unwrap()).unwrap()
    }

    fn typed(text: &str) -> Typed {
        let place = DraftPlace { form: "problem".into(), patient: Some(Uuid::from_u128(7)), item: None };
        Typed { place, title: "Problem".into(), typed: text.into() }
    }

    #[test]
    fn only_its_writer_opens_a_draft_and_only_in_its_place_and_time() {
        let sealed = keys(1).seal(&typed("Gout\u{80}"), Timestamp(5)).unwrap();
        assert_eq!(keys(1).open(&sealed).unwrap().typed, "Gout\u{80}");
        assert!(keys(2).open(&sealed).is_none());
        assert!(keys(1).open(&SealedDraft { at: 6, ..sealed.clone() }).is_none());
        assert!(keys(1).open(&SealedDraft { place: [0; 32], ..sealed }).is_none());
    }

    #[test]
    fn the_file_tells_neither_length_nor_patient_and_two_writers_share_no_tag() {
        let length = |text: &str| keys(1).seal(&typed(text), Timestamp(5)).unwrap().sealed.len();
        assert_eq!(length(""), length(&"x".repeat(700)));
        let patient = *Uuid::from_u128(7).as_bytes();
        let sealed = keys(1).seal(&typed("Gout"), Timestamp(5)).unwrap();
        assert!(!sealed.sealed.windows(16).any(|window| window == patient));
        assert_ne!(keys(1).owner(), keys(2).owner());
        assert_ne!(keys(1).place(&typed("").place), keys(2).place(&typed("").place));
        let of_entry = DraftPlace { item: Some(Uuid::from_u128(7)), patient: None, form: "problem".into() };
        assert_ne!(keys(1).place(&typed("").place), keys(1).place(&of_entry));
    }
}
