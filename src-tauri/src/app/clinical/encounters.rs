//! A step of an encounter that its status allows. Those of a visit go on by themselves (`app/schedule/encounter.rs`).

use super::charting::{Charting, Found};
use crate::app::desk::Desk;
use crate::app::error::{Code, Failure};
use crate::app::instants::rfc3339;
use crate::app::perform::{Action, Prepared};
use crate::app::views::SavedItem;
use crate::audit::Purpose;
use crate::policy::Right;
use crate::record::{Content, EncounterStatus, Item, Section};
use serde::Deserialize;
use uuid::Uuid;

/// An encounter becomes something else.
#[derive(Deserialize, ts_rs::TS)]
pub struct StepEncounter {
    /// Patient id.
    pub patient: Uuid,
    /// Item id.
    pub item: Uuid,
    /// The revision that was read.
    pub rev: i64,
    /// What it becomes.
    pub status: EncounterStatus,
}

impl Action for StepEncounter {
    type Output = SavedItem;
    const NAME: &'static str = "step_encounter";

    fn right(&self) -> Right {
        Right::Edit(Section::Encounters)
    }

    fn patient(&self) -> Option<Uuid> {
        Some(self.patient)
    }

    fn purpose(&self) -> Purpose {
        Purpose::Treatment
    }

    async fn run(&self, desk: &Desk<'_>) -> Result<Prepared<SavedItem>, Failure> {
        let mut charting = Charting::of(desk, &[self.patient]).await?;
        let old = match charting.at(self.patient, (self.item, self.rev), Section::Encounters).await? {
            Found::Newer(current) => return charting.conflict(self.patient, Section::Encounters, *current),
            Found::Same(old) => old,
        };
        let Content::Encounter(before) = &old.item.content else { return Err(Code::NotFound.bare()) };
        let mut encounter = before.clone();
        encounter.take(self.status, &rfc3339(desk.now()))?;
        let saved = charting.rewrite(&old, Item { content: Content::Encounter(encounter), ..old.item.clone() })?;
        charting.finish(SavedItem::Saved { saved })
    }
}
