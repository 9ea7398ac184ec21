//! Restore a site on a clean machine from its data and its recovery shares, without any keychain that knew it.
//!
//! The shares open the recovery key, that opens the copy of the site key, that proves the site record and everything
//! signed. The work is done on copies of the files in a folder of its own; the originals are only read.

use super::error::Failure;
use super::found_site::{FoundingFailed, make_way};
use super::home::{Enrolment, Home};
use super::keys_at_hand::stored_accounts;
use crate::audit::{AuditLog, Code as Word, Event, Kind, Sealer};
use crate::clock::{Clock, Timestamp};
use crate::keys::{
    Admission, Author, CompartmentRoot, Directory, FoundingError, Grant, GrantState, Holder, KeyError, Keychain,
    KeychainError, NewUser, PasswordPolicy, RecoveryError, RecoveryShare, Sealing, Signed, SiteKey, SiteRecord,
    SlotCost, StoredAccount, Subject, UserKeys, WorkstationKey, forms, open_recovery_copy, recombine, recovery_copy_id,
};
use crate::record::Compartment;
use crate::store::embedded::Embedded;
use crate::store::witness::HeadWitness;
use crate::store::{Store, find_documents, insert, raw, update};
use bson::{Document, RawDocumentBuf, doc};
use std::path::{Path, PathBuf};
use uuid::Uuid;

/// What a site is restored from, and who is to work there.
pub struct Restore<'a> {
    /// The folder with the copies of the store's two files.
    pub from: &'a Path,
    /// As many shares as are needed.
    pub shares: &'a [RecoveryShare],
    /// A new administrator, first, and those who are to hold compartments; everybody of before can sign in as before.
    pub people: Vec<NewUser>,
    /// What people call this workstation.
    pub workstation: String,
    /// Argon2id's cost.
    pub cost: SlotCost,
}

