//! Archive records whose time is over: nothing was written for the years that their tag says. An archived record is out
//! of use and still there; a legal hold and a tag for ever keep one in use. To erase it is another step, by two people.

use super::prepared;
use crate::app::desk::{Desk, OpenedPatient, uuid_at};
use crate::app::error::{Code, Failure};
use crate::app::perform::{Action, Prepared, Touched};
use crate::app::sealing::Writing;
use crate::app::views::ForUi;
use crate::audit::Purpose;
use crate::keys::forms;
use crate::policy::Right;
use crate::record::retention::{Retention, SHORTEST};
use crate::record::{PartialDate, Section};
use crate::store::{find, find_documents};
use bson::{DateTime, RawDocumentBuf, doc};
use serde::Serialize;
use uuid::Uuid;

/// Milliseconds of the shortest time, leap days left out: rather too many are looked at than too few.
const SHORTEST_MS: i64 = SHORTEST as i64 * 365 * 86_400_000;

/// Which records nobody has written into for the shortest time.
pub struct FindOldRecords {}

/// One record: look whether it is due, and archive it.
pub struct ArchiveRecord {
    /// The patient.
    pub patient: Uuid,
    /// Only look.
    pub look: bool,
}

/// Ids, and nothing of whom.
#[derive(Serialize)]
pub struct OldRecords {
    /// Of patients.
    pub patients: Vec<Uuid>,
}

/// What became of a record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum Retained {
    /// It is out of use from now on.
    Archived,
    /// It is due and was only looked at.
    Due,
    /// It is due, and a legal hold keeps it.
    Held,
    /// It isn't due before this day; nothing for one that is kept for ever.
    Kept(Option<String>),
    /// It is out of use already, or goes on in another record.
    OutOfUse,
}

impl ForUi for OldRecords {}
impl ForUi for Retained {}

impl Action for FindOldRecords {
    type Output = OldRecords;
    const NAME: &'static str = "find_old_records";

    fn right(&self) -> Right {
        Right::ArchiveRecords
    }

    fn patient(&self) -> Option<Uuid> {
        None
    }

    fn purpose(&self) -> Purpose {
        Purpose::Compliance
    }

    async fn run(&self, desk: &Desk<'_>) -> Result<Prepared<OldRecords>, Failure> {
        let before = DateTime::from_millis(desk.now().0 - SHORTEST_MS);
        let filter = doc! { "upd": { "$lt": before } };
        let found =
            desk.find_encrypted(&find(&desk.site.stored_in("patients"), filter, Some(doc! { "_id": 1 }))).await?;
        let ids = found.iter().map(|raw| uuid_at(raw, "_id")).collect::<Result<Vec<_>, _>>()?;
        let patients: Vec<Uuid> = ids.into_iter().filter(|id| !id.is_nil()).collect();
        let count = patients.len() as u64;
        Ok(Prepared::read(OldRecords { patients }, Touched { count, ..Touched::default() }))
    }
}

impl Action for ArchiveRecord {
    type Output = Retained;
    const NAME: &'static str = "archive_record";

    fn right(&self) -> Right {
        Right::ArchiveRecords
    }

    fn patient(&self) -> Option<Uuid> {
        Some(self.patient)
    }

    fn purpose(&self) -> Purpose {
        Purpose::Compliance
    }

    async fn run(&self, desk: &Desk<'_>) -> Result<Prepared<Retained>, Failure> {
        let old = desk.whole_patient(self.patient).await?;
        let touched = Touched { sections: vec![Section::Identity], count: 1, ..Touched::default() };
        let today = desk.today().ok_or_else(|| Code::Internal.bare())?;
        let state = desk.retained(&old, today).await?;
        if state != Retained::Due || self.look {
            return Ok(Prepared::read(state, touched));
        }
        let (mut record, mut writing) = (old.record.clone(), Writing::default());
        record.identity.inactive = Some(format!("Archived on {today}: the time it is kept in use is over"));
        desk.rewrite(&mut writing, &old, &record, &[Section::Identity]).await?;
        prepared(desk, writing, Retained::Archived, touched)
    }
}

impl Desk<'_> {
    async fn retained(&self, old: &OpenedPatient, today: PartialDate) -> Result<Retained, Failure> {
        let identity = &old.record.identity;
        if identity.inactive.is_some() || identity.merged_into.is_some() {
            return Ok(Retained::OutOfUse);
        }
        let absorbed = identity.absorbed.iter().filter_map(|id| id.parse().ok());
        let mut last = i64::MIN;
        for id in std::iter::once(old.checked.id).chain(absorbed) {
            last = last.max(self.last_written(id).await?);
        }
        let last = self.zone().day_of(last).to_string().parse().map_err(|_| Code::Internal.bare())?;
        let due = Retention::of(identity.retention.as_deref()).due(last, identity.birth_date);
        match due {
            Some(due) if due <= today && self.is_held(old.checked.id).await? => Ok(Retained::Held),
            Some(due) if due <= today => Ok(Retained::Due),
            other => Ok(Retained::Kept(other.map(|due| due.to_string()))),
        }
    }

    /// When the record or anything in it was written last, as the store says.
    async fn last_written(&self, patient: Uuid) -> Result<i64, Failure> {
        let (id, only) = (forms::uuid_bson(patient), Some(doc! { "upd": 1 }));
        let command = find(&self.site.stored_in("patients"), doc! { "_id": id.clone() }, only.clone());
        let items = find_documents(self.store, "items", doc! { "patient": id }, only);
        let (record, items) = tokio::join!(self.find_encrypted(&command), items);
        let written = |raw: &RawDocumentBuf| raw.get_datetime("upd").ok().map(DateTime::timestamp_millis);
        let newest = record?.iter().chain(&items?).filter_map(written).max();
        newest.ok_or_else(|| Code::NotFound.bare())
    }
}
