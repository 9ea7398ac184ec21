//! The signed table: what isn't signed by the release key isn't used, and everything reads "not checked".

use crate::keys::{Signer, VerifyKey};
use crate::record::interactions::{SHIPPED, SHIPPED_SIGNATURE, Table, TableError};
use crate::secret::Secret;
use std::sync::OnceLock;

/// The public half of the key that signs the shipped table. A site that signs its own table replaces it.
pub const PUBLIC_KEY: [u8; 32] = [
    0xf8, 0x89, 0xfc, 0x6c, 0x96, 0x59, 0xba, 0x14, 0x43, 0x8a, 0xe9, 0x42, 0x75, 0x05, 0x1f, 0xed, 0x1e, 0x67, 0x7b,
    0xe7, 0xe2, 0x8b, 0x4c, 0xc2, 0xaa, 0x02, 0x0a, 0x28, 0x55, 0xe2, 0x53, 0xbe,
];

/// The domain of the signature.
const LABEL: &str = "wardseal/interactions/1";

/// Why a table isn't used.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum TableFault {
    /// The signature isn't the release key's over this text.
    #[error("the interaction table isn't signed by the key this program trusts")]
    Signature,
    /// It is signed and no table.
    #[error(transparent)]
    Table(#[from] TableError),
}

/// The table, if `signature` (128 hexadecimal digits) is that of `key` over the text.
///
/// # Errors
/// When it isn't signed so, or is no table.
pub fn read_signed(text: &str, signature: &str, key: [u8; 32]) -> Result<Table, TableFault> {
    let signature = unhex(signature).ok_or(TableFault::Signature)?;
    if !VerifyKey::from_bytes(key).verifies(LABEL, text.as_bytes(), &signature) {
        return Err(TableFault::Signature);
    }
    Ok(Table::read(text)?)
}

/// The shipped table, read once; nothing when it can't be trusted.
pub fn shipped() -> Option<&'static Table> {
    static TABLE: OnceLock<Option<Table>> = OnceLock::new();
    let read = || match read_signed(SHIPPED, SHIPPED_SIGNATURE, PUBLIC_KEY) {
        Ok(table) => Some(table),
        Err(fault) => {
            tracing::error!(%fault, "no interaction is checked");
            None
        }
    };
    TABLE.get_or_init(read).as_ref()
}

/// Signs a table, for a release: the signature in hexadecimal digits, and the public key that checks it.
///
/// # Errors
/// When the text is no table, which nobody should sign.
pub fn sign(text: &str, seed: Secret<32>) -> Result<(String, [u8; 32]), TableFault> {
    Table::read(text)?;
    let signer = Signer::from_seed(seed);
    let signature = signer.sign(LABEL, text.as_bytes());
    Ok((signature.iter().map(|byte| format!("{byte:02x}")).collect(), *signer.public().as_bytes()))
}

fn unhex(text: &str) -> Option<[u8; 64]> {
    let text = text.trim();
    let byte = |at: usize| text.get(at..at + 2).and_then(|digits| u8::from_str_radix(digits, 16).ok());
    let bytes: Option<Vec<u8>> = (0..text.len()).step_by(2).map(byte).collect();
    bytes?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_table_is_signed_and_one_letter_less_isnt() {
        assert!(shipped().is_some());
        let altered = SHIPPED.replacen("\"minor\"", "\"major\"", 1);
        assert_eq!(read_signed(&altered, SHIPPED_SIGNATURE, PUBLIC_KEY).err(), Some(TableFault::Signature));
        assert_eq!(read_signed(SHIPPED, "", PUBLIC_KEY).err(), Some(TableFault::Signature));
    }

    fn seed() -> Secret<32> {
        Secret::random().unwrap()
    }

    #[test]
    fn a_release_signs_with_its_own_key_and_nothing_that_is_no_table() {
        let (signature, public) = sign(SHIPPED, seed()).unwrap();
        assert!(read_signed(SHIPPED, &signature, public).is_ok());
        assert_eq!(read_signed(SHIPPED, &signature, PUBLIC_KEY).err(), Some(TableFault::Signature));
        assert!(sign("{}", seed()).is_err());
    }
}
