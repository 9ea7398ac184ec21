//! The erasure of one patient: one person asks, another approves, the workstation destroys; what stays is this document.
//!
//! It says nothing about the patient but an id that stands nowhere else any more.

use super::account::Author;
use super::{Account, Directory, Form, KeyError, Signed, SiteRecord, WorkstationKey, forms};
use crate::clock::Timestamp;
use bson::{Document, doc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Why a record is to be erased. Closed words: what is signed here outlives the record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErasureReason {
    /// The patient asked for it.
    PatientRequest,
    /// The record should never have been made.
    EnteredInError,
    /// The time it had to be kept is over.
    RetentionEnded,
    /// A court or an authority ordered it.
    CourtOrder,
}

impl ErasureReason {
    /// Every reason.
    pub const ALL: [ErasureReason; 4] = [
        ErasureReason::PatientRequest,
        ErasureReason::EnteredInError,
        ErasureReason::RetentionEnded,
        ErasureReason::CourtOrder,
    ];

    /// The word in documents and on the command line.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            ErasureReason::PatientRequest => "patient_request",
            ErasureReason::EnteredInError => "entered_in_error",
            ErasureReason::RetentionEnded => "retention_ended",
            ErasureReason::CourtOrder => "court_order",
        }
    }

    /// The reason with this word.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.code() == code)
    }
}

/// One person asks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErasureRequest {
    /// The patient; the document's id too, so that nobody is erased twice.
    #[serde(rename = "_id", with = "forms::uuid4")]
    pub patient: Uuid,
    /// Why.
    pub reason: ErasureReason,
    /// When.
    #[serde(with = "forms::date")]
    pub at: Timestamp,
}

/// Another approves this request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErasureApproval {
    /// The patient.
    #[serde(rename = "_id", with = "forms::uuid4")]
    pub patient: Uuid,
    /// SHA-256 of the signed request.
    #[serde(with = "forms::bytes")]
    pub request: [u8; 32],
    /// When.
    #[serde(with = "forms::date")]
    pub at: Timestamp,
}

/// The workstation has destroyed the keys and removed the record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErasureDone {
    /// The patient.
    #[serde(rename = "_id", with = "forms::uuid4")]
    pub patient: Uuid,
    /// When.
    #[serde(with = "forms::date")]
    pub at: Timestamp,
}

macro_rules! form {
    ($($of:ident $label:literal $version:literal;)+) => {$(
        impl Form for $of {
            const LABEL: &'static str = $label;
            const WHAT: &'static str = "erasure";

            fn id(&self) -> Uuid {
                self.patient
            }

            fn version(&self) -> i64 {
                $version
            }
        }
    )+};
}

form! {
    ErasureRequest "wardseal/erasure-request/1" 1;
    ErasureApproval "wardseal/erasure-approval/1" 2;
    ErasureDone "wardseal/erasure-done/1" 3;
}

/// How far an erasure is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ErasureState {
    /// One person has asked.
    Requested,
    /// Another has approved; it may not be stopped any more.
    Approved,
    /// The keys are destroyed and the record is gone.
    Done,
}

impl ErasureState {
    /// The word in documents.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            ErasureState::Requested => "requested",
            ErasureState::Approved => "approved",
            ErasureState::Done => "done",
        }
    }
}

/// An erasure as it is stored; once done, the tombstone.
#[derive(Clone)]
pub struct Erasure {
    request: Signed<ErasureRequest>,
    approval: Option<Signed<ErasureApproval>>,
    done: Option<Signed<ErasureDone>>,
}

impl Erasure {
    /// One person asks.
    ///
    /// # Errors
    /// As [`Signed::sign`].
    pub fn request(patient: Uuid, reason: ErasureReason, by: Author<'_>, at: Timestamp) -> Result<Self, KeyError> {
        let request = Signed::sign(ErasureRequest { patient, reason, at }, by.id, by.signer)?;
        Ok(Self { request, approval: None, done: None })
    }

    /// Another approves.
    ///
    /// # Errors
    /// [`KeyError::SamePerson`], [`KeyError::GrantState`] when it was approved before.
    pub fn approve(&self, by: Author<'_>, at: Timestamp) -> Result<Self, KeyError> {
        if self.state() != ErasureState::Requested {
            return Err(KeyError::GrantState("requested"));
        }
        if self.request.by() == by.id {
            return Err(KeyError::SamePerson);
        }
        let approval = ErasureApproval { patient: self.patient(), request: digest(&self.request), at };
        let approval = Some(Signed::sign(approval, by.id, by.signer)?);
        Ok(Self { approval, ..self.clone() })
    }

