//! The social security number: entered by some who may never read it, revealed to few, with a reason.

use super::desk::Desk;
use super::error::{Code, Failure};
use super::patient_keys::Part;
use super::perform::{Action, Prepared, Touched};
use super::sealing::Writing;
use super::views::{Done, NationalIdView};
use crate::audit::Purpose;
use crate::policy::Right;
use crate::record::{Compartment, NationalId, Section, to_document, validate};
use serde::Deserialize;
use std::collections::BTreeSet;
use uuid::Uuid;

/// A number as the patient gave it. Whoever can't read the compartment seals it to its public key.
#[derive(Deserialize, ts_rs::TS)]
pub struct EnterNationalId {
    /// Patient id.
    pub patient: Uuid,
    /// `NNN-NN-NNNN`.
    pub ssn: String,
}

/// A look at the whole number.
#[derive(Deserialize, ts_rs::TS)]
pub struct RevealNationalId {
    /// Patient id.
    pub patient: Uuid,
    /// Why, in a few words.
    pub reason: String,
}

impl Action for EnterNationalId {
    type Output = Done;
    const NAME: &'static str = "enter_national_id";

    fn right(&self) -> Right {
        Right::EnterNationalId
    }

    fn patient(&self) -> Option<Uuid> {
        Some(self.patient)
    }

    fn purpose(&self) -> Purpose {
        Purpose::Operations
    }

    async fn run(&self, desk: &Desk<'_>) -> Result<Prepared<Done>, Failure> {
        validate::ssn(&self.ssn)?;
        let patient =
            desk.patient_with(self.patient, &[Section::Identity, Section::Contact], &[Section::NationalId]).await?;
        if !desk.may_enter_national_id(patient.record.identity.national_id_on_file) {
            return Err(Code::NoRight.bare());
        }
        let compartments = BTreeSet::from([Compartment::Front, Compartment::NationalId]);
        let mut keys = desk.patient_keys(&BTreeSet::from([self.patient]), &compartments).await?;
        let mut writing = Writing::default();
        desk.key_to_write(&mut writing, &mut keys, self.patient, (Compartment::NationalId, Part::Sections))?;
        let number = to_document(&NationalId { ssn: Some(self.ssn.clone()) })?;
        let mut identity = patient.record.identity.clone();
        identity.national_id_on_file = true;
        let sections = [(Section::NationalId, number), (Section::Identity, to_document(&identity)?)];
        desk.rewrite_sections(&mut writing, &keys, &patient.checked, &sections)?;
        let heads = std::mem::take(&mut writing.heads);
        let writes = writing.commands(desk)?;
        Ok(Prepared { output: Done {}, touched: vec![touched()], writes, heads })
    }
}

impl Action for RevealNationalId {
    type Output = NationalIdView;
    const NAME: &'static str = "reveal_national_id";

    fn right(&self) -> Right {
        Right::RevealNationalId
    }

    fn patient(&self) -> Option<Uuid> {
        Some(self.patient)
    }

    fn purpose(&self) -> Purpose {
        Purpose::Operations
    }

    async fn run(&self, desk: &Desk<'_>) -> Result<Prepared<NationalIdView>, Failure> {
        validate::reason(&self.reason)?;
        let patient = desk.patient(self.patient, &[Section::NationalId]).await?;
        let revealed = patient.record.national_id.ssn.clone();
        let view = NationalIdView { on_file: revealed.is_some(), last4: None, revealed };
        Ok(Prepared::read(view, touched()))
    }
}

impl Desk<'_> {
    /// Whoever may enter a number may enter the first; to replace one takes the right to change it.
    pub(super) fn may_enter_national_id(&self, on_file: bool) -> bool {
        self.may(Right::EnterNationalId) && (!on_file || self.may(Right::Edit(Section::NationalId)))
    }
}

fn touched() -> Touched {
    Touched { sections: vec![Section::NationalId], count: 1, ..Touched::default() }
}
