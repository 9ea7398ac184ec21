//! What the shell needs from the core.

use crate::app::views::SeatView;
use crate::app::{Alarm, SavePlaces, Searches, Workstation};
use crate::session::LockCause;
use async_trait::async_trait;
use serde_json::{Value, json};

/// The core as the shell sees it. It lives on one thread, never leaves it, and does one thing at a time.
#[async_trait(?Send)]
pub trait Core {
    /// Runs a use case by name.
    ///
    /// # Errors
    /// A code and what is safe to show beside it, as JSON.
    async fn call(&mut self, name: &str, args: Value) -> Result<Value, Value>;

    /// Lets whatever is due by now happen, an idle lock above all, and says how the seat stands.
    async fn due(&mut self) -> SeatView;

    /// Where it is told of new searches while it is still busy with an older one.
    fn searches(&self) -> Searches;

    /// What ends its waits for the store, so that a lock needn't wait for them.
    fn alarm(&self) -> Alarm;

    /// Where it is told of the places that the person has chosen for files.
    fn save_places(&self) -> SavePlaces;

    /// Locks the seat if someone holds it.
    async fn lock(&mut self, cause: LockCause);

    /// The window is closing: ends the session and leaves nothing half done.
    async fn close(&mut self);
}

#[async_trait(?Send)]
impl Core for Workstation {
    async fn call(&mut self, name: &str, args: Value) -> Result<Value, Value> {
        let answer = self.dispatch(name, args).await;
        answer.map_err(|failure| serde_json::to_value(failure).unwrap_or_else(|_| json!({ "code": "internal" })))
    }

    async fn due(&mut self) -> SeatView {
        if let Err(failure) = self.tick().await {
            tracing::error!(%failure, "the lock could not be audited");
        }
        if let Err(failure) = self.tend_when_quiet().await {
            tracing::warn!(%failure, "the counters weren't compacted");
        }
        self.seat_view()
    }

    fn searches(&self) -> Searches {
        Workstation::searches(self)
    }

    fn alarm(&self) -> Alarm {
        Workstation::alarm(self)
    }

    fn save_places(&self) -> SavePlaces {
        Workstation::save_places(self)
    }

    async fn lock(&mut self, cause: LockCause) {
        if let Err(failure) = Workstation::lock(self, cause).await {
            tracing::error!(%failure, "the lock could not be audited");
        }
    }

    async fn close(&mut self) {
        if let Err(failure) = self.sign_out().await {
            tracing::error!(%failure, "the sign-out could not be audited");
        }
    }
}
