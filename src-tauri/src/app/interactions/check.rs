//! The check as a use case: everything that is taken, and what is thought of.

use super::facts::{Facts, SECTIONS};
use super::view::{InteractionsView, Meant};
use crate::app::desk::Desk;
use crate::app::error::{Code, Failure};
use crate::app::perform::{Action, Prepared, Touched};
use crate::audit::Purpose;
use crate::policy::Right;
use crate::record::interactions::Checked;
use serde::Deserialize;
use uuid::Uuid;

/// Drugs that may be thought of at once.
const MOST: usize = 50;
/// Characters of a drug's name.
const LONGEST: usize = 500;

/// Whose drugs, and which are thought of besides.
#[derive(Deserialize, ts_rs::TS)]
pub struct CheckInteractions {
    /// Patient id.
    pub patient: Uuid,
    /// Drugs as they would be ordered; then only what concerns them is told.
    pub proposed: Vec<String>,
    /// What a person says that unknown names mean.
    pub meant: Vec<Meant>,
}

impl Action for CheckInteractions {
    type Output = InteractionsView;
    const NAME: &'static str = "check_interactions";

    fn right(&self) -> Right {
        Right::CheckInteractions
    }

    fn patient(&self) -> Option<Uuid> {
        Some(self.patient)
    }

    fn purpose(&self) -> Purpose {
        Purpose::Treatment
    }

    async fn run(&self, desk: &Desk<'_>) -> Result<Prepared<InteractionsView>, Failure> {
        if self.proposed.len() > MOST || self.meant.len() > MOST {
            return Err(Code::Invalid.with("field", "proposed"));
        }
        checkable(self.proposed.iter().chain(self.meant.iter().map(|one| &one.meant)))?;
        let mut facts = Facts::of(desk, self.patient).await?;
        facts.propose(&self.proposed, None);
        let view = desk.interactions_of(&facts, &self.meant).1;
        Ok(Prepared::read(view, desk.touched_by_check(&facts)))
    }
}

/// Refuses names longer than any drug has.
pub(super) fn checkable<'a>(mut names: impl Iterator<Item = &'a String>) -> Result<(), Failure> {
    if names.any(|name| name.chars().count() > LONGEST) { Err(Code::Invalid.with("field", "proposed")) } else { Ok(()) }
}

impl Desk<'_> {
    /// What the table says about these facts.
    pub(super) fn interactions_of(&self, facts: &Facts, meant: &[Meant]) -> (Checked, InteractionsView) {
        let Some(table) = self.interactions else {
            return (Checked::default(), InteractionsView::without_table(facts));
        };
        let checked = table.check(&facts.ask(table, meant));
        let view = InteractionsView::of(table, facts, &checked);
        (checked, view)
    }

    /// The audit names the sections and the version of the table.
    pub(super) fn touched_by_check(&self, facts: &Facts) -> Touched {
        Touched {
            sections: SECTIONS.to_vec(),
            count: 1 + facts.opened,
            damaged: facts.damaged > 0,
            detail: Some(self.interactions.map_or("no_table", |table| table.version())),
            ..Touched::default()
        }
    }
}
