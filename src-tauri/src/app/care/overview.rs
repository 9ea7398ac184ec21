//! Care gaps, alerts and tier of the patient whose chart is open.

use super::view::CareView;
use crate::app::desk::Desk;
use crate::app::error::{Code, Failure};
use crate::app::instants::read;
use crate::app::open_items::OpenedItem;
use crate::app::perform::{Action, Prepared, Touched};
use crate::audit::Purpose;
use crate::policy::Right;
use crate::record::care::{CareFacts, TaskFact, assess};
use crate::record::{Content, Day, Section};
use serde::Deserialize;
use uuid::Uuid;

/// What the rules look at.
const SECTIONS: [Section; 8] = [
    Section::Problems,
    Section::Medications,
    Section::Allergies,
    Section::Observations,
    Section::Encounters,
    Section::Procedures,
    Section::Appointments,
    Section::Tasks,
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
        items.iter().filter_map(|one| desk.task_fact(one)).for_each(|task| facts.task(task));
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

impl Desk<'_> {
    /// An open task as the rules count it: by the calendar day it is due on at the clinic.
    fn task_fact(&self, opened: &OpenedItem) -> Option<TaskFact> {
        let Content::Task(task) = &opened.item.content else { return None };
        let day_of = |due: &str| read(due).map_or_else(|| due.to_owned(), |at| self.zone().day_of(at.0).to_string());
        let due = task.due.as_deref().and_then(|due| Day::of(&day_of(due)));
        task.status.is_open().then(|| TaskFact { item: opened.checked.id, text: task.text.clone(), due })
    }
}
