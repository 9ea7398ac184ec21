//! The site record: what every workstation of a site must agree on, MACed under the site key.

use super::signed::not_older;
use super::{
    CompartmentMaster, Environment, KeyError, MasterKey, Profile, SealingKey, SiteKey, SiteUse, UserPublic, VerifyKey,
    derive, forms, layer, provider_name,
};
use crate::clock::Timestamp;
use crate::record::Compartment;
use crate::secret::Secret;
use bson::{Bson, Document, doc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

const MAC_LABEL: &str = "wardseal/site-record-mac/1";

/// The administrator who founded the site: the root of the accounts' signatures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Founder {
    /// The founder's account.
    #[serde(with = "forms::uuid4")]
    pub user: Uuid,
    /// The founder's signing key.
    pub verify: VerifyKey,
}

/// The recovery key's public half, to which every compartment is granted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecoveryPublic {
    /// The id under which it holds grants and signs.
    #[serde(with = "forms::uuid4")]
    pub id: Uuid,
    /// Its public keys.
    pub keys: UserPublic,
    /// Shares needed to bring it back.
    pub needed: i32,
    /// Shares made.
    pub shares: i32,
}

/// A compartment's public key: proves a root, and is what write-only values are sealed to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CompartmentPublic {
    /// Which compartment.
    pub compartment: Compartment,
    /// Grows with every rotation of its root.
    pub epoch: i64,
    /// The public key derived from the root.
    pub public: SealingKey,
}

/// An enrolled workstation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkstationPublic {
    /// Its id.
    #[serde(with = "forms::uuid4")]
    pub id: Uuid,
    /// What people call it.
    pub name: String,
    /// Its signing key, which signs the heads of its audit log.
    pub verify: VerifyKey,
    /// What a site key is sealed to for it; absent where it was enrolled by a version that knew one workstation only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sealing: Option<SealingKey>,
    /// When it was enrolled.
    #[serde(with = "forms::date")]
    pub at: Timestamp,
    /// Its end, if it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<WorkstationEnd>,
}

/// How a workstation's time at a site ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    /// An administrator shut it out: lost, stolen, in doubt.
    Revoked,
    /// It was taken out of use, with its keys deleted.
    Retired,
}

/// The end of a workstation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkstationEnd {
    /// How.
    pub how: Ending,
    /// When; what it signs from then on counts for nothing.
    #[serde(with = "forms::date")]
    pub at: Timestamp,
}

/// The one record that all trust in a site's documents begins with.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SiteRecord {
    /// The site.
    #[serde(rename = "_id", with = "forms::uuid4")]
    pub site: Uuid,
    /// What people call it.
    pub name: String,
    /// What it is for.
    pub environment: Environment,
    /// Root of the accounts' signatures.
    pub founder: Founder,
    /// The last holder of every compartment.
    pub recovery: RecoveryPublic,
    /// Public keys of the compartments, every epoch still in use.
    pub compartments: Vec<CompartmentPublic>,
    /// Key management services that wrap data keys, by root; the data keys of every other root are wrapped locally.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub masters: Vec<CompartmentMaster>,
    /// Enrolled workstations.
    pub workstations: Vec<WorkstationPublic>,
    /// [`SiteKey::check_value`]: tells a wrong site key apart from an altered record.
    #[serde(with = "forms::bytes")]
    pub check: [u8; 32],
    /// Which collection patients stand in: the first is `patients`, the n-th `patients_n`.
    #[serde(default = "first", skip_serializing_if = "is_first")]
    pub index: i64,
    /// How the patients' searchable values are stored; never changes.
    #[serde(default, skip_serializing_if = "Profile::is_default")]
    pub profile: Profile,
    /// Which site key: the first, or the n-th after renewals.
    #[serde(default = "first", skip_serializing_if = "is_first")]
    pub site_key: i64,
    /// The site key before, while heads are still checked with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub former: Option<i64>,
    /// The key of imported resources' origins, if it comes from a former site key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<Carried>,
    /// Keys of former site keys that hashes of searchable values in heads may still be under.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub index_macs: Vec<Carried>,
    /// The site was moved to another store: nobody works with this one any more.
    #[serde(default, skip_serializing_if = "is_false")]
    pub moved: bool,
    /// When this version was made.
    #[serde(with = "forms::date")]
    pub at: Timestamp,
    /// Grows with every change.
    #[serde(rename = "v")]
    pub version: i64,
    /// What a newer version of the program has written here: carried along, never dropped.
    #[serde(flatten)]
    pub further: Document,
}

/// A key derived from a former site key that can't be replaced without opening records, sealed under the present one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Carried {
    #[serde(with = "forms::blob")]
    sealed: Vec<u8>,
}

impl Carried {
    /// Seals a key for what it is used for.
    ///
    /// # Errors
    /// When there is no randomness.
    pub fn seal(key: &Secret<32>, what: &str, site: &SiteKey) -> Result<Self, KeyError> {
        // EXPOSE: the key is what is sealed.
        let sealed = layer::seal(&site.subkey(SiteUse::Carried)?, &aad(what, site), key.expose())?;
        Ok(Self { sealed })
    }

    /// Opens it.
    ///
    /// # Errors
    /// [`KeyError::Altered`] if it isn't one of this site key, for this use.
    pub fn open(&self, what: &str, site: &SiteKey) -> Result<Secret<32>, KeyError> {
        let opened = layer::open(&site.subkey(SiteUse::Carried)?, &aad(what, site), &self.sealed);
        opened.and_then(|key| Secret::copy_from(&key)).ok_or(KeyError::Altered("site record"))
    }
}

