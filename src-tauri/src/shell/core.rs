//! What the shell needs from the core.

use crate::app::views::{LockCause, SeatView};
use async_trait::async_trait;
use serde_json::Value;

/// The core as the shell sees it. It lives on one thread and never leaves it.
#[async_trait(?Send)]
pub trait Core {
    /// Runs a use case by name.
    ///
    /// # Errors
    /// A code and what is safe to show beside it, as JSON.
    async fn call(&self, name: &str, args: Value) -> Result<Value, Value>;

    /// Lets whatever is due by now happen, an idle lock above all, and says how the seat stands.
    async fn due(&self) -> SeatView;

    /// Locks the seat if someone holds it.
    async fn lock(&self, cause: LockCause);

    /// The window is closing: ends the session and leaves nothing half done.
    async fn close(&self);
}
