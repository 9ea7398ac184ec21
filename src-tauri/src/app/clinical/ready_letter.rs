//! Say that the letter of a referral lies ready: the desk sees at the check-out that there is one and who has it, and no
//! word of it. It has no key for what the letter says, so whoever wrote it prints it and hands it out.

use super::charting::{Charting, Found};
use crate::app::desk::Desk;
use crate::app::error::{Code, Failure};
use crate::app::perform::{Action, Prepared};
use crate::app::views::SavedItem;
use crate::audit::Purpose;
use crate::policy::Right;
use crate::record::{Appointment, Content, Item, Section};
use serde::Deserialize;
use uuid::Uuid;

/// The letter of a referral is ready.
#[derive(Deserialize, ts_rs::TS)]
pub struct ReadyLetter {
    /// Patient id.
    pub patient: Uuid,
    /// The referral.
    pub item: Uuid,
    /// The revision that was read.
    pub rev: i64,
}

impl Action for ReadyLetter {
    type Output = SavedItem;
    const NAME: &'static str = "ready_letter";

    fn right(&self) -> Right {
        Right::Edit(Section::Referrals)
    }

    fn patient(&self) -> Option<Uuid> {
        Some(self.patient)
    }

    fn purpose(&self) -> Purpose {
        Purpose::Treatment
    }

    async fn run(&self, desk: &Desk<'_>) -> Result<Prepared<SavedItem>, Failure> {
        let mut charting = Charting::of(desk, &[self.patient]).await?;
        let old = match charting.at(self.patient, (self.item, self.rev), Section::Referrals).await? {
            Found::Newer(current) => return charting.conflict(self.patient, Section::Referrals, *current),
            Found::Same(old) => old,
        };
        let Content::Referral(before) = &old.item.content else { return Err(Code::NotFound.bare()) };
        let mut referral = before.clone();
        referral.ready = Some(desk.signature());
        charting.tell_the_desk(self.patient).await?;
        let saved = charting.rewrite(&old, Item { content: Content::Referral(referral), ..old.item.clone() })?;
        charting.finish(SavedItem::Saved { saved })
    }
}

impl Charting<'_> {
    /// Marks the visit for which the patient is in the house; without one nobody waits at the desk.
    async fn tell_the_desk(&mut self, patient: Uuid) -> Result<(), Failure> {
        let desk = self.desk();
        let (visits, _) = desk.items(patient, &[Section::Appointments]).await?;
        let here = |visit: &Appointment| visit.state().is_some_and(|state| state.is_here());
        for opened in visits {
            let Content::Appointment(visit) = &opened.item.content else { continue };
            if !here(visit) {
                continue;
            }
            let letter = Some(desk.keys.account.name.clone());
            let content = Content::Appointment(Appointment { letter, ..visit.clone() });
            let next = Item { content, ..opened.item.clone() };
            self.rewrite_beside(&opened, &next)?;
        }
        Ok(())
    }
}
