//! Wardseal's core: keys, encryption, stores, policy, sessions, audit and the use cases. See `docs/ARCHITECTURE.md`.

pub mod app;
pub mod audit;
pub mod clock;
pub mod crypt;
pub mod doctor;
pub mod keys;
pub mod net;
pub mod policy;
pub mod quiet;
pub mod record;
pub mod secret;
pub mod session;
pub mod shell;
pub mod store;
pub mod zero;
