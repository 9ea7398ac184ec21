//! The signed list of data keys: no other key is used, so swapped and foreign ones are refused.

use super::signed::not_older;
use super::{Directory, Environment, Form, KeyError, Signed, SiteKey, forms};
use crate::clock::Timestamp;
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;
use uuid::Uuid;

/// One data key of the key vault.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DataKey {
    /// What it is for.
    pub purpose: String,
    /// Its `_id` in the key vault.
    #[serde(with = "forms::uuid4")]
    pub key: Uuid,
    /// The KMS provider that wraps it.
    pub provider: String,
    /// SHA-256 commitment of the unwrapped key.
    #[serde(with = "forms::bytes")]
    pub commitment: [u8; 32],
    /// What the site is for.
    pub environment: Environment,
    /// The epoch of the compartment's root that wraps it.
    pub epoch: i64,
    /// Which key of this purpose: grows when the key itself is replaced.
    #[serde(default = "first", skip_serializing_if = "is_first")]
    pub generation: i64,
}

const fn first() -> i64 {
    1
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes it so")]
const fn is_first(number: &i64) -> bool {
    *number == 1
}

impl DataKey {
    /// Its alternative name in the key vault: the purpose, from the second generation on with its number.
    #[must_use]
    pub fn name(&self) -> String {
        if self.generation == 1 { self.purpose.clone() } else { format!("{}:{}", self.purpose, self.generation) }
    }

    /// Whether it belongs to a searchable path, so that its generation is that of the collection.
    #[must_use]
    pub fn is_index(&self) -> bool {
        self.purpose.starts_with("index:")
    }
}

/// All data keys of a site.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// [`Manifest::id_of`] the site.
    #[serde(rename = "_id", with = "forms::uuid4")]
    pub id: Uuid,
    /// The site.
    #[serde(with = "forms::uuid4")]
    pub site: Uuid,
    /// The keys.
    pub keys: Vec<DataKey>,
    /// When this version was made.
    #[serde(with = "forms::date")]
    pub at: Timestamp,
    /// Grows with every change.
    #[serde(rename = "v")]
    pub version: i64,
}

impl Manifest {
    /// The `_id` of a site's manifest in the collection `site`.
    #[must_use]
    pub fn id_of(site: Uuid) -> Uuid {
        Uuid::new_v5(&site, b"wardseal/manifest")
    }
}

impl Form for Manifest {
    const LABEL: &'static str = "wardseal/manifest/1";
    const WHAT: &'static str = "key manifest";

    fn id(&self) -> Uuid {
        self.id
    }

    fn version(&self) -> i64 {
        self.version
    }
}

/// A manifest whose signature, site, environment and version were checked.
#[derive(Clone, Debug)]
pub struct TrustedManifest {
    manifest: Manifest,
}

impl TrustedManifest {
    /// Checks a stored manifest; `seen` is the newest version seen here.
    ///
    /// # Errors
    /// [`KeyError::Untrusted`] or [`KeyError::Altered`] for the signature, [`KeyError::Altered`] for another site or
    /// environment, [`KeyError::Stale`].
    pub fn verify(
        signed: &Signed<Manifest>,
        directory: &Directory,
        site: &SiteKey,
        seen: Option<i64>,
    ) -> Result<Self, KeyError> {
        let manifest = directory.signed_by_authority(signed)?;
        let here = manifest.site == site.site() && manifest.id == Manifest::id_of(site.site());
        if !here || manifest.keys.iter().any(|key| key.environment != site.environment()) {
            return Err(KeyError::Altered("key manifest"));
        }
        not_older("key manifest", manifest.version, seen)?;
        Ok(Self { manifest: manifest.clone() })
    }

    /// The key to use for a purpose: the newest, of an index that of the collection's generation.
    #[must_use]
    pub fn current(&self, purpose: &str, index: i64) -> Option<&DataKey> {
        let these = self.manifest.keys.iter().filter(|key| key.purpose == purpose);
        these.filter(|key| !key.is_index() || key.generation == index).max_by_key(|key| key.generation)
    }

    /// The key of this id.
    #[must_use]
    pub fn key(&self, key: Uuid) -> Option<&DataKey> {
        self.manifest.keys.iter().find(|one| one.key == key)
    }

    /// All keys.
    #[must_use]
    pub fn keys(&self) -> &[DataKey] {
        &self.manifest.keys
    }

    /// Its version, to remember as seen.
    #[must_use]
    pub const fn version(&self) -> i64 {
        self.manifest.version
    }

    /// Whether this data key may be used: the manifest names exactly this id, provider and commitment.
    ///
    /// # Errors
    /// [`KeyError::ForeignDataKey`].
    pub fn admit(&self, key: Uuid, provider: &str, commitment: &[u8; 32]) -> Result<&DataKey, KeyError> {
        let named = self.key(key).filter(|one| one.provider == provider).ok_or(KeyError::ForeignDataKey)?;
        let same: bool = named.commitment.ct_eq(commitment).into();
        if same { Ok(named) } else { Err(KeyError::ForeignDataKey) }
    }
}
