//! Certificates and keys out of PEM text.

use super::error::NetError;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// Every certificate of a PEM text.
///
/// # Errors
/// When there is none or one can't be read.
pub fn certificates(text: &[u8], what: &str) -> Result<Vec<CertificateDer<'static>>, NetError> {
    let bad = |why| NetError::File { what: what.to_owned(), why };
    let read: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(text).collect();
    let read = read.map_err(|_| bad("a certificate in it can't be read"))?;
    if read.is_empty() { Err(bad("there is no certificate in it")) } else { Ok(read) }
}

/// The private key of a PEM text.
///
/// # Errors
/// When there is none or it can't be read.
pub fn private_key(text: &[u8], what: &str) -> Result<PrivateKeyDer<'static>, NetError> {
    let why = "there is no private key in it that can be read";
    PrivateKeyDer::from_pem_slice(text).map_err(|_| NetError::File { what: what.to_owned(), why })
}
