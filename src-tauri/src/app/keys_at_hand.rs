//! [`KeysAtHand`]: everything secret that a signed-in user has in memory. Dropped as one at every lock.

use super::error::{Code, Failure};
use super::workstation::Workstation;
use crate::audit::Sealer;
use crate::crypt::{Crypt, KeyRing, Provider, index};
use crate::keys::{
    Account, CompartmentRoot, Directory, Grant, GrantState, Manifest, SiteKey, SiteUse, StoredAccount, TrustedManifest,
    UserKeys, forms, patients_of,
};
use crate::policy::{Role, compartments_of};
use crate::record::Compartment;
use crate::secret::{Password, Secret};
use crate::store::witness::Seen;
use crate::store::{DATABASE, find_documents};
use bson::{Document, RawDocumentBuf, doc};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use uuid::Uuid;

/// The keys of the session.
pub struct KeysAtHand {
    /// The user's own keys.
    pub user: Arc<UserKeys>,
    /// The account as verified at sign-in.
    pub account: Account,
    /// Who is who.
    pub directory: Directory,
    /// Roots of the compartments granted to the user.
    pub roots: Vec<CompartmentRoot>,
    /// libmongocrypt with those roots and no others.
    pub crypt: Crypt,
    /// The data key documents libmongocrypt may use, wrapped.
    pub ring: Arc<KeyRing>,
    /// The MAC key of record heads.
    pub heads: Secret<32>,
    /// Of the site key before, while it is being renewed.
    pub former_heads: Vec<Secret<32>>,
    /// Of former site keys: hashes of searchable values may still be under them.
    pub index_macs: Vec<Secret<32>>,
    /// The MAC key of imported resources' origins.
    pub origins: Secret<32>,
    /// Seals audit rows to the auditors and to the user.
    pub sealer: Sealer,
    /// The data keys the site uses.
    pub manifest: TrustedManifest,
    /// The version of the site record these keys were opened under.
    pub site_version: i64,
}

impl KeysAtHand {
    /// Whether the session holds this compartment.
    #[must_use]
    pub fn holds(&self, compartment: Compartment) -> bool {
        self.root(compartment).is_some()
    }

    /// The id of a data key by its purpose.
    #[must_use]
    pub fn key_id(&self, purpose: &str) -> Option<Uuid> {
        self.ring.id(purpose)
    }

    /// The newest root of a compartment, if the session holds it.
    #[must_use]
    pub fn root(&self, compartment: Compartment) -> Option<&CompartmentRoot> {
        self.roots.iter().filter(|root| root.compartment() == compartment).max_by_key(|root| root.epoch())
    }
}

/// What is stored of the site's users and keys, read once at sign-in.
pub(super) struct StoredKeys {
    pub accounts: Vec<StoredAccount>,
    pub directory: Directory,
    manifest: Document,
    vault: Vec<RawDocumentBuf>,
}

impl StoredKeys {
    pub(super) fn by_username(&self, username: &str) -> Option<(&StoredAccount, &Account)> {
        let account = self.directory.by_username(username).filter(|account| account.active)?;
        let stored = self.accounts.iter().find(|stored| stored.account.claimed().id == account.id)?;
        Some((stored, account))
    }
}

impl Workstation {
    /// The site's present key, fetched for the moment.
    pub(super) fn site_key(&self) -> Result<SiteKey, Failure> {
        Ok(SiteKey::load_epoch(self.keychain.as_ref(), self.enrolment.site, self.record.site_key)?)
    }

    /// Reads and verifies accounts; the manifest is verified when the keys are opened.
    pub(super) async fn stored_keys(&self) -> Result<StoredKeys, Failure> {
        let store = self.store.as_ref();
        let mut accounts = Vec::new();
        for raw in find_documents(store, "accounts", doc! {}, None).await? {
            accounts.push(StoredAccount::from_document(&Document::try_from(raw)?)?);
        }
        let mut seen = BTreeMap::new();
        for stored in &accounts {
            let id = stored.account.claimed().id;
            if let Some(known) = self.witness.seen(id)? {
                seen.insert(id, known.counter);
            }
        }
        let directory = Directory::verify(&self.record, accounts.iter().map(|stored| &stored.account), &seen);
        for (_, refused) in directory.refused() {
            tracing::error!(%refused, "an account is refused");
        }
        let manifest = doc! { "_id": forms::uuid_bson(Manifest::id_of(self.record.site)) };
        let manifest = find_documents(store, "site", manifest, None).await?;
        let manifest = manifest.first().ok_or_else(|| Code::KeysDamaged.bare())?.clone();
        let vault = find_documents(store, "key_vault", doc! {}, None).await?;
        Ok(StoredKeys { accounts, directory, manifest: Document::try_from(manifest)?, vault })
    }

    /// Opens the user's slot, then the grants, then libmongocrypt with what was granted.
    pub(super) async fn open_keys(
        &self,
        stored: StoredKeys,
        username: &str,
        password: &Password,
    ) -> Result<KeysAtHand, Failure> {
        let site = self.site_key()?;
        let (slot, account) = stored.by_username(username).ok_or_else(|| Code::WrongSignIn.bare())?;
        let slot_seen = self.witness.seen(slot_id(account.id))?.map(|seen| seen.counter);
        let user = Arc::new(slot.sign_in(&stored.directory, password, &site, slot_seen)?);
        let account = account.clone();
        self.keys_of(stored, account, user, &site).await
    }

