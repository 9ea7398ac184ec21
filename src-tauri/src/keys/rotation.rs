//! Rotation orders: an administrator orders that keys be replaced, a holder of the compartment does it.
//!
//! The administrator holds no key and the holder may not sign the key manifest alone. So the manifest a holder signs
//! carries the last one an authority signed and the orders, and counts only if it differs in nothing else than ordered.

use super::account::Author;
use super::grant::{Holder, Subject};
use super::{
    CompartmentRoot, DataKey, Directory, Form, Grant, KeyError, Manifest, MasterKey, Signed, forms, provider_name,
    session_name,
};
use crate::clock::Timestamp;
use crate::record::Compartment;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// What is replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum RotationKind {
    /// The root of a compartment: its data keys are wrapped anew.
    Master,
    /// The data keys of a compartment's sections and patient keys: every value is encrypted anew.
    Data,
    /// The data keys of the searchable paths: patients move to a new collection.
    Index,
    /// The site key in the keychain: the outer layer of slots and the MACs of record heads.
    Site,
}

/// An administrator's order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RotationOrder {
    /// The order, and the job it becomes.
    #[serde(rename = "_id", with = "forms::uuid4")]
    pub id: Uuid,
    /// What is replaced.
    pub kind: RotationKind,
    /// In which compartment, where it is about one.
    pub compartment: Option<Compartment>,
    /// The epoch or generation that is replaced by the next one.
    pub from: i64,
    /// The manifest's version when it was ordered.
    pub manifest: i64,
    /// Which key of which service is to wrap the data keys under the next root; none: the root itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub master: Option<MasterKey>,
    /// When.
    #[serde(with = "forms::date")]
    pub at: Timestamp,
}

impl Form for RotationOrder {
    const LABEL: &'static str = "wardseal/rotation-order/1";
    const WHAT: &'static str = "rotation order";

    fn id(&self) -> Uuid {
        self.id
    }

    fn version(&self) -> i64 {
        1
    }
}

impl RotationOrder {
    /// Whether a data key is one of those the order replaces.
    #[must_use]
    pub fn replaces(&self, key: &DataKey) -> bool {
        match (self.kind, self.compartment) {
            (RotationKind::Data, Some(compartment)) => {
                let code = compartment.code();
                key.purpose == format!("section:{code}") || key.purpose == format!("patient-keys:{code}")
            }
            (RotationKind::Index, _) => key.is_index(),
            _ => false,
        }
    }

    /// Whether the order lets the root that wraps a data key change from one epoch to the next.
    fn rewraps(&self, from: i64, provider: &str) -> bool {
        let (RotationKind::Master, Some(compartment)) = (self.kind, self.compartment) else { return false };
        self.from == from && provider == provider_name(compartment, from + 1, self.master.as_ref())
    }

    /// The name of the provider that the order leads to; `None` if it isn't about a root.
    fn leads_to(&self) -> Option<String> {
        let master = matches!(self.kind, RotationKind::Master);
        self.compartment.filter(|_| master).map(|one| provider_name(one, self.from + 1, self.master.as_ref()))
    }
}

/// Whether `next` differs from `base` only in what the orders say.
pub(super) fn covered(base: &Manifest, next: &Manifest, orders: &[&RotationOrder]) -> bool {
    let ordered = |key: &DataKey| match base.keys.iter().find(|one| one.key == key.key) {
        Some(before) => rewrapped(before, key, orders),
        None => orders.iter().any(|order| order.replaces(key) && key.generation == order.from + 1),
    };
    let gone = base.keys.iter().filter(|before| !next.keys.iter().any(|key| key.key == before.key));
    let may_go = |key: &DataKey| orders.iter().any(|order| order.replaces(key) && key.generation == order.from);
    (base.id, base.site) == (next.id, next.site) && next.keys.iter().all(ordered) && { gone }.all(may_go)
}

/// The same key, under the same root or under one that orders lead to.
fn rewrapped(before: &DataKey, key: &DataKey, orders: &[&RotationOrder]) -> bool {
    let same = DataKey { provider: key.provider.clone(), epoch: key.epoch, ..before.clone() } == *key;
    let mut at = (before.epoch, before.provider.clone());
    while at.0 < key.epoch {
        let next = orders.iter().filter_map(|order| Some((order, order.compartment?, order.leads_to()?)));
        // Whatever wrapped the key before: the root is what counts.
        let here = |of| session_name(&at.1) == provider_name(of, at.0, None);
        let mut next = next.filter(|(order, of, to)| here(*of) && order.rewraps(at.0, to));
        let Some((_, _, to)) = next.next() else { return false };
        at = (at.0 + 1, to);
    }
    same && at == (key.epoch, key.provider.clone())
}

/// A grant of a compartment's next root to somebody who holds the one before: no new access, so no code is compared.
///
/// # Errors
/// As sealing and signing.
pub fn regrant(subject: Subject, root: &CompartmentRoot, by: Author<'_>, at: Timestamp) -> Result<Grant, KeyError> {
    let order = Grant::order(Uuid::new_v4(), subject, (root.compartment(), root.epoch()), by, at)?;
    order.seal(Holder { author: by, root }, at)
}

/// The order, if an administrator gave it, also one who has left since.
///
/// # Errors
/// [`KeyError::Untrusted`] or [`KeyError::Altered`].
pub fn ordered<'s>(signed: &'s Signed<RotationOrder>, directory: &Directory) -> Result<&'s RotationOrder, KeyError> {
    directory.signed_by_administrator(signed).or_else(|refused| {
        let former = directory.account(signed.by()).is_some_and(super::Account::is_administrator);
        if former { directory.signed_by_author(signed) } else { Err(refused) }
    })
}

#[cfg(test)]
#[path = "rotation_tests.rs"]
mod tests;
