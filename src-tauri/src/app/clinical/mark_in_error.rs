//! Mark an item entered in error: with a reason, kept in the history, out of lists, checks and counts.

use super::charting::{Charting, Found};
use crate::app::desk::Desk;
use crate::app::error::Failure;
use crate::app::instants::rfc3339;
use crate::app::perform::{Action, Prepared};
use crate::app::views::SavedItem;
use crate::audit::Purpose;
use crate::policy::Right;
use crate::record::{InError, Section, TaskStatus, validate};
use serde::Deserialize;
use uuid::Uuid;

/// An item that should never have been written.
#[derive(Deserialize, ts_rs::TS)]
pub struct MarkInError {
    /// Patient id.
    pub patient: Uuid,
    /// Item id.
    pub item: Uuid,
    /// The revision that was read.
    pub rev: i64,
    /// The section it stands in: whoever may write there may mark it.
    pub section: Section,
    /// Why, in a few words.
    pub reason: String,
}

impl Action for MarkInError {
    type Output = SavedItem;
    const NAME: &'static str = "mark_in_error";

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
        let mut charting = Charting::of_item(desk, self.patient, self.item).await?;
        match charting.at(self.patient, (self.item, self.rev), self.section).await? {
            Found::Newer(current) => charting.conflict(self.patient, self.section, *current),
            Found::Same(old) => {
                let mut item = old.item.clone();
                item.in_error = Some(desk.in_error(&self.reason, false));
                let saved = charting.rewrite(&old, item)?;
                // What it asked for was asked in error as well.
                charting.end_tasks(self.patient, self.item, &[], TaskStatus::EnteredInError).await?;
                charting.finish(SavedItem::Saved { saved })
            }
        }
    }
}

impl Desk<'_> {
    /// The mark of an item that was made in error, by this user, now.
    pub(super) fn in_error(&self, reason: &str, moved: bool) -> InError {
        let by = self.keys.account.name.clone();
        InError { at: rfc3339(self.now()), by, reason: reason.trim().to_owned(), moved }
    }
}
