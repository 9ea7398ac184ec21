//! The lease: a number that a workstation's every opening moves on, in the store and in its folder alike. Two places
//! with one workstation key can't both keep up with it, so a copied image is noticed.

use super::{Form, forms};
use crate::clock::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// A document of the collection `leases`, signed by the workstation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lease {
    /// The workstation.
    #[serde(rename = "_id", with = "forms::uuid4")]
    pub workstation: Uuid,
    /// Who moved it on: another one each time.
    #[serde(with = "forms::uuid4")]
    pub turn: Uuid,
    /// Which version of the program did.
    pub program: String,
    /// The newest forms of stored documents that it reads and writes.
    pub form: i64,
    /// When.
    #[serde(with = "forms::date")]
    pub at: Timestamp,
    /// The number.
    #[serde(rename = "v")]
    pub number: i64,
}

impl Form for Lease {
    const LABEL: &'static str = "wardseal/lease/1";
    const WHAT: &'static str = "lease of a workstation";

    fn id(&self) -> Uuid {
        self.workstation
    }

    fn version(&self) -> i64 {
        self.number
    }
}

/// What the workstation's folder remembers of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeaseLeft {
    /// The number and turn that stood in the store when it was last moved on here.
    pub last: Option<(i64, Uuid)>,
    /// What was about to be written; noted first, so that whoever is killed in between recognizes it.
    pub next: Option<(i64, Uuid)>,
    /// The machine, as [`machine_mark`] says it.
    pub machine: Option<String>,
}

/// Whether the place that asks is the one that moved the lease on last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It is.
    Ours,
    /// Another place with the same key did, or the folder is an old copy.
    Copied,
}

impl LeaseLeft {
    /// Compares the folder with the store and the machine.
    #[must_use]
    pub fn judge(left: Option<&Self>, stored: Option<(i64, Uuid)>, machine: Option<&str>) -> Standing {
        let Some(stored) = stored else { return Standing::Ours };
        let Some(left) = left else { return Standing::Copied };
        let moved = matches!((&left.machine, machine), (Some(then), Some(now)) if then != now);
        let known = [left.last, left.next].into_iter().flatten();
        // An older number is an older store, which isn't the workstation's doing.
        let keeps_up = { known }.any(|one| one == stored || stored.0 < one.0);
        if keeps_up && !moved { Standing::Ours } else { Standing::Copied }
    }
}

/// A machine's id, as it may stand in a file: of no use to tell the machine elsewhere.
#[must_use]
pub fn machine_mark(workstation: Uuid, machine: &[u8]) -> String {
    let mut state = Sha256::new();
    state.update(b"wardseal/machine/1");
    state.update(workstation.as_bytes());
    state.update(machine.trim_ascii());
    state.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINE: (i64, Uuid) = (5, Uuid::from_u128(5));
    const OTHER: (i64, Uuid) = (6, Uuid::from_u128(66));

    fn left() -> LeaseLeft {
        LeaseLeft { last: Some(MINE), next: None, machine: Some("here".into()) }
    }

    fn judge(left: &LeaseLeft, stored: (i64, Uuid), machine: &str) -> Standing {
        LeaseLeft::judge(Some(left), Some(stored), Some(machine))
    }

    #[test]
    fn whoever_moved_it_on_last_goes_on() {
        assert_eq!(judge(&left(), MINE, "here"), Standing::Ours);
        assert_eq!(LeaseLeft::judge(None, None, None), Standing::Ours);
        assert_eq!(LeaseLeft::judge(Some(&left()), None, Some("here")), Standing::Ours);
    }

    #[test]
    fn a_copy_is_noticed_by_number_by_turn_by_machine_and_by_an_empty_folder() {
        assert_eq!(judge(&left(), OTHER, "here"), Standing::Copied);
        assert_eq!(judge(&left(), (5, OTHER.1), "here"), Standing::Copied);
        assert_eq!(judge(&left(), MINE, "elsewhere"), Standing::Copied);
        assert_eq!(LeaseLeft::judge(None, Some(MINE), None), Standing::Copied);
    }

    #[test]
    fn whoever_was_killed_on_the_way_recognizes_what_it_was_about_to_write() {
        let killed = LeaseLeft { next: Some(OTHER), ..left() };
        assert_eq!(judge(&killed, MINE, "here"), Standing::Ours);
        assert_eq!(judge(&killed, OTHER, "here"), Standing::Ours);
    }

    #[test]
    fn a_store_that_was_put_back_is_no_copy_of_the_workstation() {
        assert_eq!(judge(&left(), (3, OTHER.1), "here"), Standing::Ours);
    }
}
