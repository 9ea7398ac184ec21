//! Set and lift the sensitivity label of an item. What tells about it goes with it, in the same transaction.

use super::charting::{Charting, Found};
use crate::app::desk::Desk;
use crate::app::error::{Code, Failure};
use crate::app::instants::rfc3339;
use crate::app::open_items::OpenedItem;
use crate::app::perform::{Action, Prepared};
use crate::app::views::SavedItem;
use crate::audit::Purpose;
use crate::policy::Right;
use crate::record::{Content, Item, Label, Section, Sensitivity, validate};
use serde::Deserialize;
use uuid::Uuid;

/// Whether an item is sensitive, and why.
#[derive(Deserialize, ts_rs::TS)]
pub struct SetLabel {
    /// Patient id.
    pub patient: Uuid,
    /// Item id.
    pub item: Uuid,
    /// The revision that was read.
    pub rev: i64,
    /// The section its kind belongs to: whoever may write there and has the extra right may label it.
    pub section: Section,
    /// Why it is sensitive; absent to lift the label.
    #[serde(default)]
    #[ts(optional)]
    pub label: Option<Sensitivity>,
    /// Why that is decided, in a few words.
    pub reason: String,
}

/// Where things stand that tell about others.
const TELLING: [Section; 5] =
    [Section::Medications, Section::Administrations, Section::Tasks, Section::CarePlans, Section::Restricted];

impl Action for SetLabel {
    type Output = SavedItem;
    const NAME: &'static str = "set_label";

    fn right(&self) -> Right {
        Right::Edit(Section::Restricted)
    }

    fn patient(&self) -> Option<Uuid> {
        Some(self.patient)
    }

    fn purpose(&self) -> Purpose {
        Purpose::Treatment
    }

    async fn run(&self, desk: &Desk<'_>) -> Result<Prepared<SavedItem>, Failure> {
        validate::reason(&self.reason)?;
        // Ordered and not confirmed yet, the extra right opens nothing and seals nothing.
        let held = desk.keys.holds(Section::Restricted.compartment());
        if !held || !desk.may(Right::Edit(self.section)) {
            return Err(Code::NoRight.bare());
        }
        let mut charting = Charting::of_item(desk, self.patient, self.item).await?;
        match charting.at(self.patient, (self.item, self.rev), self.section).await? {
            Found::Newer(current) => charting.conflict(self.patient, Section::Restricted, *current),
            Found::Same(old) if !old.item.content.may_be_labelled() => Err(Code::Invalid.with("field", "item")),
            Found::Same(old) => {
                let label = self.decided(desk);
                let saved = charting.rewrite(&old, labelled(&old, label.clone()))?;
                if let Content::Attachment(of) = &old.item.content {
                    charting.label_pages(self.patient, of, &label).await?;
                }
                charting.label_along(self.patient, self.item, &label).await?;
                charting.finish(SavedItem::Saved { saved })
            }
        }
    }
}

impl SetLabel {
    fn decided(&self, desk: &Desk<'_>) -> Label {
        Label { reason: Some(self.reason.trim().to_owned()), ..desk.label(self.label) }
    }
}

impl Desk<'_> {
    /// A label that this user decides on now.
    pub(in crate::app) fn label(&self, kind: Option<Sensitivity>) -> Label {
        let (at, by) = (Some(rfc3339(self.now())), Some(self.keys.account.name.clone()));
        Label { kind, at, by, reason: None, goes_with: None }
    }
}

fn labelled(old: &OpenedItem, label: Label) -> Item {
    Item { sensitive: label.kind.is_some(), label: Some(label), ..old.item.clone() }
}

impl Charting<'_> {
    /// Labels what tells about an item as the item, and what tells about that; or lifts what went with it.
    async fn label_along(&mut self, patient: Uuid, item: Uuid, label: &Label) -> Result<(), Failure> {
        let desk = self.desk();
        let (mut others, _) = desk.all_items(patient, &TELLING).await?;
        desk.fetch_companions(&mut others).await?;
        let mut about = vec![item];
        while let Some(of) = about.pop() {
            for other in others.extract_if(.., |one| one.item.content.tells_about() == Some(of)) {
                about.push(other.checked.id);
                let goes_with = other.item.label.as_ref().and_then(|label| label.goes_with);
                if !other.item.sensitive || goes_with == Some(of) {
                    self.rewrite(&other, labelled(&other, label.beside(of)))?;
                }
            }
        }
        Ok(())
    }
}
