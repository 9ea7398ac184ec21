//! Grants: an administrator orders, a holder of the compartment confirms after comparing a code. Neither does it alone.
//!
//! The administrator holds no root, so an order gives nobody access; the holder sees who ordered what for which keys.
//! What the code is stands in [`super::AccessRequest`].

use super::access_request::{code_of, matches};
use super::account::Author;
use super::derive::{mac, mac_matches, subkey};
use super::signed::{part, part_to_bson};
use super::{
    Account, CompartmentRoot, Directory, Form, KeyError, Signed, SiteKey, SiteRecord, UserKeys, UserPublic, forms,
};
use crate::clock::Timestamp;
use crate::record::Compartment;
use crate::secret::Secret;
use bson::{Document, doc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

const INFO: &[u8] = b"wardseal/grant/1";
const PROOF: &str = "wardseal/grant-proof/1";

/// Who is to be granted a compartment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Subject {
    /// The user.
    pub id: Uuid,
    /// The user's public keys.
    pub keys: UserPublic,
}

impl Subject {
    /// The user of this account.
    ///
    /// # Errors
    /// [`KeyError::AdministratorsHoldNone`].
    pub fn of(account: &Account) -> Result<Self, KeyError> {
        if account.is_administrator() {
            return Err(KeyError::AdministratorsHoldNone);
        }
        Ok(Self { id: account.id, keys: account.keys })
    }
}

/// What an administrator orders.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    /// The order, and the grant it becomes.
    #[serde(rename = "_id", with = "forms::uuid4")]
    pub id: Uuid,
    /// For whom.
    #[serde(with = "forms::uuid4")]
    pub user: Uuid,
    /// To which keys the root is to be sealed.
    pub keys: UserPublic,
    /// Of which compartment.
    pub compartment: Compartment,
    /// Of which of its roots.
    pub epoch: i64,
    /// When.
    #[serde(with = "forms::date")]
    pub at: Timestamp,
}

impl Form for Order {
    const LABEL: &'static str = "wardseal/grant-order/1";
    const WHAT: &'static str = "grant";

    fn id(&self) -> Uuid {
        self.id
    }

    fn version(&self) -> i64 {
        1
    }
}

/// What a holder confirms: this order, with the root sealed to its keys.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Confirmation {
    /// The order.
    #[serde(rename = "_id", with = "forms::uuid4")]
    pub id: Uuid,
    /// SHA-256 of the signed order.
    #[serde(with = "forms::bytes")]
    pub order: [u8; 32],
    /// The root, sealed to the order's keys.
    #[serde(with = "forms::blob")]
    pub sealed: Vec<u8>,
    /// Proves to whoever holds the root that the confirmer held it.
    #[serde(with = "forms::bytes")]
    pub proof: [u8; 32],
    /// When.
    #[serde(with = "forms::date")]
    pub at: Timestamp,
}

impl Form for Confirmation {
    const LABEL: &'static str = "wardseal/grant-confirmation/1";
    const WHAT: &'static str = "grant";

    fn id(&self) -> Uuid {
        self.id
    }

    fn version(&self) -> i64 {
        2
    }
}

/// That a grant ends. The sealed root is gone from the document; rotation does the rest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Removal {
    /// The order.
    #[serde(rename = "_id", with = "forms::uuid4")]
    pub id: Uuid,
    /// When.
    #[serde(with = "forms::date")]
    pub at: Timestamp,
}

impl Form for Removal {
    const LABEL: &'static str = "wardseal/grant-removal/1";
    const WHAT: &'static str = "grant";

    fn id(&self) -> Uuid {
        self.id
    }

    fn version(&self) -> i64 {
        3
    }
}

/// How far a grant is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GrantState {
    /// Ordered.
    Pending,
    /// Ordered and confirmed.
    Active,
    /// Ended.
    Removed,
}

impl GrantState {
    /// The word in documents.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            GrantState::Pending => "pending",
            GrantState::Active => "active",
            GrantState::Removed => "removed",
        }
    }

    /// Grows as the grant goes on; older ones than seen are refused.
    #[must_use]
    pub const fn version(self) -> i64 {
        match self {
            GrantState::Pending => 1,
            GrantState::Active => 2,
            GrantState::Removed => 3,
        }
    }
}

/// A grant as it is stored.
#[derive(Clone)]
pub struct Grant {
    order: Signed<Order>,
    confirmation: Option<Signed<Confirmation>>,
    removal: Option<Signed<Removal>>,
}

/// The holder who confirms, with what proves the compartment.
#[derive(Clone, Copy)]
pub struct Holder<'a> {
    /// The holder as author of the confirmation.
    pub author: Author<'a>,
    /// The root held.
    pub root: &'a CompartmentRoot,
}

/// What both sides of a grant are checked against.
#[derive(Clone, Copy)]
pub struct Trust<'a> {
    /// The verified accounts.
    pub directory: &'a Directory,
    /// The proven site record.
    pub record: &'a SiteRecord,
    /// The site's key.
    pub site: &'a SiteKey,
}

