//! The server's side of Queryable Encryption: tokens, counters, stored forms, tags.
//!
//! Tokens and find payloads pass through memory only: nothing here stores or logs them.

pub(crate) mod compact;
pub(crate) mod ledger;
pub(crate) mod payload;
pub(crate) mod query;
pub(crate) mod schema;
pub(crate) mod seal;
pub(crate) mod stored;
pub(crate) mod tags;
pub(crate) mod tokens;
