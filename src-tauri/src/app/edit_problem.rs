//! Add and edit a problem. An edit names the revision that was read; another one is shown, nothing is overwritten.

use super::desk::Desk;
use super::error::{Code, Failure};
use super::instants::{changed, rfc3339};
use super::patient_keys::{Part, PatientKeys};
use super::perform::{Action, Prepared, Touched};
use super::sealing::Writing;
use super::views::{ProblemView, SavedProblem};
use crate::audit::Purpose;
use crate::keys::forms;
use crate::policy::Right;
use crate::record::{Compartment, Content, Item, Problem, Section, validate};
use crate::store::find_documents;
use bson::doc;
use serde::Deserialize;
use std::collections::BTreeSet;
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
        desk.patient(self.patient, &[Section::Identity]).await?;
        let mut writing = Writing::default();
        let mut keys = desk.clinical_keys(self.patient).await?;
        desk.key_to_write(&mut writing, &mut keys, self.patient, (Compartment::Clinical, Part::Items))?;
        let item = desk.authored(Content::Problem(self.problem.clone()));
        let id = Uuid::new_v4();
        writing.record(desk.new_item(&keys, self.patient, id, &item)?);
        let saved = desk.saved(id, 1, &item, &self.problem);
        prepared(desk, writing, id, saved)
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
        let keys = desk.clinical_keys(self.patient).await?;
        let filter = doc! { "_id": forms::uuid_bson(self.item), "patient": forms::uuid_bson(self.patient) };
        let found = find_documents(desk.store, "items", filter, None).await?;
        let missing = if found.is_empty() { Code::NotFound } else { Code::Damaged };
        let (mut items, _) = desk.open_items(self.patient, found, &keys).await?;
        let old = items.pop().ok_or_else(|| missing.bare())?;
        let Content::Problem(stored) = &old.item.content else { return Err(Code::NotFound.bare()) };
        if old.checked.content_rev() != self.rev {
            let current = ProblemView {
                item: self.item,
                rev: old.checked.content_rev(),
                problem: stored.clone(),
                changed: changed(&old.checked.raw),
                by: old.item.author.clone().unwrap_or_default(),
            };
            let touched = touched(self.item);
            return Ok(Prepared::read(SavedProblem::Conflict { current }, touched));
        }
        let mut item = desk.authored(Content::Problem(self.problem.clone()));
        (item.source, item.encounter) = (old.item.source.clone(), old.item.encounter.clone());
        let mut writing = Writing::default();
        let rev = desk.rewrite_opened(&mut writing, &keys, &old, &item)?;
        let saved = desk.saved(self.item, rev, &item, &self.problem);
        prepared(desk, writing, self.item, saved)
    }
}

fn check(desk: &Desk<'_>, problem: &Problem) -> Result<(), Failure> {
    let today = desk.today().ok_or_else(|| Code::Internal.bare())?;
    match validate::problem(problem, today).into_iter().next() {
        Some(invalid) => Err(invalid.into()),
        None => Ok(()),
    }
}

fn touched(item: Uuid) -> Touched {
    Touched { record: Some(item), sections: vec![Section::Problems], count: 1, ..Touched::default() }
}

fn prepared(
    desk: &Desk<'_>,
    mut writing: Writing,
    item: Uuid,
    saved: ProblemView,
) -> Result<Prepared<SavedProblem>, Failure> {
    let heads = std::mem::take(&mut writing.heads);
    let writes = writing.commands(desk)?;
    Ok(Prepared { output: SavedProblem::Saved { saved }, touched: vec![touched(item)], writes, heads })
}

impl Desk<'_> {
    async fn clinical_keys(&self, patient: Uuid) -> Result<PatientKeys, Failure> {
        self.patient_keys(&BTreeSet::from([patient]), &BTreeSet::from([Compartment::Clinical])).await
    }

    /// An item written now by this user.
    fn authored(&self, content: Content) -> Item {
        let mut item = Item::new(content);
        item.recorded = Some(rfc3339(self.now()));
        item.author = Some(self.keys.account.name.clone());
        item
    }

    fn saved(&self, item: Uuid, rev: i64, written: &Item, problem: &Problem) -> ProblemView {
        let by = written.author.clone().unwrap_or_default();
        ProblemView { item, rev, problem: problem.clone(), changed: rfc3339(self.now()), by }
    }
}
