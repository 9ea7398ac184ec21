//! A ticket: an administrator's leave for one workstation to join unattended, once, for a while, this site.
//!
//! The file is as good as a key until it is used or has run out: together with the store it opens the site key. It is
//! kept like a password and deleted by whoever uses it.

use super::{
    Directory, EntryFault, Form, KeyError, OpeningKey, SealingKey, Signed, Signer, VerifyKey, derive, entry, forms,
};
use crate::clock::Timestamp;
use crate::secret::Secret;
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use zeroize::Zeroizing;

/// A document of the collection `tickets`, signed by the administrator.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ticket {
    /// The ticket.
    #[serde(rename = "_id", with = "forms::uuid4")]
    pub id: Uuid,
    /// The only site it is good for.
    #[serde(with = "forms::uuid4")]
    pub site: Uuid,
    /// What the newcomer's admission is signed with.
    pub verify: VerifyKey,
    /// What the site key is sealed to.
    pub sealing: SealingKey,
    /// Which site key; another one ends the ticket.
    pub epoch: i64,
    /// Since when.
    #[serde(with = "forms::date")]
    pub at: Timestamp,
    /// Until when.
    #[serde(with = "forms::date")]
    pub until: Timestamp,
}

impl Form for Ticket {
    const LABEL: &'static str = "wardseal/ticket/1";
    const WHAT: &'static str = "ticket";

    fn id(&self) -> Uuid {
        self.id
    }

    fn version(&self) -> i64 {
        1
    }
}

impl Ticket {
    /// Whether it is for this site and this moment.
    #[must_use]
    pub fn is_valid(&self, site: Uuid, at: Timestamp) -> bool {
        self.site == site && self.at <= at && at < self.until
    }

    /// The ticket, if an administrator or the recovery key signed it.
    ///
    /// # Errors
    /// [`KeyError::Untrusted`] or [`KeyError::Altered`].
    pub fn verified<'s>(signed: &'s Signed<Self>, directory: &Directory) -> Result<&'s Self, KeyError> {
        super::admission::by_authority(signed, directory)
    }
}

/// What the file holds: one line.
pub struct TicketFile {
    /// The ticket.
    pub id: Uuid,
    /// The site.
    pub site: Uuid,
    /// Until when.
    pub until: Timestamp,
    seed: Secret<32>,
}

impl TicketFile {
    /// A new one.
    ///
    /// # Errors
    /// When there is no randomness.
    pub fn create(site: Uuid, until: Timestamp) -> Result<Self, KeyError> {
        Ok(Self { id: Uuid::new_v4(), site, until, seed: Secret::random()? })
    }

    /// What the administrator signs about it.
    ///
    /// # Errors
    /// Never in practice: lengths are fixed.
    pub fn ticket(&self, epoch: i64, at: Timestamp) -> Result<Ticket, KeyError> {
        let (verify, sealing) = (self.signer()?.public(), self.opening()?.public());
        Ok(Ticket { id: self.id, site: self.site, verify, sealing, epoch, at, until: self.until })
    }

    /// Signs the newcomer's admission.
    ///
    /// # Errors
    /// As [`TicketFile::ticket`].
    pub fn signer(&self) -> Result<Signer, KeyError> {
        Ok(Signer::from_seed(self.subkey("wardseal/ticket/sign/1")?))
    }

    /// Opens the site key that was sealed to the ticket.
    ///
    /// # Errors
    /// As [`TicketFile::ticket`].
    pub fn opening(&self) -> Result<OpeningKey, KeyError> {
        OpeningKey::from_seed(&self.subkey("wardseal/ticket/hpke/1")?)
    }

    fn subkey(&self, label: &str) -> Result<Secret<32>, KeyError> {
        // EXPOSE: both keys of the ticket are derived from it.
        derive::subkey(self.seed.expose(), self.id.as_bytes(), label)
    }

    /// The line of the file.
    #[must_use]
    pub fn write(&self) -> Zeroizing<Vec<u8>> {
        let kind = format!("wardseal-ticket/1:{}:{}:{}", self.site, self.id, self.until.0);
        entry::write(&kind, &self.seed)
    }

    /// Reads the line of a file.
    ///
    /// # Errors
    /// How it is wrong.
    pub fn read(line: &[u8]) -> Result<Self, EntryFault> {
        let (kind, seed) = entry::read(line.trim_ascii())?;
        let mut words = kind.split(':');
        let mut next = || words.next().ok_or(EntryFault::Format);
        let form = next()?;
        let (site, id, until) = (next()?.parse(), next()?.parse(), next()?.parse());
        let (Ok(site), Ok(id), Ok(until)) = (site, id, until) else { return Err(EntryFault::Format) };
        if form != "wardseal-ticket/1" {
            Err(EntryFault::Format)
        } else {
            Ok(Self { id, site, until: Timestamp(until), seed })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ticket_comes_back_from_its_file_and_a_changed_letter_is_found() {
        let file = TicketFile::create(Uuid::from_u128(7), Timestamp(99)).unwrap();
        let mut line = file.write().to_vec();
        let back = TicketFile::read(&line).unwrap();
        assert_eq!((back.id, back.site, back.until), (file.id, file.site, file.until));
        assert_eq!(back.ticket(1, Timestamp(5)).unwrap(), file.ticket(1, Timestamp(5)).unwrap());
        line[30] ^= 1;
        assert!(TicketFile::read(&line).is_err());
    }

    #[test]
    fn a_ticket_is_for_one_site_and_for_a_while() {
        let ticket = TicketFile::create(Uuid::from_u128(7), Timestamp(99)).unwrap().ticket(1, Timestamp(5)).unwrap();
        assert!(ticket.is_valid(Uuid::from_u128(7), Timestamp(98)));
        assert!(!ticket.is_valid(Uuid::from_u128(8), Timestamp(98)));
        assert!(!ticket.is_valid(Uuid::from_u128(7), Timestamp(99)));
        assert!(!ticket.is_valid(Uuid::from_u128(7), Timestamp(4)));
    }
}
