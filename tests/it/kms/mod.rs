//! Key management services as real peers, and what happens when one is slow, wrong, down or has lost the key.

pub mod authority;
mod aws;
mod clinic;
mod clouds;
mod credentials;
mod faults;
mod kmip;
mod peers;
#[cfg(target_os = "linux")]
mod program;
pub mod server;

pub use clouds::service_account;

/// A KMIP server that wants client certificates, where there is one.
pub fn kmip_peer() -> Option<peers::Kmip> {
    peers::Kmip::start()
}
