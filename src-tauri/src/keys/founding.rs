//! The founding of a site: everything that is made once. Nothing here is a default: every password is the caller's.
//!
//! Order for the caller: [`found_site`], [`Founded::enrol`] (a keychain that refuses leaves nothing behind), then store
//! [`Founded::documents`] with the data keys and their manifest in one transaction, then show the shares once.

use super::account::{Author, Sealing};
use super::grant::{Holder, Subject};
use super::recovery::{RecoveryError, RecoveryShare, split};
use super::{
    ADMINISTRATOR, Account, Admission, CompartmentRoot, DataKey, Environment, Founder, Grant, KeyError, Keychain,
    KeychainError, Manifest, PasswordPolicy, PasswordRefused, Profile, RecoveryNote, RecoveryPublic, Signed, SiteKey,
    SiteRecord, SlotCost, StoredAccount, UserKeys, WorkstationKey, seal_recovery_copy,
};
use crate::clock::Timestamp;
use crate::record::Compartment;
use crate::secret::Password;
use bson::Document;
use std::collections::BTreeSet;
use thiserror::Error;
use uuid::Uuid;

/// A user to be made.
pub struct NewUser {
    /// What is typed at sign-in.
    pub username: String,
    /// What is shown.
    pub name: String,
    /// What the lock screen shows.
    pub initials: String,
    /// The role's code.
    pub role: String,
    /// The unit, if any.
    pub unit: Option<String>,
    /// Compartments the role reads, by the policy.
    pub holds: Vec<Compartment>,
    /// The first password.
    pub password: Password,
    /// Whether it has to be changed at the first sign-in.
    pub temporary: bool,
}

impl NewUser {
    /// The account of this user as version 1, with the public half of `keys`.
    #[must_use]
    pub fn account(&self, id: Uuid, keys: &UserKeys, at: Timestamp) -> Account {
        Account {
            id,
            username: self.username.clone(),
            name: self.name.clone(),
            initials: self.initials.clone(),
            role: self.role.clone(),
            unit: self.unit.clone(),
            keys: keys.public(),
            former: Vec::new(),
            sensitive: false,
            active: true,
            at,
            version: 1,
        }
    }
}

/// What a site is founded with.
pub struct Founding {
    /// What people call the site.
    pub site_name: String,
    /// What it is for.
    pub environment: Environment,
    /// The first administrator, who holds no compartment.
    pub founder: NewUser,
    /// The first clinician, and in the demo everybody else.
    pub others: Vec<NewUser>,
    /// Recovery shares needed, and made.
    pub recovery: (u8, u8),
    /// What people call this workstation.
    pub workstation: String,
    /// How the patients' searchable values are stored.
    pub profile: Profile,
    /// Argon2id's cost.
    pub cost: SlotCost,
    /// Now.
    pub at: Timestamp,
}