    /// What an opened slot leads to.
    pub(super) async fn keys_of(
        &self,
        stored: StoredKeys,
        account: Account,
        user: Arc<UserKeys>,
        site: &SiteKey,
    ) -> Result<KeysAtHand, Failure> {
        let roots = self.open_grants(&user, &account, &stored.directory).await?;
        let seen = self.witness.seen(Manifest::id_of(self.record.site))?.map(|seen| seen.counter);
        let manifest = TrustedManifest::read(&stored.manifest, &stored.directory, site, seen)?;
        let (crypt, ring) = open_crypt(&roots, &manifest, &stored.vault, self.record.index)?;
        self.note_versions(&stored, &manifest)?;
        let sealer = Sealer::to(&[self.auditors()?, *user.public().hpke.as_bytes()])?;
        let heads = site.subkey(SiteUse::RecordHead)?;
        let origins = match &self.record.origin {
            Some(carried) => carried.open("origin", site)?,
            None => site.subkey(SiteUse::Origin)?,
        };
        let index_macs = self.record.index_macs.iter().map(|one| one.open("index", site));
        let index_macs = index_macs.collect::<Result<_, _>>()?;
        let former = self.record.former.map(|epoch| SiteKey::load_epoch(self.keychain.as_ref(), site.site(), epoch));
        let former_heads = former.transpose()?.map(|key| key.subkey(SiteUse::RecordHead)).transpose()?;
        let former_heads = former_heads.into_iter().collect();
        let (directory, site_version) = (stored.directory, self.record.version);
        Ok(KeysAtHand {
            user,
            account,
            directory,
            roots,
            crypt,
            ring,
            heads,
            former_heads,
            index_macs,
            origins,
            sealer,
            manifest,
            site_version,
        })
    }

    async fn open_grants(
        &self,
        user: &UserKeys,
        account: &Account,
        directory: &Directory,
    ) -> Result<Vec<CompartmentRoot>, Failure> {
        let role = Role::from_code(&account.role).ok_or_else(|| Code::KeysDamaged.bare())?;
        let may_hold = compartments_of(role);
        let filter = doc! { "user": forms::uuid_bson(account.id) };
        let mut roots = Vec::new();
        for raw in find_documents(self.store.as_ref(), "grants", filter, None).await? {
            let grant = Grant::from_document(&Document::try_from(raw)?)?;
            let order = grant.ordered();
            if !may_hold.contains(&order.compartment) {
                tracing::error!(grant = %order.id, "a grant of a compartment that the role doesn't have is passed over");
                continue;
            }
            if grant.state() != GrantState::Active {
                continue;
            }
            let seen = self.witness.seen(order.id)?.map(|seen| seen.counter);
            roots.push(grant.open((account.id, user), directory, &self.record, seen)?);
        }
        Ok(roots)
    }

    /// Remembers the newest signed versions, so that older ones are refused from now on.
    fn note_versions(&self, stored: &StoredKeys, manifest: &TrustedManifest) -> Result<(), Failure> {
        let seen = |id: Uuid, counter: i64| (id, Seen { counter, hash: [0; 32] });
        let mut versions: Vec<(Uuid, Seen)> =
            stored.directory.accounts().map(|account| seen(account.id, account.version)).collect();
        versions.extend(stored.accounts.iter().map(|one| seen(slot_id(one.account.claimed().id), one.slot.version)));
        versions.push(seen(Manifest::id_of(self.record.site), manifest.version()));
        Ok(self.witness.note(&versions)?)
    }
}

/// Slots count their versions apart from their accounts.
fn slot_id(user: Uuid) -> Uuid {
    Uuid::new_v5(&user, b"wardseal/slot")
}

/// libmongocrypt for the patients of an index generation, with these roots and those keys of the vault that the manifest names for them.
pub(super) fn open_crypt(
    roots: &[CompartmentRoot],
    manifest: &TrustedManifest,
    vault: &[RawDocumentBuf],
    index: i64,
) -> Result<(Crypt, Arc<KeyRing>), Failure> {
    refuse_other_layout(manifest)?;
    let ring = KeyRing::trusted(vault, manifest, &providers(roots), index)?;
    let ring = Arc::new(ring);
    let collection = patients_of(index);
    let fields = index::encrypted_fields(&collection, &index::PATIENTS, |purpose| {
        manifest.current(purpose, index).map(|key| key.key)
    })?;
    let map = index::fields_map(DATABASE, &collection, &fields);
    // libmongocrypt wants a root even for a user who holds none; this one wraps nothing.
    let none = Secret::random()?;
    let mut open = providers(roots);
    if open.is_empty() {
        open.push(Provider { name: "local:none".to_owned(), key: &none });
    }
    Ok((Crypt::open(&open, ring.clone(), Some(&map))?, ring))
}

/// A store whose patients are searched by other paths was made by another version: it isn't half understood.
fn refuse_other_layout(manifest: &TrustedManifest) -> Result<(), Failure> {
    let purposes = manifest.keys().iter().map(|key| key.purpose.as_str());
    let stored: BTreeSet<&str> = purposes.filter(|purpose| purpose.starts_with("index:")).collect();
    let known: BTreeSet<&str> = index::PATIENTS.iter().map(|path| path.key).collect();
    if stored == known { Ok(()) } else { Err(Code::StoreVersion.with("what", "index")) }
}

/// The roots as libmongocrypt's named providers.
pub(super) fn providers(roots: &[CompartmentRoot]) -> Vec<Provider<'_>> {
    roots.iter().map(|root| Provider { name: root.provider(), key: root.root() }).collect()
}
