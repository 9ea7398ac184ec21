//! Accounts, grants and what follows from them: read and verified together, written together.
//!
//! Every such transaction makes a new version of the site record. That is what other sessions follow (see
//! [`super::follow_keys`]): a newcomer's access opens, a deactivated user is locked out, at the next thing they do.

use super::desk::Desk;
use super::error::{Code, Failure};
use super::keys_at_hand::stored_accounts;
use super::perform::{HeadLeft, Prepared, Touched};
use crate::keys::{
    Account, Author, Directory, Form, Grant, GrantState, KeyError, RotationCause, RotationDue, RotationOrder, Signed,
    SiteKey, SiteRecord, StoredAccount, Subject, forms,
};
use crate::policy::{Role, Standing, compartments_of};
use crate::record::Compartment;
use crate::store::{find_documents, insert, raw, update};
use bson::{Bson, Document, RawDocumentBuf, doc};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use uuid::Uuid;

/// What is stored of the site's people, verified.
pub(super) struct People {
    pub accounts: Vec<StoredAccount>,
    pub directory: Directory,
    pub grants: Vec<Grant>,
    pub dues: BTreeSet<Uuid>,
    pub rotations: Vec<Signed<RotationOrder>>,
    pub key: SiteKey,
}

impl People {
    /// The stored account of a user who is known here.
    pub fn account(&self, user: Uuid) -> Result<(&StoredAccount, &Account), Failure> {
        let account = self.directory.account(user).ok_or_else(|| Code::NotFound.bare())?;
        let stored = self.accounts.iter().find(|stored| stored.account.claimed().id == user);
        Ok((stored.ok_or_else(|| Code::NotFound.bare())?, account))
    }

    /// The grants of a user that aren't removed.
    pub fn grants_of(&self, user: Uuid) -> impl Iterator<Item = &Grant> {
        let standing = move |grant: &&Grant| grant.ordered().user == user && grant.state() != GrantState::Removed;
        self.grants.iter().filter(standing)
    }
}

impl Desk<'_> {
    /// Reads accounts, grants and due rotations anew.
    pub(super) async fn people(&self) -> Result<People, Failure> {
        let (accounts, directory) = stored_accounts(self.store, self.witness, self.site).await?;
        let mut grants = Vec::new();
        for stored in find_documents(self.store, "grants", doc! {}, None).await? {
            grants.push(Grant::from_document(&Document::try_from(stored)?)?);
        }
        let dues = find_documents(self.store, "rotations_due", doc! {}, Some(doc! { "_id": 1 })).await?;
        let dues = dues.iter().map(|due| super::desk::uuid_at(due, "_id")).collect::<Result<_, _>>()?;
        let mut rotations = Vec::new();
        for stored in find_documents(self.store, "rotations", doc! { "ended": Bson::Null }, None).await? {
            rotations.push(Signed::from_document(&Document::try_from(stored)?)?);
        }
        let key = self.site_key()?;
        Ok(People { accounts, directory, grants, dues, rotations, key })
    }

    /// Whoever holds the seat, as author of what is signed now.
    pub(super) fn author(&self) -> Author<'_> {
        Author::new(self.keys.account.id, &self.keys.user)
    }

    /// A signed document of the collection `site`, if it is there.
    pub(super) async fn of_site(&self, id: Uuid) -> Result<Option<Document>, Failure> {
        let found = find_documents(self.store, "site", doc! { "_id": forms::uuid_bson(id) }, None).await?;
        Ok(found.into_iter().next().map(Document::try_from).transpose()?)
    }
}

/// Changes of people, collected for one transaction.
pub(super) struct PeopleWriting<'a> {
    desk: &'a Desk<'a>,
    people: &'a People,
    /// The site record as it will be.
    pub record: SiteRecord,
    commands: Vec<RawDocumentBuf>,
    heads: Vec<HeadLeft>,
}

impl<'a> PeopleWriting<'a> {
    /// Nothing yet but a new version of the site record.
    pub fn new(desk: &'a Desk<'a>, people: &'a People) -> Self {
        let record = SiteRecord { version: desk.site.version + 1, at: desk.now(), ..desk.site.clone() };
        Self { desk, people, record, commands: Vec::new(), heads: Vec::new() }
    }

    /// A document of a collection, new or in the place of the one with its `_id`.
    pub fn put(&mut self, collection: &'static str, document: Document, replaces: bool) -> Result<(), Failure> {
        let command = match document.get("_id").cloned() {
            Some(id) if replaces => update(collection, doc! { "_id": id }, document),
            _ => insert(collection, vec![document]),
        };
        self.commands.push(raw(&command)?);
        Ok(())
    }

    /// One more command that is ready as it is.
    pub fn also(&mut self, command: RawDocumentBuf) {
        self.commands.push(command);
    }

    /// A new or changed account.
    pub fn account(&mut self, stored: &StoredAccount) -> Result<(), Failure> {
        let (document, account) = (stored.to_document()?, stored.account.claimed());
        let replaces = self.people.accounts.iter().any(|one| one.account.claimed().id == account.id);
        self.left("accounts", account.id, account.version, &document);
        self.put("accounts", document, replaces)
    }

    /// A new or changed grant.
    pub fn grant(&mut self, grant: &Grant) -> Result<(), Failure> {
        let (document, id) = (grant.to_document()?, grant.ordered().id);
        let replaces = self.people.grants.iter().any(|one| one.ordered().id == id);
        self.left("grants", id, grant.state().version(), &document);
        self.put("grants", document, replaces)
    }

