//! Connections to other machines: TLS, a small HTTP client for credentials, and what a certificate says.
//!
//! Must never accept TLS below 1.2, a certificate it can't verify, or listen on a port. Stores have drivers of their
//! own; this is for key management services and for looking what stands in the way.

mod certificate;
mod error;
mod http;
mod pem;
mod smtp;
mod tls;

pub use certificate::{CERTIFICATE_DAYS, Certificate, Validity, ending};
pub use error::{CertificateFault, NetError};
pub use http::{Answer, Request, send};
pub use pem::{certificates, private_key};
pub use smtp::{MailError, Relay};
pub use tls::{Identity, Limits, Seen, Stream, Tls, connect, host_and_port};
