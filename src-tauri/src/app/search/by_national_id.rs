//! Find a patient by the social security number: only who may, and only for a purpose.

use super::find::ROW;
use super::rows::{damaged_row, mark_similar, row_of};
use crate::app::desk::{Desk, report, uuid_at};
use crate::app::error::{Code, Failure};
use crate::app::perform::{Action, Prepared, Touched};
use crate::app::views::{SearchPage, SearchRow};
use crate::audit::Purpose;
use crate::crypt::index::equal;
use crate::policy::Right;
use crate::record::{Fit, Section, fold_ssn, validate};
use serde::Deserialize;
use uuid::Uuid;

/// Why a number is looked for. The audit names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum NumberNeeded {
    /// To treat the person.
    Treatment,
    /// A payer asks by it.
    Payment,
    /// An agency asks by it.
    Operations,
}

/// A question for whoever has this number.
#[derive(Deserialize, ts_rs::TS)]
pub struct FindByNationalId {
    /// `NNN-NN-NNNN`.
    pub ssn: String,
    /// Why.
    pub purpose: NumberNeeded,
}

impl Action for FindByNationalId {
    type Output = SearchPage;
    const NAME: &'static str = "find_by_national_id";

    fn right(&self) -> Right {
        Right::FindByNationalId
    }

    fn patient(&self) -> Option<Uuid> {
        None
    }

    fn purpose(&self) -> Purpose {
        match self.purpose {
            NumberNeeded::Treatment => Purpose::Treatment,
            NumberNeeded::Payment => Purpose::Payment,
            NumberNeeded::Operations => Purpose::Operations,
        }
    }

    async fn run(&self, desk: &Desk<'_>) -> Result<Prepared<SearchPage>, Failure> {
        validate::ssn(&self.ssn)?;
        let number = fold_ssn(&self.ssn).ok_or_else(|| Code::Internal.bare())?;
        if !desk.keys.holds(Section::NationalId.compartment()) {
            return Err(Code::NoRight.bare());
        }
        let rows = desk.having_number(&number).await?;
        let (total, damaged) = (rows.len() as u64, rows.iter().any(|row| row.damaged));
        let sections = vec![Section::Identity, Section::NationalId];
        let touched = Touched { count: total, sections, damaged, ..Touched::default() };
        Ok(Prepared::read(SearchPage { rows, total, offset: 0, more: false }, touched))
    }
}

impl Desk<'_> {
    /// Whose index says so and whose section says so, too; one that says something else is damaged.
    async fn having_number(&self, number: &str) -> Result<Vec<SearchRow>, Failure> {
        let wanted = [ROW, &[Section::NationalId]].concat();
        let found = self.hits(&equal(&self.keys.crypt, "i.ssn", number)?, &wanted, (0, super::OPENED)).await?;
        let ids = found.iter().map(|raw| uuid_at(raw, "_id")).collect::<Result<Vec<_>, _>>()?;
        let today = self.today();
        let mut rows = Vec::with_capacity(ids.len());
        for (id, opened) in ids.into_iter().zip(self.open_patients(found, &wanted).await?) {
            let fits = |ssn: &Option<String>| ssn.as_deref().and_then(fold_ssn).as_deref() == Some(number);
            rows.push(match opened.ok().filter(|one| fits(&one.record.national_id.ssn)) {
                Some(opened) => row_of(id, &opened, Fit::Exact, today),
                None => {
                    report("patients", id);
                    damaged_row(id)
                }
            });
        }
        Ok(mark_similar(rows))
    }
}
