//! Who let a workstation in, or shut it out: one signed document each, beside the register in the site record.
//!
//! The site record says who is in and is proven by the site key, which every workstation has. This says on whose word,
//! and takes a user's secret or an administrator's ticket. A renewed site key goes to who has both.

use super::site_record::{WorkstationEnd, WorkstationPublic};
use super::{Directory, Form, KeyError, SealingKey, Signed, Ticket, VerifyKey, forms};
use crate::clock::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A document of the collection `workstations`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Admission {
    /// The workstation.
    #[serde(rename = "_id", with = "forms::uuid4")]
    pub id: Uuid,
    /// The site.
    #[serde(with = "forms::uuid4")]
    pub site: Uuid,
    /// Its signing key.
    pub verify: VerifyKey,
    /// What site keys are sealed to for it.
    pub sealing: Option<SealingKey>,
    /// When it was let in.
    #[serde(with = "forms::date")]
    pub at: Timestamp,
    /// When and how it was shut out.
    pub ended: Option<WorkstationEnd>,
    /// Grows with every change.
    #[serde(rename = "v")]
    pub version: i64,
}

impl Form for Admission {
    const LABEL: &'static str = "wardseal/admission/1";
    const WHAT: &'static str = "admission of a workstation";

    fn id(&self) -> Uuid {
        self.id
    }

    fn version(&self) -> i64 {
        self.version
    }
}

impl Admission {
    /// What is to be signed about an entry of the register.
    #[must_use]
    pub const fn of(site: Uuid, listed: &WorkstationPublic, version: i64) -> Self {
        let WorkstationPublic { id, verify, sealing, at, ended, .. } = *listed;
        Self { id, site, verify, sealing, at, ended, version }
    }

    /// Whether it is about exactly this entry of the register.
    #[must_use]
    pub fn fits(&self, site: Uuid, listed: &WorkstationPublic) -> bool {
        *self == Self::of(site, listed, self.version)
    }
}

/// The admission, if an administrator of then, the recovery key, or an administrator's ticket vouches for it.
///
/// # Errors
/// [`KeyError::Untrusted`] or [`KeyError::Altered`].
pub fn admitted<'s>(
    signed: &'s Signed<Admission>,
    directory: &Directory,
    tickets: &[Signed<Ticket>],
) -> Result<&'s Admission, KeyError> {
    let Some(ticket) = tickets.iter().find(|ticket| ticket.claimed().id == signed.by()) else {
        return by_authority(signed, directory);
    };
    let ticket = by_authority(ticket, directory)?;
    let admission = signed.verify(&ticket.verify)?;
    // A ticket lets in, once and in time; it ends nobody.
    let within = admission.version == 1 && admission.ended.is_none() && ticket.is_valid(admission.site, admission.at);
    if within { Ok(admission) } else { Err(KeyError::Untrusted(Admission::WHAT)) }
}

/// The value, if the recovery key or somebody signed it who is an administrator or left as one.
pub(super) fn by_authority<'s, T: Form>(signed: &'s Signed<T>, directory: &Directory) -> Result<&'s T, KeyError> {
    directory.signed_by_authority(signed).or_else(|refused| {
        let former = directory.account(signed.by()).is_some_and(super::Account::is_administrator);
        if former { directory.signed_by_author(signed) } else { Err(refused) }
    })
}
