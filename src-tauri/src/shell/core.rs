//! What the shell needs from the core.

use crate::app::Searches;
use crate::app::views::SeatView;
use crate::session::LockCause;
use async_trait::async_trait;
use serde_json::Value;

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

    /// Locks the seat if someone holds it.
    async fn lock(&mut self, cause: LockCause);

    /// The window is closing: ends the session and leaves nothing half done.
    async fn close(&mut self);
}
