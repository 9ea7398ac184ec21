//! Who has been asked for two identifiers in this session.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};
use uuid::Uuid;

/// The patients whose identity was compared in this session; gone at the lock.
#[derive(Default)]
pub struct Identified(Mutex<BTreeSet<Uuid>>);

impl Identified {
    /// Remembers that two identifiers were compared.
    pub(in crate::app) fn compared(&self, patient: Uuid) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(patient);
    }

    /// Whether they were.
    pub(in crate::app) fn was(&self, patient: Uuid) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).contains(&patient)
    }

    /// Forgets everybody.
    pub(in crate::app) fn forget(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}
