//! Care gaps, alerts and tier of the patient whose chart is open.

use super::view::CareView;
use crate::app::desk::Desk;
use crate::app::error::{Code, Failure};
use crate::app::perform::{Action, Prepared, Touched};
use crate::audit::Purpose;
use crate::policy::Right;
use crate::record::care::{CareFacts, assess};
use crate::record::{Day, Section};
use serde::Deserialize;
use uuid::Uuid;

/// What the rules look at.
const SECTIONS: [Section; 7] = [
    Section::Problems,
    Section::Medications,
    Section::Allergies,
    Section::Observations,
    Section::Encounters,
    Section::Procedures,
    Section::Appointments,
];

/// Whose.
#[derive(Deserialize, ts_rs::TS)]
pub struct CareOverview {
    /// Patient id.
    pub patient: Uuid,
}

impl Action for CareOverview {
    type Output = CareView;
    const NAME: &'static str = "care_overview";

    fn right(&self) -> Right {
        Right::View(Section::Summary)
    }

    fn patient(&self) -> Option<Uuid> {
        Some(self.patient)
    }

    fn purpose(&self) -> Purpose {
        Purpose::Treatment
    }

    async fn run(&self, desk: &Desk<'_>) -> Result<Prepared<CareView>, Failure> {
        let today = desk.today().and_then(Day::of_date).ok_or_else(|| Code::Internal.bare())?;
        // The patient must be there and sound: her items alone don't tell.
        desk.patient(self.patient, &[Section::Identity]).await?;
        let (items, damaged) = desk.items(self.patient, &SECTIONS).await?;
        let mut facts = CareFacts::default();
        items.iter().for_each(|one| facts.put(one.checked.id, &one.item));
        let found = assess(&facts, desk.interactions, today);
        let view = CareView {
            tier: found.tier,
            score: found.score,
            gaps: found.gaps,
            alerts: found.alerts,
            open_tasks: found.tasks.1,
            overdue_tasks: found.tasks.0,
            allergies_matched: desk.interactions.is_some(),
        };
        let count = 1 + items.len() as u64;
        let touched = Touched { sections: SECTIONS.to_vec(), count, damaged: damaged > 0, ..Touched::default() };
        Ok(Prepared::read(view, touched))
    }
}