impl Grant {
    /// An administrator orders; the grant is pending and gives nothing yet.
    ///
    /// # Errors
    /// As [`Signed::sign`].
    pub fn order(
        id: Uuid,
        subject: Subject,
        (compartment, epoch): (Compartment, i64),
        by: Author<'_>,
        at: Timestamp,
    ) -> Result<Self, KeyError> {
        let order = Order { id, user: subject.id, keys: subject.keys, compartment, epoch, at };
        Ok(Self { order: Signed::sign(order, by.id, by.signer)?, confirmation: None, removal: None })
    }

    /// The order, as it claims to be.
    #[must_use]
    pub const fn ordered(&self) -> &Order {
        self.order.claimed()
    }

    /// Who claims to have ordered it.
    #[must_use]
    pub const fn ordered_by(&self) -> Uuid {
        self.order.by()
    }

    /// Who claims to have confirmed it.
    #[must_use]
    pub fn confirmed_by(&self) -> Option<Uuid> {
        self.confirmation.as_ref().map(Signed::by)
    }

    pub(super) const fn signed_order(&self) -> &Signed<Order> {
        &self.order
    }

    /// How far it is.
    #[must_use]
    pub const fn state(&self) -> GrantState {
        match (&self.confirmation, &self.removal) {
            (_, Some(_)) => GrantState::Removed,
            (Some(_), None) => GrantState::Active,
            (None, None) => GrantState::Pending,
        }
    }

    /// The code that the user reads out, from the order and the user's own keys.
    ///
    /// # Errors
    /// [`KeyError::NotOwnKeys`] if the order names other keys: then the user says so instead of a code.
    pub fn code(&self, keys: &UserKeys, site: &SiteKey) -> Result<String, KeyError> {
        if self.ordered().keys != keys.public() {
            return Err(KeyError::NotOwnKeys);
        }
        code_of(&[&self.order], site)
    }

    /// A holder types the code that the user reads out; the right one seals the root to the user.
    ///
    /// # Errors
    /// [`KeyError::WrongCode`]; or when the order isn't an active administrator's for an active, known user with these
    /// keys, or the root isn't the one the order and the site record mean.
    pub fn confirm(&self, typed: &str, holder: Holder<'_>, trust: Trust<'_>, at: Timestamp) -> Result<Self, KeyError> {
        self.check(holder, trust)?;
        if matches(&code_of(&[&self.order], trust.site)?, typed) {
            self.seal(holder, at)
        } else {
            Err(KeyError::WrongCode)
        }
    }

    /// As [`Grant::confirm`], once the code of the whole request was compared.
    pub(super) fn confirm_compared(
        &self,
        holder: Holder<'_>,
        trust: Trust<'_>,
        at: Timestamp,
    ) -> Result<Self, KeyError> {
        self.check(holder, trust)?;
        self.seal(holder, at)
    }

    /// The same grant, confirmed anew by the recovery key that has taken the place of the one that had confirmed it.
    ///
    /// # Errors
    /// As [`Grant::confirm`], but for the code.
    pub fn confirm_again(&self, holder: Holder<'_>, record: &SiteRecord, at: Timestamp) -> Result<Self, KeyError> {
        prove(holder.root, self.ordered(), record)?;
        self.seal(holder, at)
    }

    fn check(&self, holder: Holder<'_>, trust: Trust<'_>) -> Result<(), KeyError> {
        if self.state() != GrantState::Pending {
            return Err(KeyError::GrantState("pending"));
        }
        let order = trust.directory.signed_by_administrator(&self.order)?;
        let account = trust.directory.account(order.user).filter(|account| account.active);
        let subject = Subject::of(account.ok_or(KeyError::Untrusted("account"))?)?;
        if subject.keys != order.keys {
            return Err(KeyError::NotOwnKeys);
        }
        prove(holder.root, order, trust.record)
    }

    /// Seals without a code: at founding, where order, keys and root are made in one process.
    pub(super) fn seal(&self, holder: Holder<'_>, at: Timestamp) -> Result<Self, KeyError> {
        let order = self.ordered();
        // EXPOSE: the grant is the root, sealed to the user.
        let sealed = order.keys.hpke.seal(INFO, &aad(order), holder.root.root().expose())?;
        let (digest, by) = (digest(&self.order), holder.author.id);
        let proof = mac(&proof_key(holder.root)?, PROOF, &[&digest, by.as_bytes()]);
        let confirmation = Confirmation { id: order.id, order: digest, sealed, proof, at };
        let confirmation = Signed::sign(confirmation, holder.author.id, holder.author.signer)?;
        Ok(Self { order: self.order.clone(), confirmation: Some(confirmation), removal: None })
    }

    /// Ends the grant; the sealed root leaves the document.
    ///
    /// # Errors
    /// As [`Signed::sign`].
    pub fn remove(&self, by: Author<'_>, at: Timestamp) -> Result<Self, KeyError> {
        let removal = Signed::sign(Removal { id: self.ordered().id, at }, by.id, by.signer)?;
        Ok(Self { order: self.order.clone(), confirmation: None, removal: Some(removal) })
    }

