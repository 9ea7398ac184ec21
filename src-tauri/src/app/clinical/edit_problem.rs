//! Add and edit a problem. An edit names the revision that was read; another one is shown, nothing is overwritten.

use super::charting::{Charting, Found};
use crate::app::desk::Desk;
use crate::app::error::{Code, Failure};
use crate::app::perform::{Action, Prepared};
use crate::app::views::{EntryContent, ItemView, ProblemView, SavedProblem};
use crate::audit::Purpose;
use crate::policy::Right;
use crate::record::{Content, Problem, Section, validate};
use serde::Deserialize;
use uuid::Uuid;

/// A new problem for a patient's list.
#[derive(Deserialize, ts_rs::TS)]
pub struct AddProblem {
    /// Patient id.
    pub patient: Uuid,
    /// Content.
    pub problem: Problem,
}

/// A changed problem.
#[derive(Deserialize, ts_rs::TS)]
pub struct EditProblem {
    /// Patient id.
    pub patient: Uuid,
    /// Item id.
    pub item: Uuid,
    /// The revision that was read.
    pub rev: i64,
    /// New content.
    pub problem: Problem,
}

impl Action for AddProblem {
    type Output = SavedProblem;
    const NAME: &'static str = "add_problem";

    fn right(&self) -> Right {
        Right::Edit(Section::Problems)
    }

    fn patient(&self) -> Option<Uuid> {
        Some(self.patient)
    }

    fn purpose(&self) -> Purpose {
        Purpose::Treatment
    }

    async fn run(&self, desk: &Desk<'_>) -> Result<Prepared<SavedProblem>, Failure> {
        check(desk, &self.problem)?;
        // The patient must be there and sound before anything is hung on the record.
        let mut charting = Charting::of_sound(desk, self.patient).await?;
        let saved = problem_view(charting.add(self.patient, Content::Problem(self.problem.clone()))?)?;
        charting.finish(SavedProblem::Saved { saved })
    }
}

impl Action for EditProblem {
    type Output = SavedProblem;
    const NAME: &'static str = "edit_problem";

    fn right(&self) -> Right {
        Right::Edit(Section::Problems)
    }

    fn patient(&self) -> Option<Uuid> {
        Some(self.patient)
    }

    fn purpose(&self) -> Purpose {
        Purpose::Treatment
    }

    async fn run(&self, desk: &Desk<'_>) -> Result<Prepared<SavedProblem>, Failure> {
        check(desk, &self.problem)?;
        let mut charting = Charting::of_item(desk, self.patient, self.item).await?;
        match charting.at(self.patient, (self.item, self.rev), Section::Problems).await? {
            Found::Newer(current) => {
                charting.touch(self.patient, self.item, Section::Problems);
                charting.finish(SavedProblem::Conflict { current: problem_view(*current)? })
            }
            Found::Same(old) => {
                let saved = problem_view(charting.change(&old, Content::Problem(self.problem.clone()))?)?;
                charting.finish(SavedProblem::Saved { saved })
            }
        }
    }
}

fn check(desk: &Desk<'_>, problem: &Problem) -> Result<(), Failure> {
    let today = desk.today().ok_or_else(|| Code::Internal.bare())?;
    match validate::problem(problem, today).into_iter().next() {
        Some(invalid) => Err(invalid.into()),
        None => Ok(()),
    }
}

fn problem_view(view: ItemView) -> Result<ProblemView, Failure> {
    let EntryContent::Problem(problem) = view.content else { return Err(Code::NotFound.bare()) };
    Ok(ProblemView { item: view.item, rev: view.rev, problem, changed: view.changed, by: view.by })
}
