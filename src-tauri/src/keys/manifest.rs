//! The signed list of data keys: no other key is used, so swapped and foreign ones are refused.

use super::account::Author;
use super::rotation::{self, RotationOrder};
use super::signed::not_older;
use super::{Directory, Environment, Form, KeyError, Signed, SiteKey, forms};
use crate::clock::Timestamp;
use bson::{Bson, Document, doc};
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
#[derive(Clone)]
pub struct TrustedManifest {
    manifest: Manifest,
    /// As it was signed.
    signed: Signed<Manifest>,
    /// The newest one that an authority signed, which may be this one.
    base: Signed<Manifest>,
    /// What allows the differences from it.
    orders: Vec<Signed<RotationOrder>>,
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
        Self::fits_here(manifest, site, seen)?;
        Ok(Self { manifest: manifest.clone(), signed: signed.clone(), base: signed.clone(), orders: Vec::new() })
    }

    /// As [`TrustedManifest::verify`], also of one that a holder signed under rotation orders.
    ///
    /// # Errors
    /// As [`TrustedManifest::verify`]; [`KeyError::Untrusted`] when it differs in more than was ordered.
    pub fn read(doc: &Document, directory: &Directory, site: &SiteKey, seen: Option<i64>) -> Result<Self, KeyError> {
        let signed = Signed::<Manifest>::from_document(doc)?;
        let Ok(base) = doc.get_document("base") else { return Self::verify(&signed, directory, site, seen) };
        let base = Signed::<Manifest>::from_document(base)?;
        let stored = doc.get_array("orders").map_err(|_| KeyError::Form("key manifest"))?;
        let stored = stored.iter().map(|one| one.as_document().ok_or(KeyError::Form("key manifest")));
        let orders = stored.map(|one| Signed::from_document(one?)).collect::<Result<Vec<_>, _>>()?;
        let allowed = orders.iter().map(|one| rotation::ordered(one, directory)).collect::<Result<Vec<_>, _>>()?;
        let manifest = directory.signed_by_author(&signed)?;
        let before = directory.signed_by_authority(&base)?;
        let in_time = before.version < manifest.version && allowed.iter().all(|order| order.manifest <= before.version);
        if !in_time || !rotation::covered(before, manifest, &allowed) {
            return Err(KeyError::Untrusted("key manifest"));
        }
        Self::fits_here(manifest, site, seen)?;
        let manifest = manifest.clone();
        Ok(Self { manifest, signed, base, orders })
    }

    /// The next version with these keys, signed by a holder under an order.
    ///
    /// # Errors
    /// As [`Signed::sign`].
    pub fn change(
        &self,
        keys: Vec<DataKey>,
        order: &Signed<RotationOrder>,
        by: Author<'_>,
        at: Timestamp,
    ) -> Result<Document, KeyError> {
        let mut orders = self.orders.clone();
        if !orders.iter().any(|one| one.claimed().id == order.claimed().id) {
            orders.push(order.clone());
        }
        let orders = orders.iter().map(|one| one.to_document().map(Bson::Document)).collect::<Result<Vec<_>, _>>()?;
        let next = Manifest { keys, at, version: self.manifest.version + 1, ..self.manifest.clone() };
        let mut doc = Signed::sign_after(next, &self.signed, by.id, by.signer)?.to_document()?;
        doc.extend(doc! { "base": self.base.to_document()?, "orders": orders });
        Ok(doc)
    }

    /// The same keys, signed by an administrator: what holders changed under orders is confirmed. `None` if nothing was.
    ///
    /// # Errors
    /// As [`Signed::sign`].
    pub fn adopt(&self, by: Author<'_>, at: Timestamp) -> Result<Option<Document>, KeyError> {
        if self.orders.is_empty() {
            return Ok(None);
        }
        let next = Manifest { at, version: self.manifest.version + 1, ..self.manifest.clone() };
        let mut doc = Signed::sign_after(next, &self.signed, by.id, by.signer)?.to_document()?;
        doc.extend(doc! { "base": Bson::Null, "orders": Bson::Null });
        Ok(Some(doc))
    }

    fn fits_here(manifest: &Manifest, site: &SiteKey, seen: Option<i64>) -> Result<(), KeyError> {
        let here = manifest.site == site.site() && manifest.id == Manifest::id_of(site.site());
        if !here || manifest.keys.iter().any(|key| key.environment != site.environment()) {
            return Err(KeyError::Altered("key manifest"));
        }
        not_older("key manifest", manifest.version, seen)
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

    /// The newest version that an authority signed, signed anew by another: when the one who signed it leaves.
    /// `None` where somebody else signed it.
    ///
    /// # Errors
    /// As [`Signed::sign`].
    pub fn take_over(&self, leaving: Uuid, by: Author<'_>, at: Timestamp) -> Result<Option<Document>, KeyError> {
        if self.base.by() != leaving && !self.orders.iter().any(|order| order.by() == leaving) {
            return Ok(None);
        }
        let next = Manifest { at, version: self.manifest.version + 1, ..self.manifest.clone() };
        Signed::sign_after(next, &self.signed, by.id, by.signer)?.to_document().map(Some)
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
