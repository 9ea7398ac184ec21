//! One's own patients, a slice at a time: a long look shows its progress and can be stopped between slices.

use super::view::SliceView;
use crate::app::desk::{Desk, uuid_at};
use crate::app::error::Failure;
use crate::policy::Relationship;
use crate::store::find_documents;
use bson::doc;
use std::collections::BTreeSet;
use uuid::Uuid;

/// Patients looked at in one slice.
const SLICE: usize = 25;

/// A slice of the patients that have a care team, and those of them that are one's own.
pub(super) struct Slice {
    pub own: Vec<Uuid>,
    looked_at: u64,
    of: u64,
    next: Option<Uuid>,
}

impl Slice {
    /// As the screen is told.
    pub fn view(&self, damaged: u64) -> SliceView {
        SliceView { done: self.looked_at, of: self.of, next: self.next, damaged }
    }
}

impl Desk<'_> {
    /// The slice that follows a patient; the first when none is named.
    pub(super) async fn own_after(&self, after: Option<Uuid>) -> Result<Slice, Failure> {
        let rows = find_documents(self.store, "care_team", doc! {}, Some(doc! { "body.patient": 1 })).await?;
        let patients = rows.iter().filter_map(|row| uuid_at(row.get_document("body").ok()?, "patient").ok());
        let all: BTreeSet<Uuid> = patients.collect();
        let looked_at: Vec<Uuid> =
            all.iter().copied().filter(|one| after.is_none_or(|after| *one > after)).take(SLICE).collect();
        let before = all.iter().filter(|one| after.is_some_and(|after| **one <= after)).count();
        let done = before + looked_at.len();
        let next = looked_at.last().copied().filter(|_| done < all.len());
        let ties = self.relationships_with(&looked_at.iter().copied().collect()).await?;
        let own = looked_at.into_iter().filter(|one| ties.get(one) == Some(&Relationship::CareTeam)).collect();
        Ok(Slice { own, looked_at: done as u64, of: all.len() as u64, next })
    }
}
