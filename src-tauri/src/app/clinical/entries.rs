//! Entries with a plain form: each kind is added and edited under its own name and right. To add one: a line below.

use super::charting::{Charting, Found};
use crate::app::desk::Desk;
use crate::app::error::Failure;
use crate::app::perform::{Action, Prepared};
use crate::app::views::SavedItem;
use crate::audit::Purpose;
use crate::policy::Right;
use crate::record::{
    Allergy, CarePlan, Content, Encounter, Imaging, Immunization, Procedure, Referral, Report, Section,
};
use serde::Deserialize;
use uuid::Uuid;

macro_rules! entries {
    ($($add:ident $added:literal, $edit:ident $edited:literal: $kind:ident in $section:ident;)+) => { $(
        #[doc = concat!("A new entry: [`", stringify!($kind), "`].")]
        #[derive(Deserialize, ts_rs::TS)]
        pub struct $add {
            /// Patient id.
            pub patient: Uuid,
            /// The visit it belongs to.
            #[serde(default)]
            #[ts(optional)]
            pub visit: Option<Uuid>,
            /// Content.
            pub entry: $kind,
        }

        #[doc = concat!("A changed entry: [`", stringify!($kind), "`].")]
        #[derive(Deserialize, ts_rs::TS)]
        pub struct $edit {
            /// Patient id.
            pub patient: Uuid,
            /// Item id.
            pub item: Uuid,
            /// The revision that was read.
            pub rev: i64,
            /// New content.
            pub entry: $kind,
        }

        impl Action for $add {
            type Output = SavedItem;
            const NAME: &'static str = $added;

            fn right(&self) -> Right {
                Right::Edit(Section::$section)
            }

            fn patient(&self) -> Option<Uuid> {
                Some(self.patient)
            }

            fn purpose(&self) -> Purpose {
                Purpose::Treatment
            }

            async fn run(&self, desk: &Desk<'_>) -> Result<Prepared<SavedItem>, Failure> {
                add(desk, self.patient, Content::$kind(self.entry.clone()), self.visit).await
            }
        }

        impl Action for $edit {
            type Output = SavedItem;
            const NAME: &'static str = $edited;

            fn right(&self) -> Right {
                Right::Edit(Section::$section)
            }

            fn patient(&self) -> Option<Uuid> {
                Some(self.patient)
            }

            fn purpose(&self) -> Purpose {
                Purpose::Treatment
            }

            async fn run(&self, desk: &Desk<'_>) -> Result<Prepared<SavedItem>, Failure> {
                let content = Content::$kind(self.entry.clone());
                edit(desk, self.patient, (self.item, self.rev), content).await
            }
        }
    )+ };
}

entries! {
    AddAllergy "add_allergy", EditAllergy "edit_allergy": Allergy in Allergies;
    AddImmunization "add_immunization", EditImmunization "edit_immunization": Immunization in Immunizations;
    AddProcedure "add_procedure", EditProcedure "edit_procedure": Procedure in Procedures;
    AddReport "add_report", EditReport "edit_report": Report in Reports;
    AddImaging "add_imaging", EditImaging "edit_imaging": Imaging in Reports;
    AddReferral "add_referral", EditReferral "edit_referral": Referral in Referrals;
    AddCarePlan "add_care_plan", EditCarePlan "edit_care_plan": CarePlan in CarePlans;
    AddEncounter "add_encounter", EditEncounter "edit_encounter": Encounter in Encounters;
}

/// Adds an entry; the patient must be there and sound before anything is hung on the record.
pub(super) async fn add(
    desk: &Desk<'_>,
    patient: Uuid,
    content: Content,
    visit: Option<Uuid>,
) -> Result<Prepared<SavedItem>, Failure> {
    desk.check_entered(&content)?;
    let mut charting = Charting::of_sound(desk, patient).await?;
    if let Some(visit) = visit {
        charting.open(patient, visit, Section::Encounters).await?;
    }
    let saved = charting.add_during(patient, content, visit)?;
    charting.finish(SavedItem::Saved { saved })
}

async fn edit(
    desk: &Desk<'_>,
    patient: Uuid,
    at: (Uuid, i64),
    content: Content,
) -> Result<Prepared<SavedItem>, Failure> {
    desk.check_entered(&content)?;
    let section = content.section();
    let mut charting = Charting::of_item(desk, patient, at.0).await?;
    match charting.at(patient, at, section).await? {
        Found::Newer(current) => charting.conflict(patient, section, *current),
        Found::Same(old) => {
            let saved = charting.change(&old, content)?;
            charting.finish(SavedItem::Saved { saved })
        }
    }
}