fn aad(what: &str, site: &SiteKey) -> Vec<u8> {
    format!("wardseal/carried/1|{}|{what}", site.site()).into_bytes()
}

const fn first() -> i64 {
    1
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes it so")]
const fn is_false(flag: &bool) -> bool {
    !*flag
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes it so")]
const fn is_first(number: &i64) -> bool {
    *number == 1
}

/// The name of the collection that holds the patients of an index generation.
#[must_use]
pub fn patients_of(index: i64) -> String {
    if index == 1 { "patients".to_owned() } else { format!("patients_{index}") }
}

impl SiteRecord {
    /// Where the documents of a collection are stored: patients move to another one when their index keys change.
    #[must_use]
    pub fn stored_in(&self, collection: &str) -> String {
        if collection == "patients" { patients_of(self.index) } else { collection.to_owned() }
    }

    /// The compartment's public key of that epoch.
    #[must_use]
    pub fn compartment(&self, compartment: Compartment, epoch: i64) -> Option<&CompartmentPublic> {
        self.compartments.iter().find(|one| one.compartment == compartment && one.epoch == epoch)
    }

    /// The compartment's newest public key.
    #[must_use]
    pub fn current(&self, compartment: Compartment) -> Option<&CompartmentPublic> {
        self.compartments.iter().filter(|one| one.compartment == compartment).max_by_key(|one| one.epoch)
    }

    /// What wraps the data keys of a root, if it isn't the root itself.
    #[must_use]
    pub fn master(&self, compartment: Compartment, epoch: i64) -> Option<&MasterKey> {
        let found = self.masters.iter().find(|one| (one.compartment, one.epoch) == (compartment, epoch));
        found.map(|one| &one.master)
    }

    /// The name of a root's provider in key documents and the manifest.
    #[must_use]
    pub fn provider(&self, compartment: Compartment, epoch: i64) -> String {
        provider_name(compartment, epoch, self.master(compartment, epoch))
    }

    /// What the register says of a workstation, also of one whose time has ended.
    #[must_use]
    pub fn workstation(&self, id: Uuid) -> Option<&WorkstationPublic> {
        self.workstations.iter().find(|one| one.id == id)
    }

    /// The workstation whose signature of that moment counts: enrolled, and not ended by then.
    #[must_use]
    pub fn signing_workstation(&self, id: Uuid, at: Timestamp) -> Option<&WorkstationPublic> {
        self.workstation(id).filter(|one| one.ended.is_none_or(|end| at < end.at))
    }

    /// Whether this workstation may work.
    #[must_use]
    pub fn is_enrolled(&self, id: Uuid) -> bool {
        self.workstation(id).is_some_and(|one| one.ended.is_none())
    }

    /// The stored document: `{_id, v, body, mac}`.
    ///
    /// # Errors
    /// If the record has no BSON form.
    pub fn to_document(&self, key: &SiteKey) -> Result<Document, KeyError> {
        let body = bson::serialize_to_document(self).map_err(|_| KeyError::Form("site record"))?;
        let mac = derive::mac(&key.subkey(SiteUse::SiteRecord)?, MAC_LABEL, &[&bytes(&body)?]);
        Ok(doc! {
            "_id": forms::uuid_bson(self.site),
            "v": self.version,
            "body": body,
            "mac": Bson::Binary(forms::binary(&mac)),
        })
    }

    /// Which site key a stored record says it is under; proves nothing.
    ///
    /// # Errors
    /// If it isn't a site record.
    pub fn claimed_key(doc: &Document) -> Result<i64, KeyError> {
        let body = doc.get_document("body").map_err(|_| KeyError::Form("site record"))?;
        Ok(body.get_i64("site_key").unwrap_or(1))
    }

    /// Reads a stored record and proves it; `seen` is the newest version seen on this workstation.
    ///
    /// # Errors
    /// [`KeyError::OtherEnvironment`] for a key of another environment, [`KeyError::WrongSiteKey`] if the key belongs to another site, [`KeyError::Altered`] if the record was changed,
    /// [`KeyError::Stale`] if it is older than `seen`.
    pub fn open(doc: &Document, key: &SiteKey, seen: Option<i64>) -> Result<Self, KeyError> {
        let body = doc.get_document("body").map_err(|_| KeyError::Form("site record"))?;
        let record: Self = bson::deserialize_from_document(body.clone()).map_err(|_| KeyError::Form("site record"))?;
        if record.environment != key.environment() {
            return Err(KeyError::OtherEnvironment { key: key.environment().code(), store: record.environment.code() });
        }
        if record.check != key.check_value()? {
            return Err(KeyError::WrongSiteKey);
        }
        let mac = doc.get_binary_generic("mac").map_err(|_| KeyError::Form("site record"))?;
        let genuine = derive::mac_matches(&key.subkey(SiteUse::SiteRecord)?, MAC_LABEL, &[&bytes(body)?], mac);
        if !genuine || record.site != key.site() || record.environment != key.environment() {
            return Err(KeyError::Altered("site record"));
        }
        let form = crate::record::form::form_of(&record.further);
        if !crate::record::form::reads(form) {
            return Err(KeyError::NewerForm("site record"));
        }
        not_older("site record", record.version, seen).map(|()| record)
    }
}

fn bytes(body: &Document) -> Result<Vec<u8>, KeyError> {
    body.to_vec().map_err(|_| KeyError::Form("site record"))
}