/// Why a site wasn't restored. Nothing was changed then.
#[derive(Debug, thiserror::Error)]
pub enum RestoreFailed {
    /// What stands in the way of a founding stands in the way here.
    #[error(transparent)]
    Founding(#[from] FoundingFailed),
    /// The folder to restore from is the one to restore to.
    #[error("the copies lie in the folder of this workstation itself: move them elsewhere and name that folder")]
    SameFolder,
    /// One of the two files isn't there.
    #[error("{0} isn't in that folder: a restore needs the store and the file with the patients' keys")]
    NoFile(String),
    /// The store holds no site.
    #[error("the store in that folder holds no site")]
    NoSite,
    /// The site was founded before there were copies of the site key, and its shares were never renewed.
    #[error("the store holds no copy of the site key for its recovery shares: it can only be opened where that key is")]
    NoCopy,
    /// The shares.
    #[error(transparent)]
    Shares(#[from] RecoveryError),
    /// The keychain knows the site already.
    #[error("the keychain of this machine already holds a key of this site: restore on a clean machine")]
    KnownHere,
}

impl From<Failure> for RestoreFailed {
    fn from(failure: Failure) -> Self {
        RestoreFailed::Founding(failure.into())
    }
}

macro_rules! by_failure { ($($error:ty),+) => { $(impl From<$error> for RestoreFailed {
    fn from(error: $error) -> Self {
        Failure::from(error).into()
    }
})+ } }
by_failure!(KeyError, KeychainError, std::io::Error, crate::store::StoreError, bson::error::Error);

/// What was restored.
#[derive(Debug)]
pub struct Restored {
    /// The site's name.
    pub site: String,
    /// Active accounts.
    pub accounts: usize,
}

/// The site as the shares have opened it.
struct Opened {
    record: SiteRecord,
    key: SiteKey,
    former: Option<(i64, SiteKey)>,
    recovery: UserKeys,
    directory: Directory,
    roots: Vec<CompartmentRoot>,
}

/// Restores the site.
///
/// # Errors
/// What stands in the way; the originals are never changed, and nothing stays on this machine.
pub async fn restore(
    home: &Home,
    keychain: &dyn Keychain,
    clock: &dyn Clock,
    plan: &Restore<'_>,
) -> Result<Restored, RestoreFailed> {
    make_way(home, keychain)?;
    home.create()?;
    let (work, there) = (home.folder().join("restoring"), std::fs::canonicalize(plan.from)?);
    if there == std::fs::canonicalize(home.folder())? {
        return Err(RestoreFailed::SameFolder);
    }
    clear(&work)?;
    let restored = restore_into(home, &work, keychain, clock, plan).await;
    clear(&work)?;
    if restored.is_err() {
        make_way(home, keychain)?;
    }
    restored
}

async fn restore_into(
    home: &Home,
    work: &Path,
    keychain: &dyn Keychain,
    clock: &dyn Clock,
    plan: &Restore<'_>,
) -> Result<Restored, RestoreFailed> {
    copy(&Home::at(plan.from), &Home::at(work))?;
    let store = Embedded::open(&Home::at(work).store())?;
    let opened = open(&store, plan).await?;
    let names = [opened.record.site_key].into_iter().chain(opened.record.former);
    for name in names.map(|epoch| SiteKey::entry_name_of(opened.record.site, epoch)) {
        if keychain.get(&name)?.is_some() {
            return Err(RestoreFailed::KnownHere);
        }
    }
    let workstation = WorkstationKey::create(Uuid::new_v4())?;
    let commands = commands(&opened, &workstation, clock.wall(), plan)?;
    store.run_all(commands).await?;
    drop(store);
    let site = opened.record.site;
    let enrolment = Enrolment { site, workstation: workstation.id(), environment: opened.record.environment };
    home.begin(enrolment)?;
    enrol(keychain, &opened, &workstation)?;
    copy(&Home::at(work), home)?;
    first_row(home, &opened.record, &workstation, clock.wall()).await?;
    home.enrol()?;
    let accounts = opened.directory.accounts().filter(|account| account.active).count() + plan.people.len();
    Ok(Restored { site: opened.record.name, accounts })
}

/// Both files with their logs; the originals are only read.
fn copy(from: &Home, to: &Home) -> Result<(), RestoreFailed> {
    to.create()?;
    for (source, target) in [(from.store(), to.store()), (from.keys(), to.keys())] {
        if !source.exists() {
            let name = source.file_name().unwrap_or_default().to_string_lossy().into_owned();
            return Err(RestoreFailed::NoFile(name));
        }
        for ending in ["", "-wal"] {
            let (source, target) = (ending_in(&source, ending), ending_in(&target, ending));
            if source.exists() {
                std::fs::copy(&source, &target)?;
                std::fs::File::open(&target)?.sync_all()?;
            }
        }
    }
    Ok(())
}

fn ending_in(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

fn clear(work: &Path) -> Result<(), RestoreFailed> {
    match std::fs::remove_dir_all(work) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
        _ => Ok(()),
    }
}

/// Shares, recovery key, copy of the site key, site record, accounts, roots: each proves the next.
async fn open(store: &Embedded, plan: &Restore<'_>) -> Result<Opened, RestoreFailed> {
    let mut sites = Vec::new();
    for found in find_documents(store, "site", doc! { "mac": { "$exists": true } }, None).await? {
        sites.push(Document::try_from(found)?);
    }
    let stored = sites.first().ok_or(RestoreFailed::NoSite)?;
    // Claimed only, until the site key that the shares lead to has proven it.
    let body = stored.get_document("body").map_err(|_| RestoreFailed::NoSite)?;
    let claimed: SiteRecord = bson::deserialize_from_document(body.clone()).map_err(|_| RestoreFailed::NoSite)?;
    let recovery = recombine(plan.shares, claimed.site, &claimed.recovery)?;
    let key = copy_of(store, &claimed, claimed.site_key, &recovery).await?;
    let record = SiteRecord::open(stored, &key, None)?;
    let mut former = None;
    if let Some(epoch) = record.former {
        former = Some((epoch, copy_of(store, &record, epoch, &recovery).await?));
    }
    let (_, directory) = stored_accounts(store, &HeadWitness::in_memory()?, &record).await?;
    let mut roots = Vec::new();
    let of_recovery = doc! { "user": forms::uuid_bson(record.recovery.id) };
    for found in find_documents(store, "grants", of_recovery, None).await? {
        let grant = Grant::from_document(&Document::try_from(found)?)?;
        if grant.state() == GrantState::Active {
            roots.push(grant.open((record.recovery.id, &recovery), &directory, &record, None)?);
        }
    }
    Ok(Opened { record, key, former, recovery, directory, roots })
}

async fn copy_of(
    store: &Embedded,
    record: &SiteRecord,
    epoch: i64,
    recovery: &UserKeys,
) -> Result<SiteKey, RestoreFailed> {
    let filter = doc! { "_id": forms::uuid_bson(recovery_copy_id(record.site, epoch)) };
    let found = find_documents(store, "site", filter, None).await?.into_iter().next().ok_or(RestoreFailed::NoCopy)?;
    Ok(open_recovery_copy(&Document::try_from(found)?, record.site, recovery)?)
}

/// The new people, confirmed by the recovery key, and the site record with the new workstation.
fn commands(
    opened: &Opened,
    workstation: &WorkstationKey,
    at: Timestamp,
    plan: &Restore<'_>,
) -> Result<Vec<RawDocumentBuf>, RestoreFailed> {
    let recovery = Author::new(opened.record.recovery.id, &opened.recovery);
    let (mut commands, mut administrator) = (Vec::new(), None);
    for (place, user) in plan.people.iter().enumerate() {
        check(opened, plan, place)?;
        let (id, keys) = (Uuid::new_v4(), UserKeys::create()?);
        let sealing =
            Sealing { password: &user.password, temporary: user.temporary, site: &opened.key, cost: plan.cost };
        let account = user.account(id, &keys, at);
        let stored = StoredAccount::create(account.clone(), &keys, sealing, recovery)?;
        commands.push(raw(&insert("accounts", vec![stored.to_document()?]))?);
        if account.is_administrator() {
            administrator.get_or_insert((id, keys));
            continue;
        }
        let (by, signer) = administrator.as_ref().ok_or(KeyError::Untrusted("grant"))?;
        for root in opened.roots.iter().filter(|root| user.holds.contains(&root.compartment())) {
            let what = (root.compartment(), root.epoch());
            let order = Grant::order(Uuid::new_v4(), Subject::of(&account)?, what, Author::new(*by, signer), at)?;
            let grant = order.confirm_again(Holder { author: recovery, root }, &opened.record, at)?;
            commands.push(raw(&insert("grants", vec![grant.to_document()?]))?);
        }
    }
    let mut record = SiteRecord { version: opened.record.version + 1, at, ..opened.record.clone() };
    let listed = workstation.listed(&plan.workstation, at)?;
    let admission = Signed::sign(Admission::of(record.site, &listed, 1), recovery.id, recovery.signer)?;
    commands.push(raw(&insert("workstations", vec![admission.to_document()?]))?);
    record.workstations.push(listed);
    let document = record.to_document(&opened.key)?;
    let fields: Document = document.into_iter().filter(|(field, _)| field != "_id").collect();
    let this = doc! { "_id": forms::uuid_bson(record.site) };
    commands.push(raw(&update("site", this, doc! { "$set": fields }))?);
    Ok(commands)
}

fn check(opened: &Opened, plan: &Restore<'_>, place: usize) -> Result<(), RestoreFailed> {
    let user = &plan.people[place];
    let taken = opened.directory.by_username(&user.username).is_some();
    if taken || plan.people.iter().take(place).any(|other| other.username == user.username) {
        return Err(FoundingFailed::Plan(FoundingError::SharedName).into());
    }
    let context = [user.username.as_str(), &user.name, &opened.record.name];
    let refused = PasswordPolicy::ALONE.check(&user.password, &context);
    let refused = refused.map_err(|refused| FoundingError::Password { place: place + 1, refused });
    refused.map_err(|error| FoundingFailed::Plan(error).into())
}

/// The site key comes back under its own name; the workstation's key is a new one.
fn enrol(keychain: &dyn Keychain, opened: &Opened, workstation: &WorkstationKey) -> Result<(), RestoreFailed> {
    let site = opened.record.site;
    let present = (opened.record.site_key, &opened.key);
    let former = opened.former.iter().map(|(epoch, key)| (*epoch, key));
    for (epoch, key) in std::iter::once(present).chain(former) {
        keychain.put_new(&SiteKey::entry_name_of(site, epoch), &key.to_entry())?;
    }
    Ok(keychain.put_new(&WorkstationKey::entry_name(workstation.id()), &workstation.to_entry())?)
}

async fn first_row(
    home: &Home,
    record: &SiteRecord,
    workstation: &WorkstationKey,
    at: Timestamp,
) -> Result<(), RestoreFailed> {
    let written = async {
        let audit = AuditLog::open(&home.audit(), workstation.id()).await?;
        let auditors = record.current(Compartment::Audit).ok_or(KeyError::Form("site record"))?;
        let event = Event::new(Word::of("restore_site"), workstation.id(), Uuid::new_v4(), at);
        audit.append(Kind::System, None, &event, &Sealer::to(&[*auditors.public.as_bytes()])?).await?;
        audit.sign_head(at, |message| workstation.sign_tagged(message)).await?;
        Ok::<_, Failure>(())
    };
    Ok(written.await?)
}
