//! The site key on its way to another workstation: sealed to it, signed by the administrator who lets it have the key.

use super::{Author, Form, KeyError, OpeningKey, SealingKey, Signed, SiteKey, forms};
use crate::clock::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

const INFO: &[u8] = b"wardseal/site-key-handover/1";

/// A document of the collection `handovers`; gone when the key was taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Handover {
    /// Whose and which: [`Handover::id_of`].
    #[serde(rename = "_id", with = "forms::uuid4")]
    pub id: Uuid,
    /// The site.
    #[serde(with = "forms::uuid4")]
    pub site: Uuid,
    /// The workstation or ticket.
    #[serde(with = "forms::uuid4")]
    pub to: Uuid,
    /// Which site key.
    pub epoch: i64,
    #[serde(with = "forms::blob")]
    sealed: Vec<u8>,
    /// When.
    #[serde(with = "forms::date")]
    pub at: Timestamp,
}

impl Form for Handover {
    const LABEL: &'static str = "wardseal/site-key-handover/1";
    const WHAT: &'static str = "handed-over site key";

    fn id(&self) -> Uuid {
        self.id
    }

    fn version(&self) -> i64 {
        1
    }
}

impl Handover {
    /// The document's id.
    #[must_use]
    pub fn id_of(to: Uuid, epoch: i64) -> Uuid {
        Uuid::new_v5(&to, format!("wardseal/handover/{epoch}").as_bytes())
    }

    /// Seals a site key to a workstation or ticket.
    ///
    /// # Errors
    /// When there is no randomness or the public key is no curve point.
    pub fn seal(
        (key, epoch): (&SiteKey, i64),
        (to, sealing): (Uuid, &SealingKey),
        by: Author<'_>,
        at: Timestamp,
    ) -> Result<Signed<Self>, KeyError> {
        let site = key.site();
        let sealed = sealing.seal(INFO, &aad(site, to, epoch), &key.to_entry())?;
        Signed::sign(Self { id: Self::id_of(to, epoch), site, to, epoch, sealed, at }, by.id, by.signer)
    }

    /// The key. Whoever opens it has verified the signature and proves the key with the site record.
    ///
    /// # Errors
    /// [`KeyError::Altered`] if it is for somebody else.
    pub fn open(&self, opening: &OpeningKey) -> Result<SiteKey, KeyError> {
        let entry = opening.open(INFO, &aad(self.site, self.to, self.epoch), &self.sealed);
        let entry = entry.ok_or(KeyError::Altered(Self::WHAT))?;
        SiteKey::from_entry(self.site, &entry).map_err(|_| KeyError::Form(Self::WHAT))
    }
}

fn aad(site: Uuid, to: Uuid, epoch: i64) -> Vec<u8> {
    format!("wardseal/handover/1|{site}|{to}|{epoch}").into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::{Environment, UserKeys, WorkstationKey};

    #[test]
    fn the_key_opens_where_it_was_sent_and_nowhere_else() {
        let key = SiteKey::create(Uuid::from_u128(7), Environment::Test).unwrap();
        let (here, there) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let (one, other) = (WorkstationKey::create(here).unwrap(), WorkstationKey::create(there).unwrap());
        let (adams, to) = (UserKeys::create().unwrap(), one.opening().unwrap());
        let by = Author::new(Uuid::from_u128(3), &adams);
        let sent = Handover::seal((&key, 2), (here, &to.public()), by, Timestamp(5)).unwrap();
        let opened = sent.claimed().open(&to).unwrap();
        assert_eq!(opened.check_value().unwrap(), key.check_value().unwrap());
        assert!(sent.claimed().open(&other.opening().unwrap()).is_err());
        let redirected = Handover { to: there, ..sent.claimed().clone() };
        assert!(redirected.open(&to).is_err());
    }
}
