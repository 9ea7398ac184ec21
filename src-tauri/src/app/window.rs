//! A window is bound to one patient: opening a chart yields a handle that stands for that patient. A write names the
//! handle, the patient whose banner is shown and the patient it is for; if these three differ, nothing is written.

use super::error::{Code, Failure};
use super::open_chart::OpenChart;
use super::perform::Action;
use super::views::ChartView;
use super::workstation::Workstation;
use crate::audit::Outcome;
use serde::Deserialize;
use ts_rs::TS;
use uuid::Uuid;

/// The window a write comes from.
#[derive(Clone, Copy, Deserialize, TS)]
#[ts(rename = "ChartWindow")]
pub struct Window {
    /// What opening the chart has yielded.
    pub handle: Uuid,
    /// The patient whose banner the window shows.
    pub patient: Uuid,
}

/// What every write into a chart carries beside its own arguments.
#[derive(Deserialize, TS)]
pub struct InWindow {
    /// Where it comes from.
    pub window: Window,
}

/// The chart that lies open.
#[derive(Clone, Copy)]
pub(super) struct OpenWindow {
    handle: Uuid,
    patient: Uuid,
}

impl OpenWindow {
    /// Whether a write for `patient` belongs into this window.
    fn fits(self, window: Window, patient: Option<Uuid>) -> bool {
        self.handle == window.handle && self.patient == window.patient && Some(self.patient) == patient
    }
}

impl Workstation {
    /// Opens a chart and binds the window to its patient. The same chart again keeps its handle, so that a form may stay
    /// open while the chart behind it is read anew; another chart ends it.
    ///
    /// # Errors
    /// As [`Workstation::perform`]; the window is bound to nobody then.
    pub async fn open_chart(&mut self, args: OpenChart) -> Result<ChartView, Failure> {
        let (patient, before) = (args.patient, self.window.take());
        let mut view = self.perform(args).await?;
        let same = before.filter(|window| window.patient == patient);
        let window = same.unwrap_or_else(|| OpenWindow { handle: Uuid::new_v4(), patient });
        self.window = Some(window);
        view.handle = window.handle;
        Ok(view)
    }

    /// Performs a write that comes from a window.
    ///
    /// # Errors
    /// [`Code::WrongPatient`] when the window isn't bound to the patient it is for; otherwise as
    /// [`Workstation::perform`].
    pub async fn perform_in<A: Action>(&mut self, window: Window, action: A) -> Result<A::Output, Failure> {
        if self.window.is_some_and(|open| open.fits(window, action.patient())) {
            return self.perform(action).await;
        }
        self.refuse(action).await
    }

    /// Refuses for the window's sake; who may not do it anyway is told that.
    async fn refuse<A: Action>(&mut self, action: A) -> Result<A::Output, Failure> {
        let asking = self.asking()?;
        let (decision, _, refused) = self.admit(&asking, &action).await?;
        let failure = refused.unwrap_or_else(|| Code::WrongPatient.bare());
        self.note(&asking, &action, decision, Outcome::Denied, Some(failure.code)).await?;
        Err(failure)
    }
}
