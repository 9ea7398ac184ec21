//! Integration tests: sentences about people, keys and stores.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod administrations;
mod arrows;
mod atlas;
mod atlas_faults;
mod atlas_peer;
mod attachments;
mod audit;
mod bad_input;
mod bad_payloads;
mod canary;
mod care;
mod chart_day;
mod chart_notes;
mod chart_orders;
mod chart_window;
mod charting;
mod client;
mod clinic_day;
mod codes;
mod commands;
mod crash;
mod crash_clinic;
mod critical_vitals;
mod cross_check;
#[cfg(target_os = "linux")]
mod ctl;
#[cfg(target_os = "linux")]
mod ctl_atlas;
#[cfg(target_os = "linux")]
mod ctl_migrate;
#[cfg(target_os = "linux")]
mod ctl_people;
#[cfg(target_os = "linux")]
mod ctl_workstations;
mod disks;
#[cfg(target_os = "linux")]
mod doctor;
mod drafts;
mod duplicates;
mod durability_store;
mod emergency;
mod erasure;
mod fhir;
mod fields;
mod front_desk;
#[cfg(all(target_os = "linux", target_env = "gnu"))]
mod guard_canary;
mod guard_check;
mod guard_keys;
mod guard_loot;
#[cfg(all(target_os = "linux", target_env = "gnu"))]
mod guard_memory;
mod guard_tamper;
mod guard_tamper_index;
mod guard_tamper_keys;
#[cfg(target_os = "linux")]
mod guard_tokens;
mod import;
mod interactions;
mod keys;
mod kms;
mod labels;
mod likeness_febrl;
#[cfg(all(target_os = "linux", target_env = "gnu"))]
mod memory;
mod migrate;
mod national_id_search;
mod pace;
mod patients;
mod people;
mod photo;
mod policy;
mod printing;
mod profiles;
mod random_sessions;
mod recovery;
mod referrals;
mod registration;
mod retention;
mod rotation;
mod rotation_kills;
mod rotation_refusals;
mod search;
mod search_febrl;
mod sensitive_documents;
mod session;
mod shift;
mod store_clear;
mod store_compaction;
mod store_conformance;
mod store_encrypted;
mod store_figures;
mod store_keys_apart;
mod store_payloads;
mod store_transactions;
mod tending;
mod trial_cluster;
mod vectors;
mod vectors_tamper;
mod versions_together;
mod watch;
mod wire;
mod wire_canary;
mod wire_clinic;
mod wire_conformance;
mod wire_driver;
mod wire_faults;
mod wire_lock;
mod wire_trips;
mod wire_vectors;
mod wire_versions;
mod wire_ward;
mod workstations;
mod world;
mod write_only;
mod xray;
