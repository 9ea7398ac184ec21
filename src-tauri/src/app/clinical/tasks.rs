//! Tasks: made by people and by what happens, handed on, ended. What an ended thing asked for is ended with it.

use super::charting::{Charting, Found};
use crate::app::desk::Desk;
use crate::app::error::{Code, Failure};
use crate::app::instants::rfc3339;
use crate::app::open_items::OpenedItem;
use crate::app::perform::{Action, Prepared};
use crate::app::views::SavedItem;
use crate::audit::Purpose;
use crate::clock::Timestamp;
use crate::policy::{Right, Role};
use crate::record::validate::{Invalid, Why};
use crate::record::{Content, Item, Section, Task, TaskKind, TaskStatus};
use serde::Deserialize;
use uuid::Uuid;

/// Something to be done.
#[derive(Deserialize, ts_rs::TS)]
pub struct AddTask {
    /// Patient id.
    pub patient: Uuid,
    /// In words.
    pub text: String,
    /// `routine`, `urgent`, `asap`, `stat`.
    pub priority: String,
    /// To be done until, ISO day.
    #[serde(default)]
    #[ts(optional)]
    pub due: Option<String>,
    /// User name of whoever is to do it; nobody in particular when absent.
    #[serde(default)]
    #[ts(optional)]
    pub owner: Option<String>,
    /// The item it is about.
    #[serde(default)]
    #[ts(optional)]
    pub focus: Option<Uuid>,
}

/// A step of a task, or another owner.
#[derive(Deserialize, ts_rs::TS)]
pub struct ChangeTask {
    /// Patient id.
    pub patient: Uuid,
    /// Item id.
    pub item: Uuid,
    /// The revision that was read.
    pub rev: i64,
    /// What it becomes; stays when absent.
    #[serde(default)]
    #[ts(optional)]
    pub status: Option<TaskStatus>,
    /// User name of whom it is handed to.
    #[serde(default)]
    #[ts(optional)]
    pub owner: Option<String>,
    /// What is to be said about it: needed to end a critical value's.
    #[serde(default)]
    #[ts(optional)]
    pub outcome: Option<String>,
}

impl Action for AddTask {
    type Output = SavedItem;
    const NAME: &'static str = "add_task";

    fn right(&self) -> Right {
        Right::Edit(Section::Tasks)
    }

    fn patient(&self) -> Option<Uuid> {
        Some(self.patient)
    }

    fn purpose(&self) -> Purpose {
        Purpose::Treatment
    }

    async fn run(&self, desk: &Desk<'_>) -> Result<Prepared<SavedItem>, Failure> {
        let owner = self.owner.as_deref().map(|name| desk.colleague(name)).transpose()?;
        let task = Task {
            priority: self.priority.clone(),
            due: self.due.clone(),
            focus: self.focus,
            owner: owner.as_ref().map(|one| one.0),
            owner_name: owner.map(|one| one.1),
            ..desk.task(TaskKind::Todo, self.text.trim().to_owned())
        };
        super::entries::add(desk, self.patient, Content::Task(task), None).await
    }
}

impl Action for ChangeTask {
    type Output = SavedItem;
    const NAME: &'static str = "change_task";

    fn right(&self) -> Right {
        Right::Edit(Section::Tasks)
    }

    fn patient(&self) -> Option<Uuid> {
        Some(self.patient)
    }

    fn purpose(&self) -> Purpose {
        Purpose::Treatment
    }

    async fn run(&self, desk: &Desk<'_>) -> Result<Prepared<SavedItem>, Failure> {
        let mut charting = Charting::of_item(desk, self.patient, self.item).await?;
        match charting.at(self.patient, (self.item, self.rev), Section::Tasks).await? {
            Found::Newer(current) => charting.conflict(self.patient, Section::Tasks, *current),
            Found::Same(old) => {
                let task = self.changed(desk, &old)?;
                let saved = charting.change(&old, Content::Task(task))?;
                charting.finish(SavedItem::Saved { saved })
            }
        }
    }
}

impl ChangeTask {
    fn changed(&self, desk: &Desk<'_>, old: &OpenedItem) -> Result<Task, Failure> {
        let Content::Task(task) = &old.item.content else { return Err(Code::NotFound.bare()) };
        let mut task = task.clone();
        if let Some(next) = self.status {
            task.status = task.status.after(next)?;
            task.outcome = self.outcome.as_deref().map(str::trim).filter(|said| !said.is_empty()).map(str::to_owned);
        }
        if task.kind == TaskKind::AcknowledgeCritical && !task.status.is_open() {
            // Who ends an alarm says what he did about it.
            crate::record::validate::reason(task.outcome.as_deref().unwrap_or_default())?;
        }
        if let Some(name) = &self.owner {
            let (user, words) = desk.colleague(name)?;
            (task.owner, task.owner_name) = (Some(user), Some(words));
        }
        desk.check_entered(&Content::Task(task.clone()))?;
        Ok(task)
    }
}

impl Charting<'_> {
    /// Ends the open tasks about an item, in the transaction that ends what they asked for; tells which they were.
    pub(super) async fn end_tasks(
        &mut self,
        patient: Uuid,
        focus: Uuid,
        kinds: &[TaskKind],
        ended: TaskStatus,
    ) -> Result<Vec<Task>, Failure> {
        let (tasks, _) = self.desk().items(patient, &[Section::Tasks]).await?;
        let mut were = Vec::new();
        for old in tasks {
            let Content::Task(task) = &old.item.content else { continue };
            if task.focus != Some(focus) || !(kinds.is_empty() || kinds.contains(&task.kind)) {
                continue;
            }
            were.push(task.clone());
            let mut task = task.clone();
            task.status = task.status.after(ended)?;
            self.rewrite(&old, Item { content: Content::Task(task), ..old.item.clone() })?;
        }
        Ok(were)
    }
}

impl Desk<'_> {
    /// A task made now, for nobody in particular.
    pub(in crate::app) fn task(&self, kind: TaskKind, text: String) -> Task {
        Task {
            kind,
            text,
            status: TaskStatus::Requested,
            priority: "routine".to_owned(),
            focus: None,
            owner: None,
            owner_name: None,
            made: rfc3339(self.now()),
            due: None,
            outcome: None,
        }
    }

    /// So many minutes from now.
    pub(super) fn minutes_ahead(&self, minutes: i64) -> String {
        rfc3339(Timestamp(self.now().0.saturating_add(minutes.saturating_mul(60_000))))
    }

    /// A colleague by user name: who may be given something to do.
    pub(super) fn colleague(&self, username: &str) -> Result<(Uuid, String), Failure> {
        let known = self.keys.directory.by_username(username.trim()).filter(|one| one.active && treats(&one.role));
        let known = known.ok_or(Invalid { field: "tasks.owner", why: Why::NotListed })?;
        Ok((known.id, known.name.clone()))
    }

    /// A colleague of that role.
    pub(super) fn colleague_as(&self, username: &str, role: Role) -> Result<(Uuid, String), Failure> {
        let known = self.keys.directory.by_username(username.trim()).filter(|one| one.role == role.code());
        known.ok_or(Invalid { field: "tasks.owner", why: Why::NotListed })?;
        self.colleague(username)
    }
}

/// Whether a role's people treat patients.
pub(super) fn treats(role: &str) -> bool {
    [Role::Doctor, Role::Nurse].iter().any(|one| one.code() == role)
}
