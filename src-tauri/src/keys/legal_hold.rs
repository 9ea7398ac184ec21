//! A legal hold: while it stands, a record can't be erased. One person sets it, two lift it.

use super::account::Author;
use super::{Account, Directory, Form, KeyError, Signed, forms};
use crate::clock::Timestamp;
use bson::{Document, doc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// One step of a hold: set, asked to be lifted, lifted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HoldStep {
    /// [`LegalHold::id_of`] the patient.
    #[serde(rename = "_id", with = "forms::uuid4")]
    pub id: Uuid,
    /// The patient.
    #[serde(with = "forms::uuid4")]
    pub patient: Uuid,
    /// Which step: 1 sets, 2 asks, 3 lifts; a hold that is set again counts on.
    #[serde(rename = "v")]
    pub version: i64,
    /// SHA-256 of the signed step before; zeros for the first of a hold.
    #[serde(with = "forms::bytes")]
    pub after: [u8; 32],
    /// When.
    #[serde(with = "forms::date")]
    pub at: Timestamp,
}

impl Form for HoldStep {
    const LABEL: &'static str = "wardseal/legal-hold/1";
    const WHAT: &'static str = "legal hold";

    fn id(&self) -> Uuid {
        self.id
    }

    fn version(&self) -> i64 {
        self.version
    }
}

/// A hold as it is stored.
#[derive(Clone)]
pub struct LegalHold {
    set: Signed<HoldStep>,
    asked: Option<Signed<HoldStep>>,
    lifted: Option<Signed<HoldStep>>,
}

impl LegalHold {
    /// The `_id` of a patient's hold in the collection `holds`.
    #[must_use]
    pub fn id_of(patient: Uuid) -> Uuid {
        Uuid::new_v5(&patient, b"wardseal/legal-hold")
    }

    /// Sets a hold, the first or after one that was lifted.
    ///
    /// # Errors
    /// [`KeyError::GrantState`] while one stands.
    pub fn set(patient: Uuid, before: Option<&Self>, by: Author<'_>, at: Timestamp) -> Result<Self, KeyError> {
        if before.is_some_and(Self::stands) {
            return Err(KeyError::GrantState("lifted"));
        }
        let version = before.map_or(0, Self::version) + 1;
        let step = HoldStep { id: Self::id_of(patient), patient, version, after: [0; 32], at };
        Ok(Self { set: Signed::sign(step, by.id, by.signer)?, asked: None, lifted: None })
    }

    /// One person asks that it be lifted; another, asking too, lifts it.
    ///
    /// # Errors
    /// [`KeyError::SamePerson`], [`KeyError::GrantState`] when it is lifted already.
    pub fn lift(&self, by: Author<'_>, at: Timestamp) -> Result<Self, KeyError> {
        if !self.stands() {
            return Err(KeyError::GrantState("set"));
        }
        let before = self.asked.as_ref().unwrap_or(&self.set);
        if self.asked.as_ref().is_some_and(|asked| asked.by() == by.id) {
            return Err(KeyError::SamePerson);
        }
        let step = HoldStep { version: self.version() + 1, after: digest(before), at, ..self.set.claimed().clone() };
        let step = Some(Signed::sign(step, by.id, by.signer)?);
        match self.asked {
            None => Ok(Self { asked: step, ..self.clone() }),
            Some(_) => Ok(Self { lifted: step, ..self.clone() }),
        }
    }

    /// Whether it stands.
    #[must_use]
    pub const fn stands(&self) -> bool {
        self.lifted.is_none()
    }

    /// Who asked that it be lifted, while it stands.
    #[must_use]
    pub fn asked_by(&self) -> Option<Uuid> {
        self.asked.as_ref().filter(|_| self.stands()).map(Signed::by)
    }

    /// Whose record.
    #[must_use]
    pub const fn patient(&self) -> Uuid {
        self.set.claimed().patient
    }

    /// Who set it, and when.
    #[must_use]
    pub const fn set_by(&self) -> (Uuid, Timestamp) {
        (self.set.by(), self.set.claimed().at)
    }

    /// Grows with every step; older ones than seen are refused.
    #[must_use]
    pub fn version(&self) -> i64 {
        self.lifted.as_ref().or(self.asked.as_ref()).unwrap_or(&self.set).claimed().version
    }

    /// Whether every step is signed by somebody of whom `may` says so, two different ones for lifting.
    ///
    /// # Errors
    /// [`KeyError::Untrusted`], [`KeyError::Altered`], [`KeyError::SamePerson`].
    pub fn verify(&self, directory: &Directory, may: impl Fn(&Account) -> bool) -> Result<(), KeyError> {
        let mut before = None;
        for step in [Some(&self.set), self.asked.as_ref(), self.lifted.as_ref()].into_iter().flatten() {
            let author = directory.account(step.by()).filter(|account| may(account));
            author.ok_or(KeyError::Untrusted("legal hold"))?;
            let signed = directory.signed_by_author(step)?;
            let follows = before.is_none_or(|before: &Signed<HoldStep>| {
                signed.after == digest(before) && signed.version == before.claimed().version + 1
            });
            if !follows || signed.patient != self.patient() {
                return Err(KeyError::Altered("legal hold"));
            }
            before = Some(step);
        }
        let [asked, lifted] = [&self.asked, &self.lifted].map(|step| step.as_ref().map(Signed::by));
        if lifted.is_some() && (asked.is_none() || asked == lifted) { Err(KeyError::SamePerson) } else { Ok(()) }
    }

    /// The stored document: `{_id, v, patient, set, asked, lifted}`.
    ///
    /// # Errors
    /// As [`Signed::to_document`].
    pub fn to_document(&self) -> Result<Document, KeyError> {
        Ok(doc! {
            "_id": forms::uuid_bson(Self::id_of(self.patient())),
            "v": self.version(),
            "patient": forms::uuid_bson(self.patient()),
            "set": self.set.to_document()?,
            "asked": super::signed::part_to_bson(self.asked.as_ref())?,
            "lifted": super::signed::part_to_bson(self.lifted.as_ref())?,
        })
    }

    /// Reads a stored document; verifies nothing but that its clear fields agree with the signed ones.
    ///
    /// # Errors
    /// [`KeyError::Form`].
    pub fn from_document(stored: &Document) -> Result<Self, KeyError> {
        let form = || KeyError::Form("legal hold");
        let set = Signed::from_document(stored.get_document("set").map_err(|_| form())?)?;
        let (asked, lifted) = (super::signed::part(stored, "asked")?, super::signed::part(stored, "lifted")?);
        let hold = Self { set, asked, lifted };
        let again = hold.to_document()?;
        let agrees = ["_id", "v", "patient"].iter().all(|key| again.get(key) == stored.get(key));
        if agrees { Ok(hold) } else { Err(form()) }
    }
}

fn digest(step: &Signed<HoldStep>) -> [u8; 32] {
    super::signed::digest("wardseal/legal-hold-digest/1", step)
}
