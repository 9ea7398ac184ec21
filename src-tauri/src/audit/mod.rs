//! The audit: every decision and its outcome as one row, sealed to those who may read it, chained and signed.
//!
//! A row is written once and never changed; appending needs no secret, reading needs the auditors' or the actor's own
//! private key, verifying needs only the workstation's public key. The format is on one page: `docs/AUDIT-FORMAT.md`.
//! To add a field: give it a serde default in [`Event`], and never let it hold text that a person typed.

mod chain;
mod error;
mod event;
mod log;
mod owner;
mod read;
mod schema;
mod seal;
mod statements;
mod verify;

pub use chain::{Hash, Row, SignedHead};
pub use error::AuditError;
pub use event::{Code, Event, Kind, Outcome, Purpose};
pub use log::{Appended, AuditLog, Entry, PendingWrite, Unresolved};
pub use read::{Span, read};
pub use seal::{Opener, Sealer};
pub use verify::{Broken, Damage, Verified, Witness, verify};
