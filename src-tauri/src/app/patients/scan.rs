//! A wristband is scanned: the right chart, or a clear no.

use crate::app::desk::{Desk, uuid_at};
use crate::app::error::{Code, Failure};
use crate::app::perform::{Action, Prepared, Touched};
use crate::app::views::ScannedView;
use crate::audit::Purpose;
use crate::crypt::index::equal;
use crate::policy::Right;
use crate::record::validate::{Invalid, Why};
use crate::record::{Section, wristband};
use serde::Deserialize;
use uuid::Uuid;

/// What the scanner read.
#[derive(Deserialize, ts_rs::TS)]
pub struct ScanWristband {
    /// The code.
    pub code: String,
}

impl Action for ScanWristband {
    type Output = ScannedView;
    const NAME: &'static str = "scan_wristband";

    fn right(&self) -> Right {
        Right::FindPatients
    }

    fn patient(&self) -> Option<Uuid> {
        None
    }

    fn purpose(&self) -> Purpose {
        Purpose::Treatment
    }

    async fn run(&self, desk: &Desk<'_>) -> Result<Prepared<ScannedView>, Failure> {
        let mrn = wristband::mrn_of(&self.code).ok_or(Invalid { field: "wristband", why: Why::Form })?;
        let filter = equal(&desk.keys.crypt, "i.mrn", &crate::record::fold_mrn(&mrn))?;
        let found = desk.hits(&filter, &[Section::Identity], (0, 2)).await?;
        // A number that two records have opens neither.
        let [only] = <[_; 1]>::try_from(found).map_err(|_| Code::NotFound.bare())?;
        let id = uuid_at(&only, "_id")?;
        let opened = desk.open_patients(vec![only], &[Section::Identity]).await?.pop();
        let identity = opened.ok_or_else(|| Code::NotFound.bare())??.record.identity;
        let goes_on = identity.merged_into.as_ref().and_then(|into| into.record.parse().ok());
        let patient = goes_on.unwrap_or(id);
        let touched = Touched { patient: Some(id), sections: vec![Section::Identity], count: 1, ..Touched::default() };
        Ok(Prepared::read(ScannedView { patient }, touched))
    }
}
