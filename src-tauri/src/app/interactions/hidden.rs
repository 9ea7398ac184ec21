//! What restricted items lend to the check: a companion for each, written with it, counted and never shown.
//!
//! Nobody who writes a restricted item may read it back, so its ingredients are taken from it at that moment.

use crate::app::desk::Desk;
use crate::app::error::Failure;
use crate::app::open_chart::filter_of;
use crate::app::open_items::OpenedItem;
use crate::record::interactions::{HiddenIngredients, Taking};
use crate::record::{Content, Day, Item, Section};
use crate::store::find_documents;
use bson::doc;
use std::collections::BTreeSet;
use uuid::Uuid;

/// The id of a restricted item's companion.
pub(in crate::app) fn hidden_id(item: Uuid) -> Uuid {
    Uuid::new_v5(&item, b"wardseal/hidden-ingredients")
}

impl Desk<'_> {
    /// The companion of a restricted item; none of any other.
    pub(in crate::app) fn hidden_of(&self, id: Uuid, item: &Item) -> Option<Item> {
        if item.section() != Section::Restricted {
            return None;
        }
        let unread = HiddenIngredients { of: id, unread: true, ..HiddenIngredients::default() };
        let hidden = match self.interactions {
            Some(_) if !item.counts() => HiddenIngredients { of: id, ..HiddenIngredients::default() },
            Some(table) => table.hidden(id, item),
            None => unread,
        };
        Some(Item::new(Content::HiddenIngredients(hidden)))
    }

    /// Fetches the companions of restricted items, so that they change with them.
    pub(in crate::app) async fn fetch_companions(&self, items: &mut [OpenedItem]) -> Result<(), Failure> {
        let sensitive = items.iter().filter(|one| one.item.sensitive);
        let found = self.by_ids("items", sensitive.map(|one| hidden_id(one.checked.id)).collect()).await?;
        for companion in self.check("items", found)? {
            let companion = companion?;
            if let Some(of) = items.iter_mut().find(|one| hidden_id(one.checked.id) == companion.id) {
                of.companion = Some(Box::new(companion));
            }
        }
        Ok(())
    }

    /// What restricted items lend; one that has no companion is told as not checked.
    pub(super) async fn hidden(&self, patient: Uuid, today: Day) -> Result<Vec<(HiddenIngredients, Taking)>, Failure> {
        let sections = [Section::HiddenIngredients];
        if !self.may_view(Section::HiddenIngredients) {
            return Ok(Vec::new());
        }
        let restricted =
            find_documents(self.store, "items", filter_of(patient, &[Section::Restricted]), Some(doc! { "_id": 1 }));
        let (companions, restricted) = tokio::join!(self.items(patient, &sections), restricted);
        let (companions, damaged) = companions?;
        let stored =
            restricted?.iter().map(|raw| crate::app::desk::uuid_at(raw, "_id")).collect::<Result<BTreeSet<_>, _>>()?;
        let mut hidden = Vec::new();
        let mut told = BTreeSet::new();
        for opened in companions {
            let Content::HiddenIngredients(one) = opened.item.content else { continue };
            // A companion whose item is gone counts no more.
            if stored.contains(&one.of) && told.insert(one.of) {
                hidden.extend(counted(one, today));
            }
        }
        let alone = stored.difference(&told).count() as u64 + damaged;
        if alone > 0 {
            hidden.push((HiddenIngredients { unread: true, ..HiddenIngredients::default() }, Taking::Now));
        }
        Ok(hidden)
    }
}

/// With how long ago it was stopped; what was never begun doesn't count.
fn counted(mut one: HiddenIngredients, today: Day) -> Option<(HiddenIngredients, Taking)> {
    let taking = match one.status.as_deref() {
        Some("draft" | "cancelled" | "entered-in-error") => return None,
        Some("stopped" | "completed") => {
            let since = one.stopped.as_deref().and_then(Day::of).map(|day| today.since(day));
            Taking::Stopped(since.map(|days| u32::try_from(days).unwrap_or(0)))
        }
        _ => Taking::Now,
    };
    // That something stopped long ago isn't in the table helps nobody.
    one.unread &= taking == Taking::Now;
    Some((one, taking))
}
