//! Who opens very many records, or searches faster than a person types, is noticed and slowed.

use super::error::{Code, Failure};
use super::perform::{Action, Asking};
use super::workstation::Workstation;
use crate::audit::{self, Kind, Outcome};
use uuid::Uuid;

/// The row's action when somebody has opened very many records.
pub const MANY_PATIENTS: &str = "many_patients";

impl Workstation {
    /// Counts whose record is asked for; the first of too many within an hour leaves an alert in the audit.
    pub(super) async fn count_opened(&mut self, asking: &Asking, patient: Uuid) -> Result<(), Failure> {
        let now = self.clock.moment();
        if !self.paces.entry(asking.user).or_default().opened(patient, now) {
            return Ok(());
        }
        tracing::warn!("one person has asked for the records of more than a hundred patients within an hour");
        let mut event = self.system_event(MANY_PATIENTS);
        (event.actor, event.session) = (Some(asking.user), Some(asking.session));
        event.role = Some(asking.role.into());
        event.outcome = Outcome::Allowed;
        event.detail = Some(audit::Code::of("security_alert"));
        self.audit.append(Kind::System, None, &event, &self.system_sealer()?).await?;
        Ok(())
    }

    /// Performs a search as somebody types it.
    ///
    /// # Errors
    /// [`Code::TooManySearches`] for a loop of them; as [`Workstation::perform`].
    pub async fn search<A: Action>(&mut self, action: A) -> Result<A::Output, Failure> {
        let (user, now) = (self.asking()?.user, self.clock.moment());
        match self.paces.entry(user).or_default().searched(now) {
            Ok(()) => self.perform(action).await,
            Err(wait) => {
                let seconds = wait.as_secs().max(1);
                self.refuse(action, Code::TooManySearches.with("seconds", seconds)).await
            }
        }
    }
}
