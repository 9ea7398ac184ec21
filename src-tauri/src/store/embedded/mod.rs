//! The embedded encrypted store.
