//! Who could be taken for a patient: namesakes, and those of nearly the same name and birth date. So few that a mark
//! is looked at.

use crate::app::desk::{Desk, uuid_at};
use crate::app::error::Failure;
use crate::app::perform::{Action, Prepared, Touched};
use crate::app::views::{LookAlike, LookAlikesOf};
use crate::audit::Purpose;
use crate::crypt::index::{any_of, between, equal};
use crate::policy::Right;
use crate::record::query::BornBetween;
use crate::record::{PartialDate, Particulars, PatientRecord, Section};
use bson::{Document, doc};
use serde::Deserialize;
use uuid::Uuid;

/// Of whom.
#[derive(Deserialize, ts_rs::TS)]
pub struct FindLookAlikes {
    /// Patient id.
    pub patient: Uuid,
}

/// How many are opened, and shown.
const OPENED: usize = 60;
const SHOWN: usize = 5;
/// How many are opened where it must be known who is meant.
const COMPARED: usize = 200;

impl Action for FindLookAlikes {
    type Output = LookAlikesOf;
    const NAME: &'static str = "find_look_alikes";

    fn right(&self) -> Right {
        Right::View(Section::Identity)
    }

    fn patient(&self) -> Option<Uuid> {
        Some(self.patient)
    }

    fn purpose(&self) -> Purpose {
        Purpose::Treatment
    }

    async fn run(&self, desk: &Desk<'_>) -> Result<Prepared<LookAlikesOf>, Failure> {
        let patient = desk.patient(self.patient, &[Section::Identity]).await?;
        let own = Particulars::of(&patient.record);
        let sections = vec![Section::Identity];
        let Some(filter) = desk.alike(&own)? else {
            let touched = Touched { sections, count: 1, ..Touched::default() };
            return Ok(Prepared::read(LookAlikesOf { alike: Vec::new(), more: false }, touched));
        };
        let found = desk.hits(&filter, &sections, (0, OPENED + 1)).await?;
        let more = found.len() > OPENED;
        let ids = found.iter().map(|raw| uuid_at(raw, "_id")).collect::<Result<Vec<_>, _>>()?;
        let opened = desk.open_patients(found, &sections).await?;
        let count = 1 + opened.len() as u64;
        let untold = desk.untold(opened.iter().flatten()).await?;
        let mut alike = Vec::new();
        for (id, other) in ids.into_iter().zip(opened) {
            let Ok(other) = other else { continue };
            if untold.contains(&id) {
                continue;
            }
            let identity = &other.record.identity;
            let same = Particulars::of(&other.record);
            let counts = id != self.patient && identity.merged_into.is_none() && own.is_look_alike(&same);
            if counts {
                alike.push(LookAlike {
                    patient: id,
                    surname: identity.name.surname.clone(),
                    given: identity.name.given_joined(),
                    birth_date: identity.birth_date.map(|date| date.to_string()),
                    mrn: identity.mrn.clone(),
                    near: own.may_be_taken_for(&same),
                    differs: desk.differences(&patient.record, &other.record),
                });
            }
        }
        alike.sort_by_key(|one| (!one.near, one.patient));
        let more = more || alike.len() > SHOWN;
        alike.truncate(SHOWN);
        let touched = Touched { sections, count, ..Touched::default() };
        Ok(Prepared::read(LookAlikesOf { alike, more }, touched))
    }
}

impl Desk<'_> {
    /// Who could be taken for a patient, with how they are reached.
    pub(in crate::app) async fn who_look_alike(
        &self,
        patient: Uuid,
        record: &PatientRecord,
    ) -> Result<Vec<PatientRecord>, Failure> {
        let own = Particulars::of(record);
        let sections = [Section::Identity, Section::Contact];
        let Some(filter) = self.alike(&own)? else { return Ok(Vec::new()) };
        let found = self.hits(&filter, &sections, (0, COMPARED)).await?;
        let mut alike = Vec::new();
        for other in self.open_patients(found, &sections).await?.into_iter().flatten() {
            let same = Particulars::of(&other.record);
            let counts = other.checked.id != patient && other.record.identity.merged_into.is_none();
            if counts && own.is_look_alike(&same) {
                alike.push(other.record);
            }
        }
        Ok(alike)
    }

    /// Namesakes in either order; and those who sound so and were born on that day or on its turned one.
    fn alike(&self, own: &Particulars) -> Result<Option<Document>, Failure> {
        let crypt = &self.keys.crypt;
        let (surname, given) = (own.surname(), own.given());
        if surname.is_empty() || given.is_empty() {
            return Ok(None);
        }
        let both = |one: &str, other: &str| -> Result<Document, Failure> {
            Ok(doc! { "$and": [equal(crypt, "i.surname", one)?, equal(crypt, "i.given", other)?] })
        };
        let mut any = vec![both(surname, given)?, both(given, surname)?];
        let born = own.born().filter(|born| born.is_whole());
        let month = born.and_then(|born| PartialDate::of_month(born.year(), born.month()?).ok());
        let turned = born.and_then(BornBetween::on).and_then(|born| born.swapped());
        let days = [month, turned].into_iter().flatten().filter_map(BornBetween::on);
        let days = days.map(|day| between(crypt, "i.born", day.low, day.high)).collect::<Result<Vec<_>, _>>()?;
        let surnames = self.surname_sounds(surname)?;
        if !days.is_empty() && !surnames.is_empty() {
            any.push(doc! { "$and": [any_of(surnames), any_of(days)] });
        }
        Ok(Some(any_of(any)))
    }
}
