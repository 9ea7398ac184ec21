//! [`KeysAtHand`]: everything secret that a signed-in user has in memory. Dropped as one at every lock.

use super::error::{Code, Failure};
use super::session_vault::Opened;
use super::workstation::Workstation;
use crate::audit::Sealer;
use crate::crypt::{Crypt, KeyRing, Provider, index};
use crate::keys::{
    AccessRequest, Account, CompartmentRoot, Directory, Grant, GrantState, KeyError, Manifest, SiteKey, SiteRecord,
    SiteUse, StoredAccount, TrustedManifest, UserKeys, forms, patients_of,
};
use crate::policy::compartments_of;
use crate::record::Compartment;
use crate::record::schedule::SiteSchedule;
use crate::secret::{Password, Secret};
use crate::store::witness::{HeadWitness, Seen};
use crate::store::{DATABASE, Store, find_documents};
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
    /// Of them, those that a key management service opened.
    pub(super) opened: Opened,
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
    /// When the clinic is open, who sees patients there: of this site, or what holds until somebody says so.
    pub schedule: Arc<SiteSchedule>,
    /// The version of the site record these keys were opened under.
    pub site_version: i64,
    /// The version of the slot that the password opened; another one ends the session.
    pub slot_version: i64,
    /// Whether the password was given by somebody else, so that nothing is done before an own one is chosen.
    pub temporary: bool,
    /// What was ordered for the user and nobody has confirmed yet.
    pub waiting: Vec<WaitingAccess>,
}

/// A request for access as its user sees it.
pub struct WaitingAccess {
    /// The code to read out; `None` when the orders name keys that aren't the user's.
    pub code: Option<String>,
    /// What waits.
    pub compartments: Vec<Compartment>,
}

impl KeysAtHand {
    /// Whether the session holds this compartment.
    #[must_use]
    pub fn holds(&self, compartment: Compartment) -> bool {
        self.root(compartment).is_some()
    }

    /// Whether the key of every searchable path is at hand.
    #[must_use]
    pub fn holds_all_indexes(&self) -> bool {
        index::PATIENTS.iter().all(|path| self.key_id(path.key).is_some())
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
        let (accounts, directory) = stored_accounts(store, &self.witness, &self.record).await?;
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
        let (roots, waiting) = self.open_grants(&user, &account, &stored.directory, site).await?;
        let seen = self.witness.seen(Manifest::id_of(self.record.site))?.map(|seen| seen.counter);
        let manifest = TrustedManifest::read(&stored.manifest, &stored.directory, site, seen)?;
        let (vault, opened) = self.session_vault(&roots, &manifest, &stored.vault).await?;
        let (crypt, ring) = open_crypt(&roots, &manifest, &vault, self.record.index)?;
        let crypt = crypt.with_profile(self.record.profile);
        self.note_versions(&stored, &manifest)?;
        let sealer = Sealer::to(&[self.auditors()?, *user.public().hpke.as_bytes()])?;
        let schedule = Arc::new(self.schedule_settings(&stored.directory).await?);
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
        let slot = stored.accounts.iter().find(|stored| stored.account.claimed().id == account.id).map(|one| &one.slot);
        let slot = slot.ok_or_else(|| Code::KeysDamaged.bare())?;
        Ok(KeysAtHand {
            slot_version: slot.version,
            temporary: slot.temporary,
            user,
            account,
            directory: stored.directory,
            roots,
            crypt,
            ring,
            opened,
            heads,
            former_heads,
            index_macs,
            origins,
            sealer,
            manifest,
            schedule,
            site_version: self.record.version,
            waiting,
        })
    }

    async fn open_grants(
        &self,
        user: &UserKeys,
        account: &Account,
        directory: &Directory,
        site: &SiteKey,
    ) -> Result<(Vec<CompartmentRoot>, Vec<WaitingAccess>), Failure> {
        let may_hold = compartments_of(super::people::standing_of(account)?);
        let filter = doc! { "user": forms::uuid_bson(account.id) };
        let mut grants = Vec::new();
        for raw in find_documents(self.store.as_ref(), "grants", filter, None).await? {
            grants.push(Grant::from_document(&Document::try_from(raw)?)?);
        }
        let mut roots = Vec::new();
        for grant in &grants {
            let order = grant.ordered();
            let seen = self.witness.seen(order.id)?.map(|seen| seen.counter);
            self.witness.note(&[(order.id, Seen { counter: grant.state().version(), hash: [0; 32] })])?;
            if grant.state() != GrantState::Active {
                continue;
            }
            if !may_hold.contains(&order.compartment) {
                tracing::error!(grant = %order.id, "a grant of a compartment that this user may not hold is passed over");
                continue;
            }
            roots.push(grant.open((account.id, user), directory, &self.record, seen)?);
        }
        Ok((roots, waiting_access(&grants, user, site)?))
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

/// The requests of a user with their codes.
fn waiting_access(grants: &[Grant], user: &UserKeys, site: &SiteKey) -> Result<Vec<WaitingAccess>, Failure> {
    let waiting = |request: &AccessRequest<'_>| {
        let code = match request.code(user, site) {
            Ok(code) => Some(code),
            Err(KeyError::NotOwnKeys) => None,
            Err(error) => return Err(error.into()),
        };
        Ok(WaitingAccess { code, compartments: request.pending().map(|grant| grant.ordered().compartment).collect() })
    };
    AccessRequest::waiting(grants).iter().map(waiting).collect()
}

/// The accounts as stored, and who is who by their signatures.
pub(super) async fn stored_accounts(
    store: &dyn Store,
    witness: &HeadWitness,
    record: &SiteRecord,
) -> Result<(Vec<StoredAccount>, Directory), Failure> {
    let mut accounts = Vec::new();
    for raw in find_documents(store, "accounts", doc! {}, None).await? {
        accounts.push(StoredAccount::from_document(&Document::try_from(raw)?)?);
    }
    let mut seen = BTreeMap::new();
    for stored in &accounts {
        let id = stored.account.claimed().id;
        if let Some(known) = witness.seen(id)? {
            seen.insert(id, known.counter);
        }
    }
    let directory = Directory::verify(record, accounts.iter().map(|stored| &stored.account), &seen);
    for (_, refused) in directory.refused() {
        tracing::error!(%refused, "an account is refused");
    }
    Ok((accounts, directory))
}

/// Slots count their versions apart from their accounts.
pub(super) fn slot_id(user: Uuid) -> Uuid {
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