/// Why a site was not founded. Nothing was made then.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum FoundingError {
    /// The founder has another role.
    #[error("the first user of a site is its administrator")]
    FounderRole,
    /// Two users of one name.
    #[error("two users cannot share a user name")]
    SharedName,
    /// A password that doesn't do.
    #[error("the password of user {place}: {refused}")]
    Password {
        /// Which user, from 1, the founder first.
        place: usize,
        /// Why.
        refused: PasswordRefused,
    },
    /// The recovery key can't be split so.
    #[error(transparent)]
    Recovery(#[from] RecoveryError),
    /// The keys themselves failed.
    #[error(transparent)]
    Key(#[from] KeyError),
}

/// Everything a new site consists of. The secrets in it live only as long as this value.
pub struct Founded {
    /// The site's key, bound for the keychain.
    pub site_key: SiteKey,
    /// This workstation's key, bound for the keychain.
    pub workstation_key: WorkstationKey,
    /// The site record.
    pub record: SiteRecord,
    /// The accounts, the founder's first.
    pub accounts: Vec<StoredAccount>,
    /// The active grants of the users and of the recovery key.
    pub grants: Vec<Grant>,
    /// The compartments' roots, for making the data keys.
    pub roots: Vec<CompartmentRoot>,
    /// The recovery shares, to be shown once.
    pub shares: Vec<RecoveryShare>,
    /// The founder's keys, for signing the manifest and first care-team rows.
    pub founder: UserKeys,
}

/// Makes a site.
///
/// # Errors
/// What is wrong with the plan; nothing was made then.
pub fn found_site(plan: &Founding) -> Result<Founded, FoundingError> {
    check(plan)?;
    let site_key = SiteKey::create(Uuid::new_v4(), plan.environment)?;
    let workstation_key = WorkstationKey::create(Uuid::new_v4())?;
    let roots =
        Compartment::ALL.into_iter().map(|one| CompartmentRoot::create(one, 1)).collect::<Result<Vec<_>, _>>()?;
    let (founder_id, founder) = (Uuid::new_v4(), UserKeys::create()?);
    let recovery = Recovery { id: Uuid::new_v5(&site_key.site(), b"wardseal/recovery"), keys: UserKeys::create()? };
    let genesis = Genesis {
        plan,
        site: &site_key,
        founder: Author::new(founder_id, &founder),
        recovery: &recovery,
        roots: &roots,
    };
    let first = genesis.account(&plan.founder, founder_id, &founder)?;
    let (others, grants) = genesis.users()?;
    let accounts = std::iter::once(first).chain(others).collect();
    let record = genesis.record(&workstation_key)?;
    let shares = split(&recovery.keys, site_key.site(), plan.recovery.0, plan.recovery.1)?;
    Ok(Founded { site_key, workstation_key, record, accounts, grants, roots, shares, founder })
}

fn check(plan: &Founding) -> Result<(), FoundingError> {
    if plan.founder.role != ADMINISTRATOR {
        return Err(FoundingError::FounderRole);
    }
    let users = || std::iter::once(&plan.founder).chain(&plan.others);
    if users().any(|user| user.role == ADMINISTRATOR && !user.holds.is_empty()) {
        return Err(KeyError::AdministratorsHoldNone.into());
    }
    let names: BTreeSet<&str> = users().map(|user| user.username.as_str()).collect();
    if names.len() != plan.others.len() + 1 {
        return Err(FoundingError::SharedName);
    }
    if plan.environment == Environment::Test {
        return Ok(());
    }
    users().enumerate().try_for_each(|(at, user)| {
        let context = [user.username.as_str(), &user.name, &plan.site_name];
        let refused = PasswordPolicy::ALONE.check(&user.password, &context);
        refused.map_err(|refused| FoundingError::Password { place: at + 1, refused })
    })
}

/// The recovery key as a holder, for the moment of the founding.
struct Recovery {
    id: Uuid,
    keys: UserKeys,
}

/// What the parts of a founding have in common.
struct Genesis<'a> {
    plan: &'a Founding,
    site: &'a SiteKey,
    founder: Author<'a>,
    recovery: &'a Recovery,
    roots: &'a [CompartmentRoot],
}