    /// Orders what role and extra right read and this user doesn't hold yet; one moment, one code.
    pub fn order(&mut self, account: &Account, keep: &BTreeSet<Compartment>) -> Result<usize, Failure> {
        let who = standing_of(account)?;
        let missing: Vec<Compartment> = compartments_of(who).into_iter().filter(|one| !keep.contains(one)).collect();
        // One moment for all: what was ordered together has one code.
        let at = self.desk.now();
        for &compartment in &missing {
            let current = self.desk.site.current(compartment).ok_or_else(|| Code::KeysDamaged.bare())?;
            let what = (compartment, current.epoch);
            let by = self.desk.author();
            self.grant(&Grant::order(Uuid::new_v4(), Subject::of(account)?, what, by, at)?)?;
        }
        Ok(missing.len())
    }

    /// Ends a user's grants: what waits always, what is active unless its compartment is among those kept. Answers what
    /// was active and is gone, and what stays.
    pub fn end_grants(
        &mut self,
        user: Uuid,
        keep: &[Compartment],
    ) -> Result<(BTreeSet<Compartment>, BTreeSet<Compartment>), Failure> {
        let (mut gone, mut kept) = (BTreeSet::new(), BTreeSet::new());
        for grant in self.people.grants_of(user) {
            let order = grant.ordered();
            let current = self.desk.site.current(order.compartment).is_some_and(|one| one.epoch == order.epoch);
            match grant.state() {
                GrantState::Active if keep.contains(&order.compartment) && current => {
                    kept.insert(order.compartment);
                    continue;
                }
                GrantState::Active => _ = gone.insert(order.compartment),
                GrantState::Pending | GrantState::Removed => {}
            }
            self.grant(&grant.remove(self.desk.author(), self.desk.now())?)?;
        }
        Ok((gone, kept))
    }

    /// Compartments whose keys somebody held who no longer should.
    pub fn due(&mut self, which: &BTreeSet<Compartment>, cause: RotationCause, user: Uuid) -> Result<(), Failure> {
        for &compartment in which {
            let id = RotationDue::id_of(self.desk.site.site, compartment);
            let Some(current) = self.desk.site.current(compartment).filter(|_| !self.people.dues.contains(&id)) else {
                continue;
            };
            let due = RotationDue { id, compartment, epoch: current.epoch, cause, user, at: self.desk.now() };
            self.signed("rotations_due", due, false)?;
        }
        Ok(())
    }

    /// A document signed by whoever holds the seat.
    pub fn signed<T: Form>(&mut self, collection: &'static str, value: T, replaces: bool) -> Result<(), Failure> {
        let by = self.desk.author();
        self.put(collection, Signed::sign(value, by.id, by.signer)?.to_document()?, replaces)
    }

    /// What an administrator has signed stays valid when he stops being one: whoever ends it signs it anew.
    pub async fn take_over_signatures(&mut self, leaving: Uuid) -> Result<(), Failure> {
        let (desk, by) = (self.desk, self.desk.author());
        if self.record.founder.user == leaving {
            self.record.founder = crate::keys::Founder { user: by.id, verify: by.signer.public() };
        }
        for stored in &self.people.accounts {
            let id = stored.account.claimed().id;
            if stored.account.by() == leaving && id != leaving {
                self.account(&stored.amend(&self.people.directory, by, desk.now(), |_| {})?)?;
            }
        }
        for order in self.people.rotations.iter().filter(|order| order.by() == leaving) {
            let order = crate::keys::ordered(order, &self.people.directory)?.clone();
            let mut anew = Signed::sign(order, by.id, by.signer)?.to_document()?;
            let only = doc! { "_id": anew.remove("_id") };
            self.commands.push(raw(&update("rotations", only, doc! { "$set": anew }))?);
        }
        if let Some(settings) = desk.settings_taken_over(leaving, &self.people.directory).await? {
            self.put("site", settings, true)?;
        }
        if let Some(manifest) = desk.keys.manifest.take_over(leaving, by, desk.now())? {
            self.put("site", manifest, true)?;
        }
        Ok(())
    }

    /// The transaction, with the new version of the site record, and its audit rows.
    pub fn prepared<T>(mut self, output: T, touched: Vec<Touched>) -> Result<Prepared<T>, Failure> {
        let document = self.record.to_document(&self.people.key)?;
        let mac = document.get_binary_generic("mac").ok().and_then(|mac| mac.as_slice().try_into().ok());
        let hash = mac.ok_or(KeyError::Form("site record"))?;
        // Naming `rev` is what makes a miss a conflict.
        let only = doc! {
            "_id": forms::uuid_bson(self.record.site), "v": self.desk.site.version, "rev": { "$exists": false },
        };
        let document: Document = document.into_iter().filter(|(field, _)| field != "_id").collect();
        self.commands.push(raw(&update("site", only, doc! { "$set": document }))?);
        let head = HeadLeft { collection: "site", record: self.record.site, counter: self.record.version, hash };
        self.heads.insert(0, head);
        Ok(Prepared { output, touched, writes: self.commands, heads: self.heads })
    }

    fn left(&mut self, collection: &'static str, record: Uuid, counter: i64, document: &Document) {
        let hash = Sha256::digest(document.to_vec().unwrap_or_default()).into();
        self.heads.push(HeadLeft { collection, record, counter, hash });
    }
}

/// Role and extra right of an account.
pub(super) fn standing_of(account: &Account) -> Result<Standing, Failure> {
    let role = Role::from_code(&account.role).ok_or_else(|| Code::KeysDamaged.bare())?;
    Ok(Standing::of(role, account.sensitive))
}

/// An audit row about a user.
pub(super) fn about(user: Uuid) -> Touched {
    Touched { user: Some(user), count: 1, ..Touched::default() }
}
