//! The work-list of likely duplicates: one patient after the other is asked for by the rule, a few at a time, so that it
//! goes on beside other work, shows how far it has come and can be stopped. Nothing is ever merged by it.

use super::merge::write_both;
use crate::app::desk::{Desk, OpenedPatient};
use crate::app::error::{Code, Failure};
use crate::app::perform::{Action, Prepared, Touched};
use crate::app::search::row_of;
use crate::app::views::{Done, DuplicatesPage, LikelyPair};
use crate::audit::Purpose;
use crate::keys::forms;
use crate::policy::Right;
use crate::record::{Fit, Section};
use crate::store::find;
use bson::doc;
use serde::Deserialize;
use std::collections::BTreeSet;
use uuid::Uuid;

/// The next few patients, and who of all may be the same person as one of them.
#[derive(Deserialize, ts_rs::TS)]
pub struct FindDuplicates {
    /// The patient after whom to go on; none at the beginning.
    pub after: Option<Uuid>,
}

/// Two records that look alike and are two people's.
#[derive(Deserialize, ts_rs::TS)]
pub struct TellApart {
    /// The one.
    pub patient: Uuid,
    /// The other.
    pub other: Uuid,
}

/// Patients looked at in one slice.
const SLICE: usize = 5;
/// More than any clinic has: only for the count.
const MOST: usize = 10_000_000;
const COMPARED: [Section; 2] = [Section::Identity, Section::Contact];

impl Action for FindDuplicates {
    type Output = DuplicatesPage;
    const NAME: &'static str = "find_duplicates";

    fn right(&self) -> Right {
        Right::MergePatients
    }

    fn patient(&self) -> Option<Uuid> {
        None
    }

    fn purpose(&self) -> Purpose {
        Purpose::Operations
    }

    async fn run(&self, desk: &Desk<'_>) -> Result<Prepared<DuplicatesPage>, Failure> {
        let slice = desk.patients_after(self.after).await?;
        let (of, done) = (desk.count(&doc! {}, MOST).await?, desk.count_until(slice.last()).await?);
        let mut page = DuplicatesPage { pairs: Vec::new(), done: done as u64, of: of as u64, next: None, damaged: 0 };
        page.next = slice.last().map(|last| last.0).filter(|_| slice.len() == SLICE);
        let (mut opened, mut named) = (0, BTreeSet::new());
        for (id, patient) in slice {
            match patient {
                Ok(patient) => opened += desk.pairs_of(id, &patient, &mut page.pairs).await?,
                Err(failure) if failure.code == Code::Damaged => page.damaged += 1,
                Err(failure) => return Err(failure),
            }
        }
        for pair in &page.pairs {
            named.extend([pair.patient.patient, pair.other.row.patient]);
        }
        let about = |patient, count| Touched { patient, sections: COMPARED.to_vec(), count, ..Touched::default() };
        let mut touched = vec![Touched { damaged: page.damaged > 0, ..about(None, opened) }];
        touched.extend(named.into_iter().map(|patient| about(Some(patient), 1)));
        Ok(Prepared { output: page, touched, writes: Vec::new(), heads: Vec::new() })
    }
}

impl Action for TellApart {
    type Output = Done;
    const NAME: &'static str = "tell_apart";

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
        let old = desk.both(self.patient, self.other).await?;
        let ids = [self.other, self.patient].map(|id| id.to_string());
        let mut next = [old[0].record.clone(), old[1].record.clone()];
        for (record, id) in next.iter_mut().zip(ids) {
            if !record.identity.told_apart.contains(&id) {
                record.identity.told_apart.push(id);
            }
        }
        write_both(desk, old, next).await
    }
}

type Slice = Vec<(Uuid, Result<OpenedPatient, Failure>)>;

impl Desk<'_> {
    /// The patients that follow one, in the order of their ids.
    async fn patients_after(&self, after: Option<Uuid>) -> Result<Slice, Failure> {
        let filter = after.map_or_else(|| doc! {}, |after| doc! { "_id": { "$gt": forms::uuid_bson(after) } });
        let projection = doc! { "rev": 1, "head": 1, "s.identity": 1, "s.contact": 1 };
        let mut command = find(&self.site.stored_in("patients"), filter, Some(projection));
        command.extend(doc! { "sort": { "_id": 1 }, "limit": SLICE as i64 });
        let found = self.find_encrypted(&command).await?;
        let ids = found.iter().map(|raw| crate::app::desk::uuid_at(raw, "_id")).collect::<Result<Vec<_>, _>>()?;
        Ok(ids.into_iter().zip(self.open_patients(found, &COMPARED).await?).collect())
    }

    async fn count_until(&self, last: Option<&(Uuid, Result<OpenedPatient, Failure>)>) -> Result<usize, Failure> {
        match last {
            Some((last, _)) => self.count(&doc! { "_id": { "$lte": forms::uuid_bson(*last) } }, MOST).await,
            None => self.count(&doc! {}, MOST).await,
        }
    }

    /// Adds who may be this patient once more; how many records that opened.
    async fn pairs_of(&self, id: Uuid, patient: &OpenedPatient, pairs: &mut Vec<LikelyPair>) -> Result<u64, Failure> {
        let identity = &patient.record.identity;
        if identity.merged_into.is_some() {
            return Ok(1);
        }
        let matched = self.others_like(id, &patient.record).await?;
        let opened = 1 + matched.opened;
        let known = |one: &Uuid| identity.told_apart.iter().any(|other| *other == one.to_string());
        for other in matched.rows.into_iter().filter(|one| !one.row.damaged && !known(&one.row.patient)) {
            pairs.push(LikelyPair { patient: row_of(id, patient, Fit::Sound, self.today()), other });
        }
        Ok(opened)
    }
}
