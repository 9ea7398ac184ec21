//! Move an item to the patient it belongs to: marked in error here, made again there, both or neither.

use super::charting::{Charting, Found, shown_label};
use crate::app::desk::Desk;
use crate::app::error::{Code, Failure};
use crate::app::perform::{Action, Prepared};
use crate::app::views::SavedItem;
use crate::audit::Purpose;
use crate::policy::Right;
use crate::record::{Content, Item, Moved, Section, Task, TaskStatus, validate};
use serde::Deserialize;
use uuid::Uuid;

/// An item in the wrong chart.
#[derive(Deserialize, ts_rs::TS)]
pub struct MoveItem {
    /// The patient in whose chart it stands.
    pub patient: Uuid,
    /// Item id.
    pub item: Uuid,
    /// The revision that was read.
    pub rev: i64,
    /// The section it stands in.
    pub section: Section,
    /// The patient it belongs to; the user must have the right there too.
    pub to: Uuid,
    /// Why, in a few words.
    pub reason: String,
}

impl Action for MoveItem {
    type Output = SavedItem;
    const NAME: &'static str = "move_item";

    fn right(&self) -> Right {
        Right::Edit(self.section)
    }

    fn patient(&self) -> Option<Uuid> {
        Some(self.patient)
    }

    fn purpose(&self) -> Purpose {
        Purpose::Treatment
    }

    async fn run(&self, desk: &Desk<'_>) -> Result<Prepared<SavedItem>, Failure> {
        validate::reason(&self.reason)?;
        if self.to == self.patient {
            return Err(Code::Invalid.with("field", "to"));
        }
        desk.admitted_with(self.to, self.right()).await?;
        desk.patient(self.to, &[Section::Identity]).await?;
        let mut charting = Charting::of(desk, &[self.patient, self.to]).await?;
        match charting.at(self.patient, (self.item, self.rev), self.section).await? {
            Found::Newer(current) => charting.conflict(self.patient, self.section, *current),
            Found::Same(old) => {
                let mark = desk.in_error(&self.reason, true);
                let moved = Moved { at: mark.at.clone(), by: mark.by.clone(), reason: mark.reason.clone() };
                // Another patient's visit is none of this one's, and an import goes on writing to where it wrote.
                let mut there = Item { moved: Some(moved), encounter: None, source: None, ..old.item.clone() };
                if let Content::Attachment(one) = &mut there.content {
                    let label = old.item.sensitive.then(|| shown_label(old.item.label.clone()));
                    *one = charting.attachment_for(self.patient, self.to, (one, label.as_ref())).await?;
                }
                let saved = charting.rewrite(&old, Item { in_error: Some(mark), ..old.item.clone() })?;
                let new = charting.put(self.to, there)?.item;
                // What it asks for goes with it: a critical value is no less critical there.
                for task in charting.end_tasks(self.patient, self.item, &[], TaskStatus::EnteredInError).await? {
                    charting.add(self.to, Content::Task(Task { focus: Some(new), ..task }))?;
                }
                charting.finish(SavedItem::Saved { saved })
            }
        }
    }
}
