//! What is to be done: the open tasks of the patients one treats, one's own and those that are everybody's by now.

use crate::app::desk::{Desk, uuid_at};
use crate::app::error::Failure;
use crate::app::instants;
use crate::app::open_items::OpenedItem;
use crate::app::perform::{Action, Prepared, Touched};
use crate::app::views::{ColleagueView, TaskView, WorklistView};
use crate::audit::Purpose;
use crate::policy::{Relationship, Right, decide};
use crate::record::{Circle, Compartment, Content, Section, Task};
use crate::store::find_documents;
use bson::{RawDocumentBuf, doc};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// The list of whoever asks.
#[derive(Deserialize, ts_rs::TS)]
pub struct ReadWorklist {
    /// Everybody's, not only one's own and what is overdue: for a hand-off.
    pub all: bool,
}

impl Action for ReadWorklist {
    type Output = WorklistView;
    const NAME: &'static str = "read_worklist";

    fn right(&self) -> Right {
        Right::ViewWorklist
    }

    fn patient(&self) -> Option<Uuid> {
        None
    }

    fn purpose(&self) -> Purpose {
        Purpose::Treatment
    }

    async fn run(&self, desk: &Desk<'_>) -> Result<Prepared<WorklistView>, Failure> {
        let by_patient = desk.open_tasks_by_patient().await?;
        let patients: BTreeSet<Uuid> = by_patient.keys().copied().collect();
        // Who isn't given the key of labelled tasks has none of it here either.
        let compartments = BTreeSet::from([Compartment::Clinical, Compartment::Restricted]);
        let keys = desk.patient_keys(&patients, &compartments).await?;
        let (mut tasks, mut touched, mut damaged) = (Vec::new(), Vec::new(), 0);
        for (patient, found) in by_patient {
            let (items, refused) = desk.open_items(patient, found, &keys).await?;
            damaged += refused;
            let mut of_patient: Vec<TaskView> = items.into_iter().filter_map(|one| desk.task_view(one)).collect();
            of_patient.retain(|task| self.all || task.told);
            if !of_patient.is_empty() {
                let (sections, count) = (vec![Section::Tasks, Section::Identity], of_patient.len() as u64);
                touched.push(Touched { patient: Some(patient), sections, count, ..Touched::default() });
            }
            tasks.extend(of_patient);
        }
        desk.name_tasks(&mut tasks).await?;
        tasks.sort_by_key(|task| {
            (std::cmp::Reverse(task.circle), !task.overdue, rank(&task.priority), task.due.clone())
        });
        if touched.is_empty() {
            touched.push(Touched::default());
        }
        let colleagues = desk.colleagues();
        Ok(Prepared { output: WorklistView { tasks, colleagues, damaged }, touched, writes: vec![], heads: vec![] })
    }
}

fn rank(priority: &str) -> usize {
    ["stat", "asap", "urgent"].iter().position(|one| *one == priority).unwrap_or(3)
}

impl Desk<'_> {
    /// The stored open tasks of those patients whom this user treats.
    async fn open_tasks_by_patient(&self) -> Result<BTreeMap<Uuid, Vec<RawDocumentBuf>>, Failure> {
        // A task about a labelled item stands among the labelled ones.
        let held = [Section::Tasks, Section::Restricted].into_iter().filter(|one| self.keys.holds(one.compartment()));
        let filter = doc! { "section": { "$in": held.map(Section::code).collect::<Vec<_>>() } };
        let mut by_patient: BTreeMap<Uuid, Vec<RawDocumentBuf>> = BTreeMap::new();
        for raw in find_documents(self.store, "items", filter, None).await? {
            by_patient.entry(uuid_at(&raw, "patient").unwrap_or_default()).or_default().push(raw);
        }
        let ties = self.relationships_with(&by_patient.keys().copied().collect()).await?;
        let treats = |patient: &Uuid| {
            let tie = ties.get(patient).copied().unwrap_or(Relationship::None);
            decide(self.asking.standing(), Right::View(Section::Tasks), tie).is_allowed()
        };
        by_patient.retain(|patient, _| treats(patient));
        Ok(by_patient)
    }

    /// A task as it is shown; nothing for what isn't an open one.
    pub(in crate::app) fn task_view(&self, opened: OpenedItem) -> Option<TaskView> {
        let (item, rev, patient) = (opened.checked.id, opened.checked.content_rev(), opened.checked.patient);
        let counts = opened.item.counts();
        let Content::Task(task) = opened.item.content else { return None };
        if !counts || !task.status.is_open() {
            return None;
        }
        let now = self.now().0;
        let age = instants::read(&task.made).map_or(0, |made| (now - made.0) / 60_000);
        let left = task.due.as_deref().and_then(|due| self.due_at(due)).map(|due| (due - now).div_euclid(60_000));
        let circle = task.circle(age, left);
        let mine = task.owner == Some(self.asking.user);
        let told = mine || task.owner.is_none() || circle > Circle::Owner;
        let Task { kind, text, status, priority, focus, owner_name, made, due, .. } = task;
        let overdue = left.is_some_and(|left| left < 0);
        let name = String::new();
        Some(TaskView {
            item,
            rev,
            patient,
            name,
            birth_date: None,
            kind,
            text,
            status,
            priority,
            focus,
            owner_name,
            mine,
            told,
            circle,
            made,
            due,
            overdue,
        })
    }

    /// When a due day or instant is over, in milliseconds.
    fn due_at(&self, due: &str) -> Option<i64> {
        let end_of_day = || Some(self.zone().bounds(due.parse().ok()?).1);
        instants::read(due).map(|at| at.0).or_else(end_of_day)
    }

    /// Puts the names to tasks.
    async fn name_tasks(&self, tasks: &mut [TaskView]) -> Result<(), Failure> {
        let ids: BTreeSet<Uuid> = tasks.iter().map(|one| one.patient).collect();
        let found = self.by_ids("patients", ids).await?;
        for opened in self.open_patients(found, &[Section::Identity]).await?.into_iter().flatten() {
            let born = opened.record.identity.birth_date.map(|born| born.to_string());
            let name = &opened.record.identity.name;
            let name = format!("{}, {}", name.surname.to_uppercase(), name.given_joined());
            for one in tasks.iter_mut().filter(|one| one.patient == opened.checked.id) {
                (one.name, one.birth_date) = (name.clone(), born.clone());
            }
        }
        Ok(())
    }

    /// Who may be given something to do.
    pub(in crate::app) fn colleagues(&self) -> Vec<ColleagueView> {
        let treating = self.keys.directory.accounts().filter(|one| one.active && super::tasks::treats(&one.role));
        let view = |one: &crate::keys::Account| ColleagueView {
            username: one.username.clone(),
            name: one.name.clone(),
            role: one.role.clone(),
        };
        let mut colleagues: Vec<ColleagueView> = treating.map(view).collect();
        colleagues.sort_by(|a, b| a.name.cmp(&b.name));
        colleagues
    }
}
