//! Integration tests: sentences about people, keys and stores.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod crash;
mod durability_store;
mod fhir;
mod fields;
mod keys;
mod policy;
mod session;
mod store_conformance;
mod store_payloads;
mod store_vectors;
