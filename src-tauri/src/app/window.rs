//! A window is bound to one patient: opening a chart or the record of the person yields a handle that stands for her; so does the account
//! that a visit shows. A write names the handle, the patient whose banner is shown and the patient it is for; if these three differ, nothing is written.

use super::error::{Code, Failure};
use super::open_chart::OpenChart;
use super::patients::PatientDetails;
use super::perform::Action;
use super::schedule::ShowAccount;
use super::views::{AccountView, ChartView, DetailsView};
use super::workstation::Workstation;
use crate::audit::Outcome;
use crate::policy::Right;
use crate::record::Section;
use serde::Deserialize;
use ts_rs::TS;
use uuid::Uuid;

/// The window a write comes from.
#[derive(Clone, Copy, Deserialize, TS)]
#[ts(rename = "ChartWindow")]
pub struct Window {
    /// What opening the record has yielded.
    pub handle: Uuid,
    /// The patient whose banner the window shows.
    pub patient: Uuid,
}

/// What every write into a record carries beside its own arguments.
#[derive(Deserialize, TS)]
pub struct InWindow {
    /// Where it comes from.
    pub window: Window,
}

/// The record that lies open, or the account at the counter.
#[derive(Clone, Copy)]
pub(super) struct OpenWindow {
    handle: Uuid,
    patient: Uuid,
}

impl OpenWindow {
    /// The same window for the same patient, otherwise a new one.
    fn again(before: Option<Self>, patient: Uuid) -> Self {
        let same = before.filter(|window| window.patient == patient);
        same.unwrap_or_else(|| Self { handle: Uuid::new_v4(), patient })
    }

    /// Whether a write that comes from `window` belongs into this one.
    fn fits<A: Action>(self, window: Window, write: &A) -> bool {
        self.handle == window.handle && self.patient == window.patient && write.is_for(self.patient)
    }
}

impl Workstation {
    /// Opens a chart and binds the window to its patient. The same patient again keeps the handle, so that a form may
    /// stay open while what is behind it is read anew; another patient ends it.
    ///
    /// # Errors
    /// As [`Workstation::perform`]; the window is bound to nobody then.
    pub async fn open_chart(&mut self, args: OpenChart) -> Result<ChartView, Failure> {
        let (mut view, handle) = self.bind(args.patient, args).await?;
        view.handle = handle;
        Ok(view)
    }

    /// Opens what is kept of a patient as a person, and binds the window as [`Workstation::open_chart`] does.
    ///
    /// # Errors
    /// As [`Workstation::open_chart`].
    pub async fn patient_details(&mut self, args: PatientDetails) -> Result<DetailsView, Failure> {
        let (mut view, handle) = self.bind(args.patient, args).await?;
        view.handle = handle;
        Ok(view)
    }

    /// Opens an account. Beside the record of its patient it belongs to the record's window; at the counter it has one of
    /// its own, which leaves the record that lies open as it is and ends with the next account or another's record.
    ///
    /// # Errors
    /// As [`Workstation::perform`]; the counter's window is bound to nobody then.
    pub async fn show_account(&mut self, args: ShowAccount) -> Result<AccountView, Failure> {
        let patient = args.patient;
        let before = self.counter.take();
        let mut view = self.perform(args).await?;
        view.handle = match self.window.filter(|window| window.patient == patient) {
            Some(window) => window.handle,
            None => self.counter.insert(OpenWindow::again(before, patient)).handle,
        };
        Ok(view)
    }

    async fn bind<A: Action>(&mut self, patient: Uuid, open: A) -> Result<(A::Output, Uuid), Failure> {
        let before = self.window.take();
        self.counter = self.counter.filter(|counter| counter.patient == patient);
        let view = self.perform(open).await?;
        let window = self.window.insert(OpenWindow::again(before, patient));
        Ok((view, window.handle))
    }

    /// Performs a write that comes from a window.
    ///
    /// # Errors
    /// [`Code::WrongPatient`] when the window isn't bound to the patient it is for; otherwise as
    /// [`Workstation::perform`].
    pub async fn perform_in<A: Action>(&mut self, window: Window, action: A) -> Result<A::Output, Failure> {
        if self.fits(window, &action) {
            return self.perform(action).await;
        }
        self.refuse(action, Code::WrongPatient.bare()).await
    }

    /// Whether a write comes from its patient's window and its writer would be let in: asked before a file is touched.
    ///
    /// # Errors
    /// When the seat isn't open, or the store doesn't say.
    pub(super) async fn takes<A: Action>(&mut self, window: Window, action: &A) -> Result<bool, Failure> {
        let asking = self.asking()?;
        let (_, _, refused) = self.admit(&asking, action).await?;
        Ok(refused.is_none() && self.fits(window, action))
    }

    fn fits<A: Action>(&self, window: Window, write: &A) -> bool {
        let counter = self.counter.filter(|_| write.right() == Right::Edit(Section::Insurance));
        self.window.into_iter().chain(counter).any(|open| open.fits(window, write))
    }

    /// Refuses for another reason than the policy; who may not do it anyway is told that.
    pub(super) async fn refuse<A: Action>(&mut self, action: A, why: Failure) -> Result<A::Output, Failure> {
        let asking = self.asking()?;
        let (decision, _, refused) = self.admit(&asking, &action).await?;
        let failure = refused.unwrap_or(why);
        self.note(&asking, &action, decision, Outcome::Denied, Some(failure.code)).await?;
        Err(failure)
    }
}
