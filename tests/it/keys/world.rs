//! A small clinic for the sentences of this part: Ada administers, Dora is a doctor, Nils a nurse, Rosa sits at the front.

use std::collections::BTreeMap;
use uuid::Uuid;
use wardseal::clock::Timestamp;
use wardseal::keys::*;
use wardseal::record::Compartment;
use wardseal::secret::Password;

pub const NOW: Timestamp = Timestamp(1_700_000_000_000);
pub const LATER: Timestamp = Timestamp(1_700_000_360_000);

pub fn password(text: &str) -> Password {
    Password::new(text.to_owned())
}

pub fn user(username: &str, role: &str, holds: &[Compartment]) -> NewUser {
    NewUser {
        username: username.to_owned(),
        name: format!("{username} of the clinic"),
        initials: username[..1].to_uppercase(),
        role: role.to_owned(),
        unit: None,
        holds: holds.to_vec(),
        password: password(&format!("{username} likes blue kettles")),
        temporary: false,
    }
}

pub const DOCTOR: [Compartment; 5] = [
    Compartment::Front,
    Compartment::Insurance,
    Compartment::NationalId,
    Compartment::Clinical,
    Compartment::Restricted,
];
pub const NURSE: [Compartment; 2] = [Compartment::Front, Compartment::Clinical];
pub const FRONT_DESK: [Compartment; 2] = [Compartment::Front, Compartment::Insurance];

pub fn plan(environment: Environment) -> Founding {
    Founding {
        site_name: "Hill Street Clinic".to_owned(),
        environment,
        founder: user("ada", ADMINISTRATOR, &[]),
        others: vec![
            user("dora", "doctor", &DOCTOR),
            user("nils", "nurse", &NURSE),
            user("rosa", "front_desk", &FRONT_DESK),
        ],
        recovery: (2, 3),
        workstation: "reception 1".to_owned(),
        profile: wardseal::crypt::Profile::Queryable,
        cost: SlotCost::CHEAP,
        at: NOW,
    }
}

/// The clinic as it lies in its store and in this workstation's keychain.
pub struct Clinic {
    pub keychain: MemoryKeychain,
    pub site: Uuid,
    pub documents: Vec<(&'static str, bson::Document)>,
    pub shares: Vec<String>,
}

impl Clinic {
    pub fn founded() -> Self {
        let founded = found_site(&plan(Environment::Test)).unwrap();
        let keychain = MemoryKeychain::new();
        founded.enrol(&keychain).unwrap();
        let shares = founded.shares.iter().map(|share| share.words().unwrap().to_string()).collect();
        Self { keychain, site: founded.site_key.site(), documents: founded.documents().unwrap(), shares }
    }

    pub fn key(&self) -> SiteKey {
        SiteKey::load(&self.keychain, self.site).unwrap()
    }

    pub fn record(&self) -> SiteRecord {
        SiteRecord::open(self.of("site")[0], &self.key(), None).unwrap()
    }

    pub fn of(&self, collection: &str) -> Vec<&bson::Document> {
        self.documents.iter().filter(|(name, _)| *name == collection).map(|(_, doc)| doc).collect()
    }

    pub fn accounts(&self) -> Vec<StoredAccount> {
        self.of("accounts").into_iter().map(|doc| StoredAccount::from_document(doc).unwrap()).collect()
    }

    pub fn grants(&self) -> Vec<Grant> {
        self.of("grants").into_iter().map(|doc| Grant::from_document(doc).unwrap()).collect()
    }

    pub fn directory(&self) -> Directory {
        let accounts = self.accounts();
        Directory::verify(&self.record(), accounts.iter().map(|one| &one.account), &BTreeMap::new())
    }

    pub fn id(&self, username: &str) -> Uuid {
        self.directory().by_username(username).unwrap().id
    }

    pub fn account(&self, username: &str) -> StoredAccount {
        self.accounts().into_iter().find(|one| one.account.claimed().username == username).unwrap()
    }

    pub fn sign_in_with(&self, username: &str, typed: &str) -> Result<UserKeys, KeyError> {
        self.account(username).sign_in(&self.directory(), &password(typed), &self.key(), None)
    }

    pub fn sign_in(&self, username: &str) -> UserKeys {
        self.sign_in_with(username, &format!("{username} likes blue kettles")).unwrap()
    }

    /// Every root that this user's grants open.
    pub fn roots(&self, username: &str) -> Vec<CompartmentRoot> {
        let (id, keys) = (self.id(username), self.sign_in(username));
        self.roots_of(id, &keys)
    }

    pub fn roots_of(&self, id: Uuid, keys: &UserKeys) -> Vec<CompartmentRoot> {
        let (directory, record) = (self.directory(), self.record());
        self.grants().iter().filter_map(|grant| grant.open((id, keys), &directory, &record, None).ok()).collect()
    }

    /// Puts a document in the place of the one with its `_id`, or beside the others.
    pub fn store(&mut self, collection: &'static str, doc: bson::Document) {
        self.documents.retain(|(name, old)| *name != collection || old.get("_id") != doc.get("_id"));
        self.documents.push((collection, doc));
    }

    /// A new nurse, Nora, whose account is signed and who holds nothing yet.
    pub fn with_nora(mut self) -> (Self, UserKeys) {
        let (ada, keys) = (self.sign_in("ada"), UserKeys::create().unwrap());
        let new = user("nora", "nurse", &[]);
        let (site, first) = (self.key(), password("nora likes blue kettles"));
        let sealing = Sealing { password: &first, temporary: true, site: &site, cost: SlotCost::CHEAP };
        let author = Author::new(self.id("ada"), &ada);
        let account = new.account(Uuid::new_v4(), &keys, NOW);
        let stored = StoredAccount::create(account, &keys, sealing, author).unwrap();
        self.store("accounts", stored.to_document().unwrap());
        (self, keys)
    }

    /// Ada orders `compartment` for `username`.
    pub fn order(&self, username: &str, compartment: Compartment) -> Grant {
        let ada = self.sign_in("ada");
        let subject = Subject::of(self.directory().by_username(username).unwrap()).unwrap();
        let author = Author::new(self.id("ada"), &ada);
        Grant::order(Uuid::new_v4(), subject, (compartment, 1), author, NOW).unwrap()
    }

    /// Dora confirms with the code she was told.
    pub fn confirm(&self, grant: &Grant, typed: &str) -> Result<Grant, KeyError> {
        let (dora, roots) = (self.sign_in("dora"), self.roots("dora"));
        let root = roots.iter().find(|root| root.compartment() == grant.ordered().compartment).unwrap();
        let holder = Holder { author: Author::new(self.id("dora"), &dora), root };
        let (directory, record, site) = (self.directory(), self.record(), self.key());
        let trust = Trust { directory: &directory, record: &record, site: &site };
        grant.confirm(typed, holder, trust, LATER)
    }
}
