//! Two identifiers are compared with the patient before the chart opens, where the site asks that of a role.

use crate::app::desk::Desk;
use crate::app::error::{Code, Failure};
use crate::app::perform::{Action, Prepared, Touched};
use crate::app::views::Done;
use crate::audit::Purpose;
use crate::policy::Right;
use crate::record::{DateOrder, Identity, PartialDate, Section, fold_mrn, fold_phone};
use serde::Deserialize;
use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};
use uuid::Uuid;

/// The patients whose identity was compared in this session; gone at the lock.
#[derive(Default)]
pub struct Identified(Mutex<BTreeSet<Uuid>>);

impl Identified {
    /// Notes that this patient's was.
    pub(in crate::app) fn compared(&self, patient: Uuid) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(patient);
    }

    fn was(&self, patient: Uuid) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).contains(&patient)
    }

    /// Forgets everybody.
    pub(in crate::app) fn forget(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

/// What the person at the desk says of himself.
#[derive(Deserialize, ts_rs::TS)]
pub struct ConfirmIdentity {
    /// Patient id.
    pub patient: Uuid,
    /// Birth date as typed.
    pub birth_date: String,
    /// Record number, or the last four digits of the phone.
    pub second: String,
}

impl Action for ConfirmIdentity {
    type Output = Done;
    const NAME: &'static str = "confirm_identity";

    fn right(&self) -> Right {
        Right::FindPatients
    }

    fn patient(&self) -> Option<Uuid> {
        Some(self.patient)
    }

    fn purpose(&self) -> Purpose {
        Purpose::Operations
    }

    /// A wrong answer is a failure, so that it stands in the audit as one; which of the two was wrong isn't told.
    async fn run(&self, desk: &Desk<'_>) -> Result<Prepared<Done>, Failure> {
        let patient = desk.patient(self.patient, &[Section::Identity]).await?;
        if !self.fits(&patient.record.identity) {
            return Err(Code::IdentityDiffers.bare());
        }
        desk.identified.compared(self.patient);
        let touched = Touched { sections: vec![Section::Identity], count: 1, ..Touched::default() };
        Ok(Prepared::read(Done {}, touched))
    }
}

impl ConfirmIdentity {
    fn fits(&self, identity: &Identity) -> bool {
        let typed = PartialDate::typed(&self.birth_date, DateOrder::MonthFirst).ok();
        // Of somebody whose birth date nobody knows, only the whole number counts.
        let born = identity.birth_date.is_none() || identity.birth_date == typed;
        let number = fold_mrn(&self.second) == fold_mrn(&identity.mrn) && !identity.mrn.is_empty();
        let phone = identity.birth_date.is_some() && identity.phone_last4.as_deref() == Some(&fold_phone(&self.second));
        born && (number || phone)
    }
}

impl Desk<'_> {
    /// Refuses what needs a compared identity while this role is asked for one and hasn't compared it.
    pub(in crate::app) fn refuse_unidentified(&self, patient: Uuid) -> Result<(), Failure> {
        let asked = self.front.ask_identity.contains(&self.asking.role);
        if asked && !self.identified.was(patient) { Err(Code::IdentityWanted.bare()) } else { Ok(()) }
    }
}
