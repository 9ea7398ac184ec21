//! Use cases, one file each, and the one door to them.

pub mod views;
