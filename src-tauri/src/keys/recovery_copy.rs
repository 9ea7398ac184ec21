//! The site key as a copy that only the recovery key opens: without it, records restored on a clean machine could be
//! read and not be proven.
//!
//! It gives the holders of the shares nothing that they don't have: enough shares open every compartment anyway.

use super::{KeyError, RecoveryPublic, SiteKey, UserKeys, forms};
use bson::{Bson, Document, doc};
use uuid::Uuid;

const INFO: &[u8] = b"wardseal/recovery-copy/1";
const WHAT: &str = "recovery copy of the site key";

/// The `_id` of the copy of a site's n-th key in the collection `site`.
#[must_use]
pub fn recovery_copy_id(site: Uuid, epoch: i64) -> Uuid {
    Uuid::new_v5(&site, format!("wardseal/recovery-copy/{epoch}").as_bytes())
}

/// Seals the site key to the recovery key: at founding, at renewal of either.
///
/// # Errors
/// When there is no randomness.
pub fn seal_recovery_copy(key: &SiteKey, epoch: i64, recovery: &RecoveryPublic) -> Result<Document, KeyError> {
    let sealed = recovery.keys.hpke.seal(INFO, key.site().as_bytes(), &key.to_entry())?;
    Ok(doc! {
        "_id": forms::uuid_bson(recovery_copy_id(key.site(), epoch)),
        "v": 1_i64,
        "sealed": Bson::Binary(forms::binary(&sealed)),
    })
}

/// Opens the copy; the caller proves the key with the site record.
///
/// # Errors
/// [`KeyError::Altered`] if it is another site's or another recovery key's, [`KeyError::Form`].
pub fn open_recovery_copy(stored: &Document, site: Uuid, recovery: &UserKeys) -> Result<SiteKey, KeyError> {
    let sealed = stored.get_binary_generic("sealed").map_err(|_| KeyError::Form(WHAT))?;
    let entry = recovery.opening().open(INFO, site.as_bytes(), sealed).ok_or(KeyError::Altered(WHAT))?;
    SiteKey::from_entry(site, &entry).map_err(|_| KeyError::Form(WHAT))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::Environment;

    #[test]
    fn the_copy_opens_for_the_recovery_key_of_its_site_and_for_no_other() {
        let (site, recovery) = (Uuid::from_u128(7), UserKeys::create().unwrap());
        let key = SiteKey::create(site, Environment::Test).unwrap();
        let public = RecoveryPublic { id: Uuid::from_u128(1), keys: recovery.public(), needed: 2, shares: 3 };
        let stored = seal_recovery_copy(&key, 1, &public).unwrap();
        let opened = open_recovery_copy(&stored, site, &recovery).unwrap();
        assert_eq!(opened.check_value().unwrap(), key.check_value().unwrap());
        let altered = Some(KeyError::Altered(WHAT));
        assert_eq!(open_recovery_copy(&stored, Uuid::from_u128(8), &recovery).err(), altered);
        assert_eq!(open_recovery_copy(&stored, site, &UserKeys::create().unwrap()).err(), altered);
    }
}