    /// Opens the root for its user; `seen` is the newest version of this grant seen here.
    ///
    /// # Errors
    /// When the grant isn't active, is older than seen, isn't signed as it should be, isn't for this user's keys, or
    /// its root isn't the one the site record names.
    pub fn open(
        &self,
        (user, keys): (Uuid, &UserKeys),
        directory: &Directory,
        record: &SiteRecord,
        seen: Option<i64>,
    ) -> Result<CompartmentRoot, KeyError> {
        super::signed::not_older("grant", self.state().version(), seen)?;
        let confirmation = self.confirmation.as_ref().ok_or(KeyError::GrantState("active"))?;
        let order = directory.signed_by_author(&self.order)?;
        let confirmed = directory.signed_by_author(confirmation)?;
        if confirmed.id != order.id || confirmed.order != digest(&self.order) {
            return Err(KeyError::Altered("grant"));
        }
        if order.user != user || order.keys != keys.public() {
            return Err(KeyError::NotOwnKeys);
        }
        let root = keys.opening().open(INFO, &aad(order), &confirmed.sealed).ok_or(KeyError::Altered("grant"))?;
        let root = Secret::copy_from(&root).ok_or(KeyError::Form("grant"))?;
        let root = CompartmentRoot::from_root(order.compartment, order.epoch, root)?;
        prove(&root, order, record).map(|()| root)
    }

    /// The order of an active grant that somebody confirmed who held the root; whoever holds it too can tell.
    ///
    /// # Errors
    /// When it isn't active, isn't signed as it should be, or was confirmed without the root.
    pub fn vouched(&self, root: &CompartmentRoot, directory: &Directory) -> Result<&Order, KeyError> {
        let confirmation = self.confirmation.as_ref().ok_or(KeyError::GrantState("active"))?;
        let order = directory.signed_by_author(&self.order)?;
        let confirmed = directory.signed_by_author(confirmation)?;
        let (digest, by) = (digest(&self.order), confirmation.by());
        let parts: [&[u8]; 2] = [&digest, by.as_bytes()];
        let proven = confirmed.order == digest && mac_matches(&proof_key(root)?, PROOF, &parts, &confirmed.proof);
        let meant = (order.compartment, order.epoch) == (root.compartment(), root.epoch());
        if proven && meant { Ok(order) } else { Err(KeyError::ForeignRoot) }
    }

    /// The stored document: `{_id, v, user, compartment, epoch, state, order, confirmation, removal}`.
    ///
    /// # Errors
    /// As [`Signed::to_document`].
    pub fn to_document(&self) -> Result<Document, KeyError> {
        let order = self.ordered();
        Ok(doc! {
            "_id": forms::uuid_bson(order.id),
            "v": self.state().version(),
            "user": forms::uuid_bson(order.user),
            "compartment": order.compartment.code(),
            "epoch": order.epoch,
            "state": self.state().code(),
            "order": self.order.to_document()?,
            "confirmation": part_to_bson(self.confirmation.as_ref())?,
            "removal": part_to_bson(self.removal.as_ref())?,
        })
    }

    /// Reads a stored document; verifies nothing but that its clear fields agree with the signed ones.
    ///
    /// # Errors
    /// [`KeyError::Form`].
    pub fn from_document(doc: &Document) -> Result<Self, KeyError> {
        let order = doc.get_document("order").map_err(|_| KeyError::Form("grant"))?;
        let (confirmation, removal) = (part(doc, "confirmation")?, part(doc, "removal")?);
        let grant = Self { order: Signed::from_document(order)?, confirmation, removal };
        let again = grant.to_document()?;
        let agrees = ["_id", "v", "user", "compartment", "epoch", "state"].iter().all(|k| again.get(k) == doc.get(k));
        if agrees { Ok(grant) } else { Err(KeyError::Form("grant")) }
    }
}

/// The root is the order's, and its public half is the one the site record names.
fn prove(root: &CompartmentRoot, order: &Order, record: &SiteRecord) -> Result<(), KeyError> {
    let meant = root.compartment() == order.compartment && root.epoch() == order.epoch;
    let named = record.compartment(order.compartment, order.epoch) == Some(&root.public());
    if meant && named { Ok(()) } else { Err(KeyError::ForeignRoot) }
}

fn proof_key(root: &CompartmentRoot) -> Result<Secret<32>, KeyError> {
    let salt = format!("{}|{}", root.compartment().code(), root.epoch());
    // EXPOSE: the key is derived from it.
    subkey(root.root().expose(), salt.as_bytes(), PROOF)
}

fn aad(order: &Order) -> Vec<u8> {
    let Order { id, user, compartment, epoch, .. } = order;
    format!("wardseal/grant/1|{id}|{user}|{}|{epoch}", compartment.code()).into_bytes()
}

fn digest(order: &Signed<Order>) -> [u8; 32] {
    super::signed::digest("wardseal/grant-order-digest/1", order)
}
