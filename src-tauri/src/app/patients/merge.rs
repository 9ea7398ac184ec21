//! Merge two records of one person, and take that back. Nothing is moved: the one that goes on is told of the other,
//! whose entries are read through it, and the other says where it went. Taken back, both are what they were.

use super::prepared;
use crate::app::desk::{Desk, OpenedPatient};
use crate::app::error::{Code, Failure};
use crate::app::instants::rfc3339;
use crate::app::open_items::OpenedItem;
use crate::app::perform::{Action, Prepared, Touched};
use crate::app::sealing::Writing;
use crate::app::views::Done;
use crate::audit::Purpose;
use crate::policy::Right;
use crate::record::{Merged, Section, validate};
use serde::Deserialize;
use uuid::Uuid;

/// Two records that are one person's.
#[derive(Deserialize, ts_rs::TS)]
pub struct MergePatients {
    /// The record that goes on.
    pub patient: Uuid,
    /// The record that ends in it.
    pub merged: Uuid,
    /// Why they are one person's.
    pub reason: String,
}

/// They weren't one person's, or the other record was to go on.
#[derive(Deserialize, ts_rs::TS)]
pub struct UnmergePatients {
    /// The record that went on.
    pub patient: Uuid,
    /// The record that had ended in it.
    pub merged: Uuid,
}

impl Action for MergePatients {
    type Output = Done;
    const NAME: &'static str = "merge_patients";

    fn right(&self) -> Right {
        Right::MergePatients
    }

    fn patient(&self) -> Option<Uuid> {
        Some(self.patient)
    }

    fn purpose(&self) -> Purpose {
        Purpose::Operations
    }

    async fn run(&self, desk: &Desk<'_>) -> Result<Prepared<Done>, Failure> {
        validate::reason(&self.reason)?;
        let [survivor, merged] = desk.both(self.patient, self.merged).await?;
        let (goes_on, ends) = (&survivor.record.identity, &merged.record.identity);
        // Of a chain nobody could say any more which step to take back.
        if goes_on.merged_into.is_some() || ends.merged_into.is_some() || !ends.absorbed.is_empty() {
            return Err(Code::MergedAlready.bare());
        }
        let mut next = [survivor.record.clone(), merged.record.clone()];
        next[0].identity.absorbed.push(self.merged.to_string());
        next[1].identity.merged_into = Some(Merged {
            record: self.patient.to_string(),
            reason: self.reason.trim().to_owned(),
            at: rfc3339(desk.now()),
            by: desk.keys.account.name.clone(),
        });
        write_both(desk, [survivor, merged], next).await
    }
}

impl Action for UnmergePatients {
    type Output = Done;
    const NAME: &'static str = "unmerge_patients";

    fn right(&self) -> Right {
        Right::MergePatients
    }

    fn patient(&self) -> Option<Uuid> {
        Some(self.patient)
    }

    /// It is undone from the window of either.
    fn is_for(&self, patient: Uuid) -> bool {
        [self.patient, self.merged].contains(&patient)
    }

    fn purpose(&self) -> Purpose {
        Purpose::Operations
    }

    async fn run(&self, desk: &Desk<'_>) -> Result<Prepared<Done>, Failure> {
        let [survivor, merged] = desk.both(self.patient, self.merged).await?;
        let id = self.merged.to_string();
        let into = merged.record.identity.merged_into.as_ref().map(|into| into.record.clone());
        if into != Some(self.patient.to_string()) || !survivor.record.identity.absorbed.contains(&id) {
            return Err(Code::NotFound.bare());
        }
        let mut next = [survivor.record.clone(), merged.record.clone()];
        next[0].identity.absorbed.retain(|one| *one != id);
        next[1].identity.merged_into = None;
        write_both(desk, [survivor, merged], next).await
    }
}

pub(super) async fn write_both(
    desk: &Desk<'_>,
    old: [OpenedPatient; 2],
    next: [crate::record::PatientRecord; 2],
) -> Result<Prepared<Done>, Failure> {
    let mut writing = Writing::default();
    let mut rows = Vec::new();
    for (old, next) in old.iter().zip(&next) {
        desk.rewrite(&mut writing, old, next, &[Section::Identity]).await?;
        let (patient, sections) = (Some(old.checked.id), vec![Section::Identity]);
        rows.push(Touched { patient, sections, count: 1, ..Touched::default() });
    }
    let mut done = prepared(desk, writing, Done {}, Touched::default())?;
    done.touched = rows;
    Ok(done)
}

impl Desk<'_> {
    pub(super) async fn both(&self, one: Uuid, other: Uuid) -> Result<[OpenedPatient; 2], Failure> {
        if one == other || other.is_nil() {
            return Err(Code::NotFound.bare());
        }
        Ok([self.whole_patient(one).await?, self.whole_patient(other).await?])
    }

    /// The entries of the records this one goes on for, of the same sections; and how many are damaged.
    pub(in crate::app) async fn absorbed_items(
        &self,
        patient: &OpenedPatient,
        sections: &[Section],
    ) -> Result<(Vec<OpenedItem>, u64), Failure> {
        let (mut all, mut damaged) = (Vec::new(), 0);
        for id in patient.record.identity.absorbed.iter().filter_map(|id| id.parse().ok()) {
            let (items, refused) = self.items(id, sections).await?;
            all.extend(items);
            damaged += refused;
        }
        Ok((all, damaged))
    }
}
