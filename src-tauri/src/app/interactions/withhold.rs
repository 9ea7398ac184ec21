//! An order that was withheld because of what the check said: counted, so that the report tells heeded from overruled.

use crate::app::clinical::charting::Charting;
use crate::app::desk::Desk;
use crate::app::error::Failure;
use crate::app::perform::{Action, Prepared};
use crate::app::views::Done;
use crate::audit::Purpose;
use crate::policy::Right;
use serde::Deserialize;
use uuid::Uuid;

/// The drug that isn't ordered.
#[derive(Deserialize, ts_rs::TS)]
pub struct WithholdOrder {
    /// Patient id.
    pub patient: Uuid,
    /// The drug as it was typed.
    pub drug: String,
}

impl Action for WithholdOrder {
    type Output = Done;
    const NAME: &'static str = "withhold_order";

    fn right(&self) -> Right {
        Right::CheckInteractions
    }

    fn patient(&self) -> Option<Uuid> {
        Some(self.patient)
    }

    fn purpose(&self) -> Purpose {
        Purpose::Treatment
    }

    async fn run(&self, desk: &Desk<'_>) -> Result<Prepared<Done>, Failure> {
        super::check::checkable([&self.drug].into_iter())?;
        let check = desk.check_order(self.patient, &self.drug, None, &[]).await?;
        let mut charting = Charting::of(desk, &[self.patient]).await?;
        check.withhold(&mut charting, self.patient)?;
        charting.finish(Done {})
    }
}