impl Genesis<'_> {
    fn account(&self, user: &NewUser, id: Uuid, keys: &UserKeys) -> Result<StoredAccount, KeyError> {
        let sealing =
            Sealing { password: &user.password, temporary: user.temporary, site: self.site, cost: self.plan.cost };
        StoredAccount::create(user.account(id, keys, self.plan.at), keys, sealing, self.founder)
    }

    fn users(&self) -> Result<(Vec<StoredAccount>, Vec<Grant>), KeyError> {
        let recovery = Subject { id: self.recovery.id, keys: self.recovery.keys.public() };
        let mut grants = self.grants(recovery, &Compartment::ALL)?;
        let mut accounts = Vec::new();
        for user in &self.plan.others {
            let (id, keys) = (Uuid::new_v4(), UserKeys::create()?);
            accounts.push(self.account(user, id, &keys)?);
            grants.extend(self.grants(Subject { id, keys: keys.public() }, &user.holds)?);
        }
        Ok((accounts, grants))
    }

    /// Ordered by the founder, confirmed by the recovery key.
    fn grants(&self, subject: Subject, holds: &[Compartment]) -> Result<Vec<Grant>, KeyError> {
        let author = Author::new(self.recovery.id, &self.recovery.keys);
        let held = self.roots.iter().filter(|root| holds.contains(&root.compartment()));
        held.map(|root| {
            let what = (root.compartment(), root.epoch());
            let order = Grant::order(Uuid::new_v4(), subject, what, self.founder, self.plan.at)?;
            order.seal(Holder { author, root }, self.plan.at)
        })
        .collect()
    }

    fn record(&self, workstation: &WorkstationKey) -> Result<SiteRecord, KeyError> {
        let Founding { at, recovery: (needed, shares), .. } = *self.plan;
        Ok(SiteRecord {
            site: self.site.site(),
            name: self.plan.site_name.clone(),
            environment: self.plan.environment,
            founder: Founder { user: self.founder.id, verify: self.founder.signer.public() },
            recovery: RecoveryPublic {
                id: self.recovery.id,
                keys: self.recovery.keys.public(),
                needed: needed.into(),
                shares: shares.into(),
            },
            compartments: self.roots.iter().map(CompartmentRoot::public).collect(),
            masters: Vec::new(),
            workstations: vec![workstation.listed(&self.plan.workstation, at)?],
            check: self.site.check_value()?,
            index: 1,
            profile: self.plan.profile,
            site_key: 1,
            former: None,
            origin: None,
            index_macs: Vec::new(),
            moved: false,
            at,
            version: 1,
            further: Document::new(),
        })
    }
}

impl Founded {
    /// Puts the two keys into the keychain; if the second is refused, the first is taken out again.
    ///
    /// # Errors
    /// What is wrong with the keychain; it is then as it was.
    pub fn enrol(&self, keychain: &dyn Keychain) -> Result<(), KeychainError> {
        let site = SiteKey::entry_name(self.site_key.site());
        keychain.put_new(&site, &self.site_key.to_entry())?;
        let workstation = WorkstationKey::entry_name(self.workstation_key.id());
        keychain
            .put_new(&workstation, &self.workstation_key.to_entry())
            .or_else(|fault| keychain.delete(&site).and(Err(fault)))
    }

    /// The founder, as author of further documents.
    #[must_use]
    pub const fn author(&self) -> Author<'_> {
        Author::new(self.record.founder.user, &self.founder)
    }

    /// The first manifest, once the data keys are made.
    ///
    /// # Errors
    /// As [`Signed::sign`].
    pub fn sign_manifest(&self, keys: Vec<DataKey>) -> Result<Signed<Manifest>, KeyError> {
        let site = self.site_key.site();
        let manifest = Manifest { id: Manifest::id_of(site), site, keys, at: self.record.at, version: 1 };
        let author = self.author();
        Signed::sign(manifest, author.id, author.signer)
    }

    /// The documents to store, each with its collection.
    ///
    /// # Errors
    /// If one has no BSON form.
    pub fn documents(&self) -> Result<Vec<(&'static str, Document)>, KeyError> {
        let author = self.author();
        let note = RecoveryNote::fresh(self.record.site, self.shares.len(), 1, self.record.at);
        let mut documents = vec![
            ("site", self.record.to_document(&self.site_key)?),
            ("site", seal_recovery_copy(&self.site_key, 1, &self.record.recovery)?),
            ("site", Signed::sign(note, author.id, author.signer)?.to_document()?),
        ];
        for workstation in &self.record.workstations {
            let admission = Admission::of(self.record.site, workstation, 1);
            documents.push(("workstations", Signed::sign(admission, author.id, author.signer)?.to_document()?));
        }
        for account in &self.accounts {
            documents.push(("accounts", account.to_document()?));
        }
        for grant in &self.grants {
            documents.push(("grants", grant.to_document()?));
        }
        Ok(documents)
    }
}