    /// The workstation is done.
    ///
    /// # Errors
    /// As [`Signed::sign`].
    pub fn finish(&self, by: &WorkstationKey, at: Timestamp) -> Result<Self, KeyError> {
        let done = Some(Signed::sign(ErasureDone { patient: self.patient(), at }, by.id(), by.signer())?);
        Ok(Self { done, ..self.clone() })
    }

    /// Whose record.
    #[must_use]
    pub const fn patient(&self) -> Uuid {
        self.request.claimed().patient
    }

    /// Why, as the request claims.
    #[must_use]
    pub const fn reason(&self) -> ErasureReason {
        self.request.claimed().reason
    }

    /// Who claims to have asked, and when.
    #[must_use]
    pub const fn requested(&self) -> (Uuid, Timestamp) {
        (self.request.by(), self.request.claimed().at)
    }

    /// Who claims to have approved, and when.
    #[must_use]
    pub fn approved(&self) -> Option<(Uuid, Timestamp)> {
        self.approval.as_ref().map(|approval| (approval.by(), approval.claimed().at))
    }

    /// When the workstation claims to have been done.
    #[must_use]
    pub fn done(&self) -> Option<Timestamp> {
        self.done.as_ref().map(|done| done.claimed().at)
    }

    /// How far it is.
    #[must_use]
    pub const fn state(&self) -> ErasureState {
        match (&self.approval, &self.done) {
            (_, Some(_)) => ErasureState::Done,
            (Some(_), None) => ErasureState::Approved,
            (None, None) => ErasureState::Requested,
        }
    }

    /// Whether two different people of whom `may` says that they may erase have signed, and a workstation of the site
    /// where it claims to be done.
    ///
    /// # Errors
    /// [`KeyError::Untrusted`], [`KeyError::Altered`], [`KeyError::SamePerson`].
    pub fn verify(
        &self,
        directory: &Directory,
        record: &SiteRecord,
        may: impl Fn(&Account) -> bool,
    ) -> Result<ErasureState, KeyError> {
        let untrusted = || KeyError::Untrusted("erasure");
        let known = |user: Uuid| directory.account(user).filter(|account| may(account)).ok_or_else(untrusted);
        known(self.request.by())?;
        directory.signed_by_author(&self.request)?;
        if let Some(approval) = &self.approval {
            known(approval.by())?;
            let approved = directory.signed_by_author(approval)?;
            if approval.by() == self.request.by() {
                return Err(KeyError::SamePerson);
            }
            if approved.patient != self.patient() || approved.request != digest(&self.request) {
                return Err(KeyError::Altered("erasure"));
            }
        }
        if let Some(done) = &self.done {
            let at = done.claimed().at;
            let workstation = record.signing_workstation(done.by(), at).ok_or_else(untrusted)?;
            if done.verify(&workstation.verify)?.patient != self.patient() || self.approval.is_none() {
                return Err(KeyError::Altered("erasure"));
            }
        }
        Ok(self.state())
    }

    /// The stored document: `{_id, v, state, request, approval, done}`.
    ///
    /// # Errors
    /// As [`Signed::to_document`].
    pub fn to_document(&self) -> Result<Document, KeyError> {
        Ok(doc! {
            "_id": forms::uuid_bson(self.patient()),
            "v": self.state() as i64 + 1,
            "state": self.state().code(),
            "request": self.request.to_document()?,
            "approval": super::signed::part_to_bson(self.approval.as_ref())?,
            "done": super::signed::part_to_bson(self.done.as_ref())?,
        })
    }

    /// Reads a stored document; verifies nothing but that its clear fields agree with the signed ones.
    ///
    /// # Errors
    /// [`KeyError::Form`].
    pub fn from_document(stored: &Document) -> Result<Self, KeyError> {
        let form = || KeyError::Form("erasure");
        let request = Signed::from_document(stored.get_document("request").map_err(|_| form())?)?;
        let (approval, done) = (super::signed::part(stored, "approval")?, super::signed::part(stored, "done")?);
        let erasure = Self { request, approval, done };
        let again = erasure.to_document()?;
        let agrees = ["_id", "v", "state"].iter().all(|key| again.get(key) == stored.get(key));
        if agrees { Ok(erasure) } else { Err(form()) }
    }
}

fn digest(request: &Signed<ErasureRequest>) -> [u8; 32] {
    super::signed::digest("wardseal/erasure-request-digest/1", request)
}
