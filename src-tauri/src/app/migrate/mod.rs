//! Moving a site to another store, whichever two they are: sealed documents as they are, searchable values made anew.
//!
//! What is written in the other store isn't this workstation's record yet: nobody can open it before the site record
//! stands there, which comes last. So a share's copy is no write of this store, and is repeated until nothing differs.

mod share;
mod source;
mod verify;

use super::error::{Code, Failure};
use super::workstation::Workstation;
use crate::crypt::Profile;
use crate::store::Store;
use std::ops::ControlFlow;
use std::sync::Arc;

pub use share::{MoveShare, Moved, is_known};
pub use source::{CloseStore, OpenAtTarget};
pub use verify::{SideBySide, VerifyMove};

/// Every collection that moves document by document, in this order; patients and the site record have ways of their own.
pub const COLLECTIONS: [&str; 19] = [
    "accounts",
    "grants",
    "workstations",
    "tickets",
    "leases",
    "sign_ins",
    "key_vault",
    "rotations",
    "rotations_due",
    "holds",
    "erasures",
    "origins",
    "care_team",
    "patient_keys",
    "versions",
    "items",
    "slots",
    "patients",
    "site",
];

/// What stays behind: conversations that are under way.
pub const LEFT_BEHIND: [&str; 2] = ["enrolments", "handovers"];

/// Documents of a share, on average.
const SHARE: i64 = 64;

/// Where a site is moved to.
#[derive(Clone)]
pub struct Target {
    /// The store.
    pub store: Arc<dyn Store>,
    /// How searchable values are stored there.
    pub profile: Profile,
}

/// How far it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MoveSoFar {
    /// The collection in hand, and how many there are.
    pub collection: (usize, usize),
    /// Documents looked at.
    pub looked: u64,
    /// Of these, written because they lacked or differed.
    pub written: u64,
    /// Removed, because they aren't in this store any more.
    pub removed: u64,
}

impl Workstation {
    /// Copies everything that the other store lacks or has otherwise, as the signed-in import service. Safe to stop, kill
    /// and run again at any point; `told` hears of each share and may stop it.
    ///
    /// # Errors
    /// [`Code::Cancelled`] when the listener stopped it; [`Code::Damaged`] for a record that doesn't open here;
    /// [`Code::Invalid`] for a store that holds another site.
    pub async fn copy_store(
        &mut self,
        target: &Target,
        mut told: impl FnMut(&MoveSoFar) -> ControlFlow<()>,
    ) -> Result<MoveSoFar, Failure> {
        let mut so_far = MoveSoFar::default();
        self.moving = true;
        let done = self.copy_all(target, &mut so_far, &mut told).await;
        self.moving = false;
        done.map(|()| so_far)
    }

    async fn copy_all(
        &mut self,
        target: &Target,
        so_far: &mut MoveSoFar,
        told: &mut impl FnMut(&MoveSoFar) -> ControlFlow<()>,
    ) -> Result<(), Failure> {
        self.perform(share::PrepareTarget { target: target.clone() }).await?;
        for (nth, &collection) in COLLECTIONS.iter().enumerate() {
            let documents = self.perform(share::CountSource { collection }).await?;
            let shares = u64::try_from(documents / SHARE).unwrap_or(0).max(1).next_power_of_two();
            for place in 0..shares {
                // Someone who moves a site is no empty chair.
                self.touch().await?;
                let ids = share::ids(place, shares);
                let moved = self.perform(MoveShare { target: target.clone(), collection, ids }).await?;
                so_far.collection = (nth + 1, COLLECTIONS.len());
                so_far.looked += moved.looked;
                so_far.written += moved.written;
                so_far.removed += moved.removed;
                if told(so_far).is_break() {
                    return Err(Code::Cancelled.bare());
                }
            }
        }
        Ok(())
    }

    /// Compares both stores count by count, and opens a sample of patients in either.
    ///
    /// # Errors
    /// What the stores say; what differs is in the answer.
    pub async fn verify_move(&mut self, target: &Target, sample: usize) -> Result<SideBySide, Failure> {
        self.moving = true;
        let compared = self.perform(VerifyMove { target: target.clone(), sample }).await;
        self.moving = false;
        compared
    }

    /// Writes the site record in the other store: from then on it can be worked with. Asked for by an administrator when
    /// this store was closed, so that it is the newest there is.
    ///
    /// # Errors
    /// As [`Workstation::perform`].
    pub async fn open_target(&mut self, target: &Target) -> Result<(), Failure> {
        self.moving = true;
        let opened = self.perform(OpenAtTarget { target: target.clone() }).await;
        self.moving = false;
        opened.map(drop)
    }

    /// Closes this store for everybody, or opens it again when a move was given up.
    ///
    /// # Errors
    /// As [`Workstation::perform`].
    pub async fn close_store(&mut self, closed: bool) -> Result<(), Failure> {
        self.moving = true;
        let done = self.perform(CloseStore { closed }).await;
        self.moving = false;
        done.map(drop)
    }
}
