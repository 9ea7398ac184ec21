//! Say that the patient was asked and that no allergy is known: confirmed now, by this user.

use crate::app::desk::Desk;
use crate::app::error::Failure;
use crate::app::instants::rfc3339;
use crate::app::patient_keys::Part;
use crate::app::perform::{Action, Prepared, Touched};
use crate::app::sealing::Writing;
use crate::app::views::Done;
use crate::audit::Purpose;
use crate::policy::Right;
use crate::record::{AllergyStatement, Compartment, Content, IllegalStep, Section, to_document};
use serde::Deserialize;
use std::collections::BTreeSet;
use uuid::Uuid;

/// The patient was asked and knows of no allergy.
#[derive(Deserialize, ts_rs::TS)]
pub struct ConfirmNoAllergies {
    /// Patient id.
    pub patient: Uuid,
}

impl Action for ConfirmNoAllergies {
    type Output = Done;
    const NAME: &'static str = "confirm_no_allergies";

    fn right(&self) -> Right {
        Right::Edit(Section::Summary)
    }

    fn patient(&self) -> Option<Uuid> {
        Some(self.patient)
    }

    fn purpose(&self) -> Purpose {
        Purpose::Treatment
    }

    async fn run(&self, desk: &Desk<'_>) -> Result<Prepared<Done>, Failure> {
        let patient = desk.patient(self.patient, &[Section::Identity, Section::Summary]).await?;
        let (items, _) = desk.items(self.patient, &[Section::Allergies]).await?;
        let active = |content: &Content| matches!(content, Content::Allergy(one) if one.status == "active");
        if items.iter().any(|one| active(&one.item.content)) {
            return Err(IllegalStep { what: "allergies", from: "recorded", step: "none_known" }.into());
        }
        let mut summary = patient.record.summary.clone();
        let (confirmed, by) = (Some(rfc3339(desk.now())), Some(desk.keys.account.name.clone()));
        summary.allergies = AllergyStatement::NoneKnown { confirmed, by };
        let (mut writing, place) = (Writing::default(), (Compartment::Clinical, Part::Sections));
        let (of, compartments) = (BTreeSet::from([self.patient]), BTreeSet::from([Compartment::Clinical]));
        let mut keys = desk.patient_keys(&of, &compartments).await?;
        desk.key_to_write(&mut writing, &mut keys, self.patient, place)?;
        let section = [(Section::Summary, to_document(&summary)?)];
        desk.rewrite_sections(&mut writing, &keys, &patient.checked, &section)?;
        let touched = Touched { sections: vec![Section::Summary], count: 1, ..Touched::default() };
        let heads = std::mem::take(&mut writing.heads);
        Ok(Prepared { output: Done {}, touched: vec![touched], writes: writing.commands(desk)?, heads })
    }
}
